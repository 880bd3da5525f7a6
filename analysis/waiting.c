#include "analysis/waiting.h"

#include "base/memory.h"

/* ---- Kinds --------------------------------------------------------------------------------------------------- */

bool *waiting_find_outside(const struct machine *machine, size_t thread)
{
    bool *outside = machine_find_ways_inside(machine, thread);
    for (uint32_t i = 0; i < machine_instruction_count(machine, thread); i++)
        for (size_t s = 0; s < machine_section_count(machine) && outside[i]; s++)
            outside[i] = !machine_is_inside(machine, thread, i, s);
    return outside;
}

enum waiting_kind waiting_kind_in(const struct machine *machine, const bool *outside, const uint64_t *state,
                                  size_t thread)
{
    uint32_t index = machine_index(machine, state, thread);
    uint64_t gone = machine_finished(machine, state) | machine_unborn(machine, state) |
                    (machine_away(machine, state) & ~machine_asleep(machine, state));
    if (index == machine_instruction_count(machine, thread) || (gone >> thread & 1) != 0)
        return WAITING_NOT;
    return outside[index] ? WAITING_TO_ENTER : WAITING_TO_STEP;
}

static void find_kinds(struct waiting *self)
{
    const struct stateset *states = &self->graph->explorer.states;
    const struct machine *machine = self->graph->explorer.system->machine;
    bool *outside = waiting_find_outside(machine, self->thread);
    for (uint32_t number = 0; number < states->count; number++)
        self->kinds[number] = (uint8_t)waiting_kind_in(machine, outside, stateset_at(states, number), self->thread);
    memory_free(outside);
}

uint64_t waiting_may(const struct graph *graph, uint32_t state)
{
    struct system_choices choices;
    const uint64_t *at = stateset_at(&graph->explorer.states, state);
    system_choices(graph->explorer.system, at, &choices);
    const struct machine *machine = graph->explorer.system->machine;
    return (choices.threads[0] & ~machine_asleep(machine, at)) | machine_unflushed(machine, at) << WAITING_FLUSH;
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

static bool follows(const void *context, uint32_t from, const struct edge *edge)
{
    const struct waiting *self = context;
    return waiting_goes_on(self, from, edge) && waiting_has(self, edge->target);
}

static void start(struct waiting *self, const struct graph *graph, size_t thread)
{
    size_t count = graph->explorer.states.count;
    *self = (struct waiting){.graph = graph, .thread = thread};
    self->kinds = memory_new(count, sizeof *self->kinds);
    self->region_of = memory_new(count, sizeof *self->region_of);
    components_start(&self->components, graph, follows, self);
}

void waiting_start(struct waiting *self, const struct graph *graph, size_t thread)
{
    start(self, graph, thread);
    find_kinds(self);
}

void waiting_start_part(struct waiting *self, const struct graph *graph, const bool *states)
{
    start(self, graph, WAITING_NOBODY);
    for (size_t s = 0; s < graph->explorer.states.count; s++)
        self->kinds[s] = states[s] ? WAITING_TO_STEP : WAITING_NOT;
}

void waiting_free(struct waiting *self)
{
    memory_free(self->kinds);
    memory_free(self->region_of);
    components_free(&self->components);
}

void waiting_decompose(struct waiting *self, const uint32_t *states, size_t count)
{
    self->region++;
    for (size_t s = 0; s < count; s++)
        self->region_of[states[s]] = self->region;
    components_find(&self->components, states, count);
}
