/* racecheck replay: a witness file -> program -> trace -> verdict. */
#include "trace/replay.h"

#include "analysis/claim_replay.h"
#include "apps/c_executable.h"
#include "apps/commands.h"
#include "apps/compiler.h"
#include "apps/delivery.h"
#include "apps/native_execution.h"
#include "apps/real_execution.h"
#include "report/dot.h"
#include "report/replay_document.h"
#include "report/text_report.h"
#include "report/witness_file.h"
#include "schedulers/problem.h"

#include <string.h>

/* A replay under way. */
struct replay_command {
    const struct options *options;
    const struct witness_file *claim;
    struct trace *trace;
    struct real_run real;     /* with --real */
    struct gdb_script script; /* with --gdb */
    const struct program *program;
};

static const struct real_run *real_run_of(const struct replay_command *self)
{
    return self->options->real ? &self->real : NULL;
}

/* The problem that a witness is about. */
static struct problem problem_of(const struct witness_file *claim, const char *path)
{
    return (struct problem){
        .name = claim->model,
        .source = path,
        .text = claim->text,
        .length = strlen(claim->text),
        .threads = claim->threads,
        .iters = claim->iters,
        .symbols = claim->symbols,
        .symbol_count = claim->symbol_count,
        .registers = claim->registers,
        .observe = claim->observe[0] != '\0' ? claim->observe : NULL,
        .kind = claim->scheduler,
        .parameters = claim->parameters,
        .parameter_count = claim->parameter_count,
    };
}

static void write_report(void *context, FILE *stream)
{
    const struct replay_command *self = context;
    struct text_report_options options = {.terminal = terminal_detect(stream), .full = self->options->full};
    text_report_replay(stream, self->claim, self->trace, real_run_of(self), &options);
}

static void write_document(void *context, FILE *stream)
{
    const struct replay_command *self = context;
    replay_document_write(stream, self->claim, self->trace, real_run_of(self));
}

static void write_commands(void *context, FILE *stream)
{
    struct replay_command *self = context;
    gdb_script_write(&self->script, stream, self->real.interpreter, self->program->name,
                     native_execution_first(self->program));
}

static void write_drawing(void *context, FILE *stream)
{
    const struct replay_command *self = context;
    dot_write_trace(stream, self->trace, self->claim->model);
}

/* An error whose place is the witness file. */
static void place_error(struct error *error, const char *path)
{
    struct error reason = *error;
    *error = ERROR_INIT;
    error_set(error, path, 0, 0, "%s", reason.text);
}

static enum status report(struct replay_command *self, struct error *error)
{
    bool is_led = self->options->real && real_run_agrees(&self->real);
    if (!deliver(is_led ? self->options->gdb : NULL, write_commands, self, error) ||
        !deliver(self->options->dot, write_drawing, self, error) ||
        !deliver(self->options->json, write_document, self, error) ||
        !deliver(delivery_report_path(self->options), write_report, self, error))
        return STATUS_USAGE;
    if (!witness_file_holds(self->claim, self->trace))
        error_set(error, NULL, 0, 0, "the schedule does not end as the witness claims");
    else if (self->options->real && !real_run_agrees(&self->real))
        error_set(error, NULL, 0, 0, "the real program does not end as predicted");
    return error->set ? STATUS_VIOLATED : STATUS_OK;
}

/* Whether the schedule decides the claim that it is to decide, and goes round where it is to. */
static bool judge(struct witness_file *witness, const struct problem *problem, struct error *error)
{
    struct claim claim;
    bool decides = true, is_read = witness->claim == NULL ||
                                   claim_parse(&claim, problem->program, &problem->observation, witness->claim, error);
    if (witness->claim == NULL || !is_read)
        return is_read;
    trace_free(claim_replay(&claim, problem->program, problem->scheduler, problem->word, &witness->schedule,
                            (size_t)witness->loop, &decides, error));
    witness->is_shown = claim.kind == CLAIM_POSSIBLE;
    claim_free(&claim);
    return decides;
}

/* Has the program itself executed. Where each of its threads is, the trace of all instructions says. */
static void execute(struct replay_command *self, const struct problem *problem, struct error *error)
{
    if (problem->program->memory == MEMORY_TSO) {
        error_set(
            error, NULL, 0, 0,
            "--real: memory is tso, and nobody can hold back a store from outside (expected a witness of --memory sc)");
        return;
    }
    struct trace *whole =
        replay_run_whole(problem->program, problem->scheduler, problem->word, &self->claim->schedule, error);
    if (whole == NULL)
        return;
    whole->observation = problem->observation;
    bool is_native = c_executable_is_possible(problem->program);
    if (is_native)
        native_execution_run(compiler_is_for_cxx(problem->program->name) ? self->options->cxx : self->options->cc,
                             problem->program, whole, self->options->gdb != NULL ? &self->script : NULL, &self->real,
                             error);
    else if (self->options->gdb != NULL)
        error_set(error, NULL, 0, 0, "--gdb: %s is no program in C (expected the witness of one)",
                  problem->program->name);
    else
        real_execution_run(self->options->python, problem->program, whole, &self->real, error);
    trace_free(whole);
}

static enum status replay(const struct options *options, struct witness_file *claim, struct problem *problem,
                          struct error *error)
{
    const char *path = options->operands[0];
    struct replay_command self = {.options = options, .claim = claim, .script = GDB_SCRIPT_INIT};
    if (!problem_make(problem, error)) {
        if (problem->wrong != PROBLEM_PROGRAM)
            place_error(error, path);
        return STATUS_USAGE;
    }
    self.trace = replay_run(problem->program, problem->scheduler, problem->word, &claim->schedule, error);
    if (self.trace == NULL) {
        place_error(error, path);
        return STATUS_VIOLATED;
    }
    self.trace->observation = problem->observation;
    self.program = problem->program;
    claim->is_refuted = !judge(claim, problem, error);
    if (!error->set && options->real)
        execute(&self, problem, error);
    enum status status = error->set ? STATUS_USAGE : report(&self, error);
    real_run_free(&self.real);
    gdb_script_free(&self.script);
    trace_free(self.trace);
    return status;
}

enum status command_replay(const struct options *options, struct error *error)
{
    struct witness_file *claim = NULL;
    if (options->gdb != NULL && !options->real)
        error_set(error, NULL, 0, 0, "--gdb: commands are found out by a real run (expected --real, too)");
    else if (options->operand_count != 1)
        error_set(error, NULL, 0, 0, "replay needs one witness file (see 'racecheck replay --help')");
    else if (delivery_outputs_differ(options, error))
        claim = witness_file_read(options->operands[0], options->has_value ? options->values.items[0] : NULL, error);
    if (claim == NULL)
        return STATUS_USAGE;
    struct problem problem = problem_of(claim, options->operands[0]);
    enum status status = replay(options, claim, &problem, error);
    problem_free(&problem);
    witness_file_free(claim);
    return status;
}
