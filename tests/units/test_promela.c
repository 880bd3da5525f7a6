/* The models for SPIN: what is refused, and that steps, guards and schedulers are where they belong. That SPIN finds the same
 * states and values is for tests/whole/test_exports.sh. */
#include "base/memory.h"
#include "program/outputs.h"
#include "report/promela.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

/* Returns the model of a text under a scheduler as new, or NULL with *error set. */
static char *export(const char *source, unsigned threads, unsigned iters, const struct outcome *outcome,
                    struct error *error)
{
    struct text text = TEXT_INIT;
    struct program *program = subject_program(source, threads, iters);
    bool done = promela_print(&text, program, outcome, error);
    if (!done)
        CU_ASSERT_EQUAL(text.length, 0);
    CU_ASSERT_NOT_EQUAL(done, error->set);
    program_free(program);
    char *model = done ? text_take(&text) : NULL;
    text_free(&text);
    return model;
}

/* Asserts that a model has some lines, and none of some others; both lists end with NULL. */
static void expect(const char *source, struct outcome outcome, const char *const *there, const char *const *absent)
{
    struct error error = ERROR_INIT;
    char *model = export(source, 2, 1, &outcome, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(model);
    for (; *there != NULL; there++) {
        if (strstr(model, *there) == NULL)
            unit_note("'%s' is not there", *there);
        CU_ASSERT_PTR_NOT_NULL(strstr(model, *there));
    }
    for (; *absent != NULL; absent++) {
        if (strstr(model, *absent) != NULL)
            unit_note("'%s' is there", *absent);
        CU_ASSERT_PTR_NULL(strstr(model, *absent));
    }
    memory_free(model);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void expect_refusal(const char *source, struct outcome outcome, const char *why)
{
    struct error error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(export(source, 2, 1, &outcome, &error));
    if (strstr(error.text, why) == NULL)
        unit_note("'%s'", error.text);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, why));
}

static const struct outcome free_choice = {.scheduler = (char *)"free",
                                           .observation = {.places = {{OBSERVED_WORD, 0}}, .count = 1},
                                           .has_extremes = true,
                                           .least = 1,
                                           .greatest = 2};

static struct outcome scheduled(const char *kind, const struct property *parameters, size_t count)
{
    struct outcome outcome = free_choice;
    outcome.scheduler = (char *)kind;
    outcome.parameters = (struct property *)parameters;
    outcome.parameter_count = count;
    return outcome;
}

static void test_constants_beyond_32_bits(void)
{
    expect_refusal(".var x\n.main\nmov $2147483648, x\n", free_choice, "the constant 2147483648 does not fit");
    expect_refusal(".var x\n.main\nmov $-2147483648, x\n", free_choice, "the constant -2147483648 does not fit");
    expect_refusal(".var x, 4294967296\n.main\nnop\n", free_choice, "the first value 4294967296 does not fit");
    struct outcome outcome = free_choice;
    outcome.greatest = INT64_MAX;
    expect_refusal(".var x\n.main\nnop\n", outcome, "the maximum 9223372036854775807 does not fit");
    expect(".var x\n.main\nmov $2147483647, x\nmov $-2147483647, x\n", free_choice,
           LIST("shared_x = 2147483647", "shared_x = -2147483647"), LIST("2147483648"));
}

static void test_the_place_of_a_constant(void)
{
    struct error error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(export(".var x\n.main\nnop\n  add $9000000000, x\n", 2, 1, &free_choice, &error));
    CU_ASSERT_EQUAL(error.line, 4);
    CU_ASSERT_EQUAL(error.column, 3);
}

static void test_what_has_no_counterpart(void)
{
    expect_refusal(".var x\n.main\n", free_choice, "no instruction");
    expect_refusal(".var x\n.main\nnop\n", scheduled("lottery", NULL, 0), "the lottery scheduler");
    expect_refusal(".var x\n.main\nnop\n", scheduled("tick", NULL, 0), "the tick scheduler");
    expect_refusal(".var x\n.main\n.rept 20001\nnop\n.endr\n", free_choice, "too many instructions");
}

static void test_steps(void)
{
    expect(".var x\n.main\nmov x, %ax\nadd $1, %ax\nmov %ax, x\n", free_choice,
           LIST("active [2] proctype", "d_step { ax = shared_x };", "d_step { add(ax, 1) };",
                "d_step { shared_x = ax; ax = 0; finish() };", "assert(finished < THREADS || CLAIM)"),
           LIST("MAY_STEP", "needs"));
    expect(".var t 3\n.main\nxchg %bx, t[2]\nfetchadd %bx, t\nneg t[1]\n", free_choice,
           LIST("int shared_t[3] = 0;", "old = bx; bx = shared_t[2]; shared_t[2] = old",
                "old = bx; bx = shared_t[0]; add(shared_t[0], old); bx = 0", "shared_t[1] = -shared_t[1]"),
           LIST("shared_t ="));
}

static void test_jumps(void)
{
    expect(".var x\n.main\n.top\ntest $3, x\njlt .top\nhalt\nnop\n", free_choice,
           LIST("L0:\n", "flags = (shared_x > 3) - (shared_x < 3)", "d_step { flags < 0 -> flags = 0 }; goto L0",
                "d_step { flags >= 0 -> flags = 0 }", "d_step { finish() }; goto end;"),
           LIST("L1:", "L2:"));
}

static void test_waiting(void)
{
    static const char *const source =
        ".var x\n.mutex m\n.semaphore s, 2\n.queue q, 3\n.main\nlock m\nwait s\nput q, $4\n"
        "get q, x\npost s\nunlock m\n";
    expect(source, free_choice,
           LIST("mutex_m == 0 -> mutex_m = _pid + 1", "permits_s > 0 -> permits_s = permits_s - 1",
                "length_q < 3 -> items_q[length_q] = 4; length_q = length_q + 1", "length_q > 0 -> take_q(shared_x)",
                "add(permits_s, 1)", "assert(mutex_m == _pid + 1); mutex_m = 0", "int permits_s = 2;",
                "int items_q[3] = 0;"),
           LIST("-E"));
    struct outcome failing = free_choice;
    failing.can_fail = true;
    expect(source, failing,
           LIST("mutex_m == _pid + 1 -> mutex_m = 0", "!(mutex_m == _pid + 1) -> fail() }; goto L5", "-DNO_ERROR"),
           LIST("assert(mutex_m", "-m1000000 -E"));
}

static void test_synchronisation(void)
{
    expect(".var x\n.mutex m, 2\n.condition c\n.main\nlock m(%bx)\ncwait c, m[1]\nsignal c\nbroadcast c\n", free_choice,
           LIST("byte mutex_m[2] = 0;", "#define CONDITION_c 1", "assert(bx >= 0 && bx < 2); mutex_m[bx] = _pid + 1",
                "assert(mutex_m[1] == _pid + 1); mutex_m[1] = 0; asleep[_pid] = CONDITION_c",
                "asleep[_pid] == 0 && mutex_m[1] == 0 -> mutex_m[1] = _pid + 1",
                "asleep[1] == CONDITION_c -> asleep[1] = 0", "wake(CONDITION_c)"),
           LIST("chan late", "fail()"));
    expect(".var x\n.barrier b, 2\n.rwlock r\n.event e, set\n.main\nrdlock r\nrwunlock r\nclear e\nawait e\narrive b\n",
           free_choice,
           LIST("reading_r = reading_r | (1 << _pid)", "bit event_e = 1;", "event_e = 0", "event_e == 1 -> skip",
                "arrived_b + 1 >= 2 -> arrived_b = 0; wake(BARRIER_b); release(BARRIER_b); finish()",
                "asleep[_pid] = BARRIER_b; late!!BARRIER_b,_pid }", "-m1000000 -q"),
           LIST("writing_r = writing_r + 1"));
    expect(
        ".var x\n.mutex m, recursive\n.thread a\nspawn b\njoin b\ntrylock m, x\nchoose 3, 4, x\n.thread b, later\nnop\n",
        free_choice,
        LIST("bool begun[THREADS] = { 1, 0 };", "begun[1] = true", "done[1] -> skip", "begun[_pid] -> finish()",
             "old = ((mutex_m == 0 || mutex_m == _pid + 1))", "shared_x = old", "d_step { shared_x = 3; finish() }",
             "d_step { shared_x = 4; finish() }"),
        LIST("asleep"));
}

static void test_output(void)
{
    struct outputs *outputs = outputs_new();
    outputs_add(outputs, "7");
    outputs_add(outputs, "a%");
    struct outcome_row rows[] = {{.value = 1}, {.value = 3}};
    struct outcome printing = {.scheduler = (char *)"free",
                               .observe = (char *)"output",
                               .observation = {.places = {{OBSERVED_OUTPUT, 0}}, .count = 1},
                               .outputs = outputs,
                               .has_all_outputs = true,
                               .has_values = true,
                               .rows = rows,
                               .row_count = 2};
    expect(".main\nprint \"a%\"\nprint $7\n", printing,
           LIST("#define OUTCOME_1 (output == 1) /* output \"7\" */", "#define OUTCOME_2 (output == 3)",
                "hidden byte after_0[5] = { 3, 4, 4, 4, 4 };", "printf(\"a%%\");", "print_number(7); finish()",
                "#define CLAIM (OUTCOME_1 || OUTCOME_2)", "assert(finished < THREADS || !OUTCOME_2)"),
           LIST("MINIMUM"));
    outputs_free(outputs);
}

static void test_schedulers(void)
{
    static const struct property quantum[] = {{.name = "quantum", .is_number = true, .number = 3},
                                              {.name = "pick", .text = "round-robin"},
                                              {.name = "phase", .text = "any"},
                                              {.name = "arrival", .is_number = true, .number = 2}};
    static const struct property lag[] = {{.name = "lag", .is_number = true, .number = 2},
                                          {.name = "offset", .text = "7,5"}};
    static const struct property bound = {.name = "bound", .is_number = true, .number = 4};
    static const char *const source = ".var x\n.main\n.tick 2\nyield\nio\nnop\n";
    expect(source, scheduled("tick", quantum, 3),
           LIST("#define QUANTUM 3", "stepped(_pid, NOTHING, QUANTUM)", "stepped(_pid, AWAY, 2)",
                "returned(_pid, NOTHING)", "find_next()", "active proctype phase()", "MAY_STEP(t) (started && "),
           LIST("PENDING"));
    expect(source, scheduled("tick", quantum, 2), LIST("#define QUANTUM 3"), LIST("proctype phase", "started"));
    expect(source, scheduled("signal", quantum, 4), LIST("await_signal()", "int left = 2;"), LIST("MAY_ARRIVE"));
    expect(source, scheduled("signal", quantum, 3), LIST("MAY_ARRIVE", "atomic { allowed(_pid, true); d_step {"),
           LIST("await_signal"));
    expect(source, scheduled("parallel", lag, 2), LIST("lead[THREADS] = { 2, 0 }", "#define LAG 2"), LIST("QUANTUM"));
    expect(source, scheduled("preemptions", &bound, 1), LIST("#define BOUND 4", "count_switch(_pid)"), LIST("QUANTUM"));
}

static void test_claims(void)
{
    struct outcome nothing = free_choice;
    nothing.has_extremes = false;
    nothing.can_deadlock = true;
    expect(".var x\n.main\nnop\n", nothing, LIST("#define CLAIM false", "-m1000000 -E"), LIST("MINIMUM"));
    expect(".var x\n.main\nnop\n", free_choice,
           LIST("#define MINIMUM (1)", "#define MAXIMUM (2)", "#define CLAIM (OBSERVED > MINIMUM)",
                "#define OBSERVED shared_x"),
           LIST("-E"));
}

/* A name goes into a comment, and must not end it. */
static void test_names(void)
{
    struct error error = ERROR_INIT;
    struct text text = TEXT_INIT;
    struct program *program = subject_program(".var x\n.main\nnop\n", 1, 1);
    memory_free(program->name);
    program->name = memory_copy_string("a*/b\nc?\\");
    CU_ASSERT_TRUE(promela_print(&text, program, &free_choice, &error));
    CU_ASSERT_EQUAL(strncmp(text_string(&text), "/* a_/b_c?\\, 1 thread, ", 23), 0);
    program_free(program);
    text_free(&text);
}

static void test_threads_that_differ(void)
{
    expect(".var x\n.main\nnop\n.thread idle\n.thread last\nadd $1, x\n", free_choice,
           LIST("/* T0, T1 */\nactive [2] proctype threads_from_0()",
                "/* idle */\nactive [1] proctype threads_from_2()\n{\nend:",
                "/* last */\nactive [1] proctype threads_from_3()", "byte finished = 1;", "#define THREADS 4"),
           LIST("inline sub("));
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"constants beyond 32 bits are refused", test_constants_beyond_32_bits},
        {"a refused constant has a place", test_the_place_of_a_constant},
        {"what has no counterpart is refused", test_what_has_no_counterpart},
        {"an instruction is a step", test_steps},
        {"jumps", test_jumps},
        {"waiting", test_waiting},
        {"synchronisation", test_synchronisation},
        {"output", test_output},
        {"schedulers", test_schedulers},
        {"claims", test_claims},
        {"names", test_names},
        {"threads that differ", test_threads_that_differ},
        CU_TEST_INFO_NULL,
    };
    return unit_run("promela", tests);
}
