/* enumerator: every schedule of a small program, one after the other.
 *
 * The oracle that the search is tested against, as simple as it can be: it walks the tree of all schedules by recursion
 * over the complete machine (machine/machine.h, nothing is data, dead registers kept), merges no states, stores none,
 * and shares no code with the search. What it says is true by looking at it; it is feasible for a few million schedules.
 *
 * An *end* gathers all schedules that end alike: with the same final value of the observed word, in a deadlock, or in
 * an error of the program. A preemption is a switch away from a thread that could go on; the first step is none, nor is
 * the switch after a thread that finished or waits. A return from input or output needs no processor: it is possible at
 * any time, whatever the scheduler says, and neither is a preemption nor makes its thread the one that stepped last.
 *
 * A schedule is the sequence of all choices: the scheduler's first memory, where there are several, and before each
 * step one of its options and a thread. An enumeration owns everything in it and is freed with enumeration_free(). */
#pragma once

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "program/observation.h"

struct program;
struct machine;

enum { ENUMERATOR_THREADS_MAX = 8, ENUMERATOR_OPTIONS_MAX = 2 };

/* All schedules that end alike. Where there are none (only for a deadlock or failure), schedules is 0 and the rest says
 * nothing. */
struct enumeration_end {
    int64_t value;                  /* of the first member of what is observed; 0 for the output */
    int64_t tuple[OBSERVATION_MAX]; /* of all members, likewise */
    char *output;                   /* what was printed */
    uint64_t schedules;
    mpq_t random;         /* probability when each choice is equally likely, in lowest terms */
    uint32_t preemptions; /* fewest; of a deadlock, of the schedule below */
    uint32_t *threads; /* which thread steps, in the first of the schedules with so few (deadlock: the shortest); and,
                             times 65536, which way a step turns out that can turn out in several */
    size_t step_count;
    bool shortest; /* the shortest schedule is kept, not the one with the fewest preemptions */
};

struct enumeration {
    struct enumeration_end *rows; /* one a tuple, ascending: the first member first, outputs as texts */
    size_t row_count;
    size_t row_capacity;
    struct enumeration_end deadlock;
    struct enumeration_end failure; /* the step that failed is the last one of its schedule */
    uint64_t schedules;             /* all, deadlocked and failed ones included */
};

/* What a policy may remember: whatever some policy needs. All zero, and current -1, before start(). */
struct enumerator_memory {
    int current;                               /* whose turn it is, or -1 */
    int last;                                  /* whose turn it was last, or -1 */
    int64_t used;                              /* ticks of the quantum */
    int64_t steps;                             /* made so far, returns too */
    int signal;                                /* a signal: 0 to come, 1 thread 0 is to handle it, 2 was handled */
    int preemptions;                           /* so far */
    int64_t lead[ENUMERATOR_THREADS_MAX];      /* steps that each thread is thought to have made */
    uint64_t may;                              /* threads that this round may put on a processor */
    uint64_t placed;                           /* those that it has put there */
    uint64_t at_work;                          /* of them, those that need not be done with that */
    int64_t busy[ENUMERATOR_THREADS_MAX];      /* rounds that a thread keeps its processor, this one included */
    uint64_t overtook[ENUMERATOR_THREADS_MAX]; /* who has run while a thread waits */
    int64_t passed;                            /* rounds that ended with the last step */
};

/* Where a schedule has come to. */
struct enumerator_moment {
    const struct machine *machine;
    const uint64_t *state;
    size_t threads;
    uint64_t ready; /* threads that can go on and need a processor for it */
    uint64_t away;  /* threads that return next */
    int64_t ticks;  /* what the step costs that leads on from here */
    bool yields;    /* whether it gives up the processor */
};

/* A scheduler, written down a second time for the sake of testing the first. */
struct enumerator_policy {
    const void *context;
    uint64_t starts;         /* number of first memories */
    unsigned options;        /* before each step */
    bool counts_preemptions; /* it looks at memory->preemptions */

    /* Makes a first memory. */
    void (*start)(const void *context, uint64_t which, struct enumerator_memory *memory);

    /* The set of threads that may step with an option, a subset of ready. */
    uint64_t (*choices)(const void *context, const struct enumerator_moment *moment,
                        const struct enumerator_memory *memory, unsigned option);

    /* Changes the memory for a step of a thread, which may be a return. */
    void (*after)(const void *context, const struct enumerator_moment *before, const struct enumerator_moment *after,
                  unsigned option, size_t thread, struct enumerator_memory *memory);
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

/* The same with any observation. */
struct enumeration *enumerator_run_observing(const struct program *program, const struct observation *observation,
                                             const struct enumerator_policy *policy, struct enumerator_bounds bounds);

/* Executes one schedule under a policy that has one start and one option. Returns whether every step of it was allowed;
 * then *preemptions is how many there were. */
bool enumerator_allows(const struct program *program, const struct enumerator_policy *policy, const uint32_t *threads,
                       size_t count, uint32_t *preemptions);

/* Frees an enumeration; NULL is allowed. */
void enumeration_free(struct enumeration *self);
