/* Loops that add to data which decides nothing: its values are stored in no state and flow nowhere, so that it does not
 * matter how large they get, as long as they do not overflow. That takes longer than anybody can wait. */
#include "analysis/analysis_parts.h"
#include "base/arithmetic.h"
#include "base/memory.h"
#include "space/macrostep.h"

/* A look at how data grows. */
struct growth {
    const struct analysis *analysis;
    struct macrostep macrostep;
    uint64_t *to;
    bool *grows;     /* one a location: some step of a cycle adds to it */
    bool is_certain; /* some cycle does add to one each time round, and nothing takes it away */
    uint64_t adds;   /* the most that one round of one thread adds to data: every instruction of a thread, once */
    uint64_t sets;   /* the greatest magnitude that data starts with or is set to */
};

typedef void move_visitor(void *context, const struct move *move);

/* ---- What grows ------------------------------------------------------------------------------------------------ */

/* With symmetry a step of a thread stands for the same step of each thread of its class. */
static void note_location(struct growth *self, location_id location)
{
    const struct machine *machine = self->analysis->machine;
    int thread = machine_location_thread(machine, location);
    self->grows[location] = true;
    if (thread < 0 || !self->analysis->main.graph->explorer.system->symmetric)
        return;
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        if (machine_class(machine, t) == machine_class(machine, (size_t)thread))
            self->grows[machine_register_location(machine, t, machine_location_register(machine, location))] = true;
}

/* The net moves of an edge, which is travelled again; where it does not tell by which option of the scheduler, of all. */
static void visit_moves(struct growth *self, uint32_t number, const struct edge *edge, move_visitor *visitor,
                        void *context)
{
    const struct graph *graph = self->analysis->main.graph;
    const uint64_t *state = stateset_at(&graph->explorer.states, number);
    struct system_choices choices;
    system_choices(graph->explorer.system, state, &choices);
    for (unsigned option = 0; option < choices.options; option++) {
        if ((choices.threads[option] >> edge->thread & 1) == 0)
            continue;
        macrostep_run(&self->macrostep, state, &choices, option, edge->thread, self->to);
        for (size_t m = 0; m < self->macrostep.net.count; m++)
            visitor(context, &self->macrostep.net.moves[m]);
    }
}

/* A location that is followed round a cycle: whether it still has its value, or more in one direction. */
struct pursuit {
    location_id location;
    bool is_up;
    bool goes_on;
};

static void follow_move(void *context, const struct move *move)
{
    struct pursuit *self = context;
    if (move->target == self->location)
        self->goes_on &= move->source == self->location && (move->addend == 0 || (move->addend > 0) == self->is_up);
}

/* Whether a way leads from one state to another of its component on which a location never loses what was added to it. */
static bool finds_way(struct growth *self, uint32_t from, uint32_t to, struct pursuit pursuit)
{
    const struct graph *graph = self->analysis->main.graph;
    bool *met = memory_new(graph->explorer.states.count, sizeof *met);
    uint32_t *queue = memory_new(graph->explorer.states.count, sizeof *queue);
    size_t count = 0;
    queue[count++] = from;
    met[from] = true;
    for (size_t next = 0; next < count && !met[to]; next++)
        for (uint64_t e = graph->edge_first[queue[next]]; e < graph->edge_first[queue[next] + 1]; e++) {
            const struct edge *edge = &graph->edges[e];
            if (!graph_is_inside(graph, queue[next], edge) || met[edge->target])
                continue;
            pursuit.goes_on = true;
            visit_moves(self, queue[next], edge, follow_move, &pursuit);
            if (!pursuit.goes_on)
                continue;
            met[edge->target] = true;
            queue[count++] = edge->target;
        }
    bool is_found = met[to];
    memory_free(met);
    memory_free(queue);
    return is_found;
}

/* Moves of one edge that add. */
struct addition {
    struct growth *growth;
    struct move own; /* one into the location that it comes from, which has not been pursued yet */
};

static void note_move(void *context, const struct move *move)
{
    struct addition *self = context;
    if (move->source == LOCATION_NONE || move->addend == 0)
        return;
    bool is_shared = machine_location_thread(self->growth->analysis->machine, move->target) < 0;
    if (is_shared && move->source == move->target && !self->growth->grows[move->target])
        self->own = *move;
    note_location(self->growth, move->target);
}

static void note_edge(struct growth *self, uint32_t number, const struct edge *edge)
{
    struct addition addition = {self, {LOCATION_NONE, LOCATION_NONE, 0}};
    visit_moves(self, number, edge, note_move, &addition);
    if (!self->is_certain && addition.own.target != LOCATION_NONE)
        self->is_certain =
            finds_way(self, edge->target, number, (struct pursuit){addition.own.target, addition.own.addend > 0, true});
}

static void find_growing(struct growth *self)
{
    const struct graph *graph = self->analysis->main.graph;
    self->to = memory_new(graph->explorer.system->quads, sizeof *self->to);
    macrostep_start(&self->macrostep, graph->explorer.system);
    for (uint32_t number = 0; number < graph->explorer.states.count; number++)
        for (uint64_t e = graph->edge_first[number]; e < graph->edge_first[number + 1]; e++)
            if (graph->edges[e].adds && graph_is_inside(graph, number, &graph->edges[e]))
                note_edge(self, number, &graph->edges[e]);
    macrostep_free(&self->macrostep);
    memory_free(self->to);
}

/* ---- How far it is to an overflow ------------------------------------------------------------------------------ */

static uint64_t greater(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* What an assignment adds, or sets, at most. A value that control knows may be anything that some step moved. */
static void measure_assignment(struct growth *self, const struct assignment *assignment, uint64_t *adds)
{
    const struct slice *slice = self->analysis->slice;
    uint64_t most = arithmetic_magnitude(assignment->constant);
    bool moves_data = false;
    for (size_t t = 0; t < assignment->term_count; t++) {
        bool is_data = slice->data[assignment->terms[t].source];
        moves_data |= is_data;
        if (!is_data)
            most = greater(most, self->analysis->main.space->greatest_addend);
    }
    if (!slice->data[assignment->target])
        return;
    if (moves_data)
        *adds = arithmetic_saturated_sum(*adds, most);
    else
        self->sets = greater(self->sets, most);
}

static void measure_thread(struct growth *self, size_t thread)
{
    const struct machine *machine = self->analysis->machine;
    uint64_t adds = 0;
    for (uint32_t i = 0; i < machine_instruction_count(machine, thread); i++) {
        struct effect effect;
        machine_effect(machine, thread, i, &effect);
        for (size_t a = 0; a < effect.assignment_count; a++)
            measure_assignment(self, &effect.assignments[a], &adds);
    }
    self->adds = greater(self->adds, adds);
}

/* The rounds of loops, of all threads together, that are over or under way before anything can overflow: a thread's way
 * through its code is so many simple cycles and one simple path, each with any instruction at most once. */
static uint64_t rounds_to_overflow(struct growth *self)
{
    const struct analysis *analysis = self->analysis;
    const uint64_t end = UINT64_C(1) << 63;
    self->sets = greater(self->sets, slice_greatest_first(analysis->slice, analysis->machine));
    for (size_t t = 0; t < machine_thread_count(analysis->machine); t++)
        measure_thread(self, t);
    return self->sets >= end || self->adds == 0 ? 0 : (end - self->sets) / self->adds;
}

/* ---- The classical search -------------------------------------------------------------------------------------- */

/* Whether the search of all values comes to its end within some states: then what seems to grow is bounded, or overflows. */
static bool is_searchable(const struct analysis *self, uint64_t max_states)
{
    struct whole_space whole;
    bool is_searched = analysis_open_whole(self, max_states, false, &whole) == PREPARED_SPACE_READY;
    analysis_close_whole(&whole);
    return is_searched;
}

static void note_overflows(struct analysis *self, const bool *grows, uint64_t rounds)
{
    for (location_id l = 0; l < self->slice->location_count; l++) {
        if (!grows[l])
            continue;
        char *name = machine_location_name(self->machine, l);
        outcome_add_overflow(self->outcome, name, rounds);
        memory_free(name);
    }
}

/* Where something is certain to grow the classical search would see no end: it takes more steps to an overflow than that. */
bool analysis_accepts_growth(struct analysis *self, uint64_t max_states)
{
    struct growth growth = {.analysis = self};
    if (self->main.space->grows_relevant)
        return false;
    uint64_t rounds = rounds_to_overflow(&growth), steps = macrostep_longest(self->main.graph->explorer.system);
    if (rounds / steps < max_states)
        return false;
    growth.grows = memory_new(self->slice->location_count, sizeof *growth.grows);
    find_growing(&growth);
    bool is_accepted = growth.is_certain || !is_searchable(self, max_states);
    if (is_accepted)
        note_overflows(self, growth.grows, rounds);
    memory_free(growth.grows);
    return is_accepted;
}
