#include "report/litmus_file.h"

#include "base/memory.h"
#include "frontends/litmus.h"
#include "program/predicate.h"
#include "program/program.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 64 };

/* What an opcode is called; the order of the operands is AT&T's, as ours. */
static const struct spelling_row {
    enum opcode opcode;
    const char *name;
    bool is_locked;
} spellings[] = {
    {OPCODE_NOP, "nop", false},     {OPCODE_HALT, "ret", false},      {OPCODE_MOV, "movq", false},
    {OPCODE_ADD, "addq", false},    {OPCODE_SUB, "subq", false},      {OPCODE_NEG, "negq", false},
    {OPCODE_AND, "andq", false},    {OPCODE_OR, "orq", false},        {OPCODE_XOR, "xorq", false},
    {OPCODE_SHL, "shlq", false},    {OPCODE_NOT, "notq", false},      {OPCODE_TEST, "cmpq", false},
    {OPCODE_J, "jmp", false},       {OPCODE_JE, "je", false},         {OPCODE_JNE, "jne", false},
    {OPCODE_JGT, "jg", false},      {OPCODE_JGTE, "jge", false},      {OPCODE_JLT, "jl", false},
    {OPCODE_JLTE, "jle", false},    {OPCODE_XCHG, "xchgq", false},    {OPCODE_FETCHADD, "xaddq", true},
    {OPCODE_CAS, "cmpxchgq", true}, {OPCODE_MFENCE, "mfence", false},
};

static const struct spelling_row *find_spelling(enum opcode opcode)
{
    for (size_t s = 0; s < sizeof spellings / sizeof *spellings; s++)
        if (spellings[s].opcode == opcode)
            return &spellings[s];
    return NULL;
}

static const char *register_of(uint64_t number)
{
    static const char *const names[REGISTER_COUNT] = {
        [REGISTER_AX] = "rax", [REGISTER_BX] = "rbx", [REGISTER_CX] = "rcx", [REGISTER_DX] = "rdx",
        [REGISTER_EX] = "rsi", [REGISTER_FX] = "rdi", [REGISTER_BP] = "rbp"};
    return number < REGISTER_COUNT ? names[number] : NULL;
}

/* ---- What cannot be said ------------------------------------------------------------------------------------------- */

static bool refuse(const struct program *program, const struct instruction *instruction, const struct code *code,
                   const char *why, struct error *error)
{
    char *text = program_instruction_text(program, code, instruction);
    error_set(error, program->files[code->file].name, instruction->place.line, instruction->place.column,
              "'%s' cannot be said in a litmus test: %s", text, why);
    memory_free(text);
    return false;
}

/* Words of tables have names of their own: t_1 for t[1]. */
static char *word_name(const struct program *program, size_t word)
{
    char *name = program_word_name(program, word);
    for (char *c = name; *c != '\0'; c++)
        if (*c == '[')
            *c = '_';
        else if (*c == ']')
            *c = '\0';
    return name;
}

static bool check_names(const struct program *program, struct error *error)
{
    bool is_good = true;
    for (size_t w = 0; w < program->word_count && is_good; w++) {
        char *name = word_name(program, w);
        is_good = !isdigit((unsigned char)name[0]) && strchr(name, '.') == NULL && strlen(name) <= NAME_MAX_LENGTH;
        for (size_t v = 0; v < w && is_good; v++) {
            char *other = word_name(program, v);
            is_good = strcmp(name, other) != 0;
            memory_free(other);
        }
        if (!is_good)
            error_set(error, NULL, 0, 0, "the variable '%s' cannot be named in a litmus test", name);
        memory_free(name);
    }
    return is_good;
}

static bool check_program(const struct program *program, struct error *error)
{
    if (program->memory != MEMORY_TSO)
        return error_set(
            error, NULL, 0, 0,
            "a litmus test for x86 is about memory that is tso, and here it is sc (expected --memory tso)");
    for (size_t t = 0; t < program->thread_count; t++)
        if (program->threads[t].is_later)
            return error_set(error, NULL, 0, 0, "thread %s begins later than others, which a litmus test cannot say",
                             program->threads[t].name);
    if (program->store_buffer > 0)
        return error_set(error, NULL, 0, 0, "a litmus test does not say how many stores fit into a store buffer");
    return check_names(program, error);
}

/* ---- Threads --------------------------------------------------------------------------------------------------------- */

static bool print_operand(const struct program *program, const struct operand *operand, struct text *text)
{
    char *name;
    switch (operand->kind) {
    case OPERAND_IMMEDIATE:
        text_print(text, "$%" PRId64, operand->value);
        return true;
    case OPERAND_REGISTER:
        text_print(text, "%%%s", register_of((uint64_t)operand->value));
        return register_of((uint64_t)operand->value) != NULL;
    case OPERAND_WORD:
        name = word_name(program, (size_t)operand->value);
        text_print(text, "(%s)", name);
        memory_free(name);
        return true;
    case OPERAND_TARGET:
        text_print(text, "L%" PRId64, operand->value);
        return true;
    default:
        return false;
    }
}

static bool print_instruction(const struct program *program, const struct code *code, uint32_t index, struct text *text,
                              struct error *error)
{
    const struct instruction *instruction = &code->instructions[index];
    const struct spelling_row *row = find_spelling(instruction->opcode);
    if (row == NULL)
        return refuse(program, instruction, code, "x86 has no instruction for it that the format has", error);
    if (instruction->no_switch)
        return refuse(program, instruction, code, "it is in one step with the instruction before", error);
    if (instruction->part_end > 0)
        return refuse(program, instruction, code, "it accesses a part of what others access", error);
    if (instruction->wrap > 0)
        return refuse(program, instruction, code, "results have fewer bits there", error);
    text_print(text, "%s%s", row->is_locked || instruction->is_locked ? "lock " : "", row->name);
    for (size_t o = 0; o < 2 && instruction->operands[o].kind != OPERAND_NONE; o++) {
        text_print(text, "%s", o == 0 ? " " : ",");
        if (!print_operand(program, &instruction->operands[o], text))
            return refuse(program, instruction, code, "it has variables, registers and numbers alone", error);
    }
    return true;
}

/* The cells of a column: the instructions, and before those that jumps lead to a label. */
struct column {
    char **cells;
    size_t count;
    size_t capacity;
    size_t width;
};

static void add_cell(struct column *self, char *cell)
{
    self->cells = memory_grow(self->cells, self->count, &self->capacity, sizeof *self->cells);
    self->cells[self->count++] = cell;
    self->width = strlen(cell) > self->width ? strlen(cell) : self->width;
}

static bool is_target(const struct code *code, uint32_t index)
{
    for (uint32_t i = 0; i < code->count; i++)
        if (code->instructions[i].operands[0].kind == OPERAND_TARGET &&
            code->instructions[i].operands[0].value == (int64_t)index)
            return true;
    return false;
}

static bool fill_column(struct column *self, const struct program *program, size_t thread, struct error *error)
{
    const struct code *code = program_code(program, thread);
    add_cell(self, text_format("P%zu", thread));
    for (uint32_t i = 0; i <= code->count; i++) {
        if (is_target(code, i))
            add_cell(self, text_format("L%" PRIu32 ":", i));
        struct text text = TEXT_INIT;
        if (i < code->count && !print_instruction(program, code, i, &text, error)) {
            text_free(&text);
            return false;
        }
        if (i < code->count)
            add_cell(self, text_take(&text));
    }
    return true;
}

static void print_columns(struct text *text, const struct column *columns, size_t count)
{
    size_t rows = 0;
    for (size_t c = 0; c < count; c++)
        rows = columns[c].count > rows ? columns[c].count : rows;
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < count; c++)
            text_print(text, " %-*s %s", (int)columns[c].width, r < columns[c].count ? columns[c].cells[r] : "",
                       c + 1 < count ? "|" : ";\n");
}

static bool print_threads(struct text *text, const struct program *program, struct error *error)
{
    struct column *columns = memory_new(program->thread_count, sizeof *columns);
    bool is_good = true;
    for (size_t t = 0; t < program->thread_count && is_good; t++)
        is_good = fill_column(&columns[t], program, t, error);
    if (is_good)
        print_columns(text, columns, program->thread_count);
    for (size_t t = 0; t < program->thread_count; t++) {
        for (size_t c = 0; c < columns[t].count; c++)
            memory_free(columns[t].cells[c]);
        memory_free(columns[t].cells);
    }
    memory_free(columns);
    return is_good;
}

/* ---- What is asked --------------------------------------------------------------------------------------------------- */

static void name_word(void *context, size_t word, struct text *text)
{
    char *name = word_name(context, word);
    text_print(text, "[%s]", name);
    memory_free(name);
}

static void name_register(void *context, int thread, unsigned number, struct text *text)
{
    (void)context;
    text_print(text, "%d:%s", thread, register_of(number) != NULL ? register_of(number) : "?");
}

static bool print_locations(struct text *text, const struct program *program, const struct observation *observation,
                            struct error *error)
{
    text_print(text, "locations [");
    for (size_t p = 0; p < observation->count; p++) {
        const struct observation_place *place = &observation->places[p];
        if (place->thread == OBSERVED_OUTPUT || (place->thread != OBSERVED_WORD && register_of(place->number) == NULL))
            return error_set(error, NULL, 0, 0, "the output is observed, which a litmus test cannot say");
        if (place->thread == OBSERVED_WORD)
            name_word((void *)program, place->number, text);
        else
            name_register(NULL, place->thread, place->number, text);
        text_print(text, ";%s", p + 1 < observation->count ? " " : "");
    }
    text_print(text, "]\n");
    return true;
}

static bool print_condition(struct text *text, const struct program *program, const struct predicate *condition,
                            const char *quantifier, const char *claim, struct error *error)
{
    struct predicate_names names = {.context = (void *)program, .word = name_word, .reg = name_register};
    struct text words = TEXT_INIT;
    bool is_good = predicate_export_litmus(condition, &names, &words) ||
                   error_set(error, NULL, 0, 0,
                             "the claim '%s' cannot be said in a litmus test (expected which variables and registers "
                             "are equal to which numbers, or not, with &&, || and !)",
                             claim);
    text_print(text, "%s (%s)\n", quantifier, text_string(&words));
    text_free(&words);
    return is_good;
}

static bool print_question(struct text *text, const struct program *program, const struct observation *observation,
                           const struct outcome *outcome, struct error *error)
{
    const struct claim *claim = outcome->claims;
    uint32_t word;
    if (outcome->claim_count == 0) {
        text_print(text, "forall (true)\n");
        return true;
    }
    if (outcome->claim_count > 1)
        return error_set(error, NULL, 0, 0, "a litmus test has one condition, and there are %zu claims",
                         outcome->claim_count);
    if (program->test != NULL && program->test->claim != NULL)
        return print_condition(text, program, claim->condition,
                               program->test->quantifier == QUANTIFIER_EXISTS ? "exists" : "forall", claim->text,
                               error);
    if (claim->kind == CLAIM_VALUE && observation_is_word(observation, &word) &&
        (claim->relation == RELATION_EQ || claim->relation == RELATION_NE)) {
        text_print(text, "forall (");
        name_word((void *)program, word, text);
        text_print(text, "%s%" PRId64 ")\n", claim->relation == RELATION_EQ ? "=" : "<>", claim->number);
        return true;
    }
    if (claim->kind != CLAIM_FINAL && claim->kind != CLAIM_POSSIBLE)
        return error_set(
            error, NULL, 0, 0,
            "the claim '%s' cannot be said in a litmus test (expected a condition on the ends, or possible)",
            claim->text);
    return print_condition(text, program, claim->condition, claim->kind == CLAIM_POSSIBLE ? "exists" : "forall",
                           claim->text, error);
}

/* ---- The whole ----------------------------------------------------------------------------------------------------- */

/* The name in one word. */
static void print_head(struct text *text, const struct program *program)
{
    const char *name = strrchr(program->name, '/') != NULL ? strrchr(program->name, '/') + 1 : program->name;
    text_print(text, "X86_64 ");
    for (const char *c = name; *c != '\0' && (c == name || strcmp(c, ".s") != 0) && strcmp(c, ".litmus") != 0; c++)
        text_print(text, "%c", isalnum((unsigned char)*c) || strchr("+-._", *c) != NULL ? *c : '_');
    text_print(text, "\n{\n");
    for (size_t w = 0; w < program->word_count; w++) {
        char *variable = word_name(program, w);
        text_print(text, "[%s]=%" PRId64 ";\n", variable, program->words[w]);
        memory_free(variable);
    }
    for (size_t t = 0; t < program->thread_count; t++)
        for (unsigned r = 0; r < REGISTER_COUNT; r++)
            if (register_of(r) != NULL && program->threads[t].registers[r] != 0)
                text_print(text, "%zu:%s=%" PRId64 ";\n", t, register_of(r), program->threads[t].registers[r]);
    text_print(text, "}\n");
}

/* What we could not read ourselves nobody is given. */
static bool is_readable(struct text *text, struct error *error)
{
    struct error inner = ERROR_INIT;
    struct litmus_input input = {.source = "litmus", .text = text_string(text), .length = text->length};
    struct program *program = litmus_read(&input, &inner);
    bool is_good = program != NULL;
    program_free(program);
    return is_good || error_set(error, NULL, 0, 0, "the program cannot be said in a litmus test: %s", inner.text);
}

bool litmus_file_print(struct text *text, const struct program *program, const struct observation *observation,
                       const struct outcome *outcome, struct error *error)
{
    if (!check_program(program, error))
        return false;
    print_head(text, program);
    return print_threads(text, program, error) &&
           (observation->count == 0 || print_locations(text, program, observation, error)) &&
           print_question(text, program, observation, outcome, error) && is_readable(text, error);
}
