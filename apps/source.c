#include "apps/source.h"

#include "apps/reading.h"
#include "base/memory.h"
#include "base/text.h"
#include "frontends/assembler.h"
#include "models/catalogue.h"

#include <string.h>

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
    else if (problem->wrong == PROBLEM_OBSERVED && problem->observe != NULL)
        error_set(error, NULL, 0, 0, "--observe: the program has no variable '%s'", problem->observe);
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

static bool make_of_file(struct problem *problem, const char *path, struct error *error)
{
    struct text text = TEXT_INIT;
    bool good =
        reading_file(path, "a program", &text, error) && make_of_text(problem, reading_name(path), &text, error);
    text_free(&text);
    return good;
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

static bool make_of_model(struct problem *problem, const char *name, struct error *error)
{
    const struct model *model = catalogue_find(name);
    if (model == NULL)
        return error_set(error, NULL, 0, 0, "there is no model '%s' (see 'racecheck models')", name);
    problem->name = model->name;
    problem->source = model->source;
    problem->text = model->text;
    problem->length = strlen(model->text);
    return make(problem, error);
}

bool source_problem(struct problem *problem, const struct options *options, struct error *error)
{
    *problem = (struct problem){
        .threads = options->threads,
        .iters = options->iters,
        .symbols = options->symbols,
        .symbol_count = options->symbol_count,
        .registers = options->registers,
        .observe = options->observe,
        .kind = options->scheduler,
        .parameters = options->parameters,
        .parameter_count = options->parameter_count,
    };
    if (options->operand_count > 0 && options->model != NULL)
        return error_set(error, NULL, 0, 0, "--model %s and the file %s: one program at a time", options->model,
                         options->operands[0]);
    if (options->operand_count > 1)
        return make_of_files(problem, options, error);
    if (options->operand_count == 1)
        return make_of_file(problem, options->operands[0], error);
    return make_of_model(problem, options->model != NULL ? options->model : "unlocked", error);
}
