/* json_text: strings and numbers as JSON, for whoever writes a document element by element, as long ones are. Write errors stay
 * on the stream. */
#pragma once

#include <stdint.h>
#include <stdio.h>

/* Writes a string in its quotes; what is not valid UTF-8 becomes U+FFFD. */
void json_text_write_string(FILE *stream, const char *string);

/* Writes the same for a <script> element of data: without any '<', '>' or '&', so that nothing in it ends the element or begins
 * a comment, and without what must not be shown (base/utf8.h). */
void json_text_write_string_for_page(FILE *stream, const char *string);

/* Each writes JSON as fprintf() does, every %s as such a string (base/escaped.h). */
void json_text_print(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
void json_text_print_for_page(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes an integer; beyond 2^53, where readers that keep numbers as doubles would change it, as a string of its digits. */
void json_text_write_integer(FILE *stream, int64_t number);
