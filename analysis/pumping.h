/* pumping: how a schedule for few repetitions becomes one for as many as one likes.
 *
 * A *path* is a schedule on exact tracks (analysis/iterated.h) with what its final value is made of: at each state a slot. Where
 * a path goes through a node (positions of all threads, and the slot), a *cycle* that leads from this node back to it, and in which each
 * of some threads goes round its loop once, can be inserted as often as one likes, and each time adds its weight to the final value. Cycles in
 * which each thread that has a loop takes part once make the path one for one more repetition each time: this is the pumping
 * lemma of finite automata (Bar-Hillel, Perles and Shamir, 1961), with weights. */
#pragma once

#include "analysis/iterated.h"
#include "program/turns.h"

/* A step of a path, or of a cycle. */
struct path_step {
    uint64_t state;
    uint32_t slot;
    uint32_t thread; /* who steps from there */
};

struct path {
    struct path_step *steps; /* and one more, the end, whose thread means nothing */
    size_t count;
    size_t capacity;
};

/* The cycles at the nodes of a path: for each set of threads the one with the least (greatest) weight. */
enum { PUMPING_SETS = 1 << ITERATED_THREADS_MAX };

struct pumping {
    int64_t weights[PUMPING_SETS]; /* valid where has_cycle */
    bool has_cycle[PUMPING_SETS];
    size_t places[PUMPING_SETS]; /* at which step of the path */
    int64_t total;               /* of the cycles that are chosen */
    bool has_total;              /* there are such that all threads with loops take part once */
    unsigned chosen[ITERATED_THREADS_MAX];
    size_t chosen_count;
};

void path_add(struct path *self, uint64_t state, uint32_t slot, uint32_t thread);
void path_free(struct path *self);

/* Looks at up to *left pairs of a place and a slot, which become less. Finds the cycles at the nodes of a path, and those that together have the least (greatest) weight. */
void pumping_find(struct pumping *self, const struct tracks *tracks, const struct path *path, bool is_upper,
                  uint64_t *left);

/* Tells the path as turns, with the chosen cycles as groups that are repeated once. */
void pumping_tell(const struct pumping *self, const struct tracks *tracks, const struct path *path, bool is_upper,
                  struct turns *turns);

/* The weights that cycles have in which all threads with loops take part, at a state and a slot: weight w is bit w + width * 32 of `width` words
 * of 64 bits. Returns false where one is beyond that. */
bool pumping_weights(const struct tracks *tracks, uint64_t state, uint32_t slot, uint64_t *bits, size_t width);
