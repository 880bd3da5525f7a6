/* composition: what instructions, or steps, do to data when they are taken one after the other.
 *
 * The moves of an instruction are simultaneous: they are told of the values before it. A composition tells all of them so, of
 * the values before the first instruction: each location that was moved has one *net move*. Whoever takes several as one composes
 * them here: a step of several instructions (machine/machine_stretch.c), and several steps of a space (space/macrostep.h,
 * space/straight_line.h).
 *
 * Net addends are exact, or the composition says that it overflows. It may do so where no value does (one step adds what a
 * later one takes away again), and what it says of its moves is then worthless.
 *
 * A struct that was zeroed has no steps. It owns its array, which composition_clear() keeps for the next steps and
 * composition_free() frees. */
#pragma once

#include "machine/machine.h"

struct composition {
    struct move *moves; /* simultaneous; one a target, in the order in which targets were first moved */
    size_t count;
    size_t capacity;
    bool overflows; /* some net addend does not fit 64 bits */
};

/* Adds the moves of one more step, at most STEP_MOVES_MAX. */
void composition_add(struct composition *self, const struct move *moves, size_t count);

/* Adds moves, at most STEP_MOVES_MAX, to *count moves in an array that has room for them. Returns false where it overflows. */
bool composition_append(struct move *moves, size_t *count, const struct move *more, size_t more_count);

/* Forgets all steps. */
static inline void composition_clear(struct composition *self)
{
    self->count = 0;
    self->overflows = false;
}

void composition_free(struct composition *self);
