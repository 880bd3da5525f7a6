#include "analysis/hang.h"

#include "base/memory.h"

/* All states of a component stand in the order before any that leads to it from outside. */
bool *hang_find_ends(const struct graph *graph)
{
    bool *ends = memory_new(graph->components.count + 1, sizeof *ends);
    for (size_t i = 0; i < graph->explorer.states.count; i++) {
        uint32_t state = graph->components.members[i];
        bool *reaches_end = &ends[graph->components.of[state]];
        *reaches_end |= graph->edge_first[state] == graph->edge_first[state + 1];
        for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++) {
            uint32_t target = graph->edges[e].target;
            *reaches_end |= target == STATESET_NONE || ends[graph->components.of[target]];
        }
    }
    return ends;
}

/* The threads that a step stands for: alike ones can all be in the place of the one that is named. */
static uint64_t threads_like(const struct system *system, size_t thread)
{
    uint64_t threads = 0;
    for (size_t t = 0; t < system->thread_count; t++)
        if (t == thread ||
            (system->symmetric && machine_class(system->machine, t) == machine_class(system->machine, thread)))
            threads |= UINT64_C(1) << t;
    return threads;
}

static uint64_t stepping_in_circles(const struct graph *graph, uint32_t state)
{
    uint64_t threads = 0;
    for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++)
        if (graph_is_inside(graph, state, &graph->edges[e]))
            threads |= threads_like(graph->explorer.system, graph->edges[e].thread);
    return threads;
}

struct hang hang_find(const struct graph *graph)
{
    bool *ends = hang_find_ends(graph);
    struct hang hang = {.is_certain = true};
    for (uint32_t s = 0; s < graph->explorer.states.count; s++) {
        if (ends[graph->components.of[s]])
            continue;
        hang.is_possible = true;
        if (!graph->explorer.system->collapses)
            hang.spinning |= stepping_in_circles(graph, s);
    }
    for (uint32_t s = 0; s < graph->space.start_count; s++)
        hang.is_certain &= !ends[graph->components.of[s]];
    memory_free(ends);
    return hang;
}

/* ---- Deadlocks included ------------------------------------------------------------------------------------------ */

/* Whether a schedule comes to its end in a state, or fails there, or goes on to a component from which one can. */
static bool ends_from(const struct graph *graph, uint32_t state, const struct components *components, const bool *ends)
{
    const struct machine *machine = graph->explorer.system->machine;
    if (machine_finished(machine, stateset_at(&graph->explorer.states, state)) == machine_everybody(machine))
        return true;
    for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++) {
        uint32_t target = graph->edges[e].target;
        if (target == STATESET_NONE || ends[components->of[target]])
            return true;
    }
    return false;
}

bool *hang_find_states(const struct graph *graph)
{
    size_t count = graph->explorer.states.count;
    struct components components;
    components_start(&components, graph, NULL, NULL);
    components_find(&components, NULL, count);
    bool *ends = memory_new((size_t)components.count + 1, sizeof *ends);
    for (size_t i = 0; i < count; i++) {
        uint32_t state = components.members[i];
        ends[components.of[state]] |= ends_from(graph, state, &components, ends);
    }
    bool *states = memory_new(count + 1, sizeof *states);
    for (uint32_t s = 0; s < count; s++)
        states[s] = !ends[components.of[s]];
    memory_free(ends);
    components_free(&components);
    return states;
}

uint32_t hang_find_first(const struct graph *graph)
{
    bool *states = hang_find_states(graph);
    uint32_t first = 0;
    while (first < graph->explorer.states.count && !states[first])
        first++;
    memory_free(states);
    return first < graph->explorer.states.count ? first : STATESET_NONE;
}
