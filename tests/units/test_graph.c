#include "base/memory.h"
#include "space/graph.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <string.h>

enum { QUADS_MAX = 16 };

static const char race[] = ".var x\n.main\n.rept ITERS\n mov x, %ax\n add $1, %ax\n mov %ax, x\n.endr\n";
static const char locked[] = ".var x\n.mutex m\n.main\n.rept ITERS\n lock m\n mov x, %ax\n add $1, %ax\n mov %ax, x\n"
                             " unlock m\n.endr\n";
static const char crossed[] = ".var x\n.mutex m\n.mutex n\n.thread A\n lock m\n lock n\n.thread B\n lock n\n lock m\n";
static const char spinning[] =
    ".var x\n.var f, 1\n.thread A\n mov $0, f\n.thread B\n.t\n test $0, f\n jne .t\n mov $1, x\n";
/* Ways of different lengths to the same state, without a cycle. */
static const char shortcut[] =
    ".var x\n.thread A\n mov $1, x\n mov $0, x\n.thread B\n test $0, x\n je .e\n nop\n nop\n.e\n";

struct bench {
    struct scheduler *scheduler; /* NULL: free */
    struct program *program;
    struct machine *machine;
    struct slice *slice;
    const struct system *system; /* the graph's */
    struct budget budget;
    struct graph graph;
};

/* How to explore. */
struct wish {
    unsigned threads, iters;
    bool everything, symmetry, tracks_last, no_edges;
    uint64_t max_states;
    uint64_t edges_max_states;
    unsigned jobs;
    const char *kind; /* of the scheduler; NULL: free */
    unsigned quantum; /* any phase */
    bool collapse;
    bool eager; /* as large searches are */
};

static struct scheduler *ticking(const char *kind, unsigned quantum, size_t threads)
{
    struct error error = ERROR_INIT;
    struct property *list = NULL;
    size_t count = 0;
    property_add_number(&list, &count, "quantum", quantum);
    property_add_text(&list, &count, "phase", "any");
    struct scheduler *scheduler = scheduler_new(kind, list, count, threads, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scheduler);
    property_free_list(list, count);
    return scheduler;
}

static enum explorer_result explore(struct bench *self, const char *text, const struct wish *wish)
{
    struct graph_options options = {
        .explorer = {.phase = "exploring",
                     .by_option = true,
                     .no_ways = true,
                     .eager = wish->eager,
                     .jobs = wish->jobs > 0 ? wish->jobs : 1,
                     .system = {wish->symmetry, wish->tracks_last, wish->collapse}},
        .edges = !wish->no_edges,
        .edges_max_states = wish->edges_max_states,
    };
    memset(self, 0, sizeof *self);
    self->budget.max_states = wish->max_states;
    self->program = subject_program(text, wish->threads > 0 ? wish->threads : 2, wish->iters > 0 ? wish->iters : 1);
    self->machine = machine_new(self->program, NULL, false);
    self->slice = slice_new(self->machine, 0, wish->everything);
    machine_free(self->machine);
    self->machine = machine_new(self->program, self->slice->data, false);
    if (wish->kind != NULL)
        self->scheduler = ticking(wish->kind, wish->quantum, machine_thread_count(self->machine));
    budget_start(&self->budget);
    enum explorer_result result =
        graph_explore(&self->graph, self->machine, self->scheduler ? self->scheduler : scheduler_free_choice(),
                      self->slice, &options, &self->budget);
    self->system = self->graph.explorer.system;
    CU_ASSERT_TRUE_FATAL(self->system->quads <= QUADS_MAX);
    return result;
}

static void close_bench(struct bench *self)
{
    graph_free(&self->graph);
    scheduler_free(self->scheduler);
    slice_free(self->slice);
    machine_free(self->machine);
    program_free(self->program);
}

/* ---- The stored graph against the system ----------------------------------------------------------------------- */

/* Whether the edges of a state are the steps that the system offers: one for each group that may step. */
static bool edges_fit(const struct bench *bench, uint32_t number)
{
    const struct graph *graph = &bench->graph;
    const uint64_t *state = stateset_at(&graph->explorer.states, number);
    uint64_t after[QUADS_MAX];
    struct system_choices choices;
    uint64_t e = graph->edge_first[number];
    struct groups groups;
    struct step step;
    system_choices(bench->system, state, &choices);
    system_groups(bench->system, state, &groups);
    for (size_t g = 0; g < groups.count; g++) {
        if ((choices.threads[0] >> groups.leader[g] & 1) == 0)
            continue;
        if (e == graph->edge_first[number + 1])
            return false;
        const struct edge *edge = &graph->edges[e++];
        system_step(bench->system, state, &choices, 0, groups.leader[g], after, &step);
        if (edge->thread != groups.leader[g] || edge->multiplicity != groups.size[g] || edge->length != 1)
            return false;
        if (edge->preemptions !=
            (bench->system->tracks_last && system_is_preemption(bench->system, state, &choices, 0, groups.leader[g])))
            return false;
        if (step.result == STEP_FAILED ? edge->target != STATESET_NONE : edge->target == STATESET_NONE)
            return false;
        if (step.result != STEP_TAKEN)
            continue;
        system_canonicalize(bench->system, after, NULL);
        if (stateset_find(&graph->explorer.states, after) != edge->target)
            return false;
    }
    return e == graph->edge_first[number + 1];
}

static bool heights_fit(const struct bench *bench, uint32_t number)
{
    const struct graph *graph = &bench->graph;
    size_t level, place = graph_place(graph, number, &level);
    for (uint64_t e = graph->edge_first[number]; e < graph->edge_first[number + 1]; e++) {
        uint32_t target = graph->edges[e].target;
        if (target == STATESET_NONE)
            continue;
        size_t target_level;
        graph_place(graph, target, &target_level);
        if (graph->space.graded ? target_level != level + 1 : graph->heights[target] >= graph->heights[number])
            return false;
    }
    return graph->space.graded
               ? graph->explorer.level_first[level] + place == number && number < graph->explorer.level_first[level + 1]
               : level == 0 && place == number;
}

static void check_graph(const char *text, const struct wish *wish)
{
    struct bench bench;
    unsigned misled = 0, misplaced = 0;
    CU_ASSERT_EQUAL(explore(&bench, text, wish), EXPLORER_COMPLETE);
    for (uint32_t n = 0; n < bench.graph.explorer.states.count; n++) {
        misled += !edges_fit(&bench, n);
        misplaced += !bench.graph.space.cyclic && !heights_fit(&bench, n);
    }
    CU_ASSERT_EQUAL(misled, 0);
    CU_ASSERT_EQUAL(misplaced, 0);
    close_bench(&bench);
}

static void test_edges(void)
{
    static const char *const texts[] = {
        race,
        locked,
        crossed,
        spinning,
        shortcut,
        ".var x\n.mutex m\n.main\n nop\n unlock m\n",
        ".var x\n.mutex m, 2\n.main\n.rept ITERS\n lock m(%bx)\n add $1, x\n unlock m(%bx)\n xchg %ax, x\n mov $SELF, %bx\n.endr\n",
        ".var x\n.semaphore s, 1\n.main\n.rept ITERS\n wait s\n mov x, %ax\n post s\n.again:\n cas %bx, x\n jne .again\n.endr\n halt\n",
        ".var x\n.thread A\n mov $3, x\n unlock m\n.thread B\n mov x, %ax\n lock m\n add %ax, x\n.mutex m\n"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (unsigned kind = 0; kind < 16; kind++)
            check_graph(texts[t], &(struct wish){.iters = 2,
                                                 .everything = kind & 1,
                                                 .symmetry = kind & 2,
                                                 .tracks_last = kind & 4,
                                                 .eager = kind & 8,
                                                 .jobs = kind & 8 ? 2 : 1});
}

/* ---- Stretches without a choice -------------------------------------------------------------------------------- */

/* Where one step after the other leads, as an edge of a collapsed graph should. */
struct stretch {
    uint32_t target;
    uint16_t length;
    uint16_t preemptions;
};

static struct stretch walk_stretch(const struct bench *bench, const uint64_t *from, unsigned option, size_t thread)
{
    const struct system *system = bench->system;
    uint64_t state[QUADS_MAX], after[QUADS_MAX];
    size_t bytes = system->quads * sizeof *state, first = thread;
    struct stretch stretch = {STATESET_NONE, 0, 0};
    struct system_choices choices;
    struct step step;
    memcpy(state, from, bytes);
    system_choices(system, state, &choices);
    do {
        if (system->tracks_last && system_is_preemption(system, state, &choices, 0, thread))
            stretch.preemptions++;
        stretch.length++;
        system_step(system, state, &choices, option, thread, after, &step);
        if (step.result == STEP_FAILED)
            return stretch;
        memcpy(state, after, bytes);
        system_choices(system, state, &choices);
        option = choices.threads[0] == 0;
        if (system_choice_count(&choices) == 1)
            thread = (size_t)__builtin_ctzll(choices.threads[option]);
    } while (system_choice_count(&choices) == 1 && (!system->symmetric || thread == first));
    system_canonicalize(system, state, NULL);
    stretch.target = stateset_find(&bench->graph.explorer.states, state);
    return stretch;
}

/* Takes an edge that is such a stretch out of those that are left; returns whether there was one. */
static bool strike_out(const struct bench *bench, uint32_t number, const struct stretch *stretch, size_t thread,
                       uint8_t multiplicity, uint64_t *left)
{
    for (uint64_t e = bench->graph.edge_first[number]; e < bench->graph.edge_first[number + 1]; e++) {
        const struct edge *edge = &bench->graph.edges[e];
        uint64_t bit = UINT64_C(1) << (e - bench->graph.edge_first[number]);
        if ((*left & bit) == 0 || edge->target != stretch->target || edge->length != stretch->length ||
            edge->preemptions != stretch->preemptions || edge->thread != thread || edge->multiplicity != multiplicity)
            continue;
        *left &= ~bit;
        return true;
    }
    return false;
}

static bool stretches_fit(const struct bench *bench, uint32_t number)
{
    const uint64_t *state = stateset_at(&bench->graph.explorer.states, number);
    uint64_t left = (UINT64_C(1) << (bench->graph.edge_first[number + 1] - bench->graph.edge_first[number])) - 1;
    struct system_choices choices;
    struct groups groups;
    system_choices(bench->system, state, &choices);
    system_groups(bench->system, state, &groups);
    for (unsigned option = 0; option < choices.options; option++)
        for (size_t g = 0; g < groups.count; g++) {
            if ((choices.threads[option] >> groups.leader[g] & 1) == 0)
                continue;
            struct stretch stretch = walk_stretch(bench, state, option, groups.leader[g]);
            if (!strike_out(bench, number, &stretch, groups.leader[g], groups.size[g], &left))
                return false;
        }
    return left == 0;
}

/* The states in which there is a choice, or an end, and the first ones: those are what is stored. */
static size_t count_choices(const struct bench *bench)
{
    size_t count = 0;
    for (uint32_t n = 0; n < bench->graph.explorer.states.count; n++) {
        struct system_choices choices;
        system_choices(bench->system, stateset_at(&bench->graph.explorer.states, n), &choices);
        count += n < bench->graph.space.start_count || system_choice_count(&choices) != 1;
    }
    return count;
}

static void check_collapsed(const char *text, const struct wish *wish)
{
    struct bench bench, whole;
    struct wish uncollapsed = *wish;
    unsigned misled = 0;
    uncollapsed.collapse = false;
    CU_ASSERT_EQUAL(explore(&bench, text, wish), EXPLORER_COMPLETE);
    CU_ASSERT_EQUAL(explore(&whole, text, &uncollapsed), EXPLORER_COMPLETE);
    CU_ASSERT_TRUE(bench.system->collapses && !whole.system->collapses);
    for (uint32_t n = 0; n < bench.graph.explorer.states.count; n++)
        misled += !stretches_fit(&bench, n);
    CU_ASSERT_EQUAL(misled, 0);
    CU_ASSERT(bench.graph.explorer.states.count <= whole.graph.explorer.states.count);
    if (!bench.system->symmetric)
        CU_ASSERT_EQUAL(bench.graph.explorer.states.count, count_choices(&whole));
    CU_ASSERT_EQUAL(bench.graph.finals, whole.graph.finals);
    CU_ASSERT_EQUAL(bench.graph.deadlocks, whole.graph.deadlocks);
    close_bench(&whole);
    close_bench(&bench);
}

static void test_collapsed(void)
{
    static const char *const texts[] = {race,
                                        locked,
                                        crossed,
                                        shortcut,
                                        ".var x\n.mutex m\n.main\n nop\n unlock m\n",
                                        ".var x\n.main\n mov x, %ax\n io\n add $1, %ax\n yield\n mov %ax, x\n"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (unsigned quantum = 1; quantum <= 4; quantum++)
            for (unsigned way = 0; way < 16; way++)
                check_collapsed(texts[t], &(struct wish){.iters = 2,
                                                         .everything = way & 1,
                                                         .symmetry = way & 2,
                                                         .tracks_last = way & 4,
                                                         .kind = way & 8 ? "signal" : "tick",
                                                         .quantum = quantum,
                                                         .collapse = true});
}

/* Two threads of three steps, quanta of three: a choice at the start, then none where the first quantum is whole, and
 * one more where it is not. */
static void test_collapsed_size(void)
{
    struct bench bench;
    struct wish wish = {.kind = "tick", .quantum = 3, .collapse = true};
    CU_ASSERT_EQUAL(explore(&bench, race, &wish), EXPLORER_COMPLETE);
    CU_ASSERT(bench.graph.space.start_count == 3 && bench.graph.space.height == 2);
    CU_ASSERT_EQUAL(bench.graph.longest, 6);
    close_bench(&bench);
    wish.collapse = false;
    CU_ASSERT_EQUAL(explore(&bench, race, &wish), EXPLORER_COMPLETE);
    CU_ASSERT(bench.graph.space.height == 6 && bench.graph.longest == 6);
    close_bench(&bench);
}

/* ---- Shape ----------------------------------------------------------------------------------------------------- */

static void test_graded(void)
{
    struct bench bench;
    CU_ASSERT_EQUAL(explore(&bench, race, &(struct wish){.iters = 10}), EXPLORER_COMPLETE);
    const struct graph *graph = &bench.graph;
    CU_ASSERT(graph->explorer.states.count == 961 && graph->edge_count == 1860 && graph->finals == 1);
    CU_ASSERT(graph->space.graded && !graph->space.cyclic);
    CU_ASSERT(graph->space.level_count == 61 && graph->space.height == 60);
    for (size_t level = 0; level <= 60; level++)
        CU_ASSERT_EQUAL(graph->explorer.level_first[level + 1] - graph->explorer.level_first[level],
                        level <= 30 ? level + 1 : 61 - level);
    CU_ASSERT(mpz_cmp_ui(graph->orbit_states, 961) == 0 && mpz_cmp_ui(graph->orbit_steps, 1860) == 0);
    CU_ASSERT_EQUAL(graph->space.enabled_counts[0], 3);
    CU_ASSERT(graph->space.greatest_addend == 1 && graph->space.common_addend == 1);
    close_bench(&bench);
}

static void test_symmetry(void)
{
    struct bench bench;
    CU_ASSERT_EQUAL(explore(&bench, race, &(struct wish){.threads = 4, .iters = 2, .symmetry = true}),
                    EXPLORER_COMPLETE);
    CU_ASSERT_EQUAL(bench.graph.explorer.states.count, 210);
    CU_ASSERT_EQUAL(mpz_cmp_ui(bench.graph.orbit_states, 7 * 7 * 7 * 7), 0);
    CU_ASSERT_EQUAL(mpz_cmp_ui(bench.graph.orbit_steps, 4 * 6 * 7 * 7 * 7), 0);
    close_bench(&bench);
    /* so many that their number needs GMP */
    CU_ASSERT_EQUAL(explore(&bench, ".var x\n.main\n add $1, x\n", &(struct wish){.threads = 64, .symmetry = true}),
                    EXPLORER_COMPLETE);
    mpz_t all;
    mpz_init(all);
    mpz_ui_pow_ui(all, 2, 64);
    CU_ASSERT_EQUAL(bench.graph.explorer.states.count, 65);
    CU_ASSERT_EQUAL(mpz_cmp(bench.graph.orbit_states, all), 0);
    mpz_ui_pow_ui(all, 2, 63);
    mpz_mul_ui(all, all, 64);
    CU_ASSERT_EQUAL(mpz_cmp(bench.graph.orbit_steps, all), 0);
    mpz_clear(all);
    close_bench(&bench);
}

static void test_not_graded(void)
{
    struct bench bench;
    CU_ASSERT_EQUAL(explore(&bench, shortcut, &(struct wish){0}), EXPLORER_COMPLETE);
    CU_ASSERT(!bench.graph.space.graded && !bench.graph.space.cyclic);
    CU_ASSERT(bench.graph.space.level_count == 1 && bench.graph.space.height == 6);
    CU_ASSERT_EQUAL(bench.graph.heights[0], 6);
    /* every step leads to a state that is listed before */
    uint32_t *position = memory_new(bench.graph.explorer.states.count, sizeof *position);
    unsigned wrong = 0;
    for (uint32_t p = 0; p < bench.graph.explorer.states.count; p++)
        position[bench.graph.components.members[p]] = p;
    for (uint32_t n = 0; n < bench.graph.explorer.states.count; n++)
        for (uint64_t e = bench.graph.edge_first[n]; e < bench.graph.edge_first[n + 1]; e++)
            wrong += position[bench.graph.edges[e].target] >= position[n];
    CU_ASSERT_EQUAL(wrong, 0);
    memory_free(position);
    close_bench(&bench);
}

static void test_cycles(void)
{
    struct bench bench;
    CU_ASSERT_EQUAL(explore(&bench, spinning, &(struct wish){0}), EXPLORER_COMPLETE);
    CU_ASSERT(bench.graph.space.cyclic && bench.graph.finals == 1);
    close_bench(&bench);
    CU_ASSERT_EQUAL(explore(&bench, ".var x\n.main\n.t\n j .t\n", &(struct wish){0}), EXPLORER_COMPLETE);
    CU_ASSERT(bench.graph.space.cyclic && bench.graph.explorer.states.count == 1 && bench.graph.finals == 0);
    close_bench(&bench);
}

static void test_ends(void)
{
    struct bench bench;
    CU_ASSERT_EQUAL(explore(&bench, crossed, &(struct wish){0}), EXPLORER_COMPLETE);
    /* each waits for the other, or one for a thread that has finished with both */
    CU_ASSERT(bench.graph.deadlocks == 3 && bench.graph.finals == 0);
    close_bench(&bench);
    CU_ASSERT_EQUAL(explore(&bench, ".var x, 3\n.mutex m\n.thread A\n add $1, x\n.thread B\n nop\n unlock m\n",
                            &(struct wish){.everything = true}),
                    EXPLORER_COMPLETE);
    CU_ASSERT(bench.graph.failures == 2 && bench.graph.finals == 0);
    CU_ASSERT_STRING_EQUAL(bench.graph.failure_text,
                           "test.s:7:2: B: unlock m: unlocks a mutex that the thread does not hold");
    close_bench(&bench);
    CU_ASSERT_EQUAL(explore(&bench, race, &(struct wish){.iters = 2, .everything = true}), EXPLORER_COMPLETE);
    CU_ASSERT(bench.graph.final_values.count == 1 && bench.graph.final_values.items[0].first == 2 &&
              bench.graph.final_values.items[0].last == 4);
    close_bench(&bench);
}

/* An error on the deepest level is a step all the same: the schedule is longer than any way to a state. */
static void test_deepest_failure(void)
{
    struct bench bench;
    CU_ASSERT_EQUAL(explore(&bench, ".var x\n.mutex m\n.main\n nop\n unlock m\n", &(struct wish){0}),
                    EXPLORER_COMPLETE);
    CU_ASSERT(bench.graph.space.height == 3 && bench.graph.space.level_count == 4);
    CU_ASSERT_EQUAL(bench.graph.space.kind->places(&bench.graph.space, 3), 0);
    close_bench(&bench);
}

/* ---- Options and limits ---------------------------------------------------------------------------------------- */

static bool same_graph(const struct graph *a, const struct graph *b)
{
    if (a->explorer.states.count != b->explorer.states.count || a->edge_count != b->edge_count ||
        a->plan_count != b->plan_count)
        return false;
    for (size_t e = 0; e < a->edge_count; e++)
        if (a->edges[e].target != b->edges[e].target || a->edges[e].plan != b->edges[e].plan)
            return false;
    return memcmp(a->explorer.states.states, b->explorer.states.states,
                  a->explorer.states.count * a->explorer.states.quads * sizeof(uint64_t)) == 0;
}

/* The numbers do not depend on the number of jobs, also where a level fills many batches. */
static void test_jobs(void)
{
    struct wish wish = {.threads = 3, .iters = 3, .everything = true};
    struct bench one, more;
    CU_ASSERT_EQUAL(explore(&one, race, &wish), EXPLORER_COMPLETE);
    CU_ASSERT(one.graph.explorer.states.count > 10000);
    for (wish.jobs = 2; wish.jobs <= 4; wish.jobs += 2) {
        CU_ASSERT_EQUAL(explore(&more, race, &wish), EXPLORER_COMPLETE);
        CU_ASSERT_TRUE(same_graph(&one.graph, &more.graph));
        close_bench(&more);
    }
    close_bench(&one);
}

static void test_limit(void)
{
    struct bench bench;
    CU_ASSERT_EQUAL(explore(&bench, race, &(struct wish){.iters = 10, .everything = true, .max_states = 1000}),
                    EXPLORER_LIMIT);
    CU_ASSERT_EQUAL(bench.budget.limit, BUDGET_STATES);
    CU_ASSERT(bench.graph.explorer.states.count > 1000 && bench.graph.explorer.states.count < 62844);
    close_bench(&bench);
}

static void test_without_edges(void)
{
    struct bench bench;
    CU_ASSERT_EQUAL(explore(&bench, race, &(struct wish){.iters = 2, .everything = true, .no_edges = true}),
                    EXPLORER_COMPLETE);
    CU_ASSERT(!bench.graph.has_edges && bench.graph.edge_count == 0 && bench.graph.explorer.states.count == 116);
    CU_ASSERT_EQUAL(intervals_size(&bench.graph.final_values), 3);
    close_bench(&bench);
    /* forgotten on the way */
    CU_ASSERT_EQUAL(explore(&bench, race, &(struct wish){.iters = 2, .everything = true, .edges_max_states = 50}),
                    EXPLORER_COMPLETE);
    CU_ASSERT(!bench.graph.has_edges && bench.graph.edges == NULL && bench.graph.explorer.states.count == 116);
    close_bench(&bench);
}

/* A value that no simulation has met: all begins anew, and nothing is counted twice. */
static void test_narrow(void)
{
    static const char hidden[] = ".var x\n.var f\n.thread A\n mov $1, f\n mov $0, f\n"
                                 ".thread B\n nop\n test $1, f\n jne .e\n mov $30, x\n.e\n";
    struct bench bench;
    CU_ASSERT_EQUAL(explore(&bench, hidden, &(struct wish){.everything = true}), EXPLORER_COMPLETE);
    CU_ASSERT(intervals_contain(&bench.graph.final_values, 30) && bench.graph.finals == 2);
    close_bench(&bench);
}

/* Steps that move data alike share a plan. */
static void test_plans(void)
{
    struct bench bench;
    CU_ASSERT_EQUAL(explore(&bench, race, &(struct wish){.iters = 10}), EXPLORER_COMPLETE);
    CU_ASSERT_EQUAL(bench.graph.plan_count, 2 * 3);
    close_bench(&bench);
    CU_ASSERT_EQUAL(explore(&bench, race, &(struct wish){.iters = 10, .everything = true}), EXPLORER_COMPLETE);
    CU_ASSERT_EQUAL(bench.graph.plan_count, 1);
    close_bench(&bench);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"edges are the system's steps", test_edges},
        {"collapsed edges are stretches without a choice", test_collapsed},
        {"collapsed and not", test_collapsed_size},
        {"levels", test_graded},
        {"symmetry", test_symmetry},
        {"ways of different lengths", test_not_graded},
        {"cycles", test_cycles},
        {"how it ends", test_ends},
        {"an error on the deepest level", test_deepest_failure},
        {"any number of jobs", test_jobs},
        {"a limit", test_limit},
        {"without edges", test_without_edges},
        {"a value that does not fit", test_narrow},
        {"plans", test_plans},
        CU_TEST_INFO_NULL,
    };
    return unit_run("graph", tests);
}
