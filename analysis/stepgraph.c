#include "analysis/stepgraph.h"

#include "base/memory.h"

enum { STATES_MIN_CAPACITY = 1024, EDGES_MIN_CAPACITY = 4096 };

static bool take(struct stepgraph *self, size_t bytes)
{
    self->fits = self->fits && budget_take(self->search.budget, bytes);
    self->taken += self->fits ? bytes : 0;
    return self->fits;
}

/* Makes room for what is known of a state, and for where the next one's edges begin. */
static bool reserve_state(struct stepgraph *self, size_t number)
{
    if (number + 1 < self->state_capacity)
        return true;
    size_t capacity = self->state_capacity + self->state_capacity / 2 + STATES_MIN_CAPACITY;
    if (!take(self, (capacity - self->state_capacity) * (sizeof *self->may + sizeof *self->edge_first)))
        return false;
    self->may = memory_resize(self->may, capacity, sizeof *self->may);
    self->edge_first = memory_resize(self->edge_first, capacity, sizeof *self->edge_first);
    self->state_capacity = capacity;
    return true;
}

static bool reserve_edge(struct stepgraph *self)
{
    if (self->edge_count < self->edge_capacity)
        return true;
    size_t capacity = self->edge_capacity + self->edge_capacity / 2 + EDGES_MIN_CAPACITY;
    if (!take(self, (capacity - self->edge_capacity) * sizeof *self->edges))
        return false;
    self->edges = memory_resize(self->edges, capacity, sizeof *self->edges);
    self->edge_capacity = capacity;
    return true;
}

/* Expansion under way: the graph, and the choices of the state. */
struct expansion {
    struct stepgraph *graph;
    struct system_choices choices;
};

static void store_edge(void *context, size_t thread, uint32_t target)
{
    struct expansion *self = context;
    struct stepgraph *graph = self->graph;
    if (target == STATESET_NONE || !reserve_edge(graph))
        return;
    const struct machine *machine = graph->search.system->machine;
    bool is_return = (self->choices.away >> thread & 1) != 0;
    uint32_t index = machine_index(machine, graph->search.state, thread);
    uint32_t ticks = is_return ? 0 : machine_ticks(machine, thread, index);
    graph->edges[graph->edge_count++] = (struct stepgraph_edge){target, ticks, (uint32_t)thread};
}

static enum search_result expand(struct stepgraph *self, struct expansion *expansion)
{
    size_t number = self->search.next;
    if (!reserve_state(self, number))
        return SEARCH_STOPPED;
    self->may[number] = expansion->choices.threads[0];
    self->edge_first[number] = self->edge_count;
    enum search_result result = search_expand(&self->search, &expansion->choices, store_edge, expansion);
    self->edge_first[number + 1] = self->edge_count;
    return self->fits ? result : SEARCH_STOPPED;
}

enum search_result stepgraph_explore(struct stepgraph *self, const struct system *system, uint64_t max_states,
                                     struct budget *budget)
{
    *self = (struct stepgraph){.fits = true};
    struct expansion expansion = {.graph = self};
    search_start(&self->search, system, max_states, "starvation", budget);
    enum search_result result = self->search.fits ? SEARCH_GOES_ON : SEARCH_STOPPED;
    while (result == SEARCH_GOES_ON)
        result = search_open(&self->search, &expansion.choices) ? expand(self, &expansion) : SEARCH_EXHAUSTED;
    return result;
}

void stepgraph_free(struct stepgraph *self)
{
    budget_give(self->search.budget, self->taken);
    memory_free(self->may);
    memory_free(self->edge_first);
    memory_free(self->edges);
    search_free(&self->search);
}
