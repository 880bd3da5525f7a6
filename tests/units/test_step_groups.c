/* Schedules as lists of groups of steps. */
#include "base/memory.h"
#include "base/text.h"
#include "report/step_columns.h"
#include "report/step_groups.h"
#include "tests/support/race.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

static bool group_is(const struct step_group *group, size_t first, size_t count, size_t rounds)
{
    return group->first == first && group->count == count && group->rounds == rounds && group->period * rounds == count;
}

static void test_groups_fold_loops(void)
{
    struct trace *trace = race_run(2, 10, race_turns_to_2);
    struct step_groups groups = step_groups_make(trace, GROUP_ROUNDS, SIZE_MAX, SIZE_MAX, 0);
    CU_ASSERT_EQUAL_FATAL(groups.count, 8);
    CU_ASSERT_TRUE(group_is(&groups.items[0], 0, 1, 1));
    CU_ASSERT_TRUE(group_is(&groups.items[1], 1, 27, 9));
    CU_ASSERT_TRUE(group_is(&groups.items[5], 31, 27, 9));
    CU_ASSERT_TRUE(group_is(&groups.items[7], 59, 1, 1));
    struct step_columns columns = step_columns_make(trace, &groups);
    CU_ASSERT_EQUAL(step_columns_before(&columns, 5, 0), 1);
    CU_ASSERT_EQUAL(step_columns_after(&columns, 5, 0), 10);
    CU_ASSERT_FALSE(step_columns_stores(&columns, 0));
    CU_ASSERT_TRUE(step_columns_stores(&columns, 1));
    step_columns_free(&columns);
    step_groups_free(&groups);
    groups = step_groups_make(trace, GROUP_ROUNDS, SIZE_MAX, 5, 2);
    CU_ASSERT_FALSE(middle_has(groups.left_out, 1));
    CU_ASSERT_TRUE(middle_has(groups.left_out, 2));
    CU_ASSERT_TRUE(middle_has(groups.left_out, 5));
    CU_ASSERT_FALSE(middle_has(groups.left_out, 6));
    CU_ASSERT_EQUAL(step_groups_left_out_first(&groups), groups.items[2].first + 1);
    CU_ASSERT_EQUAL(step_groups_left_out_last(&groups), groups.items[6].first);
    step_groups_free(&groups);
    groups = step_groups_make(trace, GROUP_STEPS, SIZE_MAX, SIZE_MAX, 0);
    CU_ASSERT_EQUAL(groups.count, 60);
    step_groups_free(&groups);
    trace_free(trace);
}

/* Thread 0 is interrupted within a round: the rest of the round is told step by step. */
static void test_groups_begin_at_the_head(void)
{
    struct trace *trace = race_run(2, 5, "0x1 1x15 0x14");
    struct step_groups groups = step_groups_make(trace, GROUP_ROUNDS, SIZE_MAX, SIZE_MAX, 0);
    CU_ASSERT_EQUAL_FATAL(groups.count, 5);
    CU_ASSERT_TRUE(group_is(&groups.items[1], 1, 15, 5));
    CU_ASSERT_TRUE(group_is(&groups.items[2], 16, 1, 1));
    CU_ASSERT_TRUE(group_is(&groups.items[3], 17, 1, 1));
    CU_ASSERT_TRUE(group_is(&groups.items[4], 18, 12, 4));
    CU_ASSERT_EQUAL(groups.items[4].first_line, 5);
    CU_ASSERT_EQUAL(groups.items[4].last_line, 7);
    step_groups_free(&groups);
    trace_free(trace);
}

/* Whatever is folded, the groups cover the schedule exactly. */
static void test_groups_cover(void)
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
        struct step_groups groups = step_groups_make(race.trace, GROUP_ROUNDS, SIZE_MAX, SIZE_MAX, 0);
        size_t next = 0;
        for (size_t i = 0; i < groups.count; i++) {
            CU_ASSERT_EQUAL(groups.items[i].first, next);
            for (size_t s = 0; s < groups.items[i].count; s++)
                CU_ASSERT_EQUAL(race.trace->steps[next + s].thread, race.trace->steps[next].thread);
            next += groups.items[i].count;
        }
        CU_ASSERT_EQUAL(next, 72);
        step_groups_free(&groups);
        trace_free(race.trace);
    }
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"schedules: loops are folded", test_groups_fold_loops},
        {"schedules: rounds begin at the head of the loop", test_groups_begin_at_the_head},
        {"schedules: groups cover them exactly", test_groups_cover},
        CU_TEST_INFO_NULL,
    };
    return unit_run("step_groups", tests);
}
