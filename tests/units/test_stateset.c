#include "base/memory.h"
#include "base/scope.h"
#include "space/stateset.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

enum { QUADS_MAX = 5 };

/* A state that differs from others in one place only, which is another one for each. */
static void make_state(uint64_t number, size_t words, uint64_t *state)
{
    memset(state, 0, words * sizeof *state);
    state[number % words] = number / words + 1;
}

static uint32_t add(struct stateset *set, const uint64_t *state, bool *is_new)
{
    CU_ASSERT_TRUE_FATAL(stateset_reserve(set, 1));
    uint64_t hash = stateset_hash(set, state);
    stateset_prefetch_place(set, hash);
    stateset_prefetch_state(set, hash);
    return stateset_add(set, state, hash, is_new);
}

/* Numbers are given in the order of arrival; a state that is there keeps its own. */
static void check_numbers(size_t words, uint32_t count)
{
    struct budget budget = {0};
    struct stateset set;
    uint64_t state[QUADS_MAX];
    unsigned wrong = 0;
    bool is_new;
    stateset_start(&set, words, &budget);
    for (uint32_t n = 0; n < count; n++) {
        make_state(n, words, state);
        wrong += stateset_find(&set, state) != STATESET_NONE;
        wrong += add(&set, state, &is_new) != n || !is_new;
        make_state(n / 2, words, state);
        wrong += add(&set, state, &is_new) != n / 2 || is_new;
    }
    CU_ASSERT_EQUAL(set.count, count);
    for (uint32_t n = 0; n < count; n++) {
        make_state(n, words, state);
        wrong += stateset_find(&set, state) != n;
        wrong += memcmp(stateset_at(&set, n), state, words * sizeof *state) != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    stateset_free(&set);
}

static void test_numbers(void)
{
    check_numbers(1, 30000);
    check_numbers(2, 5000);
    check_numbers(QUADS_MAX, 5000);
}

/* However many states claim to have one hash, whole states decide. */
static void test_equal_hashes(void)
{
    enum { COUNT = 300 };
    struct budget budget = {0};
    struct stateset set;
    uint64_t state[2];
    unsigned wrong = 0;
    bool is_new;
    stateset_start(&set, 2, &budget);
    CU_ASSERT_TRUE_FATAL(stateset_reserve(&set, 2 * COUNT));
    for (int round = 0; round < 2; round++)
        for (uint32_t n = 0; n < COUNT; n++) {
            make_state(n, 2, state);
            wrong += stateset_add(&set, state, UINT64_MAX, &is_new) != n || is_new != (round == 0);
        }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(set.count, COUNT);
    stateset_free(&set);
}

static void test_hash_sees_every_word(void)
{
    struct budget budget = {0};
    struct stateset set;
    stateset_start(&set, QUADS_MAX, &budget);
    uint64_t zero[QUADS_MAX] = {0};
    for (size_t w = 0; w < QUADS_MAX; w++) {
        uint64_t state[QUADS_MAX] = {0};
        state[w] = UINT64_C(1) << 63;
        CU_ASSERT_NOT_EQUAL(stateset_hash(&set, state), stateset_hash(&set, zero));
    }
    CU_ASSERT_EQUAL(stateset_find(&set, zero), STATESET_NONE);
    stateset_free(&set);
}

static void fill_budget(void *context)
{
    struct budget budget = {.max_memory = 100000};
    (void)context;
    struct stateset set;
    uint64_t state[1];
    uint32_t count = 0;
    bool is_new;
    stateset_start(&set, 1, &budget);
    while (stateset_reserve(&set, 1)) {
        make_state(count++, 1, state);
        stateset_add(&set, state, stateset_hash(&set, state), &is_new);
    }
    CU_ASSERT_EQUAL(budget.limit, BUDGET_MEMORY);
    CU_ASSERT(count > 2000 && count < 100000 / 8);
    CU_ASSERT(scope_allocated() <= 100000);
    unsigned wrong = 0;
    for (uint32_t n = 0; n < count; n++) {
        make_state(n, 1, state);
        wrong += stateset_find(&set, state) != n;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    stateset_free(&set);
}

/* Where the budget refuses, what is there stays there. */
static void test_budget(void)
{
    struct error error = ERROR_INIT;
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 0, fill_budget, NULL, &error), SCOPE_DONE);
}

static void test_too_many(void)
{
    struct budget budget = {0};
    struct stateset set;
    stateset_start(&set, 1, &budget);
    CU_ASSERT_FALSE(stateset_reserve(&set, STATESET_NONE));
    CU_ASSERT_EQUAL(budget.limit, BUDGET_STATES);
    stateset_free(&set);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"numbers in the order of arrival", test_numbers},
        {"states decide, not hashes", test_equal_hashes},
        {"the hash sees every word", test_hash_sees_every_word},
        {"a budget that is spent", test_budget},
        {"more states than numbers", test_too_many},
        CU_TEST_INFO_NULL,
    };
    return unit_run("stateset", tests);
}
