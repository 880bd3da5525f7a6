#include "apps/scheduling.h"

#include "base/text.h"
#include "schedulers/scheduler.h"

#include <string.h>

static const char *kind_of(const struct program *program, const struct options *options)
{
    if (options->scheduler != NULL)
        return options->scheduler;
    return program->scheduler.kind != NULL ? program->scheduler.kind : "free";
}

/* Whether the directive's kind is the one that is used, and so its parameters are, too. */
static bool is_directive_used(const struct program *program, const struct options *options)
{
    return program->scheduler.kind != NULL && strcmp(program->scheduler.kind, kind_of(program, options)) == 0;
}

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

bool scheduling_takes_parameters(const struct program *program, const struct options *options, struct error *error)
{
    const struct scheduler_kind *kind = scheduler_find_kind(kind_of(program, options));
    for (size_t p = 0; p < options->parameter_count; p++)
        if (kind != NULL && scheduler_kind_parameter(kind, options->parameters[p].name) == NULL) {
            complain_of_parameter(kind->name, options->parameters[p].name, error);
            return false;
        }
    return true;
}

/* The option that an error of scheduler_new() speaks of ("quantum: 0 is out of range"), or NULL. */
static const char *blamed_option(const struct options *options, const struct error *error)
{
    for (size_t p = 0; p < options->parameter_count; p++) {
        const char *name = options->parameters[p].name;
        if (strncmp(error->text, name, strlen(name)) == 0 && error->text[strlen(name)] == ':')
            return name;
    }
    return NULL;
}

/* Puts the error where what is wrong was written. */
static void place_error(const struct program *program, const struct options *options, const struct error *reason,
                        struct error *error)
{
    if (blamed_option(options, reason) != NULL)
        error_set(error, NULL, 0, 0, "--%s", reason->text);
    else if (is_directive_used(program, options))
        error_set(error, program->source, program->scheduler.place.line, program->scheduler.place.column, "%s",
                  reason->text);
    else
        error_set(error, NULL, 0, 0, "--scheduler: %s", reason->text);
}

struct scheduler *scheduling_new(const struct program *program, const struct options *options, struct error *error)
{
    if (!scheduling_takes_parameters(program, options, error))
        return NULL;
    struct property *parameters = NULL;
    size_t count = 0;
    for (size_t p = 0; is_directive_used(program, options) && p < program->scheduler.parameter_count; p++)
        property_set(&parameters, &count, &program->scheduler.parameters[p]);
    for (size_t p = 0; p < options->parameter_count; p++)
        property_set(&parameters, &count, &options->parameters[p]);
    struct error reason = ERROR_INIT;
    struct scheduler *scheduler =
        scheduler_new(kind_of(program, options), parameters, count, program->thread_count, &reason);
    if (scheduler == NULL)
        place_error(program, options, &reason, error);
    property_free_list(parameters, count);
    return scheduler;
}
