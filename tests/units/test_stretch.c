/* Steps of several instructions: where switch points are missing. */
#include "base/memory.h"
#include "program/program.h"
#include "tests/support/bench.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <string.h>

/* The lines of a code, from 0, that end in the comment "# no switch" are no switch points. */
static void mark(struct program *program)
{
    static const char remark[] = "# no switch";
    for (size_t c = 0; c < program->code_count; c++)
        for (uint32_t i = 0; i < program->codes[c].count; i++) {
            struct instruction *instruction = &program->codes[c].instructions[i];
            const char *line = program->text;
            for (uint32_t l = 1; l < instruction->place.line; l++)
                line = strchr(line, '\n') + 1;
            const char *end = strchr(line, '\n');
            instruction->no_switch =
                (size_t)(end - line) >= strlen(remark) && memcmp(end - strlen(remark), remark, strlen(remark)) == 0;
        }
}

static void open_with(struct bench *self, const char *text, unsigned threads, const bool *data)
{
    struct program *program = subject_program(text, threads, 1);
    mark(program);
    bench_start(self, program, data, data == NULL);
}

static void open_bench(struct bench *self, const char *text, unsigned threads)
{
    open_with(self, text, threads, NULL);
}

/* Increments that nothing can come between: a step each. */
static void test_increment(void)
{
    struct bench bench;
    open_bench(
        &bench,
        ".var x\n.main\n.tick 2\n mov x, %ax\n add $1, %ax # no switch\n.tick 3\n mov %ax, x # no switch\n nop\n", 2);
    CU_ASSERT(machine_has_stretches(bench.machine) && machine_longest_step(bench.machine) == 3);
    CU_ASSERT(machine_is_straight(bench.machine) && machine_step_count(bench.machine, 0) == 2);
    CU_ASSERT_TRUE(machine_can_be_certified(bench.machine));
    CU_ASSERT_EQUAL(machine_step_ticks(bench.machine, bench.state, 1, 0), 7);
    CU_ASSERT_EQUAL(bench_take(&bench, 1), STEP_TAKEN);
    CU_ASSERT(bench_value(&bench, 0) == 1 && bench_index(&bench, 1) == 3 && bench.step.index == 2 &&
              bench.step.ticks == 7);
    bench_take(&bench, 0);
    CU_ASSERT(bench_value(&bench, 0) == 2 && bench_index(&bench, 0) == 3);
    bench_take(&bench, 0);
    CU_ASSERT(machine_finished(bench.machine, bench.state) == 1 && bench.step.ticks == 3);
    bench_close(&bench);
}

/* All words of one declaration, and the registers of a thread, as data. */
static void open_data(struct bench *self, const char *text)
{
    bool data[256];
    memset(data, true, sizeof data);
    open_with(self, text, 1, data);
}

/* How data moved is told of the values before the step. */
static void test_moves(void)
{
    struct bench bench;
    open_data(&bench, ".var x\n.var y\n.main\n mov x, %ax\n add $2, %ax # no switch\n mov y, %bx # no switch\n"
                      " mov %ax, y # no switch\n mov %bx, x # no switch\n add $1, x # no switch\n");
    location_id ax = machine_register_location(bench.machine, 0, 0);
    CU_ASSERT_EQUAL(bench_take(&bench, 0), STEP_TAKEN);
    CU_ASSERT(bench.step.move_count == 4 && !bench.step.overflows);
    bench_check_move(&bench, 0, ax, 0, 2);
    bench_check_move(&bench, 1, ax + 1, 1, 0);
    bench_check_move(&bench, 2, 1, 0, 2);
    bench_check_move(&bench, 3, 0, 1, 1);
    struct step copied;
    machine_copy_step(&bench.step, &copied);
    CU_ASSERT(copied.move_count == 4 && copied.moves[3].target == 0 && copied.moves[3].addend == 1);
    bench_close(&bench);
}

/* What cannot be told of moves is said: an addend beyond 64 bits, though no value is, and more moves than there is room for. */
static void test_overflow(void)
{
    struct bench bench;
    open_data(&bench, ".var x, -9223372036854775807\n.main\n add $9223372036854775807, x\n"
                      " add $9223372036854775807, x # no switch\n nop\n add $1, x\n");
    bench_take(&bench, 0);
    CU_ASSERT_TRUE(bench.step.overflows);
    bench_take(&bench, 0);
    bench_take(&bench, 0);
    CU_ASSERT_FALSE(bench.step.overflows);
    bench_close(&bench);

    struct text text = TEXT_INIT;
    text_print(&text, ".var x %d\n.main\n nop\n", STEP_MOVES_MAX + 1);
    for (int w = 0; w <= STEP_MOVES_MAX; w++)
        text_print(&text, " mov $1, x[%d] # no switch\n", w);
    open_data(&bench, text_string(&text));
    CU_ASSERT_EQUAL(bench_take(&bench, 0), STEP_TAKEN);
    CU_ASSERT(bench.step.overflows && bench.step.move_count == STEP_MOVES_MAX);
    bench_close(&bench);
    text_free(&text);
}

/* An error in the middle: nothing has happened, and it is known where. */
static void test_failure(void)
{
    struct bench bench;
    open_bench(&bench,
               ".var x, 5\n.mutex m\n.main\n mov $7, x\n mov $1, %ax # no switch\n unlock m # no switch\n nop\n", 1);
    uint64_t before[BENCH_QUADS_MAX];
    memcpy(before, bench.state, sizeof before);
    CU_ASSERT_EQUAL(bench_take(&bench, 0), STEP_FAILED);
    CU_ASSERT(bench.step.failure == FAILURE_UNLOCK && bench.step.index == 2);
    CU_ASSERT(memcmp(before, bench.state, sizeof before) == 0 && bench_value(&bench, 0) == 5);
    bench_close(&bench);
}

/* A lock that cannot be taken in the middle of a step: the step ends before it, and from there the thread goes on later with
 * another one. Where it can be taken it is no border. */
static void test_lock(void)
{
    static const char text[] = ".var x\n.mutex m\n.main\n add $1, x\n lock m # no switch\n add $10, x # no switch\n"
                               " nop\n unlock m\n";
    struct bench bench;
    open_bench(&bench, text, 2);
    bench_take(&bench, 0);
    CU_ASSERT(bench_value(&bench, 0) == 11 && bench_index(&bench, 0) == 3);
    CU_ASSERT_EQUAL(bench_take(&bench, 1), STEP_TAKEN);
    CU_ASSERT(bench_value(&bench, 0) == 12 && bench_index(&bench, 1) == 1);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 1);
    bench_take(&bench, 0);
    CU_ASSERT(bench_index(&bench, 0) == 4 && machine_enabled(bench.machine, bench.state) == 1);
    bench_take(&bench, 0);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 2);
    CU_ASSERT_EQUAL(bench_take(&bench, 1), STEP_TAKEN);
    CU_ASSERT(bench_value(&bench, 0) == 22 && bench_index(&bench, 1) == 3);
    bench_close(&bench);
}

/* Whoever sleeps, leaves, comes back, or gives up the processor ends its step with that. */
static void test_ends(void)
{
    struct bench bench;
    open_bench(&bench,
               ".var x\n.mutex m\n.condition c\n.main\n lock m\n cwait c, m # no switch\n add $1, x # no switch\n"
               " yield\n add $1, x # no switch\n io # no switch\n add $1, x # no switch\n"
               ".thread waker\n signal c\n",
               1);
    bench_take(&bench, 0);
    CU_ASSERT(bench_index(&bench, 0) == 1 && machine_enabled(bench.machine, bench.state) == 2);
    bench_take(&bench, 1);
    bench_take(&bench, 0);
    CU_ASSERT(bench_value(&bench, 0) == 1 && bench_index(&bench, 0) == 3 && !bench.step.yields);
    bench_take(&bench, 0);
    CU_ASSERT(bench_value(&bench, 0) == 1 && bench_index(&bench, 0) == 4 && bench.step.yields);
    bench_take(&bench, 0);
    CU_ASSERT(bench_value(&bench, 0) == 2 && machine_away(bench.machine, bench.state) == 1 && bench.step.ticks == 2);
    bench_take(&bench, 0);
    CU_ASSERT(bench_value(&bench, 0) == 2 && bench_index(&bench, 0) == 6 && bench.step.ticks == 0);
    bench_take(&bench, 0);
    CU_ASSERT(bench_value(&bench, 0) == 3 && machine_finished(bench.machine, bench.state) == 3);
    bench_close(&bench);
}

/* What has several outcomes begins a step. */
static void test_choice(void)
{
    struct bench bench;
    open_bench(&bench, ".var x, 3\n.main\n mov $3, %ax\n choose 0, 2, %ax # no switch\n mov %ax, x # no switch\n", 1);
    bench_take(&bench, 0);
    CU_ASSERT(bench_index(&bench, 0) == 1 && machine_choice_count(bench.machine, bench.state, 0) == 3);
    machine_choose(bench.machine, bench.state, 0, 2, &bench.step);
    CU_ASSERT(bench_value(&bench, 0) == 2 && bench_index(&bench, 0) == 3);
    bench_close(&bench);
}

/* A step prints all that its instructions print. */
static void test_output(void)
{
    struct bench bench;
    struct text text = TEXT_INIT;
    open_bench(&bench,
               ".var x, 1\n.main\n print x\n add $1, x # no switch\n print \"-\" # no switch\n"
               " print x # no switch\n add $1, x\n",
               1);
    machine_print(bench.machine, bench.state, 0, &text);
    CU_ASSERT_STRING_EQUAL(text_string(&text), "1");
    text_cut(&text, 0);
    machine_print_step(bench.machine, bench.state, 0, 0, &text);
    CU_ASSERT_STRING_EQUAL(text_string(&text), "1-2");
    CU_ASSERT_EQUAL(bench_value(&bench, 0), 1);
    bench_take(&bench, 0);
    CU_ASSERT_TRUE(bench.step.prints);
    bench_take(&bench, 0);
    CU_ASSERT_FALSE(bench.step.prints);
    text_free(&text);
    bench_close(&bench);
}

/* A jump ends a step where it leads to a switch point, and not else. */
static void test_jump(void)
{
    struct bench bench;
    open_bench(&bench,
               ".var x\n.main\n test $0, x\n jgt over # no switch\n add $1, x # no switch\n j out # no switch\nover:\n"
               " add $10, x # no switch\nout:\n add $100, x\n",
               2);
    bench_take(&bench, 0);
    CU_ASSERT(bench_value(&bench, 0) == 1 && bench_index(&bench, 0) == 5);
    bench_take(&bench, 1);
    CU_ASSERT(bench_value(&bench, 0) == 11 && bench_index(&bench, 1) == 5);
    bench_close(&bench);
}

/* A value that does not fit in the middle of a step is found there. */
static void test_narrow(void)
{
    enum { STEPS = 41 };
    struct bench bench;
    open_bench(&bench,
               ".var x\n.var y\n.main\n mov $1, y\n mov x, %ax # no switch\n test $1, %ax # no switch\n"
               " jlte out # no switch\n mul $1024, x # no switch\nout:\n nop\n"
               ".thread first\n mov $1, x\n.rept 40\n mul $2, x\n.endr\n",
               1);
    enum step_result result;
    unsigned attempts = 0;
    do {
        memset(bench.state, 0, sizeof bench.state);
        machine_start(bench.machine, bench.state);
        for (unsigned s = 0; s < STEPS; s++)
            CU_ASSERT_EQUAL(bench_take(&bench, 1), STEP_TAKEN);
        result = bench_take(&bench, 0);
        if (result == STEP_TOO_NARROW)
            machine_widen(bench.machine, bench.step.narrow, bench.step.narrow_value);
        CU_ASSERT_TRUE_FATAL(machine_bits(bench.machine) <= sizeof bench.state * 8 && ++attempts < 8);
    } while (result == STEP_TOO_NARROW);
    CU_ASSERT(attempts > 1 && result == STEP_TAKEN);
    CU_ASSERT(bench_value(&bench, 0) == INT64_C(1) << 50 && bench_value(&bench, 1) == 1);
    bench_close(&bench);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"an increment", test_increment},
        {"moves are told of the values before the step", test_moves},
        {"moves that cannot be told", test_overflow},
        {"an error in the middle leaves nothing behind", test_failure},
        {"a lock that blocks in the middle ends the step before it", test_lock},
        {"sleeping, leaving and yielding end a step", test_ends},
        {"what has several outcomes begins a step", test_choice},
        {"a step prints what its instructions print", test_output},
        {"jumps inside and out", test_jump},
        {"a value that does not fit", test_narrow},
        CU_TEST_INFO_NULL,
    };
    return unit_run("stretch", tests);
}
