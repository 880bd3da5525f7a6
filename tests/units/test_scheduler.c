/* Each kind of scheduler on small programs, step by step, against what was worked out by hand. */
#include "base/memory.h"
#include "machine/machine.h"
#include "schedulers/scheduler.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"
#include "trace/replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { QUADS_MAX = 16, TOLD_MAX = 40 };

static const char *const kinds[] = {"free", "tick", "parallel", "cores", "preemptions", "signal"};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

/* ---- Parameters from a string ------------------------------------------------------------------------------------ */

struct parameters {
    struct property *list;
    size_t count;
};

/* Reads "quantum=3 pick=any offset=0,2": what is all digits, with or without a sign, is a number. */
static struct parameters read_parameters(const char *text)
{
    struct parameters self = {NULL, 0};
    while (*text != '\0') {
        char name[TOLD_MAX], value[TOLD_MAX];
        int length = 0;
        CU_ASSERT_EQUAL_FATAL(sscanf(text, "%39[^= ]=%39[^ ]%n", name, value, &length), 2);
        if (strspn(value, "-0123456789") == strlen(value))
            property_add_number(&self.list, &self.count, name, strtoll(value, NULL, 10));
        else
            property_add_text(&self.list, &self.count, name, value);
        text += length;
        text += strspn(text, " ");
    }
    return self;
}

static void tell_parameters(const struct property *list, size_t count, struct text *text)
{
    for (size_t p = 0; p < count; p++) {
        text_print(text, "%s%s=", p > 0 ? " " : "", list[p].name);
        if (list[p].is_number)
            text_print(text, "%" PRId64, list[p].number);
        else
            text_print(text, "%s", list[p].text);
    }
}

static struct scheduler *make(const char *kind, const char *text, size_t threads, struct error *error)
{
    struct parameters parameters = read_parameters(text);
    struct scheduler *scheduler = scheduler_new(kind, parameters.list, parameters.count, threads, error);
    property_free_list(parameters.list, parameters.count);
    return scheduler;
}

/* ---- Kinds and parameters ---------------------------------------------------------------------------------------- */

static void test_names(void)
{
    static const char *const expected[KIND_COUNT] = {
        "priority",       "quantum pick phase priority",        "lag offset priority", "cores place priority",
        "bound priority", "quantum pick phase arrival priority"};
    for (size_t k = 0; k < KIND_COUNT; k++) {
        struct text told = TEXT_INIT;
        const struct scheduler_kind *kind = scheduler_kinds()[k];
        CU_ASSERT_PTR_EQUAL(scheduler_find_kind(kinds[k]), kind);
        for (const struct scheduler_parameter *parameter = kind->parameters; parameter->name != NULL; parameter++)
            text_print(&told, "%s%s", told.length > 0 ? " " : "", parameter->name);
        CU_ASSERT_STRING_EQUAL(text_string(&told), expected[k]);
        text_free(&told);
    }
    CU_ASSERT_PTR_NULL(scheduler_kinds()[KIND_COUNT]);
    CU_ASSERT_PTR_NULL(scheduler_find_kind("tock"));
}

/* What a scheduler that was made so says of itself; three threads. */
static void check_described(const char *kind, const char *given, const char *expected)
{
    struct error error = ERROR_INIT;
    struct text told = TEXT_INIT, again = TEXT_INIT;
    struct property *list = NULL;
    size_t count = 0;
    struct scheduler *scheduler = make(kind, given, 3, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scheduler);
    scheduler_describe(scheduler, &list, &count);
    tell_parameters(list, count, &told);
    CU_ASSERT_STRING_EQUAL(text_string(&told), expected);
    scheduler_free(scheduler);

    /* made from what it says it is the same */
    scheduler = make(kind, text_string(&told), 3, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scheduler);
    property_free_list(list, count);
    list = NULL;
    count = 0;
    scheduler_describe(scheduler, &list, &count);
    tell_parameters(list, count, &again);
    CU_ASSERT_STRING_EQUAL(text_string(&again), expected);
    property_free_list(list, count);
    scheduler_free(scheduler);
    text_free(&told);
    text_free(&again);
}

static void test_described(void)
{
    check_described("free", "", "");
    check_described("tick", "quantum=100", "quantum=100 pick=any phase=0");
    check_described("tick", "quantum=1000000 phase=999999", "quantum=1000000 pick=any phase=999999");
    check_described("tick", "phase=any pick=round-robin quantum=3", "quantum=3 pick=round-robin phase=any");
    check_described("signal", "quantum=100", "quantum=100 pick=any phase=0 arrival=any");
    check_described("signal", "quantum=2 phase=1 arrival=7 pick=round-robin",
                    "quantum=2 pick=round-robin phase=1 arrival=7");
    check_described("signal", "quantum=2 phase=any arrival=never", "quantum=2 pick=any phase=any arrival=never");
    check_described("parallel", "lag=1", "lag=1 offset=0");
    check_described("parallel", "lag=1000000 offset=0,0", "lag=1000000 offset=0");
    check_described("parallel", "lag=4 offset=0,30", "lag=4 offset=0,30,0");
    check_described("parallel", "lag=4 offset=5", "lag=4 offset=5,0,0");
    check_described("preemptions", "bound=0", "bound=0");
    check_described("preemptions", "bound=1000000", "bound=1000000");
}

/* The parameters of a scheduler with the choices of a schedule. */
static void check_choices(const char *kind, const char *given, const char *schedule, const char *expected)
{
    static const struct thread_names no_names = {0};
    struct error error = ERROR_INIT;
    struct text told = TEXT_INIT;
    struct property *list = NULL;
    size_t count = 0;
    struct schedule chosen = {0};
    struct scheduler *scheduler = make(kind, given, 3, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scheduler);
    CU_ASSERT(schedule_read(&chosen, schedule, strlen(schedule), &no_names, 100, &error));
    scheduler_describe_choices(scheduler, &chosen, &list, &count);
    tell_parameters(list, count, &told);
    CU_ASSERT_STRING_EQUAL(text_string(&told), expected);
    text_free(&told);
    property_free_list(list, count);
    schedule_free(&chosen);
    scheduler_free(scheduler);
}

static void test_choices(void)
{
    check_choices("free", "", "0 1", "");
    check_choices("tick", "quantum=5 phase=any", "phase 3 0 1", "quantum=5 pick=any phase=3");
    check_choices("tick", "quantum=5 phase=2", "0 1", "quantum=5 pick=any phase=2");
    check_choices("signal", "quantum=5 phase=any", "phase 4 0*6 signal 0*3", "quantum=5 pick=any phase=4 arrival=6");
    check_choices("signal", "quantum=5 phase=1", "0*9", "quantum=5 pick=any phase=1 arrival=never");
    check_choices("signal", "quantum=5 arrival=9", "0*12", "quantum=5 pick=any phase=0 arrival=9");
    check_choices("parallel", "lag=2 offset=0,3", "0", "lag=2 offset=0,3,0");
    check_choices("preemptions", "bound=2", "0", "bound=2");
    check_choices("cores", "cores=2 place=fair priority=1", "0", "cores=2 place=fair priority=1,0,0");
    check_choices("free", "priority=2,2,2", "0", "");
}

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

static const struct mistake {
    const char *kind;
    const char *parameters;
    size_t threads;
    const char *message;
} mistakes[] = {
    {"tock", "", 2,
     "unknown scheduler 'tock'; did you mean 'tick'? (expected free, tick, parallel, cores, preemptions or signal)"},
    {"", "", 2, "unknown scheduler '' (expected free, tick, parallel, cores, preemptions or signal)"},
    {"free", "quantum=1", 2, "the free scheduler has no parameter 'quantum' (expected priority)"},
    {"tick", "quantum=3 lag=1", 2,
     "the tick scheduler has no parameter 'lag' (expected quantum, pick, phase or priority)"},
    {"preemptions", "quantum=1", 2,
     "the preemptions scheduler has no parameter 'quantum' (expected bound or priority)"},
    {"parallel", "bound=1", 2, "the parallel scheduler has no parameter 'bound' (expected lag, offset or priority)"},
    {"signal", "bound=1", 2,
     "the signal scheduler has no parameter 'bound' (expected quantum, pick, phase, arrival or priority)"},
    {"tick", "", 2, "the tick scheduler needs a quantum (expected 1 to 1000000 ticks)"},
    {"signal", "", 2, "the signal scheduler needs a quantum (expected 1 to 1000000 ticks)"},
    {"tick", "quantum=0", 2, "quantum: 0 is out of range (expected 1 to 1000000)"},
    {"tick", "quantum=-1", 2, "quantum: -1 is out of range (expected 1 to 1000000)"},
    {"tick", "quantum=1000001", 2, "quantum: 1000001 is out of range (expected 1 to 1000000)"},
    {"tick", "quantum=many", 2, "quantum: 'many' is no number (expected 1 to 1000000)"},
    {"tick", "quantum=3 pick=some", 2, "pick: 'some' is unknown (expected any or round-robin)"},
    {"tick", "quantum=3 pick=2", 2, "pick: 2 is unknown (expected any or round-robin)"},
    {"tick", "quantum=3 phase=3", 2, "phase: 3 is out of range (expected 0 to 2 or any)"},
    {"tick", "quantum=3 phase=-1", 2, "phase: -1 is out of range (expected 0 to 2 or any)"},
    {"tick", "quantum=3 phase=all", 2, "phase: 'all' is no number (expected 0 to 2 or any)"},
    {"tick", "quantum=1 phase=1", 2, "phase: 1 is out of range (expected 0 or any)"},
    {"signal", "quantum=3 arrival=-1", 2, "arrival: -1 is out of range (expected 0 to 1000000000, any or never)"},
    {"signal", "quantum=3 arrival=soon", 2, "arrival: 'soon' is no number (expected 0 to 1000000000, any or never)"},
    {"signal", "quantum=3", 33, "33 threads are too many for the signal scheduler (expected at most 32)"},
    {"parallel", "", 2, "the parallel scheduler needs a lag (expected 1 to 1000000 steps)"},
    {"parallel", "lag=0", 2, "lag: 0 is out of range (expected 1 to 1000000)"},
    {"parallel", "lag=1000001", 2, "lag: 1000001 is out of range (expected 1 to 1000000)"},
    {"parallel", "lag=1 offset=-1", 2, "offset: -1 is out of range (expected 0 to 1000000)"},
    {"parallel", "lag=1 offset=1,2,3", 2,
     "offset: '1,2,3' has more offsets than there are threads (expected at most 2)"},
    {"parallel", "lag=1 offset=1,", 2,
     "offset: '1,' is no list of offsets (expected numbers from 0 to 1000000, such as 0,30)"},
    {"parallel", "lag=1 offset=1,-1", 2,
     "offset: '1,-1' is no list of offsets (expected numbers from 0 to 1000000, such as 0,30)"},
    {"parallel", "lag=1 offset=0,1000001", 2,
     "offset: '0,1000001' is no list of offsets (expected numbers from 0 to 1000000, such as 0,30)"},
    {"parallel", "lag=1 offset=0;1", 2,
     "offset: '0;1' is no list of offsets (expected numbers from 0 to 1000000, such as 0,30)"},
    {"parallel", "lag=1 offset=99999999999999999999,0", 2,
     "offset: '99999999999999999999,0' is no list of offsets (expected numbers from 0 to 1000000, such as 0,30)"},
    {"preemptions", "", 2, "the preemptions scheduler needs a bound (expected 0 to 1000000)"},
    {"preemptions", "bound=-1", 2, "bound: -1 is out of range (expected 0 to 1000000)"},
    {"preemptions", "bound=1000001", 2, "bound: 1000001 is out of range (expected 0 to 1000000)"},
    {"preemptions", "bound=few", 2, "bound: 'few' is no number (expected 0 to 1000000)"},
};

static void test_mistakes(void)
{
    for (size_t m = 0; m < sizeof mistakes / sizeof *mistakes; m++) {
        struct error error = ERROR_INIT;
        struct scheduler *scheduler = make(mistakes[m].kind, mistakes[m].parameters, mistakes[m].threads, &error);
        CU_ASSERT_PTR_NULL(scheduler);
        CU_ASSERT_TRUE(error.set);
        CU_ASSERT_STRING_EQUAL(error.text, mistakes[m].message);
        if (scheduler != NULL || strcmp(error.text, mistakes[m].message) != 0)
            unit_note("%s %s: %s", mistakes[m].kind, mistakes[m].parameters, error.set ? error.text : "taken");
        scheduler_free(scheduler);
    }
}

/* ---- Step by step ------------------------------------------------------------------------------------------------ */

/* A program under a scheduler, in one of its states. */
struct bench {
    struct program *program;
    struct machine *machine;
    struct scheduler *scheduler;
    struct scheduler_shape shape;
    struct scheduler_memory memory;
    uint64_t state[QUADS_MAX];
    unsigned misfits; /* memories and choices that were not as the shape says */
};

static struct scheduler_moment moment_of(const struct bench *self, const uint64_t *state)
{
    return scheduler_look(self->machine, state);
}

static void look_at_memory(struct bench *self)
{
    size_t threads = machine_thread_count(self->machine);
    self->misfits += self->memory.common > self->shape.common_most;
    self->misfits += self->memory.current < -1 || self->memory.current >= (int)threads;
    self->misfits += !self->shape.has_current && self->memory.current != -1;
    for (size_t t = 0; t < SCHEDULER_THREADS_MAX; t++)
        self->misfits += self->memory.own[t] > (t < threads ? self->shape.own_most : 0);
}

static void begin(struct bench *self, uint64_t which)
{
    memset(self->state, 0, sizeof self->state);
    machine_start(self->machine, self->state);
    struct scheduler_moment moment = moment_of(self, self->state);
    scheduler_start(self->scheduler, &moment, which, &self->memory);
    look_at_memory(self);
}

static void open_bench(struct bench *self, const char *text, unsigned threads, const char *kind, const char *parameters)
{
    struct error error = ERROR_INIT;
    *self = (struct bench){.program = subject_program(text, threads, 1)};
    self->machine = machine_new(self->program, NULL, false);
    CU_ASSERT_TRUE_FATAL(machine_bits(self->machine) <= QUADS_MAX * 64);
    threads = (unsigned)machine_thread_count(self->machine);
    self->scheduler = make(kind, parameters, threads, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(self->scheduler);
    scheduler_shape(self->scheduler, self->machine, &self->shape);
    begin(self, 0);
}

static void close_bench(struct bench *self)
{
    CU_ASSERT_EQUAL(self->misfits, 0);
    scheduler_free(self->scheduler);
    machine_free(self->machine);
    program_free(self->program);
}

static uint64_t choices(const struct bench *self, unsigned option)
{
    struct scheduler_moment moment = moment_of(self, self->state);
    return scheduler_threads(self->scheduler, &moment, &self->memory, option);
}

/* Whether the choices are among the threads that can go on, and some of them, where there are any. */
static void look_at_choices(struct bench *self)
{
    uint64_t all = 0, ready = moment_of(self, self->state).ready;
    for (unsigned option = 0; option < self->shape.options; option++)
        all |= choices(self, option);
    self->misfits += (all & ~ready) != 0 || (all == 0 && ready != 0);
}

static bool take(struct bench *self, unsigned option, size_t thread)
{
    uint64_t before[QUADS_MAX];
    struct step step;
    memcpy(before, self->state, sizeof before);
    machine_step(self->machine, self->state, thread, &step);
    if (step.result != STEP_TAKEN)
        return false;
    struct scheduler_step taken = {
        moment_of(self, before), moment_of(self, self->state), option, thread, step.ticks, step.yields};
    scheduler_after(self->scheduler, &taken, &self->memory);
    look_at_memory(self);
    return true;
}

static void tell_threads(uint64_t set, struct text *text)
{
    for (unsigned t = 0; t < 64; t++)
        if ((set >> t & 1) != 0)
            text_print(text, "%u", t);
    if (set == 0)
        text_print(text, "-");
}

/* The choices of every option: "01", or "0|01". */
static void tell_choices(const struct bench *self, struct text *text)
{
    for (unsigned option = 0; option < self->shape.options; option++) {
        text_print(text, option > 0 ? "|" : "");
        tell_threads(choices(self, option), text);
    }
}

/* Runs a schedule, "0 0 1! 1", ! for option 1, from a first memory, and tells what the choices were before each step
 * and at the end: "01>0 0>0 0|01>1! 01|->1 -|-". A step that is not among them, nor a return ("~"), is told with "?" */
static void tell_run(struct bench *self, uint64_t which, const char *schedule, struct text *text)
{
    begin(self, which);
    for (; *schedule != '\0'; schedule++) {
        size_t thread = (size_t)(*schedule - '0');
        unsigned option = schedule[1] == '!' ? 1 : 0;
        bool returns = (moment_of(self, self->state).away >> thread & 1) != 0;
        look_at_choices(self);
        tell_choices(self, text);
        text_print(text, ">%zu%s%s%s ", thread, option == 1 ? "!" : "", returns ? "~" : "",
                   returns || (choices(self, option) >> thread & 1) != 0 ? "" : "?");
        CU_ASSERT_TRUE_FATAL(take(self, option, thread));
        schedule += option;
        schedule += schedule[1] == ' ';
    }
    look_at_choices(self);
    tell_choices(self, text);
}

/* One line of a table: what a scheduler lets happen. */
static void check_run(const char *program, unsigned threads, const char *kind, const char *parameters, uint64_t which,
                      const char *schedule, const char *expected)
{
    struct bench bench;
    struct text told = TEXT_INIT;
    open_bench(&bench, program, threads, kind, parameters);
    tell_run(&bench, which, schedule, &told);
    CU_ASSERT_STRING_EQUAL(text_string(&told), expected);
    if (strcmp(text_string(&told), expected) != 0)
        unit_note("%s %s: expected '%s', got '%s'", kind, parameters, expected, text_string(&told));
    text_free(&told);
    close_bench(&bench);
}

/* Each of two threads, or of more, takes three steps of one tick. */
static const char three[] = ".var x\n.main\n nop\n nop\n nop\n";
/* A takes two steps, B and C four. */
static const char uneven[] = ".var x\n.thread A\n nop\n nop\n.thread B\n nop\n nop\n nop\n nop\n"
                             ".thread C\n nop\n nop\n nop\n nop\n";
/* A waits in the middle until B has taken three steps. C never waits. */
static const char waiting[] = ".var x\n.semaphore s, 0\n.thread A\n nop\n wait s\n nop\n"
                              ".thread B\n nop\n nop\n post s\n nop\n.thread C\n nop\n nop\n nop\n nop\n";
static const char yielding[] = ".var x\n.thread A\n nop\n yield\n nop\n nop\n.thread B\n nop\n nop\n nop\n nop\n";
static const char away[] = ".var x\n.thread A\n nop\n io\n nop\n.thread B\n nop\n nop\n nop\n nop\n";

static void test_free(void)
{
    check_run(three, 2, "free", "", 0, "0 0 1 0 1 1", "01>0 01>0 01>1 01>0 1>1 1>1 -");
    check_run(away, 1, "free", "", 0, "0 0 1 0 0", "01>0 01>0 1>1 1>0~ 01>0 1");
    CU_ASSERT_TRUE(scheduler_is_free(scheduler_free_choice()));
}

/* ---- The tick scheduler ------------------------------------------------------------------------------------------ */

static void test_tick_any(void)
{
    /* a quantum of one: whoever likes */
    check_run(three, 2, "tick", "quantum=1", 0, "0 1 1 0 1 0", "01>0 01>1 01>1 01>0 01>1 0>0 -");
    /* after two ticks anybody, the same one too; T0 finishes after one tick of the third, and T1 has the rest */
    check_run(three, 2, "tick", "quantum=2", 0, "0 0 1 1 0 1", "01>0 0>0 01>1 1>1 01>0 1>1 -");
    check_run(three, 2, "tick", "quantum=2", 0, "0 0 0 1 1 1", "01>0 0>0 01>0 1>1 1>1 1>1 -");
    /* of three threads any goes on where one finished in the middle of a quantum, for the tick that is left */
    check_run(uneven, 1, "tick", "quantum=3", 0, "0 0 2 1 1 1 2", "012>0 0>0 12>2 12>1 1>1 1>1 12>2 2");
    /* who waits is not picked; the counter runs on for whoever is */
    check_run(waiting, 1, "tick", "quantum=3", 0, "0 1 1 1 1 2 0", "012>0 12>1 1>1 12>1 1>1 02>2 02>0 0");
}

static void test_tick_round_robin(void)
{
    check_run(three, 2, "tick", "quantum=2 pick=round-robin", 0, "0 0 1 1 0 1", "0>0 0>0 1>1 1>1 0>0 1>1 -");
    check_run(three, 3, "tick", "quantum=1 pick=round-robin", 0, "0 1 2 0 1 2 0 1 2",
              "0>0 1>1 2>2 0>0 1>1 2>2 0>0 1>1 2>2 -");
    /* B has but one tick of the quantum in which A finished */
    check_run(uneven, 1, "tick", "quantum=3 pick=round-robin", 0, "0 0 1 2 2 2 1 1 1 2",
              "0>0 0>0 1>1 2>2 2>2 2>2 1>1 1>1 1>1 2>2 -");
    /* A waits after one tick, B has the other two; it comes back when it is its turn and it can go on */
    check_run(waiting, 1, "tick", "quantum=3 pick=round-robin", 0, "0 1 1 2 2 2 1 1 2 0 0",
              "0>0 1>1 1>1 2>2 2>2 2>2 1>1 1>1 2>2 0>0 0>0 -");
    /* thread 0 is the first, unless it waits */
    check_run(".var x\n.semaphore s, 0\n.thread A\n wait s\n.thread B\n nop\n post s\n nop\n.thread C\n nop\n nop\n", 1,
              "tick", "quantum=2 pick=round-robin", 0, "1 1 2 2 0 1", "1>1 1>1 2>2 2>2 0>0 1>1 -");
}

static void test_tick_phase(void)
{
    check_run(three, 2, "tick", "quantum=3 pick=round-robin phase=2", 0, "0 1 1 1 0 0", "0>0 1>1 1>1 1>1 0>0 0>0 -");
    check_run(three, 2, "tick", "quantum=2 phase=1", 0, "1 1 1 0 0 0", "01>1 01>1 1>1 0>0 0>0 0>0 -");
    struct bench bench;
    open_bench(&bench, three, 2, "tick", "quantum=3 phase=any");
    CU_ASSERT_EQUAL(bench.shape.starts, 3);
    static const char *const expected[] = {"01>0 0>0 0>0 1", "01>0 0>0 01>0 1", "01>0 01>0 0>0 1"};
    for (uint64_t which = 0; which < 3; which++) {
        struct text told = TEXT_INIT;
        tell_run(&bench, which, "0 0 0", &told);
        CU_ASSERT_STRING_EQUAL(text_string(&told), expected[which]);
        text_free(&told);
    }
    close_bench(&bench);
}

static void test_tick_costs(void)
{
    /* steps of no ticks never end a quantum */
    check_run(".var x\n.main\n.tick 0\n nop\n nop\n.tick 1\n nop\n nop\n", 2, "tick", "quantum=1", 0, "1 1 1 0 0 0 1",
              "01>1 1>1 1>1 01>0 0>0 0>0 01>1 0");
    /* ticks beyond the quantum are dropped: 2 + 5 of 3, and the next quantum is whole */
    check_run(".var x\n.main\n.tick 2\n nop\n.tick 5\n nop\n.tick 1\n nop\n nop\n nop\n nop\n", 2, "tick",
              "quantum=3 pick=round-robin", 0, "0 0 1 1 0 0 0 1", "0>0 0>0 1>1 1>1 0>0 0>0 0>0 1>1 1");
    /* a phase that a step of no ticks leaves as it is */
    check_run(".var x\n.main\n.tick 0\n nop\n.tick 1\n nop\n nop\n", 2, "tick", "quantum=2 phase=1 pick=round-robin", 0,
              "0 0 1", "0>0 0>0 1>1 1");
}

static void test_tick_yields(void)
{
    /* the quantum after a yield is a whole one */
    check_run(yielding, 1, "tick", "quantum=3 pick=round-robin", 0, "0 0 1 1 1 0 0 1",
              "0>0 0>0 1>1 1>1 1>1 0>0 0>0 1>1 -");
    check_run(yielding, 1, "tick", "quantum=3", 0, "0 0 0 0 1 1 1 1", "01>0 0>0 01>0 0>0 1>1 1>1 1>1 1>1 -");
    /* with nobody else there the same thread goes on */
    check_run(yielding, 1, "tick", "quantum=9 pick=round-robin phase=8", 0, "0 1 1 1 1 0 0 0",
              "0>0 1>1 1>1 1>1 1>1 0>0 0>0 0>0 -");
}

static void test_tick_returns(void)
{
    /* A goes away with the second of three ticks; the return changes nothing, whenever it comes */
    check_run(away, 1, "tick", "quantum=3 pick=round-robin", 0, "0 0 1 1 0 1 1 0",
              "0>0 0>0 1>1 1>1 1>0~ 1>1 1>1 0>0 -");
    check_run(away, 1, "tick", "quantum=3 pick=round-robin", 0, "0 0 0 1 0 1", "0>0 0>0 1>0~ 1>1 0>0 1>1 1");
    check_run(away, 1, "tick", "quantum=3", 0, "0 0 0 0 1", "01>0 0>0 1>0~ 01>0 1>1 1");
    /* all are away: the turn of T1 is over, and T0 comes next, whoever returns first */
    check_run(".var x\n.main\n io\n nop\n", 2, "tick", "quantum=9 pick=round-robin", 0, "0 1 0 1 0 1",
              "0>0 1>1 ->0~ 0>1~ 0>0 1>1 -");
    check_run(".var x\n.main\n io\n nop\n", 2, "tick", "quantum=9 pick=round-robin", 0, "0 1 1 0 0 1",
              "0>0 1>1 ->1~ 1>0~ 0>0 1>1 -");
}

/* The memory is the ticks used and the current thread. */
static void test_tick_memory(void)
{
    static const struct {
        uint64_t used;
        int current;
    } expected[] = {{1, 0}, {0, -1}, {1, 1}, {0, -1}, {1, -1}, {0, -1}};
    static const size_t schedule[] = {0, 0, 1, 1, 0, 1};
    struct bench bench;
    open_bench(&bench, three, 2, "tick", "quantum=2");
    CU_ASSERT(bench.memory.common == 0 && bench.memory.current == -1);
    for (size_t s = 0; s < 6; s++) {
        CU_ASSERT_TRUE_FATAL(take(&bench, 0, schedule[s]));
        CU_ASSERT_EQUAL(bench.memory.common, expected[s].used);
        CU_ASSERT_EQUAL(bench.memory.current, expected[s].current);
    }
    close_bench(&bench);
}

/* ---- The signal scheduler ---------------------------------------------------------------------------------------- */

static void test_signal(void)
{
    static const char four[] = ".var x\n.main\n nop\n nop\n nop\n nop\n";
    /* it arrives before the second step; then one tick each, until thread 0 has stepped, whose quantum begins */
    check_run(four, 2, "signal", "quantum=3", 0, "0 1! 1 0 0 0 1",
              "01|01>0 0|01>1! 01|->1 01|->0 0|->0 0|->0 1|->1 1|-");
    /* it never arrives: as if by tick */
    check_run(four, 2, "signal", "quantum=3", 0, "0 0 0 1 1 1 0 1",
              "01|01>0 0|01>0 0|01>0 01|01>1 1|01>1 1|01>1 01|01>0 1|1>1 -|-");
    /* thread 0 itself is picked: its tick is the first of a whole quantum, though the phase was 2 */
    check_run(four, 2, "signal", "quantum=3 phase=2", 0, "0! 0 0 1", "01|01>0! 0|->0 0|->0 01|->1 1|-");
    check_run(four, 2, "signal", "quantum=3 phase=2", 0, "1! 1 0 0 0 1",
              "01|01>1! 01|->1 01|->0 0|->0 0|->0 01|->1 1|-");
    /* at a given step */
    check_run(four, 2, "signal", "quantum=9 arrival=2", 0, "0 0 1 1 0 0 1", "01>0 0>0 01>1 01>1 01>0 0>0 1>1 1");
    check_run(four, 2, "signal", "quantum=9 arrival=0", 0, "1 1 0 0", "01>1 01>1 01>0 0>0 0");
    check_run(four, 2, "signal", "quantum=3 arrival=never", 0, "0 0 0 1 1 1 0 1",
              "01>0 0>0 0>0 01>1 1>1 1>1 01>0 1>1 -");
    /* the next one in turn; three threads */
    check_run(four, 3, "signal", "quantum=9 pick=round-robin", 0, "0 1! 2 0 0 0 1",
              "0|0>0 0|1>1! 2|->2 0|->0 0|->0 0|->0 1|->1 1|-");
    check_run(four, 3, "signal", "quantum=9 pick=round-robin arrival=1", 0, "0 1 2 0 0 0 1",
              "0>0 1>1 2>2 0>0 0>0 0>0 1>1 1");
    /* a step of no ticks does not end a quantum of one either */
    check_run(".var x\n.main\n.tick 0\n nop\n.tick 1\n nop\n nop\n", 2, "signal", "quantum=9", 0, "1! 1 0 0 0 1",
              "01|01>1! 1|->1 01|->0 0|->0 0|->0 1|->1 -|-");
    /* thread 0 is away: its return does not end the signal, its next step does */
    check_run(away, 1, "signal", "quantum=3", 0, "0 0 1! 1 0 1 0 1",
              "01|01>0 0|01>0 1|1>1! 1|->1 1|->0~ 01|->1 01|->0 1|->1 -|-");
    /* returns count as steps where the time is given */
    check_run(away, 1, "signal", "quantum=9 arrival=3", 0, "0 0 0 1 1 0 1", "01>0 0>0 1>0~ 01>1 01>1 01>0 1>1 1");
}

/* ---- The parallel scheduler -------------------------------------------------------------------------------------- */

static void test_parallel_lags(void)
{
    check_run(three, 2, "parallel", "lag=1", 0, "0 1 1 0 0 1", "01>0 1>1 01>1 0>0 01>0 1>1 -");
    check_run(three, 2, "parallel", "lag=2", 0, "0 0 1 0 1 1", "01>0 01>0 1>1 01>0 1>1 1>1 -");
    check_run(three, 2, "parallel", "lag=3", 0, "1 1 1 0 0 0", "01>1 01>1 01>1 0>0 0>0 0>0 -");
    check_run(three, 3, "parallel", "lag=1", 0, "1 0 2 2 0", "012>1 02>0 2>2 012>2 01>0 1");
    check_run(three, 3, "parallel", "lag=2", 0, "1 1 0 2 2", "012>1 012>1 02>0 02>2 012>2 012");
    /* nobody waits for who has finished */
    check_run(uneven, 1, "parallel", "lag=1", 0, "0 1 2 0 1 2 1 2 2", "012>0 12>1 2>2 012>0 12>1 2>2 12>1 2>2 12>2 1");
}

static void test_parallel_offsets(void)
{
    /* T1 starts three steps late */
    check_run(three, 2, "parallel", "lag=1 offset=0,3", 0, "0 0 0 1 1 1", "0>0 0>0 0>0 1>1 1>1 1>1 -");
    check_run(three, 2, "parallel", "lag=2 offset=0,3", 0, "0 0 1 0 1 1", "0>0 0>0 01>1 0>0 1>1 1>1 -");
    check_run(three, 2, "parallel", "lag=2 offset=1", 0, "0 1 1 1 0 0", "01>0 1>1 01>1 01>1 0>0 0>0 -");
}

static void test_parallel_waiting(void)
{
    /* who waits is no reason to wait for, and is not behind when it goes on */
    static const char late[] = ".var x\n.semaphore s, 0\n.thread A\n wait s\n nop\n nop\n"
                               ".thread B\n nop\n nop\n nop\n post s\n nop\n nop\n";
    check_run(late, 1, "parallel", "lag=1", 0, "1 1 1 1 0 0 1", "1>1 1>1 1>1 1>1 0>0 01>0 1>1 01");
    /* it starts with those that start late */
    check_run(late, 1, "parallel", "lag=1 offset=0,3", 0, "1 1 1 1 0 0 1", "1>1 1>1 1>1 1>1 0>0 01>0 1>1 01");
    /* it keeps a lead that it has */
    check_run(late, 1, "parallel", "lag=1 offset=6,0", 0, "1 1 1 1 1 1 0", "1>1 1>1 1>1 1>1 1>1 1>1 0>0 0");
    /* a return is no step: A is as far as B when it is back */
    check_run(away, 1, "parallel", "lag=1", 0, "0 1 0 1 1 0 1 0", "01>0 1>1 01>0 1>1 1>1 1>0~ 01>1 0>0 -");
}

/* The memory is each thread's lead over the slowest that can go on. */
static void test_parallel_memory(void)
{
    static const uint32_t expected[][2] = {{0, 0}, {0, 0}, {0, 0}, {0, 1}, {0, 0}, {1, 0}, {0, 0}};
    static const size_t schedule[] = {1, 1, 1, 1, 0, 0, 1};
    struct bench bench;
    open_bench(&bench,
               ".var x\n.semaphore s, 0\n.thread A\n wait s\n nop\n nop\n"
               ".thread B\n nop\n nop\n nop\n post s\n nop\n nop\n",
               1, "parallel", "lag=1 offset=2,3");
    CU_ASSERT(bench.memory.own[0] == 0 && bench.memory.own[1] == 0);
    for (size_t s = 0; s < sizeof schedule / sizeof *schedule; s++) {
        CU_ASSERT_TRUE_FATAL(take(&bench, 0, schedule[s]));
        CU_ASSERT_EQUAL(bench.memory.own[0], expected[s][0]);
        CU_ASSERT_EQUAL(bench.memory.own[1], expected[s][1]);
    }
    close_bench(&bench);
}

/* ---- Few preemptions --------------------------------------------------------------------------------------------- */

static void test_preemptions(void)
{
    check_run(three, 2, "preemptions", "bound=0", 0, "1 1 1 0 0 0", "01>1 1>1 1>1 0>0 0>0 0>0 -");
    check_run(three, 2, "preemptions", "bound=1", 0, "0 1 1 1 0 0", "01>0 01>1 1>1 1>1 0>0 0>0 -");
    check_run(three, 2, "preemptions", "bound=2", 0, "0 1 0 0 1 1", "01>0 01>1 01>0 0>0 1>1 1>1 -");
    /* to go on after a thread that waits costs nothing; nor does a return, but it makes nobody the last */
    check_run(waiting, 1, "preemptions", "bound=0", 0, "0 2 2 2 2 1 1 1 1 0 0",
              "012>0 12>2 2>2 2>2 2>2 1>1 1>1 1>1 1>1 0>0 0>0 -");
    check_run(away, 1, "preemptions", "bound=0", 0, "0 0 1 0 1 1 1 0", "01>0 0>0 1>1 1>0~ 1>1 1>1 1>1 0>0 -");
    check_run(away, 1, "preemptions", "bound=0", 0, "0 0 0 0 1", "01>0 0>0 1>0~ 0>0 1>1 1");
    check_run(away, 1, "preemptions", "bound=1", 0, "0 0 0 1 1", "01>0 01>0 1>0~ 01>1 1>1 1");
}

/* ---- Any of them, at random -------------------------------------------------------------------------------------- */

static size_t random_thread(uint64_t set, uint64_t *random)
{
    unsigned count = (unsigned)__builtin_popcountll(set);
    for (unsigned skip = (unsigned)(subject_random(random) >> 33) % count; skip > 0; skip--)
        set &= set - 1;
    return (size_t)__builtin_ctzll(set);
}

/* Random walks: memories and choices keep to the shape (counted as misfits). */
static void walk_at_random(const char *text, const char *kind, const char *parameters)
{
    struct bench bench;
    uint64_t random = 3, walked = 0;
    open_bench(&bench, text, 3, kind, parameters);
    for (uint64_t round = 0; round < 200; round++) {
        begin(&bench, round % bench.shape.starts);
        for (int s = 0; s < 100; s++) {
            unsigned option = (unsigned)(subject_random(&random) >> 33) % bench.shape.options;
            uint64_t set = choices(&bench, option) | moment_of(&bench, bench.state).away;
            look_at_choices(&bench);
            if (machine_enabled(bench.machine, bench.state) == 0)
                break;
            if (set == 0)
                continue;
            if (!take(&bench, option, random_thread(set, &random)))
                break;
            walked++;
        }
    }
    CU_ASSERT(walked > 1000);
    close_bench(&bench);
}

static void test_random_walks(void)
{
    static const char *const texts[] = {
        three,
        uneven,
        waiting,
        yielding,
        away,
        ".var x\n.mutex m\n.main\n.rept 3\n lock m\n io\n.tick 2\n add $1, x\n unlock m\n.tick 0\n yield\n.endr\n"};
    static const char *const wanted[][2] = {
        {"free", ""},
        {"tick", "quantum=1"},
        {"tick", "quantum=3 phase=any"},
        {"tick", "quantum=4 pick=round-robin phase=1"},
        {"signal", "quantum=1"},
        {"signal", "quantum=5 phase=any"},
        {"signal", "quantum=3 pick=round-robin arrival=4"},
        {"signal", "quantum=3 arrival=never"},
        {"parallel", "lag=1"},
        {"parallel", "lag=2 offset=0,5"},
        {"parallel", "lag=4 offset=9,0"},
        {"preemptions", "bound=0"},
        {"preemptions", "bound=2"},
    };
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++)
            walk_at_random(texts[t], wanted[w][0], wanted[w][1]);
}

/* ---- Refusals, as replay tells them ------------------------------------------------------------------------------ */

static void check_refusal(const char *text, const char *kind, const char *parameters, const char *schedule,
                          const char *expected)
{
    struct error error = ERROR_INIT;
    uint32_t threads[TOLD_MAX];
    size_t count = 0;
    struct program *program = subject_program(text, 2, 1);
    struct scheduler *scheduler = make(kind, parameters, program->thread_count, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scheduler);
    for (; *schedule != '\0'; schedule++)
        if (*schedule != ' ')
            threads[count++] = (uint32_t)(*schedule - '0');
    struct trace *trace = subject_replay(program, scheduler, 0, threads, count, &error);
    CU_ASSERT_PTR_NULL(trace);
    CU_ASSERT_STRING_EQUAL(error.text, expected);
    if (strcmp(error.text, expected) != 0)
        unit_note("%s", error.text);
    trace_free(trace);
    scheduler_free(scheduler);
    program_free(program);
}

static void test_refusals(void)
{
    check_refusal(three, "tick", "quantum=3", "0 0 1",
                  "step 3: the tick scheduler does not allow thread 1 (T1) to step: the quantum of thread 0 (T0) is "
                  "not over, 2 of 3 ticks are used; could have stepped: 0");
    check_refusal(three, "tick", "quantum=2 pick=round-robin", "0 0 0",
                  "step 3: the tick scheduler does not allow thread 0 (T0) to step: it is the turn of thread 1 (T1); "
                  "could have stepped: 1");
    check_refusal(three, "signal", "quantum=5 arrival=1 pick=round-robin", "0 0",
                  "step 2: the signal scheduler does not allow thread 0 (T0) to step: the signal arrives now, and it "
                  "is the turn of thread 1 (T1); could have stepped: 1");
    check_refusal(
        three, "tick", "quantum=5 phase=any", "0",
        "the phase of the tick scheduler is open (expected a phase at the beginning of the schedule, as in 'phase 0', "
        "or --phase with a number)");
    check_refusal(three, "parallel", "lag=2", "1 1 1",
                  "step 3: the parallel scheduler does not allow thread 1 (T1) to step: it would be 3 steps ahead of "
                  "thread 0 (T0), more than the lag of 2; could have stepped: 0");
    check_refusal(three, "preemptions", "bound=1", "0 1 0",
                  "step 3: the preemptions scheduler does not allow thread 0 (T0) to step: thread 1 (T1) could go on, "
                  "and all preemptions are used (1); could have stepped: 1");
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"kinds and their parameters", test_names},
        {"defaults, and descriptions that make the same", test_described},
        {"choices that were made are named", test_choices},
        {"mistakes", test_mistakes},
        {"free", test_free},
        {"tick: any", test_tick_any},
        {"tick: round-robin", test_tick_round_robin},
        {"tick: phase", test_tick_phase},
        {"tick: costs", test_tick_costs},
        {"tick: yields", test_tick_yields},
        {"tick: returns", test_tick_returns},
        {"tick: memory", test_tick_memory},
        {"signal", test_signal},
        {"parallel: lags", test_parallel_lags},
        {"parallel: offsets", test_parallel_offsets},
        {"parallel: waiting", test_parallel_waiting},
        {"parallel: memory", test_parallel_memory},
        {"preemptions", test_preemptions},
        {"random walks", test_random_walks},
        {"refusals", test_refusals},
        CU_TEST_INFO_NULL,
    };
    return unit_run("scheduler", tests);
}
