#include "apps/simulation.h"

#include "apps/source.h"
#include "base/memory.h"
#include "program/program.h"
#include "report/phrase.h"
#include "schedulers/scheduler.h"
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
        {options->witnesses != WITNESS_MINIMUM, "--witnesses"},
        {options->has_fairness, "--fairness"},
        {options->fences, "--fences"},
        {options->compute != 0, "--compute"},
        {options->explain != EXPLAIN_NOTHING, "--explain"},
        {options->graph != NULL, "--graph"},
        {options->behaviour != NULL, "--behaviour"},
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
        if (from_input && strcmp(options->operands[o], "-") == 0)
            return error_set(error, NULL, 0, 0,
                             "--schedule: the program and the schedule cannot both come from standard input");
    if (name != NULL)
        error_set(error, NULL, 0, 0, "%s is about all schedules (expected no --schedule with it)", name);
    return name == NULL;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

/* Reads the schedule, or what is in its file. An error has its place. */
static bool read_schedule(struct schedule *schedule, const char *given, const struct thread_names *names,
                          struct error *error)
{
    bool is_file = given[0] == '@';
    struct text bytes = TEXT_INIT;
    struct error inner = ERROR_INIT;
    if (is_file && !source_read(given + 1, "a schedule", &bytes, error))
        return false;
    const char *text = is_file ? text_string(&bytes) : given;
    size_t length = is_file ? bytes.length : strlen(given);
    bool good = schedule_read(schedule, text, length, names, SCHEDULE_ACTIONS_MAX, &inner);
    if (!good)
        error_set(error, is_file ? source_name(given + 1) : "--schedule", inner.line, inner.column, "%s", inner.text);
    text_free(&bytes);
    return good;
}

static bool read_for(struct schedule *schedule, const struct examination *examination, struct error *error)
{
    const char **names = program_thread_names(examination->problem.program);
    struct thread_names known = {names, examination->problem.program->thread_count};
    bool good = read_schedule(schedule, examination->options->schedule, &known, error);
    memory_free(names);
    if (!good || examination->options->schedule_then != REPLAY_REPEATS || schedule_step_count(schedule) > 0)
        return good;
    return error_set(error, NULL, 0, 0, "--schedule-then repeat: the schedule is empty (expected steps to repeat)");
}

/* ---- Running ----------------------------------------------------------------------------------------------------- */

/* Says in the outcome what the schedule ended with; returns the value that stands for it there. */
static int64_t note_value(struct outcome *outcome, const struct trace *trace)
{
    const struct observation *observation = &trace->observation;
    int64_t tuple[OBSERVATION_MAX] = {0};
    for (size_t p = 0; p < observation->count; p++) {
        if (trace_is_output(trace, p)) {
            outcome->outputs = outputs_new();
            tuple[p] = outputs_add(outcome->outputs, trace->output != NULL ? trace->output : "");
        } else {
            tuple[p] = trace_final(trace, p);
        }
    }
    int64_t value = observation->count > 1 ? 0 : tuple[0];
    if (observation->count > 1)
        tuples_add(&outcome->tuples, tuple, observation->count);
    outcome->has_values = observation->count > 0;
    intervals_add(&outcome->values, value, value);
    return value;
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
static void add_witness(struct outcome *outcome, const struct scheduler *scheduler, struct trace *trace, int64_t value)
{
    struct outcome_witness *witness = memory_new(1, sizeof *witness);
    witness->end = end_of(trace);
    witness->value = value;
    schedule_append(&witness->schedule, &trace->schedule, 0, trace->schedule.count);
    scheduler_describe_choices(scheduler, &trace->schedule, &witness->parameters, &witness->parameter_count);
    witness->trace = trace;
    outcome->witnesses = witness;
    outcome->witness_count = 1;
}

static void tell(struct simulation *self, const struct scheduler *scheduler, struct outcome *outcome)
{
    struct trace *trace = self->trace;
    outcome->complete = false;
    outcome->incomplete_reason = memory_copy_string("only one schedule was executed (--schedule)");
    outcome->can_deadlock = trace->end == TRACE_DEADLOCKED;
    outcome->can_fail = trace->end == TRACE_FAILED;
    if (outcome->can_fail)
        outcome->failure_text = memory_copy_string(trace->end_text);
    int64_t value = trace->end == TRACE_FINISHED ? note_value(outcome, trace) : trace->value;
    outcome->has_exclusion = trace->overlap_text != NULL;
    self->owns_trace = trace->end == TRACE_UNFINISHED && trace->overlap_text == NULL;
    if (!self->owns_trace)
        add_witness(outcome, scheduler, trace, value);
    claims_judge(outcome);
    claims_place_witnesses(outcome);
}

enum status simulation_run(struct simulation *self, struct examination *examination, struct error *error)
{
    const struct options *options = examination->options;
    struct error inner = ERROR_INIT;
    if (!is_asked_well(options, error) || !read_for(&self->schedule, examination, error))
        return STATUS_USAGE;
    if (!replay_can_begin(examination->problem.scheduler, &self->schedule, &inner)) {
        error_set(error, NULL, 0, 0, "--schedule: %s", inner.text);
        return STATUS_USAGE;
    }
    examination_describe(examination);
    size_t most = schedule_step_count(&self->schedule) + SIMULATION_CONTINUED_MAX;
    self->trace = replay_run_on(examination->problem.program, examination->problem.scheduler, examination->problem.word,
                                &self->schedule, options->schedule_then, most, &inner);
    if (self->trace == NULL) {
        error_set(error, NULL, 0, 0, "--schedule: %s", inner.text);
        return STATUS_VIOLATED;
    }
    self->trace->observation = examination->problem.observation;
    tell(self, examination->problem.scheduler, examination->outcome);
    return STATUS_OK;
}

/* ---- The verdict ------------------------------------------------------------------------------------------------- */

static void print_unfinished(const struct trace *trace, size_t given, enum replay_then then)
{
    struct text who = TEXT_INIT;
    phrase_print_threads(&who, trace, trace->choices);
    if (trace_length(trace) >= given + SIMULATION_CONTINUED_MAX && then != REPLAY_STOPS)
        fprintf(
            stderr,
            "racecheck: INCOMPLETE: after %d more steps the program has not come to its end; perhaps it never does\n",
            SIMULATION_CONTINUED_MAX);
    else if (then == REPLAY_REPEATS)
        fprintf(
            stderr,
            "racecheck: INCOMPLETE: after %zu steps no step of the repeated schedule is possible, and %s could go on\n",
            trace_length(trace), text_string(&who));
    else
        fprintf(stderr,
                "racecheck: INCOMPLETE: the schedule ends after %zu step%s, and %s could go on"
                " (--schedule-then round-robin continues)\n",
                trace_length(trace), trace_length(trace) == 1 ? "" : "s", text_string(&who));
    text_free(&who);
}

enum status simulation_status(const struct simulation *self, const struct examination *examination)
{
    const struct trace *trace = self->trace;
    if (trace->end == TRACE_FAILED) {
        fprintf(stderr, "%s\n", trace->end_text);
        return STATUS_USAGE;
    }
    if (trace->end != TRACE_UNFINISHED)
        return STATUS_OK;
    print_unfinished(trace, schedule_step_count(&self->schedule), examination->options->schedule_then);
    return STATUS_INCOMPLETE;
}

void simulation_free(struct simulation *self)
{
    schedule_free(&self->schedule);
    if (self->owns_trace)
        trace_free(self->trace);
    *self = (struct simulation){0};
}
