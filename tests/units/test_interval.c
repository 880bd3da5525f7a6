#include "base/interval.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

/* The same set, one flag a number. */
enum { LEAST = -40, GREATEST = 40, SPAN = GREATEST - LEAST + 1 };

static void add_plainly(bool *set, int64_t first, int64_t last)
{
    for (int64_t v = first; v <= last; v++)
        set[v - LEAST] = true;
}

/* Sorted, disjoint, with a gap between neighbours. */
static bool is_normal(const struct intervals *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->items[i].first > set->items[i].last)
            return false;
        if (i > 0 && (set->items[i - 1].last == INT64_MAX || set->items[i].first <= set->items[i - 1].last + 1))
            return false;
    }
    return true;
}

static bool is_same(const struct intervals *set, const bool *plain)
{
    uint64_t size = 0;
    for (int64_t v = LEAST; v <= GREATEST; v++) {
        if (intervals_contain(set, v) != plain[v - LEAST])
            return false;
        size += plain[v - LEAST];
    }
    return intervals_size(set) == size && is_normal(set);
}

static void test_empty(void)
{
    struct intervals set = {0};
    CU_ASSERT_EQUAL(intervals_size(&set), 0);
    CU_ASSERT_FALSE(intervals_contain(&set, 0));
    intervals_free(&set);
}

static void test_joins(void)
{
    struct intervals set = {0};
    intervals_add(&set, 1, 3);
    intervals_add(&set, 7, 9);
    CU_ASSERT_EQUAL(set.count, 2);
    intervals_add(&set, 4, 4);
    CU_ASSERT_EQUAL(set.count, 2);
    CU_ASSERT_EQUAL(set.items[0].last, 4);
    intervals_add(&set, 5, 6);
    CU_ASSERT_EQUAL(set.count, 1);
    CU_ASSERT_EQUAL(set.items[0].first, 1);
    CU_ASSERT_EQUAL(set.items[0].last, 9);
    intervals_add(&set, 2, 8);
    CU_ASSERT_EQUAL(intervals_size(&set), 9);
    intervals_free(&set);
}

static void test_random_adds(void)
{
    uint64_t random = 3;
    unsigned wrong = 0;
    for (int round = 0; round < 200; round++) {
        struct intervals set = {0};
        bool plain[SPAN] = {false};
        for (int i = 0; i < 25; i++) {
            int64_t first = LEAST + (int64_t)(subject_random(&random) >> 33) % SPAN;
            int64_t last = first + (int64_t)(subject_random(&random) >> 33) % 6;
            last = last > GREATEST ? GREATEST : last;
            intervals_add(&set, first, last);
            add_plainly(plain, first, last);
            wrong += !is_same(&set, plain);
        }
        intervals_free(&set);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_union(void)
{
    struct intervals a = {0}, b = {0};
    bool plain[SPAN] = {false};
    intervals_add(&a, -3, 0);
    intervals_add(&a, 10, 12);
    intervals_add(&b, 4, 8);
    intervals_add(&b, 20, 20);
    intervals_union(&a, &b, -3);
    add_plainly(plain, -3, 5);
    add_plainly(plain, 10, 12);
    add_plainly(plain, 17, 17);
    CU_ASSERT_TRUE(is_same(&a, plain));
    CU_ASSERT_EQUAL(b.count, 2);
    CU_ASSERT_EQUAL(b.items[0].first, 4);
    intervals_free(&a);
    intervals_free(&b);
}

static void test_ends_of_the_range(void)
{
    struct intervals set = {0};
    intervals_add(&set, INT64_MAX, INT64_MAX);
    intervals_add(&set, INT64_MIN, INT64_MIN);
    CU_ASSERT_EQUAL(intervals_size(&set), 2);
    intervals_add(&set, INT64_MAX - 1, INT64_MAX - 1);
    intervals_add(&set, INT64_MAX - 3, INT64_MAX);
    CU_ASSERT_EQUAL(set.count, 2);
    CU_ASSERT_EQUAL(intervals_size(&set), 5);
    CU_ASSERT_TRUE(is_normal(&set));
    intervals_add(&set, INT64_MIN + 1, -1);
    CU_ASSERT_EQUAL(intervals_size(&set), (UINT64_C(1) << 63) + 4);
    intervals_add(&set, INT64_MIN, INT64_MAX);
    CU_ASSERT_EQUAL(set.count, 1);
    CU_ASSERT_EQUAL(intervals_size(&set), UINT64_MAX);
    CU_ASSERT_TRUE(intervals_contain(&set, 0));
    intervals_free(&set);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"the empty set", test_empty},
        {"neighbours are joined", test_joins},
        {"random intervals against a plain set", test_random_adds},
        {"a union, shifted", test_union},
        {"the ends of the range of numbers", test_ends_of_the_range},
        CU_TEST_INFO_NULL,
    };
    return unit_run("interval", tests);
}
