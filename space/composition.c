#include "space/composition.h"

#include "base/memory.h"

#include <assert.h>

/* The net move into a location, or NULL where it still has its first value. */
static struct move *move_into(const struct composition *self, location_id target)
{
    for (size_t m = 0; m < self->count; m++)
        if (self->moves[m].target == target)
            return &self->moves[m];
    return NULL;
}

/* A move of the last step, told of the values before the first one. */
static struct move told_of_first(struct composition *self, struct move move)
{
    const struct move *before = move.source == LOCATION_NONE ? NULL : move_into(self, move.source);
    if (before == NULL)
        return move;
    self->overflows |= __builtin_add_overflow(move.addend, before->addend, &move.addend);
    move.source = before->source;
    return move;
}

static void set_move(struct composition *self, struct move move)
{
    struct move *before = move_into(self, move.target);
    if (before == NULL) {
        self->moves = memory_grow(self->moves, self->count, &self->capacity, sizeof *self->moves);
        before = &self->moves[self->count++];
    }
    *before = move;
}

/* All sources are looked up before a target changes. */
void composition_add(struct composition *self, const struct move *moves, size_t count)
{
    struct move net[EFFECT_ASSIGNMENTS_MAX];
    assert(count <= EFFECT_ASSIGNMENTS_MAX);
    for (size_t m = 0; m < count; m++)
        net[m] = told_of_first(self, moves[m]);
    for (size_t m = 0; m < count; m++)
        set_move(self, net[m]);
}

void composition_clear(struct composition *self)
{
    self->count = 0;
    self->overflows = false;
}

void composition_free(struct composition *self)
{
    memory_free(self->moves);
    *self = (struct composition){0};
}
