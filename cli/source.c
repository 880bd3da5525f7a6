#include "cli/source.h"

#include "base/memory.h"
#include "base/text.h"
#include "cli/reading.h"
#include "models/assembler.h"
#include "models/catalogue.h"

#include <string.h>

static void set_input(struct assembler_input *input, const struct options *options)
{
    input->threads = options->threads;
    input->iters = options->iters;
    input->symbols = options->symbols;
    input->symbol_count = options->symbol_count;
}

static struct program *assemble_file(const struct options *options, const char *path, struct error *error)
{
    struct text text = TEXT_INIT;
    struct program *program = NULL;
    const char *name = reading_name(path);
    if (reading_file(path, "a program", &text, error)) {
        struct assembler_input input = {.name = name, .source = name, .text = text_string(&text), .length = text.length};
        set_input(&input, options);
        program = assembler_read(&input, error);
    }
    text_free(&text);
    return program;
}

static struct program *assemble_model(const struct options *options, const char *name, struct error *error)
{
    const struct model *model = catalogue_find(name);
    if (model == NULL) {
        error_set(error, NULL, 0, 0, "there is no model '%s' (see 'racecheck models')", name);
        return NULL;
    }
    struct assembler_input input = {
        .name = model->name, .source = model->source, .text = model->text, .length = strlen(model->text)};
    set_input(&input, options);
    return assembler_read(&input, error);
}

struct program *source_program(const struct options *options, struct error *error)
{
    if (options->operand_count > 1) {
        error_set(error, NULL, 0, 0, "'%s': one program at a time", options->operands[1]);
        return NULL;
    }
    if (options->operand_count == 1 && options->model != NULL) {
        error_set(error, NULL, 0, 0, "--model %s and the file %s: one program at a time", options->model,
                  options->operands[0]);
        return NULL;
    }
    if (options->operand_count == 1)
        return assemble_file(options, options->operands[0], error);
    return assemble_model(options, options->model != NULL ? options->model : "unlocked", error);
}
