#include "base/memory.h"
#include "space/system.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

enum { QUADS_MAX = 128, STEPS_MAX = 40 };

struct bench {
    struct program *program;
    struct machine *machine;
    struct scheduler *scheduler; /* NULL: free */
    struct system *system;
};

/* A kind of scheduler with the numbers of its parameters. */
struct wanted {
    const char *kind;
    const char *names[2];
    int64_t numbers[2];
};

static void open_bench_under(struct bench *self, const char *text, unsigned threads, const struct wanted *wanted,
                             const struct system_options *options)
{
    struct error error = ERROR_INIT;
    struct property *list = NULL;
    size_t count = 0;
    self->program = subject_program(text, threads, 2);
    self->machine = machine_new(self->program, NULL, false);
    for (size_t p = 0; p < 2 && wanted->names[p] != NULL; p++)
        property_add_number(&list, &count, wanted->names[p], wanted->numbers[p]);
    self->scheduler = scheduler_new(wanted->kind, list, count, machine_thread_count(self->machine), &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(self->scheduler);
    property_free_list(list, count);
    self->system = system_new(self->machine, self->scheduler, options);
    CU_ASSERT_TRUE_FATAL(self->system->quads <= QUADS_MAX);
}

static void open_bench(struct bench *self, const char *text, unsigned threads, bool symmetry, bool tracks_last)
{
    struct system_options options = {.symmetry = symmetry, .tracks_last = tracks_last};
    open_bench_under(self, text, threads, &(struct wanted){.kind = "free"}, &options);
}

static void close_bench(struct bench *self)
{
    system_free(self->system);
    scheduler_free(self->scheduler);
    machine_free(self->machine);
    program_free(self->program);
}

static const char race[] = ".var x\n.main\n.rept ITERS\n mov x, %ax\n add $1, %ax\n mov %ax, x\n.endr\n";
static const char locked[] = ".var x\n.mutex m\n.main\n.rept ITERS\n lock m\n mov x, %ax\n add $1, %ax\n mov %ax, x\n"
                             " unlock m\n.endr\n";
/* Threads that are alike, and one of its own behind them. */
static const char mixed[] = ".var x\n.thread B\n mov $5, %ax\n mov %ax, x\n"
                            ".main\n mov x, %ax\n add $1, %ax\n mov %ax, x\n";
/* Blocks of more than one word. */
static const char wide[] =
    ".var x\n.main\n mov $9223372036854775807, %ax\n mov $-9223372036854775807, %bx\n mov x, %cx\n"
    " add $1, %cx\n mov %cx, x\n add %bx, %ax\n add %ax, x\n";
/* Stores wait in buffers, which go along with their threads. */
static const char buffered[] = ".var x\n.var y\n.memory tso\n.main\n mov $1, x\n add $2, y\n mov y, %ax\n add %ax, x\n";

/* A choice of a schedule: a thread, which steps; with FLUSH, its oldest store reaches memory. */
enum { FLUSH = 128 };

static size_t random_choice(uint64_t choices, uint64_t *random)
{
    unsigned count = (unsigned)__builtin_popcountll(choices);
    for (unsigned skip = (unsigned)(subject_random(random) >> 33) % count; skip > 0; skip--)
        choices &= choices - 1;
    return (size_t)__builtin_ctzll(choices);
}

/* Takes a choice into *state itself; only the free scheduler's one option. */
static enum step_result take(const struct system *system, uint64_t *state, size_t choice)
{
    uint64_t after[QUADS_MAX];
    struct system_choices choices;
    struct step step;
    system_choices(system, state, &choices);
    system_step(system, state, &choices, (unsigned)(choice / FLUSH), choice % FLUSH, after, &step);
    if (step.result == STEP_TAKEN)
        memcpy(state, after, system->quads * sizeof *state);
    return step.result;
}

/* Takes the steps of a schedule, with the threads renamed; returns how many could be taken. */
static size_t run(const struct system *system, const uint8_t *schedule, size_t count, const uint8_t *renamed,
                  uint64_t *state)
{
    system_start(system, 0, state);
    for (size_t s = 0; s < count; s++)
        if (take(system, state, renamed[schedule[s] % FLUSH] | (schedule[s] & FLUSH)) != STEP_TAKEN)
            return s;
    return count;
}

static size_t random_schedule(const struct system *system, uint8_t *schedule, size_t limit, uint64_t *random)
{
    uint64_t state[QUADS_MAX];
    struct system_choices choices;
    size_t count = 0;
    system_start(system, 0, state);
    for (system_choices(system, state, &choices); count < limit && !system_is_end(&choices);
         system_choices(system, state, &choices)) {
        bool has_flushes = machine_has_buffers(system->machine) && choices.threads[1] != 0;
        bool is_flush = choices.threads[0] == 0 || (has_flushes && subject_random(random) >> 62 == 0);
        schedule[count] = (uint8_t)(random_choice(choices.threads[is_flush], random) | (is_flush ? FLUSH : 0));
        if (take(system, state, schedule[count]) != STEP_TAKEN)
            break;
        count++;
    }
    return count;
}

/* Renames threads at random within their classes. */
static void random_renaming(const struct machine *machine, uint8_t *renamed, uint64_t *random)
{
    size_t threads = machine_thread_count(machine);
    for (size_t t = 0; t < threads; t++)
        renamed[t] = (uint8_t)t;
    for (size_t t = threads; t-- > 1;) {
        size_t other = (size_t)(subject_random(random) >> 33) % (t + 1);
        if (machine_class(machine, other) != machine_class(machine, t))
            continue;
        uint8_t swap = renamed[t];
        renamed[t] = renamed[other];
        renamed[other] = swap;
    }
}

static bool is_renaming(const struct machine *machine, const uint8_t *moved)
{
    uint64_t seen = 0;
    for (size_t t = 0; t < machine_thread_count(machine); t++) {
        seen |= UINT64_C(1) << moved[t];
        if (machine_class(machine, moved[t]) != machine_class(machine, t))
            return false;
    }
    return (unsigned)__builtin_popcountll(seen) == machine_thread_count(machine);
}

/* What is in a field of a state. */
static uint64_t look(const uint64_t *state, struct system_field field)
{
    if (field.bits == 0)
        return 0;
    return state[field.first / 64] >> field.first % 64 & (UINT64_MAX >> (64 - field.bits));
}

/* What the scheduler remembers of a thread goes along with it. */
static bool memory_moved_along(const struct system *system, const uint64_t *before, const uint64_t *after,
                               const uint8_t *moved)
{
    uint64_t current = look(before, system->current);
    for (size_t t = 0; t < system->thread_count; t++)
        if (look(before, system->own[t]) != look(after, system->own[moved[t]]))
            return false;
    return look(before, system->common) == look(after, system->common) &&
           look(after, system->current) == (current == 0 ? 0 : moved[current - 1] + UINT64_C(1));
}

/* A thread takes its position, its registers and its store buffer along when it moves. */
static bool moved_along(const struct bench *bench, const uint64_t *before, const uint64_t *after, const uint8_t *moved)
{
    for (size_t t = 0; t < machine_thread_count(bench->machine); t++) {
        if (machine_index(bench->machine, before, t) != machine_index(bench->machine, after, moved[t]))
            return false;
        for (unsigned r = 0; r < machine_own_count(bench->machine); r++)
            if (machine_value(bench->machine, before, machine_register_location(bench->machine, t, r)) !=
                machine_value(bench->machine, after, machine_register_location(bench->machine, moved[t], r)))
                return false;
    }
    if (!memory_moved_along(bench->system, before, after, moved))
        return false;
    return !bench->system->tracks_last || system_last_thread(bench->system, before) < 0 ||
           system_last_thread(bench->system, after) == moved[system_last_thread(bench->system, before)];
}

static bool groups_fit(const struct bench *bench, const uint64_t *state)
{
    struct groups groups;
    size_t sum = 0, threads = machine_thread_count(bench->machine);
    system_groups(bench->system, state, &groups);
    for (size_t g = 0; g < groups.count; g++) {
        sum += groups.size[g];
        if (groups.of[groups.leader[g]] != g || (g > 0 && groups.leader[g] <= groups.leader[g - 1]))
            return false;
    }
    for (size_t a = 0; a < threads; a++)
        for (size_t b = 0; b < a; b++) {
            /* in one group exactly where exchanging them changes nothing */
            bool alike = bench->system->symmetric &&
                         machine_class(bench->machine, a) == machine_class(bench->machine, b) &&
                         machine_index(bench->machine, state, a) == machine_index(bench->machine, state, b);
            for (unsigned r = 0; alike && r < machine_own_count(bench->machine); r++)
                alike = machine_value(bench->machine, state, machine_register_location(bench->machine, a, r)) ==
                        machine_value(bench->machine, state, machine_register_location(bench->machine, b, r));
            int mark = bench->system->tracks_last ? system_last_thread(bench->system, state) : -1;
            uint64_t current = look(state, bench->system->current);
            alike = alike && (int)a != mark && (int)b != mark && current != a + 1 && current != b + 1;
            alike = alike && look(state, bench->system->own[a]) == look(state, bench->system->own[b]);
            if (alike != (groups.of[a] == groups.of[b]))
                return false;
        }
    return sum == threads;
}

/* States that differ by an exchange of identical threads have one canonical state, which is canonical itself. */
static void check_canonical(const char *text, unsigned threads, const struct wanted *wanted, bool tracks_last)
{
    struct bench bench;
    uint64_t random = 5 + threads;
    unsigned different = 0, misplaced = 0, unstable = 0, grouped = 0;
    struct system_options options = {.symmetry = true, .tracks_last = tracks_last};
    open_bench_under(&bench, text, threads, wanted, &options);
    CU_ASSERT_TRUE(bench.system->symmetric);
    for (int round = 0; round < 300; round++) {
        uint8_t schedule[STEPS_MAX], renamed[SYSTEM_THREADS_MAX], moved[SYSTEM_THREADS_MAX], same[SYSTEM_THREADS_MAX];
        uint64_t state[QUADS_MAX], other[QUADS_MAX], before[QUADS_MAX];
        size_t bytes = bench.system->quads * sizeof *state;
        for (size_t t = 0; t < SYSTEM_THREADS_MAX; t++)
            same[t] = (uint8_t)t;
        size_t count = random_schedule(bench.system, schedule, (size_t)round % STEPS_MAX, &random);
        random_renaming(bench.machine, renamed, &random);
        different += run(bench.system, schedule, count, same, state) != count;
        different += run(bench.system, schedule, count, renamed, other) != count;
        memcpy(before, state, bytes);
        system_canonicalize(bench.system, state, moved);
        misplaced += !is_renaming(bench.machine, moved) || !moved_along(&bench, before, state, moved);
        system_canonicalize(bench.system, other, NULL);
        different += memcmp(state, other, bytes) != 0;
        system_canonicalize(bench.system, other, moved);
        unstable += memcmp(state, other, bytes) != 0;
        grouped += !groups_fit(&bench, state);
    }
    CU_ASSERT_EQUAL(different, 0);
    CU_ASSERT_EQUAL(misplaced, 0);
    CU_ASSERT_EQUAL(unstable, 0);
    CU_ASSERT_EQUAL(grouped, 0);
    close_bench(&bench);
}

static void check_canonical_under(const struct wanted *wanted)
{
    for (int tracks_last = 0; tracks_last < 2; tracks_last++) {
        check_canonical(race, 2, wanted, tracks_last);
        check_canonical(race, 5, wanted, tracks_last);
        check_canonical(race, 13, wanted, tracks_last);
        check_canonical(locked, 3, wanted, tracks_last);
        check_canonical(mixed, 3, wanted, tracks_last);
        check_canonical(wide, 3, wanted, tracks_last);
    }
}

static void test_canonical(void)
{
    check_canonical_under(&(struct wanted){.kind = "free"});
    check_canonical_under(&(struct wanted){"tick", {"quantum", "phase"}, {4, 1}});
    check_canonical_under(&(struct wanted){"parallel", {"lag"}, {3}});
    check_canonical_under(&(struct wanted){"preemptions", {"bound"}, {2}});
    check_canonical(buffered, 2, &(struct wanted){.kind = "free"}, true);
    check_canonical(buffered, 5, &(struct wanted){.kind = "free"}, false);
}

/* Where the scheduler tells threads apart there is no symmetry, though it was asked for. */
static void test_telling_apart(void)
{
    static const struct wanted wanted[] = {{"signal", {"quantum"}, {4}}, {"parallel", {"lag", "offset"}, {1, 2}}};
    for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
        struct bench bench;
        struct system_options options = {.symmetry = true};
        open_bench_under(&bench, race, 3, &wanted[w], &options);
        CU_ASSERT_FALSE(bench.system->symmetric);
        close_bench(&bench);
    }
}

/* Several first states, which differ in what is used of the quantum; two options, until the signal was handled. */
static void test_starts_and_options(void)
{
    struct bench bench;
    struct error error = ERROR_INIT;
    struct property *list = NULL;
    size_t count = 0;
    struct system_options options = {.tracks_last = true};
    uint64_t first[QUADS_MAX], second[QUADS_MAX], after[QUADS_MAX];
    struct system_choices choices;
    struct step step;
    property_add_number(&list, &count, "quantum", 2);
    property_add_text(&list, &count, "phase", "any");
    bench.program = subject_program(race, 2, 2);
    bench.machine = machine_new(bench.program, NULL, false);
    bench.scheduler = scheduler_new("signal", list, count, 2, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.scheduler);
    bench.system = system_new(bench.machine, bench.scheduler, &options);
    CU_ASSERT_EQUAL(system_start_count(bench.system), 2);
    system_start(bench.system, 0, first);
    system_start(bench.system, 1, second);
    CU_ASSERT(memcmp(first, second, bench.system->quads * sizeof *first) != 0);

    system_choices(bench.system, first, &choices);
    CU_ASSERT(choices.options == 2 && choices.threads[0] == 3 && choices.threads[1] == 3);
    CU_ASSERT_EQUAL(system_choice_count(&choices), 4);
    /* one tick of two: T1 goes on, or the signal comes */
    system_step(bench.system, first, &choices, 0, 1, after, &step);
    system_choices(bench.system, after, &choices);
    CU_ASSERT(choices.threads[0] == 2 && choices.threads[1] == 3);
    CU_ASSERT(system_is_preemption(bench.system, after, &choices, 0, 0) &&
              !system_is_preemption(bench.system, after, &choices, 0, 1));
    system_step(bench.system, after, &choices, 1, 0, first, &step); /* it comes and is handled */
    system_choices(bench.system, first, &choices);
    CU_ASSERT(choices.threads[0] == 1 && choices.threads[1] == 0);

    system_choices(bench.system, second, &choices);
    system_step(bench.system, second, &choices, 0, 1, after, &step); /* the one tick that was left */
    system_choices(bench.system, after, &choices);
    CU_ASSERT(choices.threads[0] == 3 && choices.threads[1] == 3);
    property_free_list(list, count);
    close_bench(&bench);
}

/* Who returns needs no leave, is no preemption, and leaves the mark where it is. */
static void test_returns(void)
{
    struct bench bench;
    uint64_t state[QUADS_MAX];
    struct system_choices choices;
    open_bench(&bench, ".var x\n.thread A\n io\n nop\n.thread B\n nop\n nop\n", 1, false, true);
    system_start(bench.system, 0, state);
    CU_ASSERT_EQUAL(take(bench.system, state, 0), STEP_TAKEN);
    CU_ASSERT_EQUAL(take(bench.system, state, 1), STEP_TAKEN);
    system_choices(bench.system, state, &choices);
    CU_ASSERT(choices.ready == 2 && choices.away == 1 && choices.threads[0] == 3);
    CU_ASSERT_FALSE(system_is_preemption(bench.system, state, &choices, 0, 0));
    CU_ASSERT_EQUAL(take(bench.system, state, 0), STEP_TAKEN);
    CU_ASSERT_EQUAL(system_last_thread(bench.system, state), 1);
    system_choices(bench.system, state, &choices);
    CU_ASSERT(choices.ready == 3 && choices.away == 0);
    CU_ASSERT_TRUE(system_is_preemption(bench.system, state, &choices, 0, 0));
    close_bench(&bench);
}

static void test_all_threads(void)
{
    struct bench bench;
    uint64_t state[QUADS_MAX];
    struct system_choices choices;
    struct groups groups;
    open_bench(&bench, race, 64, true, true);
    CU_ASSERT_EQUAL(system_start_count(bench.system), 1);
    system_start(bench.system, 0, state);
    CU_ASSERT_EQUAL(system_last_thread(bench.system, state), -1);
    system_choices(bench.system, state, &choices);
    CU_ASSERT(choices.options == 1 && choices.threads[0] == UINT64_MAX && choices.threads[1] == 0);
    CU_ASSERT(choices.ready == UINT64_MAX && choices.away == 0);
    CU_ASSERT_EQUAL(system_choice_count(&choices), 64);
    system_groups(bench.system, state, &groups);
    CU_ASSERT(groups.count == 1 && groups.size[0] == 64);
    CU_ASSERT_EQUAL(take(bench.system, state, 63), STEP_TAKEN);
    CU_ASSERT_EQUAL(system_last_thread(bench.system, state), 63);
    system_canonicalize(bench.system, state, NULL);
    system_groups(bench.system, state, &groups);
    CU_ASSERT_EQUAL(groups.count, 2);
    close_bench(&bench);
}

static void test_without_symmetry(void)
{
    struct bench bench;
    uint64_t state[QUADS_MAX], kept[QUADS_MAX];
    uint8_t moved[SYSTEM_THREADS_MAX];
    struct groups groups;
    open_bench(&bench, race, 3, false, false);
    CU_ASSERT_FALSE(bench.system->symmetric);
    system_start(bench.system, 0, state);
    CU_ASSERT_EQUAL(take(bench.system, state, 0), STEP_TAKEN);
    memcpy(kept, state, sizeof kept);
    system_canonicalize(bench.system, state, moved);
    CU_ASSERT_EQUAL(memcmp(kept, state, bench.system->quads * sizeof *kept), 0);
    CU_ASSERT(moved[0] == 0 && moved[2] == 2);
    system_groups(bench.system, state, &groups);
    CU_ASSERT(groups.count == 3 && groups.size[1] == 1);
    close_bench(&bench);
    /* nothing to exchange */
    open_bench(&bench, ".var x\n.main\n mov $SELF, x\n", 3, true, false);
    CU_ASSERT_FALSE(bench.system->symmetric);
    close_bench(&bench);
}

/* Of equal threads the tracks_last one stands first, so that the mark alone makes a difference. */
static void test_mark(void)
{
    struct bench bench;
    uint64_t state[QUADS_MAX];
    struct system_choices choices;
    struct groups groups;
    static const uint8_t schedule[] = {2, 1, 0}, same[] = {0, 1, 2};
    open_bench(&bench, race, 3, true, true);
    CU_ASSERT_EQUAL(run(bench.system, schedule, 3, same, state), 3);
    system_canonicalize(bench.system, state, NULL);
    CU_ASSERT_EQUAL(system_last_thread(bench.system, state), 0);
    system_groups(bench.system, state, &groups);
    CU_ASSERT(groups.count == 2 && groups.size[0] == 1 && groups.size[1] == 2);
    system_choices(bench.system, state, &choices);
    CU_ASSERT(choices.threads[0] == 7 && choices.ready == 7);
    for (size_t t = 0; t < 3; t++)
        CU_ASSERT_EQUAL(system_is_preemption(bench.system, state, &choices, 0, t), t != 0);
    close_bench(&bench);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"canonical states", test_canonical},
        {"schedulers that tell threads apart", test_telling_apart},
        {"several starts and options", test_starts_and_options},
        {"returns from input and output", test_returns},
        {"64 threads", test_all_threads},
        {"without symmetry", test_without_symmetry},
        {"the mark", test_mark},
        CU_TEST_INFO_NULL,
    };
    return unit_run("system", tests);
}
