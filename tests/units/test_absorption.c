/* The random scheduler where the state space has cycles: probabilities that were worked out by hand. */
#include "base/memory.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <math.h>

/* T0 turns the sign of y until T1 has told it to stop. When T0 has made n steps before T1's only one, which has the
 * probability 2^-(n+1), it turns k + 1 times for n = 3k and 3k + 1, and k + 2 times for n = 3k + 2. So y ends as -1 with
 * the probability 3/4 + 7/4 (1/64 + 1/64^2 + ...) = 7/9. */
#define TURNS                                                \
    ".var y, 1\n.var stop\n"                                 \
    ".thread turns\n.top: neg y\n test $0, stop\n je .top\n" \
    ".thread stops\n mov $1, stop\n"

static struct outcome *analyse(const char *text, bool no_slice)
{
    struct program *program = subject_program(text, 1, 1);
    struct outcome *outcome = subject_analyse(program, &(struct analysis_options){.no_slice = no_slice, .jobs = 1});
    program_free(program);
    return outcome;
}

static bool is_fraction(const mpq_t fraction, unsigned long numerator, unsigned long denominator)
{
    return mpq_cmp_ui(fraction, numerator, denominator) == 0;
}

static void test_turns(void)
{
    for (int no_slice = 0; no_slice < 2; no_slice++) {
        struct outcome *outcome = analyse(TURNS, no_slice);
        CU_ASSERT_FATAL(outcome->complete && outcome->endless && outcome->has_random && outcome->row_count == 2);
        CU_ASSERT(outcome->rows[0].value == -1 && is_fraction(outcome->rows[0].random, 7, 9));
        CU_ASSERT(outcome->rows[1].value == 1 && is_fraction(outcome->rows[1].random, 2, 9));
        CU_ASSERT(is_fraction(outcome->random_endless, 0, 1));
        CU_ASSERT(outcome->random_error == 0);
        outcome_free(outcome);
    }
}

/* A third thread that waits in a loop of many steps changes nothing between the other two, but makes the components too
 * large for fractions. */
static void test_many_states(void)
{
    struct outcome *outcome =
        analyse(TURNS ".thread waits\n.wait:\n.rept 60\n nop\n.endr\n test $0, stop\n je .wait\n", false);
    CU_ASSERT_FATAL(outcome->complete && outcome->has_random && outcome->row_count == 2);
    CU_ASSERT(outcome->random_error > 0 && outcome->random_error < 1e-9);
    CU_ASSERT(fabs(mpq_get_d(outcome->rows[0].random) - 7.0 / 9) <= outcome->random_error);
    CU_ASSERT(fabs(mpq_get_d(outcome->rows[1].random) - 2.0 / 9) <= outcome->random_error);
    outcome_free(outcome);
}

/* Half of the schedules come to the loop that nobody leaves: T0 goes there if it looks before T1 has written. */
static void test_never_ending(void)
{
    struct outcome *outcome = analyse(".var x\n.thread looks\n mov x, %ax\n test $0, %ax\n.loop: je .loop\n"
                                      ".thread writes\n mov $1, x\n",
                                      false);
    CU_ASSERT_FATAL(outcome->complete && outcome->endless && outcome->has_random && outcome->row_count == 1);
    CU_ASSERT(outcome->rows[0].value == 1 && is_fraction(outcome->rows[0].random, 1, 2));
    CU_ASSERT(is_fraction(outcome->random_endless, 1, 2));
    outcome_free(outcome);
}

/* The chance of a deadlock, of an error, and of a value, behind a loop: T1 frees the waiting T0, and then one of both takes
 * the mutex first. */
static void test_other_ends(void)
{
    struct outcome *outcome = analyse(".var go\n.mutex m\n"
                                      ".thread waits\n.top: test $0, go\n je .top\n lock m\n"
                                      ".thread frees\n mov $1, go\n lock m\n unlock m\n",
                                      false);
    CU_ASSERT_FATAL(outcome->complete && outcome->endless && outcome->has_random && outcome->row_count == 1);
    mpq_t sum;
    mpq_init(sum);
    mpq_add(sum, outcome->random_deadlocked, outcome->rows[0].random);
    CU_ASSERT(is_fraction(sum, 1, 1));
    CU_ASSERT(mpq_sgn(outcome->random_deadlocked) > 0 && mpq_sgn(outcome->rows[0].random) > 0);
    mpq_clear(sum);
    outcome_free(outcome);
    outcome = analyse(".var go\n.mutex m\n"
                      ".thread waits\n.top: test $0, go\n je .top\n unlock m\n"
                      ".thread frees\n mov $1, go\n",
                      false);
    CU_ASSERT_FATAL(outcome->complete && outcome->has_random);
    CU_ASSERT(is_fraction(outcome->random_failed, 1, 1));
    outcome_free(outcome);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"a loop that is left at random", test_turns},
        {"too many states for fractions", test_many_states},
        {"a loop that is never left", test_never_ending},
        {"deadlocks and errors behind a loop", test_other_ends},
        CU_TEST_INFO_NULL,
    };
    return unit_run("absorption", tests);
}
