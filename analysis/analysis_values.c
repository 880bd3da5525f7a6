/* The values: their set, or its extremes. */
#include "analysis/analysis_parts.h"
#include "analysis/array_fold.h"
#include "base/memory.h"

/* Speeds, for estimates only: seconds an entry. */
static const double extremes_seconds = 5e-9;
static const double values_seconds = 1.2e-8;

/* Sets of more values are not listed one by one. */
enum { ROWS_MAX = 1000000 };

static void collect_values(void *context, const void *element, int64_t initial)
{
    semiring_values_collect(element, initial, context);
}

static bool fold_values(struct analysis *self)
{
    struct semiring semiring;
    struct fold fold;
    struct fold_options options = {.jobs = self->setting.jobs};
    semiring_values_start(&semiring, self->main.space);
    enum fold_result result = fold_run(&fold, self->main.space, &semiring, &options, self->options->budget);
    if (result == FOLD_COMPLETE)
        prepared_space_visit_values(&self->main, &fold, collect_values, &self->outcome->values);
    fold_free(&fold);
    if (result != FOLD_COMPLETE)
        analysis_mark_incomplete(self, "the values could not be computed");
    return result == FOLD_COMPLETE;
}

static bool find_extremes(struct analysis *self)
{
    enum fold_result result = prepared_space_find_extremes(&self->main, &self->extremes);
    if (result == FOLD_COMPLETE)
        return true;
    if (result == FOLD_UNBOUNDED && self->main.space->slots.observed != SLOT_NONE)
        self->must_unslice = self->may_grow = !self->options->no_slice;
    analysis_mark_incomplete(self, "a loop lets the values grow without bound");
    return false;
}

/* ---- As arrays ------------------------------------------------------------------------------------------------- */

enum array_result {
    ARRAY_ANSWERED,
    ARRAY_STOPPED,    /* at a limit, or it would take too long */
    ARRAY_EXTREMES,   /* they are known, and there may be gaps between them */
    ARRAY_NOT_CHEAPER /* nothing was done */
};

static void explain_array(struct analysis *self, const struct lanes *lanes, const struct array_fold *fold)
{
    const struct lane *lane = lanes->lane;
    analysis_explain(
        self,
        "values   folded as arrays: %u by %u steps, in %zu by %zu runs of steps that repeat%s, elements of %u bits\n",
        lane[0].count, lane[1].count, lane[0].run_count, lane[1].run_count, lanes->alike ? ", half by symmetry" : "",
        fold->element_bits);
    analysis_explain(self, "values   %s\n",
                     fold->is_contiguous ? "intervals, since no union of two of their sets has a gap"
                                         : "known as extremes alone, since there may be gaps");
}

/* Takes over what an array fold found. */
static enum array_result adopt(struct analysis *self, const struct array_fold *fold, bool set_wanted)
{
    struct outcome *outcome = self->outcome;
    self->extremes = fold->extremes;
    outcome->has_extremes = fold->extremes.least <= fold->extremes.greatest;
    outcome->least = fold->extremes.least;
    outcome->greatest = fold->extremes.greatest;
    if (!set_wanted || !fold->is_contiguous)
        return set_wanted ? ARRAY_EXTREMES : ARRAY_ANSWERED;
    intervals_union(&outcome->values, &fold->values, 0);
    outcome->has_values = true;
    return ARRAY_ANSWERED;
}

static enum array_result fold_arrays(struct analysis *self, const struct lanes *lanes)
{
    struct array_fold fold;
    struct estimate estimate = array_fold_estimate(lanes);
    struct estimate states = estimate_small(self->main.space, extremes_seconds, sizeof(struct extremes), false);
    if (!array_fold_applies(lanes) || estimate.seconds > states.seconds)
        return ARRAY_NOT_CHEAPER;
    bool set_wanted =
        analysis_wants(self, QUESTION_VALUES) && analysis_affords(self, QUESTION_VALUES, "values", &estimate);
    if (!set_wanted && !analysis_affords(self, QUESTION_EXTREMES, "extremes", &estimate))
        return ARRAY_STOPPED;
    enum array_result result = ARRAY_STOPPED;
    if (array_fold_run(&fold, lanes, self->setting.jobs, self->options->budget) == FOLD_COMPLETE) {
        result = adopt(self, &fold, set_wanted);
        explain_array(self, lanes, &fold);
    } else {
        analysis_mark_incomplete(self, "the values could not be computed");
    }
    array_fold_free(&fold);
    return result;
}

/* Where the space is so large that steps are fused, nobody needs the ranges of its levels, and two threads can be folded as arrays. */
static enum array_result try_arrays(struct analysis *self)
{
    if (!self->outcome->fused || self->main.grid == NULL || !lanes_apply(self->main.grid))
        return ARRAY_NOT_CHEAPER;
    struct lanes *lanes = lanes_new(self->main.grid);
    enum array_result result = fold_arrays(self, lanes);
    lanes_free(lanes);
    return result;
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

/* Without edges, or where control knows the final values anyway, exploration has seen them. */
bool analysis_find_values(struct analysis *self)
{
    struct outcome *outcome = self->outcome;
    struct prepared_space *prepared = &self->main;
    if (prepared->graph != NULL && prepared->space->slots.observed == SLOT_NONE) {
        intervals_union(&outcome->values, &prepared->graph->final_values, 0);
        outcome->has_values = true;
        return !prepared->graph->has_edges || find_extremes(self);
    }
    enum array_result arrays = try_arrays(self);
    if (arrays == ARRAY_ANSWERED || arrays == ARRAY_STOPPED)
        return arrays == ARRAY_ANSWERED;
    struct estimate estimate = estimate_small(prepared->space, values_seconds, sizeof(struct values), false);
    bool set_wanted =
        analysis_wants(self, QUESTION_VALUES) && analysis_affords(self, QUESTION_VALUES, "values", &estimate);
    /* The set has the extremes in it; what a fold of the extremes alone leaves behind are the ranges that counts need, and whether values
     * grow without bound. */
    bool needs_ranges =
        analysis_wants(self, QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS | QUESTION_WITNESS);
    if (set_wanted && (outcome->fused || !needs_ranges) && !prepared->space->cyclic)
        return outcome->has_values = fold_values(self);
    if (arrays == ARRAY_EXTREMES)
        return true;
    estimate = estimate_small(prepared->space, extremes_seconds, sizeof(struct extremes), false);
    if (!analysis_affords(self, QUESTION_EXTREMES, "extremes", &estimate) || !find_extremes(self))
        return false;
    if (set_wanted)
        return outcome->has_values = fold_values(self);
    outcome->has_extremes = self->extremes.least <= self->extremes.greatest;
    outcome->least = self->extremes.least;
    outcome->greatest = self->extremes.greatest;
    return true;
}

void analysis_make_rows(struct analysis *self)
{
    struct outcome *outcome = self->outcome;
    uint64_t size = intervals_size(&outcome->values);
    if (!outcome->has_values || size > ROWS_MAX)
        return;
    outcome->rows = memory_new((size_t)size, sizeof *outcome->rows);
    for (size_t i = 0; i < outcome->values.count; i++)
        for (int64_t v = outcome->values.items[i].first;; v++) {
            struct outcome_row *row = &outcome->rows[outcome->row_count++];
            row->value = v;
            mpz_init(row->schedules);
            mpq_init(row->random);
            if (v == outcome->values.items[i].last)
                break;
        }
}

void analysis_note_extremes(struct analysis *self)
{
    struct outcome *outcome = self->outcome;
    if (!outcome->has_values || outcome->values.count == 0)
        return;
    outcome->has_extremes = true;
    outcome->least = outcome->values.items[0].first;
    outcome->greatest = outcome->values.items[outcome->values.count - 1].last;
    self->extremes = (struct extremes){outcome->least, outcome->greatest};
}
