/* The chain of stores that explains a final value, on traces that are written by hand. */
#include "base/memory.h"
#include "checker/trace.h"
#include "tests/unit.h"

#include <string.h>

enum { STEPS_MAX = 32, CHAIN_MAX = 16 };

/* Reads steps such as "0r 1w 0x 1.": thread, then what it does to the observed word (read, write, exchange, nothing),
 * or to another word (R, W). */
static void read_steps(const char *text, struct trace *trace, struct trace_step *steps)
{
    *trace = (struct trace){.observed_word = 1, .steps = steps};
    for (const char *at = text; at[0] != '\0'; at += at[2] == ' ' ? 3 : 2) {
        struct trace_step *step = &steps[trace->step_count++];
        *step = (struct trace_step){.thread = (uint32_t)(at[0] - '0')};
        uint32_t word = at[1] == 'R' || at[1] == 'W' ? 0 : 1;
        if (at[1] == 'r' || at[1] == 'x' || at[1] == 'R')
            step->accesses[step->access_count++] = (struct trace_access){.word = word};
        if (at[1] == 'w' || at[1] == 'x' || at[1] == 'W')
            step->accesses[step->access_count++] = (struct trace_access){.word = word, .is_write = true};
    }
}

static void check_chain(const char *text, const size_t *expected, size_t expected_count)
{
    struct trace_step steps[STEPS_MAX];
    struct trace trace;
    size_t count = 99;
    read_steps(text, &trace, steps);
    size_t *chain = trace_chain(&trace, &count);
    CU_ASSERT_EQUAL(count, expected_count);
    CU_ASSERT((chain == NULL) == (count == 0));
    bool same = count == expected_count && (count == 0 || memcmp(chain, expected, count * sizeof *chain) == 0);
    if (!same)
        unit_note("'%s'", text);
    CU_ASSERT_TRUE(same);
    memory_free(chain);
}

#define CHAIN(text, ...) \
    check_chain(text, (const size_t[]){__VA_ARGS__}, sizeof(const size_t[]){__VA_ARGS__} / sizeof(size_t))

static void test_no_store(void)
{
    check_chain("", NULL, 0);
    check_chain("0r 0. 1r", NULL, 0);
    check_chain("0R 0W", NULL, 0);
}

static void test_loads_and_stores(void)
{
    CHAIN("0w", 0);
    CHAIN("0r 0. 0w", 2);
    /* one after the other: each saw the one before */
    CHAIN("0r 0w 1r 1w 0r 0w", 1, 3, 5);
    /* the classic: what the last store was computed from is far back */
    CHAIN("0r 1r 1w 1r 1w 0w", 5);
    CHAIN("0r 0w 1r 0r 0w 0r 0w 1w", 1, 7);
    /* what others did between load and store does not matter, what other words did neither */
    CHAIN("0r 0w 1r 2r 2w 1R 1W 1w", 1, 7);
}

static void test_latest_load(void)
{
    /* a store goes with the latest load of its thread, not with the first */
    CHAIN("1w 0r 2w 0r 0w", 0 + 2, 4);
    /* a thread that stores twice after one load: both come from what that load saw */
    CHAIN("1w 0r 0w 0w", 0, 3);
    /* a store of a thread that never loaded begins the chain */
    CHAIN("1r 1w 0w", 2);
}

static void test_exchanges(void)
{
    CHAIN("0x 1x 0x", 0, 1, 2);
    CHAIN("0r 0w 1x", 1, 2);
    CHAIN("0r 1x 0w", 2);
    CHAIN("1x 0r 2x 0w", 0, 3);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"nothing stored", test_no_store},
        {"loads and stores", test_loads_and_stores},
        {"the latest load", test_latest_load},
        {"exchanges", test_exchanges},
        CU_TEST_INFO_NULL,
    };
    return unit_run("trace", tests);
}
