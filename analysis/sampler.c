#include "analysis/sampler.h"

#include "analysis/outcome.h"
#include "base/exact.h"
#include "base/fault.h"
#include "base/memory.h"

#include <string.h>

/* ---- Counting ---------------------------------------------------------------------------------------------------- */

/* The number-th state in an order in which every step leads to an earlier one. */
static uint32_t in_order(const struct graph *graph, size_t number)
{
    return graph->space.graded ? (uint32_t)(graph->explorer.states.count - 1 - number)
                               : graph->components.members[number];
}

static void add_ways(const struct sampler *self, const struct edge *edge, mpz_t sum)
{
    mpz_t ways;
    if (edge->target != STATESET_NONE) {
        mpz_addmul_ui(sum, self->ways[edge->target], edge->multiplicity);
        return;
    }
    mpz_init_set_ui(ways, edge->multiplicity);
    mpz_add(sum, sum, ways);
    mpz_clear(ways);
}

/* The share of a number in a whole, in 2^-64, rounded down; what is left over then. */
static uint64_t share_of(const mpz_t part, const mpz_t whole, mpz_t left)
{
    uint64_t share = 0;
    mpz_t quotient;
    mpz_init(quotient);
    mpz_mul_2exp(left, part, 64);
    mpz_fdiv_qr(quotient, left, left, whole);
    if (mpz_sizeinbase(quotient, 2) > 64)
        share = UINT64_MAX; /* all of it: the last edge, which is not compared with */
    else
        mpz_export(&share, NULL, -1, sizeof share, 0, 0, quotient);
    mpz_clear(quotient);
    return share;
}

static void count_state(struct sampler *self, uint32_t state)
{
    const struct graph *graph = self->graph;
    mpz_t sum, left;
    mpz_inits(sum, left, NULL);
    for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++)
        add_ways(self, &graph->edges[e], self->ways[state]);
    for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++) {
        add_ways(self, &graph->edges[e], sum);
        self->shares[e] = share_of(sum, self->ways[state], left);
    }
    if (graph->edge_first[state] == graph->edge_first[state + 1])
        mpz_set_ui(self->ways[state], 1);
    mpz_clears(sum, left, NULL);
}

static bool count_ways(struct sampler *self, struct budget *budget)
{
    const struct graph *graph = self->graph;
    size_t states = graph->explorer.states.count;
    size_t bits = (size_t)graph->longest * 3 + 64;
    if (!budget_allows(budget, states * (sizeof *self->ways + bits / 8) + graph->edge_count * sizeof *self->shares))
        return false;
    self->ways = memory_new(states, sizeof *self->ways);
    self->shares = memory_new(graph->edge_count + 1, sizeof *self->shares);
    for (size_t s = 0; s < states; s++)
        mpz_init(self->ways[s]);
    for (size_t n = 0; n < states; n++) {
        count_state(self, in_order(graph, n));
        if (n % 4096 == 0 && budget_spent(budget, "schedules", 0, 0, 0))
            return false;
    }
    return true;
}

/* ---- Life -------------------------------------------------------------------------------------------------------- */

bool sampler_start(struct sampler *self, const struct graph *graph, const struct sample_wish *wish,
                   struct budget *budget)
{
    static const char *const streams[] = {"uniform", "random walk", "pct"};
    *self = (struct sampler){.graph = graph, .wish = *wish, .steps_most = graph->longest};
    self->generator = generator_start(wish->seed, "sample", streams[wish->tester]);
    return wish->tester != TESTER_UNIFORM || count_ways(self, budget);
}

void sampler_free(struct sampler *self)
{
    for (size_t s = 0; self->ways != NULL && s < self->graph->explorer.states.count; s++)
        mpz_clear(self->ways[s]);
    memory_free(self->ways);
    memory_free(self->shares);
    memory_free(self->edges);
}

/* ---- Uniform ----------------------------------------------------------------------------------------------------- */

/* Whether a random number of [0, 1), of which the first 64 bits are those of a share, is below the true share: further bits decide. */
static bool is_below(struct sampler *self, const mpz_t part, const mpz_t whole)
{
    uint64_t share, bits;
    mpz_t left;
    mpz_init(left);
    share_of(part, whole, left);
    do {
        bits = generator_next(&self->generator);
        share = share_of(left, whole, left);
    } while (bits == share && mpz_sgn(left) != 0);
    mpz_clear(left);
    return bits < share;
}

/* The same of an edge. */
static bool is_below_edge(struct sampler *self, uint32_t state, uint64_t edge)
{
    mpz_t sum;
    mpz_init(sum);
    for (uint64_t e = self->graph->edge_first[state]; e <= edge; e++)
        add_ways(self, &self->graph->edges[e], sum);
    bool is_below_it = is_below(self, sum, self->ways[state]);
    mpz_clear(sum);
    return is_below_it;
}

static uint64_t draw_uniform(struct sampler *self, uint32_t state)
{
    const struct graph *graph = self->graph;
    uint64_t bits = generator_next(&self->generator), last = graph->edge_first[state + 1] - 1;
    uint64_t e = graph->edge_first[state];
    while (e < last && (bits > self->shares[e] || (bits == self->shares[e] && !is_below_edge(self, state, e))))
        e++;
    return e;
}

static uint32_t draw_uniform_start(struct sampler *self)
{
    const struct graph *graph = self->graph;
    mpz_t all, sum, left;
    uint32_t start = 0, last = (uint32_t)graph->space.start_count - 1;
    mpz_inits(all, sum, left, NULL);
    for (size_t s = 0; s <= last; s++)
        mpz_add(all, all, self->ways[s]);
    uint64_t bits = last > 0 ? generator_next(&self->generator) : 0;
    for (; start < last; start++) {
        mpz_add(sum, sum, self->ways[start]);
        uint64_t share = share_of(sum, all, left);
        if (bits < share || (bits == share && is_below(self, sum, all)))
            break;
    }
    mpz_clears(all, sum, left, NULL);
    return start;
}

/* ---- PCT --------------------------------------------------------------------------------------------------------- */

struct pct_run {
    uint32_t priorities[SYSTEM_THREADS_MAX];
    uint64_t points[PCT_DEPTH_MAX]; /* steps behind which a priority changes */
};

static void start_pct(struct sampler *self, struct pct_run *run)
{
    size_t threads = machine_thread_count(self->graph->explorer.system->machine);
    for (size_t t = 0; t < threads; t++)
        run->priorities[t] = self->wish.depth + (uint32_t)t;
    for (size_t t = threads; t-- > 1;) {
        size_t other = (size_t)generator_below(&self->generator, t + 1);
        uint32_t priority = run->priorities[t];
        run->priorities[t] = run->priorities[other];
        run->priorities[other] = priority;
    }
    for (uint32_t p = 1; p < self->wish.depth; p++)
        run->points[p] = 1 + generator_below(&self->generator, self->steps_most > 0 ? self->steps_most : 1);
}

static uint64_t draw_pct(struct sampler *self, uint32_t state, const struct pct_run *run)
{
    const struct graph *graph = self->graph;
    uint64_t first = graph->edge_first[state], count = 0;
    uint8_t thread = graph->edges[first].thread;
    for (uint64_t e = first; e < graph->edge_first[state + 1]; e++)
        if (run->priorities[graph->edges[e].thread] > run->priorities[thread])
            thread = graph->edges[e].thread;
    for (uint64_t e = first; e < graph->edge_first[state + 1]; e++)
        count += graph->edges[e].thread == thread;
    uint64_t which = count > 1 ? generator_below(&self->generator, count) : 0;
    for (uint64_t e = first;; e++)
        if (graph->edges[e].thread == thread && which-- == 0)
            return e;
}

static void change_priorities(const struct sampler *self, struct pct_run *run, uint8_t thread)
{
    for (uint32_t p = self->wish.depth; p-- > 1;)
        if (run->points[p] == self->edge_count)
            run->priorities[thread] = p;
}

/* ---- Drawing ----------------------------------------------------------------------------------------------------- */

static uint64_t draw_edge(struct sampler *self, uint32_t state, const struct pct_run *run)
{
    const struct graph *graph = self->graph;
    uint64_t first = graph->edge_first[state], count = graph->edge_first[state + 1] - first;
    if (self->wish.tester == TESTER_PCT)
        return draw_pct(self, state, run);
    if (count == 1)
        return first;
    return self->wish.tester == TESTER_UNIFORM ? draw_uniform(self, state)
                                               : first + generator_below(&self->generator, count);
}

static void add_edge(struct sampler *self, uint64_t edge)
{
    self->edges = memory_grow(self->edges, self->edge_count, &self->edge_capacity, sizeof *self->edges);
    self->edges[self->edge_count++] = edge;
}

void sampler_draw(struct sampler *self)
{
    const struct graph *graph = self->graph;
    struct pct_run run = {0};
    size_t starts = graph->space.start_count;
    self->edge_count = 0;
    self->start = self->wish.tester == TESTER_UNIFORM ? draw_uniform_start(self)
                                                      : (uint32_t)generator_below(&self->generator, starts);
    self->end = self->start;
    if (self->wish.tester == TESTER_PCT)
        start_pct(self, &run);
    while (self->end != STATESET_NONE && graph->edge_first[self->end] < graph->edge_first[self->end + 1] &&
           self->edge_count < SAMPLE_STEPS_MAX) {
        uint64_t edge = draw_edge(self, self->end, &run);
        add_edge(self, edge);
        if (self->wish.tester == TESTER_PCT)
            change_priorities(self, &run, graph->edges[edge].thread);
        self->end = graph->edges[edge].target;
    }
    self->is_given_up = self->end != STATESET_NONE && graph->edge_first[self->end] < graph->edge_first[self->end + 1];
}

void sampler_tell(const struct sampler *self, struct schedule *schedule)
{
    const struct graph *graph = self->graph;
    if (graph->space.start_count > 1)
        schedule_add(schedule, action_phase(self->start));
    for (size_t e = 0; e < self->edge_count; e++) {
        const struct edge *edge = &graph->edges[self->edges[e]];
        schedule_add(schedule, system_action(graph->explorer.system, edge->option, edge->thread));
    }
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

/* The first value of what is in a slot at the start. */
static int64_t first_value(const struct graph *graph, int slot)
{
    const struct slots *slots = &graph->space.slots;
    const struct slice *slice = graph->slice;
    const struct machine *machine = graph->explorer.system->machine;
    for (size_t s = 0; s < slice->shared_count; s++)
        if (slots_of_shared(slots, slice->shared[s]) == slot)
            return machine_initial_value(machine, slice->shared[s]);
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        for (size_t r = 0; r < slice->register_count; r++)
            if (slots_of_register(slots, slice->registers[r], t) == slot)
                return machine_initial_value(machine, machine_register_location(machine, t, slice->registers[r]));
    return 0;
}

/* What the observed variable ends with, found backwards: each step says where what is in a slot comes from. */
static int64_t trace_value(const struct sampler *self)
{
    const struct graph *graph = self->graph;
    int slot = graph->space.slots.observed;
    int64_t value = 0;
    for (size_t e = self->edge_count; e-- > 0 && slot != graph->space.slots.constant;) {
        const struct plan *plan = &graph->plans[graph->edges[self->edges[e]].plan];
        size_t entry = 0;
        while (entry < plan->count && plan->entries[entry].image != slot)
            entry++;
        if (entry == plan->count)
            fault("a step does not say where a value comes from");
        value += plan->entries[entry].addend;
        slot = plan->entries[entry].slot;
    }
    return value + first_value(graph, slot);
}

struct sample_end sampler_end(const struct sampler *self)
{
    const struct graph *graph = self->graph;
    const struct machine *machine = graph->explorer.system->machine;
    if (self->end == STATESET_NONE)
        return (struct sample_end){OUTCOME_FAILURE, 0};
    if (self->is_given_up)
        return (struct sample_end){OUTCOME_ENDLESS, 0};
    const uint64_t *state = stateset_at(&graph->explorer.states, self->end);
    if (machine_finished(machine, state) != machine_everybody(machine))
        return (struct sample_end){OUTCOME_DEADLOCK, 0};
    bool is_data = graph->space.slots.observed != SLOT_NONE;
    return (struct sample_end){OUTCOME_VALUE, is_data ? trace_value(self) : graph_final_value(graph, state)};
}
