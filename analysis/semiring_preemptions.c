/* Preemptions: value -> the least cost of a schedule that leads to it. The tropical semiring, value by value: plus is the
 * minimum, times adds.
 *
 * Mostly a cost is a number of preemptions and 16 bits hold it; all elements of a fold are kept for the witnesses, so that
 * their size matters. */
#include "analysis/semiring.h"

/* The places first .. last - 1 have been written; all others cost nothing that is known. */
struct costs {
    uint32_t first;
    uint32_t last;
    union {
        uint16_t narrow[1]; /* preemptions; NARROW_NONE for none */
        uint32_t wide[1];   /* costs as in semiring.h */
    } at;
};

enum { NARROW_NONE = UINT16_MAX };

static const struct preemptions *preemptions_of(const struct semiring *semiring)
{
    return (const struct preemptions *)(const void *)semiring;
}

static size_t cost_size(const struct semiring *self)
{
    return preemptions_of(self)->is_wide ? sizeof(uint32_t) : sizeof(uint16_t);
}

static uint32_t get(const struct semiring *self, const struct costs *element, size_t place)
{
    if (preemptions_of(self)->is_wide)
        return element->at.wide[place];
    return element->at.narrow[place] == NARROW_NONE ? COST_NONE : element->at.narrow[place];
}

static size_t size(const struct semiring *self, size_t level)
{
    size_t places = value_ranges_width(self->ranges, level);
    places = places > 0 ? places : 1;
    size_t bytes = 2 * sizeof(uint32_t) + places * cost_size(self);
    return (bytes + 7) / 8 * 8;
}

/* Extends the range of written places to include first .. last - 1, with no cost known. */
static void include(const struct semiring *self, struct costs *element, uint32_t first, uint32_t last)
{
    size_t each = cost_size(self);
    char *bytes = (char *)&element->at;
    if (element->first == element->last)
        element->first = element->last = first;
    if (first < element->first) {
        memset(bytes + first * each, 0xff, (element->first - first) * each);
        element->first = first;
    }
    if (last > element->last) {
        memset(bytes + element->last * each, 0xff, (last - element->last) * each);
        element->last = last;
    }
}

static void one(const struct semiring *self, size_t level, uint32_t height, int64_t value, void *element)
{
    (void)height;
    uint32_t place = (uint32_t)value_ranges_place(self->ranges, level, value);
    semiring_zero(self, element);
    include(self, element, place, place + 1);
    memset((char *)&((struct costs *)element)->at + place * cost_size(self), 0, cost_size(self));
}

static void add_narrow(uint16_t *sum, const uint16_t *term, size_t count, uint32_t preemptions)
{
    for (size_t i = 0; i < count; i++) {
        uint16_t cost = (uint16_t)(term[i] + (term[i] != NARROW_NONE ? preemptions : 0));
        sum[i] = cost < sum[i] ? cost : sum[i];
    }
}

static void add_wide(uint32_t *sum, const uint32_t *term, size_t count, uint32_t more)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t cost = term[i] >= COST_NONE - more ? COST_NONE : term[i] + more;
        sum[i] = cost < sum[i] ? cost : sum[i];
    }
}

static void add(const struct semiring *self, size_t level, void *sum, size_t term_level, const void *term,
                const struct factor *factor, struct arena *arena)
{
    (void)arena;
    const struct costs *from = term;
    struct costs *to = sum;
    if (from->first == from->last)
        return;
    uint32_t first = (uint32_t)(from->first + value_ranges_shift(self->ranges, level, term_level, factor->addend));
    size_t count = from->last - from->first;
    include(self, to, first, first + (uint32_t)count);
    if (preemptions_of(self)->is_wide)
        add_wide(to->at.wide + first, from->at.wide + from->first, count,
                 schedule_cost(self->space, factor->length, factor->preemptions));
    else
        add_narrow(to->at.narrow + first, from->at.narrow + from->first, count, factor->preemptions);
}

static bool equal(const struct semiring *self, size_t level, const void *a, const void *b)
{
    (void)level;
    const struct costs *first = a, *second = b;
    size_t each = cost_size(self), start = first->first * each;
    return first->first == second->first && first->last == second->last &&
           memcmp((const char *)&first->at + start, (const char *)&second->at + start,
                  (first->last - first->first) * each) == 0;
}

static uint32_t cost_of(const struct semiring *self, size_t level, const void *element, int64_t value)
{
    const struct costs *costs = element;
    const struct value_range *range = &self->ranges->levels[level];
    if (self->ranges->ranked == NULL && (value < range->least || value > range->greatest ||
                                         ((uint64_t)value - (uint64_t)range->least) % self->ranges->unit != 0))
        return COST_NONE;
    size_t place = value_ranges_place(self->ranges, level, value);
    return place >= costs->first && place < costs->last ? get(self, costs, place) : COST_NONE;
}

static bool needs_wide_costs(const struct space *space)
{
    return space->cyclic || !space->graded || space->height >= NARROW_NONE;
}

size_t semiring_preemptions_place(const struct space *space)
{
    return needs_wide_costs(space) ? sizeof(uint32_t) : sizeof(uint16_t);
}

void semiring_preemptions_start(struct preemptions *self, const struct space *space, const struct value_ranges *ranges)
{
    static const uint32_t zero[2]; /* no places */
    static const struct semiring_kind kind = {"preemptions", zero, sizeof zero, size, one, add, equal, NULL, cost_of};
    *self = (struct preemptions){.head = {&kind, space, ranges}, .is_wide = needs_wide_costs(space)};
}

void semiring_preemptions_visit(const struct semiring *self, size_t level, const void *element, int64_t shift,
                                cost_visitor *visitor, void *context)
{
    const struct costs *costs = element;
    for (uint32_t place = costs->first; place < costs->last; place++)
        if (get(self, costs, place) != COST_NONE)
            visitor(context, value_ranges_value(self->ranges, level, place) + shift, get(self, costs, place));
}
