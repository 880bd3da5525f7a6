/* Schedules, folded into runs. */
#include "base/memory.h"
#include "base/text.h"
#include "report/runs.h"
#include "tests/support/race.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

static bool run_is(const struct run *run, size_t first, size_t count, size_t rounds)
{
    return run->first == first && run->count == count && run->rounds == rounds && run->period * rounds == count;
}

static void test_runs_fold_loops(void)
{
    struct trace *trace = race_run(2, 10, race_turns_to_2);
    struct runs runs = runs_make(trace, true, SIZE_MAX);
    CU_ASSERT_EQUAL_FATAL(runs.count, 8);
    CU_ASSERT_TRUE(run_is(&runs.items[0], 0, 1, 1));
    CU_ASSERT_TRUE(run_is(&runs.items[1], 1, 27, 9));
    CU_ASSERT_TRUE(run_is(&runs.items[5], 31, 27, 9));
    CU_ASSERT_TRUE(run_is(&runs.items[7], 59, 1, 1));
    CU_ASSERT_EQUAL(run_before(&runs.items[5], trace), 1);
    CU_ASSERT_EQUAL(run_after(&runs.items[5], trace), 10);
    CU_ASSERT_FALSE(run_writes(&runs.items[0], trace));
    CU_ASSERT_TRUE(run_writes(&runs.items[1], trace));
    runs_free(&runs);
    runs = runs_make(trace, false, SIZE_MAX);
    CU_ASSERT_EQUAL(runs.count, 60);
    runs_free(&runs);
    trace_free(trace);
}

/* Thread 0 is interrupted within a round: the rest of the round is told step by step. */
static void test_runs_begin_at_the_head(void)
{
    struct trace *trace = race_run(2, 5, "0x1 1x15 0x14");
    struct runs runs = runs_make(trace, true, SIZE_MAX);
    CU_ASSERT_EQUAL_FATAL(runs.count, 5);
    CU_ASSERT_TRUE(run_is(&runs.items[1], 1, 15, 5));
    CU_ASSERT_TRUE(run_is(&runs.items[2], 16, 1, 1));
    CU_ASSERT_TRUE(run_is(&runs.items[3], 17, 1, 1));
    CU_ASSERT_TRUE(run_is(&runs.items[4], 18, 12, 4));
    uint32_t first, last;
    run_lines(&runs.items[4], trace, &first, &last);
    CU_ASSERT_EQUAL(first, 5);
    CU_ASSERT_EQUAL(last, 7);
    runs_free(&runs);
    trace_free(trace);
}

/* Whatever is folded, the runs cover the schedule exactly. */
static void test_runs_cover(void)
{
    unsigned seed = 1;
    for (int round = 0; round < 200; round++) {
        struct race race = race_new(3, 8, 72);
        uint32_t thread = 0;
        while (race.trace->step_count < 72) {
            seed = seed * 1664525u + 1013904223u;
            thread = seed >> 28 < 5 ? (seed >> 20) % 3 : thread;
            if (race.position[thread] < 24)
                race_step(&race, thread);
            else
                thread = (thread + 1) % 3;
        }
        struct runs runs = runs_make(race.trace, true, SIZE_MAX);
        size_t next = 0;
        for (size_t i = 0; i < runs.count; i++) {
            CU_ASSERT_EQUAL(runs.items[i].first, next);
            for (size_t s = 0; s < runs.items[i].count; s++)
                CU_ASSERT_EQUAL(race.trace->steps[next + s].thread, race.trace->steps[next].thread);
            next += runs.items[i].count;
        }
        CU_ASSERT_EQUAL(next, 72);
        runs_free(&runs);
        trace_free(race.trace);
    }
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"schedules: loops are folded", test_runs_fold_loops},
        {"schedules: rounds begin at the head of the loop", test_runs_begin_at_the_head},
        {"schedules: runs cover them exactly", test_runs_cover},
        CU_TEST_INFO_NULL,
    };
    return unit_run("runs", tests);
}
