/* library_failing: every allocation of an analysis fails in turn, in one process, for tests/whole/test_library.sh.
 *
 * It is linked with --wrap=malloc, --wrap=calloc, --wrap=realloc and --wrap=free; compilers make malloc of realloc. Each run must end with an error that says so, and with as many
 * blocks as there were before; and the next run must find what it should. */
#include <racecheck.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);

static unsigned long allocations, failing, blocks;

static bool must_fail(void)
{
    return ++allocations == failing;
}

void *__wrap_malloc(size_t size)
{
    void *block = must_fail() ? NULL : __real_malloc(size);
    blocks += block != NULL;
    return block;
}

void *__wrap_calloc(size_t count, size_t size)
{
    void *block = must_fail() ? NULL : __real_calloc(count, size);
    blocks += block != NULL;
    return block;
}

void *__wrap_realloc(void *block, size_t size)
{
    void *resized = must_fail() ? NULL : __real_realloc(block, size);
    blocks += block == NULL && resized != NULL;
    return resized;
}

void __wrap_free(void *block)
{
    blocks -= block != NULL;
    __real_free(block);
}

/* Returns the minimum; -1 with *error set where there is none. */
static int64_t run(const char *model, struct racecheck_error *error)
{
    struct racecheck_problem *problem = racecheck_open_model(model, error);
    struct racecheck_result *result = NULL;
    int64_t minimum = -1;
    if (problem != NULL && racecheck_set(problem, "iters", "1", error) && racecheck_set(problem, "jobs", "1", error) &&
        racecheck_set(problem, "define", "SPURIOUS=1", error))
        result = racecheck_run(problem, error);
    if (result != NULL)
        racecheck_minimum(result, &minimum);
    racecheck_result_free(result);
    racecheck_problem_free(problem);
    return minimum;
}

static int fail_in_turn(const char *model, int64_t expected)
{
    struct racecheck_error error;
    unsigned long total, wrong = 0;
    allocations = failing = 0;
    if (run(model, &error) != expected)
        wrong++;
    total = allocations;
    for (unsigned long nth = 1; nth <= total; nth += 1 + total / 500) {
        unsigned long before = blocks;
        allocations = 0;
        failing = nth;
        int64_t minimum = run(model, &error);
        /* How many there are depends a little on the addresses of blocks. */
        if (allocations < nth)
            break;
        bool is_told = minimum == -1 && error.status == RACECHECK_NO_MEMORY && strcmp(error.text, "out of memory") == 0;
        if (!is_told || blocks != before) {
            printf("%s: allocation %lu of %lu: minimum %lld, %s, %ld blocks\n", model, nth, total, (long long)minimum,
                   error.text, (long)(blocks - before));
            wrong++;
        }
        failing = 0;
        if (run(model, &error) != expected)
            wrong++;
    }
    printf("%s: %s\n", model, wrong == 0 && total > 300 ? "good" : "wrong");
    return wrong == 0;
}

int main(void)
{
    return fail_in_turn("unlocked", 1) & fail_in_turn("lock", 2) ? EXIT_SUCCESS : EXIT_FAILURE;
}
