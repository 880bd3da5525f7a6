#include "base/fault.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/scope.h"
#include "tests/support/unit.h"

#include <gmp.h>
#include <stdint.h>
#include <string.h>

static void make_string(void *context)
{
    char **result = context;
    char *unused = memory_copy_string("unused");
    *result = memory_resize(memory_copy_string("kept"), 1000, 1);
    memory_free(unused);
}

static void test_done(void)
{
    struct error error = ERROR_INIT;
    char *result = NULL;
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 0, make_string, &result, &error), SCOPE_DONE);
    CU_ASSERT_STRING_EQUAL(result, "kept");
    CU_ASSERT_FALSE(error.set);
    CU_ASSERT_PTR_NULL(scope_current());
    memory_free(result);
}

/* Allocates until nothing is left; valgrind and sanitizers see whether all of it is freed. */
static void devour(void *context)
{
    size_t *blocks = context;
    for (;; (*blocks)++) {
        char *block = memory_new(1000, 1);
        memory_resize(block, 3000, 1);
    }
}

static void test_limit(void)
{
    struct error error = ERROR_INIT;
    size_t blocks = 0;
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 2 << 20, devour, &blocks, &error), SCOPE_FULL);
    CU_ASSERT_TRUE(blocks > 500 && blocks < 700);
    CU_ASSERT_TRUE(unit_says(error.text, "the limit of 2 MB of memory was reached"));
}

static void ask_too_much(void *context)
{
    (void)context;
    memory_new(SIZE_MAX / 2, 3);
}

static void find_fault(void *context)
{
    const int *number = context;
    fault("%d is not 5", *number);
}

static void count_in_gmp(void *context)
{
    mpz_t number;
    (void)context;
    mpz_init_set_ui(number, 1);
    for (;;)
        mpz_mul_2exp(number, number, 1 << 20);
}

static void test_reasons(void)
{
    struct error memory = ERROR_INIT, wrong = ERROR_INIT, numbers = ERROR_INIT;
    int four = 4;
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 0, ask_too_much, NULL, &memory), SCOPE_NO_MEMORY);
    CU_ASSERT_STRING_EQUAL(memory.text, "out of memory");
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 0, find_fault, &four, &wrong), SCOPE_FAULT);
    CU_ASSERT_STRING_EQUAL(wrong.text, "internal error: 4 is not 5; please report this");
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 8 << 20, count_in_gmp, NULL, &numbers), SCOPE_FULL);
}

/* A scope within a scope, whose failure the outer one survives. */
struct nest {
    char *before;
    enum scope_end end;
    char *after;
};

static void nest(void *context)
{
    struct nest *self = context;
    struct error error = ERROR_INIT;
    size_t blocks = 0;
    self->before = memory_copy_string("before");
    self->end = scope_run(SCOPE_PART, 1 << 20, devour, &blocks, &error);
    uint64_t left = scope_left();
    make_string(&self->after);
    CU_ASSERT_TRUE(left > (3 << 20) && left < (4 << 20));
}

static void test_nested(void)
{
    struct error error = ERROR_INIT;
    struct nest self = {0};
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 4 << 20, nest, &self, &error), SCOPE_DONE);
    CU_ASSERT_EQUAL(self.end, SCOPE_FULL);
    CU_ASSERT_STRING_EQUAL(self.before, "before");
    memory_free(self.before);
    memory_free(self.after);
}

/* ---- Cleanups -------------------------------------------------------------------------------------------------- */

struct mark {
    char *log;
    char letter;
    struct scope_cleanup cleanup;
};

static void write_letter(struct scope_cleanup *cleanup)
{
    const struct mark *self = (const struct mark *)((char *)cleanup - offsetof(struct mark, cleanup));
    self->log[strlen(self->log)] = self->letter;
}

static void register_marks(void *context)
{
    struct mark *marks = memory_new(3, sizeof *marks);
    for (int m = 0; m < 3; m++) {
        marks[m] = (struct mark){context, (char)('a' + m), {.run = write_letter}};
        scope_defer(&marks[m].cleanup);
    }
    scope_settle(&marks[1].cleanup);
    memory_exhausted();
}

static void test_cleanups(void)
{
    struct error error = ERROR_INIT;
    char log[8] = "";
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 0, register_marks, log, &error), SCOPE_NO_MEMORY);
    CU_ASSERT_STRING_EQUAL(log, "ca");
}

/* ---- Threads --------------------------------------------------------------------------------------------------- */

static void work(void *context, size_t piece, size_t thread)
{
    char **blocks = context;
    (void)thread;
    blocks[piece] = memory_resize(memory_new(1, 100), 2, 5000);
    if (piece % 2 == 0) {
        memory_free(blocks[piece]);
        blocks[piece] = NULL;
    }
}

static void work_together(void *context)
{
    const size_t *count = context;
    char **blocks = memory_new(*count, sizeof *blocks);
    parallel_run(4, *count, work, blocks);
    for (size_t b = 0; b < *count; b++) {
        CU_ASSERT_TRUE((blocks[b] == NULL) == (b % 2 == 0));
        memory_free(blocks[b]);
    }
    memory_free(blocks);
    CU_ASSERT_EQUAL(scope_left(), 4 << 20);
}

static void test_threads(void)
{
    struct error error = ERROR_INIT, full = ERROR_INIT;
    size_t few = 100, many = 100000;
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 4 << 20, work_together, &few, &error), SCOPE_DONE);
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 4 << 20, work_together, &many, &full), SCOPE_FULL);
    CU_ASSERT_PTR_NULL(scope_current());
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"what was made is handed out", test_done},
        {"a limit ends a scope", test_limit},
        {"no memory, a fault, and GMP", test_reasons},
        {"scopes in each other", test_nested},
        {"cleanups run from the latest on", test_cleanups},
        {"threads that help", test_threads},
        CU_TEST_INFO_NULL,
    };
    return unit_run("scope", tests);
}
