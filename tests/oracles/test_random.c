/* test_random: as many random programs as wanted, each checked as in tests/oracles/oracle.h.
 *
 *     test_random [--verbose] [--free | --every-scheduler | --scheduler=KIND] [SEED RUNS]
 *     make check-random SEED=1 RUNS=100000
 *
 * Takes the seeds SEED, SEED + 1, ..., RUNS of them, and stops at the first program on which two accounts differ, which it prints. What
 * kind a program is of, and its scheduler, follow from its seed, so a seed alone repeats a check. With --every-scheduler there is a test
 * for each kind of scheduler, which takes as many seeds as it needs to have RUNS programs enumerated; with --scheduler there is the test
 * of one kind alone. It speaks TAP, and exits with 0 where all agreed, 1 where they did not, 2 on wrong usage. */
#include "base/memory.h"
#include "schedulers/scheduler.h"
#include "tests/oracles/oracle.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What `make check` runs: other seeds than those of test_oracle. */
enum { DEFAULT_SEED = 1000000, DEFAULT_RUNS = 120 };

/* What to do beside taking seeds. */
struct wish {
    bool verbose;
    bool free;        /* no other scheduler */
    bool every;       /* a test for each kind of scheduler */
    const char *kind; /* a test for this one alone; or NULL */
};

/* Of ten programs three are small, two large, one endless, and four have threads that synchronise in all ways. */
static enum oracle_kind kind_of(uint64_t seed)
{
    static const enum oracle_kind kinds[10] = {
        [2] = ORACLE_OBJECTS, [3] = ORACLE_LARGE,   [4] = ORACLE_OBJECTS, [6] = ORACLE_ENDLESS,
        [7] = ORACLE_OBJECTS, [8] = ORACLE_OBJECTS, [9] = ORACLE_LARGE};
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
           " with deadlocks, %" PRIu64 " with failures, %" PRIu64 " endless, %" PRIu64 " collapsed, %" PRIu64
           " runs fused\n# %" PRIu64 " schedules of %" PRIu64 " programs enumerated;",
           tally->sliced, tally->symmetric, tally->several, tally->deadlocked, tally->failed, tally->endless,
           tally->collapsed, tally->fused, tally->schedules, tally->enumerated);
    printf(" %" PRIu64 " searches by cells, %" PRIu64 " of them round cycles;", tally->by_cells, tally->guarded);
    for (size_t k = 0; scheduler_kinds()[k] != NULL; k++)
        printf(" %" PRIu64 " %s", tally->kinds[k], scheduler_kinds()[k]->name);
    printf("\n# %" PRIu64 " more compared with the survey; observed: %" PRIu64 " tuples, %" PRIu64
           " registers, %" PRIu64 " outputs\n# with",
           tally->surveyed, tally->tuples, tally->registers, tally->outputs);
    for (size_t w = 0; oracle_words[w] != NULL; w++)
        printf("%s %s %" PRIu64, w > 0 ? "," : "", oracle_words[w], tally->words[w]);
    printf("\n");
}

/* A kind of scheduler that is NULL stands for any. */
static bool check_seed(uint64_t seed, const char *kind, const struct wish *wish, struct oracle_tally *tally)
{
    struct oracle_request request = oracle_request(kind_of(seed));
    struct text complaint = TEXT_INIT;
    request.draw = !wish->free;
    request.kind = kind;
    request.enumerate = request.enumerate || request.draw;
    bool agreed = oracle_check(seed, &request, tally, wish->verbose, &complaint);
    fputs(text_string(&complaint), stdout);
    text_free(&complaint);
    return agreed;
}

/* One test: runs seeds until so many programs were checked or, of one kind of scheduler, enumerated. Returns whether all agree. */
static bool check_seeds(unsigned number, uint64_t seed, uint64_t runs, const char *kind, const struct wish *wish)
{
    struct oracle_tally tally = {0};
    for (uint64_t i = 0; (kind == NULL ? i : tally.enumerated) < runs; i++)
        if (!check_seed(seed + i, kind, wish, &tally)) {
            printf("not ok %u - the accounts of seed %" PRIu64 " differ\n", number, seed + i);
            return false;
        }
    print_tally(&tally);
    printf("ok %u - %" PRIu64 " random programs agree%s%s\n", number, runs,
           kind != NULL ? " with the enumerator under " : "", kind != NULL ? kind : "");
    fflush(stdout);
    return true;
}

static bool check_every_scheduler(uint64_t seed, uint64_t runs, const struct wish *wish)
{
    unsigned count = 0;
    bool agreed = true;
    while (scheduler_kinds()[count] != NULL)
        count++;
    printf("1..%u\n", count);
    for (unsigned k = 0; k < count; k++)
        agreed = check_seeds(k + 1, seed, runs, scheduler_kinds()[k]->name, wish) && agreed;
    return agreed;
}

static bool check_one(uint64_t seed, uint64_t runs, const struct wish *wish)
{
    printf("1..1\n");
    return check_seeds(1, seed, runs, wish->kind, wish);
}

static bool is_kind(const char *name)
{
    size_t k = 0;
    while (scheduler_kinds()[k] != NULL && strcmp(scheduler_kinds()[k]->name, name) != 0)
        k++;
    return scheduler_kinds()[k] != NULL;
}

/* Reads the arguments; returns whether they are right. */
static bool read_arguments(char **arguments, struct wish *wish, uint64_t *seed, uint64_t *runs)
{
    for (; *arguments != NULL && **arguments == '-'; arguments++) {
        if (strcmp(*arguments, "--verbose") == 0)
            wish->verbose = true;
        else if (strcmp(*arguments, "--free") == 0)
            wish->free = true;
        else if (strcmp(*arguments, "--every-scheduler") == 0)
            wish->every = true;
        else if (strncmp(*arguments, "--scheduler=", 12) == 0 && is_kind(*arguments + 12))
            wish->kind = *arguments + 12;
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
    struct wish wish = {0};
    if (count < 1 || !read_arguments(arguments + 1, &wish, &seed, &runs) ||
        wish.free + wish.every + (wish.kind != NULL) > 1) {
        fprintf(stderr, "usage: test_random [--verbose] [--free | --every-scheduler | --scheduler=KIND] [SEED RUNS]\n");
        return 2;
    }
    bool agreed = wish.every ? check_every_scheduler(seed, runs, &wish) : check_one(seed, runs, &wish);
    return agreed ? EXIT_SUCCESS : EXIT_FAILURE;
}
