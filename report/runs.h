/* runs: a trace with its monotonous parts folded.
 *
 * Where a thread repeats the same source lines undisturbed, whole rounds of its loop become one run; every other
 * step is a run of one. Lines are compared, not instructions, since .rept unrolls loops. A round begins where its line
 * is least, the head of the loop. The runs, in order, cover the trace exactly. */
#ifndef RACECHECK_REPORT_RUNS_H
#define RACECHECK_REPORT_RUNS_H

#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>

struct run {
    size_t first;  /* index of its first step */
    size_t count;  /* of steps: rounds * period */
    size_t rounds; /* 1 for a single step */
    size_t period; /* steps a round */
};

struct runs {
    struct run *items;
    size_t count;
    size_t capacity;
};

/* Returns the runs of a trace; they are freed with runs_free(). Without `fold` each step is a run of its own. At the step
 * `border` a run begins, whatever is before it; SIZE_MAX: there is no such step. */
struct runs runs_make(const struct trace *trace, bool fold, size_t border);
void runs_free(struct runs *self);

/* The least and greatest source line of a run. */
void run_lines(const struct run *self, const struct trace *trace, uint32_t *first, uint32_t *last);

/* The observed variable before and after a run, and whether a step of it wrote it. */
int64_t run_before(const struct run *self, const struct trace *trace);
int64_t run_after(const struct run *self, const struct trace *trace);
bool run_writes(const struct run *self, const struct trace *trace);

/* Whether a step writes the observed variable. */
bool step_writes(const struct trace *trace, size_t step);

#endif
