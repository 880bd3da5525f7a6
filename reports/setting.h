/* setting: what was checked, and under which scheduler, in a line of words. */
#ifndef RACECHECK_REPORTS_SETTING_H
#define RACECHECK_REPORTS_SETTING_H

#include "base/text.h"
#include "checker/outcome.h"

#include <stddef.h>
#include <stdint.h>

/* Appends "unlocked, 2 threads, ITERS = 10, PERMITS = 2". */
void setting_print(struct text *text, const char *model, int64_t threads, int64_t iters,
                   const struct property *symbols, size_t symbol_count);

/* Appends "tick (quantum 100, pick any)". */
void setting_print_scheduler(struct text *text, const char *kind, const struct property *parameters,
                             size_t count);

/* Appends "value = 2", "a deadlock" or "an error of the program". */
void setting_print_end(struct text *text, const char *observe, enum outcome_end end, int64_t value);

/* Appends "60 steps, 4 preemptions". */
void setting_print_length(struct text *text, const struct trace *trace);

#endif
