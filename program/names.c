#include "program/names.h"

#include "base/memory.h"
#include "program/program.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_MAX = 40, ELEMENTS_SIZE = 2 * SHOWN_MAX + 40 };

struct spelling names_of_threads(const struct program *program, const char *name, size_t length)
{
    struct spelling spelling = spelling_start(name, length);
    for (size_t t = 0; t < program->thread_count; t++)
        spelling_consider(&spelling, program->threads[t].name);
    return spelling;
}

struct spelling names_of_registers(const char *name, size_t length)
{
    struct spelling spelling = spelling_start(name, length);
    spelling.before = "%";
    for (enum register_name number = REGISTER_AX; number < REGISTER_FLAGS; number++)
        spelling_consider(&spelling, register_name(number));
    bool is_wide = length == 3 && (name[0] == 'e' || name[0] == 'r'); /* as wider ones are called elsewhere */
    enum register_name narrow = is_wide ? register_find(name + 1, length - 1) : REGISTER_COUNT;
    if (narrow != REGISTER_COUNT)
        spelling_decide(&spelling, register_name(narrow));
    return spelling;
}

static bool is_name(const char *known, const struct spelling *name)
{
    return strlen(known) == name->length && memcmp(known, name->word, name->length) == 0;
}

/* Whether an object has a name, or is an element of an array that has. */
static bool is_object(const struct object *object, const struct spelling *name)
{
    size_t length = strcspn(object->name, "[");
    return is_name(object->name, name) || (length == name->length && memcmp(object->name, name->word, length) == 0);
}

/* What has a name and is no variable, with what is said of it; NULL where nothing has it. */
static const char *find_other(const struct program *program, const struct spelling *name)
{
    for (enum object_kind kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        for (size_t o = 0; o < program->objects[kind].count; o++)
            if (is_object(program_object(program, kind, o), name))
                return object_kind_name(kind);
    for (size_t t = 0; t < program->thread_count; t++)
        if (is_name(program->threads[t].name, name))
            return "thread";
    for (size_t s = 0; s < program->section_count; s++)
        if (name->length > 0 && is_name(program->sections[s], name))
            return "critical section";
    return NULL;
}

bool names_refuse_variable(struct unknown_name *self, struct error *error)
{
    const struct program *program = self->program;
    struct spelling *name = &self->spelling;
    int shown = (int)(name->length < SHOWN_MAX ? name->length : SHOWN_MAX);
    const char *other = find_other(program, name);
    size_t named = 0; /* beside the word at address 0, which stands for all in programs that have no words */
    for (size_t v = 0; v < program->variable_count; v++)
        if (strcmp(program->variables[v].name, "0") != 0) {
            spelling_consider(name, program->variables[v].name);
            named++;
        }
    if (register_find(name->word, name->length) != REGISTER_COUNT)
        return error_set(error, NULL, self->line, self->column,
                         "there is no variable '%.*s'; a register is written '%s%%%.*s'", shown, name->word,
                         self->register_before, shown, name->word);
    if (other != NULL && strcmp(other, "thread") == 0 && self->register_before[0] != '\0')
        return error_set(error, NULL, self->line, self->column,
                         "'%.*s' is a thread; a register of it is written '%.*s.%%ax'", shown, name->word, shown,
                         name->word);
    if (other == NULL && named == 0)
        return error_set(error, NULL, self->line, self->column, "there is no variable '%.*s': the program has none",
                         shown, name->word);
    if (other != NULL)
        return error_set(error, NULL, self->line, self->column, "'%.*s' is a%s %s, no variable%s", shown, name->word,
                         strchr("aeiou", other[0]) != NULL ? "n" : "", other, spelling_list(name));
    return error_set(error, NULL, self->line, self->column, "there is no variable '%.*s'%s", shown, name->word,
                     spelling_hint_or_list(name));
}

/* "expected x", or "expected t[0] to t[3]"; the buffer is large enough for what is shown of a name. */
static const char *describe_elements(const struct variable *variable, char buffer[ELEMENTS_SIZE])
{
    if (variable->words == 1)
        snprintf(buffer, ELEMENTS_SIZE, "%.*s, which is one word", SHOWN_MAX, variable->name);
    else
        snprintf(buffer, ELEMENTS_SIZE, "%.*s[0] to %.*s[%" PRIu32 "]", SHOWN_MAX, variable->name, SHOWN_MAX,
                 variable->name, variable->words - 1);
    return buffer;
}

bool names_refuse_element(const struct variable *variable, int64_t index, unsigned line, unsigned column,
                          struct error *error)
{
    char elements[ELEMENTS_SIZE];
    return error_set(error, NULL, line, column, "there is no %.*s[%" PRId64 "] (expected %s)", SHOWN_MAX,
                     variable->name, index, describe_elements(variable, elements));
}

bool names_refuse_index(const struct variable *variable, const char *index, struct error *error)
{
    char elements[ELEMENTS_SIZE];
    return error_set(error, NULL, 0, 0, "there is no %.*s%.*s (expected %s)", SHOWN_MAX, variable->name, SHOWN_MAX,
                     index, describe_elements(variable, elements));
}
