/* utf8: text of unknown origin, made fit to be shown.
 *
 * Program texts and file names are bytes. JSON and DOT need valid UTF-8, and a terminal needs to be spared control
 * characters. */
#ifndef RACECHECK_REPORTS_UTF8_H
#define RACECHECK_REPORTS_UTF8_H

#include <stddef.h>

/* Returns, as new, the text with every byte that is not part of valid UTF-8 replaced by U+FFFD. */
char *utf8_clean(const char *bytes);

/* The same, and control characters (newlines too) become '?': fit for one line on a terminal. */
char *utf8_line(const char *bytes);

/* The length of the valid character at the start of `left` bytes, which need not end with a NUL; 0 where there is none. */
size_t utf8_character(const char *bytes, size_t left);

/* The number of columns that valid UTF-8 takes on a terminal, one a character: close enough for names. */
size_t utf8_columns(const char *text);

#endif
