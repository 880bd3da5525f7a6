/* How often an event happens in the schedules of each outcome. What is observed is in the states then, and weights are sent forward: of each state the
 * probability of coming there, the expected count on the way (its first moment), and the least and the greatest count. */
#include "analysis/analysis_parts.h"
#include "analysis/event_count.h"
#include "base/exact.h"
#include "base/memory.h"

/* Beyond so many states it is left out. */
enum { JOINT_STATES_MAX = 300000 };

struct joint {
    struct analysis *analysis;
    struct event_count *count;
    struct program program; /* the analysis's, of which machines count the event */
    struct machine *machine;
    struct slice *slice;
    struct observed observed;
    struct prepared_space_setting setting;
    struct prepared_space prepared;
    struct budget budget;
    struct event_ways *arrivals; /* of each state */
};

/* ---- The space --------------------------------------------------------------------------------------------------- */

/* Everything that is observed is stored, beside what it takes. */
static struct slice *slice_of(const struct joint *self, const struct machine *whole)
{
    size_t locations = machine_location_count(whole);
    struct observed counted = {.locations = {machine_count_location(whole)}, .count = 1};
    struct observed observed = observed_find(&self->analysis->observation, whole);
    bool *stored = memory_new(locations, sizeof *stored);
    for (location_id l = 0; l < locations; l++)
        stored[l] = self->analysis->must_unslice && l != machine_count_location(whole);
    for (size_t o = 0; o < observed.count; o++)
        stored[observed.locations[o]] = true;
    struct slice *slice = slice_new_of(whole, &counted, stored, false);
    memory_free(stored);
    return slice;
}

static bool open_space(struct joint *self)
{
    struct machine *whole = machine_new(&self->program, NULL, false);
    self->slice = slice_of(self, whole);
    machine_free(whole);
    self->machine = machine_new(&self->program, self->slice->data, false);
    self->observed = observed_find(&self->analysis->observation, self->machine);
    self->setting = analysis_setting(self->analysis, self->machine, self->slice);
    self->setting.grid = self->setting.symmetry = false;
    self->budget = *self->analysis->options->budget;
    if (self->budget.max_states == 0 || self->budget.max_states > JOINT_STATES_MAX)
        self->budget.max_states = JOINT_STATES_MAX;
    self->setting.budget = &self->budget;
    struct prepared_space_options options = {.edges = true, .ends_alike = true};
    return prepared_space_open(&self->prepared, &self->setting, &options) == PREPARED_SPACE_READY;
}

/* ---- Forward ----------------------------------------------------------------------------------------------------- */

/* The number-th state in an order in which every step leads to a later one. */
static uint32_t in_order(const struct graph *graph, size_t number)
{
    return graph->space.graded ? (uint32_t)number
                               : graph->components.members[graph->explorer.states.count - 1 - number];
}

static void end_at(struct joint *self, uint32_t state)
{
    const struct graph *graph = self->prepared.graph;
    const uint64_t *bits = stateset_at(&graph->explorer.states, state);
    bool is_deadlock = machine_finished(self->machine, bits) != machine_everybody(self->machine);
    int64_t value =
        is_deadlock ? 0 : observed_value(&self->observed, self->machine, bits, &self->analysis->outcome->tuples);
    mpq_t whole;
    mpq_init(whole);
    mpq_set_ui(whole, 1, 1);
    event_ways_add(event_count_end(self->count, is_deadlock ? OUTCOME_DEADLOCK : OUTCOME_VALUE, value),
                   &self->arrivals[state], 0, whole);
    mpq_clear(whole);
}

/* Each step is as likely as any other. */
static void send(struct joint *self, uint32_t state)
{
    const struct graph *graph = self->prepared.graph;
    uint64_t first = graph->edge_first[state], end = graph->edge_first[state + 1];
    mpq_t share;
    if (first == end) {
        end_at(self, state);
        return;
    }
    mpq_init(share);
    mpz_set_ui(mpq_numref(share), 1);
    exact_set(mpq_denref(share), end - first);
    for (uint64_t e = first; e < end; e++) {
        const struct edge *edge = &graph->edges[e];
        struct event_ways *to = edge->target != STATESET_NONE ? &self->arrivals[edge->target]
                                                              : event_count_end(self->count, OUTCOME_FAILURE, 0);
        event_ways_add(to, &self->arrivals[state], graph_added(graph, edge), share);
    }
    mpq_clear(share);
}

static bool send_all(struct joint *self)
{
    const struct graph *graph = self->prepared.graph;
    size_t states = graph->explorer.states.count;
    bool in_time = true;
    self->arrivals = memory_new(states, sizeof *self->arrivals);
    for (size_t s = 0; s < states; s++)
        event_ways_start(&self->arrivals[s]);
    for (size_t s = 0; s < graph->space.start_count; s++) {
        self->arrivals[s].are_there = true;
        mpz_set_ui(mpq_numref(self->arrivals[s].probability), 1);
        exact_set(mpq_denref(self->arrivals[s].probability), graph->space.start_count);
    }
    for (size_t n = 0; n < states && in_time; n++) {
        send(self, in_order(graph, n));
        in_time = n % 1024 != 0 || !budget_spent(self->analysis->options->budget, "events", 0, 0, 0);
    }
    for (size_t s = 0; s < states; s++)
        event_ways_free(&self->arrivals[s]);
    memory_free(self->arrivals);
    return in_time;
}

void analysis_count_jointly(struct analysis *self, const struct counted_event *event, struct event_count *count)
{
    struct joint joint = {.analysis = self, .count = count, .program = *self->program};
    joint.program.counting = event;
    if (!open_space(&joint))
        analysis_omit_if_wanted(self, QUESTION_EVENTS, "events by outcome", "states with all outcomes are too many",
                                "");
    else if (joint.prepared.space->cyclic)
        analysis_omit_if_wanted(self, QUESTION_EVENTS, "events by outcome", "schedules need not end", "");
    else
        count->has_ends = send_all(&joint);
    prepared_space_close(&joint.prepared);
    machine_free(joint.machine);
    slice_free(joint.slice);
}
