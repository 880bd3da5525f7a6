/* search: breadth-first over the concrete states of a system, remembering how each was reached first.
 *
 * For a shortest schedule to a state, where an exploration has already said that there is one: with symmetry and
 * without single steps no schedule could be told. The system therefore has neither marks nor symmetry, and collapses
 * nothing.
 *
 * States are numbered as they are found, and expanded in that order: the first states first, the steps of a state by
 * thread, those of a thread by option of the scheduler. So a state's number tells its distance from the start, and
 * the way that is remembered is the shortest and, of the shortest ones, the first in thread order. Whoever takes the
 * state with the least number that fits has the first schedule of all.
 *
 * A struct search is started with search_start() and freed with search_free(). */
#ifndef RACECHECK_ANALYSIS_SEARCH_H
#define RACECHECK_ANALYSIS_SEARCH_H

#include "analysis/witness.h"
#include "space/stateset.h"
#include "space/system.h"

/* The step by which a state was found. */
struct search_link {
    uint32_t parent;
    uint8_t thread;
    uint8_t option;
};

enum search_result {
    SEARCH_GOES_ON,
    SEARCH_FOUND,
    SEARCH_EXHAUSTED, /* every state that can be reached has been expanded */
    SEARCH_TOO_LARGE, /* there are more states than the search was allowed */
    SEARCH_STOPPED    /* the budget is exceeded */
};

struct search {
    const struct system *system; /* borrowed */
    struct budget *budget;       /* borrowed */
    const char *phase;           /* for progress; borrowed */
    uint64_t max_states;         /* 0: no limit but the budget's */
    struct stateset states;
    size_t start_count;        /* the first states are numbers 0 .. start_count - 1 */
    struct search_link *links; /* one a state; of a first state without meaning */
    size_t link_capacity;
    uint32_t next;      /* the state to be expanded next */
    bool fits;          /* everything found so far could be stored */
    struct step narrow; /* whose value does not fit the machine, so that the search cannot go on; else STEP_TAKEN */
    uint64_t *state;    /* the state that is being expanded */
    uint64_t *after;
};

/* Begins with the first states. Both pointers are borrowed until search_free(). */
void search_start(struct search *self, const struct system *system, uint64_t max_states, const char *phase,
                  struct budget *budget);
void search_free(struct search *self);

/* What a visitor is told of a step: who stepped, and the number of the state that it led to, STATESET_NONE for an
 * error of the program. */
typedef void search_visitor(void *context, size_t thread, uint32_t target);

/* Expands the next state, whose choices are given, and shows its steps to a visitor (NULL: to nobody). Returns
 * SEARCH_GOES_ON, or why it cannot go on. */
enum search_result search_expand(struct search *self, const struct system_choices *choices, search_visitor *visitor,
                                 void *context);

/* Copies the next state to self->state and writes its choices; false where there is none. */
bool search_open(struct search *self, struct system_choices *choices);

/* A state that is looked for. */
typedef bool search_goal(const struct system *system, const uint64_t *state, const struct system_choices *choices);

/* Nobody can step, somebody has not finished; two threads are inside the same critical section. */
search_goal search_is_deadlock;
search_goal search_is_overlap;

/* Searches for the first state that fits. Returns SEARCH_FOUND with the way there in *found (its preemptions are not
 * counted), or why it was not found. */
enum search_result search_find(struct search *self, search_goal *goal, struct witness *found);

/* Tells the way to a state; *way is filled, its preemptions are WITNESS_UNCOUNTED. */
void search_tell_way(const struct search *self, uint32_t number, struct witness *way);

#endif
