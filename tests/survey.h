/* survey: what can happen in a small program, found without checker/.
 *
 * A second, plain search for what is too much for the enumerator: it walks over the states of the complete machine
 * (models/machine.h, nothing is data, dead registers kept), each together with what the policy remembers and with the
 * thread that stepped last, in the order of preemptions. It tells the final values, each with its fewest preemptions,
 * what can go wrong, and who touches the observed word. A return from input or output needs no processor, as in
 * tests/enumerator.h. A survey owns its rows and is freed with survey_free(). */
#ifndef RACECHECK_TESTS_SURVEY_H
#define RACECHECK_TESTS_SURVEY_H

#include "tests/enumerator.h"

struct survey_row {
    int64_t value;
    uint32_t preemptions; /* fewest */
};

struct survey {
    struct survey_row *rows; /* ascending */
    size_t count;
    size_t capacity;
    bool deadlocks;
    bool fails;
    bool gets_stuck;                                    /* threads can get to where no way leads to any end */
    bool overlaps;                                      /* two threads are inside the same critical section */
    uint32_t overlap_preemptions, deadlock_preemptions; /* fewest, where that is so */
    uint64_t writers;                                   /* the threads that write the observed word in some schedule */
    bool touches_outside;                               /* in some schedule one does so outside of critical sections */
};

/* Surveys a program under a policy with one option (NULL: any enabled thread). */
struct survey *survey_run(const struct program *program, uint32_t word, const struct enumerator_policy *policy);

/* The same, but NULL where there are more places than so many. */
struct survey *survey_run_within(const struct program *program, uint32_t word, const struct enumerator_policy *policy,
                                 size_t places);
void survey_free(struct survey *self);

/* The row of a value, borrowed, or NULL. */
const struct survey_row *survey_find(const struct survey *self, int64_t value);

#endif
