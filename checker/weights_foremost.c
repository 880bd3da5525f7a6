/* Foremost: the least (or greatest) value and, for that, the least cost. The lexicographic product of two tropical
 * semirings, packed into one integer. */
#include "checker/weights.h"

static const struct foremosts *foremosts_of(const struct weights *weights)
{
    return (const struct foremosts *)(const void *)weights;
}

/* The value's part of an element. */
static int64_t packed(const struct weights *self, int64_t value)
{
    return (foremosts_of(self)->greatest ? -value : value) * (INT64_C(1) << 32);
}

static size_t size(const struct weights *self, size_t level)
{
    (void)self;
    (void)level;
    return sizeof(int64_t);
}

static void zero(const struct weights *self, size_t level, void *element)
{
    (void)self;
    (void)level;
    *(int64_t *)element = FOREMOST_NONE;
}

static void one(const struct weights *self, size_t level, uint32_t height, int64_t value, void *element)
{
    (void)level;
    (void)height;
    *(int64_t *)element = packed(self, value);
}

static void add(const struct weights *self, size_t level, void *sum, size_t term_level, const void *term,
                const struct factor *factor, struct arena *arena)
{
    (void)level;
    (void)term_level;
    (void)arena;
    int64_t from = *(const int64_t *)term;
    int64_t *to = sum;
    if (from == FOREMOST_NONE)
        return;
    from += packed(self, factor->addend) + schedule_cost(self->space, factor->length, factor->preemptions);
    *to = from < *to ? from : *to;
}

static bool equal(const struct weights *self, size_t level, const void *a, const void *b)
{
    (void)self;
    (void)level;
    return *(const int64_t *)a == *(const int64_t *)b;
}

static uint32_t cost_of(const struct weights *self, size_t level, const void *element, int64_t value)
{
    (void)level;
    int64_t cost = *(const int64_t *)element;
    if (cost == FOREMOST_NONE || value > FOREMOST_VALUE_MAX || value < -FOREMOST_VALUE_MAX)
        return COST_NONE;
    cost -= packed(self, value);
    return cost >= 0 && cost < COST_NONE ? (uint32_t)cost : COST_NONE;
}

void weights_foremost_start(struct foremosts *self, const struct space *space, bool greatest)
{
    static const struct weights_kind kind = {"witness", size, zero, one, add, equal, NULL, cost_of};
    *self = (struct foremosts){.head = {&kind, space, NULL}, .greatest = greatest};
}
