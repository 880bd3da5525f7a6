#include "report/value_groups.h"

#include "base/memory.h"
#include "base/number.h"

#include <math.h>

static const double linear_decades = 2;

struct value_groups value_groups_new(const struct outcome *outcome)
{
    return (struct value_groups){outcome, memory_new(outcome->row_count, sizeof(struct value_group)), 0};
}

void value_groups_free(struct value_groups *self)
{
    for (size_t i = 0; i < self->count; i++) {
        mpz_clear(self->items[i].schedules);
        mpq_clear(self->items[i].random);
    }
    memory_free(self->items);
}

static void add(struct value_groups *self, size_t first, size_t last)
{
    const struct outcome *outcome = self->outcome;
    struct value_group *group = &self->items[self->count++];
    double values = log10((double)(last - first + 1));
    group->first = first;
    group->last = last;
    mpz_init(group->schedules);
    mpq_init(group->random);
    for (size_t row = first; row <= last; row++) {
        if (outcome->has_counts)
            mpz_add(group->schedules, group->schedules, outcome->rows[row].schedules);
        if (outcome->has_random)
            mpq_add(group->random, group->random, outcome->rows[row].random);
    }
    group->schedules_height = mpz_sgn(group->schedules) > 0 ? number_logarithm(group->schedules) - values : -INFINITY;
    group->random_height = mpq_sgn(group->random) > 0 ? number_logarithm_fraction(group->random) - values : -INFINITY;
}

void value_groups_add(struct value_groups *self, size_t first, size_t end, size_t size)
{
    for (size_t row = first; row < end; row += size)
        add(self, row, row + size < end ? row + size - 1 : end - 1);
}

void value_groups_extend(double height, double *low, double *high)
{
    if (isinf(height))
        return;
    *low = fmin(*low, height);
    *high = fmax(*high, height);
}

bool value_groups_are_logarithmic(double low, double high)
{
    return high - low > linear_decades;
}
