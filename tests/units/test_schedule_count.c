#include "analysis/prepared_space.h"
#include "analysis/schedule_count.h"
#include "base/memory.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

static void check_number(mpz_srcptr number, const char *expected)
{
    char *digits = mpz_get_str(NULL, 10, number);
    CU_ASSERT_STRING_EQUAL(digits, expected);
    if (strcmp(digits, expected) != 0)
        unit_note("%s instead of %s", digits, expected);
    memory_free(digits);
}

static void check_multinomial(const uint64_t *lengths, size_t count, const char *expected)
{
    mpz_t number;
    mpz_init(number);
    schedules_multinomial(lengths, count, number);
    check_number(number, expected);
    mpz_clear(number);
}

static void test_multinomial(void)
{
    check_multinomial((uint64_t[]){5}, 1, "1");
    check_multinomial((uint64_t[]){0, 0}, 2, "1");
    check_multinomial((uint64_t[]){3, 3}, 2, "20");
    check_multinomial((uint64_t[]){1, 2, 3}, 3, "60");
    check_multinomial((uint64_t[]){30, 30}, 2, "118264581564861424");
    check_multinomial((uint64_t[]){6, 6, 6}, 3, "17153136");
    check_multinomial((uint64_t[]){1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 25,
                      "15511210043330985984000000");
}

/* Counts in one kind of space. */
static void check_space(const char *text, unsigned threads, unsigned iters, bool grid, bool symmetry,
                        const char *expected)
{
    struct program *program = subject_program(text, threads, iters);
    struct machine *whole = machine_new(program, NULL, false);
    struct slice *slice = slice_new(whole, 0, false);
    struct machine *machine = machine_new(program, slice->data, false);
    struct budget budget = {0};
    struct prepared_space_setting setting = {.machine = machine,
                                             .slice = slice,
                                             .scheduler = scheduler_free_choice(),
                                             .symmetry = symmetry,
                                             .grid = grid,
                                             .jobs = 1,
                                             .budget = &budget};
    struct prepared_space_options options = {.edges = true};
    struct prepared_space prepared;
    mpz_t number;
    mpz_init(number);
    budget_start(&budget);
    CU_ASSERT_EQUAL(prepared_space_open(&prepared, &setting, &options), PREPARED_SPACE_READY);
    CU_ASSERT_TRUE(schedules_count(prepared.space, &budget, number));
    check_number(number, expected);
    prepared_space_close(&prepared);
    mpz_clear(number);
    machine_free(machine);
    slice_free(slice);
    machine_free(whole);
    program_free(program);
}

static void check_count(const char *text, unsigned threads, unsigned iters, bool is_grid, const char *expected)
{
    for (int symmetry = 0; symmetry < 2; symmetry++) {
        check_space(text, threads, iters, false, symmetry == 1, expected);
        if (is_grid)
            check_space(text, threads, iters, true, symmetry == 1, expected);
    }
}

static const char race[] = ".var x\n.main\n.rept ITERS\n mov x, %ax\n add $1, %ax\n mov %ax, x\n.endr\n";

static void test_formula(void)
{
    check_count(race, 1, 5, true, "1");
    check_count(race, 2, 0, true, "1");
    check_count(race, 2, 1, true, "20");
    check_count(race, 2, 10, true, "118264581564861424");
    check_count(race, 3, 2, true, "17153136");
    check_count(race, 5, 1, true, "168168000");
    check_count(".var x\n.main\n mov $1, x\n.thread B\n nop\n nop\n.thread C\n nop\n nop\n nop\n", 1, 1, true, "60");
}

/* Longer than any machine word, and the limbs in which they are counted still suffice. */
static void test_large(void)
{
    mpz_t number;
    mpz_init(number);
    mpz_bin_uiui(number, 600, 300);
    char *digits = mpz_get_str(NULL, 10, number);
    check_space(race, 2, 100, true, true, digits);
    memory_free(digits);
    mpz_clear(number);
}

static void test_waiting(void)
{
    check_count(".var x\n.mutex m\n.main\n.rept ITERS\n lock m\n add $1, x\n unlock m\n.endr\n", 2, 3, false, "20");
    check_count(".var x\n.mutex m\n.mutex n\n.thread A\n lock m\n lock n\n unlock n\n unlock m\n"
                ".thread B\n lock n\n lock m\n unlock m\n unlock n\n",
                1, 1, false, "6");
    check_count(".var x\n.mutex m\n.main\n nop\n unlock m\n", 2, 1, false, "6");
    check_count(".var x\n.semaphore s, 0\n.main\n wait s\n", 3, 1, false, "1");
}

/* Schedules of different lengths: a space that is not graded. */
static void test_not_graded(void)
{
    check_count(".var x\n.var f\n.thread A\n mov $1, f\n.thread B\n test $0, f\n je .e\n nop\n nop\n.e\n add $1, x\n",
                1, 1, false, "4");
}

static void test_budget(void)
{
    struct program *program = subject_program(race, 2, 10);
    struct machine *machine = machine_new(program, NULL, false);
    struct slice *slice = slice_new(machine, 0, false);
    struct grid *grid = grid_new(machine, slice, &(struct grid_options){.symmetry = true});
    struct budget budget = {.max_memory = 100};
    mpz_t number;
    mpz_init(number);
    budget_start(&budget);
    CU_ASSERT_FALSE(schedules_count(&grid->space, &budget, number));
    CU_ASSERT(budget.limit == BUDGET_MEMORY);
    mpz_clear(number);
    grid_free(grid);
    slice_free(slice);
    machine_free(machine);
    program_free(program);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"the multinomial coefficient", test_multinomial},
        {"counts are what the formula says", test_formula},
        {"large numbers", test_large},
        {"threads that wait", test_waiting},
        {"schedules of different lengths", test_not_graded},
        {"a budget that is spent", test_budget},
        CU_TEST_INFO_NULL,
    };
    return unit_run("schedules", tests);
}
