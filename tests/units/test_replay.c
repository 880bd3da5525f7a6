#include "base/memory.h"
#include "schedulers/scheduler.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"
#include "trace/replay.h"

#include <stdlib.h>
#include <string.h>

static const char race[] = ".var x\n.main\n mov x, %ax\n add $1, %ax\n mov %ax, x\n";
static const char crossed[] = ".var x\n.mutex m\n.mutex n\n.thread A\n lock m\n lock n\n.thread B\n lock n\n lock m\n";

enum { SCHEDULE_MAX = 64 };

/* Reads "0 0 1" and replays it; the first variable is observed. */
static struct trace *replay(const char *text, unsigned threads, const char *schedule, struct error *error)
{
    struct program *program = subject_program(text, threads, 1);
    uint32_t steps[SCHEDULE_MAX];
    size_t count = 0;
    char buffer[256], *rest = buffer, *word;
    snprintf(buffer, sizeof buffer, "%s", schedule);
    while ((word = strsep(&rest, " ")) != NULL && count < SCHEDULE_MAX)
        if (*word != '\0')
            steps[count++] = (uint32_t)strtoul(word, NULL, 10);
    struct trace *trace = subject_replay(program, NULL, 0, steps, count, error);
    program_free(program);
    return trace;
}

static struct trace *accept(const char *text, unsigned threads, const char *schedule)
{
    struct error error = ERROR_INIT;
    struct trace *trace = replay(text, threads, schedule, &error);
    if (trace == NULL)
        unit_note("%s", error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    return trace;
}

static void refuse(const char *text, unsigned threads, const char *schedule, const char *expected)
{
    struct error error = ERROR_INIT;
    struct trace *trace = replay(text, threads, schedule, &error);
    CU_ASSERT_PTR_NULL(trace);
    CU_ASSERT_STRING_EQUAL(error.text, expected);
    if (strcmp(error.text, expected) != 0)
        unit_note("%s", error.text);
    trace_free(trace);
}

/* ---- Refusals -------------------------------------------------------------------------------------------------- */

static void test_refusals(void)
{
    refuse(race, 2, "0 2", "step 2: there is no thread 2 (expected 0 to 1)");
    refuse(race, 2, "63", "step 1: there is no thread 63 (expected 0 to 1)");
    refuse(race, 2, "0 0 0 0", "step 4: thread 0 (T0) has finished; could have stepped: 1");
    refuse(race, 3, "1 1 1 1", "step 4: thread 1 (T1) has finished; could have stepped: 0 2");
    refuse(race, 1, "0 0 0 0", "step 4: thread 0 (T0) has finished; nobody can step any more");
    refuse(crossed, 1, "0 0 1",
           "step 3: thread 1 (B) cannot proceed: it waits for mutex n, held by A; nobody can step any more");
    refuse(crossed, 1, "0 1 1",
           "step 3: thread 1 (B) cannot proceed: it waits for mutex m, held by A; nobody can step any more");
    refuse(".var x\n.semaphore s, 1\n.main\n wait s\n nop\n", 2, "1 0",
           "step 2: thread 0 (T0) cannot proceed: it waits for semaphore s, which has no permit left; "
           "could have stepped: 1");
    /* behind an error of the program nothing happens */
    refuse(".var x\n.mutex m\n.main\n unlock m\n", 2, "0 1",
           "step 2: the step before was an error of the program; nobody can step any more");
}

/* A scheduler that lets nobody but the first of those that can go on step, and counts. */
static void orderly_shape(const struct scheduler *self, const struct machine *machine, struct scheduler_shape *shape)
{
    (void)self;
    (void)machine;
    *shape = (struct scheduler_shape){.common_most = 100, .starts = 1, .options = 1};
}

static void orderly_start(const struct scheduler *self, const struct scheduler_moment *moment, uint64_t which,
                          struct scheduler_memory *memory)
{
    (void)self;
    (void)moment;
    memory->common = which;
}

static uint64_t first_only(const struct scheduler *self, const struct scheduler_moment *moment,
                           const struct scheduler_memory *memory, unsigned option)
{
    (void)self;
    (void)memory;
    (void)option;
    return moment->ready & (0 - moment->ready);
}

static void count_steps(const struct scheduler *self, const struct scheduler_step *step,
                        struct scheduler_memory *memory)
{
    (void)self;
    (void)step;
    memory->common++;
}

static void explain_order(const struct scheduler *self, const struct scheduler_moment *moment,
                          const struct scheduler_memory *memory, size_t thread, struct text *text)
{
    (void)self;
    (void)moment;
    text_print(text, "thread %zu comes later than step %d", thread, (int)memory->common);
}

static void test_other_scheduler(void)
{
    static const struct scheduler_kind kind = {.name = "orderly",
                                               .shape = orderly_shape,
                                               .start = orderly_start,
                                               .choices = first_only,
                                               .after = count_steps,
                                               .refusal = explain_order};
    static const struct scheduler scheduler = {.kind = &kind};
    static const uint32_t good[] = {0, 0, 0, 1, 1, 1}, bad[] = {0, 0, 1};
    struct program *program = subject_program(race, 2, 1);
    struct error error = ERROR_INIT;
    struct trace *trace = subject_replay(program, &scheduler, 0, good, 6, &error);
    CU_ASSERT_PTR_NOT_NULL(trace);
    trace_free(trace);
    CU_ASSERT_PTR_NULL(subject_replay(program, &scheduler, 0, bad, 3, &error));
    CU_ASSERT_STRING_EQUAL(error.text,
                           "step 3: the orderly scheduler does not allow thread 1 (T1) to step: thread 1 comes "
                           "later than step 2; could have stepped: 0");
    program_free(program);
}

/* ---- Traces ---------------------------------------------------------------------------------------------------- */

static void test_trace(void)
{
    struct trace *trace = accept(race, 2, "0 1 1 1 0 0");
    CU_ASSERT_STRING_EQUAL(trace->observe, "x");
    CU_ASSERT(trace->step_count == 6 && trace->thread_count == 2 && trace->word_count == 1 &&
              trace->observed_word == 0);
    CU_ASSERT(trace->end == TRACE_FINISHED && trace->value == 1 && trace_first(trace, 0) == 0);
    CU_ASSERT_EQUAL(trace->preemptions, 1);
    CU_ASSERT_PTR_NULL(trace->end_text);
    const struct trace_step *load = &trace->steps[0], *store = &trace->steps[3], *last = &trace->steps[5];
    CU_ASSERT(load->thread == 0 && load->index == 0 && load->line == 3 && !load->preemption);
    CU_ASSERT_STRING_EQUAL(load->text, "mov x, %ax");
    CU_ASSERT(load->access_count == 1 && !load->accesses[0].is_write && load->accesses[0].value == 0);
    CU_ASSERT_STRING_EQUAL(load->register_name, "ax");
    CU_ASSERT(trace->steps[1].preemption && !trace->steps[4].preemption);
    CU_ASSERT(trace->steps[2].access_count == 0 && trace->steps[2].register_value == 1);
    CU_ASSERT(store->access_count == 1 && store->accesses[0].is_write && store->accesses[0].value == 1);
    CU_ASSERT(store->accesses[0].value == 1 && store->register_name == NULL);
    CU_ASSERT(last->accesses[0].value == 1);
    CU_ASSERT_PTR_EQUAL(trace->steps[0].text, trace->steps[0].text);
    CU_ASSERT_EQUAL(trace->text_count, 6);
    trace_free(trace);
}

static void test_accesses(void)
{
    struct trace *trace =
        accept(".var x, 5\n.var y, 2\n.main\n mov $3, %ax\n fetchadd %ax, x\n add x, %ax\n sub $1, y\n"
               " mov $4, %bx\n xchg %bx, y\n test y, %bx\n",
               1, "0 0 0 0 0 0 0");
    const struct trace_step *steps = trace->steps;
    CU_ASSERT(steps[1].access_count == 2 && !steps[1].accesses[0].is_write && steps[1].accesses[0].value == 5);
    CU_ASSERT(steps[1].accesses[1].is_write && steps[1].accesses[1].value == 8 && steps[1].register_value == 5);
    CU_ASSERT(steps[2].access_count == 1 && steps[2].register_value == 13);
    CU_ASSERT(steps[3].access_count == 2 && steps[3].accesses[0].word == 1 && steps[3].accesses[0].value == 2 &&
              steps[3].accesses[1].value == 1 && steps[3].register_name == NULL);
    CU_ASSERT(steps[5].access_count == 2 && steps[5].accesses[0].value == 1 && steps[5].accesses[1].value == 4 &&
              steps[5].register_value == 1);
    CU_ASSERT(steps[6].access_count == 1 && steps[6].accesses[0].value == 4 && steps[6].register_name == NULL);
    CU_ASSERT(trace->value == 8 && trace_final(trace, 0) == 8);
    trace_free(trace);
}

static void check_end(const char *text, unsigned threads, const char *schedule, enum trace_end end,
                      const char *expected)
{
    struct trace *trace = accept(text, threads, schedule);
    CU_ASSERT_EQUAL(trace->end, end);
    CU_ASSERT((trace->end_text == NULL) == (expected == NULL));
    if (expected != NULL && trace->end_text != NULL)
        CU_ASSERT_STRING_EQUAL(trace->end_text, expected);
    trace_free(trace);
}

static void test_ends(void)
{
    check_end(race, 2, "", TRACE_UNFINISHED, NULL);
    check_end(race, 2, "0 0 0 1", TRACE_UNFINISHED, NULL);
    check_end(".var x\n.main\n.rept 0\n nop\n.endr\n", 2, "", TRACE_FINISHED, NULL);
    check_end(crossed, 1, "0 1", TRACE_DEADLOCKED, "A waits for mutex n, held by B; B waits for mutex m, held by A");
    check_end(".var x\n.mutex m\n.main\n lock m\n lock m\n", 1, "0", TRACE_DEADLOCKED,
              "T0 waits for mutex m, held by T0");
    check_end(".var x\n.mutex m\n.main\n nop\n unlock m\n", 2, "1 1", TRACE_FAILED,
              "test.s:5:2: T1: unlock m: unlocks a mutex that the thread does not hold");
    check_end(".var x, 9223372036854775807\n.main\n add $1, x\n", 1, "0", TRACE_FAILED,
              "test.s:3:2: T0: add $1, x: the result does not fit 64 bits");
}

static void test_preemptions(void)
{
    /* a switch away from a thread that finished, or waits, is none */
    static const char text[] = ".var x\n.mutex m\n.thread A\n lock m\n unlock m\n.thread B\n lock m\n nop\n unlock m\n";
    static const struct {
        const char *schedule;
        uint64_t preemptions;
    } known[] = {{"0 0 1 1 1", 0}, {"1 1 1 0 0", 0}, {"0 0 1 1 1", 0}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        struct trace *trace = accept(text, 1, known[k].schedule);
        CU_ASSERT_EQUAL(trace->preemptions, known[k].preemptions);
        trace_free(trace);
    }
    struct trace *trace = accept(race, 3, "0 1 2 0 1 2 0 1 2");
    CU_ASSERT_EQUAL(trace->preemptions, 6);
    CU_ASSERT_FALSE(trace->steps[0].preemption || trace->steps[7].preemption || trace->steps[8].preemption);
    trace_free(trace);
    trace = accept(".var x\n.semaphore s, 0\n.thread A\n nop\n wait s\n.thread B\n nop\n post s\n", 1, "0 1 1 0");
    CU_ASSERT_EQUAL(trace->preemptions, 0);
    trace_free(trace);
}

/* A value that the simulation has not met: the state is packed anew, and the trace goes on as if nothing had been. */
static void test_widening(void)
{
    struct trace *trace =
        accept(".var x, 2\n.var f\n.thread A\n mov $1, f\n mov $0, f\n"
               ".thread B\n nop\n test $1, f\n jne .e\n mov $4000000000, x\n sub $5000000000, x\n.e\n add $1, x\n",
               1, "0 1 1 1 1 1 1 0");
    CU_ASSERT(trace->end == TRACE_FINISHED && trace->value == -999999999);
    CU_ASSERT(trace->steps[3].access_count == 0 && trace->steps[4].accesses[0].value == 4000000000);
    CU_ASSERT(trace->steps[5].accesses[0].value == 4000000000 && trace->steps[5].accesses[1].value == -1000000000);
    CU_ASSERT_EQUAL(trace->preemptions, 1);
    trace_free(trace);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"refusals", test_refusals},
        {"another scheduler refuses", test_other_scheduler},
        {"a trace", test_trace},
        {"accesses", test_accesses},
        {"how it ends", test_ends},
        {"preemptions", test_preemptions},
        {"values that do not fit", test_widening},
        CU_TEST_INFO_NULL,
    };
    return unit_run("replay", tests);
}
