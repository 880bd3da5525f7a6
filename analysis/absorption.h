/* absorption: how schedules end under the random scheduler where the state space has cycles.
 *
 * The states are an absorbing Markov chain (Kemeny and Snell, Finite Markov Chains, 1960, chapter III): each choice that there
 * is in a state is equally likely. The probability of being somewhere flows from the first states through the strongly
 * connected components, each of which comes after those that lead to it. In a component the expected number of visits to
 * each state solves a linear system; what leaves the component flows on. What flows into a component from which no
 * end can be reached stays there: such schedules never end.
 *
 * Small spaces are solved exactly, in fractions. Otherwise the flow is iterated in floating-point numbers until next to
 * nothing is left in the component, and the error is bounded.
 *
 * The graph has edges. Either nothing in it is data, and control knows the final values; or what is observed is data that is only added
 * to, and the expected sum is found in place of the values: what a step adds, times the expected number of visits to its state. */
#pragma once

#include "space/graph.h"

#include <gmp.h>

/* A final value and its probability. */
struct absorbed {
    int64_t value;
    mpq_t probability;
};

struct absorption {
    struct absorbed *values; /* ascending */
    size_t value_count;
    size_t value_capacity;
    mpq_t deadlocked, failed;
    mpq_t endless; /* schedules that never end */
    mpq_t expected; /* where what is observed is data: the sum of what is added, over all schedules, also endless ones; */
    bool is_infinite; /* ... which is beyond all bounds */
    bool is_exact;
    double error;          /* where it is not: a bound for the error of each probability */
    double expected_error; /* ... and about how far off the expected sum may be */
};

/* Finds out how the schedules of a graph end. *self is filled whatever the result, and freed with absorption_free().
 * Returns false where the budget is exceeded. */
bool absorption_find(struct absorption *self, const struct graph *graph, struct budget *budget);
void absorption_free(struct absorption *self);
