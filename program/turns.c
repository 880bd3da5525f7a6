#include "program/turns.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

static void add(struct turns *self, struct turn turn)
{
    self->items = memory_grow(self->items, self->count, &self->capacity, sizeof *self->items);
    self->items[self->count++] = turn;
}

void turns_add(struct turns *self, size_t thread, uint64_t steps)
{
    struct turn *last = self->count > 0 ? &self->items[self->count - 1] : NULL;
    if (last != NULL && last->kind == TURN_STEPS && last->thread == thread && last->number <= UINT64_MAX - steps)
        last->number += steps;
    else if (steps > 0)
        add(self, (struct turn){TURN_STEPS, (uint8_t)thread, steps});
}

void turns_open(struct turns *self)
{
    add(self, (struct turn){TURN_OPEN, 0, 0});
}

void turns_close(struct turns *self, uint64_t times)
{
    add(self, (struct turn){TURN_CLOSE, 0, times});
}

void turns_free(struct turns *self)
{
    memory_free(self->items);
    *self = (struct turns){0};
}

/* Where the group that opens at an item closes. */
static size_t group_end(const struct turns *self, size_t open)
{
    while (self->items[open].kind != TURN_CLOSE)
        open++;
    return open;
}

struct turns turns_repeat(const struct turns *self, uint64_t times)
{
    struct turns copy = {0};
    for (size_t i = 0; i < self->count; i++) {
        struct turn turn = self->items[i];
        if (turn.kind == TURN_OPEN && times == 0)
            i = group_end(self, i);
        else if (turn.kind == TURN_STEPS)
            turns_add(&copy, turn.thread, turn.number);
        else
            add(&copy, (struct turn){turn.kind, 0, turn.number * times});
    }
    return copy;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t product(uint64_t a, uint64_t b)
{
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

uint64_t turns_steps(const struct turns *self)
{
    uint64_t steps = 0, before = 0;
    for (size_t i = 0; i < self->count; i++) {
        const struct turn *turn = &self->items[i];
        if (turn->kind == TURN_STEPS) {
            steps = sum(steps, turn->number);
        } else if (turn->kind == TURN_OPEN) {
            before = steps;
            steps = 0;
        } else {
            steps = sum(before, product(steps, turn->number));
        }
    }
    return steps;
}

/* ---- Notation -------------------------------------------------------------------------------------------------------- */

/* The name of a thread, where a reader takes it for this one; else its number. */
static void print_thread(struct text *text, const struct thread_names *names, size_t thread)
{
    struct schedule one = {0};
    struct text name = TEXT_INIT;
    schedule_add(&one, action_by(ACTION_STEP, thread));
    schedule_print(&name, &one, names, SCHEDULE_NAMES, SIZE_MAX);
    char *star = strchr(text_string(&name), '*');
    text_print(text, "%.*s", star != NULL ? (int)(star - text_string(&name)) : (int)name.length, text_string(&name));
    text_free(&name);
    schedule_free(&one);
}

void turns_print(struct text *text, const struct turns *self, const struct thread_names *names)
{
    bool is_first = true;
    for (size_t i = 0; i < self->count; i++) {
        const struct turn *turn = &self->items[i];
        if (turn->kind == TURN_CLOSE) {
            text_print(text, ")*%" PRIu64, turn->number);
            is_first = false;
            continue;
        }
        text_print(text, "%s%s", is_first ? "" : " ", turn->kind == TURN_OPEN ? "(" : "");
        is_first = turn->kind == TURN_OPEN;
        if (turn->kind == TURN_OPEN)
            continue;
        if (names != NULL)
            print_thread(text, names, turn->thread);
        else
            text_print(text, "%d", (int)turn->thread);
        if (turn->number > 1 || names == NULL)
            text_print(text, "*%" PRIu64, turn->number);
    }
}

/* A text being read. */
struct reader {
    const char *start, *at, *end;
    struct error *error;
    bool is_open;
};

static bool refuse(const struct reader *self, const char *problem)
{
    unsigned line = 1, column = 1;
    for (const char *c = self->start; c < self->at; c++) {
        line += *c == '\n';
        column = *c == '\n' ? 1 : column + 1;
    }
    return error_set(self->error, NULL, line, column, "%s", problem);
}

static bool is_blank(char c)
{
    return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A star and a number, which may be missing: 1. */
static bool read_times(struct reader *self, uint64_t *times)
{
    *times = 1;
    bool is_typeset = self->end - self->at > 1 && memcmp(self->at, "\xc3\x97", 2) == 0;
    if (self->at == self->end || (*self->at != '*' && !is_typeset))
        return true;
    self->at += is_typeset ? 2 : 1;
    if (self->at == self->end || !is_digit(*self->at))
        return refuse(self, "expected a number behind the star, as in 'T0*2'");
    for (*times = 0; self->at < self->end && is_digit(*self->at); self->at++) {
        uint64_t digit = (uint64_t)(*self->at - '0');
        if (*times > (INT64_MAX - digit) / 10)
            return refuse(self, "the number behind the star is too large");
        *times = *times * 10 + digit;
    }
    return true;
}

static bool read_turn(struct reader *self, struct turns *turns, const struct thread_names *names)
{
    const char *word = self->at;
    while (self->at < self->end && !is_blank(*self->at) && strchr("()*\xc3", *self->at) == NULL)
        self->at++;
    int thread = thread_names_find(names, word, (size_t)(self->at - word));
    uint64_t times;
    if (thread < 0) {
        self->at = word;
        return refuse(self, "expected a thread and how many steps it makes, as in 'T0*2', or a group in parentheses");
    }
    if (!read_times(self, &times))
        return false;
    turns_add(turns, (size_t)thread, times);
    return true;
}

static bool read_item(struct reader *self, struct turns *turns, const struct thread_names *names)
{
    uint64_t times;
    if (*self->at == '(') {
        if (self->is_open)
            return refuse(self, "a group inside another one");
        self->is_open = true;
        self->at++;
        turns_open(turns);
        return true;
    }
    if (*self->at != ')')
        return read_turn(self, turns, names);
    if (!self->is_open)
        return refuse(self, "')' without '('");
    self->is_open = false;
    self->at++;
    if (!read_times(self, &times))
        return false;
    turns_close(turns, times);
    return true;
}

bool turns_read(struct turns *self, const char *text, size_t length, const struct thread_names *names,
                struct error *error)
{
    struct reader reader = {.start = text, .at = text, .end = text + length, .error = error};
    while (reader.at < reader.end) {
        if (is_blank(*reader.at))
            reader.at++;
        else if (!read_item(&reader, self, names))
            return false;
    }
    return !reader.is_open || refuse(&reader, "expected ')'");
}
