#include "analysis/analysis_parts.h"

#include "base/arithmetic.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "schedulers/scheduler.h"
#include "space/macrostep.h"

#include <stdarg.h>
#include <stdio.h>

/* What a question may cost by default, in seconds; the values are what everybody came for. */
static const double patience_default = 4;
static const double patience_values = 120;

/* What is told value by value needs the values. */
static unsigned with_needs(unsigned questions)
{
    bool by_value = (questions & (QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS)) != 0;
    return by_value ? questions | QUESTION_VALUES : questions;
}

bool analysis_wants(const struct analysis *self, unsigned question)
{
    return (with_needs(self->options->questions | self->options->insist) & question) != 0;
}

bool analysis_insists(const struct analysis *self, unsigned question)
{
    return (with_needs(self->options->insist) & question) != 0;
}

/* ---- Limits -------------------------------------------------------------------------------------------------- */

void analysis_mark_incomplete(struct analysis *self, const char *why)
{
    const struct budget *budget = self->options->budget;
    struct text text = TEXT_INIT;
    if (budget->limit == BUDGET_OK)
        text_print(&text, "%s", why);
    budget_tell(budget, &text);
    self->outcome->complete = false;
    memory_free(self->outcome->incomplete_reason);
    self->outcome->incomplete_reason = text_take(&text);
}

void analysis_explain(struct analysis *self, const char *format, ...)
{
    struct text text = TEXT_INIT;
    va_list arguments;
    if (!self->options->explain)
        return;
    text_print(&text, "%s", self->outcome->explanation != NULL ? self->outcome->explanation : "");
    va_start(arguments, format);
    text_print_list(&text, format, arguments);
    va_end(arguments);
    memory_free(self->outcome->explanation);
    self->outcome->explanation = text_take(&text);
}

/* ---- What is left out ---------------------------------------------------------------------------------------- */

static void omit(struct analysis *self, const char *name, const char *reason)
{
    char remedy[64];
    snprintf(remedy, sizeof remedy, "--compute %s", name);
    outcome_omit(self->outcome, name, reason, remedy);
}

/* A question that would take no longer than the patience, but more memory than there is. The user's own limit makes the
 * outcome incomplete; the machine's only leaves the question out. */
static void omit_for_memory(struct analysis *self, const char *name, const char *reason)
{
    struct budget *budget = self->options->budget;
    omit(self, name, reason);
    if (!budget->memory_was_asked)
        return;
    budget->limit = budget->limit == BUDGET_OK ? BUDGET_MEMORY : budget->limit;
    analysis_mark_incomplete(self, reason);
}

double analysis_patience(const struct analysis *self, unsigned question)
{
    double patience = self->options->patience > 0 ? self->options->patience : patience_default;
    bool is_for_values = (question & (QUESTION_EXTREMES | QUESTION_VALUES)) != 0;
    return is_for_values && patience < patience_values ? patience_values : patience;
}

/* Whether an estimate is within the patience and the memory that is left; if not, the question is left out. */
bool analysis_affords(struct analysis *self, unsigned question, const char *name, const struct estimate *estimate)
{
    bool is_quick = estimate->seconds <= analysis_patience(self, question);
    bool fits = estimate->bytes < (double)budget_left(self->options->budget);
    if (analysis_insists(self, question) || (is_quick && fits))
        return true;
    char reason[96];
    estimate_print(estimate, reason, sizeof reason);
    if (is_quick)
        omit_for_memory(self, name, reason);
    else
        omit(self, name, reason);
    return false;
}

void analysis_omit_if_wanted(struct analysis *self, unsigned question, const char *name, const char *reason,
                             const char *remedy)
{
    if (analysis_wants(self, question))
        outcome_omit(self->outcome, name, reason, remedy);
}

/* A fold for a question did not come to its end. Where only the memory was short and nobody insists, the question is left
 * out and the rest of the outcome stands; otherwise the outcome is incomplete. */
void analysis_give_up(struct analysis *self, unsigned question, const char *name)
{
    struct budget *budget = self->options->budget;
    if (budget->limit == BUDGET_MEMORY && !budget->memory_was_asked && !analysis_insists(self, question)) {
        budget_forgive_memory(budget);
        omit(self, name, "more memory than the machine leaves");
        return;
    }
    char why[64];
    snprintf(why, sizeof why, "%s could not be computed", name);
    analysis_mark_incomplete(self, why);
}

/* ---- What the questions share ---------------------------------------------------------------------------------- */

struct outcome_row *analysis_row(struct outcome *outcome, int64_t value)
{
    struct outcome_row *row = (struct outcome_row *)outcome_row(outcome, value);
    if (row == NULL)
        fault("value %lld has schedules but was not found among the values", (long long)value);
    return row;
}

struct prepared_space_setting analysis_setting(const struct analysis *self, struct machine *machine,
                                               const struct slice *slice)
{
    const struct analysis_options *options = self->options;
    return (struct prepared_space_setting){
        .machine = machine,
        .slice = slice,
        .scheduler = options->scheduler != NULL ? options->scheduler : scheduler_free_choice(),
        .symmetry = !options->no_symmetry,
        .eager = options->eager,
        .jobs = options->jobs > 0 ? options->jobs : parallel_processors(),
        .budget = options->budget,
    };
}

/* The space in which every step is its own. */
struct prepared_space *analysis_exact_space(struct analysis *self)
{
    if (self->main.grid == NULL || !self->outcome->fused)
        return &self->main;
    if (self->exact.setting == NULL)
        prepared_space_open(&self->exact, &self->setting, &(struct prepared_space_options){0});
    return self->exact.space != NULL ? &self->exact : NULL;
}

enum prepared_space_result analysis_open_whole(const struct analysis *self, uint64_t max_states, bool edges,
                                               struct whole_space *whole)
{
    uint64_t asked = self->options->budget->max_states;
    *whole = (struct whole_space){.budget = *self->options->budget, .setting = self->setting};
    whole->slice = slice_new_for(self->whole, &self->observation, true);
    whole->machine = machine_new(self->program, whole->slice->data, false);
    if (max_states != 0 && (asked == 0 || asked > max_states))
        whole->budget.max_states = max_states;
    whole->setting.machine = whole->machine;
    whole->setting.slice = whole->slice;
    whole->setting.grid = false;
    whole->setting.budget = &whole->budget;
    return prepared_space_open(&whole->prepared, &whole->setting, &(struct prepared_space_options){.edges = edges});
}

void analysis_close_whole(struct whole_space *whole)
{
    prepared_space_close(&whole->prepared);
    machine_free(whole->machine);
    slice_free(whole->slice);
}

bool analysis_have_ranges(struct prepared_space *prepared)
{
    struct extremes extremes;
    if (prepared->has_ranges)
        return true;
    return prepared_space_find_extremes(prepared, &extremes) == FOLD_COMPLETE;
}

double analysis_value_width(const struct analysis *self, const struct space *space)
{
    uint64_t unit = space->common_addend > 0 ? space->common_addend : 1;
    if (self->extremes.least > self->extremes.greatest)
        return 1;
    if (space->slots.observed == SLOT_NONE)
        return (double)intervals_size(&self->outcome->values);
    return ((double)self->extremes.greatest - (double)self->extremes.least) / (double)unit + 1;
}

static uint64_t saturated_product(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

uint64_t analysis_instructions(const struct machine *machine)
{
    uint64_t instructions = 0;
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        instructions += machine_instruction_count(machine, t);
    return instructions;
}

uint64_t analysis_steps(const struct machine *machine)
{
    uint64_t steps = 0;
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        steps += machine_step_count(machine, t);
    return steps;
}

uint64_t analysis_longest(const struct prepared_space *prepared)
{
    const struct graph *graph = prepared->graph;
    if (graph != NULL && graph->has_edges && !graph->space.cyclic)
        return graph->longest;
    if (graph != NULL)
        return saturated_product(graph->space.states, macrostep_longest(graph->explorer.system));
    return analysis_steps(prepared->setting->machine);
}

uint64_t analysis_greatest_addend(const struct prepared_space *prepared, const bool *locations)
{
    const struct machine *machine = prepared->setting->machine;
    uint64_t greatest = prepared->space->greatest_addend;
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        for (uint32_t i = 0; i < machine_instruction_count(machine, t); i++) {
            struct effect effect;
            machine_effect(machine, t, i, &effect);
            for (size_t a = 0; a < effect.assignment_count; a++) {
                uint64_t magnitude = arithmetic_magnitude(effect.assignments[a].constant);
                bool counts = locations == NULL || locations[effect.assignments[a].target];
                greatest = counts && magnitude > greatest ? magnitude : greatest;
            }
        }
    return greatest;
}

/* Whether some location that the program uses is not stored in the states, be it observed or not. */
static bool has_data(const struct prepared_space *prepared)
{
    const struct slice *slice = prepared->setting->slice;
    for (location_id l = 0; l < slice->location_count; l++)
        if (slice->data[l] && machine_is_mentioned(prepared->setting->machine, l))
            return true;
    return false;
}

bool analysis_may_overflow(const struct prepared_space *prepared)
{
    const struct machine *machine = prepared->setting->machine;
    if (!has_data(prepared))
        return false;
    if (prepared->space->overflows)
        return true;
    uint64_t first = slice_greatest_first(prepared->setting->slice, machine), growth;
    uint64_t addend = analysis_greatest_addend(prepared, NULL);
    return __builtin_add_overflow(analysis_longest(prepared), 1, &growth) ||
           __builtin_mul_overflow(growth, machine_longest_step(machine), &growth) ||
           __builtin_mul_overflow(growth, addend, &growth) || __builtin_add_overflow(first, growth, &growth) ||
           growth >= machine_greatest_sum(machine);
}
