#include "analysis/value_range.h"
#include "tests/support/unit.h"

static void test_multiples(void)
{
    struct value_ranges ranges;
    value_ranges_start(&ranges, 3, 5, NULL);
    CU_ASSERT_EQUAL(value_ranges_width(&ranges, 0), 0);
    ranges.levels[1] = (struct value_range){-10, 15};
    ranges.levels[2] = (struct value_range){20, 20};
    CU_ASSERT_EQUAL(value_ranges_width(&ranges, 1), 6);
    CU_ASSERT_EQUAL(value_ranges_width(&ranges, 2), 1);
    CU_ASSERT_EQUAL(value_ranges_place(&ranges, 1, -10), 0);
    CU_ASSERT_EQUAL(value_ranges_place(&ranges, 1, 15), 5);
    CU_ASSERT_EQUAL(value_ranges_place(&ranges, 2, 20), 0);
    for (size_t place = 0; place < 6; place++)
        CU_ASSERT_EQUAL(value_ranges_place(&ranges, 1, value_ranges_value(&ranges, 1, place)), place);
    value_ranges_free(&ranges);
}

/* No unit is every number. */
static void test_no_unit(void)
{
    struct value_ranges ranges;
    value_ranges_start(&ranges, 1, 0, NULL);
    ranges.levels[0] = (struct value_range){-1, 1};
    CU_ASSERT_EQUAL(ranges.unit, 1);
    CU_ASSERT_EQUAL(value_ranges_width(&ranges, 0), 3);
    CU_ASSERT_EQUAL(value_ranges_value(&ranges, 0, 2), 1);
    value_ranges_free(&ranges);
}

static void test_far_apart(void)
{
    struct value_ranges ranges;
    int64_t unit = INT64_C(1) << 60;
    value_ranges_start(&ranges, 1, (uint64_t)unit, NULL);
    ranges.levels[0] = (struct value_range){-3 * unit, 3 * unit};
    CU_ASSERT_EQUAL(value_ranges_width(&ranges, 0), 7);
    CU_ASSERT_EQUAL(value_ranges_place(&ranges, 0, 0), 3);
    CU_ASSERT_EQUAL(value_ranges_value(&ranges, 0, 6), 3 * unit);
    value_ranges_free(&ranges);
}

/* Values that are known one by one have their ranks as places, whatever the level. */
static void test_ranks(void)
{
    static const int64_t values[] = {-7, -6, 0, 100, 101, 102};
    struct intervals known = {0};
    struct value_ranges ranges;
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        intervals_add(&known, values[v], values[v]);
    value_ranges_start(&ranges, 2, 3, &known);
    CU_ASSERT_EQUAL(value_ranges_width(&ranges, 0), 6);
    for (size_t place = 0; place < 6; place++) {
        CU_ASSERT_EQUAL(value_ranges_value(&ranges, place % 2, place), values[place]);
        CU_ASSERT_EQUAL(value_ranges_place(&ranges, place % 2, values[place]), place);
    }
    value_ranges_free(&ranges);
    intervals_free(&known);
}

/* Deadlocks and errors have no value and go under 0, which need not be among those that are known. */
static void test_fates_without_zero(void)
{
    struct intervals known = {0};
    struct value_ranges ranges;
    value_ranges_start(&ranges, 1, 1, &known);
    CU_ASSERT_EQUAL(value_ranges_place(&ranges, 0, 0), 0);
    value_ranges_value(&ranges, 0, 0); /* means nothing, but must not look for a value that is not there */
    intervals_add(&known, 5, 6);
    CU_ASSERT_EQUAL(value_ranges_place(&ranges, 0, 0), 0);
    CU_ASSERT_EQUAL(value_ranges_place(&ranges, 0, 6), 1);
    value_ranges_free(&ranges);
    intervals_free(&known);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"multiples of a unit", test_multiples},
        {"no unit", test_no_unit},
        {"values far apart", test_far_apart},
        {"ranks of known values", test_ranks},
        {"fates where 0 is no value", test_fates_without_zero},
        CU_TEST_INFO_NULL,
    };
    return unit_run("ranges", tests);
}
