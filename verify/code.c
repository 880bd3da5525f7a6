/* The code of one thread: its section's lines, gone through as .rept says, with the labels of each repetition a
 * scope of their own. */
#include "verify/program.h"

#include "verify/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    WORK_MAX = 16000000,
    ANY_VALUE = OPERAND_NUMBER | OPERAND_REGISTER | OPERAND_WORD,
    ANY_PLACE = OPERAND_REGISTER | OPERAND_WORD
};

struct form {
    const char *name;
    enum opcode opcode;
    unsigned a, b; /* the kinds that an operand may be of; 0: there is none */
};

static const struct form forms[] = {
    {"nop", OP_NOP, 0, 0},
    {"yield", OP_YIELD, 0, 0},
    {"halt", OP_HALT, 0, 0},
    {"io", OP_IO, 0, 0},
    {"mov", OP_MOV, ANY_VALUE, ANY_PLACE},
    {"add", OP_ADD, ANY_VALUE, ANY_PLACE},
    {"sub", OP_SUB, ANY_VALUE, ANY_PLACE},
    {"mul", OP_MUL, ANY_VALUE, ANY_PLACE},
    {"neg", OP_NEG, ANY_PLACE, 0},
    {"not", OP_NOT, ANY_PLACE, 0},
    {"div", OP_DIV, ANY_VALUE, ANY_PLACE},
    {"mod", OP_MOD, ANY_VALUE, ANY_PLACE},
    {"and", OP_AND, ANY_VALUE, ANY_PLACE},
    {"or", OP_OR, ANY_VALUE, ANY_PLACE},
    {"xor", OP_XOR, ANY_VALUE, ANY_PLACE},
    {"shl", OP_SHL, ANY_VALUE, ANY_PLACE},
    {"shr", OP_SHR, ANY_VALUE, ANY_PLACE},
    {"test", OP_TEST, ANY_VALUE, ANY_VALUE},
    {"xchg", OP_XCHG, OPERAND_REGISTER, OPERAND_WORD},
    {"fetchadd", OP_FETCHADD, OPERAND_REGISTER, OPERAND_WORD},
    {"cas", OP_CAS, OPERAND_REGISTER, OPERAND_WORD},
    {"j", OP_J, OPERAND_LABEL, 0},
    {"je", OP_JE, OPERAND_LABEL, 0},
    {"jne", OP_JNE, OPERAND_LABEL, 0},
    {"jgt", OP_JGT, OPERAND_LABEL, 0},
    {"jgte", OP_JGTE, OPERAND_LABEL, 0},
    {"jlt", OP_JLT, OPERAND_LABEL, 0},
    {"jlte", OP_JLTE, OPERAND_LABEL, 0},
    {"lock", OP_LOCK, OPERAND_MUTEX, 0},
    {"unlock", OP_UNLOCK, OPERAND_MUTEX, 0},
    {"wait", OP_WAIT, OPERAND_SEMAPHORE, 0},
    {"post", OP_POST, OPERAND_SEMAPHORE, 0},
    {"put", OP_PUT, OPERAND_QUEUE, ANY_VALUE},
    {"get", OP_GET, OPERAND_QUEUE, ANY_PLACE},
};

static const char *const directives[] = {".var",       ".mutex",    ".semaphore",  ".queue", ".default",
                                         ".scheduler", ".main",     ".thread",     ".rept",  ".endr",
                                         ".tick",      ".critical", ".endcritical"};

/* A jump whose label's scope is still open, and a label of an open scope. */
struct jump {
    size_t instruction;
    const struct token *name;
};

struct label {
    const struct token *name;
    size_t index;
};

struct reader {
    struct program *program;
    const struct token_list *list;
    struct code *code;
    size_t thread;
    uint32_t ticks;
    unsigned depth;
    struct jump *jumps;
    size_t jump_count;
    size_t jump_capacity;
    struct label *labels;
    size_t label_count;
    size_t label_capacity;
};

/* ---- Operands -------------------------------------------------------------------------------------------------- */

static void count_search(struct reader *self, size_t count, const struct token *at)
{
    program_count_search(self->program, count, at->line);
}

static int64_t read_number(struct reader *self, const struct token **at)
{
    count_search(self, self->program->symbols.count, *at);
    return program_read_number(self->program, at, (int64_t)self->thread);
}

static _Noreturn void fail_unsupported(const struct token *at, const char *what)
{
    verdict_malformed(at->line, "the program has %s, which this verifier does not support", what);
}

/* The word at a bare address: that of a variable, or a variable of its own. */
static int64_t find_address(struct reader *self, const struct token *at, int64_t address)
{
    char name[24];
    int64_t offset = address - ADDRESS_FIRST;
    if (address < 0)
        verdict_malformed(at->line, "the program has a negative address");
    if (offset >= 0 && offset / WORD_SIZE < (int64_t)self->program->declared_words) {
        if (offset % WORD_SIZE != 0)
            verdict_malformed(at->line, "the program has an address inside a word");
        return offset / WORD_SIZE;
    }
    int length = snprintf(name, sizeof name, "%" PRId64, address);
    count_search(self, self->program->variables.count, at);
    const struct item *variable = items_find(&self->program->variables, name, (size_t)length);
    if (variable != NULL)
        return variable->number;
    int64_t word = (int64_t)program_add_words(self->program, 1, 0, at->line);
    items_add(&self->program->variables, name, (size_t)length, word, at->line);
    self->program->variables.at[self->program->variables.count - 1].size = 1;
    return word;
}

/* NAME or NAME[INDEX]: a word; or another object's name. */
static struct operand read_object(struct reader *self, const struct token **at)
{
    const struct token *name = (*at)++;
    const struct item *item;
    count_search(self, self->program->variables.count, name);
    enum operand_kind kind = program_find(self->program, name, &item);
    if (kind == OPERAND_WORD) {
        int64_t index = 0;
        if (token_is_sign(*at, '[')) {
            ++*at;
            index = read_number(self, at);
            if (!token_is_sign(*at, ']'))
                token_unexpected(*at, "']'");
            ++*at;
        }
        if (index < 0 || index >= (int64_t)item->size)
            verdict_malformed(name->line, "the program has an index out of its range");
        return (struct operand){kind, item->number + index};
    }
    const struct items *items = kind == OPERAND_MUTEX       ? &self->program->mutexes
                                : kind == OPERAND_SEMAPHORE ? &self->program->semaphores
                                                            : &self->program->queues;
    if (kind == 0)
        token_unexpected(name, "a declared name");
    return (struct operand){kind, item - items->at};
}

/* A label's index is not known before its scope ends. */
static struct operand read_label(struct reader *self, const struct token **at)
{
    if ((*at)->kind != TOKEN_NAME)
        token_unexpected(*at, "a label");
    self->jumps = storage_grow(self->jumps, self->jump_count, &self->jump_capacity, sizeof *self->jumps);
    self->jumps[self->jump_count++] = (struct jump){self->code->count, *at};
    ++*at;
    return (struct operand){OPERAND_LABEL, 0};
}

static struct operand read_register(const struct token **at)
{
    size_t number = register_find((*at)->text, (*at)->length);
    if (number >= FLAGS)
        token_unexpected(*at, "a register");
    ++*at;
    return (struct operand){OPERAND_REGISTER, (int64_t)number};
}

static struct operand read_operand(struct reader *self, const struct token **at, unsigned accepted)
{
    const struct token *first = *at;
    struct operand operand;
    if (accepted == OPERAND_LABEL) {
        operand = read_label(self, at);
    } else if (token_is_sign(first, '$')) {
        ++*at;
        operand = (struct operand){OPERAND_NUMBER, read_number(self, at)};
    } else if (first->kind == TOKEN_REGISTER) {
        operand = read_register(at);
    } else if (first->kind == TOKEN_NUMBER) {
        int64_t address = read_number(self, at);
        operand = (struct operand){OPERAND_WORD, 0};
        if (!token_is_sign(*at, '('))
            operand.number = find_address(self, first, address);
    } else if (first->kind == TOKEN_NAME && !first->has_dot) {
        operand = read_object(self, at);
    } else if (token_is_sign(first, '(') || token_is_sign(first, '-')) {
        fail_unsupported(first, "a computed address");
    } else {
        token_unexpected(first, "an operand");
    }
    if (token_is_sign(*at, '('))
        fail_unsupported(first, "a computed address");
    if ((operand.kind & accepted) == 0)
        token_unexpected(first, "another kind of operand");
    return operand;
}

/* ---- Statements ------------------------------------------------------------------------------------------------ */

static const struct form *find_form(const struct token *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (token_is(name, forms[i].name))
            return &forms[i];
    static const char *const others[] = {"push", "pop", "call", "ret", "lea"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (token_is(name, others[i]))
            fail_unsupported(name, others[i]);
    token_unexpected(name, "an instruction");
}

static void count_work(struct reader *self, const struct token *at)
{
    if (++self->program->work > WORK_MAX)
        verdict_malformed(at->line, "the program is too long when .rept is unrolled");
}

static void read_instruction(struct reader *self, const struct token *at)
{
    const struct form *form = find_form(at);
    struct instruction instruction = {.opcode = form->opcode, .ticks = self->ticks, .line = at->line};
    const struct token *rest = at + 1;
    count_work(self, at);
    if (form->a != 0)
        instruction.a = read_operand(self, &rest, form->a);
    if (form->b != 0) {
        if (!token_is_sign(rest, ','))
            token_unexpected(rest, "','");
        rest++;
        instruction.b = read_operand(self, &rest, form->b);
    }
    if (rest->kind != TOKEN_END)
        token_unexpected(rest, "the end of the line");
    if (instruction.a.kind == OPERAND_WORD && instruction.b.kind == OPERAND_WORD)
        verdict_malformed(at->line, "the program has an instruction with two variables");
    struct code *code = self->code;
    code->instructions = storage_grow(code->instructions, code->count, &code->capacity, sizeof *code->instructions);
    code->instructions[code->count++] = instruction;
}

static bool is_directive(const struct token *at)
{
    for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++)
        if (token_is(at, directives[i]))
            return true;
    return false;
}

/* scope is the number of labels that belong to scopes further out. */
static void add_label(struct reader *self, const struct token *name, size_t scope)
{
    count_search(self, self->label_count - scope, name);
    for (size_t i = scope; i < self->label_count; i++)
        if (token_equals(self->labels[i].name, name))
            verdict_malformed(name->line, "the program has a label twice");
    self->labels = storage_grow(self->labels, self->label_count, &self->label_capacity, sizeof *self->labels);
    self->labels[self->label_count++] = (struct label){name, self->code->count};
}

/* Gives the jumps from jump_first on the labels of the scope that ends; the others wait for a scope further out. */
static void end_scope(struct reader *self, size_t jump_first, size_t label_first)
{
    size_t waiting = jump_first;
    for (size_t j = jump_first; j < self->jump_count; j++) {
        size_t l = label_first;
        count_search(self, self->label_count - label_first, self->jumps[j].name);
        while (l < self->label_count && !token_equals(self->labels[l].name, self->jumps[j].name))
            l++;
        if (l < self->label_count)
            self->code->instructions[self->jumps[j].instruction].a.number = (int64_t)self->labels[l].index;
        else
            self->jumps[waiting++] = self->jumps[j];
    }
    self->jump_count = waiting;
    self->label_count = label_first;
}

/* The line behind the one that is at a token. All that goes through lines ends here, and is counted here. */
static size_t line_end(struct reader *self, size_t at)
{
    size_t end = at;
    while (self->list->tokens[end].kind != TOKEN_END)
        end++;
    count_search(self, end - at, &self->list->tokens[at]);
    return end + 1;
}

static void read_lines(struct reader *self, size_t first, size_t last);

/* The line behind the .endr of the .rept whose body begins at a line. */
static size_t find_end(struct reader *self, size_t first, size_t last)
{
    unsigned depth = 1;
    for (size_t at = first; at < last; at = line_end(self, at)) {
        const struct token *token = &self->list->tokens[at];
        count_search(self, 1, token);
        while (token->kind == TOKEN_NAME && token_is_sign(token + 1, ':'))
            token += 2;
        depth += token_is(token, ".rept");
        depth -= token_is(token, ".endr");
        if (depth == 0)
            return line_end(self, at);
    }
    verdict_malformed(self->list->tokens[first - 1].line, "the program has '.rept' without '.endr'");
}

/* A .rept at a line; returns the line behind its .endr. */
static size_t repeat(struct reader *self, const struct token *at, size_t first, size_t last)
{
    size_t body = line_end(self, first);
    const struct token *rest = at + 1;
    int64_t count = read_number(self, &rest);
    if (rest->kind != TOKEN_END || count < 0 || self->depth++ == DEPTH_MAX)
        verdict_malformed(at->line, "the program has a '.rept' that is malformed or nested too deeply");
    if (body >= last)
        verdict_malformed(at->line, "the program has '.rept' without '.endr'");
    size_t end = find_end(self, body, last);
    for (int64_t i = 0; i < count; i++) {
        size_t jumps = self->jump_count, labels = self->label_count, before = self->code->count;
        read_lines(self, body, end);
        end_scope(self, jumps, labels);
        if (self->code->count == before) /* a body without instructions does the same again */
            break;
    }
    self->depth--;
    return end;
}

static void read_ticks(struct reader *self, const struct token *at)
{
    const struct token *rest = at + 1;
    int64_t ticks = read_number(self, &rest);
    if (rest->kind != TOKEN_END || ticks < 0 || ticks > UINT32_MAX)
        verdict_malformed(at->line, "the program has a malformed '.tick'");
    self->ticks = (uint32_t)ticks;
}

/* Labels are read in the caller's scope. Returns the line behind. */
static size_t read_line(struct reader *self, size_t first, size_t last, size_t scope)
{
    const struct token *at = &self->list->tokens[first];
    count_work(self, at);
    for (; at->kind == TOKEN_NAME && token_is_sign(at + 1, ':') && !is_directive(at); at += 2)
        add_label(self, at, scope);
    if (token_is(at, ".rept"))
        return repeat(self, at, first, last);
    if (token_is(at, ".tick"))
        read_ticks(self, at);
    else if (at->kind == TOKEN_NAME && at->has_dot && !is_directive(at) && at[1].kind == TOKEN_END)
        add_label(self, at, scope);
    else if (at->kind != TOKEN_END && !is_directive(at))
        read_instruction(self, at);
    return line_end(self, first);
}

static void read_lines(struct reader *self, size_t first, size_t last)
{
    size_t scope = self->label_count;
    while (first < last)
        first = read_line(self, first, last, scope);
}

/* Labels in front of the next section's head still belong to this one. */
static void read_last_labels(struct reader *self, size_t last)
{
    if (last == self->list->count)
        return;
    const struct token *at = &self->list->tokens[last];
    for (; at->kind == TOKEN_NAME && token_is_sign(at + 1, ':'); at += 2)
        add_label(self, at, 0);
}

void program_read_code(struct program *program, const struct token_list *list, size_t first, size_t last, size_t thread)
{
    struct reader self = {
        .program = program, .list = list, .code = &program->threads[thread].code, .thread = thread, .ticks = 1};
    read_lines(&self, first, last);
    read_last_labels(&self, last);
    end_scope(&self, 0, 0);
    if (self.jump_count > 0)
        verdict_malformed(self.jumps[0].name->line, "the program jumps to a label that is not there");
}
