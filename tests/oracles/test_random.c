/* test_random: as many random programs as wanted, each checked as in tests/oracles/oracle.h.
 *
 *     test_random [--verbose] [--free] [SEED RUNS]
 *     make check-random SEED=1 RUNS=100000
 *
 * Takes the seeds SEED, SEED + 1, ..., RUNS of them, and stops at the first program on which two accounts differ,
 * which it prints. What kind a program is of follows from its seed, so a seed alone repeats a check. It speaks TAP, as
 * one test, and exits with 0 where all agreed, 1 where they did not, 2 on wrong usage. */
#include "base/memory.h"
#include "schedulers/scheduler.h"
#include "tests/oracles/oracle.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What `make check` runs: other seeds than those of test_oracle. */
enum { DEFAULT_SEED = 1000000, DEFAULT_RUNS = 500 };

/* What to do beside taking seeds. */
struct wish {
    bool verbose;
    bool free; /* no other scheduler */
};

/* Of ten programs seven are small, two large, one endless. */
static enum oracle_kind kind_of(uint64_t seed)
{
    static const enum oracle_kind kinds[10] = {[3] = ORACLE_LARGE, [6] = ORACLE_ENDLESS, [9] = ORACLE_LARGE};
    return kinds[seed % 10];
}

static bool read_number(const char *text, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0';
}

static void print_tally(const struct oracle_tally *tally)
{
    printf("# %" PRIu64 " sliced, %" PRIu64 " symmetric, %" PRIu64 " with several values, %" PRIu64
           " with deadlocks, %" PRIu64 " with failures, %" PRIu64 " endless, %" PRIu64 " collapsed\n# %" PRIu64
           " schedules of %" PRIu64 " programs enumerated;",
           tally->sliced, tally->symmetric, tally->several, tally->deadlocked, tally->failed, tally->endless,
           tally->collapsed, tally->schedules, tally->enumerated);
    for (size_t k = 0; scheduler_kinds()[k] != NULL; k++)
        printf(" %" PRIu64 " %s", tally->kinds[k], scheduler_kinds()[k]);
    printf("\n");
}

static bool check_seed(uint64_t seed, const struct wish *wish, struct oracle_tally *tally)
{
    struct oracle_request request = oracle_request(kind_of(seed));
    struct text complaint = TEXT_INIT;
    request.draw = !wish->free;
    request.enumerate = request.enumerate || request.draw;
    bool agreed = oracle_check(seed, &request, tally, wish->verbose, &complaint);
    fputs(text_string(&complaint), stdout);
    text_free(&complaint);
    return agreed;
}

static int check_seeds(uint64_t seed, uint64_t runs, const struct wish *wish)
{
    struct oracle_tally tally = {0};
    printf("1..1\n");
    for (uint64_t i = 0; i < runs; i++)
        if (!check_seed(seed + i, wish, &tally)) {
            printf("not ok 1 - the accounts of seed %" PRIu64 " differ\n", seed + i);
            return EXIT_FAILURE;
        }
    print_tally(&tally);
    printf("ok 1 - %" PRIu64 " random programs agree\n", runs);
    return EXIT_SUCCESS;
}

/* Reads the arguments; returns whether they are right. */
static bool read_arguments(char **arguments, struct wish *wish, uint64_t *seed, uint64_t *runs)
{
    for (; *arguments != NULL && **arguments == '-'; arguments++) {
        if (strcmp(*arguments, "--verbose") == 0)
            wish->verbose = true;
        else if (strcmp(*arguments, "--free") == 0)
            wish->free = true;
        else
            return false;
    }
    return *arguments == NULL || (arguments[1] != NULL && arguments[2] == NULL && read_number(arguments[0], seed) &&
                                  read_number(arguments[1], runs));
}

int main(int count, char **arguments)
{
    uint64_t seed = DEFAULT_SEED;
    uint64_t runs = DEFAULT_RUNS;
    struct wish wish = {false, false};
    if (count < 1 || !read_arguments(arguments + 1, &wish, &seed, &runs)) {
        fprintf(stderr, "usage: test_random [--verbose] [--free] [SEED RUNS]\n");
        return 2;
    }
    return check_seeds(seed, runs, &wish);
}
