#include "report/promela_parts.h"

#include "analysis/waiting.h"
#include "base/memory.h"
#include "machine/liveness.h"
#include "machine/machine.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* What SPIN's int is used for: a range that is its own negative. */
#define VALUE_MOST INT64_C(2147483647)

enum { BYTE_MOST = 255, SHORT_MOST = 32767, READERS_MAX = 31 /* bits of an int */ };

const char *promela_type(int64_t greatest)
{
    return greatest <= BYTE_MOST ? "byte" : greatest <= SHORT_MOST ? "short" : "int";
}

void promela_print_comment(struct promela *self, const char *words, size_t width)
{
    size_t first = self->text->length;
    for (const char *at = words; *at != '\0'; at++) {
        bool closes = at[0] == '*' && at[1] == '/';
        text_append(self->text, *at >= ' ' && *at <= '~' && !closes ? at : "_", 1);
    }
    while (self->text->length < first + width)
        text_print(self->text, " ");
}

/* ---- What can be told ---------------------------------------------------------------------------------------- */

bool promela_check_value(const char *file, const struct place *place, const char *what, int64_t value,
                         struct error *error)
{
    if (value >= -VALUE_MOST && value <= VALUE_MOST)
        return true;
    return error_set(error, file, place != NULL ? place->line : 0, place != NULL ? place->column : 0,
                     "%s %" PRId64 " does not fit SPIN's values of 32 bits (expected %" PRId64 " to %" PRId64 ")", what,
                     value, -VALUE_MOST, VALUE_MOST);
}

static bool refuse(const struct promela *self, const struct code *code, const struct instruction *instruction,
                   const char *why, struct error *error)
{
    char *text = program_instruction_text(self->program, code, instruction);
    error_set(error, self->program->files[code->file].name, instruction->place.line, instruction->place.column,
              "'%s'%s has no counterpart in the model for SPIN", text, why);
    memory_free(text);
    return false;
}

/* Who sleeps at a barrier stands behind it in the model, where a critical section may begin or end, and registers are not needed any
 * more. */
static bool check_arrival(const struct promela *self, const struct code *code, const struct instruction *instruction,
                          struct error *error)
{
    static const struct instruction outside = {0};
    const struct operand *barrier = &instruction->operands[0];
    const struct instruction *next = instruction + 1 < code->instructions + code->count ? instruction + 1 : &outside;
    if (instruction->sections != next->sections || instruction->shared != next->shared)
        return refuse(self, code, instruction, " at the border of a critical section", error);
    if (operand_is_picked(barrier) &&
        (barrier->scale == 0 || (barrier->base != REGISTER_NONE && barrier->index != REGISTER_NONE)))
        return refuse(self, code, instruction, ", picked in this way,", error);
    return true;
}

static void note_micros(struct promela *self, const struct instruction *instruction)
{
    struct promela_scope scope = promela_scope_new(self, instruction, NULL);
    enum micro_kind kind = instruction_kind(instruction);
    bool assigns = promela_step_of(&scope, kind)->assigns;
    self->does[kind] = true;
    FOR_EACH_MICRO (micro, instruction)
        if (micro->kind == MICRO_ASSIGN && micro->target == micro->b && !assigns)
            self->computes[micro->operation] = true;
    promela_scope_free(&scope);
}

static bool check_predicate(const struct promela *self, const struct instruction *instruction, const char *file,
                            struct error *error)
{
    int64_t greatest = predicate_greatest_number(self->program->predicates[instruction->operands[0].value]);
    return promela_check_value(file, &instruction->place, "the constant", greatest, error);
}

static bool check_instruction(struct promela *self, const struct code *code, const struct instruction *instruction,
                              struct error *error)
{
    enum micro_kind kind = instruction_kind(instruction);
    const char *file = self->program->files[code->file].name;
    bool is_known = micro_kinds[kind].is_portable;
    for (size_t i = 0; i < 2; i++)
        is_known = is_known && instruction->operands[i].kind != OPERAND_COMPUTED;
    if (!is_known)
        return refuse(self, code, instruction, "", error);
    if (kind == MICRO_PRINT && instruction->form != PRINT_DECIMAL)
        return refuse(self, code, instruction, " in another form than decimal", error);
    if ((kind == MICRO_RDLOCK || kind == MICRO_WRLOCK) && self->program->thread_count > READERS_MAX)
        return refuse(self, code, instruction, " in a program of more than 31 threads", error);
    if (kind == MICRO_ARRIVE && !check_arrival(self, code, instruction, error))
        return false;
    if (kind == MICRO_ASSERT && !check_predicate(self, instruction, file, error))
        return false;
    note_micros(self, instruction);
    for (size_t i = 0; i < 2; i++) {
        const struct operand *operand = &instruction->operands[i];
        if (operand->kind == OPERAND_IMMEDIATE || operand->kind == OPERAND_RANGE) {
            int64_t last = operand->value + (operand->kind == OPERAND_RANGE ? operand->scale : 0);
            if (!promela_check_value(file, &instruction->place, "the constant", operand->value, error) ||
                !promela_check_value(file, &instruction->place, "the constant", last, error))
                return false;
        }
    }
    return true;
}

/* SPIN's values have 32 bits and a sign: a sum that does not fit violates an assertion of the model, whatever it wraps to. */
static bool is_cut(const struct instruction *instruction)
{
    return instruction->wrap > 0 &&
           (instruction->wrap < 32 || instruction->wraps_unsigned || instruction->opcode == OPCODE_MOV);
}

static bool check_codes(struct promela *self, struct error *error)
{
    size_t instructions = 0;
    if (self->program->memory != MEMORY_SC)
        return error_set(error, self->program->source, 0, 0,
                         "memory tso has no counterpart in the model for SPIN (expected --memory sc)");
    for (size_t c = 0; c < self->program->code_count; c++) {
        const struct code *code = &self->program->codes[c];
        instructions += code->count;
        if (instructions > PROMELA_INSTRUCTIONS_MAX)
            return error_set(error, NULL, 0, 0,
                             "the program has too many instructions for a model for SPIN (expected at most %d)",
                             PROMELA_INSTRUCTIONS_MAX);
        for (uint32_t i = 0; i < code->count; i++)
            if (!check_instruction(self, code, &code->instructions[i], error) ||
                (code->instructions[i].gives_up > 0 &&
                 !refuse(self, code, &code->instructions[i], ", whose time can be over,", error)) ||
                (is_cut(&code->instructions[i]) && !refuse(self, code, &code->instructions[i],
                                                           ", whose result has fewer than 32 bits or no sign,", error)))
                return false;
        self->ends_at_barriers |=
            code->count > 0 && instruction_kind(&code->instructions[code->count - 1]) == MICRO_ARRIVE;
    }
    if (instructions > 0)
        return true;
    return error_set(error, NULL, 0, 0, "the program has no instruction: there is nothing for SPIN to check");
}

/* SPIN takes no number below 0 in a list of first values. */
static bool check_list(const struct program *program, const char *name, const int64_t *values, size_t count,
                       struct error *error)
{
    bool are_equal = true, is_negative = false;
    for (size_t v = 0; v < count; v++) {
        are_equal = are_equal && values[v] == values[0];
        is_negative = is_negative || values[v] < 0;
    }
    return are_equal || !is_negative ||
           error_set(error, program->source, 0, 0,
                     "the first values of %s differ, and one is below 0: SPIN takes no such list", name);
}

static bool check_threads(struct promela *self, struct error *error)
{
    for (size_t t = 0; t < self->program->thread_count; t++) {
        const struct thread *thread = &self->program->threads[t];
        self->has_later |= thread->is_later;
        if (thread->is_later && promela_code(self, t)->count == 0)
            return error_set(
                error, NULL, 0, 0,
                "the thread %s, which begins later and has no instruction, has no counterpart in the model for"
                " SPIN",
                thread->name);
        for (size_t r = 0; r < REGISTER_COUNT; r++)
            if (!promela_check_value(NULL, NULL, "the register's first value", thread->registers[r], error))
                return false;
    }
    return true;
}

static bool check_first_values(struct promela *self, struct error *error)
{
    const struct program *program = self->program;
    for (size_t w = 0; w < program->word_count; w++)
        if (!promela_check_value(program->source, NULL, "the first value", program->words[w], error))
            return false;
    for (size_t s = 0; s < program->objects[OBJECT_SEMAPHORE].count; s++)
        if (!promela_check_value(program->source, NULL, "the number of permits",
                                 program_object(program, OBJECT_SEMAPHORE, s)->number, error))
            return false;
    for (size_t v = 0; v < program->variable_count; v++) {
        const struct variable *variable = &program->variables[v];
        if (!check_list(program, variable->name, program->words + variable->word, variable->words, error))
            return false;
    }
    return check_threads(self, error);
}

/* The registers that claims look at are an array each. */
static bool check_watched(struct promela *self, struct error *error)
{
    int64_t values[PROGRAM_THREADS_MAX];
    for (unsigned r = 0; r < REGISTER_COUNT; r++) {
        size_t count = promela_watched_values(self, r, values);
        if ((self->watched >> r & 1) != 0 &&
            !check_list(self->program, register_name((enum register_name)r), values, count, error))
            return false;
    }
    return true;
}

/* ---- The heading --------------------------------------------------------------------------------------------- */

static void print_heading(struct promela *self)
{
    text_print(self->text, "/* ");
    promela_print_comment(self, self->program->name, 0);
    text_print(self->text, ", %zu thread%s, ", self->program->thread_count, self->program->thread_count > 1 ? "s" : "");
    promela_describe_scheduler(self);
    text_print(
        self->text,
        ": a model for SPIN 6 (https://spinroot.com), written by racecheck.\n *\n"
        " * A process is a thread, an atomic step one instruction. A register whose value is not needed any more is set to 0,"
        "\n * so that states that cannot differ in what follows are one state.\n *\n");
    promela_describe_claims(self);
    text_print(self->text, " *\n");
    if (self->scheduler == PROMELA_FREE)
        text_print(self->text,
                   " * Without -DNOREDUCE SPIN leaves out orders of steps that make no difference (partial-order"
                   " reduction); the answers\n * are the same.\n");
    else
        text_print(self->text,
                   " * The scheduler looks at all threads in every step: partial-order reduction would find nothing to"
                   " leave out.\n");
    text_print(
        self->text,
        " * Should SPIN reach its maximum depth, let it have more with -m.\n *\n"
        " * Values are SPIN's int, 32 bits, from -%" PRId64 " to %" PRId64
        "; racecheck's have 64 bits. Where a result would not"
        "\n * fit, the assertion in add(), sub() or mul() is violated: the model then says nothing about the program. */\n",
        VALUE_MOST, VALUE_MOST);
}

/* ---- What all threads share ---------------------------------------------------------------------------------- */

void promela_print_values(struct promela *self, const int64_t *values, size_t count)
{
    bool are_equal = true;
    for (size_t v = 1; v < count; v++)
        are_equal = are_equal && values[v] == values[0];
    if (are_equal) {
        text_print(self->text, " = %" PRId64 ";\n", values[0]);
        return;
    }
    for (size_t v = 0; v < count; v++)
        text_print(self->text, "%s%" PRId64, v == 0 ? " = { " : ", ", values[v]);
    text_print(self->text, " };\n");
}

static void print_variable(struct promela *self, const struct variable *variable)
{
    text_print(self->text, "int shared_%s", variable->name);
    if (variable->words > 1)
        text_print(self->text, "[%" PRIu32 "]", variable->words);
    promela_print_values(self, self->program->words + variable->word, variable->words);
}

static size_t count_empty_threads(const struct promela *self)
{
    size_t count = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        count += promela_code(self, t)->count == 0;
    return count;
}

static void print_shared(struct promela *self)
{
    const struct program *program = self->program;
    text_print(self->text, "\n");
    for (size_t v = 0; v < program->variable_count; v++)
        print_variable(self, &program->variables[v]);
    promela_print_watched(self);
    promela_print_objects(self);
    promela_print_sections(self);
    text_print(self->text, "byte finished = %zu;     /* threads */\n", count_empty_threads(self));
    text_print(self->text, "hidden int old;        /* for use within a step */\nhidden byte i;\n");
    promela_print_output(self);
}

/* The last thread to finish looks at the value. */
static void print_inlines(struct promela *self)
{
    promela_print_ends(self);
    for (enum operation o = 0; o < OPERATION_COUNT; o++) {
        if (!self->computes[o] || operations[o].exported == NULL)
            continue;
        text_print(self->text, "\ninline %s(target, amount)\n{\n", operations[o].exported);
        if (operations[o].exported_fits != NULL) {
            text_print(self->text, "    assert(");
            operation_export(self->text, operations[o].exported_fits, "(amount)", "(target)");
            text_print(self->text, ");\n");
        }
        text_print(self->text, "    target = ");
        operation_export(self->text, operations[o].exported_result, "(amount)", "(target)");
        text_print(self->text, "\n}\n");
    }
    promela_print_object_inlines(self);
}

/* ---- The whole ----------------------------------------------------------------------------------------------- */

/* The registers that are looked at in the end by somebody, of some thread that runs a code. */
static register_set observed_registers(const struct promela *self, size_t code)
{
    register_set observed = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        if (self->program->threads[t].code == code)
            observed |= self->observed[t];
    return observed;
}

/* Who can step first. */
static uint64_t find_ready(const struct program *program)
{
    struct machine *machine = machine_new(program, NULL, false);
    uint64_t *state = memory_new(machine_bits(machine) / 64 + 1, sizeof *state);
    machine_start(machine, state);
    uint64_t ready = machine_enabled(machine, state);
    memory_free(state);
    machine_free(machine);
    return ready;
}

/* Where threads wait to come into critical sections. */
static void find_outside(struct promela *self)
{
    const struct program *program = self->program;
    struct machine *machine = machine_new(program, NULL, false);
    self->outside = memory_new(program->code_count, sizeof *self->outside);
    for (size_t t = 0; t < program->thread_count; t++) {
        bool **outside = &self->outside[program->threads[t].code];
        if (*outside == NULL)
            *outside = waiting_find_outside(machine, t);
    }
    machine_free(machine);
}

static void forget_outside(struct promela *self)
{
    for (size_t c = 0; self->outside != NULL && c < self->program->code_count; c++)
        memory_free(self->outside[c]);
    memory_free(self->outside);
}

static void print_model(struct promela *self)
{
    const struct program *program = self->program;
    self->ready = find_ready(program);
    if (self->watches)
        find_outside(self);
    print_heading(self);
    promela_print_claims(self);
    print_shared(self);
    promela_print_scheduler(self);
    promela_print_watch(self);
    print_inlines(self);
    promela_print_threads(self);
    promela_print_start(self);
    promela_print_automata(self);
}

static void find_live(struct promela *self)
{
    const struct program *program = self->program;
    self->live = memory_new(program->code_count, sizeof *self->live);
    for (size_t c = 0; c < program->code_count; c++)
        self->live[c] = liveness_compute(&program->codes[c], observed_registers(self, c));
}

static void forget_live(struct promela *self)
{
    for (size_t c = 0; self->live != NULL && c < self->program->code_count; c++)
        memory_free(self->live[c]);
    memory_free(self->live);
}

/* ---- Names ----------------------------------------------------------------------------------------------------- */

/* A name that the model can have, as new: of "c.lock" and "flag[0]" what is no letter or digit becomes "_", and the number tells it from
 * others that become the same. */
static char *plain_name(const char *name, size_t number)
{
    struct text plain = TEXT_INIT;
    bool is_changed = false;
    for (const char *c = name; *c != '\0'; c++) {
        bool is_plain = isalnum((unsigned char)*c) || *c == '_';
        text_append(&plain, is_plain ? c : "_", 1);
        is_changed |= !is_plain;
    }
    if (is_changed)
        text_print(&plain, "_%zu", number);
    return text_take(&plain);
}

/* A program whose names are not those of the language: the same with plain names. What is not a name is shared with it. */
static void make_plain(struct program *plain, const struct program *program)
{
    *plain = *program;
    plain->variables = memory_copy(program->variables, program->variable_count * sizeof *program->variables);
    for (size_t v = 0; v < program->variable_count; v++)
        plain->variables[v].name = plain_name(program->variables[v].name, v);
    for (enum object_kind kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        struct object_list *list = &plain->objects[kind];
        list->items = memory_copy(list->items, list->count * sizeof *list->items);
        for (size_t o = 0; o < list->count; o++)
            list->items[o].name = plain_name(list->items[o].name, o);
    }
}

static void free_plain(struct program *plain)
{
    for (size_t v = 0; v < plain->variable_count; v++)
        memory_free(plain->variables[v].name);
    memory_free(plain->variables);
    for (enum object_kind kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        for (size_t o = 0; o < plain->objects[kind].count; o++)
            memory_free(plain->objects[kind].items[o].name);
        memory_free(plain->objects[kind].items);
    }
}

static bool print_plain(struct text *text, const struct program *program, const struct outcome *outcome,
                        struct error *error)
{
    struct promela self = {.program = program, .outcome = outcome, .text = text};
    promela_find_groups(&self);
    bool good = check_codes(&self, error) && check_first_values(&self, error) && promela_read_claims(&self, error) &&
                promela_read_output(&self, error) && promela_read_scheduler(&self, error);
    if (good)
        find_live(&self);
    good = good && check_watched(&self, error);
    if (good)
        print_model(&self);
    forget_live(&self);
    forget_outside(&self);
    promela_forget_output(&self);
    promela_free_groups(&self);
    return good;
}

bool promela_print(struct text *text, const struct program *program, const struct outcome *outcome, struct error *error)
{
    struct program plain;
    if (program->listing == NULL)
        return print_plain(text, program, outcome, error);
    make_plain(&plain, program);
    bool good = print_plain(text, &plain, outcome, error);
    free_plain(&plain);
    return good;
}
