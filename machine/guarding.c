/* How comparisons of data turn out: one way after the other. */
#include "machine/machine.h"

void guarding_begin(struct guarding *self)
{
    self->decided = self->count = 0;
    self->overflows = false;
}

/* The last comparison turns out in its next way; one that has turned out in all ways is forgotten, and the one before it goes on. */
bool guarding_advance(struct guarding *self)
{
    self->decided = self->count;
    self->count = 0;
    while (self->decided > 0 && self->guards[self->decided - 1].sign == 1)
        self->decided--;
    if (self->decided == 0)
        return false;
    self->guards[self->decided - 1].sign++;
    return true;
}

/* What a location was worth before some moves: that of another one, and something more. */
static location_id tell_location(location_id location, const struct move *moves, size_t count, int64_t *addend)
{
    *addend = 0;
    for (size_t m = 0; m < count && location != LOCATION_NONE; m++)
        if (moves[m].target == location) {
            *addend = moves[m].addend;
            return moves[m].source;
        }
    return location;
}

void guarding_tell_of_first(struct guarding *self, unsigned first, const struct move *moves, size_t count)
{
    for (unsigned g = first; g < self->count; g++) {
        struct guard *guard = &self->guards[g];
        int64_t left, right;
        guard->left = tell_location(guard->left, moves, count, &left);
        guard->right = tell_location(guard->right, moves, count, &right);
        self->overflows |= __builtin_add_overflow(guard->addend, left, &guard->addend) ||
                           __builtin_sub_overflow(guard->addend, right, &guard->addend);
    }
}
