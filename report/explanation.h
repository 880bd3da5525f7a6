/* explanation: why a schedule ends with its value, in words. */
#pragma once

#include "base/text.h"
#include "trace/trace.h"

/* Appends, as one line of running text, which stores to the observed variable the final value was computed from, and
 * how many were lost. */
void explanation_print(struct text *text, const struct trace *trace);
