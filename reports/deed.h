/* deed: what one step of a schedule did, in words.
 *
 * The words depend on the instruction alone, the numbers in them on the step; so a deed is a pattern, in which {r}
 * stands for the new value of the register and {0}, {1} for the values of the accesses, and what to fill in. Names
 * stand in `backticks`. */
#ifndef RACECHECK_REPORTS_DEED_H
#define RACECHECK_REPORTS_DEED_H

#include "base/text.h"
#include "checker/trace.h"

#include <stddef.h>

/* Appends the pattern of a step: "reads `value` = {0}, and `%ax` becomes {r}". */
void deed_print_pattern(struct text *text, const struct trace *trace, size_t step);

/* Appends the words: "reads `value` = 3, and `%ax` becomes 3". */
void deed_print(struct text *text, const struct trace *trace, size_t step);

/* Appends a name as code, in backticks: control characters, and backticks in it, are replaced. */
void deed_print_name(struct text *text, const char *name);

#endif
