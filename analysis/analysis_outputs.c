/* What is printed: all of it as an automaton, and which of it states are to tell apart. */
#include "analysis/analysis_parts.h"
#include "analysis/printed_number.h"
#include "base/memory.h"
#include "schedulers/scheduler.h"

/* As many outputs are told one by one; of more the least and the greatest ones, and what is asked for. */
static const uint64_t outputs_max_default = 1000;

/* For estimates only: a step of a graph whose states hold what was printed, with all that is folded over it. */
static const double step_seconds = 2e-6;
static const double step_bytes = 150;

/* To count schedules along an automaton. */
static const double counted_step_bytes = 500;
enum { COUNTED_STEPS_MAX = 4000000 };

enum { QUESTIONS_BY_OUTPUT = QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS | QUESTION_WITNESS };

static void drop_output(struct observation *self)
{
    size_t kept = 0;
    for (size_t p = 0; p < self->count; p++)
        if (self->places[p].thread != OBSERVED_OUTPUT)
            self->places[kept++] = self->places[p];
    self->count = kept;
}

/* Whether the states may be told apart by what was printed of some outputs. It is known how many steps there are then. */
static bool affords(struct analysis *self, const struct outputs *outputs)
{
    double patience = analysis_patience(self, QUESTIONS_BY_OUTPUT), left = (double)budget_left(self->options->budget);
    double most = patience / step_seconds < left / step_bytes ? patience / step_seconds : left / step_bytes;
    if (analysis_insists(self, QUESTIONS_BY_OUTPUT))
        return true;
    double steps = (double)behaviour_measure(self->outcome->behaviour, outputs, (uint64_t)most);
    if (steps <= most)
        return true;
    struct estimate estimate = {steps * step_seconds, steps * step_bytes};
    char cost[96];
    estimate_print(&estimate, cost, sizeof cost);
    char *reason = text_format("%s, or more", cost);
    analysis_omit_if_wanted(self, QUESTIONS_BY_OUTPUT, "outputs one by one", reason,
                            "--compute counts,random,preemptions");
    memory_free(reason);
    return false;
}

/* Of very many outputs, those that are told: whatever else is printed is one more. */
static struct outputs *choose_some(struct analysis *self)
{
    const struct analysis_options *options = self->options;
    const struct behaviour *behaviour = self->outcome->behaviour;
    if (behaviour->is_of_prefixes || !analysis_wants(self, QUESTIONS_BY_OUTPUT))
        return NULL;
    const char **asked = memory_new(options->witness_end_count + 1, sizeof *asked);
    for (size_t e = 0; e < options->witness_end_count; e++)
        asked[e] = options->witness_ends[e].output;
    struct outputs *outputs = behaviour_outputs_of(behaviour, asked, options->witness_end_count);
    memory_free(asked);
    if (affords(self, outputs))
        return outputs;
    outputs_free(outputs);
    return NULL;
}

/* Whether a loop adds to values each time round, so that there may be no end of what is printed. What is printed is data here. */
static bool can_grow(struct analysis *self)
{
    struct observation rest = self->observation;
    struct prepared_space space = {0};
    drop_output(&rest);
    struct machine *whole = machine_new(&self->annotated, NULL, false);
    struct slice *slice = slice_new_for(whole, &rest, false);
    struct machine *machine = machine_new(&self->annotated, slice->data, false);
    struct prepared_space_setting setting = analysis_setting(self, machine, slice);
    enum prepared_space_result result =
        prepared_space_open(&space, &setting, &(struct prepared_space_options){.edges = true});
    bool grows = result == PREPARED_SPACE_READY && space.space->grows;
    prepared_space_close(&space);
    machine_free(machine);
    slice_free(slice);
    machine_free(whole);
    return grows;
}

static bool find_within(struct analysis *self, uint64_t max_states)
{
    const struct scheduler *scheduler = self->options->scheduler;
    return behaviour_find(self->outcome->behaviour, &self->annotated,
                          scheduler != NULL ? scheduler : scheduler_free_choice(), max_states, self->options->budget);
}

/* Goes on beyond so many states only where it comes to an end. */
static bool find_behaviour(struct analysis *self)
{
    const struct budget *budget = self->options->budget;
    self->outcome->behaviour = memory_new(1, sizeof *self->outcome->behaviour);
    if (find_within(self, self->options->no_slice ? 0 : GROWTH_SIGHT))
        return true;
    if (budget->limit != BUDGET_OK)
        return false;
    if (can_grow(self)) {
        outcome_omit(
            self->outcome, "outputs",
            "a loop adds to a value each time round; the search of all that is printed saw no end of it within a"
            " million states (--slice off goes on)",
            "");
        return false;
    }
    behaviour_free(self->outcome->behaviour);
    return budget->limit == BUDGET_OK && find_within(self, 0);
}

static void count_schedules(struct analysis *self)
{
    double left = (double)budget_left(self->options->budget) / counted_step_bytes;
    behaviour_count_schedules(self->outcome->behaviour, left < COUNTED_STEPS_MAX ? (uint64_t)left : COUNTED_STEPS_MAX);
}

/* Where the output is one number, that is a value to be followed like others: nothing has to be known of it before. */
static bool follow_number(struct analysis *self)
{
    const struct analysis_options *options = self->options;
    bool is_alone = self->observation.count == 1 && options->outputs_max == 0;
    if (!is_alone || options->no_slice || options->count_behaviour)
        return false;
    self->outputs = printed_number_find(&self->annotated);
    self->outcome->has_all_outputs = self->outputs != NULL;
    return self->outputs != NULL;
}

/* Where no schedule ends, what is printed on the way counts. */
static void find_prefixes(struct analysis *self)
{
    self->annotated.outputs = NULL;
    self->outcome->has_behaviour = find_behaviour(self);
    behaviour_settle(self->outcome->behaviour);
    self->annotated.outputs = self->outputs;
}

void analysis_settle_outputs(struct analysis *self)
{
    struct outcome *outcome = self->outcome;
    if (self->outputs == NULL || !self->outputs->is_number || outcome->behaviour != NULL)
        return;
    if (outcome->has_values && outcome->values.count == 0) {
        find_prefixes(self);
        return;
    }
    outcome->behaviour = memory_new(1, sizeof *outcome->behaviour);
    char **texts = memory_new(outcome->row_count, sizeof *texts);
    for (size_t r = 0; r < outcome->row_count; r++)
        texts[r] = outputs_text(self->outputs, outcome->rows[r].value);
    outcome->has_behaviour = behaviour_make(outcome->behaviour, texts, outcome->row_count, self->options->budget);
    behaviour_settle(outcome->behaviour);
    for (size_t r = 0; r < outcome->row_count; r++)
        memory_free(texts[r]);
    memory_free(texts);
}

static void tell_apart(struct analysis *self)
{
    struct outcome *outcome = self->outcome;
    outcome->has_behaviour = find_behaviour(self);
    if (outcome->has_behaviour) {
        uint64_t most = self->options->outputs_max;
        self->outputs = behaviour_outputs(outcome->behaviour, most > 0 ? most : outputs_max_default);
        outcome->has_all_outputs = self->outputs != NULL;
        if (self->outputs == NULL)
            self->outputs = choose_some(self);
        if (self->options->count_behaviour)
            count_schedules(self);
    }
    behaviour_settle(outcome->behaviour);
}

void analysis_find_outputs(struct analysis *self)
{
    struct outcome *outcome = self->outcome;
    if (!follow_number(self))
        tell_apart(self);
    self->annotated.outputs = self->outputs;
    outcome->outputs = self->outputs;
    if (self->outputs == NULL)
        drop_output(&self->observation);
}
