/* test_events: how often events happen in random programs, as the search says and as a naive survey does (tests/oracles/event_survey.h).
 *
 *     test_events [SEED RUNS]
 *
 * Takes programs of the seeds SEED, SEED + 1, ... until RUNS were compared, and stops at the first that differs, which it prints. Where
 * schedules are finite the whole distributions are compared, else the extremes and the expected numbers. Each program is looked at under a
 * scheduler that depends on its seed, with symmetry and without. It speaks TAP, and exits with 0 where all agreed, 1 where they did not,
 * 2 on wrong usage. */
#include "analysis/analysis.h"
#include "analysis/event_count.h"
#include "base/memory.h"
#include "base/text.h"
#include "frontends/assembler.h"
#include "program/counted_event.h"
#include "schedulers/scheduler.h"
#include "tests/oracles/event_survey.h"
#include "tests/oracles/oracle.h"
#include "tests/support/subject.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_SEED = 1, DEFAULT_RUNS = 60 };

struct tally {
    uint64_t events, joint, shown, endless, unbounded, several, infinite, deadlocks;
    uint64_t kinds[COUNTED_KIND_COUNT]; /* of which something was counted */
};

/* Returns the text as new, with .count around some instructions. */
static char *mark(const char *text, uint64_t seed)
{
    struct text marked = TEXT_INIT;
    uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15) + 3;
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n") + 1;
        uint64_t draw = subject_random(&random) >> 33;
        bool marks = *line == ' ' && strchr(" .", line[strspn(line, " ")]) == NULL && draw % 3 == 0;
        const char *name = draw / 3 % 2 == 0 ? "first" : "second";
        if (marks)
            text_print(&marked, ".count %s\n", name);
        text_print(&marked, "%.*s", (int)length, line);
        if (marks)
            text_print(&marked, ".endcount\n");
        line += length;
    }
    return text_take(&marked);
}

static bool is_near(double a, double b)
{
    return fabs(a - b) <= 1e-7 * (1 + fabs(a));
}

/* Returns what differs, or NULL. */
static const char *compare_rows(const struct event_count *count, const struct event_survey *survey)
{
    size_t row = 0;
    for (int64_t n = 0; n <= survey->greatest; n++) {
        if (survey->rows[n].schedules == 0)
            continue;
        if (row == count->row_count || count->rows[row].count != n)
            return "which numbers there are";
        if (mpz_cmp_ui(count->rows[row].schedules, survey->rows[n].schedules) != 0)
            return "the schedules of a number";
        if (!is_near(mpq_get_d(count->rows[row].random), survey->rows[n].random))
            return "the probability of a number";
        row++;
    }
    return row < count->row_count ? "which numbers there are" : NULL;
}

static const char *compare(const struct event_count *count, const struct event_survey *survey)
{
    if (!count->has_extremes || !count->has_expected)
        return "something was not computed";
    if (count->has_least == survey->never_ends || (count->has_least && count->least != survey->least))
        return "the least number";
    if (count->is_unbounded != survey->is_unbounded || (!count->is_unbounded && count->greatest != survey->greatest))
        return "the greatest number";
    if (!survey->stays_with_some && (count->is_infinite || !is_near(mpq_get_d(count->expected), survey->expected)))
        return "the expected number";
    if (count->has_distribution == survey->is_endless)
        return "whether there is a distribution";
    return count->has_distribution ? compare_rows(count, survey) : NULL;
}

/* The schedules that are shown have as many as they say. */
static const char *check_schedules(const struct program *program, const struct counted_event *event,
                                   const struct event_count *count, const struct enumerator_policy *policy)
{
    if (count->has_least && count->least_schedule.count > 0 &&
        event_survey_count(program, event, &count->least_schedule, policy) != count->least)
        return "the schedule of the least number";
    if (count->greatest_schedule.count > 0 &&
        event_survey_count(program, event, &count->greatest_schedule, policy) != count->greatest)
        return "the schedule of the greatest number";
    return NULL;
}

/* What is told of each outcome adds up to what is told of all, and its probability is the one that the fold found. */
static const char *check_ends(const struct outcome *outcome, const struct event_count *count)
{
    mpq_t probability, moment;
    int64_t least = INT64_MAX, greatest = -1;
    bool agrees = true;
    mpq_inits(probability, moment, NULL);
    for (size_t e = 0; e < count->end_count; e++) {
        const struct event_count_end *end = &count->ends[e];
        const struct outcome_row *row = end->end == OUTCOME_VALUE ? outcome_row(outcome, end->value) : NULL;
        mpq_srcptr known = row != NULL                    ? row->random
                           : end->end == OUTCOME_DEADLOCK ? outcome->random_deadlocked
                                                          : outcome->random_failed;
        agrees = agrees && (end->end != OUTCOME_VALUE || row != NULL) && mpq_equal(known, end->ways.probability);
        mpq_add(probability, probability, end->ways.probability);
        mpq_add(moment, moment, end->ways.moment);
        least = end->ways.least < least ? end->ways.least : least;
        greatest = end->ways.greatest > greatest ? end->ways.greatest : greatest;
    }
    agrees = agrees && mpq_cmp_ui(probability, 1, 1) == 0 && mpq_equal(moment, count->expected) &&
             least == count->least && greatest == count->greatest;
    mpq_clears(probability, moment, NULL);
    return agrees ? NULL : "what is told of the outcomes";
}

static void tell(const struct event_count *count, const struct event_survey *survey)
{
    printf("# %s: least %" PRId64 ", greatest %" PRId64 "%s, expected %.12g, in %zu rows\n", count->name, count->least,
           count->greatest, count->is_unbounded ? " and beyond" : "", mpq_get_d(count->expected), count->row_count);
    printf("# the survey: least %" PRId64 ", greatest %" PRId64 "%s, expected %.12g\n", survey->least, survey->greatest,
           survey->is_unbounded ? " and beyond" : "", survey->expected);
}

static void note(struct tally *tally, const struct counted_event *event, const struct event_count *count,
                 const struct event_survey *survey)
{
    tally->events++;
    tally->endless += survey->is_endless;
    tally->unbounded += survey->is_unbounded;
    tally->infinite += count->is_infinite;
    tally->several += count->row_count > 1;
    tally->kinds[event->kind] += survey->is_unbounded || survey->greatest > 0;
}

/* Compares all events of a program; *compared says whether the survey could look at it. */
static bool check_events(const struct program *program, const struct oracle_scheduler *scheduler, bool no_symmetry,
                         struct tally *tally, bool *compared)
{
    struct budget budget = {0};
    struct error error = ERROR_INIT;
    struct outcome *outcome = outcome_new();
    struct analysis_options options = {.scheduler = scheduler->scheduler,
                                       .questions = QUESTION_EXTREMES | QUESTION_VALUES | QUESTION_RANDOM |
                                                    QUESTION_EVENTS | QUESTION_WITNESS,
                                       .witness = WITNESS_MINIMUM,
                                       .insist = QUESTION_EVENTS | QUESTION_RANDOM,
                                       .by_outcome = no_symmetry,
                                       .no_symmetry = no_symmetry,
                                       .jobs = 1,
                                       .budget = &budget};
    const char *wrong = NULL;
    observation_add_default(&options.observation, program);
    budget_start(&budget);
    bool is_done = analysis_run(program, &options, outcome, &error) && outcome->complete;
    for (size_t e = 0; is_done && e < outcome->event_count && wrong == NULL; e++) {
        struct event_survey *survey = event_survey_run(program, &program->counted_events[e], scheduler->policy);
        *compared |= survey != NULL;
        wrong = survey != NULL ? compare(&outcome->events[e], survey) : NULL;
        if (wrong == NULL && outcome->events[e].has_ends && outcome->rows != NULL)
            wrong = check_ends(outcome, &outcome->events[e]);
        tally->joint += outcome->events[e].has_ends;
        if (wrong == NULL)
            wrong = check_schedules(program, &program->counted_events[e], &outcome->events[e], scheduler->policy);
        tally->shown += outcome->events[e].least_schedule.count > 0;
        if (survey != NULL)
            note(tally, &program->counted_events[e], &outcome->events[e], survey);
        if (wrong != NULL) {
            printf("# %s differs\n", wrong);
            if (survey != NULL)
                tell(&outcome->events[e], survey);
        }
        event_survey_free(survey);
    }
    outcome_free(outcome);
    return wrong == NULL;
}

static bool check_seed(uint64_t seed, struct tally *tally, bool *compared)
{
    struct error error = ERROR_INIT;
    struct oracle_request request = oracle_request(seed % 3 == 0   ? ORACLE_ENDLESS
                                                   : seed % 3 == 1 ? ORACLE_OBJECTS
                                                                   : ORACLE_SMALL);
    struct random_program *drawn = random_program_new(seed, &request.options);
    char *priced = seed % 4 == 0 ? oracle_price(drawn->text, seed) : memory_copy_string(drawn->text);
    char *text = mark(priced, seed);
    struct program *program = assembler_read(&(struct assembler_input){.name = "random",
                                                                       .source = "random",
                                                                       .text = text,
                                                                       .length = strlen(text),
                                                                       .threads = drawn->threads,
                                                                       .iters = 1},
                                             &error);
    static const struct oracle_scheduler any = {.name = "free"};
    struct oracle_scheduler *made = seed % 2 == 0 ? oracle_scheduler_draw(seed, NULL, drawn->threads) : NULL;
    bool agreed = program != NULL &&
                  program_add_counted(program, "steps,context-switches,preemptions,waits,failed-acquisitions", &error);
    if (agreed && made != NULL && strncmp(made->name, "cores", 5) == 0)
        agreed = program_add_counted(program, "rounds", &error);
    agreed = agreed && check_events(program, made != NULL ? made : &any, seed / 2 % 2 == 0, tally, compared);
    if (!agreed)
        printf("# %s, scheduler %s, %u threads\n%s", error.text, made != NULL ? made->name : "free", drawn->threads,
               text);
    oracle_scheduler_free(made);
    program_free(program);
    memory_free(text);
    memory_free(priced);
    random_program_free(drawn);
    return agreed;
}

static bool check_seeds(uint64_t seed, uint64_t runs)
{
    struct tally tally = {0};
    uint64_t done = 0;
    for (; done < runs; seed++) {
        bool compared = false;
        if (!check_seed(seed, &tally, &compared)) {
            printf("not ok 1 - how often events happen in the program of seed %" PRIu64 "\n", seed);
            return false;
        }
        done += compared;
    }
    printf("# %" PRIu64 " events, %" PRIu64 " by outcome, %" PRIu64 " with schedules; %" PRIu64
           " with several numbers, %" PRIu64 " endless, %" PRIu64 " unbounded, %" PRIu64
           " expected endlessly often\n# counted:",
           tally.events, tally.joint, tally.shown, tally.several, tally.endless, tally.unbounded, tally.infinite);
    for (enum counted_kind kind = 0; kind < COUNTED_KIND_COUNT; kind++)
        printf(" %s %" PRIu64, kind <= COUNTED_LINE ? "marked" : counted_kind_name(kind), tally.kinds[kind]);
    printf("\nok 1 - how often events happen in %" PRIu64 " random programs\n", runs);
    return true;
}

int main(int count, char **arguments)
{
    uint64_t seed = DEFAULT_SEED, runs = DEFAULT_RUNS;
    if (count != 1 && count != 3) {
        fprintf(stderr, "usage: test_events [SEED RUNS]\n");
        return 2;
    }
    if (count == 3) {
        seed = strtoull(arguments[1], NULL, 10);
        runs = strtoull(arguments[2], NULL, 10);
    }
    printf("1..1\n");
    return check_seeds(seed, runs) ? EXIT_SUCCESS : EXIT_FAILURE;
}
