#include "schedulers/scheduler.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/spelling.h"
#include "machine/machine.h"
#include "program/schedule.h"
#include "schedulers/scheduler_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ENTRY(name) &scheduler_##name##_kind,

static const struct scheduler_kind *const kinds[] = {SCHEDULER_KINDS(ENTRY) NULL};

const struct scheduler_kind *const *scheduler_kinds(void)
{
    return kinds;
}

const struct scheduler_kind *scheduler_find_kind(const char *name)
{
    for (size_t k = 0; kinds[k] != NULL; k++)
        if (strcmp(kinds[k]->name, name) == 0)
            return kinds[k];
    return NULL;
}

const struct scheduler_parameter *scheduler_kind_parameter(const struct scheduler_kind *self, const char *name)
{
    for (const struct scheduler_parameter *parameter = self->parameters; parameter->name != NULL; parameter++)
        if (strcmp(parameter->name, name) == 0)
            return parameter;
    return NULL;
}

bool scheduler_is_parameter(const char *name)
{
    for (size_t k = 0; kinds[k] != NULL; k++)
        if (scheduler_kind_parameter(kinds[k], name) != NULL)
            return true;
    return false;
}

/* ---- Reading parameters --------------------------------------------------------------------------------------- */

/* What a parameter can be: "; did you mean 'any'? (expected 0 to 5 or any)". */
static void print_range(const struct scheduler_parameter *parameter, int64_t most, const struct property *given,
                        struct text *text)
{
    const char *word = given != NULL && !given->is_number ? given->text : "";
    struct spelling spelling = spelling_start(word, strlen(word));
    char numbers[64];
    snprintf(numbers, sizeof numbers, most > parameter->least ? "%" PRId64 " to %" PRId64 "%s" : "%" PRId64,
             parameter->least, most, given == NULL ? parameter->unit : "");
    if (parameter->least <= parameter->most)
        spelling_consider(&spelling, numbers);
    for (const char *const *other = parameter->words; other != NULL && *other != NULL; other++)
        spelling_consider(&spelling, *other);
    text_print(text, "%s", spelling_advice(&spelling));
}

/* The w-th word of a parameter is -1 - w. */
static bool read_word(const struct scheduler_parameter *parameter, const char *given, int64_t *result)
{
    for (size_t w = 0; parameter->words != NULL && parameter->words[w] != NULL; w++)
        if (strcmp(given, parameter->words[w]) == 0) {
            *result = -1 - (int64_t)w;
            return true;
        }
    return false;
}

bool scheduler_read(const struct scheduler_recipe *recipe, const struct scheduler_parameter *parameter, int64_t most,
                    int64_t otherwise, int64_t *result, struct error *error)
{
    const struct property *given = property_find(recipe->parameters, recipe->count, parameter->name);
    *result = given == NULL ? otherwise : given->number;
    if (given == NULL      ? parameter->unit == NULL
        : given->is_number ? given->number >= parameter->least && given->number <= most
                           : read_word(parameter, given->text, result))
        return true;
    struct text expected = TEXT_INIT;
    const char *problem = parameter->least > parameter->most ? "unknown" : "out of range";
    print_range(parameter, most, given, &expected);
    if (given == NULL)
        error_set(error, NULL, 0, 0, "the %s scheduler needs %s%s%s", recipe->kind->name,
                  parameter->name[strlen(parameter->name) - 1] == 's' ? "" : "a ", parameter->name,
                  text_string(&expected));
    else if (given->is_number)
        error_set(error, NULL, 0, 0, "%s: %lld is %s%s", parameter->name, (long long)given->number, problem,
                  text_string(&expected));
    else
        error_set(error, NULL, 0, 0, "%s: '%s' is %s%s", parameter->name, given->text,
                  parameter->least > parameter->most ? problem : "no number", text_string(&expected));
    text_free(&expected);
    return false;
}

bool scheduler_read_list(const struct scheduler_recipe *recipe, const struct scheduler_parameter *parameter,
                         int64_t *result, size_t *count, struct error *error)
{
    const struct property *given = property_find(recipe->parameters, recipe->count, parameter->name);
    const char *rest = given == NULL ? "" : given->text, *end = rest;
    *count = 0;
    if (given != NULL && given->is_number) {
        if (given->number < 0 || given->number > parameter->most)
            return error_set(error, NULL, 0, 0, "%s: %lld is out of range (expected 0 to %lld)", parameter->name,
                             (long long)given->number, (long long)parameter->most);
        result[(*count)++] = given->number;
        return true;
    }
    while (given != NULL) {
        int64_t number;
        end = number_take(rest, &number);
        if (end == NULL || rest[0] < '0' || rest[0] > '9' || number > parameter->most || (*end != '\0' && *end != ','))
            return error_set(error, NULL, 0, 0,
                             "%s: '%s' is no list of %s (expected numbers from 0 to %lld, such as %s)", parameter->name,
                             given->text, parameter->plural, (long long)parameter->most, parameter->example);
        if (*count == recipe->threads)
            return error_set(error, NULL, 0, 0, "%s: '%s' has more %s than there are threads (expected at most %zu)",
                             parameter->name, given->text, parameter->plural, recipe->threads);
        result[(*count)++] = number;
        if (*end == '\0')
            break;
        rest = end + 1;
    }
    return true;
}

/* ---- Making ---------------------------------------------------------------------------------------------------- */

static void complain_of_kind(const char *kind, struct error *error)
{
    struct spelling spelling = spelling_start(kind, strlen(kind));
    for (size_t k = 0; kinds[k] != NULL; k++)
        spelling_consider(&spelling, kinds[k]->name);
    error_set(error, NULL, 0, 0, "unknown scheduler '%s'%s", kind, spelling_advice(&spelling));
}

static void complain_of_parameter(const struct scheduler_kind *kind, const char *name, struct error *error)
{
    struct spelling spelling = spelling_start(name, strlen(name));
    for (const struct scheduler_parameter *parameter = kind->parameters; parameter->name != NULL; parameter++)
        spelling_consider(&spelling, parameter->name);
    error_set(error, NULL, 0, 0, "the %s scheduler has no parameter '%s'%s", kind->name, name,
              spelling.count > 0 ? spelling_advice(&spelling) : " (expected none)");
}

static bool read_priorities(struct scheduler *self, const struct scheduler_recipe *recipe, struct error *error)
{
    size_t given;
    self->priority_count = recipe->threads;
    if (!scheduler_read_list(recipe, scheduler_kind_parameter(recipe->kind, "priority"), self->priorities, &given,
                             error))
        return false;
    for (size_t t = 0; t < recipe->threads; t++)
        self->has_priorities |= self->priorities[t] != self->priorities[0];
    return true;
}

struct scheduler *scheduler_new(const char *name, const struct property *parameters, size_t count, size_t threads,
                                struct error *error)
{
    const struct scheduler_kind *kind = scheduler_find_kind(name);
    if (kind == NULL) {
        complain_of_kind(name, error);
        return NULL;
    }
    for (size_t p = 0; p < count; p++)
        if (scheduler_kind_parameter(kind, parameters[p].name) == NULL) {
            complain_of_parameter(kind, parameters[p].name, error);
            return NULL;
        }
    struct scheduler_recipe recipe = {kind, parameters, count, threads};
    struct scheduler *self = memory_new(1, kind->size);
    self->kind = kind;
    if (read_priorities(self, &recipe, error) && (kind->read == NULL || kind->read(self, &recipe, error)))
        return self;
    scheduler_free(self);
    return NULL;
}

void scheduler_free(struct scheduler *self)
{
    memory_free(self);
}

bool scheduler_is_free(const struct scheduler *self)
{
    return self->kind == &scheduler_free_kind && !self->has_priorities;
}

/* ---- Scheduling ------------------------------------------------------------------------------------------------ */

struct scheduler_moment scheduler_look(const struct machine *machine, const uint64_t *state)
{
    uint64_t away = machine_can_be_away(machine) ? machine_away(machine, state) : 0;
    return (struct scheduler_moment){machine, state, machine_enabled(machine, state) & ~away, away};
}

void scheduler_start(const struct scheduler *self, const struct scheduler_moment *moment, uint64_t which,
                     struct scheduler_memory *memory)
{
    *memory = (struct scheduler_memory){.current = -1};
    if (self->kind->start != NULL)
        self->kind->start(self, moment, which, memory);
}

void scheduler_shape(const struct scheduler *self, const struct machine *machine, struct scheduler_shape *shape)
{
    self->kind->shape(self, machine, shape);
    shape->symmetric &= !self->has_priorities;
}

/* Writes the priorities that threads have with what they inherit, from those that wait for them in turn. */
static void find_priorities(const struct scheduler *self, const struct scheduler_moment *moment, int64_t *priorities)
{
    int inheritors[SCHEDULER_THREADS_MAX];
    bool changed = true;
    for (size_t t = 0; t < self->priority_count; t++) {
        priorities[t] = self->priorities[t];
        inheritors[t] = machine_inheritor(moment->machine, moment->state, t);
    }
    while (changed) {
        changed = false;
        for (size_t t = 0; t < self->priority_count; t++)
            if (inheritors[t] >= 0 && priorities[inheritors[t]] < priorities[t]) {
                priorities[inheritors[t]] = priorities[t];
                changed = true;
            }
    }
}

/* Those of a set that have the highest priority in it. */
static uint64_t highest(const struct scheduler *self, const struct scheduler_moment *moment, uint64_t threads)
{
    int64_t priorities[SCHEDULER_THREADS_MAX], most = -1;
    uint64_t best = 0;
    find_priorities(self, moment, priorities);
    for (uint64_t rest = threads; rest != 0; rest &= rest - 1) {
        int thread = __builtin_ctzll(rest);
        if (priorities[thread] > most)
            best = 0;
        most = priorities[thread] > most ? priorities[thread] : most;
        best |= priorities[thread] == most ? UINT64_C(1) << thread : 0;
    }
    return best;
}

static uint64_t permitted(const struct scheduler *self, const struct scheduler_moment *moment,
                          const struct scheduler_memory *memory, unsigned option)
{
    return self->kind->choices != NULL ? self->kind->choices(self, moment, memory, option) : moment->ready;
}

uint64_t scheduler_threads(const struct scheduler *self, const struct scheduler_moment *moment,
                           const struct scheduler_memory *memory, unsigned option)
{
    uint64_t threads = permitted(self, moment, memory, option);
    return self->has_priorities ? highest(self, moment, threads) : threads;
}

void scheduler_refusal(const struct scheduler *self, const struct scheduler_moment *moment,
                       const struct scheduler_memory *memory, size_t thread, struct text *text)
{
    uint64_t threads = self->has_priorities ? permitted(self, moment, memory, 0) : 0;
    if (scheduler_has(threads, (int)thread))
        text_print(text, "%s has a higher priority",
                   machine_thread_name(moment->machine, (size_t)__builtin_ctzll(highest(self, moment, threads))));
    else if (self->kind->refusal != NULL)
        self->kind->refusal(self, moment, memory, thread, text);
}

void scheduler_after(const struct scheduler *self, const struct scheduler_step *step, struct scheduler_memory *memory)
{
    memory->passed = 0;
    if (self->kind->after != NULL)
        self->kind->after(self, step, memory);
}

/* ---- Telling --------------------------------------------------------------------------------------------------- */

static void describe(const struct scheduler *self, struct scheduler_choices choices, struct property **parameters,
                     size_t *count)
{
    if (self->kind->describe != NULL)
        self->kind->describe(self, &choices, parameters, count);
    if (!self->has_priorities)
        return;
    struct text list = TEXT_INIT;
    for (size_t t = 0; t < self->priority_count; t++)
        text_print(&list, "%s%" PRId64, t > 0 ? "," : "", self->priorities[t]);
    property_add_text(parameters, count, "priority", text_string(&list));
    text_free(&list);
}

void scheduler_describe(const struct scheduler *self, struct property **parameters, size_t *count)
{
    describe(self, (struct scheduler_choices){SCHEDULER_OPEN, SCHEDULER_OPEN}, parameters, count);
}

void scheduler_describe_choices(const struct scheduler *self, const struct schedule *schedule,
                                struct property **parameters, size_t *count)
{
    size_t first = schedule_first_step(schedule);
    struct scheduler_choices made = {first > 0 ? schedule->actions[0].phase : 0, SCHEDULER_NEVER};
    for (size_t a = first; a < schedule->count; a++)
        if (schedule->actions[a].kind == ACTION_SIGNAL)
            made.arrival = (int64_t)(a - first);
    describe(self, made, parameters, count);
}
