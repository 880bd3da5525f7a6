/* Foremost: the least (or greatest) value and, for that, the least cost. The lexicographic product of two tropical
 * semirings. */
#include "checker/weights.h"

static size_t size(const struct weights *self, size_t level)
{
    (void)self;
    (void)level;
    return sizeof(struct foremost);
}

static void zero(const struct weights *self, size_t level, void *element)
{
    (void)self;
    (void)level;
    *(struct foremost *)element = (struct foremost){0, COST_NONE};
}

static void one(const struct weights *self, size_t level, uint32_t height, int64_t value, void *element)
{
    (void)self;
    (void)level;
    (void)height;
    *(struct foremost *)element = (struct foremost){value, 0};
}

static void add(const struct weights *self, size_t level, void *sum, size_t term_level, const void *term,
                const struct factor *factor, struct arena *arena)
{
    (void)level;
    (void)term_level;
    (void)arena;
    const struct foremosts *weights = (const struct foremosts *)(const void *)self;
    const struct foremost *from = term;
    struct foremost *to = sum;
    if (from->cost == COST_NONE)
        return;
    int64_t value = from->value + factor->addend;
    uint32_t cost = from->cost + weights->step_cost + (factor->is_preemption ? PREEMPTION_COST : 0);
    bool better = weights->greatest ? value > to->value : value < to->value;
    if (to->cost == COST_NONE || better || (value == to->value && cost < to->cost))
        *to = (struct foremost){value, cost};
}

static bool equal(const struct weights *self, size_t level, const void *a, const void *b)
{
    (void)self;
    (void)level;
    const struct foremost *first = a, *second = b;
    return first->cost == second->cost && (first->cost == COST_NONE || first->value == second->value);
}

static uint32_t cost_of(const struct weights *self, size_t level, const void *element, int64_t value)
{
    (void)self;
    (void)level;
    const struct foremost *foremost = element;
    return foremost->cost != COST_NONE && foremost->value == value ? foremost->cost : COST_NONE;
}

void weights_foremost_start(struct foremosts *self, const struct space *space, bool greatest)
{
    static const struct weights_kind kind = {"witness", size, zero, one, add, equal, NULL, cost_of};
    *self = (struct foremosts){.head = {&kind, space, NULL}, .step_cost = space->cyclic ? 1 : 0, .greatest = greatest};
}
