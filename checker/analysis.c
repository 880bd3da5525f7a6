#include "checker/analysis.h"

#include "base/fault.h"
#include "base/memory.h"
#include "checker/estimate.h"
#include "checker/replay.h"
#include "checker/scheduler.h"
#include "checker/schedules.h"
#include "checker/stage.h"
#include "checker/witness.h"

#include <omp.h>
#include <stdio.h>
#include <string.h>

/* What a question may cost by default, in seconds; the values are what everybody came for. */
static const double patience_default = 4;
static const double patience_values = 120;

/* Speeds of the folds, for estimates only: seconds an entry, or a place of an array and limb. */
static const double extremes_seconds = 5e-9;
static const double values_seconds = 1.2e-8;
static const double foremost_seconds = 1.5e-8;
static const double limb_seconds = 1.5e-9;
static const double cost_seconds = 1e-9;
static const double explore_seconds = 1e-6; /* a step of a graph, with its plan */

/* Up to this size one space serves all questions; beyond, values are looked for in the fused one first. */
static const uint64_t unfused_entries = 20000000;

/* A classical search beyond this many states keeps no steps, unless somebody insists on what needs them. */
enum { UNSLICED_EDGES_STATES = 4000000 };

/* Sets of more values are not listed one by one. */
enum { ROWS_MAX = 1000000 };

/* An analysis under way. */
struct inquiry {
    const struct program *program;
    const struct analysis_options *options;
    struct outcome *outcome;
    struct machine *whole;           /* nothing is data: for the static view */
    struct machine *machine;         /* sliced */
    struct slice *slice;
    struct stage_setting setting;
    struct stage main;               /* for values, perhaps fused */
    struct stage exact;              /* for counts, where main is fused */
    struct stage marked;
    bool main_open, exact_open, marked_open;
    struct extremes extremes;
    bool must_unslice;               /* the slice turned out not to do */
};

static bool wants(const struct inquiry *self, unsigned question)
{
    return ((self->options->questions | self->options->insist) & question) != 0;
}

static bool insists(const struct inquiry *self, unsigned question)
{
    return (self->options->insist & question) != 0;
}

/* ---- What is left out ---------------------------------------------------------------------------------------- */

static void mark_incomplete(struct inquiry *self, const char *why);

static void omit(struct inquiry *self, const char *name, const char *reason)
{
    char remedy[64];
    snprintf(remedy, sizeof remedy, "--compute %s", name);
    outcome_omit(self->outcome, name, reason, remedy);
}

/* A question that would take no longer than the patience, but more memory than there is. The user's own limit makes the
 * outcome incomplete; the machine's only leaves the question out. */
static void omit_for_memory(struct inquiry *self, const char *name, const char *reason)
{
    struct budget *budget = self->options->budget;
    omit(self, name, reason);
    if (!budget->memory_was_asked)
        return;
    budget->limit = budget->limit == BUDGET_OK ? BUDGET_MEMORY : budget->limit;
    mark_incomplete(self, reason);
}

static double patience_for(const struct inquiry *self, unsigned question)
{
    double patience = self->options->patience > 0 ? self->options->patience : patience_default;
    bool is_for_values = (question & (QUESTION_EXTREMES | QUESTION_VALUES)) != 0;
    return is_for_values && patience < patience_values ? patience_values : patience;
}

/* Whether an estimate is within the patience and the memory that is left; if not, the question is left out. */
static bool is_affordable(struct inquiry *self, unsigned question, const char *name, const struct estimate *estimate)
{
    bool is_quick = estimate->seconds <= patience_for(self, question);
    bool fits = estimate->bytes < (double)budget_left(self->options->budget);
    if (insists(self, question) || (is_quick && fits))
        return true;
    char reason[96];
    estimate_print(estimate, reason, sizeof reason);
    if (is_quick)
        omit_for_memory(self, name, reason);
    else
        omit(self, name, reason);
    return false;
}

static void omit_for(struct inquiry *self, unsigned question, const char *name, const char *reason, const char *remedy)
{
    if (wants(self, question))
        outcome_omit(self->outcome, name, reason, remedy);
}

/* ---- Limits -------------------------------------------------------------------------------------------------- */

static void mark_incomplete(struct inquiry *self, const char *why)
{
    const struct budget *budget = self->options->budget;
    struct text text = TEXT_INIT;
    switch (budget->limit) {
    case BUDGET_STATES:
        text_print(&text, "the limit of %llu states was reached (--max-states)", (unsigned long long)budget->max_states);
        break;
    case BUDGET_MEMORY:
        text_print(&text, "the limit of %llu MB of memory was reached (--max-memory)",
                   (unsigned long long)(budget->max_memory >> 20));
        break;
    case BUDGET_TIME:
        text_print(&text, "the limit of %g s was reached (--timeout)", budget->max_seconds);
        break;
    case BUDGET_INTERRUPTED:
        text_print(&text, "interrupted");
        break;
    case BUDGET_OK:
        text_print(&text, "%s", why);
        break;
    }
    self->outcome->complete = false;
    memory_free(self->outcome->incomplete_reason);
    self->outcome->incomplete_reason = text_take(&text);
}

/* A fold for a question did not come to its end. Where only the memory was short and nobody insists, the question is left
 * out and the rest of the outcome stands; otherwise the outcome is incomplete. */
static void give_up(struct inquiry *self, unsigned question, const char *name)
{
    struct budget *budget = self->options->budget;
    if (budget->limit == BUDGET_MEMORY && !budget->memory_was_asked && !insists(self, question)) {
        budget_forgive_memory(budget);
        omit(self, name, "more memory than the machine leaves");
        return;
    }
    char why[64];
    snprintf(why, sizeof why, "%s could not be computed", name);
    mark_incomplete(self, why);
}

/* ---- Opening the spaces -------------------------------------------------------------------------------------- */

static void slice_program(struct inquiry *self, bool everything)
{
    self->slice = slice_new(self->whole, self->options->word, everything);
    self->machine = machine_new(self->program, self->slice->data, false);
    const struct scheduler *scheduler = self->options->scheduler;
    self->setting = (struct stage_setting){
        .machine = self->machine,
        .slice = self->slice,
        .scheduler = scheduler != NULL ? scheduler : scheduler_free_choice(),
        .symmetry = !self->options->no_symmetry,
        .jobs = self->options->jobs > 0 ? self->options->jobs : (unsigned)omp_get_num_procs(),
        .budget = self->options->budget,
    };
    self->setting.grid = self->setting.scheduler == scheduler_free_choice() && grid_applies(self->whole, self->slice);
}

/* Questions that are answered by a fold over all steps. */
static bool needs_edges(const struct inquiry *self)
{
    bool values_are_data = self->slice->data[self->slice->observed];
    return values_are_data || wants(self, QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS | QUESTION_WITNESS);
}

static enum stage_result open_main(struct inquiry *self)
{
    bool exact_needs = insists(self, QUESTION_COUNTS | QUESTION_RANDOM);
    bool values_are_data = self->slice->data[self->slice->observed];
    struct stage_options options = {
        .edges = needs_edges(self),
        .edges_max_states = values_are_data || exact_needs ? 0 : UNSLICED_EDGES_STATES,
    };
    self->main_open = true;
    enum stage_result result = stage_open(&self->main, &self->setting, &options);
    bool large = self->setting.grid && (result == STAGE_TOO_LARGE || self->main.space->entries > unfused_entries);
    if (!large)
        return result;
    stage_close(&self->main);
    options.fused = true;
    self->outcome->fused = true;
    return stage_open(&self->main, &self->setting, &options);
}

/* The space in which every step is its own. */
static struct stage *exact_stage(struct inquiry *self)
{
    if (self->main.grid == NULL || !self->outcome->fused)
        return &self->main;
    if (!self->exact_open) {
        struct stage_options options = {0};
        self->exact_open = true;
        if (stage_open(&self->exact, &self->setting, &options) != STAGE_READY)
            return NULL;
    }
    return self->exact.space != NULL ? &self->exact : NULL;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* Whether some location that the program uses is not stored in the states, be it observed or not. */
static bool has_data(const struct inquiry *self)
{
    for (location_id l = 0; l < self->slice->location_count; l++)
        if (self->slice->data[l] && machine_is_mentioned(self->machine, l))
            return true;
    return false;
}

/* Data is never looked at while exploring, so that an overflow of it would go unnoticed: make sure that there is none, from
 * the greatest first value, the greatest addend, and the length of the longest schedule. */
static bool may_overflow(const struct inquiry *self)
{
    if (!has_data(self))
        return false;
    const struct space *space = self->main.space;
    __extension__ typedef unsigned __int128 wide;
    uint64_t first = 0;
    for (location_id l = 0; l < self->slice->location_count; l++)
        if (self->slice->data[l] && magnitude(machine_initial_value(self->machine, l)) > first)
            first = magnitude(machine_initial_value(self->machine, l));
    bool height_known = !space->cyclic && (self->main.graph == NULL || self->main.graph->has_edges);
    wide steps = height_known ? (wide)space->height : (wide)space->states;
    /* Moves that are not relevant have addends too, which the space has not seen: the program's text has. */
    uint64_t addend = space->greatest_addend;
    for (size_t t = 0; t < machine_thread_count(self->machine); t++)
        for (uint32_t i = 0; i < machine_instruction_count(self->machine, t); i++) {
            struct effect effect;
            machine_effect(self->machine, t, i, &effect);
            for (size_t a = 0; a < effect.assignment_count; a++)
                if (magnitude(effect.assignments[a].constant) > addend)
                    addend = magnitude(effect.assignments[a].constant);
        }
    return (wide)first + (steps + 1) * (wide)addend >= (wide)1 << 62;
}

/* ---- Values -------------------------------------------------------------------------------------------------- */

static void collect_values(void *context, const void *element, int64_t initial)
{
    weights_values_collect(element, initial, context);
}

static bool fold_values(struct inquiry *self)
{
    struct weights weights;
    struct fold fold;
    struct fold_options options = {.jobs = self->setting.jobs};
    weights_values_start(&weights, self->main.space);
    enum fold_result result = fold_run(&fold, self->main.space, &weights, &options, self->options->budget);
    if (result == FOLD_COMPLETE)
        stage_visit_values(&self->main, &fold, collect_values, &self->outcome->values);
    fold_free(&fold);
    if (result != FOLD_COMPLETE)
        mark_incomplete(self, "the values could not be computed");
    return result == FOLD_COMPLETE;
}

static bool find_extremes(struct inquiry *self)
{
    enum fold_result result = stage_find_extremes(&self->main, &self->extremes);
    if (result == FOLD_COMPLETE)
        return true;
    if (result == FOLD_UNBOUNDED && self->main.space->slots.observed != SLOT_NONE)
        self->must_unslice = !self->options->no_slice;
    mark_incomplete(self, "a loop lets the values grow without bound");
    return false;
}

/* Without edges, or where control knows the final values anyway, exploration has seen them. */
static bool find_values(struct inquiry *self)
{
    struct outcome *outcome = self->outcome;
    struct stage *stage = &self->main;
    if (stage->graph != NULL && stage->space->slots.observed == SLOT_NONE) {
        intervals_union(&outcome->values, &stage->graph->final_values, 0);
        outcome->has_values = true;
        return !stage->graph->has_edges || find_extremes(self);
    }
    struct estimate estimate = estimate_small(stage->space, values_seconds, sizeof(struct values), false);
    bool set_wanted = wants(self, QUESTION_VALUES) && is_affordable(self, QUESTION_VALUES, "values", &estimate);
    /* The set has the extremes in it; what a fold of the extremes alone leaves behind are the bands that counts need. */
    if (set_wanted && outcome->fused)
        return outcome->has_values = fold_values(self);
    estimate = estimate_small(stage->space, extremes_seconds, sizeof(struct extremes), false);
    if (!is_affordable(self, QUESTION_EXTREMES, "extremes", &estimate) || !find_extremes(self))
        return false;
    if (set_wanted)
        return outcome->has_values = fold_values(self);
    outcome->has_extremes = self->extremes.least <= self->extremes.greatest;
    outcome->least = self->extremes.least;
    outcome->greatest = self->extremes.greatest;
    return true;
}

static void make_rows(struct inquiry *self)
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

static void note_extremes(struct inquiry *self)
{
    struct outcome *outcome = self->outcome;
    if (!outcome->has_values || outcome->values.count == 0)
        return;
    outcome->has_extremes = true;
    outcome->least = outcome->values.items[0].first;
    outcome->greatest = outcome->values.items[outcome->values.count - 1].last;
    self->extremes = (struct extremes){outcome->least, outcome->greatest};
}

/* ---- Counts and probabilities -------------------------------------------------------------------------------- */

static struct outcome_row *row_of(struct outcome *outcome, int64_t value)
{
    struct outcome_row *row = (struct outcome_row *)outcome_row(outcome, value);
    if (row == NULL)
        fault("value %lld has schedules but was not found among the values", (long long)value);
    return row;
}

/* Where the numbers of one fold go. */
struct gathering {
    struct inquiry *inquiry;
    const struct polynomials *weights;
    mpz_t denominator;       /* random only */
    bool random;
};

static void gather_number(void *context, int64_t value, const mp_limb_t *limbs, size_t count)
{
    struct gathering *self = context;
    struct outcome_row *row = row_of(self->inquiry->outcome, value);
    mpz_t number;
    mpz_init(number);
    mpz_import(number, count, -1, sizeof *limbs, 0, 0, limbs);
    if (self->random)
        mpz_add(mpq_numref(row->random), mpq_numref(row->random), number);
    else
        mpz_add(row->schedules, row->schedules, number);
    mpz_clear(number);
}

static void gather_element(void *context, const void *element, int64_t initial)
{
    struct gathering *self = context;
    weights_polynomials_visit(self->weights, 0, element, initial, gather_number, self);
}

static void add_fate(void *context, int64_t value, const mp_limb_t *limbs, size_t count)
{
    (void)value;
    mpz_ptr sum = context;
    mpz_t number;
    mpz_init(number);
    mpz_import(number, count, -1, sizeof *limbs, 0, 0, limbs);
    mpz_add(sum, sum, number);
    mpz_clear(number);
}

static void gather_fate(const struct gathering *self, const struct stage *stage, const struct fold *fold, int slot,
                        mpz_t sum)
{
    const void *element = stage_fate(stage, fold, slot);
    if (element != NULL)
        weights_polynomials_visit(self->weights, 0, element, 0, add_fate, sum);
}

/* Runs a fold of polynomials and adds what it found to the outcome: raw numbers. */
static bool gather(struct gathering *self, struct stage *stage, mpz_t deadlocked, mpz_t failed)
{
    struct fold fold;
    struct fold_options options = {.jobs = self->inquiry->setting.jobs};
    enum fold_result result =
        fold_run(&fold, stage->space, &self->weights->head, &options, self->inquiry->options->budget);
    if (result == FOLD_COMPLETE) {
        stage_visit_values(stage, &fold, gather_element, self);
        gather_fate(self, stage, &fold, stage->space->slots.deadlock, deadlocked);
        gather_fate(self, stage, &fold, stage->space->slots.failure, failed);
    }
    fold_free(&fold);
    return result == FOLD_COMPLETE;
}

/* The number of schedules is also counted without looking at values, and, where threads run straight through, by a formula;
 * all must agree. */
static void check_sum(const struct outcome *outcome)
{
    mpz_t sum;
    mpz_init(sum);
    mpz_add(sum, outcome->deadlocked, outcome->failed);
    for (size_t r = 0; r < outcome->row_count; r++) {
        if (mpz_sgn(outcome->rows[r].schedules) == 0)
            fault("value %lld was found but no schedule leads to it", (long long)outcome->rows[r].value);
        mpz_add(sum, sum, outcome->rows[r].schedules);
    }
    if (mpz_cmp(sum, outcome->schedules) != 0)
        fault("the schedules of the values do not add up to all schedules");
    mpz_clear(sum);
}

static bool runs_straight(const struct machine *machine)
{
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        for (uint32_t i = 0; i < machine_instruction_count(machine, t); i++) {
            struct effect effect;
            machine_effect(machine, t, i, &effect);
            if (effect.may_block || effect.may_branch)
                return false;
        }
    return true;
}

static void check_multinomial(struct inquiry *self)
{
    uint64_t lengths[SYSTEM_THREADS_MAX];
    size_t threads = machine_thread_count(self->machine);
    if (self->setting.scheduler != scheduler_free_choice() || mpz_sgn(self->outcome->failed) != 0 ||
        !runs_straight(self->machine))
        return;
    for (size_t t = 0; t < threads; t++)
        lengths[t] = machine_instruction_count(self->machine, t);
    mpz_t formula;
    mpz_init(formula);
    schedules_multinomial(lengths, threads, formula);
    if (mpz_cmp(formula, self->outcome->schedules) != 0)
        fault("the number of schedules differs from the multinomial coefficient");
    mpz_clear(formula);
    self->outcome->multinomial_checked = true;
}

/* The values of a level lie in about half of the widest band on average. */
static struct estimate polynomial_estimate(const struct inquiry *self, const struct space *space, uint64_t base)
{
    uint64_t unit = space->common_addend > 0 ? space->common_addend : 1;
    double width = ((double)self->extremes.greatest - (double)self->extremes.least) / (double)unit + 1;
    double limbs = (double)weights_polynomials_limbs(space->height, base);
    if (self->extremes.least > self->extremes.greatest)
        width = 1;
    return estimate_arrays(space, width / 2, limbs * sizeof(mp_limb_t), limbs / 2 * limb_seconds, false);
}

static uint64_t most_enabled(const struct space *space)
{
    uint64_t most = 1;
    for (uint64_t n = 1; n <= 64; n++)
        if (space->enabled_counts >> (n - 1) & 1)
            most = n;
    return most;
}

static bool have_bands(struct inquiry *self, struct stage *stage)
{
    struct extremes extremes;
    if (stage->has_bands)
        return true;
    return stage_find_extremes(stage, &extremes) == FOLD_COMPLETE;
}

static void clear_counts(struct outcome *outcome)
{
    mpz_set_ui(outcome->deadlocked, 0);
    mpz_set_ui(outcome->failed, 0);
    for (size_t r = 0; r < outcome->row_count; r++)
        mpz_set_ui(outcome->rows[r].schedules, 0);
}

static void count_schedules(struct inquiry *self)
{
    struct stage *stage = exact_stage(self);
    struct outcome *outcome = self->outcome;
    struct polynomials weights;
    if (stage == NULL)
        return;
    struct estimate estimate = polynomial_estimate(self, stage->space, most_enabled(stage->space));
    if (!is_affordable(self, QUESTION_COUNTS, "counts", &estimate))
        return;
    if (!have_bands(self, stage)) {
        give_up(self, QUESTION_COUNTS, "counts");
        return;
    }
    weights_counts_start(&weights, stage->space, &stage->bands);
    struct gathering gathering = {.inquiry = self, .weights = &weights};
    outcome->has_counts = gather(&gathering, stage, outcome->deadlocked, outcome->failed) &&
                          schedules_count(stage->space, self->options->budget, outcome->schedules);
    weights_polynomials_free(&weights);
    if (!outcome->has_counts) {
        clear_counts(outcome);
        give_up(self, QUESTION_COUNTS, "counts");
        return;
    }
    check_sum(outcome);
    check_multinomial(self);
}

static void set_fraction(mpq_t fraction, const mpz_t numerator, const mpz_t denominator)
{
    mpz_set(mpq_numref(fraction), numerator);
    mpz_set(mpq_denref(fraction), denominator);
    mpq_canonicalize(fraction);
}

static void check_probabilities(const struct outcome *outcome)
{
    mpq_t sum;
    mpq_init(sum);
    mpq_add(sum, outcome->random_deadlocked, outcome->random_failed);
    for (size_t r = 0; r < outcome->row_count; r++)
        mpq_add(sum, sum, outcome->rows[r].random);
    if (mpq_cmp_ui(sum, 1, 1) != 0)
        fault("the probabilities do not add up to 1");
    mpq_clear(sum);
}

static void divide_all(struct inquiry *self, const mpz_t denominator, const mpz_t deadlocked, const mpz_t failed)
{
    struct outcome *outcome = self->outcome;
    for (size_t r = 0; r < outcome->row_count; r++) {
        mpz_set(mpq_denref(outcome->rows[r].random), denominator);
        mpq_canonicalize(outcome->rows[r].random);
    }
    set_fraction(outcome->random_deadlocked, deadlocked, denominator);
    set_fraction(outcome->random_failed, failed, denominator);
    check_probabilities(outcome);
}

static void find_probabilities(struct inquiry *self)
{
    struct stage *stage = exact_stage(self);
    struct polynomials weights;
    if (stage == NULL)
        return;
    if (!weights_random_start(&weights, stage->space, &stage->bands)) {
        omit_for(self, QUESTION_RANDOM, "random", "the common denominator of so many threads is too large", "fewer threads");
        return;
    }
    struct estimate estimate = polynomial_estimate(self, stage->space, weights.base);
    bool affordable = is_affordable(self, QUESTION_RANDOM, "random", &estimate);
    if (!affordable || !have_bands(self, stage)) {
        if (affordable)
            give_up(self, QUESTION_RANDOM, "random");
        weights_polynomials_free(&weights);
        return;
    }
    struct gathering gathering = {.inquiry = self, .weights = &weights, .random = true};
    mpz_t deadlocked, failed;
    mpz_inits(deadlocked, failed, gathering.denominator, NULL);
    mpz_ui_pow_ui(gathering.denominator, (unsigned long)weights.base, stage->space->height);
    self->outcome->has_random = gather(&gathering, stage, deadlocked, failed);
    if (self->outcome->has_random)
        divide_all(self, gathering.denominator, deadlocked, failed);
    else
        give_up(self, QUESTION_RANDOM, "random");
    mpz_clears(deadlocked, failed, gathering.denominator, NULL);
    weights_polynomials_free(&weights);
}

/* ---- Preemptions and witnesses ------------------------------------------------------------------------------- */

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
        give_up(self, question, name);
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
    return is_affordable(self, question, name, &estimate);
}

/* Where the costs of one fold go. */
struct cost_gathering {
    struct inquiry *inquiry;
    const struct weights *weights;
};

static void note_cost(void *context, int64_t value, uint32_t cost)
{
    const struct cost_gathering *self = context;
    struct outcome_row *row = row_of(self->inquiry->outcome, value);
    row->preemptions = cost / PREEMPTION_COST < row->preemptions ? cost / PREEMPTION_COST : row->preemptions;
}

static void gather_costs(void *context, const void *element, int64_t initial)
{
    struct cost_gathering *self = context;
    weights_preemptions_visit(self->weights, 0, element, initial, note_cost, self);
}

static void replay_witness(struct inquiry *self, struct outcome_witness *witness, uint32_t preemptions)
{
    struct error error = ERROR_INIT;
    witness->trace = replay_run(self->program, self->options->scheduler, self->options->word, witness->threads,
                                witness->step_count, &error);
    if (witness->trace == NULL)
        fault("a witness does not replay: %s", error.text);
    enum trace_end end = witness->end == OUTCOME_VALUE      ? TRACE_FINISHED
                         : witness->end == OUTCOME_DEADLOCK ? TRACE_DEADLOCKED
                                                            : TRACE_FAILED;
    if (witness->trace->end != end || (end == TRACE_FINISHED && witness->trace->value != witness->value))
        fault("a witness ends otherwise than it should");
    if (witness->trace->preemptions != preemptions)
        fault("a witness has %llu preemptions instead of %u", (unsigned long long)witness->trace->preemptions,
              preemptions);
}

static void add_witness(struct inquiry *self, const struct fold *fold, enum outcome_end end, int64_t value)
{
    struct witness_source source = {self->machine, self->slice, self->marked.graph, self->marked.grid, fold};
    struct outcome_witness witness = {.end = end, .value = value};
    uint32_t preemptions;
    witness.threads = witness_find(&source, end, value, &witness.step_count, &preemptions);
    if (witness.threads == NULL)
        return;
    replay_witness(self, &witness, preemptions);
    struct outcome *outcome = self->outcome;
    outcome->witnesses = memory_resize(outcome->witnesses, outcome->witness_count + 1, sizeof *outcome->witnesses);
    outcome->witnesses[outcome->witness_count++] = witness;
}

static void add_fate_witnesses(struct inquiry *self, const struct fold *fold)
{
    if (self->outcome->can_deadlock)
        add_witness(self, fold, OUTCOME_DEADLOCK, 0);
    if (self->outcome->can_fail)
        add_witness(self, fold, OUTCOME_FAILURE, 0);
}

/* The wanted witnesses, from a fold that knows the costs of all values. */
static void add_witnesses(struct inquiry *self, const struct fold *fold)
{
    const struct outcome *outcome = self->outcome;
    if (!wants(self, QUESTION_WITNESS) || self->options->witness == WITNESS_NONE)
        return;
    if (self->options->witness == WITNESS_MINIMUM && outcome->has_extremes)
        add_witness(self, fold, OUTCOME_VALUE, outcome->least);
    if (self->options->witness == WITNESS_VALUE && intervals_contain(&outcome->values, self->options->witness_value))
        add_witness(self, fold, OUTCOME_VALUE, self->options->witness_value);
    if (self->options->witness == WITNESS_ALL)
        for (size_t r = 0; r < outcome->row_count; r++)
            add_witness(self, fold, OUTCOME_VALUE, outcome->rows[r].value);
    add_fate_witnesses(self, fold);
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
        give_up(self, QUESTION_PREEMPTIONS, "preemptions");
    }
    fold_free(&fold);
    return result == FOLD_COMPLETE;
}

/* For an extreme alone. */
static bool fold_foremost(struct inquiry *self, bool greatest)
{
    struct foremosts weights;
    struct fold fold;
    struct fold_options options = {.keep = true, .jobs = self->setting.jobs};
    weights_foremost_start(&weights, self->marked.space, greatest);
    enum fold_result result = fold_run(&fold, self->marked.space, &weights.head, &options, self->options->budget);
    if (result == FOLD_COMPLETE) {
        add_witness(self, &fold, OUTCOME_VALUE, greatest ? self->outcome->greatest : self->outcome->least);
        add_fate_witnesses(self, &fold);
    } else {
        give_up(self, QUESTION_WITNESS, "witness");
    }
    fold_free(&fold);
    return result == FOLD_COMPLETE;
}

static double value_width(const struct inquiry *self, const struct space *space)
{
    uint64_t unit = space->common_addend > 0 ? space->common_addend : 1;
    if (self->extremes.least > self->extremes.greatest)
        return 1;
    return ((double)self->extremes.greatest - (double)self->extremes.least) / (double)unit + 1;
}

/* Only the witness for an extreme (or for a fate) can be had without knowing all preemptions. */
static bool wants_extreme(const struct inquiry *self, bool *greatest)
{
    const struct outcome *outcome = self->outcome;
    *greatest = false;
    if (self->options->witness == WITNESS_MINIMUM)
        return outcome->has_extremes;
    if (self->options->witness != WITNESS_VALUE || !outcome->has_extremes)
        return false;
    *greatest = self->options->witness_value == outcome->greatest;
    return *greatest || self->options->witness_value == outcome->least;
}

/* Whether some value on the way may not fit the elements of the foremost fold. */
static bool values_are_large(const struct inquiry *self)
{
    const struct space *space = self->main.space;
    double most = (double)space->greatest_addend * ((double)space->height + 1);
    return most + (double)magnitude(self->extremes.least) + (double)magnitude(self->extremes.greatest) >
           FOREMOST_VALUE_MAX;
}

static void find_extreme_witness(struct inquiry *self)
{
    bool greatest;
    if (!wants(self, QUESTION_WITNESS) || self->options->witness == WITNESS_NONE)
        return;
    if (self->marked_open && self->marked.space == NULL)
        return;
    if (!wants_extreme(self, &greatest)) {
        if (self->options->witness != WITNESS_MINIMUM)
            omit_for(self, QUESTION_WITNESS, "witness", "only those for the least and greatest value are cheap",
                     "--compute preemptions");
        return;
    }
    if (values_are_large(self)) {
        omit_for(self, QUESTION_WITNESS, "witness", "the values are too large for the short way", "--compute preemptions");
        return;
    }
    if (!can_afford_marks(self, QUESTION_WITNESS, "witness") || !open_marked(self, QUESTION_WITNESS, "witness"))
        return;
    struct estimate estimate = estimate_small(self->marked.space, foremost_seconds, sizeof(int64_t), true);
    if (is_affordable(self, QUESTION_WITNESS, "witness", &estimate))
        fold_foremost(self, greatest);
}

/* Preemptions for all values, with the witnesses; where that costs too much, the witness of an extreme alone. */
static void find_preemptions(struct inquiry *self)
{
    bool all = wants(self, QUESTION_PREEMPTIONS) ||
               (wants(self, QUESTION_WITNESS) && (self->options->witness == WITNESS_ALL ||
                                                  self->options->witness == WITNESS_VALUE));
    if (all && can_afford_marks(self, QUESTION_PREEMPTIONS, "preemptions") &&
        open_marked(self, QUESTION_PREEMPTIONS, "preemptions")) {
        struct estimate estimate = estimate_arrays(self->marked.space, value_width(self, self->marked.space) / 2,
                                                   sizeof(uint32_t), cost_seconds, true);
        if (is_affordable(self, QUESTION_PREEMPTIONS, "preemptions", &estimate)) {
            if (have_bands(self, &self->marked) && fold_preemptions(self))
                return;
        }
    }
    if (self->outcome->complete)
        find_extreme_witness(self);
}

/* ---- The pipeline -------------------------------------------------------------------------------------------- */

static void note_graph(struct inquiry *self)
{
    struct outcome *outcome = self->outcome;
    const struct graph *graph = self->main.graph;
    mpz_set(outcome->states, graph->orbit_states);
    mpz_set(outcome->transitions, graph->orbit_steps);
    outcome->stored = graph->states.count;
    outcome->depth = graph->has_edges ? graph->space.height : graph->depth_count - 1;
    if (graph->space.cyclic)
        outcome->depth = 0;
    outcome->can_deadlock = graph->deadlocks > 0;
    outcome->can_fail = graph->failures > 0;
    outcome->failure_text = graph->failure_text != NULL ? memory_copy_string(graph->failure_text) : NULL;
    outcome->endless = graph->space.cyclic;
}

static void note_grid(struct inquiry *self, const struct stage *stage)
{
    struct outcome *outcome = self->outcome;
    grid_count(stage->grid, outcome->states, outcome->transitions);
    outcome->stored = stage->space->states;
    outcome->depth = 0;
    for (size_t t = 0; t < machine_thread_count(self->machine); t++)
        outcome->depth += machine_instruction_count(self->machine, t);
}

static void note_incomplete_graph(struct inquiry *self)
{
    mark_incomplete(self, "the state space is too large");
    if (self->main.graph == NULL)
        return;
    note_graph(self);
    self->outcome->endless = false;
    if (!self->slice->data[self->slice->observed]) {
        intervals_union(&self->outcome->values, &self->main.graph->final_values, 0);
        self->outcome->has_values = true;
        note_extremes(self);
    }
}

static void answer_fold_questions(struct inquiry *self)
{
    const struct space *space = self->main.space;
    if (self->main.graph != NULL && !self->main.graph->has_edges) {
        static const char reason[] = "the classical search keeps no steps at this size";
        omit_for(self, QUESTION_COUNTS, "counts", reason, "--slice auto, or --compute counts");
        omit_for(self, QUESTION_RANDOM, "random", reason, "--slice auto, or --compute random");
        omit_for(self, QUESTION_PREEMPTIONS, "preemptions", reason, "--slice auto");
        return;
    }
    if (self->outcome->rows == NULL && intervals_size(&self->outcome->values) > 0) {
        omit_for(self, QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS, "counts, random, preemptions",
                 "too many values to list", "a smaller program");
        return;
    }
    if (wants(self, QUESTION_COUNTS) && !space->cyclic)
        count_schedules(self);
    if (wants(self, QUESTION_RANDOM) && !space->cyclic && self->outcome->complete)
        find_probabilities(self);
    if (self->outcome->complete)
        find_preemptions(self);
}

static void answer(struct inquiry *self)
{
    enum stage_result opened = open_main(self);
    if (opened == STAGE_TOO_LARGE) {
        mark_incomplete(self, "the state space is too large to be numbered");
        return;
    }
    if (opened == STAGE_INCOMPLETE) {
        note_incomplete_graph(self);
        return;
    }
    if (self->main.graph != NULL)
        note_graph(self);
    else
        note_grid(self, &self->main);
    if (may_overflow(self)) {
        self->must_unslice = true;
        return;
    }
    if (!find_values(self))
        return;
    make_rows(self);
    note_extremes(self);
    answer_fold_questions(self);
    if (self->exact_open && self->outcome->has_counts) {
        note_grid(self, &self->exact);
        self->outcome->fused = false;
    }
}

static void close_stages(struct inquiry *self)
{
    if (self->main_open)
        stage_close(&self->main);
    if (self->exact_open)
        stage_close(&self->exact);
    if (self->marked_open && self->marked.setting != NULL)
        stage_close(&self->marked);
    self->main_open = self->exact_open = self->marked_open = false;
    machine_free(self->machine);
    slice_free(self->slice);
    self->machine = NULL;
    self->slice = NULL;
}

static void explain(struct inquiry *self, bool fell_back)
{
    struct text text = TEXT_INIT;
    char *split = slice_explain(self->slice, self->machine);
    if (fell_back)
        text_print(&text, "A value might not fit 64 bits: every value is stored in the states.\n");
    text_print(&text, "%s", split);
    memory_free(split);
    memory_free(self->outcome->explanation);
    self->outcome->explanation = text_take(&text);
}

/* Answers with a slice, or without one. */
static void run(struct inquiry *self, bool everything, bool fell_back)
{
    slice_program(self, everything);
    self->outcome->complete = true;
    self->outcome->fused = false;
    self->outcome->sliced = self->slice->data[self->slice->observed];
    if (self->options->explain)
        explain(self, fell_back);
    answer(self);
    close_stages(self);
}

bool analysis_run(const struct program *program, const struct analysis_options *options, struct outcome *outcome,
                  struct error *error)
{
    (void)error;
    struct inquiry inquiry = {.program = program, .options = options, .outcome = outcome};
    inquiry.whole = machine_new(program, NULL, false);
    run(&inquiry, options->no_slice, false);
    if (inquiry.must_unslice) {
        memory_free(outcome->incomplete_reason);
        outcome->incomplete_reason = NULL;
        run(&inquiry, true, true);
    }
    machine_free(inquiry.whole);
    outcome->seconds = budget_seconds(options->budget);
    return true;
}
