#include "space/graph.h"

#include "base/arithmetic.h"
#include "base/memory.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { CHUNK_STATES = 1024 };

void graph_forget_edges(struct graph *self)
{
    memory_free(self->edges);
    memory_free(self->edge_first);
    self->edges = NULL;
    self->edge_first = NULL;
    self->edge_count = self->edge_capacity = self->edge_first_capacity = 0;
    self->has_edges = false;
}

void graph_clear(struct graph *self)
{
    graph_forget_edges(self);
    for (size_t p = 0; p < self->plan_count; p++)
        memory_free(self->plans[p].entries);
    memory_free(self->plans);
    memory_free(self->plan_table);
    components_free(&self->components);
    memory_free(self->heights);
    memory_free(self->failure_text);
    intervals_free(&self->final_values);
    tuples_free(&self->final_tuples);
    slots_free(&self->space.slots);
    mpz_clears(self->orbit_states, self->orbit_steps, NULL);
    *self = (struct graph){.explorer = self->explorer, .slice = self->slice};
    mpz_inits(self->orbit_states, self->orbit_steps, NULL);
}

void graph_free(struct graph *self)
{
    graph_clear(self);
    mpz_clears(self->orbit_states, self->orbit_steps, NULL);
    explorer_free(&self->explorer);
}

/* ---- Plans --------------------------------------------------------------------------------------------------- */

static size_t plan_place(const struct graph *self, const struct entry *entries, size_t count)
{
    return (size_t)XXH3_64bits(entries, count * sizeof *entries) & (self->plan_table_size - 1);
}

static void grow_plan_table(struct graph *self)
{
    self->plan_table_size = self->plan_table_size == 0 ? 256 : 2 * self->plan_table_size;
    memory_free(self->plan_table);
    self->plan_table = memory_new(self->plan_table_size, sizeof *self->plan_table);
    for (size_t p = 0; p < self->plan_count; p++) {
        size_t place = plan_place(self, self->plans[p].entries, self->plans[p].count);
        while (self->plan_table[place] != 0)
            place = (place + 1) & (self->plan_table_size - 1);
        self->plan_table[place] = (uint32_t)p + 1;
    }
}

static bool same_plan(const struct plan *plan, const struct entry *entries, size_t count)
{
    return plan->count == count && (count == 0 || memcmp(plan->entries, entries, count * sizeof *entries) == 0);
}

static void note_addends(struct space *space, const struct entry *entries, size_t count)
{
    for (size_t e = 0; e < count; e++) {
        uint64_t addend = arithmetic_magnitude(entries[e].addend);
        space->greatest_addend = addend > space->greatest_addend ? addend : space->greatest_addend;
        space->common_addend = arithmetic_common_divisor(space->common_addend, addend);
    }
}

uint32_t graph_add_plan(struct graph *self, const struct entry *entries, size_t count)
{
    if (2 * self->plan_count >= self->plan_table_size)
        grow_plan_table(self);
    size_t place = plan_place(self, entries, count);
    for (; self->plan_table[place] != 0; place = (place + 1) & (self->plan_table_size - 1))
        if (same_plan(&self->plans[self->plan_table[place] - 1], entries, count))
            return self->plan_table[place] - 1;
    self->plans = memory_grow(self->plans, self->plan_count, &self->plan_capacity, sizeof *self->plans);
    self->plans[self->plan_count].entries = memory_copy(entries, count * sizeof *entries);
    self->plans[self->plan_count].count = count;
    self->plan_table[place] = (uint32_t)++self->plan_count;
    note_addends(&self->space, entries, count);
    return (uint32_t)self->plan_count - 1;
}

/* ---- Order --------------------------------------------------------------------------------------------------- */

/* The height of a state, all of whose successors have one. In a cyclic graph heights mean nothing. */
static uint32_t height_of(const struct graph *graph, uint32_t number)
{
    uint32_t height = 0;
    for (uint64_t e = graph->edge_first[number]; e < graph->edge_first[number + 1]; e++) {
        uint32_t target = graph->edges[e].target;
        uint32_t more = target == STATESET_NONE ? 1 : graph->heights[target] + 1;
        height = more > height ? more : height;
    }
    return height;
}

int64_t graph_added(const struct graph *self, const struct edge *edge)
{
    const struct plan *plan = &self->plans[edge->plan];
    int slot = self->space.slots.observed;
    for (size_t e = 0; edge->target != STATESET_NONE && e < plan->count; e++)
        if (plan->entries[e].slot == slot && plan->entries[e].image == slot)
            return plan->entries[e].addend;
    return 0;
}

bool graph_is_inside(const struct graph *self, uint32_t number, const struct edge *edge)
{
    return edge->target != STATESET_NONE && self->components.of[edge->target] == self->components.of[number];
}

/* Whether data can grow for ever: something is added on a step inside a component. */
static void find_growth(struct graph *self)
{
    for (uint32_t number = 0; number < self->explorer.states.count; number++)
        for (uint64_t e = self->edge_first[number]; e < self->edge_first[number + 1]; e++) {
            const struct edge *edge = &self->edges[e];
            if (!edge->adds || !graph_is_inside(self, number, edge))
                continue;
            self->space.grows = true;
            self->space.grows_relevant |= edge->adds_relevant;
        }
}

/* Component by component, every step leads to an earlier state, unless there is a cycle. */
static void order_states(struct graph *self)
{
    size_t count = self->explorer.states.count;
    struct components *components = &self->components;
    components_start(components, self, NULL, NULL);
    components_find(components, NULL, count);
    self->space.cyclic = components->is_cyclic;
    self->heights = memory_new(count, sizeof *self->heights);
    for (size_t i = 0; i < count; i++)
        self->heights[components->members[i]] = height_of(self, components->members[i]);
    if (self->space.cyclic)
        find_growth(self);
}

int64_t graph_final_value(const struct graph *self, const uint64_t *state)
{
    return observed_value(&self->slice->observation, self->explorer.system->machine, state, &self->final_tuples);
}

size_t graph_place(const struct graph *self, uint32_t number, size_t *level)
{
    *level = 0;
    if (!self->space.graded)
        return number;
    size_t low = 0, high = self->explorer.level_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (self->explorer.level_first[middle] <= number)
            low = middle;
        else
            high = middle;
    }
    *level = low;
    return number - self->explorer.level_first[low];
}

/* ---- The space ----------------------------------------------------------------------------------------------- */

static const struct graph *graph_of(const struct space *space)
{
    return (const struct graph *)(const void *)space;
}

static size_t level_size(const struct space *space, size_t level)
{
    const struct graph *self = graph_of(space);
    return space->graded ? self->explorer.level_first[level + 1] - self->explorer.level_first[level]
                         : self->explorer.states.count;
}

/* In a space that is not graded the states of the one level depend on each other: one chunk, in order. */
static size_t level_chunks(const struct space *space, size_t level)
{
    return space->graded ? (level_size(space, level) + CHUNK_STATES - 1) / CHUNK_STATES : 1;
}

static void open_chunk(const struct space *space, size_t level, size_t chunk, struct space_cursor *cursor)
{
    size_t size = level_size(space, level);
    cursor->space = space;
    cursor->level = level;
    cursor->next = space->graded ? chunk * CHUNK_STATES : 0;
    cursor->stop = space->graded && cursor->next + CHUNK_STATES < size ? cursor->next + CHUNK_STATES : size;
}

static void view_step(const struct graph *self, size_t level, const struct space_view *view, const struct edge *edge,
                      struct space_step *step)
{
    const struct plan *plan = &self->plans[edge->plan];
    step->multiplicity = edge->multiplicity;
    step->thread = edge->thread;
    step->length = edge->length;
    step->preemptions = edge->preemptions;
    step->is_failure = edge->target == STATESET_NONE;
    step->entries = plan->entries;
    step->entry_count = plan->count;
    step->target = 0;
    step->target_height = view->height - 1;
    if (step->is_failure)
        return;
    step->target = self->space.graded ? edge->target - self->explorer.level_first[level + 1] : edge->target;
    if (!self->space.graded)
        step->target_height = self->heights[edge->target];
}

static enum space_end end_of(const struct graph *self, uint32_t number, struct space_view *view)
{
    const struct machine *machine = self->explorer.system->machine;
    const uint64_t *state = stateset_at(&self->explorer.states, number);
    if (machine_finished(machine, state) != machine_everybody(machine))
        return SPACE_DEADLOCK;
    if (self->space.slots.observed == SLOT_NONE)
        view->final_value = graph_final_value(self, state);
    return SPACE_FINAL;
}

static bool next_state(struct space_cursor *cursor, struct space_view *view)
{
    const struct graph *self = graph_of(cursor->space);
    if (cursor->next == cursor->stop)
        return false;
    size_t position = cursor->next++;
    bool graded = self->space.graded;
    uint32_t number =
        graded ? (uint32_t)(self->explorer.level_first[cursor->level] + position) : self->components.members[position];
    view->place = graded ? position : number;
    view->height = graded ? (uint32_t)(self->space.level_count - 1 - cursor->level) : self->heights[number];
    view->enabled = 0;
    view->final_value = 0;
    view->step_count = (size_t)(self->edge_first[number + 1] - self->edge_first[number]);
    for (size_t s = 0; s < view->step_count; s++) {
        view_step(self, cursor->level, view, &self->edges[self->edge_first[number] + s], &view->steps[s]);
        view->enabled += view->steps[s].multiplicity;
    }
    view->end = view->step_count > 0 ? SPACE_GOES_ON : end_of(self, number, view);
    return true;
}

/* Any other step from there would have led to a deeper level, or back. */
static bool fails_at_the_deepest_level(const struct graph *self)
{
    return self->edge_first[self->explorer.level_first[self->explorer.level_count - 1]] < self->edge_count;
}

/* An error of the program is a step too: where it happens on the deepest level there is one more, without states. */
static void add_empty_level(struct graph *self)
{
    self->explorer.level_first =
        memory_resize(self->explorer.level_first, self->explorer.level_count + 2, sizeof *self->explorer.level_first);
    self->explorer.level_first[++self->explorer.level_count] = self->explorer.states.count;
}

/* Gives all starts the height of the highest, so that what is told of them can be added up. (Without cycles no step leads
 * to a start.) */
static uint32_t raise_starts(struct graph *self)
{
    uint32_t greatest = 0;
    for (size_t start = 0; start < self->space.start_count; start++)
        greatest = self->heights[start] > greatest ? self->heights[start] : greatest;
    for (size_t start = 0; start < self->space.start_count; start++)
        self->heights[start] = greatest;
    return greatest;
}

/* The longest schedule in steps of the program, where the steps of the space are of different lengths. */
static uint64_t longest_schedule(const struct graph *self)
{
    size_t count = self->explorer.states.count;
    if (!self->explorer.system->collapses && !self->explorer.system->fuses)
        return self->space.height;
    uint64_t *ways = memory_new(count, sizeof *ways);
    uint64_t longest = 0;
    for (size_t position = 0; position < count; position++) {
        uint32_t number = self->space.graded ? (uint32_t)(count - 1 - position) : self->components.members[position];
        for (uint64_t e = self->edge_first[number]; e < self->edge_first[number + 1]; e++) {
            const struct edge *edge = &self->edges[e];
            uint64_t way = edge->length + (edge->target == STATESET_NONE ? 0 : ways[edge->target]);
            ways[number] = way > ways[number] ? way : ways[number];
        }
    }
    for (size_t start = 0; start < self->space.start_count; start++)
        longest = ways[start] > longest ? ways[start] : longest;
    memory_free(ways);
    return longest;
}

void graph_finish(struct graph *self)
{
    static const struct space_kind kind = {
        .places = level_size, .chunks = level_chunks, .open = open_chunk, .next = next_state};
    struct space *space = &self->space;
    space->kind = &kind;
    space->states = self->explorer.states.count;
    space->steps = self->edge_count;
    for (size_t v = 0; v < self->final_values.count; v++) {
        space->common_addend =
            arithmetic_common_divisor(space->common_addend, arithmetic_magnitude(self->final_values.items[v].first));
        if (self->final_values.items[v].last != self->final_values.items[v].first)
            space->common_addend = 1;
        uint64_t last = arithmetic_magnitude(self->final_values.items[v].last),
                 first = arithmetic_magnitude(self->final_values.items[v].first);
        space->greatest_addend = last > space->greatest_addend ? last : space->greatest_addend;
        space->greatest_addend = first > space->greatest_addend ? first : space->greatest_addend;
    }
    if (!self->has_edges)
        return;
    if (!space->graded)
        order_states(self);
    else if (fails_at_the_deepest_level(self))
        add_empty_level(self);
    space->level_count = space->graded ? self->explorer.level_count : 1;
    space->height = space->graded ? (uint32_t)(self->explorer.level_count - 1) : raise_starts(self);
    self->longest = space->cyclic ? 0 : longest_schedule(self);
}
