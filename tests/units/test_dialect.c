/* The dialect of the x86 simulator: computed addresses, stacks, first registers, and the outcomes that it has itself. */
#include "base/memory.h"
#include "base/text.h"
#include "frontends/assembler.h"
#include "frontends/presets.h"
#include "machine/machine.h"
#include "schedulers/scheduler.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"
#include "trace/replay.h"

#include <string.h>

static struct program *read_program(const char *text, unsigned threads, const char *registers)
{
    struct error error = ERROR_INIT;
    struct presets presets;
    CU_ASSERT_TRUE_FATAL(presets_read(&presets, registers, &error));
    struct assembler_input input = {.name = "test",
                                    .source = "test.s",
                                    .text = text,
                                    .length = strlen(text),
                                    .threads = threads,
                                    .presets = presets.count > 0 ? &presets : NULL};
    struct program *program = assembler_read(&input, &error);
    if (program == NULL)
        unit_note("%u:%u: %s", error.line, error.column, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(program);
    presets_free(&presets);
    return program;
}

/* Expects what a text leads to, with a slice and without, with symmetry and without. */
static void expect(const char *text, unsigned threads, const char *registers, const char *expected)
{
    struct program *program = read_program(text, threads, registers);
    for (unsigned way = 0; way < 4; way++) {
        struct analysis_options options = {.no_slice = way % 2 == 1, .no_symmetry = way >= 2};
        subject_expect(program, &options, expected);
    }
    program_free(program);
}

/* One thread that ends with a value of the first variable, x, or with an error of the program; t has three words. */
static void expect_one(const char *code, const char *expected)
{
    struct text text = TEXT_INIT;
    text_print(&text, ".var x, 7\n.var t 3, 5\n.main\n%s\n", code);
    expect(text_string(&text), 1, "", expected);
    text_free(&text);
}

/* ---- Memory -------------------------------------------------------------------------------------------------- */

static void test_addresses(void)
{
    expect_one("mov $100, %bx\nmov $3, (%bx)", "3:1");
    expect_one("mov $2, %cx\nmov $9, t[1]\nmov t(,%cx,4), %ax\nadd t[1], %ax\nmov %ax, x", "14:1");
    expect_one("mov $104, %bx\nmov $1, %cx\nmov $8, 0(%bx,%cx,4)\nmov t[1], %ax\nmov %ax, x", "8:1");
    expect_one("mov $108, %bx\nadd $1, -8(%bx)", "8:1");
    expect_one("mov $3, %cx\nmov $9, t[1]\nmov 120(,%cx,-4), %ax\nmov %ax, x", "9:1");
    expect_one("mov $3, %cx\nmov $100, %bx\nmov $8, - 0 ( %bx , %cx , - 0 )", "8:1");
    expect_one("mov $8, 100(,,2)\nmov $2, t(,)\nmov $100, %bx\nadd 4( %bx,,2), %dx\nadd %dx, x", "10:1");
    expect_one("mov $4, %bx\nsub $1, 96(%bx)", "6:1");
    expect_one("mov $100, %bx\nmul $2, (%bx)\nneg (%bx)", "-14:1");
    expect_one("mov $100, %bx\nmov $2, %ax\nxchg %ax, (%bx)\nadd %ax, x", "9:1");
    expect_one("mov $100, %bx\nmov $2, %ax\nfetchadd %ax, (%bx)\nadd %ax, x", "16:1");
    expect_one("mov $100, %bx\nmov $7, %ax\nmov $1, %cx\ncas %cx, (%bx)", "1:1");
    expect_one("mov $100, %bx\ntest $7, (%bx)\nje .same\nmov $0, x\n.same", "7:1");
}

static void test_free_words(void)
{
    expect_one("mov $2000, %bx\nmov (%bx), %ax\nmov %ax, x", "0:1");
    expect_one("mov $2000, %bx\nmov $4, (%bx)\nmov $9, 8(%bx)\nmov (%bx), %ax\nadd 8(%bx), %ax\nmov %ax, x", "13:1");
    expect_one("mov $2000, %bx\nmov $4, 8(%bx)\nmov $9, (%bx)\nmov $0, (%bx)\nmov 8(%bx), %ax\nmov %ax, x", "4:1");
    expect_one("mov $0, %bx\nmov $4, (%bx)\nmov $5, 1(%bx)\nmov (%bx), %ax\nadd 1(%bx), %ax\nmov %ax, x", "9:1");
    /* a word that some instruction names is the same word */
    expect_one("mov $2000, %bx\nmov $4, (%bx)\nmov 2000, %ax\nmov %ax, x", "4:1");
    /* the order in which words are filled leaves no trace */
    struct program *program = read_program(".var x\n.thread a\nmov $2000, %bx\nmov $1, (%bx)\n"
                                           ".thread b\nmov $3000, %bx\nmov $1, (%bx)\n",
                                           1, "");
    struct outcome *outcome = subject_analyse(program, &(struct analysis_options){0});
    CU_ASSERT_EQUAL(mpz_get_ui(outcome->states), 9);
    outcome_free(outcome);
    program_free(program);
}

static void test_wrong_addresses(void)
{
    expect_one("mov (%bx), %ax\nmov -1(%bx), %ax", "failure:1");
    expect_one("mov $1051648, %bx\nmov %ax, (%bx)", "failure:1");
    expect_one("mov $1051647, %bx\nmov $5, (%bx)\nmov (%bx), %ax\nmov %ax, x", "5:1"); /* the last word */
    expect_one("mov $9223372036854775807, %bx\nmov %ax, 1(%bx)", "failure:1");
    expect_one("mov $9223372036854775807, %bx\nmov %ax, (,%bx,4)", "failure:1");
    expect_one("mov $101, %bx\nmov %ax, (%bx)", "failure:1");
    expect_one("mov $116, %bx\nmov $1, 1(%bx)", "7:1"); /* behind the last variable every address is a word */
    expect_one("mov $1048575, %bx\nmov (%bx), %ax", "failure:1");
    expect_one("mov $64, %cx\nmov $2000, %bx\n.top\nmov %cx, (%bx,%cx)\nsub $1, %cx\ntest $0, %cx\njgt .top", "7:1");
    expect_one("mov $65, %cx\nmov $2000, %bx\n.top\nmov %cx, (%bx,%cx)\nsub $1, %cx\ntest $0, %cx\njgt .top",
               "failure:1");
}

/* Every message, with the place of the instruction; in a program of several files it is that of its file. */
static void test_messages(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"mov -1(%bx), %ax", "test.s:1:1: T0: mov -1(%bx), %ax: the address lies outside memory"},
        {".var x\nmov x(%bx), %ax\nmov 101(%bx), %ax",
         "test.s:3:1: T0: mov 101(%bx), %ax: the address lies inside a word"},
        {"mov $65, %bx\n.top\nmov $1, (%bx)\nsub $1, %bx\ntest $0, %bx\njne .top",
         "test.s:3:1: T0: mov $1, (%bx): more than 64 words without a name are in use"},
        {".f\ncall .f", "test.s:2:1: T0: call .f: a push onto a full stack"},
        {"nop\n  pop %ax", "test.s:2:3: T0: pop %ax: a pop from an empty stack"},
        {"pop", "test.s:1:1: T0: pop: a pop from an empty stack"},
        {"ret", "test.s:1:1: T0: ret: a return without a call"},
        {".file a.s\nnop\n.file b.s\n\nret", "b.s:2:1: b: ret: a return without a call"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program *program = read_program(rows[i].text, 1, "");
        struct analysis_options options = {.observation =
                                               observation_of((uint32_t)program_observe_word(program, "100"))};
        struct outcome *outcome = subject_analyse(program, &options);
        CU_ASSERT_STRING_EQUAL(outcome->failure_text, rows[i].message);
        outcome_free(outcome);
        program_free(program);
    }
}

static void test_lea(void)
{
    expect_one("lea t[2], %ax\nmov %ax, x", "112:1");
    expect_one("mov $3, %bx\nmov $5, %cx\nlea 10(%bx,%cx,4), %ax\nmov %ax, x", "33:1");
    expect_one("mov x, %ax\nlea 5(%ax), %ax\nmov %ax, x", "12:1");
    expect_one("mov x, %ax\nmov $2, %cx\nlea -5(%ax,%cx,2), %ax\nmov %ax, x", "6:1");
    expect_one("mov x, %ax\nlea (%ax,%ax), %ax\nmov %ax, x", "14:1");
    expect_one("mov $9223372036854775807, %bx\nlea 1(%bx), %ax", "failure:1");
    /* with the addition as lea the race is the race */
    expect(".var x\nmov x, %ax\nlea 1(%ax), %ax\nmov %ax, x\n", 2, "", "1:18 2:2");
    expect(".var x\nmov (,%bx,4), %ax\nadd $1, %ax\nmov %ax, 100\n", 2, "bx=25", "1:18 2:2");
}

/* ---- Stacks -------------------------------------------------------------------------------------------------- */

static void test_stack(void)
{
    expect_one("push $3\npush x\npop %ax\npop %bx\nadd %bx, %ax\nmov %ax, x", "103:1");
    expect_one("mov $4, %bx\npush 8(%bx,%bx)\npop %ax\nmov %ax, x", "16:1");
    expect_one("mov $3, %bx\npush %bx\nmov (%sp), %ax\nmov %ax, x", "3:1");
    expect_one("push $3\npush $4\nmov 4(%sp), %ax\nadd $8, %sp\nmov %ax, x", "3:1");
    expect_one("push $3\nmov $9, (%sp)\npop %ax\nmov %ax, x", "9:1");
    expect_one("push %sp\npop %ax\nsub %sp, %ax\nmov %ax, x", "0:1");
    expect_one("push $5\npop %sp\nmov %sp, x", "5:1");
    expect_one("push $5\npop %ax\nsub $4, %sp\npop %bx\nmov %bx, x", "5:1"); /* what was popped is still there */
    expect_one("push $3\npush $4\npop\npop %ax\nmov %ax, x", "3:1");
    expect_one("push $3\npush $4\npop\nmov -4(%sp), %ax\nmov %ax, x", "4:1");
    expect_one("mov 8(%sp), %ax\nmov %ax, x", "0:1"); /* behind the stack memory goes on */
    expect_one("pop %ax", "failure:1");
    expect_one("pop", "failure:1");
    expect_one("push $1\nadd $2, %sp\npop %ax", "failure:1");
    expect_one("mov $2000, %sp\npush $1", "failure:1");
    expect_one("mov $-9223372036854775807, %sp\npush $1", "failure:1");
    expect_one(".rept 64\npush $1\n.endr\nmov $1, x", "1:1");
    expect_one(".rept 65\npush $1\n.endr", "failure:1");
}

static void test_calls(void)
{
    expect_one("call .f\ncall .f\nhalt\n.f\nadd $1, x\nret", "9:1");
    expect_one("mov $4, %bx\ncall .f\nhalt\n.f\ntest $0, %bx\nje .end\nadd %bx, x\nsub $1, %bx\ncall .f\n.end\nret",
               "17:1");
    expect_one("push $6\ncall .f\nadd $4, %sp\nhalt\n.f\nmov 4(%sp), %ax\nmov %ax, x\nret", "6:1");
    expect_one("ret", "failure:1");
    expect_one("push $5\nret", "failure:1");
    expect_one("push $1000\nret", "failure:1");
    expect_one("call .f\n.f\nret\nnop", "failure:1"); /* returns behind the call, to the return itself */
    expect_one(".f\ncall .f", "failure:1");
    /* what is live behind the call is live in what is called */
    expect_one("mov $9, %cx\ncall .f\nmov %cx, x\nhalt\n.f\nmov $1, %ax\nret", "9:1");
    expect(".var x\ncall .f\nhalt\n.f\nmov x, %ax\nadd $1, %ax\nmov %ax, x\nret\n", 2, "", "1:700 2:224");
}

static void test_stacks_are_private(void)
{
    expect(".var x\npush $SELF\nnop\npop %ax\nadd %ax, x\n", 2, "", "1:70");
    /* threads with stacks stay interchangeable, and a thread that has finished leaves nothing behind */
    struct program *program = read_program(".var x\npush $1\nadd $1, x\n", 3, "");
    struct outcome *outcome = subject_analyse(program, &(struct analysis_options){0});
    CU_ASSERT_EQUAL(mpz_get_ui(outcome->states), 27);
    CU_ASSERT_EQUAL(outcome->stored, 10);
    outcome_free(outcome);
    program_free(program);
}

static void test_ways_through_calls(void)
{
    struct program *program =
        read_program(".var x\n.main\ncall .f\n.critical\nadd $1, x\n.endcritical\nhalt\n.f\nret\n", 2, "");
    struct machine *machine = machine_new(program, NULL, false);
    bool *ways = machine_find_ways_inside(machine, 0);
    CU_ASSERT(ways[0] && ways[1] && !ways[2] && ways[3] && !ways[4]);
    memory_free(ways);
    machine_free(machine);
    program_free(program);
}

/* ---- Replay -------------------------------------------------------------------------------------------------- */

static void test_accesses(void)
{
    struct error error = ERROR_INIT;
    struct program *program =
        read_program(".var x\nmov $2000, %bx\nmov $5, (%bx)\nadd (%bx), %ax\nmov $100, %bx\nmov %ax, (%bx)\n"
                     "push $1\nmov (%sp), %cx\n",
                     1, "");
    static const uint32_t threads[7] = {0};
    struct trace *trace = subject_replay(program, NULL, 0, threads, 7, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    CU_ASSERT(trace->word_count == 2 && strcmp(trace->words[1], "2000") == 0);
    CU_ASSERT(trace->steps[1].access_count == 1 && trace->steps[1].accesses[0].is_write &&
              trace->steps[1].accesses[0].word == 1 && trace->steps[1].accesses[0].value == 5);
    CU_ASSERT(trace->steps[2].access_count == 1 && !trace->steps[2].accesses[0].is_write &&
              trace->steps[2].accesses[0].word == 1 && trace->steps[2].accesses[0].value == 5);
    CU_ASSERT(trace->steps[4].access_count == 1 && trace->steps[4].accesses[0].is_write &&
              trace->steps[4].accesses[0].word == 0 && trace->steps[4].accesses[0].value == 5);
    CU_ASSERT(trace->steps[5].access_count == 0 && trace->steps[6].access_count == 0);
    CU_ASSERT(trace->end == TRACE_FINISHED && trace->value == 5);
    trace_free(trace);
    program_free(program);
}

/* ---- The simulator's own outcomes ---------------------------------------------------------------------------- */

static const char looping_counter[] = ".main\n.top\nmov 2000, %ax\nadd $1, %ax\nmov %ax, 2000\n"
                                      "sub $1, %bx\ntest $0, %bx\njgt .top\nhalt\n";

static const char flag_lock[] =
    ".var flag\n.var count\n.main\n.top\n.acquire\nmov flag, %ax\ntest $0, %ax\njne .acquire\n"
    "mov $1, flag\nmov count, %ax\nadd $1, %ax\nmov %ax, count\nmov $0, flag\n"
    "sub $1, %bx\ntest $0, %bx\njgt .top\nhalt\n";

/* The one value that a program ends with where every thread in turn has so many ticks. */
static int64_t outcome_in_turn(const struct program *program, int64_t word, int64_t interval)
{
    struct error error = ERROR_INIT;
    struct property *parameters = NULL;
    size_t count = 0;
    property_add_number(&parameters, &count, "quantum", interval);
    property_add_text(&parameters, &count, "pick", "round-robin");
    struct scheduler *scheduler = scheduler_new("tick", parameters, count, program->thread_count, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scheduler);
    struct analysis_options options = {.scheduler = scheduler,
                                       .observation = observation_of((uint32_t)word),
                                       .questions = QUESTION_EXTREMES | QUESTION_VALUES};
    struct outcome *outcome = subject_analyse(program, &options);
    CU_ASSERT_EQUAL(outcome->row_count, 1);
    int64_t value = outcome->row_count == 1 ? outcome->rows[0].value : -1;
    outcome_free(outcome);
    scheduler_free(scheduler);
    property_free_list(parameters, count);
    return value;
}

static void expect_in_turn(const char *text, const char *registers, const char *observe, const int64_t *values,
                           int64_t intervals)
{
    struct program *program = read_program(text, 2, registers);
    int64_t word = program_observe_word(program, observe);
    for (int64_t interval = 1; interval <= intervals; interval++)
        CU_ASSERT_EQUAL(outcome_in_turn(program, word, interval), values[interval - 1]);
    program_free(program);
}

static void test_looping_counter(void)
{
    static const int64_t values[] = {3, 3, 6, 5, 6, 6, 4, 4, 6, 6, 6, 6};
    expect_in_turn(looping_counter, "bx=3", "2000", values, 12);
}

static void test_flag_lock(void)
{
    static const int64_t values[] = {10, 10, 13, 17, 18, 18, 16, 16, 18, 19, 20, 17, 17, 18, 20, 20, 16, 16};
    expect_in_turn(flag_lock, "bx=10,bx=10", "count", values, 18);
}

static void test_over_all_schedules(void)
{
    struct program *program = read_program(looping_counter, 2, "bx=3");
    struct analysis_options options = {.questions = QUESTION_VALUES};
    subject_expect(program, &options, "2 3 4 5 6");
    program_free(program);
}

static void test_different_registers(void)
{
    struct program *program = read_program(looping_counter, 2, "bx=1,bx=2");
    struct machine *machine = machine_new(program, NULL, false);
    CU_ASSERT_NOT_EQUAL(machine_class(machine, 0), machine_class(machine, 1));
    machine_free(machine);
    program_free(program);
    expect(".var x\nadd %bx, x\n", 2, "bx=3,bx=4", "7:2");
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"computed addresses", test_addresses},
        {"words without a name", test_free_words},
        {"addresses that are wrong", test_wrong_addresses},
        {"messages", test_messages},
        {"lea", test_lea},
        {"push and pop", test_stack},
        {"call and ret", test_calls},
        {"each thread has a stack of its own", test_stacks_are_private},
        {"ways inside go through calls", test_ways_through_calls},
        {"what a replay shows", test_accesses},
        {"a looping counter in turns", test_looping_counter},
        {"a flag lock in turns", test_flag_lock},
        {"the looping counter over all schedules", test_over_all_schedules},
        {"first registers tell threads apart", test_different_registers},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dialect", tests);
}
