/* The operands of instructions, and the numbers of .rept and .tick, which may differ between threads. */
#include "verify/program.h"

#include "verify/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct reader {
    struct program *program;
    const struct section *section;
    size_t thread;
    bool has_self;
    struct lexer at;
    uint32_t scope; /* of the statement */
};

/* ---- Operands -------------------------------------------------------------------------------------------------- */

static int64_t read_number(struct reader *self)
{
    return program_read_number(self->program, &self->at, (int64_t)self->thread, &self->has_self);
}

static _Noreturn void fail_unsupported(const char *at, const char *what)
{
    verdict_malformed(at, "the program has %s, which this verifier does not support", what);
}

/* The word at a bare address: that of a variable, or a variable of its own. */
static int64_t find_address(struct program *program, int64_t address, const char *at)
{
    int64_t offset = address - ADDRESS_FIRST;
    if (address < 0 || address >= ADDRESS_END - STACK_SIZE)
        verdict_malformed(at, "the program has an address out of its range");
    if (offset >= 0 && offset / WORD_SIZE < (int64_t)program->declared_words) {
        if (offset % WORD_SIZE != 0)
            verdict_malformed(at, "the program has an address inside a word");
        return offset / WORD_SIZE;
    }
    char digits[24];
    struct span name = {digits, (size_t)snprintf(digits, sizeof digits, "%" PRId64, address)};
    const struct item *variable = items_find(&program->variables, name);
    if (variable == NULL) {
        name.text = memcpy(storage_new(name.length, 1), digits, name.length);
        variable = program_add_variable(program, name, 1, 0);
    }
    return variable->number;
}

/* [INDEX] behind a variable's name, or nothing. */
static int64_t read_index(struct reader *self, const struct item *variable)
{
    int64_t index = 0;
    const char *first = self->at.text.text;
    if (lexer_is_sign(&self->at, '[')) {
        lexer_next(&self->at);
        index = read_number(self);
        lexer_expect_sign(&self->at, ']', "']'");
    }
    if (index < 0 || index >= (int64_t)variable->size)
        verdict_malformed(first, "the program has an index out of its range");
    return index;
}

/* NAME or NAME[INDEX]: a word; or another object's name. */
static struct operand read_object(struct reader *self)
{
    const struct program *program = self->program;
    const struct item *item;
    enum operand_kind kind = program_find(program, self->at.text, &item);
    if (kind == 0)
        lexer_unexpected(&self->at, "a declared name");
    lexer_next(&self->at);
    if (kind == OPERAND_WORD)
        return (struct operand){kind, item->number + read_index(self, item)};
    const struct items *items = kind == OPERAND_MUTEX       ? &program->mutexes
                                : kind == OPERAND_SEMAPHORE ? &program->semaphores
                                                            : &program->queues;
    return (struct operand){kind, item - items->at};
}

static struct operand read_label(struct reader *self)
{
    if (self->at.kind != TOKEN_NAME && self->at.kind != TOKEN_DOTTED)
        lexer_unexpected(&self->at, "a label");
    int64_t label = section_find_label(self->section, self->at.text, self->scope);
    lexer_next(&self->at);
    return (struct operand){OPERAND_LABEL, label};
}

static struct operand read_register(struct reader *self)
{
    size_t number = register_find(self->at.text);
    if (number >= FLAGS)
        lexer_unexpected(&self->at, "a register");
    lexer_next(&self->at);
    return (struct operand){OPERAND_REGISTER, (int64_t)number};
}

static struct operand read_any(struct reader *self, unsigned accepted)
{
    const char *first = self->at.text.text;
    if (accepted == OPERAND_LABEL)
        return read_label(self);
    if (self->at.kind == TOKEN_REGISTER)
        return read_register(self);
    if (self->at.kind == TOKEN_NAME)
        return read_object(self);
    if (lexer_is_sign(&self->at, '$')) {
        lexer_next(&self->at);
        return (struct operand){OPERAND_NUMBER, read_number(self)};
    }
    if (lexer_is_sign(&self->at, '('))
        fail_unsupported(first, "a computed address");
    if (self->at.kind != TOKEN_NUMBER && !lexer_is_sign(&self->at, '-'))
        lexer_unexpected(&self->at, "an operand");
    int64_t address = read_number(self);
    if (lexer_is_sign(&self->at, '('))
        fail_unsupported(first, "a computed address");
    return (struct operand){OPERAND_WORD, accepted & OPERAND_WORD ? find_address(self->program, address, first) : 0};
}

static struct operand read_operand(struct reader *self, unsigned accepted)
{
    struct lexer first = self->at;
    struct operand operand = read_any(self, accepted);
    if (lexer_is_sign(&self->at, '('))
        fail_unsupported(first.text.text, "a computed address");
    if ((operand.kind & accepted) == 0)
        lexer_unexpected(&first, "another kind of operand");
    return operand;
}

/* ---- Statements ------------------------------------------------------------------------------------------------ */

static size_t find_form(const struct lexer *name)
{
    for (size_t i = 0; forms[i].name != NULL; i++)
        if (lexer_is(name, forms[i].name))
            return i;
    static const char *const others[] = {"push", "pop", "call", "ret", "lea"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (lexer_is(name, others[i]))
            fail_unsupported(name->text.text, others[i]);
    lexer_unexpected(name, "an instruction");
}

void program_expect_instruction(const struct lexer *at)
{
    (void)find_form(at);
}

static void read_instruction(struct reader *self, struct instruction *instruction)
{
    size_t number = find_form(&self->at);
    const unsigned *kinds = forms[number].kinds;
    const char *first = self->at.text.text;
    *instruction = (struct instruction){.form = (uint8_t)number};
    lexer_next(&self->at);
    for (unsigned i = 0; i < 2 && kinds[i] != 0; i++) {
        if (i > 0)
            lexer_expect_sign(&self->at, ',', "','");
        struct operand operand = read_operand(self, kinds[i]);
        instruction->kinds[i] = (uint8_t)operand.kind;
        instruction->numbers[i] = operand.number;
    }
    if (instruction->kinds[0] == OPERAND_WORD && instruction->kinds[1] == OPERAND_WORD)
        verdict_malformed(first, "the program has an instruction with two variables");
}

static int64_t read_count(struct reader *self, int64_t most)
{
    lexer_next(&self->at);
    const char *first = self->at.text.text;
    int64_t number = read_number(self);
    if (number < 0 || number > most)
        verdict_malformed(first, "the program has a number out of its range");
    return number;
}

bool program_read_operands(struct program *program, const struct section *section, struct statement *statements,
                           size_t thread)
{
    struct reader self = {.program = program, .section = section, .thread = thread};
    for (struct statement *statement = statements; statement < statements + section->count; statement++) {
        self.at = lexer_start(statement->text);
        self.scope = statement->scope;
        if (statement->kind == STATEMENT_INSTRUCTION)
            read_instruction(&self, &statement->instruction);
        else if (statement->kind == STATEMENT_TICK)
            statement->number = read_count(&self, UINT32_MAX);
        else if (statement->kind == STATEMENT_REPT)
            statement->number = read_count(&self, INT64_MAX);
        else
            continue;
        lexer_expect_end(&self.at);
    }
    return self.has_self;
}
