#include "analysis/waiting.h"

#include "base/memory.h"

/* ---- Kinds --------------------------------------------------------------------------------------------------- */

/* Whether each instruction of a thread (and its end) lies outside of all critical sections, with one ahead. */
static bool *find_outside(const struct machine *machine, size_t thread)
{
    bool *outside = machine_find_ways_inside(machine, thread);
    for (uint32_t i = 0; i < machine_instruction_count(machine, thread); i++)
        for (size_t s = 0; s < machine_section_count(machine) && outside[i]; s++)
            outside[i] = !machine_is_inside(machine, thread, i, s);
    return outside;
}

static void find_kinds(struct waiting *self)
{
    const struct stateset *states = &self->graph->explorer.states;
    const struct machine *machine = self->graph->explorer.system->machine;
    bool *outside = find_outside(machine, self->thread);
    for (uint32_t number = 0; number < states->count; number++) {
        const uint64_t *state = stateset_at(states, number);
        uint64_t gone = machine_finished(machine, state) | machine_away(machine, state);
        if (gone >> self->thread & 1)
            self->kinds[number] = WAITING_NOT;
        else if (outside[machine_index(machine, state, self->thread)])
            self->kinds[number] = WAITING_TO_ENTER;
        else
            self->kinds[number] = WAITING_TO_STEP;
    }
    memory_free(outside);
}

uint64_t waiting_may(const struct graph *graph, uint32_t state)
{
    struct system_choices choices;
    system_choices(graph->explorer.system, stateset_at(&graph->explorer.states, state), &choices);
    return choices.threads[0];
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

void waiting_start(struct waiting *self, const struct graph *graph, size_t thread)
{
    size_t count = graph->explorer.states.count;
    *self = (struct waiting){.graph = graph, .thread = thread};
    self->kinds = memory_new(count, sizeof *self->kinds);
    self->members = memory_new(count, sizeof *self->members);
    self->first = memory_new(count + 1, sizeof *self->first);
    self->component_of = memory_new(count, sizeof *self->component_of);
    self->region_of = memory_new(count, sizeof *self->region_of);
    self->entered = memory_new(count, sizeof *self->entered);
    self->lowest = memory_new(count, sizeof *self->lowest);
    self->stack = memory_new(count, sizeof *self->stack);
    self->next_edge = memory_new(count, sizeof *self->next_edge);
    self->open = memory_new(count, sizeof *self->open);
    find_kinds(self);
}

void waiting_free(struct waiting *self)
{
    memory_free(self->kinds);
    memory_free(self->members);
    memory_free(self->first);
    memory_free(self->component_of);
    memory_free(self->region_of);
    memory_free(self->entered);
    memory_free(self->lowest);
    memory_free(self->stack);
    memory_free(self->next_edge);
    memory_free(self->open);
}

/* ---- Components ---------------------------------------------------------------------------------------------- */

static void enter(struct waiting *self, uint32_t state)
{
    self->stack[self->depth] = state;
    self->next_edge[self->depth] = self->graph->edge_first[state];
    self->depth++;
    self->entered[state] = self->lowest[state] = ++self->entered_count;
    self->open[self->open_count++] = state;
}

static void lower(struct waiting *self, uint32_t state, uint32_t to)
{
    self->lowest[state] = to < self->lowest[state] ? to : self->lowest[state];
}

static void close_component(struct waiting *self, uint32_t state)
{
    size_t end = self->first[self->component_count];
    uint32_t member;
    self->component_count++;
    do {
        member = self->open[--self->open_count];
        self->component_of[member] = (uint32_t)self->component_count;
        self->members[end++] = member;
    } while (member != state);
    self->first[self->component_count] = end;
}

static void leave(struct waiting *self)
{
    uint32_t state = self->stack[--self->depth];
    if (self->depth > 0)
        lower(self, self->stack[self->depth - 1], self->lowest[state]);
    if (self->lowest[state] == self->entered[state])
        close_component(self, state);
}

static void advance(struct waiting *self)
{
    uint32_t state = self->stack[self->depth - 1];
    uint64_t e = self->next_edge[self->depth - 1];
    if (e == self->graph->edge_first[state + 1]) {
        leave(self);
        return;
    }
    self->next_edge[self->depth - 1]++;
    const struct edge *edge = &self->graph->edges[e];
    if (!waiting_goes_on(self, state, edge) || !waiting_has(self, edge->target))
        return;
    if (self->entered[edge->target] == 0)
        enter(self, edge->target);
    else if (self->component_of[edge->target] == 0)
        lower(self, state, self->entered[edge->target]);
}

/* Tarjan, Depth-first search and linear graph algorithms, 1972: components are completed in the order that is
 * promised. */
void waiting_decompose(struct waiting *self, const uint32_t *states, size_t count)
{
    self->region++;
    self->component_count = 0;
    self->entered_count = 0;
    for (size_t s = 0; s < count; s++) {
        self->region_of[states[s]] = self->region;
        self->entered[states[s]] = self->component_of[states[s]] = 0;
    }
    for (size_t s = 0; s < count; s++) {
        if (self->entered[states[s]] == 0)
            enter(self, states[s]);
        while (self->depth > 0)
            advance(self);
    }
}
