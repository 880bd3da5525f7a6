#include "space/observed.h"

#include "analysis/outcome.h"
#include "base/memory.h"
#include "machine/machine.h"
#include "report/findings.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <string.h>

/* ---- Tuples ---------------------------------------------------------------------------------------------------- */

static void test_tuples(void)
{
    static const int64_t pairs[][2] = {{3, 2}, {2, 3}, {3, 2}, {-1, 9}, {2, 2}, {2, 3}, {INT64_MIN, 0}};
    static const int64_t sorted[][2] = {{INT64_MIN, 0}, {-1, 9}, {2, 2}, {2, 3}, {3, 2}};
    struct tuples tuples = {0}, copy = {0};
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++)
        tuples_add(&tuples, pairs[p], 2);
    tuples_add_all(&copy, &tuples);
    tuples_order(&copy);
    CU_ASSERT_EQUAL_FATAL(copy.count, 5);
    for (size_t s = 0; s < copy.count; s++) {
        CU_ASSERT_EQUAL(memcmp(tuples_at(&copy, s), sorted[s], sizeof sorted[s]), 0);
        CU_ASSERT_EQUAL(tuples_rank(&copy, sorted[s]), s);
    }
    CU_ASSERT_EQUAL(tuples_rank(&copy, (int64_t[]){2, 4}), SIZE_MAX);
    tuples_free(&tuples);
    tuples_free(&copy);
    CU_ASSERT_EQUAL(tuples_rank(&copy, (int64_t[]){2, 4}), SIZE_MAX);
}

/* ---- Against all schedules, one after the other ------------------------------------------------------------------ */

enum { ENDS_MAX = 64, STATE_QUADS = 64 };

struct end {
    int64_t tuple[2];
    uint64_t schedules;
    double random; /* probability */
};

struct walk {
    struct machine *machine;
    const struct observation *observation;
    struct end ends[ENDS_MAX];
    size_t count;
    uint64_t deadlocked;
};

static void note_end(struct walk *self, const uint64_t *state, double probability)
{
    int64_t tuple[OBSERVATION_MAX];
    struct observed observed = observed_find(self->observation, self->machine);
    observed_read(&observed, self->machine, state, tuple);
    size_t e = 0;
    while (e < self->count && memcmp(self->ends[e].tuple, tuple, sizeof self->ends[e].tuple) != 0)
        e++;
    CU_ASSERT_FATAL(e < ENDS_MAX);
    if (e == self->count)
        self->ends[self->count++] = (struct end){.tuple = {tuple[0], tuple[1]}};
    self->ends[e].schedules++;
    self->ends[e].random += probability;
}

static void walk_all(struct walk *self, const uint64_t *state, double probability)
{
    uint64_t enabled = machine_enabled(self->machine, state);
    if (enabled == 0 && machine_finished(self->machine, state) == machine_everybody(self->machine))
        note_end(self, state, probability);
    else if (enabled == 0)
        self->deadlocked++;
    for (uint64_t rest = enabled; rest != 0; rest &= rest - 1) {
        uint64_t after[STATE_QUADS];
        struct step step;
        memcpy(after, state, sizeof after);
        machine_step(self->machine, after, (size_t)__builtin_ctzll(rest), &step);
        CU_ASSERT_EQUAL_FATAL(step.result, STEP_TAKEN);
        walk_all(self, after, probability / __builtin_popcountll(enabled));
    }
}

static const struct end *find_end(const struct walk *walk, const int64_t *tuple)
{
    for (size_t e = 0; e < walk->count; e++)
        if (memcmp(walk->ends[e].tuple, tuple, sizeof walk->ends[e].tuple) == 0)
            return &walk->ends[e];
    return NULL;
}

static void check_row(const struct walk *walk, const struct outcome *outcome, size_t index)
{
    const struct outcome_row *row = &outcome->rows[index];
    const struct outcome_witness *witness = findings_witness(outcome, OUTCOME_VALUE, row->value);
    const int64_t *tuple = outcome_row_values(outcome, row);
    const struct end *end = find_end(walk, tuple);
    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    CU_ASSERT_PTR_NOT_NULL_FATAL(witness);
    CU_ASSERT_EQUAL(mpz_cmp_ui(row->schedules, end->schedules), 0);
    CU_ASSERT_DOUBLE_EQUAL(mpq_get_d(row->random), end->random, 1e-12);
    CU_ASSERT_EQUAL(witness->trace->preemptions, row->preemptions);
    CU_ASSERT_EQUAL(trace_final_word(witness->trace, walk->observation->places[0].number), tuple[0]);
    CU_ASSERT_EQUAL(trace_final_word(witness->trace, walk->observation->places[1].number), tuple[1]);
}

/* Wide enough for all values of the programs below. */
static struct machine *wide_machine(const struct program *program)
{
    struct machine *machine = machine_new(program, NULL, true);
    for (location_id l = 0; l < machine_location_count(machine); l++)
        machine_widen(machine, l, 100);
    return machine;
}

/* Checks an analysis of two words, and returns it as new. */
static struct outcome *observe_pair(const char *text, uint32_t first, uint32_t second, bool no_symmetry)
{
    struct program *program = subject_program(text, 2, 2);
    struct observation observation = {.places = {{OBSERVED_WORD, first}, {OBSERVED_WORD, second}}, .count = 2};
    struct analysis_options options = {
        .observation = observation, .witness = WITNESS_ALL, .no_symmetry = no_symmetry, .jobs = 1};
    struct outcome *outcome = subject_analyse(program, &options);
    struct walk walk = {.machine = wide_machine(program), .observation = &observation};
    uint64_t state[STATE_QUADS] = {0};
    machine_start(walk.machine, state);
    walk_all(&walk, state, 1);
    CU_ASSERT(outcome->complete && outcome->has_counts && outcome->has_random && outcome->has_preemptions);
    CU_ASSERT_EQUAL_FATAL(outcome->row_count, walk.count);
    CU_ASSERT_EQUAL(outcome_width(outcome), 2);
    CU_ASSERT_EQUAL(mpz_cmp_ui(outcome->deadlocked, walk.deadlocked), 0);
    for (size_t r = 0; r < outcome->row_count; r++)
        check_row(&walk, outcome, r);
    machine_free(walk.machine);
    program_free(program);
    return outcome;
}

static char *tell_pairs(const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    for (size_t r = 0; r < outcome->row_count; r++) {
        const int64_t *tuple = outcome_row_values(outcome, &outcome->rows[r]);
        text_print(&text, "(%" PRId64 ",%" PRId64 ") %lu;", tuple[0], tuple[1], mpz_get_ui(outcome->rows[r].schedules));
    }
    return text_take(&text);
}

static void expect_pairs(const char *text, uint32_t first, uint32_t second, const char *expected)
{
    for (int no_symmetry = 0; no_symmetry < 2; no_symmetry++) {
        struct outcome *outcome = observe_pair(text, first, second, no_symmetry != 0);
        char *told = tell_pairs(outcome);
        if (strcmp(told, expected) != 0)
            unit_note("%s", told);
        CU_ASSERT_STRING_EQUAL(told, expected);
        memory_free(told);
        outcome_free(outcome);
    }
}

static const char sums[] = ".var a, 1\n.var b, 1\n"
                           ".thread A\n mov a, %ax\n mov b, %bx\n add %bx, %ax\n mov %ax, a\n"
                           ".thread B\n mov b, %ax\n mov a, %bx\n add %bx, %ax\n mov %ax, b\n";

static void test_pairs(void)
{
    expect_pairs(sums, 0, 1, "(2,2) 60;(2,3) 5;(3,2) 5;");
    expect_pairs(sums, 1, 0, "(2,2) 60;(2,3) 5;(3,2) 5;");
    expect_pairs(sums, 0, 0, "(2,2) 65;(3,3) 5;");
}

/* Store buffering without buffers: one of the threads sees the other's store. */
static void test_store_buffering(void)
{
    expect_pairs(".var x\n.var y\n.var r\n.var s\n"
                 ".thread A\n mov $1, x\n mov y, %ax\n mov %ax, r\n"
                 ".thread B\n mov $1, y\n mov x, %ax\n mov %ax, s\n",
                 2, 3, "(0,1) 4;(1,0) 4;(1,1) 12;");
}

/* Threads that are alike, data that is moved with constants only, a word that is never touched, a deadlock. */
static void test_kinds(void)
{
    expect_pairs(".var x\n.var y\n.main\n mov x, %ax\n add $1, %ax\n mov %ax, x\n add $1, y\n", 0, 1,
                 "(1,2) 60;(2,2) 10;");
    expect_pairs(".var x\n.var y\n.main\n mov x, %ax\n add $1, %ax\n mov %ax, x\n", 1, 0, "(0,1) 18;(0,2) 2;");
    expect_pairs(".var x\n.var y\n.mutex k\n.mutex m\n"
                 ".thread A\n lock k\n lock m\n mov $1, x\n unlock m\n unlock k\n"
                 ".thread B\n lock m\n lock k\n mov x, %ax\n mov %ax, y\n unlock k\n unlock m\n",
                 0, 1, "(1,0) 2;(1,1) 2;");
}

/* An incomplete analysis has the pairs that it has found. */
static void test_incomplete(void)
{
    struct program *program = subject_program(".var x\n.var go\n.thread A\n.top\n add $1, x\n test $1, go\n jne .top\n"
                                              ".thread B\n mov $1, go\n",
                                              1, 1);
    struct budget budget = {.max_states = 200};
    struct analysis_options options = {.observation = {.places = {{OBSERVED_WORD, 0}, {OBSERVED_WORD, 1}}, .count = 2},
                                       .witness = WITNESS_ALL,
                                       .budget = &budget,
                                       .jobs = 1};
    struct outcome *outcome = subject_analyse(program, &options);
    CU_ASSERT(!outcome->complete && outcome->has_values && outcome->tuples.count > 3 && outcome->witness_count > 3);
    for (size_t w = 0; w < outcome->witness_count; w++) {
        const int64_t *tuple = tuples_at(&outcome->tuples, (size_t)outcome->witnesses[w].value);
        CU_ASSERT_EQUAL(trace_final_word(outcome->witnesses[w].trace, 0), tuple[0]);
        CU_ASSERT_EQUAL(tuple[1], 1);
    }
    outcome_free(outcome);
    program_free(program);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"tuples", test_tuples},
        {"pairs", test_pairs},
        {"store buffering", test_store_buffering},
        {"all kinds of programs", test_kinds},
        {"what was found so far", test_incomplete},
        CU_TEST_INFO_NULL,
    };
    return unit_run("observation", tests);
}
