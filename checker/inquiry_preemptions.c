/* Preemptions and witnesses: folds over a marked space, all of whose elements are kept. */
#include "base/arithmetic.h"
#include "base/memory.h"
#include "checker/inquiry.h"
#include "checker/witness.h"

/* Speeds, for estimates only: seconds an entry, a place of an array, a step of a graph. */
static const double foremost_seconds = 1.5e-8;
static const double cost_seconds = 1e-9;
static const double explore_seconds = 1e-6; /* a step of a graph, with its plan */

static bool open_marked(struct inquiry *self, unsigned question, const char *name)
{
    if (self->marked_open)
        return self->marked.space != NULL;
    struct stage_options options = {.marked = true, .edges = true};
    self->marked_open = true;
    enum stage_result result = stage_open(&self->marked, &self->setting, &options);
    if (result == STAGE_READY)
        return true;
    if (result == STAGE_INCOMPLETE)
        inquiry_give_up(self, question, name);
    stage_close(&self->marked);
    return false;
}

/* What a marked graph costs is known only once it has been explored: about as many states as threads times the others. */
static struct estimate marked_graph_estimate(const struct inquiry *self)
{
    const struct graph *graph = self->main.graph;
    double threads = (double)machine_thread_count(self->machine);
    double steps = (double)graph->edge_count * threads;
    return (struct estimate){steps * explore_seconds, steps * sizeof(struct edge) * 2};
}

static bool can_afford_marks(struct inquiry *self, unsigned question, const char *name)
{
    if (self->marked_open || self->main.graph == NULL)
        return true;
    struct estimate estimate = marked_graph_estimate(self);
    return inquiry_affords(self, question, name, &estimate);
}

/* Where the costs of one fold go. */
struct cost_gathering {
    struct inquiry *inquiry;
    const struct weights *weights;
};

static void note_cost(void *context, int64_t value, uint32_t cost)
{
    const struct cost_gathering *self = context;
    struct outcome_row *row = inquiry_row(self->inquiry->outcome, value);
    uint32_t preemptions = cost / preemption_cost(self->weights->space);
    row->preemptions = preemptions < row->preemptions ? preemptions : row->preemptions;
}

static void gather_costs(void *context, const void *element, int64_t initial)
{
    struct cost_gathering *self = context;
    weights_preemptions_visit(self->weights, 0, element, initial, note_cost, self);
}

static void add_witness(struct inquiry *self, const struct fold *fold, enum outcome_end end, int64_t value)
{
    struct witness_source source = {self->machine, self->slice, self->marked.graph, self->marked.grid, fold};
    struct witness found;
    if (!inquiry_has_witness(self, end, value) && witness_find(&source, end, value, &found))
        inquiry_adopt_witness(self, end, value, &found);
}

static void add_failure_witness(struct inquiry *self, const struct fold *fold)
{
    if (inquiry_wants_witness(self, OUTCOME_FAILURE))
        add_witness(self, fold, OUTCOME_FAILURE, 0);
}

/* The wanted witnesses, from a fold that knows the costs of all values. */
static void add_witnesses(struct inquiry *self, const struct fold *fold)
{
    const struct outcome *outcome = self->outcome;
    for (size_t r = 0; r < outcome->row_count; r++)
        if (inquiry_wants_value(self, outcome->rows[r].value))
            add_witness(self, fold, OUTCOME_VALUE, outcome->rows[r].value);
    add_failure_witness(self, fold);
}

static bool fold_preemptions(struct inquiry *self)
{
    struct outcome *outcome = self->outcome;
    struct preemptions weights;
    struct fold fold;
    struct fold_options options = {.keep = true, .jobs = self->setting.jobs};
    weights_preemptions_start(&weights, self->marked.space, &self->marked.bands);
    enum fold_result result = fold_run(&fold, self->marked.space, &weights.head, &options, self->options->budget);
    if (result == FOLD_COMPLETE) {
        for (size_t r = 0; r < outcome->row_count; r++)
            outcome->rows[r].preemptions = UINT32_MAX;
        struct cost_gathering gathering = {self, &weights.head};
        stage_visit_values(&self->marked, &fold, gather_costs, &gathering);
        outcome->has_preemptions = true;
        add_witnesses(self, &fold);
    } else {
        inquiry_give_up(self, QUESTION_PREEMPTIONS, "preemptions");
    }
    fold_free(&fold);
    return result == FOLD_COMPLETE;
}

/* For an extreme alone, if one is wanted, and an error of the program. */
static bool fold_foremost(struct inquiry *self, bool wants_value, bool greatest)
{
    struct foremosts weights;
    struct fold fold;
    struct fold_options options = {.keep = true, .jobs = self->setting.jobs};
    weights_foremost_start(&weights, self->marked.space, greatest);
    enum fold_result result = fold_run(&fold, self->marked.space, &weights.head, &options, self->options->budget);
    if (result == FOLD_COMPLETE) {
        if (wants_value)
            add_witness(self, &fold, OUTCOME_VALUE, greatest ? self->outcome->greatest : self->outcome->least);
        add_failure_witness(self, &fold);
    } else {
        inquiry_give_up(self, QUESTION_WITNESS, "witness");
    }
    fold_free(&fold);
    return result == FOLD_COMPLETE;
}

/* Only the witnesses for the extremes (and for an error of the program) can be had without knowing all preemptions. Where
 * one for each value is wanted, that for the minimum is better than none. */
static bool wants_extreme(const struct inquiry *self, bool greatest)
{
    const struct outcome *outcome = self->outcome;
    int64_t value = greatest ? outcome->greatest : outcome->least;
    if (!outcome->has_extremes || (greatest && outcome->least == outcome->greatest))
        return false;
    return self->options->witness == WITNESS_ALL && greatest ? inquiry_claims_value(self, value)
                                                             : inquiry_wants_value(self, value);
}

/* Whether a value between the extremes is to be shown. */
static bool wants_between(const struct inquiry *self)
{
    const struct outcome *outcome = self->outcome;
    for (size_t c = 0; c < outcome->claim_count; c++) {
        int64_t value = outcome->claims[c].value;
        if (inquiry_claims_value(self, value) && value != outcome->least && value != outcome->greatest)
            return true;
    }
    int64_t asked = self->options->witness_value;
    return self->options->witness == WITNESS_ALL ||
           (self->options->witness == WITNESS_VALUE &&
            !(outcome->has_extremes && (asked == outcome->least || asked == outcome->greatest)));
}

/* Whether some value on the way may not fit the elements of the foremost fold. */
static bool values_are_large(const struct inquiry *self)
{
    const struct space *space = self->main.space;
    uint64_t steps = self->main.grid != NULL ? inquiry_longest(self) : space->height;
    double most = (double)inquiry_greatest_addend(self, self->slice->relevant) * ((double)steps + 1);
    return most + (double)arithmetic_magnitude(self->extremes.least) +
               (double)arithmetic_magnitude(self->extremes.greatest) >
           FOREMOST_VALUE_MAX;
}

void inquiry_find_extreme_witnesses(struct inquiry *self)
{
    if (!inquiry_wants(self, QUESTION_WITNESS) || self->options->witness == WITNESS_NONE)
        return;
    if (self->marked_open && self->marked.space == NULL)
        return;
    bool wants_least = wants_extreme(self, false), wants_greatest = wants_extreme(self, true);
    bool wants_value = wants_least || wants_greatest;
    if (wants_between(self))
        inquiry_omit_if_wanted(self, QUESTION_WITNESS,
                               self->options->witness == WITNESS_ALL && wants_value ? "a witness for each value"
                                                                                    : "witness",
                               "only those for the least and greatest value are cheap", "--compute preemptions");
    if (!wants_value && !inquiry_wants_witness(self, OUTCOME_FAILURE))
        return;
    if (values_are_large(self)) {
        inquiry_omit_if_wanted(self, QUESTION_WITNESS, "witness", "the values are too large for the short way",
                               "--compute preemptions");
        return;
    }
    if (!can_afford_marks(self, QUESTION_WITNESS, "witness") || !open_marked(self, QUESTION_WITNESS, "witness"))
        return;
    struct estimate estimate = estimate_small(self->marked.space, foremost_seconds, sizeof(int64_t), true);
    if (!inquiry_affords(self, QUESTION_WITNESS, "witness", &estimate))
        return;
    bool go_on = !wants_least && wants_greatest ? true : fold_foremost(self, wants_least, false);
    if (go_on && wants_greatest)
        fold_foremost(self, true, true);
}

/* Preemptions for all values, with the witnesses; where that costs too much, the witnesses of the extremes alone. */
void inquiry_find_preemptions(struct inquiry *self)
{
    bool all =
        inquiry_wants(self, QUESTION_PREEMPTIONS) ||
        (inquiry_wants(self, QUESTION_WITNESS) && (wants_between(self) || self->options->witness == WITNESS_VALUE));
    if (all && self->outcome->has_values && can_afford_marks(self, QUESTION_PREEMPTIONS, "preemptions") &&
        open_marked(self, QUESTION_PREEMPTIONS, "preemptions")) {
        struct estimate estimate =
            estimate_arrays(self->marked.space, inquiry_value_width(self, self->marked.space) / 2,
                            (double)weights_preemptions_place(self->marked.space), cost_seconds, true);
        if (inquiry_affords(self, QUESTION_PREEMPTIONS, "preemptions", &estimate)) {
            stage_copy_bands(&self->marked, self->exact_open && self->exact.space != NULL ? &self->exact : &self->main);
            if (inquiry_have_bands(&self->marked) && fold_preemptions(self))
                return;
        }
    }
    if (self->outcome->complete)
        inquiry_find_extreme_witnesses(self);
}
