/* escaped: fprintf() for languages in which text of unknown origin must be escaped.
 *
 * What stands in the format is the language's own and is written as it is; every %s is written by an escaper. Each language
 * has a function of its own that is called like fprintf(): html_text_print(), json_text_print(). */
#pragma once

#include <stdarg.h>
#include <stdio.h>

/* Writes a text so that it means nothing but itself. */
typedef void escaper(FILE *stream, const char *text);

/* Writes what a format says. It may have %s, integers as %d, %u, %zu and the macros of <inttypes.h> for 32 and 64 bits, and
 * floating-point numbers as %.1f and %g. Write errors stay on the stream. */
void escaped_print(FILE *stream, escaper *escape, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* The body of a function that is called like fprintf(). */
#define ESCAPED_PRINT(stream, escape, format)             \
    do {                                                  \
        va_list arguments;                                \
        va_start(arguments, format);                      \
        escaped_print(stream, escape, format, arguments); \
        va_end(arguments);                                \
    } while (0)
