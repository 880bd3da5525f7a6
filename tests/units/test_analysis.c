/* The pipeline as a whole: which questions are answered, what is left out, limits, and programs at the edges. */
#include "base/memory.h"
#include "base/scope.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

static const char race[] = ".var x\n.main\n.rept ITERS\n mov x, %ax\n add $1, %ax\n mov %ax, x\n.endr\n";

/* Tells sliced and unsliced runs of a text, with symmetry and without; all must be told as expected. */
static void expect(const char *text, unsigned threads, unsigned iters, const char *expected)
{
    struct program *program = subject_program(text, threads, iters);
    for (unsigned way = 0; way < 8; way++)
        subject_expect(
            program,
            &(struct analysis_options){
                .no_slice = way & 1, .no_symmetry = (way & 2) != 0, .jobs = way & 4 ? 2 : 1, .witness = WITNESS_ALL},
            expected);
    program_free(program);
}

static struct outcome *analyse(const char *text, unsigned threads, unsigned iters,
                               const struct analysis_options *options)
{
    struct program *program = subject_program(text, threads, iters);
    struct outcome *outcome = subject_analyse(program, options);
    program_free(program);
    return outcome;
}

static const struct outcome_omission *find_omission(const struct outcome *outcome, const char *question)
{
    for (size_t o = 0; o < outcome->omission_count; o++)
        if (strstr(outcome->omissions[o].question, question) != NULL)
            return &outcome->omissions[o];
    return NULL;
}

/* ---- Questions ------------------------------------------------------------------------------------------------- */

/* What a question answers, and nothing that was not asked; where one needs another, that is answered too. */
static void check_question(unsigned question, bool values, bool counts, bool random, bool preemptions, size_t witnesses)
{
    for (int way = 0; way < 2; way++) {
        struct analysis_options options = {
            .questions = question, .insist = way == 0 ? question : 0, .witness = WITNESS_MINIMUM, .jobs = 1};
        struct outcome *outcome = analyse(race, 2, 3, &options);
        CU_ASSERT(outcome->complete && outcome->has_extremes && outcome->least == 2 && outcome->greatest == 6);
        CU_ASSERT_EQUAL(outcome->has_values, values);
        CU_ASSERT_EQUAL(outcome->row_count, values ? 5 : 0);
        CU_ASSERT_EQUAL(outcome->has_counts, counts);
        CU_ASSERT_EQUAL(outcome->has_random, random);
        CU_ASSERT_EQUAL(outcome->has_preemptions, preemptions);
        CU_ASSERT_EQUAL(outcome->witness_count, witnesses);
        CU_ASSERT_EQUAL(outcome->omission_count, 0);
        outcome_free(outcome);
    }
}

static void test_questions(void)
{
    check_question(QUESTION_EXTREMES, false, false, false, false, 0);
    check_question(QUESTION_VALUES, true, false, false, false, 0);
    check_question(QUESTION_COUNTS, true, true, false, false, 0);
    check_question(QUESTION_RANDOM, true, false, true, false, 0);
    check_question(QUESTION_PREEMPTIONS, true, false, false, true, 0);
    check_question(QUESTION_WITNESS, false, false, false, false, 1);
    check_question(QUESTION_EXTREMES | QUESTION_WITNESS, false, false, false, false, 1);
    check_question(QUESTION_COUNTS | QUESTION_RANDOM, true, true, true, false, 0);
    check_question(QUESTION_ALL, true, true, true, true, 1);
}

/* The same questions of a program whose values are control. */
static void test_questions_of_control(void)
{
    static const char doubled[] = ".var x, 1\n.main\n mul $2, x\n add $1, x\n";
    for (unsigned question = 1; question <= QUESTION_WITNESS; question <<= 1) {
        struct analysis_options options = {.questions = question, .witness = WITNESS_MINIMUM, .jobs = 1};
        struct outcome *outcome = analyse(doubled, 2, 1, &options);
        CU_ASSERT(outcome->complete && !outcome->sliced && outcome->has_extremes);
        CU_ASSERT(outcome->least == 6 && outcome->greatest == 7);
        CU_ASSERT_EQUAL(outcome->has_counts, question == QUESTION_COUNTS);
        CU_ASSERT_EQUAL(outcome->has_random, question == QUESTION_RANDOM);
        CU_ASSERT_EQUAL(outcome->has_preemptions, question == QUESTION_PREEMPTIONS);
        CU_ASSERT_EQUAL(outcome->witness_count, question == QUESTION_WITNESS ? 1 : 0);
        outcome_free(outcome);
    }
}

static void check_witnesses(enum witness_wish wish, int64_t value, unsigned questions, size_t count, int64_t first)
{
    struct analysis_options options = {
        .questions = questions, .insist = questions, .witness = wish, .witness_value = value};
    struct outcome *outcome = analyse(race, 2, 3, &options);
    CU_ASSERT_EQUAL(outcome->witness_count, count);
    for (size_t w = 0; w < outcome->witness_count; w++) {
        const struct outcome_witness *witness = &outcome->witnesses[w];
        CU_ASSERT(witness->end == OUTCOME_VALUE && witness->value == first + (int64_t)w);
        CU_ASSERT(witness->trace->value == witness->value && witness->trace->step_count == 18);
        if (outcome->has_preemptions)
            CU_ASSERT_EQUAL(witness->trace->preemptions, outcome_row(outcome, witness->value)->preemptions);
    }
    outcome_free(outcome);
}

static void test_witnesses(void)
{
    check_witnesses(WITNESS_NONE, 0, QUESTION_ALL, 0, 0);
    check_witnesses(WITNESS_MINIMUM, 0, QUESTION_ALL, 1, 2);
    check_witnesses(WITNESS_VALUE, 4, QUESTION_ALL, 1, 4);
    check_witnesses(WITNESS_VALUE, 7, QUESTION_ALL, 0, 0);
    check_witnesses(WITNESS_ALL, 0, QUESTION_ALL, 5, 2);
    check_witnesses(WITNESS_ALL, 0, QUESTION_VALUES | QUESTION_WITNESS, 5, 2);
    /* for an extreme the values are not needed; for another one they would be */
    check_witnesses(WITNESS_VALUE, 6, QUESTION_EXTREMES | QUESTION_WITNESS, 1, 6);
    check_witnesses(WITNESS_VALUE, 2, QUESTION_EXTREMES | QUESTION_WITNESS, 1, 2);
    check_witnesses(WITNESS_VALUE, 4, QUESTION_EXTREMES | QUESTION_WITNESS, 0, 0);
}

/* ---- What is left out ------------------------------------------------------------------------------------------ */

/* Nobody insists, and the patience is for less: values stay, the rest is left out with what would answer it. */
static void test_patience(void)
{
    struct analysis_options options = {.questions = QUESTION_ALL, .patience = 1e-9, .witness = WITNESS_MINIMUM};
    struct outcome *outcome = analyse(race, 2, 10, &options);
    CU_ASSERT(outcome->complete && outcome->has_values && outcome->row_count == 19);
    CU_ASSERT(!outcome->has_counts && !outcome->has_random && !outcome->has_preemptions);
    const struct outcome_omission *counts = find_omission(outcome, "counts");
    CU_ASSERT_PTR_NOT_NULL_FATAL(counts);
    CU_ASSERT_STRING_EQUAL(counts->remedy, "--compute counts");
    CU_ASSERT_STRING_EQUAL(counts->reason, "about 1 s and 1 MB");
    CU_ASSERT_PTR_NOT_NULL(find_omission(outcome, "random"));
    CU_ASSERT_PTR_NOT_NULL(find_omission(outcome, "preemptions"));
    outcome_free(outcome);
    /* who insists waits */
    options.insist = QUESTION_COUNTS;
    outcome = analyse(race, 2, 10, &options);
    CU_ASSERT(outcome->has_counts && !outcome->has_random);
    CU_ASSERT_PTR_NULL(find_omission(outcome, "counts"));
    outcome_free(outcome);
}

/* At a size that nobody wants to wait for, not even the extremes are computed, and nothing is claimed. */
static void test_hopeless(void)
{
    struct analysis_options options = {.questions = QUESTION_ALL, .witness = WITNESS_MINIMUM};
    struct outcome *outcome = analyse(race, 4, 300, &options);
    CU_ASSERT(!outcome->has_extremes && !outcome->has_values && !outcome->has_counts && outcome->witness_count == 0);
    CU_ASSERT_PTR_NOT_NULL(find_omission(outcome, "values"));
    CU_ASSERT_PTR_NOT_NULL(find_omission(outcome, "extremes"));
    outcome_free(outcome);
    outcome = analyse(race, 64, 100, &options);
    CU_ASSERT(!outcome->complete && !outcome->has_extremes);
    CU_ASSERT_STRING_EQUAL(outcome->incomplete_reason, "the state space is too large to be numbered");
    outcome_free(outcome);
}

/* A range of four hundred thousand places for a handful of values. */
static void test_values_far_apart(void)
{
    struct analysis_options options = {.questions = QUESTION_VALUES | QUESTION_COUNTS};
    struct outcome *outcome = analyse(".var x\n.thread A\n mov x, %ax\n add $1, %ax\n mov %ax, x\n"
                                      ".thread B\n add $200000, x\n.thread C\n sub $200000, x\n",
                                      1, 1, &options);
    CU_ASSERT(outcome->complete && outcome->has_counts);
    CU_ASSERT(outcome->least == -199999 && outcome->greatest == 200001);
    outcome_free(outcome);
}

/* ---- Limits ---------------------------------------------------------------------------------------------------- */

static void check_limit(struct budget *budget, bool no_slice, const char *reason)
{
    struct analysis_options options = {.budget = budget, .no_slice = no_slice, .witness = WITNESS_MINIMUM, .jobs = 1};
    struct outcome *outcome = analyse(race, 3, 6, &options);
    CU_ASSERT_FALSE(outcome->complete);
    CU_ASSERT_PTR_NOT_NULL_FATAL(outcome->incomplete_reason);
    CU_ASSERT_STRING_EQUAL(outcome->incomplete_reason, reason);
    CU_ASSERT(!outcome->has_counts && outcome->witness_count == 0);
    outcome_free(outcome);
}

static void meet_limits(void *context)
{
    (void)context;
    static volatile sig_atomic_t interrupt = 1;
    check_limit(&(struct budget){.max_states = 100}, true, "the limit of 100 states was reached (--max-states)");
    check_limit(&(struct budget){.max_seconds = 1e-9}, true, "the limit of 1e-09 s was reached (--timeout)");
    check_limit(&(struct budget){.interrupt = &interrupt}, true, "interrupted");
    check_limit(&(struct budget){.max_memory = 2 << 20}, true,
                "the limit of 2 MB of memory was reached (--max-memory)");
    check_limit(&(struct budget){.max_memory = 5000}, false, "the limit of 4 kB of memory was reached (--max-memory)");
}

static void test_limits(void)
{
    struct error error = ERROR_INIT;
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 0, meet_limits, NULL, &error), SCOPE_DONE);
}

/* What a limit leaves is said, and called what it is. */
static void test_partial_values(void)
{
    struct budget budget = {.max_states = 20000};
    struct analysis_options options = {.budget = &budget, .no_slice = true, .no_symmetry = true, .jobs = 1};
    /* a short thread and a long one: some schedules end early */
    struct outcome *outcome = analyse(".var x\n.thread A\n test $0, x\n je .e\n.rept 100000\n nop\n.endr\n.e\n"
                                      ".thread B\n mov $1, x\n",
                                      1, 1, &options);
    CU_ASSERT(!outcome->complete && outcome->has_values && outcome->row_count == 0);
    CU_ASSERT(outcome->least == 1 && outcome->greatest == 1 && mpz_sgn(outcome->states) > 0);
    outcome_free(outcome);
}

/* ---- Programs at the edges ------------------------------------------------------------------------------------- */

static void test_small_programs(void)
{
    expect(race, 2, 0, "0:1");
    expect(race, 1, 0, "0:1");
    expect(race, 1, 5, "5:1");
    expect(race, 1, 1, "1:1");
    expect(".var x, 7\n.main\n nop\n", 2, 1, "7:2");
    /* the observed variable is never written, others are */
    expect(".var x, -3\n.var y\n.main\n mov x, %ax\n add $1, %ax\n mov %ax, y\n", 2, 1, "-3:20");
    expect(".var x\n.var y\n.main\n mul $2, y\n add $1, y\n", 2, 1, "0:6");
    /* threads that differ, among them one that has nothing to do */
    expect(".var x\n.thread A\n mov $1, x\n.thread B\n mov $2, x\n mov $3, x\n.thread C\n.rept 0\n nop\n.endr\n", 1, 1,
           "1:1 3:2");
    expect(".var x\n.main\n mov $SELF, x\n", 3, 1, "0:2 1:2 2:2");
    expect(".var x\n.main\n halt\n mov $1, x\n", 2, 1, "0:2");
}

/* Symmetry makes 64 threads with one iteration 47,905 states; unsliced there would be many more. */
static void test_64_threads(void)
{
    struct analysis_options options = {.questions = QUESTION_VALUES, .jobs = 2};
    struct outcome *outcome = analyse(race, 64, 1, &options);
    CU_ASSERT(outcome->complete && outcome->least == 1 && outcome->greatest == 64 && outcome->values.count == 1);
    mpz_t all;
    mpz_init(all);
    mpz_ui_pow_ui(all, 4, 64);
    CU_ASSERT_EQUAL(mpz_cmp(outcome->states, all), 0);
    CU_ASSERT_EQUAL(outcome->stored, 47905);
    CU_ASSERT_EQUAL(outcome->depth, 192);
    mpz_clear(all);
    outcome_free(outcome);
    outcome = analyse(".var x\n.main\n add $1, x\n", 64, 1,
                      &(struct analysis_options){.questions = QUESTION_COUNTS | QUESTION_PREEMPTIONS, .jobs = 1});
    CU_ASSERT_TRUE_FATAL(outcome->has_counts && outcome->row_count == 1);
    mpz_init(all);
    mpz_fac_ui(all, 64);
    CU_ASSERT_EQUAL(mpz_cmp(outcome->rows[0].schedules, all), 0);
    CU_ASSERT_EQUAL(outcome->rows[0].preemptions, 0);
    mpz_clear(all);
    outcome_free(outcome);
}

/* The random scheduler of so many threads has no common denominator of 32 bits. */
static void test_denominator(void)
{
    struct outcome *outcome =
        analyse(".var x\n.main\n add $1, x\n", 64, 1,
                &(struct analysis_options){.questions = QUESTION_RANDOM, .insist = QUESTION_RANDOM});
    CU_ASSERT(outcome->complete && !outcome->has_random);
    CU_ASSERT_PTR_NOT_NULL(find_omission(outcome, "random"));
    outcome_free(outcome);
}

/* ---- Deadlocks and errors -------------------------------------------------------------------------------------- */

static void test_deadlocks(void)
{
    /* no schedule ends with a value at all */
    expect(".var x\n.mutex m\n.main\n lock m\n lock m\n", 1, 1, "deadlock:1");
    expect(".var x\n.mutex m\n.main\n lock m\n add $1, x\n lock m\n", 2, 1, "deadlock:2");
    expect(".var x, 5\n.semaphore s, 0\n.main\n wait s\n", 3, 1, "deadlock:1");
    expect(".var x, 5\n.semaphore s, 1\n.main\n wait s\n mul $2, x\n", 2, 1, "deadlock:2");
    expect(".var x\n.mutex m\n.mutex n\n.thread A\n lock m\n lock n\n unlock n\n unlock m\n"
           ".thread B\n lock n\n lock m\n unlock m\n unlock n\n",
           1, 1, "0:4 deadlock:2");
}

static void check_failure(const char *text, unsigned threads, const char *expected, const char *failure)
{
    expect(text, threads, 1, expected);
    for (int slice = 0; slice < 2; slice++) {
        struct outcome *outcome =
            analyse(text, threads, 1, &(struct analysis_options){.no_slice = slice == 0, .witness = WITNESS_MINIMUM});
        CU_ASSERT_PTR_NOT_NULL_FATAL(outcome->failure_text);
        CU_ASSERT_STRING_EQUAL(outcome->failure_text, failure);
        if (strcmp(outcome->failure_text, failure) != 0)
            unit_note("%s", outcome->failure_text);
        CU_ASSERT_TRUE_FATAL(outcome->witness_count > 0);
        CU_ASSERT_EQUAL(outcome->witnesses[0].end, OUTCOME_FAILURE);
        outcome_free(outcome);
    }
}

static void test_failures(void)
{
    /* at the very first step, on the deepest level, and with no value beside it */
    check_failure(".var x\n.mutex m\n.main\n unlock m\n", 2, "failure:2",
                  "test.s:4:2: T0: unlock m: unlocks a mutex that the thread does not hold");
    check_failure(".var x\n.mutex m\n.main\n nop\n unlock m\n", 1, "failure:1",
                  "test.s:5:2: T0: unlock m: unlocks a mutex that the thread does not hold");
    check_failure(".var x, 3\n.mutex m\n.thread A\n mul $2, x\n.thread B\n unlock m\n", 1, "failure:2",
                  "test.s:6:2: B: unlock m: unlocks a mutex that the thread does not hold");
    /* where all values behind the error are far from 0 */
    check_failure(
        ".var x\n.var f\n.mutex m\n.thread A\n mov $1, f\n.thread B\n test $1, f\n jne .bad\n nop\n add $5, x\n"
        " halt\n.bad\n unlock m\n",
        1, "5:1 failure:3", "test.s:13:2: B: unlock m: unlocks a mutex that the thread does not hold");
    /* the first in the order of the file is told */
    check_failure(".var x\n.mutex m\n.thread A\n nop\n unlock m\n.thread B\n unlock m\n", 1, "failure:3",
                  "test.s:5:2: A: unlock m: unlocks a mutex that the thread does not hold");
}

static void test_overflow(void)
{
    static const char *const fits = "the result does not fit 64 bits";
    char failure[128];
    snprintf(failure, sizeof failure, "test.s:3:2: T0: add $1, x: %s", fits);
    check_failure(".var x, 9223372036854775807\n.main\n add $1, x\n", 1, "failure:1", failure);
    snprintf(failure, sizeof failure, "test.s:3:2: T0: sub $1, x: %s", fits);
    check_failure(".var x, -9223372036854775808\n.main\n sub $1, x\n", 1, "failure:1", failure);
    /* only where no increment is lost */
    snprintf(failure, sizeof failure, "test.s:4:2: T1: add $1, %%ax: %s", fits);
    check_failure(".var x, 9223372036854775806\n.main\n mov x, %ax\n add $1, %ax\n mov %ax, x\n", 2,
                  "9223372036854775807:18 failure:2", failure);
    /* by many steps that are harmless one by one */
    expect(".var x\n.main\n.rept 8\n add $1152921504606846976, x\n.endr\n", 1, 1, "failure:1");
    expect(".var x\n.main\n.rept 7\n add $1152921504606846976, x\n.endr\n", 1, 1, "8070450532247928832:1");
    /* close to the end, but not over it */
    expect(".var x, 9223372036854775805\n.main\n mov x, %ax\n add $1, %ax\n mov %ax, x\n", 2, 1,
           "9223372036854775806:18 9223372036854775807:2");
    expect(".var x\n.main\n mov $9223372036854775807, x\n mov $-9223372036854775808, x\n", 1, 1,
           "-9223372036854775808:1");
}

/* A variable that nobody observes overflows all the same, be the observed one data or control. */
static void test_overflow_of_others(void)
{
    expect(".var x\n.var y, 9223372036854775807\n.main\n add $1, x\n add $1, y\n", 1, 1, "failure:1");
    expect(".var x\n.var y, 9223372036854775807\n.main\n test $0, x\n je .e\n.e\n add $1, y\n", 1, 1, "failure:1");
    expect(".var x\n.var y\n.main\n mov $9223372036854775807, %bx\n mul $1, x\n add $1, %bx\n", 1, 1, "failure:1");
}

/* The slice is given up for an overflow; what its run had found is not left behind. */
static void test_fallback(void)
{
    struct outcome *outcome =
        analyse(".var x, 9223372036854775807\n.mutex m\n.thread A\n unlock m\n.thread B\n sub $1, x\n", 1, 1,
                &(struct analysis_options){.explain = true, .witness = WITNESS_ALL});
    CU_ASSERT(outcome->complete && !outcome->sliced && !outcome->fused && outcome->can_fail);
    CU_ASSERT_PTR_NOT_NULL_FATAL(outcome->explanation);
    CU_ASSERT_PTR_NOT_NULL(strstr(outcome->explanation, "might overflow, or cost more"));
    outcome_free(outcome);
    /* from a grid so large that its steps were fused */
    struct budget budget = {.max_memory = 1 << 20};
    outcome =
        analyse(".var x, 4611686018427387904\n.main\n.rept ITERS\n mov x, %ax\n add $1, %ax\n mov %ax, x\n.endr\n", 2,
                1500, &(struct analysis_options){.budget = &budget, .jobs = 1});
    CU_ASSERT(!outcome->complete && !outcome->sliced && !outcome->fused);
    outcome_free(outcome);
}

/* ---- Schedules that never end ---------------------------------------------------------------------------------- */

static void test_endless(void)
{
    expect(".var x\n.main\n.t\n j .t\n", 2, 1, "endless");
    expect(".var x\n.main\n add $1, x\n.t\n nop\n j .t\n", 2, 1, "endless");
    expect(".var x\n.var f, 1\n.thread A\n add $2, x\n mov $0, f\n"
           ".thread B\n.t\n test $0, f\n jne .t\n add $1, x\n",
           1, 1, "3 endless");
    expect(".var x\n.mutex m\n.thread A\n lock m\n.t\n j .t\n.thread B\n lock m\n mov $1, x\n"
           ".thread C\n lock m\n lock m\n",
           1, 1, "deadlock endless");
    /* a spin lock by exchange */
    expect(".var x\n.var l\n.main\n.t\n mov $1, %ax\n xchg %ax, l\n test $0, %ax\n jne .t\n mov x, %bx\n add $1, %bx\n"
           " mov %bx, x\n mov $0, l\n",
           2, 1, "2 endless");
}

static void test_endless_outcome(void)
{
    for (int slice = 0; slice < 2; slice++) {
        struct outcome *outcome =
            analyse(".var x\n.var f, 1\n.thread A\n mov $0, f\n.thread B\n.t\n test $0, f\n jne .t\n"
                    " mov $7, x\n",
                    1, 1, &(struct analysis_options){.no_slice = slice == 0, .witness = WITNESS_ALL});
        CU_ASSERT(outcome->endless && outcome->complete && outcome->has_preemptions && outcome->depth == 0);
        CU_ASSERT_FALSE(outcome->has_counts);
        CU_ASSERT_TRUE_FATAL(outcome->witness_count == 1 && outcome->row_count == 1);
        /* a fair coin does not let B turn for ever */
        CU_ASSERT(outcome->has_random && mpq_cmp_ui(outcome->rows[0].random, 1, 1) == 0);
        CU_ASSERT(outcome->witnesses[0].schedule.count == 4 && outcome->rows[0].preemptions == 0);
        outcome_free(outcome);
    }
}

/* Values that grow for ever: the slice cannot say which, and the explicit search finds them until a limit. */
static void test_unbounded(void)
{
    static const char *const texts[] = {
        ".var x\n.var f, 1\n.thread A\n mov $0, f\n.thread B\n.t\n add $1, x\n test $0, f\n jne .t\n",
        ".var x\n.main\n.t\n add $1, x\n test $0, x\n jgt .t\n"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        struct budget budget = {.max_states = 3000};
        struct analysis_options options = {.budget = &budget, .jobs = 1};
        struct outcome *outcome = analyse(texts[t], 1, 1, &options);
        /* what grows is looked for value by value; the first loop can be left, after one round at the earliest */
        CU_ASSERT(!outcome->complete && !outcome->sliced);
        CU_ASSERT_EQUAL(budget.limit, BUDGET_STATES);
        CU_ASSERT_EQUAL(outcome->values.count, t == 0 ? 1 : 0);
        CU_ASSERT(t != 0 || outcome->values.items[0].first == 1);
        CU_ASSERT_FALSE(outcome->can_deadlock);
        outcome_free(outcome);
    }
    /* nobody ever leaves the loop: there is no value that could grow */
    expect(".var x\n.var y\n.main\n.top\n j .top\n", 1, 1, "endless");
    /* without a limit the search gives up, and says that nobody asked for one */
    struct budget budget = {0};
    struct outcome *outcome =
        analyse(".var x\n.main\n.top\n add $1, x\n j .top\n", 1, 1, &(struct analysis_options){.budget = &budget});
    CU_ASSERT(!outcome->complete && outcome->values.count == 0 && budget.limit == BUDGET_OK && budget.max_states == 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(outcome->incomplete_reason, "within a million states"));
    outcome_free(outcome);
    /* what only seems to grow is found out */
    outcome = analyse(".var x\n.var f, 1\n.thread A\n mov $0, f\n.thread B\n.t\n add $1, x\n sub $1, x\n test $0, f\n"
                      " jne .t\n",
                      1, 1, &(struct analysis_options){0});
    CU_ASSERT(outcome->complete && outcome->endless && outcome->least == 0 && outcome->greatest == 0);
    outcome_free(outcome);
    /* what grows in large steps overflows soon, and the classical search finds it */
    outcome =
        analyse(".var x\n.main\n.top\n add $1000000000000000000, x\n j .top\n", 1, 1, &(struct analysis_options){0});
    CU_ASSERT(outcome->complete && outcome->can_fail && !outcome->sliced);
    outcome_free(outcome);
}

/* ---- The rest of an outcome ------------------------------------------------------------------------------------ */

static void test_explanation(void)
{
    struct outcome *outcome = analyse(race, 1, 1, &(struct analysis_options){.explain = true});
    CU_ASSERT_PTR_NOT_NULL_FATAL(outcome->explanation);
    CU_ASSERT_STRING_EQUAL(outcome->explanation, "data     x: only moved, with constants added\n"
                                                 "data     %ax of T0: only moved, with constants added\n"
                                                 "Proved for every number of repetitions: minimum ITERS for every "
                                                 "ITERS >= 1; maximum ITERS for every ITERS >= 1; all values between "
                                                 "them for every ITERS >= 1.\n");
    outcome_free(outcome);
    outcome = analyse(race, 1, 1, &(struct analysis_options){0});
    CU_ASSERT_PTR_NULL(outcome->explanation);
    CU_ASSERT(outcome->seconds >= 0 && outcome->depth == 3);
    outcome_free(outcome);
}

/* Where one space does not do for values and counts alike: both are right, and what is told is the exact one. */
static void test_fused(void)
{
    struct analysis_options options = {.questions = QUESTION_VALUES, .jobs = 2};
    struct outcome *outcome = analyse(race, 2, 800, &options);
    CU_ASSERT(outcome->complete && outcome->fused && outcome->least == 2 && outcome->greatest == 1600);
    CU_ASSERT_EQUAL(mpz_cmp_ui(outcome->states, 1601 * 1601), 0);
    CU_ASSERT_EQUAL(outcome->depth, 4800);
    outcome_free(outcome);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"questions", test_questions},
        {"questions of control", test_questions_of_control},
        {"witnesses", test_witnesses},
        {"patience", test_patience},
        {"hopeless sizes", test_hopeless},
        {"values far apart", test_values_far_apart},
        {"limits", test_limits},
        {"values found before a limit", test_partial_values},
        {"small programs", test_small_programs},
        {"64 threads", test_64_threads},
        {"no common denominator", test_denominator},
        {"deadlocks", test_deadlocks},
        {"errors of the program", test_failures},
        {"overflow", test_overflow},
        {"overflow of others", test_overflow_of_others},
        {"the slice given up", test_fallback},
        {"schedules that never end", test_endless},
        {"what is known of them", test_endless_outcome},
        {"values without bound", test_unbounded},
        {"explanations", test_explanation},
        {"fused steps", test_fused},
        CU_TEST_INFO_NULL,
    };
    return unit_run("analysis", tests);
}
