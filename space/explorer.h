/* explorer: breadth-first over the concrete states of a system, for observers.
 *
 * What is to be found out about each state and step is an observer's: the shortest schedules, a graph of all steps, a drawing,
 * bounds for a certificate, contributions of threads. The explorer finds states and numbers them, keeps within the
 * limits, and remembers how each state was reached first. It runs over a machine that stores every value or over a sliced
 * one; the system merges, collapses and tracks nothing, so that a way through the states is a schedule. (A space for folds
 * merges states, in parallel: space/explore.c.)
 *
 * States are numbered as they are found, and expanded in that order: the first states first, the steps of a state by
 * thread, those of a thread by option of the scheduler. So a state's number tells its distance from the start, and
 * the way that is remembered is the shortest and, of the shortest ones, the first in thread order. Whoever takes the
 * state with the least number that fits has the first schedule of all.
 *
 * A struct explorer is started with explorer_start() and freed with explorer_free(). */
#ifndef RACECHECK_SPACE_EXPLORER_H
#define RACECHECK_SPACE_EXPLORER_H

#include "program/schedule.h"
#include "space/stateset.h"
#include "space/system.h"

/* A step as an observer is told of it. */
struct explorer_step {
    uint32_t target; /* where it leads; STATESET_NONE: an error of the program */
    bool is_new;     /* the target was found by it */
    uint8_t thread;
    uint8_t option;
    const struct step *step; /* how data moved, or what failed; NULL: not a step, target is a first state */
    const uint64_t *after;   /* the target; borrowed during the call */
};

/* Each function says whether to go on, and may be NULL. */
struct explorer_observer {
    /* The state with the number self->here, which lies at self->state, is about to be expanded. */
    bool (*state)(void *context, const struct system_choices *choices);
    /* A step leads from there, or a first state was found. */
    bool (*step)(void *context, const struct explorer_step *step);
};

enum explorer_result {
    EXPLORER_GOES_ON,
    EXPLORER_COMPLETE,  /* every state that can be reached was expanded */
    EXPLORER_ENDED,     /* by the observer */
    EXPLORER_TOO_LARGE, /* there are more states than were allowed */
    EXPLORER_NARROW,    /* a value does not fit: widen the machine as self->narrow says, and start again */
    EXPLORER_LIMIT      /* the budget is exceeded */
};

struct explorer_options {
    const char *phase;   /* for progress; borrowed */
    uint64_t max_states; /* 0: no limit but the budget's memory and time */
    bool by_option;      /* the steps of a state by option, those of an option by thread */
};

/* The step by which a state was found. */
struct explorer_link {
    uint32_t parent;
    uint8_t thread;
    uint8_t option;
};

struct explorer {
    const struct system *system; /* borrowed */
    struct budget *budget;       /* borrowed */
    struct explorer_options options;
    const struct explorer_observer *observer; /* borrowed */
    void *context;
    struct stateset states;
    size_t start_count;          /* the first states are numbers 0 .. start_count - 1 */
    struct explorer_link *links; /* one a state; of a first state without meaning */
    size_t link_capacity;
    uint32_t here;   /* the state that is being expanded */
    uint64_t *state; /* its bits */
    uint64_t *after;
    struct step narrow; /* for EXPLORER_NARROW */
};

/* Begins; system, observer, context and budget are borrowed until explorer_free(). */
void explorer_start(struct explorer *self, const struct system *system, const struct explorer_options *options,
                    const struct explorer_observer *observer, void *context, struct budget *budget);
void explorer_free(struct explorer *self);

/* Explores everything, or until something ends it; the result is never EXPLORER_GOES_ON. To be called once. */
enum explorer_result explorer_run(struct explorer *self);

/* Expands a state that was found, once more if it was expanded. Returns EXPLORER_GOES_ON, or why not. */
enum explorer_result explorer_expand(struct explorer *self, uint32_t number);

/* Writes to an empty schedule the way by which a state was found first; a return is told as a step. */
void explorer_tell_way(const struct explorer *self, uint32_t number, struct schedule *way);

#endif
