#include "base/budget.h"
#include "tests/support/unit.h"

#include <string.h>

static void test_no_limits(void)
{
    struct budget budget = {0};
    budget_start(&budget);
    CU_ASSERT_TRUE(budget_take(&budget, SIZE_MAX / 2));
    CU_ASSERT_FALSE(budget_spent(&budget, "exploring", UINT64_MAX, 0, 0));
    CU_ASSERT_EQUAL(budget_left(&budget), UINT64_MAX);
    CU_ASSERT_EQUAL(budget.limit, BUDGET_OK);
}

static void test_memory(void)
{
    struct budget budget = {.max_memory = 900};
    budget_start(&budget);
    CU_ASSERT_TRUE(budget_take(&budget, 600));
    CU_ASSERT_EQUAL(budget_left(&budget), 300);
    budget_give(&budget, 100);
    CU_ASSERT_TRUE(budget_take(&budget, 400));
    CU_ASSERT_EQUAL(budget_left(&budget), 0);
    CU_ASSERT_FALSE(budget_spent(&budget, "exploring", 0, 0, 0));
    CU_ASSERT_FALSE(budget_take(&budget, 1));
    CU_ASSERT_EQUAL(budget.memory, 900);
    CU_ASSERT_EQUAL(budget.limit, BUDGET_MEMORY);
    CU_ASSERT_TRUE(budget_spent(&budget, "exploring", 0, 0, 0));
    CU_ASSERT_FALSE(budget_take(&budget, SIZE_MAX));
}

/* What was exceeded stays exceeded, until it is forgiven, and only memory is. */
static void test_stays_exceeded(void)
{
    static volatile sig_atomic_t interrupt = 1;
    struct budget budget = {.max_memory = 10, .interrupt = &interrupt};
    budget_start(&budget);
    CU_ASSERT_FALSE(budget_take(&budget, 11));
    CU_ASSERT_TRUE(budget_spent(&budget, "exploring", 0, 0, 0));
    CU_ASSERT_EQUAL(budget.limit, BUDGET_MEMORY);
    interrupt = 0;
    budget_forgive_memory(&budget);
    CU_ASSERT_FALSE(budget_spent(&budget, "exploring", 0, 0, 0));
    interrupt = 1;
    CU_ASSERT_TRUE(budget_spent(&budget, "exploring", 0, 0, 0));
    CU_ASSERT_EQUAL(budget.limit, BUDGET_INTERRUPTED);
    budget_forgive_memory(&budget);
    CU_ASSERT_EQUAL(budget.limit, BUDGET_INTERRUPTED);
    budget_start(&budget);
    CU_ASSERT_EQUAL(budget.limit, BUDGET_OK);
}

static void test_time(void)
{
    struct budget budget = {.max_seconds = 100};
    budget_start(&budget);
    CU_ASSERT_FALSE(budget_spent(&budget, "exploring", 0, 0, 0));
    budget.started -= 101;
    CU_ASSERT(budget_seconds(&budget) > 100);
    CU_ASSERT_TRUE(budget_spent(&budget, "exploring", 0, 0, 0));
    CU_ASSERT_EQUAL(budget.limit, BUDGET_TIME);
}

struct reports {
    unsigned count;
    struct budget_progress last;
};

static void note_report(void *context, const struct budget_progress *progress)
{
    struct reports *reports = context;
    reports->count++;
    reports->last = *progress;
}

/* Nothing in the first second, and not at every question. */
static void test_progress(void)
{
    struct reports reports = {0};
    struct budget budget = {.report = note_report, .report_context = &reports};
    budget_start(&budget);
    budget_spent(&budget, "exploring", 1, 2, 3);
    CU_ASSERT_EQUAL(reports.count, 0);
    budget.started -= 2;
    budget_spent(&budget, "counts", 4, 5, 6);
    budget_spent(&budget, "counts", 7, 8, 9);
    CU_ASSERT_EQUAL(reports.count, 1);
    CU_ASSERT_STRING_EQUAL(reports.last.phase, "counts");
    CU_ASSERT(reports.last.states == 4 && reports.last.total == 5 && reports.last.depth == 6);
    CU_ASSERT(reports.last.seconds >= 2);
    budget.started -= 1;
    budget_spent(&budget, "counts", 10, 11, 12);
    CU_ASSERT_EQUAL(reports.count, 2);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"without limits", test_no_limits},
        {"memory", test_memory},
        {"what is exceeded stays so", test_stays_exceeded},
        {"time", test_time},
        {"progress", test_progress},
        CU_TEST_INFO_NULL,
    };
    return unit_run("budget", tests);
}
