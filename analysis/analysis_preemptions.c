/* Preemptions and witnesses: folds over a space that tracks the last thread, all of whose elements are kept. */
#include "analysis/analysis_parts.h"
#include "analysis/witness.h"
#include "base/arithmetic.h"

/* Speeds, for estimates only: seconds an entry, a place of an array, a step of a graph. */
static const double lexicographic_seconds = 1.5e-8;
static const double cost_seconds = 1e-9;
static const double explore_seconds = 1e-6; /* a step of a graph, with its plan */

static bool open_last_thread(struct analysis *self, unsigned question, const char *name)
{
    if (self->last_thread_tried)
        return self->last_thread.space != NULL;
    struct prepared_space_options options = {.tracks_last = true, .edges = true};
    self->last_thread_tried = true;
    enum prepared_space_result result = prepared_space_open(&self->last_thread, &self->setting, &options);
    if (result == PREPARED_SPACE_READY)
        return true;
    if (result == PREPARED_SPACE_INCOMPLETE)
        analysis_give_up(self, question, name);
    prepared_space_close(&self->last_thread);
    return false;
}

/* What a graph that tracks the last thread costs is known only once it has been explored: about as many states as threads times the others. */
static struct estimate last_thread_estimate(const struct analysis *self)
{
    const struct graph *graph = self->main.graph;
    double threads = (double)machine_thread_count(self->machine);
    double steps = (double)graph->edge_count * threads;
    return (struct estimate){steps * explore_seconds, steps * sizeof(struct edge) * 2};
}

static bool can_afford_last_thread(struct analysis *self, unsigned question, const char *name)
{
    if (self->last_thread_tried || self->main.graph == NULL)
        return true;
    struct estimate estimate = last_thread_estimate(self);
    return analysis_affords(self, question, name, &estimate);
}

/* Where the costs of one fold go. */
struct cost_gathering {
    struct analysis *analysis;
    const struct semiring *semiring;
};

static void note_cost(void *context, int64_t value, uint32_t cost)
{
    const struct cost_gathering *self = context;
    struct outcome_row *row = analysis_row(self->analysis->outcome, value);
    uint32_t preemptions = cost / preemption_cost(self->semiring->space);
    row->preemptions = preemptions < row->preemptions ? preemptions : row->preemptions;
}

static void gather_costs(void *context, const void *element, int64_t initial)
{
    struct cost_gathering *self = context;
    semiring_preemptions_visit(self->semiring, 0, element, initial, note_cost, self);
}

static void add_witness(struct analysis *self, const struct fold *fold, enum outcome_end end, int64_t value)
{
    struct witness_source source = {self->machine, self->slice, self->last_thread.graph, self->last_thread.grid, fold};
    struct witness found;
    if (!analysis_has_witness(self, end, value) && witness_find(&source, end, value, &found))
        analysis_adopt_witness(self, end, value, &found);
}

static void add_failure_witness(struct analysis *self, const struct fold *fold)
{
    if (analysis_wants_witness(self, OUTCOME_FAILURE))
        add_witness(self, fold, OUTCOME_FAILURE, 0);
}

/* The wanted witnesses, from a fold that knows the costs of all values. */
static void add_witnesses(struct analysis *self, const struct fold *fold)
{
    const struct outcome *outcome = self->outcome;
    for (size_t r = 0; r < outcome->row_count; r++)
        if (analysis_wants_value(self, outcome->rows[r].value))
            add_witness(self, fold, OUTCOME_VALUE, outcome->rows[r].value);
    add_failure_witness(self, fold);
}

static bool fold_preemptions(struct analysis *self)
{
    struct outcome *outcome = self->outcome;
    struct preemptions semiring;
    struct fold fold;
    struct fold_options options = {.keep = true, .jobs = self->setting.jobs};
    semiring_preemptions_start(&semiring, self->last_thread.space, &self->last_thread.ranges);
    enum fold_result result = fold_run(&fold, self->last_thread.space, &semiring.head, &options, self->options->budget);
    if (result == FOLD_COMPLETE) {
        for (size_t r = 0; r < outcome->row_count; r++)
            outcome->rows[r].preemptions = UINT32_MAX;
        struct cost_gathering gathering = {self, &semiring.head};
        prepared_space_visit_values(&self->last_thread, &fold, gather_costs, &gathering);
        outcome->has_preemptions = true;
        add_witnesses(self, &fold);
    } else {
        analysis_give_up(self, QUESTION_PREEMPTIONS, "preemptions");
    }
    fold_free(&fold);
    return result == FOLD_COMPLETE;
}

/* For an extreme alone, if one is wanted, and an error of the program. */
static bool fold_lexicographic(struct analysis *self, bool wants_value, bool greatest)
{
    struct lexicographic semiring;
    struct fold fold;
    struct fold_options options = {.keep = true, .jobs = self->setting.jobs};
    semiring_lexicographic_start(&semiring, self->last_thread.space, greatest);
    enum fold_result result = fold_run(&fold, self->last_thread.space, &semiring.head, &options, self->options->budget);
    if (result == FOLD_COMPLETE) {
        if (wants_value)
            add_witness(self, &fold, OUTCOME_VALUE, greatest ? self->outcome->greatest : self->outcome->least);
        add_failure_witness(self, &fold);
    } else {
        analysis_give_up(self, QUESTION_WITNESS, "witness");
    }
    fold_free(&fold);
    return result == FOLD_COMPLETE;
}

/* Only the witnesses for the extremes (and for an error of the program) can be had without knowing all preemptions. Where
 * one for each value is wanted, that for the minimum is better than none. */
static bool wants_extreme(const struct analysis *self, bool greatest)
{
    const struct outcome *outcome = self->outcome;
    int64_t value = greatest ? outcome->greatest : outcome->least;
    if (!outcome->has_extremes || (greatest && outcome->least == outcome->greatest))
        return false;
    return self->options->witness == WITNESS_ALL && greatest ? analysis_claims_value(self, value)
                                                             : analysis_wants_value(self, value);
}

/* Whether a value between the extremes is to be shown. */
static bool wants_between(const struct analysis *self)
{
    const struct outcome *outcome = self->outcome;
    for (size_t c = 0; c < outcome->claim_count; c++) {
        int64_t value = outcome->claims[c].value;
        if (analysis_claims_value(self, value) && value != outcome->least && value != outcome->greatest)
            return true;
    }
    int64_t asked;
    for (size_t n = 0; n < analysis_asked_count(self); n++)
        if (analysis_find_asked(self, n, &asked) &&
            !(outcome->has_extremes && (asked == outcome->least || asked == outcome->greatest)))
            return true;
    return self->options->witness == WITNESS_ALL;
}

/* Whether some value on the way may not fit the elements of the lexicographic fold. */
static bool values_are_large(const struct analysis *self)
{
    const struct space *space = self->main.space;
    uint64_t steps = self->main.grid != NULL ? analysis_longest(&self->main) : space->height;
    double most = (double)analysis_greatest_addend(&self->main, self->slice->relevant) * ((double)steps + 1);
    return most + (double)arithmetic_magnitude(self->extremes.least) +
               (double)arithmetic_magnitude(self->extremes.greatest) >
           LEXICOGRAPHIC_VALUE_MAX;
}

void analysis_find_extreme_witnesses(struct analysis *self)
{
    if (!analysis_wants(self, QUESTION_WITNESS) || self->options->witness == WITNESS_NONE)
        return;
    if (self->last_thread_tried && self->last_thread.space == NULL)
        return;
    bool wants_least = wants_extreme(self, false), wants_greatest = wants_extreme(self, true);
    bool wants_value = wants_least || wants_greatest;
    if (wants_between(self))
        analysis_omit_if_wanted(self, QUESTION_WITNESS,
                                self->options->witness == WITNESS_ALL && wants_value ? "a witness for each value"
                                                                                     : "witness",
                                "only those for the least and greatest value are cheap", "--compute preemptions");
    if (!wants_value && !analysis_wants_witness(self, OUTCOME_FAILURE))
        return;
    if (values_are_large(self)) {
        analysis_omit_if_wanted(self, QUESTION_WITNESS, "witness", "the values are too large for the short way",
                                "--compute preemptions");
        return;
    }
    if (!can_afford_last_thread(self, QUESTION_WITNESS, "witness") ||
        !open_last_thread(self, QUESTION_WITNESS, "witness"))
        return;
    struct estimate estimate = estimate_small(self->last_thread.space, lexicographic_seconds, sizeof(int64_t), true);
    if (!analysis_affords(self, QUESTION_WITNESS, "witness", &estimate))
        return;
    bool go_on = !wants_least && wants_greatest ? true : fold_lexicographic(self, wants_least, false);
    if (go_on && wants_greatest)
        fold_lexicographic(self, true, true);
}

/* Preemptions for all values, with the witnesses; where that costs too much, the witnesses of the extremes alone. */
void analysis_find_preemptions(struct analysis *self)
{
    bool all =
        analysis_wants(self, QUESTION_PREEMPTIONS) ||
        (analysis_wants(self, QUESTION_WITNESS) && (wants_between(self) || self->options->witness == WITNESS_VALUE));
    if (all && self->outcome->has_values && can_afford_last_thread(self, QUESTION_PREEMPTIONS, "preemptions") &&
        open_last_thread(self, QUESTION_PREEMPTIONS, "preemptions")) {
        struct estimate estimate =
            estimate_arrays(self->last_thread.space, analysis_value_width(self, self->last_thread.space) / 2,
                            (double)semiring_preemptions_place(self->last_thread.space), cost_seconds, true);
        if (analysis_affords(self, QUESTION_PREEMPTIONS, "preemptions", &estimate)) {
            if (self->exact.space != NULL || !self->outcome->fused)
                prepared_space_copy_ranges(&self->last_thread, self->exact.space != NULL ? &self->exact : &self->main);
            if (analysis_have_ranges(&self->last_thread) && fold_preemptions(self))
                return;
        }
    }
    if (self->outcome->complete)
        analysis_find_extreme_witnesses(self);
}
