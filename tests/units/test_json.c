/* Results as JSON. */
#include "base/memory.h"
#include "base/text.h"
#include "tests/support/handmade.h"
#include "tests/support/unit.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Returns the result, parsed, as new. */
static json_t *parsed(const struct outcome *outcome, bool timing)
{
    char *bytes = handmade_document(outcome, NULL, timing);
    json_error_t error;
    json_t *document = json_loads(bytes, JSON_REJECT_DUPLICATES, &error);
    if (document == NULL)
        unit_note("%d:%d: %s", error.line, error.column, error.text);
    memory_free(bytes);
    return document;
}

static bool member_is(const json_t *object, const char *key, const char *expected)
{
    char *bytes = json_dumps(json_object_get(object, key), JSON_ENCODE_ANY | JSON_COMPACT);
    if (bytes == NULL)
        return false;
    return unit_is(bytes, expected);
}

static void test_result_document(void)
{
    struct outcome *outcome = handmade_small();
    json_t *document = parsed(outcome, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(document);
    const json_t *findings = json_object_get(document, "outcome");
    CU_ASSERT_TRUE(member_is(document, "format", "\"racecheck-result\""));
    CU_ASSERT_TRUE(member_is(document, "version", "1"));
    CU_ASSERT_TRUE(member_is(document, "complete", "true"));
    CU_ASSERT_TRUE(member_is(document, "incomplete_reason", "null"));
    CU_ASSERT_TRUE(member_is(findings, "minimum", "1"));
    CU_ASSERT_TRUE(member_is(findings, "schedules", "\"20\""));
    CU_ASSERT_TRUE(member_is(findings, "values",
                             "[{\"value\":1,\"schedules\":\"18\",\"random_scheduler\":\"3/4\",\"preemptions\":1},"
                             "{\"value\":2,\"schedules\":\"2\",\"random_scheduler\":\"1/4\",\"preemptions\":0}]"));
    CU_ASSERT_TRUE(member_is(findings, "ranges", "[[1,2]]"));
    CU_ASSERT_TRUE(member_is(
        document, "statistics",
        "{\"states\":16,\"transitions\":24,\"stored\":16,\"depth\":6,\"collapsed\":false,\"sliced\":true,\"fused\":false}"));
    CU_ASSERT_EQUAL(json_array_size(json_object_get(document, "witnesses")), 1);
    json_decref(document);
    outcome_free(outcome);
}

static void test_result_without_numbers(void)
{
    struct outcome *outcome = handmade_outcome("unlocked", 2, 10);
    outcome->complete = false;
    outcome->incomplete_reason = memory_copy_string("interrupted");
    json_t *document = parsed(outcome, false);
    const json_t *findings = json_object_get(document, "outcome");
    static const char *const unknown[] = {"minimum",       "maximum",        "schedules",    "deadlocked",
                                          "failed",        "values",         "ranges",       "random_deadlocked",
                                          "random_failed", "random_endless", "random_error", "can_deadlock",
                                          "can_fail",      "failure",        "endless"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        CU_ASSERT_TRUE(member_is(findings, unknown[i], "null"));
    CU_ASSERT_TRUE(member_is(document, "incomplete_reason", "\"interrupted\""));
    json_decref(document);
    /* What was found stands, but is no minimum. */
    outcome->has_values = outcome->can_deadlock = true;
    intervals_add(&outcome->values, 3, 9);
    document = parsed(outcome, false);
    findings = json_object_get(document, "outcome");
    CU_ASSERT_TRUE(member_is(findings, "minimum", "null"));
    CU_ASSERT_TRUE(member_is(findings, "ranges", "[[3,9]]"));
    CU_ASSERT_TRUE(member_is(findings, "values", "null"));
    CU_ASSERT_TRUE(member_is(findings, "can_deadlock", "true"));
    json_decref(document);
    outcome_free(outcome);
}

static void test_result_extremes(void)
{
    struct outcome *outcome = handmade_outcome("unlocked", 2, INT64_C(9007199254740993));
    outcome->has_values = true;
    intervals_add(&outcome->values, INT64_MIN, -1);
    intervals_add(&outcome->values, INT64_C(9007199254740992), INT64_MAX);
    mpz_ui_pow_ui(outcome->states, 2, 53);
    mpz_ui_pow_ui(outcome->transitions, 10, 20);
    outcome->stored = UINT64_MAX;
    json_t *document = parsed(outcome, true);
    const json_t *findings = json_object_get(document, "outcome"),
                 *statistics = json_object_get(document, "statistics");
    CU_ASSERT_TRUE(member_is(findings, "minimum", "\"-9223372036854775808\""));
    CU_ASSERT_TRUE(
        member_is(findings, "ranges", "[[\"-9223372036854775808\",-1],[9007199254740992,\"9223372036854775807\"]]"));
    CU_ASSERT_TRUE(member_is(json_object_get(document, "program"), "iters", "\"9007199254740993\""));
    CU_ASSERT_TRUE(member_is(statistics, "states", "9007199254740992"));
    CU_ASSERT_TRUE(member_is(statistics, "transitions", "\"100000000000000000000\""));
    CU_ASSERT_TRUE(member_is(statistics, "stored", "\"18446744073709551615\""));
    CU_ASSERT_TRUE(json_is_real(json_object_get(statistics, "seconds")));
    json_decref(document);
    outcome_free(outcome);
}

static void test_approximate_document(void)
{
    struct outcome *outcome = handmade_endless();
    json_t *document = parsed(outcome, false);
    const json_t *findings = json_object_get(document, "outcome");
    CU_ASSERT_TRUE(member_is(findings, "schedules", "null"));
    CU_ASSERT_TRUE(member_is(findings, "endless", "true"));
    CU_ASSERT_TRUE(member_is(findings, "random_endless", "\"1/8\""));
    CU_ASSERT_TRUE(member_is(findings, "random_error", "0"));
    json_decref(document);
    outcome->random_error = 5.61e-10;
    document = parsed(outcome, false);
    findings = json_object_get(document, "outcome");
    CU_ASSERT_TRUE(member_is(findings, "values",
                             "[{\"value\":1,\"schedules\":null,\"random_scheduler\":\"0.875\",\"preemptions\":null}]"));
    CU_ASSERT_TRUE(member_is(findings, "random_endless", "\"0.125\""));
    CU_ASSERT_DOUBLE_EQUAL(json_real_value(json_object_get(findings, "random_error")), 5.7e-10, 1e-14);
    json_decref(document);
    outcome_free(outcome);
}

static void test_equal_bytes(void)
{
    struct outcome *first = handmade_small(), *second = handmade_small();
    first->seconds = 1;
    char *one = handmade_document(first, NULL, false), *two = handmade_document(second, NULL, false);
    CU_ASSERT_STRING_EQUAL(one, two);
    memory_free(one);
    memory_free(two);
    outcome_free(first);
    outcome_free(second);
}

static void test_starvation_document(void)
{
    struct outcome *outcome = handmade_waiting();
    char *bytes = handmade_document(outcome, NULL, false);
    json_t *document = json_loads(bytes, 0, NULL);
    CU_ASSERT_TRUE(member_is(
        document, "properties",
        "{\"deadlock\":false,\"hang\":false,\"terminates\":true,\"exclusive\":null,\"starvation\":{\"fairness\":\"weak\",\"possible\":true,"
        "\"threads\":[{\"thread\":\"T0\",\"starves\":false,\"steps\":12,\"ticks\":1300,\"stem\":null,"
        "\"loop\":null,\"schedule\":null,\"scheduler\":null},{\"thread\":\"T1\",\"starves\":true,\"steps\":null,\"ticks\":null,"
        "\"stem\":[1,0,0,0],\"loop\":[0,0,0,0,0,0],\"schedule\":\"1*1 0*9\","
        "\"scheduler\":{\"kind\":\"tick\",\"quantum\":5,\"phase\":3}}]},\"not_excluded\":[]}"));
    json_decref(document);
    memory_free(bytes);
    outcome->has_exclusion = true;
    outcome->has_starvation = outcome->complete = false;
    bytes = handmade_document(outcome, NULL, false);
    document = json_loads(bytes, 0, NULL);
    CU_ASSERT_TRUE(member_is(
        document, "properties",
        "{\"deadlock\":null,\"hang\":null,\"terminates\":null,\"exclusive\":false,\"starvation\":null,\"not_excluded\":[]}"));
    json_decref(document);
    memory_free(bytes);
    outcome_free(outcome);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"JSON: a result", test_result_document},
        {"JSON: what was not computed is null", test_result_without_numbers},
        {"JSON: numbers beyond 2^53 are strings", test_result_extremes},
        {"JSON: approximate probabilities", test_approximate_document},
        {"JSON: equal outcomes give equal bytes", test_equal_bytes},
        {"properties: as JSON", test_starvation_document},
        CU_TEST_INFO_NULL,
    };
    return unit_run("json", tests);
}
