#include "schedulers/scheduler.h"

#include "base/fault.h"
#include "base/memory.h"
#include "program/schedule.h"
#include "schedulers/scheduler_parts.h"

#include <string.h>

static struct scheduler *make_free(const struct scheduler_recipe *recipe, struct error *error)
{
    (void)recipe;
    (void)error;
    return memory_copy(scheduler_free_choice(), sizeof(struct scheduler));
}

/* The kinds, each with the parameters that it has. */
static const struct kind_row {
    const char *name;
    const char *parameters[5];
    struct scheduler *(*make)(const struct scheduler_recipe *recipe, struct error *error);
} rows[] = {
    {"free", {NULL}, make_free},
    {"tick", {"quantum", "pick", "phase", NULL}, scheduler_make_tick},
    {"parallel", {"lag", "offset", NULL}, scheduler_make_parallel},
    {"preemptions", {"bound", NULL}, scheduler_make_preemptions},
    {"signal", {"quantum", "pick", "phase", "arrival", NULL}, scheduler_make_signal},
};

enum { KIND_COUNT = sizeof rows / sizeof rows[0] };

static const struct kind_row *find_kind(const char *name)
{
    for (size_t k = 0; k < KIND_COUNT; k++)
        if (strcmp(rows[k].name, name) == 0)
            return &rows[k];
    return NULL;
}

const char *const *scheduler_kinds(void)
{
    static const char *const names[KIND_COUNT + 1] = {"free", "tick", "parallel", "preemptions", "signal", NULL};
    return names;
}

const char *const *scheduler_parameters(const char *kind)
{
    const struct kind_row *row = find_kind(kind);
    return row != NULL ? row->parameters : NULL;
}

/* ---- Reading parameters --------------------------------------------------------------------------------------- */

/* "free, tick or signal" */
static void list_words(struct text *text, const char *const *words)
{
    for (size_t w = 0; words[w] != NULL; w++)
        text_print(text, "%s%s", w == 0 ? "" : words[w + 1] == NULL ? " or " : ", ", words[w]);
}

bool scheduler_read_number(const struct scheduler_recipe *recipe, const char *name, int64_t least, int64_t most,
                           int64_t otherwise, int64_t *result, struct error *error)
{
    static const char *const no_words[] = {NULL};
    return scheduler_read_number_or_word(recipe, name, least, most, no_words, otherwise, result, error);
}

bool scheduler_read_number_or_word(const struct scheduler_recipe *recipe, const char *name, int64_t least, int64_t most,
                                   const char *const *words, int64_t otherwise, int64_t *result, struct error *error)
{
    const struct property *property = property_find(recipe->parameters, recipe->count, name);
    *result = property == NULL ? otherwise : property->number;
    if (property == NULL || (property->is_number && property->number >= least && property->number <= most))
        return true;
    for (size_t w = 0; words[w] != NULL && !property->is_number; w++)
        if (strcmp(property->text, words[w]) == 0) {
            *result = -1 - (int64_t)w;
            return true;
        }
    struct text expected = TEXT_INIT;
    list_words(&expected, words);
    if (property->is_number)
        error_set(error, NULL, 0, 0, "%s: %lld is out of range (expected %lld to %lld%s%s)", name,
                  (long long)property->number, (long long)least, (long long)most, words[0] != NULL ? ", " : "",
                  text_string(&expected));
    else
        error_set(error, NULL, 0, 0, "%s: '%s' is no number (expected %lld to %lld%s%s)", name, property->text,
                  (long long)least, (long long)most, words[0] != NULL ? ", " : "", text_string(&expected));
    text_free(&expected);
    return false;
}

bool scheduler_read_word(const struct scheduler_recipe *recipe, const char *name, const char *const *words,
                         size_t otherwise, size_t *result, struct error *error)
{
    const struct property *property = property_find(recipe->parameters, recipe->count, name);
    *result = otherwise;
    if (property == NULL)
        return true;
    for (size_t w = 0; words[w] != NULL && !property->is_number; w++)
        if (strcmp(property->text, words[w]) == 0) {
            *result = w;
            return true;
        }
    struct text expected = TEXT_INIT;
    list_words(&expected, words);
    if (property->is_number)
        error_set(error, NULL, 0, 0, "%s: %lld is unknown (expected %s)", name, (long long)property->number,
                  text_string(&expected));
    else
        error_set(error, NULL, 0, 0, "%s: '%s' is unknown (expected %s)", name, property->text, text_string(&expected));
    text_free(&expected);
    return false;
}

/* ---- Making ---------------------------------------------------------------------------------------------------- */

static void complain_of_kind(const char *kind, struct error *error)
{
    struct text expected = TEXT_INIT;
    list_words(&expected, scheduler_kinds());
    error_set(error, NULL, 0, 0, "unknown scheduler '%s' (expected %s)", kind, text_string(&expected));
    text_free(&expected);
}

/* Whether a kind has all the parameters that are given. */
static bool knows_parameters(const struct kind_row *row, const struct property *parameters, size_t count,
                             struct error *error)
{
    for (size_t p = 0; p < count; p++) {
        size_t known = 0;
        while (row->parameters[known] != NULL && strcmp(row->parameters[known], parameters[p].name) != 0)
            known++;
        if (row->parameters[known] != NULL)
            continue;
        struct text expected = TEXT_INIT;
        list_words(&expected, row->parameters);
        error_set(error, NULL, 0, 0, "the %s scheduler has no parameter '%s' (expected %s)", row->name,
                  parameters[p].name, row->parameters[0] != NULL ? text_string(&expected) : "none");
        text_free(&expected);
        return false;
    }
    return true;
}

struct scheduler *scheduler_new(const char *kind, const struct property *parameters, size_t count, size_t threads,
                                struct error *error)
{
    const struct kind_row *row = find_kind(kind);
    if (row == NULL) {
        complain_of_kind(kind, error);
        return NULL;
    }
    if (!knows_parameters(row, parameters, count, error))
        return NULL;
    struct scheduler_recipe recipe = {kind, parameters, count, threads};
    return row->make(&recipe, error);
}

void scheduler_free(struct scheduler *self)
{
    memory_free(self);
}

bool scheduler_is_free(const struct scheduler *self)
{
    return self->kind == scheduler_free_choice()->kind;
}

void scheduler_describe(const struct scheduler *self, struct property **parameters, size_t *count)
{
    self->kind->describe(self, SCHEDULER_OPEN, SCHEDULER_OPEN, parameters, count);
}

void scheduler_describe_choices(const struct scheduler *self, const struct schedule *schedule,
                                struct property **parameters, size_t *count)
{
    size_t first = schedule_first_step(schedule);
    int64_t arrival = SCHEDULER_NEVER;
    for (size_t a = first; a < schedule->count; a++)
        if (schedule->actions[a].kind == ACTION_SIGNAL)
            arrival = (int64_t)(a - first);
    self->kind->describe(self, first > 0 ? schedule->actions[0].phase : 0, arrival, parameters, count);
}
