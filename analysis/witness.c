#include "analysis/witness.h"

#include "base/fault.h"
#include "base/memory.h"
#include "space/macrostep.h"

#include <string.h>

/* A concrete state on the way: which threads are where, and what the data is. */
struct place {
    uint64_t *state;                        /* of the graph's system, not canonical; for a grid unused */
    uint32_t positions[SYSTEM_THREADS_MAX]; /* in the grid's lines; for a graph unused */
    int last;
    int64_t *values; /* of each location; only relevant data is kept up to date */
};

/* A walk under way. */
struct walk {
    const struct witness_source *source;
    const struct space *space;
    enum outcome_end end;
    int64_t value;
    struct place now;
    struct place next;          /* where the step that is being tried leads */
    struct macrostep macrostep; /* the step that is being tried, in a graph */
    uint32_t step_cost;         /* of that step */
    uint64_t *scratch;          /* a canonical copy of a state */
    bool failed;                /* the step that is being tried is an error of the program */
    struct witness *witness;
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
    const struct semiring *semiring = self->source->fold->semiring;
    const void *element = fold_element(self->source->fold, level, place, (unsigned)slot);
    return semiring->kind->cost(semiring, level, element, value);
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
        memcpy(self->scratch, place->state, graph->explorer.system->quads * sizeof *self->scratch);
        system_canonicalize(graph->explorer.system, self->scratch, moved);
        uint32_t number = stateset_find(&graph->explorer.states, self->scratch);
        if (number == STATESET_NONE)
            fault("a witness left the state space");
        system_groups(graph->explorer.system, self->scratch, &groups);
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
            best = cheaper(best,
                           element_cost(self, level, found, slots_of_register(slots, slice->registers[r], group_of[t]),
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

static const struct straight_line *line_of(const struct grid *grid, size_t thread)
{
    return &grid->lines[grid_line(grid, thread)];
}

static void find_choices(const struct walk *self, struct system_choices *choices)
{
    const struct grid *grid = self->source->grid;
    if (grid == NULL) {
        system_choices(self->source->graph->explorer.system, self->now.state, choices);
        return;
    }
    *choices = (struct system_choices){.options = 1};
    for (size_t t = 0; t < thread_count(self); t++)
        if (self->now.positions[t] < line_of(grid, t)->count)
            choices->ready |= UINT64_C(1) << t;
    choices->threads[0] = choices->ready;
}

/* Data stays where it is, unless it is moved. */
static void keep_data(struct walk *self)
{
    size_t bytes = machine_location_count(machine_of(self)) * sizeof *self->now.values;
    memcpy(self->next.values, self->now.values, bytes);
}

/* The source is read from the state before, so that moves are simultaneous. */
static void move_data(struct walk *self, location_id target, location_id source, int64_t addend)
{
    self->next.values[target] = (source == LOCATION_NONE ? 0 : self->now.values[source]) + addend;
}

static void try_grid_step(struct walk *self, const struct system_choices *choices, size_t thread)
{
    const struct straight_line *line = line_of(self->source->grid, thread);
    uint32_t position = self->now.positions[thread];
    int last = self->now.last;
    bool preempts = last >= 0 && (size_t)last != thread && (choices->ready >> last & 1) != 0;
    self->step_cost = schedule_cost(self->space, 1, preempts);
    self->next.last = (int)thread;
    memcpy(self->next.positions, self->now.positions, sizeof self->next.positions);
    self->next.positions[thread]++;
    keep_data(self);
    for (size_t m = line->first[position]; m < line->first[position + 1]; m++)
        move_data(self, straight_line_location(machine_of(self), line->moves[m].target, thread),
                  straight_line_location(machine_of(self), line->moves[m].source, thread), line->moves[m].addend);
}

static void try_macrostep(struct walk *self, const struct system_choices *choices, unsigned option, size_t thread)
{
    struct macrostep *macrostep = &self->macrostep;
    macrostep_run(macrostep, self->now.state, choices, option, thread, self->next.state);
    self->step_cost = schedule_cost(self->space, macrostep->length, macrostep->preemptions);
    self->failed = macrostep->step.result == STEP_FAILED;
    if (self->failed)
        return;
    keep_data(self);
    for (size_t m = 0; m < macrostep->net.count; m++)
        move_data(self, macrostep->net.moves[m].target, macrostep->net.moves[m].source, macrostep->net.moves[m].addend);
}

/* The cost of going on with a step of a thread. */
static uint32_t cost_by(struct walk *self, const struct system_choices *choices, unsigned option, size_t thread)
{
    self->failed = false;
    if (self->source->grid != NULL)
        try_grid_step(self, choices, thread);
    else
        try_macrostep(self, choices, option, thread);
    if (self->failed)
        return self->end == OUTCOME_FAILURE ? self->step_cost : COST_NONE;
    uint32_t rest = cost_from(self, &self->next);
    return rest == COST_NONE ? COST_NONE : rest + self->step_cost;
}

static void take_step(struct walk *self, unsigned option, size_t thread)
{
    struct place before = self->now;
    self->now = self->next;
    self->next = before;
    struct schedule *schedule = &self->witness->schedule;
    schedule_add(schedule, self->source->grid != NULL
                               ? action_by(ACTION_STEP, thread)
                               : system_action(self->source->graph->explorer.system, option, thread));
    for (uint32_t s = 1; self->source->grid == NULL && s < self->macrostep.length; s++)
        schedule_add(schedule, action_by(ACTION_STEP, self->macrostep.threads[s]));
}

/* Takes the first step in thread order after which the end can still be reached at the cost that is left. */
static uint32_t step_on(struct walk *self, uint32_t cost, const struct system_choices *choices)
{
    for (size_t t = 0; t < thread_count(self); t++)
        for (unsigned option = 0; option < choices->options; option++) {
            if ((choices->threads[option] >> t & 1) == 0 || cost_by(self, choices, option, t) != cost)
                continue;
            take_step(self, option, t);
            return cost - self->step_cost;
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
    if (self->source->graph != NULL)
        place->state = memory_new(self->source->graph->explorer.system->quads, sizeof *place->state);
}

/* Goes to the first of the cheapest starts; returns its cost. */
static uint32_t choose_start(struct walk *self)
{
    if (self->source->graph == NULL)
        return cost_from(self, &self->now);
    const struct system *system = self->source->graph->explorer.system;
    uint32_t best = COST_NONE, first = 0;
    for (uint64_t which = 0; which < system_start_count(system); which++) {
        system_start(system, which, self->now.state);
        uint32_t cost = cost_from(self, &self->now);
        if (cost >= best)
            continue;
        best = cost;
        first = (uint32_t)which;
    }
    system_start(system, first, self->now.state);
    if (system_start_count(system) > 1 && best != COST_NONE)
        schedule_add(&self->witness->schedule, action_phase(first));
    return best;
}

static void free_walk(struct walk *self)
{
    memory_free(self->now.state);
    memory_free(self->next.state);
    memory_free(self->now.values);
    memory_free(self->next.values);
    memory_free(self->scratch);
    if (self->source->graph != NULL)
        macrostep_free(&self->macrostep);
}

/* Whether control knows the final values, and the one that is looked for is none of them: it has no place in the ranges. */
static bool is_no_value(const struct walk *self)
{
    return self->end == OUTCOME_VALUE && self->source->graph != NULL && self->space->slots.observed == SLOT_NONE &&
           !intervals_contain(&self->source->graph->final_values, self->value);
}

static void walk_on(struct walk *self, uint32_t cost)
{
    struct system_choices choices;
    find_choices(self, &choices);
    while (!self->failed && !system_is_end(&choices)) {
        cost = step_on(self, cost, &choices);
        if (!self->failed)
            find_choices(self, &choices);
    }
}

bool witness_find(const struct witness_source *source, enum outcome_end end, int64_t value, struct witness *witness)
{
    *witness = (struct witness){0};
    struct walk walk = {.source = source, .space = source->fold->space, .end = end, .value = value, .witness = witness};
    start_place(&walk, &walk.now);
    start_place(&walk, &walk.next);
    if (source->graph != NULL) {
        walk.scratch = memory_new(source->graph->explorer.system->quads, sizeof *walk.scratch);
        macrostep_start(&walk.macrostep, source->graph->explorer.system);
    }
    uint32_t cost = is_no_value(&walk) ? COST_NONE : choose_start(&walk);
    witness->preemptions = cost / preemption_cost(walk.space);
    if (cost != COST_NONE)
        walk_on(&walk, cost);
    free_walk(&walk);
    return cost != COST_NONE;
}
