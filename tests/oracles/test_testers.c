/* test_testers: what testers show of random programs, by their exact probabilities and by samples.
 *
 *     test_testers [SEED RUNS]
 *
 * Takes programs of the seeds SEED, SEED + 1, ... until RUNS were compared, and stops at the first that differs, which it prints. The probabilities
 * of PCT are compared with those of all its draws: each order of the threads and each choice of change points is executed here. Samples of
 * each tester are compared with exact probabilities by their chi-square, which a wrong sampler drives up and a right one does not: seeds are
 * fixed. Each program is looked at under a scheduler that depends on its seed. It speaks TAP. */
#include "analysis/analysis.h"
#include "analysis/detection.h"
#include "base/memory.h"
#include "frontends/assembler.h"
#include "machine/machine.h"
#include "schedulers/scheduler.h"
#include "tests/oracles/oracle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_SEED = 1, DEFAULT_RUNS = 25, DRAWS_MAX = 5000, SAMPLE_RUNS = 2000, THREADS = 4 };

/* Less likely samples are held to be wrong. */
static const double least_chance = 1e-5;

struct tally {
    uint64_t pct, draws, samples, deadlocked, failed, several;
};

/* ---- PCT, draw by draw ------------------------------------------------------------------------------------------- */

/* One draw being executed, and the sums of all. */
struct draw {
    struct machine *machine;
    const struct outcome *outcome;
    location_id observed;
    uint32_t depth;
    uint64_t points[PCT_DEPTH_MAX];
    size_t quads;
    bool is_narrow;
    mpq_t *rows, deadlocked, failed;
};

static void add_end(struct draw *self, const uint64_t *state, const mpq_t chance)
{
    mpq_ptr sum = self->deadlocked;
    if (machine_finished(self->machine, state) == machine_everybody(self->machine)) {
        const struct outcome_row *row = outcome_row(self->outcome, machine_value(self->machine, state, self->observed));
        sum = self->rows[row - self->outcome->rows];
    }
    mpq_add(sum, sum, chance);
}

/* Goes on from a state, where a step can turn out in several ways with each of them. */
static void execute(struct draw *self, const uint64_t *state, const unsigned *priorities, uint64_t steps,
                    const mpq_t chance)
{
    uint64_t enabled = machine_enabled(self->machine, state);
    int best = -1;
    if (enabled == 0) {
        add_end(self, state, chance);
        return;
    }
    for (int t = 0; t < THREADS; t++)
        if ((enabled >> t & 1) != 0 && (best < 0 || priorities[t] > priorities[best]))
            best = t;
    unsigned ways = machine_choice_count(self->machine, state, (size_t)best), changed[THREADS];
    mpq_t share, all;
    mpq_inits(share, all, NULL);
    mpq_set_ui(all, ways, 1);
    mpq_div(share, chance, all);
    memcpy(changed, priorities, sizeof changed);
    for (uint32_t p = self->depth; p-- > 1;)
        if (self->points[p] == steps + 1)
            changed[best] = p;
    for (unsigned way = 0; way < ways && !self->is_narrow; way++) {
        struct step step;
        uint64_t *after = memory_copy(state, self->quads * sizeof *after);
        machine_choose(self->machine, after, (size_t)best, way, &step);
        if (step.result == STEP_FAILED)
            mpq_add(self->failed, self->failed, share);
        else if (step.result == STEP_TAKEN)
            execute(self, after, changed, steps + 1, share);
        else {
            machine_widen(self->machine, step.narrow, step.narrow_value);
            self->is_narrow = true;
        }
        memory_free(after);
    }
    mpq_clears(share, all, NULL);
}

static uint64_t draw_count(uint64_t threads, uint32_t depth, uint64_t steps)
{
    uint64_t count = 1;
    for (uint64_t t = 2; t <= threads; t++)
        count *= t;
    for (uint32_t p = 1; p < depth && count <= DRAWS_MAX; p++)
        count *= steps;
    return count;
}

/* The number-th draw: an order of the threads, and change points. */
static void execute_draw(struct draw *self, uint64_t number, uint64_t steps, const mpq_t chance)
{
    size_t threads = machine_thread_count(self->machine), left[THREADS] = {0, 1, 2, 3};
    unsigned priorities[THREADS] = {0};
    for (uint32_t p = 1; p < self->depth; p++, number /= steps)
        self->points[p] = 1 + number % steps;
    for (size_t t = 0; t < threads; t++) {
        size_t which = number % (threads - t);
        number /= threads - t;
        priorities[left[which]] = self->depth + (unsigned)t;
        left[which] = left[threads - t - 1];
    }
    uint64_t *start = memory_new(self->quads, sizeof *start);
    machine_start(self->machine, start);
    execute(self, start, priorities, 0, chance);
    memory_free(start);
}

static void execute_all(struct draw *self, uint64_t draws, uint64_t steps)
{
    mpq_t chance;
    mpq_init(chance);
    mpq_set_ui(chance, 1, (unsigned long)draws);
    do {
        self->is_narrow = false;
        self->quads = machine_bits(self->machine) / 64 + 1;
        for (size_t r = 0; r < self->outcome->row_count; r++)
            mpq_set_ui(self->rows[r], 0, 1);
        mpq_set_ui(self->deadlocked, 0, 1);
        mpq_set_ui(self->failed, 0, 1);
        for (uint64_t number = 0; number < draws && !self->is_narrow; number++)
            execute_draw(self, number, steps, chance);
    } while (self->is_narrow);
    mpq_clear(chance);
}

static bool compare_pct(const struct draw *self, const struct detection *detection)
{
    bool agrees =
        mpq_equal(self->deadlocked, detection->pct_deadlocked) && mpq_equal(self->failed, detection->pct_failed);
    for (size_t r = 0; r < self->outcome->row_count; r++)
        agrees = agrees && mpq_equal(self->rows[r], detection->pct[r]);
    return agrees && mpq_sgn(detection->pct_unknown) == 0;
}

static const char *check_pct(const struct program *program, const struct outcome *outcome, struct tally *tally)
{
    const struct detection *detection = outcome->detection;
    if (detection == NULL || !detection->has_pct)
        return NULL;
    uint64_t draws = draw_count(program->thread_count, detection->depth, detection->steps);
    if (draws > DRAWS_MAX)
        return NULL;
    struct draw draw = {.machine = machine_new(program, NULL, true), .outcome = outcome, .depth = detection->depth};
    draw.rows = memory_new(outcome->row_count + 1, sizeof *draw.rows);
    for (size_t r = 0; r < outcome->row_count; r++)
        mpq_init(draw.rows[r]);
    mpq_inits(draw.deadlocked, draw.failed, NULL);
    draw.observed = 0; /* the first word */
    execute_all(&draw, draws, detection->steps);
    bool agrees = compare_pct(&draw, detection);
    tally->pct++;
    tally->draws += draws;
    for (size_t r = 0; r < outcome->row_count; r++)
        mpq_clear(draw.rows[r]);
    mpq_clears(draw.deadlocked, draw.failed, NULL);
    memory_free(draw.rows);
    machine_free(draw.machine);
    return agrees ? NULL : "the probabilities of PCT";
}

/* ---- Samples ----------------------------------------------------------------------------------------------------- */

static double probability_of(const struct outcome *outcome, enum tester tester, const struct outcome_row *row, int end)
{
    const struct detection *detection = outcome->detection;
    mpq_t share;
    mpq_init(share);
    if (tester == TESTER_RANDOM_WALK)
        mpq_set(share, row != NULL               ? row->random
                       : end == OUTCOME_DEADLOCK ? outcome->random_deadlocked
                                                 : outcome->random_failed);
    else if (tester == TESTER_PCT)
        mpq_set(share, row != NULL               ? detection->pct[row - outcome->rows]
                       : end == OUTCOME_DEADLOCK ? detection->pct_deadlocked
                                                 : detection->pct_failed);
    else {
        mpz_set(mpq_numref(share), row != NULL               ? row->schedules
                                   : end == OUTCOME_DEADLOCK ? outcome->deadlocked
                                                             : outcome->failed);
        mpz_set(mpq_denref(share), outcome->schedules);
        mpq_canonicalize(share);
    }
    double probability = mpq_get_d(share);
    mpq_clear(share);
    return probability;
}

static uint64_t runs_of(const struct sample *sample, int end, int64_t value)
{
    uint64_t runs = 0;
    for (size_t r = 0; r < sample->row_count; r++)
        if (sample->rows[r].end.end == end && sample->rows[r].end.value == value)
            runs = sample->rows[r].runs;
    return runs;
}

/* What is never possible was never drawn, and the rest is not too far from what is expected. */
static bool is_likely(const struct outcome *outcome, enum tester tester)
{
    size_t count = outcome->row_count + 2, degrees;
    uint64_t *runs = memory_new(count, sizeof *runs), sum = 0;
    double *probabilities = memory_new(count, sizeof *probabilities);
    bool is_possible = true;
    for (size_t c = 0; c < count; c++) {
        const struct outcome_row *row = c < outcome->row_count ? &outcome->rows[c] : NULL;
        int end = row != NULL ? OUTCOME_VALUE : c == outcome->row_count ? OUTCOME_DEADLOCK : OUTCOME_FAILURE;
        runs[c] = runs_of(outcome->sample, end, row != NULL ? row->value : 0);
        probabilities[c] = probability_of(outcome, tester, row, end);
        is_possible = is_possible && (runs[c] == 0 || probabilities[c] > 0);
        sum += runs[c];
    }
    double chi_square = sample_chi_square(runs, probabilities, count, &degrees);
    memory_free(runs);
    memory_free(probabilities);
    return is_possible && sum == SAMPLE_RUNS && (degrees == 0 || sample_chance(chi_square, degrees) > least_chance);
}

/* ---- Programs ---------------------------------------------------------------------------------------------------- */

static const char *check(struct program *program, const struct oracle_scheduler *scheduler, uint64_t seed,
                         struct tally *tally, bool *compared)
{
    static const char *const differences[] = {"a uniform sample", "a sample of random walks", "a sample of PCT"};
    struct budget budget = {0};
    struct error error = ERROR_INIT;
    struct outcome *outcome = outcome_new();
    struct sample_wish wish = {
        .tester = (enum tester)(seed % 3), .depth = 1 + (uint32_t)(seed / 3 % 4), .seed = seed, .runs = SAMPLE_RUNS};
    struct analysis_options options = {.scheduler = scheduler->scheduler,
                                       .questions = QUESTION_EXTREMES | QUESTION_VALUES | QUESTION_COUNTS |
                                                    QUESTION_RANDOM | QUESTION_DETECTION,
                                       .insist = QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_DETECTION,
                                       .witness = WITNESS_NONE,
                                       .sample = &wish,
                                       .detection_depth = wish.depth,
                                       .jobs = 1,
                                       .budget = &budget};
    const char *wrong = NULL;
    if (!observation_add(&options.observation, program, "x", &error))
        return "what is observed";
    budget_start(&budget);
    bool is_done = analysis_run(program, &options, outcome, &error) && outcome->complete && outcome->sample != NULL &&
                   outcome->sample->refusal == NULL && mpq_sgn(outcome->random_endless) == 0 && outcome->has_random &&
                   outcome->random_error == 0;
    if (is_done) {
        *compared = true;
        tally->samples++;
        tally->deadlocked += outcome->can_deadlock;
        tally->failed += outcome->can_fail;
        tally->several += outcome->row_count > 1;
        if (wish.tester != TESTER_PCT || outcome->detection->has_pct)
            wrong = is_likely(outcome, wish.tester) ? NULL : differences[wish.tester];
        if (wrong == NULL && scheduler->policy == NULL)
            wrong = check_pct(program, outcome, tally);
    }
    outcome_free(outcome);
    return wrong;
}

static bool check_seed(uint64_t seed, struct tally *tally, bool *compared)
{
    static const struct oracle_scheduler any = {.name = "free"};
    struct error error = ERROR_INIT;
    struct oracle_request request = oracle_request(seed % 4 == 0   ? ORACLE_ENDLESS
                                                   : seed % 2 == 0 ? ORACLE_OBJECTS
                                                                   : ORACLE_SMALL);
    struct random_program *drawn = random_program_new(seed, &request.options);
    struct program *program = assembler_read(&(struct assembler_input){.name = "random",
                                                                       .source = "random",
                                                                       .text = drawn->text,
                                                                       .length = strlen(drawn->text),
                                                                       .threads = drawn->threads,
                                                                       .iters = 1},
                                             &error);
    struct oracle_scheduler *made = seed % 5 == 0 ? oracle_scheduler_draw(seed, NULL, drawn->threads) : NULL;
    const char *wrong =
        program == NULL ? error.text : check(program, made != NULL ? made : &any, seed, tally, compared);
    if (wrong != NULL)
        printf("# %s differs, scheduler %s, %u threads\n%s", wrong, made != NULL ? made->name : "free", drawn->threads,
               drawn->text);
    oracle_scheduler_free(made);
    program_free(program);
    random_program_free(drawn);
    return wrong == NULL;
}

int main(int count, char **arguments)
{
    uint64_t seed = DEFAULT_SEED, runs = DEFAULT_RUNS, done = 0;
    struct tally tally = {0};
    if (count != 1 && count != 3) {
        fprintf(stderr, "usage: test_testers [SEED RUNS]\n");
        return 2;
    }
    if (count == 3) {
        seed = strtoull(arguments[1], NULL, 10);
        runs = strtoull(arguments[2], NULL, 10);
    }
    printf("1..1\n");
    for (; done < runs; seed++) {
        bool compared = false;
        if (!check_seed(seed, &tally, &compared)) {
            printf("not ok 1 - what testers show of the program of seed %" PRIu64 "\n", seed);
            return EXIT_FAILURE;
        }
        done += compared;
    }
    printf("# %" PRIu64 " samples, %" PRIu64 " with deadlocks, %" PRIu64 " with errors, %" PRIu64
           " with several values; PCT of %" PRIu64 " programs compared with its %" PRIu64 " draws\n",
           tally.samples, tally.deadlocked, tally.failed, tally.several, tally.pct, tally.draws);
    printf("ok 1 - what testers show of %" PRIu64 " random programs\n", runs);
    return EXIT_SUCCESS;
}
