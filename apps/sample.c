/* racecheck sample: schedules drawn at random, and how they end, beside how likely that is. */
#include "analysis/sample.h"

#include "apps/commands.h"
#include "apps/delivery.h"
#include "apps/examination.h"
#include "report/findings.h"
#include "report/json.h"
#include "report/render_text.h"
#include "report/sample_section.h"

enum { RUNS_DEFAULT = 1000, ROWS_MAX = 40, DRAWS_KEPT = 10000 };

/* A sample under way. */
struct sample_command {
    const struct options *options;
    struct examination examination;
};

static const struct sample *sample_of(const struct sample_command *self)
{
    return self->examination.outcome->sample;
}

static void write_report(void *context, FILE *stream)
{
    const struct sample_command *self = context;
    const struct outcome *outcome = self->examination.outcome;
    struct terminal terminal = terminal_detect(stream);
    struct content content = {0};
    findings_add_incomplete(&content, outcome);
    findings_add_checked(&content, outcome);
    sample_section_add(&content, outcome, self->options->full ? SIZE_MAX : ROWS_MAX);
    render_text(stream, &content, &terminal, self->options->full);
    content_free(&content);
}

static void write_document(void *context, FILE *stream)
{
    const struct sample_command *self = context;
    json_write_sample(stream, self->examination.outcome);
}

/* The exact probabilities, to lay the sample beside them, and the sample. */
static bool draw(struct sample_command *self, struct error *error)
{
    const struct options *options = self->options;
    uint64_t runs = options->runs > 0 ? (uint64_t)options->runs : RUNS_DEFAULT;
    bool is_pct = options->tester == TESTER_PCT;
    struct sample_wish wish = {.tester = (enum tester)options->tester,
                               .depth = (uint32_t)options->depth,
                               .seed = options->has_seed ? (uint64_t)options->seed : 1,
                               .runs = runs,
                               .kept = options->json != NULL && runs <= DRAWS_KEPT ? (size_t)runs : 0};
    struct analysis_options wishes = {.questions =
                                          QUESTION_EXTREMES | QUESTION_VALUES | QUESTION_COUNTS | QUESTION_RANDOM,
                                      .insist = is_pct ? QUESTION_DETECTION : 0,
                                      .witness = WITNESS_NONE,
                                      .sample = &wish};
    return examination_run(&self->examination, &wishes, error);
}

/* Errors of the program are ends like others here. */
static enum status status_of(const struct sample_command *self)
{
    const struct outcome *outcome = self->examination.outcome;
    return outcome->complete ? STATUS_OK : examination_status(&self->examination);
}

static enum status run(struct sample_command *self, struct error *error)
{
    const struct options *options = self->options;
    if (!delivery_outputs_differ(options, error) || !examination_prepare(&self->examination, options, error) ||
        !draw(self, error))
        return STATUS_USAGE;
    const struct sample *sample = sample_of(self);
    if (sample != NULL && sample->refusal != NULL) {
        error_set(error, NULL, 0, 0, "--tester %s: %s (expected --tester random-walk)",
                  sample_tester_name((int)sample->wish.tester), sample->refusal);
        return STATUS_USAGE;
    }
    if (sample == NULL)
        return examination_status(&self->examination);
    if (!deliver(options->json, write_document, self, error) ||
        !deliver(delivery_report_path(options), write_report, self, error))
        return STATUS_USAGE;
    return status_of(self);
}

enum status command_sample(const struct options *options, struct error *error)
{
    struct sample_command self = {.options = options};
    enum status status = run(&self, error);
    examination_free(&self.examination);
    return status;
}
