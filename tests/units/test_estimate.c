#include "analysis/estimate.h"
#include "tests/support/unit.h"

static void check_print(double seconds, double bytes, const char *expected)
{
    char buffer[96];
    struct estimate estimate = {seconds, bytes};
    estimate_print(&estimate, buffer, sizeof buffer);
    CU_ASSERT_STRING_EQUAL(buffer, expected);
}

static void test_print(void)
{
    check_print(0, 0, "about 1 s and 1 MB");
    check_print(3.2, 2e8, "about 3 s and 200 MB");
    check_print(119, 999e6, "about 119 s and 999 MB");
    check_print(150, 3e9, "about 2 min and 3 GB");
    check_print(7200, 1e12, "about 2 h and 1000 GB");
    check_print(864000 * 3, 1e9, "about 30 days and 1 GB");
    check_print(1e12, 2e18, "about centuries and 2e+09 GB");
}

/* Ten places on each level. */
static size_t ten(const struct space *self, size_t level)
{
    (void)self;
    (void)level;
    return 10;
}

/* Twice the entries take twice as long; all levels kept take more memory than two of them. */
static void test_proportions(void)
{
    static const struct space_kind kind = {.places = ten};
    struct space space = {.kind = &kind, .graded = true, .level_count = 100, .states = 1000, .entries = 4000};
    space.slots.count = 3;
    struct estimate one = estimate_small(&space, 1e-6, 16, false);
    struct estimate kept = estimate_small(&space, 1e-6, 16, true);
    struct estimate arrays = estimate_arrays(&space, 50, 8, 1e-6, true);
    space.entries *= 2;
    struct estimate two = estimate_small(&space, 1e-6, 16, false);
    CU_ASSERT_DOUBLE_EQUAL(two.seconds, 2 * one.seconds, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(kept.bytes, 1000 * 3 * 16, 1e-6);
    CU_ASSERT(one.bytes < kept.bytes / 10);
    CU_ASSERT_DOUBLE_EQUAL(arrays.bytes, 1000 * 3 * 50 * 8, 1e-6);
    CU_ASSERT(arrays.seconds > 4000 * 50 * 1e-6);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"in words", test_print},
        {"in proportion to the work", test_proportions},
        CU_TEST_INFO_NULL,
    };
    return unit_run("estimate", tests);
}
