/* The graph as an observer of the explorer: what states and steps are is found in parallel, batch by batch, and so is it stored.
 *
 * Plans repeat a lot. Each batch has a table of those that it has met, in this round or an earlier one, with their numbers in the
 * graph, so that only plans which are new to a batch are looked for in the graph, between the phases of a round. */
#include "base/memory.h"
#include "space/graph.h"
#include "space/orbits.h"

#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

/* A plan that a batch has met. */
struct met_plan {
    size_t first; /* into the batch's entries */
    uint32_t count;
    uint32_t number; /* in the graph */
};

enum { MET_PLANS_MAX = 4096 }; /* beyond so many a batch begins anew with its table */

struct met_plans {
    struct entry *entries;
    size_t entry_count;
    size_t entry_capacity;
    struct met_plan *items;
    size_t count;
    size_t capacity;
    size_t known;    /* of the items: so many have numbers in the graph */
    uint32_t *table; /* finds an item, by its entries; 1 + its number */
    size_t table_size;
};

/* The moves of a step of a thread and which plan came of them, where that depends on nothing else. */
enum { RECENT_PLANS = 64, RECENT_MOVES = 3 };

struct recent_plan {
    uint32_t plan; /* 1 + its number among those that were met; 0: nothing is here */
    uint32_t move_count;
    struct move moves[RECENT_MOVES];
};

/* A step that may be taken again from other states. */
struct known_step {
    struct edge edge;
    bool is_known; /* nothing of it is missing */
    uint32_t move_count;
    struct move moves[RECENT_MOVES];
};

/* What one batch has found. The buffers are kept from round to round. */
struct findings {
    struct move *moves; /* the relevant ones of a macrostep */
    size_t move_capacity;
    struct edge *edges; /* one a step of the batch; their targets are missing, and their plans are those of the batch */
    size_t edge_capacity;
    struct met_plans plans;
    size_t move_count;
    struct known_step *known_steps; /* STEP_MEMO_ITEMS of them, by their numbers; NULL: none yet */
    struct recent_plan *recent;     /* without symmetry: RECENT_PLANS of them, by their moves */
    uint64_t entries;               /* of all edges that were stored */
    bool is_graded;
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
    bool has_sections;  /* the program marks critical sections */
    bool has_recent;    /* plans depend on moves alone */
    size_t round_edges; /* how many the round has that is being entered */
};

static const struct machine *machine_of(const struct exploration *self)
{
    return self->graph->explorer.system->machine;
}

/* ---- Expanding ----------------------------------------------------------------------------------------------- */

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

static size_t met_place(const struct met_plans *self, const struct entry *entries, size_t count)
{
    return (size_t)XXH3_64bits(entries, count * sizeof *entries) & (self->table_size - 1);
}

static void clear_met(struct met_plans *self)
{
    self->entry_count = self->count = self->known = 0;
    if (self->table_size > 0)
        memset(self->table, 0, self->table_size * sizeof *self->table);
}

static void grow_met_table(struct met_plans *self)
{
    self->table_size = self->table_size == 0 ? 64 : 2 * self->table_size;
    memory_free(self->table);
    self->table = memory_new(self->table_size, sizeof *self->table);
    for (uint32_t p = 0; p < self->count; p++) {
        size_t place = met_place(self, self->entries + self->items[p].first, self->items[p].count);
        while (self->table[place] != 0)
            place = (place + 1) & (self->table_size - 1);
        self->table[place] = p + 1;
    }
}

static bool is_met(const struct met_plans *self, uint32_t number, const struct entry *entries, size_t count)
{
    const struct met_plan *item = &self->items[number];
    return item->count == count &&
           (count == 0 || memcmp(self->entries + item->first, entries, count * sizeof *entries) == 0);
}

/* Meets a plan, whose entries lie behind those of the others. Returns its number among those that the batch has met. */
static uint32_t meet(struct met_plans *self, size_t count)
{
    const struct entry *entries = self->entries + self->entry_count;
    if (2 * self->count >= self->table_size)
        grow_met_table(self);
    size_t place = met_place(self, entries, count);
    for (; self->table[place] != 0; place = (place + 1) & (self->table_size - 1))
        if (is_met(self, self->table[place] - 1, entries, count))
            return self->table[place] - 1;
    self->items = memory_grow(self->items, self->count, &self->capacity, sizeof *self->items);
    self->items[self->count] = (struct met_plan){.first = self->entry_count, .count = (uint32_t)count};
    self->entry_count += count;
    self->table[place] = (uint32_t)++self->count;
    return (uint32_t)self->count - 1;
}

static void reserve_entries(struct met_plans *self, size_t more)
{
    if (self->entry_count + more <= self->entry_capacity)
        return;
    self->entry_capacity = 2 * (self->entry_count + more);
    self->entries = memory_resize(self->entries, self->entry_capacity, sizeof *self->entries);
}

/* The plan of a step with these moves. */
static uint32_t make_plan(const struct exploration *self, const struct explorer_batch *batch, size_t thread,
                          size_t move_count)
{
    struct groups image;
    struct findings *findings = &self->findings[batch->number];
    const struct slots *slots = &self->graph->space.slots;
    system_groups(self->graph->explorer.system, batch->after, &image);
    struct slots_step step = {machine_of(self), &batch->groups,  &image,    batch->moved,
                              thread,           findings->moves, move_count};
    reserve_entries(&findings->plans, slots_entries_max(slots));
    return meet(&findings->plans, slots_entries(slots, &step, findings->plans.entries + findings->plans.entry_count));
}

/* Where moves of a step have been met lately, or would be remembered. */
static struct recent_plan *find_recent(const struct findings *findings, size_t move_count)
{
    uint64_t hash = move_count == 0 ? 0 : XXH3_64bits(findings->moves, move_count * sizeof *findings->moves);
    return &findings->recent[hash % RECENT_PLANS];
}

/* Without symmetry every thread is a group, wherever a step leads, so that its plan depends on its moves alone. */
static uint32_t find_plan(const struct exploration *self, const struct explorer_batch *batch, size_t thread,
                          size_t move_count)
{
    const struct findings *findings = &self->findings[batch->number];
    if (findings->recent == NULL || move_count > RECENT_MOVES)
        return make_plan(self, batch, thread, move_count);
    struct recent_plan *recent = find_recent(findings, move_count);
    size_t bytes = move_count * sizeof *findings->moves;
    if (recent->plan != 0 && recent->move_count == move_count &&
        (bytes == 0 || memcmp(recent->moves, findings->moves, bytes) == 0))
        return recent->plan - 1;
    recent->plan = make_plan(self, batch, thread, move_count) + 1;
    recent->move_count = (uint32_t)move_count;
    if (bytes > 0)
        memcpy(recent->moves, findings->moves, bytes);
    return recent->plan - 1;
}

static void write_plan(const struct exploration *self, const struct explorer_batch *batch, struct edge *edge)
{
    struct findings *findings = &self->findings[batch->number];
    size_t move_count = relevant_moves(self->graph->slice, &batch->macrostep.net, findings);
    findings->move_count = move_count;
    for (size_t m = 0; m < move_count; m++)
        edge->adds_relevant |= findings->moves[m].addend != 0 && findings->moves[m].source != LOCATION_NONE;
    edge->plan = find_plan(self, batch, edge->thread, move_count);
}

/* An error of the program moves nothing. */
static void write_no_plan(const struct exploration *self, const struct explorer_batch *batch, struct edge *edge)
{
    struct findings *findings = &self->findings[batch->number];
    reserve_entries(&findings->plans, 0);
    edge->plan = meet(&findings->plans, 0);
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

/* Makes room for the edge of a step that was found. */
static struct edge *add_edge(struct findings *findings, const struct explorer_batch *batch)
{
    if (findings->edge_capacity < batch->capacity) {
        findings->edge_capacity = batch->capacity;
        findings->edges = memory_resize(findings->edges, findings->edge_capacity, sizeof *findings->edges);
    }
    return &findings->edges[batch->count - 1];
}

static void note_edge(const struct exploration *self, const struct explorer_batch *batch, struct findings *findings)
{
    const struct macrostep *macrostep = &batch->macrostep;
    struct edge *edge = add_edge(findings, batch);
    uint8_t thread = macrostep->threads[0];
    *edge = (struct edge){.length = (uint16_t)macrostep->length,
                          .preemptions = (uint16_t)macrostep->preemptions,
                          .multiplicity = batch->groups.size[batch->groups.of[thread]],
                          .thread = thread,
                          .option = batch->found[batch->count - 1].option,
                          .adds = macrostep->adds};
    if (self->options->bare)
        return;
    if (macrostep->step.result == STEP_TAKEN)
        write_plan(self, batch, edge);
    else
        write_no_plan(self, batch, edge);
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

static void remember_step(void *context, const struct explorer_batch *batch, uint32_t number)
{
    const struct exploration *self = context;
    struct findings *findings = &self->findings[batch->number];
    if (!self->graph->has_edges)
        return;
    if (findings->known_steps == NULL)
        findings->known_steps = memory_new(STEP_MEMO_ITEMS, sizeof *findings->known_steps);
    struct known_step *known = &findings->known_steps[number];
    known->edge = findings->edges[batch->count - 1];
    known->move_count = self->options->bare ? 0 : (uint32_t)findings->move_count;
    known->is_known = known->move_count <= RECENT_MOVES;
    if (known->is_known && known->move_count > 0)
        memcpy(known->moves, findings->moves, known->move_count * sizeof *known->moves);
}

/* All but the edge was noted when the step was taken first. With symmetry the edge depends on the groups of the state. */
static bool repeat_step(void *context, const struct explorer_batch *batch, uint32_t number)
{
    const struct exploration *self = context;
    struct findings *findings = &self->findings[batch->number];
    if (!self->graph->has_edges)
        return true;
    const struct known_step *known = &findings->known_steps[number];
    if (!known->is_known)
        return false;
    struct edge *edge = add_edge(findings, batch);
    *edge = known->edge;
    if (!self->graph->explorer.system->symmetric)
        return true;
    edge->multiplicity = batch->groups.size[batch->groups.of[edge->thread]];
    if (known->move_count > 0)
        memcpy(findings->moves, known->moves, known->move_count * sizeof *known->moves);
    if (!self->options->bare)
        edge->plan = find_plan(self, batch, edge->thread, known->move_count);
    return true;
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

static void start_batch(const struct exploration *self, struct findings *findings)
{
    if (self->has_recent && findings->recent == NULL)
        findings->recent = memory_new(RECENT_PLANS, sizeof *findings->recent);
    if (findings->plans.count <= MET_PLANS_MAX)
        return;
    clear_met(&findings->plans);
    if (findings->known_steps != NULL)
        memset(findings->known_steps, 0, STEP_MEMO_ITEMS * sizeof *findings->known_steps);
    if (findings->recent != NULL)
        memset(findings->recent, 0, RECENT_PLANS * sizeof *findings->recent);
}

static void expand_state(void *context, const struct explorer_batch *batch)
{
    const struct exploration *self = context;
    struct findings *findings = &self->findings[batch->number];
    unsigned choices = system_choice_count(&batch->choices);
    if (batch->count == 0)
        start_batch(self, findings);
    if (choices == 0)
        note_end(self, batch->state, findings);
    else
        findings->enabled_counts[(choices - 1) / 64] |= UINT64_C(1) << (choices - 1) % 64;
    if (self->has_sections)
        findings->overlaps |= macrostep_finds_overlap(machine_of(self), batch->state);
    orbits_count(&self->orbits, &batch->groups, choices, &findings->orbits);
}

/* ---- Storing ------------------------------------------------------------------------------------------------- */

/* Numbers the plans that are new to a batch. */
static void number_plans(struct graph *graph, struct met_plans *plans)
{
    for (; plans->known < plans->count; plans->known++) {
        struct met_plan *plan = &plans->items[plans->known];
        plan->number = graph_add_plan(graph, plans->entries + plan->first, plan->count);
    }
}

/* Makes room for the edges of a round. */
static bool reserve_edges(void *context, const struct explorer_batch *batches, size_t count)
{
    struct exploration *self = context;
    struct graph *graph = self->graph;
    const struct explorer_batch *last = &batches[count - 1];
    self->round_edges = (size_t)last->first_step + last->count;
    if (!graph->has_edges)
        return true;
    uint64_t *edge_first =
        budget_grow(graph->explorer.budget, graph->edge_first, last->first_state + last->state_count + 1,
                    &graph->edge_first_capacity, sizeof *graph->edge_first);
    if (edge_first == NULL)
        return false;
    graph->edge_first = edge_first;
    graph->edge_first[0] = 0;
    struct edge *edges = budget_grow(graph->explorer.budget, graph->edges, graph->edge_count + self->round_edges,
                                     &graph->edge_capacity, sizeof *graph->edges);
    if (edges == NULL && graph->edge_count + self->round_edges > 0)
        return false;
    graph->edges = edges;
    for (size_t b = 0; b < count; b++)
        number_plans(graph, &self->findings[b].plans);
    return true;
}

static void store_batch(void *context, const struct explorer_batch *batch)
{
    const struct exploration *self = context;
    struct graph *graph = self->graph;
    struct findings *findings = &self->findings[batch->number];
    size_t level_first = graph->explorer.level_first[graph->explorer.level_count];
    for (size_t p = 0; p < batch->count; p++)
        findings->is_graded &= batch->found[p].target >= level_first;
    if (!graph->has_edges)
        return;
    size_t first_edge = graph->edge_count + (size_t)batch->first_step;
    for (size_t s = 1; s <= batch->state_count; s++)
        graph->edge_first[batch->first_state + s] = first_edge + batch->first[s];
    for (size_t p = 0; p < batch->count; p++) {
        struct edge *edge = &graph->edges[first_edge + p];
        *edge = findings->edges[p];
        edge->target = batch->found[p].target;
        if (self->options->bare)
            continue;
        findings->entries += findings->plans.items[edge->plan].count;
        edge->plan = findings->plans.items[edge->plan].number;
    }
}

/* A round was stored. */
static void end_round(void *context)
{
    struct exploration *self = context;
    struct graph *graph = self->graph;
    struct budget *budget = graph->explorer.budget;
    uint64_t states = graph->explorer.states.count, most = self->options->edges_max_states;
    graph->edge_count += graph->has_edges ? self->round_edges : 0;
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
        memory_free(findings->recent);
        memory_free(findings->known_steps);
        memory_free(findings->plans.entries);
        memory_free(findings->plans.items);
        memory_free(findings->plans.table);
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
    for (size_t b = 0; b < EXPLORER_BATCHES; b++)
        self->findings[b].is_graded = true;
    self->has_recent = self->options->edges && !self->options->bare && !system->symmetric;
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
    graph->space.entries += findings->entries;
    graph->space.graded &= findings->is_graded;
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
    static const struct explorer_observer observer = {.begin = begin,
                                                      .expand_state = expand_state,
                                                      .expand_step = expand_step,
                                                      .remember_step = remember_step,
                                                      .repeat_step = repeat_step,
                                                      .reserve = reserve_edges,
                                                      .enter = store_batch,
                                                      .round = end_round};
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
