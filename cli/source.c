#include "cli/source.h"

#include "base/memory.h"
#include "base/text.h"
#include "models/assembler.h"
#include "models/catalogue.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* A program text is written by a person: more than this is some other file. */
enum { FILE_SIZE_MAX = 16 << 20 };

static bool read_stream(FILE *stream, const char *path, struct text *text, struct error *error)
{
    char buffer[65536];
    size_t length;
    while ((length = fread(buffer, 1, sizeof buffer, stream)) > 0) {
        text_append(text, buffer, length);
        if (text->length > FILE_SIZE_MAX) {
            error_set(error, path, 0, 0, "the file is larger than %d MB (expected a program)", FILE_SIZE_MAX >> 20);
            return false;
        }
    }
    if (ferror(stream)) {
        error_set(error, path, 0, 0, "cannot read: %s", strerror(errno));
        return false;
    }
    return true;
}

static bool read_file(const char *path, struct text *text, struct error *error)
{
    struct stat status;
    if (strcmp(path, "-") == 0)
        return read_stream(stdin, "standard input", text, error);
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        error_set(error, path, 0, 0, "is a directory (expected a program)");
        return false;
    }
    FILE *stream = fopen(path, "r");
    if (stream == NULL && errno == ENOMEM)
        memory_exhausted();
    if (stream == NULL) {
        error_set(error, path, 0, 0, "cannot open: %s", strerror(errno));
        return false;
    }
    bool read = read_stream(stream, path, text, error);
    fclose(stream);
    return read;
}

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
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    if (read_file(path, &text, error)) {
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
