/* generator: the published numbers, and streams that are the same for ever. */
#include "base/generator.h"
#include "tests/support/unit.h"

#include <string.h>

/* The first outputs for the seed 1234567, as the authors' reference code and others' list them. */
static void test_published(void)
{
    static const uint64_t expected[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                        UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                        UINT64_C(16408922859458223821)};
    struct generator generator = {.state = 1234567};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        CU_ASSERT_EQUAL(generator_next(&generator), expected[i]);
}

/* From the test vectors of the FNV authors. */
static void test_hash(void)
{
    CU_ASSERT_EQUAL(generator_hash(""), UINT64_C(0xcbf29ce484222325));
    CU_ASSERT_EQUAL(generator_hash("a"), UINT64_C(0xaf63dc4c8601ec8c));
    CU_ASSERT_EQUAL(generator_hash("foobar"), UINT64_C(0x85944171f73967e8));
}

/* A stream begins where the description says that it does. */
static void test_start(void)
{
    struct generator first = {.state = 2026};
    struct generator expected = {.state = generator_next(&first) ^ generator_hash("witness/alice")};
    struct generator generator = generator_start(2026, "witness", "alice");
    for (int i = 0; i < 100; i++)
        CU_ASSERT_EQUAL(generator_next(&generator), generator_next(&expected));
}

static void test_streams_differ(void)
{
    struct generator streams[] = {generator_start(1, "witness", "alice"), generator_start(2, "witness", "alice"),
                                  generator_start(1, "values", "alice"), generator_start(1, "witness", "bob")};
    uint64_t first[4];
    for (size_t s = 0; s < 4; s++)
        first[s] = generator_next(&streams[s]);
    for (size_t s = 0; s < 4; s++)
        for (size_t t = 0; t < s; t++)
            CU_ASSERT_NOT_EQUAL(first[s], first[t]);
}

/* All numbers come, none outside, and each about as often: 6 x 10,000 draws, five standard deviations allowed. */
static void test_below(void)
{
    enum { BOUND = 6, EACH = 10000, ALLOWED = 460 };
    unsigned seen[BOUND] = {0};
    struct generator generator = generator_start(7, "test", "below");
    for (int i = 0; i < BOUND * EACH; i++) {
        uint64_t drawn = generator_below(&generator, BOUND);
        CU_ASSERT_FATAL(drawn < BOUND);
        seen[drawn]++;
    }
    for (size_t n = 0; n < BOUND; n++)
        CU_ASSERT(seen[n] > EACH - ALLOWED && seen[n] < EACH + ALLOWED);
    CU_ASSERT_EQUAL(generator_below(&generator, 1), 0);
}

/* Where almost half of all outputs are over, they must be drawn again: the quarters of the range come equally often. */
static void test_below_unbiased(void)
{
    enum { DRAWS = 40000 };
    const uint64_t bound =
        (UINT64_C(1) << 63) + (UINT64_C(1) << 62); /* a remainder would fall into the low third twice */
    unsigned low = 0;
    struct generator generator = generator_start(7, "test", "unbiased");
    for (int i = 0; i < DRAWS; i++)
        low += generator_below(&generator, bound) < bound / 3;
    CU_ASSERT(low > DRAWS / 3 - 500 && low < DRAWS / 3 + 500);
}

static void test_between(void)
{
    struct generator generator = generator_start(7, "test", "between");
    bool least = false, most = false;
    for (int i = 0; i < 1000; i++) {
        int64_t drawn = generator_between(&generator, -3, 2);
        CU_ASSERT_FATAL(drawn >= -3 && drawn <= 2);
        least |= drawn == -3;
        most |= drawn == 2;
    }
    CU_ASSERT(least && most);
    CU_ASSERT_EQUAL(generator_between(&generator, INT64_MIN, INT64_MIN), INT64_MIN);
    CU_ASSERT(generator_between(&generator, INT64_MIN, INT64_MAX - 1) < INT64_MAX);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"the published numbers come out", test_published},
        {"hashes are those of FNV-1a", test_hash},
        {"a stream begins as described", test_start},
        {"seeds, purposes and students make different streams", test_streams_differ},
        {"numbers below a bound are equally likely", test_below},
        {"a bound that divides nothing favours no number", test_below_unbiased},
        {"numbers between two bounds", test_between},
        CU_TEST_INFO_NULL,
    };
    return unit_run("generator", tests);
}
