/* The graph as an observer of the explorer: what states and steps are is found in parallel, batch by batch, and stored in
 * order. */
#include "base/memory.h"
#include "space/graph.h"
#include "space/orbits.h"

/* An edge that a batch has found; what is known only when it is entered is missing. */
struct found_edge {
    struct edge edge;
    uint32_t entry_first; /* into the findings' entries */
    uint32_t entry_count;
};

/* What one batch has found. The buffers are kept from round to round. */
struct findings {
    struct move *moves; /* the relevant ones of a macrostep */
    size_t move_capacity;
    struct found_edge *edges; /* one a step of the batch */
    size_t edge_capacity;
    struct entry *entries;
    size_t entry_count;
    size_t entry_capacity;
    struct intervals final_values;
    struct tuples final_tuples;
    uint64_t finals, deadlocks, failures;
    bool gaps, deaths;
    bool overlaps;
    bool overflows; /* the moves of a macrostep do, together */
    uint64_t enabled_counts[SPACE_STEPS_MAX / 64];
    uint64_t greatest_addend; /* of all moves, relevant or not: any of them could overflow */
    struct orbit_sum orbits;
    uint32_t
        failure_line; /* the first error of the program in file order, 0 for none; one that ends the schedule comes before others */
    bool failure_ends;
    size_t failure_thread;
    uint32_t failure_index;
    enum failure failure;
    char apart[CACHE_LINE];
};

/* An exploration under way. */
struct exploration {
    struct graph *graph;
    const struct graph_options *options;
    struct findings *findings; /* one a batch */
    struct orbits orbits;
    bool has_sections; /* the program marks critical sections */
};

static const struct machine *machine_of(const struct exploration *self)
{
    return self->graph->explorer.system->machine;
}

/* ---- Expanding ----------------------------------------------------------------------------------------------- */

static void reserve_entries(struct findings *findings, size_t more)
{
    if (findings->entry_count + more <= findings->entry_capacity)
        return;
    findings->entry_capacity = 2 * (findings->entry_count + more);
    findings->entries = memory_resize(findings->entries, findings->entry_capacity, sizeof *findings->entries);
}

/* Only what flows into the observed variable is followed. */
static size_t relevant_moves(const struct slice *slice, const struct composition *net, struct findings *findings)
{
    if (net->count > findings->move_capacity) {
        findings->move_capacity = 2 * net->count;
        findings->moves = memory_resize(findings->moves, findings->move_capacity, sizeof *findings->moves);
    }
    size_t count = 0;
    for (size_t m = 0; m < net->count; m++)
        if (slice->relevant[net->moves[m].target])
            findings->moves[count++] = net->moves[m];
    return count;
}

static void write_entries(const struct exploration *self, const struct explorer_batch *batch, struct found_edge *found)
{
    struct groups image;
    struct findings *findings = &self->findings[batch->number];
    const struct slots *slots = &self->graph->space.slots;
    system_groups(self->graph->explorer.system, batch->after, &image);
    size_t move_count = relevant_moves(self->graph->slice, &batch->macrostep.net, findings);
    for (size_t m = 0; m < move_count; m++)
        found->edge.adds_relevant |= findings->moves[m].addend != 0 && findings->moves[m].source != LOCATION_NONE;
    struct slots_step step = {machine_of(self),   &batch->groups,  &image,    batch->moved,
                              found->edge.thread, findings->moves, move_count};
    reserve_entries(findings, slots_entries_max(slots));
    found->entry_first = (uint32_t)findings->entry_count;
    found->entry_count = (uint32_t)slots_entries(slots, &step, findings->entries + findings->entry_count);
    findings->entry_count += found->entry_count;
}

/* Whether an error is told rather than one that was found before: behind one that ends a schedule something may be missing; else the first
 * in the text. */
static bool is_told_first(uint32_t line, bool ends, uint32_t known_line, bool known_ends)
{
    return known_line == 0 || (ends != known_ends ? ends : line < known_line);
}

static void note_place(const struct exploration *self, size_t thread, uint32_t index, enum failure failure, bool ends,
                       struct findings *findings)
{
    uint32_t line = machine_line(machine_of(self), thread, index);
    if (!is_told_first(line, ends, findings->failure_line, findings->failure_ends))
        return;
    findings->failure_ends = ends;
    findings->failure_line = line;
    findings->failure_thread = thread;
    findings->failure_index = index;
    findings->failure = failure;
}

static void note_failure(const struct exploration *self, const struct macrostep *macrostep, struct findings *findings)
{
    findings->failures++;
    findings->gaps |=
        !machine_is_end(machine_of(self), macrostep->thread, macrostep->step.index, macrostep->step.failure);
    note_place(self, macrostep->thread, macrostep->step.index, macrostep->step.failure, true, findings);
}

/* An error that ends a thread alone is told like others, but the schedule goes on. */
static void note_death(const struct exploration *self, const struct macrostep *macrostep, struct findings *findings)
{
    findings->deaths = true;
    note_place(self, macrostep->dead_thread, macrostep->dead_index, FAILURE_SAID, false, findings);
}

static void note_edge(const struct exploration *self, const struct explorer_batch *batch, struct findings *findings)
{
    const struct macrostep *macrostep = &batch->macrostep;
    if (findings->edge_capacity < batch->capacity) {
        findings->edge_capacity = batch->capacity;
        findings->edges = memory_resize(findings->edges, findings->edge_capacity, sizeof *findings->edges);
    }
    struct found_edge *found = &findings->edges[batch->count - 1];
    uint8_t thread = macrostep->threads[0];
    *found = (struct found_edge){.edge = {.length = (uint16_t)macrostep->length,
                                          .preemptions = (uint16_t)macrostep->preemptions,
                                          .multiplicity = batch->groups.size[batch->groups.of[thread]],
                                          .thread = thread,
                                          .option = batch->found[batch->count - 1].option,
                                          .adds = macrostep->adds}};
    if (macrostep->step.result == STEP_TAKEN && !self->options->bare)
        write_entries(self, batch, found);
}

static void expand_step(void *context, const struct explorer_batch *batch)
{
    const struct exploration *self = context;
    const struct macrostep *macrostep = &batch->macrostep;
    struct findings *findings = &self->findings[batch->number];
    findings->overlaps |= macrostep->overlaps;
    findings->overflows |= macrostep->net.overflows;
    if (macrostep->greatest_addend > findings->greatest_addend)
        findings->greatest_addend = macrostep->greatest_addend;
    if (macrostep->step.result == STEP_FAILED)
        note_failure(self, macrostep, findings);
    if (macrostep->dies)
        note_death(self, macrostep, findings);
    if (self->graph->has_edges)
        note_edge(self, batch, findings);
}

static void note_final(const struct exploration *self, const uint64_t *state, struct findings *findings)
{
    const struct observed *observation = &self->graph->slice->observation;
    int64_t tuple[OBSERVATION_MAX];
    observed_read(observation, machine_of(self), state, tuple);
    if (observation->count > 1)
        tuples_add(&findings->final_tuples, tuple, observation->count);
    else
        intervals_add(&findings->final_values, tuple[0], tuple[0]);
}

static void note_end(const struct exploration *self, const uint64_t *state, struct findings *findings)
{
    if (machine_finished(machine_of(self), state) != machine_everybody(machine_of(self))) {
        findings->deadlocks++;
        return;
    }
    findings->finals++;
    if (!self->graph->slice->data[self->graph->slice->observed])
        note_final(self, state, findings);
}

static void expand_state(void *context, const struct explorer_batch *batch)
{
    const struct exploration *self = context;
    struct findings *findings = &self->findings[batch->number];
    unsigned choices = system_choice_count(&batch->choices);
    if (batch->count == 0)
        findings->entry_count = 0;
    if (choices == 0)
        note_end(self, batch->state, findings);
    else
        findings->enabled_counts[(choices - 1) / 64] |= UINT64_C(1) << (choices - 1) % 64;
    if (self->has_sections)
        findings->overlaps |= macrostep_finds_overlap(machine_of(self), batch->state);
    orbits_count(&self->orbits, &batch->groups, choices, &findings->orbits);
}

/* ---- Storing ------------------------------------------------------------------------------------------------- */

static bool store_state(void *context, const struct system_choices *choices)
{
    struct graph *graph = ((struct exploration *)context)->graph;
    size_t here = graph->explorer.here;
    (void)choices;
    if (!graph->has_edges)
        return true;
    uint64_t *edge_first = budget_grow(graph->explorer.budget, graph->edge_first, here + 2, &graph->edge_first_capacity,
                                       sizeof *graph->edge_first);
    if (edge_first == NULL)
        return false;
    graph->edge_first = edge_first;
    graph->edge_first[here] = graph->edge_first[here + 1] = graph->edge_count;
    return true;
}

static bool store_step(void *context, const struct explorer_step *step)
{
    const struct exploration *self = context;
    struct graph *graph = self->graph;
    if (step->target < graph->explorer.level_first[graph->explorer.level_count])
        graph->space.graded = false;
    if (step->batch == NULL || !graph->has_edges)
        return true;
    struct edge *edges = budget_grow(graph->explorer.budget, graph->edges, graph->edge_count + 1, &graph->edge_capacity,
                                     sizeof *graph->edges);
    if (edges == NULL)
        return false;
    graph->edges = edges;
    const struct findings *findings = &self->findings[step->batch->number];
    const struct found_edge *found = &findings->edges[step->position];
    struct edge *edge = &graph->edges[graph->edge_count++];
    *edge = found->edge;
    edge->target = step->target;
    if (!self->options->bare)
        edge->plan = graph_add_plan(graph, findings->entries + found->entry_first, found->entry_count);
    graph->space.entries += found->entry_count;
    graph->edge_first[graph->explorer.here + 1] = graph->edge_count;
    return true;
}

static void look_at_limits(void *context)
{
    struct exploration *self = context;
    struct graph *graph = self->graph;
    struct budget *budget = graph->explorer.budget;
    uint64_t states = graph->explorer.states.count, most = self->options->edges_max_states;
    if (budget->max_states != 0 && states > budget->max_states && budget->limit == BUDGET_OK)
        budget->limit = BUDGET_STATES;
    if (graph->has_edges && most != 0 && states > most)
        graph_forget_edges(graph);
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

static void free_findings(struct exploration *self)
{
    for (size_t b = 0; self->findings != NULL && b < EXPLORER_BATCHES; b++) {
        struct findings *findings = &self->findings[b];
        memory_free(findings->moves);
        memory_free(findings->edges);
        memory_free(findings->entries);
        intervals_free(&findings->final_values);
        tuples_free(&findings->final_tuples);
    }
    memory_free(self->findings);
}

static void begin(void *context)
{
    struct exploration *self = context;
    struct graph *graph = self->graph;
    const struct system *system = graph->explorer.system;
    free_findings(self);
    self->findings = memory_new(EXPLORER_BATCHES, sizeof *self->findings);
    orbits_start(&self->orbits, system);
    self->has_sections = machine_section_count(system->machine) > 0;
    graph_clear(graph);
    graph->has_edges = self->options->edges;
    graph->space.graded = !system->collapses; /* ways of as many edges have different numbers of steps */
    slots_start(&graph->space.slots, graph->slice, system->machine, system->thread_count, !self->options->ends_alike,
                !self->options->ends_alike);
}

static void gather(struct exploration *self, const struct findings *findings)
{
    struct graph *graph = self->graph;
    if (findings->greatest_addend > graph->space.greatest_addend)
        graph->space.greatest_addend = findings->greatest_addend;
    graph->finals += findings->finals;
    graph->deadlocks += findings->deadlocks;
    graph->failures += findings->failures;
    graph->gaps |= findings->gaps;
    graph->deaths |= findings->deaths;
    graph->overlaps |= findings->overlaps;
    graph->space.overflows |= findings->overflows;
    for (size_t w = 0; w < SPACE_STEPS_MAX / 64; w++)
        graph->space.enabled_counts[w] |= findings->enabled_counts[w];
    intervals_union(&graph->final_values, &findings->final_values, 0);
    tuples_add_all(&graph->final_tuples, &findings->final_tuples);
    orbits_add_up(&self->orbits, &findings->orbits, graph->orbit_states, graph->orbit_steps);
    if (findings->failure_line != 0 &&
        is_told_first(findings->failure_line, findings->failure_ends, graph->failure_line, graph->failure_ends)) {
        memory_free(graph->failure_text);
        graph->failure_ends = findings->failure_ends;
        graph->failure_line = findings->failure_line;
        graph->failure_text = machine_describe_failure(machine_of(self), findings->failure_thread,
                                                       findings->failure_index, findings->failure);
    }
}

static void rank_tuples(struct graph *graph)
{
    if (graph->final_tuples.count == 0)
        return;
    tuples_order(&graph->final_tuples);
    intervals_add(&graph->final_values, 0, (int64_t)graph->final_tuples.count - 1);
}

enum explorer_result graph_explore(struct graph *self, struct machine *machine, const struct scheduler *scheduler,
                                   const struct slice *slice, const struct graph_options *options,
                                   struct budget *budget)
{
    static const struct explorer_observer observer = {begin,       expand_state, expand_step,
                                                      store_state, store_step,   look_at_limits};
    struct exploration exploration = {.graph = self, .options = options};
    *self = (struct graph){.slice = slice};
    mpz_inits(self->orbit_states, self->orbit_steps, NULL);
    enum explorer_result result =
        explorer_run(&self->explorer, machine, scheduler, &options->explorer, &observer, &exploration, budget);
    for (size_t b = 0; b < EXPLORER_BATCHES; b++)
        gather(&exploration, &exploration.findings[b]);
    free_findings(&exploration);
    rank_tuples(self);
    self->space.start_count = self->explorer.start_count;
    if (result == EXPLORER_COMPLETE && !options->bare)
        graph_finish(self);
    return result == EXPLORER_ENDED ? EXPLORER_LIMIT : result;
}
