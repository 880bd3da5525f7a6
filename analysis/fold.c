#include "analysis/fold.h"

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <assert.h>
#include <string.h>

/* A level is shared out over the cores when it takes some milliseconds; below that, waking the others and waiting for them
 * costs more than they help, above all where the machine has other work and one of them does not get its turn. In bytes of
 * elements, an element counting for some more than it holds. */
static const uint64_t parallel_bytes = 6000000;
enum { ELEMENT_OVERHEAD = 128 };

/* How often a level is so small that asking for the time would cost more than folding it. */
enum { STATES_PER_QUESTION = 4096 };

/* What one job needs to fold a chunk. */
struct worker {
    struct fold *fold;
    size_t level;
    struct arena *arena;
    void *scratch; /* for cursors */
    struct space_view view;
    struct value_range range;
    uint64_t states;
    void *row; /* of elements, for fixed points */
    bool changed;
};

/* ---- One state ----------------------------------------------------------------------------------------------- */

static char *element_at(const struct fold *self, size_t level, size_t place, unsigned slot)
{
    const struct fold_level *stored = &self->levels[level];
    return stored->buffer.bytes + (place * self->space->slots.count + slot) * stored->size;
}

const void *fold_element(const struct fold *self, size_t level, size_t place, unsigned slot)
{
    assert(self->levels[level].buffer.bytes != NULL);
    return element_at(self, level, place, slot);
}

static size_t target_level(const struct fold *self, size_t level)
{
    return self->space->graded ? level + 1 : level;
}

static char *row_element(const struct worker *self, char *row, unsigned slot)
{
    return row + slot * self->fold->levels[self->level].size;
}

/* The slot whose fate is sealed at an end. */
static void write_end(const struct worker *self, char *row)
{
    const struct slots *slots = &self->fold->space->slots;
    const struct semiring *semiring = self->fold->semiring;
    const struct space_view *view = &self->view;
    bool is_fate = view->end == SPACE_DEADLOCK && slots->deadlock != SLOT_NONE;
    int slot = is_fate                        ? slots->deadlock
               : slots->observed != SLOT_NONE ? slots->observed
                                              : slots->constant;
    if (slot != SLOT_NONE)
        semiring->kind->one(semiring, self->level, view->height, view->end == SPACE_FINAL ? view->final_value : 0,
                            row_element(self, row, (unsigned)slot));
}

/* A step that is an error of the program ends the schedule: what was a successor is a one. */
static void add_failure(const struct worker *self, const struct space_step *step, char *row)
{
    const struct semiring *semiring = self->fold->semiring;
    size_t level = target_level(self->fold, self->level);
    struct factor factor = {0, step->multiplicity, self->view.enabled, 0, step->length, step->preemptions};
    size_t size = semiring_size(semiring, level);
    const struct slots *slots = &self->fold->space->slots;
    int slot = slots->failure != SLOT_NONE ? slots->failure : slots->observed;
    void *one = arena_take(self->arena, size);
    semiring_zero(semiring, one);
    semiring->kind->one(semiring, level, self->view.height - 1, 0, one);
    semiring->kind->add(semiring, self->level, row_element(self, row, (unsigned)slot),
                        level, one, &factor, self->arena);
}

static void add_step(const struct worker *self, const struct space_step *step, char *row)
{
    const struct semiring *semiring = self->fold->semiring;
    size_t level = target_level(self->fold, self->level);
    struct factor factor = {.enabled = self->view.enabled,
                            .lift = self->view.height - step->target_height - 1,
                            .length = step->length,
                            .preemptions = step->preemptions};
    const char *targets = element_at(self->fold, level, step->target, 0);
    size_t size = self->fold->levels[level].size;
    for (size_t e = 0; e < step->entry_count; e++) {
        const struct entry *entry = &step->entries[e];
        factor.addend = entry->addend;
        factor.weight = entry->weight;
        semiring->kind->add(semiring, self->level, row_element(self, row, entry->slot), level,
                            targets + entry->image * size, &factor, self->arena);
    }
}

/* Computes the row of elements of the state in view. */
static void fold_state(const struct worker *self, char *row)
{
    const struct semiring *semiring = self->fold->semiring;
    for (unsigned slot = 0; slot < self->fold->space->slots.count; slot++)
        semiring_zero(semiring, row_element(self, row, slot));
    if (self->view.end != SPACE_GOES_ON)
        write_end(self, row);
    for (size_t s = 0; s < self->view.step_count; s++) {
        if (self->view.steps[s].is_failure)
            add_failure(self, &self->view.steps[s], row);
        else
            add_step(self, &self->view.steps[s], row);
    }
}

static void widen_range(struct worker *self, char *row)
{
    const struct semiring *semiring = self->fold->semiring;
    if (self->fold->ranges == NULL || semiring->kind->widen == NULL)
        return;
    for (unsigned slot = 0; slot < self->fold->space->slots.count; slot++)
        semiring->kind->widen(semiring, self->level, row_element(self, row, slot), &self->range);
}

/* ---- One level ----------------------------------------------------------------------------------------------- */

static void fold_chunk(struct worker *self, size_t chunk)
{
    const struct space *space = self->fold->space;
    struct space_cursor cursor = {.scratch = self->scratch};
    space->kind->open(space, self->level, chunk, &cursor);
    while (space->kind->next(&cursor, &self->view)) {
        char *row = element_at(self->fold, self->level, self->view.place, 0);
        fold_state(self, row);
        widen_range(self, row);
        self->states++;
    }
}

static void start_worker(struct worker *self, struct fold *fold, size_t level, size_t job)
{
    /* Not the view: it is large, and every state fills what it shows. */
    self->fold = fold;
    self->level = level;
    self->range = (struct value_range){INT64_MAX, INT64_MIN};
    self->states = 0;
    self->row = NULL;
    self->changed = false;
    self->arena = &fold->levels[level].arenas[job];
    if (fold->scratches[job] == NULL)
        fold->scratches[job] = space_scratch_new(fold->space);
    self->scratch = fold->scratches[job];
}

static bool is_worth_sharing(const struct fold *self, size_t level)
{
    uint64_t states = self->space->states / self->space->level_count;
    uint64_t each = self->space->slots.count * (self->levels[level].size + ELEMENT_OVERHEAD);
    return states >= parallel_bytes / each;
}

static void join_range(struct fold *self, size_t level, const struct worker *worker)
{
    if (self->ranges == NULL)
        return;
    struct value_range *range = &self->ranges->levels[level];
    range->least = worker->range.least < range->least ? worker->range.least : range->least;
    range->greatest = worker->range.greatest > range->greatest ? worker->range.greatest : range->greatest;
}

static uint64_t fold_alone(struct fold *self, size_t level, size_t chunks)
{
    struct worker worker;
    start_worker(&worker, self, level, 0);
    for (size_t chunk = 0; chunk < chunks; chunk++)
        fold_chunk(&worker, chunk);
    join_range(self, level, &worker);
    return worker.states;
}

/* A level that several threads fold, each with a worker of its own. */
struct shared_level {
    struct fold *fold;
    size_t level;
    struct worker *workers;
};

static void fold_piece(void *context, size_t chunk, size_t thread)
{
    const struct shared_level *self = context;
    struct worker *worker = &self->workers[thread];
    if (worker->fold == NULL)
        start_worker(worker, self->fold, self->level, thread);
    fold_chunk(worker, chunk);
}

static uint64_t fold_shared(struct fold *self, size_t level, size_t chunks)
{
    struct shared_level shared = {self, level, memory_new(self->jobs, sizeof *shared.workers)};
    uint64_t states = 0;
    parallel_run(self->jobs, chunks, fold_piece, &shared);
    for (size_t w = 0; w < self->jobs; w++) {
        if (shared.workers[w].fold == NULL)
            continue;
        join_range(self, level, &shared.workers[w]);
        states += shared.workers[w].states;
    }
    memory_free(shared.workers);
    return states;
}

static uint64_t fold_level(struct fold *self, size_t level)
{
    size_t chunks = self->space->kind->chunks(self->space, level);
    bool shared = chunks > 1 && self->jobs > 1 && is_worth_sharing(self, level);
    return shared ? fold_shared(self, level, chunks) : fold_alone(self, level, chunks);
}

/* ---- All levels ---------------------------------------------------------------------------------------------- */

/* Getting large blocks from the system and giving them back for every level would take longer than folding it: the buffer of the
 * level that died last is used again. Levels grow slowly, so that one with some more room than is needed serves many of them. */
static struct fold_buffer take_buffer(struct fold *self, size_t bytes)
{
    struct fold_buffer buffer = self->spare;
    self->spare = (struct fold_buffer){0};
    if (buffer.bytes != NULL && buffer.capacity >= bytes)
        return buffer;
    memory_free(buffer.bytes);
    bool has_room = !self->keep && bytes / 2 <= (budget_left(self->budget) - bytes) / 4;
    buffer.capacity = has_room ? bytes + bytes / 2 : bytes;
    buffer.bytes = memory_large_block(buffer.capacity);
    return buffer;
}

static bool open_level(struct fold *self, size_t level)
{
    struct fold_level *stored = &self->levels[level];
    size_t places = self->space->kind->places(self->space, level), bytes;
    stored->size = semiring_size(self->semiring, level);
    if (__builtin_mul_overflow(places, self->space->slots.count, &bytes) ||
        __builtin_mul_overflow(bytes, stored->size, &bytes))
        bytes = SIZE_MAX;
    if (!budget_allows(self->budget, bytes))
        return false;
    stored->buffer = take_buffer(self, bytes);
    stored->arenas = memory_new(self->jobs, sizeof *stored->arenas);
    return true;
}

static void close_level(struct fold *self, size_t level)
{
    struct fold_level *stored = &self->levels[level];
    if (stored->buffer.bytes == NULL)
        return;
    for (unsigned j = 0; j < self->jobs; j++)
        arena_free(&stored->arenas[j]);
    memory_free(stored->arenas);
    memory_free(self->spare.bytes);
    self->spare = stored->buffer;
    *stored = (struct fold_level){0};
}

static bool ask_budget(struct fold *self, uint64_t done, uint64_t *asked, size_t level)
{
    if (done < *asked + STATES_PER_QUESTION)
        return true;
    *asked = done;
    return !budget_spent(self->budget, self->semiring->kind->name, done, self->space->states,
                         self->space->level_count - 1 - level);
}

static enum fold_result fold_levels(struct fold *self)
{
    uint64_t done = 0, asked = 0;
    for (size_t level = self->space->level_count; level-- > 0;) {
        if (!open_level(self, level))
            return FOLD_INCOMPLETE;
        done += fold_level(self, level);
        if (!self->keep && level + 1 < self->space->level_count)
            close_level(self, level + 1);
        if (!ask_budget(self, done, &asked, level))
            return FOLD_INCOMPLETE;
    }
    return FOLD_COMPLETE;
}

/* ---- Cycles -------------------------------------------------------------------------------------------------- */

static void zero_all(struct fold *self)
{
    size_t elements = self->space->kind->places(self->space, 0) * self->space->slots.count;
    for (size_t e = 0; e < elements; e++)
        semiring_zero(self->semiring, self->levels[0].buffer.bytes + e * self->levels[0].size);
}

/* Recomputes every state once; a state's new row replaces the old one where they differ. */
static void sweep(struct worker *self)
{
    struct fold *fold = self->fold;
    struct space_cursor cursor = {.scratch = self->scratch};
    size_t size = fold->levels[0].size;
    fold->space->kind->open(fold->space, 0, 0, &cursor);
    while (fold->space->kind->next(&cursor, &self->view)) {
        char *row = element_at(fold, 0, self->view.place, 0);
        fold_state(self, self->row);
        for (unsigned slot = 0; slot < fold->space->slots.count; slot++)
            if (!fold->semiring->kind->equal(fold->semiring, 0, row + slot * size, (char *)self->row + slot * size)) {
                memcpy(row + slot * size, (char *)self->row + slot * size, size);
                self->changed = true;
            }
        widen_range(self, row);
        self->states++;
    }
}

/* On a way without cycles a value changes by less than this; what has changed by more goes round a cycle that lets it grow
 * for ever. */
static bool is_unbounded(const struct worker *self)
{
    const struct space *space = self->fold->space;
    uint64_t most;
    if (__builtin_mul_overflow(space->states + 1, space->greatest_addend + 1, &most))
        return false;
    return self->range.greatest > self->range.least &&
           ((self->range.greatest > 0 && (uint64_t)self->range.greatest > most) ||
            (self->range.least < 0 && arithmetic_magnitude(self->range.least) > most));
}

static enum fold_result fold_cycles(struct fold *self)
{
    struct worker worker;
    if (!open_level(self, 0))
        return FOLD_INCOMPLETE;
    start_worker(&worker, self, 0, 0);
    worker.row = memory_resize(NULL, self->space->slots.count + 1, self->levels[0].size);
    zero_all(self);
    enum fold_result result = FOLD_COMPLETE;
    do {
        worker.changed = false;
        sweep(&worker);
        if (is_unbounded(&worker))
            result = FOLD_UNBOUNDED;
        else if (budget_spent(self->budget, self->semiring->kind->name, worker.states, 0, 0))
            result = FOLD_INCOMPLETE;
    } while (worker.changed && result == FOLD_COMPLETE);
    join_range(self, 0, &worker);
    memory_free(worker.row);
    return result;
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

enum fold_result fold_run(struct fold *self, const struct space *space, const struct semiring *semiring,
                          const struct fold_options *options, struct budget *budget)
{
    *self = (struct fold){.space = space,
                          .semiring = semiring,
                          .level_count = space->level_count,
                          .jobs = options->jobs,
                          .keep = options->keep,
                          .ranges = options->ranges,
                          .budget = budget};
    self->levels = memory_new(self->level_count, sizeof *self->levels);
    self->scratches = memory_new(self->jobs, sizeof *self->scratches);
    return space->cyclic ? fold_cycles(self) : fold_levels(self);
}

void fold_free(struct fold *self)
{
    for (size_t level = 0; level < self->level_count; level++)
        close_level(self, level);
    for (unsigned j = 0; j < self->jobs; j++)
        space_scratch_free(self->space, self->scratches[j]);
    memory_free(self->scratches);
    memory_free(self->spare.bytes);
    memory_free(self->levels);
    *self = (struct fold){0};
}
