#include "program/counted_event.h"

#include "base/memory.h"
#include "base/spelling.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[COUNTED_KIND_COUNT] = {
    [COUNTED_STEPS] = "steps",   [COUNTED_SWITCHES] = "context-switches",    [COUNTED_PREEMPTIONS] = "preemptions",
    [COUNTED_WAITS] = "waits",   [COUNTED_FAILURES] = "failed-acquisitions", [COUNTED_FLUSHES] = "flushes",
    [COUNTED_ROUNDS] = "rounds",
};

const char *counted_kind_name(enum counted_kind kind)
{
    return names[kind];
}

enum counted_kind counted_kind_find(const char *name, size_t length)
{
    enum counted_kind kind = COUNTED_LINE + 1;
    while (kind < COUNTED_KIND_COUNT && (strlen(names[kind]) != length || memcmp(names[kind], name, length) != 0))
        kind++;
    return kind;
}

/* ---- Adding ------------------------------------------------------------------------------------------------------ */

static struct counted_event *find(const struct program *self, const char *name)
{
    for (size_t e = 0; e < self->counted_event_count; e++)
        if (strcmp(self->counted_events[e].name, name) == 0)
            return &self->counted_events[e];
    return NULL;
}

/* Adds an event, taking its name, which no other one has; NULL where there are too many. */
static struct counted_event *add(struct program *self, char *name, enum counted_kind kind)
{
    if (self->counted_event_count == PROGRAM_COUNTED_MAX) {
        memory_free(name);
        return NULL;
    }
    self->counted_events =
        memory_resize(self->counted_events, self->counted_event_count + 1, sizeof *self->counted_events);
    self->counted_events[self->counted_event_count] =
        (struct counted_event){name, kind, (uint32_t)self->counted_event_count};
    return &self->counted_events[self->counted_event_count++];
}

uint32_t program_mark_counted(struct program *self, char *name)
{
    struct counted_event *event = find(self, name);
    if (event != NULL)
        memory_free(name);
    else
        event = add(self, name, COUNTED_MARKED);
    return event != NULL ? event->number : PROGRAM_COUNTED_MAX;
}

bool program_marks_counted(const struct program *self)
{
    for (size_t e = 0; e < self->counted_event_count; e++)
        if (self->counted_events[e].kind == COUNTED_MARKED)
            return true;
    return false;
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

/* The line that a word names, 0 where it names none; *file is then what stands before it, with its length. */
static uint32_t line_of(const char *word, size_t *file)
{
    const char *colon = strrchr(word, ':'), *digits = colon != NULL ? colon + 1 : word;
    char *end;
    if (!isdigit((unsigned char)digits[0]))
        return 0;
    unsigned long long line = strtoull(digits, &end, 10);
    *file = colon != NULL ? (size_t)(colon - word) : 0;
    return *end == '\0' && line <= UINT32_MAX ? (uint32_t)line : 0;
}

/* A file is known by its name, with folders or without. */
static bool is_file(const char *name, const char *word, size_t length)
{
    const char *last = strrchr(name, '/');
    return (strlen(name) == length && memcmp(name, word, length) == 0) ||
           (last != NULL && strlen(last + 1) == length && memcmp(last + 1, word, length) == 0);
}

/* Whether an instruction goes on with the execution of a line that the one before it belongs to: it is of the same line, and stands
 * behind it there, be that a line of the text, bytecode or assembly. Loops that were unrolled come back to the beginning. */
static bool goes_on(const struct code *code, uint32_t i)
{
    const struct instruction *before = &code->instructions[i - 1], *instruction = &code->instructions[i];
    if (before->place.line != instruction->place.line)
        return false;
    if (code->origins != NULL)
        return code->origins[i].goes_on || code->origins[i].bytecode > code->origins[i - 1].bytecode;
    if (code->parts != NULL)
        return code->parts[i].goes_on || code->parts[i].line > code->parts[i - 1].line;
    return instruction->place.column > before->place.column;
}

/* Marks the instructions that a line begins with; says whether there is one. */
static bool mark_line(const struct code *code, uint32_t line, uint32_t number)
{
    bool is_there = false;
    for (uint32_t i = 0; i < code->count; i++) {
        struct instruction *instruction = &code->instructions[i];
        if (instruction->place.line != line || (i > 0 && goes_on(code, i)))
            continue;
        instruction->counted |= (uint16_t)(1u << number);
        is_there = true;
    }
    return is_there;
}

static bool add_line(struct program *self, const char *word, uint32_t line, size_t file, struct error *error)
{
    bool is_there = false;
    const struct counted_event *event = add(self, memory_copy_string(word), COUNTED_LINE);
    if (event == NULL)
        return error_set(error, NULL, 0, 0, "more than %d events to count", PROGRAM_COUNTED_MAX);
    for (size_t c = 0; c < self->code_count; c++)
        if (file == 0 || is_file(self->files[self->codes[c].file].name, word, file))
            is_there |= mark_line(&self->codes[c], line, event->number);
    return is_there || error_set(error, NULL, 0, 0, "nothing is executed in line %.80s", word);
}

/* ---- Lists ------------------------------------------------------------------------------------------------------- */

static bool fail_word(const struct program *self, const char *word, struct error *error)
{
    struct spelling spelling = spelling_start(word, strlen(word));
    for (enum counted_kind kind = COUNTED_LINE + 1; kind < COUNTED_KIND_COUNT; kind++)
        spelling_consider(&spelling, names[kind]);
    for (size_t e = 0; e < self->counted_event_count; e++)
        spelling_consider(&spelling, self->counted_events[e].name);
    return error_set(error, NULL, 0, 0, "there is no event '%.80s' to count%s", word, spelling_hint_or_list(&spelling));
}

static bool add_word(struct program *self, const char *word, struct error *error)
{
    size_t file = 0;
    uint32_t line = line_of(word, &file);
    if (find(self, word) != NULL)
        return true;
    if (line > 0)
        return add_line(self, word, line, file, error);
    enum counted_kind kind = counted_kind_find(word, strlen(word));
    if (kind == COUNTED_KIND_COUNT)
        return fail_word(self, word, error);
    return add(self, memory_copy_string(word), kind) != NULL ||
           error_set(error, NULL, 0, 0, "more than %d events to count", PROGRAM_COUNTED_MAX);
}

bool program_add_counted(struct program *self, const char *list, struct error *error)
{
    bool is_right = true;
    while (is_right) {
        size_t length = strcspn(list, ",");
        char *word = memory_copy(list, length + 1);
        word[length] = '\0';
        is_right = add_word(self, word, error);
        memory_free(word);
        if (list[length] == '\0')
            break;
        list += length + 1;
    }
    return is_right;
}
