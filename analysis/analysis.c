#include "analysis/analysis.h"

#include "analysis/alone.h"
#include "analysis/analysis_parts.h"
#include "analysis/hang.h"
#include "analysis/live_ranges.h"
#include "base/arithmetic.h"
#include "base/memory.h"
#include "schedulers/scheduler.h"

#include <string.h>

static const uint64_t unfused_entries_default = 20000000;

/* A classical search beyond this many states keeps no steps, unless somebody insists on what needs them. */
enum { UNSLICED_EDGES_STATES = 4000000 };

/* ---- Opening the spaces -------------------------------------------------------------------------------------- */

/* Splits registers where that leaves more to be data, and slices the program that comes of it. */
static void split_registers(struct analysis *self)
{
    self->split = live_ranges_split(self->program, self->whole, self->slice);
    self->was_split = self->split != NULL;
    if (!self->was_split)
        return;
    struct machine *whole = machine_new(self->split, NULL, false);
    slice_free(self->slice);
    self->slice = slice_new_for(whole, &self->observation, false);
    self->sliced = self->split;
    machine_free(whole);
}

static void slice_program(struct analysis *self, bool everything)
{
    self->slice = slice_new_for(self->whole, &self->observation, everything);
    self->sliced = self->program;
    if (!everything && !self->keeps_registers)
        split_registers(self);
    self->machine = machine_new(self->sliced, self->slice->data, false);
    self->setting = analysis_setting(self, self->machine, self->slice);
    self->setting.grid = scheduler_is_free(self->setting.scheduler) && grid_applies(self->machine, self->slice);
}

/* Questions that are answered by a fold over all steps. */
static bool needs_edges(const struct analysis *self)
{
    bool values_are_data = self->slice->data[self->slice->observed];
    return values_are_data ||
           analysis_wants(self, QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS | QUESTION_WITNESS);
}

/* Whether a graph may have local steps together with the step before them: where nobody asks for what counts steps. */
static bool fuses_graph(const struct analysis *self)
{
    return !self->setting.grid && !self->options->no_partial_order && scheduler_is_free(self->setting.scheduler) &&
           !analysis_wants(self, QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS);
}

static enum prepared_space_result open_main(struct analysis *self, uint64_t max_states)
{
    bool exact_needs = analysis_insists(self, QUESTION_COUNTS | QUESTION_RANDOM);
    bool values_are_data = self->slice->data[self->slice->observed];
    struct prepared_space_options options = {
        .edges = needs_edges(self),
        .edges_max_states = values_are_data || exact_needs ? 0 : UNSLICED_EDGES_STATES,
        .fused = fuses_graph(self),
        .max_states = max_states,
    };
    enum prepared_space_result result = prepared_space_open(&self->main, &self->setting, &options);
    uint64_t unfused = self->options->unfused_entries > 0 ? self->options->unfused_entries : unfused_entries_default;
    bool large = self->setting.grid && (result == PREPARED_SPACE_TOO_LARGE || self->main.space->entries > unfused);
    self->outcome->fused = options.fused && self->main.graph->explorer.system->fuses;
    if (!large || self->options->no_partial_order)
        return result;
    prepared_space_close(&self->main);
    options.fused = true;
    self->outcome->fused = true;
    return prepared_space_open(&self->main, &self->setting, &options);
}

/* ---- The pipeline -------------------------------------------------------------------------------------------- */

/* The longest schedule; without the steps of the space it is known only where all ways to a state are equally long; 0: not known. */
static uint64_t find_depth(const struct analysis *self)
{
    const struct graph *graph = self->main.graph;
    if (graph->has_edges)
        return graph->longest;
    if (!graph->explorer.system->fuses)
        return graph->space.graded ? graph->explorer.level_count - 1 : 0;
    return machine_is_straight(self->machine) && graph->finals > 0 ? analysis_steps(self->machine) : 0;
}

static void note_graph(struct analysis *self)
{
    struct outcome *outcome = self->outcome;
    const struct graph *graph = self->main.graph;
    mpz_set(outcome->states, graph->orbit_states);
    mpz_set(outcome->transitions, graph->orbit_steps);
    outcome->stored = graph->explorer.states.count;
    outcome->depth = find_depth(self);
    outcome->collapsed = graph->explorer.system->collapses;
    outcome->has_stretches = machine_has_stretches(self->machine);
    if (graph->space.cyclic)
        outcome->depth = 0;
    outcome->can_deadlock = graph->deadlocks > 0;
    outcome->has_gap = graph->gaps;
    outcome->can_die = graph->deaths;
    outcome->can_fail = graph->failures > 0 || graph->deaths;
    memory_free(outcome->failure_text); /* of a run with a slice that did not do */
    outcome->failure_text = graph->failure_text != NULL ? memory_copy_string(graph->failure_text) : NULL;
    outcome->endless = graph->space.cyclic;
    outcome->can_hang = outcome->must_hang = false;
    outcome->endless_unknown = !graph->has_edges && !graph->space.graded;
    tuples_free(&outcome->tuples);
    tuples_add_all(&outcome->tuples, &graph->final_tuples);
    if (self->observation.count > 1)
        outcome->tuples.width = self->observation.count;
}

static void note_hang(struct analysis *self)
{
    struct outcome *outcome = self->outcome;
    const struct graph *graph = self->main.graph;
    if (!graph->space.cyclic || !graph->has_edges)
        return;
    struct hang hang = hang_find(graph);
    outcome->can_hang = hang.is_possible;
    outcome->must_hang = hang.is_possible && hang.is_certain;
    memory_free(outcome->spinning);
    struct text names = TEXT_INIT;
    machine_name_threads(self->machine, hang.spinning, &names);
    outcome->spinning = hang.spinning != 0 ? text_take(&names) : NULL;
    text_free(&names);
}

static void note_grid(struct analysis *self, const struct prepared_space *prepared)
{
    struct outcome *outcome = self->outcome;
    grid_count(prepared->grid, outcome->states, outcome->transitions);
    outcome->stored = prepared->space->states;
    outcome->depth = analysis_steps(self->machine);
}

static void note_incomplete_graph(struct analysis *self)
{
    analysis_mark_incomplete(self, "the state space is too large");
    analysis_note_exclusion(self, false);
    if (self->main.graph == NULL)
        return;
    note_graph(self);
    self->outcome->endless = false;
    if (!self->slice->data[self->slice->observed]) {
        intervals_union(&self->outcome->values, &self->main.graph->final_values, 0);
        self->outcome->has_values = true;
        analysis_note_extremes(self);
    }
}

static void answer_fold_questions(struct analysis *self)
{
    const struct space *space = self->main.space;
    if (self->main.graph != NULL && !self->main.graph->has_edges) {
        static const char reason[] = "the classical search keeps no steps at this size";
        analysis_omit_if_wanted(self, QUESTION_COUNTS, "counts", reason, "--slice auto, or --compute counts");
        analysis_omit_if_wanted(self, QUESTION_RANDOM, "random", reason, "--slice auto, or --compute random");
        analysis_omit_if_wanted(self, QUESTION_PREEMPTIONS, "preemptions", reason, "--slice auto");
        return;
    }
    if (!self->outcome->has_values) {
        analysis_omit_if_wanted(self, QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS,
                                "counts, random, preemptions", "the values were left out",
                                "--compute counts,random,preemptions");
        analysis_find_preemptions(self);
        return;
    }
    if (self->outcome->rows == NULL && intervals_size(&self->outcome->values) > 0) {
        analysis_omit_if_wanted(self, QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS,
                                "counts, random, preemptions", "too many values to list", "");
        return;
    }
    if (analysis_wants(self, QUESTION_COUNTS) && !space->cyclic)
        analysis_count_schedules(self);
    if (analysis_wants(self, QUESTION_RANDOM) && self->outcome->complete) {
        if (space->cyclic)
            analysis_find_absorption(self);
        else
            analysis_find_probabilities(self);
    }
    if (self->outcome->complete)
        analysis_find_preemptions(self);
}

/* A cycle that adds to data lets it grow, or so it seems: what is added may be taken away again, or overwritten. The
 * classical search finds out, if that has an end. */
static void answer_growth(struct analysis *self)
{
    self->must_unslice = self->may_grow = true;
    self->greatest_addend = self->main.space->greatest_addend;
}

/* Arrays over values have a place for each multiple of the unit, also where few are ever reached: very different addends
 * (1 and 1000000000) make them wide. A small program is then better searched value by value. */
static bool is_wide_but_sparse(const struct analysis *self)
{
    static const uint64_t wide = 1 << 20, small = 1 << 20;
    const struct space *space = self->main.space;
    uint64_t unit = space->common_addend > 0 ? space->common_addend : 1;
    return self->outcome->sliced && space->greatest_addend / unit > wide && space->entries < small;
}

/* A grid stores no states, but what it numbers counts as such for a limit. */
static bool exceeds_states(struct analysis *self)
{
    struct budget *budget = self->options->budget;
    if (self->main.grid == NULL || budget->max_states == 0 || self->main.space->states <= budget->max_states)
        return false;
    budget->limit = BUDGET_STATES;
    return true;
}

/* What follows from values that are known, and needs no steps. */
static void answer_with_values(struct analysis *self)
{
    analysis_make_rows(self);
    analysis_settle_outputs(self);
    analysis_note_extremes(self);
    claims_judge(self->outcome);
}

static void answer_by_cells(struct analysis *self)
{
    static const char reason[] = "the search by cells keeps no steps";
    analysis_note_exclusion(self, self->outcome->complete);
    if (!self->outcome->complete) {
        analysis_note_extremes(self);
        return;
    }
    answer_with_values(self);
    analysis_omit_if_wanted(self, QUESTION_COUNTS, "counts", reason, "--slice auto, or --compute counts");
    analysis_omit_if_wanted(self, QUESTION_RANDOM, "random", reason, "--slice auto, or --compute random");
    analysis_omit_if_wanted(self, QUESTION_PREEMPTIONS, "preemptions", reason, "--slice auto");
    analysis_find_shortest(self);
    analysis_find_properties(self);
    analysis_find_claims(self, self->options->budget);
}

/* Whether cells have the answer. They are for what is large, and a control graph may have many more states than data comes to: so states are
 * searched one by one first, up to so many, and cells are tried for so many control states, and once more with more of both. Where the space
 * turns out to be small, it is open then. */
static bool is_answered_by_cells(struct analysis *self, enum prepared_space_result *opened)
{
    static const struct {
        uint64_t states;
        size_t control_states;
    } sizes[] = {{1 << 14, 1 << 15}, {1 << 19, 1 << 20}};
    enum cells_result result = CELLS_LARGE;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes && result == CELLS_LARGE; s++) {
        if (!self->options->eager) {
            *opened = open_main(self, sizes[s].states);
            if (*opened != PREPARED_SPACE_INCOMPLETE || self->options->budget->limit != BUDGET_OK)
                return false;
            prepared_space_close(&self->main);
        }
        result = analysis_explore_cells(self, fuses_graph(self), sizes[s].control_states);
    }
    return result == CELLS_COMPLETE || result == CELLS_LIMIT;
}

static void answer(struct analysis *self)
{
    enum prepared_space_result opened = PREPARED_SPACE_INCOMPLETE;
    if (analysis_may_use_cells(self) && is_answered_by_cells(self, &opened)) {
        answer_by_cells(self);
        return;
    }
    if (self->main.setting == NULL)
        opened = open_main(self, 0);
    else if (opened == PREPARED_SPACE_READY)
        analysis_explain_states(self, "there are few");
    if (opened == PREPARED_SPACE_READY && exceeds_states(self)) {
        analysis_mark_incomplete(self, NULL);
        analysis_note_exclusion(self, false);
        return;
    }
    if (opened == PREPARED_SPACE_TOO_LARGE) {
        analysis_mark_incomplete(self, "the state space is too large to be numbered");
        analysis_note_exclusion(self, false);
        return;
    }
    if (opened == PREPARED_SPACE_INCOMPLETE) {
        note_incomplete_graph(self);
        return;
    }
    if (self->main.graph != NULL) {
        note_graph(self);
        note_hang(self);
    } else {
        note_grid(self, &self->main);
    }
    analysis_note_exclusion(self, true);
    bool needs_all_values = analysis_may_overflow(&self->main) || is_wide_but_sparse(self);
    if (self->main.space->grows && !self->may_grow &&
        (needs_all_values || !analysis_accepts_growth(self, GROWTH_SIGHT))) {
        answer_growth(self);
        return;
    }
    if (needs_all_values) {
        self->must_unslice = true;
        return;
    }
    if (!analysis_find_values(self))
        return;
    answer_with_values(self);
    answer_fold_questions(self);
    if (self->outcome->complete)
        analysis_find_shortest(self);
    analysis_find_properties(self);
    if (self->outcome->complete)
        analysis_find_claims(self, self->options->budget);
    if (self->exact.space != NULL && self->outcome->has_counts) {
        note_grid(self, &self->exact);
        self->outcome->fused = false;
    }
}

static void close_spaces(struct analysis *self)
{
    prepared_space_close(&self->main);
    prepared_space_close(&self->exact);
    prepared_space_close(&self->last_thread);
    self->last_thread_tried = false;
    machine_free(self->machine);
    slice_free(self->slice);
    live_ranges_free(self->split, self->program);
    self->machine = NULL;
    self->slice = NULL;
    self->split = NULL;
}

static void explain(struct analysis *self, bool fell_back)
{
    struct text text = TEXT_INIT;
    char *split = slice_explain(self->slice, self->machine);
    if (fell_back)
        text_print(&text,
                   "Following the data apart from the states might overflow, or cost more: every value is stored.\n");
    text_print(&text, "%s", split);
    analysis_explain_iterations(self, &text);
    memory_free(split);
    memory_free(self->outcome->explanation);
    self->outcome->explanation = text_take(&text);
}

/* Answers with a slice, or without one. */
static void run(struct analysis *self, bool everything, bool fell_back)
{
    slice_program(self, everything);
    self->outcome->complete = true;
    self->outcome->fused = self->outcome->by_cells = false;
    self->outcome->sliced = self->slice->data[self->slice->observed];
    if (self->options->explain)
        explain(self, fell_back);
    answer(self);
    claims_judge(self->outcome);
    if (!self->outcome->complete && (everything || !self->must_unslice))
        analysis_show_found(self);
    close_spaces(self);
}

/* Where a limit of states was reached because values may grow, that is said, too. */
static void note_growth(struct analysis *self)
{
    struct text reason = TEXT_INIT;
    if (!self->may_grow)
        return;
    text_print(&reason, "a loop adds to a value each time round; ");
    budget_tell(self->options->budget, &reason);
    memory_free(self->outcome->incomplete_reason);
    self->outcome->incomplete_reason = text_take(&reason);
}

/* Answers with a slice of the program as it is what the slice could not for which registers were split. */
static void run_undivided(struct analysis *self)
{
    self->keeps_registers = true;
    self->must_unslice = self->may_grow = false;
    run(self, false, false);
}

/* Answers without a slice what a slice could not. */
static void run_again(struct analysis *self)
{
    static const uint64_t large_addend = UINT64_C(1) << 43;
    struct budget *budget = self->options->budget;
    struct outcome *outcome = self->outcome;
    uint64_t asked = budget->max_states;
    bool is_short = self->may_grow && self->greatest_addend < large_addend && (asked == 0 || asked > GROWTH_SIGHT);
    memory_free(outcome->incomplete_reason);
    outcome->incomplete_reason = NULL;
    budget->max_states = is_short ? GROWTH_SIGHT : asked;
    run(self, true, true);
    budget->max_states = asked;
    if (budget->limit != BUDGET_STATES)
        return;
    if (!is_short) {
        note_growth(self);
        return;
    }
    budget->limit = BUDGET_OK;
    analysis_mark_incomplete(self,
                             "a loop adds to a value each time round; the search of all values saw no end of it within"
                             " a million states (--slice off goes on)");
}

/* Even looking at every instruction of every thread must end soon. */
static bool is_too_long(const struct machine *machine, struct error *error)
{
    static const uint64_t most = 16000000;
    uint64_t instructions = analysis_instructions(machine);
    if (instructions > most)
        error_set(error, machine_source(machine), 0, 0,
                  "the threads have %llu instructions together (expected at most %llu)",
                  (unsigned long long)instructions, (unsigned long long)most);
    return instructions > most;
}

/* Only where the number of iterations means anything to the program. */
static bool is_counted(struct analysis *self)
{
    const struct outcome *outcome = self->outcome;
    int64_t limit, alone;
    uint32_t word;
    return observation_is_word(&self->observation, &word) && outcome->iters > 0 && outcome->threads > 1 &&
           outcome->text != NULL && strstr(outcome->text, "ITERS") != NULL &&
           !__builtin_add_overflow(outcome->observed_first, outcome->iters, &limit) &&
           alone_agrees(self->whole, word, &alone) && alone == limit;
}

static bool can_be_observed(const struct program *program, const struct observation *observation, struct error *error)
{
    for (size_t p = 0; p < observation->count; p++) {
        const struct observation_place *place = &observation->places[p];
        if (place->thread == OBSERVED_WORD && place->number >= program->word_count)
            return error_set(error, NULL, 0, 0, "there is no word %u to observe", place->number);
    }
    return true;
}

/* ---- What is observed ---------------------------------------------------------------------------------------- */

/* The registers that are observed must live to the end, and tell their threads apart. */
static void mark_registers(struct analysis *self)
{
    self->annotated.threads =
        memory_copy(self->annotated.threads, self->annotated.thread_count * sizeof *self->annotated.threads);
    for (size_t p = 0; p < self->observation.count; p++) {
        const struct observation_place *place = &self->observation.places[p];
        if (place->thread >= 0)
            self->annotated.threads[place->thread].observed |= UINT64_C(1) << place->number;
    }
}

static void prepare_observation(struct analysis *self)
{
    self->observation = self->options->observation;
    self->annotated = *self->program;
    self->program = &self->annotated;
    mark_registers(self);
    if (observation_has_output(&self->observation))
        analysis_find_outputs(self);
    self->outcome->observation = self->observation;
}

bool analysis_run(const struct program *program, const struct analysis_options *options, struct outcome *outcome,
                  struct error *error)
{
    struct analysis analysis = {.program = program, .options = options, .outcome = outcome};
    if (!can_be_observed(program, &options->observation, error))
        return false;
    prepare_observation(&analysis);
    outcome->fairness = options->fairness;
    analysis.whole = machine_new(analysis.program, NULL, false);
    if (is_too_long(analysis.whole, error)) {
        machine_free(analysis.whole);
        memory_free(analysis.annotated.threads);
        return false;
    }
    run(&analysis, options->no_slice, false);
    if (analysis.must_unslice && analysis.was_split)
        run_undivided(&analysis);
    if (analysis.must_unslice)
        run_again(&analysis);
    if (outcome->complete)
        analysis_count_events(&analysis);
    if (outcome->complete && analysis_insists(&analysis, QUESTION_DETECTION))
        analysis_find_detection(&analysis);
    if (outcome->complete && options->sample != NULL)
        analysis_draw_sample(&analysis);
    outcome->is_counted = is_counted(&analysis);
    machine_free(analysis.whole);
    memory_free(analysis.annotated.threads);
    claims_judge(outcome);
    claims_place_witnesses(outcome);
    outcome->seconds = budget_seconds(options->budget);
    return true;
}
