#include "base/budget.h"
#include "base/memory.h"
#include "base/scope.h"
#include "tests/support/unit.h"

#include <string.h>

static void test_no_limits(void)
{
    struct budget budget = {0};
    budget_start(&budget);
    CU_ASSERT_TRUE(budget_allows(&budget, SIZE_MAX / 2));
    CU_ASSERT_FALSE(budget_spent(&budget, "exploring", UINT64_MAX, 0, 0));
    CU_ASSERT_EQUAL(budget_left(&budget), UINT64_MAX);
    CU_ASSERT_EQUAL(budget.limit, BUDGET_OK);
}

static void use_memory(void *context)
{
    struct budget budget = {.max_memory = 9000};
    (void)context;
    budget_start(&budget);
    CU_ASSERT_EQUAL(budget_left(&budget), 9000);
    void *block = memory_new(6000, 1);
    uint64_t left = budget_left(&budget);
    CU_ASSERT(left <= 3000 && left > 2900);
    CU_ASSERT_TRUE(budget_allows(&budget, left));
    CU_ASSERT_FALSE(budget_spent(&budget, "exploring", 0, 0, 0));
    CU_ASSERT_FALSE(budget_allows(&budget, left + 1));
    CU_ASSERT_EQUAL(budget.limit, BUDGET_MEMORY);
    CU_ASSERT_TRUE(budget_spent(&budget, "exploring", 0, 0, 0));
    CU_ASSERT_FALSE(budget_allows(&budget, SIZE_MAX));
    memory_free(block);
    CU_ASSERT_EQUAL(budget_left(&budget), 9000);
}

/* What is allocated in the scope is what is used. */
static void test_memory(void)
{
    struct error error = ERROR_INIT;
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 0, use_memory, NULL, &error), SCOPE_DONE);
}

static void use_limited(void *context)
{
    struct budget budget = {.max_memory = 16000};
    (void)context;
    budget_start(&budget);
    CU_ASSERT_EQUAL(budget_left(&budget), 15000);
    CU_ASSERT_TRUE(budget_allows(&budget, 15000));
    CU_ASSERT_FALSE(budget_allows(&budget, 15001));
}

/* A sixteenth of the scope's limit stays for what nobody asks for. */
static void test_limited_scope(void)
{
    struct error error = ERROR_INIT;
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 16000, use_limited, NULL, &error), SCOPE_DONE);
}

/* What was exceeded stays exceeded, until it is forgiven, and only memory is. */
static void test_stays_exceeded(void)
{
    static volatile sig_atomic_t interrupt = 1;
    struct budget budget = {.max_memory = 10, .interrupt = &interrupt};
    budget_start(&budget);
    CU_ASSERT_FALSE(budget_allows(&budget, 11));
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
        {"memory in a scope with a limit", test_limited_scope},
        {"what is exceeded stays so", test_stays_exceeded},
        {"time", test_time},
        {"progress", test_progress},
        CU_TEST_INFO_NULL,
    };
    return unit_run("budget", tests);
}
