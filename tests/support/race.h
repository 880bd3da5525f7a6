/* race: the increment race, executed by hand into a trace, so that tests of reports need no machine.
 *
 * A step is a load, an add or a store. There is no end to a race: its trace is what tests take from it. */
#pragma once

#include "trace/trace.h"

#include <stddef.h>
#include <stdint.h>

struct race {
    struct trace *trace;
    size_t iters;
    size_t position[64];
    int64_t registers[64];
    int64_t value;
    size_t register_values[64]; /* which of the trace's values is where */
    size_t word_value;
};

/* The text of the program. */
extern const char race_text[];

/* The turns to the least value of 2 threads and 10 iterations: 60 steps, 4 preemptions. */
extern const char race_turns_to_2[];

/* Starts a race with room for so many steps; its trace is new. */
struct race race_new(size_t threads, size_t iters, size_t steps);

/* Lets a thread make its next step. */
void race_step(struct race *self, uint32_t thread);

/* Returns the trace of a schedule, given as "0x1 1x27 0x2" turns, as new. */
struct trace *race_run(size_t threads, size_t iters, const char *turns);
