#include "space/tuples.h"

#include "base/memory.h"

#include <string.h>

static int compare(const int64_t *a, const int64_t *b, size_t width)
{
    for (size_t w = 0; w < width; w++)
        if (a[w] != b[w])
            return a[w] < b[w] ? -1 : 1;
    return 0;
}

const int64_t *tuples_at(const struct tuples *self, size_t rank)
{
    return self->items + rank * self->width;
}

void tuples_add(struct tuples *self, const int64_t *tuple, size_t width)
{
    self->width = width;
    if (self->count > 0 && compare(tuples_at(self, self->count - 1), tuple, width) == 0)
        return;
    self->items = memory_grow(self->items, self->count, &self->capacity, width * sizeof *self->items);
    memcpy(self->items + self->count++ * width, tuple, width * sizeof *tuple);
}

void tuples_add_all(struct tuples *self, const struct tuples *others)
{
    for (size_t t = 0; t < others->count; t++)
        tuples_add(self, tuples_at(others, t), others->width);
}

/* Merges two ordered halves; of equal tuples one is kept. Returns how many there are. */
static size_t merge(const int64_t *left, size_t left_count, const int64_t *right, size_t right_count, int64_t *to,
                    size_t width)
{
    size_t l = 0, r = 0, count = 0;
    while (l < left_count || r < right_count) {
        int order = l == left_count ? 1 : r == right_count ? -1 : compare(left + l * width, right + r * width, width);
        memcpy(to + count++ * width, order <= 0 ? left + l * width : right + r * width, width * sizeof *to);
        l += order <= 0;
        r += order >= 0;
    }
    return count;
}

static size_t sort(int64_t *items, size_t count, int64_t *spare, size_t width)
{
    if (count < 2)
        return count;
    size_t half = count / 2;
    size_t left = sort(items, half, spare, width), right = sort(items + half * width, count - half, spare, width);
    size_t merged = merge(items, left, items + half * width, right, spare, width);
    memcpy(items, spare, merged * width * sizeof *items);
    return merged;
}

void tuples_order(struct tuples *self)
{
    int64_t *spare = memory_new(self->count * self->width, sizeof *spare);
    self->count = sort(self->items, self->count, spare, self->width);
    memory_free(spare);
}

size_t tuples_rank(const struct tuples *self, const int64_t *tuple)
{
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(tuples_at(self, middle), tuple, self->width);
        if (order == 0)
            return middle;
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return SIZE_MAX;
}

void tuples_free(struct tuples *self)
{
    memory_free(self->items);
    *self = (struct tuples){0};
}
