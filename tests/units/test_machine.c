#include "base/memory.h"
#include "tests/support/bench.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

enum { AX, BX, CX };

/* ---- Instructions ---------------------------------------------------------------------------------------------- */

/* Runs one thread to its end and returns the words x and y. */
static void run_alone(const char *body, int64_t *x, int64_t *y)
{
    char text[512];
    struct bench bench;
    snprintf(text, sizeof text, ".var x, 7\n.var y, -3\n.mutex m\n.semaphore s, 1\n.queue q, 3\n.main\n%s\n", body);
    bench_open(&bench, text, 1);
    for (int steps = 0; machine_enabled(bench.machine, bench.state) != 0 && steps < 100; steps++)
        CU_ASSERT_EQUAL(bench_take(&bench, 0), STEP_TAKEN);
    CU_ASSERT_EQUAL(machine_finished(bench.machine, bench.state), 1);
    *x = bench_value(&bench, 0);
    *y = bench_value(&bench, 1);
    bench_close(&bench);
}

static void check_words(const char *body, int64_t x, int64_t y)
{
    int64_t got_x, got_y;
    run_alone(body, &got_x, &got_y);
    if (got_x != x || got_y != y)
        unit_note("'%s': x=%lld y=%lld", body, (long long)got_x, (long long)got_y);
    CU_ASSERT(got_x == x && got_y == y);
}

static void test_arithmetic(void)
{
    check_words("nop", 7, -3);
    check_words("halt\n mov $1, x", 7, -3);
    check_words("mov $9, x", 9, -3);
    check_words("mov y, %ax\n mov %ax, x", -3, -3);
    check_words("mov y, %ax\n mov %ax, %bx\n mov %bx, x", -3, -3);
    check_words("add $5, x\n sub $5, y", 12, -8);
    check_words("mov x, %ax\n add y, %ax\n mov %ax, y", 7, 4);
    check_words("mov x, %ax\n sub y, %ax\n mov %ax, y", 7, 10);
    check_words("mov x, %ax\n mul y, %ax\n mov %ax, y", 7, -21);
    check_words("neg x\n neg y", -7, 3);
    check_words("mov $2, %ax\n xchg %ax, x\n mov %ax, y", 2, 7);
    check_words("mov $2, %ax\n fetchadd %ax, x\n mov %ax, y", 9, 7);
    check_words("lock m\n mov $1, x\n unlock m", 1, -3);
    check_words("wait s\n post s\n wait s\n mov $1, x", 1, -3);
    check_words("put q, x\n put q, $5\n get q, y\n get q, x", 5, 7);
    check_words("yield\n io\n mov $1, x\n io", 1, -3);
}

/* Like C, where C says anything; shifts to the right keep the sign. */
static void test_division_and_bits(void)
{
    check_words("div $2, x\n div $2, y", 3, -1);
    check_words("mod $4, x\n mod $2, y", 3, -1);
    check_words("mov $-9, y\n div $-4, y\n mov $-9, x\n mod $-4, x", -1, 2);
    check_words("mov x, %ax\n mov $100, %bx\n div %ax, %bx\n mov %bx, y\n mov $100, %bx\n mod %ax, %bx\n mov %bx, x", 2,
                14);
    check_words("and $12, x\n and $12, y", 4, 12);
    check_words("or $8, x\n or $2, y", 15, -1);
    check_words("xor $5, x\n xor $-1, y", 2, 2);
    check_words("not x\n not y", -8, 2);
    check_words("shl $4, x\n shl $61, y\n shr $60, y", 112, -6);
    check_words("shr $1, x\n shr $1, y", 3, -2);
    check_words("shl $0, x\n shr $63, y", 7, -1);
    check_words("mov $-1, x\n shl $63, x\n not x\n mov $0, y\n shl $63, y", INT64_MAX, 0);
}

static void check_undefined(const char *body, enum failure failure)
{
    char text[128];
    struct bench bench;
    snprintf(text, sizeof text, ".var x, 7\n.main\n%s\n", body);
    bench_open(&bench, text, 1);
    while (bench_take(&bench, 0) == STEP_TAKEN)
        continue;
    CU_ASSERT(bench.step.result == STEP_FAILED && bench.step.failure == failure);
    bench_close(&bench);
}

static void test_undefined_operations(void)
{
    check_undefined("div $0, x", FAILURE_DIVISION);
    check_undefined("mod %ax, x", FAILURE_DIVISION);
    check_undefined("mov $-9223372036854775807, %ax\n sub $1, %ax\n div $-1, %ax", FAILURE_OVERFLOW);
    check_undefined("mov $-9223372036854775807, %ax\n sub $1, %ax\n mod $-1, %ax", FAILURE_OVERFLOW);
    check_undefined("shl $64, x", FAILURE_SHIFT);
    check_undefined("shr $-1, x", FAILURE_SHIFT);
    check_undefined("shl $61, x", FAILURE_OVERFLOW);
    check_undefined("mov $-2, %ax\n shl $63, %ax", FAILURE_OVERFLOW);
}

/* The flags are those of `test %ax, w` before the exchange. */
static void test_compare_and_swap(void)
{
    check_words("mov $7, %ax\n mov $9, %bx\n cas %bx, x\n mov %ax, y", 9, 7);
    check_words("mov $8, %ax\n mov $9, %bx\n cas %bx, x\n mov %ax, y", 7, 7);
    check_words("mov $7, %ax\n mov $9, %bx\n cas %bx, x\n je .e\n mov $1, y\n.e", 9, -3);
    check_words("mov $8, %ax\n mov $9, %bx\n cas %bx, x\n jlt .e\n mov $1, y\n.e", 7, -3);
    check_words("mov $6, %ax\n mov $9, %bx\n cas %bx, x\n jgt .e\n mov $1, y\n.e", 7, -3);
    check_words("mov $7, %ax\n cas %ax, x\n jne .e\n mov $1, y\n.e", 7, 1);
    check_words("cas %ax, x\n cas %ax, y\n mov %ax, x", -3, -3);
}

/* For each jump: whether it is taken where the second operand is below, at and above the first. */
static void test_jumps(void)
{
    static const struct {
        const char *mnemonic;
        bool taken[3];
    } jumps[] = {{"j", {true, true, true}},     {"je", {false, true, false}},  {"jne", {true, false, true}},
                 {"jgt", {false, false, true}}, {"jgte", {false, true, true}}, {"jlt", {true, false, false}},
                 {"jlte", {true, true, false}}};
    for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++)
        for (int b = -1; b <= 1; b++) {
            char body[128];
            snprintf(body, sizeof body, "mov $%d, %%ax\n test $0, %%ax\n %s .e\n mov $1, x\n.e", b, jumps[i].mnemonic);
            check_words(body, jumps[i].taken[b + 1] ? 7 : 1, -3);
        }
    check_words("mov $3, %cx\n.t\n add $10, x\n sub $1, %cx\n test $0, %cx\n jgt .t", 37, -3);
}

/* ---- Waiting --------------------------------------------------------------------------------------------------- */

static void check_wait(const struct bench *bench, size_t thread, const char *expected)
{
    struct text text = TEXT_INIT;
    machine_describe_wait(bench->machine, bench->state, thread, &text);
    CU_ASSERT_STRING_EQUAL(text_string(&text), expected);
    text_free(&text);
}

static void test_mutex(void)
{
    struct bench bench;
    bench_open(&bench, ".var x\n.mutex m\n.mutex n\n.main\n lock n\n unlock n\n", 3);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 7);
    bench_take(&bench, 1);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 2);
    check_wait(&bench, 0, "mutex n, held by T1");
    bench_take(&bench, 1);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 5);
    CU_ASSERT_EQUAL(machine_finished(bench.machine, bench.state), 2);
    CU_ASSERT_EQUAL(machine_index(bench.machine, bench.state, 1), 2);
    bench_close(&bench);
}

static void test_semaphore(void)
{
    struct bench bench;
    bench_open(&bench, ".var x\n.semaphore s, 2\n.main\n wait s\n post s\n", 3);
    bench_take(&bench, 0);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 7);
    bench_take(&bench, 2);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 5);
    check_wait(&bench, 1, "semaphore s, which has no permit left");
    CU_ASSERT_EQUAL(bench_value(&bench, 1), 0);
    bench_take(&bench, 2);
    CU_ASSERT_EQUAL(bench_value(&bench, 1), 1);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 3);
    bench_close(&bench);
}

static void test_own_mutex(void)
{
    struct bench bench;
    bench_open(&bench, ".var x\n.mutex m\n.main\n lock m\n lock m\n", 1);
    bench_take(&bench, 0);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 0);
    CU_ASSERT_EQUAL(machine_finished(bench.machine, bench.state), 0);
    check_wait(&bench, 0, "mutex m, held by T0");
    bench_close(&bench);
}

/* ---- Queues ---------------------------------------------------------------------------------------------------- */

static void test_queue(void)
{
    struct bench bench;
    bench_open(&bench,
               ".var x\n.queue p, 1\n.queue q, 2\n.thread A\n put q, $5\n put q, $-9\n put q, $3\n"
               ".thread B\n get q, x\n get q, %ax\n get q, x\n get p, x\n",
               1);
    enum { LENGTH = 5 };
    check_wait(&bench, 1, "queue q, which is empty");
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 1);
    bench_take(&bench, 0);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 3);
    bench_take(&bench, 0);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 2);
    check_wait(&bench, 0, "queue q, which is full");
    CU_ASSERT(bench_value(&bench, 3) == 5 && bench_value(&bench, 4) == -9 && bench_value(&bench, LENGTH) == 2);
    bench_take(&bench, 1);
    CU_ASSERT_EQUAL(bench_value(&bench, 0), 5);
    CU_ASSERT(bench_value(&bench, 3) == -9 && bench_value(&bench, 4) == 0 && bench_value(&bench, LENGTH) == 1);
    bench_take(&bench, 0);
    CU_ASSERT(bench_value(&bench, 3) == -9 && bench_value(&bench, 4) == 3 && bench_value(&bench, LENGTH) == 2);
    bench_take(&bench, 1);
    bench_take(&bench, 1);
    CU_ASSERT(bench_register(&bench, 1, AX) == -9 && bench_value(&bench, 0) == 3);
    CU_ASSERT(bench_value(&bench, 3) == 0 && bench_value(&bench, 4) == 0 && bench_value(&bench, LENGTH) == 0);
    check_wait(&bench, 1, "queue p, which is empty");
    CU_ASSERT_EQUAL(machine_finished(bench.machine, bench.state), 1);
    bench_close(&bench);
}

/* What was in a queue leaves no trace. */
static void test_equal_queues(void)
{
    struct bench bench;
    uint64_t first[BENCH_QUADS_MAX];
    bench_open(&bench,
               ".var x\n.queue q, 3\n.main\n.t\n put q, $6\n put q, $7\n get q, %ax\n get q, %ax\n mov $0, %ax\n"
               " j .t\n",
               1);
    memcpy(first, bench.state, sizeof first);
    for (int s = 0; s < 6; s++)
        CU_ASSERT_EQUAL(bench_take(&bench, 0), STEP_TAKEN);
    CU_ASSERT_EQUAL(memcmp(first, bench.state, sizeof first), 0);
    bench_close(&bench);
}

/* What is put second is as wide as what was put first, since it moves to its place. */
static void test_wide_items(void)
{
    static const int64_t values[] = {30, -1, INT64_MAX, INT64_MIN};
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        char text[256];
        struct bench bench;
        snprintf(text, sizeof text,
                 ".var x\n.queue q, 3\n.main\n put q, $1\n put q, $2\n put q, $%lld\n"
                 " get q, x\n get q, x\n get q, x\n",
                 (long long)values[v]);
        bench_open(&bench, text, 1);
        for (int s = 0; s < 5; s++)
            CU_ASSERT_EQUAL(bench_take(&bench, 0), STEP_TAKEN);
        CU_ASSERT(bench_value(&bench, 0) == 2 && bench_value(&bench, 1) == values[v] && bench_value(&bench, 2) == 0);
        CU_ASSERT_EQUAL(bench_take(&bench, 0), STEP_TAKEN);
        CU_ASSERT(bench_value(&bench, 0) == values[v] && bench_value(&bench, 1) == 0);
        bench_close(&bench);
    }
}

/* The simulation never sees what is put here. */
static void test_item_too_narrow(void)
{
    struct bench bench;
    bench_open(&bench,
               ".var f\n.queue q, 2\n.thread A\n mov $1, f\n mov $0, f\n nop\n"
               ".thread B\n nop\n test $1, f\n jne .e\n put q, $1\n put q, $1000\n get q, %ax\n.e\n",
               1);
    static const size_t schedule[] = {0, 1, 1, 1, 1};
    for (int tries = 0; tries < 3 && machine_value(bench.machine, bench.state, 2) != 1000; tries++) {
        memset(bench.state, 0, sizeof bench.state);
        machine_start(bench.machine, bench.state);
        for (size_t s = 0; s < 5; s++)
            CU_ASSERT_EQUAL(bench_take(&bench, schedule[s]), STEP_TAKEN);
        if (bench_take(&bench, 1) == STEP_TOO_NARROW) {
            CU_ASSERT(tries == 0 && bench.step.narrow == 2 && bench.step.narrow_value == 1000);
            machine_widen(bench.machine, bench.step.narrow, bench.step.narrow_value);
        }
    }
    CU_ASSERT_EQUAL(machine_value(bench.machine, bench.state, 2), 1000);
    CU_ASSERT_EQUAL(bench_take(&bench, 1), STEP_TAKEN);
    CU_ASSERT(bench_value(&bench, 1) == 1000 && bench_value(&bench, 2) == 0);
    bench_close(&bench);
}

/* A thread that sleeps is not away, though it can be: nothing but a signal wakes it. */
static void test_sleep_and_io(void)
{
    struct bench bench;
    bench_open(&bench, ".mutex m\n.condition c\n.main\n io\n lock m\n cwait c, m\n.thread B\n signal c\n", 1);
    for (unsigned s = 0; s < 4; s++)
        CU_ASSERT_EQUAL(bench_take(&bench, 0), STEP_TAKEN);
    CU_ASSERT_EQUAL(machine_away(bench.machine, bench.state), 0);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 2);
    bench_take(&bench, 1);
    CU_ASSERT_EQUAL(machine_enabled(bench.machine, bench.state), 1);
    bench_close(&bench);
}

/* ---- Store buffers ---------------------------------------------------------------------------------------------- */

static enum step_result bench_flush(struct bench *self, size_t thread)
{
    machine_choose(self->machine, self->state, thread, WAY_FLUSH, &self->step);
    return self->step.result;
}

/* A thread sees its own stores at once, the others see them in their order, when they have reached memory. */
static void test_store_buffers(void)
{
    struct bench bench;
    bench_open(&bench,
               ".var x\n.var y\n.memory tso\n.thread A\n mov $7, x\n add $1, x\n mov $5, y\n mov x, %ax\n mfence\n"
               ".thread B\n mov x, %bx\n xchg %bx, y\n",
               1);
    const struct machine *machine = bench.machine;
    CU_ASSERT(machine_has_buffers(machine) && machine_class(machine, 0) != machine_class(machine, 1));
    CU_ASSERT_FALSE(machine_is_straight(machine));
    for (unsigned s = 0; s < 4; s++)
        CU_ASSERT_EQUAL(bench_take(&bench, 0), STEP_TAKEN);
    CU_ASSERT(bench_value(&bench, 0) == 0 && bench_value(&bench, 1) == 0);
    CU_ASSERT_EQUAL(machine_value(machine, bench.state, machine_register_location(machine, 0, REGISTER_AX)), 8);
    CU_ASSERT_EQUAL(machine_enabled(machine, bench.state), 2);
    CU_ASSERT_EQUAL(machine_unflushed(machine, bench.state), 1);
    bench_flush(&bench, 0);
    CU_ASSERT(bench_value(&bench, 0) == 7 && bench_value(&bench, 1) == 0);
    bench_take(&bench, 1);
    bench_take(&bench, 1);
    CU_ASSERT(bench_value(&bench, 1) == 7 && machine_finished(machine, bench.state) == 2);
    bench_flush(&bench, 0);
    bench_flush(&bench, 0);
    CU_ASSERT(bench_value(&bench, 0) == 8 && bench_value(&bench, 1) == 5);
    CU_ASSERT(machine_unflushed(machine, bench.state) == 0 && machine_enabled(machine, bench.state) == 1);
    bench_take(&bench, 0);
    CU_ASSERT_EQUAL(machine_finished(machine, bench.state), 3);
    bench_close(&bench);
}

/* A thread has not finished while a store waits; who joins it waits. Free words wait like others, stacks do not. */
static void test_ends_with_stores(void)
{
    struct bench bench;
    bench_open(&bench,
               ".var x\n.memory tso\n.thread A\n mov $2000, %bx\n push $3\n mov $4, (%sp)\n mov $9, (%bx)\n"
               ".thread B\n join A\n mov 2000, %cx\n",
               1);
    const struct machine *machine = bench.machine;
    for (unsigned s = 0; s < 4; s++)
        CU_ASSERT_EQUAL(bench_take(&bench, 0), STEP_TAKEN);
    CU_ASSERT(machine_enabled(machine, bench.state) == 0 && machine_finished(machine, bench.state) == 0);
    CU_ASSERT_EQUAL(machine_unflushed(machine, bench.state), 1);
    CU_ASSERT_EQUAL(bench_flush(&bench, 0), STEP_TAKEN);
    CU_ASSERT(machine_enabled(machine, bench.state) == 2 && machine_finished(machine, bench.state) == 1);
    bench_take(&bench, 1);
    bench_take(&bench, 1);
    CU_ASSERT_EQUAL(machine_value(machine, bench.state, machine_register_location(machine, 1, REGISTER_CX)), 9);
    bench_close(&bench);
}

/* ---- Away, and giving up the processor ------------------------------------------------------------------------- */

static void test_io(void)
{
    struct bench bench;
    bench_open(&bench, ".var x\n.main\n io\n yield\n.thread B\n nop\n", 2);
    const struct machine *machine = bench.machine;
    CU_ASSERT_TRUE(machine_can_be_away(machine));
    CU_ASSERT_EQUAL(machine_away(machine, bench.state), 0);
    bench_take(&bench, 1);
    CU_ASSERT_EQUAL(machine_away(machine, bench.state), 2);
    CU_ASSERT_EQUAL(machine_index(machine, bench.state, 1), 0);
    CU_ASSERT_EQUAL(machine_enabled(machine, bench.state), 7);
    bench_take(&bench, 0);
    bench_take(&bench, 2);
    CU_ASSERT_EQUAL(machine_away(machine, bench.state), 3);
    CU_ASSERT_EQUAL(machine_finished(machine, bench.state), 4);
    bench_take(&bench, 1);
    CU_ASSERT_EQUAL(machine_away(machine, bench.state), 1);
    CU_ASSERT_EQUAL(machine_index(machine, bench.state, 1), 1);
    CU_ASSERT(machine_yields(machine, 1, 1) && !machine_yields(machine, 1, 0) && !machine_yields(machine, 2, 0));
    bench_take(&bench, 1);
    CU_ASSERT_EQUAL(machine_finished(machine, bench.state), 6);
    bench_take(&bench, 0);
    CU_ASSERT_EQUAL(machine_away(machine, bench.state), 0);
    bench_close(&bench);
    bench_open(&bench, ".var x\n.main\n yield\n", 2);
    CU_ASSERT_FALSE(machine_can_be_away(bench.machine));
    CU_ASSERT_EQUAL(machine_away(bench.machine, bench.state), 0);
    bench_close(&bench);
}

/* Who is away is in the thread's own block: exchanging the blocks is exchanging the threads. */
static void test_away_is_in_the_block(void)
{
    struct bench bench;
    bench_open(&bench, ".var x\n.main\n io\n", 2);
    struct machine_block block = machine_block(bench.machine, 1);
    bench_take(&bench, 1);
    uint64_t bits = bench.state[block.first / 64] >> block.first % 64 & ((UINT64_C(1) << block.width) - 1);
    CU_ASSERT_NOT_EQUAL(bits, 0);
    memset(bench.state, 0, sizeof bench.state);
    block = machine_block(bench.machine, 0);
    bench.state[block.first / 64] |= bits << block.first % 64;
    CU_ASSERT_EQUAL(machine_away(bench.machine, bench.state), 1);
    bench_close(&bench);
}

static void test_sections(void)
{
    struct bench bench;
    bench_open(&bench,
               ".var x\n.main\n nop\n.critical\n nop\n io\n.endcritical\n"
               ".thread B\n.critical b\n nop\n.endcritical\n",
               2);
    const struct machine *machine = bench.machine;
    CU_ASSERT_EQUAL(machine_section_count(machine), 2);
    CU_ASSERT_STRING_EQUAL(machine_section_name(machine, 0), "");
    CU_ASSERT_STRING_EQUAL(machine_section_name(machine, 1), "b");
    CU_ASSERT(!machine_is_inside(machine, 0, 0, 0) && machine_is_inside(machine, 0, 1, 0) &&
              machine_is_inside(machine, 1, 2, 0) && !machine_is_inside(machine, 0, 1, 1));
    CU_ASSERT(machine_is_inside(machine, 2, 0, 1) && !machine_is_inside(machine, 2, 0, 0));
    CU_ASSERT(machine_inside(machine, bench.state, 0) == 0 && machine_inside(machine, bench.state, 1) == 4);
    bench_take(&bench, 1);
    CU_ASSERT_EQUAL(machine_inside(machine, bench.state, 0), 2);
    bench_take(&bench, 0);
    bench_take(&bench, 0);
    bench_take(&bench, 0);
    CU_ASSERT_EQUAL(machine_inside(machine, bench.state, 0), 3);
    CU_ASSERT_EQUAL(machine_away(machine, bench.state), 1);
    bench_take(&bench, 0);
    CU_ASSERT_EQUAL(machine_inside(machine, bench.state, 0), 2);
    bench_take(&bench, 2);
    CU_ASSERT_EQUAL(machine_inside(machine, bench.state, 1), 0);
    bench_close(&bench);
}

/* ---- Errors of the program ------------------------------------------------------------------------------------- */

static void check_failure(const char *instructions, enum failure failure)
{
    char text[256];
    struct bench bench;
    uint64_t before[BENCH_QUADS_MAX];
    snprintf(text, sizeof text,
             ".var least, -9223372036854775808\n.var most, 9223372036854775807\n.mutex m\n.semaphore s, "
             "9223372036854775807\n.main\n mov $2, %%ax\n %s\n",
             instructions);
    bench_open(&bench, text, 2);
    CU_ASSERT_EQUAL(bench_take(&bench, 0), STEP_TAKEN);
    memcpy(before, bench.state, sizeof before);
    CU_ASSERT_EQUAL(bench_take(&bench, 0), STEP_FAILED);
    CU_ASSERT_EQUAL(bench.step.failure, failure);
    CU_ASSERT_EQUAL(memcmp(before, bench.state, sizeof before), 0);
    bench_close(&bench);
}

static void test_failures(void)
{
    check_failure("add $1, most", FAILURE_OVERFLOW);
    check_failure("sub $1, least", FAILURE_OVERFLOW);
    check_failure("add %ax, most", FAILURE_OVERFLOW);
    check_failure("fetchadd %ax, most", FAILURE_OVERFLOW);
    check_failure("mul most, %ax", FAILURE_OVERFLOW);
    check_failure("neg least", FAILURE_OVERFLOW);
    check_failure("sub least, %ax", FAILURE_OVERFLOW);
    check_failure("post s", FAILURE_OVERFLOW);
    check_failure("unlock m", FAILURE_UNLOCK);
    CU_ASSERT_STRING_EQUAL(machine_failure_text(FAILURE_OVERFLOW), "the result does not fit 64 bits");
    CU_ASSERT_STRING_EQUAL(machine_failure_text(FAILURE_UNLOCK), "unlocks a mutex that the thread does not hold");
}

/* Somebody else's mutex. */
static void test_unlock_of_another(void)
{
    struct bench bench;
    bench_open(&bench, ".var x\n.mutex m\n.thread A\n lock m\n.thread B\n unlock m\n", 1);
    bench_take(&bench, 0);
    CU_ASSERT_EQUAL(bench_take(&bench, 1), STEP_FAILED);
    CU_ASSERT_EQUAL(bench.step.failure, FAILURE_UNLOCK);
    bench_close(&bench);
}

static void test_no_overflow_at_the_ends(void)
{
    check_words(
        "mov $9223372036854775806, %ax\n add $1, %ax\n mov %ax, x\n mov $-9223372036854775807, %bx\n sub $1, %bx\n"
        " mov %bx, y",
        INT64_MAX, INT64_MIN);
    check_words("mov $-9223372036854775808, %ax\n test $1, %ax\n jlt .e\n mov $1, x\n.e", 7, -3);
}

/* ---- Packing --------------------------------------------------------------------------------------------------- */

/* The simulation runs threads in turns and never sees what x becomes here. */
static const char hidden[] = ".var x\n.var f\n"
                             ".thread A\n mov $1, f\n mov $0, f\n nop\n"
                             ".thread B\n nop\n test $1, f\n jne .e\n mov $%lld, x\n.e\n";

static enum step_result run_hidden(struct bench *bench)
{
    static const size_t schedule[] = {0, 1, 1, 1};
    memset(bench->state, 0, sizeof bench->state);
    machine_start(bench->machine, bench->state);
    for (size_t s = 0; s < 4; s++)
        CU_ASSERT_EQUAL(bench_take(bench, schedule[s]), STEP_TAKEN);
    return bench_take(bench, 1);
}

static void test_too_narrow(void)
{
    static const int64_t values[] = {30, -1, INT64_MAX / 2 + 1, INT64_MAX, INT64_MIN};
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        char text[256];
        struct bench bench;
        snprintf(text, sizeof text, hidden, (long long)values[v]);
        bench_open(&bench, text, 1);
        CU_ASSERT_EQUAL(run_hidden(&bench), STEP_TOO_NARROW);
        CU_ASSERT(bench.step.narrow == 0 && bench.step.narrow_value == values[v]);
        size_t bits = machine_bits(bench.machine);
        machine_widen(bench.machine, bench.step.narrow, bench.step.narrow_value);
        CU_ASSERT(machine_bits(bench.machine) > bits);
        CU_ASSERT_EQUAL(run_hidden(&bench), STEP_TAKEN);
        CU_ASSERT_EQUAL(bench_value(&bench, 0), values[v]);
        bench_close(&bench);
    }
}

/* The classic case needs few bits: two positions of 0 to 30, two registers and the counter up to 20. */
static void test_few_bits(void)
{
    struct program *program = subject_model("unlocked", 2, 10);
    struct machine *machine = machine_new(program, NULL, false);
    CU_ASSERT_EQUAL(machine_bits(machine), 5 + 5 + 5 + 5 + 5);
    machine_free(machine);
    program_free(program);
}

static void test_dead_registers(void)
{
    static const char text[] = ".var x\n.main\n mov $5, %ax\n mov %ax, x\n mov $6, %ax\n mov %ax, x\n";
    struct bench lean, full;
    bench_start(&lean, subject_program(text, 1, 1), NULL, false);
    bench_start(&full, subject_program(text, 1, 1), NULL, true);
    bench_take(&lean, 0);
    bench_take(&full, 0);
    CU_ASSERT(bench_register(&lean, 0, AX) == 5 && bench_register(&full, 0, AX) == 5);
    bench_take(&lean, 0);
    bench_take(&full, 0);
    CU_ASSERT(bench_register(&lean, 0, AX) == 0 && bench_register(&full, 0, AX) == 5);
    CU_ASSERT(bench_value(&lean, 0) == 5 && bench_value(&full, 0) == 5);
    bench_close(&lean);
    bench_close(&full);
}

/* ---- Data ------------------------------------------------------------------------------------------------------ */

/* x and the registers ax are data: not stored, but their moves are told. */
static void test_moves(void)
{
    static const char text[] =
        ".var x\n.var c, 5\n.main\n mov x, %ax\n add $3, %ax\n sub c, %ax\n mov %ax, x\n mov $9, x\n"
        " mov c, %ax\n xchg %ax, x\n add $1, c\n nop\n";
    bool data[64] = {false};
    struct program *program = subject_program(text, 2, 1);
    struct machine *machine = machine_new(program, NULL, false);
    location_id ax = machine_register_location(machine, 1, AX);
    data[0] = data[ax] = data[machine_register_location(machine, 0, AX)] = true;
    machine_free(machine);
    program_free(program);
    struct bench bench;
    bench_start(&bench, subject_program(text, 2, 1), data, false);
    CU_ASSERT(machine_is_data(bench.machine, 0) && !machine_is_data(bench.machine, 1));
    bench_take(&bench, 1);
    bench_check_move(&bench, 0, ax, 0, 0);
    bench_take(&bench, 1);
    bench_check_move(&bench, 0, ax, ax, 3);
    bench_take(&bench, 1);
    bench_check_move(&bench, 0, ax, ax, -5);
    bench_take(&bench, 1);
    bench_check_move(&bench, 0, 0, ax, 0);
    bench_take(&bench, 1);
    bench_check_move(&bench, 0, 0, LOCATION_NONE, 9);
    bench_take(&bench, 1);
    bench_check_move(&bench, 0, ax, LOCATION_NONE, 5);
    bench_take(&bench, 1);
    CU_ASSERT_EQUAL(bench.step.move_count, 2);
    bench_check_move(&bench, 0, ax, 0, 0);
    bench_check_move(&bench, 1, 0, ax, 0);
    bench_take(&bench, 1);
    CU_ASSERT_EQUAL(bench.step.move_count, 0);
    CU_ASSERT_EQUAL(bench_value(&bench, 1), 6);
    bench_close(&bench);
}

/* ---- The static view ------------------------------------------------------------------------------------------- */

static const struct assignment *assignment_of(const struct machine *machine, uint32_t index, struct effect *effect)
{
    machine_effect(machine, 0, index, effect);
    CU_ASSERT_EQUAL_FATAL(effect->assignment_count, 1);
    return &effect->assignments[0];
}

static void test_effects(void)
{
    struct bench bench;
    struct effect effect;
    const struct assignment *assignment;
    bench_open(
        &bench,
        ".var x\n.mutex m\n.semaphore s, 0\n.main\n add $3, x\n sub x, %ax\n mul x, %ax\n neg x\n test x, %ax\n je .e\n"
        " fetchadd %ax, x\n lock m\n wait s\n j .e\n.e\n nop\n halt\n"
        " sub $4, %ax\n",
        1);
    location_id ax = machine_register_location(bench.machine, 0, AX);
    location_id flags = machine_register_location(bench.machine, 0, machine_register_count(bench.machine) - 1);
    assignment = assignment_of(bench.machine, 0, &effect);
    CU_ASSERT(assignment->target == 0 && assignment->constant == 3 && assignment->term_count == 1 &&
              assignment->terms[0].source == 0 && assignment->terms[0].coefficient == 1);
    assignment = assignment_of(bench.machine, 1, &effect);
    CU_ASSERT(assignment->target == ax && assignment->term_count == 2 && assignment->terms[0].source == 0 &&
              assignment->terms[0].coefficient == -1 && assignment->terms[1].coefficient == 1);
    assignment = assignment_of(bench.machine, 2, &effect);
    CU_ASSERT(assignment->terms[0].coefficient == 0 && assignment->terms[1].coefficient == 0);
    assignment = assignment_of(bench.machine, 3, &effect);
    CU_ASSERT(assignment->term_count == 1 && assignment->terms[0].coefficient == -1);
    assignment = assignment_of(bench.machine, 4, &effect);
    CU_ASSERT(assignment->target == flags && assignment->is_comparison && assignment->term_count == 2);
    machine_effect(bench.machine, 0, 5, &effect);
    CU_ASSERT(effect.may_branch && !effect.may_block && effect.decider_count == 1 && effect.deciders[0] == flags);
    machine_effect(bench.machine, 0, 6, &effect);
    CU_ASSERT(effect.assignment_count == 2 && !effect.may_branch);
    machine_effect(bench.machine, 0, 7, &effect);
    CU_ASSERT(effect.may_block && effect.assignment_count == 0 && effect.decider_count == 0);
    machine_effect(bench.machine, 0, 8, &effect);
    CU_ASSERT(effect.may_block && effect.decider_count == 1 && effect.deciders[0] == 1 &&
              effect.assignments[0].constant == -1);
    machine_effect(bench.machine, 0, 9, &effect);
    CU_ASSERT(effect.may_branch && effect.decider_count == 0);
    machine_effect(bench.machine, 0, 10, &effect);
    CU_ASSERT(!effect.may_branch && !effect.may_block && effect.assignment_count == 0);
    machine_effect(bench.machine, 0, 11, &effect);
    CU_ASSERT_TRUE(effect.may_branch);
    assignment = assignment_of(bench.machine, 12, &effect);
    CU_ASSERT(assignment->target == ax && assignment->constant == -4 && assignment->term_count == 1);
    bench_close(&bench);
}

/* What is put, and what is compared, decides. */
static void test_effects_of_queues_and_cas(void)
{
    struct bench bench;
    struct effect effect;
    bench_open(&bench,
               ".var x\n.queue q, 2\n.main\n put q, x\n put q, $-4\n get q, %bx\n cas %bx, x\n io\n yield\n jne .e\n"
               ".e\n mov %ax, x\n mov %bx, x\n",
               1);
    location_id ax = machine_register_location(bench.machine, 0, AX), bx = ax + BX;
    enum { ITEM = 1, LENGTH = 3 };
    machine_effect(bench.machine, 0, 0, &effect);
    CU_ASSERT(effect.may_block && !effect.may_branch && effect.decider_count == 2 && effect.deciders[0] == LENGTH &&
              effect.deciders[1] == 0);
    CU_ASSERT(effect.assignment_count == 2 && effect.assignments[0].target == LENGTH &&
              effect.assignments[0].constant == 1 && effect.assignments[1].target == ITEM &&
              effect.assignments[1].terms[0].source == 0);
    machine_effect(bench.machine, 0, 1, &effect);
    CU_ASSERT(effect.decider_count == 1 && effect.assignments[1].constant == -4);
    machine_effect(bench.machine, 0, 2, &effect);
    CU_ASSERT(effect.may_block && effect.decider_count == 1 && effect.assignment_count == 2 &&
              effect.assignments[0].constant == -1 && effect.assignments[1].target == bx &&
              effect.assignments[1].terms[0].source == ITEM && effect.assignments[1].terms[0].coefficient == 1);
    machine_effect(bench.machine, 0, 3, &effect);
    CU_ASSERT(!effect.may_block && !effect.may_branch && effect.decider_count == 2 && effect.deciders[0] == ax &&
              effect.deciders[1] == 0 && effect.assignment_count == 3);
    CU_ASSERT(effect.assignments[0].is_comparison && effect.assignments[1].target == 0 &&
              effect.assignments[1].terms[0].source == bx && effect.assignments[1].terms[0].coefficient == 0 &&
              effect.assignments[2].target == ax);
    machine_effect(bench.machine, 0, 4, &effect);
    CU_ASSERT(effect.may_branch && !effect.may_block && effect.assignment_count == 0);
    machine_effect(bench.machine, 0, 5, &effect);
    CU_ASSERT(!effect.may_branch && !effect.may_block && effect.assignment_count == 0);
    bench_close(&bench);
}

static void check_name(const struct machine *machine, location_id location, const char *expected)
{
    char *name = machine_location_name(machine, location);
    CU_ASSERT_STRING_EQUAL(name, expected);
    memory_free(name);
}

static void test_shape(void)
{
    struct bench bench;
    bench_open(&bench,
               ".var x, 4\n.var table 2\n.semaphore s, 3\n.thread A\n mov x, %bx\n.thread B\n .tick 5\n nop\n"
               ".queue p, 1\n.queue q, 3\n get q, %ax\n",
               1);
    const struct machine *machine = bench.machine;
    CU_ASSERT_EQUAL(machine_thread_count(machine), 2);
    CU_ASSERT_EQUAL(machine_word_count(machine), 3);
    CU_ASSERT_EQUAL(machine_shared_count(machine), 10);
    CU_ASSERT_EQUAL(machine_location_count(machine), 10 + 2 * machine_register_count(machine));
    check_name(machine, 0, "x");
    check_name(machine, 2, "table[1]");
    check_name(machine, 3, "semaphore s");
    check_name(machine, 4, "queue p[0]");
    check_name(machine, 5, "length of queue p");
    check_name(machine, 8, "queue q[2]");
    check_name(machine, 9, "length of queue q");
    CU_ASSERT_EQUAL(machine_initial_value(machine, 8), 0);
    for (location_id l = 0; l < machine_location_count(machine); l++)
        CU_ASSERT_EQUAL(machine_is_always_control(machine, l), l >= 4 && l < 10);
    CU_ASSERT(!machine_is_mentioned(machine, 4) && !machine_is_mentioned(machine, 5));
    for (location_id l = 6; l < 10; l++)
        CU_ASSERT_TRUE(machine_is_mentioned(machine, l));
    location_id bx = machine_register_location(machine, 1, BX);
    check_name(machine, bx, "%bx of B");
    CU_ASSERT(machine_location_thread(machine, bx) == 1 && machine_location_register(machine, bx) == BX);
    CU_ASSERT_EQUAL(machine_location_thread(machine, 3), -1);
    CU_ASSERT(machine_initial_value(machine, 0) == 4 && machine_initial_value(machine, 3) == 3);
    CU_ASSERT(machine_is_mentioned(machine, 0) && !machine_is_mentioned(machine, 1) &&
              !machine_is_mentioned(machine, bx));
    CU_ASSERT_TRUE(machine_is_mentioned(machine, machine_register_location(machine, 0, BX)));
    CU_ASSERT_NOT_EQUAL(machine_class(machine, 0), machine_class(machine, 1));
    CU_ASSERT_EQUAL(machine_line(machine, 0, 0), 5);
    CU_ASSERT_EQUAL(machine_column(machine, 0, 0), 2);
    CU_ASSERT_STRING_EQUAL(machine_thread_name(machine, 1), "B");
    CU_ASSERT_STRING_EQUAL(machine_source(machine), "test.s");
    bench_close(&bench);
}

/* Threads are of one class where code and first registers are the same. */
static void test_classes(void)
{
    struct bench bench;
    bench_open(&bench, ".var x\n.main\n mov x, %ax\n", 4);
    for (size_t t = 0; t < 4; t++)
        CU_ASSERT_EQUAL(machine_class(bench.machine, t), 0);
    bench.program->threads[2].registers[CX] = 1;
    machine_free(bench.machine);
    bench.machine = machine_new(bench.program, NULL, false);
    CU_ASSERT(machine_class(bench.machine, 0) == machine_class(bench.machine, 3));
    CU_ASSERT(machine_class(bench.machine, 0) != machine_class(bench.machine, 2));
    CU_ASSERT_EQUAL(machine_block(bench.machine, 0).width, machine_block(bench.machine, 3).width);
    bench_close(&bench);
    bench_open(&bench, ".var x\n.main\n mov $SELF, x\n", 2);
    CU_ASSERT_NOT_EQUAL(machine_class(bench.machine, 0), machine_class(bench.machine, 1));
    bench_close(&bench);
}

/* Gives the program registers beyond those of the language, as many as there can be, and has it use the last two in place of
 * %ax and %bx. */
static void move_registers(struct program *program)
{
    program->local_count = REGISTERS_MAX - REGISTER_COUNT;
    program->locals = memory_new(program->local_count, sizeof *program->locals);
    for (size_t l = 0; l < program->local_count; l++) {
        struct text name = TEXT_INIT;
        text_print(&name, "local%zu", l);
        program->locals[l] = text_take(&name);
    }
    for (uint32_t i = 0; i < program->codes[0].count; i++)
        for (size_t o = 0; o < 2; o++) {
            struct operand *operand = &program->codes[0].instructions[i].operands[o];
            if (operand->kind == OPERAND_REGISTER)
                operand->value += REGISTERS_MAX - 2;
            if (operand->kind == OPERAND_COMPUTED)
                operand->base = (uint8_t)(operand->base + REGISTERS_MAX - 2);
        }
}

/* The registers beyond those of the language are registers like others: they are stored while they live, and have stacks behind them. */
static void test_further_registers(void)
{
    static const char text[] =
        ".var u\n.var t, 7\n.main\n mov $104, %bx\n mov (%bx), %ax\n add $1, %ax\n mov %ax, t\n push %ax\n";
    struct program *program = subject_program(text, 2, 1);
    uint64_t state[BENCH_QUADS_MAX];
    struct step step;
    move_registers(program);
    struct machine *machine = machine_new(program, NULL, false);
    CU_ASSERT_TRUE_FATAL(machine_bits(machine) <= sizeof state * 8);
    CU_ASSERT_EQUAL(machine_register_count(machine), REGISTERS_MAX);
    location_id ax = machine_register_location(machine, 1, REGISTERS_MAX - 2), bx = ax + 1;
    CU_ASSERT_STRING_EQUAL(machine_register_name(machine, REGISTERS_MAX - 1), "local54");
    CU_ASSERT(machine_location_thread(machine, bx) == 1 && machine_location_register(machine, bx) == REGISTERS_MAX - 1);
    CU_ASSERT(machine_is_mentioned(machine, ax) && !machine_is_mentioned(machine, ax - 1));
    CU_ASSERT(machine_keeps(machine, 0, 1, REGISTERS_MAX - 1) && !machine_keeps(machine, 0, 2, REGISTERS_MAX - 1));
    char *shown = program_instruction_text(program, &program->codes[0], &program->codes[0].instructions[1]);
    CU_ASSERT_STRING_EQUAL(shown, "mov (%local54), %local53");
    memory_free(shown);
    do {
        memset(state, 0, sizeof state);
        machine_start(machine, state);
        for (size_t s = 0; s < 5; s++) {
            machine_step(machine, state, 1, &step);
            if (step.result == STEP_TOO_NARROW)
                break;
            CU_ASSERT_EQUAL_FATAL(step.result, STEP_TAKEN);
            CU_ASSERT_EQUAL(machine_value(machine, state, bx), s == 0 ? 104 : 0);
            CU_ASSERT_EQUAL(machine_value(machine, state, ax), s == 1 ? 7 : s == 2 || s == 3 ? 8 : 0);
        }
        if (step.result == STEP_TOO_NARROW)
            machine_widen(machine, step.narrow, step.narrow_value);
    } while (step.result == STEP_TOO_NARROW);
    CU_ASSERT_EQUAL(machine_value(machine, state, 1), 8);
    machine_free(machine);
    program_free(program);
}

/* ---- Local instructions ---------------------------------------------------------------------------------------- */

/* Checks, of the code of one thread, which instructions are local: an 'l' for each that is, a '-' for others. */
static void check_local(const char *body, const char *expected)
{
    char text[512], told[64] = "";
    struct bench bench;
    snprintf(text, sizeof text, ".var x\n.mutex m\n.semaphore s, 1\n.main\n%s\n", body);
    bench_open(&bench, text, 2);
    uint32_t count = (uint32_t)machine_instruction_count(bench.machine, 0);
    for (uint32_t i = 0; i < count && i + 1 < sizeof told; i++)
        told[i] = machine_is_local(bench.machine, 1, i) ? 'l' : '-';
    if (strcmp(told, expected) != 0)
        unit_note("'%s': %s", body, told);
    CU_ASSERT_STRING_EQUAL(told, expected);
    CU_ASSERT_FALSE(machine_is_local(bench.machine, 0, count));
    bench_close(&bench);
}

static void test_local_instructions(void)
{
    check_local("mov x, %ax\n add $1, %ax\n mul %bx, %ax\n mov %ax, x", "-ll-");
    check_local("nop\n neg %ax\n lea x, %bx\n div %ax, %bx\n test $0, x\n yield", "llll--");
    check_local("xchg %ax, x\n cas %ax, x\n fetchadd %ax, x\n choose 0, 3, %ax\n print %ax", "-----");
    check_local("lock m\n trylock m, %ax\n unlock m\n wait s\n io\n push $1\n pop %ax\n halt", "--------");
    check_local("assert x == 0\n mov (%ax), %bx\n mov $4, %ax", "--l");
    check_local("mov x, %ax\n test $0, %ax\n je .end\n add $1, %ax\n.end:\n mov %ax, x", "-lll-");
    /* Of a loop through local instructions alone the first one is not; one that comes to memory needs no cut. */
    check_local("mov x, %ax\n.top:\n sub $1, %ax\n test $0, %ax\n jgt .top\n mov %ax, x", "--ll-");
    check_local(".top:\n add $1, %ax\n mov %ax, x\n j .top", "l-l");
    check_local(".top:\n j .top", "-");
    /* The borders of a section can be seen. */
    check_local("nop\n.critical\n nop\n nop\n.endcritical\n nop\n nop", "-l-ll");
    /* So can a step that is not local to its end. */
    check_local(".atomic\n add $1, %ax\n mov %ax, x\n.endatomic\n.atomic\n nop\n nop\n.endatomic", "--ll");
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"arithmetic", test_arithmetic},
        {"divisions and bits", test_division_and_bits},
        {"what is not defined", test_undefined_operations},
        {"jumps", test_jumps},
        {"compare and swap", test_compare_and_swap},
        {"a mutex", test_mutex},
        {"a semaphore", test_semaphore},
        {"a thread that waits for itself", test_own_mutex},
        {"a queue", test_queue},
        {"equal queues are equal states", test_equal_queues},
        {"wide items", test_wide_items},
        {"an item that does not fit", test_item_too_narrow},
        {"sleeping where one can be away", test_sleep_and_io},
        {"store buffers", test_store_buffers},
        {"ends with stores that wait", test_ends_with_stores},
        {"input and output", test_io},
        {"who is away is in the block", test_away_is_in_the_block},
        {"critical sections", test_sections},
        {"errors of the program leave the state", test_failures},
        {"unlocking another's mutex", test_unlock_of_another},
        {"no overflow at the ends of 64 bits", test_no_overflow_at_the_ends},
        {"a value that does not fit", test_too_narrow},
        {"no more bits than needed", test_few_bits},
        {"dead registers", test_dead_registers},
        {"how data moves", test_moves},
        {"effects", test_effects},
        {"effects of queues and cas", test_effects_of_queues_and_cas},
        {"shape and names", test_shape},
        {"classes of threads", test_classes},
        {"local instructions", test_local_instructions},
        {"registers beyond those of the language", test_further_registers},
        CU_TEST_INFO_NULL,
    };
    return unit_run("machine", tests);
}
