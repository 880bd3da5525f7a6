/* Cells between which control goes round: they are filled together, until nothing new comes. */
#include "space/cells_parts.h"

#include <string.h>

/* Components go round until their intervals have come to rest, or so often. */
enum { ROUNDS_MAX = 256 };

/* A cell that others of its component go on filling: words of 64 bits until it is complete. */
struct filling {
    struct cell_set set;
    uint64_t *words;
    size_t count, capacity;
    size_t done; /* words that all steps were taken from */
};

/* A component under way. */
struct round_trip {
    struct cell_search *search;
    struct worker *worker;
    const uint32_t *members;
    size_t count;
    struct filling *fillings; /* one a member */
};

/* Sends intervals round until they have come to rest. Returns false where they do not. */
static bool settle_intervals(struct round_trip *self)
{
    struct cell_search *search = self->search;
    bool changed = true;
    for (unsigned round = 0; changed && round < ROUNDS_MAX; round++) {
        changed = false;
        for (size_t m = 0; m < self->count; m++)
            for (uint64_t s = search->graph.first_step[self->members[m]];
                 s < search->graph.first_step[self->members[m] + 1]; s++) {
                const struct control_step *step = &search->graph.steps[s];
                if (!cells_is_inside(search, step))
                    continue;
                cell_shape_find(&self->worker->to, &search->world, step->target);
                changed |= cells_widen(search, self->worker, &search->cells[step->target], step);
            }
    }
    return !changed;
}

/* Adds those of some words that are new, which moves them. */
static bool fill(struct round_trip *self, struct filling *filling, uint64_t *words, size_t count)
{
    size_t fresh = cell_set_add_new(&filling->set, words, count), before = filling->capacity;
    while (filling->capacity < filling->count + fresh)
        filling->words = memory_grow(filling->words, filling->capacity, &filling->capacity, sizeof *filling->words);
    if (fresh > 0)
        memcpy(filling->words + filling->count, words, fresh * sizeof *words);
    filling->count += fresh;
    return filling->capacity == before ||
           cells_take_bytes(self->search, 3 * (filling->capacity - before) * sizeof *filling->words);
}

static size_t member_number(const struct round_trip *self, uint32_t state)
{
    size_t low = 0, high = self->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        *(self->members[middle] <= state ? &low : &high) = middle;
    }
    return low;
}

/* Fills a cell with the images of some words of another one, which may be the same. All are treated as wide here. */
static bool fill_images(struct round_trip *self, struct filling *filling, const uint64_t *words, size_t count)
{
    memcpy(self->worker->block, words, count * sizeof *words);
    size_t images = cell_kernel_wide(&self->worker->kernel, self->worker->block, count, self->worker->images);
    return fill(self, filling, self->worker->images, images);
}

/* Takes a step from those words of a member that are new. */
static bool send_on(struct round_trip *self, size_t member, size_t end, const struct control_step *step)
{
    struct cell_search *search = self->search;
    struct worker *worker = self->worker;
    struct filling *from = &self->fillings[member], *to = &self->fillings[member_number(self, step->target)];
    size_t thread = step->thread;
    cell_shape_find(&worker->from, &search->world, step->source);
    cell_shape_shift(&worker->from, &search->cells[step->source]);
    cell_shape_find(&worker->to, &search->world, step->target);
    cell_shape_shift(&worker->to, &search->cells[step->target]);
    do {
        cell_compile(&worker->kernel, &search->world, &search->cells[step->source], &worker->from,
                     &search->cells[step->target], &worker->to, step, thread);
        for (size_t first = from->done; first < end; first += CELL_BLOCK)
            if (!fill_images(self, to, from->words + first, end - first < CELL_BLOCK ? end - first : CELL_BLOCK))
                return false;
    } while (cells_next_member(search, &worker->from, step, &thread));
    return true;
}

/* Takes all steps inside the component from what is new, until nothing is. */
static bool go_round(struct round_trip *self)
{
    const struct control_graph *graph = &self->search->graph;
    bool progress = true;
    while (progress) {
        progress = false;
        for (size_t m = 0; m < self->count; m++) {
            size_t end = self->fillings[m].count;
            if (self->fillings[m].done == end)
                continue;
            progress = true;
            for (uint64_t s = graph->first_step[self->members[m]]; s < graph->first_step[self->members[m] + 1]; s++)
                if (cells_is_inside(self->search, &graph->steps[s]) && !send_on(self, m, end, &graph->steps[s]))
                    return false;
            self->fillings[m].done = end;
        }
    }
    return true;
}

/* Brings into a cell what comes from other components. */
static bool fill_from_outside(struct round_trip *self, size_t member)
{
    struct cell_search *search = self->search;
    struct worker *worker = self->worker;
    uint32_t state = self->members[member];
    struct cell *cell = &search->cells[state];
    struct filling *filling = &self->fillings[member];
    cell_set_begin(&worker->set, cell->bits, search->world.thread_count * cells_bound(search, state));
    if (cells_is_start(search, state)) {
        uint64_t word = cells_first_word(search, cell, &worker->to);
        cell_set_add(&worker->set, word);
    }
    for (uint64_t e = search->graph.first_entry[state]; e < search->graph.first_entry[state + 1]; e++) {
        const struct control_step *step = &search->graph.steps[search->graph.entries[e]];
        if (!cells_is_inside(search, step))
            cells_pull(search, worker, cell, step);
    }
    size_t count = cell_set_count(&worker->set);
    if (!cells_take_bytes(search, 3 * count * sizeof *filling->words)) {
        cell_set_drop(&worker->set);
        return false;
    }
    uint64_t *words = memory_new(count, sizeof *words);
    cell_set_take(&worker->set, true, words);
    cell_set_begin_table(&filling->set, count);
    bool goes_on = fill(self, filling, words, count);
    memory_free(words);
    return goes_on;
}

/* Puts what was filled into a cell. */
static void pack(struct round_trip *self, size_t member)
{
    struct cell *cell = &self->search->cells[self->members[member]];
    const struct filling *filling = &self->fillings[member];
    if (!cells_make_words(self->search, cell, filling->count)) {
        cell->count = 0;
        return;
    }
    for (size_t n = 0; n < filling->count; n++)
        if (cell->is_wide)
            ((uint64_t *)cell->words)[n] = filling->words[n];
        else
            ((uint32_t *)cell->words)[n] = (uint32_t)filling->words[n];
}

static void fill_component(struct round_trip *self)
{
    bool goes_on = true;
    for (size_t m = 0; m < self->count && goes_on; m++)
        if (cells_fix(self->search, self->worker, self->members[m]))
            goes_on = fill_from_outside(self, m);
    goes_on = goes_on && !__atomic_load_n(&self->search->is_unfit, __ATOMIC_RELAXED) && go_round(self);
    for (size_t m = 0; m < self->count && goes_on; m++) {
        pack(self, m);
        cells_note(self->search, self->worker, self->members[m]);
    }
}

void cells_compute_component(struct cell_search *self, struct worker *worker, const uint32_t *members, size_t count)
{
    struct round_trip trip = {self, worker, members, count, memory_new(count, sizeof *trip.fillings)};
    for (size_t m = 0; m < count; m++)
        cells_begin(self, worker, members[m]);
    if (settle_intervals(&trip))
        fill_component(&trip);
    else
        __atomic_store_n(&self->is_unfit, true, __ATOMIC_RELAXED);
    for (size_t m = 0; m < count; m++) {
        cell_set_free(&trip.fillings[m].set);
        memory_free(trip.fillings[m].words);
        __atomic_sub_fetch(&self->bytes, 3 * trip.fillings[m].capacity * sizeof(uint64_t), __ATOMIC_RELAXED);
    }
    memory_free(trip.fillings);
}
