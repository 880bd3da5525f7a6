/* stints: a trace as the uninterrupted stretches of its threads.
 *
 * The turns, in order, cover the trace exactly; each is as long as its thread goes on alone. */
#ifndef RACECHECK_REPORT_STINTS_H
#define RACECHECK_REPORT_STINTS_H

#include "base/text.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stint {
    size_t first; /* index of its first step */
    size_t count; /* of steps, at least 1 */
    uint32_t thread;
    bool is_preemption; /* it interrupts a thread that could have continued */
    int64_t before;     /* the observed variable */
    int64_t after;
    size_t stores;     /* to the observed variable */
    bool ends_read;    /* after its last store, if any, it reads the observed variable ... */
    int64_t last_read; /* ... and sees this */
};

struct stints {
    struct stint *items;
    size_t count;
    size_t capacity;
};

/* Returns the turns of a trace; they are freed with stints_free(). At the step `border` a turn begins, whoever steps;
 * SIZE_MAX: there is no such step. */
struct stints stints_make(const struct trace *trace, size_t border);
void stints_free(struct stints *self);

/* Appends what a turn did to the observed variable, what it took and gave, and what its thread then waits for: "`value`: 0 → 9
 * in 9 stores; takes `m` and gives it back 9 times", with names in backticks. */
void stint_print(struct text *text, const struct stint *turn, const struct trace *trace);

/* Appends a schedule as its threads and how many steps each takes: "T0×2, T1×27, T0×1"; no more than `most` turns. */
void stints_print_schedule(struct text *text, const struct stints *turns, const struct trace *trace, size_t most);

#endif
