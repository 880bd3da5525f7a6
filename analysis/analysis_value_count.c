/* The count of a single value: a fold of polynomials that keeps what can still lead to it.
 *
 * What is added from a state on is of use only if, with what has been added before, it comes to the value. Where threads run straight
 * through, what can have been added before a level is known from the addends of their steps. So of each element a window is kept: for a value near
 * the least or the greatest it is a few places wide, however many values there are. */
#include "analysis/analysis_parts.h"
#include "analysis/schedule_count.h"
#include "base/arithmetic.h"
#include "base/fault.h"
#include "base/memory.h"

#include <string.h>

/* Speed, for estimates only, as for all counts: seconds a place and byte. */
static const double byte_seconds = 1.5e-9 / 8;

/* Up to so many pairs of positions the window of each level is found, else one for all. */
static const uint64_t pairs_max = UINT64_C(1) << 28;

/* ---- What can have been added ---------------------------------------------------------------------------------- */

/* The least and the greatest that some threads can have added in so many steps together. */
struct extent {
    struct value_range *after; /* of steps */
    size_t count;
};

/* The greatest and the least addend of a step; 0 where it keeps what there is. */
static struct value_range step_range(const struct straight_line *line, size_t step)
{
    struct value_range range = {0, 0};
    for (size_t m = line->first[step]; m < line->first[step + 1]; m++) {
        int64_t addend = line->moves[m].addend;
        range.least = addend < range.least ? addend : range.least;
        range.greatest = addend > range.greatest ? addend : range.greatest;
    }
    return range;
}

static struct extent extent_of_line(const struct straight_line *line)
{
    struct extent extent = {memory_new((size_t)line->count + 1, sizeof *extent.after), (size_t)line->count + 1};
    for (size_t step = 0; step < line->count; step++) {
        struct value_range range = step_range(line, step);
        extent.after[step + 1] =
            (struct value_range){extent.after[step].least + range.least, extent.after[step].greatest + range.greatest};
    }
    return extent;
}

static void widen(struct value_range *sum, struct value_range a, struct value_range b)
{
    sum->least = a.least + b.least < sum->least ? a.least + b.least : sum->least;
    sum->greatest = a.greatest + b.greatest > sum->greatest ? a.greatest + b.greatest : sum->greatest;
}

/* Adds a thread: each number of steps is shared out in every way, or, where that is too many, as if all had been made. */
static void join(struct extent *self, const struct extent *thread)
{
    struct extent sum = {memory_new(self->count + thread->count - 1, sizeof *sum.after),
                         self->count + thread->count - 1};
    bool is_exact = (uint64_t)self->count * thread->count <= pairs_max;
    for (size_t a = is_exact ? 0 : self->count - 1; a < self->count; a++)
        for (size_t b = is_exact ? 0 : thread->count - 1; b < thread->count; b++)
            widen(&sum.after[a + b], self->after[a], thread->after[b]);
    for (size_t level = 0; level < sum.count && !is_exact; level++)
        sum.after[level] = sum.after[sum.count - 1];
    memory_free(self->after);
    *self = sum;
}

static struct extent extent_of_grid(const struct grid *grid)
{
    struct extent extent = {memory_new(1, sizeof *extent.after), 1};
    for (size_t l = 0; l < grid->line_count; l++) {
        struct extent line = extent_of_line(&grid->lines[l]);
        for (size_t t = 0; t < grid->lines[l].threads; t++)
            join(&extent, &line);
        memory_free(line.after);
    }
    return extent;
}

/* ---- Windows --------------------------------------------------------------------------------------------------- */

/* What values begin with: those of the slots, and 0 for constants. */
static struct value_range first_range(const struct machine *machine, const struct slice *slice)
{
    struct value_range range = {0, 0};
    for (location_id l = 0; l < slice->location_count; l++) {
        if (!slice->relevant[l])
            continue;
        int64_t value = machine_initial_value(machine, l);
        range.least = value < range.least ? value : range.least;
        range.greatest = value > range.greatest ? value : range.greatest;
    }
    return range;
}

/* Returns the ranges of a space, clipped to what leads to a value; freed by the caller. No sum overflows: that was excluded for all that
 * the steps can add together. */
static struct value_ranges windows_of(const struct prepared_space *prepared, int64_t value)
{
    struct value_ranges ranges = prepared->ranges;
    struct extent extent = extent_of_grid(prepared->grid);
    struct value_range first = first_range(prepared->setting->machine, prepared->setting->slice);
    ranges.levels = memory_copy(ranges.levels, ranges.count * sizeof *ranges.levels);
    for (size_t level = 0; level < ranges.count; level++)
        value_ranges_clip(&ranges, level, value - (first.greatest + extent.after[level].greatest),
                          value - (first.least + extent.after[level].least));
    memory_free(extent.after);
    return ranges;
}

static double mean_width(const struct value_ranges *ranges)
{
    double sum = 0;
    for (size_t level = 0; level < ranges->count; level++)
        sum += (double)value_ranges_width(ranges, level);
    return sum / (double)ranges->count;
}

/* ---- Counting -------------------------------------------------------------------------------------------------- */

/* Where the numbers go. */
struct gathering {
    const struct polynomials *semiring;
    int64_t value;
    mpz_ptr sum;
};

static void gather_number(void *context, int64_t value, const mp_limb_t *limbs, size_t count)
{
    const struct gathering *self = context;
    mpz_t number;
    if (value == self->value)
        mpz_add(self->sum, self->sum, mpz_roinit_n(number, limbs, (mp_size_t)count));
}

static void gather_element(void *context, const void *element, int64_t initial)
{
    const struct gathering *self = context;
    semiring_polynomials_visit(self->semiring, 0, element, initial, gather_number, context);
}

static bool fold_value(struct analysis *self, struct prepared_space *prepared, const struct value_ranges *ranges,
                       struct outcome_row *row)
{
    struct fold fold;
    struct polynomials semiring;
    struct fold_options options = {.jobs = self->setting.jobs};
    semiring_counts_start(&semiring, prepared->space, ranges);
    struct gathering gathering = {&semiring, row->value, row->schedules};
    bool is_done = fold_run(&fold, prepared->space, &semiring.head, &options, self->options->budget) == FOLD_COMPLETE;
    if (is_done)
        prepared_space_visit_values(prepared, &fold, gather_element, &gathering);
    fold_free(&fold);
    semiring_polynomials_free(&semiring);
    return is_done && schedules_count(prepared->space, self->options->budget, self->outcome->schedules);
}

static struct estimate estimate_of(const struct space *space, const struct value_ranges *ranges)
{
    double bytes = (double)(semiring_polynomials_limbs(space->height, space_most_enabled(space)) * sizeof(mp_limb_t));
    return estimate_arrays(space, mean_width(ranges), bytes, bytes / 2 * byte_seconds, false);
}

static bool count(struct analysis *self, struct prepared_space *prepared, const struct value_ranges *ranges,
                  struct outcome_row *row)
{
    struct estimate estimate = estimate_of(prepared->space, ranges);
    struct outcome *outcome = self->outcome;
    if (!analysis_affords(self, QUESTION_COUNTS, "counts", &estimate))
        return false;
    outcome->has_value_count = fold_value(self, prepared, ranges, row);
    outcome->counted_value = row->value;
    if (!outcome->has_value_count) {
        mpz_set_ui(row->schedules, 0);
        mpz_set_ui(outcome->schedules, 0);
        analysis_give_up(self, QUESTION_COUNTS, "counts");
        return true;
    }
    if (mpz_sgn(row->schedules) <= 0 || mpz_cmp(row->schedules, outcome->schedules) > 0)
        fault("the count of value %lld is none", (long long)row->value);
    analysis_explain(self, "counts   of the value %lld alone, of which elements keep %.0f places on average\n",
                     (long long)row->value, mean_width(ranges));
    return true;
}

bool analysis_count_value(struct analysis *self, const struct estimate *all)
{
    struct prepared_space *prepared = analysis_exact_space(self);
    int64_t value;
    bool is_cheap = all->seconds <= analysis_patience(self, QUESTION_COUNTS) &&
                    all->bytes < (double)budget_left(self->options->budget);
    if (is_cheap || prepared->grid == NULL || analysis_asked_count(self) != 1 || !analysis_find_asked(self, 0, &value))
        return false;
    struct outcome_row *row = (struct outcome_row *)outcome_row(self->outcome, value);
    if (row == NULL || !analysis_have_ranges(prepared))
        return false;
    struct value_ranges ranges = windows_of(prepared, value);
    bool is_done = count(self, prepared, &ranges, row);
    value_ranges_free(&ranges);
    return is_done;
}
