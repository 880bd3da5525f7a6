/* Lexicographic: the least (or greatest) value and, for that, the least cost. The lexicographic product of two tropical
 * semirings, packed into one integer. */
#include "analysis/semiring.h"

static const struct lexicographic *lexicographic_of(const struct semiring *semiring)
{
    return (const struct lexicographic *)(const void *)semiring;
}

/* The value's part of an element. */
static int64_t packed(const struct semiring *self, int64_t value)
{
    return (lexicographic_of(self)->greatest ? -value : value) * (INT64_C(1) << 32);
}

static void one(const struct semiring *self, size_t level, uint32_t height, int64_t value, void *element)
{
    (void)level;
    (void)height;
    *(int64_t *)element = packed(self, value);
}

static void add(const struct semiring *self, size_t level, void *sum, size_t term_level, const void *term,
                const struct factor *factor, struct arena *arena)
{
    (void)level;
    (void)term_level;
    (void)arena;
    int64_t from = *(const int64_t *)term;
    int64_t *to = sum;
    if (from == LEXICOGRAPHIC_NONE)
        return;
    from += packed(self, factor->addend) + schedule_cost(self->space, factor->length, factor->preemptions);
    *to = from < *to ? from : *to;
}

static bool equal(const struct semiring *self, size_t level, const void *a, const void *b)
{
    (void)self;
    (void)level;
    return *(const int64_t *)a == *(const int64_t *)b;
}

static uint32_t cost_of(const struct semiring *self, size_t level, const void *element, int64_t value)
{
    (void)level;
    int64_t cost = *(const int64_t *)element;
    if (cost == LEXICOGRAPHIC_NONE || value > LEXICOGRAPHIC_VALUE_MAX || value < -LEXICOGRAPHIC_VALUE_MAX)
        return COST_NONE;
    cost -= packed(self, value);
    return cost >= 0 && cost < COST_NONE ? (uint32_t)cost : COST_NONE;
}

void semiring_lexicographic_start(struct lexicographic *self, const struct space *space, bool greatest)
{
    static const int64_t zero = LEXICOGRAPHIC_NONE;
    static const struct semiring_kind kind = {"witness", &zero, sizeof zero, NULL, one, add, equal, NULL, cost_of};
    *self = (struct lexicographic){.head = {&kind, space, NULL}, .greatest = greatest};
}
