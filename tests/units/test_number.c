/* Numbers for people. */
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

/* A number given in decimal, formatted. */
static char *formatted(char *(*format)(const mpz_t), const char *digits)
{
    mpz_t number;
    mpz_init_set_str(number, digits, 10);
    char *string = format(number);
    mpz_clear(number);
    return string;
}

static char *share(const char *part, const char *whole)
{
    mpz_t a, b;
    mpz_init_set_str(a, part, 10);
    mpz_init_set_str(b, whole, 10);
    char *string = number_share(a, b);
    mpz_clears(a, b, NULL);
    return string;
}

static void test_digits(void)
{
    CU_ASSERT_TRUE(unit_is(formatted(number_exact, "118264581564861424"), "118264581564861424"));
    CU_ASSERT_TRUE(unit_is(formatted(number_exact, "-10"), "-10"));
    CU_ASSERT_TRUE(unit_is(formatted(number_grouped, "118264581564861424"), "118,264,581,564,861,424"));
    CU_ASSERT_TRUE(unit_is(formatted(number_grouped, "999"), "999"));
    CU_ASSERT_TRUE(unit_is(formatted(number_grouped, "-1000"), "-1,000"));
    CU_ASSERT_TRUE(unit_is(formatted(number_grouped, "0"), "0"));
    CU_ASSERT_TRUE(unit_is(number_grouped_unsigned(UINT64_MAX), "18,446,744,073,709,551,615"));
}

static void test_long_numbers(void)
{
    char digits[181];
    memset(digits, '7', 180);
    memcpy(digits, "1234567896", 10);
    digits[180] = '\0';
    CU_ASSERT_TRUE(unit_is(formatted(number_exact, digits), digits));
    CU_ASSERT_TRUE(unit_is(formatted(number_readable, digits), "1.234567896... x 10^179 (180 digits)"));
    CU_ASSERT_TRUE(unit_is(formatted(number_readable, "1234567"), "1,234,567"));
    mpz_t number;
    mpz_init_set_str(number, digits, 10);
    CU_ASSERT_TRUE(unit_is(number_column(number, 27), "1.235e+179"));
    mpz_neg(number, number);
    CU_ASSERT_TRUE(unit_is(number_column(number, 27), "-1.235e+179"));
    mpz_set_str(number, "9999999999", 10);
    CU_ASSERT_TRUE(unit_is(number_column(number, 13), "9,999,999,999"));
    CU_ASSERT_TRUE(unit_is(number_column(number, 12), "1.000e+10"));
    mpz_clear(number);
}

static void test_shares(void)
{
    CU_ASSERT_TRUE(unit_is(share("0", "7"), "0 %"));
    CU_ASSERT_TRUE(unit_is(share("7", "7"), "100 %"));
    CU_ASSERT_TRUE(unit_is(share("0", "0"), "-"));
    CU_ASSERT_TRUE(unit_is(share("1", "2"), "50.0 %"));
    CU_ASSERT_TRUE(unit_is(share("18", "20"), "90.0 %"));
    CU_ASSERT_TRUE(unit_is(share("1", "3"), "33.3 %"));
    CU_ASSERT_TRUE(unit_is(share("1", "1000"), "0.100 %"));
    CU_ASSERT_TRUE(unit_is(share("1", "8000"), "0.0125 %"));
    CU_ASSERT_TRUE(unit_is(share("1", "80000"), "1.3e-3 %"));
    CU_ASSERT_TRUE(unit_is(share("99950001", "100000000"), ">99.9 %"));
    CU_ASSERT_TRUE(unit_is(share("99949999", "100000000"), "99.9 %"));
    CU_ASSERT_TRUE(unit_is(share("9996", "100000"), "10.0 %"));
    CU_ASSERT_TRUE(unit_is(share("13122", "118264581564861424"), "1.1e-11 %"));
}

/* Far beyond what a double can hold, in either direction. */
static void test_tiny_shares(void)
{
    mpz_t part, whole;
    mpz_init_set_ui(part, 25);
    mpz_init(whole);
    mpz_ui_pow_ui(whole, 10, 5000);
    CU_ASSERT_TRUE(unit_is(number_share(part, whole), "2.5e-4997 %"));
    CU_ASSERT_DOUBLE_EQUAL(number_logarithm(whole), 5000, 1e-9);
    mpz_sub(part, whole, part);
    CU_ASSERT_TRUE(unit_is(number_share(part, whole), ">99.9 %"));
    mpz_clears(part, whole, NULL);
}

static void test_fractions(void)
{
    mpq_t number;
    mpq_init(number);
    CU_ASSERT_TRUE(unit_is(number_fraction(number), "0/1"));
    mpq_set_ui(number, 3, 4);
    CU_ASSERT_TRUE(unit_is(number_fraction(number), "3/4"));
    CU_ASSERT_TRUE(unit_is(number_probability(number, 0), "75.0 %"));
    CU_ASSERT_DOUBLE_EQUAL(number_logarithm_fraction(number), -0.12493873660830, 1e-12);
    mpq_clear(number);
}

static void test_approximations(void)
{
    mpq_t number;
    mpq_init(number);
    CU_ASSERT_TRUE(unit_is(number_probability(number, 0), "0 %"));
    CU_ASSERT_TRUE(unit_is(number_probability(number, 1e-10), "<1.0e-8 %"));
    CU_ASSERT_TRUE(unit_is(number_probability_exact(number, 1e-10), "0"));
    mpq_set_d(number, 0.25);
    CU_ASSERT_TRUE(unit_is(number_probability(number, 1e-10), "25.0 %"));
    CU_ASSERT_TRUE(unit_is(number_probability_exact(number, 0), "1/4"));
    CU_ASSERT_TRUE(unit_is(number_probability_exact(number, 1e-10), "0.25"));
    mpq_set_d(number, 1.0 / 3);
    CU_ASSERT_TRUE(unit_is(number_probability_exact(number, 1e-10), "0.33333333333333331"));
    /* Neither one nor a little more than one is all for certain. */
    mpq_set_d(number, 1.0);
    CU_ASSERT_TRUE(unit_is(number_probability(number, 0), "100 %"));
    CU_ASSERT_TRUE(unit_is(number_probability(number, 1e-10), ">99.9 %"));
    CU_ASSERT_TRUE(unit_is(number_probability(number, 0.03), ">97.0 %"));
    mpq_set_d(number, 1.0000000000000002);
    CU_ASSERT_TRUE(unit_is(number_probability(number, 1e-10), ">99.9 %"));
    mpq_clear(number);
}

static void test_bounds(void)
{
    CU_ASSERT_EQUAL(number_bound(0), 0);
    CU_ASSERT_EQUAL(number_bound(5.6e-10), 5.6e-10);
    CU_ASSERT_EQUAL(number_bound(5.61e-10), 5.7e-10);
    CU_ASSERT_EQUAL(number_bound(9.91e-10), 1e-9);
    CU_ASSERT_EQUAL(number_bound(0.123), 0.13);
    CU_ASSERT_TRUE(unit_is(number_bound_share(5.51e-10), "5.6e-8 %"));
    CU_ASSERT_TRUE(unit_is(number_bound_share(0.00012), "0.012 %"));
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"numbers: exact and grouped digits", test_digits},
        {"numbers: long ones are shortened", test_long_numbers},
        {"numbers: shares are never rounded to nothing or all", test_shares},
        {"numbers: shares beyond a double", test_tiny_shares},
        {"numbers: fractions", test_fractions},
        {"numbers: what is approximate is never all or nothing", test_approximations},
        {"numbers: bounds are rounded up", test_bounds},
        CU_TEST_INFO_NULL,
    };
    return unit_run("number", tests);
}
