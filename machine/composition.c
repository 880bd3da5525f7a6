#include "machine/composition.h"

#include "base/memory.h"

#include <assert.h>

/* The net move into a location, or NULL where it still has its first value. */
static struct move *move_into(struct move *moves, size_t count, location_id target)
{
    for (size_t m = 0; m < count; m++)
        if (moves[m].target == target)
            return &moves[m];
    return NULL;
}

/* Tells a move of the values before the first one. Returns false where that overflows. */
static bool tell_of_first(struct move *moves, size_t count, struct move *move)
{
    const struct move *before = move->source == LOCATION_NONE ? NULL : move_into(moves, count, move->source);
    if (before == NULL)
        return true;
    move->source = before->source;
    return !__builtin_add_overflow(move->addend, before->addend, &move->addend);
}

/* All sources are looked up before a target changes. */
bool composition_append(struct move *moves, size_t *count, const struct move *more, size_t more_count)
{
    struct move net[STEP_MOVES_MAX];
    bool fits = true;
    assert(more_count <= STEP_MOVES_MAX);
    for (size_t m = 0; m < more_count; m++) {
        net[m] = more[m];
        fits = tell_of_first(moves, *count, &net[m]) && fits;
    }
    for (size_t m = 0; m < more_count; m++) {
        struct move *before = move_into(moves, *count, net[m].target);
        *(before != NULL ? before : &moves[(*count)++]) = net[m];
    }
    return fits;
}

void composition_add(struct composition *self, const struct move *moves, size_t count)
{
    while (self->capacity < self->count + count)
        self->moves = memory_grow(self->moves, self->capacity, &self->capacity, sizeof *self->moves);
    self->overflows |= !composition_append(self->moves, &self->count, moves, count);
}

void composition_free(struct composition *self)
{
    memory_free(self->moves);
    *self = (struct composition){0};
}
