/* machine: executes a program on values of which only part need be known.
 *
 * A value is known, or bounded (at least, or at most, a number), or unknown. What decides where a thread goes on
 * or whether it can must be known; anything else is computed as far as it can be. With all values known this is
 * plain execution. */
#pragma once

#include "verify/condition.h"
#include "verify/scheduler.h"

struct queue_state {
    size_t length;
    int64_t items[QUEUE_ITEMS_MAX]; /* the first one first */
};

/* The stores of a thread that have not reached memory, the oldest one first. */
struct stores {
    size_t count;
    struct store {
        size_t word;
        struct value value;
    } at[STORES_MAX];
};

/* A state of program and scheduler. All of it but the values is its *frame*. */
struct state {
    size_t at[THREADS_MAX];   /* the instruction that a thread executes next; their number where it has finished */
    uint64_t away;            /* the threads at input or output */
    uint64_t asleep;          /* those that sleep on a condition or at a barrier, which their next instruction names */
    uint64_t woken;           /* those that slept on a condition and wait for their mutex */
    uint64_t unborn;          /* those that were not spawned yet */
    int holders[OBJECTS_MAX]; /* of each mutex: a thread, or -1 */
    int64_t depths[OBJECTS_MAX];   /* how often more than once it has it */
    int writers[OBJECTS_MAX];      /* of each read-write lock: a thread, or -1 ... */
    uint64_t readers[OBJECTS_MAX]; /* ... and those that read */
    struct queue_state *queues;    /* one a queue */
    struct stores *stores;         /* one a thread, where memory is TSO */
    struct value *values;          /* one a location; of what waits in store buffers `stores` tells */
    struct memory memory;          /* of the scheduler */
};

struct machine {
    const struct program *program;
    bool is_upper; /* a bounded value is at most its number, rather than at least */
};

/* What the scheduler wants to know of a state. */
struct moment machine_moment(const struct machine *self, struct state *state);

/* Makes room for a state of which all values are unknown, which state_free() gives back; sets it to the start with all values known. */
struct state *state_new(const struct program *program);
void state_free(struct state *self);
void state_start(struct state *self, const struct program *program);

/* Forgets all values; copies all but the values. */
void state_forget(struct state *self, const struct program *program);
void state_copy_frame(struct state *self, const struct state *other, const struct program *program);

enum step_result {
    STEP_TAKEN,
    STEP_ERROR,    /* an error of the program: an overflow, or an unlock by a stranger. There is no next state. */
    STEP_UNDECIDED /* what decides is not known */
};

/* The values that a step has changed, and what they were; all zero at first, and freed with changes_free(). */
struct changes {
    struct change {
        struct value *place;
        struct value before;
    } * at;
    size_t count;
    size_t capacity;
};

/* In how many ways the next step of a thread can turn out: a choice of a number, or of whom a signal wakes. At least 1. */
unsigned machine_choices(const struct machine *self, struct state *state, size_t thread);

/* Takes the next step of a thread that can go on, on the state, in place, with one of these choices: one instruction, or all of an atomic
 * stretch that it comes through. The scheduler's memory is not touched; *taken is what the scheduler is to know, but for the option. What
 * becomes of values is noted, so that another step can be tried from where this one began. */
enum step_result machine_step(const struct machine *self, struct state *state, size_t thread, unsigned choice,
                              struct taken *taken, struct changes *changes);

/* Has the oldest store of a thread reach memory, which waits; notes what becomes of values, likewise. */
void machine_flush(const struct machine *self, struct state *state, size_t thread, struct changes *changes);

/* Makes the values what they were. */
void changes_undo(const struct changes *self);
void changes_free(struct changes *self);

/* Whether a thread can be away at a step, at input or output; can sleep there; can be woken there. */
bool machine_can_be_away(const struct step *step);
bool machine_can_sleep(const struct step *step);
bool machine_can_be_woken(const struct step *step);

/* Whether every value that a first one stands for is one that a second one stands for. */
bool machine_is_covered(const struct machine *self, struct value value, struct value by);
