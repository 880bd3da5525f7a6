#include "frontends/assembler_parts.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "program/names.h"
#include "program/predicate.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- What a program keeps ------------------------------------------------------------------------------------ */

/* Takes a predicate; returns the number of it, or of an equal one. */
static int64_t add_predicate(struct program *program, struct predicate *predicate)
{
    size_t number = 0;
    while (number < program->predicate_count && !predicate_equals(program->predicates[number], predicate))
        number++;
    if (number < program->predicate_count) {
        predicate_free(predicate);
        return (int64_t)number;
    }
    program->predicates = memory_resize(program->predicates, number + 1, sizeof *program->predicates);
    program->predicates[program->predicate_count++] = predicate;
    return (int64_t)number;
}

/* ---- Operands ------------------------------------------------------------------------------------------------ */

static bool read_immediate(struct assembler *self, const struct token **at, struct operand *operand)
{
    const struct token *name = ++*at;
    operand->kind = OPERAND_IMMEDIATE;
    if (name->kind == TOKEN_NAME && assembler_find(self, name) != NULL)
        return FAIL(self, name, "'%.*s' is %s, no number; it is written without '$'", token_shown(name), name->text,
                    assembler_kind_words(assembler_find(self, name)->kind));
    return expression_read(at, &self->environment, &operand->value, self->error);
}

static bool read_register(struct assembler *self, const struct token **at, struct operand *operand)
{
    const struct token *name = (*at)++;
    enum register_name found = register_find(name->text, name->length);
    struct spelling spelling = names_of_registers(name->text, name->length);
    if (found == REGISTER_COUNT)
        return FAIL(self, name, "unknown register '%%%.*s'%s", token_shown(name), name->text,
                    spelling_advice(&spelling));
    *operand = (struct operand){.kind = OPERAND_REGISTER, .value = found};
    return true;
}

/* NAME[INDEX], where *at stands behind the name; without an index the first word is meant. */
static bool read_index(struct assembler *self, const struct token **at, const struct variable *variable, int64_t *word)
{
    int64_t index = 0;
    if (token_is(*at, '[')) {
        *at += 1;
        if (!assembler_read_number(self, at, "the index", 0, (int64_t)variable->words - 1, &index))
            return false;
        if (!token_is(*at, ']'))
            return assembler_unexpected(self, *at, "']'");
        *at += 1;
    }
    *word = variable->word + index;
    return true;
}

static bool read_registers(struct assembler *self, const struct token **at, struct operand *operand);

/* NAME[INDEX], NAME(%bx), NAME[INDEX](,%bx,2): an element of an array of objects, where *at stands behind the name. */
static bool read_element(struct assembler *self, const struct declaration *declaration, const struct token **at,
                         struct operand *operand)
{
    const struct token *name = *at - 1;
    int64_t index = 0, last = (int64_t)declaration->count - 1;
    bool has_index = token_is(*at, '[');
    if (has_index) {
        *at += 1;
        if (!assembler_read_number(self, at, "the index", 0, last, &index))
            return false;
        if (!token_is(*at, ']'))
            return assembler_unexpected(self, *at, "']'");
        *at += 1;
    }
    operand->value += index;
    if (!token_is(*at, '('))
        return has_index || FAIL(self, name, "'%.*s' is an array; one of its elements is written '%.*s[0]'",
                                 token_shown(name), name->text, token_shown(name), name->text);
    enum operand_kind kind = operand->kind;
    operand->scale = 1;
    operand->base = operand->index = REGISTER_NONE;
    operand->first = (uint8_t)declaration->index;
    operand->extent = (uint8_t)declaration->count;
    const struct token *first = *at;
    if (!read_registers(self, at, operand))
        return false;
    operand->kind = kind;
    return operand->base != REGISTER_NONE || operand->index != REGISTER_NONE ||
           FAIL(self, first, "an element of an array is picked by a register, as in '%.*s(%%bx)'", token_shown(name),
                name->text);
}

static bool read_declared(struct assembler *self, const struct slot *slot, const struct token **at,
                          struct operand *operand)
{
    const struct token *name = (*at)++;
    const struct declaration *declaration = assembler_find(self, name);
    if (declaration == NULL)
        return assembler_fail_undefined(self, slot, name);
    *operand = (struct operand){.kind = declaration->kind, .value = (int64_t)declaration->index};
    if (declaration->kind == OPERAND_WORD)
        return read_index(self, at, &self->program->variables[declaration->index], &operand->value);
    return !declaration->is_array || read_element(self, declaration, at, operand);
}

static bool read_thread(struct assembler *self, const struct token **at, struct operand *operand)
{
    const struct token *name = (*at)++;
    *operand = (struct operand){.kind = OPERAND_THREAD, .value = assembler_find_thread(self, name)};
    return operand->value >= 0 || assembler_fail_thread(self, name);
}

/* Whether a text that is printed can be told in every format: UTF-8, whose control characters are written as escapes. */
static bool is_told(struct assembler *self, const struct token *token, const char *decoded)
{
    for (size_t i = 0; i < token->length; i++)
        if (token->text[i] != '\t' && iscntrl((unsigned char)token->text[i]))
            return FAIL(self, token, "a text has the control character '\\%03o' as it is; expected it as an escape",
                        (unsigned)(unsigned char)token->text[i]);
    char *clean = utf8_clean(decoded);
    bool is_clean = strcmp(clean, decoded) == 0;
    memory_free(clean);
    return is_clean || FAIL(self, token, "a text has bytes that are not UTF-8; expected UTF-8");
}

/* "text" with C's escapes; equal texts of a program are one. */
static bool read_text(struct assembler *self, const struct token **at, struct operand *operand)
{
    const struct token *token = (*at)++;
    struct text text = TEXT_INIT;
    size_t read = text_read_escaped(&text, token->text, token->length);
    bool good = read == token->length ||
                FAIL(self, token, "unknown escape '\\%c'; expected " TEXT_ESCAPES, token->text[read + 1]);
    if (good && is_told(self, token, text_string(&text))) {
        *operand =
            (struct operand){.kind = OPERAND_STRING, .value = program_add_string(self->program, text_string(&text))};
        text_free(&text);
        return true;
    }
    text_free(&text);
    return false;
}

static void note_register(void *context, int thread, unsigned number)
{
    struct operand *operand = context;
    (void)thread;
    operand->base |= (uint8_t)(1u << number);
}

/* The condition of an assertion. */
static bool read_predicate(struct assembler *self, const struct token **at, struct operand *operand)
{
    const struct token *token = (*at)++;
    struct program *program = self->program;
    struct error error = ERROR_INIT;
    const struct predicate_context context = {
        .program = program, .scope = PREDICATE_OF_INSTRUCTION, .self = self->environment.self};
    struct predicate *predicate = predicate_read(&context, token->text, token->length, &error);
    if (predicate == NULL) {
        error_set(self->error, self->source, token->place.line, token->place.column + error.column - 1, "%s",
                  error.text);
        return false;
    }
    *operand = (struct operand){.kind = OPERAND_PREDICATE, .value = add_predicate(program, predicate)};
    predicate_visit(program->predicates[operand->value], operand, NULL, note_register);
    return true;
}

/* A, B */
static bool read_range(struct assembler *self, const struct token **at, struct operand *operand)
{
    int64_t least, greatest;
    *at += token_is(*at, '$');
    if (!assembler_read_number(self, at, "the least number", INT64_MIN / 2, INT64_MAX / 2, &least))
        return false;
    if (!token_is(*at, ','))
        return assembler_unexpected(self, *at, "',' and the greatest number");
    *at += 1;
    *at += token_is(*at, '$');
    if (!assembler_read_number(self, at, "the greatest number", least, least + CHOICES_MAX - 1, &greatest))
        return false;
    *operand = (struct operand){.kind = OPERAND_RANGE, .scale = (int16_t)(greatest - least), .value = least};
    return true;
}

static bool read_label(struct assembler *self, const struct slot *slot, const struct token **at,
                       struct operand *operand)
{
    const struct token *name = (*at)++;
    int64_t label = body_find_label(slot->body, name, slot->statement->parent);
    if (label < 0)
        return assembler_fail_label(self, slot, name);
    *operand = (struct operand){.kind = OPERAND_TARGET, .value = label};
    return true;
}

/* The word at an address beside the declared variables; each such address is a variable of one word. */
static bool find_anonymous(struct assembler *self, const struct token *at, int64_t address, int64_t *word)
{
    struct program *program = self->program;
    char name[24];
    snprintf(name, sizeof name, "%" PRId64, address);
    size_t known = name_table_find(&self->anonymous, name, strlen(name));
    if (known != NAME_TABLE_NONE) {
        *word = (int64_t)known;
        return true;
    }
    if (program->word_count == PROGRAM_WORDS_MAX)
        return FAIL(self, at, "more than %d words of shared memory", PROGRAM_WORDS_MAX);
    char *copy = memory_copy_string(name);
    *word = program_add_variable(program, copy, address, 1, 0);
    name_table_add(&self->anonymous, copy, strlen(copy), (size_t)*word);
    return true;
}

/* Whether an instruction uses the address of an operand in place of its value. */
static bool wants_address(const struct slot *slot)
{
    return slot->number == 0 && instruction_form_takes_address(slot->form);
}

static struct operand address_operand(int64_t address)
{
    return (struct operand){
        .kind = OPERAND_COMPUTED, .base = REGISTER_NONE, .index = REGISTER_NONE, .scale = 1, .value = address};
}

/* The word at an address that is known now. */
static bool find_word(struct assembler *self, const struct slot *slot, const struct token *at, int64_t address,
                      struct operand *operand)
{
    if (address < 0 || address >= PROGRAM_STACK_FIRST)
        return FAIL(self, at, "an address must be 0 .. %d, not %" PRId64, PROGRAM_STACK_FIRST - 1, address);
    *operand = address_operand(address);
    if (wants_address(slot))
        return true;
    int64_t offset = address - PROGRAM_ADDRESS_FIRST;
    operand->kind = OPERAND_WORD;
    if (offset < 0 || offset >= (int64_t)self->program->declared_words * PROGRAM_WORD_SIZE)
        return find_anonymous(self, at, address, &operand->value);
    if (offset % PROGRAM_WORD_SIZE != 0)
        return FAIL(self, at,
                    "address %" PRId64 " lies inside a word of a variable, whose addresses are multiples of %d",
                    address, PROGRAM_WORD_SIZE);
    operand->value = offset / PROGRAM_WORD_SIZE;
    return true;
}

/* A register of a computed address, or nothing where it is left out. */
static bool read_address_register(struct assembler *self, const struct token **at, uint8_t *number)
{
    struct operand operand;
    *number = REGISTER_NONE;
    if ((*at)->kind != TOKEN_REGISTER)
        return true;
    if (!read_register(self, at, &operand))
        return false;
    *number = (uint8_t)operand.value;
    return true;
}

static bool read_scale(struct assembler *self, const struct token **at, int16_t *scale)
{
    int64_t number;
    if (token_is(*at, ')'))
        return true;
    if (!assembler_read_number(self, at, "the scale", -UINT8_MAX, UINT8_MAX, &number))
        return false;
    *scale = (int16_t)number;
    return true;
}

/* Whether what follows is a comma, which is skipped then. */
static bool skip_comma(const struct token **at)
{
    bool is_comma = token_is(*at, ',');
    *at += is_comma;
    return is_comma;
}

/* (BASE, INDEX, SCALE), where *at stands at the parenthesis; parts may be left out, but for a register or a comma. */
static bool read_registers(struct assembler *self, const struct token **at, struct operand *operand)
{
    const struct token *first = ++*at;
    operand->kind = OPERAND_COMPUTED;
    if (!read_address_register(self, at, &operand->base))
        return false;
    if (skip_comma(at) && (!read_address_register(self, at, &operand->index) ||
                           (skip_comma(at) && !read_scale(self, at, &operand->scale))))
        return false;
    if (!token_is(*at, ')'))
        return assembler_unexpected(self, *at, (*at)[-1].kind == TOKEN_REGISTER ? "',' or ')'" : "a register or ')'");
    if (*at == first)
        return FAIL(self, first, "a computed address needs a register, as in '8(%%bx)'");
    if (operand->index == REGISTER_NONE)
        operand->scale = 1;
    *at += 1;
    return true;
}

/* An address that names no register, as in 8(,,2), is known now. */
static bool read_computed(struct assembler *self, const struct slot *slot, const struct token **at,
                          struct operand *operand)
{
    const struct token *first = *at;
    return read_registers(self, at, operand) && (operand->base != REGISTER_NONE || operand->index != REGISTER_NONE ||
                                                 find_word(self, slot, first, operand->value, operand));
}

/* 2000 and 8(%bx) */
static bool read_address(struct assembler *self, const struct slot *slot, const struct token **at,
                         struct operand *operand)
{
    const struct token *first = *at;
    int64_t address = 0;
    if (!token_is(first, '(') && !expression_read(at, &self->environment, &address, self->error))
        return false;
    *operand = address_operand(address);
    return token_is(*at, '(') ? read_computed(self, slot, at, operand) : find_word(self, slot, first, address, operand);
}

/* name, name[INDEX], and both as a base: name(%bx) */
static bool read_named(struct assembler *self, const struct slot *slot, const struct token **at,
                       struct operand *operand)
{
    if (!read_declared(self, slot, at, operand))
        return false;
    if (operand->kind != OPERAND_WORD || !(token_is(*at, '(') || wants_address(slot)))
        return true;
    *operand = address_operand(PROGRAM_ADDRESS_FIRST + PROGRAM_WORD_SIZE * operand->value);
    operand->named = true;
    return !token_is(*at, '(') || read_computed(self, slot, at, operand);
}

static bool begins_address(const struct token *at)
{
    bool has_registers =
        at[0].kind == TOKEN_MARK && (at[1].kind == TOKEN_REGISTER || token_is(at + 1, ',') || token_is(at + 1, ')'));
    return at->kind == TOKEN_NUMBER || token_is(at, '-') || (token_is(at, '(') && has_registers);
}

static bool read_any_operand(struct assembler *self, const struct slot *slot, const struct token **at,
                             struct operand *operand)
{
    const struct token *first = *at;
    char expected[128];
    if (assembler_accepts(slot, OPERAND_RANGE))
        return read_range(self, at, operand);
    if (first->kind == TOKEN_REST)
        return read_predicate(self, at, operand);
    if (first->kind == TOKEN_STRING && assembler_accepts(slot, OPERAND_STRING))
        return read_text(self, at, operand);
    if (token_is(first, '$'))
        return read_immediate(self, at, operand);
    if (first->kind == TOKEN_REGISTER)
        return read_register(self, at, operand);
    if ((first->kind == TOKEN_NAME || first->kind == TOKEN_DOT_NAME) && assembler_accepts(slot, OPERAND_TARGET))
        return read_label(self, slot, at, operand);
    if (first->kind == TOKEN_NAME && assembler_accepts(slot, OPERAND_THREAD))
        return read_thread(self, at, operand);
    if (!assembler_accepts(slot, OPERAND_WORD) && begins_address(first))
        return assembler_fail_kind(self, slot, first);
    if (begins_address(first))
        return read_address(self, slot, at, operand);
    if (first->kind == TOKEN_NAME)
        return read_named(self, slot, at, operand);
    return assembler_unexpected(self, first, assembler_describe_accepted(slot, expected, sizeof expected));
}

static bool read_operand(struct assembler *self, const struct slot *slot, const struct token **at,
                         struct operand *operand)
{
    const struct token *first = *at;
    return read_any_operand(self, slot, at, operand) &&
           (assembler_accepts(slot, operand->kind) || assembler_fail_kind(self, slot, first));
}

static bool is_memory(const struct operand *operand)
{
    return operand->kind == OPERAND_WORD || operand->kind == OPERAND_COMPUTED;
}

/* ---- Lowering ------------------------------------------------------------------------------------------------ */

static bool fail_count(struct assembler *self, const struct instruction_form *form, const struct token *at,
                       unsigned found)
{
    unsigned needed = instruction_operand_count(form);
    if (needed == 0)
        return FAIL(self, at, "'%s' takes no operands", form->mnemonic);
    const char *plural = needed == 1 ? "" : "s";
    if (found > needed)
        return FAIL(self, at, "'%s' takes %u operand%s, but more follow", form->mnemonic, needed, plural);
    return FAIL(self, at, "'%s' takes %u operand%s, found %u", form->mnemonic, needed, plural, found);
}

/* Whoever wants a number may have left out its sign. */
static bool fail_memory(struct assembler *self, const struct slot *slot, const struct token *second)
{
    const struct token *first = slot->statement->token + 1, *number = first->kind == TOKEN_NUMBER ? first : second;
    if (number->kind == TOKEN_NUMBER && number->number < PROGRAM_ADDRESS_FIRST &&
        assembler_accepts(&(struct slot){.form = slot->form, .number = number == second}, OPERAND_IMMEDIATE))
        return FAIL(self, number, "'%.*s' is the variable at that address; was the number '$%.*s' meant?",
                    token_shown(number), number->text, token_shown(number), number->text);
    return FAIL(self, second, "'%s' takes at most one variable; go through a register", slot->form->mnemonic);
}

static bool read_operands(struct assembler *self, struct slot *slot, struct operand operands[2])
{
    const struct token *at = slot->statement->token + 1;
    unsigned needed = instruction_operand_count(slot->form);
    const struct token *second = NULL;
    for (slot->number = 0; slot->number < needed; slot->number++) {
        if (at->kind == TOKEN_END && assembler_accepts(slot, OPERAND_NONE))
            return true;
        if (at->kind == TOKEN_END)
            return fail_count(self, slot->form, at, slot->number);
        if (slot->number > 0 && !token_is(at, ','))
            return assembler_unexpected(self, at, "','");
        at += slot->number > 0;
        second = at;
        if (!read_operand(self, slot, &at, &operands[slot->number]))
            return false;
    }
    if (needed == 0 ? at->kind != TOKEN_END : token_is(at, ','))
        return fail_count(self, slot->form, at, needed + 1);
    if (is_memory(&operands[0]) && is_memory(&operands[1]))
        return fail_memory(self, slot, second);
    return assembler_expect_end(self, at);
}

static bool lower_instruction(struct assembler *self, const struct body *body, struct statement *statement)
{
    const struct token *token = statement->token;
    enum opcode opcode = instruction_find(token->text, token->length);
    struct slot slot = {body, statement, instruction_form(opcode), 0};
    struct instruction instruction = {.opcode = opcode, .ticks = 1, .place = token->place};
    if (!read_operands(self, &slot, instruction.operands))
        return false;
    statement->instruction = instruction;
    return true;
}

/* The number of a .rept or .tick. */
static bool lower_number(struct assembler *self, struct statement *statement, const char *what, int64_t greatest)
{
    const struct token *at = statement->token + 1;
    return assembler_read_number(self, &at, what, 0, greatest, &statement->number) && assembler_expect_end(self, at);
}

static bool lower_statement(struct assembler *self, const struct body *body, struct statement *statement)
{
    switch (statement->kind) {
    case STATEMENT_INSTRUCTION:
        return lower_instruction(self, body, statement);
    case STATEMENT_TICK:
        return lower_number(self, statement, "the number of ticks", UINT32_MAX);
    case STATEMENT_REPT:
        return lower_number(self, statement, "the number of repetitions", INT64_MAX);
    case STATEMENT_LABEL:
    case STATEMENT_ENDR:
    case STATEMENT_CRITICAL:
    case STATEMENT_ENDCRITICAL:
    case STATEMENT_ATOMIC:
    case STATEMENT_ENDATOMIC:
    case STATEMENT_COUNT:
    case STATEMENT_ENDCOUNT:
        break;
    }
    return true;
}

bool assembler_lower(struct assembler *self, struct body *body)
{
    for (size_t i = 0; i < body->count; i++)
        if (!lower_statement(self, body, &body->statements[i]))
            return false;
    return true;
}
