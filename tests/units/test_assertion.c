#include "cli/assertion.h"
#include "tests/support/unit.h"

#include <string.h>

static struct assertion read_claim(const char *text)
{
    struct assertion assertion;
    struct error error = ERROR_INIT;
    bool good = assertion_parse(&assertion, text, "count", &error);
    if (!good)
        unit_note("%s", error.text);
    CU_ASSERT_TRUE(good);
    return assertion;
}

static void check_claim(const char *text, enum assertion_operator operator, int64_t number)
{
    struct assertion assertion = read_claim(text);
    CU_ASSERT_EQUAL(assertion.kind, ASSERTION_VALUE);
    CU_ASSERT_EQUAL(assertion.operator, operator);
    CU_ASSERT_EQUAL(assertion.number, number);
    CU_ASSERT_PTR_EQUAL(assertion.text, text);
}

static void test_claims(void)
{
    check_claim("value >= 2", OPERATOR_GE, 2);
    check_claim("value<=2", OPERATOR_LE, 2);
    check_claim("  value >  2  ", OPERATOR_GT, 2);
    check_claim("count < -2", OPERATOR_LT, -2);
    check_claim("value == 9223372036854775807", OPERATOR_EQ, INT64_MAX);
    check_claim("count!=-9223372036854775808", OPERATOR_NE, INT64_MIN);
    CU_ASSERT_EQUAL(read_claim("no-deadlock").kind, ASSERTION_NO_DEADLOCK);
    CU_ASSERT_EQUAL(read_claim("no-error").kind, ASSERTION_NO_ERROR);
    CU_ASSERT_EQUAL(read_claim("exclusive").kind, ASSERTION_EXCLUSIVE);
    CU_ASSERT_EQUAL(read_claim("no-starvation").kind, ASSERTION_NO_STARVATION);
}

static void test_no_claims(void)
{
    static const char *const texts[] = {"",
                                        "value",
                                        "value >=",
                                        "value >= x",
                                        "value >= 2x",
                                        "other >= 2",
                                        "values >= 2",
                                        "value = 2",
                                        "value => 2",
                                        "no-deadlocks",
                                        "no_error",
                                        "exclusively",
                                        "starvation",
                                        "2 <= value",
                                        "value >= 9223372036854775808",
                                        "value >= 2 3",
                                        "valu >= 2",
                                        ">= 2"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        struct assertion assertion;
        struct error error = ERROR_INIT;
        CU_ASSERT_FALSE(assertion_parse(&assertion, texts[t], "count", &error));
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "is no claim (expected 'count >= NUMBER'"));
    }
}

/* Whether an outcome with these values violates a claim. */
static bool violates(const char *text, const struct intervals *values)
{
    struct assertion assertion = read_claim(text);
    struct outcome *outcome = outcome_new();
    outcome->has_values = true;
    intervals_union(&outcome->values, values, 0);
    bool violated = assertion_is_violated(&assertion, outcome);
    CU_ASSERT_TRUE(assertion_is_decided(&assertion, outcome));
    outcome_free(outcome);
    return violated;
}

/* Every operator at both ends and in the gap of {2, 3, 4, 8}. */
static void test_values(void)
{
    static const struct {
        const char *text;
        bool violated;
    } claims[] = {{"value >= 2", false}, {"value >= 3", true},  {"value <= 8", false}, {"value <= 7", true},
                  {"value > 1", false},  {"value > 2", true},   {"value < 9", false},  {"value < 8", true},
                  {"value != 1", false}, {"value != 2", true},  {"value != 3", true},  {"value != 4", true},
                  {"value != 5", false}, {"value != 7", false}, {"value != 8", true},  {"value != 9", false},
                  {"value == 2", true},  {"value == 8", true},  {"value == 5", true}};
    struct intervals values = {0}, one = {0};
    intervals_add(&values, 2, 4);
    intervals_add(&values, 8, 8);
    for (size_t c = 0; c < sizeof claims / sizeof *claims; c++) {
        bool violated = violates(claims[c].text, &values);
        if (violated != claims[c].violated)
            unit_note("%s", claims[c].text);
        CU_ASSERT_EQUAL(violated, claims[c].violated);
    }
    intervals_add(&one, 5, 5);
    CU_ASSERT_FALSE(violates("value == 5", &one));
    CU_ASSERT_TRUE(violates("value == 4", &one));
    intervals_free(&values);
    intervals_free(&one);
}

/* Of no value everything is true. */
static void test_no_values(void)
{
    struct intervals none = {0};
    CU_ASSERT_FALSE(violates("value >= 2", &none));
    CU_ASSERT_FALSE(violates("value == 2", &none));
}

static void check_extremes(const char *text, bool decided, bool violated)
{
    struct assertion assertion = read_claim(text);
    struct outcome *outcome = outcome_new();
    outcome->has_extremes = true;
    outcome->least = 2;
    outcome->greatest = 20;
    CU_ASSERT_EQUAL(assertion_is_decided(&assertion, outcome), decided);
    if (decided)
        CU_ASSERT_EQUAL(assertion_is_violated(&assertion, outcome), violated);
    outcome_free(outcome);
}

/* The extremes alone decide all but whether a value between them is one. */
static void test_extremes(void)
{
    check_extremes("value >= 2", true, false);
    check_extremes("value >= 3", true, true);
    check_extremes("value < 20", true, true);
    check_extremes("value == 2", true, true);
    check_extremes("value != 2", true, true);
    check_extremes("value != 20", true, true);
    check_extremes("value != 1", true, false);
    check_extremes("value != 21", true, false);
    check_extremes("value != 10", false, false);
}

/* What was left out is no yes. */
static void test_left_out(void)
{
    struct assertion claim = read_claim("value >= 2"), deadlock = read_claim("no-deadlock");
    struct outcome *outcome = outcome_new();
    CU_ASSERT_TRUE(assertion_is_decided(&claim, outcome));
    outcome_omit(outcome, "extremes", "centuries", "--compute extremes");
    CU_ASSERT_FALSE(assertion_is_decided(&claim, outcome));
    CU_ASSERT_FALSE(assertion_is_violated(&claim, outcome));
    CU_ASSERT_TRUE(assertion_is_decided(&deadlock, outcome));
    outcome_free(outcome);
}

static void test_fates(void)
{
    struct assertion deadlock = read_claim("no-deadlock"), mistake = read_claim("no-error");
    struct outcome *outcome = outcome_new();
    CU_ASSERT_FALSE(assertion_is_violated(&deadlock, outcome) || assertion_is_violated(&mistake, outcome));
    outcome->can_deadlock = true;
    CU_ASSERT(assertion_is_violated(&deadlock, outcome) && !assertion_is_violated(&mistake, outcome));
    outcome->can_deadlock = false;
    outcome->can_fail = true;
    CU_ASSERT(!assertion_is_violated(&deadlock, outcome) && assertion_is_violated(&mistake, outcome));
    outcome_free(outcome);
}

/* What was not found out is neither a yes nor a no. */
static void test_properties(void)
{
    struct assertion exclusive = read_claim("exclusive"), patient = read_claim("no-starvation");
    struct outcome *outcome = outcome_new();
    CU_ASSERT_FALSE(assertion_is_decided(&exclusive, outcome) || assertion_is_decided(&patient, outcome));
    CU_ASSERT_FALSE(assertion_is_violated(&exclusive, outcome) || assertion_is_violated(&patient, outcome));
    CU_ASSERT_STRING_EQUAL(assertion_reason(&exclusive),
                           "whether threads are alone in their critical sections was not computed");
    CU_ASSERT_STRING_EQUAL(assertion_reason(&patient), "whether threads can wait for ever was not computed");
    outcome->has_exclusion = outcome->has_starvation = outcome->can_starve = true;
    CU_ASSERT_TRUE(assertion_is_decided(&exclusive, outcome) && assertion_is_decided(&patient, outcome));
    CU_ASSERT_TRUE(assertion_is_violated(&exclusive, outcome) && assertion_is_violated(&patient, outcome));
    outcome->is_exclusive = true;
    outcome->can_starve = false;
    CU_ASSERT_FALSE(assertion_is_violated(&exclusive, outcome) || assertion_is_violated(&patient, outcome));
    outcome_free(outcome);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"claims", test_claims},
        {"what is no claim", test_no_claims},
        {"values", test_values},
        {"no values", test_no_values},
        {"extremes alone", test_extremes},
        {"what was left out", test_left_out},
        {"deadlocks and errors", test_fates},
        {"properties", test_properties},
        CU_TEST_INFO_NULL,
    };
    return unit_run("assertion", tests);
}
