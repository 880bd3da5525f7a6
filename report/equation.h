/* equation: the sum over the final values beside the number of all schedules, which was counted otherwise.
 *
 * That both are equal says that no schedule is missing. */
#pragma once

#include "analysis/outcome.h"
#include "report/content.h"

#include <stddef.h>

/* Adds the equation and what it says; nothing where schedules were not counted. `finished` is a schedule that comes to its end,
 * from which the lengths of the threads are known, or NULL. */
void equation_add(struct content *content, const struct outcome *outcome, const struct trace *finished);

/* Appends a side of it: "18 + 2", with at most so many terms and a word on how many are left out; and "20 = 6! / (3! · 3!)". */
void equation_print_sum(struct text *text, const struct outcome *outcome, size_t most);
void equation_print_all(struct text *text, const struct outcome *outcome, const struct trace *finished);
