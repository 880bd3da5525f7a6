/* racecheck export: the program and its scheduler as a model for another checker. */
#include "apps/commands.h"
#include "apps/delivery.h"
#include "apps/examination.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/promela.h"

/* What is exported claims the extremes, so they must be known. */
static bool print_model(const struct examination *examination, struct text *text, struct error *error)
{
    const struct outcome *outcome = examination->outcome;
    struct property *parameters = NULL;
    size_t count = 0;
    uint32_t word;
    scheduler_describe(examination->problem.scheduler, &parameters, &count);
    struct promela_request request = {
        .program = examination->problem.program,
        .scheduler = examination->problem.scheduler->kind->name,
        .parameters = parameters,
        .parameter_count = count,
        .word = examination->problem.word,
        .has_extremes = outcome->has_extremes && observation_is_word(&outcome->observation, &word),
        .least = outcome->least,
        .greatest = outcome->greatest,
        .can_deadlock = outcome->can_deadlock,
        .can_fail = outcome->can_fail,
    };
    bool good = promela_print(text, &request, error);
    property_free_list(parameters, count);
    return good;
}

static void write_text(void *context, FILE *stream)
{
    const struct text *text = context;
    fwrite(text_string(text), 1, text->length, stream);
}

static enum status deliver_model(const struct examination *examination, struct error *error)
{
    struct text text = TEXT_INIT;
    const char *path = examination->options->output != NULL ? examination->options->output : "-";
    bool good = print_model(examination, &text, error) && deliver(path, write_text, &text, error);
    text_free(&text);
    return good ? STATUS_OK : STATUS_USAGE;
}

static enum status run(struct examination *examination, const struct options *options, struct error *error)
{
    struct analysis_options wishes = {.questions = QUESTION_EXTREMES | QUESTION_VALUES, .witness = WITNESS_NONE};
    if (!options->promela)
        error_set(error, NULL, 0, 0, "export as what? (expected --promela)");
    else if (examination_prepare(examination, options, error) && delivery_outputs_differ(options, error) &&
             examination_run(examination, &wishes, error))
        return examination->outcome->complete ? deliver_model(examination, error) : examination_status(examination);
    return STATUS_USAGE;
}

enum status command_export(const struct options *options, struct error *error)
{
    struct examination examination = {0};
    enum status status = run(&examination, options, error);
    examination_free(&examination);
    return status;
}
