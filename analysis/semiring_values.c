/* Values: the set of values, as a sorted list of intervals. Almost always it is one interval, which needs no memory of its
 * own; longer lists lie in the level's arena, each made anew by every union that is not trivial. */
#include "analysis/semiring.h"

static void one(const struct semiring *self, size_t level, uint32_t height, int64_t value, void *element)
{
    (void)self;
    (void)level;
    (void)height;
    *(struct values *)element = (struct values){.one = {value, value}, .count = 1};
}

static const struct interval *items_of(const struct values *values)
{
    return values->count == 1 ? &values->one : values->many;
}

static struct interval shifted(struct interval interval, int64_t shift)
{
    return (struct interval){interval.first + shift, interval.last + shift};
}

/* Whether b begins inside a or right behind it. */
static bool reaches(struct interval a, struct interval b)
{
    return b.first <= a.last || b.first - 1 == a.last;
}

static bool contains(struct interval a, struct interval b)
{
    return a.first <= b.first && b.last <= a.last;
}

/* Appends an interval that begins at or after the last one. */
static void append(struct interval *items, size_t *count, struct interval next)
{
    if (*count > 0 && reaches(items[*count - 1], next)) {
        if (next.last > items[*count - 1].last)
            items[*count - 1].last = next.last;
        return;
    }
    items[(*count)++] = next;
}

/* Merges two sorted lists. */
static void merge(struct values *sum, const struct values *term, int64_t shift, struct arena *arena)
{
    const struct interval *a = items_of(sum), *b = items_of(term);
    struct interval *merged = arena_take(arena, (sum->count + term->count) * sizeof *merged);
    size_t count = 0, i = 0, j = 0;
    while (i < sum->count || j < term->count) {
        bool first = j == term->count || (i < sum->count && a[i].first <= b[j].first + shift);
        append(merged, &count, first ? a[i] : shifted(b[j], shift));
        i += first ? 1 : 0;
        j += first ? 0 : 1;
    }
    sum->count = count;
    if (count == 1)
        sum->one = merged[0];
    else
        sum->many = merged;
}

static bool is_covered(const struct values *sum, const struct values *term, int64_t shift)
{
    const struct interval *a = items_of(sum), *b = items_of(term);
    size_t i = 0;
    for (size_t j = 0; j < term->count; j++) {
        while (i < sum->count && a[i].last < b[j].first + shift)
            i++;
        if (i == sum->count || !contains(a[i], shifted(b[j], shift)))
            return false;
    }
    return true;
}

static void copy(struct values *sum, const struct values *term, int64_t shift, struct arena *arena)
{
    sum->count = term->count;
    if (term->count == 1) {
        sum->one = shifted(term->one, shift);
        return;
    }
    sum->many = arena_take(arena, term->count * sizeof *sum->many);
    for (size_t i = 0; i < term->count; i++)
        sum->many[i] = shifted(term->many[i], shift);
}

static void add(const struct semiring *self, size_t level, void *sum, size_t term_level, const void *term,
                const struct factor *factor, struct arena *arena)
{
    (void)self;
    (void)level;
    (void)term_level;
    const struct values *from = term;
    struct values *to = sum;
    if (from->count == 0)
        return;
    if (to->count == 0) {
        copy(to, from, factor->addend, arena);
        return;
    }
    if (to->count == 1 && from->count == 1) {
        struct interval more = shifted(from->one, factor->addend);
        if (more.first <= to->one.last + 1 && to->one.first <= more.last + 1) {
            to->one.first = more.first < to->one.first ? more.first : to->one.first;
            to->one.last = more.last > to->one.last ? more.last : to->one.last;
            return;
        }
    }
    if (!is_covered(to, from, factor->addend))
        merge(to, from, factor->addend, arena);
}

static bool equal(const struct semiring *self, size_t level, const void *a, const void *b)
{
    (void)self;
    (void)level;
    const struct values *first = a, *second = b;
    return first->count == second->count && (first->count == 0 || memcmp(items_of(first), items_of(second),
                                                                         first->count * sizeof(struct interval)) == 0);
}

void semiring_values_start(struct semiring *self, const struct space *space)
{
    static const struct values zero;
    static const struct semiring_kind kind = {"values", &zero, sizeof zero, NULL, one, add, equal, NULL, NULL};
    *self = (struct semiring){.kind = &kind, .space = space};
}

void semiring_values_collect(const void *element, int64_t shift, struct intervals *set)
{
    const struct values *values = element;
    for (size_t i = 0; i < values->count; i++)
        intervals_add(set, items_of(values)[i].first + shift, items_of(values)[i].last + shift);
}
