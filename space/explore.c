/* Exploration: breadth-first, round by round. In a round, up to ROUND_BATCHES batches of states of the current depth are
 * expanded in parallel, each into buffers of its own; then their successors are entered into the state set in the order
 * of the batches, prefetching ahead, so that the numbers of states depend on nothing but the system. */
#include "base/memory.h"
#include "base/parallel.h"
#include "space/graph.h"
#include "space/macrostep.h"
#include "space/orbits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_STATES = 256, ROUND_BATCHES = 128, PREFETCH_PLACE = 16, PREFETCH_STATE = 8 };

/* Rounds of fewer batches take a few milliseconds: waking the other cores, and waiting for them on a machine that has
 * other work, would cost more than they help. */
enum { SHARED_BATCHES = 128 };

enum { EDGES_MIN_CAPACITY = 1024 };

/* A successor that a batch has found. Its state lies at the same position of the batch's states. */
struct successor {
    uint64_t hash;
    uint32_t entry_first; /* into the batch's entries */
    uint32_t entry_count;
    uint16_t length;
    uint16_t preemptions;
    uint8_t multiplicity;
    uint8_t thread;
    bool is_failure;
    bool adds;
    bool adds_relevant;
};

/* The buffers of one batch. They are kept from round to round. */
struct batch {
    struct macrostep macrostep;
    struct move *moves; /* the relevant ones of a macrostep */
    size_t move_capacity;
    struct successor *successors;
    size_t count;
    size_t capacity;
    uint64_t *states; /* capacity states */
    struct entry *entries;
    size_t entry_count;
    size_t entry_capacity;
    uint8_t steps[BATCH_STATES]; /* number of successors of each expanded state */
    struct intervals final_values;
    struct tuples final_tuples;
    uint64_t finals, deadlocks, failures;
    bool overlaps;
    bool overflows; /* the moves of a macrostep do, together */
    uint64_t enabled_counts;
    uint64_t greatest_addend; /* of all moves, relevant or not: any of them could overflow */
    struct orbit_sum orbits;
    uint32_t failure_line; /* the first error of the program in file order, 0 for none */
    size_t failure_thread;
    uint32_t failure_index;
    enum failure failure;
    bool is_narrow; /* some value did not fit */
    location_id narrow;
    int64_t narrow_value;
};

/* An exploration under way. */
struct exploration {
    struct graph *graph;
    const struct system *system;
    const struct graph_options *options;
    struct batch *batches;
    uint64_t everybody; /* the set of all threads */
    bool has_sections;  /* the program marks critical sections */
    struct orbits orbits;
    size_t level; /* number of the first state of the depth after the current one */
};

/* ---- Expanding ----------------------------------------------------------------------------------------------- */

static struct successor *new_successor(const struct exploration *self, struct batch *batch)
{
    if (batch->count == batch->capacity) {
        batch->successors = memory_grow(batch->successors, batch->count, &batch->capacity, sizeof *batch->successors);
        batch->states = memory_resize(batch->states, batch->capacity * self->system->words, sizeof *batch->states);
    }
    struct successor *successor = &batch->successors[batch->count++];
    *successor = (struct successor){0};
    return successor;
}

static void reserve_entries(struct batch *batch, size_t more)
{
    if (batch->entry_count + more <= batch->entry_capacity)
        return;
    batch->entry_capacity = 2 * (batch->entry_count + more);
    batch->entries = memory_resize(batch->entries, batch->entry_capacity, sizeof *batch->entries);
}

/* Only what flows into the observed variable is followed. */
static size_t relevant_moves(const struct slice *slice, struct batch *batch)
{
    const struct composition *net = &batch->macrostep.net;
    if (net->count > batch->move_capacity) {
        batch->move_capacity = 2 * net->count;
        batch->moves = memory_resize(batch->moves, batch->move_capacity, sizeof *batch->moves);
    }
    size_t count = 0;
    for (size_t m = 0; m < net->count; m++)
        if (slice->relevant[net->moves[m].target])
            batch->moves[count++] = net->moves[m];
    return count;
}

static void write_entries(const struct exploration *self, const struct groups *groups, size_t thread,
                          const uint64_t *state, const uint8_t *moved, struct batch *batch, struct successor *successor)
{
    struct groups image;
    const struct slots *slots = &self->graph->space.slots;
    system_groups(self->system, state, &image);
    size_t move_count = relevant_moves(self->graph->slice, batch);
    for (size_t m = 0; m < move_count; m++)
        successor->adds_relevant |= batch->moves[m].addend != 0 && batch->moves[m].source != LOCATION_NONE;
    struct slots_step slots_step = {self->system->machine, groups, &image, moved, thread, batch->moves, move_count};
    reserve_entries(batch, slots_entries_max(slots));
    successor->entry_first = (uint32_t)batch->entry_count;
    successor->entry_count = (uint32_t)slots_entries(slots, &slots_step, batch->entries + batch->entry_count);
    batch->entry_count += successor->entry_count;
}

static void note_failure(const struct exploration *self, struct batch *batch)
{
    const struct macrostep *macrostep = &batch->macrostep;
    uint32_t index = machine_index(self->system->machine, macrostep->last, macrostep->thread);
    uint32_t line = machine_line(self->system->machine, macrostep->thread, index);
    batch->failures++;
    if (batch->failure_line != 0 && batch->failure_line <= line)
        return;
    batch->failure_line = line;
    batch->failure_thread = macrostep->thread;
    batch->failure_index = index;
    batch->failure = macrostep->step.failure;
}

static void note_narrow(const struct step *step, struct batch *batch)
{
    batch->is_narrow = true;
    batch->narrow = step->narrow;
    batch->narrow_value = step->narrow_value;
}

/* What a macrostep met on its way. */
static void note_macrostep(struct successor *successor, struct batch *batch)
{
    const struct macrostep *macrostep = &batch->macrostep;
    successor->length = (uint16_t)macrostep->length;
    successor->preemptions = (uint16_t)macrostep->preemptions;
    successor->adds = macrostep->adds;
    batch->overlaps |= macrostep->overlaps;
    batch->overflows |= macrostep->net.overflows;
    if (macrostep->greatest_addend > batch->greatest_addend)
        batch->greatest_addend = macrostep->greatest_addend;
}

static void expand_step(const struct exploration *self, const uint64_t *state, const struct groups *groups,
                        const struct system_choices *choices, unsigned option, size_t thread, struct batch *batch)
{
    const struct system *system = self->system;
    struct macrostep *macrostep = &batch->macrostep;
    struct successor *successor = new_successor(self, batch);
    uint64_t *after = batch->states + (batch->count - 1) * system->words;
    macrostep_run(macrostep, state, choices, option, thread, after);
    successor->thread = (uint8_t)thread;
    successor->multiplicity = groups->size[groups->of[thread]];
    note_macrostep(successor, batch);
    if (macrostep->step.result == STEP_TAKEN) {
        uint8_t moved[SYSTEM_THREADS_MAX];
        system_canonicalize(system, after, moved);
        successor->hash = stateset_hash(&self->graph->states, after);
        if (self->graph->has_edges)
            write_entries(self, groups, thread, after, moved, batch, successor);
    } else if (macrostep->step.result == STEP_FAILED) {
        successor->is_failure = true;
        note_failure(self, batch);
    } else {
        note_narrow(&macrostep->step, batch);
    }
}

static void note_final(const struct observation *observation, const struct machine *machine, const uint64_t *state,
                       struct batch *batch)
{
    int64_t tuple[OBSERVATION_WORDS_MAX];
    observation_read(observation, machine, state, tuple);
    if (observation->count > 1)
        tuples_add(&batch->final_tuples, tuple, observation->count);
    else
        intervals_add(&batch->final_values, tuple[0], tuple[0]);
}

static void note_end(const struct exploration *self, const uint64_t *state, struct batch *batch)
{
    const struct machine *machine = self->system->machine;
    if (machine_finished(machine, state) != self->everybody) {
        batch->deadlocks++;
        return;
    }
    batch->finals++;
    if (!self->graph->slice->data[self->graph->slice->observed])
        note_final(&self->graph->slice->observation, machine, state, batch);
}

/* Expands the steps that are possible with one option; returns for how many threads they stand. */
static uint64_t expand_option(const struct exploration *self, const uint64_t *state, const struct groups *groups,
                              const struct system_choices *choices, unsigned option, struct batch *batch)
{
    uint64_t stepping = 0;
    for (size_t g = 0; g < groups->count && choices->threads[option] != 0; g++) {
        if ((choices->threads[option] >> groups->leader[g] & 1) == 0)
            continue;
        stepping += groups->size[g];
        expand_step(self, state, groups, choices, option, groups->leader[g], batch);
    }
    return stepping;
}

static void expand_state(const struct exploration *self, uint32_t number, struct batch *batch, uint8_t *steps)
{
    const uint64_t *state = stateset_at(&self->graph->states, number);
    size_t before = batch->count;
    struct system_choices choices;
    struct groups groups;
    system_choices(self->system, state, &choices);
    system_groups(self->system, state, &groups);
    if (system_is_end(&choices))
        note_end(self, state, batch);
    if (self->has_sections)
        batch->overlaps |= macrostep_finds_overlap(self->system->machine, state);
    uint64_t stepping = 0;
    for (unsigned option = 0; option < choices.options; option++)
        stepping += expand_option(self, state, &groups, &choices, option, batch);
    *steps = (uint8_t)(batch->count - before);
    if (stepping > 0)
        batch->enabled_counts |= UINT64_C(1) << (stepping - 1);
    orbits_count(&self->orbits, &groups, stepping, &batch->orbits);
}

static void expand_batch(const struct exploration *self, uint32_t first, size_t count, struct batch *batch)
{
    batch->count = 0;
    batch->entry_count = 0;
    for (size_t s = 0; s < count && !batch->is_narrow; s++)
        expand_state(self, first + (uint32_t)s, batch, &batch->steps[s]);
}

/* ---- Entering ------------------------------------------------------------------------------------------------ */

static bool take_edges(struct graph *graph, size_t bytes)
{
    if (!budget_take(graph->budget, bytes))
        return false;
    graph->edge_bytes += bytes;
    return true;
}

/* Makes room for the edges of one more round. */
static bool reserve_edges(struct graph *graph, size_t states, size_t edges)
{
    size_t firsts = graph->states.count + states + 2;
    if (firsts > graph->edge_first_capacity) {
        size_t capacity = firsts + firsts / 2 + EDGES_MIN_CAPACITY;
        if (!take_edges(graph, (capacity - graph->edge_first_capacity) * sizeof *graph->edge_first))
            return false;
        graph->edge_first = memory_resize(graph->edge_first, capacity, sizeof *graph->edge_first);
        graph->edge_first_capacity = capacity;
    }
    if (graph->edge_count + edges > graph->edge_capacity) {
        size_t capacity = (graph->edge_count + edges) + (graph->edge_count + edges) / 2 + EDGES_MIN_CAPACITY;
        if (!take_edges(graph, (capacity - graph->edge_capacity) * sizeof *graph->edges))
            return false;
        graph->edges = memory_resize(graph->edges, capacity, sizeof *graph->edges);
        graph->edge_capacity = capacity;
    }
    return true;
}

static void forget_edges(struct graph *graph)
{
    memory_free(graph->edges);
    memory_free(graph->edge_first);
    graph->edges = NULL;
    graph->edge_first = NULL;
    budget_give(graph->budget, graph->edge_bytes);
    graph->edge_bytes = 0;
    graph->edge_count = graph->edge_capacity = graph->edge_first_capacity = 0;
    graph->has_edges = false;
}

static void store_edge(struct graph *graph, const struct batch *batch, const struct successor *successor,
                       uint32_t target)
{
    graph->edges[graph->edge_count++] = (struct edge){
        .target = target,
        .plan = successor->is_failure
                    ? graph_add_plan(graph, NULL, 0)
                    : graph_add_plan(graph, batch->entries + successor->entry_first, successor->entry_count),
        .length = successor->length,
        .preemptions = successor->preemptions,
        .multiplicity = successor->multiplicity,
        .thread = successor->thread,
        .adds = successor->adds,
        .adds_relevant = successor->adds_relevant,
    };
    graph->space.entries += successor->entry_count;
}

static void prefetch(const struct graph *graph, const struct batch *batch, size_t position)
{
    if (position + PREFETCH_PLACE < batch->count)
        stateset_prefetch_place(&graph->states, batch->successors[position + PREFETCH_PLACE].hash);
    if (position + PREFETCH_STATE < batch->count)
        stateset_prefetch_state(&graph->states, batch->successors[position + PREFETCH_STATE].hash);
}

static void enter_successor(struct exploration *self, const struct batch *batch, size_t position)
{
    struct graph *graph = self->graph;
    const struct successor *successor = &batch->successors[position];
    uint32_t target = STATESET_NONE;
    if (!successor->is_failure) {
        bool is_new;
        target = stateset_add(&graph->states, batch->states + position * self->system->words, successor->hash, &is_new);
        if (target < self->level)
            graph->space.graded = false;
    }
    if (graph->has_edges)
        store_edge(graph, batch, successor, target);
}

static void enter_batch(struct exploration *self, struct batch *batch, uint32_t first, size_t count)
{
    struct graph *graph = self->graph;
    size_t position = 0;
    for (size_t s = 0; s < count; s++) {
        if (graph->has_edges)
            graph->edge_first[first + s] = graph->edge_count;
        for (size_t end = position + batch->steps[s]; position < end; position++) {
            prefetch(graph, batch, position);
            enter_successor(self, batch, position);
        }
    }
    if (graph->has_edges)
        graph->edge_first[first + count] = graph->edge_count;
    graph->space.enabled_counts |= batch->enabled_counts;
}

/* ---- Rounds -------------------------------------------------------------------------------------------------- */

static size_t batch_states(size_t round_count, size_t batch)
{
    size_t first = batch * BATCH_STATES;
    return round_count - first < BATCH_STATES ? round_count - first : BATCH_STATES;
}

static bool reserve_round(struct exploration *self, size_t count, size_t batch_count)
{
    struct graph *graph = self->graph;
    size_t successors = 0;
    for (size_t b = 0; b < batch_count; b++)
        successors += self->batches[b].count;
    if (!stateset_reserve(&graph->states, successors))
        return false;
    return !graph->has_edges || reserve_edges(graph, count + successors, successors);
}

/* Count states from `first` on, which several threads expand. */
struct round {
    struct exploration *exploration;
    uint32_t first;
    size_t count;
};

static void expand_piece(void *context, size_t b, size_t thread)
{
    const struct round *self = context;
    (void)thread;
    expand_batch(self->exploration, self->first + (uint32_t)(b * BATCH_STATES), batch_states(self->count, b),
                 &self->exploration->batches[b]);
}

static void expand_round(struct exploration *self, uint32_t first, size_t count, size_t batch_count)
{
    struct round round = {self, first, count};
    if (self->options->jobs == 1 || batch_count < SHARED_BATCHES)
        for (size_t b = 0; b < batch_count; b++)
            expand_piece(&round, b, 0);
    else
        parallel_run(self->options->jobs, batch_count, expand_piece, &round);
}

/* Expands and enters count states from `first` on. */
static enum graph_result explore_round(struct exploration *self, uint32_t first, size_t count)
{
    size_t batch_count = (count + BATCH_STATES - 1) / BATCH_STATES;
    expand_round(self, first, count, batch_count);
    for (size_t b = 0; b < batch_count; b++)
        if (self->batches[b].is_narrow) {
            self->graph->narrow = self->batches[b].narrow;
            self->graph->narrow_value = self->batches[b].narrow_value;
            return GRAPH_NARROW;
        }
    if (!reserve_round(self, count, batch_count))
        return GRAPH_INCOMPLETE;
    for (size_t b = 0; b < batch_count; b++)
        enter_batch(self, &self->batches[b], first + (uint32_t)(b * BATCH_STATES), batch_states(count, b));
    return GRAPH_COMPLETE;
}

static bool must_stop(struct exploration *self)
{
    struct graph *graph = self->graph;
    struct budget *budget = graph->budget;
    if (budget->max_states != 0 && graph->states.count > budget->max_states && budget->limit == BUDGET_OK)
        budget->limit = BUDGET_STATES;
    if (graph->has_edges && self->options->edges_max_states != 0 &&
        graph->states.count > self->options->edges_max_states)
        forget_edges(graph);
    return budget_spent(budget, self->options->phase, graph->states.count, 0, graph->depth_count);
}

/* Explores the states of the current depth; they are those from first up to the end of the state set. */
static enum graph_result explore_level(struct exploration *self, size_t first)
{
    enum graph_result result = GRAPH_COMPLETE;
    size_t end = self->graph->states.count;
    self->level = end;
    for (size_t next = first; next < end && result == GRAPH_COMPLETE; next += ROUND_BATCHES * BATCH_STATES) {
        size_t count = end - next < ROUND_BATCHES * BATCH_STATES ? end - next : ROUND_BATCHES * BATCH_STATES;
        result = explore_round(self, (uint32_t)next, count);
        if (result == GRAPH_COMPLETE && must_stop(self))
            result = GRAPH_INCOMPLETE;
    }
    return result;
}

static void begin_level(struct graph *graph, size_t first)
{
    if (graph->depth_count + 1 >= graph->depth_capacity) {
        graph->depth_capacity = graph->depth_capacity == 0 ? 64 : 2 * graph->depth_capacity;
        graph->level_first = memory_resize(graph->level_first, graph->depth_capacity, sizeof *graph->level_first);
    }
    graph->level_first[graph->depth_count++] = first;
    graph->level_first[graph->depth_count] = graph->states.count;
}

static enum graph_result explore_levels(struct exploration *self)
{
    struct graph *graph = self->graph;
    enum graph_result result = GRAPH_COMPLETE;
    size_t first = 0;
    while (first < graph->states.count && result == GRAPH_COMPLETE) {
        size_t end = graph->states.count;
        begin_level(graph, first);
        result = explore_level(self, first);
        first = end;
    }
    return result;
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

static bool add_first_states(struct exploration *self)
{
    struct graph *graph = self->graph;
    uint64_t *state = memory_new(self->system->words, sizeof *state);
    bool fits = true;
    for (uint64_t which = 0; which < system_start_count(self->system) && fits; which++) {
        bool is_new = true;
        fits = stateset_reserve(&graph->states, 1);
        if (!fits)
            break;
        system_start(self->system, which, state);
        system_canonicalize(self->system, state, NULL);
        stateset_add(&graph->states, state, stateset_hash(&graph->states, state), &is_new);
        assert(is_new);
    }
    graph->space.start_count = graph->states.count;
    memory_free(state);
    return fits;
}

static char *failure_text(const struct exploration *self, const struct batch *batch)
{
    const struct machine *machine = self->system->machine;
    struct text text = TEXT_INIT;
    char *instruction = machine_instruction_text(machine, batch->failure_thread, batch->failure_index);
    text_print(&text, "%s:%u:%u: %s: %s: %s", machine_file(machine, batch->failure_thread), batch->failure_line,
               machine_column(machine, batch->failure_thread, batch->failure_index),
               machine_thread_name(machine, batch->failure_thread), instruction, machine_failure_text(batch->failure));
    memory_free(instruction);
    return text_take(&text);
}

static void gather_batch(struct exploration *self, struct batch *batch)
{
    struct graph *graph = self->graph;
    if (batch->greatest_addend > graph->space.greatest_addend)
        graph->space.greatest_addend = batch->greatest_addend;
    graph->finals += batch->finals;
    graph->deadlocks += batch->deadlocks;
    graph->failures += batch->failures;
    graph->overlaps |= batch->overlaps;
    graph->space.overflows |= batch->overflows;
    intervals_union(&graph->final_values, &batch->final_values, 0);
    tuples_add_all(&graph->final_tuples, &batch->final_tuples);
    orbit_sum_add_to(&batch->orbits, graph->orbit_states, graph->orbit_steps);
    if (batch->failure_line != 0 && (graph->failure_line == 0 || batch->failure_line < graph->failure_line)) {
        memory_free(graph->failure_text);
        graph->failure_line = batch->failure_line;
        graph->failure_text = failure_text(self, batch);
    }
}

static void start_batches(struct exploration *self)
{
    self->batches = memory_new(ROUND_BATCHES, sizeof *self->batches);
    for (size_t b = 0; b < ROUND_BATCHES; b++)
        macrostep_start(&self->batches[b].macrostep, self->system);
}

static void free_batches(struct exploration *self)
{
    for (size_t b = 0; b < ROUND_BATCHES; b++) {
        struct batch *batch = &self->batches[b];
        macrostep_free(&batch->macrostep);
        memory_free(batch->moves);
        memory_free(batch->successors);
        memory_free(batch->states);
        memory_free(batch->entries);
        intervals_free(&batch->final_values);
        tuples_free(&batch->final_tuples);
    }
    memory_free(self->batches);
}

static void start_graph(struct graph *graph, const struct system *system, const struct slice *slice,
                        const struct graph_options *options, struct budget *budget)
{
    *graph = (struct graph){.system = system, .slice = slice, .budget = budget, .has_edges = options->edges};
    mpz_inits(graph->orbit_states, graph->orbit_steps, NULL);
    stateset_start(&graph->states, system->words, budget);
    graph->space.graded = !system->collapses; /* ways of as many edges have different numbers of steps */
    slots_start(&graph->space.slots, slice, system->machine, system->thread_count, true, true);
}

static void rank_tuples(struct graph *graph)
{
    if (graph->final_tuples.count == 0)
        return;
    tuples_order(&graph->final_tuples);
    intervals_add(&graph->final_values, 0, (int64_t)graph->final_tuples.count - 1);
}

enum graph_result graph_explore(struct graph *self, const struct system *system, const struct slice *slice,
                                const struct graph_options *options, struct budget *budget)
{
    struct exploration exploration = {.graph = self, .system = system, .options = options};
    exploration.everybody = machine_everybody(system->machine);
    exploration.has_sections = machine_section_count(system->machine) > 0;
    orbits_start(&exploration.orbits, system);
    start_graph(self, system, slice, options, budget);
    start_batches(&exploration);
    enum graph_result result = add_first_states(&exploration) ? explore_levels(&exploration) : GRAPH_INCOMPLETE;
    for (size_t b = 0; b < ROUND_BATCHES; b++)
        gather_batch(&exploration, &exploration.batches[b]);
    free_batches(&exploration);
    rank_tuples(self);
    if (result == GRAPH_COMPLETE)
        graph_finish(self);
    return result;
}
