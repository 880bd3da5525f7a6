#include "space/cells.h"

#include "space/cell_slice.h"
#include "space/cells_parts.h"

#include <stdlib.h>
#include <string.h>

/* Layers to which so few words lead are computed by one job. */
enum { SHARED_WORDS = 20000 };

/* So many cells with fewer states each than this are enough to know that cells do not help. */
enum { TINY_CELLS = 10000, TINY_STATES = 4 };

/* ---- Layers -------------------------------------------------------------------------------------------------- */

static void free_words(struct cell_search *self, struct cell *cell)
{
    __atomic_sub_fetch(&self->bytes, cell->count * cell_word_size(cell), __ATOMIC_RELAXED);
    memory_free(cell->words);
    cell->words = NULL;
}

static bool goes_round(const struct cell_search *self, uint32_t state)
{
    for (uint64_t s = self->graph.first_step[state]; s < self->graph.first_step[state + 1]; s++)
        if (cells_is_inside(self, &self->graph.steps[s]))
            return true;
    return false;
}

static void compute_piece(void *context, size_t piece, size_t thread)
{
    struct cell_search *self = context;
    const struct control_graph *graph = &self->graph;
    uint32_t component = self->order[piece].component;
    const uint32_t *members = graph->members + graph->first_member[component];
    size_t count = graph->first_member[component + 1] - graph->first_member[component];
    if (__atomic_load_n(&self->is_full, __ATOMIC_RELAXED) || __atomic_load_n(&self->is_unfit, __ATOMIC_RELAXED))
        return;
    if (count > 1 || goes_round(self, members[0]))
        cells_compute_component(self, &self->workers[thread], members, count);
    else
        cells_compute(self, &self->workers[thread], members[0]);
}

/* The largest first, so that the jobs come to an end together. */
static int compare_work(const void *a, const void *b)
{
    const struct component_work *x = a, *y = b;
    if (x->words != y->words)
        return x->words < y->words ? 1 : -1;
    return (x->component > y->component) - (x->component < y->component);
}

/* Orders the components of a layer by how many words lead to them, and returns how many these are together. */
static uint64_t order_work(struct cell_search *self)
{
    const struct control_graph *graph = &self->graph;
    uint32_t first = graph->first_component[self->layer], end = graph->first_component[self->layer + 1];
    uint64_t work = 0;
    for (uint32_t c = first; c < end; c++) {
        struct component_work *component = &self->order[c - first];
        *component = (struct component_work){c, 0};
        for (uint32_t m = graph->first_member[c]; m < graph->first_member[c + 1]; m++)
            component->words += cells_bound(self, graph->members[m]);
        work += component->words;
    }
    qsort(self->order, end - first, sizeof *self->order, compare_work);
    return work;
}

static void free_layer(struct cell_search *self)
{
    for (uint32_t n = self->first_by_last[self->layer]; n < self->first_by_last[self->layer + 1]; n++)
        free_words(self, &self->cells[self->by_last[n]]);
}

static uint64_t states_found(const struct cell_search *self)
{
    uint64_t states = 0;
    for (unsigned j = 0; j < self->jobs; j++)
        states += self->workers[j].states;
    return states;
}

static bool is_spent(struct cell_search *self)
{
    uint64_t states = states_found(self);
    struct budget *budget = self->budget;
    if (self->is_full && budget->limit == BUDGET_OK)
        budget->limit = BUDGET_MEMORY;
    if (budget->max_states != 0 && states > budget->max_states && budget->limit == BUDGET_OK)
        budget->limit = BUDGET_STATES;
    return budget_spent(budget, "exploring", states, 0, self->layer);
}

static enum cells_result refuse(struct cells *self, const char *reason)
{
    self->reason = reason;
    return CELLS_UNFIT;
}

/* Where cells have few states each, what is known of a cell takes more than its states. */
static bool are_tiny(const struct cell_search *self)
{
    uint64_t states = 0, cells = 0;
    for (unsigned j = 0; j < self->jobs; j++) {
        states += self->workers[j].states;
        cells += self->workers[j].cells;
    }
    return cells > TINY_CELLS && states < TINY_STATES * cells;
}

static enum cells_result compute_layers(struct cell_search *self)
{
    for (self->layer = 0; self->layer < self->graph.layer_count; self->layer++) {
        uint64_t left = budget_left(self->budget);
        size_t count = self->graph.first_component[self->layer + 1] - self->graph.first_component[self->layer];
        self->bytes_allowed = left > UINT64_MAX - self->bytes ? UINT64_MAX : self->bytes + left;
        bool is_shared = order_work(self) > SHARED_WORDS && self->jobs > 1 && count > 1;
        if (is_shared)
            parallel_run(self->jobs, count, compute_piece, self);
        for (size_t piece = 0; piece < count && !is_shared; piece++)
            compute_piece(self, piece, 0);
        free_layer(self);
        if (self->is_unfit)
            return refuse(self->result, "the data of a state may need more than 63 bits, or grow for ever");
        if (are_tiny(self))
            return refuse(self->result, "few states have the same control");
        if (is_spent(self))
            return CELLS_LIMIT;
    }
    return CELLS_COMPLETE;
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

/* Orders states by the layer after which nobody needs their words. */
static void plan_freeing(struct cell_search *self)
{
    const struct control_graph *graph = &self->graph;
    size_t count = graph->states.count;
    uint32_t *layer_of = memory_new(graph->component_count, sizeof *layer_of);
    for (uint32_t l = 0; l < graph->layer_count; l++)
        for (uint32_t c = graph->first_component[l]; c < graph->first_component[l + 1]; c++)
            layer_of[c] = l;
    self->last_layer = memory_new(count, sizeof *self->last_layer);
    self->first_by_last = memory_new((size_t)graph->layer_count + 2, sizeof *self->first_by_last);
    self->by_last = memory_new(count, sizeof *self->by_last);
    self->result->is_graded = !graph->is_cyclic && !graph->system->collapses;
    self->result->collapses = graph->system->collapses;
    self->result->fuses = graph->system->fuses;
    for (size_t n = 0; n < count; n++) {
        uint32_t own = layer_of[graph->component[n]];
        self->last_layer[n] = own;
        for (uint64_t s = graph->first_step[n]; s < graph->first_step[n + 1]; s++) {
            if (graph->steps[s].target == STATESET_NONE)
                continue;
            uint32_t layer = layer_of[graph->component[graph->steps[s].target]];
            self->last_layer[n] = layer > self->last_layer[n] ? layer : self->last_layer[n];
            self->result->is_graded &= layer == own + 1;
        }
        self->first_by_last[self->last_layer[n] + 2]++;
    }
    for (size_t l = 2; l < (size_t)graph->layer_count + 2; l++)
        self->first_by_last[l] += self->first_by_last[l - 1];
    for (uint32_t n = 0; n < count; n++)
        self->by_last[self->first_by_last[self->last_layer[n] + 1]++] = n;
    memory_free(layer_of);
}

static void start_search(struct cell_search *self, const struct slice *slice)
{
    const struct machine *machine = self->graph.system->machine;
    size_t locations = machine_location_count(machine);
    bool *followed = memory_new(locations, sizeof *followed);
    for (location_id l = 0; l < locations; l++)
        followed[l] = slice->data[l] && self->options->stored[l] && machine_is_mentioned(machine, l);
    cell_world_start(&self->world, &self->graph, followed);
    memory_free(followed);
    self->observed = self->options->observed;
    orbits_start(&self->orbits, self->graph.system);
    self->cells = memory_new(self->graph.states.count, sizeof *self->cells);
    self->workers = memory_new(self->jobs, sizeof *self->workers);
    for (unsigned j = 0; j < self->jobs; j++) {
        cell_shape_start(&self->workers[j].from, &self->world);
        cell_shape_start(&self->workers[j].to, &self->world);
        self->workers[j].ever = memory_new(2 * self->options->condition_count, sizeof(bool));
        self->workers[j].intervals = memory_new(2 * self->world.most_fields, sizeof *self->workers[j].intervals);
    }
    self->order = memory_new(self->graph.component_count, sizeof *self->order);
    plan_freeing(self);
}

static void free_worker(struct worker *worker)
{
    cell_set_free(&worker->set);
    cell_shape_free(&worker->from);
    cell_shape_free(&worker->to);
    memory_free(worker->intervals);
    memory_free(worker->ever);
    intervals_free(&worker->final_values);
    tuples_free(&worker->final_tuples);
}

static void end_search(struct cell_search *self)
{
    for (size_t n = 0; self->cells != NULL && n < self->graph.states.count; n++) {
        memory_free(self->cells[n].words);
        memory_free(self->cells[n].least);
        memory_free(self->cells[n].widths);
    }
    memory_free(self->cells);
    for (unsigned j = 0; self->workers != NULL && j < self->jobs; j++)
        free_worker(&self->workers[j]);
    memory_free(self->workers);
    memory_free(self->order);
    memory_free(self->last_layer);
    memory_free(self->by_last);
    memory_free(self->first_by_last);
    cell_world_free(&self->world);
}

static void gather_worker(struct cell_search *self, const struct worker *worker, const struct worker **first)
{
    struct cells *result = self->result;
    result->states += worker->states;
    result->cell_count += worker->cells;
    result->finals += worker->finals;
    result->deadlocks += worker->deadlocks;
    result->failures += worker->failures;
    result->overlaps |= worker->overlaps;
    result->gaps |= worker->gaps;
    result->widest = worker->widest > result->widest ? worker->widest : result->widest;
    result->depth = worker->deepest > result->depth ? worker->deepest : result->depth;
    intervals_union(&result->final_values, &worker->final_values, 0);
    tuples_add_all(&result->final_tuples, &worker->final_tuples);
    orbits_add_up(&self->orbits, &worker->orbits, result->orbit_states, result->orbit_steps);
    for (size_t c = 0; c < self->options->condition_count; c++) {
        self->options->conditions[c].is_ever_true |= worker->ever[2 * c];
        self->options->conditions[c].is_ever_false |= worker->ever[2 * c + 1];
    }
    if (worker->failure != NULL &&
        (*first == NULL || worker->failure_line < (*first)->failure_line ||
         (worker->failure_line == (*first)->failure_line && worker->failure < (*first)->failure)))
        *first = worker;
}

static void gather(struct cell_search *self)
{
    struct cells *result = self->result;
    const struct worker *first = NULL;
    result->control_states = self->graph.states.count;
    for (unsigned j = 0; j < self->jobs; j++)
        gather_worker(self, &self->workers[j], &first);
    if (first != NULL)
        result->failure_text = machine_describe_failure(self->world.machine, first->failure->failing,
                                                        first->failure->index, first->failure->failure);
    result->may_be_endless = self->graph.is_cyclic;
    if (result->final_tuples.count == 0)
        return;
    tuples_order(&result->final_tuples);
    intervals_add(&result->final_values, 0, (int64_t)result->final_tuples.count - 1);
}

static enum cells_result search(struct cell_search *self, struct machine *machine, const struct slice *slice)
{
    enum control_graph_result explored =
        control_graph_explore(&self->graph, machine, self->options->scheduler, &self->options->system,
                              self->options->max_control_states, self->budget);
    if (explored == CONTROL_GRAPH_LARGE) {
        self->result->reason = "there are too many control states";
        return CELLS_LARGE;
    }
    if (explored == CONTROL_GRAPH_LIMIT)
        return CELLS_LIMIT;
    if (explored == CONTROL_GRAPH_UNSAYABLE)
        return refuse(self->result, "what a step does to data cannot be said beforehand");
    start_search(self, slice);
    enum cells_result result = compute_layers(self);
    if (result != CELLS_UNFIT)
        gather(self);
    return result;
}

enum cells_result cells_explore(struct cells *self, const struct program *program, const struct cells_options *options,
                                struct budget *budget)
{
    struct cell_search cell_search = {
        .result = self, .options = options, .budget = budget, .jobs = options->jobs > 0 ? options->jobs : 1};
    *self = (struct cells){0};
    mpz_inits(self->orbit_states, self->orbit_steps, NULL);
    struct machine *whole = machine_new_guarded(program, NULL);
    if (machine_has_buffers(whole)) {
        machine_free(whole);
        return refuse(self, "stores wait in buffers");
    }
    struct slice *slice = cell_slice_new(whole, &options->observed, options->stored);
    machine_free(whole);
    if (slice == NULL)
        return refuse(self, "no value is only moved between locations, added to and compared");
    struct machine *machine = machine_new_guarded(program, slice->data);
    enum cells_result result = search(&cell_search, machine, slice);
    end_search(&cell_search);
    control_graph_free(&cell_search.graph);
    machine_free(machine);
    slice_free(slice);
    return result;
}

void cells_free(struct cells *self)
{
    mpz_clears(self->orbit_states, self->orbit_steps, NULL);
    intervals_free(&self->final_values);
    tuples_free(&self->final_tuples);
    memory_free(self->failure_text);
    *self = (struct cells){0};
}
