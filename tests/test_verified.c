/* The numbers of the increment race that are known from elsewhere: each must come out however the checker is run. */
#include "base/memory.h"
#include "base/text.h"
#include "tests/subject.h"
#include "tests/unit.h"

#include <string.h>

/* The ways to run it. */
struct way {
    bool no_slice;
    bool no_symmetry;
    unsigned jobs;
};

static const struct way ways[] = {{false, false, 1}, {false, false, 2}, {false, true, 1}, {false, true, 2},
                                  {true, false, 1},  {true, false, 2},  {true, true, 1},  {true, true, 2}};

enum { WAY_COUNT = sizeof ways / sizeof *ways };

static struct outcome *run(const struct program *program, const struct way *way, unsigned questions)
{
    struct analysis_options options = {.no_slice = way->no_slice,
                                       .no_symmetry = way->no_symmetry,
                                       .jobs = way->jobs,
                                       .questions = questions,
                                       .insist = questions};
    return subject_analyse(program, &options);
}

static void note_way(const char *model, unsigned threads, unsigned iters, const struct way *way)
{
    unit_note("%s %ux%u%s%s, %u jobs", model, threads, iters, way->no_slice ? ", unsliced" : "",
              way->no_symmetry ? ", without symmetry" : "", way->jobs);
}

static void check_told(const char *model, unsigned threads, unsigned iters, const struct program *program,
                       const struct way *way, const char *expected)
{
    struct outcome *outcome = run(program, way, QUESTION_ALL);
    char *told = subject_tell(outcome);
    if (strcmp(told, expected) != 0)
        note_way(model, threads, iters, way);
    CU_ASSERT_STRING_EQUAL(told, expected);
    CU_ASSERT_FALSE(outcome->fused || (outcome->sliced && way->no_slice));
    memory_free(told);
    outcome_free(outcome);
}

static void check_text(const char *name, const char *text, unsigned threads, unsigned iters, const char *expected)
{
    struct program *program = subject_program(text, threads, iters);
    for (size_t w = 0; w < WAY_COUNT; w++) {
        struct outcome *outcome = run(program, &ways[w], QUESTION_ALL);
        char *told = subject_tell(outcome);
        if (strcmp(told, expected) != 0) {
            note_way(name, threads, iters, &ways[w]);
            unit_note("got '%s'", told);
        }
        CU_ASSERT_STRING_EQUAL(told, expected);
        memory_free(told);
        outcome_free(outcome);
    }
    program_free(program);
}

/* ---- Schedules ------------------------------------------------------------------------------------------------- */

static const struct {
    const char *model;
    unsigned threads, iters;
    const char *rows;
} facts[] = {
    {"unlocked", 2, 1, "1:18 2:2"},
    {"unlocked", 2, 2, "2:702 3:216 4:6"},
    {"unlocked", 2, 3, "2:648 3:30780 4:15714 5:1458 6:20"},
    {"unlocked", 3, 1, "1:1404 2:270 3:6"},
    {"unlocked", 3, 2, "2:10819224 3:5692896 4:624726 5:16200 6:90"},
    {"atomic", 2, 3, "6:924"},
    {"atomic", 3, 2, "6:34650"},
};

static void test_schedules(void)
{
    for (size_t f = 0; f < sizeof facts / sizeof *facts; f++) {
        struct program *program = subject_model(facts[f].model, facts[f].threads, facts[f].iters);
        for (size_t w = 0; w < WAY_COUNT; w++)
            check_told(facts[f].model, facts[f].threads, facts[f].iters, program, &ways[w], facts[f].rows);
        program_free(program);
    }
}

static void test_lock(void)
{
    struct program *program = subject_model("lock", 2, 3);
    for (size_t w = 0; w < WAY_COUNT; w++)
        check_told("lock", 2, 3, program, &ways[w], "6:20");
    program_free(program);
}

static bool is_number(mpz_srcptr number, const char *expected)
{
    char *digits = mpz_get_str(NULL, 10, number);
    bool same = strcmp(digits, expected) == 0;
    if (!same)
        unit_note("%s instead of %s", digits, expected);
    memory_free(digits);
    return same;
}

static void test_classic_case(void)
{
    static const uint32_t preemptions[21] = {[2] = 4, 4, 4, 4, 4, 4, 4, 4, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0};
    struct program *program = subject_model("unlocked", 2, 10);
    for (size_t w = 0; w < WAY_COUNT; w++) {
        if (ways[w].no_slice && ways[w].no_symmetry)
            continue;
        struct outcome *outcome = run(program, &ways[w], QUESTION_ALL);
        CU_ASSERT(outcome->has_counts && outcome->has_random && outcome->has_preemptions && outcome->complete);
        CU_ASSERT(outcome->least == 2 && outcome->greatest == 20);
        CU_ASSERT_TRUE(is_number(outcome->schedules, "118264581564861424"));
        CU_ASSERT_EQUAL_FATAL(outcome->row_count, 19);
        CU_ASSERT_TRUE(is_number(outcome->rows[0].schedules, "13122"));
        CU_ASSERT_TRUE(is_number(outcome->rows[1].schedules, "7324992"));
        CU_ASSERT_TRUE(is_number(outcome->rows[17].schedules, "75582000"));
        CU_ASSERT_TRUE(is_number(outcome->rows[18].schedules, "184756"));
        CU_ASSERT_TRUE(outcome->multinomial_checked);
        unsigned wrong = 0;
        for (size_t r = 0; r < outcome->row_count; r++)
            wrong += outcome->rows[r].preemptions != preemptions[outcome->rows[r].value];
        CU_ASSERT_EQUAL(wrong, 0);
        if (wrong > 0)
            note_way("unlocked", 2, 10, &ways[w]);
        outcome_free(outcome);
    }
    program_free(program);
}

static void test_random_scheduler(void)
{
    struct program *program = subject_model("unlocked", 2, 1);
    for (size_t w = 0; w < WAY_COUNT; w++) {
        struct outcome *outcome = run(program, &ways[w], QUESTION_RANDOM);
        CU_ASSERT_TRUE_FATAL(outcome->has_random && outcome->row_count == 2);
        CU_ASSERT_EQUAL(mpq_cmp_ui(outcome->rows[0].random, 3, 4), 0);
        CU_ASSERT_EQUAL(mpq_cmp_ui(outcome->rows[1].random, 1, 4), 0);
        outcome_free(outcome);
    }
    program_free(program);
}

/* With two threads and three iterations or more, 162 (K - 1)^2 schedules end with 2. */
static void test_closed_forms(void)
{
    for (unsigned iters = 3; iters <= 12; iters++) {
        struct program *program = subject_model("unlocked", 2, iters);
        struct outcome *outcome = run(program, &ways[0], QUESTION_COUNTS);
        mpz_t all, correct, factor;
        mpz_inits(all, correct, factor, NULL);
        mpz_bin_uiui(all, 6 * iters, 3 * iters);
        mpz_bin_uiui(correct, 2 * iters, iters);
        CU_ASSERT_TRUE_FATAL(outcome->has_counts);
        CU_ASSERT_EQUAL(mpz_cmp(outcome->schedules, all), 0);
        CU_ASSERT_EQUAL(mpz_cmp_ui(outcome_row(outcome, 2)->schedules, 162 * (iters - 1) * (iters - 1)), 0);
        CU_ASSERT_EQUAL(mpz_cmp(outcome_row(outcome, 2 * iters)->schedules, correct), 0);
        mpz_clears(all, correct, factor, NULL);
        outcome_free(outcome);
        program_free(program);
    }
}

/* ---- States ---------------------------------------------------------------------------------------------------- */

static void check_states(unsigned threads, unsigned iters, bool no_slice, unsigned long expected)
{
    struct program *program = subject_model("unlocked", threads, iters);
    for (int symmetry = 0; symmetry < 2; symmetry++) {
        struct way way = {no_slice, symmetry == 0, 1 + (unsigned)symmetry};
        struct outcome *outcome = run(program, &way, QUESTION_VALUES);
        CU_ASSERT_EQUAL(mpz_cmp_ui(outcome->states, expected), 0);
        CU_ASSERT(symmetry == 0 ? outcome->stored == expected : outcome->stored < expected);
        outcome_free(outcome);
    }
    program_free(program);
}

static void test_states(void)
{
    check_states(2, 1, true, 21);
    check_states(2, 2, true, 116);
    check_states(2, 3, true, 439);
    check_states(2, 10, true, 62844);
    check_states(2, 10, false, 961);
    check_states(3, 10, false, 29791);
}

/* Larger ones, of which symmetry stores few enough for a quick test. */
static void test_many_states(void)
{
    struct program *program = subject_model("unlocked", 3, 5);
    struct outcome *outcome = run(program, &ways[4], QUESTION_VALUES);
    CU_ASSERT_EQUAL(mpz_cmp_ui(outcome->states, 825791), 0);
    CU_ASSERT(outcome->stored < 825791 / 5);
    CU_ASSERT(outcome->least == 2 && outcome->greatest == 15);
    outcome_free(outcome);
    program_free(program);
}

/* ---- Other programs -------------------------------------------------------------------------------------------- */

static void test_other_programs(void)
{
    check_text("add and double",
               ".var x, 1\n.thread A\n mov x, %ax\n add $1, %ax\n mov %ax, x\n"
               ".thread B\n mov x, %ax\n mul $2, %ax\n mov %ax, x\n",
               1, 1, "2:18 3:1 4:1");
    check_text("two mutexes in opposite order",
               ".var x\n.mutex m\n.mutex n\n.thread A\n lock m\n lock n\n unlock n\n unlock m\n"
               ".thread B\n lock n\n lock m\n unlock m\n unlock n\n",
               1, 1, "0:4 deadlock:2");
}

static void check_semaphore(unsigned permits, const char *values)
{
    static const char *const changes[] = {"add $1", "add $1", "sub $2", "sub $2"};
    struct text text = TEXT_INIT;
    text_print(&text, ".var x\n.semaphore s, %u\n", permits);
    for (int t = 0; t < 4; t++)
        text_print(&text, ".thread T%d\n wait s\n mov x, %%ax\n %s, %%ax\n mov %%ax, x\n post s\n", t, changes[t]);
    struct program *program = subject_program(text_string(&text), 4, 1);
    for (int slice = 0; slice < 2; slice++) {
        struct way way = {slice == 0, false, 2};
        struct outcome *outcome = run(program, &way, QUESTION_VALUES);
        char *told = subject_tell(outcome);
        CU_ASSERT_STRING_EQUAL(told, values);
        CU_ASSERT_FALSE(outcome->can_deadlock);
        memory_free(told);
        outcome_free(outcome);
    }
    program_free(program);
    text_free(&text);
}

static void test_semaphores(void)
{
    check_semaphore(1, "-2");
    check_semaphore(2, "-4 -3 -2 -1 0 1 2");
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"schedules of each value", test_schedules},
        {"the lock", test_lock},
        {"two threads, ten iterations", test_classic_case},
        {"the random scheduler", test_random_scheduler},
        {"closed forms", test_closed_forms},
        {"states", test_states},
        {"many states", test_many_states},
        {"other programs", test_other_programs},
        {"semaphores", test_semaphores},
        CU_TEST_INFO_NULL,
    };
    memory_adopt_gmp();
    return unit_run("verified", tests);
}
