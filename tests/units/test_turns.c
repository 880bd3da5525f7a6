#include "base/memory.h"
#include "frontends/assembler.h"
#include "program/turns.h"
#include "tests/support/unit.h"
#include "trace/turns_replay.h"

#include <string.h>

static const struct thread_names nobody = {0};

/* Reads a text; returns how it is printed, as new, or NULL where it is refused. */
static char *read_back(const char *text, uint64_t *steps)
{
    struct turns turns = {0};
    struct error error = ERROR_INIT;
    struct text printed = TEXT_INIT;
    bool is_read = turns_read(&turns, text, strlen(text), &nobody, &error);
    turns_print(&printed, &turns, &nobody);
    *steps = turns_steps(&turns);
    turns_free(&turns);
    char *result = text_take(&printed);
    if (is_read)
        return result;
    memory_free(result);
    return NULL;
}

static void test_notation(void)
{
    uint64_t steps;
    char *text = read_back("T0*3 (T0*3,T1*3)*999999998\nT1 T1*2", &steps);
    CU_ASSERT_STRING_EQUAL(text, "T0*3 (T0*3 T1*3)*999999998 T1*3");
    CU_ASSERT_EQUAL(steps, UINT64_C(5999999994));
    memory_free(text);
    static const char *const wrong[] = {
        "(T0", "T0)", "((T0)*2)*2", "T0*", "T0*x", "nobody", "(T0)*99999999999999999999"};
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++)
        CU_ASSERT_PTR_NULL(read_back(wrong[w], &steps));
}

static void test_repeat(void)
{
    struct turns turns = {0};
    turns_add(&turns, 0, 1);
    turns_open(&turns);
    turns_add(&turns, 1, 2);
    turns_close(&turns, 1);
    turns_add(&turns, 0, 4);
    struct turns none = turns_repeat(&turns, 0), many = turns_repeat(&turns, 5);
    CU_ASSERT_EQUAL(none.count, 1);
    CU_ASSERT_EQUAL(turns_steps(&none), 5);
    CU_ASSERT_EQUAL(turns_steps(&many), 15);
    turns_free(&none);
    turns_free(&many);
    turns_free(&turns);
}

static const char race[] = ".var x\n.main\n.rept ITERS\nmov x, %ax\nadd $1, %ax\nmov %ax, x\n.endr\n";

/* Executes turns in the race; returns the value at the end, or -1 where that is not possible, or nobody comes to the end. */
static int64_t execute(const char *text, int64_t iters, uint64_t rolled_from)
{
    struct error error = ERROR_INIT;
    struct turns turns = {0};
    struct turns_end end;
    struct program *program = assembler_read(&(struct assembler_input){.name = "race",
                                                                       .source = "race",
                                                                       .text = race,
                                                                       .length = strlen(race),
                                                                       .threads = 2,
                                                                       .iters = iters,
                                                                       .rolled_from = rolled_from},
                                             &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(program);
    CU_ASSERT_EQUAL(program_is_rolled(program), rolled_from > 0);
    CU_ASSERT_EQUAL(program->codes[0].loop.times, (uint64_t)iters);
    CU_ASSERT(program->codes[0].loop.is_iters);
    CU_ASSERT(turns_read(&turns, text, strlen(text), &nobody, &error));
    bool is_good = turns_replay(program, &turns, &end, &error);
    int64_t value = is_good && end.is_finished ? end.words[0] : -1;
    turns_end_free(&end);
    turns_free(&turns);
    program_free(program);
    return value;
}

static void test_replay(void)
{
    for (uint64_t rolled = 0; rolled < 2; rolled++) {
        CU_ASSERT_EQUAL(execute("(T0*3 T1*3)*10", 10, rolled), 20);
        CU_ASSERT_EQUAL(execute("T0 (T1*3)*9 T0*2 T1 (T0*3)*9 T1*2", 10, rolled), 2);
        CU_ASSERT_EQUAL(execute("T0*30 T1*30", 10, rolled), 20);
        CU_ASSERT_EQUAL(execute("(T0*3 T1*3)*9", 10, rolled), -1); /* not finished */
        CU_ASSERT_EQUAL(execute("(T0*3 T1*3)*11", 10, rolled), -1);
        CU_ASSERT_EQUAL(execute("(T0)*3 (T1*3)*10", 10, rolled), -1); /* T0 is elsewhere */
    }
    CU_ASSERT_EQUAL(execute("T0*3000000000 T1*3000000000", 1000000000, 1), 2000000000);
    CU_ASSERT_EQUAL(execute("T0 (T1*3)*999999999 T0*2 T1 (T0*3)*999999999 T1*2", 1000000000, 1), 2);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"turns are printed as they are read", test_notation},
        {"groups are repeated", test_repeat},
        {"turns are executed, however many there are", test_replay},
        CU_TEST_INFO_NULL,
    };
    return unit_run("turns", tests);
}
