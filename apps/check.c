/* racecheck check: the pipeline. Options -> program -> analysis -> outcome (apps/examination.h) -> reports -> exit status. */
#include "analysis/stategraph.h"
#include "apps/certification.h"
#include "apps/commands.h"
#include "apps/delivery.h"
#include "apps/examination.h"
#include "apps/simulation.h"
#include "report/dot.h"
#include "report/itf.h"
#include "report/json.h"
#include "report/text_report.h"
#include "report/timeline.h"

#include <stddef.h>
#include <string.h>

/* A check under way. */
struct check {
    const struct options *options;
    struct examination examination;
    const struct outcome *outcome;                /* the examination's */
    struct simulation simulation;                 /* for --schedule: what is done instead of a search */
    struct stategraph *stategraph;                /* or NULL */
    char checksums[2][CERTIFICATE_CHECKSUM_SIZE]; /* of the certificates of the minimum and the maximum */
};

/* ---- Analysing --------------------------------------------------------------------------------------------------- */

/* What is written besides the report: where its option keeps the path, and who writes it. */
struct document {
    size_t path; /* offset in struct options */
    bool needs_witness;
    delivery_writer *writer; /* NULL: a certificate, which is made in its own way */
};

static delivery_writer write_result, write_witness, write_itf, write_timeline, write_witness_drawing,
    write_state_drawing;

/* In the order in which they are written. */
static const struct document documents[] = {
    {offsetof(struct options, json), false, write_result},
    {offsetof(struct options, witness), true, write_witness},
    {offsetof(struct options, itf), true, write_itf},
    {offsetof(struct options, trace), true, write_timeline},
    {offsetof(struct options, dot), true, write_witness_drawing},
    {offsetof(struct options, graph), false, write_state_drawing},
    {offsetof(struct options, certificate), false, NULL},
    {offsetof(struct options, upper_certificate), false, NULL},
};

enum { DOCUMENTS = sizeof documents / sizeof documents[0] };

/* Where a document is to go; NULL where it is not wanted. */
static const char *path_of(const struct options *options, size_t document)
{
    const char *path;
    memcpy(&path, (const char *)options + documents[document].path, sizeof path);
    return path;
}

/* Where the first document that needs a witness is to go; NULL where none is wanted. */
static const char *first_wanted(const struct options *options)
{
    const char *path = NULL;
    for (size_t d = 0; d < DOCUMENTS && path == NULL; d++)
        path = documents[d].needs_witness ? path_of(options, d) : NULL;
    return path;
}

/* What was asked for by name is insisted on and nothing else is computed, except what the outputs need. A point of a sweep
 * shows values and counts alone. */
static unsigned questions_of(const struct options *options)
{
    if (options->compute == 0)
        return options->command == COMMAND_SWEEP ? QUESTION_EXTREMES | QUESTION_VALUES | QUESTION_COUNTS : QUESTION_ALL;
    unsigned questions = options->compute | QUESTION_EXTREMES;
    if ((questions & ~(unsigned)QUESTION_EXTREMES) != 0)
        questions |= QUESTION_VALUES;
    if (options->has_value || first_wanted(options) != NULL || options->witnesses == WITNESS_ALL)
        questions |= QUESTION_WITNESS;
    return questions;
}

static bool analyse(struct check *self, struct error *error)
{
    const struct options *options = self->options;
    struct examination *examination = &self->examination;
    struct analysis_options wishes = {
        .questions = questions_of(options),
        .insist = options->compute,
        .witness = options->has_value ? WITNESS_VALUE : options->witnesses,
        .witness_value = options->value,
        .ask_starvation = options->has_fairness,
        .fairness = options->fairness,
    };
    bool good = examination_run(examination, &wishes, error);
    if (good && options->graph != NULL)
        self->stategraph = stategraph_new(examination->problem.program, examination->problem.scheduler,
                                          examination->problem.word, &examination->budget);
    return good;
}

/* ---- Reporting --------------------------------------------------------------------------------------------------- */

static void write_report(void *context, FILE *stream)
{
    const struct check *self = context;
    struct text_report_options options = {
        .terminal = terminal_detect(stream), .full = self->options->full, .timing = self->options->timing};
    if (self->simulation.trace != NULL)
        text_report_schedule(stream, self->outcome, self->simulation.trace,
                             schedule_step_count(&self->simulation.schedule),
                             self->options->schedule_then == REPLAY_REPEATS, &options);
    else
        text_report_outcome(stream, self->outcome, &options);
}

static void write_result(void *context, FILE *stream)
{
    const struct check *self = context;
    json_write_result(stream, self->outcome, self->options->timing);
}

static void write_witness(void *context, FILE *stream)
{
    const struct check *self = context;
    json_write_witness(stream, self->outcome, &self->outcome->witnesses[0]);
}

static void write_itf(void *context, FILE *stream)
{
    const struct check *self = context;
    itf_write_witness(stream, self->outcome, &self->outcome->witnesses[0]);
}

static void write_timeline(void *context, FILE *stream)
{
    const struct check *self = context;
    timeline_write_witness(stream, self->outcome, &self->outcome->witnesses[0]);
}

static void write_witness_drawing(void *context, FILE *stream)
{
    const struct check *self = context;
    dot_write_witness(stream, self->outcome, &self->outcome->witnesses[0]);
}

static void write_state_drawing(void *context, FILE *stream)
{
    const struct check *self = context;
    dot_write_stategraph(stream, self->stategraph, self->outcome);
}

/* The report goes to standard output unless something else was sent there. */
static const char *report_path(const struct options *options)
{
    if (options->output != NULL)
        return options->output;
    bool taken = false;
    for (size_t d = 0; d < DOCUMENTS; d++)
        taken |= delivery_is_standard_output(path_of(options, d));
    return options->quiet || taken ? NULL : "-";
}

/* Says what a reader of the documents would miss; returns whether there is a witness to write. */
static bool has_witness(const struct check *self)
{
    const struct options *options = self->options;
    size_t count = self->outcome->witness_count;
    if (count == 0 && first_wanted(options) != NULL)
        fprintf(stderr, "racecheck: there is no witness: %s is not written\n", first_wanted(options));
    if (options->witness != NULL && count > 1 && options->witnesses == WITNESS_MINIMUM && !options->has_value)
        fprintf(
            stderr,
            "racecheck: of %zu witnesses the first is written (--witnesses deadlock, error or overlap for another)\n",
            count);
    return count > 0;
}

static bool deliver_certificate(struct check *self, const char *path, bool is_upper, struct error *error)
{
    return certification_deliver(&self->examination, is_upper, path, self->checksums[is_upper], error) !=
           CERTIFICATION_FAILED;
}

static bool deliver_document(struct check *self, size_t document, bool has_witness, struct error *error)
{
    const char *path = path_of(self->options, document);
    bool is_graph = documents[document].writer == write_state_drawing;
    if (path == NULL || (documents[document].needs_witness && !has_witness))
        return true;
    if (documents[document].writer == NULL)
        return deliver_certificate(self, path, path == self->options->upper_certificate, error);
    if (!is_graph || !self->stategraph->too_large)
        return deliver(path, documents[document].writer, self, error);
    fprintf(stderr, "racecheck: the state graph has more than %d states and is not drawn: %s is not written\n",
            STATEGRAPH_NODES_MAX, path);
    return true;
}

static bool report(struct check *self, struct error *error)
{
    bool good = true, witnessed = has_witness(self);
    for (size_t d = 0; d < DOCUMENTS && good; d++)
        good = deliver_document(self, d, witnessed, error);
    return good && deliver(report_path(self->options), write_report, self, error);
}

/* ---- The verdict ------------------------------------------------------------------------------------------------- */

/* A claim about values holds in every schedule that ends with one, which may be less than it seems. */
static void note_vacuous(const struct check *self)
{
    const struct outcome *outcome = self->outcome;
    if (!outcome->complete || !claims_have(outcome, CLAIM_VALUE))
        return;
    if (!outcome->has_extremes)
        fputs("racecheck: no schedule ends with a value: what is asserted of values holds for that reason alone\n",
              stderr);
    else if (outcome->can_hang)
        fputs("racecheck: schedules can go on for ever: what is asserted of values holds in those that end\n", stderr);
}

/* Whether a value was asked for that no schedule ends with. */
static bool is_unreachable(const struct check *self)
{
    const struct outcome *outcome = self->outcome;
    int64_t value = self->options->value;
    bool outside = outcome->has_extremes && (value < outcome->least || value > outcome->greatest);
    bool missing = outcome->has_values && !intervals_contain(&outcome->values, value);
    if (!self->options->has_value || !outcome->complete || !(outside || missing))
        return false;
    fprintf(stderr, "racecheck: no schedule ends with %s = %lld\n", outcome->observe, (long long)value);
    return true;
}

/* Whether something was asked that the outcome does not tell, though no limit was reached: it was left out as too
 * expensive. Silence would pass for a yes. */
static bool is_undecided(const struct check *self)
{
    const struct outcome *outcome = self->outcome;
    int64_t value = self->options->value;
    bool undecided = false;
    for (size_t c = 0; c < outcome->claim_count; c++) {
        const char *missing = claim_gap(&outcome->claims[c], outcome);
        if (missing == NULL)
            continue;
        fprintf(stderr, "racecheck: assertion not decided: %s (%s)\n", outcome->claims[c].text, missing);
        undecided = true;
    }
    bool known =
        outcome->has_values || (outcome->has_extremes && (value <= outcome->least || value >= outcome->greatest));
    if (self->options->has_value && !known) {
        fprintf(stderr, "racecheck: whether a schedule ends with %s = %lld was not computed\n", outcome->observe,
                (long long)value);
        undecided = true;
    }
    return undecided;
}

static enum status verdict(const struct check *self)
{
    bool interrupted = self->examination.budget.limit == BUDGET_INTERRUPTED;
    bool violated = !interrupted && examination_is_violated(&self->examination),
         unreachable = !interrupted && is_unreachable(self);
    if (violated || unreachable)
        return STATUS_VIOLATED;
    note_vacuous(self);
    enum status status = self->simulation.trace != NULL ? simulation_status(&self->simulation, &self->examination)
                                                        : examination_status(&self->examination);
    if (status != STATUS_OK)
        return status;
    return is_undecided(self) ? STATUS_INCOMPLETE : self->examination.refusal;
}

static enum status rehearse(struct check *self)
{
    struct error error = ERROR_INIT;
    enum status status = simulation_run(&self->simulation, &self->examination, &error);
    if (status == STATUS_OK && !report(self, &error))
        status = STATUS_USAGE;
    if (status == STATUS_OK)
        return verdict(self);
    error_print(&error, "racecheck", stderr);
    return status;
}

static bool options_fit(const struct options *options, struct error *error)
{
    if (options->schedule != NULL || options->schedule_then == REPLAY_STOPS)
        return true;
    error_set(error, NULL, 0, 0, "--schedule-then: there is nothing to go on from (expected --schedule beside it)");
    return false;
}

static bool outputs_differ(const struct options *options, struct error *error)
{
    const char *paths[DOCUMENTS + 1] = {options->output};
    for (size_t d = 0; d < DOCUMENTS; d++)
        paths[d + 1] = path_of(options, d);
    return delivery_paths_differ(paths, DOCUMENTS + 1, options->operands, options->operand_count, error);
}

static enum status run(struct check *self)
{
    struct error error = ERROR_INIT;
    if (!options_fit(self->options, &error) || !outputs_differ(self->options, &error) ||
        !examination_prepare(&self->examination, self->options, &error))
        return examination_complain(&error);
    self->outcome = self->examination.outcome;
    if (self->options->schedule != NULL)
        return rehearse(self);
    if (!analyse(self, &error) || !report(self, &error))
        return examination_complain(&error);
    return verdict(self);
}

enum status command_check(const struct options *options)
{
    struct check self = {.options = options};
    enum status status = run(&self);
    stategraph_free(self.stategraph);
    simulation_free(&self.simulation);
    examination_free(&self.examination);
    return status;
}
