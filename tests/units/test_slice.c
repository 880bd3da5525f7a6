#include "base/memory.h"
#include "space/slice.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

struct bench {
    struct program *program;
    struct machine *machine;
    struct slice *slice;
};

static void open_bench(struct bench *self, const char *text, unsigned threads, const char *observed, bool everything)
{
    self->program = subject_program(text, threads, 1);
    self->machine = machine_new(self->program, NULL, false);
    int64_t word = program_find_word(self->program, observed);
    CU_ASSERT_FATAL(word >= 0);
    self->slice = slice_new(self->machine, (location_id)word, everything);
}

static void close_bench(struct bench *self)
{
    slice_free(self->slice);
    machine_free(self->machine);
    program_free(self->program);
}

/* Asserts the whole explanation of a program. */
static void explain(const char *text, unsigned threads, const char *observed, bool everything, const char *expected)
{
    struct bench bench;
    open_bench(&bench, text, threads, observed, everything);
    char *told = slice_explain(bench.slice, bench.machine);
    CU_ASSERT_STRING_EQUAL(told, expected);
    if (strcmp(told, expected) != 0)
        unit_note("observing %s:\n# %s", observed, told);
    memory_free(told);
    close_bench(&bench);
}

static const char race[] = ".var x\n.main\n mov x, %ax\n add $1, %ax\n mov %ax, x\n";

static void test_all_data(void)
{
    explain(race, 2, "x", false,
            "data     x: only moved, with constants added\n"
            "data     %ax of T0: only moved, with constants added\n"
            "data     %ax of T1: only moved, with constants added\n");
}

static void test_all_control(void)
{
    explain(race, 1, "x", true,
            "control  x: slicing is off: every value is stored in the states\n"
            "control  %ax of T0: slicing is off: every value is stored in the states\n");
}

static void test_deciders(void)
{
    explain(".var x\n.var f\n.main\n mov $3, %cx\n.t\n add $1, x\n sub $1, %cx\n test f, %cx\n jgt .t\n", 1, "x", false,
            "data     x: only moved, with constants added\n"
            "control  f: a control location takes its value from it (line 8)\n"
            "control  %cx of T0: a control location takes its value from it (line 8)\n"
            "control  %flags of T0: decides which instruction is next or whether it can proceed (line 9)\n");
    explain(".var x\n.semaphore s, 1\n.main\n wait s\n add $1, x\n", 1, "x", false,
            "data     x: only moved, with constants added\n"
            "control  semaphore s: decides which instruction is next or whether it can proceed (line 4)\n");
}

static void test_shapes(void)
{
    /* x = x + y keeps x and stores y; x = y - x has no data that could be kept as it is */
    explain(".var x\n.var y\n.main\n mov y, %ax\n add %ax, x\n", 1, "x", false,
            "data     x: only moved, with constants added\n"
            "control  y: a control location takes its value from it (line 4)\n"
            "control  %ax of T0: is combined with data in a way that is no move plus constant (line 5)\n");
    explain(".var x\n.main\n neg x\n", 1, "x", false,
            "control  x: is combined with data in a way that is no move plus constant (line 3)\n");
    explain(".var x\n.main\n mul $2, x\n", 1, "x", false,
            "control  x: is combined with data in a way that is no move plus constant (line 3)\n");
    explain(".var x\n.main\n add x, %ax\n mov %ax, x\n", 1, "x", false,
            "control  x: is combined with data in a way that is no move plus constant (line 3)\n"
            "control  %ax of T0: a control location takes its value from it (line 4)\n");
}

/* Queues are stored, and what is put with them; what is got may be data. */
static void test_queues(void)
{
    explain(".var x\n.queue q, 2\n.main\n put q, %bx\n get q, %ax\n mov %ax, x\n", 1, "x", false,
            "data     x: only moved, with constants added\n"
            "control  queue q[0]: queues are stored\n"
            "control  queue q[1]: queues are stored\n"
            "control  length of queue q: queues are stored\n"
            "data     %ax of T0: only moved, with constants added\n"
            "control  %bx of T0: decides which instruction is next or whether it can proceed (line 4)\n");
    explain(".var x\n.queue q, 1\n.main\n put q, x\n get q, x\n", 1, "x", false,
            "control  x: decides which instruction is next or whether it can proceed (line 4)\n"
            "control  queue q[0]: queues are stored\n"
            "control  length of queue q: queues are stored\n");
    explain(".var x\n.queue q, 1\n.main\n put q, $1\n", 1, "x", true,
            "control  x: never named\n"
            "control  queue q[0]: slicing is off: every value is stored in the states\n"
            "control  length of queue q: slicing is off: every value is stored in the states\n");
}

/* Whether a cas changes its word depends on %ax and the word; what it may become depends on the register. */
static void test_compare_and_swap(void)
{
    explain(".var x\n.var y\n.main\n mov y, %bx\n cas %bx, x\n add $1, y\n", 1, "y", false,
            "control  x: decides which instruction is next or whether it can proceed (line 5)\n"
            "control  y: a control location takes its value from it (line 4)\n"
            "control  %ax of T0: decides which instruction is next or whether it can proceed (line 5)\n"
            "control  %bx of T0: a control location takes its value from it (line 5)\n"
            "ignored  %flags of T0: only moved, with constants added; never flows into the observed variable\n");
}

/* A computed address may be that of any word; what it is computed from decides, and what is stored there is needed. */
static void test_addresses(void)
{
    explain(".var x\n.var y\n.main\n mov y, %ax\n mov %ax, (%bx)\n mov $1, %cx\n", 1, "x", false,
            "control  x: a computed address may be that of any word\n"
            "control  y: a computed address may be that of any word\n"
            "control  memory without a name: a computed address may be that of any word\n"
            "control  %ax of T0: a control location takes its value from it (line 5)\n"
            "control  %bx of T0: decides which instruction is next or whether it can proceed (line 5)\n"
            "ignored  %cx of T0: only moved, with constants added; never flows into the observed variable\n");
    /* lea computes, but goes nowhere: the base is moved with a constant added */
    explain(".var x\n.main\n mov x, %ax\n lea 4(%ax), %bx\n mov %bx, x\n", 1, "x", false,
            "data     x: only moved, with constants added\n"
            "data     %ax of T0: only moved, with constants added\n"
            "data     %bx of T0: only moved, with constants added\n");
    explain(".var x\n.main\n mov x, %ax\n lea 4(%ax,%cx,2), %bx\n mov %bx, x\n", 1, "x", false,
            "data     x: only moved, with constants added\n"
            "data     %ax of T0: only moved, with constants added\n"
            "data     %bx of T0: only moved, with constants added\n"
            "control  %cx of T0: is combined with data in a way that is no move plus constant (line 4)\n");
}

/* Stacks are stored, but variables need not be where nothing of them is pushed. */
static void test_stacks(void)
{
    explain(".var x\n.main\n mov $1, %ax\n push %ax\n call .f\n halt\n.f\n add $1, x\n ret\n", 1, "x", false,
            "data     x: only moved, with constants added\n"
            "control  %ax of T0: a control location takes its value from it (line 4)\n"
            "control  %sp of T0: decides which instruction is next or whether it can proceed (line 4)\n"
            "control  stack of T0: stacks are stored\n");
}

static void test_relevance(void)
{
    explain(".var x\n.var y\n.var z\n.main\n mov z, %ax\n mov %ax, x\n mov %ax, y\n mov y, %bx\n add $1, %bx\n", 1, "x",
            false,
            "data     x: only moved, with constants added\n"
            "ignored  y: only moved, with constants added; never flows into the observed variable\n"
            "data     z: only moved, with constants added\n"
            "data     %ax of T0: only moved, with constants added\n"
            "ignored  %bx of T0: only moved, with constants added; never flows into the observed variable\n");
    /* what is compared and never asked about decides nothing */
    explain(".var x\n.main\n test $0, x\n", 1, "x", false,
            "data     x: only moved, with constants added\n"
            "ignored  %flags of T0: only moved, with constants added; never flows into the observed variable\n");
    /* what nobody names is what it was at the start */
    explain(".var x\n.var y\n.main\n add $1, y\n", 1, "x", false,
            "data     x: never named\n"
            "ignored  y: only moved, with constants added; never flows into the observed variable\n");
}

/* The closure goes against the order of the text, and from thread to thread. */
static void test_chains(void)
{
    struct bench bench;
    open_bench(&bench,
               ".var a\n.var b\n.var c\n.var x\n"
               ".thread A\n mov c, %ax\n mov %ax, b\n.thread B\n mov b, %ax\n mov %ax, a\n"
               ".thread C\n test $0, a\n je .e\n add $1, x\n.e\n add $1, c\n",
               1, "x", false);
    const struct slice *slice = bench.slice;
    CU_ASSERT(!slice->data[0] && !slice->data[1] && !slice->data[2] && slice->data[3]);
    CU_ASSERT_FALSE(slice->data[machine_register_location(bench.machine, 0, 0)]);
    CU_ASSERT(slice->shared_count == 1 && slice->shared[0] == 3 && slice->register_count == 0);
    close_bench(&bench);
}

static bool moves_constants(const char *text)
{
    struct bench bench;
    open_bench(&bench, text, 1, "x", false);
    bool moves = bench.slice->moves_constants;
    close_bench(&bench);
    return moves;
}

static void test_constants(void)
{
    CU_ASSERT_FALSE(moves_constants(race));
    CU_ASSERT_TRUE(moves_constants(".var x\n.main\n mov $1, x\n"));
    CU_ASSERT_TRUE(moves_constants(".var x\n.main\n mov $1, %ax\n mov %ax, x\n"));
    CU_ASSERT_FALSE(moves_constants(".var x\n.var y\n.main\n mov $1, y\n add $1, x\n"));
    CU_ASSERT_TRUE(moves_constants(".var x\n.var y\n.main\n mov y, %ax\n mov %ax, x\n test $0, y\n je .e\n.e\n"));
    CU_ASSERT_TRUE(moves_constants(".var x\n.main\n test $0, x\n je .e\n.e\n"));
}

static void test_numbering(void)
{
    struct bench bench;
    open_bench(&bench, ".var y\n.var x\n.thread A\n mov y, %bx\n mov %bx, x\n.thread B\n mov x, %dx\n mov %dx, y\n", 1,
               "x", false);
    const struct slice *slice = bench.slice;
    CU_ASSERT_EQUAL(slice->observed, 1);
    CU_ASSERT(slice->shared_count == 2 && slice->shared[0] == 0 && slice->shared[1] == 1);
    CU_ASSERT(slice->register_count == 2 && slice->registers[0] == 1 && slice->registers[1] == 3);
    close_bench(&bench);
}

/* Several locations are followed each for itself; none; and what is stored takes along what flows into it. */
static void test_several(void)
{
    struct bench bench;
    open_bench(&bench, ".var x\n.var y\n.var z\n.main\n mov x, %ax\n mov %ax, y\n add $1, z\n", 1, "z", false);
    location_id ax = machine_register_location(bench.machine, 0, 0);
    CU_ASSERT(bench.slice->relevant[2] && !bench.slice->relevant[0] && !bench.slice->relevant[1]);
    slice_free(bench.slice);
    struct observed observed = {.locations = {2, 1}, .count = 2};
    bench.slice = slice_new_of(bench.machine, &observed, NULL, false);
    for (location_id l = 0; l < 3; l++)
        CU_ASSERT(bench.slice->data[l] && bench.slice->relevant[l]);
    CU_ASSERT(bench.slice->relevant[ax]);
    slice_free(bench.slice);
    bool *stored = memory_new(machine_location_count(bench.machine), sizeof *stored);
    stored[1] = true;
    observed.count = 0;
    bench.slice = slice_new_of(bench.machine, &observed, stored, false);
    CU_ASSERT(!bench.slice->data[0] && !bench.slice->data[1] && !bench.slice->data[ax] && bench.slice->data[2]);
    CU_ASSERT_EQUAL(bench.slice->shared_count, 0);
    memory_free(stored);
    close_bench(&bench);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"the race is all data", test_all_data},
        {"slicing off", test_all_control},
        {"what decides", test_deciders},
        {"what has not the shape", test_shapes},
        {"queues", test_queues},
        {"compare and swap", test_compare_and_swap},
        {"computed addresses", test_addresses},
        {"stacks", test_stacks},
        {"what never matters", test_relevance},
        {"chains over threads", test_chains},
        {"constants", test_constants},
        {"relevant data is numbered", test_numbering},
        {"several that are observed, and what is stored", test_several},
        CU_TEST_INFO_NULL,
    };
    return unit_run("slice", tests);
}
