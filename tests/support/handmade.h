/* handmade: traces and outcomes made by hand, so that tests of reports need no machine and no search. All are new. */
#pragma once

#include "analysis/outcome.h"
#include "base/error.h"
#include "report/witness_file.h"
#include "trace/trace.h"

#include <cgraph.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns a complete outcome without values, of a model of this name, as new. */
struct outcome *handmade_outcome(const char *model, size_t threads, int64_t iters);

/* Adds a value: numbers are decimal, the share a fraction "3/4". */
void handmade_add_row(struct outcome *outcome, int64_t value, const char *schedules, const char *random,
                      uint32_t preemptions);

/* Adds a witness, taking the trace. */
void handmade_add_witness(struct outcome *outcome, enum outcome_end end, struct trace *trace);

/* 2 threads, 1 iteration, complete: design facts. */
struct outcome *handmade_small(void);

/* One value with 7/8; the rest never ends. */
struct outcome *handmade_endless(void);

/* Returns the JSON document of an outcome, or of one of its witnesses, as new. */
char *handmade_document(const struct outcome *outcome, const struct outcome_witness *witness, bool timing);

/* Reads a witness from a file of these bytes, which is gone afterwards; as witness_file_read(). */
struct witness_file *handmade_read_back(const char *bytes, const char *value, struct error *error);

/* An outcome with everything in its witness that a document has a place for. */
struct outcome *handmade_rich(void);

/* Returns the drawing of a trace, as Graphviz reads it, as new. */
Agraph_t *handmade_drawing(const struct trace *trace, const char *title);

/* Two threads, of which T0 waits at most 12 steps, and T1 for ever while T0 goes round. */
struct outcome *handmade_waiting(void);

/* A schedule that stops where two threads are inside a critical section. */
struct trace *handmade_overlap(void);
