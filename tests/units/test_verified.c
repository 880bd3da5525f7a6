/* The numbers of the increment race that are known from elsewhere: each must come out however the checker is run. */
#include "base/memory.h"
#include "base/text.h"
#include "schedulers/scheduler.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The ways to run it. */
struct way {
    bool no_slice;
    bool no_symmetry;
    unsigned jobs;
};

static const struct way ways[] = {{false, false, 1}, {false, false, 2}, {false, true, 1}, {false, true, 2},
                                  {true, false, 1},  {true, false, 2},  {true, true, 1},  {true, true, 2}};

enum { WAY_COUNT = sizeof ways / sizeof *ways };

/* Where it fuses, local steps may be taken together with the step before. */
static struct outcome *run_as(const struct program *program, const struct way *way, unsigned questions, bool fuses)
{
    struct analysis_options options = {.no_slice = way->no_slice,
                                       .no_symmetry = way->no_symmetry,
                                       .no_partial_order = !fuses,
                                       .jobs = way->jobs,
                                       .questions = questions,
                                       .insist = questions};
    return subject_analyse(program, &options);
}

static struct outcome *run(const struct program *program, const struct way *way, unsigned questions)
{
    return run_as(program, way, questions, false);
}

static void note_way(const char *model, unsigned threads, unsigned iters, const struct way *way)
{
    unit_note("%s %ux%u%s%s, %u jobs", model, threads, iters, way->no_slice ? ", unsliced" : "",
              way->no_symmetry ? ", without symmetry" : "", way->jobs);
}

static void check_told(const char *model, unsigned threads, unsigned iters, const struct program *program,
                       const struct way *way, const char *expected)
{
    struct outcome *outcome = run(program, way, QUESTION_ALL);
    char *told = subject_tell(outcome);
    if (strcmp(told, expected) != 0)
        note_way(model, threads, iters, way);
    CU_ASSERT_STRING_EQUAL(told, expected);
    CU_ASSERT_FALSE(outcome->fused || (outcome->sliced && way->no_slice));
    memory_free(told);
    outcome_free(outcome);
}

static void check_text(const char *name, const char *text, unsigned threads, unsigned iters, const char *expected)
{
    struct program *program = subject_program(text, threads, iters);
    for (size_t w = 0; w < WAY_COUNT; w++) {
        struct outcome *outcome = run(program, &ways[w], QUESTION_ALL);
        char *told = subject_tell(outcome);
        if (strcmp(told, expected) != 0) {
            note_way(name, threads, iters, &ways[w]);
            unit_note("got '%s'", told);
        }
        CU_ASSERT_STRING_EQUAL(told, expected);
        memory_free(told);
        outcome_free(outcome);
    }
    program_free(program);
}

/* ---- Schedules ------------------------------------------------------------------------------------------------- */

static const struct {
    const char *model;
    unsigned threads, iters;
    const char *rows;
} facts[] = {
    {"unlocked", 2, 1, "1:18 2:2"},
    {"unlocked", 2, 2, "2:702 3:216 4:6"},
    {"unlocked", 2, 3, "2:648 3:30780 4:15714 5:1458 6:20"},
    {"unlocked", 3, 1, "1:1404 2:270 3:6"},
    {"unlocked", 3, 2, "2:10819224 3:5692896 4:624726 5:16200 6:90"},
    {"atomic", 2, 3, "6:924"},
    {"atomic", 3, 2, "6:34650"},
};

static void test_schedules(void)
{
    for (size_t f = 0; f < sizeof facts / sizeof *facts; f++) {
        struct program *program = subject_model(facts[f].model, facts[f].threads, facts[f].iters);
        for (size_t w = 0; w < WAY_COUNT; w++)
            check_told(facts[f].model, facts[f].threads, facts[f].iters, program, &ways[w], facts[f].rows);
        program_free(program);
    }
}

static void test_lock(void)
{
    struct program *program = subject_model("lock", 2, 3);
    for (size_t w = 0; w < WAY_COUNT; w++)
        check_told("lock", 2, 3, program, &ways[w], "6:20");
    program_free(program);
}

static bool is_number(mpz_srcptr number, const char *expected)
{
    char *digits = mpz_get_str(NULL, 10, number);
    bool same = strcmp(digits, expected) == 0;
    if (!same)
        unit_note("%s instead of %s", digits, expected);
    memory_free(digits);
    return same;
}

static void test_classic_case(void)
{
    static const uint32_t preemptions[21] = {[2] = 4, 4, 4, 4, 4, 4, 4, 4, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0};
    struct program *program = subject_model("unlocked", 2, 10);
    for (size_t w = 0; w < WAY_COUNT; w++) {
        if (ways[w].no_slice && ways[w].no_symmetry)
            continue;
        struct outcome *outcome = run(program, &ways[w], QUESTION_ALL);
        CU_ASSERT(outcome->has_counts && outcome->has_random && outcome->has_preemptions && outcome->complete);
        CU_ASSERT(outcome->least == 2 && outcome->greatest == 20);
        CU_ASSERT_TRUE(is_number(outcome->schedules, "118264581564861424"));
        CU_ASSERT_EQUAL_FATAL(outcome->row_count, 19);
        CU_ASSERT_TRUE(is_number(outcome->rows[0].schedules, "13122"));
        CU_ASSERT_TRUE(is_number(outcome->rows[1].schedules, "7324992"));
        CU_ASSERT_TRUE(is_number(outcome->rows[17].schedules, "75582000"));
        CU_ASSERT_TRUE(is_number(outcome->rows[18].schedules, "184756"));
        CU_ASSERT_TRUE(outcome->multinomial_checked);
        unsigned wrong = 0;
        for (size_t r = 0; r < outcome->row_count; r++)
            wrong += outcome->rows[r].preemptions != preemptions[outcome->rows[r].value];
        CU_ASSERT_EQUAL(wrong, 0);
        if (wrong > 0)
            note_way("unlocked", 2, 10, &ways[w]);
        outcome_free(outcome);
    }
    program_free(program);
}

static void test_random_scheduler(void)
{
    struct program *program = subject_model("unlocked", 2, 1);
    for (size_t w = 0; w < WAY_COUNT; w++) {
        struct outcome *outcome = run(program, &ways[w], QUESTION_RANDOM);
        CU_ASSERT_TRUE_FATAL(outcome->has_random && outcome->row_count == 2);
        CU_ASSERT_EQUAL(mpq_cmp_ui(outcome->rows[0].random, 3, 4), 0);
        CU_ASSERT_EQUAL(mpq_cmp_ui(outcome->rows[1].random, 1, 4), 0);
        outcome_free(outcome);
    }
    program_free(program);
}

/* With two threads and three iterations or more, 162 (K - 1)^2 schedules end with 2. */
static void test_closed_forms(void)
{
    for (unsigned iters = 3; iters <= 12; iters++) {
        struct program *program = subject_model("unlocked", 2, iters);
        struct outcome *outcome = run(program, &ways[0], QUESTION_COUNTS);
        mpz_t all, correct, factor;
        mpz_inits(all, correct, factor, NULL);
        mpz_bin_uiui(all, 6 * iters, 3 * iters);
        mpz_bin_uiui(correct, 2 * iters, iters);
        CU_ASSERT_TRUE_FATAL(outcome->has_counts);
        CU_ASSERT_EQUAL(mpz_cmp(outcome->schedules, all), 0);
        CU_ASSERT_EQUAL(mpz_cmp_ui(outcome_row(outcome, 2)->schedules, 162 * (iters - 1) * (iters - 1)), 0);
        CU_ASSERT_EQUAL(mpz_cmp(outcome_row(outcome, 2 * iters)->schedules, correct), 0);
        mpz_clears(all, correct, factor, NULL);
        outcome_free(outcome);
        program_free(program);
    }
}

/* ---- States ---------------------------------------------------------------------------------------------------- */

static void check_states(unsigned threads, unsigned iters, bool no_slice, unsigned long expected)
{
    struct program *program = subject_model("unlocked", threads, iters);
    for (int symmetry = 0; symmetry < 2; symmetry++) {
        struct way way = {no_slice, symmetry == 0, 1 + (unsigned)symmetry};
        struct outcome *outcome = run(program, &way, QUESTION_VALUES);
        CU_ASSERT_EQUAL(mpz_cmp_ui(outcome->states, expected), 0);
        CU_ASSERT(symmetry == 0 ? outcome->stored == expected : outcome->stored < expected);
        outcome_free(outcome);
    }
    program_free(program);
}

static void test_states(void)
{
    check_states(2, 1, true, 21);
    check_states(2, 2, true, 116);
    check_states(2, 3, true, 439);
    check_states(2, 10, true, 62844);
    check_states(2, 10, false, 961);
    check_states(3, 10, false, 29791);
}

/* With the addition taken together with the load before it, as a second program of two steps a round counts them. */
static void check_fused_states(unsigned threads, unsigned iters, unsigned long expected)
{
    struct program *program = subject_model("unlocked", threads, iters);
    for (int symmetry = 0; symmetry < 2; symmetry++) {
        struct way way = {true, symmetry == 0, 1 + (unsigned)symmetry};
        struct outcome *outcome = run_as(program, &way, QUESTION_VALUES, true);
        CU_ASSERT_TRUE(outcome->fused);
        CU_ASSERT_EQUAL(mpz_cmp_ui(outcome->states, expected), 0);
        CU_ASSERT_EQUAL(outcome->depth, threads * iters * 3);
        outcome_free(outcome);
    }
    program_free(program);
}

static void test_fused_states(void)
{
    check_fused_states(2, 1, 12);
    check_fused_states(2, 3, 195);
    check_fused_states(2, 10, 22707);
    check_fused_states(3, 5, 169771);
}

/* Larger ones, of which symmetry stores few enough for a quick test. */
static void test_many_states(void)
{
    struct program *program = subject_model("unlocked", 3, 5);
    struct outcome *outcome = run(program, &ways[4], QUESTION_VALUES);
    CU_ASSERT_EQUAL(mpz_cmp_ui(outcome->states, 825791), 0);
    CU_ASSERT(outcome->stored < 825791 / 5);
    CU_ASSERT(outcome->least == 2 && outcome->greatest == 15);
    outcome_free(outcome);
    program_free(program);
}

/* ---- Other programs -------------------------------------------------------------------------------------------- */

static void test_other_programs(void)
{
    check_text("add and double",
               ".var x, 1\n.thread A\n mov x, %ax\n add $1, %ax\n mov %ax, x\n"
               ".thread B\n mov x, %ax\n mul $2, %ax\n mov %ax, x\n",
               1, 1, "2:18 3:1 4:1");
    check_text("two mutexes in opposite order",
               ".var x\n.mutex m\n.mutex n\n.thread A\n lock m\n lock n\n unlock n\n unlock m\n"
               ".thread B\n lock n\n lock m\n unlock m\n unlock n\n",
               1, 1, "0:4 deadlock:2");
}

static void check_semaphore(unsigned permits, const char *values)
{
    static const char *const changes[] = {"add $1", "add $1", "sub $2", "sub $2"};
    struct text text = TEXT_INIT;
    text_print(&text, ".var x\n.semaphore s, %u\n", permits);
    for (int t = 0; t < 4; t++)
        text_print(&text, ".thread T%d\n wait s\n mov x, %%ax\n %s, %%ax\n mov %%ax, x\n post s\n", t, changes[t]);
    struct program *program = subject_program(text_string(&text), 4, 1);
    for (unsigned w = 0; w < 4; w++) {
        struct way way = {(w & 1) != 0, (w & 2) != 0, 2};
        struct outcome *outcome = run(program, &way, QUESTION_VALUES);
        char *told = subject_tell(outcome);
        CU_ASSERT_STRING_EQUAL(told, values);
        CU_ASSERT_FALSE(outcome->can_deadlock);
        memory_free(told);
        outcome_free(outcome);
    }
    program_free(program);
    text_free(&text);
}

static void test_semaphores(void)
{
    check_semaphore(1, "-2");
    check_semaphore(2, "-4 -3 -2 -1 0 1 2");
}

/* ---- Schedulers ------------------------------------------------------------------------------------------------ */

/* A parameter of a scheduler: a number, or a word. */
struct parameter {
    const char *name;
    int64_t number;
    const char *word; /* NULL: the number */
};

enum { PARAMETERS_MAX = 3 };

/* Which scheduler; the list of parameters ends where a name is NULL. */
struct wanted {
    const char *kind;
    struct parameter parameters[PARAMETERS_MAX];
};

static struct scheduler *make_scheduler(const struct wanted *wanted, size_t threads)
{
    struct error error = ERROR_INIT;
    struct property *list = NULL;
    size_t count = 0;
    for (size_t p = 0; p < PARAMETERS_MAX && wanted->parameters[p].name != NULL; p++) {
        if (wanted->parameters[p].word == NULL)
            property_add_number(&list, &count, wanted->parameters[p].name, wanted->parameters[p].number);
        else
            property_add_text(&list, &count, wanted->parameters[p].name, wanted->parameters[p].word);
    }
    struct scheduler *scheduler = scheduler_new(wanted->kind, list, count, threads, &error);
    if (scheduler == NULL)
        unit_note("%s", error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scheduler);
    property_free_list(list, count);
    return scheduler;
}

static void note_wanted(const struct wanted *wanted, unsigned iters)
{
    struct text text = TEXT_INIT;
    for (size_t p = 0; p < PARAMETERS_MAX && wanted->parameters[p].name != NULL; p++) {
        text_print(&text, " %s=", wanted->parameters[p].name);
        if (wanted->parameters[p].word == NULL)
            text_print(&text, "%" PRId64, wanted->parameters[p].number);
        else
            text_print(&text, "%s", wanted->parameters[p].word);
    }
    unit_note("%s%s, %u iterations", wanted->kind, text_string(&text), iters);
    text_free(&text);
}

/* The ways that differ in what is explored. */
static const struct way scheduled_ways[] = {{false, false, 2}, {false, true, 1}, {true, false, 2}, {true, true, 1}};
enum { SCHEDULED_WAY_COUNT = sizeof scheduled_ways / sizeof *scheduled_ways };

static struct outcome *run_scheduled(const struct program *program, const struct scheduler *scheduler,
                                     const struct way *way, unsigned questions)
{
    struct analysis_options options = {.scheduler = scheduler,
                                       .no_slice = way->no_slice,
                                       .no_symmetry = way->no_symmetry,
                                       .jobs = way->jobs,
                                       .questions = questions,
                                       .insist = questions};
    return subject_analyse(program, &options);
}

/* Tells "2..20" or "10 20", as new. */
static char *tell_values(const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < outcome->values.count; i++) {
        const struct interval *interval = &outcome->values.items[i];
        text_print(&text, "%s%" PRId64, i > 0 ? " " : "", interval->first);
        if (interval->last > interval->first)
            text_print(&text, "..%" PRId64, interval->last);
    }
    text_print(&text, "%s", outcome->complete && outcome->has_values && !outcome->endless ? "" : " ?");
    return text_take(&text);
}

/* clang-format off */
#define TICK(quantum) {"tick", {{"quantum", quantum, NULL}, {"pick", 0, "any"}, {"phase", 0, NULL}}}
#define TICK_ANY_PHASE(quantum) {"tick", {{"quantum", quantum, NULL}, {"pick", 0, "any"}, {"phase", 0, "any"}}}
#define IN_TURN(quantum) {"tick", {{"quantum", quantum, NULL}, {"pick", 0, "round-robin"}, {"phase", 0, NULL}}}
#define PARALLEL(lag) {"parallel", {{"lag", lag, NULL}, {"offset", 0, NULL}, {NULL, 0, NULL}}}
#define PREEMPTIONS(bound) {"preemptions", {{"bound", bound, NULL}, {NULL, 0, NULL}, {NULL, 0, NULL}}}
/* clang-format on */

/* Two threads, ten iterations; the body of the loop is three steps of one tick. Where not all values are known, the
 * least and how many there are, 0 for not known either. */
static const struct {
    struct wanted scheduler;
    const char *values;
    int64_t least;
    uint64_t count;
} scheduled[] = {
    {TICK(1), "2..20", 2, 19},
    {TICK(2), "3..20", 3, 18},
    {TICK(3), "20", 20, 1},
    {TICK(4), "4..20", 4, 17},
    {TICK(5), NULL, 8, 0},
    {TICK(6), "20", 20, 1},
    {TICK_ANY_PHASE(3), "10..20", 10, 11},
    {TICK_ANY_PHASE(6), NULL, 10, 6},
    {TICK_ANY_PHASE(7), NULL, 5, 0},
    {IN_TURN(1), "10", 10, 1},
    {IN_TURN(3), "20", 20, 1},
    {IN_TURN(4), "13", 13, 1},
    {IN_TURN(5), "12", 12, 1},
    {IN_TURN(7), "14", 14, 1},
    {PARALLEL(1), "10", 10, 1},
    {PARALLEL(2), "10", 10, 1},
    {PARALLEL(3), "10..20", 10, 11},
    {PARALLEL(4), NULL, 6, 0},
    {PARALLEL(8), NULL, 4, 0},
    {PARALLEL(30), "2..20", 2, 19},
    {PREEMPTIONS(0), "20", 20, 1},
    {PREEMPTIONS(1), "10 20", 10, 2},
    {PREEMPTIONS(2), "10..20", 10, 11},
    {PREEMPTIONS(3), "10..20", 10, 11},
    {PREEMPTIONS(4), "2..20", 2, 19},
};

static void test_scheduled(void)
{
    struct program *program = subject_model("unlocked", 2, 10);
    for (size_t s = 0; s < sizeof scheduled / sizeof *scheduled; s++) {
        struct scheduler *scheduler = make_scheduler(&scheduled[s].scheduler, 2);
        for (size_t w = 0; w < SCHEDULED_WAY_COUNT; w++) {
            struct outcome *outcome =
                run_scheduled(program, scheduler, &scheduled_ways[w], QUESTION_EXTREMES | QUESTION_VALUES);
            char *told = tell_values(outcome);
            bool right = scheduled[s].values == NULL || strcmp(told, scheduled[s].values) == 0;
            right = right && outcome->has_extremes && outcome->least == scheduled[s].least;
            right = right && (scheduled[s].count == 0 || intervals_size(&outcome->values) == scheduled[s].count);
            right = right && outcome->sliced != scheduled_ways[w].no_slice;
            CU_ASSERT_TRUE(right);
            if (!right) {
                note_wanted(&scheduled[s].scheduler, 10);
                note_way(told, 2, 10, &scheduled_ways[w]);
            }
            memory_free(told);
            outcome_free(outcome);
        }
        scheduler_free(scheduler);
    }
    program_free(program);
}

/* The least value of the race under a scheduler; sliced. */
static int64_t least_value(const struct wanted *wanted, unsigned iters)
{
    struct program *program = subject_model("unlocked", 2, iters);
    struct scheduler *scheduler = make_scheduler(wanted, 2);
    struct outcome *outcome = run_scheduled(program, scheduler, &scheduled_ways[0], QUESTION_EXTREMES);
    int64_t least = outcome->complete && outcome->has_extremes ? outcome->least : -1;
    outcome_free(outcome);
    scheduler_free(scheduler);
    program_free(program);
    return least;
}

static void check_least(const struct wanted *wanted, unsigned iters, int64_t expected)
{
    int64_t least = least_value(wanted, iters);
    CU_ASSERT_EQUAL(least, expected);
    if (least != expected) {
        note_wanted(wanted, iters);
        unit_note("least %" PRId64, least);
    }
}

/* Values below the number of iterations vanish where the quantum is a multiple of the body, at every phase; at other
 * quanta they are there as soon as the iterations are many enough. */
static void test_vanishing(void)
{
    static const int64_t others[] = {1, 2, 4, 5, 7, 8, 10};
    for (int64_t quantum = 3; quantum <= 15; quantum += 3)
        for (unsigned iters = 1; iters <= 12; iters++) {
            struct wanted any = TICK_ANY_PHASE(quantum);
            int64_t together = least_value(&any, iters), least = INT64_MAX;
            for (int64_t phase = 0; phase < quantum; phase++) {
                struct wanted one = {"tick", {{"quantum", quantum, NULL}, {"phase", phase, NULL}, {NULL, 0, NULL}}};
                int64_t alone = least_value(&one, iters);
                CU_ASSERT(alone >= iters);
                least = alone < least ? alone : least;
            }
            CU_ASSERT_EQUAL(together, least);
        }
    for (size_t q = 0; q < sizeof others / sizeof *others; q++) {
        struct wanted any = TICK_ANY_PHASE(others[q]);
        CU_ASSERT(least_value(&any, 30) < 30);
    }
    check_least(&(struct wanted)TICK_ANY_PHASE(10), 10, 10);
    check_least(&(struct wanted)TICK_ANY_PHASE(10), 20, 12);
    check_least(&(struct wanted)TICK_ANY_PHASE(10), 30, 12);
    check_least(&(struct wanted)TICK_ANY_PHASE(8), 20, 7);
}

/* Two cores in step never show values below the number of iterations, those more than three steps apart do. */
static void test_lags(void)
{
    for (unsigned iters = 2; iters <= 12; iters++) {
        for (int64_t lag = 1; lag <= 3; lag++) {
            struct wanted wanted = PARALLEL(lag);
            CU_ASSERT(least_value(&wanted, iters) >= iters);
        }
        struct wanted all = PARALLEL(3 * (int64_t)iters);
        CU_ASSERT_EQUAL(least_value(&all, iters), 2);
    }
    for (int64_t lag = 4; lag <= 8; lag++) {
        struct wanted wanted = PARALLEL(lag);
        CU_ASSERT(least_value(&wanted, 10) < 10);
    }
}

/* ---- Schedulers, counted and simulated otherwise ----------------------------------------------------------------- */

struct simulated {
    int64_t value;
    uint32_t preemptions;
};

/* Round-robin leaves nothing to choose: one processor, executed as it is told. */
static struct simulated simulate_in_turn(unsigned threads, unsigned iters, unsigned quantum, unsigned phase)
{
    int64_t counter = 0, registers[4] = {0};
    unsigned positions[4] = {0}, left = threads, used = phase;
    uint32_t preemptions = 0;
    for (unsigned t = 0; left > 0; t = (t + 1) % threads) {
        bool over = false;
        while (positions[t] < 3 * iters && !over) {
            unsigned step = positions[t]++ % 3;
            if (step == 0)
                registers[t] = counter;
            else if (step == 1)
                registers[t]++;
            else
                counter = registers[t];
            left -= positions[t] == 3 * iters;
            over = ++used == quantum;
        }
        used = over ? 0 : used;
        preemptions += positions[t] < 3 * iters && left > 1;
    }
    return (struct simulated){counter, preemptions};
}

static bool is_as_simulated(const struct program *program, unsigned iters, unsigned quantum, unsigned phase)
{
    unsigned threads = (unsigned)program->thread_count;
    struct wanted wanted = {"tick", {{"quantum", quantum, NULL}, {"pick", 0, "round-robin"}, {"phase", phase, NULL}}};
    struct simulated simulated = simulate_in_turn(threads, iters, quantum, phase);
    struct scheduler *scheduler = make_scheduler(&wanted, threads);
    struct outcome *outcome =
        run_scheduled(program, scheduler, &scheduled_ways[0], QUESTION_COUNTS | QUESTION_PREEMPTIONS);
    bool right = outcome->row_count == 1 && outcome->has_counts && mpz_cmp_ui(outcome->schedules, 1) == 0 &&
                 outcome->rows[0].value == simulated.value && outcome->has_preemptions &&
                 outcome->rows[0].preemptions == simulated.preemptions;
    if (!right)
        note_wanted(&wanted, iters);
    outcome_free(outcome);
    scheduler_free(scheduler);
    return right;
}

static void test_simulated(void)
{
    unsigned wrong = 0;
    for (unsigned threads = 2; threads <= 4; threads++)
        for (unsigned iters = 1; iters <= 7; iters += 3) {
            struct program *program = subject_model("unlocked", threads, iters);
            for (unsigned quantum = 1; quantum <= 13; quantum++)
                for (unsigned phase = 0; phase < quantum; phase += 2)
                    wrong += !is_as_simulated(program, iters, quantum, phase);
            program_free(program);
        }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(simulate_in_turn(2, 10, 4, 0).value == 13 && simulate_in_turn(2, 10, 30, 0).preemptions == 0);
}

/* Stretches without a choice that are longer than one macrostep (space/macrostep.h), and costs beyond 8 bits. */
static void test_long_stretches(void)
{
    static const unsigned quanta[] = {1, 1000, 1023, 1024, 1025, 1500, 2047, 2048, 2049, 2100, 5000};
    unsigned wrong = 0;
    struct program *program = subject_model("unlocked", 2, 700);
    for (size_t q = 0; q < sizeof quanta / sizeof *quanta; q++)
        for (unsigned phase = 0; phase < quanta[q]; phase += quanta[q] / 2 + 1)
            wrong += !is_as_simulated(program, 700, quanta[q], phase);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(simulate_in_turn(2, 700, 1, 0).preemptions, 2 * 2100 - 2);

    /* two turns each: one of two threads begins each of them, until one has finished */
    struct wanted wanted = TICK(1050);
    struct scheduler *scheduler = make_scheduler(&wanted, 2);
    for (size_t w = 0; w < SCHEDULED_WAY_COUNT; w++) {
        struct outcome *outcome = run_scheduled(program, scheduler, &scheduled_ways[w], QUESTION_COUNTS);
        char *told = subject_tell(outcome);
        CU_ASSERT_STRING_EQUAL(told, "1400:6");
        memory_free(told);
        outcome_free(outcome);
    }
    scheduler_free(scheduler);
    program_free(program);
}

enum { LENGTH_MAX = 30 };

/* How many schedules two threads of so many steps have, as the checker says. */
static void check_count(const struct wanted *wanted, unsigned iters, mpz_srcptr expected)
{
    struct program *program = subject_model("unlocked", 2, iters);
    struct scheduler *scheduler = make_scheduler(wanted, 2);
    for (size_t w = 0; w < 2; w++) {
        struct outcome *outcome = run_scheduled(program, scheduler, &scheduled_ways[w], QUESTION_COUNTS);
        bool right = outcome->has_counts && mpz_cmp(outcome->schedules, expected) == 0;
        CU_ASSERT_TRUE(right);
        if (!right) {
            note_wanted(wanted, iters);
            char *digits = mpz_get_str(NULL, 10, expected);
            is_number(outcome->schedules, digits);
            memory_free(digits);
        }
        outcome_free(outcome);
    }
    scheduler_free(scheduler);
    program_free(program);
}

/* At most B preemptions: at most B + 2 turns, since the switch away from who has finished is none. There are
 * C(n - 1, turns - 1) ways to cut n steps into so many turns, and two threads to begin with. */
static void test_preemptions_counted(void)
{
    for (unsigned iters = 1; iters <= 10; iters += 3)
        for (unsigned bound = 0; bound <= 7; bound++) {
            struct wanted wanted = PREEMPTIONS(bound);
            unsigned n = 3 * iters;
            mpz_t sum, first, second;
            mpz_inits(sum, first, second, NULL);
            for (unsigned turns = 2; turns <= bound + 2; turns++) {
                mpz_bin_uiui(first, n - 1, (turns + 1) / 2 - 1);
                mpz_bin_uiui(second, n - 1, turns / 2 - 1);
                mpz_mul(first, first, second);
                mpz_addmul_ui(sum, first, 2);
            }
            check_count(&wanted, iters, sum);
            mpz_clears(sum, first, second, NULL);
        }
}

/* Paths over a grid that keep near its diagonal: ways[i][j] lead to where T0 has made i and T1 j of n steps. */
static void count_paths(unsigned n, int64_t lag, int64_t offset, mpz_ptr result)
{
    mpz_t ways_to[LENGTH_MAX + 1][LENGTH_MAX + 1];
    for (unsigned i = 0; i <= n; i++)
        for (unsigned j = 0; j <= n; j++) {
            mpz_init_set_ui(ways_to[i][j], i + j == 0);
            int64_t ahead = (int64_t)i - (int64_t)j - offset; /* T0 of T1 */
            if (i > 0 && (ahead <= lag || j == n))
                mpz_add(ways_to[i][j], ways_to[i][j], ways_to[i - 1][j]);
            if (j > 0 && (-ahead <= lag || i == n))
                mpz_add(ways_to[i][j], ways_to[i][j], ways_to[i][j - 1]);
        }
    mpz_set(result, ways_to[n][n]);
    for (unsigned i = 0; i <= n; i++)
        for (unsigned j = 0; j <= n; j++)
            mpz_clear(ways_to[i][j]);
}

static void test_parallel_counted(void)
{
    mpz_t expected;
    mpz_init(expected);
    for (unsigned iters = 1; iters <= 10; iters += 3)
        for (int64_t lag = 1; lag <= 9; lag += 2)
            for (int64_t offset = 0; offset <= 12; offset += 4) {
                char list[40];
                snprintf(list, sizeof list, "0,%" PRId64, offset);
                struct wanted wanted = {"parallel", {{"lag", lag, NULL}, {"offset", 0, list}, {NULL, 0, NULL}}};
                count_paths(3 * iters, lag, offset, expected);
                check_count(&wanted, iters, expected);
            }
    mpz_clear(expected);
}

/* Turns of a tick scheduler that picks any thread: whoever is picked goes on until the quantum is used up or until it
 * has finished; what is left of the quantum is the other's. first is what is left of the quantum at the start. */
static void count_turns(unsigned n, unsigned quantum, unsigned first, mpz_ptr result)
{
    mpz_t ways_to[LENGTH_MAX + 1][LENGTH_MAX + 1]; /* with a pick to be made, or nobody to pick any more */
    for (unsigned i = 0; i <= n; i++)
        for (unsigned j = 0; j <= n; j++)
            mpz_init_set_ui(ways_to[i][j], i + j == 0);
    for (unsigned steps = 0; steps < 2 * n; steps++)
        for (unsigned i = steps > n ? steps - n : 0; i <= steps && i <= n; i++) {
            unsigned j = steps - i, turn = steps == 0 ? first : quantum;
            unsigned rest = 2 * n - steps;
            for (unsigned t = 0; t < 2; t++) {
                unsigned own = t == 0 ? n - i : n - j, all = turn < rest ? turn : rest;
                unsigned made = own < all ? own : all; /* by the one picked; the rest by the other */
                if (own > 0)
                    mpz_add(ways_to[i + (t == 0 ? made : all - made)][j + (t == 1 ? made : all - made)],
                            ways_to[i + (t == 0 ? made : all - made)][j + (t == 1 ? made : all - made)], ways_to[i][j]);
            }
        }
    mpz_set(result, ways_to[n][n]);
    for (unsigned i = 0; i <= n; i++)
        for (unsigned j = 0; j <= n; j++)
            mpz_clear(ways_to[i][j]);
}

static void test_ticks_counted(void)
{
    mpz_t expected, sum;
    mpz_inits(expected, sum, NULL);
    for (unsigned iters = 1; iters <= 10; iters += 3)
        for (unsigned quantum = 1; quantum <= 10; quantum += 1 + quantum / 4) {
            struct wanted any = TICK_ANY_PHASE(quantum);
            mpz_set_ui(sum, 0);
            for (unsigned phase = 0; phase < quantum; phase++) {
                struct wanted wanted = {"tick", {{"quantum", quantum, NULL}, {"phase", phase, NULL}, {NULL, 0, NULL}}};
                count_turns(3 * iters, quantum, quantum - phase, expected);
                check_count(&wanted, iters, expected);
                mpz_add(sum, sum, expected);
            }
            check_count(&any, iters, sum);
        }
    mpz_clears(expected, sum, NULL);
}

/* The index of a loop is shared, as is the counter, and one register serves both. In each of a thread's rounds r = 0, 1, ..., bound - 1
 * the other one can make all rounds from r on before it sets the index back: bound + (bound + ... + 1) increments. */
static const char shared_index[] = ".var n\n.var i\n.main\n.top\n mov i, %ax\n test $ITERS, %ax\n jgte .end\n"
                                   " mov n, %ax\n add $1, %ax\n mov %ax, n\n"
                                   " mov i, %ax\n add $1, %ax\n mov %ax, i\n j .top\n.end\n";

/* The greatest bound of the loop without a slice, which takes states as its fourth power. */
static unsigned explicit_bound = 6;

static void check_shared_index(unsigned bound, const struct way *way)
{
    struct program *program = subject_program(shared_index, 2, bound);
    struct outcome *outcome = run(program, way, QUESTION_EXTREMES | QUESTION_VALUES);
    int64_t least, greatest;
    bool is_right = outcome->complete && outcome->sliced == !way->no_slice &&
                    outcome_extremes(outcome, &least, &greatest) && least == 1 &&
                    greatest == (int64_t)bound * (bound + 3) / 2 &&
                    intervals_size(&outcome->values) == (uint64_t)greatest;
    if (!way->no_slice)
        is_right &= mpz_cmp_ui(outcome->states, 60ul * bound * bound + 70 * bound + 121) == 0;
    if (!is_right)
        note_way("shared index", 2, bound, way);
    CU_ASSERT(is_right);
    outcome_free(outcome);
    program_free(program);
}

static void test_shared_index(void)
{
    const unsigned bounds[] = {1, 2, 3, 10, 50, explicit_bound};
    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++)
        for (size_t w = 0; w < WAY_COUNT; w++)
            if (ways[w].jobs == 1 && (!ways[w].no_slice || bounds[b] <= explicit_bound))
                check_shared_index(bounds[b], &ways[w]);
}

/* With a number, the bound of the shared index's loop without a slice: tests/units/test_verified 20. */
int main(int count, char **arguments)
{
    if (count > 1)
        explicit_bound = (unsigned)strtoul(arguments[1], NULL, 10);
    static const CU_TestInfo tests[] = {
        {"schedules of each value", test_schedules},
        {"the lock", test_lock},
        {"two threads, ten iterations", test_classic_case},
        {"the random scheduler", test_random_scheduler},
        {"closed forms", test_closed_forms},
        {"states", test_states},
        {"many states", test_many_states},
        {"states without local steps", test_fused_states},
        {"other programs", test_other_programs},
        {"semaphores", test_semaphores},
        {"under each scheduler", test_scheduled},
        {"values that vanish", test_vanishing},
        {"cores in step", test_lags},
        {"round-robin, simulated", test_simulated},
        {"long stretches without a choice", test_long_stretches},
        {"preemption-bounded schedules, counted", test_preemptions_counted},
        {"parallel schedules, counted", test_parallel_counted},
        {"ticks, counted", test_ticks_counted},
        {"a shared index", test_shared_index},
        CU_TEST_INFO_NULL,
    };
    return unit_run("verified", tests);
}
