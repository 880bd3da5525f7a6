/* racecheck export: the program and its scheduler as a model for another checker. */
#include "apps/commands.h"
#include "apps/delivery.h"
#include "apps/examination.h"
#include "base/text.h"
#include "frontends/python.h"
#include "report/litmus_file.h"
#include "report/promela.h"

static void write_text(void *context, FILE *stream)
{
    const struct text *text = context;
    fwrite(text_string(text), 1, text->length, stream);
}

static void write_helper(void *context, FILE *stream)
{
    (void)context;
    fputs(python_helper, stream);
}

/* What is exported claims the ends, so they must be known. */
static enum status deliver_model(const struct examination *examination, struct error *error)
{
    struct text text = TEXT_INIT;
    const char *path = examination->options->output != NULL ? examination->options->output : "-";
    const struct problem *problem = &examination->problem;
    bool good = (examination->options->litmus
                     ? litmus_file_print(&text, problem->program, &problem->observation, examination->outcome, error)
                     : promela_print(&text, problem->program, examination->outcome, error)) &&
                deliver(path, write_text, &text, error);
    text_free(&text);
    return good ? STATUS_OK : STATUS_USAGE;
}

static enum status run(struct examination *examination, const struct options *options, struct error *error)
{
    struct analysis_options wishes = {.questions = QUESTION_EXTREMES | QUESTION_VALUES | QUESTION_WITNESS,
                                      .witness = WITNESS_NONE,
                                      .fairness = options->fairness};
    if ((int)options->python_dump + (int)options->promela + (int)options->litmus > 1)
        error_set(error, NULL, 0, 0, "--promela, --litmus and --python-dump: one at a time");
    else if (options->python_dump)
        return deliver(options->output != NULL ? options->output : "-", write_helper, NULL, error) ? STATUS_OK
                                                                                                   : STATUS_USAGE;
    else if (options->litmus && examination_prepare(examination, options, error)) {
        examination_describe(examination);
        return deliver_model(examination, error);
    } else if (!options->promela)
        error_set(error, NULL, 0, 0, "export as what? (expected --promela, --litmus or --python-dump)");
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
