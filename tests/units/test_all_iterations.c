#include "analysis/all_iterations.h"
#include "base/memory.h"
#include "frontends/assembler.h"
#include "tests/support/unit.h"
#include "trace/turns_replay.h"

#include <string.h>

static struct program *read_program(const char *text, int64_t threads, int64_t iters)
{
    struct error error = ERROR_INIT;
    struct program *program = assembler_read(&(struct assembler_input){.name = "loop",
                                                                       .source = "loop",
                                                                       .text = text,
                                                                       .length = strlen(text),
                                                                       .threads = threads,
                                                                       .iters = iters,
                                                                       .rolled_from = 1},
                                             &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(program);
    return program;
}

static const char race[] = ".var x\n.main\n.rept ITERS\nmov x, %ax\nadd $1, %ax\nmov %ax, x\n.endr\n";
static const char locked[] =
    ".var x\n.mutex m\n.main\n.rept ITERS\nlock m\nmov x, %ax\nadd $1, %ax\nmov %ax, x\nunlock m\n.endr\n";

/* What is printed of a program. */
static void check_printed(const char *text, int64_t threads, const char *expected)
{
    struct program *program = read_program(text, threads, 100);
    struct all_iterations *found = all_iterations_new(program, 0);
    struct text printed = TEXT_INIT;
    if (found->reason == NULL)
        all_iterations_print(&printed, found);
    CU_ASSERT_STRING_EQUAL(found->reason != NULL ? found->reason : text_string(&printed), expected);
    text_free(&printed);
    all_iterations_free(found);
    program_free(program);
}

static void test_known(void)
{
    check_printed(race, 2,
                  "minimum 2 for every ITERS >= 2; maximum 2 ITERS for every ITERS >= 1; all values between them "
                  "for every ITERS >= 2");
    check_printed(race, 3,
                  "minimum 2 for every ITERS >= 2; maximum 3 ITERS for every ITERS >= 1; all values between them "
                  "for every ITERS >= 2");
    check_printed(locked, 2,
                  "minimum 2 ITERS for every ITERS >= 1; maximum 2 ITERS for every ITERS >= 1; all values "
                  "between them for every ITERS >= 1");
    check_printed(
        ".var x, 5\n.main\n.rept ITERS\nadd $-3, x\n.endr\n", 2,
        "minimum 5 - 6 ITERS for every ITERS >= 1; maximum 5 - 6 ITERS for every ITERS >= 1; all values between "
        "them for every ITERS >= 1");
    check_printed(
        ".var x\n.main\n.rept 100\nadd $1, x\n.endr\nadd $1, x\n", 1,
        "minimum 1 + K for every K >= 1; maximum 1 + K for every K >= 1; all values between them for every K >= 1");
}

static void test_refused(void)
{
    check_printed(".var x\n.main\n.rept ITERS\nmov x, %ax\nadd x, %ax\nmov %ax, x\n.endr\n", 2,
                  "line 5 computes more than one value plus a constant");
    check_printed(".var x\n.main\nadd $1, x\n", 2, "no thread has one '.rept' that is its loop");
    check_printed(race, 4, "the program has more than three threads");
    check_printed(".var x\n.mutex a\n.mutex b\n.thread p\n.rept ITERS\nlock a\nlock b\nunlock b\nunlock a\n.endr\n"
                  ".thread q\n.rept ITERS\nlock b\nlock a\nadd $1, x\nunlock a\nunlock b\n.endr\n",
                  2, "schedules can deadlock");
    check_printed(".var x\n.main\n.rept ITERS\nadd $4294967296, x\n.endr\n", 2,
                  "the program has numbers of 2^32 or more");
}

/* The schedules that are told end with the extremes, for many numbers of repetitions. */
static void test_witnesses(void)
{
    static const uint64_t counts[] = {3, 4, 12, 13, 1000, 1000000007};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (int upper = 0; upper < 2; upper++) {
            struct program *program = read_program(race, 2, (int64_t)counts[c]);
            struct all_iterations *found = all_iterations_new(program, 0);
            struct turns turns = all_iterations_witness(found, upper != 0, counts[c]);
            struct turns_end end;
            struct error error = ERROR_INIT;
            int64_t value;
            CU_ASSERT(all_iterations_extreme(found, upper != 0, counts[c], &value));
            CU_ASSERT_EQUAL(value, upper != 0 ? 2 * (int64_t)counts[c] : 2);
            CU_ASSERT(turns_replay(program, &turns, &end, &error));
            CU_ASSERT(end.is_finished && end.words[0] == value);
            CU_ASSERT_EQUAL(end.steps, 6 * counts[c]);
            turns_end_free(&end);
            turns_free(&turns);
            all_iterations_free(found);
            program_free(program);
        }
}

static void test_overflow(void)
{
    struct program *program = read_program(".var x\n.main\n.rept ITERS\nadd $100, x\n.endr\n", 2, 10);
    struct all_iterations *found = all_iterations_new(program, 0);
    int64_t value;
    CU_ASSERT_EQUAL(found->most, (INT64_MAX - 1048576) / 100 / 2);
    CU_ASSERT(all_iterations_extreme(found, true, found->most, &value));
    CU_ASSERT(!all_iterations_extreme(found, true, found->most + 1, &value));
    all_iterations_free(found);
    program_free(program);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"known formulas are found and proved", test_known},
        {"what does not fit is refused", test_refused},
        {"witnesses end with the extremes", test_witnesses},
        {"nothing is said beyond 64 bits", test_overflow},
        CU_TEST_INFO_NULL,
    };
    return unit_run("all_iterations", tests);
}
