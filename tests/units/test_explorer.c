/* The shortest schedules to a deadlock and to an overlap: by hand with an observer, against a naive search by length, and as the
 * analysis tells them. */
#include "base/memory.h"
#include "models/catalogue.h"
#include "schedulers/scheduler.h"
#include "space/explorer.h"
#include "space/macrostep.h"
#include "tests/oracles/random_program.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <string.h>

static const char crossed[] = ".var x\n.mutex m\n.mutex n\n"
                              ".thread A\n lock m\n lock n\n unlock n\n unlock m\n"
                              ".thread B\n lock n\n lock m\n unlock m\n unlock n\n";

/* Runs to a deadlock without any preemption, too, when B waits for what never comes. */
static const char crossed_or_lost[] = ".var x\n.mutex m\n.mutex n\n.semaphore never, 0\n"
                                      ".thread A\n lock m\n lock n\n unlock n\n unlock m\n"
                                      ".thread B\n lock n\n lock m\n unlock m\n unlock n\n nop\n wait never\n";

/* ---- Telling --------------------------------------------------------------------------------------------------- */

static char *tell_schedule(const struct schedule *schedule)
{
    static const struct thread_names no_names = {0};
    struct text text = TEXT_INIT;
    schedule_print(&text, schedule, &no_names, SCHEDULE_DIGIT_ROW, SIZE_MAX);
    return text.length > 0 ? text_take(&text) : memory_copy_string("");
}

static void expect_told(char *told, const char *expected)
{
    CU_ASSERT_STRING_EQUAL(told, expected);
    if (strcmp(told, expected) != 0)
        unit_note("expected '%s', got '%s'", expected, told);
    memory_free(told);
}

static struct scheduler *make(const char *kind, const char *names, const int64_t *numbers, size_t threads)
{
    struct error error = ERROR_INIT;
    struct property *parameters = NULL;
    size_t count = 0;
    char *list = memory_copy_string(names), *rest = list;
    for (char *name = strtok_r(list, " ", &rest); name != NULL; name = strtok_r(NULL, " ", &rest)) {
        if (numbers[count] >= 0)
            property_add_number(&parameters, &count, name, numbers[count]);
        else
            property_add_text(&parameters, &count, name, "any");
    }
    struct scheduler *scheduler = scheduler_new(kind, parameters, count, threads, &error);
    if (scheduler == NULL)
        unit_note("%s", error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scheduler);
    property_free_list(parameters, count);
    memory_free(list);
    return scheduler;
}

/* ---- The explorer itself --------------------------------------------------------------------------------------- */

/* What is looked for: a deadlock, or two threads inside the same critical section. */
enum goal { DEADLOCK, OVERLAP };

struct bench {
    struct program *program;
    struct machine *machine;
    struct budget budget;
    struct explorer explorer;
    enum goal goal;
    size_t begins; /* what the observer was told of, since it began */
    size_t starts;
    size_t found;
    size_t steps;
};

static bool is_no_goal(void *context, const struct system_choices *choices)
{
    struct bench *self = context;
    const uint64_t *state = self->explorer.state;
    if (self->goal == OVERLAP)
        return !macrostep_finds_overlap(self->machine, state);
    return !system_is_end(choices) || machine_finished(self->machine, state) == machine_everybody(self->machine);
}

static bool count_step(void *context, const struct explorer_step *step)
{
    struct bench *self = context;
    self->starts += step->step == NULL;
    self->steps += step->step != NULL;
    self->found += step->is_new;
    return true;
}

static void count_begin(void *context)
{
    struct bench *self = context;
    self->starts = self->found = self->steps = 0;
    self->begins++;
}

static const struct explorer_observer observer = {.begin = count_begin, .state = is_no_goal, .step = count_step};

static enum explorer_result explore(struct bench *self, const char *text, const struct scheduler *scheduler,
                                    uint64_t max_states)
{
    struct explorer_options options = {.phase = "test", .max_states = max_states};
    self->program = subject_program(text, 2, 1);
    self->machine = machine_new(self->program, NULL, false);
    budget_start(&self->budget);
    return explorer_run(&self->explorer, self->machine, scheduler != NULL ? scheduler : scheduler_free_choice(),
                        &options, &observer, self, &self->budget);
}

static void close_bench(struct bench *self)
{
    explorer_free(&self->explorer);
    machine_free(self->machine);
    program_free(self->program);
}

/* "01", with " start 2" and " arrival 3" where there is something to tell, or why nothing was found. */
static char *tell_search(const char *text, const struct scheduler *scheduler, enum goal goal)
{
    struct bench bench = {.goal = goal};
    struct text told = TEXT_INIT;
    enum explorer_result result = explore(&bench, text, scheduler, 0);
    /* Where the observer ends it, more may have been found than it was told. */
    CU_ASSERT(result == EXPLORER_ENDED ? bench.found <= bench.explorer.states.count
                                       : bench.found == bench.explorer.states.count);
    CU_ASSERT_EQUAL(bench.starts, bench.explorer.start_count);
    if (result == EXPLORER_ENDED) {
        struct schedule found = {0};
        explorer_tell_way(&bench.explorer, bench.explorer.here, &found);
        char *schedule = tell_schedule(&found);
        text_print(&told, "%s", schedule);
        memory_free(schedule);
        schedule_free(&found);
    } else {
        text_print(&told, "%s", result == EXPLORER_COMPLETE ? "exhausted" : "stopped");
    }
    close_bench(&bench);
    return text_take(&told);
}

static void test_shortest_is_found(void)
{
    expect_told(tell_search(crossed, NULL, DEADLOCK), "01");
    expect_told(tell_search(crossed_or_lost, NULL, DEADLOCK), "01");
    expect_told(tell_search(".var x\n.semaphore s, 0\n.main\n wait s\n", NULL, DEADLOCK), "");
}

static void test_nothing_is_exhausted(void)
{
    expect_told(tell_search(".var x\n.main\n mov $1, x\n nop\n", NULL, DEADLOCK), "exhausted");
    expect_told(tell_search(crossed, NULL, OVERLAP), "exhausted");
}

/* Sections of different names do not exclude each other; of the shortest ways the first in thread order is taken. */
static void test_first_in_thread_order(void)
{
    static const char different[] = ".var x\n.thread A\n nop\n.critical one\n nop\n.endcritical\n"
                                    ".thread B\n nop\n.critical two\n.critical three\n nop\n"
                                    ".endcritical\n.endcritical\n";
    static const char same[] = ".var x\n.main\n nop\n nop\n.critical\n nop\n.endcritical\n";
    expect_told(tell_search(different, NULL, OVERLAP), "exhausted");
    expect_told(tell_search(same, NULL, OVERLAP), "0011");
}

/* Under a tick scheduler only a quantum that ends between the two locks leads there: with a quantum of 3 the third
 * phase. */
static void test_starts_are_told(void)
{
    struct scheduler *scheduler = make("tick", "quantum phase", (int64_t[]){3, -1}, 2);
    expect_told(tell_search(crossed, scheduler, DEADLOCK), "phase 2 0 1");
    scheduler_free(scheduler);
}

/* A quantum of 4 never ends between the locks; the signal arrives before step 1 (the second) and takes A's
 * processor. */
static void test_arrivals_are_told(void)
{
    struct scheduler *scheduler = make("signal", "quantum phase", (int64_t[]){4, 0}, 2);
    expect_told(tell_search(crossed, scheduler, DEADLOCK), "0 signal 1");
    scheduler_free(scheduler);
    scheduler = make("tick", "quantum phase", (int64_t[]){4, 0}, 2);
    expect_told(tell_search(crossed, scheduler, DEADLOCK), "exhausted");
    scheduler_free(scheduler);
}

static void test_limits(void)
{
    struct bench bench = {.goal = DEADLOCK};
    CU_ASSERT_EQUAL(explore(&bench, crossed, NULL, 2), EXPLORER_TOO_LARGE);
    CU_ASSERT_EQUAL(bench.budget.limit, BUDGET_OK);
    close_bench(&bench);
    memset(&bench, 0, sizeof bench);
    bench.budget.max_memory = 1;
    CU_ASSERT_EQUAL(explore(&bench, crossed, NULL, 0), EXPLORER_LIMIT);
    CU_ASSERT_EQUAL(bench.budget.limit, BUDGET_MEMORY);
    close_bench(&bench);
}

/* Two threads of three steps are a grid of 4 x 4 states, with 2 x 12 steps; a state that is expanded again shows its steps, none new. */
static void test_all_is_told(void)
{
    struct bench bench = {.goal = DEADLOCK};
    CU_ASSERT_EQUAL(explore(&bench, ".var x\n.main\n nop\n nop\n nop\n", NULL, 0), EXPLORER_COMPLETE);
    CU_ASSERT_EQUAL(bench.found, 16);
    CU_ASSERT_EQUAL(bench.steps, 24);
    CU_ASSERT_EQUAL(explorer_expand(&bench.explorer, 0), EXPLORER_GOES_ON);
    CU_ASSERT_EQUAL(bench.found, 16);
    CU_ASSERT_EQUAL(bench.steps, 26);
    close_bench(&bench);
}

/* A value that no simulation has met has no room: the machine is widened, and all begins anew. */
static void test_narrow(void)
{
    static const char hidden[] = ".var x\n.var f\n.thread A\n mov $1, f\n mov $0, f\n"
                                 ".thread B\n nop\n test $1, f\n jne .e\n mov $30, x\n.e\n";
    struct bench bench = {.goal = DEADLOCK};
    CU_ASSERT_EQUAL(explore(&bench, hidden, NULL, 0), EXPLORER_COMPLETE);
    CU_ASSERT(bench.begins > 1);
    CU_ASSERT_EQUAL(bench.found, bench.explorer.states.count);
    CU_ASSERT(bench.steps > bench.found);
    close_bench(&bench);
}

/* ---- Against a search by length -------------------------------------------------------------------------------- */

/* Whether a schedule of exactly `left` more steps leads to a deadlock: the first in thread order is in threads. */
static bool deadlocks_in(const struct machine *machine, const uint64_t *state, size_t left, uint32_t *threads)
{
    uint64_t enabled = machine_enabled(machine, state);
    if (left == 0)
        return enabled == 0 && machine_finished(machine, state) != machine_everybody(machine);
    for (uint32_t t = 0; t < machine_thread_count(machine); t++) {
        uint64_t after[64];
        struct step step;
        if ((enabled >> t & 1) == 0)
            continue;
        memcpy(after, state, sizeof after);
        machine_step(machine, after, t, &step);
        threads[0] = t;
        if (step.result == STEP_TAKEN && deadlocks_in(machine, after, left - 1, threads + 1))
            return true;
    }
    return false;
}

enum { LONGEST = 16 };

static char *tell_by_length(const struct program *program)
{
    struct machine *machine = machine_new(program, NULL, true);
    uint64_t state[64] = {0};
    uint32_t threads[LONGEST];
    char *told = NULL;
    CU_ASSERT_FATAL(machine_bits(machine) <= sizeof state * 8);
    machine_start(machine, state);
    for (size_t length = 0; length < LONGEST && told == NULL; length++)
        if (deadlocks_in(machine, state, length, threads)) {
            struct schedule schedule = subject_schedule(threads, length);
            told = tell_schedule(&schedule);
            schedule_free(&schedule);
        }
    machine_free(machine);
    return told;
}

/* The analysis, sliced and with symmetry, must find the same schedule. */
static void compare(const struct program *program, const char *text, size_t *deadlocks)
{
    struct outcome *outcome = subject_analyse(program, &(struct analysis_options){.witness = WITNESS_DEADLOCK});
    if (outcome->complete && outcome->can_deadlock && outcome->depth > 0 && outcome->depth < LONGEST) {
        CU_ASSERT_EQUAL_FATAL(outcome->witness_count, 1);
        const struct outcome_witness *witness = &outcome->witnesses[0];
        char *expected = tell_by_length(program);
        CU_ASSERT_PTR_NOT_NULL_FATAL(expected);
        char *told = tell_schedule(&witness->schedule);
        CU_ASSERT_STRING_EQUAL(told, expected);
        if (strcmp(told, expected) != 0)
            unit_note("expected %s, got %s:\n%s", expected, told, text);
        memory_free(told);
        memory_free(expected);
        (*deadlocks)++;
    }
    outcome_free(outcome);
}

static void test_random_programs(void)
{
    static const unsigned features = RANDOM_MUTEXES | RANDOM_SEMAPHORES | RANDOM_BRANCHES | RANDOM_CONSTANTS;
    struct random_options options = {.features = features, .max_schedules = 4000, .max_steps = 7};
    size_t deadlocks = 0;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        struct random_program *random = random_program_new(seed, &options);
        struct program *program = subject_program(random->text, random->threads, 1);
        compare(program, random->text, &deadlocks);
        program_free(program);
        random_program_free(random);
    }
    CU_ASSERT(deadlocks >= 40);
    if (deadlocks < 40)
        unit_note("only %zu programs deadlock", deadlocks);
}

/* ---- Critical sections, some of them shared --------------------------------------------------------------------- */

/* What the instruction before which a thread stands belongs to. */
static uint64_t sections_at(const struct program *program, const struct machine *machine, const uint64_t *state,
                            size_t thread, uint64_t *shared)
{
    const struct code *code = program_code(program, thread);
    uint32_t index = machine_index(machine, state, thread);
    *shared = index < code->count ? code->instructions[index].shared : 0;
    return index < code->count ? code->instructions[index].sections : 0;
}

/* Two threads in one section that they do not both share. */
static bool is_overlap(const struct program *program, const struct machine *machine, const uint64_t *state)
{
    for (size_t t = 0; t < program->thread_count; t++)
        for (size_t u = 0; u < t; u++) {
            uint64_t shared, shared_too;
            uint64_t both =
                sections_at(program, machine, state, t, &shared) & sections_at(program, machine, state, u, &shared_too);
            if ((both & ~(shared & shared_too)) != 0)
                return true;
        }
    return false;
}

/* Whether some schedule comes to one: all are tried. */
static bool can_overlap(const struct program *program, const struct machine *machine, const uint64_t *state)
{
    uint64_t enabled = machine_enabled(machine, state);
    if (is_overlap(program, machine, state))
        return true;
    for (uint32_t t = 0; t < program->thread_count; t++) {
        uint64_t after[64];
        struct step step;
        if ((enabled >> t & 1) == 0)
            continue;
        memcpy(after, state, sizeof after);
        machine_step(machine, after, t, &step);
        if (step.result == STEP_TAKEN && can_overlap(program, machine, after))
            return true;
    }
    return false;
}

/* A program whose sections have a name or none, and are shared or not, as is drawn. */
static char *mark_kinds(const char *program, uint64_t *random)
{
    static const char *const kinds[] = {".critical", ".critical room", ".critical room, shared",
                                        ".critical room, shared"};
    char *marked = random_program_mark_sections(program, 3, random);
    struct text result = TEXT_INIT;
    size_t number = 0;
    for (const char *line = marked; *line != '\0'; line += strcspn(line, "\n") + 1)
        if (strncmp(line, ".critical\n", 10) == 0)
            text_print(&result, "%s\n", kinds[*random >> 2 * (number++ % 30) & 3]);
        else
            text_print(&result, "%.*s\n", (int)strcspn(line, "\n"), line);
    memory_free(marked);
    return text_take(&result);
}

static void check_sections(uint64_t seed, size_t *counts)
{
    unsigned features = RANDOM_CONSTANTS | (seed % 2 == 0 ? 0 : RANDOM_MUTEXES | RANDOM_BRANCHES);
    struct random_options options = {.features = features, .max_schedules = 2000, .max_steps = 6};
    struct random_program *random = random_program_new(seed, &options);
    uint64_t draw = seed * 0x9e3779b97f4a7c15, state[64] = {0};
    char *text = mark_kinds(random->text, &draw);
    struct program *program = subject_program(text, random->threads, 1);
    struct outcome *outcome = subject_analyse(program, &(struct analysis_options){.no_slice = seed % 4 == 0});
    struct machine *machine = machine_new(program, NULL, true);
    machine_start(machine, state);
    if (outcome->has_exclusion && outcome->complete) {
        bool overlaps = can_overlap(program, machine, state);
        CU_ASSERT_EQUAL(outcome->is_exclusive, !overlaps);
        if (outcome->is_exclusive == overlaps)
            unit_note("seed %d:\n%s", (int)seed, text);
        counts[overlaps]++;
    }
    machine_free(machine);
    outcome_free(outcome);
    program_free(program);
    memory_free(text);
    random_program_free(random);
}

/* Straight programs are grids, which are not walked through; those with branches, or without the slice, are graphs. */
static void test_random_sections(void)
{
    size_t counts[2] = {0};
    for (uint64_t seed = 1; seed <= 400; seed++)
        check_sections(seed, counts);
    CU_ASSERT(counts[false] > 40);
    CU_ASSERT(counts[true] > 40);
}

/* ---- As the analysis tells it ---------------------------------------------------------------------------------- */

/* "value 0:0101 deadlock:01 overlap:..", the exclusion before it: "exclusive ", "overlapping " or nothing. */
static char *tell_outcome(const char *text, unsigned threads, unsigned iters, const struct analysis_options *options)
{
    static const char *const ends[] = {"value", "deadlock", "failure", "overlap"};
    struct program *program = subject_program(text, threads, iters);
    struct outcome *outcome = subject_analyse(program, options);
    struct text told = TEXT_INIT;
    text_print(&told, "%s", !outcome->has_exclusion ? "unmarked" : outcome->is_exclusive ? "exclusive" : "overlapping");
    for (size_t w = 0; w < outcome->witness_count; w++) {
        const struct outcome_witness *witness = &outcome->witnesses[w];
        char *schedule = tell_schedule(&witness->schedule);
        text_print(&told, " %s:%s", ends[witness->end], schedule);
        CU_ASSERT_EQUAL(witness->trace->step_count, schedule_step_count(&witness->schedule));
        CU_ASSERT((witness->trace->overlap_text != NULL) == (witness->end == OUTCOME_OVERLAP));
        memory_free(schedule);
    }
    for (size_t o = 0; o < outcome->omission_count; o++)
        text_print(&told, " without %s", outcome->omissions[o].question);
    outcome_free(outcome);
    program_free(program);
    return text_take(&told);
}

static void expect_outcome(const char *text, enum witness_wish wish, const char *expected)
{
    expect_told(tell_outcome(text, 2, 1, &(struct analysis_options){.witness = wish}), expected);
}

static void test_wishes(void)
{
    static const char greedy[] =
        ".var x\n.mutex m\n.thread A\n lock m\n mov $1, x\n.thread B\n nop\n lock m\n mov $2, x\n";
    expect_outcome(greedy, WITNESS_DEADLOCK, "unmarked deadlock:001");
    expect_outcome(greedy, WITNESS_MINIMUM, "unmarked deadlock:001");
    expect_outcome(greedy, WITNESS_FAILURE, "unmarked");
    expect_outcome(greedy, WITNESS_OVERLAP, "unmarked");
    expect_outcome(greedy, WITNESS_NONE, "unmarked");
    expect_outcome(crossed_or_lost, WITNESS_DEADLOCK, "unmarked deadlock:01");
}

/* All that can be: A and B are inside together after one step each. When A has taken k, which it keeps, B waits for
 * ever. When B has stored before A tests, A unlocks what it does not hold. Between these lies the only value. */
static const char calamity[] =
    ".var x\n.mutex k\n.mutex m\n"
    ".thread A\n nop\n.critical\n nop\n.endcritical\n test $0, x\n je .fine\n unlock m\n.fine\n lock k\n"
    ".thread B\n nop\n.critical\n nop\n.endcritical\n mov $1, x\n lock k\n unlock k\n";

static void test_order_of_witnesses(void)
{
    expect_outcome(calamity, WITNESS_MINIMUM,
                   "overlapping deadlock:00000111 failure:1111100000 overlap:01 value:0000111110");
    expect_outcome(calamity, WITNESS_ALL,
                   "overlapping deadlock:00000111 failure:1111100000 overlap:01 value:0000111110");
    expect_outcome(calamity, WITNESS_OVERLAP, "overlapping overlap:01");
    expect_outcome(calamity, WITNESS_FAILURE, "overlapping failure:1111100000");
}

static void test_exclusion_by_locks(void)
{
    const char *lock = catalogue_find("lock")->text;
    expect_told(tell_outcome(lock, 3, 2, &(struct analysis_options){.witness = WITNESS_OVERLAP}), "exclusive");
    const char *semaphore = catalogue_find("semaphore")->text;
    expect_told(tell_outcome(semaphore, 2, 2, &(struct analysis_options){.witness = WITNESS_OVERLAP}), "exclusive");
    expect_outcome(".var x\n.semaphore s, 2\n.main\n wait s\n.critical\n add $1, x\n.endcritical\n post s\n",
                   WITNESS_OVERLAP, "overlapping overlap:01");
}

/* A flag that is tested and set in two steps is no lock: T1 tests before T0 sets it. */
static void test_exclusion_by_flags(void)
{
    expect_outcome(".var flag\n.main\n.again\n test $1, flag\n je .again\n mov $1, flag\n"
                   ".critical\n nop\n.endcritical\n mov $0, flag\n",
                   WITNESS_OVERLAP, "overlapping overlap:001011");
}

static const char straight[] = ".var x\n.main\n nop\n.critical\n add $1, x\n.endcritical\n";
static const char apart[] = ".var x\n.thread A\n nop\n.critical a\n add $1, x\n.endcritical\n"
                            ".thread B\n nop\n.critical b\n add $1, x\n.endcritical\n";

static void test_exclusion_in_a_grid(void)
{
    expect_outcome(straight, WITNESS_OVERLAP, "overlapping overlap:01");
    expect_outcome(apart, WITNESS_OVERLAP, "exclusive");
    expect_told(tell_outcome(straight, 3, 1, &(struct analysis_options){.witness = WITNESS_OVERLAP}),
                "overlapping overlap:01");
    expect_told(tell_outcome(straight, 1, 1, &(struct analysis_options){.witness = WITNESS_OVERLAP}), "exclusive");
}

/* Within a quantum a thread is through; in the last tick of one it is not. Found between the states that are stored. */
static void test_exclusion_by_quanta(void)
{
    struct scheduler *scheduler = make("tick", "quantum", (int64_t[]){2}, 2);
    struct analysis_options options = {.witness = WITNESS_OVERLAP, .scheduler = scheduler};
    expect_told(tell_outcome(straight, 2, 1, &options), "exclusive");
    scheduler_free(scheduler);
    options.scheduler = scheduler = make("tick", "quantum phase", (int64_t[]){2, -1}, 2);
    expect_told(tell_outcome(straight, 2, 1, &options), "overlapping overlap:phase 1 0 1");
    scheduler_free(scheduler);
}

static void test_what_was_seen_counts(void)
{
    static const char permits[] =
        ".var x\n.semaphore s, 2\n.main\n.rept ITERS\n wait s\n.critical\n add $1, x\n.endcritical\n post s\n.endr\n";
    static const char lock[] =
        ".var x\n.mutex m\n.main\n.rept ITERS\n lock m\n.critical\n add $1, x\n.endcritical\n unlock m\n.endr\n";
    struct budget budget = {.max_states = 200};
    struct analysis_options options = {.witness = WITNESS_OVERLAP, .budget = &budget};
    expect_told(tell_outcome(permits, 3, 50, &options), "overlapping overlap:01");
    expect_told(tell_outcome(lock, 3, 50, &options), "unmarked");
}

static void test_what_costs_too_much_is_left_out(void)
{
    struct program *program = subject_program(crossed, 2, 1);
    struct analysis_options options = {
        .questions = QUESTION_EXTREMES | QUESTION_WITNESS, .witness = WITNESS_DEADLOCK, .patience = 2e-6};
    struct outcome *outcome = subject_analyse(program, &options);
    CU_ASSERT_TRUE(outcome->complete);
    CU_ASSERT_TRUE(outcome->can_deadlock);
    CU_ASSERT_EQUAL(outcome->witness_count, 0);
    CU_ASSERT_EQUAL_FATAL(outcome->omission_count, 1);
    CU_ASSERT_STRING_EQUAL(outcome->omissions[0].question, "deadlock");
    CU_ASSERT_STRING_EQUAL(outcome->omissions[0].remedy, "--compute witness");
    outcome_free(outcome);
    program_free(program);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"the shortest schedule is found", test_shortest_is_found},
        {"what does not exist is not found", test_nothing_is_exhausted},
        {"the first in thread order is found", test_first_in_thread_order},
        {"starts are told", test_starts_are_told},
        {"arrivals are told", test_arrivals_are_told},
        {"limits are kept", test_limits},
        {"every state and step is told", test_all_is_told},
        {"values that have no room", test_narrow},
        {"random programs deadlock as a search by length says", test_random_programs},
        {"sections of random programs, shared ones too, overlap as all schedules say", test_random_sections},
        {"witnesses are those asked for", test_wishes},
        {"witnesses are in order", test_order_of_witnesses},
        {"locks exclude", test_exclusion_by_locks},
        {"flags do not", test_exclusion_by_flags},
        {"exclusion in a grid", test_exclusion_in_a_grid},
        {"exclusion under the tick scheduler", test_exclusion_by_quanta},
        {"an overlap that was seen counts in an incomplete search", test_what_was_seen_counts},
        {"what costs too much is left out", test_what_costs_too_much_is_left_out},
        CU_TEST_INFO_NULL,
    };
    return unit_run("explorer", tests);
}
