/* explanation: why a schedule ends as it does, in words. */
#pragma once

#include "base/text.h"
#include "trace/trace.h"

/* Appends, as prose, why a place of what a finished trace observes ends as it does: of a variable which stores the final value was
 * computed from, and how many were lost; of a register the last step that set it; of the output who printed what. */
void explanation_print(struct text *text, const struct trace *trace, size_t place);
