#include "apps/turns_simulation.h"

#include "apps/delivery.h"
#include "apps/source.h"
#include "base/memory.h"
#include "report/json.h"
#include "report/text_report.h"
#include "schedulers/scheduler.h"
#include "trace/turns_replay.h"

#include <string.h>

struct turns_simulation {
    struct examination *examination;
    struct turns turns;
    struct turns_end end;
};

static bool read_turns(struct turns_simulation *self, struct error *error)
{
    const char *given = self->examination->options->schedule;
    const struct program *program = self->examination->problem.program;
    bool is_file = given[0] == '@';
    struct text bytes = TEXT_INIT;
    struct error inner = ERROR_INIT;
    if (is_file && !source_read(given + 1, "a schedule", &bytes, error))
        return false;
    const char **names = program_thread_names(program);
    struct thread_names known = {names, program->thread_count};
    const char *text = is_file ? text_string(&bytes) : given;
    bool good = turns_read(&self->turns, text, is_file ? bytes.length : strlen(given), &known, &inner);
    if (!good)
        error_set(error, is_file ? source_name(given + 1) : "--schedule", inner.line, inner.column, "%s", inner.text);
    memory_free(names);
    text_free(&bytes);
    return good;
}

static void write_report(void *context, FILE *stream)
{
    const struct turns_simulation *self = context;
    const struct program *program = self->examination->problem.program;
    const char **names = program_thread_names(program);
    struct text_report_options options = {.terminal = terminal_detect(stream)};
    text_report_turns(stream, self->examination->outcome, &(struct thread_names){names, program->thread_count},
                      &self->turns, &options);
    memory_free(names);
}

static void write_result(void *context, FILE *stream)
{
    const struct turns_simulation *self = context;
    json_write_result(stream, self->examination->outcome, false);
}

/* A schedule alone is no whole analysis. */
static void tell(struct turns_simulation *self)
{
    struct outcome *outcome = self->examination->outcome;
    uint32_t word;
    examination_describe(self->examination);
    outcome->incomplete_reason = memory_copy_string("only one schedule was executed (--schedule)");
    outcome->depth = self->end.steps;
    outcome->has_values = self->end.is_finished && observation_is_word(&self->examination->problem.observation, &word);
    if (outcome->has_values)
        intervals_add(&outcome->values, self->end.words[word], self->end.words[word]);
    claims_judge(outcome);
}

static enum status execute(struct turns_simulation *self, struct error *error)
{
    const struct options *options = self->examination->options;
    struct error inner = ERROR_INIT;
    if (!scheduler_is_free(self->examination->problem.scheduler)) {
        error_set(
            error, NULL, 0, 0,
            "--schedule: the threads have too many instructions to be looked at one by one (expected the free scheduler)");
        return STATUS_USAGE;
    }
    if (!read_turns(self, error))
        return STATUS_USAGE;
    if (!turns_replay(self->examination->problem.program, &self->turns, &self->end, &inner)) {
        error_set(error, NULL, 0, 0, "--schedule: %s", inner.text);
        return STATUS_VIOLATED;
    }
    tell(self);
    if (!deliver(options->json, write_result, self, error) ||
        !deliver(delivery_report_path(options), write_report, self, error))
        return STATUS_USAGE;
    if (examination_is_violated(self->examination))
        return STATUS_VIOLATED;
    if (self->end.is_finished)
        return STATUS_OK;
    fputs("racecheck: INCOMPLETE: the schedule ends, and some thread could go on\n", stderr);
    return STATUS_INCOMPLETE;
}

enum status turns_simulation_run(struct examination *examination, struct error *error)
{
    struct turns_simulation self = {.examination = examination};
    enum status status = execute(&self, error);
    turns_end_free(&self.end);
    turns_free(&self.turns);
    return status;
}
