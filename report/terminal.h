/* terminal: what the place that a text goes to can show.
 *
 * A plain value: whether colours are wanted, whether UTF-8 is understood, how many columns there are. Where the
 * stream is no terminal the width is 80, so that a result does not depend on who looks. */
#pragma once

#include "base/text.h"
#include "report/style.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { TERMINAL_WIDTH_MIN = 60, TERMINAL_WIDTH_DEFAULT = 80, TERMINAL_WIDTH_MAX = 120 };

struct terminal {
    bool colour;
    bool utf8;
    size_t width; /* TERMINAL_WIDTH_MIN .. TERMINAL_WIDTH_MAX */
};

/* Looks at a stream and the environment: colour where the stream is a terminal, NO_COLOR is unset or empty and TERM is
 * neither unset nor dumb; UTF-8 where the locale's codeset says so, for which main() must have called setlocale(). */
struct terminal terminal_detect(FILE *stream);

/* The sequences that begin and end a style, borrowed; empty without colour. */
const char *terminal_begin(const struct terminal *self, enum style style);
const char *terminal_end(const struct terminal *self, enum style style);

/* Appends printf-formatted text in a style. */
void terminal_print(const struct terminal *self, struct text *text, enum style style, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Appends a bar that fills `fraction` (0 .. 1) of so many columns, in eighths of a column under UTF-8, and never
 * nothing unless the fraction is 0 (or not a number). */
void terminal_bar(const struct terminal *self, struct text *text, double fraction, size_t columns);
