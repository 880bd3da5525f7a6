/* enumerator: every schedule of a small program, one after the other.
 *
 * The oracle that the search is tested against, as simple as it can be: it walks the tree of all schedules by recursion
 * over the complete machine (models/machine.h, nothing is data, dead registers kept), merges no states, stores none,
 * and shares no code with checker/. What it says is true by looking at it; it is feasible for a few million schedules.
 *
 * An *end* gathers all schedules that end alike: with the same final value of the observed word, in a deadlock, or in
 * an error of the program. A preemption is a switch away from a thread that could go on; the first step is none, nor is
 * the switch after a thread that finished or waits. An enumeration owns everything in it and is freed with
 * enumeration_free(). */
#ifndef RACECHECK_TESTS_ENUMERATOR_H
#define RACECHECK_TESTS_ENUMERATOR_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct program;
struct machine;

/* All schedules that end alike. Where there are none (only for a deadlock or failure), schedules is 0 and the rest says
 * nothing. */
struct enumeration_end {
    int64_t value; /* of the observed word */
    uint64_t schedules;
    mpq_t random;         /* probability when each thread that may step is equally likely, in lowest terms */
    uint32_t preemptions; /* fewest */
    uint32_t *threads;    /* of the schedules with so few, the first in thread order: which thread steps */
    size_t step_count;
};

struct enumeration {
    struct enumeration_end *rows; /* one a value, ascending */
    size_t row_count;
    size_t row_capacity;
    struct enumeration_end deadlock;
    struct enumeration_end failure; /* the step that failed is the last one of its schedule */
    uint64_t schedules;             /* all, deadlocked and failed ones included */
};

/* A scheduler, written down a second time for the sake of testing the first. memory is 0 at the start. */
struct enumerator_policy {
    const void *context;

    /* The set of threads that may step, a subset of enabled. */
    uint64_t (*choices)(const void *context, const struct machine *machine, const uint64_t *state, uint64_t memory,
                        uint64_t enabled);

    /* The memory after a step of a thread from the state before to the state after. */
    uint64_t (*after)(const void *context, const struct machine *machine, const uint64_t *before, const uint64_t *after,
                      uint64_t memory, size_t thread);
};

/* How far an enumeration may go. */
struct enumerator_bounds {
    uint64_t schedules;
    size_t steps; /* of one schedule: a program that need not end is given up here */
};

/* Enumerates the schedules that a policy allows (NULL: all) and observes a shared word at their ends. Returns the
 * result as new, or NULL where there is more than the bounds allow. */
struct enumeration *enumerator_run(const struct program *program, uint32_t word, const struct enumerator_policy *policy,
                                   struct enumerator_bounds bounds);

/* Frees an enumeration; NULL is allowed. */
void enumeration_free(struct enumeration *self);

#endif
