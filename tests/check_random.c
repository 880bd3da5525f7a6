/* check_random: as many random programs as wanted, each checked as in tests/oracle.h.
 *
 *     check_random [--verbose] [SEED RUNS]
 *     make check-random SEED=1 RUNS=100000
 *
 * Takes the seeds SEED, SEED + 1, ..., RUNS of them, and stops at the first program on which two accounts differ,
 * which it prints. What kind a program is of follows from its seed, so a seed alone repeats a check. It speaks TAP, as
 * one test, and exits with 0 where all agreed, 1 where they did not, 2 on wrong usage. */
#include "base/memory.h"
#include "tests/oracle.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What `make check` runs: other seeds than those of test_oracle. */
enum { DEFAULT_SEED = 1000000, DEFAULT_RUNS = 500 };

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
           " with deadlocks, %" PRIu64 " with failures, %" PRIu64 " endless; %" PRIu64 " schedules enumerated\n",
           tally->sliced, tally->symmetric, tally->several, tally->deadlocked, tally->failed, tally->endless,
           tally->schedules);
}

static bool check_seed(uint64_t seed, bool verbose, struct oracle_tally *tally)
{
    struct oracle_request request = oracle_request(kind_of(seed));
    struct text complaint = TEXT_INIT;
    bool agreed = oracle_check(seed, &request, tally, verbose, &complaint);
    fputs(text_string(&complaint), stdout);
    text_free(&complaint);
    return agreed;
}

static int check_seeds(uint64_t seed, uint64_t runs, bool verbose)
{
    struct oracle_tally tally = {0};
    printf("1..1\n");
    for (uint64_t i = 0; i < runs; i++)
        if (!check_seed(seed + i, verbose, &tally)) {
            printf("not ok 1 - the accounts of seed %" PRIu64 " differ\n", seed + i);
            return EXIT_FAILURE;
        }
    print_tally(&tally);
    printf("ok 1 - %" PRIu64 " random programs agree\n", runs);
    return EXIT_SUCCESS;
}

int main(int count, char **arguments)
{
    uint64_t seed = DEFAULT_SEED;
    uint64_t runs = DEFAULT_RUNS;
    bool verbose = count > 1 && strcmp(arguments[1], "--verbose") == 0;
    int numbers = count - 1 - verbose;
    if (numbers != 0 &&
        (numbers != 2 || !read_number(arguments[count - 2], &seed) || !read_number(arguments[count - 1], &runs))) {
        fprintf(stderr, "usage: check_random [--verbose] [SEED RUNS]\n");
        return 2;
    }
    memory_adopt_gmp();
    return check_seeds(seed, runs, verbose);
}
