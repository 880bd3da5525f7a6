/* event_survey: how often an event happens in a small program, found without the search.
 *
 * Walks over the complete machine (nothing is data, dead registers kept), instruction by instruction, and says from the instructions
 * themselves what happened. Its *places* are states, each with what the policy remembers, who stepped last, and who is in the middle of an
 * instruction of two steps; they are kept in a plain list. Where schedules are finite, distributions are sums over the steps of
 * a place; where they are not, expected numbers solve one dense linear system. Deadlocks and errors of the program are ends. */
#pragma once

#include "program/program.h"
#include "program/schedule.h"
#include "tests/oracles/enumerator.h"

struct event_survey_row {
    uint64_t schedules;
    double random;
};

struct event_survey {
    bool is_endless;   /* some schedule never ends */
    bool is_unbounded; /* endless: there is no greatest number; */
    bool never_ends;   /* ... no schedule ends, so that there is no least number; */
    bool
        stays_with_some; /* ... with some probability a schedule gets to where no end can be reached: then expected says nothing */
    int64_t least, greatest;
    double expected;
    struct event_survey_row *rows; /* finite: one for each number 0 .. greatest */
};

/* Surveys an event of a program under a policy (NULL: any thread). Returns NULL where there are more places than can be looked at. */
struct event_survey *event_survey_run(const struct program *program, const struct counted_event *event,
                                      const struct enumerator_policy *policy);
void event_survey_free(struct event_survey *self);

/* How often the event happens in a schedule that is possible under a policy; whether it is, is for a replay to say. */
int64_t event_survey_count(const struct program *program, const struct counted_event *event,
                           const struct schedule *schedule, const struct enumerator_policy *policy);
