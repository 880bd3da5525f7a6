/* segment_text: what a thread did between two context switches, in words. */
#pragma once

#include "base/text.h"
#include "report/step_columns.h"

/* Appends what a segment did to the observed variables, what it printed, took and gave, and what its thread then waits for:
 * "`value`: 0 → 9 in 9 stores; takes `m` and gives it back 9 times", with names in backticks. */
void segment_text_print(struct text *text, const struct step_groups *segments, const struct step_columns *columns,
                        size_t index);
