/* The schedules of docs/theorem.md, made by its rules and replayed: what they promise for all numbers of threads and
 * iterations comes out for many of them; and where the search can say so, nothing lies beyond. */
#include "base/memory.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"
#include "trace/chain.h"
#include "trace/replay.h"

#include <inttypes.h>

enum { STEPS_PER_ITERATION = 3 };

static void append(struct schedule *self, unsigned thread, size_t steps)
{
    while (steps-- > 0)
        schedule_add(self, action_by(ACTION_STEP, thread));
}

static void append_iterations(struct schedule *self, unsigned thread, size_t iterations)
{
    append(self, thread, iterations * STEPS_PER_ITERATION);
}

/* Thread 0 keeps a 0 until thread 1 is in its last iteration, and thread 1 keeps the 1 that comes of it until all
 * others have finished. For 2 threads or more; with one iteration it is a schedule, too, but there the least is 1. */
static struct schedule minimum_rule(unsigned threads, unsigned iters)
{
    struct schedule schedule = {0};
    append(&schedule, 0, 1); /* load 0 */
    append_iterations(&schedule, 1, iters - 1);
    append(&schedule, 0, 2); /* add, store 1 */
    append(&schedule, 1, 1); /* load 1 */
    append_iterations(&schedule, 0, iters - 1);
    for (unsigned t = 2; t < threads; t++)
        append_iterations(&schedule, t, iters);
    append(&schedule, 1, 2); /* add, store 2 */
    return schedule;
}

/* One thread after the other. */
static struct schedule maximum_rule(unsigned threads, unsigned iters)
{
    struct schedule schedule = {0};
    for (unsigned t = 0; t < threads; t++)
        append_iterations(&schedule, t, iters);
    return schedule;
}

/* All threads step in turn, so that each iteration loads what the one before began with. */
static struct schedule lockstep_rule(unsigned threads, unsigned iters)
{
    struct schedule schedule = {0};
    for (size_t step = 0; step < (size_t)iters * STEPS_PER_ITERATION; step++)
        for (unsigned t = 0; t < threads; t++)
            append(&schedule, t, 1);
    return schedule;
}

typedef struct schedule rule(unsigned threads, unsigned iters);

/* The final value is the length of the chain of stores that the trace finds, too. */
static void check_trace(const struct trace *trace, unsigned threads, unsigned iters, uint64_t preemptions,
                        int64_t value)
{
    struct chain chain = chain_make(trace, trace->observed_word);
    if (trace->end != TRACE_FINISHED || trace->value != value || trace->preemptions != preemptions)
        unit_note("%u threads, %u iterations: end %d, value %" PRId64 ", %" PRIu64 " preemptions", threads, iters,
                  (int)trace->end, trace->value, trace->preemptions);
    CU_ASSERT_EQUAL(trace->end, TRACE_FINISHED);
    CU_ASSERT_EQUAL(trace->step_count, (size_t)threads * iters * STEPS_PER_ITERATION);
    CU_ASSERT_EQUAL(trace->value, value);
    CU_ASSERT_EQUAL(trace->preemptions, preemptions);
    CU_ASSERT_EQUAL(chain.count, (size_t)value);
    CU_ASSERT_TRUE(chain.count == 0 || chain.origin == CHAIN_START);
    chain_free(&chain);
}

static void check_rule(rule *make, unsigned threads, unsigned iters, uint64_t preemptions, int64_t value)
{
    struct error error = ERROR_INIT;
    struct program *program = subject_model("unlocked", threads, iters);
    struct schedule schedule = make(threads, iters);
    struct trace *trace = replay_run(program, NULL, 0, &schedule, &error);
    if (trace == NULL)
        unit_note("%u threads, %u iterations: %s", threads, iters, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    check_trace(trace, threads, iters, preemptions, value);
    trace_free(trace);
    schedule_free(&schedule);
    program_free(program);
}

static const unsigned many_threads[] = {2, 3, 4, 5, 6, 7, 8, 13, 64};
static const unsigned many_iters[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 31, 64, 100, 255, 256, 257, 500};

enum { MANY_THREADS = sizeof many_threads / sizeof *many_threads, MANY_ITERS = sizeof many_iters / sizeof *many_iters };

static void test_minimum(void)
{
    for (size_t n = 0; n < MANY_THREADS; n++)
        for (size_t k = 0; k < MANY_ITERS; k++)
            check_rule(minimum_rule, many_threads[n], many_iters[k], 4, 2);
}

static void test_maximum(void)
{
    for (size_t n = 0; n < MANY_THREADS; n++)
        for (size_t k = 0; k < MANY_ITERS; k++)
            check_rule(maximum_rule, many_threads[n], many_iters[k], 0, (int64_t)many_threads[n] * many_iters[k]);
}

static void test_large(void)
{
    check_rule(maximum_rule, 2, 50000, 0, 100000);
    check_rule(minimum_rule, 64, 1000, 4, 2);
}

/* What the theorem leaves out: with one iteration the value can be 1, and one thread has no race. */
static void test_border(void)
{
    for (size_t n = 0; n < MANY_THREADS; n++) {
        check_rule(lockstep_rule, many_threads[n], 1, 2 * many_threads[n], 1);
        check_rule(minimum_rule, many_threads[n], 1, many_threads[n] > 2, 2);
    }
    for (size_t k = 0; k < MANY_ITERS; k++)
        check_rule(maximum_rule, 1, many_iters[k], 0, many_iters[k]);
}

/* In step every iteration counts once, however many threads do it: the value tells which rule was replayed. */
static void test_lockstep(void)
{
    for (size_t k = 0; k < MANY_ITERS; k++)
        check_rule(lockstep_rule, 3, many_iters[k], 9 * many_iters[k] - 3, many_iters[k]);
}

/* The search knows nothing of the rules; nor of the proof. */
static void check_search(unsigned threads, unsigned iters, int64_t least, int64_t greatest, bool no_slice)
{
    struct program *program = subject_model("unlocked", threads, iters);
    struct analysis_options options = {
        .questions = QUESTION_EXTREMES, .insist = QUESTION_EXTREMES, .no_slice = no_slice, .no_symmetry = no_slice};
    struct outcome *outcome = subject_analyse(program, &options);
    if (!outcome->has_extremes || outcome->least != least || outcome->greatest != greatest)
        unit_note("%u threads, %u iterations: %" PRId64 " to %" PRId64, threads, iters, outcome->least,
                  outcome->greatest);
    CU_ASSERT_TRUE(outcome->complete && outcome->has_extremes);
    CU_ASSERT_EQUAL(outcome->least, least);
    CU_ASSERT_EQUAL(outcome->greatest, greatest);
    outcome_free(outcome);
    program_free(program);
}

static void test_search(void)
{
    for (unsigned threads = 2; threads <= 5; threads++)
        for (unsigned iters = 2; iters <= 16u / threads; iters++)
            check_search(threads, iters, 2, (int64_t)threads * iters, false);
    check_search(2, 100, 2, 200, false);
    check_search(2, 4, 2, 8, true);
    check_search(3, 2, 2, 6, true);
}

static void test_border_searched(void)
{
    for (unsigned threads = 2; threads <= 5; threads++)
        check_search(threads, 1, 1, threads, false);
    for (unsigned iters = 1; iters <= 5; iters++)
        check_search(1, iters, iters, iters, false);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"the schedule that ends with 2", test_minimum},
        {"the schedule that ends with the product", test_maximum},
        {"hundreds of thousands of steps", test_large},
        {"one iteration, one thread", test_border},
        {"in step", test_lockstep},
        {"the search finds the same extremes", test_search},
        {"and the same at the border", test_border_searched},
        CU_TEST_INFO_NULL,
    };
    return unit_run("theorem", tests);
}
