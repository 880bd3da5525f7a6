/* Properties: mutual exclusion and starvation. */
#include "analysis/analysis_parts.h"
#include "analysis/hang.h"
#include "analysis/starvation.h"
#include "base/fault.h"
#include "base/memory.h"
#include "schedulers/scheduler.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* How many states, times threads, are looked at for starvation that nobody asked about. */
static const uint64_t unasked_states = 200000;

/* ---- Mutual exclusion ---------------------------------------------------------------------------------------- */

/* Whether a thread that runs straight is in a critical section at the beginning of some step; and whether, in some of them, it does
 * not share it. */
static bool enters(const struct machine *machine, size_t thread, size_t section, bool *is_alone)
{
    bool enters = false;
    for (uint32_t i = 0; i < machine_instruction_count(machine, thread); i++) {
        if (!machine_is_inside(machine, thread, i, section) || !machine_begins_step(machine, thread, i))
            continue;
        enters = true;
        *is_alone |= !machine_shares_section(machine, thread, i, section);
    }
    return enters;
}

/* In a grid all combinations of positions can be reached: one who is to be alone meets whoever else enters. */
static bool grid_overlaps(const struct machine *machine)
{
    for (size_t s = 0; s < machine_section_count(machine); s++) {
        size_t threads = 0;
        bool is_alone = false;
        for (size_t t = 0; t < machine_thread_count(machine); t++)
            threads += enters(machine, t, s, &is_alone);
        if (threads >= 2 && is_alone)
            return true;
    }
    return false;
}

void analysis_note_exclusion(struct analysis *self, bool explored)
{
    struct outcome *outcome = self->outcome;
    bool overlaps = self->outcome->by_cells ? self->cells_overlap
                    : self->setting.grid    ? grid_overlaps(self->machine)
                                            : self->main.graph != NULL && self->main.graph->overlaps;
    outcome->has_exclusion = machine_section_count(self->machine) > 0 && (explored || overlaps);
    outcome->is_exclusive = outcome->has_exclusion && !overlaps;
}

/* ---- Lassos -------------------------------------------------------------------------------------------------- */

/* Whether a thread is inside some critical section before a step of its own. */
static bool is_inside(const struct machine *machine, const struct trace_step *step)
{
    for (size_t s = 0; s < machine_section_count(machine); s++)
        if (machine_is_inside(machine, step->thread, step->index, s))
            return true;
    return false;
}

/* Whether two rounds of a loop, replayed behind its stem, keep the thread waiting in the same way while others step. */
static bool keeps_waiting(const struct analysis *self, const struct trace *trace, size_t thread,
                          const struct lasso *lasso)
{
    size_t first = trace_find_step(trace, lasso->stem_count), others = 0;
    size_t again = trace_find_step(trace, lasso->stem_count + lasso->loop_count), count = trace->step_count - again;
    if (again - first != count || !trace_repeats(trace, first, again, count))
        return false;
    for (size_t i = first; i < again; i++) {
        const struct trace_step *step = &trace->steps[i];
        others += step->thread != thread;
        if (step->thread == thread && !trace_goes_on(trace, i) && (step->is_return || is_inside(self->machine, step)))
            return false;
    }
    return others > 0;
}

/* Executes the lasso with its loop twice, and fills in what it is: stem and one round. */
static void replay_lasso(const struct analysis *self, size_t thread, const struct lasso *lasso,
                         struct outcome_wait *wait)
{
    const struct schedule *once = &lasso->schedule;
    struct schedule twice = {0};
    schedule_append(&twice, once, 0, once->count);
    schedule_append(&twice, once, once->count - lasso->loop_count, lasso->loop_count);
    struct trace *trace = analysis_replay(self, &twice);
    if (!keeps_waiting(self, trace, thread, lasso))
        fault("a loop does not keep %s waiting", wait->thread);
    trace_free(trace);
    schedule_free(&twice);
    wait->trace = analysis_replay(self, once);
    schedule_append(&wait->schedule, &wait->trace->schedule, 0, once->count);
    scheduler_describe_choices(self->setting.scheduler, once, &wait->parameters, &wait->parameter_count);
}

static void adopt_lasso(const struct analysis *self, size_t thread, const struct lasso *lasso,
                        struct outcome_wait *wait)
{
    wait->stem_count = lasso->stem_count;
    wait->loop_count = lasso->loop_count;
    replay_lasso(self, thread, lasso, wait);
}

/* ---- Starvation ---------------------------------------------------------------------------------------------- */

static void judge_thread(struct analysis *self, const struct graph *graph, size_t thread, struct outcome_wait *wait)
{
    struct starvation starvation;
    starvation_judge(&starvation, graph, thread, self->options->fairness);
    wait->thread = memory_copy_string(machine_thread_name(self->machine, thread));
    wait->starves = starvation.starves;
    wait->is_bounded = starvation.is_bounded;
    wait->steps = starvation.steps;
    wait->ticks = starvation.ticks;
    if (starvation.starves)
        adopt_lasso(self, thread, &starvation.lasso, wait);
    starvation_free(&starvation);
}

static void judge_threads(struct analysis *self, const struct graph *graph)
{
    struct outcome *outcome = self->outcome;
    outcome->fairness = self->options->fairness;
    outcome->wait_count = machine_thread_count(self->machine);
    outcome->waits = memory_new(outcome->wait_count, sizeof *outcome->waits);
    for (size_t t = 0; t < outcome->wait_count; t++) {
        judge_thread(self, graph, t, &outcome->waits[t]);
        outcome->can_starve |= outcome->waits[t].starves;
    }
    outcome->has_starvation = true;
}

/* The schedule of the first thread that starves violates the claim that none does. */
static void adopt_starvation(struct analysis *self)
{
    struct outcome *outcome = self->outcome;
    size_t c = 0, w = 0;
    while (c < outcome->claim_count && outcome->claims[c].kind != CLAIM_NO_STARVATION)
        c++;
    while (w < outcome->wait_count && !outcome->waits[w].starves)
        w++;
    if (c == outcome->claim_count || w == outcome->wait_count || !analysis_wants(self, QUESTION_WITNESS) ||
        self->options->witness == WITNESS_NONE)
        return;
    const struct outcome_wait *wait = &outcome->waits[w];
    struct outcome_witness witness = {.end = OUTCOME_ENDLESS,
                                      .claim = c + 1,
                                      .wait = w + 1,
                                      .stem_count = wait->stem_count,
                                      .loop_count = wait->loop_count};
    schedule_append(&witness.schedule, &wait->schedule, 0, wait->schedule.count);
    witness.trace = analysis_replay(self, &wait->schedule);
    scheduler_describe_choices(self->setting.scheduler, &wait->schedule, &witness.parameters, &witness.parameter_count);
    analysis_insert_witness(self, &witness);
}

/* Whether some schedule that is fair goes on for ever, and the shortest one to where no end can be reached. */
static void judge_endless(struct analysis *self, const struct graph *graph)
{
    struct outcome *outcome = self->outcome;
    uint32_t first = analysis_wants_witness(self, OUTCOME_HANG) ? hang_find_first(graph) : STATESET_NONE, entry;
    bool *all = memory_new(graph->explorer.states.count + 1, sizeof *all);
    memset(all, true, graph->explorer.states.count);
    outcome->fair_endless = starvation_find_loop(graph, all, NULL, self->options->fairness, NULL, &entry);
    outcome->has_fair_endless = true;
    memory_free(all);
    /* Of a program that hangs from its start there is nothing to show. */
    bool is_start = first < graph->explorer.start_count && self->options->witness != WITNESS_HANG;
    if (first == STATESET_NONE || is_start ||
        system_is_stuck(graph->explorer.system, stateset_at(&graph->explorer.states, first)))
        return;
    struct witness found = {.preemptions = WITNESS_UNCOUNTED};
    explorer_tell_way(&graph->explorer, first, &found.schedule);
    analysis_adopt_witness(self, OUTCOME_HANG, 0, &found);
}

static bool is_asked(const struct analysis *self)
{
    return self->options->ask_starvation || self->options->witness == WITNESS_HANG ||
           claims_have(self->outcome, CLAIM_NO_STARVATION);
}

/* The states that may be looked at; 0: as many as there are. */
static uint64_t starvation_states(const struct analysis *self)
{
    uint64_t unasked = unasked_states / machine_thread_count(self->machine);
    uint64_t limit = self->options->budget->max_states;
    return !is_asked(self) && (limit == 0 || limit > unasked) ? unasked : limit;
}

static void note_unjudged(struct analysis *self, enum explorer_result result)
{
    const struct budget *budget = self->options->budget;
    if (result == EXPLORER_LIMIT && (budget->limit != BUDGET_MEMORY || budget->memory_was_asked)) {
        analysis_mark_incomplete(self, "starvation could not be computed");
        return;
    }
    if (result == EXPLORER_LIMIT)
        budget_forgive_memory(self->options->budget);
    char reason[64];
    if (result == EXPLORER_LIMIT)
        snprintf(reason, sizeof reason, "more memory than the machine leaves");
    else
        snprintf(reason, sizeof reason, "more than %" PRIu64 " states", starvation_states(self));
    outcome_omit(self->outcome, "starvation", reason, is_asked(self) ? "" : "--fairness none");
}

static void judge_all(struct analysis *self, const struct graph *graph)
{
    judge_threads(self, graph);
    adopt_starvation(self);
    judge_endless(self, graph);
}

static void find_starvation(struct analysis *self)
{
    struct graph_options options = {
        .explorer = {.phase = "starvation", .max_states = starvation_states(self)}, .edges = true, .bare = true};
    struct graph graph;
    enum explorer_result result =
        graph_explore(&graph, self->machine, self->setting.scheduler, self->slice, &options, self->options->budget);
    if (result == EXPLORER_COMPLETE &&
        !budget_allows(self->options->budget, graph.explorer.states.count * STARVATION_STATE_BYTES))
        result = EXPLORER_LIMIT;
    if (result == EXPLORER_COMPLETE)
        judge_all(self, &graph);
    else
        note_unjudged(self, result);
    graph_free(&graph);
}

void analysis_find_properties(struct analysis *self)
{
    if (self->outcome->complete && (is_asked(self) || self->outcome->endless))
        find_starvation(self);
}
