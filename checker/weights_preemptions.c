/* Preemptions: value -> the least cost of a schedule that leads to it. The tropical semiring, value by value: plus is the
 * minimum, times adds. */
#include "checker/weights.h"

#include <string.h>

struct costs {
    uint32_t first;  /* the places first .. last - 1 have been written; all others cost COST_NONE */
    uint32_t last;
    uint32_t costs[];
};

static size_t size(const struct weights *self, size_t level)
{
    size_t places = bands_width(self->bands, level);
    places = places > 0 ? places : 1;
    size_t bytes = sizeof(struct costs) + places * sizeof(uint32_t);
    return (bytes + 7) / 8 * 8;
}

static void zero(const struct weights *self, size_t level, void *element)
{
    (void)self;
    (void)level;
    *(struct costs *)element = (struct costs){0, 0};
}

static void include(struct costs *element, uint32_t first, uint32_t last)
{
    if (element->first == element->last)
        element->first = element->last = first;
    if (first < element->first) {
        memset(element->costs + first, 0xff, (element->first - first) * sizeof(uint32_t));
        element->first = first;
    }
    if (last > element->last) {
        memset(element->costs + element->last, 0xff, (last - element->last) * sizeof(uint32_t));
        element->last = last;
    }
}

static void one(const struct weights *self, size_t level, uint32_t height, int64_t value, void *element)
{
    (void)height;
    uint32_t place = (uint32_t)bands_place(self->bands, level, value);
    zero(self, level, element);
    include(element, place, place + 1);
    ((struct costs *)element)->costs[place] = 0;
}

static uint32_t step_cost(const struct weights *self, const struct factor *factor)
{
    uint32_t each = ((const struct preemptions *)(const void *)self)->step_cost;
    return factor->is_preemption ? each + PREEMPTION_COST : each;
}

static uint32_t cost_sum(uint32_t a, uint32_t b)
{
    return a >= COST_NONE - b ? COST_NONE : a + b;
}

static int64_t place_shift(const struct bands *bands, size_t level, size_t term_level, int64_t addend)
{
    if (bands->ranked != NULL)
        return 0;
    return (bands->levels[term_level].least + addend - bands->levels[level].least) / (int64_t)bands->unit;
}

static void add(const struct weights *self, size_t level, void *sum, size_t term_level, const void *term,
                const struct factor *factor, struct arena *arena)
{
    (void)arena;
    const struct costs *from = term;
    struct costs *to = sum;
    if (from->first == from->last)
        return;
    int64_t shift = place_shift(self->bands, level, term_level, factor->addend);
    uint32_t more = step_cost(self, factor);
    include(to, (uint32_t)(from->first + shift), (uint32_t)(from->last + shift));
    uint32_t *costs = to->costs + shift;
    for (uint32_t place = from->first; place < from->last; place++) {
        uint32_t cost = cost_sum(from->costs[place], more);
        costs[place] = cost < costs[place] ? cost : costs[place];
    }
}

static bool equal(const struct weights *self, size_t level, const void *a, const void *b)
{
    (void)self;
    (void)level;
    const struct costs *first = a, *second = b;
    return first->first == second->first && first->last == second->last &&
           memcmp(first->costs + first->first, second->costs + second->first,
                  (first->last - first->first) * sizeof(uint32_t)) == 0;
}

static uint32_t cost_of(const struct weights *self, size_t level, const void *element, int64_t value)
{
    const struct costs *costs = element;
    const struct band *band = &self->bands->levels[level];
    if (self->bands->ranked == NULL &&
        (value < band->least || value > band->greatest ||
         ((uint64_t)value - (uint64_t)band->least) % self->bands->unit != 0))
        return COST_NONE;
    size_t place = bands_place(self->bands, level, value);
    return place >= costs->first && place < costs->last ? costs->costs[place] : COST_NONE;
}

void weights_preemptions_start(struct preemptions *self, const struct space *space, const struct bands *bands)
{
    static const struct weights_kind kind = {"preemptions", size, zero, one, add, equal, NULL, cost_of};
    *self = (struct preemptions){.head = {&kind, space, bands}, .step_cost = space->cyclic ? 1 : 0};
}

void weights_preemptions_visit(const struct weights *self, size_t level, const void *element, int64_t shift,
                               cost_visitor *visitor, void *context)
{
    const struct costs *costs = element;
    for (uint32_t place = costs->first; place < costs->last; place++)
        if (costs->costs[place] != COST_NONE)
            visitor(context, bands_value(self->bands, level, place) + shift, costs->costs[place]);
}
