/* utf8: text of unknown origin, made fit to be shown.
 *
 * Program texts and file names are bytes. JSON and DOT need valid UTF-8, and a terminal needs to be spared control
 * characters. */
#pragma once

#include <stddef.h>

/* Returns, as new, the text with every byte that is not part of valid UTF-8 replaced by U+FFFD. */
char *utf8_clean(const char *bytes);

/* Returns how many bytes the first character of valid UTF-8 takes where it must not be shown as it is, else 0. Such are
 * control characters (tab and newline too), and those that a reader does not see but that change the order or the lines in
 * which the others are seen: with them a listing could look like another program. */
size_t utf8_unshowable(const char *text);

/* The same as utf8_clean(), and what must not be shown becomes U+FFFD, too: fit for one line on a terminal. */
char *utf8_line(const char *bytes);

/* The length of the byte order mark that a text begins with, as editors of some systems and spreadsheets write it; 0 without one. */
size_t utf8_mark_length(const char *text, size_t length);

/* The length of the valid character at the start of `left` bytes, which need not end with a NUL; 0 where there is none. */
size_t utf8_character(const char *bytes, size_t left);

/* The number of columns that valid UTF-8 takes on a terminal, one a character: close enough for names. */
size_t utf8_columns(const char *text);

/* Returns, as new, a line of valid UTF-8 in at most `width` columns, at least 8: where it takes more its middle is left out, " ... ". */
char *utf8_cut_middle(const char *line, size_t width);
