/* iterated: a program whose threads repeat a straight body, seen apart from how often they do.
 *
 * Each thread goes through *positions*: what stands before its loop, one repetition, and what stands behind it. A step moves data: each
 * of some *slots*, the locations that flow into what is observed and one slot for constants, has entries that say which slot it
 * flows into, and what is added on the way. Which thread may step, positions alone decide: a thread has a mutex between its lock and its unlock.
 *
 * A *track* is such a thread with its rounds counted: exactly, up to some number of repetitions, or exactly below a *threshold*, from which on
 * rounds are not told apart. A state is a node of each track, and so a number (the nodes as digits, thread 0 first). The first
 * kind of track has no cycles, the second one stands for every number of repetitions from the threshold on.
 *
 * Values are taken as integers without bounds. A struct iterated is constant once made, and owns its arrays. */
#pragma once

#include "base/text.h"
#include "program/program.h"

enum { ITERATED_THREADS_MAX = 3, ITERATED_SLOTS_MAX = 32, ITERATED_POSITIONS_MAX = 200 };

/* Where a step takes a slot: what is in it flows into the image, and so much is added. */
struct iterated_entry {
    uint32_t slot;
    uint32_t image;
    int64_t addend;
};

struct iterated_step {
    struct iterated_entry *entries; /* a slot flows into as many as take it, perhaps into none */
    size_t entry_count;
    int locks; /* the mutex, or -1 */
};

struct iterated_thread {
    uint32_t count; /* positions that are steps; position count is the end */
    uint32_t first; /* of the loop */
    uint32_t end;   /* behind it; equal to first where there is none */
    struct iterated_step *steps;
    uint64_t *held; /* the mutexes that the thread has at a position, a bit each; one more at the end */
};

struct iterated {
    size_t thread_count;
    char *thread_names[ITERATED_THREADS_MAX];
    struct iterated_thread threads[ITERATED_THREADS_MAX];
    size_t slot_count; /* the last one is for constants */
    int64_t initial[ITERATED_SLOTS_MAX];
    char *names[ITERATED_SLOTS_MAX]; /* as certificates write them: "counter", "T0.%ax"; "constant" */
    uint32_t observed;
    uint64_t
        greatest_first; /* of the values that any location begins with, and of what any step adds, the greatest magnitude */
    uint64_t greatest_addend;
    uint64_t straight;  /* steps outside of loops, all threads together */
    uint64_t repeated;  /* steps of one repetition of each loop */
    uint64_t times;     /* how often the loops are repeated here */
    bool repeats_iters; /* ITERS times, and nothing else depends on it */
};

/* Makes it for a word of a program, as new. NULL where the program has another shape: then *reason says why, as new. */
struct iterated *iterated_new(const struct program *program, uint32_t word, char **reason);
void iterated_free(struct iterated *self);

/* The most repetitions with which no value can leave 64 bits. */
uint64_t iterated_most(const struct iterated *self);

/* ---- Tracks --------------------------------------------------------------------------------------------------------- */

#define TRACK_NONE UINT32_MAX

struct track_node {
    uint32_t position;
    uint32_t rounds; /* loop ends that are still to come; at the threshold: so many or more */
    uint32_t next
        [2]; /* where its step leads, or TRACK_NONE; the second one behind the last step of a loop at the threshold */
    bool is_wrap; /* its step is the last one of the loop */
};

/* Nodes of exact tracks are in an order in which each comes behind where its step leads; node 0 is the end. */
struct track {
    struct track_node *nodes;
    uint32_t count;
    uint32_t *starts; /* with k repetitions, 1 .. most; of a track with a threshold, starts[0] is the only one */
};

struct tracks {
    const struct iterated *of; /* borrowed */
    struct track track[ITERATED_THREADS_MAX];
    uint64_t stride[ITERATED_THREADS_MAX]; /* what a node of a track counts for in the number of a state */
    uint64_t states;                       /* numbers */
    bool is_exact;
};

/* Makes tracks for up to `most` repetitions, and with a threshold of at least 1; freed with tracks_free(). */
void tracks_make_exact(struct tracks *self, const struct iterated *of, uint32_t most);
void tracks_make_abstract(struct tracks *self, const struct iterated *of, uint32_t threshold);
void tracks_free(struct tracks *self);

/* The node of a thread in a state. */
static inline const struct track_node *tracks_node(const struct tracks *self, uint64_t state, size_t thread)
{
    return &self->track[thread].nodes[state / self->stride[thread] % self->track[thread].count];
}

/* The state in which k repetitions begin (k is 0 for tracks with a threshold). */
uint64_t tracks_start(const struct tracks *self, uint32_t k);

/* The state where a step of a thread leads: 0 or 1 for which of its node's. */
uint64_t tracks_next(const struct tracks *self, uint64_t state, size_t thread, unsigned which);

/* Whether a thread can step; whether all have finished; whether no two have the same mutex, as in every state that can be reached. */
bool tracks_may_step(const struct tracks *self, uint64_t state, size_t thread);
bool tracks_finished(const struct tracks *self, uint64_t state);
bool tracks_exclude(const struct tracks *self, uint64_t state);

/* Whether every schedule can go on to the end of all threads, for every number of repetitions. */
bool iterated_cannot_deadlock(const struct iterated *self);
