/* explorer: breadth-first over the states of a system, for observers.
 *
 * What is to be found out about each state and step is an observer's: the space of a fold, the shortest schedules, a drawing, bounds
 * for a certificate, contributions of threads. The explorer finds states and numbers them, keeps within the limits, and,
 * where that is wanted, remembers how each state was reached first. It runs over a machine that stores every value or over a
 * sliced one, and over a system that merges identical threads or fuses steps, or does neither.
 *
 * States are numbered as they are found, and expanded in that order: the first states first, the steps of a state by
 * thread, those of a thread by option of the scheduler. So a state's number tells its distance from the start, and
 * the way that is remembered is the shortest and, of the shortest ones, the first in thread order. Whoever takes the
 * state with the least number that fits has the first schedule of all. (Where threads or steps are merged, a way through the
 * states is no schedule.)
 *
 * The work is done in rounds, of four phases each, which several threads share where that is worth it. Up to EXPLORER_BATCHES batches
 * of states of the same depth are expanded, each into buffers of its own. Where their steps lead is looked up in the state
 * set, part by part of it (space/stateset.h). What is new gets numbers, in the order of the batches, batch by batch. Then all
 * steps know where they lead, batch by batch again. So numbers depend on nothing but the system. An observer can look at states and
 * steps twice: while they are expanded, in parallel; and once they are entered, batch by batch in parallel, or one by one in
 * order.
 *
 * A struct explorer is filled by explorer_run() and freed with explorer_free(). */
#pragma once

#include "base/parallel.h"
#include "program/schedule.h"
#include "space/macrostep.h"
#include "space/stateset.h"
#include "space/step_memo.h"
#include "space/system.h"

enum { EXPLORER_BATCHES = 128, EXPLORER_BATCH_STATES = 256 };

/* A step that was found; where it leads is at the same position of the batch's states. */
struct explorer_found {
    uint64_t hash;
    uint32_t target; /* once it was entered: where it leads; STATESET_NONE: an error of the program */
    uint8_t thread;
    uint8_t option;
    bool is_failure;
    bool is_new; /* the target was found by it */
};

/* A step that leads somewhere, as the state set is asked about it; all that takes lies together. The state follows. */
struct explorer_arriving {
    uint64_t hash;
    uint32_t position; /* among the batch's steps */
    uint32_t
        arrived; /* what the state set says; where that is an arrival, it is marked by EXPLORER_NEW in the position */
};

#define EXPLORER_NEW (UINT32_C(1) << 31)

/* States that are expanded one after the other, by one thread. */
struct explorer_batch {
    size_t number; /* 0 .. EXPLORER_BATCHES - 1 */

    /* What is being expanded. */
    const uint64_t *state;
    struct system_choices choices;
    struct groups groups;
    struct macrostep macrostep;        /* the step that was taken */
    uint64_t *after;                   /* where it leads, canonical */
    uint8_t moved[SYSTEM_THREADS_MAX]; /* where each thread of the state is there */

    struct step_memo memo;

    /* What was found, kept until it is entered. */
    struct explorer_found *found;
    uint64_t *states;
    size_t count;
    size_t capacity;

    /* The steps that lead somewhere, by the part of the state set; those of a part in order. */
    uint32_t part_first[STATESET_PARTS + 1];
    uint32_t part_new[STATESET_PARTS];  /* how many of them are new */
    struct explorer_arriving *arriving; /* count of them, each with its state behind it */

    /* Once it is entered. */
    uint32_t first_state; /* the number of the first state that was expanded */
    size_t state_count;
    uint32_t first_new;  /* the number of the first state that is new */
    uint64_t first_step; /* steps of this round in the batches before */

    uint32_t first[EXPLORER_BATCH_STATES + 1]; /* where the steps of each state begin */
    struct step *steps;                        /* for observers in order alone, as are the choices */
    struct system_choices *all_choices;
    bool is_narrow; /* the last step has met a value that does not fit */
    char apart[CACHE_LINE];
};

/* A step as an observer is told of it in order. */
struct explorer_step {
    uint32_t target; /* where it leads; STATESET_NONE: an error of the program */
    bool is_new;     /* the target was found by it */
    uint8_t thread;
    uint8_t option;
    const struct step *step;            /* how data moved, or what failed; NULL where the observer has expand_step */
    const uint64_t *after;              /* the target; borrowed during the call */
    const struct explorer_batch *batch; /* where the step was found, NULL: not a step, target is a first state */
    size_t position;                    /* ... among its steps */
};

/* Each function may be NULL; those that return something say whether to go on. */
struct explorer_observer {
    /* It begins, or begins anew because a value did not fit: nothing was found yet. */
    void (*begin)(void *context);
    /* In parallel: a state is being expanded, a step was taken. */
    void (*expand_state)(void *context, const struct explorer_batch *batch);
    void (*expand_step)(void *context, const struct explorer_batch *batch);
    /* The same, where steps are not executed that were taken before (space/step_memo.h): a step that was expanded got a number, below
     * STEP_MEMO_ITEMS and for this batch; and it is taken again, from another state, while the macrostep is another one. Returns false where
     * that is not enough to know what it does. Without these all steps are executed. */
    void (*remember_step)(void *context, const struct explorer_batch *batch, uint32_t number);
    bool (*repeat_step)(void *context, const struct explorer_batch *batch, uint32_t number);
    /* All that was found in a round by so many batches is to be entered: room can be made. Returns whether to go on. */
    bool (*reserve)(void *context, const struct explorer_batch *batches, size_t count);
    /* In parallel: a batch was entered. */
    void (*enter)(void *context, const struct explorer_batch *batch);
    /* In order, once a round was entered: the state with the number self->here, which lies at self->state, and its steps. The
     * choices are NULL where the observer has expand_step. */
    bool (*state)(void *context, const struct system_choices *choices);
    /* A step leads from there, or a first state was found. */
    bool (*step)(void *context, const struct explorer_step *step);
    /* A round is over. */
    void (*round)(void *context);
};

enum explorer_result {
    EXPLORER_GOES_ON,
    EXPLORER_COMPLETE,  /* every state that can be reached was expanded */
    EXPLORER_ENDED,     /* by the observer */
    EXPLORER_TOO_LARGE, /* there are more states than were allowed */
    EXPLORER_LIMIT,     /* the budget is exceeded */
    EXPLORER_NARROW     /* a value does not fit; explorer_run() then widens the machine and begins anew */
};

struct explorer_options {
    const char *phase;            /* for progress; borrowed */
    uint64_t max_states;          /* 0: no limit but the budget's memory and time */
    bool by_option;               /* the steps of a state by option, those of an option by thread */
    bool no_ways;                 /* do not remember how states were reached */
    bool eager;                   /* remember steps, and share work, from the first state on, as large searches do */
    unsigned jobs;                /* threads; 0: one, and it is ahead of the observer by a batch at most */
    struct system_options system; /* what is merged */
};

/* The step by which a state was found. */
struct explorer_link {
    uint32_t parent;
    uint8_t thread;
    uint8_t option;
};

struct explorer_arrivals;

struct explorer {
    struct system *system;
    struct budget *budget; /* borrowed */
    struct explorer_options options;
    const struct explorer_observer *observer; /* borrowed */
    void *context;
    struct stateset states;
    size_t start_count;          /* the first states are numbers 0 .. start_count - 1 */
    struct explorer_link *links; /* one a state; of a first state without meaning */
    size_t link_capacity;
    size_t *level_first; /* number of the first state of each depth; one more at the end */
    size_t level_count;
    size_t level_capacity;
    struct explorer_batch *batches;
    size_t batch_count;
    struct explorer_arrivals *arrivals; /* buffers, one a thread */
    struct step_masks masks;            /* once there are many states, where steps are remembered */
    uint32_t here;                      /* the state that an observer in order is told of */
    const uint64_t *state;              /* its bits */
    const struct step *narrow;          /* for EXPLORER_NARROW: the step */
};

/* Explores a machine under a scheduler: everything, or until something ends it. Where a value does not fit, the machine is
 * widened. The machine, the scheduler, the observer and the budget are borrowed until explorer_free(), which is to be called
 * whatever the result. That is never EXPLORER_GOES_ON or EXPLORER_NARROW. */
enum explorer_result explorer_run(struct explorer *self, struct machine *machine, const struct scheduler *scheduler,
                                  const struct explorer_options *options, const struct explorer_observer *observer,
                                  void *context, struct budget *budget);
void explorer_free(struct explorer *self);

/* Expands a state that was found once more, where no jobs were given. Returns EXPLORER_GOES_ON, or why not. */
enum explorer_result explorer_expand(struct explorer *self, uint32_t number);

/* Writes to an empty schedule the way by which a state was found first; a return is told as a step. */
void explorer_tell_way(const struct explorer *self, uint32_t number, struct schedule *way);
