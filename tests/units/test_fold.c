/* The fold over one program in every space that there is: the grid, with and without symmetry, tracks_last and fused, and
 * the graph of the same control states. Whatever the semiring, the answers must be the same. */
#include "analysis/prepared_space.h"
#include "base/memory.h"
#include "base/scope.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <string.h>

static const char race[] = ".var x\n.main\n.rept ITERS\n mov x, %ax\n add $1, %ax\n mov %ax, x\n.endr\n";
/* Copies from variable to variable, constants, exchanges, first values, lanes that differ, and no common unit. */
static const char medley[] = ".var x, 4\n.var y, -2\n.main\n mov y, %ax\n add $3, %ax\n xchg %ax, x\n mov %ax, y\n"
                             ".thread B\n mov $10, %bx\n mov x, %cx\n mov %bx, x\n sub $7, %cx\n mov %cx, y\n"
                             ".thread C\n mov y, %dx\n mov %dx, x\n";
/* The least value comes from the first value of x, by way of a register. */
static const char lost[] = ".var x, -50\n.thread A\n mov x, %ax\n add $60, %ax\n mov %ax, x\n.thread B\n mov $20, x\n";
/* Multiples of 6. */
static const char sixes[] = ".var x\n.main\n mov x, %ax\n add $12, %ax\n mov %ax, x\n.thread B\n sub $18, x\n";

struct bench {
    struct program *program;
    struct machine *whole, *machine;
    struct slice *slice;
    struct budget budget;
    struct prepared_space_setting setting;
};

static void open_bench(struct bench *self, const char *text, unsigned threads, unsigned iters)
{
    *self = (struct bench){.program = subject_program(text, threads, iters)};
    self->whole = machine_new(self->program, NULL, false);
    self->slice = slice_new(self->whole, 0, false);
    self->machine = machine_new(self->program, self->slice->data, false);
    budget_start(&self->budget);
    self->setting = (struct prepared_space_setting){.machine = self->machine,
                                                    .slice = self->slice,
                                                    .scheduler = scheduler_free_choice(),
                                                    .symmetry = true,
                                                    .jobs = 1,
                                                    .budget = &self->budget};
    self->setting.grid = grid_applies(self->whole, self->slice);
}

static void close_bench(struct bench *self)
{
    machine_free(self->machine);
    slice_free(self->slice);
    machine_free(self->whole);
    program_free(self->program);
}

/* ---- Questions, and their answers as text ---------------------------------------------------------------------- */

enum question_kind {
    ASK_EXTREMES,
    ASK_VALUES,
    ASK_COUNTS,
    ASK_RANDOM,
    ASK_PREEMPTIONS,
    ASK_LEAST,
    ASK_GREATEST,
    ASK_COUNT
};

/* Where the elements of the start are gathered: values with numbers, in the order of values. */
struct answer {
    const struct semiring *semiring;
    enum question_kind kind;
    const struct polynomials *polynomials;
    mpq_t numbers[256]; /* of the values -128 .. 127 */
    bool found[256];
    int64_t initial;
};

static void note(struct answer *self, int64_t value, mpq_srcptr number, bool adds)
{
    CU_ASSERT_FATAL(value >= -128 && value < 128);
    mpq_ptr known = self->numbers[value + 128];
    if (!self->found[value + 128])
        mpq_set(known, number);
    else if (adds)
        mpq_add(known, known, number);
    else if (mpq_cmp(number, known) < 0)
        mpq_set(known, number);
    self->found[value + 128] = true;
}

static void note_small(struct answer *self, int64_t value, unsigned long number)
{
    mpq_t fraction;
    mpq_init(fraction);
    mpq_set_ui(fraction, number, 1);
    note(self, value, fraction, false);
    mpq_clear(fraction);
}

static void note_polynomial(void *context, int64_t value, const mp_limb_t *limbs, size_t count)
{
    struct answer *self = context;
    mpq_t number;
    mpq_init(number);
    mpz_import(mpq_numref(number), count, -1, sizeof *limbs, 0, 0, limbs);
    if (self->kind == ASK_RANDOM) {
        mpz_ui_pow_ui(mpq_denref(number), (unsigned long)self->polynomials->base, self->semiring->space->height);
        mpq_canonicalize(number);
    }
    note(self, value, number, true);
    mpq_clear(number);
}

static void note_cost(void *context, int64_t value, uint32_t cost)
{
    note_small(context, value, cost);
}

static void note_values(struct answer *self, const void *element, int64_t initial)
{
    struct intervals set = {0};
    semiring_values_collect(element, initial, &set);
    for (size_t i = 0; i < set.count; i++)
        for (int64_t v = set.items[i].first; v <= set.items[i].last; v++)
            note_small(self, v, 0);
    intervals_free(&set);
}

static void note_element(void *context, const void *element, int64_t initial)
{
    struct answer *self = context;
    const struct extremes *extremes = element;
    switch (self->kind) {
    case ASK_EXTREMES:
        if (extremes->least <= extremes->greatest) {
            note_small(self, extremes->least + initial, 0);
            note_small(self, extremes->greatest + initial, 0);
        }
        break;
    case ASK_VALUES:
        note_values(self, element, initial);
        break;
    case ASK_COUNTS:
    case ASK_RANDOM:
        semiring_polynomials_visit(self->polynomials, 0, element, initial, note_polynomial, self);
        break;
    case ASK_PREEMPTIONS:
        semiring_preemptions_visit(self->semiring, 0, element, initial, note_cost, self);
        break;
    default:
        for (int64_t v = -100; v <= 100; v++)
            if (self->semiring->kind->cost(self->semiring, 0, element, v) != COST_NONE)
                note_small(self, v + initial, self->semiring->kind->cost(self->semiring, 0, element, v));
        break;
    }
}

/* Of extremes and lexicographic values, only the outermost of all slots counts. */
static char *tell(const struct answer *self)
{
    struct text text = TEXT_INIT;
    int least = 0, greatest = 255;
    while (least < 255 && !self->found[least])
        least++;
    while (greatest > 0 && !self->found[greatest])
        greatest--;
    for (int i = least; i <= greatest; i++) {
        bool inner = (self->kind == ASK_EXTREMES && i != least && i != greatest) ||
                     (self->kind == ASK_LEAST && i != least) || (self->kind == ASK_GREATEST && i != greatest);
        if (!self->found[i] || inner)
            continue;
        char *digits = mpq_get_str(NULL, 10, self->numbers[i]);
        text_print(&text, " %d:%s", i - 128, digits);
        memory_free(digits);
    }
    char *told = memory_copy_string(text_string(&text));
    text_free(&text);
    return told;
}

/* Weights of any kind, started for a prepared. */
struct asking {
    struct semiring small;
    struct polynomials polynomials;
    struct preemptions preemptions;
    struct lexicographic lexicographic;
    const struct semiring *semiring;
};

static void start_semiring(struct asking *self, enum question_kind kind, const struct prepared_space *prepared)
{
    *self = (struct asking){.semiring = &self->small};
    switch (kind) {
    case ASK_EXTREMES:
        semiring_extremes_start(&self->small, prepared->space);
        break;
    case ASK_VALUES:
        semiring_values_start(&self->small, prepared->space);
        break;
    case ASK_COUNTS:
        semiring_counts_start(&self->polynomials, prepared->space, &prepared->ranges);
        self->semiring = &self->polynomials.head;
        break;
    case ASK_RANDOM:
        CU_ASSERT_TRUE_FATAL(semiring_random_start(&self->polynomials, prepared->space, &prepared->ranges));
        self->semiring = &self->polynomials.head;
        break;
    case ASK_PREEMPTIONS:
        semiring_preemptions_start(&self->preemptions, prepared->space, &prepared->ranges);
        self->semiring = &self->preemptions.head;
        break;
    default:
        semiring_lexicographic_start(&self->lexicographic, prepared->space, kind == ASK_GREATEST);
        self->semiring = &self->lexicographic.head;
        break;
    }
}

/* The prepared itself must find the extremes that the elements tell. */
static void check_extremes(const char *told, const struct extremes *extremes)
{
    char expected[64];
    if (extremes->least == extremes->greatest)
        snprintf(expected, sizeof expected, " %" PRId64 ":0", extremes->least);
    else
        snprintf(expected, sizeof expected, " %" PRId64 ":0 %" PRId64 ":0", extremes->least, extremes->greatest);
    CU_ASSERT_STRING_EQUAL(told, expected);
}

/* Folds a prepared for a question and returns the answer as new. */
static char *ask(struct prepared_space *prepared, enum question_kind kind, unsigned jobs, bool keep)
{
    struct fold_options options = {.keep = keep, .jobs = jobs};
    struct asking asking;
    struct extremes extremes;
    struct fold fold;
    CU_ASSERT_EQUAL_FATAL(prepared_space_find_extremes(prepared, &extremes), FOLD_COMPLETE);
    start_semiring(&asking, kind, prepared);
    struct answer *answer = memory_new(1, sizeof *answer);
    answer->semiring = asking.semiring;
    answer->kind = kind;
    answer->polynomials = &asking.polynomials;
    for (size_t i = 0; i < 256; i++)
        mpq_init(answer->numbers[i]);
    CU_ASSERT_EQUAL(fold_run(&fold, prepared->space, asking.semiring, &options, prepared->setting->budget),
                    FOLD_COMPLETE);
    prepared_space_visit_values(prepared, &fold, note_element, answer);
    char *told = tell(answer);
    if (kind == ASK_EXTREMES)
        check_extremes(told, &extremes);
    fold_free(&fold);
    semiring_polynomials_free(&asking.polynomials);
    for (size_t i = 0; i < 256; i++)
        mpq_clear(answer->numbers[i]);
    memory_free(answer);
    return told;
}

/* ---- Every space against every other --------------------------------------------------------------------------- */

struct variant {
    bool grid, symmetry, tracks_last, fused;
    unsigned jobs;
};

static char *answer_in(const struct bench *bench, const struct variant *variant, enum question_kind kind)
{
    struct prepared_space_setting setting = bench->setting;
    struct prepared_space_options options = {
        .tracks_last = variant->tracks_last, .fused = variant->fused, .edges = true};
    struct prepared_space prepared;
    setting.grid = variant->grid;
    setting.symmetry = variant->symmetry;
    setting.jobs = variant->jobs;
    CU_ASSERT_EQUAL_FATAL(prepared_space_open(&prepared, &setting, &options), PREPARED_SPACE_READY);
    CU_ASSERT_EQUAL(prepared.grid != NULL, variant->grid);
    char *told = ask(&prepared, kind, variant->jobs, variant->tracks_last);
    prepared_space_close(&prepared);
    return told;
}

static void note_variant(enum question_kind kind, const struct variant *variant, const char *told, const char *expected)
{
    unit_note("question %d, %s%s%s%s, %u jobs:%s, expected%s", (int)kind, variant->grid ? "grid" : "graph",
              variant->symmetry ? ", symmetry" : "", variant->tracks_last ? ", tracks_last" : "",
              variant->fused ? ", fused" : "", variant->jobs, told, expected);
}

static void compare(const struct bench *bench, enum question_kind kind, const struct variant *variants, size_t count,
                    const char *known)
{
    char *expected = answer_in(bench, &variants[0], kind);
    if (known != NULL)
        CU_ASSERT_STRING_EQUAL(expected, known);
    CU_ASSERT(strlen(expected) > 0);
    for (size_t v = 1; v < count; v++) {
        char *told = answer_in(bench, &variants[v], kind);
        CU_ASSERT_STRING_EQUAL(told, expected);
        if (strcmp(told, expected) != 0)
            note_variant(kind, &variants[v], told, expected);
        memory_free(told);
    }
    memory_free(expected);
}

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* known: an answer for each question, or NULL. */
static void compare_all(const char *text, unsigned threads, unsigned iters, const char *const *known)
{
    /* preemptions need marks; fused steps keep values alone */
    static const struct variant any[] = {{false, false, false, false, 1}, {false, true, false, false, 1},
                                         {false, true, true, false, 1},   {true, false, false, false, 1},
                                         {true, true, false, false, 1},   {true, true, false, false, 3},
                                         {true, false, true, false, 1},   {true, true, true, false, 1},
                                         {true, true, false, true, 1},    {true, false, false, true, 2}};
    static const struct variant counted[] = {{false, false, false, false, 1}, {false, true, false, false, 2},
                                             {false, true, true, false, 1},   {true, false, false, false, 1},
                                             {true, true, false, false, 1},   {true, true, false, false, 3},
                                             {true, false, true, false, 1},   {true, true, true, false, 1}};
    static const struct variant tracks_last[] = {{false, false, true, false, 1},
                                                 {false, true, true, false, 2},
                                                 {true, false, true, false, 1},
                                                 {true, true, true, false, 1},
                                                 {true, true, true, false, 3}};
    struct bench bench;
    open_bench(&bench, text, threads, iters);
    CU_ASSERT_TRUE_FATAL(bench.setting.grid);
    for (int kind = 0; kind < ASK_COUNT; kind++) {
        const char *answer = known != NULL ? known[kind] : NULL;
        if (kind <= ASK_VALUES)
            compare(&bench, (enum question_kind)kind, any, COUNT_OF(any), answer);
        else if (kind <= ASK_RANDOM)
            compare(&bench, (enum question_kind)kind, counted, COUNT_OF(counted), answer);
        else
            compare(&bench, (enum question_kind)kind, tracks_last, COUNT_OF(tracks_last), answer);
    }
    close_bench(&bench);
}

static void test_race(void)
{
    static const char *const known[ASK_COUNT] = {" 2:0 4:0", " 2:0 3:0 4:0", " 2:702 3:216 4:6", NULL, NULL,
                                                 NULL,       " 4:0"};
    static const char *const single[ASK_COUNT] = {" 1:0 2:0", " 1:0 2:0", " 1:18 2:2", " 1:3/4 2:1/4",
                                                  " 1:1 2:0", " 1:1",     " 2:0"};
    compare_all(race, 2, 1, single);
    compare_all(race, 2, 2, known);
    compare_all(race, 1, 3, NULL);
    compare_all(race, 3, 2, NULL);
    compare_all(race, 4, 1, NULL);
    compare_all(race, 2, 0, NULL);
}

static void test_other_programs(void)
{
    compare_all(medley, 1, 1, NULL);
    compare_all(medley, 2, 1, NULL);
    compare_all(lost, 1, 1, NULL);
    compare_all(sixes, 2, 1, NULL);
    compare_all(sixes, 3, 1, NULL);
    compare_all(".var x, 3\n.var y\n.main\n mov y, %ax\n add $1, y\n", 2, 1, NULL);
}

/* ---- Spaces that no grid can be -------------------------------------------------------------------------------- */

static void check_graph(const char *text, unsigned threads, unsigned iters, enum question_kind kind,
                        const char *expected)
{
    for (unsigned v = 0; v < 4; v++) {
        struct variant variant = {.symmetry = v & 1, .tracks_last = v >> 1 & 1, .jobs = 1};
        struct bench bench;
        if (kind >= ASK_PREEMPTIONS && !variant.tracks_last)
            continue;
        open_bench(&bench, text, threads, iters);
        CU_ASSERT_FALSE(bench.setting.grid);
        char *told = answer_in(&bench, &variant, kind);
        CU_ASSERT_STRING_EQUAL(told, expected);
        if (strcmp(told, expected) != 0)
            note_variant(kind, &variant, told, expected);
        memory_free(told);
        close_bench(&bench);
    }
}

static void test_graphs(void)
{
    static const char locked[] =
        ".var x\n.mutex m\n.main\n.rept ITERS\n lock m\n mov x, %ax\n add $1, %ax\n mov %ax, x\n"
        " unlock m\n.endr\n";
    /* two ways of different lengths: not graded */
    static const char shortcut[] = ".var x\n.var f\n.thread A\n mov $1, f\n.thread B\n test $0, f\n je .e\n nop\n nop\n"
                                   " add $2, x\n.e\n add $1, x\n";
    static const char spinning[] = ".var x\n.var f, 1\n.thread A\n add $2, x\n mov $0, f\n"
                                   ".thread B\n.t\n test $0, f\n jne .t\n add $1, x\n";
    check_graph(locked, 2, 3, ASK_COUNTS, " 6:20");
    check_graph(locked, 2, 3, ASK_RANDOM, " 6:1");
    check_graph(locked, 2, 3, ASK_PREEMPTIONS, " 6:0");
    check_graph(shortcut, 1, 1, ASK_VALUES, " 1:0 3:0");
    check_graph(shortcut, 1, 1, ASK_COUNTS, " 1:3 3:1");
    check_graph(shortcut, 1, 1, ASK_RANDOM, " 1:1/2 3:1/2");
    check_graph(shortcut, 1, 1, ASK_PREEMPTIONS, " 1:0 3:0");
    check_graph(spinning, 1, 1, ASK_EXTREMES, " 3:0");
    check_graph(spinning, 1, 1, ASK_VALUES, " 3:0");
    /* five steps and no preemption */
    check_graph(spinning, 1, 1, ASK_PREEMPTIONS, " 3:5");
    check_graph(spinning, 1, 1, ASK_LEAST, " 3:5");
}

/* A loop that lets the value grow, and from which there is a way out. */
static void test_unbounded(void)
{
    struct bench bench;
    struct prepared_space prepared;
    struct extremes extremes;
    struct prepared_space_options options = {.edges = true};
    open_bench(&bench, ".var x\n.var f, 1\n.thread A\n mov $0, f\n.thread B\n.t\n add $1, x\n test $0, f\n jne .t\n", 1,
               1);
    CU_ASSERT_EQUAL_FATAL(prepared_space_open(&prepared, &bench.setting, &options), PREPARED_SPACE_READY);
    CU_ASSERT_EQUAL(prepared_space_find_extremes(&prepared, &extremes), FOLD_UNBOUNDED);
    prepared_space_close(&prepared);
    close_bench(&bench);
}

static void exceed_budget(void *context)
{
    (void)context;
    struct bench bench;
    struct prepared_space prepared;
    struct extremes extremes;
    struct prepared_space_options options = {.edges = true};
    static volatile sig_atomic_t interrupt;
    for (int grid = 0; grid < 2; grid++) {
        open_bench(&bench, race, 3, 8);
        bench.setting.symmetry = false; /* for enough states */
        bench.setting.grid = grid == 1;
        CU_ASSERT_EQUAL_FATAL(prepared_space_open(&prepared, &bench.setting, &options), PREPARED_SPACE_READY);
        bench.budget.max_memory = scope_allocated() + 100;
        CU_ASSERT_EQUAL(prepared_space_find_extremes(&prepared, &extremes), FOLD_INCOMPLETE);
        CU_ASSERT_EQUAL(bench.budget.limit, BUDGET_MEMORY);
        bench.budget.max_memory = 0;
        bench.budget.limit = BUDGET_OK;
        interrupt = 1;
        bench.budget.interrupt = &interrupt;
        CU_ASSERT_EQUAL(prepared_space_find_extremes(&prepared, &extremes), FOLD_INCOMPLETE);
        CU_ASSERT_EQUAL(bench.budget.limit, BUDGET_INTERRUPTED);
        prepared_space_close(&prepared);
        close_bench(&bench);
        CU_ASSERT_EQUAL(scope_allocated(), 0);
    }
}

/* Where memory or time is over the fold says so, and frees what it took. */
static void test_budget(void)
{
    struct error error = ERROR_INIT;
    CU_ASSERT_EQUAL(scope_run(SCOPE_PART, 0, exceed_budget, NULL, &error), SCOPE_DONE);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"the race, in every space", test_race},
        {"other programs, in every space", test_other_programs},
        {"graphs", test_graphs},
        {"values without bound", test_unbounded},
        {"a budget that is spent", test_budget},
        CU_TEST_INFO_NULL,
    };
    return unit_run("fold", tests);
}
