/* Registers that are control here and data there: which ranges are told apart. */
#include "analysis/live_ranges.h"
#include "base/memory.h"
#include "base/text.h"
#include "tests/oracles/oracle.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <string.h>

struct bench {
    struct program *program;
    struct machine *machine;
    struct slice *slice;
    struct program *split; /* NULL where nothing is told apart */
};

static void open_bench(struct bench *self, struct program *program)
{
    self->program = program;
    self->machine = machine_new(program, NULL, false);
    self->slice = slice_new(self->machine, 0, false);
    self->split = live_ranges_split(program, self->machine, self->slice);
}

static void close_bench(struct bench *self)
{
    live_ranges_free(self->split, self->program);
    slice_free(self->slice);
    machine_free(self->machine);
    program_free(self->program);
}

static char register_digit(const struct operand *operand)
{
    if (operand->kind == OPERAND_REGISTER)
        return operand->value < REGISTER_COUNT ? "abcdefSP"[operand->value]
                                               : (char)('0' + operand->value - REGISTER_COUNT);
    if (operand->kind != OPERAND_COMPUTED && !operand_is_picked(operand))
        return '\0';
    unsigned base = operand->base != REGISTER_NONE ? operand->base : operand->index;
    return base < REGISTER_COUNT ? "abcdefSP"[base] : (char)('0' + base - REGISTER_COUNT);
}

/* "a0|b": the registers that the instructions of the first code name, a letter each, those with a new number a digit. */
static char *tell(const struct program *program)
{
    struct text text = TEXT_INIT;
    for (uint32_t i = 0; i < program->codes[0].count; i++)
        for (size_t o = 0; o < 2; o++) {
            char digit = register_digit(&program->codes[0].instructions[i].operands[o]);
            if (digit != '\0')
                text_print(&text, "%c", digit);
        }
    return text_take(&text);
}

/* Of a program that observes its first variable; "" where nothing is split. */
static void expect(const char *body, const char *expected)
{
    struct bench bench;
    struct text text = TEXT_INIT;
    text_print(&text, ".var n\n.var i\n.main\n%s", body);
    open_bench(&bench, subject_program(text_string(&text), 2, 1));
    char *told = bench.split != NULL ? tell(bench.split) : memory_copy_string("");
    CU_ASSERT_STRING_EQUAL(told, expected);
    if (strcmp(told, expected) != 0)
        unit_note("'%s': expected '%s', got '%s'", body, expected, told);
    memory_free(told);
    text_free(&text);
    close_bench(&bench);
}

#define INCREMENT(word) " mov " word ", %ax\n add $1, %ax\n mov %ax, " word "\n"

static void test_index_and_counter(void)
{
    expect(".top\n mov i, %ax\n test $9, %ax\n jgte .end\n" INCREMENT("n") INCREMENT("i") " j .top\n.end\n",
           "aa000aaa");
    /* the other way round, and straight on */
    expect(INCREMENT("n") " mov i, %ax\n test $9, %ax\n jgte .end\n nop\n.end\n", "000aa");
}

static void test_nothing_to_split(void)
{
    expect(INCREMENT("n"), "");
    expect(" mov n, %ax\n test $0, %ax\n jgt .end\n" INCREMENT("n") ".end\n", "");
    expect(" mov i, %bx\n test $0, %bx\n jgt .end\n" INCREMENT("n") ".end\n", "");
}

/* Ranges that meet are one: where both branches come together, and round a loop. */
static void test_ranges_meet(void)
{
    expect(" mov i, %ax\n test $0, i\n je .both\n mov n, %ax\n.both\n test $0, %ax\n je .end\n.end\n" INCREMENT("n"),
           "");
    expect(" mov i, %ax\n test $0, i\n je .both\n mov i, %ax\n.both\n test $0, %ax\n je .end\n.end\n" INCREMENT("n"),
           "aaa000");
    expect(" mov $3, %ax\n.top\n sub $1, %ax\n test $0, %ax\n jgt .top\n" INCREMENT("n"), "aaa000");
}

/* What is read and written by one operand is one register, whatever becomes of it. */
static void test_operands_that_are_changed(void)
{
    expect(" mov i, %ax\n test $0, %ax\n jgt .end\n add $5, %ax\n mov %ax, n\n.end\n", "");
    expect(" mov i, %ax\n test $0, %ax\n jgt .end\n mov n, %ax\n xchg %ax, n\n.end\n", "aa00");
}

/* An address may be computed from a register that is written by the same instruction. */
static void test_two_ranges_in_one_instruction(void)
{
    expect(" mov i, %ax\n test $0, %ax\n jgt .end\n lea 4(%ax), %ax\n mov %ax, n\n.end\n", "aaa00");
}

static void test_registers_that_instructions_imply(void)
{
    expect(" mov i, %ax\n test $0, %ax\n jgt .end\n" INCREMENT("n") " cas %bx, i\n.end\n", "");
    expect(" mov i, %cx\n test $0, %cx\n jgt .end\n mov n, %cx\n mov %cx, n\n cas %bx, i\n.end\n", "cc00b");
}

static void test_calls(void)
{
    expect(" mov i, %ax\n test $0, %ax\n jgt .end\n call .f\n.end\n halt\n.f:\n" INCREMENT("n") " ret\n", "aa000");
    /* what is control behind one call is so at the return, and behind the other call */
    expect(" call .f\n test $0, %ax\n jgt .end\n call .f\n mov %ax, n\n.end\n halt\n.f:\n mov i, %ax\n ret\n", "");
}

/* A range that is data and begins with the thread has only 0 to begin with. */
static void test_first_values(void)
{
    static const char text[] = ".var n\n.var i\n.main\n mov %bx, n\n mov i, %bx\n test $0, %bx\n jgt .end\n.end\n";
    for (int64_t first = 0; first < 2; first++) {
        struct bench bench;
        struct program *program = subject_program(text, 2, 1);
        program->threads[1].registers[REGISTER_BX] = first;
        open_bench(&bench, program);
        CU_ASSERT_EQUAL(bench.split != NULL, first == 0);
        close_bench(&bench);
    }
}

/* A register that is looked at in the end is one. */
static void test_observed_registers(void)
{
    static const char text[] = ".var n\n.var i\n.main\n mov i, %ax\n test $9, %ax\n jgt .end\n" INCREMENT("n") ".end\n";
    for (register_set observed = 0; observed < 2; observed++) {
        struct bench bench;
        struct program *program = subject_program(text, 2, 1);
        program->threads[1].observed = observed << REGISTER_AX;
        open_bench(&bench, program);
        CU_ASSERT_EQUAL(bench.split != NULL, observed == 0);
        close_bench(&bench);
    }
}

/* Names stay, and so does all that is not renamed. */
static void test_names(void)
{
    static const char text[] = ".var n\n.var i\n.thread A\n mov i, %ax\n test $0, %ax\n jgt .end\n" INCREMENT(
        "n") ".end\n.thread B\n" INCREMENT("n");
    struct bench bench;
    open_bench(&bench, subject_program(text, 2, 1));
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.split);
    CU_ASSERT_STRING_EQUAL(program_register_name(bench.split, REGISTER_COUNT), "ax");
    CU_ASSERT_EQUAL(bench.split->local_count, 1);
    CU_ASSERT_PTR_EQUAL(bench.split->codes[1].instructions, bench.program->codes[1].instructions);
    for (uint32_t i = 0; i < bench.split->codes[0].count; i++) {
        const struct code *code = &bench.split->codes[0];
        char *told = program_instruction_text(bench.split, code, &code->instructions[i]);
        char *expected = program_instruction_text(bench.program, code, &bench.program->codes[0].instructions[i]);
        CU_ASSERT_STRING_EQUAL(told, expected);
        memory_free(told);
        memory_free(expected);
    }
    close_bench(&bench);
}

/* Nothing that was data is no longer. */
static bool is_refined(const struct bench *self)
{
    struct machine *machine = machine_new(self->split, NULL, false);
    struct slice *slice = slice_new(machine, 0, false);
    bool is_refined = true;
    for (location_id l = 0; l < machine_shared_count(machine); l++)
        is_refined &= slice->data[l] || !self->slice->data[l];
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        for (unsigned r = 0; r < machine_register_count(self->machine); r++)
            is_refined &= slice->data[machine_register_location(machine, t, r)] ||
                          !self->slice->data[machine_register_location(self->machine, t, r)];
    slice_free(slice);
    machine_free(machine);
    return is_refined;
}

static void test_random_programs(void)
{
    size_t splits = 0, runs = 400;
    for (uint64_t seed = 1; seed <= runs; seed++) {
        struct oracle_request request = oracle_request(seed % 2 == 0 ? ORACLE_LARGE : ORACLE_ENDLESS);
        struct random_program *random = random_program_new(seed, &request.options);
        struct bench bench;
        open_bench(&bench, subject_program(random->text, random->threads, 1));
        splits += bench.split != NULL;
        CU_ASSERT(bench.split == NULL || is_refined(&bench));
        close_bench(&bench);
        random_program_free(random);
    }
    unit_note("%zu of %zu random programs are split", splits, runs);
    CU_ASSERT(splits >= runs / 20);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"an index and a counter", test_index_and_counter},
        {"nothing to split", test_nothing_to_split},
        {"ranges that meet are one", test_ranges_meet},
        {"operands that are changed", test_operands_that_are_changed},
        {"two ranges in one instruction", test_two_ranges_in_one_instruction},
        {"registers that instructions imply", test_registers_that_instructions_imply},
        {"calls", test_calls},
        {"first values", test_first_values},
        {"observed registers", test_observed_registers},
        {"names", test_names},
        {"random programs", test_random_programs},
        CU_TEST_INFO_NULL,
    };
    return unit_run("live ranges", tests);
}
