#include "base/interval.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

/* Whether an interval that begins at first overlaps or follows, without a gap, one that ends at last. */
static bool touches(int64_t last, int64_t first)
{
    return last == INT64_MAX || first <= last + 1;
}

/* The position of the first interval that ends at or after first - 1, by bisection. */
static size_t position_of(const struct intervals *self, int64_t first)
{
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (touches(self->items[middle].last, first))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void insert_at(struct intervals *self, size_t position, struct interval interval)
{
    self->items = memory_grow(self->items, self->count, &self->capacity, sizeof *self->items);
    memmove(self->items + position + 1, self->items + position, (self->count - position) * sizeof *self->items);
    self->items[position] = interval;
    self->count++;
}

static void remove_from(struct intervals *self, size_t position, size_t count)
{
    if (count == 0)
        return;
    memmove(self->items + position, self->items + position + count,
            (self->count - position - count) * sizeof *self->items);
    self->count -= count;
}

/* The new interval is joined to the first one that it touches, which then swallows those that it reaches. */
void intervals_add(struct intervals *self, int64_t first, int64_t last)
{
    size_t position = position_of(self, first);
    if (position == self->count || (last != INT64_MAX && self->items[position].first > last + 1)) {
        insert_at(self, position, (struct interval){first, last});
        return;
    }
    struct interval *joined = &self->items[position];
    joined->first = first < joined->first ? first : joined->first;
    joined->last = last > joined->last ? last : joined->last;
    size_t swallowed = 0;
    while (position + 1 + swallowed < self->count &&
           touches(joined->last, self->items[position + 1 + swallowed].first)) {
        int64_t end = self->items[position + 1 + swallowed].last;
        joined->last = end > joined->last ? end : joined->last;
        swallowed++;
    }
    remove_from(self, position + 1, swallowed);
}

void intervals_union(struct intervals *self, const struct intervals *other, int64_t shift)
{
    for (size_t i = 0; i < other->count; i++)
        intervals_add(self, other->items[i].first + shift, other->items[i].last + shift);
}

bool intervals_contain(const struct intervals *self, int64_t value)
{
    for (size_t i = 0; i < self->count; i++)
        if (value >= self->items[i].first && value <= self->items[i].last)
            return true;
    return false;
}

uint64_t intervals_size(const struct intervals *self)
{
    uint64_t size = 0;
    for (size_t i = 0; i < self->count; i++) {
        uint64_t more = (uint64_t)self->items[i].last - (uint64_t)self->items[i].first;
        if (more == UINT64_MAX || __builtin_add_overflow(size, more + 1, &size))
            return UINT64_MAX;
    }
    return size;
}

void interval_print(struct text *text, int64_t first, int64_t last, const char *between)
{
    text_print(text, "%" PRId64, first);
    if (last > first)
        text_print(text, "%s%" PRId64, between, last);
}

void intervals_free(struct intervals *self)
{
    memory_free(self->items);
    *self = (struct intervals){0};
}
