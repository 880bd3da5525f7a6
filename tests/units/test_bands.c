#include "checker/bands.h"
#include "tests/support/unit.h"

static void test_multiples(void)
{
    struct bands bands;
    bands_start(&bands, 3, 5, NULL);
    CU_ASSERT_EQUAL(bands_width(&bands, 0), 0);
    CU_ASSERT_EQUAL(bands_width_max(&bands), 0);
    bands.levels[1] = (struct band){-10, 15};
    bands.levels[2] = (struct band){20, 20};
    CU_ASSERT_EQUAL(bands_width(&bands, 1), 6);
    CU_ASSERT_EQUAL(bands_width(&bands, 2), 1);
    CU_ASSERT_EQUAL(bands_width_max(&bands), 6);
    CU_ASSERT_EQUAL(bands_place(&bands, 1, -10), 0);
    CU_ASSERT_EQUAL(bands_place(&bands, 1, 15), 5);
    CU_ASSERT_EQUAL(bands_place(&bands, 2, 20), 0);
    for (size_t place = 0; place < 6; place++)
        CU_ASSERT_EQUAL(bands_place(&bands, 1, bands_value(&bands, 1, place)), place);
    bands_free(&bands);
}

/* No unit is every number. */
static void test_no_unit(void)
{
    struct bands bands;
    bands_start(&bands, 1, 0, NULL);
    bands.levels[0] = (struct band){-1, 1};
    CU_ASSERT_EQUAL(bands.unit, 1);
    CU_ASSERT_EQUAL(bands_width(&bands, 0), 3);
    CU_ASSERT_EQUAL(bands_value(&bands, 0, 2), 1);
    bands_free(&bands);
}

static void test_far_apart(void)
{
    struct bands bands;
    int64_t unit = INT64_C(1) << 60;
    bands_start(&bands, 1, (uint64_t)unit, NULL);
    bands.levels[0] = (struct band){-3 * unit, 3 * unit};
    CU_ASSERT_EQUAL(bands_width(&bands, 0), 7);
    CU_ASSERT_EQUAL(bands_place(&bands, 0, 0), 3);
    CU_ASSERT_EQUAL(bands_value(&bands, 0, 6), 3 * unit);
    bands_free(&bands);
}

/* Values that are known one by one have their ranks as places, whatever the level. */
static void test_ranks(void)
{
    static const int64_t values[] = {-7, -6, 0, 100, 101, 102};
    struct intervals known = {0};
    struct bands bands;
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        intervals_add(&known, values[v], values[v]);
    bands_start(&bands, 2, 3, &known);
    CU_ASSERT_EQUAL(bands_width(&bands, 0), 6);
    CU_ASSERT_EQUAL(bands_width_max(&bands), 6);
    for (size_t place = 0; place < 6; place++) {
        CU_ASSERT_EQUAL(bands_value(&bands, place % 2, place), values[place]);
        CU_ASSERT_EQUAL(bands_place(&bands, place % 2, values[place]), place);
    }
    bands_free(&bands);
    intervals_free(&known);
}

/* Deadlocks and errors have no value and go under 0, which need not be among those that are known. */
static void test_fates_without_zero(void)
{
    struct intervals known = {0};
    struct bands bands;
    bands_start(&bands, 1, 1, &known);
    CU_ASSERT_EQUAL(bands_place(&bands, 0, 0), 0);
    bands_value(&bands, 0, 0); /* means nothing, but must not look for a value that is not there */
    intervals_add(&known, 5, 6);
    CU_ASSERT_EQUAL(bands_place(&bands, 0, 0), 0);
    CU_ASSERT_EQUAL(bands_place(&bands, 0, 6), 1);
    bands_free(&bands);
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
    return unit_run("bands", tests);
}
