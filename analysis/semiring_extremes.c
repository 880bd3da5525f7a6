/* Extremes: the least and the greatest value. The interval semiring: plus is the hull, times adds. */
#include "analysis/semiring.h"

static void one(const struct semiring *self, size_t level, uint32_t height, int64_t value, void *element)
{
    (void)self;
    (void)level;
    (void)height;
    *(struct extremes *)element = (struct extremes){value, value};
}

/* The analysis has made sure that no sum can overflow. */
static void add(const struct semiring *self, size_t level, void *sum, size_t term_level, const void *term,
                const struct factor *factor, struct arena *arena)
{
    (void)self;
    (void)level;
    (void)term_level;
    (void)arena;
    const struct extremes *from = term;
    struct extremes *to = sum;
    if (from->least > from->greatest)
        return;
    int64_t least = from->least + factor->addend;
    int64_t greatest = from->greatest + factor->addend;
    to->least = least < to->least ? least : to->least;
    to->greatest = greatest > to->greatest ? greatest : to->greatest;
}

static bool equal(const struct semiring *self, size_t level, const void *a, const void *b)
{
    (void)self;
    (void)level;
    const struct extremes *first = a, *second = b;
    return first->least == second->least && first->greatest == second->greatest;
}

static void widen(const struct semiring *self, size_t level, const void *element, struct value_range *range)
{
    (void)self;
    (void)level;
    const struct extremes *extremes = element;
    range->least = extremes->least < range->least ? extremes->least : range->least;
    range->greatest = extremes->greatest > range->greatest ? extremes->greatest : range->greatest;
}

void semiring_extremes_start(struct semiring *self, const struct space *space)
{
    static const struct extremes zero = {INT64_MAX, INT64_MIN};
    static const struct semiring_kind kind = {"extremes", &zero, sizeof zero, NULL, one, add, equal, widen, NULL};
    *self = (struct semiring){.kind = &kind, .space = space};
}
