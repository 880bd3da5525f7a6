/* composition: what steps do to data when they are taken one after the other.
 *
 * The moves of a step are simultaneous: they are told of the values before it. A composition tells all of its steps so, of
 * the values before the first one: each location that was moved has one *net move*. Whoever takes several steps as one composes
 * them here (space/macrostep.h, space/straight_line.h).
 *
 * Net addends are exact, or the composition says that it overflows. It may do so where no value does (one step adds what a
 * later one takes away again), and what it says of its moves is then worthless.
 *
 * A struct that was zeroed has no steps. It owns its array, which composition_clear() keeps for the next steps and
 * composition_free() frees. */
#ifndef RACECHECK_SPACE_COMPOSITION_H
#define RACECHECK_SPACE_COMPOSITION_H

#include "machine/machine.h"

struct composition {
    struct move *moves; /* simultaneous; one a target, in the order in which targets were first moved */
    size_t count;
    size_t capacity;
    bool overflows; /* some net addend does not fit 64 bits */
};

/* Adds the moves of one more step, at most EFFECT_ASSIGNMENTS_MAX. */
void composition_add(struct composition *self, const struct move *moves, size_t count);

/* Forgets all steps. */
void composition_clear(struct composition *self);

void composition_free(struct composition *self);

#endif
