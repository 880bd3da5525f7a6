/* The values: their set, or its extremes. */
#include "analysis/analysis_parts.h"
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
    struct estimate estimate = estimate_small(prepared->space, values_seconds, sizeof(struct values), false);
    bool set_wanted =
        analysis_wants(self, QUESTION_VALUES) && analysis_affords(self, QUESTION_VALUES, "values", &estimate);
    /* The set has the extremes in it; what a fold of the extremes alone leaves behind are the ranges that counts need. */
    if (set_wanted && outcome->fused)
        return outcome->has_values = fold_values(self);
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
