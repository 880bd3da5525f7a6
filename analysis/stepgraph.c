#include "analysis/stepgraph.h"

#include "base/memory.h"

enum { STATES_MIN_CAPACITY = 1024, EDGES_MIN_CAPACITY = 4096 };

static bool take(struct stepgraph *self, size_t bytes)
{
    self->fits = self->fits && budget_take(self->explorer.budget, bytes);
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

static bool begin_state(void *context, const struct system_choices *choices)
{
    struct stepgraph *self = context;
    uint32_t number = self->explorer.here;
    if (!reserve_state(self, number))
        return false;
    self->may[number] = choices->threads[0];
    self->away = choices->away;
    self->edge_first[number] = self->edge_first[number + 1] = self->edge_count;
    return true;
}

static bool store_edge(void *context, const struct explorer_step *step)
{
    struct stepgraph *self = context;
    if (step->step == NULL || step->target == STATESET_NONE)
        return true;
    if (!reserve_edge(self))
        return false;
    const struct machine *machine = self->explorer.system->machine;
    bool is_return = (self->away >> step->thread & 1) != 0;
    uint32_t index = machine_index(machine, self->explorer.state, step->thread);
    uint32_t ticks = is_return ? 0 : machine_ticks(machine, step->thread, index);
    self->edges[self->edge_count++] = (struct stepgraph_edge){step->target, ticks, step->thread};
    self->edge_first[self->explorer.here + 1] = self->edge_count;
    return true;
}

enum explorer_result stepgraph_explore(struct stepgraph *self, const struct system *system, uint64_t max_states,
                                       struct budget *budget)
{
    static const struct explorer_observer observer = {begin_state, store_edge};
    struct explorer_options options = {.phase = "starvation", .max_states = max_states};
    *self = (struct stepgraph){.fits = true};
    explorer_start(&self->explorer, system, &options, &observer, self, budget);
    enum explorer_result result = explorer_run(&self->explorer);
    return result == EXPLORER_ENDED ? EXPLORER_LIMIT : result;
}

void stepgraph_free(struct stepgraph *self)
{
    budget_give(self->explorer.budget, self->taken);
    memory_free(self->may);
    memory_free(self->edge_first);
    memory_free(self->edges);
    explorer_free(&self->explorer);
}
