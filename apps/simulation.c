#include "apps/simulation.h"

#include "base/memory.h"
#include "report/setting.h"
#include "trace/replay.h"

#include <string.h>

/* ---- What goes together ------------------------------------------------------------------------------------------ */

/* The option that asks for more than one schedule can tell, or NULL. */
static const char *misplaced_option(const struct options *options)
{
    const struct {
        bool given;
        const char *name;
    } questions[] = {
        {options->has_value, "--value"},
        {strcmp(options->witnesses, "minimum") != 0, "--witnesses"},
        {options->has_fairness, "--fairness"},
        {options->compute != 0, "--compute"},
        {options->explain, "--explain"},
        {options->graph != NULL, "--graph"},
        {options->certificate != NULL, "--certificate"},
        {options->upper_certificate != NULL, "--upper-certificate"},
    };
    for (size_t q = 0; q < sizeof questions / sizeof questions[0]; q++)
        if (questions[q].given)
            return questions[q].name;
    return NULL;
}

static bool is_asked_well(const struct options *options, struct error *error)
{
    const char *name = misplaced_option(options);
    bool from_input = strcmp(options->schedule, "@-") == 0;
    for (size_t o = 0; o < options->operand_count && name == NULL; o++)
        if (from_input && strcmp(options->operands[o], "-") == 0) {
            error_set(error, NULL, 0, 0,
                      "--schedule: both the program and the schedule are to come from standard input");
            return false;
        }
    if (name != NULL)
        error_set(error, NULL, 0, 0, "%s asks about all schedules (expected no --schedule beside it)", name);
    return name == NULL;
}

/* A schedule is a list of threads: whatever else the scheduler could choose must be said. */
static bool is_settled(const struct examination *examination, struct error *error)
{
    const struct scheduler *scheduler = examination->scheduler;
    const char *name = scheduler_open_choice(scheduler, examination->program->thread_count);
    if (name == NULL)
        return true;
    error_set(error, NULL, 0, 0,
              "--schedule: the %s of the %s scheduler is open (expected --%s with a number beside it)", name,
              scheduler->kind->name, name);
    return false;
}

/* ---- Running ----------------------------------------------------------------------------------------------------- */

static void note_value(struct outcome *outcome, const struct trace *trace)
{
    outcome->has_values = true;
    intervals_add(&outcome->values, trace->value, trace->value);
}

static enum outcome_end end_of(const struct trace *trace)
{
    switch (trace->end) {
    case TRACE_FINISHED:
        return OUTCOME_VALUE;
    case TRACE_DEADLOCKED:
        return OUTCOME_DEADLOCK;
    case TRACE_FAILED:
        return OUTCOME_FAILURE;
    case TRACE_UNFINISHED:
        break;
    }
    return OUTCOME_OVERLAP;
}

/* The outcome takes the trace. */
static void add_witness(struct outcome *outcome, struct trace *trace)
{
    struct outcome_witness *witness = memory_new(1, sizeof *witness);
    witness->end = end_of(trace);
    witness->value = trace->value;
    witness->step_count = trace->step_count;
    witness->threads = memory_new(trace->step_count, sizeof *witness->threads);
    for (size_t s = 0; s < trace->step_count; s++)
        witness->threads[s] = trace->steps[s].thread;
    witness->parameters = property_copy_list(outcome->parameters, outcome->parameter_count);
    witness->parameter_count = outcome->parameter_count;
    witness->trace = trace;
    outcome->witnesses = witness;
    outcome->witness_count = 1;
}

static void tell(struct simulation *self, struct outcome *outcome)
{
    struct trace *trace = self->trace;
    outcome->complete = false;
    outcome->incomplete_reason = memory_copy_string("one schedule was executed, and no other looked at (--schedule)");
    outcome->can_deadlock = trace->end == TRACE_DEADLOCKED;
    outcome->can_fail = trace->end == TRACE_FAILED;
    if (outcome->can_fail)
        outcome->failure_text = memory_copy_string(trace->end_text);
    if (trace->end == TRACE_FINISHED)
        note_value(outcome, trace);
    outcome->has_exclusion = trace->overlap_text != NULL;
    self->owns_trace = trace->end == TRACE_UNFINISHED && trace->overlap_text == NULL;
    if (!self->owns_trace)
        add_witness(outcome, trace);
    claims_judge(outcome);
    claims_place_witnesses(outcome);
}

enum status simulation_run(struct simulation *self, struct examination *examination, struct error *error)
{
    const struct options *options = examination->options;
    struct error inner = ERROR_INIT;
    if (!is_asked_well(options, error) || !is_settled(examination, error))
        return STATUS_USAGE;
    if (!turns_read(&self->turns, options->schedule, &inner)) {
        error_set(error, inner.source[0] != '\0' ? inner.source : NULL, 0, 0, "%s%s",
                  inner.source[0] != '\0' ? "" : "--schedule: ", inner.text);
        return STATUS_USAGE;
    }
    examination_describe(examination);
    self->trace = replay_run_on(examination->program, examination->scheduler, examination->word, self->turns.threads,
                                self->turns.count, options->goes_on ? SIMULATION_CONTINUED_MAX : 0, &inner);
    if (self->trace == NULL) {
        error_set(error, NULL, 0, 0, "--schedule: %s", inner.text);
        return STATUS_VIOLATED;
    }
    tell(self, examination->outcome);
    return STATUS_OK;
}

/* ---- The verdict ------------------------------------------------------------------------------------------------- */

enum status simulation_status(const struct simulation *self, const struct examination *examination)
{
    const struct trace *trace = self->trace;
    if (trace->end == TRACE_FAILED) {
        fprintf(stderr, "%s\n", trace->end_text);
        return STATUS_USAGE;
    }
    if (trace->end != TRACE_UNFINISHED)
        return STATUS_OK;
    struct text who = TEXT_INIT;
    setting_print_threads(&who, trace, trace->choices);
    if (examination->options->goes_on)
        fprintf(
            stderr,
            "racecheck: INCOMPLETE: %d steps went on from there, and the program has not come to its end; perhaps it"
            " never does\n",
            SIMULATION_CONTINUED_MAX);
    else
        fprintf(stderr,
                "racecheck: INCOMPLETE: the schedule is over after %zu step%s, and %s could go on"
                " (--schedule-then round-robin goes on)\n",
                trace->step_count, trace->step_count == 1 ? "" : "s", text_string(&who));
    text_free(&who);
    return STATUS_INCOMPLETE;
}

void simulation_free(struct simulation *self)
{
    turns_free(&self->turns);
    if (self->owns_trace)
        trace_free(self->trace);
    *self = (struct simulation){0};
}
