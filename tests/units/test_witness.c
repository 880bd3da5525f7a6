/* Witnesses from both spaces, against the enumerator, which finds the canonical schedule by trying all. */
#include "analysis/prepared_space.h"
#include "analysis/witness.h"
#include "base/memory.h"
#include "tests/oracles/enumerator.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

static const char race[] = ".var x\n.main\n.rept ITERS\n mov x, %ax\n add $1, %ax\n mov %ax, x\n.endr\n";
static const char medley[] =
    ".var x, 4\n.var y, -2\n.main\n mov y, %ax\n add $3, %ax\n xchg %ax, x\n"
    ".thread B\n mov $10, %bx\n mov x, %cx\n mov %bx, x\n mov %cx, y\n.thread C\n mov y, %dx\n mov %dx, x\n";
static const char locked[] =
    ".var x\n.mutex m\n.mutex n\n.thread A\n lock m\n lock n\n add $1, x\n unlock n\n unlock m\n"
    ".thread B\n lock n\n lock m\n add $2, x\n unlock m\n unlock n\n";
static const char careless[] = ".var x\n.var f\n.mutex m\n.thread A\n mov $1, f\n add $1, x\n"
                               ".thread B\n test $0, f\n je .e\n unlock m\n.e\n add $2, x\n";

struct bench {
    struct program *program;
    struct machine *whole, *machine;
    struct slice *slice;
    struct budget budget;
    struct prepared_space_setting setting;
    struct prepared_space prepared;
    struct preemptions preemptions;
    struct lexicographic lexicographic;
    struct fold fold;
    struct witness_source source;
    struct enumeration *enumeration;
};

static void open_space(struct bench *self, const char *text, unsigned threads, unsigned iters, bool symmetry,
                       bool everything)
{
    struct prepared_space_options options = {.tracks_last = true, .edges = true};
    struct extremes extremes;
    *self = (struct bench){.program = subject_program(text, threads, iters)};
    self->whole = machine_new(self->program, NULL, false);
    self->slice = slice_new(self->whole, 0, everything);
    self->machine = machine_new(self->program, self->slice->data, false);
    budget_start(&self->budget);
    self->setting = (struct prepared_space_setting){.machine = self->machine,
                                                    .slice = self->slice,
                                                    .scheduler = scheduler_free_choice(),
                                                    .symmetry = symmetry,
                                                    .jobs = 1,
                                                    .budget = &self->budget};
    self->setting.grid = grid_applies(self->whole, self->slice);
    CU_ASSERT_EQUAL_FATAL(prepared_space_open(&self->prepared, &self->setting, &options), PREPARED_SPACE_READY);
    CU_ASSERT_EQUAL_FATAL(prepared_space_find_extremes(&self->prepared, &extremes), FOLD_COMPLETE);
    self->enumeration = enumerator_run(self->program, 0, NULL, (struct enumerator_bounds){500000, 60});
}

static void fold(struct bench *self, const struct semiring *semiring)
{
    struct fold_options options = {.keep = true, .jobs = 1};
    CU_ASSERT_EQUAL_FATAL(fold_run(&self->fold, self->prepared.space, semiring, &options, &self->budget),
                          FOLD_COMPLETE);
    self->source =
        (struct witness_source){self->machine, self->slice, self->prepared.graph, self->prepared.grid, &self->fold};
}

static void close_bench(struct bench *self)
{
    fold_free(&self->fold);
    prepared_space_close(&self->prepared);
    enumeration_free(self->enumeration);
    machine_free(self->machine);
    slice_free(self->slice);
    machine_free(self->whole);
    program_free(self->program);
}

static void check_end(const struct bench *bench, enum outcome_end end, int64_t value,
                      const struct enumeration_end *expected)
{
    struct witness witness;
    bool found = witness_find(&bench->source, end, value, &witness);
    CU_ASSERT_EQUAL(found, expected->schedules > 0);
    if (!found)
        return;
    CU_ASSERT_EQUAL(witness.preemptions, expected->preemptions);
    struct schedule schedule = subject_schedule(expected->threads, expected->step_count);
    CU_ASSERT(subject_same_schedule(&witness.schedule, &schedule));
    schedule_free(&witness.schedule);
    schedule_free(&schedule);
}

static void check_value(const struct bench *bench, int64_t value)
{
    static const struct enumeration_end none;
    const struct enumeration_end *expected = &none;
    for (size_t r = 0; r < bench->enumeration->row_count; r++)
        if (bench->enumeration->rows[r].value == value)
            expected = &bench->enumeration->rows[r];
    check_end(bench, OUTCOME_VALUE, value, expected);
}

/* From the preemptions of all values: every value, those beside them that are none, and the fates. */
static void check_all(const char *text, unsigned threads, unsigned iters)
{
    for (int way = 0; way < 4; way++) {
        struct bench bench;
        open_space(&bench, text, threads, iters, (way & 1) != 0, (way & 2) != 0);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.enumeration);
        semiring_preemptions_start(&bench.preemptions, bench.prepared.space, &bench.prepared.ranges);
        fold(&bench, &bench.preemptions.head);
        const struct enumeration *enumeration = bench.enumeration;
        for (size_t r = 0; r < enumeration->row_count; r++)
            check_value(&bench, enumeration->rows[r].value);
        for (int64_t v = -3; v < 15; v++)
            check_value(&bench, v);
        check_end(&bench, OUTCOME_DEADLOCK, 0, &enumeration->deadlock);
        check_end(&bench, OUTCOME_FAILURE, 0, &enumeration->failure);
        close_bench(&bench);
    }
}

static void test_grids(void)
{
    check_all(race, 1, 2);
    check_all(race, 2, 0);
    check_all(race, 2, 1);
    check_all(race, 2, 3);
    check_all(race, 3, 1);
    check_all(medley, 1, 1);
}

static void test_graphs(void)
{
    check_all(locked, 1, 1);
    check_all(careless, 1, 1);
    check_all(".var x\n.mutex m\n.main\n lock m\n add $1, x\n lock m\n", 2, 1);
    check_all(".var x\n.mutex m\n.main\n nop\n unlock m\n", 2, 1);
    /* the step that fails is a preemption itself */
    check_all(".var x\n.thread A\n mov $9223372036854775807, x\n mov $0, x\n.thread B\n mul $2, x\n", 1, 1);
    check_all(".var x\n.main\n mov x, %ax\n mul $2, %ax\n add $1, %ax\n mov %ax, x\n", 2, 1);
}

/* From the lexicographic values alone: the same schedule for an extreme, and none for the others. */
static void check_lexicographic(const char *text, unsigned threads, unsigned iters, bool symmetry)
{
    for (int greatest = 0; greatest < 2; greatest++) {
        struct bench bench;
        open_space(&bench, text, threads, iters, symmetry, false);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.enumeration);
        semiring_lexicographic_start(&bench.lexicographic, bench.prepared.space, greatest == 1);
        fold(&bench, &bench.lexicographic.head);
        check_value(&bench, bench.enumeration->rows[greatest ? bench.enumeration->row_count - 1 : 0].value);
        check_end(&bench, OUTCOME_DEADLOCK, 0, &bench.enumeration->deadlock);
        check_end(&bench, OUTCOME_FAILURE, 0, &bench.enumeration->failure);
        close_bench(&bench);
    }
}

static void test_lexicographic(void)
{
    for (int symmetry = 0; symmetry < 2; symmetry++) {
        check_lexicographic(race, 2, 3, symmetry == 1);
        check_lexicographic(race, 3, 1, symmetry == 1);
        check_lexicographic(medley, 1, 1, symmetry == 1);
        check_lexicographic(locked, 1, 1, symmetry == 1);
        check_lexicographic(careless, 1, 1, symmetry == 1);
    }
}

/* In a space with cycles the schedule with the fewest preemptions is the shortest of them, and is finite. */
static void test_cycles(void)
{
    static const uint32_t expected[] = {0, 1, 1, 1};
    struct bench bench;
    struct witness witness;
    open_space(&bench, ".var x\n.var f, 1\n.thread A\n mov $0, f\n.thread B\n.t\n test $0, f\n jne .t\n mov $7, x\n", 1,
               1, false, false);
    CU_ASSERT_PTR_NULL(bench.enumeration);
    semiring_preemptions_start(&bench.preemptions, bench.prepared.space, &bench.prepared.ranges);
    fold(&bench, &bench.preemptions.head);
    CU_ASSERT_TRUE_FATAL(witness_find(&bench.source, OUTCOME_VALUE, 7, &witness));
    struct schedule schedule = subject_schedule(expected, 4);
    CU_ASSERT(subject_same_schedule(&witness.schedule, &schedule) && witness.preemptions == 0);
    schedule_free(&witness.schedule);
    schedule_free(&schedule);
    close_bench(&bench);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"from grids", test_grids},
        {"from graphs", test_graphs},
        {"for extremes alone", test_lexicographic},
        {"where schedules need not end", test_cycles},
        CU_TEST_INFO_NULL,
    };
    return unit_run("witness", tests);
}
