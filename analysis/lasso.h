/* lasso: a schedule that never ends, told as a stem and a loop that follows again and again.
 *
 * The loop goes round in one component of the states in which a thread waits (analysis/waiting.h), does there what a
 * kind of fairness demands of those who go round for ever, and begins and ends in the same state. */
#pragma once

#include "analysis/outcome.h"
#include "analysis/waiting.h"

/* What is true of a component as a whole. */
struct lasso_ground {
    uint32_t entry;      /* its state with the least number: the one that is reached first */
    uint64_t step;       /* who steps in it, without ending the wait; whose stores reach memory, as in waiting_may() */
    uint64_t may_always; /* who may step in all its states */
    uint64_t may_sometimes; /* who may step in some of them */
};

struct lasso {
    struct schedule schedule; /* the stem, and then one round of the loop */
    size_t stem_count;        /* steps */
    size_t loop_count;        /* at least 1 */
};

/* Ties a lasso in the one component of what `waiting` has decomposed last, in which some other thread than the
 * waiting one steps, and which can be gone round fairly. The stem is the first schedule to the component; without
 * fairness the loop is a shortest one with a step of another thread, otherwise every thread in turn adds the
 * shortest way to what its fairness demands. */
void lasso_tie(struct lasso *self, const struct waiting *waiting, const struct lasso_ground *ground,
               enum outcome_fairness fairness);
