#include "frontends/assembler.h"

#include "base/memory.h"
#include "frontends/assembler_parts.h"
#include "frontends/presets.h"

#include <inttypes.h>
#include <string.h>

/* ---- Shared by the parts -------------------------------------------------------------------------------------- */

bool assembler_unexpected(struct assembler *self, const struct token *token, const char *expected)
{
    return token_unexpected(token, expected, self->source, self->error);
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
    size_t found = name_table_find(&self->declared, name->text, name->length);
    return found != NAME_TABLE_NONE ? &self->declarations[found] : NULL;
}

/* How many threads run the code of a body. */
static size_t instances(const struct assembler *self, const struct body *body)
{
    bool one = body->name != NULL || assembler_has_files(self);
    return one ? 1 : (size_t)self->input->threads;
}

int64_t assembler_find_thread(const struct assembler *self, const struct token *name)
{
    int64_t found = -1, before = 0; /* the threads of .main come first */
    for (size_t i = 0; i < self->body_count; i++)
        before += self->bodies[i].name == NULL ? (int64_t)instances(self, &self->bodies[i]) : 0;
    for (size_t i = 0; i < self->body_count && found < 0; i++) {
        const struct token *other = self->bodies[i].name;
        if (other != NULL && other->length == name->length && memcmp(other->text, name->text, name->length) == 0)
            found = before;
        before += other != NULL;
    }
    return found;
}

bool assembler_is_symbol(const struct assembler *self, const struct token *name)
{
    return name_table_find(&self->environment.names, name->text, name->length) != NAME_TABLE_NONE ||
           token_equals(name, "SELF");
}

char *assembler_copy_name(const struct token *name)
{
    char *copy = memory_new(name->length + 1, 1);
    memcpy(copy, name->text, name->length);
    return copy;
}

/* ---- Codes and threads --------------------------------------------------------------------------------------- */

static bool operands_equal(const struct operand *a, const struct operand *b)
{
    return a->kind == b->kind && a->value == b->value && a->base == b->base && a->index == b->index &&
           a->scale == b->scale && a->named == b->named && a->first == b->first && a->extent == b->extent;
}

static bool instructions_equal(const struct instruction *a, const struct instruction *b)
{
    return a->opcode == b->opcode && a->ticks == b->ticks && a->place.line == b->place.line &&
           a->place.column == b->place.column && operands_equal(&a->operands[0], &b->operands[0]) &&
           operands_equal(&a->operands[1], &b->operands[1]);
}

/* A file that is given twice makes equal codes. */
static bool files_equal(const struct program *program, uint32_t a, uint32_t b)
{
    return a == b || strcmp(program->files[a].name, program->files[b].name) == 0;
}

static bool codes_equal(const struct program *program, const struct code *a, const struct code *b)
{
    if (a->count != b->count || !files_equal(program, a->file, b->file) || a->loop.times != b->loop.times)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!instructions_equal(&a->instructions[i], &b->instructions[i]))
            return false;
    return true;
}

/* Takes a code and returns the index of an equal one. Equal codes have equal places in the text too: two bodies with
 * the same instructions stay two codes, since a report shows their lines. */
static uint32_t intern(struct assembler *self, struct code *code)
{
    struct program *program = self->program;
    for (size_t i = 0; i < program->code_count; i++)
        if (codes_equal(program, &program->codes[i], code)) {
            memory_free(code->instructions);
            return (uint32_t)i;
        }
    program->codes = memory_grow(program->codes, program->code_count, &self->code_capacity, sizeof *program->codes);
    program->codes[program->code_count++] = *code;
    self->instruction_count += code->count;
    return (uint32_t)(program->code_count - 1);
}

static bool make_code(struct assembler *self, struct body *body, uint32_t *index)
{
    struct code code;
    if (!assembler_lower(self, body) || !stretches_check(body, self->source, self->error) ||
        !body_unroll(body, self->input->rolled_from, &code, self->source, self->error))
        return false;
    code.file = body->file;
    *index = intern(self, &code);
    return self->instruction_count <= PROGRAM_INSTRUCTIONS_MAX ||
           FAIL(self, body->token, "the codes of all threads together are too long: more than %d instructions",
                PROGRAM_INSTRUCTIONS_MAX);
}

static bool is_taken(const struct program *program, const char *name)
{
    for (size_t i = 0; i < program->thread_count; i++)
        if (strcmp(program->threads[i].name, name) == 0)
            return true;
    return false;
}

/* Returns, as new, the name of the thread that runs .main: its file's, with a number where that is taken; or T0, T1, ... */
static char *name_main(const struct assembler *self)
{
    struct text name = TEXT_INIT;
    if (!assembler_has_files(self)) {
        text_print(&name, "T%zu", self->program->thread_count);
        return text_take(&name);
    }
    char *plain = assembler_thread_name(self->source);
    text_print(&name, "%s", plain);
    for (size_t number = 2; is_taken(self->program, text_string(&name)); number++) {
        text_free(&name);
        text_print(&name, "%s-%zu", plain, number);
    }
    memory_free(plain);
    return text_take(&name);
}

/* Adds the next thread, which runs a code. */
static bool add_thread(struct assembler *self, const struct body *body, uint32_t code)
{
    struct program *program = self->program;
    char *name = body->name != NULL ? assembler_copy_name(body->name) : name_main(self);
    if (body->name != NULL && is_taken(program, name)) {
        memory_free(name);
        return FAIL(self, body->name, "a thread that runs .main has the name '%.*s' already",
                    token_shown(body->name), body->name->text);
    }
    program->threads[program->thread_count++] = (struct thread){
        .name = name, .code = code, .is_later = body->is_later, .priority = body->priority, .registers[REGISTER_SP] = PROGRAM_STACK_END};
    return true;
}

/* Where no instruction mentions SELF one code serves all threads of a body. */
static bool add_threads(struct assembler *self, struct body *body)
{
    uint32_t code = 0;
    assembler_enter(self, body->file);
    for (size_t i = 0; i < instances(self, body); i++) {
        self->environment.in_thread = true;
        self->environment.self = (int64_t)self->program->thread_count;
        if ((i == 0 || body->mentions_self) && !make_code(self, body, &code))
            return false;
        if (!add_thread(self, body, code))
            return false;
    }
    return true;
}

static bool check_bodies(struct assembler *self)
{
    size_t total = 0;
    if (self->body_count == 0) {
        error_set(self->error, self->input->source, 0, 0,
                  "the program has no code; expected '.main' or '.thread NAME' and instructions");
        return false;
    }
    for (size_t i = 0; i < self->body_count; i++) {
        total += instances(self, &self->bodies[i]);
        if (total > PROGRAM_THREADS_MAX) {
            assembler_enter(self, self->bodies[i].file);
            return FAIL(self, self->bodies[i].token, "more than %d threads in all", PROGRAM_THREADS_MAX);
        }
    }
    self->program->threads = memory_new(total, sizeof *self->program->threads);
    return true;
}

/* The threads of .main come first, wherever it stands. */
static bool add_all_threads(struct assembler *self)
{
    for (size_t i = 0; i < self->body_count; i++)
        if (self->bodies[i].name == NULL && !add_threads(self, &self->bodies[i]))
            return false;
    for (size_t i = 0; i < self->body_count; i++)
        if (self->bodies[i].name != NULL && !add_threads(self, &self->bodies[i]))
            return false;
    return true;
}

/* The most numbers that a code chooses from, 0 where it chooses none; and whether it waits on a condition, or signals one. */
static size_t find_choices(const struct code *code, bool *has_conditions)
{
    size_t most = 0;
    for (uint32_t i = 0; i < code->count; i++) {
        const struct operand *operand = &code->instructions[i].operands[0];
        size_t range = operand->kind == OPERAND_RANGE ? (size_t)operand->scale + 1 : 0;
        most = range > most ? range : most;
        *has_conditions |= operand->kind == OPERAND_CONDITION;
    }
    return most;
}

/* What can happen in one state must have an end. Who signals and who sleeps are different threads. */
static bool check_choices(struct assembler *self)
{
    const struct program *program = self->program;
    size_t choices = 0, threads = 0;
    for (size_t t = 0; t < program->thread_count; t++) {
        bool has_conditions = false;
        choices += find_choices(program_code(program, t), &has_conditions);
        threads += has_conditions;
    }
    if (choices + threads * threads / 4 <= CHOICES_TOTAL_MAX)
        return true;
    return error_set(self->error, self->input->source, 0, 0,
                     "the threads have too much to choose from: at one moment more than %d things could happen",
                     CHOICES_TOTAL_MAX);
}

/* First values of registers: a group a thread, or one for all. */
static bool apply_presets(struct assembler *self)
{
    const struct presets *presets = self->input->presets;
    struct program *program = self->program;
    if (presets == NULL || presets->group_count == 0)
        return true;
    if (presets->group_count != 1 && presets->group_count != program->thread_count) {
        error_set(self->error, NULL, 0, 0,
                  "first values of registers for %zu threads, but the program has %zu (expected one group of them, or "
                  "one for each thread)",
                  presets->group_count, program->thread_count);
        return false;
    }
    for (size_t t = 0; t < program->thread_count; t++)
        for (size_t p = 0; p < presets->count; p++)
            if (presets->group_count == 1 || presets->items[p].group == t)
                program->threads[t].registers[presets->items[p].number] = presets->items[p].value;
    return true;
}

/* Symbols that have a meaning: whether threads that sleep on a condition can wake up without a signal; whether memory is TSO, whatever
 * .memory says, and how many stores fit into a store buffer. */
static bool note_symbol(struct assembler *self, const struct symbol *symbol)
{
    struct program *program = self->program;
    if (strcmp(symbol->name, "SPURIOUS") == 0)
        program->is_spurious = symbol->value != 0;
    else if (strcmp(symbol->name, "TSO") == 0)
        program->memory = symbol->value != 0 ? MEMORY_TSO : MEMORY_SC;
    else if (strcmp(symbol->name, "STORE_BUFFER") == 0 && (symbol->value < 1 || symbol->value > PROGRAM_STORES_MAX))
        return error_set(self->error, NULL, 0, 0, "STORE_BUFFER must be 1 .. %d, not %" PRId64, PROGRAM_STORES_MAX,
                         symbol->value);
    else if (strcmp(symbol->name, "STORE_BUFFER") == 0)
        program->store_buffer = (uint32_t)symbol->value;
    return true;
}

static bool note_symbols(struct assembler *self)
{
    for (size_t s = 0; s < self->program->symbol_count; s++)
        if (!note_symbol(self, &self->program->symbols[s]))
            return false;
    return true;
}

/* What .observe names, once all threads are there. */
static bool find_observed(struct assembler *self)
{
    for (size_t i = 0; i < self->observed_count; i++) {
        const struct token *token = self->observed[i].token;
        struct error error = ERROR_INIT;
        struct text list = TEXT_INIT;
        text_append(&list, token->text, token->length);
        bool is_found = observation_add(&self->program->observation, self->program, text_string(&list), &error);
        text_free(&list);
        assembler_enter(self, self->observed[i].file);
        if (!is_found)
            return FAIL(self, token, "%s", error.text);
    }
    return true;
}

/* ---- The whole ----------------------------------------------------------------------------------------------- */

/* Symbols that the language itself gives a value. */
static const struct taken_symbol {
    const char *name, *why;
} taken_symbols[] = {{"THREADS", "it is what --threads says"},
                     {"ITERS", "it is what --iters says"},
                     {"SELF", "it has a meaning already"}};

static bool check_symbol(const char *name, struct error *error)
{
    for (size_t s = 0; s < sizeof taken_symbols / sizeof *taken_symbols; s++)
        if (strcmp(name, taken_symbols[s].name) == 0)
            return error_set(error, NULL, 0, 0, "the symbol %s cannot be defined; %s", name, taken_symbols[s].why);
    return true;
}

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
        if (!check_symbol(input->symbols[i].name, error))
            return false;
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
    char *copy = memory_copy_string(name);
    name_table_add(&self->environment.names, copy, strlen(copy), program->symbol_count);
    program->symbols[program->symbol_count++] = (struct symbol){copy, value};
    self->environment.symbols = program->symbols;
}

static void add_symbols(struct assembler *self)
{
    const struct assembler_input *input = self->input;
    size_t named = 0;
    for (size_t p = 0; p < self->part_count; p++)
        named += self->parts[p].named;
    assembler_add_symbol(self, "THREADS", named > 0 ? (int64_t)named : input->threads);
    assembler_add_symbol(self, "ITERS", input->iters);
    for (size_t i = 0; i < input->symbol_count; i++)
        assembler_add_symbol(self, input->symbols[i].name, input->symbols[i].number);
}

/* Reads the tokens of all parts. */
static bool read_tokens(struct assembler *self)
{
    for (size_t p = 0; p < self->part_count; p++)
        if (!token_list_read(&self->parts[p].list, self->parts[p].text, self->parts[p].length, self->parts[p].name,
                             self->error))
            return false;
    return true;
}

static bool read_parts(struct assembler *self)
{
    for (size_t p = 0; p < self->part_count; p++) {
        assembler_enter(self, (uint32_t)p);
        if (!assembler_read_lines(self, &self->parts[p].list))
            return false;
    }
    return true;
}

/* The program keeps the names of its files. */
static void list_files(struct assembler *self)
{
    struct program *program = self->program;
    program->files = memory_new(self->part_count, sizeof *program->files);
    for (size_t p = 0; p < self->part_count; p++)
        program->files[program->file_count++] =
            (struct file){self->parts[p].name, (size_t)(self->parts[p].text - self->input->text)};
}

/* How often the program mentions ITERS. */
static size_t count_iters(const struct assembler *self)
{
    static const char name[] = "ITERS";
    size_t count = 0;
    for (size_t p = 0; p < self->part_count; p++)
        for (size_t t = 0; t < self->parts[p].list.count; t++) {
            const struct token *token = &self->parts[p].list.tokens[t];
            bool is_rest = token->kind == TOKEN_REST && memmem(token->text, token->length, name, strlen(name)) != NULL;
            count += is_rest || (token->kind == TOKEN_NAME && token_equals(token, name));
        }
    return count;
}

/* Loops are repeated ITERS times, and nothing else depends on it; or else that is merely the number that they are repeated. */
static void settle_loops(struct assembler *self)
{
    size_t loops = 0;
    for (size_t b = 0; b < self->body_count; b++)
        loops += self->bodies[b].repeats_iters;
    for (size_t c = 0; c < self->program->code_count; c++)
        self->program->codes[c].loop.is_iters &= loops == count_iters(self);
}

static bool assemble(struct assembler *self)
{
    bool split = assembler_split(self);
    list_files(self);
    add_symbols(self);
    bool has_threads = split && read_tokens(self) && read_parts(self) && check_bodies(self) && add_all_threads(self);
    settle_loops(self);
    return has_threads && check_choices(self) && apply_presets(self) && find_observed(self) && note_symbols(self);
}

static void free_parts(struct assembler *self)
{
    for (size_t p = 0; p < self->part_count; p++)
        token_list_free(&self->parts[p].list);
    memory_free(self->parts);
    for (size_t i = 0; i < self->body_count; i++)
        body_free(&self->bodies[i]);
    memory_free(self->bodies);
    memory_free(self->declarations);
    memory_free(self->defaults);
    memory_free(self->observed);
    name_table_free(&self->declared);
    name_table_free(&self->defaulted);
    name_table_free(&self->anonymous);
    name_table_free(&self->environment.names);
}

struct program *assembler_read(const struct assembler_input *input, struct error *error)
{
    if (!check_input(input, error))
        return NULL;
    struct program *program = start_program(input);
    struct assembler self = {.input = input, .error = error, .program = program, .source = input->source};
    self.environment = (struct environment){.source = input->source};
    bool read = assemble(&self);
    program->text = memory_copy_string(input->text);
    free_parts(&self);
    if (read)
        return program;
    program_free(program);
    return NULL;
}
