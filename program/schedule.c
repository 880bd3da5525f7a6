#include "program/schedule.h"

#include "base/memory.h"
#include "program/schedule_parts.h"

#include <inttypes.h>
#include <string.h>

/* ---- The list ------------------------------------------------------------------------------------------------ */

void schedule_add(struct schedule *self, struct action action)
{
    self->actions = memory_grow(self->actions, self->count, &self->capacity, sizeof *self->actions);
    self->actions[self->count++] = action;
}

void schedule_append(struct schedule *self, const struct schedule *other, size_t first, size_t count)
{
    for (size_t a = first; a < first + count; a++)
        schedule_add(self, other->actions[a]);
}

bool schedule_equals(const struct schedule *self, const struct schedule *other)
{
    bool are_equal = self->count == other->count;
    for (size_t a = 0; a < self->count && are_equal; a++)
        are_equal = action_equals(self->actions[a], other->actions[a]);
    return are_equal;
}

void schedule_reverse(struct schedule *self)
{
    for (size_t first = 0, last = self->count; first + 1 < last; first++) {
        struct action action = self->actions[--last];
        self->actions[last] = self->actions[first];
        self->actions[first] = action;
    }
}

void schedule_free(struct schedule *self)
{
    memory_free(self->actions);
    *self = (struct schedule){0};
}

size_t schedule_first_step(const struct schedule *self)
{
    return self->count > 0 && !action_is_step(self->actions[0]) ? 1 : 0;
}

size_t schedule_step_count(const struct schedule *self)
{
    return self->count - schedule_first_step(self);
}

/* ---- Notations ----------------------------------------------------------------------------------------------- */

enum naming { BY_NAME, BY_NUMBER, BY_LETTER };

/* What makes a notation. */
struct style {
    enum naming naming;
    bool is_counted;       /* steps in a row of one thread are one item with a number */
    bool shows_one;        /* even where that number is 1 */
    bool is_row;           /* nothing stands between steps */
    const char *times;     /* before the number */
    const char *separator; /* between items */
};

static const struct style styles[SCHEDULE_NOTATIONS] = {
    [SCHEDULE_TYPESET] = {BY_NAME, true, true, false, "\xc3\x97", ", "},
    [SCHEDULE_NAMES] = {BY_NAME, true, false, false, "*", " "},
    [SCHEDULE_NUMBERS] = {BY_NUMBER, true, true, false, "*", " "},
    [SCHEDULE_LIST] = {BY_NUMBER, true, false, false, "*", ","},
    [SCHEDULE_LETTERS] = {BY_LETTER, true, false, false, "*", " "},
    [SCHEDULE_STEPS] = {BY_NUMBER, false, false, false, "*", " "},
    [SCHEDULE_DIGIT_ROW] = {BY_NUMBER, false, false, true, "*", " "},
    [SCHEDULE_LETTER_ROW] = {BY_LETTER, false, false, true, "*", " "},
};

/* A schedule being printed. */
struct printer {
    struct text *text;
    const struct schedule *schedule;
    const struct thread_names *names;
    struct style style;
    size_t items;
};

/* Whether a reader takes a thread's name for this thread. */
static bool reads_back(const struct thread_names *names, size_t thread, const char *name)
{
    size_t length = strlen(name);
    return length > 0 && schedule_word_length(name, length) == length && strchr(name, ':') == NULL &&
           schedule_word(name, length) == SCHEDULE_WORD_THREAD && thread_names_find(names, name, length) == (int)thread;
}

/* Prints what a thread is called; a number of several digits, which alone would be a row of digits, is said to be one. */
static bool print_thread(const struct printer *self, size_t thread)
{
    char short_name[24];
    const char *name = short_name;
    if (self->style.naming == BY_LETTER)
        snprintf(short_name, sizeof short_name, "%c", (char)('A' + thread));
    else
        snprintf(short_name, sizeof short_name, "T%zu", thread);
    if (self->style.naming == BY_NAME && thread < self->names->count)
        name = self->names->names[thread];
    bool is_name = self->style.naming != BY_NUMBER && reads_back(self->names, thread, name);
    if (is_name)
        text_print(self->text, "%s", name);
    else
        text_print(self->text, "%zu", thread);
    return !is_name && thread > 9;
}

/* How many steps from an action on are like it. */
static size_t burst_length(const struct schedule *schedule, size_t first)
{
    struct action step = schedule->actions[first];
    size_t length = 1;
    if (step.kind == ACTION_SIGNAL)
        step.kind = ACTION_STEP;
    while (first + length < schedule->count && action_equals(schedule->actions[first + length], step))
        length++;
    return length;
}

static void print_prefix(const struct printer *self, struct action action)
{
    if (action.kind == ACTION_SIGNAL)
        text_print(self->text, "%s%s", schedule_word_text(SCHEDULE_WORD_SIGNAL), self->style.separator);
    else if (action.kind == ACTION_RETURN)
        text_print(self->text, "%s ", schedule_word_text(SCHEDULE_WORD_RETURN));
    else if (action.kind == ACTION_FLUSH)
        text_print(self->text, "%s ", schedule_word_text(SCHEDULE_WORD_FLUSH));
}

/* Prints the item that begins at an action; returns the number of its actions. */
static size_t print_item(struct printer *self, size_t at)
{
    struct action action = self->schedule->actions[at];
    if (action.kind == ACTION_PHASE) {
        text_print(self->text, "%s %" PRIu32, schedule_word_text(SCHEDULE_WORD_PHASE), action.phase);
        return 1;
    }
    size_t length = self->style.is_counted ? burst_length(self->schedule, at) : 1;
    print_prefix(self, action);
    bool is_row = print_thread(self, action.thread) && self->schedule->count == 1;
    if (action.choice > 0)
        text_print(self->text, ":%u", action.choice);
    if (length > 1 || (self->style.is_counted && self->style.shows_one) || is_row)
        text_print(self->text, "%s%zu", self->style.times, length);
    return length;
}

/* Whether a row of digits or letters can say all of a schedule, and not by chance the name of a thread. */
static bool fits_row(const struct schedule *schedule, const struct thread_names *names, enum naming naming)
{
    for (size_t a = 0; a < schedule->count; a++) {
        struct action action = schedule->actions[a];
        char letter = (char)('A' + action.thread);
        if (action.kind != ACTION_STEP || action.choice > 0 || action.thread >= (naming == BY_NUMBER ? 10 : 26) ||
            (naming == BY_LETTER && !reads_back(names, action.thread, (char[]){letter, '\0'})))
            return false;
    }
    for (size_t t = 0; t < names->count; t++)
        if (strlen(names->names[t]) == schedule->count && schedule->count > 1)
            return false;
    return true;
}

static struct style style_for(const struct schedule *schedule, const struct thread_names *names,
                              enum schedule_notation notation)
{
    struct style style = styles[notation];
    style.is_row = style.is_row && fits_row(schedule, names, style.naming);
    return style;
}

void schedule_print(struct text *text, const struct schedule *self, const struct thread_names *names,
                    enum schedule_notation notation, size_t most)
{
    struct printer printer = {text, self, names, style_for(self, names, notation), 0};
    for (size_t at = 0; at < self->count; at += print_item(&printer, at)) {
        if (printer.items == most) {
            text_print(text, " ...");
            return;
        }
        text_print(text, "%s", printer.items++ == 0 || printer.style.is_row ? "" : printer.style.separator);
    }
}
