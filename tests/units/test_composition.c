/* Compositions: what several steps do to data, told at once. */
#include "machine/composition.h"
#include "tests/support/unit.h"

/* The net move into a location says so. */
static void expect(const struct composition *net, location_id target, location_id source, int64_t addend)
{
    for (size_t m = 0; m < net->count; m++)
        if (net->moves[m].target == target) {
            CU_ASSERT_EQUAL(net->moves[m].source, source);
            CU_ASSERT_EQUAL(net->moves[m].addend, addend);
            return;
        }
    CU_FAIL("no net move into a location that was moved");
}

static void add(struct composition *net, location_id target, location_id source, int64_t addend)
{
    composition_add(net, &(struct move){target, source, addend}, 1);
}

/* load, add, add, store: the variable is what it was, plus 5; the register, too. */
static void test_chain(void)
{
    struct composition net = {0};
    enum { X, AX };
    add(&net, AX, X, 0);
    add(&net, AX, AX, 2);
    add(&net, AX, AX, 3);
    add(&net, X, AX, 0);
    CU_ASSERT_EQUAL(net.count, 2);
    expect(&net, AX, X, 5);
    expect(&net, X, X, 5);
    CU_ASSERT_FALSE(net.overflows);
    composition_free(&net);
}

/* An exchange is simultaneous, and twice the same exchange changes nothing. */
static void test_exchange(void)
{
    static const struct move exchange[] = {{0, 1, 1}, {1, 0, -1}};
    struct composition net = {0};
    composition_add(&net, exchange, 2);
    expect(&net, 0, 1, 1);
    expect(&net, 1, 0, -1);
    composition_add(&net, exchange, 2);
    CU_ASSERT_EQUAL(net.count, 2);
    expect(&net, 0, 0, 0);
    expect(&net, 1, 1, 0);
    composition_free(&net);
}

/* A constant forgets what was there, its overflow included: only what is moved on is added. */
static void test_constants(void)
{
    struct composition net = {0};
    add(&net, 0, 0, INT64_MAX);
    add(&net, 0, LOCATION_NONE, INT64_MAX);
    CU_ASSERT_FALSE(net.overflows);
    expect(&net, 0, LOCATION_NONE, INT64_MAX);
    add(&net, 1, 0, -1);
    expect(&net, 1, LOCATION_NONE, INT64_MAX - 1);
    composition_free(&net);
}

/* 2^62 four times is 2^64, which 64 bits would tell as 0; the same below; and both ends are still told exactly. */
static void test_overflows(void)
{
    struct composition net = {0};
    for (int i = 0; i < 4; i++)
        add(&net, 0, 0, INT64_C(1) << 62);
    CU_ASSERT_TRUE(net.overflows);
    composition_clear(&net);
    CU_ASSERT_FALSE(net.overflows);
    CU_ASSERT_EQUAL(net.count, 0);
    add(&net, 0, 0, INT64_MIN);
    CU_ASSERT_FALSE(net.overflows);
    add(&net, 0, 0, -1);
    CU_ASSERT_TRUE(net.overflows);
    composition_clear(&net);
    add(&net, 0, 0, INT64_MAX);
    add(&net, 0, 0, INT64_MIN);
    CU_ASSERT_FALSE(net.overflows);
    expect(&net, 0, 0, -1);
    composition_free(&net);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"a chain of moves is one", test_chain},
        {"moves of a step are simultaneous", test_exchange},
        {"constants", test_constants},
        {"addends that do not fit say so", test_overflows},
        CU_TEST_INFO_NULL,
    };
    return unit_run("composition", tests);
}
