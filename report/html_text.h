/* html_text: text of unknown origin inside an HTML page.
 *
 * Names, titles and comments of programs are bytes that somebody else has chosen. Whatever of them gets into a page
 * goes through one of these functions, and comes out as text: it can neither end the element or attribute that it
 * stands in, nor begin one. What is not valid UTF-8 becomes U+FFFD, and so does all that must not be shown
 * (base/utf8.h) but tab and newline. Write errors stay on the stream. */
#pragma once

#include <stdio.h>

/* Writes text, for the content of an element or a quoted attribute. */
void html_text_write(FILE *stream, const char *text);

/* Writes markup as fprintf() does, every %s as text (base/escaped.h). */
void html_text_print(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes a sentence in which `backticks` enclose code: the same, with <code> elements. A backtick that has no partner
 * is one. */
void html_text_write_prose(FILE *stream, const char *sentence);
