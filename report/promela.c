#include "report/promela_parts.h"

#include "base/memory.h"
#include "machine/liveness.h"

#include <inttypes.h>
#include <string.h>

/* What SPIN's int is used for: a range that is its own negative. */
#define VALUE_MOST INT64_C(2147483647)

enum { VECTOR_SIZE_DEFAULT = 1024, VECTOR_SIZE_SPARE = 256, BYTE_MOST = 255, SHORT_MOST = 32767 };

const char *promela_type(int64_t greatest)
{
    return greatest <= BYTE_MOST ? "byte" : greatest <= SHORT_MOST ? "short" : "int";
}

/* ---- What can be told ---------------------------------------------------------------------------------------- */

/* Whether the model claims a least and a greatest final value: those of a word. */
static bool claims_values(const struct outcome *outcome)
{
    uint32_t word;
    return outcome->has_extremes && observation_is_word(&outcome->observation, &word);
}

static bool check_value(const struct promela *self, const struct place *place, const char *what, int64_t value,
                        struct error *error)
{
    if (value >= -VALUE_MOST && value <= VALUE_MOST)
        return true;
    return error_set(error, place != NULL ? self->program->source : NULL, place != NULL ? place->line : 0,
                     place != NULL ? place->column : 0,
                     "%s %" PRId64 " does not fit SPIN's values of 32 bits (expected %" PRId64 " to %" PRId64 ")", what,
                     value, -VALUE_MOST, VALUE_MOST);
}

static bool check_instruction(struct promela *self, const struct code *code, const struct instruction *instruction,
                              struct error *error)
{
    enum micro_kind kind = instruction_kind(instruction);
    bool is_known = micro_kinds[kind].is_exported;
    for (size_t i = 0; i < 2; i++)
        is_known = is_known && instruction->operands[i].kind != OPERAND_COMPUTED;
    if (!is_known) {
        char *text = program_instruction_text(self->program, code, instruction);
        error_set(error, self->program->files[code->file].name, instruction->place.line, instruction->place.column,
                  "'%s' has no counterpart in the model for SPIN", text);
        memory_free(text);
        return false;
    }
    if (instruction->no_switch)
        return error_set(error, self->program->files[code->file].name, instruction->place.line,
                         instruction->place.column, "atomic stretches have no counterpart in the model for SPIN");
    self->does[kind] = true;
    FOR_EACH_MICRO (micro, instruction)
        if (micro->kind == MICRO_ASSIGN && (kind == MICRO_ASSIGN || kind == MICRO_POST))
            self->computes[micro->operation] = true;
    for (size_t i = 0; i < 2; i++)
        if (instruction->operands[i].kind == OPERAND_IMMEDIATE &&
            !check_value(self, &instruction->place, "the constant", instruction->operands[i].value, error))
            return false;
    return true;
}

static bool check_codes(struct promela *self, struct error *error)
{
    size_t instructions = 0;
    for (size_t c = 0; c < self->program->code_count; c++) {
        const struct code *code = &self->program->codes[c];
        instructions += code->count;
        if (instructions > PROMELA_INSTRUCTIONS_MAX)
            return error_set(error, NULL, 0, 0,
                             "the program has too many instructions for a model for SPIN (expected at most %d)",
                             PROMELA_INSTRUCTIONS_MAX);
        for (uint32_t i = 0; i < code->count; i++)
            if (!check_instruction(self, code, &code->instructions[i], error))
                return false;
    }
    if (instructions > 0)
        return true;
    return error_set(error, NULL, 0, 0, "the program has no instruction: there is nothing for SPIN to check");
}

static bool check_first_values(struct promela *self, struct error *error)
{
    const struct program *program = self->program;
    for (size_t w = 0; w < program->word_count; w++)
        if (!check_value(self, NULL, "the first value", program->words[w], error))
            return false;
    for (size_t s = 0; s < program->objects[OBJECT_SEMAPHORE].count; s++)
        if (!check_value(self, NULL, "the number of permits", program_object(program, OBJECT_SEMAPHORE, s)->number,
                         error))
            return false;
    for (size_t t = 0; t < program->thread_count; t++)
        for (size_t r = 0; r < REGISTER_COUNT; r++)
            if (!check_value(self, NULL, "the register's first value", program->threads[t].registers[r], error))
                return false;
    return !claims_values(self->outcome) || (check_value(self, NULL, "the minimum", self->outcome->least, error) &&
                                             check_value(self, NULL, "the maximum", self->outcome->greatest, error));
}

/* ---- The heading --------------------------------------------------------------------------------------------- */

/* About how large SPIN's states are, in bytes: what it has to be told where that is much. */
static size_t vector_size(const struct promela *self)
{
    const struct program *program = self->program;
    size_t size = sizeof(int32_t) * (program->word_count + program->objects[OBJECT_SEMAPHORE].count) +
                  program->objects[OBJECT_MUTEX].count;
    for (size_t q = 0; q < program->objects[OBJECT_QUEUE].count; q++)
        size += sizeof(int32_t) * (size_t)program_object(program, OBJECT_QUEUE, q)->number + 1;
    return size + program->thread_count * (sizeof(int32_t) * REGISTER_COUNT + sizeof(int64_t)) + VECTOR_SIZE_SPARE;
}

static bool can_be_invalid(const struct promela *self)
{
    return self->outcome->can_deadlock || self->outcome->can_fail;
}

static void print_run(struct promela *self, const char *macro)
{
    text_print(self->text, " *     spin -a %smodel.pml && gcc -O2 -DSAFETY -DNOREDUCE", macro);
    if (vector_size(self) > VECTOR_SIZE_DEFAULT)
        text_print(self->text, " -DVECTORSZ=%zu", vector_size(self));
    text_print(self->text, " -o pan pan.c && ./pan -m1000000%s\n", can_be_invalid(self) ? " -E" : "");
}

static void print_claim_words(struct promela *self)
{
    const struct outcome *outcome = self->outcome;
    if (!claims_values(outcome)) {
        text_print(self->text, " * The claim: no schedule comes to its end. It is to be confirmed (errors: 0):\n *\n");
        print_run(self, "");
        return;
    }
    text_print(self->text,
               " * The claim: where every thread has finished, the value is at least %" PRId64 " and at most %" PRId64
               ". It is to be confirmed\n * (errors: 0):\n *\n",
               outcome->least, outcome->greatest);
    print_run(self, "");
    text_print(self->text,
               " *\n * Both are attained: the claims that the value is always more, or always less, are to be refuted\n"
               " * (errors: 1), each with a schedule, which spin -p -t with the same -D tells step by step:\n *\n");
    print_run(self, "-DNOT_MINIMUM ");
    print_run(self, "-DNOT_MAXIMUM ");
    text_print(self->text, " *\n * Other bounds can be tried with -DMINIMUM=... and -DMAXIMUM=...\n");
}

static void print_stop_words(struct promela *self)
{
    if (self->outcome->can_deadlock)
        text_print(self->text,
                   " * Schedules can end in a deadlock, which SPIN calls an invalid end state; -E tells it that"
                   " this is no error here.\n * Without -E it finds one.\n");
    if (self->outcome->can_fail)
        text_print(self->text,
                   " * A thread that unlocks what it does not hold is an error of the program. Here it stays where"
                   " it is, so that such\n * schedules have no final value; -E tells SPIN not to mind.\n");
    for (enum operation o = 0; o < OPERATION_COUNT; o++)
        if (self->computes[o] && operations[o].is_partial)
            text_print(
                self->text,
                " * Where %s() is not defined, its assertion is violated: that is an error of the program, too.\n",
                operations[o].exported);
    if (!can_be_invalid(self))
        text_print(self->text,
                   " * That SPIN finds no invalid end state confirms, too, that no schedule ends in a deadlock.\n");
}

static void print_heading(struct promela *self)
{
    text_print(self->text, "/* ");
    /* Names come from outside; here they stand in a comment that the C preprocessor reads. */
    for (const char *at = self->program->name; *at != '\0'; at++)
        text_append(self->text, *at > ' ' && *at <= '~' && strchr("*\\?", *at) == NULL ? at : "_", 1);
    text_print(self->text, ", %zu thread%s, ", self->program->thread_count, self->program->thread_count > 1 ? "s" : "");
    promela_describe_scheduler(self);
    text_print(
        self->text,
        ": a model for SPIN 6 (https://spinroot.com), written by racecheck.\n *\n"
        " * A process is a thread, an atomic step one instruction. A register whose value is not needed any more is set to 0,"
        "\n * so that states that cannot differ in what follows are one state.\n *\n");
    print_claim_words(self);
    text_print(self->text, " *\n");
    print_stop_words(self);
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

static void print_claim(struct promela *self)
{
    const struct outcome *outcome = self->outcome;
    text_print(self->text, "\n#define THREADS %zu\n#define OBSERVED ", self->program->thread_count);
    promela_print_operand(self, (struct operand){.kind = OPERAND_WORD, .value = (int64_t)self->word});
    if (!claims_values(outcome)) {
        text_print(self->text, "\n#define CLAIM false\n");
        return;
    }
    text_print(self->text,
               "\n#ifndef MINIMUM\n#define MINIMUM (%" PRId64 ")\n#endif\n#ifndef MAXIMUM\n#define MAXIMUM (%" PRId64
               ")\n#endif\n",
               outcome->least, outcome->greatest);
    text_print(self->text, "#if defined NOT_MINIMUM\n#define CLAIM (OBSERVED > MINIMUM)\n"
                           "#elif defined NOT_MAXIMUM\n#define CLAIM (OBSERVED < MAXIMUM)\n"
                           "#else\n#define CLAIM (OBSERVED >= MINIMUM && OBSERVED <= MAXIMUM)\n#endif\n");
}

static bool has_equal_words(const struct program *program, const struct variable *variable)
{
    for (uint32_t w = 1; w < variable->words; w++)
        if (program->words[variable->word + w] != program->words[variable->word])
            return false;
    return true;
}

static void print_variable(struct promela *self, const struct variable *variable)
{
    const int64_t *words = self->program->words + variable->word;
    text_print(self->text, "int shared_%s", variable->name);
    if (variable->words > 1)
        text_print(self->text, "[%" PRIu32 "]", variable->words);
    if (has_equal_words(self->program, variable)) {
        text_print(self->text, " = %" PRId64 ";\n", words[0]);
        return;
    }
    for (uint32_t w = 0; w < variable->words; w++)
        text_print(self->text, "%s%" PRId64, w == 0 ? " = { " : ", ", words[w]);
    text_print(self->text, " };\n");
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
    promela_print_objects(self);
    text_print(self->text, "byte finished = %zu;     /* threads */\n", count_empty_threads(self));
    text_print(self->text, "hidden int old;        /* for use within a step */\nhidden byte i;\n");
}

/* The last thread to finish looks at the value. */
static void print_inlines(struct promela *self)
{
    static const char *const swap =
        "\n/* Replaces the word where it is %ax; %ax takes what was found. */\n"
        "inline compare_and_swap(given, word)\n{\n    old = word;\n    flags = (old > ax) - (old < ax);\n"
        "    if\n    :: old == ax -> word = given\n    :: else -> ax = old\n    fi\n}\n";
    static const char *const take =
        "\n/* The first item; the others move up. */\ninline take_@(target)\n{\n    old = items_@[0];\n    i = 1;\n    do\n"
        "    :: i < length_@ -> items_@[i - 1] = items_@[i]; i = i + 1\n    :: else -> break\n    od;\n"
        "    length_@ = length_@ - 1;\n    items_@[length_@] = 0;\n    target = old\n}\n";
    text_print(self->text, "\ninline finish()\n{\n    finished = finished + 1;\n"
                           "    assert(finished < THREADS || CLAIM)\n}\n");
    for (enum operation o = 0; o < OPERATION_COUNT; o++)
        if (self->computes[o] && operations[o].exported != NULL)
            text_print(self->text, "\ninline %s(target, amount)\n{\n%s}\n", operations[o].exported,
                       operations[o].exported_text);
    text_print(self->text, "%s", self->does[MICRO_REPLACE] ? swap : "");
    for (size_t q = 0; self->does[MICRO_GET] && q < self->program->objects[OBJECT_QUEUE].count; q++)
        promela_print_pattern(self, take, &(struct operand){.kind = OPERAND_QUEUE, .value = (int64_t)q});
}

/* ---- The whole ----------------------------------------------------------------------------------------------- */

static void print_model(struct promela *self)
{
    const struct program *program = self->program;
    self->live = memory_new(program->code_count, sizeof *self->live);
    for (size_t c = 0; c < program->code_count; c++)
        self->live[c] = liveness_compute(&program->codes[c], 0);
    print_heading(self);
    print_claim(self);
    print_shared(self);
    promela_print_scheduler(self);
    print_inlines(self);
    promela_print_threads(self);
    promela_print_start(self);
    for (size_t c = 0; c < program->code_count; c++)
        memory_free(self->live[c]);
    memory_free(self->live);
}

bool promela_print(struct text *text, const struct program *program, size_t word, const struct outcome *outcome,
                   struct error *error)
{
    struct promela self = {.program = program, .word = word, .outcome = outcome, .text = text};
    if (!check_codes(&self, error) || !check_first_values(&self, error) || !promela_read_scheduler(&self, error))
        return false;
    print_model(&self);
    return true;
}
