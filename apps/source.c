#include "apps/source.h"

#include "apps/reading.h"
#include "base/memory.h"
#include "base/text.h"
#include "frontends/assembler.h"
#include "frontends/presets.h"
#include "models/catalogue.h"

#include <string.h>

/* What is the same for all programs. */
static struct assembler_input start_input(const struct options *options, const struct presets *presets)
{
    return (struct assembler_input){
        .threads = options->threads,
        .iters = options->iters,
        .symbols = options->symbols,
        .symbol_count = options->symbol_count,
        .presets = presets,
    };
}

static struct program *assemble_text(struct assembler_input *input, const char *name, const struct text *text,
                                     struct error *error)
{
    input->name = input->source = name;
    input->text = text_string(text);
    input->length = text->length;
    return assembler_read(input, error);
}

static struct program *assemble_file(struct assembler_input *input, const char *path, struct error *error)
{
    struct text text = TEXT_INIT;
    struct program *program = NULL;
    if (reading_file(path, "a program", &text, error))
        program = assemble_text(input, reading_name(path), &text, error);
    text_free(&text);
    return program;
}

/* Reads all files and appends them to one text, each behind its name; and the names, with blanks between them. */
static bool join_files(const struct options *options, struct text *names, struct text *text, struct error *error)
{
    for (size_t f = 0; f < options->operand_count; f++) {
        struct text content = TEXT_INIT;
        const char *name = reading_name(options->operands[f]);
        bool read = reading_file(options->operands[f], "a program", &content, error);
        struct assembler_file file = {name, text_string(&content), content.length};
        if (read)
            assembler_join(&file, 1, text);
        text_print(names, "%s%s", f > 0 ? " " : "", name);
        text_free(&content);
        if (!read)
            return false;
    }
    return true;
}

/* Several files are a thread each. */
static struct program *assemble_files(struct assembler_input *input, const struct options *options, struct error *error)
{
    struct text names = TEXT_INIT, text = TEXT_INIT;
    struct program *program = NULL;
    if (options->has_threads && options->threads != (int64_t)options->operand_count)
        error_set(error, NULL, 0, 0, "--threads: there are %zu files (expected no number of threads: each file is one)",
                  options->operand_count);
    else if (join_files(options, &names, &text, error))
        program = assemble_text(input, text_string(&names), &text, error);
    text_free(&names);
    text_free(&text);
    return program;
}

static struct program *assemble_model(struct assembler_input *input, const char *name, struct error *error)
{
    const struct model *model = catalogue_find(name);
    if (model == NULL) {
        error_set(error, NULL, 0, 0, "there is no model '%s' (see 'racecheck models')", name);
        return NULL;
    }
    input->name = model->name;
    input->source = model->source;
    input->text = model->text;
    input->length = strlen(model->text);
    return assembler_read(input, error);
}

static struct program *assemble(const struct options *options, const struct presets *presets, struct error *error)
{
    struct assembler_input input = start_input(options, presets);
    if (options->operand_count > 0 && options->model != NULL) {
        error_set(error, NULL, 0, 0, "--model %s and the file %s: one program at a time", options->model,
                  options->operands[0]);
        return NULL;
    }
    if (options->operand_count > 1)
        return assemble_files(&input, options, error);
    if (options->operand_count == 1)
        return assemble_file(&input, options->operands[0], error);
    return assemble_model(&input, options->model != NULL ? options->model : "unlocked", error);
}

struct program *source_program(const struct options *options, struct error *error)
{
    struct presets presets = {0};
    if (options->registers != NULL && !presets_read(&presets, options->registers, error))
        return NULL;
    struct program *program = assemble(options, &presets, error);
    presets_free(&presets);
    return program;
}
