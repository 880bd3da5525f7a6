#include "verify/program.h"

#include "verify/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Names ----------------------------------------------------------------------------------------------------- */

static const char *const register_names[REGISTER_COUNT] = {"ax", "bx", "cx", "dx", "ex", "fx", "sp", "bp", "flags"};

static bool equals(const char *string, const char *name, size_t length)
{
    return strlen(string) == length && memcmp(string, name, length) == 0;
}

size_t register_find(const char *name, size_t length)
{
    size_t number = 0;
    while (number < REGISTER_COUNT && !equals(register_names[number], name, length))
        number++;
    return number;
}

void items_add(struct items *self, const char *name, size_t length, int64_t number, size_t line)
{
    char *copy = storage_new(length + 1, 1);
    memcpy(copy, name, length);
    self->at = storage_grow(self->at, self->count, &self->capacity, sizeof *self->at);
    self->at[self->count++] = (struct item){.name = copy, .length = length, .number = number, .line = line};
}

const struct item *items_find(const struct items *self, const char *name, size_t length)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->at[i].length == length && memcmp(self->at[i].name, name, length) == 0)
            return &self->at[i];
    return NULL;
}

size_t program_find_thread(const struct program *self, const char *name, size_t length)
{
    for (size_t t = 0; t < self->thread_count; t++)
        if (equals(self->threads[t].name, name, length))
            return t;
    return SIZE_MAX;
}

enum operand_kind program_find(const struct program *self, const struct token *name, const struct item **item)
{
    const struct items *const lists[] = {&self->variables, &self->mutexes, &self->semaphores, &self->queues};
    static const enum operand_kind kinds[] = {OPERAND_WORD, OPERAND_MUTEX, OPERAND_SEMAPHORE, OPERAND_QUEUE};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if ((*item = items_find(lists[i], name->text, name->length)) != NULL)
            return kinds[i];
    return (enum operand_kind)0;
}

/* ---- Locations ------------------------------------------------------------------------------------------------- */

size_t program_semaphore_location(const struct program *self, size_t semaphore)
{
    return self->words.count + semaphore;
}

size_t program_register_location(const struct program *self, size_t thread, size_t number)
{
    return self->words.count + self->semaphores.count + thread * REGISTER_COUNT + number;
}

size_t program_location_count(const struct program *self)
{
    return program_register_location(self, self->thread_count, 0);
}

int64_t program_initial_value(const struct program *self, size_t location)
{
    if (location < self->words.count)
        return self->words.at[location].number;
    location -= self->words.count;
    if (location < self->semaphores.count)
        return self->semaphores.at[location].number;
    location -= self->semaphores.count;
    return self->threads[location / REGISTER_COUNT].registers[location % REGISTER_COUNT];
}

static size_t find_register(const struct program *self, const char *name, size_t length, const char *dot)
{
    size_t thread = program_find_thread(self, name, (size_t)(dot - name));
    size_t rest = length - (size_t)(dot - name);
    size_t number = rest > 2 && dot[1] == '%' ? register_find(dot + 2, rest - 2) : REGISTER_COUNT;
    return thread == SIZE_MAX || number == REGISTER_COUNT ? SIZE_MAX : program_register_location(self, thread, number);
}

static size_t find_element(const struct program *self, const char *name, size_t length, const char *bracket)
{
    const struct item *variable = items_find(&self->variables, name, (size_t)(bracket - name));
    size_t index = 0;
    const char *at = bracket + 1;
    for (; at < name + length && *at >= '0' && *at <= '9' && index < WORDS_MAX; at++)
        index = 10 * index + (size_t)(*at - '0');
    bool is_closed = at > bracket + 1 && at + 1 == name + length && *at == ']';
    if (variable == NULL || !is_closed || index >= variable->size)
        return SIZE_MAX;
    return (size_t)variable->number + index;
}

size_t program_find_location(const struct program *self, const char *name, size_t length)
{
    const char *dot = memchr(name, '.', length), *bracket = memchr(name, '[', length);
    if (dot != NULL)
        return find_register(self, name, length, dot);
    if (bracket != NULL)
        return find_element(self, name, length, bracket);
    const struct item *variable = items_find(&self->variables, name, length);
    if (variable != NULL)
        return (size_t)variable->number;
    const struct item *semaphore = items_find(&self->semaphores, name, length);
    return semaphore == NULL ? SIZE_MAX : program_semaphore_location(self, (size_t)(semaphore - self->semaphores.at));
}

/* ---- Expressions ----------------------------------------------------------------------------------------------- */

struct expression {
    const struct program *program;
    const struct token *at;
    int64_t self_value;
    unsigned depth;
};

static int64_t read_sum(struct expression *self);

static _Noreturn void fail_range(const struct token *token)
{
    verdict_malformed(token->line, "the program has a number that does not fit into 64 bits");
}

static int64_t read_symbol(struct expression *self)
{
    const struct token *name = self->at++;
    if (token_is(name, "SELF") && self->self_value >= 0)
        return self->self_value;
    const struct item *symbol = items_find(&self->program->symbols, name->text, name->length);
    if (symbol == NULL || symbol->line > name->line)
        verdict_malformed(name->line, "the program has an undefined symbol");
    return symbol->number;
}

static int64_t read_literal(struct expression *self, bool is_negative)
{
    const struct token *token = self->at++;
    if (token->number > (uint64_t)INT64_MAX + is_negative)
        fail_range(token);
    return is_negative ? (int64_t)(0 - token->number) : (int64_t)token->number;
}

static int64_t read_primary(struct expression *self)
{
    if (self->at->kind == TOKEN_NAME && !self->at->has_dot)
        return read_symbol(self);
    if (!token_is_sign(self->at, '('))
        token_unexpected(self->at, "a number");
    if (self->depth++ == DEPTH_MAX)
        verdict_malformed(self->at->line, "the program has parentheses that are nested too deeply");
    self->at++;
    int64_t value = read_sum(self);
    if (!token_is_sign(self->at, ')'))
        token_unexpected(self->at, "')'");
    self->at++;
    self->depth--;
    return value;
}

static int64_t read_factor(struct expression *self)
{
    bool is_negative = false;
    for (; token_is_sign(self->at, '-'); self->at++)
        is_negative = !is_negative;
    const struct token *first = self->at;
    if (first->kind == TOKEN_NUMBER)
        return read_literal(self, is_negative);
    int64_t value = read_primary(self);
    if (is_negative && __builtin_sub_overflow((int64_t)0, value, &value))
        fail_range(first);
    return value;
}

static int64_t read_product(struct expression *self)
{
    int64_t value = read_factor(self);
    while (token_is_sign(self->at, '*')) {
        const struct token *sign = self->at++;
        if (__builtin_mul_overflow(value, read_factor(self), &value))
            fail_range(sign);
    }
    return value;
}

static int64_t read_sum(struct expression *self)
{
    int64_t value = read_product(self);
    while (token_is_sign(self->at, '+') || token_is_sign(self->at, '-')) {
        const struct token *sign = self->at++;
        int64_t other = read_product(self);
        if (sign->text[0] == '+' ? __builtin_add_overflow(value, other, &value)
                                 : __builtin_sub_overflow(value, other, &value))
            fail_range(sign);
    }
    return value;
}

int64_t program_read_number(const struct program *self, const struct token **at, int64_t self_value)
{
    struct expression expression = {self, *at, self_value, 0};
    int64_t value = read_sum(&expression);
    *at = expression.at;
    return value;
}

/* ---- Declarations ---------------------------------------------------------------------------------------------- */

static void expect_end(const struct token *at)
{
    if (at->kind != TOKEN_END)
        token_unexpected(at, "the end of the line");
}

static const struct token *expect_comma(const struct token *at)
{
    if (!token_is_sign(at, ','))
        token_unexpected(at, "','");
    return at + 1;
}

static const struct token *expect_new_name(const struct program *self, const struct token *at)
{
    const struct item *other;
    if (at->kind != TOKEN_NAME || at->has_dot)
        token_unexpected(at, "a name");
    if (program_find(self, at, &other) != 0 || items_find(&self->symbols, at->text, at->length) != NULL ||
        token_is(at, "SELF"))
        verdict_malformed(at->line, "the program declares a name twice");
    return at;
}

static int64_t read_between(const struct program *self, const struct token **at, int64_t least, int64_t most)
{
    const struct token *first = *at;
    int64_t value = program_read_number(self, at, -1);
    if (value < least || value > most)
        verdict_malformed(first->line, "the program has a number out of its range");
    return value;
}

size_t program_add_words(struct program *self, size_t count, int64_t initial, size_t line)
{
    size_t first = self->words.count;
    if (first + count > WORDS_MAX)
        verdict_malformed(line, "the program has too many words of memory");
    for (size_t i = 0; i < count; i++)
        items_add(&self->words, "", 0, initial, line);
    return first;
}

/* .var NAME [WORDS] [, INITIAL] */
static void read_var(struct program *self, const struct token *at)
{
    const struct token *name = expect_new_name(self, at++);
    int64_t words = 1, initial = 0;
    if (at->kind != TOKEN_END && !token_is_sign(at, ','))
        words = read_between(self, &at, 1, WORDS_MAX);
    if (token_is_sign(at, ',')) {
        at++;
        initial = program_read_number(self, &at, -1);
    }
    expect_end(at);
    size_t first = program_add_words(self, (size_t)words, initial, name->line);
    items_add(&self->variables, name->text, name->length, (int64_t)first, name->line);
    self->variables.at[self->variables.count - 1].size = (size_t)words;
    self->declared_words = self->words.count;
}

/* .mutex NAME; .semaphore NAME, PERMITS; .queue NAME, CAPACITY */
static void read_object(struct program *self, const struct token *at, struct items *items, int64_t least, int64_t most)
{
    const struct token *name = expect_new_name(self, at++);
    int64_t number = 0;
    if (items->count == OBJECTS_MAX)
        verdict_malformed(name->line, "the program has too many mutexes, semaphores or queues");
    if (most > 0) {
        at = expect_comma(at);
        number = read_between(self, &at, least, most);
    }
    expect_end(at);
    items_add(items, name->text, name->length, number, name->line);
}

/* .default NAME, VALUE: what the certificate says comes first. */
static void read_default(struct program *self, const struct token *at)
{
    const struct token *name = at;
    const struct item *other;
    if (name->kind != TOKEN_NAME || name->has_dot || program_find(self, name, &other) != 0)
        token_unexpected(name, "a symbol's name");
    at = expect_comma(name + 1);
    int64_t value = program_read_number(self, &at, -1);
    expect_end(at);
    if (items_find(&self->symbols, name->text, name->length) == NULL)
        program_add_symbol(self, name->text, name->length, value, name->line);
}

static bool is_declaration(const struct token *at)
{
    static const char *const words[] = {".var", ".mutex", ".semaphore", ".queue", ".default", ".scheduler"};
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
        if (token_is(at, words[w]))
            return true;
    return false;
}

/* Declares what a line declares, if it does. Which scheduler the text asks for does not matter: the certificate
 * says under which it was made. */
static void read_declaration(struct program *self, const struct token *at)
{
    if (token_is(at, ".var"))
        read_var(self, at + 1);
    else if (token_is(at, ".mutex"))
        read_object(self, at + 1, &self->mutexes, 0, 0);
    else if (token_is(at, ".semaphore"))
        read_object(self, at + 1, &self->semaphores, 0, INT64_MAX);
    else if (token_is(at, ".queue"))
        read_object(self, at + 1, &self->queues, 1, QUEUE_ITEMS_MAX);
    else if (token_is(at, ".default"))
        read_default(self, at + 1);
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

/* Skips the labels in front of a line's statement. */
static const struct token *statement_of(const struct token *at)
{
    while (at->kind == TOKEN_NAME && token_is_sign(at + 1, ':'))
        at += 2;
    return at;
}

static size_t next_line(const struct token_list *list, size_t at)
{
    while (list->tokens[at].kind != TOKEN_END)
        at++;
    return at + 1;
}

static bool begins_section(const struct token *at)
{
    return token_is(at, ".main") || token_is(at, ".thread");
}

/* Adds a thread and reads its code; a name of its own, or NULL for the next of T0, T1, ... */
static void add_thread(struct program *self, const struct token_list *list, size_t first, size_t last,
                       const struct token *name)
{
    char number[24];
    size_t thread = self->thread_count;
    if (thread == THREADS_MAX)
        verdict_malformed(list->tokens[first].line, "the program has more than %d threads", THREADS_MAX);
    snprintf(number, sizeof number, "T%zu", thread);
    const char *text = name != NULL ? name->text : number;
    size_t length = name != NULL ? name->length : strlen(number);
    if (program_find_thread(self, text, length) != SIZE_MAX)
        verdict_malformed(list->tokens[first].line, "the program has two threads of one name");
    self->threads[thread].name = storage_new(length + 1, 1);
    memcpy(self->threads[thread].name, text, length);
    self->thread_count++;
    program_read_code(self, list, first, last, thread);
}

/* The section that begins at a line: its threads, where it is one of those that are wanted now. */
static void add_section(struct program *self, const struct token_list *list, size_t first, const struct token *head,
                        bool wants_main)
{
    size_t last = next_line(list, first);
    while (last < list->count && !begins_section(statement_of(&list->tokens[last])))
        last = next_line(list, last);
    bool is_main = token_is(head, ".main");
    if (is_main != wants_main)
        return;
    if (!is_main && (head[1].kind != TOKEN_NAME || head[1].has_dot))
        token_unexpected(&head[1], "the thread's name");
    expect_end(is_main ? head + 1 : head + 2);
    int64_t count = is_main ? items_find(&self->symbols, "THREADS", 7)->number : 1;
    for (int64_t i = 0; i < count; i++)
        add_thread(self, list, next_line(list, first), last, is_main ? NULL : &head[1]);
}

/* Where the first section begins, or the end of the list: then all of the text is the code of .main. */
static size_t find_first_section(const struct token_list *list)
{
    size_t at = 0;
    while (at < list->count && !begins_section(statement_of(&list->tokens[at])))
        at = next_line(list, at);
    return at;
}

/* What stands before the first section belongs to no thread. */
static void check_preamble(const struct token_list *list, size_t first_section)
{
    for (size_t at = 0; at < first_section; at = next_line(list, at))
        if (list->tokens[at].kind != TOKEN_END && !is_declaration(&list->tokens[at]))
            token_unexpected(&list->tokens[at], "a declaration, or '.main' or '.thread' before it");
}

/* The threads of .main come first, wherever it stands. */
static void add_threads(struct program *self, const struct token_list *list)
{
    size_t first_section = find_first_section(list);
    int64_t threads = items_find(&self->symbols, "THREADS", 7)->number;
    if (first_section < list->count)
        check_preamble(list, first_section);
    for (int64_t i = 0; i < threads && first_section >= list->count; i++)
        add_thread(self, list, 0, list->count, NULL);
    for (int wants_main = 1; wants_main >= 0; wants_main--)
        for (size_t at = 0; at < list->count; at = next_line(list, at)) {
            const struct token *head = statement_of(&list->tokens[at]);
            if (begins_section(head))
                add_section(self, list, at, head, wants_main);
        }
    if (self->thread_count == 0)
        verdict_malformed(0, "the program has no threads");
}

void program_add_symbol(struct program *self, const char *name, size_t length, int64_t value, size_t line)
{
    if (self->symbols.count == SYMBOLS_MAX)
        verdict_malformed(line, "the program has too many symbols");
    items_add(&self->symbols, name, length, value, line);
}

void program_count_search(struct program *self, size_t count, size_t line)
{
    static const uint64_t most = 500000000; /* some seconds */
    self->searched += count;
    if (self->searched > most)
        verdict_malformed(line, "the program has too many names for its length");
}

struct program *program_new(int64_t threads, int64_t iters)
{
    struct program *self = storage_new(1, sizeof *self);
    items_add(&self->symbols, "THREADS", 7, threads, 0);
    items_add(&self->symbols, "ITERS", 5, iters, 0);
    return self;
}

/* Reads all declarations, wherever they stand but in a .rept. */
static void read_declarations(struct program *self, const struct token_list *list)
{
    size_t depth = 0;
    for (size_t at = 0; at < list->count; at = next_line(list, at)) {
        const struct token *statement = statement_of(&list->tokens[at]);
        if (token_is(statement, ".file"))
            verdict_malformed(statement->line,
                              "the program consists of several files, which this verifier does not support");
        if (depth > 0 && is_declaration(statement))
            verdict_malformed(statement->line, "the program declares something inside '.rept'");
        depth += token_is(statement, ".rept");
        depth -= depth > 0 && token_is(statement, ".endr");
        read_declaration(self, statement);
    }
}

void program_read(struct program *self, const struct token_list *list)
{
    read_declarations(self, list);
    add_threads(self, list);
}
