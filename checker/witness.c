#include "checker/witness.h"

#include "base/fault.h"
#include "base/memory.h"

#include <string.h>

/* A concrete state on the way: which threads are where, and what the data is. */
struct place {
    uint64_t *state;             /* of the graph's system, not canonical; for a grid unused */
    uint32_t positions[SYSTEM_THREADS_MAX]; /* in the grid's lanes; for a graph unused */
    int last;
    int64_t *values;             /* of each location; only relevant data is kept up to date */
};

/* A walk under way. */
struct walk {
    const struct witness_source *source;
    const struct space *space;
    enum outcome_end end;
    int64_t value;
    struct place now;
    struct place next;           /* where the step that is being tried leads */
    uint64_t *scratch;           /* a canonical copy of a state */
    bool failed;                 /* the step that is being tried is an error of the program */
    uint32_t *threads;
    size_t count;
    size_t capacity;
};

static const struct machine *machine_of(const struct walk *self)
{
    return self->source->machine;
}

static size_t thread_count(const struct walk *self)
{
    return machine_thread_count(machine_of(self));
}

/* ---- Costs --------------------------------------------------------------------------------------------------- */

/* What an element says about a value. */
static uint32_t element_cost(const struct walk *self, size_t level, size_t place, int slot, int64_t value)
{
    if (slot == SLOT_NONE)
        return COST_NONE;
    const struct weights *weights = self->source->fold->weights;
    const void *element = fold_element(self->source->fold, level, place, (unsigned)slot);
    return weights->kind->cost(weights, level, element, value);
}

static uint32_t cheaper(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Finds a concrete state in the space: its level and place, and the group of each thread. */
static size_t locate(const struct walk *self, const struct place *place, size_t *level, uint8_t *group_of)
{
    struct groups groups;
    uint8_t moved[SYSTEM_THREADS_MAX];
    size_t found;
    if (self->source->grid != NULL) {
        found = grid_locate(self->source->grid, place->positions, place->last, level, &groups, moved);
    } else {
        const struct graph *graph = self->source->graph;
        memcpy(self->scratch, place->state, graph->system->words * sizeof *self->scratch);
        system_canonicalize(graph->system, self->scratch, moved);
        uint32_t number = stateset_find(&graph->states, self->scratch);
        if (number == STATESET_NONE)
            fault("a witness left the state space");
        system_groups(graph->system, self->scratch, &groups);
        found = graph_place(graph, number, level);
    }
    for (size_t t = 0; t < thread_count(self); t++)
        group_of[t] = groups.of[moved[t]];
    return found;
}

/* For a value, the cheapest over all places that it may come from. */
static uint32_t value_cost(const struct walk *self, const struct place *place, size_t level, size_t found,
                           const uint8_t *group_of)
{
    const struct slots *slots = &self->space->slots;
    const struct slice *slice = self->source->slice;
    uint32_t best = element_cost(self, level, found, slots->constant, self->value);
    for (size_t s = 0; s < slice->shared_count; s++)
        best = cheaper(best, element_cost(self, level, found, slots_of_shared(slots, slice->shared[s]),
                                          self->value - place->values[slice->shared[s]]));
    for (size_t t = 0; t < thread_count(self); t++)
        for (size_t r = 0; r < slice->register_count; r++) {
            location_id location = machine_register_location(machine_of(self), t, slice->registers[r]);
            best = cheaper(best, element_cost(self, level, found,
                                              slots_of_register(slots, slice->registers[r], group_of[t]),
                                              self->value - place->values[location]));
        }
    return best;
}

/* The least cost from a concrete state to the end that is looked for. */
static uint32_t cost_from(const struct walk *self, const struct place *place)
{
    uint8_t group_of[SYSTEM_THREADS_MAX];
    size_t level, found = locate(self, place, &level, group_of);
    if (self->end == OUTCOME_VALUE)
        return value_cost(self, place, level, found, group_of);
    int slot = self->end == OUTCOME_DEADLOCK ? self->space->slots.deadlock : self->space->slots.failure;
    return element_cost(self, level, found, slot, 0);
}

/* ---- Steps --------------------------------------------------------------------------------------------------- */

static const struct lane *lane_of(const struct grid *grid, size_t thread)
{
    for (size_t l = 0; l < grid->lane_count; l++)
        if (grid->lanes[l].thread == thread)
            return &grid->lanes[l];
    for (size_t l = 0; l < grid->lane_count; l++)
        if (machine_class(grid->machine, grid->lanes[l].thread) == machine_class(grid->machine, thread))
            return &grid->lanes[l];
    return NULL;
}

static uint64_t choices_at(const struct walk *self, const struct place *place, uint64_t *enabled)
{
    const struct grid *grid = self->source->grid;
    if (grid == NULL)
        return system_choices(self->source->graph->system, place->state, enabled);
    *enabled = 0;
    for (size_t t = 0; t < thread_count(self); t++)
        if (place->positions[t] < lane_of(grid, t)->count)
            *enabled |= UINT64_C(1) << t;
    return *enabled;
}

static location_id own_location(const struct walk *self, location_id location, size_t thread)
{
    if (location == LOCATION_NONE || machine_location_thread(machine_of(self), location) < 0)
        return location;
    return machine_register_location(machine_of(self), thread, machine_location_register(machine_of(self), location));
}

/* Moves the data; the sources are read from the state before, so that moves are simultaneous. */
static void move_data(struct walk *self, size_t thread, const struct move *moves, size_t count)
{
    size_t bytes = machine_location_count(machine_of(self)) * sizeof *self->now.values;
    memcpy(self->next.values, self->now.values, bytes);
    for (size_t m = 0; m < count; m++) {
        location_id source = own_location(self, moves[m].source, thread);
        int64_t value = source == LOCATION_NONE ? 0 : self->now.values[source];
        self->next.values[own_location(self, moves[m].target, thread)] = value + moves[m].addend;
    }
}

static void try_step(struct walk *self, size_t thread)
{
    const struct grid *grid = self->source->grid;
    self->next.last = (int)thread;
    self->failed = false;
    if (grid != NULL) {
        const struct lane *lane = lane_of(grid, thread);
        uint32_t position = self->now.positions[thread];
        memcpy(self->next.positions, self->now.positions, sizeof self->next.positions);
        self->next.positions[thread]++;
        move_data(self, thread, lane->moves + lane->first[position], lane->first[position + 1] - lane->first[position]);
        return;
    }
    struct step step;
    system_step(self->source->graph->system, self->now.state, thread, self->next.state, &step);
    self->failed = step.result == STEP_FAILED;
    if (!self->failed)
        move_data(self, thread, step.moves, step.move_count);
}

/* The cost of going on with a step of a thread. */
static uint32_t cost_by(struct walk *self, size_t thread, uint64_t enabled, uint32_t step_cost)
{
    bool preempts = self->now.last >= 0 && (size_t)self->now.last != thread && (enabled >> self->now.last & 1) != 0;
    uint32_t cost = step_cost + (preempts ? preemption_cost(self->space) : 0);
    try_step(self, thread);
    if (self->failed)
        return self->end == OUTCOME_FAILURE ? cost : COST_NONE;
    uint32_t rest = cost_from(self, &self->next);
    return rest == COST_NONE ? COST_NONE : rest + cost;
}

static void take_step(struct walk *self, size_t thread)
{
    struct place before = self->now;
    self->now = self->next;
    self->next = before;
    self->threads = memory_grow(self->threads, self->count, &self->capacity, sizeof *self->threads);
    self->threads[self->count++] = (uint32_t)thread;
}

/* Takes the first step in thread order after which the end can still be reached at the cost that is left. */
static uint32_t step_on(struct walk *self, uint32_t cost, uint64_t choices, uint64_t enabled)
{
    uint32_t step_cost = self->space->cyclic ? 1 : 0;
    for (size_t t = 0; t < thread_count(self); t++) {
        if ((choices >> t & 1) == 0 || cost_by(self, t, enabled, step_cost) != cost)
            continue;
        bool preempts = self->now.last >= 0 && (size_t)self->now.last != t && (enabled >> self->now.last & 1) != 0;
        take_step(self, t);
        return cost - step_cost - (preempts ? preemption_cost(self->space) : 0);
    }
    fault("no step of a witness keeps its cost");
}

/* ---- The walk ------------------------------------------------------------------------------------------------ */

static void start_place(const struct walk *self, struct place *place)
{
    size_t locations = machine_location_count(machine_of(self));
    place->last = -1;
    place->values = memory_new(locations, sizeof *place->values);
    for (location_id l = 0; l < locations; l++)
        place->values[l] = machine_initial_value(machine_of(self), l);
    if (self->source->graph == NULL)
        return;
    place->state = memory_new(self->source->graph->system->words, sizeof *place->state);
    system_start(self->source->graph->system, place->state);
}

static void free_walk(struct walk *self)
{
    memory_free(self->now.state);
    memory_free(self->next.state);
    memory_free(self->now.values);
    memory_free(self->next.values);
    memory_free(self->scratch);
}

/* Whether control knows the final values, and the one that is looked for is none of them: it has no place in the bands. */
static bool is_no_value(const struct walk *self)
{
    return self->end == OUTCOME_VALUE && self->source->graph != NULL && self->space->slots.observed == SLOT_NONE &&
           !intervals_contain(&self->source->graph->final_values, self->value);
}

uint32_t *witness_find(const struct witness_source *source, enum outcome_end end, int64_t value, size_t *count,
                       uint32_t *preemptions)
{
    struct walk walk = {.source = source, .space = source->fold->space, .end = end, .value = value};
    start_place(&walk, &walk.now);
    start_place(&walk, &walk.next);
    if (source->graph != NULL)
        walk.scratch = memory_new(source->graph->system->words, sizeof *walk.scratch);
    uint32_t cost = is_no_value(&walk) ? COST_NONE : cost_from(&walk, &walk.now);
    *preemptions = cost / preemption_cost(walk.space);
    uint64_t enabled, choices = choices_at(&walk, &walk.now, &enabled);
    bool found = cost != COST_NONE;
    while (found && choices != 0 && !walk.failed) {
        cost = step_on(&walk, cost, choices, enabled);
        choices = walk.failed ? 0 : choices_at(&walk, &walk.now, &enabled);
    }
    free_walk(&walk);
    *count = walk.count;
    if (!found) {
        memory_free(walk.threads);
        return NULL;
    }
    return walk.threads != NULL ? walk.threads : memory_new(1, sizeof *walk.threads);
}
