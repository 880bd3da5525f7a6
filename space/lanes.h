/* lanes: a grid of two threads as code for array folds (analysis/array_fold.h, analysis/modular_counts.h).
 *
 * A fold over the states of a grid asks, for each of them, which entries its steps have. With two threads that depends on little: on
 * what the next step of each of them does. A *lane* is what one thread does, step by step; steps that do the same are of one *kind*, and a
 * kind has its entries ready, by slots. Where a lane repeats some steps again and again it has a *run* of them, whoever wrote them and
 * however they came about: `.rept`, a loop that a front-end unrolled, or the same lines twice.
 *
 * Slots are numbered anew here, since the registers of the two threads are always told apart: the constant that control knows, if any,
 * then the shared locations, then the registers of thread 0, then those of thread 1. Where the threads are alike, the state (i, j)
 * is the mirror image of (j, i). Addends are multiples of a unit, and are told in it.
 *
 * Constant once made; freed with lanes_free(). */
#pragma once

#include "space/grid.h"

/* What begins at a slot is, after the step, what begins at the slot `image`, with so much added. */
struct lane_term {
    uint32_t image;
    int64_t addend; /* in units */
};

/* Positions first .. first + period * repeats - 1, whose steps repeat after every `period`. */
struct lane_run {
    uint32_t first;
    uint32_t period;
    uint32_t repeats;
};

struct lane {
    uint32_t count;  /* steps */
    uint32_t *kinds; /* of each step */
    uint32_t kind_count;
    size_t *first; /* of a kind and slot (kind * slot_count + slot): where its terms begin; one more at the end */
    struct lane_term *terms;
    size_t most_terms;     /* of one slot */
    struct lane_run *runs; /* all positions, ascending */
    size_t run_count;
};

struct lanes {
    struct lane lane[2];
    uint32_t slot_count;
    uint32_t observed;     /* the slot of the observed variable */
    int64_t *initial;      /* of each slot: the value that it has at the start */
    uint32_t *mirror;      /* of each slot: the one that it is when the threads change places */
    bool alike;            /* the threads are interchangeable */
    uint64_t unit;         /* at least 1 */
    uint64_t greatest_sum; /* of addends along a schedule, as a magnitude, in units; UINT64_MAX: more */
};

enum { LANES_SLOTS_MAX = 64 }; /* but for the constant */

/* Whether a grid has two lanes: two threads, not too many slots, and nobody asks who stepped last. */
bool lanes_apply(const struct grid *grid);

/* Makes the lanes of such a grid whose moves do not overflow. */
struct lanes *lanes_new(const struct grid *grid);
void lanes_free(struct lanes *self);

/* The terms of a slot in the step at a position of a thread; *count says how many. Borrowed. */
static inline const struct lane_term *lanes_terms(const struct lanes *self, size_t thread, uint32_t position,
                                                  uint32_t slot, size_t *count)
{
    const struct lane *lane = &self->lane[thread];
    size_t place = (size_t)lane->kinds[position] * self->slot_count + slot;
    *count = lane->first[place + 1] - lane->first[place];
    return &lane->terms[lane->first[place]];
}
