#include "analysis/sample.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

static bool is_before(struct sample_end a, struct sample_end b)
{
    return a.end != b.end ? a.end < b.end : a.value < b.value;
}

/* The place of the row of an end, or where it is to go. */
static size_t find_row(const struct sample *self, struct sample_end end)
{
    size_t low = 0, high = self->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(self->rows[middle].end, end))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool sample_is_new(const struct sample *self, struct sample_end end)
{
    size_t at = find_row(self, end);
    return self->draw_count < self->wish.kept || at == self->row_count || is_before(end, self->rows[at].end);
}

static struct sample_row *row_of(struct sample *self, struct sample_end end, const struct schedule *schedule)
{
    size_t at = find_row(self, end);
    if (at < self->row_count && !is_before(end, self->rows[at].end))
        return &self->rows[at];
    self->rows = memory_grow(self->rows, self->row_count, &self->row_capacity, sizeof *self->rows);
    memmove(self->rows + at + 1, self->rows + at, (self->row_count - at) * sizeof *self->rows);
    self->rows[at] = (struct sample_row){.end = end};
    schedule_append(&self->rows[at].first, schedule, 0, schedule->count);
    self->row_count++;
    return &self->rows[at];
}

void sample_add(struct sample *self, struct sample_end end, const struct schedule *schedule)
{
    row_of(self, end, schedule)->runs++;
    self->runs++;
    if (self->draw_count == self->wish.kept)
        return;
    if (self->draws == NULL)
        self->draws = memory_new(self->wish.kept, sizeof *self->draws);
    struct sample_draw *draw = &self->draws[self->draw_count++];
    draw->end = end;
    schedule_append(&draw->schedule, schedule, 0, schedule->count);
}

void sample_free(struct sample *self)
{
    if (self == NULL)
        return;
    for (size_t r = 0; r < self->row_count; r++)
        schedule_free(&self->rows[r].first);
    for (size_t d = 0; d < self->draw_count; d++)
        schedule_free(&self->draws[d].schedule);
    memory_free(self->rows);
    memory_free(self->draws);
    memory_free(self);
}

/* ---- Chi-square -------------------------------------------------------------------------------------------------- */

double sample_chi_square(const uint64_t *runs, const double *probabilities, size_t count, size_t *degrees)
{
    static const double least_expected = 5;
    double total = 0, sum = 0, small_expected = 0, small_seen = 0;
    size_t cells = 0;
    for (size_t r = 0; r < count; r++)
        total += (double)runs[r];
    for (size_t r = 0; r < count; r++) {
        double expected = probabilities[r] * total, seen = (double)runs[r];
        if (expected < least_expected) {
            small_expected += expected;
            small_seen += seen;
            continue;
        }
        sum += (seen - expected) * (seen - expected) / expected;
        cells++;
    }
    if (small_expected >= least_expected) {
        sum += (small_seen - small_expected) * (small_seen - small_expected) / small_expected;
        cells++;
    }
    *degrees = cells > 0 ? cells - 1 : 0;
    return *degrees > 0 ? sum : 0;
}

/* x^a e^-x / Gamma(a) */
static double front_factor(double a, double x)
{
    return exp(a * log(x) - x - lgamma(a));
}

static double lower_gamma_series(double a, double x)
{
    double term = 1 / a, sum = term;
    for (double n = a + 1; term > sum * 1e-16; n++) {
        term *= x / n;
        sum += term;
    }
    return sum * front_factor(a, x);
}

static double upper_gamma_fraction(double a, double x)
{
    static const double tiny = 1e-300;
    double b = x + 1 - a, c = 1 / tiny, d = 1 / b, fraction = d;
    for (int i = 1; i < 10000; i++) {
        double numerator = -i * (i - a);
        b += 2;
        d = numerator * d + b;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = b + numerator / c;
        c = fabs(c) < tiny ? tiny : c;
        fraction *= d * c;
        if (fabs(d * c - 1) < 1e-15)
            break;
    }
    return fraction * front_factor(a, x);
}

double sample_chance(double chi_square, size_t degrees)
{
    double a = (double)degrees / 2, x = chi_square / 2;
    if (degrees == 0 || x <= 0)
        return 1;
    return x < a + 1 ? 1 - lower_gamma_series(a, x) : upper_gamma_fraction(a, x);
}
