#include "analysis/value_range.h"

#include "base/memory.h"

void value_ranges_start(struct value_ranges *self, size_t count, uint64_t unit, const struct intervals *ranked)
{
    *self = (struct value_ranges){.count = count, .unit = unit > 0 ? unit : 1, .ranked = ranked};
    self->levels = memory_new(count, sizeof *self->levels);
    for (size_t l = 0; l < count; l++)
        self->levels[l] = (struct value_range){INT64_MAX, INT64_MIN};
}

void value_ranges_free(struct value_ranges *self)
{
    memory_free(self->levels);
    *self = (struct value_ranges){0};
}

/* The new ends are multiples of the unit as the old ones are. */
void value_ranges_clip(struct value_ranges *self, size_t level, int64_t least, int64_t greatest)
{
    struct value_range *range = &self->levels[level];
    self->is_clipped = true;
    if (range->greatest < range->least || greatest < range->least || least > range->greatest) {
        *range = (struct value_range){0, -1};
        return;
    }
    if (least > range->least) {
        uint64_t above = (uint64_t)least - (uint64_t)range->least;
        uint64_t places = above / self->unit + (above % self->unit != 0);
        range->least += (int64_t)(places * self->unit);
    }
    if (greatest < range->greatest)
        range->greatest = greatest;
    if (range->greatest < range->least)
        *range = (struct value_range){0, -1};
}

size_t value_ranges_width(const struct value_ranges *self, size_t level)
{
    const struct value_range *range = &self->levels[level];
    if (self->ranked != NULL)
        return (size_t)intervals_size(self->ranked);
    if (range->greatest < range->least)
        return 0;
    return (size_t)(((uint64_t)range->greatest - (uint64_t)range->least) / self->unit) + 1;
}

static size_t rank_of(const struct intervals *values, int64_t value)
{
    size_t rank = 0;
    size_t i = 0;
    for (; values->items[i].last < value; i++)
        rank += (size_t)(values->items[i].last - values->items[i].first) + 1;
    return rank + (size_t)(value - values->items[i].first);
}

static int64_t value_of_rank(const struct intervals *values, size_t rank)
{
    size_t i = 0;
    for (; rank > (size_t)(values->items[i].last - values->items[i].first); i++)
        rank -= (size_t)(values->items[i].last - values->items[i].first) + 1;
    return values->items[i].first + (int64_t)rank;
}

size_t value_ranges_place(const struct value_ranges *self, size_t level, int64_t value)
{
    if (self->ranked != NULL)
        return value == 0 && !intervals_contain(self->ranked, 0) ? 0 : rank_of(self->ranked, value);
    return (size_t)(((uint64_t)value - (uint64_t)self->levels[level].least) / self->unit);
}

int64_t value_ranges_value(const struct value_ranges *self, size_t level, size_t place)
{
    if (self->ranked != NULL)
        return self->ranked->count > 0 ? value_of_rank(self->ranked, place) : 0;
    return self->levels[level].least + (int64_t)(place * self->unit);
}

int64_t value_ranges_shift(const struct value_ranges *self, size_t level, size_t term_level, int64_t addend)
{
    if (self->ranked != NULL)
        return 0;
    return (self->levels[term_level].least + addend - self->levels[level].least) / (int64_t)self->unit;
}
