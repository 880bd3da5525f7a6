/* Starvation: small programs whose answers were worked out by hand, and random ones against a naive judge. Takes a number of random
 * programs as its argument: tests/units/test_starvation 2000. */
#include "base/memory.h"
#include "schedulers/scheduler.h"
#include "space/system.h"
#include "tests/oracles/random_program.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- Telling --------------------------------------------------------------------------------------------------- */

static struct scheduler *make(const char *kind, const struct property *parameters, size_t count, size_t threads)
{
    struct error error = ERROR_INIT;
    struct scheduler *scheduler = scheduler_new(kind, parameters, count, threads, &error);
    if (scheduler == NULL)
        unit_note("%s", error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scheduler);
    return scheduler;
}

static struct scheduler *make_tick(int64_t quantum, const char *pick, size_t threads)
{
    struct property *parameters = NULL;
    size_t count = 0;
    property_add_number(&parameters, &count, "quantum", quantum);
    property_add_text(&parameters, &count, "pick", pick);
    struct scheduler *scheduler = make("tick", parameters, count, threads);
    property_free_list(parameters, count);
    return scheduler;
}

static struct outcome *analyse(const char *text, const struct scheduler *scheduler, enum outcome_fairness fairness,
                               unsigned iters)
{
    struct program *program = subject_program(text, 2, iters);
    struct analysis_options options = {
        .scheduler = scheduler, .ask_starvation = true, .fairness = fairness, .witness = WITNESS_NONE};
    struct outcome *outcome = subject_analyse(program, &options);
    program_free(program);
    return outcome;
}

/* "A:starves B:2/3": for ever; for at most 2 steps and 3 ticks of the others; "C:unbounded". */
static char *tell(const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    text_print(&text, "%s", outcome->has_starvation ? "" : "unknown");
    for (size_t w = 0; w < outcome->wait_count; w++) {
        const struct outcome_wait *wait = &outcome->waits[w];
        text_print(&text, "%s%s:", w > 0 ? " " : "", wait->thread);
        if (wait->starves)
            text_print(&text, "starves");
        else if (wait->is_bounded)
            text_print(&text, "%" PRIu64 "/%" PRIu64, wait->steps, wait->ticks);
        else
            text_print(&text, "unbounded");
        CU_ASSERT_EQUAL(wait->starves, wait->loop_count > 0);
        CU_ASSERT_EQUAL(wait->starves, wait->trace != NULL);
    }
    return text_take(&text);
}

static void expect_told(char *told, const char *expected, const char *what)
{
    CU_ASSERT_STRING_EQUAL(told, expected);
    if (strcmp(told, expected) != 0)
        unit_note("%s: expected '%s', got '%s'", what, expected, told);
    memory_free(told);
}

static void expect_under(const char *text, const struct scheduler *scheduler, unsigned iters, const char *none,
                         const char *weak, const char *strong)
{
    const char *expected[] = {none, weak, strong};
    static const char *const names[] = {"no fairness", "weak fairness", "strong fairness"};
    for (int fairness = FAIRNESS_NONE; fairness <= FAIRNESS_STRONG; fairness++) {
        struct outcome *outcome = analyse(text, scheduler, (enum outcome_fairness)fairness, iters);
        CU_ASSERT_EQUAL(outcome->fairness, (enum outcome_fairness)fairness);
        CU_ASSERT_EQUAL(outcome->can_starve, strstr(expected[fairness], "starves") != NULL);
        expect_told(tell(outcome), expected[fairness], names[fairness]);
        outcome_free(outcome);
    }
}

static void expect(const char *text, const char *none, const char *weak, const char *strong)
{
    expect_under(text, NULL, 1, none, weak, strong);
}

/* "01 (110)": the stem, and the loop. */
static char *tell_lasso(const struct outcome_wait *wait)
{
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < wait->stem_count + wait->loop_count; i++)
        text_print(&text, "%s%u", i == wait->stem_count ? "(" : "",
                   wait->schedule.actions[i + schedule_first_step(&wait->schedule)].thread);
    text_print(&text, ")");
    return text_take(&text);
}

static void expect_lasso(const char *text, const struct scheduler *scheduler, enum outcome_fairness fairness,
                         size_t thread, const char *expected)
{
    struct outcome *outcome = analyse(text, scheduler, fairness, 1);
    CU_ASSERT_FATAL(thread < outcome->wait_count);
    expect_told(tell_lasso(&outcome->waits[thread]), expected, text);
    outcome_free(outcome);
}

/* ---- Programs without critical sections ------------------------------------------------------------------------ */

/* Two semaphores hand the turn to and fro. Where B has just let A go, A may stand at its jump still: it jumps,
 * waits, posts and jumps before it is stuck without B. */
static const char ping_pong[] = ".var x\n.semaphore a, 1\n.semaphore b, 0\n"
                                ".thread A\n.again\n wait a\n post b\n j .again\n"
                                ".thread B\n.again\n wait b\n post a\n j .again\n";

static void test_turns(void)
{
    expect(ping_pong, "A:4/4 B:4/4", "A:4/4 B:4/4", "A:4/4 B:4/4");
}

/* A looks at a flag that B sets when it is let. */
static const char flag[] = ".var flag\n.thread A\n.again\n test $0, flag\n je .again\n.thread B\n nop\n mov $1, flag\n";

static void test_a_flag(void)
{
    expect(flag, "A:2/2 B:starves", "A:2/2 B:unbounded", "A:2/2 B:unbounded");
    expect_lasso(flag, NULL, FAIRNESS_NONE, 1, "(00)");
}

/* Whoever waits for the mutex may step whenever it is free, again and again, but not always. */
static const char barging[] = ".var x\n.mutex m\n.main\n.again\n lock m\n unlock m\n j .again\n";

static void test_barging(void)
{
    expect(barging, "T0:starves T1:starves", "T0:starves T1:starves", "T0:unbounded T1:unbounded");
    expect_lasso(barging, NULL, FAIRNESS_NONE, 0, "(111)");
    expect_lasso(barging, NULL, FAIRNESS_WEAK, 1, "(000)");
}

/* T waits for a mutex. U could give it back for good (then T must be let in by strong fairness), but may as well
 * keep it while V has set the flag: only a part of the component is fair, in which T may never step. */
static const char keeping[] = ".var flag\n.mutex m\n"
                              ".thread T\n.again\n lock m\n unlock m\n j .again\n"
                              ".thread U\n.again\n lock m\n.keep\n test $1, flag\n je .keep\n unlock m\n j .again\n"
                              ".thread V\n.again\n mov $1, flag\n mov $0, flag\n j .again\n";

static void test_parts_of_components(void)
{
    expect(keeping, "T:starves U:starves V:starves", "T:starves U:starves V:unbounded",
           "T:starves U:unbounded V:unbounded");
}

/* Last waits for what never comes. In a strongly fair loop both others must step, and that one of them cannot while
 * the other has the mutex does not excuse it. */
static const char last[] = ".var x\n.mutex m\n.semaphore never, 0\n"
                           ".main\n.again\n lock m\n nop\n unlock m\n j .again\n.thread last\n wait never\n";

static void test_loops_are_fair(void)
{
    expect_lasso(last, NULL, FAIRNESS_NONE, 2, "(0000)");
    expect_lasso(last, NULL, FAIRNESS_WEAK, 2, "(0000)");
    expect_lasso(last, NULL, FAIRNESS_STRONG, 2, "(00010111)");
}

/* B tests for ever what nobody sets; that it does so alone, when A has finished, starves nobody. */
static const char lonely[] = ".var flag\n.thread A\n nop\n.thread B\n.again\n test $1, flag\n jne .again\n";

static void test_a_lonely_spinner(void)
{
    expect(lonely, "A:starves B:1/1", "A:unbounded B:1/1", "A:unbounded B:1/1");
}

/* Straight on: a thread waits for all of the others' steps at most. Each A has 2 ticks, and B's nops none. */
static const char straight[] = ".var x\n.thread A\n.tick 2\n add $1, x\n add $1, x\n"
                               ".thread B\n.tick 0\n nop\n nop\n nop\n";

static void test_straight_threads(void)
{
    expect(straight, "A:3/0 B:2/4", "A:3/0 B:2/4", "A:3/0 B:2/4");
}

/* A takes the mutex and keeps it: B waits in a deadlock, while nobody goes on, but for up to 2 steps before. */
static void test_deadlocks_starve_nobody(void)
{
    static const char kept[] = ".var x\n.mutex m\n.thread A\n lock m\n nop\n.thread B\n lock m\n";
    expect(kept, "A:1/1 B:2/2", "A:1/1 B:2/2", "A:1/1 B:2/2");
}

/* ---- Critical sections ----------------------------------------------------------------------------------------- */

/* A lock made of an atomic exchange. Who spins steps again and again, which no fairness can help. */
#define TEST_AND_SET(before, after)                                                                               \
    ".var flag\n.main\n.again\n mov $1, %ax\n xchg %ax, flag\n test $0, %ax\n jne .again\n" before " nop\n" after \
    " mov $0, flag\n j .again\n"
static const char test_and_set[] = TEST_AND_SET(".critical\n", ".endcritical\n");
static const char unmarked_test_and_set[] = TEST_AND_SET("", "");

static void test_spinning_is_waiting(void)
{
    expect(test_and_set, "T0:starves T1:starves", "T0:starves T1:starves", "T0:starves T1:starves");
    expect(unmarked_test_and_set, "T0:starves T1:starves", "T0:unbounded T1:unbounded", "T0:unbounded T1:unbounded");
}

/* Peterson, Myths about the mutual exclusion problem, 1981: whoever steps at all gets in. */
#define PETERSON(mine, other, turn)                                                                                  \
    ".again\n mov $1, " mine "\n mov $" turn ", turn\n.spin\n test $1, " other "\n jne .in\n test $" turn ", turn\n" \
    " je .spin\n.in\n.critical\n nop\n.endcritical\n mov $0, " mine "\n j .again\n"
static const char peterson[] =
    ".var a\n.var b\n.var turn\n.thread P\n" PETERSON("a", "b", "1") ".thread Q\n" PETERSON("b", "a", "0");

static void test_peterson(void)
{
    expect(peterson, "P:starves Q:starves", "P:unbounded Q:unbounded", "P:unbounded Q:unbounded");
    struct outcome *outcome = analyse(peterson, NULL, FAIRNESS_WEAK, 1);
    CU_ASSERT_TRUE(outcome->has_exclusion);
    CU_ASSERT_TRUE(outcome->is_exclusive);
    outcome_free(outcome);
}

/* Past its only section a thread waits to step, and no longer to get in. */
static const char remainder_after[] = ".var x\n.main\n.critical\n nop\n.endcritical\n.rest\n nop\n j .rest\n";

#define TOGGLING ".thread B\n.again\n mov $1, flag\n mov $0, flag\n j .again\n"

/* Here A wants in, and spins as long as B has its way. */
static const char remainder_before[] =
    ".var flag\n"
    ".thread A\n.rest\n test $2, flag\n jne .rest\n.critical\n nop\n.endcritical\n" TOGGLING;

/* The only way in is a jump that is never taken; and here there is none, though a section follows in the text. */
static const char jump_inside[] = ".var flag\n.thread A\n.rest\n test $2, flag\n je .in\n j .rest\n"
                                  ".in\n.critical\n nop\n.endcritical\n" TOGGLING;
static const char no_way_inside[] = ".var flag\n.thread A\n.rest\n nop\n j .rest\n"
                                    ".critical\n nop\n.endcritical\n" TOGGLING;

static void test_remainders(void)
{
    expect(jump_inside, "A:starves B:starves", "A:starves B:unbounded", "A:starves B:unbounded");
    expect(no_way_inside, "A:starves B:starves", "A:unbounded B:unbounded", "A:unbounded B:unbounded");
    expect(remainder_after, "T0:starves T1:starves", "T0:unbounded T1:unbounded", "T0:unbounded T1:unbounded");
    expect(remainder_before, "A:starves B:starves", "A:starves B:unbounded", "A:starves B:unbounded");
}

/* Where A cannot be kept waiting, its wait goes on through its own steps: 2 of A, with 3 of B before or between
 * them. Inside it waits anew. */
static void test_waits_to_get_in(void)
{
    expect(".var x\n.thread A\n nop\n nop\n.critical\n nop\n.endcritical\n.thread B\n nop\n nop\n nop\n", "A:3/3 B:3/3",
           "A:3/3 B:3/3", "A:3/3 B:3/3");
}

/* ---- Schedulers ------------------------------------------------------------------------------------------------ */

static const char loops[] = ".var x\n.main\n.again\n nop\n j .again\n";
static const char slow_loops[] = ".var x\n.main\n.tick 2\n.again\n nop\n j .again\n";

static void test_quanta(void)
{
    struct scheduler *any = make_tick(3, "any", 2), *turns = make_tick(3, "round-robin", 2);
    struct scheduler *long_turns = make_tick(4, "round-robin", 2);
    expect_under(loops, any, 1, "T0:starves T1:starves", "T0:starves T1:starves", "T0:unbounded T1:unbounded");
    expect_under(loops, turns, 1, "T0:3/3 T1:3/3", "T0:3/3 T1:3/3", "T0:3/3 T1:3/3");
    expect_under(slow_loops, long_turns, 1, "T0:2/4 T1:2/4", "T0:2/4 T1:2/4", "T0:2/4 T1:2/4");
    expect_lasso(loops, any, FAIRNESS_NONE, 0, "(111111)");
    scheduler_free(any);
    scheduler_free(turns);
    scheduler_free(long_turns);
}

/* In lock step nobody waits for more than one step of each other thread, and what one is behind. */
static void test_lags(void)
{
    struct property *parameters = NULL;
    size_t count = 0;
    property_add_number(&parameters, &count, "lag", 1);
    struct scheduler *scheduler = make("parallel", parameters, count, 2);
    property_free_list(parameters, count);
    expect_under(loops, scheduler, 1, "T0:2/2 T1:2/2", "T0:2/2 T1:2/2", "T0:2/2 T1:2/2");
    scheduler_free(scheduler);
}

/* A signal could give each thread the processor at any time, but need not come: it helps nobody who waits. */
static void test_signals_need_not_come(void)
{
    struct property *parameters = NULL;
    size_t count = 0;
    property_add_number(&parameters, &count, "quantum", 3);
    struct scheduler *scheduler = make("signal", parameters, count, 2);
    property_free_list(parameters, count);
    expect_under(loops, scheduler, 1, "T0:starves T1:starves", "T0:starves T1:starves", "T0:unbounded T1:unbounded");
    scheduler_free(scheduler);
}

/* The thread io returns, and waits for the processor, which cpu is given again and again at the end of each quantum
 * of 4. With round-robin it waits for a quantum at most; cpu waits while io adds, leaves, and returns, which costs
 * no tick. Where any thread may be picked, io may return at once each time and win, up to its end: 6 steps, of which
 * 4 have a tick. */
static const char served[] = ".var served\n.thread cpu\n.again\n test $ITERS, served\n jlt .again\n"
                             ".thread io\n.rept ITERS\n io\n add $1, served\n.endr\n";

static void test_input_and_output(void)
{
    struct scheduler *any = make_tick(4, "any", 2), *turns = make_tick(4, "round-robin", 2);
    expect_under(served, any, 2, "cpu:6/4 io:starves", "cpu:6/4 io:starves", "cpu:6/4 io:unbounded");
    expect_under(served, turns, 2, "cpu:3/2 io:4/4", "cpu:3/2 io:4/4", "cpu:3/2 io:4/4");
    scheduler_free(any);
    scheduler_free(turns);
}

/* ---- What is asked --------------------------------------------------------------------------------------------- */

static void test_asked_or_not(void)
{
    struct program *endless = subject_program(flag, 2, 1), *ending = subject_program(straight, 2, 1);
    struct outcome *outcome = subject_analyse(endless, &(struct analysis_options){.witness = WITNESS_NONE});
    CU_ASSERT_TRUE(outcome->has_starvation);
    CU_ASSERT_EQUAL(outcome->fairness, FAIRNESS_NONE);
    outcome_free(outcome);
    outcome = subject_analyse(ending, &(struct analysis_options){.witness = WITNESS_NONE});
    CU_ASSERT_FALSE(outcome->has_starvation);
    outcome_free(outcome);
    program_free(endless);
    program_free(ending);
}

/* Of what has more states than are looked at unasked it is said how to ask. */
static void test_too_large_unasked(void)
{
    static const char large[] = ".var flag\n.main\n.again\n test $0, flag\n je .again\n.rept 600\n nop\n.endr\n"
                                ".thread B\n mov $1, flag\n";
    struct program *program = subject_program(large, 2, 1);
    struct analysis_options options = {.questions = QUESTION_COUNTS, .witness = WITNESS_NONE};
    struct outcome *outcome = subject_analyse(program, &options);
    CU_ASSERT_FALSE(outcome->has_starvation);
    CU_ASSERT_TRUE(outcome->complete);
    CU_ASSERT_TRUE(outcome->endless);
    CU_ASSERT_EQUAL_FATAL(outcome->omission_count, 1);
    CU_ASSERT_STRING_EQUAL(outcome->omissions[0].question, "starvation");
    CU_ASSERT_STRING_EQUAL(outcome->omissions[0].reason, "more than 66666 states");
    CU_ASSERT_STRING_EQUAL(outcome->omissions[0].remedy, "--fairness none");
    outcome_free(outcome);
    options.ask_starvation = true;
    outcome = subject_analyse(program, &options);
    expect_told(tell(outcome), "T0:starves T1:starves B:starves", "large");
    outcome_free(outcome);
    program_free(program);
}

/* ---- A naive judge --------------------------------------------------------------------------------------------- */

enum { STATES_MAX = 192, STATE_QUADS = 8, SET_QUADS = STATES_MAX / 64, EDGES_MAX = STATES_MAX * 12 };

struct naive_edge {
    size_t from, to, thread;
    uint64_t ticks;
};

/* All states of the complete machine, found by comparing each with each. */
struct naive {
    const struct program *program;
    struct machine *machine;
    struct system *system;
    uint64_t states[STATES_MAX][STATE_QUADS];
    uint64_t may[STATES_MAX];
    size_t count;
    struct naive_edge edges[EDGES_MAX];
    size_t edge_count;
    size_t thread;         /* whose waits are judged */
    int kinds[STATES_MAX]; /* 0: does not wait; 1: to step; 2: to get in */
    uint64_t reaches[STATES_MAX][SET_QUADS];
};

static bool contains(const uint64_t *set, size_t element)
{
    return (set[element / 64] >> element % 64 & 1) != 0;
}

/* Returns the number of a state, STATES_MAX where there is no room. */
static size_t naive_number(struct naive *self, const uint64_t *state)
{
    size_t size = self->system->quads * sizeof *state;
    for (size_t n = 0; n < self->count; n++)
        if (memcmp(self->states[n], state, size) == 0)
            return n;
    if (self->count < STATES_MAX)
        memcpy(self->states[self->count++], state, size);
    return self->count < STATES_MAX ? self->count - 1 : STATES_MAX;
}

/* What the instructions of a step cost together, one after the other. */
static uint64_t naive_ticks(const struct naive *self, size_t from, size_t thread, struct action action)
{
    uint64_t now[STATE_QUADS], ticks = 0;
    struct step step;
    memcpy(now, self->states[from], sizeof now);
    do {
        ticks += machine_ticks(self->machine, thread, machine_index(self->machine, now, thread));
        machine_execute(self->machine, now, thread, action.choice, &step);
        action.choice = 0;
    } while (step.result == STEP_TAKEN && machine_goes_on(self->machine, now, thread, &step));
    return ticks;
}

/* Returns false where there is no room, or a value does not fit; the machine is wider then. */
static bool naive_step(struct naive *self, size_t from, const struct system_choices *choices, unsigned option,
                       size_t thread)
{
    uint64_t after[STATE_QUADS];
    struct step step;
    system_step(self->system, self->states[from], choices, option, thread, after, &step);
    if (step.result == STEP_TOO_NARROW)
        machine_widen(self->machine, step.narrow, step.narrow_value);
    if (step.result == STEP_FAILED)
        return true;
    size_t to = step.result == STEP_TAKEN ? naive_number(self, after) : STATES_MAX;
    if (to == STATES_MAX || self->edge_count == EDGES_MAX)
        return false;
    uint64_t ticks =
        choices->away >> thread & 1 ? 0 : naive_ticks(self, from, thread, system_action(self->system, option, thread));
    self->edges[self->edge_count++] = (struct naive_edge){from, to, thread, ticks};
    return true;
}

static bool naive_explore(struct naive *self)
{
    uint64_t first[STATE_QUADS];
    struct system_choices choices;
    bool fits = self->system->quads <= STATE_QUADS;
    self->count = self->edge_count = 0;
    for (uint64_t s = 0; s < system_start_count(self->system) && fits; s++) {
        system_start(self->system, s, first);
        naive_number(self, first);
    }
    for (size_t n = 0; n < self->count && fits; n++) {
        system_choices(self->system, self->states[n], &choices);
        self->may[n] = choices.threads[0] & ~machine_asleep(self->machine, self->states[n]);
        for (size_t t = 0; t < self->system->thread_count; t++)
            for (unsigned o = 0; o < choices.options; o++)
                fits = fits && ((choices.threads[o] >> t & 1) == 0 || naive_step(self, n, &choices, o, t));
    }
    return fits;
}

/* Explores, with room for large values; returns false where there are too many states. */
static bool naive_open(struct naive *self, const struct program *program, const struct scheduler *scheduler)
{
    static const struct system_options options = {0};
    *self = (struct naive){.program = program, .machine = machine_new(program, NULL, false)};
    for (int attempt = 0; attempt < 20; attempt++) {
        self->system = system_new(self->machine, scheduler, &options);
        if (naive_explore(self))
            return true;
        system_free(self->system);
        self->system = NULL;
    }
    return false;
}

static void naive_close(struct naive *self)
{
    system_free(self->system);
    machine_free(self->machine);
}

static int kind_at(const struct code *code, uint32_t index)
{
    if (code->instructions[index].sections != 0)
        return 1;
    return subject_leads_inside(code, index) ? 2 : 1;
}

static void naive_find_kinds(struct naive *self, size_t thread)
{
    const struct code *code = &self->program->codes[self->program->threads[thread].code];
    self->thread = thread;
    for (size_t n = 0; n < self->count; n++) {
        uint32_t index = machine_index(self->machine, self->states[n], thread);
        uint64_t gone = machine_away(self->machine, self->states[n]) | machine_unborn(self->machine, self->states[n]);
        bool away = (gone >> thread & 1) != 0;
        self->kinds[n] = index == code->count || away ? 0 : kind_at(code, index);
    }
}

/* Whether a step leaves the thread waiting. */
static bool keeps_waiting(const struct naive *self, const struct naive_edge *edge)
{
    if (edge->thread != self->thread)
        return self->kinds[edge->from] != 0;
    return self->kinds[edge->from] == 2 && self->kinds[edge->to] == 2;
}

/* The transitive closure (Warshall, A theorem on Boolean matrices, 1962) of those steps, between states where none
 * of some threads may step. */
static void naive_close_over(struct naive *self, uint64_t idle)
{
    memset(self->reaches, 0, sizeof self->reaches);
    for (size_t e = 0; e < self->edge_count; e++) {
        const struct naive_edge *edge = &self->edges[e];
        if (keeps_waiting(self, edge) && ((self->may[edge->from] | self->may[edge->to]) & idle) == 0)
            self->reaches[edge->from][edge->to / 64] |= UINT64_C(1) << edge->to % 64;
    }
    for (size_t k = 0; k < self->count; k++)
        for (size_t i = 0; i < self->count; i++)
            for (size_t w = 0; w < SET_QUADS && contains(self->reaches[i], k); w++)
                self->reaches[i][w] |= self->reaches[k][w];
}

static bool connected(const struct naive *self, size_t a, size_t b)
{
    return contains(self->reaches[a], b) && contains(self->reaches[b], a);
}

/* Whether all states connected with one, gone round for ever, are as fair as is asked, and others step. */
static bool is_fair_round(const struct naive *self, size_t state, enum outcome_fairness fairness, uint64_t idle)
{
    uint64_t steps = 0, always = UINT64_MAX, everybody = machine_everybody(self->machine);
    for (size_t e = 0; e < self->edge_count; e++)
        if (keeps_waiting(self, &self->edges[e]) && connected(self, state, self->edges[e].from) &&
            connected(self, state, self->edges[e].to))
            steps |= UINT64_C(1) << self->edges[e].thread;
    for (size_t n = 0; n < self->count; n++)
        if (connected(self, state, n))
            always &= self->may[n];
    if ((steps & ~(UINT64_C(1) << self->thread)) == 0)
        return false;
    if (fairness == FAIRNESS_WEAK)
        return (always & ~steps) == 0;
    return fairness == FAIRNESS_NONE || (everybody & ~idle & ~steps) == 0;
}

/* By strong fairness: for some set of idle threads, which may step nowhere, all others step. All sets are tried. */
static bool naive_starves(struct naive *self, enum outcome_fairness fairness)
{
    uint64_t sets = fairness == FAIRNESS_STRONG ? UINT64_C(1) << self->system->thread_count : 1;
    for (uint64_t idle = 0; idle < sets; idle++) {
        naive_close_over(self, idle);
        for (size_t n = 0; n < self->count; n++)
            if (contains(self->reaches[n], n) && is_fair_round(self, n, fairness, idle))
                return true;
    }
    return false;
}

/* The longest wait by as many rounds of relaxation as there are states; false where it still grows. */
static bool naive_longest(const struct naive *self, bool in_ticks, uint64_t *longest)
{
    uint64_t lengths[STATES_MAX] = {0};
    bool grows = true;
    *longest = 0;
    for (size_t round = 0; round <= self->count && grows; round++) {
        grows = false;
        for (size_t e = 0; e < self->edge_count; e++) {
            const struct naive_edge *edge = &self->edges[e];
            uint64_t more = edge->thread == self->thread ? 0 : in_ticks ? edge->ticks : 1;
            if (!keeps_waiting(self, edge) || lengths[edge->to] + more <= lengths[edge->from])
                continue;
            lengths[edge->from] = lengths[edge->to] + more;
            grows = true;
        }
    }
    for (size_t n = 0; n < self->count; n++)
        *longest = lengths[n] > *longest ? lengths[n] : *longest;
    return !grows;
}

static char *naive_tell(struct naive *self, enum outcome_fairness fairness)
{
    struct text text = TEXT_INIT;
    for (size_t t = 0; t < self->system->thread_count; t++) {
        uint64_t steps, ticks;
        naive_find_kinds(self, t);
        text_print(&text, "%s%s:", t > 0 ? " " : "", machine_thread_name(self->machine, t));
        if (naive_starves(self, fairness))
            text_print(&text, "starves");
        else if (naive_longest(self, false, &steps) && naive_longest(self, true, &ticks))
            text_print(&text, "%" PRIu64 "/%" PRIu64, steps, ticks);
        else
            text_print(&text, "unbounded");
    }
    return text_take(&text);
}

/* ---- Lassos ---------------------------------------------------------------------------------------------------- */

/* Goes along a lasso under the scheduler that its parameters name, and looks whether the loop is one, and fair. */
static void check_lasso(const struct naive *naive, const char *kind, const struct outcome_wait *wait,
                        enum outcome_fairness fairness)
{
    static const struct system_options options = {0};
    struct scheduler *scheduler = make(kind, wait->parameters, wait->parameter_count, naive->system->thread_count);
    struct system *system = system_new(naive->machine, scheduler, &options);
    uint64_t now[STATE_QUADS + 1], after[STATE_QUADS + 1], entry[STATE_QUADS + 1];
    uint64_t steps = 0, always = UINT64_MAX, sometimes = 0;
    system_start(system, 0, now);
    memcpy(entry, now, sizeof entry);
    for (size_t i = 0; i < wait->stem_count + wait->loop_count; i++) {
        struct system_choices choices;
        struct step step;
        if (i == wait->stem_count)
            memcpy(entry, now, sizeof entry);
        system_choices(system, now, &choices);
        CU_ASSERT_FATAL(choices.threads[0] >> wait->schedule.actions[i + schedule_first_step(&wait->schedule)].thread &
                        1);
        system_step(system, now, &choices, 0, wait->schedule.actions[i + schedule_first_step(&wait->schedule)].thread,
                    after, &step);
        uint64_t asleep = machine_asleep(naive->machine, now);
        memcpy(now, after, sizeof now);
        if (i < wait->stem_count)
            continue;
        uint64_t may = choices.threads[0] & ~asleep;
        steps |= UINT64_C(1) << wait->schedule.actions[i + schedule_first_step(&wait->schedule)].thread;
        always &= may;
        sometimes |= may;
    }
    /* A clock that runs down to the signal is not part of the state. */
    if (strcmp(kind, "signal") != 0)
        CU_ASSERT_EQUAL(memcmp(now, entry, system->quads * sizeof *now), 0);
    CU_ASSERT(fairness != FAIRNESS_WEAK || (always & ~steps) == 0);
    CU_ASSERT(fairness != FAIRNESS_STRONG || (sometimes & ~steps) == 0);
    system_free(system);
    scheduler_free(scheduler);
}

/* ---- Random programs ------------------------------------------------------------------------------------------- */

struct tally {
    size_t judged, starving, unbounded, bounded;
};

static void count(struct tally *tally, const struct outcome *outcome)
{
    tally->judged++;
    for (size_t w = 0; w < outcome->wait_count; w++) {
        tally->starving += outcome->waits[w].starves;
        tally->bounded += outcome->waits[w].is_bounded;
        tally->unbounded += !outcome->waits[w].starves && !outcome->waits[w].is_bounded;
    }
}

static void compare(struct naive *naive, const char *text, const char *kind, const struct scheduler *scheduler,
                    enum outcome_fairness fairness, struct tally *tally)
{
    struct analysis_options options = {.scheduler = scheduler,
                                       .questions = QUESTION_EXTREMES,
                                       .witness = WITNESS_NONE,
                                       .ask_starvation = true,
                                       .fairness = fairness,
                                       .jobs = 1};
    struct outcome *outcome = subject_analyse(naive->program, &options);
    if (outcome->has_starvation) {
        char *expected = naive_tell(naive, fairness);
        expect_told(tell(outcome), expected, text);
        memory_free(expected);
        for (size_t w = 0; w < outcome->wait_count; w++)
            if (outcome->waits[w].starves)
                check_lasso(naive, kind, &outcome->waits[w], fairness);
        count(tally, outcome);
    }
    outcome_free(outcome);
}

/* A scheduler, told by its kind and up to two parameters. */
struct recipe {
    const char *kind;
    const char *number_name;
    int64_t number;
    const char *word_name;
    const char *word;
};

static struct scheduler *cook(const struct recipe *recipe, size_t threads)
{
    struct property *parameters = NULL;
    size_t count = 0;
    if (recipe->number_name != NULL)
        property_add_number(&parameters, &count, recipe->number_name, recipe->number);
    if (recipe->word_name != NULL)
        property_add_text(&parameters, &count, recipe->word_name, recipe->word);
    struct scheduler *scheduler = make(recipe->kind, parameters, count, threads);
    property_free_list(parameters, count);
    return scheduler;
}

static void check_random(uint64_t seed, const struct recipe *recipe, struct naive *naive, struct tally *tally)
{
    struct random_options options = {
        .features = RANDOM_ALL & ~(RANDOM_MISTAKES | RANDOM_OVERFLOWS), .max_schedules = 2000, .max_steps = 6};
    struct random_program *random = random_program_new(seed, &options);
    char *text =
        seed % 2 == 0 ? memory_copy_string(random->text) : random_program_mark_sections(random->text, 5, &seed);
    struct program *program = subject_program(text, random->threads, 1);
    struct scheduler *scheduler = cook(recipe, program->thread_count);
    if (naive_open(naive, program, scheduler))
        for (int fairness = FAIRNESS_NONE; fairness <= FAIRNESS_STRONG; fairness++)
            compare(naive, text, recipe->kind, scheduler, (enum outcome_fairness)fairness, tally);
    naive_close(naive);
    scheduler_free(scheduler);
    program_free(program);
    memory_free(text);
    random_program_free(random);
}

static void test_random_programs(void)
{
    static const struct recipe recipes[] = {
        {"free", NULL, 0, NULL, NULL},
        {"tick", "quantum", 2, "pick", "any"},
        {"tick", "quantum", 2, "pick", "round-robin"},
        {"tick", "quantum", 3, "phase", "any"},
        {"parallel", "lag", 2, NULL, NULL},
        {"preemptions", "bound", 1, NULL, NULL},
        {"signal", "quantum", 2, NULL, NULL},
    };
    enum { RECIPES = sizeof recipes / sizeof *recipes };
    struct tally tally = {0};
    struct naive *naive = memory_new(1, sizeof *naive);
    const uint64_t runs = unit_runs(140, 2000);
    for (uint64_t seed = 1; seed <= runs; seed++)
        check_random(seed, &recipes[seed / 2 % RECIPES], naive, &tally);
    memory_free(naive);
    bool enough = tally.judged >= 100 && tally.starving >= 30 && tally.unbounded >= 10 && tally.bounded >= 30;
    CU_ASSERT(enough);
    if (!enough)
        unit_note("%zu judgements: %zu threads starve, %zu are unbounded, %zu bounded", tally.judged, tally.starving,
                  tally.unbounded, tally.bounded);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"turns by semaphores", test_turns},
        {"a flag", test_a_flag},
        {"a mutex that is barged", test_barging},
        {"a fair part of an unfair component", test_parts_of_components},
        {"loops are fair", test_loops_are_fair},
        {"a lonely spinner", test_a_lonely_spinner},
        {"straight threads", test_straight_threads},
        {"deadlocks starve nobody", test_deadlocks_starve_nobody},
        {"spinning for a section is waiting", test_spinning_is_waiting},
        {"Peterson's algorithm", test_peterson},
        {"remainders", test_remainders},
        {"waits to get in", test_waits_to_get_in},
        {"quanta", test_quanta},
        {"lags", test_lags},
        {"signals need not come", test_signals_need_not_come},
        {"input and output", test_input_and_output},
        {"asked or not", test_asked_or_not},
        {"too large unasked", test_too_large_unasked},
        {"random programs, against a naive judge", test_random_programs},
        CU_TEST_INFO_NULL,
    };
    return unit_run("starvation", tests);
}
