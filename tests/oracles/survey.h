/* survey: what can happen in a small program, found without the search.
 *
 * A second, plain search for what is too much for the enumerator: it walks over the states of the complete machine
 * (machine/machine.h, nothing is data, dead registers kept), each together with what the policy remembers and with the
 * thread that stepped last, in the order of preemptions. It tells the final values, each with its fewest preemptions and its
 * probability, what can go wrong, whether schedules go on for ever, who touches the observed word, and what each thread adds to it. A return from input or output needs
 * no processor, as in tests/oracles/enumerator.h. A survey owns its rows and is freed with survey_free(). */
#pragma once

#include "program/program.h"
#include "tests/oracles/enumerator.h"

struct survey_row {
    int64_t value;                  /* of the first member of what is observed, */
    int64_t tuple[OBSERVATION_MAX]; /* and of all */
    uint32_t preemptions;           /* fewest */
    double random;                  /* how likely it is where each choice is equally likely */
};

struct survey {
    struct survey_row *rows; /* ascending */
    size_t count;
    size_t capacity;
    bool deadlocks;
    bool fails;
    bool gets_stuck;                                    /* threads can get to where no way leads to any end */
    bool goes_on;                                       /* some schedule never ends */
    double random_deadlock, random_failure;             /* as for a row; what is left over is endless */
    bool overlaps;                                      /* two threads are inside the same critical section */
    uint32_t overlap_preemptions, deadlock_preemptions; /* fewest, where that is so */
    uint64_t writers;                                   /* the threads that write the observed word in some schedule */
    bool touches_outside;                               /* in some schedule one does so outside of critical sections */
    int64_t changes[PROGRAM_THREADS_MAX]; /* what the steps of each thread add to it, on one schedule that ends ... */
    bool changes_vary;                    /* ... and not on all; or a place can be reached with others */
};

/* Surveys a program under a policy (NULL: any enabled thread). */
struct survey *survey_run(const struct program *program, uint32_t word, const struct enumerator_policy *policy);

/* The same without preemptions, which are told as 0, so that there are fewer places; NULL where there are more than so
 * many. */
struct survey *survey_run_within(const struct program *program, uint32_t word, const struct enumerator_policy *policy,
                                 size_t places);

/* The same with any observation but the output, and under any policy; NULL where there are more places than so many. */
struct survey *survey_run_observing(const struct program *program, const struct observation *observation,
                                    const struct enumerator_policy *policy, size_t places);
void survey_free(struct survey *self);

/* The row of a value, borrowed, or NULL. */
const struct survey_row *survey_find(const struct survey *self, int64_t value);
