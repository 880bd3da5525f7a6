/* The search by cells: its kernels and sets against the plainest account of them, and whole searches whose numbers are known. That it
 * agrees with a search of single states on random programs tests/oracles/oracle.c sees to. */
#include "base/memory.h"
#include "program/program.h"
#include "schedulers/scheduler.h"
#include "space/cell_kernel.h"
#include "space/cell_set.h"
#include "space/cells.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

/* ---- Kernels ------------------------------------------------------------------------------------------------- */

enum { FIELDS = 3, BITS = 9 };

/* Words of three fields; the images of which have the second field plus 5, the third one, the first one, in another order. */
static void make_kernel(struct cell_kernel *kernel)
{
    static const uint64_t mask = (1 << BITS) - 1;
    *kernel = (struct cell_kernel){
        .base = 5, .term_count = 3, .terms = {{mask << BITS, -BITS}, {mask << 2 * BITS, -BITS}, {mask, 2 * BITS}}};
}

static uint64_t field(uint64_t word, unsigned number)
{
    return word >> number * BITS & ((1 << BITS) - 1);
}

/* Fields that leave room for what is added. */
static uint64_t draw_word(uint64_t *random)
{
    uint64_t word = 0;
    for (unsigned f = 0; f < FIELDS; f++)
        word |= (subject_random(random) >> 20) % ((1 << BITS) - 5) << f * BITS;
    return word;
}

static bool passes(const struct kernel_comparison *comparison, uint64_t word)
{
    int64_t first = (int64_t)(word >> comparison->first_shift & comparison->first_mask) + comparison->addend;
    int64_t second = (int64_t)(word >> comparison->second_shift & comparison->second_mask);
    return (comparison->signs >> (1 + (first > second) - (first < second)) & 1) != 0;
}

/* What a kernel is to make of a word: in a group the first two fields are in order. */
static uint64_t expected_image(uint64_t word, bool ordered)
{
    uint64_t a = field(word, 1) + 5, b = field(word, 2);
    if (ordered && a > b) {
        uint64_t greater = a;
        a = b;
        b = greater;
    }
    return a | b << BITS | field(word, 0) << 2 * BITS;
}

static void check_kernel(const struct cell_kernel *kernel, uint64_t *random, bool ordered)
{
    uint32_t narrow[CELL_BLOCK], narrow_images[CELL_BLOCK];
    uint64_t wide[CELL_BLOCK], wide_images[CELL_BLOCK], widened[CELL_BLOCK], expected[CELL_BLOCK];
    size_t count = 1 + (size_t)(subject_random(random) >> 20) % CELL_BLOCK, kept = 0;
    for (size_t i = 0; i < count; i++) {
        wide[i] = draw_word(random);
        narrow[i] = (uint32_t)wide[i];
        bool keeps = true;
        for (size_t c = 0; c < kernel->comparison_count; c++)
            keeps = keeps && passes(&kernel->comparisons[c], wide[i]);
        if (keeps)
            expected[kept++] = expected_image(wide[i], ordered);
    }
    CU_ASSERT_EQUAL_FATAL(cell_kernel_wide(kernel, wide, count, wide_images), kept);
    CU_ASSERT_EQUAL_FATAL(cell_kernel_widening(kernel, narrow, count, widened), kept);
    CU_ASSERT_EQUAL_FATAL(cell_kernel_narrow(kernel, narrow, count, narrow_images), kept);
    CU_ASSERT_EQUAL(cell_kernel_passing(kernel, wide, true, count), kept);
    CU_ASSERT_EQUAL(cell_kernel_passing(kernel, narrow, false, count), kept);
    for (size_t i = 0; i < kept; i++)
        CU_ASSERT(wide_images[i] == expected[i] && widened[i] == expected[i] && narrow_images[i] == expected[i]);
}

static void test_moves(void)
{
    struct cell_kernel kernel;
    uint64_t random = 1;
    make_kernel(&kernel);
    for (int run = 0; run < 200; run++)
        check_kernel(&kernel, &random, false);
}

static void test_comparisons(void)
{
    struct cell_kernel kernel;
    uint64_t random = 2;
    make_kernel(&kernel);
    kernel.comparison_count = 2;
    for (int run = 0; run < 500; run++) {
        for (size_t c = 0; c < kernel.comparison_count; c++) {
            uint64_t draw = subject_random(&random) >> 16;
            kernel.comparisons[c] = (struct kernel_comparison){.first_mask = (draw & 1) != 0 ? (1 << BITS) - 1 : 0,
                                                               .first_shift = (uint8_t)((draw >> 1) % FIELDS * BITS),
                                                               .second_mask = (1 << BITS) - 1,
                                                               .second_shift = (uint8_t)((draw >> 8) % FIELDS * BITS),
                                                               .addend = (int64_t)((draw >> 16) % 300) - 100,
                                                               .signs = (uint8_t)(1 + (draw >> 28) % 7)};
        }
        check_kernel(&kernel, &random, false);
    }
}

static void test_order(void)
{
    struct cell_kernel kernel;
    uint64_t random = 3;
    make_kernel(&kernel);
    kernel.group_count = 1;
    kernel.groups[0] = (struct kernel_group){(1 << BITS) - 1, 2, {0, BITS}};
    for (int run = 0; run < 200; run++)
        check_kernel(&kernel, &random, true);
}

/* ---- Sets ---------------------------------------------------------------------------------------------------- */

static int compare_words(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static size_t sort_unique(uint64_t *words, size_t count)
{
    size_t kept = 0;
    qsort(words, count, sizeof *words, compare_words);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || words[i] != words[i - 1])
            words[kept++] = words[i];
    return kept;
}

/* One set of `count` words of so many bits, of which many are equal, after others with the same buffers. */
static void check_set(struct cell_set *set, unsigned bits, size_t count, uint64_t *random)
{
    uint64_t *words = memory_new(count, sizeof *words), *found = memory_new(count, sizeof *found);
    for (size_t i = 0; i < count; i++)
        words[i] = (subject_random(random) ^ subject_random(random) << 31) & ((UINT64_C(1) << bits) - 1);
    for (size_t i = 1; i < count; i += 3)
        words[i] = words[i / 2];
    cell_set_begin(set, bits, count);
    cell_set_add_wide(set, words, count);
    size_t expected = sort_unique(words, count);
    CU_ASSERT_EQUAL_FATAL(cell_set_count(set), expected);
    cell_set_take(set, true, found);
    qsort(found, expected, sizeof *found, compare_words);
    CU_ASSERT(memcmp(found, words, expected * sizeof *found) == 0);
    memory_free(words);
    memory_free(found);
}

static void test_sets(void)
{
    struct cell_set set = {0};
    uint64_t random = 4;
    bool bitmaps = false, tables = false, summaries = false;
    for (unsigned run = 0; run < 400; run++) {
        unsigned bits = (unsigned)(subject_random(&random) >> 20) % (CELL_BITS_MAX + 1);
        check_set(&set, run % 2 == 0 ? bits : bits % 22, 1 + (size_t)(subject_random(&random) >> 20) % 3000, &random);
        bitmaps |= set.is_bitmap && !set.is_summarized;
        summaries |= set.is_bitmap && set.is_summarized;
        tables |= !set.is_bitmap;
    }
    CU_ASSERT(bitmaps && tables && summaries);
    cell_set_free(&set);
}

static void test_narrow_words(void)
{
    struct cell_set set = {0};
    uint32_t words[] = {7, 1048575, 7, 0, 4096}, found[4];
    for (size_t bound = 4; bound < 100000000; bound *= 10) {
        cell_set_begin(&set, 20, bound);
        cell_set_add_narrow(&set, words, 5);
        CU_ASSERT_EQUAL_FATAL(cell_set_count(&set), 4);
        cell_set_take(&set, false, found);
        uint64_t sum = 0;
        for (size_t i = 0; i < 4; i++)
            sum += found[i];
        CU_ASSERT_EQUAL(sum, 7 + 1048575 + 4096);
    }
    cell_set_begin(&set, 20, 100000);
    cell_set_add_narrow(&set, words, 5);
    cell_set_drop(&set);
    cell_set_begin(&set, 20, 100000);
    CU_ASSERT_EQUAL(cell_set_count(&set), 0);
    cell_set_free(&set);
}

static void test_new_words(void)
{
    struct cell_set set = {0};
    uint64_t words[] = {5, 9, 5, UINT64_MAX >> 1, 9}, more[] = {9, 10, 5, 11, UINT64_MAX >> 1};
    cell_set_begin_table(&set, 1);
    CU_ASSERT_EQUAL(cell_set_add_new(&set, words, 5), 3);
    CU_ASSERT(words[0] == 5 && words[1] == 9 && words[2] == UINT64_MAX >> 1);
    CU_ASSERT_EQUAL(cell_set_add_new(&set, more, 5), 2);
    CU_ASSERT(more[0] == 10 && more[1] == 11);
    for (uint64_t n = 0; n < 10000; n++)
        CU_ASSERT(cell_set_add(&set, 100 + n) && !cell_set_add(&set, 100 + n / 2));
    CU_ASSERT_EQUAL(cell_set_count(&set), 10005);
    cell_set_free(&set);
}

/* ---- Searches ------------------------------------------------------------------------------------------------ */

static const char race[] = ".var x\n.main\n.rept ITERS\n mov x, %ax\n add $1, %ax\n mov %ax, x\n.endr\n";
static const char cas[] = ".var x\n.main\n.rept ITERS\n.again\n mov x, %ax\n mov %ax, %bx\n add $1, %bx\n cas %bx, x\n"
                          " jne .again\n.endr\n";
static const char crossed[] = ".var x\n.mutex m\n.mutex n\n.thread A\n lock m\n fetchadd %ax, x\n lock n\n unlock n\n"
                              " unlock m\n.thread B\n lock n\n mov $1, %ax\n fetchadd %ax, x\n lock m\n";
static const char growing[] = ".var x\n.main\n.again\n mov x, %ax\n add $1, %ax\n mov %ax, x\n j .again\n";
static const char flags[] = ".var x\n.var f\n.main\n mov $1, f\n mov f, %ax\n mov %ax, x\n";
static const char wide[] = ".var x\n.var y, 1152921504606846000\n.main\n mov x, %ax\n add $1, %ax\n mov %ax, x\n"
                           " mov y, %ax\n add $1000, %ax\n mov %ax, y\n";

/* How to search, and what comes out. */
struct wish {
    unsigned threads, iters, jobs;
    bool symmetry, fuse;
    uint64_t max_states;
};

static enum cells_result search(const char *text, const struct wish *wish, struct cells *cells)
{
    struct budget budget = {.max_states = wish->max_states};
    struct program *program = subject_program(text, wish->threads, wish->iters);
    struct machine *whole = machine_new(program, NULL, false);
    struct slice *slice = slice_new(whole, 0, true);
    bool *stored = memory_new(slice->location_count, sizeof *stored);
    memset(stored, true, slice->location_count * sizeof *stored);
    struct cells_options options = {.scheduler = scheduler_free_choice(),
                                    .stored = stored,
                                    .observed = slice->observation,
                                    .system = {.symmetry = wish->symmetry, .fuse = wish->fuse},
                                    .max_control_states = 1000000,
                                    .jobs = wish->jobs};
    budget_start(&budget);
    enum cells_result result = cells_explore(cells, program, &options, &budget);
    memory_free(stored);
    slice_free(slice);
    machine_free(whole);
    program_free(program);
    return result;
}

static void check_race(unsigned threads, unsigned iters, unsigned long states, unsigned long steps, int64_t greatest)
{
    for (unsigned way = 0; way < 8; way++) {
        struct cells cells;
        struct wish wish = {threads, iters, 1 + way % 2, way / 2 % 2 != 0, way / 4 != 0, 0};
        CU_ASSERT_EQUAL_FATAL(search(race, &wish, &cells), CELLS_COMPLETE);
        CU_ASSERT(wish.fuse || mpz_cmp_ui(cells.orbit_states, states) == 0);
        CU_ASSERT(wish.fuse || mpz_cmp_ui(cells.orbit_steps, steps) == 0);
        CU_ASSERT(wish.symmetry || mpz_cmp_ui(cells.orbit_states, (unsigned long)cells.states) == 0);
        CU_ASSERT(!wish.symmetry || mpz_cmp_ui(cells.orbit_states, (unsigned long)cells.states) > 0);
        CU_ASSERT_EQUAL_FATAL(cells.final_values.count, 1);
        CU_ASSERT(cells.final_values.items[0].first == 2 && cells.final_values.items[0].last == greatest);
        CU_ASSERT(cells.deadlocks == 0 && cells.failures == 0 && !cells.overlaps && !cells.may_be_endless);
        CU_ASSERT(wish.fuse || (cells.is_graded && cells.depth == 3 * threads * iters));
        cells_free(&cells);
    }
}

/* The numbers of SPIN (bench/README.md). */
static void test_race(void)
{
    check_race(2, 3, 439, 746, 6);
    check_race(2, 10, 62844, 120530, 20);
    check_race(3, 5, 825791, 2311293, 15);
}

/* A failed cas goes round, but not for ever. */
static void test_cas(void)
{
    struct cells one, two;
    CU_ASSERT_EQUAL_FATAL(search(cas, &(struct wish){2, 4, 1, true, false, 0}, &one), CELLS_COMPLETE);
    CU_ASSERT_EQUAL_FATAL(search(cas, &(struct wish){2, 4, 2, false, false, 0}, &two), CELLS_COMPLETE);
    CU_ASSERT(mpz_cmp(one.orbit_states, two.orbit_states) == 0 && mpz_cmp(one.orbit_steps, two.orbit_steps) == 0);
    CU_ASSERT(one.final_values.count == 1 && one.final_values.items[0].first == 8 &&
              one.final_values.items[0].last == 8);
    CU_ASSERT(one.may_be_endless && !one.is_graded);
    cells_free(&one);
    cells_free(&two);
}

static void test_deadlock(void)
{
    struct cells cells;
    CU_ASSERT_EQUAL_FATAL(search(crossed, &(struct wish){2, 1, 1, true, false, 0}, &cells), CELLS_COMPLETE);
    CU_ASSERT(cells.deadlocks > 0 && cells.finals > 0);
    cells_free(&cells);
}

static void check_refused(const char *text, const char *words)
{
    struct cells cells;
    CU_ASSERT_EQUAL(search(text, &(struct wish){2, 2, 1, false, false, 0}, &cells), CELLS_UNFIT);
    CU_ASSERT(cells.reason != NULL && unit_says(cells.reason, words));
    cells_free(&cells);
}

static void test_refusals(void)
{
    check_refused(growing, "grow for ever");
    check_refused(flags, "no value is only moved");
    check_refused(wide, "more than 63 bits");
}

static void test_limit(void)
{
    struct cells cells;
    CU_ASSERT_EQUAL(search(race, &(struct wish){3, 5, 1, false, false, 1000}, &cells), CELLS_LIMIT);
    CU_ASSERT(cells.states > 1000 && cells.states < 825791);
    cells_free(&cells);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"kernels move fields", test_moves},
        {"kernels compare fields", test_comparisons},
        {"kernels put fields in order", test_order},
        {"sets", test_sets},
        {"sets of narrow words", test_narrow_words},
        {"tables tell what is new", test_new_words},
        {"the race", test_race},
        {"compare and swap", test_cas},
        {"a deadlock", test_deadlock},
        {"what is refused", test_refusals},
        {"a limit", test_limit},
        CU_TEST_INFO_NULL,
    };
    return unit_run("cells", tests);
}
