#include "analysis/absorption.h"

#include "analysis/hang.h"
#include "base/exact.h"
#include "base/memory.h"

#include <string.h>

/* Exact fractions up to so many states, and so many multiplications. */
static const size_t exact_states = 4000;
static const double exact_work = 2e7;

/* Iteration in a component ends when less than this is left in it. */
static const double negligible = 1e-15;
enum { SWEEPS_MAX = 1000000, SWEEPS_PER_QUESTION = 16 };

/* The chain: the components of the graph are numbered against the flow, from 1. */
struct chain {
    const struct graph *graph;
    size_t count;
    uint32_t *place; /* of a state within its component */
    bool *
        stays; /* of each component, whether what comes in is not followed any further: no end can be reached from there */
    bool sums; /* what is added is summed up, also where no end can be reached */
};

/* ---- The chain ------------------------------------------------------------------------------------------------- */

static size_t component_size(const struct chain *self, size_t component)
{
    return self->graph->components.first[component] - self->graph->components.first[component - 1];
}

/* The i-th state of a component, in the order of their numbers. */
static uint32_t state_at(const struct chain *self, size_t component, size_t i)
{
    return self->graph->components.members[self->graph->components.first[component] - 1 - i];
}

static bool leaves(const struct chain *self, size_t component)
{
    const struct graph *graph = self->graph;
    for (size_t i = 0; i < component_size(self, component); i++) {
        uint32_t state = state_at(self, component, i);
        if (graph->edge_first[state] == graph->edge_first[state + 1])
            return true;
        for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++)
            if (!graph_is_inside(graph, state, &graph->edges[e]))
                return true;
    }
    return false;
}

/* Where sums are asked for, schedules that never end are followed until they stay in one component. */
static void find_stays(struct chain *self)
{
    bool *ends = hang_find_ends(self->graph);
    self->stays = memory_new(self->count + 1, sizeof *self->stays);
    for (size_t c = 1; c <= self->count; c++)
        self->stays[c] = !ends[c] && (!self->sums || !leaves(self, c));
    memory_free(ends);
}

static void chain_start(struct chain *self, const struct graph *graph)
{
    *self = (struct chain){.graph = graph, .count = graph->components.count};
    self->sums = graph->space.slots.observed != SLOT_NONE;
    find_stays(self);
    self->place = memory_new(graph->explorer.states.count, sizeof *self->place);
    for (size_t c = 1; c <= self->count; c++)
        for (size_t i = 0; i < component_size(self, c); i++)
            self->place[state_at(self, c, i)] = (uint32_t)i;
}

static void chain_free(struct chain *self)
{
    memory_free(self->place);
    memory_free(self->stays);
}

static bool is_cycle(const struct chain *self, size_t component)
{
    uint32_t state = state_at(self, component, 0);
    if (component_size(self, component) > 1)
        return true;
    for (uint64_t e = self->graph->edge_first[state]; e < self->graph->edge_first[state + 1]; e++)
        if (self->graph->edges[e].target == state)
            return true;
    return false;
}

static uint32_t choices_of(const struct graph *graph, uint32_t state)
{
    uint32_t choices = 0;
    for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++)
        choices += graph->edges[e].multiplicity;
    return choices;
}

/* ---- Ends ---------------------------------------------------------------------------------------------------- */

static void add_value(struct absorption *self, int64_t value, const mpq_t probability)
{
    size_t place = self->value_count;
    while (place > 0 && self->values[place - 1].value > value)
        place--;
    if (place > 0 && self->values[place - 1].value == value) {
        mpq_add(self->values[place - 1].probability, self->values[place - 1].probability, probability);
        return;
    }
    self->values = memory_grow(self->values, self->value_count, &self->value_capacity, sizeof *self->values);
    memmove(&self->values[place + 1], &self->values[place], (self->value_count - place) * sizeof *self->values);
    self->value_count++;
    self->values[place].value = value;
    mpq_init(self->values[place].probability);
    mpq_set(self->values[place].probability, probability);
}

/* Schedules that end in a state without steps. */
static void add_end(struct absorption *self, const struct graph *graph, uint32_t number, const mpq_t probability)
{
    const struct machine *machine = graph->explorer.system->machine;
    const uint64_t *state = stateset_at(&graph->explorer.states, number);
    if (machine_finished(machine, state) != machine_everybody(machine))
        mpq_add(self->deadlocked, self->deadlocked, probability);
    else if (graph->space.slots.observed == SLOT_NONE)
        add_value(self, graph_final_value(graph, state), probability);
}

/* ---- Exactly --------------------------------------------------------------------------------------------------- */

/* A linear system (1 - P^T) visits = inflow of one component: rows of size + 1 fractions. */
struct equations {
    mpq_t *cells;
    size_t size;
    mpq_t product;
};

static mpq_t *cell(struct equations *self, size_t row, size_t column)
{
    return &self->cells[row * (self->size + 1) + column];
}

static void equations_start(struct equations *self, const struct chain *chain, size_t component, mpq_t *inflow)
{
    const struct graph *graph = chain->graph;
    self->size = component_size(chain, component);
    self->cells = memory_new(self->size * (self->size + 1), sizeof *self->cells);
    mpq_init(self->product);
    for (size_t i = 0; i < self->size * (self->size + 1); i++)
        mpq_init(self->cells[i]);
    for (size_t column = 0; column < self->size; column++) {
        uint32_t state = state_at(chain, component, column);
        uint32_t choices = choices_of(graph, state);
        mpq_set_ui(*cell(self, column, column), 1, 1);
        mpq_set(*cell(self, column, self->size), inflow[state]);
        for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++) {
            const struct edge *edge = &graph->edges[e];
            if (!graph_is_inside(graph, state, edge))
                continue;
            mpq_t *into = cell(self, chain->place[edge->target], column);
            mpq_set_ui(self->product, edge->multiplicity, choices);
            mpq_canonicalize(self->product);
            mpq_sub(*into, *into, self->product);
        }
    }
}

static void equations_free(struct equations *self)
{
    for (size_t i = 0; i < self->size * (self->size + 1); i++)
        mpq_clear(self->cells[i]);
    mpq_clear(self->product);
    memory_free(self->cells);
}

/* row -= factor * pivot row, where that clears the pivot's column. */
static void eliminate(struct equations *self, size_t row, size_t pivot)
{
    mpq_t factor;
    if (row == pivot || mpq_sgn(*cell(self, row, pivot)) == 0)
        return;
    mpq_init(factor);
    mpq_set(factor, *cell(self, row, pivot));
    for (size_t column = pivot; column <= self->size; column++) {
        mpq_mul(self->product, factor, *cell(self, pivot, column));
        mpq_sub(*cell(self, row, column), *cell(self, row, column), self->product);
    }
    mpq_clear(factor);
}

/* Gauss and Jordan. A component that can be left has a solution, and pivots need not be looked for: the matrix is one of
 * 1 - P^T with P substochastic, whose leading parts are regular. */
static void equations_solve(struct equations *self)
{
    for (size_t pivot = 0; pivot < self->size; pivot++) {
        mpq_t first;
        mpq_init(first);
        mpq_set(first, *cell(self, pivot, pivot));
        for (size_t column = pivot; column <= self->size; column++)
            mpq_div(*cell(self, pivot, column), *cell(self, pivot, column), first);
        mpq_clear(first);
        for (size_t row = 0; row < self->size; row++)
            eliminate(self, row, pivot);
    }
}

/* What stays in a component, from which no way leads out. */
static bool adds_for_ever(const struct chain *self, size_t component)
{
    const struct graph *graph = self->graph;
    for (size_t i = 0; self->sums && i < component_size(self, component); i++) {
        uint32_t state = state_at(self, component, i);
        for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++)
            if (graph_added(graph, &graph->edges[e]) > 0)
                return true;
    }
    return false;
}

/* What the steps of a state add together, each as often as there are threads that it stands for. */
static uint64_t sum_of_state(const struct chain *self, uint32_t state)
{
    const struct graph *graph = self->graph;
    uint64_t sum = 0;
    for (uint64_t e = graph->edge_first[state]; self->sums && e < graph->edge_first[state + 1]; e++)
        sum += (uint64_t)graph_added(graph, &graph->edges[e]) * graph->edges[e].multiplicity;
    return sum;
}

static void add_expected(struct absorption *self, const struct chain *chain, uint32_t state, const mpq_t visits)
{
    uint64_t sum = sum_of_state(chain, state);
    mpq_t share;
    if (sum == 0)
        return;
    mpq_init(share);
    exact_set(mpq_numref(share), sum);
    exact_set(mpq_denref(share), choices_of(chain->graph, state));
    mpq_canonicalize(share);
    mpq_mul(share, share, visits);
    mpq_add(self->expected, self->expected, share);
    mpq_clear(share);
}

/* What visits to a state send out of its component. */
static void send_exactly(struct absorption *self, const struct chain *chain, uint32_t state, const mpq_t visits,
                         mpq_t *inflow)
{
    const struct graph *graph = chain->graph;
    uint32_t choices = choices_of(graph, state);
    mpq_t share;
    mpq_init(share);
    add_expected(self, chain, state, visits);
    if (choices == 0)
        add_end(self, graph, state, visits);
    for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++) {
        const struct edge *edge = &graph->edges[e];
        if (graph_is_inside(graph, state, edge))
            continue;
        mpq_set_ui(share, edge->multiplicity, choices);
        mpq_canonicalize(share);
        mpq_mul(share, share, visits);
        mpq_ptr to = edge->target == STATESET_NONE ? self->failed : inflow[edge->target];
        mpq_add(to, to, share);
    }
    mpq_clear(share);
}

static void flow_exactly(struct absorption *self, const struct chain *chain, size_t component, mpq_t *inflow)
{
    size_t size = component_size(chain, component);
    if (chain->stays[component]) {
        for (size_t s = 0; s < size; s++)
            mpq_add(self->endless, self->endless, inflow[state_at(chain, component, s)]);
        self->is_infinite |= adds_for_ever(chain, component);
        return;
    }
    if (!is_cycle(chain, component)) {
        uint32_t state = state_at(chain, component, 0);
        send_exactly(self, chain, state, inflow[state], inflow);
        return;
    }
    struct equations equations;
    equations_start(&equations, chain, component, inflow);
    equations_solve(&equations);
    for (size_t s = 0; s < size; s++)
        send_exactly(self, chain, state_at(chain, component, s), *cell(&equations, s, size), inflow);
    equations_free(&equations);
}

static bool find_exactly(struct absorption *self, const struct chain *chain, struct budget *budget)
{
    const struct graph *graph = chain->graph;
    mpq_t *inflow = memory_new(graph->explorer.states.count, sizeof *inflow);
    for (size_t s = 0; s < graph->explorer.states.count; s++)
        mpq_init(inflow[s]);
    for (size_t s = 0; s < graph->space.start_count; s++)
        mpq_set_ui(inflow[s], 1, (unsigned long)graph->space.start_count);
    bool in_time = true;
    for (size_t c = chain->count; c > 0 && in_time; c--) {
        flow_exactly(self, chain, c, inflow);
        in_time = !budget_spent(budget, "random", chain->count - c, chain->count, 0);
    }
    for (size_t s = 0; s < graph->explorer.states.count; s++)
        mpq_clear(inflow[s]);
    memory_free(inflow);
    return in_time;
}

/* ---- Approximately --------------------------------------------------------------------------------------------- */

/* The flow in floating-point numbers. */
struct flow {
    struct absorption *absorption;
    const struct chain *chain;
    struct budget *budget;
    double *mass; /* of each state: what has come in and was not sent on */
    double failed, endless;
    double expected, expected_left; /* what was added; and about what what was never sent on would add */
    double left;                    /* what was never sent on */
    double roundings;               /* along any way: how often a result was rounded, at most */
    bool in_time;
};

static void end_flow(struct flow *self, uint32_t state, double mass)
{
    mpq_t probability;
    mpq_init(probability);
    mpq_set_d(probability, mass);
    add_end(self->absorption, self->chain->graph, state, probability);
    mpq_clear(probability);
}

/* Sends on what is in a state; returns how much of it stays in the component. */
static void send(struct flow *self, uint32_t state)
{
    const struct graph *graph = self->chain->graph;
    uint32_t choices = choices_of(graph, state);
    double mass = self->mass[state];
    self->mass[state] = 0;
    if (choices > 0)
        self->expected += mass * (double)sum_of_state(self->chain, state) / choices;
    if (choices == 0)
        end_flow(self, state, mass);
    for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++) {
        const struct edge *edge = &graph->edges[e];
        double share = mass * edge->multiplicity / choices;
        *(edge->target == STATESET_NONE ? &self->failed : &self->mass[edge->target]) += share;
    }
}

static double mass_in(const struct flow *self, size_t component)
{
    double mass = 0;
    for (size_t s = 0; s < component_size(self->chain, component); s++)
        mass += self->mass[state_at(self->chain, component, s)];
    return mass;
}

/* Sends round and round until next to nothing is left in a component. */
static void drain(struct flow *self, size_t component)
{
    const struct chain *chain = self->chain;
    double mass = mass_in(self, component), added = 0, shrinks = 0;
    for (size_t sweep = 0; mass > negligible && sweep < SWEEPS_MAX && self->in_time; sweep++) {
        double before = self->expected, more = mass;
        for (size_t s = 0; s < component_size(chain, component); s++)
            send(self, state_at(chain, component, s));
        mass = mass_in(self, component);
        added = self->expected - before;
        shrinks = 1 - mass / more;
        self->roundings += (double)component_size(chain, component) + 4;
        if (sweep % SWEEPS_PER_QUESTION == 0)
            self->in_time = !budget_spent(self->budget, "random", chain->count - component, chain->count, 0);
    }
    self->left += mass;
    self->expected_left += shrinks > 0 ? added / shrinks : added; /* each further sweep adds less by the same factor */
}

static void flow_through(struct flow *self, size_t component)
{
    if (self->chain->stays[component]) {
        self->endless += mass_in(self, component);
        self->absorption->is_infinite |= adds_for_ever(self->chain, component);
    } else if (!is_cycle(self->chain, component)) {
        send(self, state_at(self->chain, component, 0));
        self->roundings += 4;
    } else {
        drain(self, component);
    }
}

/* All numbers are sums and products of positive ones, so that errors are relative, and add up. */
static double error_bound(const struct flow *self)
{
    return self->left + self->roundings * 0x1p-53;
}

static bool find_approximately(struct absorption *self, const struct chain *chain, struct budget *budget)
{
    const struct graph *graph = chain->graph;
    struct flow flow = {.absorption = self, .chain = chain, .budget = budget, .in_time = true};
    flow.mass = memory_new(graph->explorer.states.count, sizeof *flow.mass);
    for (size_t s = 0; s < graph->space.start_count; s++)
        flow.mass[s] = 1.0 / (double)graph->space.start_count;
    for (size_t c = chain->count; c > 0 && flow.in_time; c--) {
        size_t done = chain->count - c;
        flow_through(&flow, c);
        flow.in_time = flow.in_time && (done % 4096 != 0 || !budget_spent(budget, "random", done, chain->count, 0));
    }
    mpq_set_d(self->failed, flow.failed);
    mpq_set_d(self->endless, flow.endless);
    mpq_set_d(self->expected, flow.expected);
    self->error = error_bound(&flow);
    self->expected_error = flow.expected_left + self->error * flow.expected;
    memory_free(flow.mass);
    return flow.in_time;
}

/* ---- Life ------------------------------------------------------------------------------------------------------ */

/* Whether no schedule at all comes to an end. */
static bool never_ends(const struct chain *chain)
{
    const struct graph *graph = chain->graph;
    for (size_t s = 0; s < graph->space.start_count; s++)
        if (!chain->stays[graph->components.of[s]])
            return false;
    return !chain->sums;
}

/* Whether there is only one way for schedules to end, which is certain then: for that a value must be known to control. */
static bool ends_alike(const struct chain *chain)
{
    const struct graph *graph = chain->graph;
    uint64_t ways =
        intervals_size(&graph->final_values) + (uint64_t)(graph->deadlocks > 0) + (uint64_t)(graph->failures > 0);
    for (size_t c = 1; c <= chain->count; c++)
        if (chain->stays[c])
            return false;
    return !chain->sums && ways == 1;
}

static void find_certain(struct absorption *self, const struct graph *graph)
{
    mpq_t certain;
    mpq_init(certain);
    mpq_set_ui(certain, 1, 1);
    if (graph->deadlocks > 0)
        mpq_set(self->deadlocked, certain);
    else if (graph->failures > 0)
        mpq_set(self->failed, certain);
    else
        add_value(self, graph->final_values.items[0].first, certain);
    mpq_clear(certain);
}

static bool is_small(const struct chain *chain)
{
    double work = 0;
    for (size_t c = 1; c <= chain->count; c++) {
        double size = (double)component_size(chain, c);
        work += size * size * size;
    }
    return chain->graph->explorer.states.count <= exact_states && work <= exact_work;
}

bool absorption_find(struct absorption *self, const struct graph *graph, struct budget *budget)
{
    struct chain chain;
    *self = (struct absorption){0};
    mpq_inits(self->deadlocked, self->failed, self->endless, self->expected, NULL);
    chain_start(&chain, graph);
    bool is_certain = ends_alike(&chain), is_endless = never_ends(&chain), in_time = true;
    self->is_exact = is_certain || is_endless || is_small(&chain);
    if (is_certain)
        find_certain(self, graph);
    else if (is_endless)
        mpq_set_ui(self->endless, 1, 1);
    else
        in_time = self->is_exact ? find_exactly(self, &chain, budget) : find_approximately(self, &chain, budget);
    chain_free(&chain);
    return in_time;
}

void absorption_free(struct absorption *self)
{
    for (size_t v = 0; v < self->value_count; v++)
        mpq_clear(self->values[v].probability);
    memory_free(self->values);
    mpq_clears(self->deadlocked, self->failed, self->endless, self->expected, NULL);
}
