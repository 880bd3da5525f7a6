#include "apps/source.h"

#include "apps/c_file.h"
#include "apps/compiler.h"
#include "apps/python_file.h"
#include "base/memory.h"
#include "base/spelling.h"
#include "base/text.h"
#include "frontends/assembler.h"
#include "frontends/python_dump.h"
#include "models/catalogue.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* ---- Files ------------------------------------------------------------------------------------------------------- */

/* More than a person writes: this is some other file. */
enum { FILE_SIZE_MAX = 16 << 20 };

const char *source_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static bool read_stream(FILE *stream, const char *path, const char *what, struct text *text, struct error *error)
{
    if (!text_read(text, stream, FILE_SIZE_MAX))
        return error_set(error, path, 0, 0, "cannot read: %s", strerror(errno));
    return text->length <= FILE_SIZE_MAX ||
           error_set(error, path, 0, 0, "the file is larger than %d MB (expected %s)", FILE_SIZE_MAX >> 20, what);
}

bool source_read(const char *path, const char *what, struct text *text, struct error *error)
{
    struct stat status;
    if (strcmp(path, "-") == 0)
        return read_stream(stdin, source_name(path), what, text, error);
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return error_set(error, path, 0, 0, "is a directory (expected %s)", what);
    FILE *stream = fopen(path, "r");
    if (stream == NULL && errno == ENOMEM)
        memory_exhausted();
    if (stream == NULL)
        return error_set(error, path, 0, 0, "cannot open: %s", strerror(errno));
    bool read = read_stream(stream, path, what, text, error);
    fclose(stream);
    return read;
}

/* ---- Making ------------------------------------------------------------------------------------------------------ */

/* "--quantum: the free scheduler has no quantum (--scheduler tick or --scheduler signal has one)" */
static void complain_of_parameter(const char *kind, const char *name, struct error *error)
{
    struct text remedy = TEXT_INIT;
    for (const struct scheduler_kind *const *other = scheduler_kinds(); *other != NULL; other++)
        if (scheduler_kind_parameter(*other, name) != NULL)
            text_print(&remedy, "%s--scheduler %s", remedy.length > 0 ? " or " : "", (*other)->name);
    error_set(error, NULL, 0, 0, "--%s: the %s scheduler has no parameter '%s' (%s has)", name, kind, name,
              text_string(&remedy));
    text_free(&remedy);
}

bool source_takes_parameters(const struct problem *problem, struct error *error)
{
    const struct scheduler_kind *kind = scheduler_find_kind(problem_kind(problem));
    for (size_t p = 0; p < problem->parameter_count; p++)
        if (kind != NULL && scheduler_kind_parameter(kind, problem->parameters[p].name) == NULL) {
            complain_of_parameter(kind->name, problem->parameters[p].name, error);
            return false;
        }
    return true;
}

bool source_uses_symbols(const struct problem *problem, const struct options *options, struct error *error)
{
    struct error reason = ERROR_INIT;
    return problem_mentions_symbols(problem, options->assertions.items, options->assertions.count, &reason) ||
           error_set(error, NULL, 0, 0, "--define: %s", reason.text);
}

/* Whether an error of a scheduler speaks of a parameter that was given: "quantum: 0 is out of range". */
static bool blames_option(const struct problem *problem, const struct error *error)
{
    size_t length = strcspn(error->text, ":");
    for (size_t p = 0; p < problem->parameter_count; p++)
        if (strlen(problem->parameters[p].name) == length &&
            strncmp(error->text, problem->parameters[p].name, length) == 0 && error->text[length] == ':')
            return true;
    return false;
}

/* Puts an error of the scheduler where what is wrong was written. */
static void place_scheduler_error(const struct problem *problem, const struct error *reason, struct error *error)
{
    const struct place *place = &problem->program->scheduler.place;
    if (!source_takes_parameters(problem, error))
        return;
    if (blames_option(problem, reason))
        error_set(error, NULL, 0, 0, "--%s", reason->text);
    else if (problem_uses_own_scheduler(problem))
        error_set(error, problem->source, place->line, place->column, "%s", reason->text);
    else
        error_set(error, NULL, 0, 0, "--scheduler: %s", reason->text);
}

static bool make(struct problem *problem, struct error *error)
{
    struct error reason = ERROR_INIT;
    if (problem_make(problem, &reason))
        return true;
    if (problem->wrong == PROBLEM_SCHEDULER)
        place_scheduler_error(problem, &reason, error);
    else if (problem->wrong == PROBLEM_COUNTED)
        error_set(error, NULL, 0, 0, "--count: %s", reason.text);
    else if (problem->wrong == PROBLEM_OBSERVED && problem->observe != NULL)
        error_set(error, NULL, 0, 0, "--observe: %s", reason.text);
    else
        *error = reason;
    return false;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static bool make_of_text(struct problem *problem, const char *name, const struct text *text, struct error *error)
{
    problem->name = problem->source = name;
    problem->text = text_string(text);
    problem->length = text->length;
    return make(problem, error);
}

/* Where the scheduler has no phase it is that of the interpreter, which is taken out of the parameters. */
static bool take_phase(struct problem *problem, struct python_options *how, struct property **others,
                       size_t *other_count, struct error *error)
{
    /* No Python program says which scheduler it is for. */
    const struct scheduler_kind *kind = scheduler_find_kind(problem->kind != NULL ? problem->kind : "free");
    const struct property *phase = property_find(problem->parameters, problem->parameter_count, "phase");
    if (phase == NULL || kind == NULL || scheduler_kind_parameter(kind, "phase") != NULL)
        return true;
    how->has_phase = true;
    how->phase = phase->is_number ? phase->number : -1;
    if (phase->is_number ? phase->number < 0 || phase->number > INT32_MAX : strcmp(phase->text, "any") != 0)
        return error_set(error, NULL, 0, 0, "--phase: this is no phase (expected any, or a number from 0 to %d)",
                         INT32_MAX);
    for (size_t p = 0; p < problem->parameter_count; p++)
        if (&problem->parameters[p] != phase)
            property_set(others, other_count, &problem->parameters[p]);
    problem->parameters = *others;
    problem->parameter_count = *other_count;
    return true;
}

/* Whether symbols are given besides those that say what memory is. */
static bool has_numbers(const struct options *options)
{
    bool has_tso = property_find(options->symbols, options->symbol_count, "TSO") != NULL;
    bool has_size = property_find(options->symbols, options->symbol_count, "STORE_BUFFER") != NULL;
    return options->symbol_count > (size_t)has_tso + (size_t)has_size;
}

/* How a Python program is read is written into its dump, so that whoever has the text reads it in the same way. */
static bool make_of_dump(struct problem *problem, const struct options *options, const char *name,
                         const struct text *dump, struct error *error)
{
    struct text text = TEXT_INIT;
    struct python_options how = {.hot_calls = options->calls != 0,
                                 .whole_lines = options->print != 0,
                                 .is_virtual = options->sleep != 0,
                                 .ends_last = options->at_exit != 0,
                                 .has_interval = options->has_check_interval,
                                 .interval = options->check_interval};
    const char *foreign = options->has_threads         ? "threads"
                          : options->has_iters         ? "iters"
                          : has_numbers(options)       ? "define"
                          : options->registers != NULL ? "register"
                                                       : NULL;
    if (foreign != NULL)
        return error_set(error, NULL, 0, 0,
                         "--%s: %s is a Python program, which starts its own threads and has its own numbers", foreign,
                         name);
    if (options->gil != 0)
        how.rules = memory_copy_string(python_rules_name((enum python_rules)(options->gil - 1)));
    struct property *others = NULL;
    size_t other_count = 0;
    bool good = take_phase(problem, &how, &others, &other_count, error);
    python_dump_with_options(text_string(dump), dump->length, &how, &text);
    problem->shows_bytecode = options->explain == EXPLAIN_BYTECODE;
    good = good && make_of_text(problem, name, &text, error);
    if (how.has_phase) {
        problem->parameters = NULL; /* the scheduler has them */
        problem->parameter_count = 0;
    }
    property_free_list(others, other_count);
    memory_free(how.rules);
    text_free(&text);
    return good;
}

/* What only a Python program can be asked for. */
static const char *python_option(const struct options *options)
{
    return options->python != NULL                ? "python"
           : options->gil != 0                    ? "gil"
           : options->calls != 0                  ? "calls"
           : options->print != 0                  ? "print"
           : options->sleep != 0                  ? "sleep"
           : options->at_exit != 0                ? "at-exit"
           : options->has_check_interval          ? "check-interval"
           : options->explain == EXPLAIN_BYTECODE ? "explain bytecode"
                                                  : NULL;
}

static bool make_of_bytecode(struct problem *problem, const struct options *options, struct error *error)
{
    struct text text = TEXT_INIT;
    const char *name = source_name(options->bytecode);
    bool good = source_read(options->bytecode, "a dump of a Python program", &text, error);
    if (good && !python_dump_is(text_string(&text), text.length))
        good = error_set(error, name, 0, 0,
                         "is no dump of a Python program (expected what the helper writes that 'racecheck export "
                         "--python-dump' prints)");
    good = good && make_of_dump(problem, options, name, &text, error);
    text_free(&text);
    return good;
}

/* What only C programs, and assembly that compilers write, can be asked for; what cannot be said of these. */
static bool fits_language(const struct options *options, const char *path, bool is_c, struct error *error)
{
    const char *foreign = options->has_threads         ? "threads"
                          : options->has_iters         ? "iters"
                          : options->registers != NULL ? "register"
                                                       : NULL;
    if (is_c && python_option(options) != NULL)
        return error_set(error, NULL, 0, 0, "--%s: %s is a C program, and no Python program", python_option(options),
                         source_name(path));
    if (is_c && foreign != NULL)
        return error_set(error, NULL, 0, 0,
                         "--%s: %s is a C program, which starts its own threads and has its own numbers", foreign,
                         source_name(path));
    if (options->cc != NULL && (!c_file_is(path) || compiler_is_for_cxx(path)))
        return error_set(error, NULL, 0, 0, "--cc: %s is no C program (expected a name that ends in .c%s)",
                         source_name(path), compiler_is_for_cxx(path) ? ", or --cxx" : "");
    return options->cxx == NULL || compiler_is_for_cxx(path) ||
           error_set(error, NULL, 0, 0, "--cxx: %s is no C++ program (expected a name that ends in .cpp%s)",
                     source_name(path), c_file_is(path) ? ", or --cc" : "");
}

/* A C program, or assembly as compilers write it. */
static bool make_of_c(struct problem *problem, const struct options *options, const char *path, struct error *error)
{
    struct text text = TEXT_INIT;
    bool good = c_file_is(path)
                    ? c_file_compile(compiler_is_for_cxx(path) ? options->cxx : options->cc, path, &text, error)
                    : c_file_read_assembly(path, &text, error);
    good = good && make_of_text(problem, source_name(path), &text, error);
    text_free(&text);
    return good;
}

static const char *interpreter_of(const struct options *options)
{
    return options->python != NULL ? options->python : "python3";
}

static bool make_of_file(struct problem *problem, const struct options *options, const char *path, struct error *error)
{
    bool is_c = c_file_is(path) || options->language != 0;
    if (!fits_language(options, path, is_c, error))
        return false;
    if (is_c)
        return make_of_c(problem, options, path, error);
    struct text text = TEXT_INIT;
    bool is_python = python_file_is(path);
    bool good = is_python ? python_file_dump(interpreter_of(options), path, &text, error)
                          : source_read(path, "a program", &text, error);
    if (good && python_dump_is(text_string(&text), text.length))
        good = make_of_dump(problem, options, source_name(path), &text, error);
    else if (good && python_option(options) != NULL)
        good = error_set(error, NULL, 0, 0, "--%s: %s is no Python program", python_option(options), source_name(path));
    else if (good)
        good = make_of_text(problem, source_name(path), &text, error);
    text_free(&text);
    return good;
}

/* Reads all files and appends them to one text, each behind its name; and the names, with blanks between them. */
static bool join_files(const struct options *options, struct text *names, struct text *text, struct error *error)
{
    for (size_t f = 0; f < options->operand_count; f++) {
        struct text content = TEXT_INIT;
        const char *name = source_name(options->operands[f]);
        bool read = source_read(options->operands[f], "a program", &content, error);
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
static bool make_of_files(struct problem *problem, const struct options *options, struct error *error)
{
    struct text names = TEXT_INIT, text = TEXT_INIT;
    if (options->has_threads && options->threads != (int64_t)options->operand_count)
        error_set(error, NULL, 0, 0, "--threads: there are %zu files (expected no number of threads: each file is one)",
                  options->operand_count);
    bool good = !error->set && join_files(options, &names, &text, error) &&
                make_of_text(problem, text_string(&names), &text, error);
    text_free(&names);
    text_free(&text);
    return good;
}

bool source_refuse_model(const char *name, struct error *error)
{
    struct spelling spelling = spelling_start(name, strlen(name));
    for (size_t m = 0; m < catalogue_count(); m++)
        spelling_consider(&spelling, catalogue_at(m)->name);
    return error_set(error, NULL, 0, 0, "there is no model '%s'%s (see 'racecheck models')", name,
                     spelling_hint(&spelling));
}

static bool make_of_python_model(struct problem *problem, const struct options *options, const struct model *model,
                                 struct error *error)
{
    struct text dump = TEXT_INIT;
    bool good =
        python_text_dump(interpreter_of(options), model->source, model->text, strlen(model->text), &dump, error) &&
        make_of_dump(problem, options, model->source, &dump, error);
    text_free(&dump);
    return good;
}

static bool make_of_model(struct problem *problem, const struct options *options, const char *name, struct error *error)
{
    const struct model *model = catalogue_find(name);
    if (model == NULL)
        return source_refuse_model(name, error);
    if (options->cc != NULL || options->cxx != NULL || options->language != 0)
        return error_set(error, NULL, 0, 0, "--%s: a model is no C program",
                         options->cc != NULL    ? "cc"
                         : options->cxx != NULL ? "cxx"
                                                : "language");
    if (model_is_python(model))
        return make_of_python_model(problem, options, model, error);
    if (python_option(options) != NULL)
        return error_set(error, NULL, 0, 0, "--%s: the model %s is no Python program", python_option(options), name);
    problem->name = model->name;
    problem->source = model->source;
    problem->text = model->text;
    problem->length = strlen(model->text);
    return make(problem, error);
}

bool source_problem(struct problem *problem, const struct options *options, uint64_t rolled_from, struct error *error)
{
    *problem = (struct problem){
        .threads = options->threads,
        .iters = options->iters,
        .symbols = options->symbols,
        .symbol_count = options->symbol_count,
        .registers = options->registers,
        .observe = options->observe,
        .count = options->counted,
        .kind = options->scheduler,
        .parameters = options->parameters,
        .parameter_count = options->parameter_count,
        .rolled_from = rolled_from,
    };
    if (options->operand_count > 0 && options->model != NULL)
        return error_set(error, NULL, 0, 0, "--model %s and the file %s: one program at a time", options->model,
                         options->operands[0]);
    if (options->bytecode != NULL && (options->operand_count > 0 || options->model != NULL))
        return error_set(error, NULL, 0, 0, "--bytecode %s and another program: one at a time", options->bytecode);
    if (options->bytecode != NULL)
        return make_of_bytecode(problem, options, error);
    for (size_t f = 0; f < options->operand_count && options->operand_count > 1; f++)
        if (c_file_is(options->operands[f]) || options->language != 0)
            return error_set(error, NULL, 0, 0, "%s and another file: a C program is checked alone",
                             options->operands[f]);
    for (size_t f = 0; f < options->operand_count && options->operand_count > 1; f++)
        if (python_file_is(options->operands[f]))
            return error_set(error, NULL, 0, 0, "%s and another file: a Python program is checked alone",
                             options->operands[f]);
    if (options->operand_count > 1)
        return make_of_files(problem, options, error);
    if (options->operand_count == 1)
        return make_of_file(problem, options, options->operands[0], error);
    return make_of_model(problem, options, options->model != NULL ? options->model : "unlocked", error);
}
