/* The chain of stores, and what is said of it. */
#include "base/memory.h"
#include "base/text.h"
#include "report/explanation.h"
#include "tests/support/race.h"
#include "tests/support/unit.h"
#include "trace/chain.h"

#include <stdlib.h>
#include <string.h>

static void test_chain(void)
{
    struct trace *trace = race_run(2, 10, race_turns_to_2);
    struct chain chain = chain_make(trace, 0);
    CU_ASSERT_EQUAL_FATAL(chain.count, 2);
    CU_ASSERT_EQUAL(chain.links[0].load, 0);
    CU_ASSERT_EQUAL(chain.links[0].loaded, 0);
    CU_ASSERT_EQUAL(chain.links[0].store, 29);
    CU_ASSERT_EQUAL(chain.links[1].load, 30);
    CU_ASSERT_EQUAL(chain.links[1].loaded, 1);
    CU_ASSERT_EQUAL(chain.links[1].store, 59);
    chain_free(&chain);
    trace_free(trace);
}

static char *explained(size_t threads, size_t iters, const char *turns)
{
    struct trace *trace = race_run(threads, iters, turns);
    struct text text = TEXT_INIT;
    explanation_print(&text, trace, 0);
    trace_free(trace);
    return text_take(&text);
}

static void test_explanation(void)
{
    CU_ASSERT_TRUE(
        unit_is(explained(2, 10, race_turns_to_2),
                "Why 2: only 2 of the 20 stores to value count: T0 loads 0 (step 1) and stores 1 (step 30); "
                "T1 loads 1 (step 31) and stores 2 (step 60). The other 18 are lost: they are overwritten by "
                "a thread that had not seen them."));
    CU_ASSERT_TRUE(unit_is(explained(2, 2, "0x6 1x6"),
                           "Why 4: all 4 stores to value count, no update is lost: T0 brings it to 2 with 2 stores "
                           "(steps 3 to 6); T1 brings it to 4 with 2 stores (steps 9 to 12)."));
    CU_ASSERT_TRUE(unit_is(explained(2, 1, "0x1 1x3 0x2"),
                           "Why 1: only 1 of the 2 stores to value counts: T0 loads 0 (step 1) and stores 1 (step 6). "
                           "The other one is lost: it is overwritten by a thread that had not seen it."));
    CU_ASSERT_TRUE(unit_is(explained(1, 0, ""), "Why 0: nothing was ever stored to value."));
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"schedules: the chain of stores", test_chain},
        {"schedules: the chain in words", test_explanation},
        CU_TEST_INFO_NULL,
    };
    return unit_run("explanation", tests);
}
