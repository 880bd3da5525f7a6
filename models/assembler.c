#include "models/assembler.h"

#include "base/memory.h"
#include "models/assembler_parts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- Shared by the parts -------------------------------------------------------------------------------------- */

bool assembler_unexpected(struct assembler *self, const struct token *token, const char *expected)
{
    return token_unexpected(token, expected, self->input->source, self->error);
}

bool assembler_expect_end(struct assembler *self, const struct token *at)
{
    return at->kind == TOKEN_END || assembler_unexpected(self, at, "the end of the line");
}

/* Reads an expression that must lie between two bounds; `what` names it in errors. */
bool assembler_read_number(struct assembler *self, const struct token **at, const char *what, int64_t least,
                           int64_t greatest, int64_t *value)
{
    const struct token *first = *at;
    if (first->kind == TOKEN_END)
        return assembler_unexpected(self, first, what);
    if (!expression_read(at, &self->environment, value, self->error))
        return false;
    if (*value >= least && *value <= greatest)
        return true;
    return FAIL(self, first, "%s must be %" PRId64 " .. %" PRId64 ", not %" PRId64, what, least, greatest, *value);
}

const struct declaration *assembler_find(const struct assembler *self, const struct token *name)
{
    for (size_t i = 0; i < self->declaration_count; i++) {
        const struct token *declared = self->declarations[i].name;
        if (declared->length == name->length && memcmp(declared->text, name->text, name->length) == 0)
            return &self->declarations[i];
    }
    return NULL;
}

bool assembler_is_symbol(const struct assembler *self, const struct token *name)
{
    for (size_t i = 0; i < self->environment.symbol_count; i++)
        if (token_equals(name, self->environment.symbols[i].name))
            return true;
    return token_equals(name, "SELF");
}

char *assembler_copy_name(const struct token *name)
{
    char *copy = memory_new(name->length + 1, 1);
    memcpy(copy, name->text, name->length);
    return copy;
}

uint32_t assembler_add_variable(struct assembler *self, char *name, uint32_t words, int64_t initial)
{
    struct program *program = self->program;
    assert(program->word_count + words <= PROGRAM_WORDS_MAX);
    program->variables =
        memory_grow(program->variables, program->variable_count, &self->variable_capacity, sizeof *program->variables);
    uint32_t first = (uint32_t)program->word_count;
    program->variables[program->variable_count++] = (struct variable){name, first, words};
    for (uint32_t i = 0; i < words; i++)
        program->words[program->word_count++] = initial;
    return first;
}

/* ---- Codes and threads --------------------------------------------------------------------------------------- */

static bool instructions_equal(const struct instruction *a, const struct instruction *b)
{
    return a->opcode == b->opcode && a->ticks == b->ticks && a->place.line == b->place.line &&
           a->place.column == b->place.column && a->operands[0].kind == b->operands[0].kind &&
           a->operands[0].value == b->operands[0].value && a->operands[1].kind == b->operands[1].kind &&
           a->operands[1].value == b->operands[1].value;
}

static bool codes_equal(const struct code *a, const struct code *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!instructions_equal(&a->instructions[i], &b->instructions[i]))
            return false;
    return true;
}

/* Takes a code and returns the index of an equal one. Equal codes have equal places in the text too: two sections with
 * the same instructions stay two codes, since a report shows their lines. */
static uint32_t intern(struct assembler *self, struct code *code)
{
    struct program *program = self->program;
    for (size_t i = 0; i < program->code_count; i++)
        if (codes_equal(&program->codes[i], code)) {
            memory_free(code->instructions);
            return (uint32_t)i;
        }
    program->codes = memory_grow(program->codes, program->code_count, &self->code_capacity, sizeof *program->codes);
    program->codes[program->code_count++] = *code;
    self->instruction_count += code->count;
    return (uint32_t)(program->code_count - 1);
}

static bool make_code(struct assembler *self, struct section *section, uint32_t *index)
{
    struct code code;
    if (!assembler_lower(self, section) || !section_unroll(section, &code, self->input->source, self->error))
        return false;
    *index = intern(self, &code);
    return self->instruction_count <= PROGRAM_INSTRUCTIONS_MAX ||
           FAIL(self, section->token, "the codes of all threads together are too long: more than %d instructions",
                PROGRAM_INSTRUCTIONS_MAX);
}

static size_t instances(const struct assembler *self, const struct section *section)
{
    return section->name == NULL ? (size_t)self->input->threads : 1;
}

/* Adds the next thread, which runs a code. */
static bool add_thread(struct assembler *self, const struct section *section, uint32_t code)
{
    struct program *program = self->program;
    char number[24];
    snprintf(number, sizeof number, "T%zu", program->thread_count);
    char *name = section->name != NULL ? assembler_copy_name(section->name) : memory_copy_string(number);
    for (size_t i = 0; i < program->thread_count; i++)
        if (strcmp(program->threads[i].name, name) == 0) {
            memory_free(name);
            return FAIL(self, section->name, "a thread that runs .main has the name '%s' already",
                        program->threads[i].name);
        }
    program->threads[program->thread_count++] = (struct thread){.name = name, .code = code};
    return true;
}

/* Where no instruction mentions SELF one code serves all threads of a section. */
static bool add_threads(struct assembler *self, struct section *section)
{
    uint32_t code = 0;
    for (size_t i = 0; i < instances(self, section); i++) {
        self->environment.in_thread = true;
        self->environment.self = (int64_t)self->program->thread_count;
        if ((i == 0 || section->mentions_self) && !make_code(self, section, &code))
            return false;
        if (!add_thread(self, section, code))
            return false;
    }
    return true;
}

static bool check_sections(struct assembler *self)
{
    size_t total = 0;
    if (self->section_count == 0) {
        error_set(self->error, self->input->source, 0, 0,
                  "the program has no code; expected '.main' or '.thread NAME' and instructions");
        return false;
    }
    for (size_t i = 0; i < self->section_count; i++) {
        total += instances(self, &self->sections[i]);
        if (total > PROGRAM_THREADS_MAX)
            return FAIL(self, self->sections[i].token, "more than %d threads in all", PROGRAM_THREADS_MAX);
    }
    self->program->threads = memory_new(total, sizeof *self->program->threads);
    return true;
}

/* The threads of .main come first, wherever it stands. */
static bool add_all_threads(struct assembler *self)
{
    for (size_t i = 0; i < self->section_count; i++)
        if (self->sections[i].name == NULL && !add_threads(self, &self->sections[i]))
            return false;
    for (size_t i = 0; i < self->section_count; i++)
        if (self->sections[i].name != NULL && !add_threads(self, &self->sections[i]))
            return false;
    return true;
}

/* ---- The whole ----------------------------------------------------------------------------------------------- */

static bool check_input(const struct assembler_input *input, struct error *error)
{
    if (input->threads < 1 || input->threads > PROGRAM_THREADS_MAX) {
        error_set(error, NULL, 0, 0, "THREADS must be 1 .. %d, not %" PRId64, PROGRAM_THREADS_MAX, input->threads);
        return false;
    }
    if (input->iters < 0) {
        error_set(error, NULL, 0, 0, "ITERS must be 0 or more, not %" PRId64, input->iters);
        return false;
    }
    for (size_t i = 0; i < input->symbol_count; i++)
        for (const char *const *taken = (const char *const[]){"THREADS", "ITERS", "SELF", NULL}; *taken != NULL;
             taken++)
            if (strcmp(input->symbols[i].name, *taken) == 0) {
                error_set(error, NULL, 0, 0, "the symbol %s cannot be defined; it has a meaning already", *taken);
                return false;
            }
    return true;
}

static struct program *start_program(const struct assembler_input *input)
{
    struct program *program = memory_new(1, sizeof *program);
    program->name = memory_copy_string(input->name);
    program->source = memory_copy_string(input->source);
    program->words = memory_new(PROGRAM_WORDS_MAX, sizeof *program->words);
    return program;
}

void assembler_add_symbol(struct assembler *self, const char *name, int64_t value)
{
    struct program *program = self->program;
    program->symbols =
        memory_grow(program->symbols, program->symbol_count, &self->symbol_capacity, sizeof *program->symbols);
    program->symbols[program->symbol_count++] = (struct symbol){memory_copy_string(name), value};
    self->environment.symbols = program->symbols;
    self->environment.symbol_count = program->symbol_count;
}

static void add_symbols(struct assembler *self)
{
    const struct assembler_input *input = self->input;
    assembler_add_symbol(self, "THREADS", input->threads);
    assembler_add_symbol(self, "ITERS", input->iters);
    for (size_t i = 0; i < input->symbol_count; i++)
        assembler_add_symbol(self, input->symbols[i].name, input->symbols[i].value);
}

static bool assemble(struct assembler *self, const struct token_list *list)
{
    return assembler_read_lines(self, list) && check_sections(self) && add_all_threads(self);
}

static void free_sections(struct assembler *self)
{
    for (size_t i = 0; i < self->section_count; i++)
        section_free(&self->sections[i]);
    memory_free(self->sections);
    memory_free(self->declarations);
    memory_free(self->defaults);
}

struct program *assembler_read(const struct assembler_input *input, struct error *error)
{
    struct token_list list;
    if (!check_input(input, error) || !token_list_read(&list, input->text, input->length, input->source, error))
        return NULL;
    struct program *program = start_program(input);
    struct assembler self = {.input = input, .error = error, .program = program};
    self.environment = (struct environment){.source = input->source};
    add_symbols(&self);
    bool read = assemble(&self, &list);
    program->text = memory_copy_string(input->text);
    free_sections(&self);
    token_list_free(&list);
    if (read)
        return program;
    program_free(program);
    return NULL;
}
