/* The operands of instructions, and the numbers of .rept and .tick, which may differ between threads. */
#include "verify/condition.h"
#include "verify/verdict.h"

struct reader {
    struct program *program;
    const struct section *section;
    size_t thread;
    bool has_self;
    struct lexer at;
    uint32_t scope; /* of the statement */
    bool is_picked; /* the operand that was read: registers pick it */
    uint8_t extent; /* of a range */
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

static int64_t read_number_between(struct reader *self, int64_t least, int64_t most)
{
    const char *first = self->at.text.text;
    int64_t number = read_number(self);
    if (number < least || number > most)
        verdict_malformed(first, "the program has a number out of its range");
    return number;
}

static struct operand read_register(struct reader *self)
{
    size_t number = register_find(self->at.text);
    if (number >= FLAGS)
        lexer_unexpected(&self->at, "a register");
    lexer_next(&self->at);
    return (struct operand){OPERAND_REGISTER, (int64_t)number};
}

/* [INDEX] behind a variable's or an array's name, or nothing. */
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

/* %ax, or nothing */
static uint8_t read_pick_register(struct reader *self)
{
    if (self->at.kind != TOKEN_REGISTER)
        return REGISTER_COUNT;
    return (uint8_t)read_register(self).number;
}

/* (BASE, INDEX, SCALE) behind an array and maybe an index: which element it is registers say. Returns the number of the pick. */
static int64_t read_pick(struct reader *self, const struct item *array, int64_t index)
{
    struct program *program = self->program;
    struct pick pick = {index, 1, REGISTER_COUNT, REGISTER_COUNT, (uint8_t)array->number, (uint8_t)array->size};
    const struct lexer first = self->at;
    lexer_expect_sign(&self->at, '(', "'('");
    pick.base = read_pick_register(self);
    if (lexer_is_sign(&self->at, ',')) {
        lexer_next(&self->at);
        pick.index = read_pick_register(self);
        if (lexer_is_sign(&self->at, ',')) {
            lexer_next(&self->at);
            if (!lexer_is_sign(&self->at, ')'))
                pick.scale = (int16_t)read_number_between(self, -UINT8_MAX, UINT8_MAX);
        }
    }
    lexer_expect_sign(&self->at, ')', "')'");
    if (pick.base == REGISTER_COUNT && pick.index == REGISTER_COUNT)
        lexer_unexpected(&first, "an element, picked by a register");
    program->picks = storage_grow(program->picks, program->pick_count, &program->pick_capacity, sizeof *program->picks);
    program->picks[program->pick_count++] = pick;
    return (int64_t)program->pick_count - 1;
}

/* NAME; of an array NAME[INDEX], NAME(%bx), NAME[INDEX](,%bx,2) */
static struct operand read_element(struct reader *self, enum operand_kind kind, const struct item *item)
{
    int64_t index = 0;
    if (item->size == 0)
        return (struct operand){kind, item->number};
    if (lexer_is_sign(&self->at, '['))
        index = read_index(self, item);
    else if (!lexer_is_sign(&self->at, '('))
        lexer_unexpected(&self->at, "an element of the array");
    if (!lexer_is_sign(&self->at, '('))
        return (struct operand){kind, item->number + index};
    self->is_picked = true;
    return (struct operand){kind, read_pick(self, item, index)};
}

/* NAME or NAME[INDEX]: a word; or an object. */
static struct operand read_object(struct reader *self)
{
    const struct item *item;
    enum operand_kind kind = program_find(self->program, self->at.text, &item);
    if (kind == 0)
        lexer_unexpected(&self->at, "a declared name");
    lexer_next(&self->at);
    return kind == OPERAND_WORD ? (struct operand){kind, item->number + read_index(self, item)}
                                : read_element(self, kind, item);
}

static struct operand read_thread(struct reader *self)
{
    int64_t thread = self->at.kind == TOKEN_NAME ? program_find_named(self->program, self->at.text) : -1;
    if (thread < 0)
        lexer_unexpected(&self->at, "a thread that '.thread' names");
    lexer_next(&self->at);
    return (struct operand){OPERAND_THREAD, thread};
}

/* A, B */
static struct operand read_range(struct reader *self)
{
    int64_t ends[2] = {0, 0};
    for (unsigned i = 0; i < 2; i++) {
        if (i > 0)
            lexer_expect_sign(&self->at, ',', "','");
        if (lexer_is_sign(&self->at, '$'))
            lexer_next(&self->at);
        ends[i] = i == 0 ? read_number_between(self, INT64_MIN / 2, INT64_MAX / 2)
                         : read_number_between(self, ends[0], ends[0] + CHOICES_MAX - 1);
    }
    self->extent = (uint8_t)(ends[1] - ends[0]);
    return (struct operand){OPERAND_RANGE, ends[0]};
}

static struct operand read_label(struct reader *self)
{
    if (self->at.kind != TOKEN_NAME && self->at.kind != TOKEN_DOTTED)
        lexer_unexpected(&self->at, "a label");
    int64_t label = section_find_label(self->section, self->at.text, self->scope);
    lexer_next(&self->at);
    return (struct operand){OPERAND_LABEL, label};
}

static struct operand read_any(struct reader *self, unsigned accepted)
{
    const char *first = self->at.text.text;
    if (accepted == OPERAND_LABEL)
        return read_label(self);
    if (accepted == OPERAND_THREAD)
        return read_thread(self);
    if (accepted == OPERAND_RANGE)
        return read_range(self);
    if (self->at.kind == TOKEN_TEXT && (accepted & OPERAND_TEXT) != 0) {
        lexer_next(&self->at);
        return (struct operand){OPERAND_TEXT, 0};
    }
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
    return (struct operand){OPERAND_WORD,
                            accepted & OPERAND_WORD ? program_find_address(self->program, address, first) : 0};
}

static struct operand read_operand(struct reader *self, unsigned accepted)
{
    struct lexer first = self->at;
    self->is_picked = false;
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

/* assert CONDITION */
static void read_assertion(struct reader *self, struct instruction *instruction)
{
    struct span condition = lexer_take_rest(&self->at);
    condition_read(self->program, condition, self->thread, &self->has_self);
    instruction->kinds[0] = OPERAND_ASSERTION;
    instruction->numbers[0] = (int64_t)(intptr_t)condition.text;
    instruction->numbers[1] = (int64_t)condition.length;
}

static void read_instruction(struct reader *self, struct instruction *instruction)
{
    size_t number = find_form(&self->at);
    const unsigned *kinds = forms[number].kinds;
    const char *first = self->at.text.text;
    *instruction = (struct instruction){.form = (uint8_t)number};
    if (kinds[0] == OPERAND_ASSERTION) {
        read_assertion(self, instruction);
        return;
    }
    lexer_next(&self->at);
    for (unsigned i = 0; i < 2 && kinds[i] != 0; i++) {
        if (i > 0)
            lexer_expect_sign(&self->at, ',', "','");
        struct operand operand = read_operand(self, kinds[i]);
        instruction->kinds[i] = (uint16_t)operand.kind;
        instruction->numbers[i] = operand.number;
        instruction->picked |= (uint8_t)(self->is_picked << i);
        instruction->extent = operand.kind == OPERAND_RANGE ? self->extent : instruction->extent;
    }
    if (instruction->kinds[0] == OPERAND_WORD && instruction->kinds[1] == OPERAND_WORD)
        verdict_malformed(first, "the program has an instruction with two variables");
}

static int64_t read_count(struct reader *self, int64_t most)
{
    lexer_next(&self->at);
    return read_number_between(self, 0, most);
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
    section_check_stretches(section, statements);
    return self.has_self;
}
