#include "analysis/outcome.h"
#include "base/memory.h"
#include "program/observation.h"
#include "program/program.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

/* Reads a claim about a program that observes its variable `count`. */
static bool parse(struct claim *claim, const char *text, struct error *error)
{
    struct program *program = subject_program(".var count\n.thread a\n add $1, count\n", 1, 1);
    struct observation observation = observation_of(0);
    bool good = claim_parse(claim, program, &observation, text, error);
    program_free(program);
    return good;
}

static struct claim read_claim(const char *text)
{
    struct claim claim;
    struct error error = ERROR_INIT;
    bool good = parse(&claim, text, &error);
    if (!good)
        unit_note("%s", error.text);
    CU_ASSERT_TRUE(good);
    return claim;
}

static void check_comparison(const char *text, enum claim_relation relation, int64_t number)
{
    struct claim claim = read_claim(text);
    CU_ASSERT_EQUAL(claim.kind, CLAIM_VALUE);
    CU_ASSERT_EQUAL(claim.relation, relation);
    CU_ASSERT_EQUAL(claim.number, number);
    CU_ASSERT_EQUAL(claim.verdict, CLAIM_UNKNOWN);
    CU_ASSERT_STRING_EQUAL(claim.text, text);
    claim_free(&claim);
}

static void check_word(const char *text, enum claim_kind kind)
{
    struct claim claim = read_claim(text);
    CU_ASSERT_EQUAL(claim.kind, kind);
    claim_free(&claim);
}

static void test_claims(void)
{
    check_comparison("value >= 2", RELATION_GE, 2);
    check_comparison("value<=2", RELATION_LE, 2);
    check_comparison("  value >  2  ", RELATION_GT, 2);
    check_comparison("count < -2", RELATION_LT, -2);
    check_comparison("value == 9223372036854775807", RELATION_EQ, INT64_MAX);
    check_comparison("count!=-9223372036854775808", RELATION_NE, INT64_MIN);
    check_word("no-deadlock", CLAIM_NO_DEADLOCK);
    check_word("no-error", CLAIM_NO_ERROR);
    check_word("exclusive", CLAIM_EXCLUSIVE);
    check_word("no-starvation", CLAIM_NO_STARVATION);
}

/* More than a comparison with a number is a condition. */
static void test_conditions(void)
{
    static const char *const texts[] = {"count", "2 <= value", "value >= count", "value + 1 == 3", "value >= -(2)"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        check_word(texts[t], CLAIM_FINAL);
    check_word("always value >= 0", CLAIM_ALWAYS);
    check_word("value == 1 leads-to value == 2", CLAIM_LEADS_TO);
}

static void refuse(const char *text, const char *words)
{
    struct claim claim;
    struct error error = ERROR_INIT;
    CU_ASSERT_FALSE(parse(&claim, text, &error));
    if (strstr(error.text, words) == NULL)
        unit_note("%s: %s", text, error.text);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, words));
}

static void test_no_claims(void)
{
    static const char *const words[] = {"", "value", "values", "hanging"};
    static const char *const meant[][2] = {{"no-deadlocks", "no-deadlock"},
                                           {"no_error", "no-error"},
                                           {"exclusively", "exclusive"},
                                           {"starvation", "no-starvation"},
                                           {"terminate", "terminates"},
                                           {"cuont", "count"},
                                           {"alwyas count > 1", "always"},
                                           {"posible count > 1", "possible"},
                                           {"bypas T0 < 1", "bypass"},
                                           {"count > 1 leads_to count > 2", "leads-to"},
                                           {"count > 1 leadsto count > 2", "leads-to"},
                                           {"count > 1 and count > 2", "&&"},
                                           {"not count", "!"}};
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        refuse(words[w], "is no claim (expected 'count >= NUMBER'");
    for (size_t m = 0; m < sizeof meant / sizeof *meant; m++) {
        char hint[40];
        snprintf(hint, sizeof hint, "; did you mean '%s'?", meant[m][1]);
        refuse(meant[m][0], hint);
    }
    refuse("always", "column 7: expected a variable");
    refuse("always count > 1 && terminates", "column 21: 'terminates' is no part of a condition");
    refuse("count-conut > 1", "column 7: there is no variable 'conut'; did you mean 'count'?");
    refuse("count[1] > 1", "column 6: there is no count[1] (expected count, which is one word)");
    refuse("count[0 - 1] > 1", "column 6: there is no count[-1]");
    refuse("output == \"\"", "column 1: the program prints nothing");
    refuse("bypass", "column 7: a thread is missing");
    refuse("bypass T8 < 3", "column 8: there is no thread 'T8' (expected a)");
    refuse("value >=", "column 9: expected a variable");
    refuse("value >= x", "column 10: there is no variable 'x'");
    refuse("value >= 2x", "column 10: malformed number");
    refuse("other >= 2", "column 1: there is no variable 'other'");
    refuse("values >= 2", "column 1: there is no variable 'values'; did you mean 'value'?");
    refuse("value = 2", "column 7: expected an operator");
    refuse("value => 2", "column 7: expected an operator");
    refuse("value >= 9223372036854775808", "column 10: the number does not fit");
    refuse("value >= 2 3", "column 12: expected an operator");
    refuse(">= 2", "column 1: expected a variable");
}

/* ---- Judging --------------------------------------------------------------------------------------------------- */

/* Returns a complete outcome with a claim as new. */
static struct outcome *claiming(const char *text)
{
    struct outcome *outcome = outcome_new();
    outcome->complete = true;
    outcome->claims = memory_new(1, sizeof *outcome->claims);
    outcome->claims[outcome->claim_count++] = read_claim(text);
    return outcome;
}

static enum claim_verdict judge(struct outcome *outcome)
{
    claims_judge(outcome);
    return outcome->claims[0].verdict;
}

static void check(struct outcome *outcome, enum claim_verdict verdict)
{
    enum claim_verdict found = judge(outcome);
    if (found != verdict)
        unit_note("%s", outcome->claims[0].text);
    CU_ASSERT_EQUAL(found, verdict);
}

static void check_values(const char *text, const struct intervals *values, enum claim_verdict verdict, int64_t shown)
{
    struct outcome *outcome = claiming(text);
    outcome->has_values = true;
    intervals_union(&outcome->values, values, 0);
    check(outcome, verdict);
    if (verdict == CLAIM_VIOLATED)
        CU_ASSERT_EQUAL(outcome->claims[0].value, shown);
    outcome->complete = false;
    check(outcome, verdict == CLAIM_HOLDS ? CLAIM_UNKNOWN : verdict);
    outcome_free(outcome);
}

/* Every relation at both ends and in the gap of {2, 3, 4, 8}, with the value that shows a violation. */
static void test_values(void)
{
    static const struct {
        const char *text;
        enum claim_verdict verdict;
        int64_t shown;
    } claims[] = {
        {"value >= 2", CLAIM_HOLDS, 0},    {"value >= 3", CLAIM_VIOLATED, 2}, {"value >= 9", CLAIM_VIOLATED, 2},
        {"value <= 8", CLAIM_HOLDS, 0},    {"value <= 7", CLAIM_VIOLATED, 8}, {"value <= 1", CLAIM_VIOLATED, 8},
        {"value > 1", CLAIM_HOLDS, 0},     {"value > 2", CLAIM_VIOLATED, 2},  {"value < 9", CLAIM_HOLDS, 0},
        {"value < 8", CLAIM_VIOLATED, 8},  {"value != 1", CLAIM_HOLDS, 0},    {"value != 2", CLAIM_VIOLATED, 2},
        {"value != 3", CLAIM_VIOLATED, 3}, {"value != 4", CLAIM_VIOLATED, 4}, {"value != 5", CLAIM_HOLDS, 0},
        {"value != 7", CLAIM_HOLDS, 0},    {"value != 8", CLAIM_VIOLATED, 8}, {"value != 9", CLAIM_HOLDS, 0},
        {"value == 2", CLAIM_VIOLATED, 8}, {"value == 8", CLAIM_VIOLATED, 2}, {"value == 5", CLAIM_VIOLATED, 2}};
    struct intervals values = {0}, one = {0};
    intervals_add(&values, 2, 4);
    intervals_add(&values, 8, 8);
    for (size_t c = 0; c < sizeof claims / sizeof *claims; c++)
        check_values(claims[c].text, &values, claims[c].verdict, claims[c].shown);
    intervals_add(&one, 5, 5);
    check_values("value == 5", &one, CLAIM_HOLDS, 0);
    check_values("value == 4", &one, CLAIM_VIOLATED, 5);
    intervals_free(&values);
    intervals_free(&one);
}

/* Of no value everything is true. */
static void test_no_values(void)
{
    struct intervals none = {0};
    check_values("value >= 2", &none, CLAIM_HOLDS, 0);
    check_values("value == 2", &none, CLAIM_HOLDS, 0);
}

static void check_extremes(const char *text, enum claim_verdict verdict)
{
    struct outcome *outcome = claiming(text);
    outcome->has_extremes = true;
    outcome->least = 2;
    outcome->greatest = 20;
    check(outcome, verdict);
    CU_ASSERT_EQUAL(claim_gap(&outcome->claims[0], outcome) == NULL, verdict != CLAIM_UNKNOWN);
    outcome_free(outcome);
}

/* The extremes alone decide all but whether a value between them is one. */
static void test_extremes(void)
{
    check_extremes("value >= 2", CLAIM_HOLDS);
    check_extremes("value >= 3", CLAIM_VIOLATED);
    check_extremes("value < 20", CLAIM_VIOLATED);
    check_extremes("value == 2", CLAIM_VIOLATED);
    check_extremes("value != 2", CLAIM_VIOLATED);
    check_extremes("value != 20", CLAIM_VIOLATED);
    check_extremes("value != 1", CLAIM_HOLDS);
    check_extremes("value != 21", CLAIM_HOLDS);
    check_extremes("value != 10", CLAIM_UNKNOWN);
}

/* What was left out is no yes. */
static void test_left_out(void)
{
    struct outcome *values = claiming("value >= 2"), *deadlock = claiming("no-deadlock");
    check(values, CLAIM_HOLDS);
    outcome_omit(values, "extremes", "centuries", "--compute extremes");
    outcome_omit(deadlock, "extremes", "centuries", "--compute extremes");
    check(values, CLAIM_UNKNOWN);
    check(deadlock, CLAIM_HOLDS);
    outcome_free(values);
    outcome_free(deadlock);
}

static void test_fates(void)
{
    struct outcome *deadlock = claiming("no-deadlock"), *mistake = claiming("no-error");
    check(deadlock, CLAIM_HOLDS);
    check(mistake, CLAIM_HOLDS);
    deadlock->can_deadlock = mistake->can_deadlock = true;
    check(deadlock, CLAIM_VIOLATED);
    check(mistake, CLAIM_HOLDS);
    mistake->can_fail = true;
    check(mistake, CLAIM_VIOLATED);
    mistake->complete = false;
    check(mistake, CLAIM_VIOLATED);
    outcome_free(deadlock);
    outcome_free(mistake);
}

/* What was not found out is neither a yes nor a no. */
static void test_properties(void)
{
    struct outcome *exclusive = claiming("exclusive"), *patient = claiming("no-starvation");
    check(exclusive, CLAIM_UNKNOWN);
    check(patient, CLAIM_UNKNOWN);
    CU_ASSERT_STRING_EQUAL(claim_gap(&exclusive->claims[0], exclusive),
                           "whether threads are alone in their critical sections was not computed");
    CU_ASSERT_STRING_EQUAL(claim_gap(&patient->claims[0], patient),
                           "whether threads can wait for ever was not computed");
    exclusive->has_exclusion = patient->has_starvation = patient->can_starve = true;
    check(exclusive, CLAIM_VIOLATED);
    check(patient, CLAIM_VIOLATED);
    exclusive->is_exclusive = true;
    patient->can_starve = false;
    check(exclusive, CLAIM_HOLDS);
    check(patient, CLAIM_HOLDS);
    outcome_free(exclusive);
    outcome_free(patient);
}

/* ---- Witnesses ------------------------------------------------------------------------------------------------- */

static void add_witness(struct outcome *outcome, enum outcome_end end, int64_t value)
{
    outcome->witnesses = memory_resize(outcome->witnesses, outcome->witness_count + 1, sizeof *outcome->witnesses);
    outcome->witnesses[outcome->witness_count++] = (struct outcome_witness){.end = end, .value = value};
}

/* Four witnesses, and claims that the last two and the first one violate, in an order of their own; one twice. */
static void test_places(void)
{
    static const char *const texts[] = {"exclusive", "value <= 8", "no-deadlock",
                                        "value < 9", "no-error",   "value >= 0"};
    static const size_t places[] = {0, 1, 2, 1, CLAIM_NO_WITNESS, CLAIM_NO_WITNESS};
    struct outcome *outcome = outcome_new();
    outcome->claims = memory_new(sizeof texts / sizeof *texts, sizeof *outcome->claims);
    for (size_t c = 0; c < sizeof texts / sizeof *texts; c++)
        outcome->claims[outcome->claim_count++] = read_claim(texts[c]);
    outcome->has_values = outcome->can_deadlock = outcome->can_fail = outcome->has_exclusion = true;
    intervals_add(&outcome->values, 2, 9);
    add_witness(outcome, OUTCOME_VALUE, 2);
    add_witness(outcome, OUTCOME_DEADLOCK, 0);
    add_witness(outcome, OUTCOME_VALUE, 9);
    add_witness(outcome, OUTCOME_OVERLAP, 0);
    claims_judge(outcome);
    claims_place_witnesses(outcome);
    for (size_t c = 0; c < outcome->claim_count; c++)
        CU_ASSERT_EQUAL(outcome->claims[c].witness, places[c]);
    CU_ASSERT_EQUAL(outcome->witnesses[0].end, OUTCOME_OVERLAP);
    CU_ASSERT_EQUAL(outcome->witnesses[1].value, 9);
    CU_ASSERT_EQUAL(outcome->witnesses[2].end, OUTCOME_DEADLOCK);
    CU_ASSERT_EQUAL(outcome->witnesses[3].value, 2);
    outcome_free(outcome);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"claims", test_claims},
        {"conditions", test_conditions},
        {"what is no claim", test_no_claims},
        {"values", test_values},
        {"no values", test_no_values},
        {"extremes alone", test_extremes},
        {"what was left out", test_left_out},
        {"deadlocks and errors", test_fates},
        {"properties", test_properties},
        {"the places of witnesses", test_places},
        CU_TEST_INFO_NULL,
    };
    return unit_run("claim", tests);
}
