/* test_lanes: folds of two threads as arrays, against the fold that goes state by state, on random programs.
 *
 *     test_lanes [SEED RUNS]
 *
 * Draws RUNS programs of the seeds SEED, SEED + 1, ...: two threads, alike or not, of straight code with repetitions of several lengths, on
 * a few words and registers, and stops at the first whose answers differ, which it prints. It speaks TAP. */
#include "analysis/array_fold.h"
#include "analysis/modular_counts.h"
#include "analysis/prepared_space.h"
#include "base/generator.h"
#include "base/memory.h"
#include "base/text.h"
#include "schedulers/scheduler.h"
#include "tests/support/subject.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    DEFAULT_SEED = 1,
    DEFAULT_RUNS = 150,
    LENGTH_MAX = 60,
    LONG_LENGTH_MAX = 2500,
    LONG_ONES = 40,
    COUNTED_ONES = 3
};

struct tally {
    uint64_t alike, contiguous, scattered, wide, counted, modular;
};

/* ---- Programs -------------------------------------------------------------------------------------------------- */

static const char *const words[] = {"x", "y", "z"};
static const char *const registers[] = {"%ax", "%bx", "%cx"};

/* Numbers are mostly small, sometimes without a common unit, and sometimes too large for 32 bits. */
static int64_t draw_number(struct generator *dice, unsigned size)
{
    int64_t number = generator_between(dice, -2, 3);
    return size == 0 ? 1 : size == 1 ? number : size == 2 ? 6 * number : number * INT64_C(7000000000) + number % 2;
}

static void draw_instruction(struct generator *dice, unsigned size, struct text *text)
{
    const char *word = words[generator_below(dice, 3) * generator_below(dice, 2)];
    const char *a = registers[generator_below(dice, 3)], *b = registers[generator_below(dice, 3)];
    long long number = (long long)draw_number(dice, size);
    switch (generator_below(dice, 8)) {
    case 0:
    case 1:
        text_print(text, " mov %s, %s\n", word, a);
        break;
    case 2:
    case 3:
        text_print(text, " mov %s, %s\n", a, word);
        break;
    case 4:
        text_print(text, " add $%lld, %s\n", number, a);
        break;
    case 5:
        text_print(text, " mov %s, %s\n", a, b);
        break;
    case 6:
        text_print(text, generator_one_in(dice, 4) ? " mov $%lld, %s\n" : " add $%lld, %s\n", number, word);
        break;
    default:
        text_print(text, " xchg %s, %s\n", a, word);
        break;
    }
}

/* Blocks, each repeated so often; their steps together are at most length_max. */
static void draw_thread(struct generator *dice, unsigned size, unsigned length_max, struct text *text)
{
    unsigned left = 1 + (unsigned)generator_below(dice, length_max);
    while (left > 0) {
        unsigned length = 1 + (unsigned)generator_below(dice, left < 6 ? left : 6), most = left / length;
        unsigned repeats = generator_one_in(dice, 3) ? 1 : 1 + (unsigned)generator_below(dice, most);
        text_print(text, ".rept %u\n", repeats);
        for (unsigned i = 0; i < length; i++)
            draw_instruction(dice, size, text);
        text_print(text, ".endr\n");
        left -= length * repeats;
    }
}

/* Some are so long that they take several tiles. */
static bool is_long(uint64_t seed)
{
    return seed % LONG_ONES == 0;
}

static void draw_program(uint64_t seed, struct text *text)
{
    unsigned length_max = is_long(seed) ? LONG_LENGTH_MAX : LENGTH_MAX;
    struct generator dice = generator_start(seed, "lanes", "program");
    unsigned size = (unsigned)generator_below(&dice, 4);
    text_print(text, ".var x, %d\n.var y, %d\n.var z\n", (int)generator_between(&dice, -3, 3),
               (int)generator_between(&dice, -3, 3));
    if (generator_one_in(&dice, 2)) {
        text_print(text, ".main\n");
        draw_thread(&dice, size, length_max, text);
        return;
    }
    for (unsigned t = 0; t < 2; t++) {
        text_print(text, ".thread %c\n", 'A' + (int)t);
        draw_thread(&dice, size, length_max, text);
    }
}

/* ---- Answers --------------------------------------------------------------------------------------------------- */

/* A program whose grid is folded both ways. */
struct comparison {
    struct prepared_space_setting setting;
    struct budget budget;
    struct prepared_space prepared;
    struct lanes *lanes;
    struct tally *tally;
};

static void collect_values(void *context, const void *element, int64_t initial)
{
    semiring_values_collect(element, initial, context);
}

/* What the fold says; of long programs the extremes alone, since it would take long to tell all gaps. */
static void fold_values(struct comparison *self, bool is_short, struct intervals *values)
{
    struct semiring semiring;
    struct fold fold;
    struct extremes extremes;
    if (!is_short) {
        (void)prepared_space_find_extremes(&self->prepared, &extremes);
        intervals_add(values, extremes.least, extremes.greatest);
        return;
    }
    semiring_values_start(&semiring, self->prepared.space);
    (void)fold_run(&fold, self->prepared.space, &semiring, &(struct fold_options){.jobs = 1}, &self->budget);
    prepared_space_visit_values(&self->prepared, &fold, collect_values, values);
    fold_free(&fold);
}

static bool are_equal(const struct intervals *a, const struct intervals *b)
{
    bool is_equal = a->count == b->count;
    for (size_t i = 0; i < a->count && is_equal; i++)
        is_equal = a->items[i].first == b->items[i].first && a->items[i].last == b->items[i].last;
    return is_equal;
}

static const char *compare_values(struct comparison *self, uint64_t seed)
{
    const char *wrong = NULL;
    struct array_fold fold;
    struct intervals expected = {0};
    fold_values(self, !is_long(seed), &expected);
    if (array_fold_run(&fold, self->lanes, 1 + (unsigned)(seed % 3), &self->budget) != FOLD_COMPLETE)
        wrong = "the end of the array fold";
    else if (fold.extremes.least != expected.items[0].first ||
             fold.extremes.greatest != expected.items[expected.count - 1].last)
        wrong = "the extremes";
    else if (fold.is_contiguous && !is_long(seed) && !are_equal(&fold.values, &expected))
        wrong = "the values";
    self->tally->contiguous += fold.is_contiguous;
    self->tally->scattered += !fold.is_contiguous;
    self->tally->wide += fold.element_bits == 64;
    array_fold_free(&fold);
    intervals_free(&expected);
    return wrong;
}

/* ---- Counts ---------------------------------------------------------------------------------------------------- */

/* Returns an outcome with the counts as new: of all values, or, where there is no patience for that, of one. */
static struct outcome *count(struct program *program, double patience, int64_t value, unsigned jobs)
{
    struct error error = ERROR_INIT;
    struct budget budget = {0};
    struct outcome *outcome = outcome_new();
    struct analysis_options options = {.questions = QUESTION_COUNTS,
                                       .insist = QUESTION_COUNTS,
                                       .patience = patience,
                                       .witness = WITNESS_VALUE,
                                       .witness_value = value,
                                       .jobs = jobs,
                                       .budget = &budget};
    budget_start(&budget);
    (void)observation_add(&options.observation, program, "x", &error);
    (void)analysis_run(program, &options, outcome, &error);
    return outcome;
}

/* What is counted modulo primes, compared with what the fold counts. */
struct modular_comparison {
    const struct outcome *all;
    mpz_t *rows;
    bool is_wrong;
};

static void add_count(void *context, int64_t value, const mpz_t number)
{
    struct modular_comparison *self = context;
    const struct outcome_row *row = outcome_row(self->all, value);
    self->is_wrong |= row == NULL;
    if (row != NULL)
        mpz_add(self->rows[row - self->all->rows], self->rows[row - self->all->rows], number);
}

static const char *compare_modular(struct comparison *self, const struct outcome *all, const struct array_fold *fold,
                                   unsigned jobs)
{
    struct modular_counts counts;
    struct modular_comparison comparison = {all, memory_new(all->row_count, sizeof(mpz_t)), false};
    for (size_t r = 0; r < all->row_count; r++)
        mpz_init(comparison.rows[r]);
    modular_counts_start(&counts, self->lanes, fold->slots, all->schedules);
    comparison.is_wrong = !modular_counts_run(&counts, jobs, &self->budget, add_count, &comparison);
    modular_counts_free(&counts);
    for (size_t r = 0; r < all->row_count; r++) {
        comparison.is_wrong |= mpz_cmp(comparison.rows[r], all->rows[r].schedules) != 0;
        mpz_clear(comparison.rows[r]);
    }
    memory_free(comparison.rows);
    self->tally->modular++;
    return comparison.is_wrong ? "the counts modulo primes" : NULL;
}

/* Counts modulo primes, unless values lie far apart, as where a few addends are large. */
static const char *count_modulo_primes(struct comparison *self, const struct outcome *all, unsigned jobs)
{
    enum { WIDTH_MAX = 2000 };
    struct array_fold fold;
    const char *wrong = NULL;
    bool is_narrow = array_fold_run(&fold, self->lanes, 1, &self->budget) == FOLD_COMPLETE;
    for (uint32_t slot = 0; slot < self->lanes->slot_count; slot++)
        is_narrow &= fold.slots[slot].least > fold.slots[slot].greatest ||
                     fold.slots[slot].greatest - fold.slots[slot].least < WIDTH_MAX;
    if (is_narrow)
        wrong = compare_modular(self, all, &fold, jobs);
    array_fold_free(&fold);
    return wrong;
}

/* The count of some value alone is the one among those of all; and so are those modulo primes. */
static const char *compare_counts(struct comparison *self, struct program *program, uint64_t seed)
{
    struct outcome *all = count(program, 1000, 0, 1);
    const struct outcome_row *row = &all->rows[seed / 7 % all->row_count];
    struct outcome *one = count(program, 1e-9, row->value, 1 + (unsigned)(seed % 2));
    const struct outcome_row *found = outcome_row(one, row->value);
    const char *wrong = NULL;
    bool is_grid = one->sliced; /* else few but very different values were better searched one by one */
    if (!all->has_counts || one->has_counts == is_grid || one->has_value_count != is_grid)
        wrong = "what is counted";
    else if (mpz_cmp(found->schedules, row->schedules) != 0 || mpz_cmp(one->schedules, all->schedules) != 0)
        wrong = "the counts of a value";
    if (wrong == NULL)
        wrong = count_modulo_primes(self, all, 1 + (unsigned)(seed % 2));
    self->tally->counted += is_grid;
    outcome_free(all);
    outcome_free(one);
    return wrong;
}

/* ---- Programs, both ways ----------------------------------------------------------------------------------- */

static const char *compare(struct comparison *self, struct program *program, uint64_t seed, bool fused)
{
    const char *wrong = "the space";
    if (prepared_space_open(&self->prepared, &self->setting, &(struct prepared_space_options){.fused = fused}) ==
            PREPARED_SPACE_READY &&
        lanes_apply(self->prepared.grid)) {
        self->lanes = lanes_new(self->prepared.grid);
        self->tally->alike += self->lanes->alike;
        wrong = compare_values(self, seed);
        if (wrong == NULL && !fused && seed % COUNTED_ONES == 0 && !is_long(seed))
            wrong = compare_counts(self, program, seed);
        lanes_free(self->lanes);
    }
    prepared_space_close(&self->prepared);
    return wrong;
}

static bool check_seed(uint64_t seed, struct tally *tally)
{
    struct text text = TEXT_INIT;
    draw_program(seed, &text);
    struct error error = ERROR_INIT;
    struct program *program = subject_assemble(text_string(&text), 2, 1, NULL, 0, &error);
    if (program == NULL) {
        printf("# %s\n%s", error.text, text_string(&text));
        return false;
    }
    struct machine *whole = machine_new(program, NULL, false);
    struct slice *slice = slice_new(whole, 0, false);
    struct machine *machine = machine_new(program, slice->data, false);
    struct comparison comparison = {.tally = tally};
    budget_start(&comparison.budget);
    comparison.setting = (struct prepared_space_setting){.machine = machine,
                                                         .slice = slice,
                                                         .scheduler = scheduler_free_choice(),
                                                         .symmetry = seed % 5 != 0,
                                                         .grid = grid_applies(whole, slice),
                                                         .jobs = 1,
                                                         .budget = &comparison.budget};
    const char *wrong =
        comparison.setting.grid ? compare(&comparison, program, seed, false) : "whether there is a grid";
    if (wrong == NULL)
        wrong = compare(&comparison, program, seed, true);
    if (wrong != NULL)
        printf("# %s differ\n%s", wrong, text_string(&text));
    machine_free(machine);
    slice_free(slice);
    machine_free(whole);
    program_free(program);
    text_free(&text);
    return wrong == NULL;
}

int main(int count, char **arguments)
{
    uint64_t seed = DEFAULT_SEED, runs = DEFAULT_RUNS;
    struct tally tally = {0};
    if (count != 1 && count != 3) {
        fprintf(stderr, "usage: test_lanes [SEED RUNS]\n");
        return 2;
    }
    if (count == 3) {
        seed = strtoull(arguments[1], NULL, 10);
        runs = strtoull(arguments[2], NULL, 10);
    }
    printf("1..1\n");
    for (uint64_t end = seed + runs; seed < end; seed++)
        if (!check_seed(seed, &tally)) {
            printf("not ok 1 - folds as arrays of the program of seed %" PRIu64 "\n", seed);
            return EXIT_FAILURE;
        }
    printf("# %" PRIu64 " of threads alike, %" PRIu64 " of intervals, %" PRIu64 " with gaps, %" PRIu64
           " with elements of 64 bits; %" PRIu64 " values counted alone, %" PRIu64 " programs modulo primes\n",
           tally.alike, tally.contiguous, tally.scattered, tally.wide, tally.counted, tally.modular);
    printf("ok 1 - folds as arrays of %" PRIu64 " random programs are those state by state\n", runs);
    return EXIT_SUCCESS;
}
