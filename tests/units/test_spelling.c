#include "base/spelling.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

/* Whether a word among some candidates, a list that ends with NULL, gets this hint. */
static void expect_hint(const char *word, const char *const *candidates, const char *hint)
{
    struct spelling spelling = spelling_start(word, strlen(word));
    for (; *candidates != NULL; candidates++)
        spelling_consider(&spelling, *candidates);
    CU_ASSERT_STRING_EQUAL(spelling_hint(&spelling), hint);
}

static void test_close(void)
{
    static const char *const words[] = {"terminates", "no-deadlock", "weak", "round-robin", "Counter", NULL};
    expect_hint("terminate", words, "; did you mean 'terminates'?");
    expect_hint("termintaes", words, "; did you mean 'terminates'?");
    expect_hint("tremintaes", words, "; did you mean 'terminates'?");
    expect_hint("tremintase", words, "");
    expect_hint("wek", words, "; did you mean 'weak'?");
    expect_hint("wk", words, "");
    expect_hint("WAEK", words, "; did you mean 'weak'?");
    expect_hint("counter", words, "; did you mean 'Counter'?");
    expect_hint("no_deadlock", words, "; did you mean 'no-deadlock'?");
    expect_hint("lottery", words, "");
    expect_hint("", words, "");
}

static void test_parts(void)
{
    static const char *const words[] = {"terminates", "no-deadlock", "round-robin", NULL};
    expect_hint("deadlock", words, "; did you mean 'no-deadlock'?");
    expect_hint("robin", words, "; did you mean 'round-robin'?");
    expect_hint("rou", words, "; did you mean 'round-robin'?");
    expect_hint("ro", words, "");
    expect_hint("lock", words, "");
    expect_hint("term", words, "; did you mean 'terminates'?");
}

/* Other digits are other numbers. */
static void test_digits(void)
{
    static const char *const words[] = {"T0", "T1", "gil27", "gil310", NULL};
    expect_hint("T7", words, "");
    expect_hint("gil12", words, "");
    expect_hint("gil31", words, "; did you mean 'gil310'?");
    expect_hint("gli27", words, "; did you mean 'gil27'?");
}

/* Two that are equally near are told both; of three nobody knows. */
static void test_ties(void)
{
    static const char *const two[] = {"abx", "aby", "far away", "abx", NULL};
    static const char *const three[] = {"abx", "aby", "abz", NULL};
    static const char *const nearer[] = {"abx", "aby", "abz", "abcd", "abcde", "ABC", NULL};
    expect_hint("abc", two, "; did you mean 'abx' or 'aby'?");
    expect_hint("abc", three, "");
    expect_hint("abc", nearer, "; did you mean 'ABC'?");
}

static void test_lists(void)
{
    struct spelling spelling = spelling_start("wek", 3);
    CU_ASSERT_STRING_EQUAL(spelling_advice(&spelling), "");
    spelling_consider(&spelling, "none");
    CU_ASSERT_STRING_EQUAL(spelling_advice(&spelling), " (expected none)");
    spelling_consider(&spelling, "none");
    spelling_consider(&spelling, "weak");
    spelling_suspect(&spelling, "week");
    CU_ASSERT_STRING_EQUAL(spelling_list(&spelling), " (expected none or weak)");
    CU_ASSERT_STRING_EQUAL(spelling_hint_or_list(&spelling), "; did you mean 'weak' or 'week'?");
    spelling_consider(&spelling, "strong");
    spelling.before = "--";
    CU_ASSERT_STRING_EQUAL(spelling_advice(&spelling),
                           "; did you mean '--weak' or '--week'? (expected --none, --weak or --strong)");
    spelling_decide(&spelling, "strong");
    CU_ASSERT_STRING_EQUAL(spelling_hint(&spelling), "; did you mean '--strong'?");
}

/* However many there are, and however long: what is told is one text that ends. */
static void test_many(void)
{
    enum { MANY = 500, LONG = 100 };
    static char names[MANY][LONG + 8];
    for (size_t length = 1; length <= LONG; length += 33) {
        struct spelling spelling = spelling_start("name0", 5);
        for (size_t n = 0; n < MANY; n++) {
            memset(names[n], 'n', length);
            snprintf(names[n] + length, 8, "%zu", n);
            spelling_consider(&spelling, names[n]);
        }
        const char *advice = spelling_advice(&spelling);
        CU_ASSERT_EQUAL(spelling.count, MANY);
        CU_ASSERT(strlen(advice) < SPELLING_WORDS);
        CU_ASSERT_STRING_EQUAL(advice + strlen(advice) - strlen(", ...)"), ", ...)");
    }
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"what is close", test_close},
        {"parts of words", test_parts},
        {"digits", test_digits},
        {"equally near", test_ties},
        {"lists", test_lists},
        {"many", test_many},
        CU_TEST_INFO_NULL,
    };
    return unit_run("spelling", tests);
}
