/* space: a state space as the fold sees it.
 *
 * A space is made of levels. Every step leads from a level to the next one in a *graded* space; in one that is not graded
 * there is a single level, and its states are listed so that every step leads to a state that was listed before. States of
 * a level have places 0 .. size - 1 (some may be unused). A cursor walks over the states of a chunk of a level and shows
 * each as a view: how it ends, or which steps leave it and how the data moves in them.
 *
 * There are two spaces: struct graph, which was explored and stored, and struct grid, which is index arithmetic. The fold
 * knows only this interface.
 *
 * How the data moves in a step is told by entries (space/slots.h). */
#pragma once

#include "space/slots.h"

enum { SPACE_STEPS_MAX = SYSTEM_STEPS_MAX };

struct space_step {
    size_t target;          /* place in the next level (or in the only level) */
    uint32_t multiplicity;  /* threads that it stands for */
    uint32_t thread;        /* the leader of the group that steps */
    uint32_t target_height; /* height of the target */
    uint32_t length;        /* steps of the program that it is made of, 1 unless the scheduler insists */
    uint32_t preemptions;
    bool is_failure; /* an error of the program: no target, the schedule ends */
    const struct entry *entries;
    size_t entry_count;
};

enum space_end { SPACE_GOES_ON, SPACE_FINAL, SPACE_DEADLOCK };

struct space_view {
    size_t place;
    enum space_end end;
    int64_t final_value; /* where it ends and the observed variable is control; else 0 */
    uint32_t enabled;    /* number of choices (threads that may step, by options): the sum of the multiplicities */
    uint32_t height;     /* the longest way to an end, in steps of the space */
    size_t step_count;
    struct space_step steps[SPACE_STEPS_MAX];
};

struct space;

/* A cursor is a value on the stack of whoever walks; it needs no cleaning up. */
struct space_cursor {
    const struct space *space;
    size_t level;
    size_t next, stop; /* for the space's own use */
    uint32_t part;
    uint32_t share;
    uint64_t passed;
    uint32_t coordinates[SYSTEM_THREADS_MAX];
    bool started;
    void *scratch; /* from the space's scratch_new(), borrowed from the caller */
};

struct space_kind {
    /* The number of places of a level, and of states in it. */
    size_t (*places)(const struct space *self, size_t level);
    /* Into how many chunks a level is cut for parallel work; fills the cursor for one of them. */
    size_t (*chunks)(const struct space *self, size_t level);
    void (*open)(const struct space *self, size_t level, size_t chunk, struct space_cursor *cursor);
    /* Shows the next state; returns false after the last one. The view's entries are borrowed until the next call. */
    bool (*next)(struct space_cursor *cursor, struct space_view *view);
    /* What cursors need to show states, new; one for each job, to be used for cursor after cursor. NULL: nothing. */
    void *(*scratch_new)(const struct space *self);
    void (*scratch_free)(void *scratch);
};

/* The head of every space. */
struct space {
    const struct space_kind *kind;
    struct slots slots;
    size_t level_count;
    size_t start_count; /* where schedules begin: the places 0 .. start_count - 1 of level 0 */
    bool graded;
    bool grows;          /* some cycle adds to data each time round, relevant or not */
    bool grows_relevant; /* ... to data that may flow into the observed variable */
    bool overflows;      /* the moves of a step of the space, which are several of the program, do not fit 64 bits */
    bool cyclic;         /* steps may lead to a state that is not yet listed: only a fixed point helps */
    uint64_t states;     /* stored, for progress and estimates */
    uint64_t steps;      /* stored */
    uint64_t entries;    /* about how many entries all steps have */
    uint32_t height;     /* the greatest of a first state: the longest schedule, in steps of the space */
    uint64_t enabled_counts[SPACE_STEPS_MAX / 64]; /* bit n - 1: at some state there are exactly n choices */
    uint64_t greatest_addend;                      /* of all entries, as a magnitude */
    uint64_t common_addend; /* greatest common divisor of all addends and of the values where schedules end; 0: all 0 */
};

/* The most choices at once anywhere in a space, at least 1. */
static inline uint64_t space_most_enabled(const struct space *self)
{
    for (size_t w = SPACE_STEPS_MAX / 64; w-- > 0;)
        if (self->enabled_counts[w] != 0)
            return 64 * (w + 1) - (uint64_t)__builtin_clzll(self->enabled_counts[w]);
    return 1;
}

/* New scratch for a cursor, or NULL where the space needs none; and back with it. */
static inline void *space_scratch_new(const struct space *self)
{
    return self->kind->scratch_new != NULL ? self->kind->scratch_new(self) : NULL;
}
static inline void space_scratch_free(const struct space *self, void *scratch)
{
    if (scratch != NULL)
        self->kind->scratch_free(scratch);
}
