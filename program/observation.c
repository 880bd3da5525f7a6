#include "program/observation.h"

#include "base/memory.h"
#include "base/number.h"
#include "program/names.h"
#include "program/program.h"

#include <inttypes.h>
#include <string.h>

static bool refuse(struct error *error, const char *name, const char *problem)
{
    return error_set(error, NULL, 0, 0, "'%.60s' %s", name, problem);
}

static bool is_equal(struct observation_place a, struct observation_place b)
{
    return a.thread == b.thread && a.number == b.number;
}

static bool add_place(struct observation *self, struct observation_place place, const char *name, struct error *error)
{
    for (size_t p = 0; p < self->count; p++)
        if (is_equal(self->places[p], place))
            return refuse(error, name, "is observed twice");
    if (self->count == OBSERVATION_MAX)
        return error_set(error, NULL, 0, 0, "more than %d variables are observed", OBSERVATION_MAX);
    self->places[self->count++] = place;
    return true;
}

/* "T0.%ax"; returns false where the name is none of this form, or there is no such thread or register. */
static bool find_register(const struct program *program, const char *name, struct observation_place *place)
{
    const char *dot = strstr(name, ".%");
    if (dot == NULL)
        return false;
    enum register_name number = register_find(dot + 2, strlen(dot + 2));
    int thread = program_find_thread(program, name, (size_t)(dot - name));
    *place = (struct observation_place){thread, number};
    return thread >= 0 && number != REGISTER_COUNT;
}

/* What a name with '%' in it lacks: a thread, or a register. */
static bool refuse_register(const struct program *program, const char *name, struct error *error)
{
    const char *dot = strstr(name, ".%");
    if (dot == NULL)
        return error_set(error, NULL, 0, 0, "'%.60s' is no register of a thread (expected one like '%.60s.%%ax')", name,
                         program->threads[0].name);
    size_t length = (size_t)(dot - name);
    bool has_thread = program_find_thread(program, name, length) >= 0;
    struct spelling spelling =
        has_thread ? names_of_registers(dot + 2, strlen(dot + 2)) : names_of_threads(program, name, length);
    return error_set(error, NULL, 0, 0, "'%.60s': there is no %s '%s%.*s'%s", name, has_thread ? "register" : "thread",
                     spelling.before, (int)(spelling.length < 60 ? spelling.length : 60), spelling.word,
                     has_thread ? spelling_advice(&spelling) : spelling_hint_or_list(&spelling));
}

/* "table[9]" may be one element too far. */
static bool refuse_variable(const struct program *program, const char *name, struct error *error)
{
    size_t length = strcspn(name, "[");
    struct unknown_name unknown = {.program = program, .register_before = "T0."};
    for (size_t v = 0; v < program->variable_count; v++)
        if (strlen(program->variables[v].name) == length && memcmp(program->variables[v].name, name, length) == 0)
            return names_refuse_index(&program->variables[v], name + length, error);
    unknown.spelling = spelling_start(name, name[length] != '\0' ? length : strlen(name));
    if (program_prints(program))
        spelling_suspect(&unknown.spelling, "output");
    return names_refuse_variable(&unknown, error);
}

static bool add_name(struct observation *self, struct program *program, const char *name, struct error *error)
{
    struct observation_place place = {OBSERVED_OUTPUT, 0};
    if (name[0] == '\0')
        return error_set(error, NULL, 0, 0, "a name is missing (expected names with commas between, such as x,y)");
    if (strpbrk(name, " \t") != NULL)
        return error_set(error, NULL, 0, 0, "'%.60s' is no name (expected names with commas between, such as x,y)",
                         name);
    if (strchr(name, '%') != NULL)
        return find_register(program, name, &place) ? add_place(self, place, name, error)
                                                    : refuse_register(program, name, error);
    int64_t word = program_observe_word(program, name);
    if (word >= 0)
        place = (struct observation_place){OBSERVED_WORD, (uint32_t)word};
    else if (strcmp(name, "output") != 0)
        return refuse_variable(program, name, error);
    return add_place(self, place, name, error);
}

bool observation_equals(const struct observation *self, const struct observation *other)
{
    bool are_equal = self->count == other->count;
    for (size_t p = 0; p < self->count && are_equal; p++)
        are_equal =
            self->places[p].thread == other->places[p].thread && self->places[p].number == other->places[p].number;
    return are_equal;
}

bool observation_add(struct observation *self, struct program *program, const char *list, struct error *error)
{
    bool is_good = true;
    for (const char *at = list; is_good; at += strcspn(at, ",") + 1) {
        const char *end = at + strcspn(at, ",");
        size_t length = (size_t)(end - at);
        while (length > 0 && (*at == ' ' || *at == '\t')) {
            at++;
            length--;
        }
        while (length > 0 && (at[length - 1] == ' ' || at[length - 1] == '\t'))
            length--;
        char *name = memory_new(length + 1, 1);
        memcpy(name, at, length);
        is_good = add_name(self, program, name, error);
        memory_free(name);
        if (*end == '\0')
            break;
    }
    return is_good;
}

void observation_add_default(struct observation *self, const struct program *program)
{
    if (program->observation.count > 0)
        *self = program->observation;
    else if (program_prints(program))
        *self = (struct observation){.places = {{OBSERVED_OUTPUT, 0}}, .count = 1};
    else if (program->variable_count > 0)
        *self = observation_of(0);
}

bool observation_has_output(const struct observation *self)
{
    for (size_t p = 0; p < self->count; p++)
        if (self->places[p].thread == OBSERVED_OUTPUT)
            return true;
    return false;
}

uint32_t observation_first_word(const struct observation *self)
{
    for (size_t p = 0; p < self->count; p++)
        if (self->places[p].thread == OBSERVED_WORD)
            return self->places[p].number;
    return 0;
}

bool observation_is_word(const struct observation *self, uint32_t *word)
{
    *word = self->count == 1 ? self->places[0].number : 0;
    return self->count == 1 && self->places[0].thread == OBSERVED_WORD;
}

char *observation_name(const struct observation *self, const struct program *program, size_t place)
{
    struct observation_place member = self->places[place];
    struct text name = TEXT_INIT;
    if (member.thread == OBSERVED_WORD)
        return program_word_name(program, member.number);
    if (member.thread == OBSERVED_OUTPUT)
        text_print(&name, "output");
    else
        text_print(&name, "%s.%%%s", program->threads[member.thread].name,
                   program_register_name(program, member.number));
    return text_take(&name);
}

char *observation_names(const struct observation *self, const struct program *program)
{
    struct text names = TEXT_INIT;
    for (size_t p = 0; p < self->count; p++) {
        char *name = observation_name(self, program, p);
        text_print(&names, "%s%s", p > 0 ? "," : "", name);
        memory_free(name);
    }
    return text_take(&names);
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

/* The place of a name in a list with commas, or SIZE_MAX. */
static size_t find_name(const char *names, const char *name, size_t length)
{
    for (size_t place = 0; *names != '\0'; place++) {
        size_t own = strcspn(names, ",");
        if (own == length && memcmp(names, name, length) == 0)
            return place;
        names += own + (names[own] == ',');
    }
    return SIZE_MAX;
}

static size_t count_names(const char *names)
{
    size_t count = names[0] != '\0';
    for (; *names != '\0'; names++)
        count += *names == ',';
    return count;
}

static bool is_output(const char *name, size_t length)
{
    return length == strlen("output") && memcmp(name, "output", length) == 0;
}

/* Reads a number, and moves *at behind it. */
static bool read_number(int64_t *number, const char **at, struct error *error)
{
    int64_t value;
    bool fits;
    const char *end = number_take_written(*at, &value, &fits);
    if (end == NULL || (*end != '\0' && strchr(", \t\n", *end) == NULL))
        return error_set(error, NULL, 0, 0, "'%.60s' is not a number (expected a whole number)", *at);
    if (!fits)
        return error_set(error, NULL, 0, 0, "%.60s is out of range (expected %" PRId64 " to %" PRId64 ")", *at,
                         INT64_MIN, INT64_MAX);
    *number = value;
    *at = end;
    return true;
}

static bool read_output(struct observed_end *self, const char **at, struct error *error)
{
    struct text text = TEXT_INIT;
    if (**at == '"')
        *at = text_read_quoted(&text, *at);
    else {
        text_print(&text, "%s", *at);
        *at += strlen(*at);
    }
    memory_free(self->output);
    self->output = memory_copy_string(text_string(&text));
    text_free(&text);
    return *at != NULL ||
           error_set(error, NULL, 0, 0, "the output is no text (expected one in quotation marks, as in output=\"ab\")");
}

/* Says that a text is no end, with one that could be: of what is observed every member is 1, or "ab". */
static bool refuse_end(const char *text, const char *names, struct error *error)
{
    struct text example = TEXT_INIT;
    for (const char *name = names; *name != '\0';) {
        size_t length = strcspn(name, ",");
        text_print(&example, "%s%.*s=%s", name > names ? "," : "", (int)length, name,
                   is_output(name, length) ? "\"ab\"" : "1");
        name += length + (name[length] == ',');
    }
    error_set(error, NULL, 0, 0, "'%.60s' is no end (expected one like '%s')", text, text_string(&example));
    text_free(&example);
    return false;
}

static const char blanks[] = " \t\n";

static bool refuse_name(const char *name, size_t length, const char *names, struct error *error)
{
    struct spelling spelling = spelling_start(name, length);
    for (const char *at = names; *at != '\0'; at += strspn(at, ",")) {
        spelling_consider_part(&spelling, at, strcspn(at, ","));
        at += strcspn(at, ",");
    }
    return error_set(error, NULL, 0, 0, "'%.*s' is not observed%s", (int)(length < 60 ? length : 60), name,
                     spelling_advice(&spelling));
}

/* Reads "x=1", perhaps with blanks, and moves *at behind it; notes which member that is. */
static bool read_member(struct observed_end *self, const char **at, const char *names, uint32_t *said,
                        struct error *error)
{
    const char *name = *at, *equals = name + strcspn(name, "=");
    size_t length = (size_t)(equals - name);
    while (length > 0 && strchr(blanks, name[length - 1]) != NULL)
        length--;
    size_t place = find_name(names, name, length);
    if (*equals != '=')
        return refuse_end(name, names, error);
    if (place == SIZE_MAX)
        return refuse_name(name, length, names, error);
    if (equals[1] == '=')
        return error_set(error, NULL, 0, 0, "'%.*s==' (expected one '=', as in %.*s=%s)", (int)length, name,
                         (int)length, name, is_output(name, length) ? "\"ab\"" : "1");
    if ((*said >> place & 1) != 0)
        return error_set(error, NULL, 0, 0, "'%.*s' is given twice", (int)length, name);
    *said |= 1u << place;
    bool is_text = is_output(name, length);
    *at = equals + 1;
    *at += !is_text || (*at)[strspn(*at, blanks)] == '"' ? strspn(*at, blanks) : 0;
    return is_text ? read_output(self, at, error) : read_number(&self->numbers[place], at, error);
}

static bool check_said(const char *names, uint32_t said, struct error *error)
{
    for (size_t place = 0; *names != '\0'; place++) {
        size_t length = strcspn(names, ",");
        if ((said >> place & 1) == 0)
            return error_set(error, NULL, 0, 0, "what %.*s is has to be said, too", (int)length, names);
        names += length + (names[length] == ',');
    }
    return true;
}

bool observed_end_read(struct observed_end *self, const char *text, const char *names, struct error *error)
{
    uint32_t said = 0;
    const char *at = text + strspn(text, blanks);
    self->count = count_names(names);
    if (self->count == 1 && strchr(text, '=') == NULL && !is_output(names, strlen(names)))
        return read_number(&self->numbers[0], &at, error) &&
               (at[strspn(at, blanks)] == '\0' ||
                error_set(error, NULL, 0, 0, "'%.60s' is not a number (expected a whole number)", text));
    if (*at == '"' && is_output(names, strlen(names)))
        return read_output(self, &at, error) && (at[strspn(at, blanks)] == '\0' || refuse_end(text, names, error));
    for (; *at != '\0'; at += strspn(at, ", \t\n"))
        if (!read_member(self, &at, names, &said, error))
            return false;
    return check_said(names, said, error);
}

void observed_end_free(struct observed_end *self)
{
    memory_free(self->output);
    *self = (struct observed_end){0};
}
