/* csv_text: a field of CSV (RFC 4180). Write errors stay on the stream. */
#pragma once

#include <stdio.h>

/* Writes a field of our own, in quotes where it must be. */
void csv_text_write(FILE *stream, const char *field);

/* Writes text of unknown origin, on one line. What a spreadsheet would take for a formula, and compute, gets an apostrophe
 * before it, as OWASP recommends against such injections. */
void csv_text_write_foreign(FILE *stream, const char *text);
