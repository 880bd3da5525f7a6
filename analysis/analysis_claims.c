/* Claims that are searched for: conditions on ends and states, and what is claimed of schedules that go on.
 *
 * One search over concrete states serves all of them. What is claimed of states is judged as far as the search came; what is claimed of
 * schedules needs the whole graph, with its steps. Nothing is told before a replay of its schedule has been judged, too. */
#include "analysis/analysis_parts.h"
#include "analysis/claim_replay.h"
#include "analysis/hang.h"
#include "analysis/overtaking.h"
#include "analysis/product.h"
#include "analysis/starvation.h"
#include "base/fault.h"
#include "base/memory.h"
#include "program/predicate.h"
#include "schedulers/scheduler.h"
#include "space/cells.h"

#include <string.h>

struct claim_search {
    struct analysis *analysis;
    struct budget *budget;
    struct program program;  /* a copy that says what is looked at of outputs and registers */
    struct outputs *outputs; /* the texts that conditions compare the output with, or NULL */
    struct machine *machine;
    struct slice *slice; /* the analysis' own, where no condition looks at values */
    struct graph graph;
    bool is_complete;
};

/* ---- Conditions ------------------------------------------------------------------------------------------------- */

static bool is_true(const struct claim_search *self, const struct predicate *condition, const uint64_t *state)
{
    char *output = NULL;
    if (predicate_reads_output(condition)) {
        location_id location = machine_output_location(self->machine);
        output = outputs_text(self->outputs, machine_value(self->machine, state, location));
    }
    bool is_one = machine_satisfies(self->machine, state, condition, output);
    memory_free(output);
    return is_one;
}

/* ---- What a claim needs ------------------------------------------------------------------------------------------- */

static bool is_open(const struct claim *claim)
{
    return claim_is_searched(claim) && claim->found == CLAIM_UNKNOWN;
}

static bool is_of_ends(const struct claim *claim)
{
    return claim->kind == CLAIM_FINAL || claim->kind == CLAIM_POSSIBLE;
}

/* Whether steps are needed, not states alone. */
static bool is_of_schedules(const struct claim *claim)
{
    return claim->kind >= CLAIM_TERMINATES;
}

static void observe_register(void *context, int thread, unsigned number)
{
    struct program *program = context;
    program->threads[thread].observed |= UINT64_C(1) << number;
}

static void note_register(void *context, int thread, unsigned number)
{
    (void)thread;
    (void)number;
    *(bool *)context = true;
}

/* Whether registers are looked at before the end: then they are kept though no instruction needs them any more. */
static bool looks_at_registers(const struct claim *claim)
{
    bool looks = false;
    if (claim->condition != NULL && !is_of_ends(claim))
        predicate_visit(claim->condition, &looks, NULL, note_register);
    if (claim->response != NULL)
        predicate_visit(claim->response, &looks, NULL, note_register);
    return looks;
}

static void add_text(void *context, const char *text)
{
    outputs_add(context, text);
}

/* Whatever else is printed need not be told apart. */
static void add_texts(struct claim_search *self, const struct predicate *condition)
{
    if (!predicate_reads_output(condition))
        return;
    self->outputs = self->outputs != NULL ? self->outputs : outputs_new();
    self->program.outputs = self->outputs;
    predicate_visit_texts(condition, self->outputs, add_text);
}

/* The locations that conditions read, a flag each. */
struct reads {
    const struct machine *machine;
    bool *flags;
};

static void flag_word(void *context, size_t word)
{
    ((struct reads *)context)->flags[word] = true;
}

static void flag_register(void *context, int thread, unsigned number)
{
    struct reads *self = context;
    self->flags[machine_register_location(self->machine, (size_t)thread, number)] = true;
}

/* States have what conditions read, and what decides how threads go on. Data that nobody reads is in no state; an error of the
 * program could hide there, so that where one is possible, or could not be excluded, all is stored. */
static struct slice *slice_for_conditions(const struct claim_search *self, const struct machine *whole)
{
    const struct analysis *analysis = self->analysis;
    const struct outcome *outcome = analysis->outcome;
    struct reads reads = {whole, memory_new(machine_location_count(whole), sizeof(bool))};
    struct observed first = observed_find(&(struct observation){0}, whole);
    bool stores_all = analysis->options->no_slice || analysis->must_unslice || outcome->can_fail || !outcome->complete;
    for (size_t c = 0; c < outcome->claim_count; c++) {
        const struct claim *claim = &outcome->claims[c];
        if (claim->condition != NULL)
            predicate_visit(claim->condition, &reads, flag_word, flag_register);
        if (claim->response != NULL)
            predicate_visit(claim->response, &reads, flag_word, flag_register);
    }
    if (machine_output_location(whole) != LOCATION_NONE)
        reads.flags[machine_output_location(whole)] = true;
    reads.flags[first.locations[0]] = true;
    struct slice *slice = slice_new_of(whole, &first, reads.flags, stores_all);
    memory_free(reads.flags);
    return slice;
}

/* Makes the machine: where conditions look at values, one that stores what they read, else the one that there is. */
static void prepare(struct claim_search *self)
{
    const struct outcome *outcome = self->analysis->outcome;
    bool keeps_registers = false, has_conditions = false;
    self->program = *self->analysis->program;
    self->program.threads =
        memory_copy(self->program.threads, self->program.thread_count * sizeof *self->program.threads);
    self->program.outputs = NULL;
    for (size_t c = 0; c < outcome->claim_count; c++) {
        const struct claim *claim = &outcome->claims[c];
        if (!is_open(claim))
            continue;
        has_conditions |= claim->condition != NULL;
        keeps_registers |= looks_at_registers(claim);
        if (claim->condition == NULL || !is_of_ends(claim))
            continue;
        predicate_visit(claim->condition, &self->program, NULL, observe_register);
        add_texts(self, claim->condition);
    }
    if (!has_conditions) {
        self->program.outputs = self->analysis->program->outputs;
        self->slice = self->analysis->slice;
        self->machine = machine_new(self->analysis->sliced, self->slice->data, false);
        return;
    }
    struct machine *whole = machine_new(&self->program, NULL, keeps_registers);
    self->slice = slice_for_conditions(self, whole);
    self->machine = machine_new(&self->program, self->slice->data, keeps_registers);
    machine_free(whole);
}

static void end_search(struct claim_search *self)
{
    if (self->graph.slice != NULL)
        graph_free(&self->graph);
    if (self->slice != self->analysis->slice)
        slice_free(self->slice);
    machine_free(self->machine);
    memory_free(self->program.threads);
    outputs_free(self->outputs);
}

/* ---- Schedules that decide ---------------------------------------------------------------------------------------- */

static bool wants_schedule(const struct claim_search *self)
{
    const struct analysis *analysis = self->analysis;
    return analysis_wants(analysis, QUESTION_WITNESS) && analysis->options->witness != WITNESS_NONE;
}

static void add_place(struct observation *observation, int32_t thread, uint32_t number)
{
    for (size_t p = 0; p < observation->count; p++)
        if (observation->places[p].thread == thread && observation->places[p].number == number)
            return;
    if (observation->count < OBSERVATION_MAX)
        observation->places[observation->count++] = (struct observation_place){thread, number};
}

static void look_at_word(void *context, size_t word)
{
    add_place(context, OBSERVED_WORD, (uint32_t)word);
}

static void look_at_register(void *context, int thread, unsigned number)
{
    add_place(context, thread, number);
}

/* A trace tells what its claim is about: all that its conditions read, as far as there is room for that. */
static void focus(const struct claim_search *self, const struct claim *claim, struct trace *trace)
{
    struct observation read = {0};
    bool has_registers = false;
    if (claim->condition == NULL) {
        trace->observation = self->analysis->options->observation;
        return;
    }
    predicate_visit(claim->condition, &has_registers, NULL, note_register);
    predicate_visit(claim->condition, &read, look_at_word, look_at_register);
    if (claim->response != NULL)
        predicate_visit(claim->response, &read, look_at_word, look_at_register);
    if (predicate_reads_output(claim->condition))
        add_place(&read, OBSERVED_OUTPUT, 0);
    if (read.count > 0 && read.count < OBSERVATION_MAX && (!has_registers || is_of_ends(claim)))
        trace->observation = read;
}

/* Adds a schedule, which is taken, for a claim; of a lasso with a loop. */
static void adopt(struct claim_search *self, struct claim *claim, enum outcome_end end, struct lasso *found)
{
    struct outcome *outcome = self->analysis->outcome;
    struct analysis *analysis = self->analysis;
    struct error error = ERROR_INIT;
    bool decides;
    struct outcome_witness witness = {.end = end,
                                      .is_shortest = end != OUTCOME_ENDLESS,
                                      .claim = (size_t)(claim - outcome->claims) + 1,
                                      .stem_count = found->stem_count,
                                      .loop_count = found->loop_count};
    witness.trace = claim_replay(claim, analysis->program, analysis->setting.scheduler,
                                 observation_first_word(&analysis->observation), &found->schedule, found->loop_count,
                                 &decides, &error);
    if (witness.trace == NULL)
        fault("a schedule that decides %s does not replay: %s", claim->text, error.text);
    focus(self, claim, witness.trace);
    if (!decides)
        fault("a schedule does not decide %s as was found", claim->text);
    schedule_append(&witness.schedule, &witness.trace->schedule, 0, witness.trace->schedule.count);
    scheduler_describe_choices(analysis->setting.scheduler, &witness.schedule, &witness.parameters,
                               &witness.parameter_count);
    schedule_free(&found->schedule);
    analysis_insert_witness(analysis, &witness);
}

/* A deadlock or a hang may be told already, by its shortest schedule. */
static bool is_told(struct outcome *outcome, const struct claim *claim, enum outcome_end end)
{
    for (size_t w = 0; w < outcome->witness_count; w++) {
        struct outcome_witness *witness = &outcome->witnesses[w];
        if (end == OUTCOME_CLAIM || witness->end != end || witness->claim > 0)
            continue;
        witness->claim = (size_t)(claim - outcome->claims) + 1;
        return true;
    }
    return false;
}

/* The shortest way to a state. */
static void adopt_way(struct claim_search *self, struct claim *claim, enum outcome_end end, uint32_t state)
{
    struct lasso found = {0};
    if (!wants_schedule(self) || is_told(self->analysis->outcome, claim, end))
        return;
    explorer_tell_way(&self->graph.explorer, state, &found.schedule);
    adopt(self, claim, end, &found);
}

static enum outcome_end stand_still_or_hang(const struct claim_search *self, uint32_t state)
{
    const struct explorer *explorer = &self->graph.explorer;
    return system_is_stuck(explorer->system, stateset_at(&explorer->states, state)) ? OUTCOME_DEADLOCK : OUTCOME_HANG;
}

/* ---- States ------------------------------------------------------------------------------------------------------- */

static bool is_end(const struct claim_search *self, const uint64_t *state)
{
    return machine_finished(self->machine, state) == machine_everybody(self->machine);
}

static void judge_states(struct claim_search *self, struct claim *claim)
{
    const struct stateset *states = &self->graph.explorer.states;
    bool is_wanted = claim->kind == CLAIM_POSSIBLE;
    enum claim_verdict found = is_wanted ? CLAIM_HOLDS : CLAIM_VIOLATED;
    for (uint32_t s = 0; s < states->count; s++) {
        const uint64_t *state = stateset_at(states, s);
        if ((is_of_ends(claim) && !is_end(self, state)) || is_true(self, claim->condition, state) != is_wanted)
            continue;
        claim->found = found;
        adopt_way(self, claim, OUTCOME_CLAIM, s);
        return;
    }
    if (self->is_complete)
        claim->found = is_wanted ? CLAIM_VIOLATED : CLAIM_HOLDS;
}

/* ---- Hangs, and schedules that never end -------------------------------------------------------------------------- */

static void judge_hang(struct claim_search *self, struct claim *claim)
{
    uint32_t first = hang_find_first(&self->graph);
    claim->found = first == STATESET_NONE ? CLAIM_HOLDS : CLAIM_VIOLATED;
    if (first != STATESET_NONE)
        adopt_way(self, claim, stand_still_or_hang(self, first), first);
}

static uint32_t find_deadlock(const struct claim_search *self)
{
    const struct graph *graph = &self->graph;
    for (uint32_t s = 0; s < graph->explorer.states.count; s++)
        if (graph->edge_first[s] == graph->edge_first[s + 1] && !is_end(self, stateset_at(&graph->explorer.states, s)))
            return s;
    return STATESET_NONE;
}

static void judge_termination(struct claim_search *self, struct claim *claim)
{
    uint32_t entry, deadlock = find_deadlock(self);
    struct lasso lasso = {0};
    bool *all = memory_new(self->graph.explorer.states.count + 1, sizeof *all);
    memset(all, true, self->graph.explorer.states.count);
    if (deadlock != STATESET_NONE) {
        claim->found = CLAIM_VIOLATED;
        adopt_way(self, claim, OUTCOME_DEADLOCK, deadlock);
    } else if (starvation_find_loop(&self->graph, all, NULL, self->analysis->options->fairness,
                                    wants_schedule(self) ? &lasso : NULL, &entry)) {
        claim->found = CLAIM_VIOLATED;
        if (wants_schedule(self))
            adopt(self, claim, OUTCOME_ENDLESS, &lasso);
    } else {
        claim->found = CLAIM_HOLDS;
    }
    memory_free(all);
}

/* ---- Leads to ----------------------------------------------------------------------------------------------------- */

/* The automaton of "leads to" has two modes: whether something is still to come. */
enum { CONTENT, EXPECTING, EXPECTING_MODES };

struct expectation {
    struct claim_search *search;
    bool *asks;    /* of each state: whether the condition is true */
    bool *answers; /* ... the response */
};

static size_t expect_next(const void *context, uint32_t from, size_t mode, const struct edge *edge)
{
    const struct expectation *self = context;
    uint32_t state = edge != NULL ? edge->target : from;
    bool expects = (edge != NULL && mode == EXPECTING) || self->asks[state];
    return expects && !self->answers[state] ? EXPECTING : CONTENT;
}

/* Whether a schedule is over before it came: nobody can step, or a step has failed. */
static bool is_over_expecting(const void *context, uint32_t state, size_t mode)
{
    const struct expectation *self = context;
    const struct graph *graph = &self->search->graph;
    bool is_over = state == graph->explorer.states.count || graph->edge_first[state] == graph->edge_first[state + 1];
    return mode == EXPECTING && is_over;
}

static void adopt_watched(struct claim_search *self, struct claim *claim, const struct product *product, uint64_t node)
{
    struct lasso found = {0};
    if (!wants_schedule(self))
        return;
    product_tell_way(product, node, &found.schedule);
    adopt(self, claim, OUTCOME_CLAIM, &found);
}

/* The stem of the lasso is the first way to where the loop begins on which something is still to come. */
static void adopt_unanswered_loop(struct claim_search *self, struct claim *claim, const struct product *product,
                                  uint32_t entry, struct lasso *lasso)
{
    struct lasso found = {.loop_count = lasso->loop_count};
    product_tell_way(product, (uint64_t)entry * EXPECTING_MODES + EXPECTING, &found.schedule);
    found.stem_count = schedule_step_count(&found.schedule);
    schedule_append(&found.schedule, &lasso->schedule, lasso->schedule.count - lasso->loop_count, lasso->loop_count);
    schedule_free(&lasso->schedule);
    adopt(self, claim, OUTCOME_ENDLESS, &found);
}

/* Whether something can be waited for in vain, for ever: a fair loop in the states that were found expecting. */
static bool find_unanswered_loop(struct claim_search *self, struct claim *claim, const struct product *product)
{
    size_t count = self->graph.explorer.states.count;
    bool *states = memory_new(count + 1, sizeof *states);
    uint32_t *order = memory_new(count + 1, sizeof *order), entry;
    struct lasso lasso = {0};
    for (size_t n = 0; n < product->count; n++)
        if (product_mode(product, product->nodes[n]) == EXPECTING) {
            states[product_state(product, product->nodes[n])] = true;
            order[product_state(product, product->nodes[n])] = (uint32_t)n;
        }
    bool is_found = starvation_find_loop(&self->graph, states, order, self->analysis->options->fairness,
                                         wants_schedule(self) ? &lasso : NULL, &entry);
    if (is_found && wants_schedule(self))
        adopt_unanswered_loop(self, claim, product, entry, &lasso);
    memory_free(states);
    memory_free(order);
    return is_found;
}

static void judge_leads_to(struct claim_search *self, struct claim *claim)
{
    const struct stateset *states = &self->graph.explorer.states;
    struct expectation expectation = {self, memory_new(states->count + 1, sizeof(bool)),
                                      memory_new(states->count + 1, sizeof(bool))};
    struct product product;
    for (uint32_t s = 0; s < states->count; s++) {
        expectation.asks[s] = is_true(self, claim->condition, stateset_at(states, s));
        expectation.answers[s] = is_true(self, claim->response, stateset_at(states, s));
    }
    if (product_start(&product, &self->graph, EXPECTING_MODES, expect_next, &expectation, self->budget)) {
        uint64_t node = product_search(&product, is_over_expecting);
        if (node != PRODUCT_NONE)
            adopt_watched(self, claim, &product, node);
        bool is_violated = node != PRODUCT_NONE || find_unanswered_loop(self, claim, &product);
        claim->found = is_violated ? CLAIM_VIOLATED : CLAIM_HOLDS;
    }
    product_free(&product);
    memory_free(expectation.asks);
    memory_free(expectation.answers);
}

/* ---- Bypass ------------------------------------------------------------------------------------------------------- */

struct bypass {
    const struct claim_search *search;
    struct overtaking overtaking;
    struct waiting waiting;
};

static size_t overtake_next(const void *context, uint32_t from, size_t mode, const struct edge *edge)
{
    const struct bypass *self = context;
    const struct stateset *states = &self->search->graph.explorer.states;
    enum waiting_kind waits = (enum waiting_kind)self->waiting.kinds[from];
    if (edge == NULL)
        return overtaking_begin(&self->overtaking, stateset_at(states, from), waits);
    struct overtaking_step step = {stateset_at(states, from), stateset_at(states, edge->target), waits,
                                   (enum waiting_kind)self->waiting.kinds[edge->target],
                                   edge->thread == self->overtaking.thread &&
                                       !waiting_is_flush(&self->search->graph, edge)};
    return overtaking_next(&self->overtaking, &step, mode);
}

static bool is_overtaken(const void *context, uint32_t state, size_t mode)
{
    const struct bypass *self = context;
    (void)state;
    return mode == self->overtaking.most + 2;
}

static void judge_bypass(struct claim_search *self, struct claim *claim)
{
    struct bypass bypass = {.search = self, .overtaking = {self->machine, claim->thread, (size_t)claim->number}};
    struct product product;
    waiting_start(&bypass.waiting, &self->graph, claim->thread);
    if (product_start(&product, &self->graph, bypass.overtaking.most + 3, overtake_next, &bypass, self->budget)) {
        uint64_t node = product_search(&product, is_overtaken);
        claim->found = node == PRODUCT_NONE ? CLAIM_HOLDS : CLAIM_VIOLATED;
        if (node != PRODUCT_NONE)
            adopt_watched(self, claim, &product, node);
    }
    product_free(&product);
    waiting_free(&bypass.waiting);
}

/* Up to so many states are searched one by one; cells are tried where there are no more control states than that. */
enum { SMALL_STATES = 1 << 14, CELLS_CONTROL_STATES = 1 << 18 };

/* ---- Cells -------------------------------------------------------------------------------------------------------- */

/* A condition can be looked at cell by cell, unless it is about what is printed, or registers must be kept for it that nobody needs. */
static bool is_for_cells(const struct claim *claim)
{
    return !is_of_schedules(claim) && !predicate_reads_output(claim->condition) && !looks_at_registers(claim);
}

static bool are_for_cells(const struct claim_search *self)
{
    const struct outcome *outcome = self->analysis->outcome;
    bool are = !self->analysis->options->no_cells;
    for (size_t c = 0; c < outcome->claim_count && are; c++)
        are = !is_open(&outcome->claims[c]) || is_for_cells(&outcome->claims[c]);
    return are;
}

/* What is never so needs no schedule to be shown; what is so somewhere is decided here where nobody wants to see where. */
static void decide_by_condition(const struct claim_search *self, struct claim *claim,
                                const struct cells_condition *condition)
{
    bool is_wanted = claim->kind == CLAIM_POSSIBLE;
    bool is_met = is_wanted ? condition->is_ever_true : condition->is_ever_false;
    if (is_met && wants_schedule(self))
        return;
    claim->found = is_met == is_wanted ? CLAIM_HOLDS : CLAIM_VIOLATED;
}

/* Decides claims about states by cells, as far as no schedule is to be shown. A limit that is reached is none for the search that follows,
 * which may find more. */
static void decide_by_cells(struct claim_search *self)
{
    struct analysis *analysis = self->analysis;
    struct outcome *outcome = analysis->outcome;
    struct cells cells;
    struct budget own = *self->budget;
    struct cells_condition *asked = memory_new(outcome->claim_count, sizeof *asked);
    size_t count = 0;
    for (size_t c = 0; c < outcome->claim_count; c++)
        if (is_open(&outcome->claims[c]))
            asked[count++] =
                (struct cells_condition){outcome->claims[c].condition, is_of_ends(&outcome->claims[c]), false, false};
    struct cells_options options = {
        .scheduler = analysis->setting.scheduler,
        .system = {analysis->setting.symmetry, false, true, !analysis->options->no_partial_order},
        .jobs = analysis->setting.jobs,
        .max_control_states = CELLS_CONTROL_STATES,
        .conditions = asked,
        .condition_count = count};
    bool is_known = analysis_run_cells(&self->program, self->slice, NULL, &options, &own, &cells) == CELLS_COMPLETE;
    cells_free(&cells);
    for (size_t c = outcome->claim_count; c-- > 0 && is_known;)
        if (is_open(&outcome->claims[c]))
            decide_by_condition(self, &outcome->claims[c], &asked[--count]);
    memory_free(asked);
}

/* Whether there are more states than are as well searched one by one; else they have been. */
static bool is_large(struct claim_search *self, const struct graph_options *options)
{
    struct graph_options small = *options;
    if (self->analysis->options->eager)
        return true;
    if (options->explorer.max_states == 0 || options->explorer.max_states > SMALL_STATES)
        small.explorer.max_states = SMALL_STATES;
    enum explorer_result result = graph_explore(&self->graph, self->machine, self->analysis->setting.scheduler,
                                                self->slice, &small, self->budget);
    self->is_complete = result == EXPLORER_COMPLETE;
    if (result != EXPLORER_TOO_LARGE || small.explorer.max_states == options->explorer.max_states)
        return false;
    graph_free(&self->graph);
    self->graph = (struct graph){0};
    return true;
}

static bool is_any_open(const struct outcome *outcome)
{
    for (size_t c = 0; c < outcome->claim_count; c++)
        if (is_open(&outcome->claims[c]))
            return true;
    return false;
}

/* ---- The search --------------------------------------------------------------------------------------------------- */

static void judge(struct claim_search *self, struct claim *claim)
{
    if (!is_of_schedules(claim)) {
        judge_states(self, claim);
        return;
    }
    if (!self->is_complete)
        return;
    if (!budget_allows(self->budget, self->graph.explorer.states.count * STARVATION_STATE_BYTES))
        return;
    switch (claim->kind) {
    case CLAIM_TERMINATES:
        judge_termination(self, claim);
        break;
    case CLAIM_NO_HANG:
        judge_hang(self, claim);
        break;
    case CLAIM_LEADS_TO:
        judge_leads_to(self, claim);
        break;
    default:
        judge_bypass(self, claim);
        break;
    }
}

/* Why a claim was not decided. */
static char *tell_limit(const struct claim_search *self)
{
    struct text text = TEXT_INIT;
    if (self->budget->limit != BUDGET_OK)
        budget_tell(self->budget, &text);
    else
        text_print(&text, "its search has too many states");
    return text_take(&text);
}

static void search(struct claim_search *self, bool needs_steps)
{
    struct outcome *outcome = self->analysis->outcome;
    struct graph_options options = {
        .explorer = {.phase = "claims", .max_states = self->budget->max_states, .jobs = self->analysis->setting.jobs},
        .edges = needs_steps,
        .bare = true};
    prepare(self);
    if (are_for_cells(self) && is_large(self, &options))
        decide_by_cells(self);
    if (self->graph.slice == NULL && is_any_open(outcome))
        self->is_complete = graph_explore(&self->graph, self->machine, self->analysis->setting.scheduler, self->slice,
                                          &options, self->budget) == EXPLORER_COMPLETE;
    for (size_t c = 0; c < outcome->claim_count; c++) {
        struct claim *claim = &outcome->claims[c];
        if (!is_open(claim))
            continue;
        judge(self, claim);
        memory_free(claim->unfound);
        claim->unfound = claim->found == CLAIM_UNKNOWN ? tell_limit(self) : NULL;
    }
    end_search(self);
}

void analysis_find_claims(struct analysis *self, struct budget *budget)
{
    const struct outcome *outcome = self->outcome;
    struct budget own = *budget; /* a limit that is reached here leaves the rest of the outcome complete */
    struct claim_search claim_search = {.analysis = self, .budget = &own};
    bool is_any = false, needs_steps = false;
    for (size_t c = 0; c < outcome->claim_count; c++) {
        is_any |= is_open(&outcome->claims[c]);
        needs_steps |= is_open(&outcome->claims[c]) && is_of_schedules(&outcome->claims[c]);
    }
    if (!is_any)
        return;
    search(&claim_search, needs_steps);
    if (own.limit == BUDGET_INTERRUPTED)
        budget->limit = own.limit;
}
