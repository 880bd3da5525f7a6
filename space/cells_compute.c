/* How a cell is computed from those from which steps lead to it. */
#include "space/cells_parts.h"

/* ---- Memory -------------------------------------------------------------------------------------------------- */

/* Whether so many bytes more are allowed, which are counted then. */
bool cells_take_bytes(struct cell_search *self, uint64_t bytes)
{
    uint64_t taken = __atomic_add_fetch(&self->bytes, bytes, __ATOMIC_RELAXED);
    if (taken > self->bytes_allowed)
        __atomic_store_n(&self->is_full, true, __ATOMIC_RELAXED);
    return taken <= self->bytes_allowed;
}

bool cells_make_words(struct cell_search *self, struct cell *cell, size_t count)
{
    if (!cells_take_bytes(self, count * cell_word_size(cell)))
        return false;
    cell->count = count;
    cell->words = memory_block(count > 0 ? count * cell_word_size(cell) : 1);
    return true;
}

/* ---- Steps of cells ------------------------------------------------------------------------------------------ */

bool cells_is_inside(const struct cell_search *self, const struct control_step *step)
{
    return step->target != STATESET_NONE && self->graph.component[step->target] == self->graph.component[step->source];
}

/* The next thread of the group of a step's leader that makes a step of its own: where their data is alike, the leader steps for all. */
bool cells_next_member(const struct cell_search *self, const struct cell_shape *shape, const struct control_step *step,
                       size_t *thread)
{
    const struct groups *groups = &shape->groups;
    size_t group = groups->of[step->thread];
    if (shape->live[step->thread] == 0)
        return false;
    for (size_t t = *thread + 1; t < self->world.thread_count; t++)
        if (groups->of[t] == group) {
            *thread = t;
            return true;
        }
    return false;
}

static const struct cell *source_of(const struct cell_search *self, struct worker *worker,
                                    const struct control_step *step)
{
    const struct cell *from = &self->cells[step->source];
    cell_shape_find(&worker->from, &self->world, step->source);
    return from;
}

/* Widens a cell by what a step brings. Returns whether something changed. */
bool cells_widen(struct cell_search *self, struct worker *worker, struct cell *to, const struct control_step *step)
{
    bool changed = false, fits = true;
    const struct cell *from = source_of(self, worker, step);
    size_t thread = step->thread;
    if (!from->is_reached)
        return false;
    do
        changed |=
            cell_widen(to, &worker->to, &self->world, from, &worker->from, step, thread, worker->intervals, &fits);
    while (cells_next_member(self, &worker->from, step, &thread));
    if (!fits)
        __atomic_store_n(&self->is_unfit, true, __ATOMIC_RELAXED);
    return changed;
}

/* Computes the images of words of a cell from the first one on, at most a block. Returns how many there are. */
static size_t images_of(struct worker *worker, const struct cell *from, const void *words, size_t count, bool to_wide)
{
    if (from->is_wide)
        return cell_kernel_wide(&worker->kernel, words, count, worker->images);
    if (to_wide)
        return cell_kernel_widening(&worker->kernel, words, count, worker->images);
    return cell_kernel_narrow(&worker->kernel, words, count, (uint32_t *)(void *)worker->images);
}

static const void *words_at(const struct cell *cell, size_t number)
{
    return (const char *)cell->words + number * cell_word_size(cell);
}

static void add_images(struct worker *worker, size_t count, bool is_wide)
{
    if (is_wide)
        cell_set_add_wide(&worker->set, worker->images, count);
    else
        cell_set_add_narrow(&worker->set, (const uint32_t *)(const void *)worker->images, count);
}

static void pull_words(struct worker *worker, const struct cell *from, const struct cell *to)
{
    bool is_wide = from->is_wide || to->is_wide;
    for (size_t first = 0; first < from->count; first += CELL_BLOCK) {
        size_t length = from->count - first < CELL_BLOCK ? from->count - first : CELL_BLOCK;
        add_images(worker, images_of(worker, from, words_at(from, first), length, is_wide), is_wide);
    }
}

/* Pulls what a step brings into the set of a cell that is being computed. */
void cells_pull(struct cell_search *self, struct worker *worker, const struct cell *to, const struct control_step *step)
{
    const struct cell *from = source_of(self, worker, step);
    size_t thread = step->thread;
    if (from->count == 0)
        return;
    cell_shape_shift(&worker->from, from);
    do {
        cell_compile(&worker->kernel, &self->world, from, &worker->from, to, &worker->to, step, thread);
        pull_words(worker, from, to);
    } while (cells_next_member(self, &worker->from, step, &thread));
}

/* ---- A cell by itself ---------------------------------------------------------------------------------------- */

bool cells_is_start(const struct cell_search *self, uint32_t state)
{
    return state < self->graph.start_count;
}

/* The word of the first state: each field has its first value, and threads that are interchangeable have the same. */
uint64_t cells_first_word(const struct cell_search *self, const struct cell *cell, const struct cell_shape *shape)
{
    uint64_t word = 0;
    for (size_t f = 0; f < shape->count; f++)
        word |= (uint64_t)(machine_initial_value(self->world.machine, shape->locations[f]) - cell->least[f])
                << (shape->shifts[f] & 63);
    return word;
}

/* Finds the intervals of a cell as far as steps from other components bring them. */
void cells_begin(struct cell_search *self, struct worker *worker, uint32_t state)
{
    struct cell *cell = &self->cells[state];
    cell_shape_find(&worker->to, &self->world, state);
    cell_begin(cell, &worker->to);
    if (cells_is_start(self, state) && !cell_begin_first(cell, &worker->to, &self->world))
        __atomic_store_n(&self->is_unfit, true, __ATOMIC_RELAXED);
    for (uint64_t e = self->graph.first_entry[state]; e < self->graph.first_entry[state + 1]; e++) {
        const struct control_step *step = &self->graph.steps[self->graph.entries[e]];
        if (self->graph.component[step->source] != self->graph.component[state])
            cells_widen(self, worker, cell, step);
    }
}

size_t cells_bound(const struct cell_search *self, uint32_t state)
{
    size_t bound = cells_is_start(self, state);
    for (uint64_t e = self->graph.first_entry[state]; e < self->graph.first_entry[state + 1]; e++)
        bound += self->cells[self->graph.steps[self->graph.entries[e]].source].count;
    return bound;
}

bool cells_fix(struct cell_search *self, struct worker *worker, uint32_t state)
{
    struct cell *cell = &self->cells[state];
    if (!cell->is_reached)
        return false;
    if (!cell_fix(cell)) {
        __atomic_store_n(&self->is_unfit, true, __ATOMIC_RELAXED);
        return false;
    }
    cell_shape_find(&worker->to, &self->world, state);
    cell_shape_shift(&worker->to, cell);
    return true;
}

void cells_compute(struct cell_search *self, struct worker *worker, uint32_t state)
{
    struct cell *cell = &self->cells[state];
    cells_begin(self, worker, state);
    if (!cells_fix(self, worker, state))
        return;
    size_t threads = self->world.thread_count;
    cell_set_begin(&worker->set, cell->bits, threads * cells_bound(self, state));
    if (cells_is_start(self, state)) {
        uint64_t word = cells_first_word(self, cell, &worker->to);
        cell_set_add(&worker->set, word);
    }
    for (uint64_t e = self->graph.first_entry[state]; e < self->graph.first_entry[state + 1]; e++)
        cells_pull(self, worker, cell, &self->graph.steps[self->graph.entries[e]]);
    if (cells_make_words(self, cell, cell_set_count(&worker->set)))
        cell_set_take(&worker->set, cell->is_wide, cell->words);
    else
        cell_set_drop(&worker->set);
    if (cell->words == NULL)
        cell->count = 0;
    cells_note(self, worker, state);
}
