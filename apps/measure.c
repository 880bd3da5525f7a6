/* racecheck measure: a real program, run again and again, beside the exact set of all that can happen. */
#include "apps/c_executable.h"
#include "apps/c_file.h"
#include "apps/commands.h"
#include "apps/compiler.h"
#include "apps/delivery.h"
#include "apps/examination.h"
#include "apps/free_runs.h"
#include "base/clock.h"
#include "frontends/python_dump.h"
#include "report/measurement_document.h"
#include "report/render_text.h"

#include <string.h>
#include <unistd.h>

enum { RUNS_DEFAULT = 1000 };

static const double run_limit_default = 10;

/* A measurement under way. */
struct measure {
    struct options options; /* with what the machine is like, where nobody has said it */
    bool is_default_model;
    struct examination examination;
    struct measurement measurement;
    double started;
    bool is_progress_shown;
};

/* ---- What is measured -------------------------------------------------------------------------------------------- */

static bool has_one_operand(const struct options *options, struct error *error)
{
    return options->operand_count == 1 ||
           error_set(error, NULL, 0, 0,
                     "measure needs one program, FILE.c, FILE.cpp or FILE.py (see 'racecheck measure --help')");
}

/* Processors of x86 have store buffers, and there are several: a model in which stores reach memory at once would be of another machine. */
static bool settle_model(struct measure *self, struct error *error)
{
    struct options *options = &self->options;
    bool is_given = property_find(options->symbols, options->symbol_count, "TSO") != NULL || options->scheduler != NULL;
    if (!c_file_is(options->operands[0]) || is_given)
        return true;
    self->is_default_model = true;
    return options_set(options, "memory", "tso", error);
}

/* Nobody looks into a process from outside: what it prints is all that is seen of it. */
static bool is_observable(const struct measure *self, struct error *error)
{
    const struct problem *problem = &self->examination.problem;
    const struct program *program = problem->program;
    bool is_output = problem->observation.count == 1 && observation_has_output(&problem->observation);
    if (!c_executable_is_possible(program) && !python_dump_is(program->text, strlen(program->text)))
        return error_set(error, problem->source, 0, 0, "cannot be run (expected a program in C or Python)");
    if (is_output)
        return true;
    if (self->options.observe != NULL)
        return error_set(
            error, NULL, 0, 0,
            "--observe %s: of a real run only its output can be seen (expected --observe output, of a program that prints"
            " what is asked for)",
            self->options.observe);
    return error_set(
        error, problem->source, 0, 0,
        "prints nothing: of a real run only its output can be seen (expected a program that prints what its threads have come"
        " to, once they have ended)");
}

/* ---- Running ----------------------------------------------------------------------------------------------------- */

static void show_progress(void *context, uint64_t done)
{
    struct measure *self = context;
    bool rewrites = isatty(STDERR_FILENO) != 0;
    bool is_due = self->options.progress == WHEN_ALWAYS ||
                  (self->options.progress == WHEN_AUTO && rewrites && clock_seconds() > self->started + 1);
    if (!is_due)
        return;
    fprintf(stderr, "%sracecheck: measure: %llu of %lld runs%s", rewrites ? "\r\033[K" : "", (unsigned long long)done,
            (long long)self->options.runs, rewrites ? "" : "\n");
    fflush(stderr);
    self->is_progress_shown = rewrites;
}

static size_t processor_count(const struct options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return options->jobs > 0 ? (size_t)options->jobs : processors > 0 ? (size_t)processors : 1;
}

static bool run_program(struct measure *self, struct error *error)
{
    const struct options *options = &self->options;
    bool is_compiled = c_file_is(options->operands[0]);
    struct free_runs runs = {.program = self->examination.problem.program,
                             .path = options->operands[0],
                             .command = !is_compiled                                ? options->python
                                        : compiler_is_for_cxx(options->operands[0]) ? options->cxx
                                                                                    : options->cc,
                             .is_compiled = is_compiled,
                             .has_interval = options->has_check_interval,
                             .interval = options->check_interval,
                             .count = (uint64_t)options->runs,
                             .seconds_max = options->run_limit,
                             .processors = processor_count(options),
                             .interrupt = self->examination.budget.interrupt,
                             .progress = show_progress,
                             .context = self};
    self->started = clock_seconds();
    bool is_run = free_runs_make(&runs, &self->measurement, error);
    if (self->is_progress_shown)
        fputs("\r\033[K", stderr);
    self->measurement.is_default_model = self->is_default_model;
    return is_run;
}

/* All that can be printed, with its probabilities; the time that the runs have taken is none of the analysis. */
static bool analyse(struct measure *self, struct error *error)
{
    struct analysis_options wishes = {.questions = QUESTION_EXTREMES | QUESTION_VALUES | QUESTION_RANDOM,
                                      .insist = QUESTION_VALUES,
                                      .witness = WITNESS_NONE};
    budget_start(&self->examination.budget);
    return examination_run(&self->examination, &wishes, error);
}

/* ---- Reporting --------------------------------------------------------------------------------------------------- */

static void write_report(void *context, FILE *stream)
{
    const struct measure *self = context;
    struct terminal terminal = terminal_detect(stream);
    struct content content = {0};
    measurement_add(&content, &self->measurement, self->examination.outcome, self->options.full);
    render_text(stream, &content, &terminal, self->options.full);
    content_free(&content);
}

static void write_document(void *context, FILE *stream)
{
    const struct measure *self = context;
    measurement_document_write(stream, &self->measurement, self->examination.outcome);
}

/* What goes wrong in the program is no fault of the measurement: it is told, and compared. */
static enum status verdict(const struct measure *self, struct error *error)
{
    const struct outcome *outcome = self->examination.outcome;
    uint64_t alarms = measurement_alarms(&self->measurement, outcome);
    if (alarms > 0) {
        error_set(error, NULL, 0, 0, "%llu of %llu runs ended as no schedule does", (unsigned long long)alarms,
                  (unsigned long long)self->measurement.runs);
        return STATUS_VIOLATED;
    }
    if (self->examination.budget.interrupt != NULL && *self->examination.budget.interrupt != 0) {
        fputs("racecheck: INCOMPLETE: interrupted\n", stderr);
        return STATUS_INTERRUPTED;
    }
    if (!outcome->complete) {
        fprintf(stderr, "racecheck: INCOMPLETE: %s\n", outcome->incomplete_reason);
        return STATUS_INCOMPLETE;
    }
    if (!measurement_is_complete(outcome)) {
        fprintf(stderr, "racecheck: INCOMPLETE: %s\n", outcome->failure_text);
        return STATUS_INCOMPLETE;
    }
    return STATUS_OK;
}

static enum status run(struct measure *self, struct error *error)
{
    if (!has_one_operand(&self->options, error) || !delivery_outputs_differ(&self->options, error) ||
        !settle_model(self, error) || !examination_prepare(&self->examination, &self->options, error) ||
        !is_observable(self, error) || !run_program(self, error) || !analyse(self, error) ||
        !deliver(self->options.json, write_document, self, error) ||
        !deliver(delivery_report_path(&self->options), write_report, self, error))
        return STATUS_USAGE;
    return verdict(self, error);
}

enum status command_measure(const struct options *options, struct error *error)
{
    struct measure self = {.options = options_copy(options)};
    if (self.options.runs == 0)
        self.options.runs = RUNS_DEFAULT;
    if (self.options.run_limit == 0)
        self.options.run_limit = run_limit_default;
    enum status status = run(&self, error);
    measurement_free(&self.measurement);
    examination_free(&self.examination);
    options_free(&self.options);
    return status;
}
