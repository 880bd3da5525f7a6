/* phrase: words that several reports share: what was checked, under which scheduler, how a schedule ends, how long it is. */
#pragma once

#include "analysis/outcome.h"
#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

/* Appends "unlocked, 2 threads, ITERS = 10, PERMITS = 2". */
void phrase_print_program(struct text *text, const char *model, int64_t threads, int64_t iters,
                          const struct property *symbols, size_t symbol_count);

/* Appends "unlocked, 2 threads, PERMITS = 2": what is the same at all points of a sweep; "threads", if there, is the first of
 * the settings. */
void phrase_print_swept_program(struct text *text, const char *model, const struct property *settings, size_t count);

/* Appends "tick, quantum 100, pick any, phase any (one processor; after each quantum any thread is picked)". */
void phrase_print_scheduler(struct text *text, const char *kind, const struct property *parameters, size_t count);

/* Appends " with phase 3": those of a witness's parameters that the scheduler of the outcome had left open; nothing where
 * there are none. */
void phrase_print_choices(struct text *text, const struct outcome *outcome, const struct property *parameters,
                          size_t count);

/* Appends "tries could overflow, after 2^63 rounds at the earliest": what was not excluded, of which there is something. */
void phrase_print_overflows(struct text *text, const struct outcome *outcome);

/* Appends "value = 2", "output "ab"", "a deadlock", "an error of the program" or "an overlap in a critical section"; the value is
 * one of the outcome's. */
void phrase_print_end(struct text *text, const struct outcome *outcome, enum outcome_end end, int64_t value);

/* The same of an end without a value, borrowed. */
const char *phrase_end(enum outcome_end end);

/* Appends how a place of what is observed stands at the end of a trace, and how all of it does: "x = 1", "x = 1, y = 2". */
void phrase_print_final(struct text *text, const struct trace *trace, size_t place);
void phrase_print_finals(struct text *text, const struct trace *trace);

/* "under weak fairness", borrowed. */
const char *phrase_fairness(enum outcome_fairness fairness);

/* Appends the names of a set of a trace's threads: "T0, T1 and T3". */
void phrase_print_threads(struct text *text, const struct trace *trace, uint64_t threads);

/* Appends "60 steps, 4 preemptions". */
void phrase_print_length(struct text *text, const struct trace *trace);
