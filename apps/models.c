/* racecheck models: the catalogue. */
#include "apps/commands.h"
#include "apps/delivery.h"
#include "apps/source.h"
#include "models/catalogue.h"

#include <string.h>

static void write_list(void *context, FILE *stream)
{
    int width = 0;
    (void)context;
    for (size_t m = 0; m < catalogue_count(); m++) {
        int length = (int)strlen(catalogue_at(m)->name);
        width = length > width ? length : width;
    }
    for (size_t m = 0; m < catalogue_count(); m++)
        fprintf(stream, "%-*s  %s\n", width, catalogue_at(m)->name, catalogue_at(m)->summary);
}

static void write_text(void *context, FILE *stream)
{
    const struct model *model = context;
    fputs(model->text, stream);
}

static bool run(const struct options *options, struct error *error)
{
    const char *path = options->output != NULL ? options->output : "-";
    if (options->operand_count == 0)
        return deliver(path, write_list, NULL, error);
    if (options->operand_count > 1)
        return error_set(error, NULL, 0, 0, "'%s': one model at a time", options->operands[1]);
    const struct model *model = catalogue_find(options->operands[0]);
    if (model == NULL)
        return source_refuse_model(options->operands[0], error);
    return deliver(path, write_text, (void *)model, error);
}

enum status command_models(const struct options *options, struct error *error)
{
    return run(options, error) ? STATUS_OK : STATUS_USAGE;
}
