#include "space/cells.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "program/predicate.h"
#include "space/cell_layout.h"
#include "space/cell_set.h"
#include "space/cell_slice.h"
#include "space/orbits.h"

#include <stdlib.h>
#include <string.h>

/* Components go round until their intervals have come to rest, or so often; layers to which so few words lead are computed by one job. */
enum { ROUNDS_MAX = 256, SHARED_WORDS = 20000 };

/* So many cells with fewer states each than this are enough to know that cells do not help. */
enum { TINY_CELLS = 10000, TINY_STATES = 4 };

/* What one job has found; and its buffers. */
struct worker {
    struct cell_set set;
    struct cell_shape from, to;
    struct cell_kernel kernel;
    int64_t *intervals; /* a pair a field */
    uint64_t images[CELL_BLOCK], block[CELL_BLOCK];
    struct orbit_sum orbits;
    uint64_t states, cells;
    uint64_t finals, deadlocks, failures;
    unsigned widest;
    uint32_t deepest; /* layer */
    bool overlaps, gaps;
    struct intervals final_values;
    struct tuples final_tuples;
    bool *ever;            /* of each condition: whether it was true, and whether it was false */
    uint32_t failure_line; /* the first error of the program in file order, 0 for none */
    const struct control_step *failure;
    char apart[CACHE_LINE];
};

/* How many words lead to the cells of a component. */
struct component_work {
    uint32_t component;
    uint64_t words;
};

/* A search under way. */
struct cell_search {
    struct cells *result;
    const struct cells_options *options;
    struct budget *budget;
    struct control_graph graph;
    struct cell_world world;
    struct observed observed;
    struct orbits orbits;
    struct cell *cells; /* one a state */
    struct worker *workers;
    unsigned jobs;
    uint32_t layer;
    struct component_work *order; /* of a layer, as they are to be computed */
    uint32_t *last_layer;         /* of each state, the latest that needs its words */
    uint32_t *by_last, *first_by_last;
    uint64_t bytes; /* of all words that are kept */
    uint64_t bytes_allowed;
    bool is_full, is_unfit;
};

/* ---- Memory -------------------------------------------------------------------------------------------------- */

/* Whether so many bytes more are allowed, which are counted then. */
static bool take_bytes(struct cell_search *self, uint64_t bytes)
{
    uint64_t taken = __atomic_add_fetch(&self->bytes, bytes, __ATOMIC_RELAXED);
    if (taken > self->bytes_allowed)
        __atomic_store_n(&self->is_full, true, __ATOMIC_RELAXED);
    return taken <= self->bytes_allowed;
}

static size_t word_size(const struct cell *cell)
{
    return cell->is_wide ? sizeof(uint64_t) : sizeof(uint32_t);
}

static bool make_words(struct cell_search *self, struct cell *cell, size_t count)
{
    if (!take_bytes(self, count * word_size(cell)))
        return false;
    cell->count = count;
    cell->words = memory_block(count > 0 ? count * word_size(cell) : 1);
    return true;
}

static void free_words(struct cell_search *self, struct cell *cell)
{
    __atomic_sub_fetch(&self->bytes, cell->count * word_size(cell), __ATOMIC_RELAXED);
    memory_free(cell->words);
    cell->words = NULL;
}

/* ---- Steps of cells ------------------------------------------------------------------------------------------ */

/* The next thread of the group of a step's leader that makes a step of its own: where their data is alike, the leader steps for all. */
static bool next_member(const struct cell_search *self, const struct cell_shape *shape, const struct control_step *step,
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
static bool widen_by(struct cell_search *self, struct worker *worker, struct cell *to, const struct control_step *step)
{
    bool changed = false, fits = true;
    const struct cell *from = source_of(self, worker, step);
    size_t thread = step->thread;
    if (!from->is_reached)
        return false;
    do
        changed |=
            cell_widen(to, &worker->to, &self->world, from, &worker->from, step, thread, worker->intervals, &fits);
    while (next_member(self, &worker->from, step, &thread));
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
    return (const char *)cell->words + number * word_size(cell);
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
static void pull(struct cell_search *self, struct worker *worker, const struct cell *to,
                 const struct control_step *step)
{
    const struct cell *from = source_of(self, worker, step);
    size_t thread = step->thread;
    if (from->count == 0)
        return;
    cell_shape_shift(&worker->from, from);
    do {
        cell_compile(&worker->kernel, &self->world, from, &worker->from, to, &worker->to, step, thread);
        pull_words(worker, from, to);
    } while (next_member(self, &worker->from, step, &thread));
}

/* ---- What is found in a cell --------------------------------------------------------------------------------- */

static uint64_t word_at(const struct cell *cell, size_t number)
{
    return cell->is_wide ? ((const uint64_t *)cell->words)[number] : ((const uint32_t *)cell->words)[number];
}

static int64_t value_in(const struct cell *cell, const struct cell_shape *shape, size_t field, uint64_t word)
{
    uint64_t mask = (UINT64_C(1) << cell->widths[field]) - 1;
    return cell->widths[field] == 0 ? cell->least[field]
                                    : (int64_t)(word >> shape->shifts[field] & mask) + cell->least[field];
}

static void note_finals(struct cell_search *self, struct worker *worker, const struct cell *cell)
{
    const struct observed *observed = &self->observed;
    const uint64_t *control = stateset_at(&self->graph.states, worker->to.state);
    int64_t tuple[OBSERVATION_MAX];
    int fields[OBSERVATION_MAX];
    for (size_t o = 0; o < observed->count; o++) {
        fields[o] = cell_shape_field(&worker->to, &self->world, observed->locations[o]);
        if (fields[o] < 0)
            tuple[o] = machine_final_value(self->world.machine, control, observed->locations[o]);
    }
    worker->finals += cell->count;
    for (size_t n = 0; n < cell->count; n++) {
        for (size_t o = 0; o < observed->count; o++)
            if (fields[o] >= 0)
                tuple[o] = value_in(cell, &worker->to, (size_t)fields[o], word_at(cell, n));
        if (observed->count > 1)
            tuples_add(&worker->final_tuples, tuple, observed->count);
        else if (!intervals_contain(&worker->final_values, tuple[0]))
            intervals_add(&worker->final_values, tuple[0], tuple[0]);
    }
}

static void note_failure(struct cell_search *self, struct worker *worker, const struct cell *cell,
                         const struct control_step *step)
{
    const struct machine *machine = self->world.machine;
    size_t thread = step->thread, passing = 0;
    cell_shape_find(&worker->from, &self->world, step->source);
    cell_shape_shift(&worker->from, cell);
    do {
        cell_compile(&worker->kernel, &self->world, cell, &worker->from, NULL, NULL, step, thread);
        passing += cell_kernel_passing(&worker->kernel, cell->words, cell->is_wide, cell->count);
    } while (next_member(self, &worker->from, step, &thread));
    if (passing == 0)
        return;
    uint32_t line = machine_line(machine, step->failing, step->index);
    worker->failures += passing;
    worker->gaps |= !machine_is_end(machine, step->failing, step->index, step->failure);
    if (worker->failure_line == 0 || line < worker->failure_line) {
        worker->failure_line = line;
        worker->failure = step;
    }
}

/* Which neighbours in the groups of a state have equal data, a bit each. */
static uint64_t equal_neighbours(const struct cell_search *self, const struct cell_kernel *blocks, uint64_t word)
{
    uint64_t pattern = 0, bit = 1;
    (void)self;
    for (size_t g = 0; g < blocks->group_count; g++) {
        const struct kernel_group *group = &blocks->groups[g];
        for (size_t m = 1; m < group->count; m++, bit <<= 1)
            if ((word >> group->shifts[m - 1] & group->mask) == (word >> group->shifts[m] & group->mask))
                pattern |= bit;
    }
    return pattern;
}

/* The groups of a state: those of its control, parted where the data differs. */
static void part_groups(const struct cell_search *self, const struct cell *cell, const struct cell_shape *shape,
                        uint64_t word, struct groups *groups)
{
    *groups = (struct groups){0};
    for (size_t t = 0; t < self->world.thread_count; t++) {
        size_t other = 0;
        for (; other < t; other++) {
            bool same = shape->groups.of[other] == shape->groups.of[t];
            for (size_t f = shape->first_of[t]; same && f < shape->first_of[t + 1]; f++)
                same = value_in(cell, shape, f, word) ==
                       value_in(cell, shape, (size_t)shape->first_of[other] + f - shape->first_of[t], word);
            if (same)
                break;
        }
        size_t group = other < t ? groups->of[other] : groups->count++;
        groups->of[t] = (uint8_t)group;
        if (other == t)
            groups->leader[group] = (uint8_t)t;
        groups->size[group]++;
    }
}

/* States with the same pattern of equal neighbours have orbits of the same size. */
static void count_orbits(struct cell_search *self, struct worker *worker, const struct cell *cell)
{
    enum { PATTERNS_MAX = 1 << 10 };
    struct cell_kernel *blocks = &worker->kernel;
    const struct control_state *about = &self->graph.about[worker->to.state];
    uint64_t counts[PATTERNS_MAX] = {0}, examples[PATTERNS_MAX];
    size_t pairs = 0;
    struct groups groups;
    blocks->group_count = 0;
    cell_compile_groups(blocks, &self->world, cell, &worker->to);
    for (size_t g = 0; g < blocks->group_count; g++)
        pairs += blocks->groups[g].count - 1u;
    if (pairs == 0 && cell->count > 0) {
        part_groups(self, cell, &worker->to, word_at(cell, 0), &groups);
        orbits_count_many(&self->orbits, &groups, about->choices, cell->count, &worker->orbits);
        return;
    }
    for (size_t n = 0; n < cell->count; n++) {
        uint64_t word = word_at(cell, n), pattern = equal_neighbours(self, blocks, word);
        if (pattern >= PATTERNS_MAX) {
            part_groups(self, cell, &worker->to, word, &groups);
            orbits_count_many(&self->orbits, &groups, about->choices, 1, &worker->orbits);
            continue;
        }
        examples[pattern] = word;
        counts[pattern]++;
    }
    for (size_t p = 0; p < PATTERNS_MAX && p < (size_t)1 << pairs; p++)
        if (counts[p] > 0) {
            part_groups(self, cell, &worker->to, examples[p], &groups);
            orbits_count_many(&self->orbits, &groups, about->choices, counts[p], &worker->orbits);
        }
}

/* A state whose condition is asked for. */
struct asked_state {
    const struct cell_search *search;
    const struct cell *cell;
    const struct cell_shape *shape;
    const uint64_t *control;
    uint64_t word;
    bool reads_data; /* some value came from the word */
};

static int64_t asked_location(struct asked_state *self, location_id location)
{
    int field = cell_shape_field(self->shape, &self->search->world, location);
    if (field < 0)
        return machine_value(self->search->world.machine, self->control, location);
    self->reads_data = true;
    return value_in(self->cell, self->shape, (size_t)field, self->word);
}

static int64_t asked_word(void *context, size_t word)
{
    return asked_location(context, (location_id)word);
}

static int64_t asked_register(void *context, int thread, unsigned number)
{
    const struct machine *machine = ((struct asked_state *)context)->search->world.machine;
    return asked_location(context, machine_register_location(machine, (size_t)thread, number));
}

/* Looks whether a condition is true, and false, somewhere in a cell. One that has no value is not true. */
static void look_at_condition(struct cell_search *self, const struct worker *worker, const struct cell *cell,
                              const struct predicate *predicate, bool *ever)
{
    struct asked_state state = {self, cell, &worker->to, stateset_at(&self->graph.states, worker->to.state), 0, true};
    struct predicate_source source = {&state, asked_word, asked_register, NULL};
    for (size_t n = 0; n < cell->count && !(ever[0] && ever[1]) && state.reads_data; n++) {
        int64_t value;
        state.word = word_at(cell, n);
        state.reads_data = false;
        bool is_true = predicate_evaluate(predicate, &source, &value) == FAILURE_NONE && value != 0;
        ever[is_true ? 0 : 1] = true;
    }
}

static void look_at_conditions(struct cell_search *self, const struct worker *worker, const struct cell *cell,
                               bool is_final)
{
    for (size_t c = 0; c < self->options->condition_count; c++) {
        const struct cells_condition *condition = &self->options->conditions[c];
        if (is_final || !condition->of_ends)
            look_at_condition(self, worker, cell, condition->predicate, &worker->ever[2 * c]);
    }
}

/* A cell is computed: what is in it. */
static void note_cell(struct cell_search *self, struct worker *worker, uint32_t state)
{
    const struct cell *cell = &self->cells[state];
    const struct control_state *about = &self->graph.about[state];
    if (cell->count == 0)
        return;
    worker->states += cell->count;
    worker->cells++;
    worker->widest = cell->bits > worker->widest ? cell->bits : worker->widest;
    worker->deepest = self->layer;
    worker->overlaps |= about->overlaps;
    cell_shape_find(&worker->to, &self->world, state);
    cell_shape_shift(&worker->to, cell);
    count_orbits(self, worker, cell);
    look_at_conditions(self, worker, cell, about->end == CONTROL_FINAL);
    if (about->end == CONTROL_DEADLOCK)
        worker->deadlocks += cell->count;
    if (about->end == CONTROL_FINAL)
        note_finals(self, worker, cell);
    for (uint64_t s = self->graph.first_step[state]; s < self->graph.first_step[state + 1]; s++)
        if (self->graph.steps[s].target == STATESET_NONE)
            note_failure(self, worker, cell, &self->graph.steps[s]);
}

/* ---- A cell by itself ---------------------------------------------------------------------------------------- */

static bool is_start(const struct cell_search *self, uint32_t state)
{
    return state < self->graph.start_count;
}

/* The word of the first state: each field has its first value, and threads that are interchangeable have the same. */
static uint64_t first_word(const struct cell_search *self, const struct cell *cell, const struct cell_shape *shape)
{
    uint64_t word = 0;
    for (size_t f = 0; f < shape->count; f++)
        word |= (uint64_t)(machine_initial_value(self->world.machine, shape->locations[f]) - cell->least[f])
                << (shape->shifts[f] & 63);
    return word;
}

/* Finds the intervals of a cell as far as steps from other components bring them. */
static void begin_cell(struct cell_search *self, struct worker *worker, uint32_t state)
{
    struct cell *cell = &self->cells[state];
    cell_shape_find(&worker->to, &self->world, state);
    cell_begin(cell, &worker->to);
    if (is_start(self, state) && !cell_begin_first(cell, &worker->to, &self->world))
        __atomic_store_n(&self->is_unfit, true, __ATOMIC_RELAXED);
    for (uint64_t e = self->graph.first_entry[state]; e < self->graph.first_entry[state + 1]; e++) {
        const struct control_step *step = &self->graph.steps[self->graph.entries[e]];
        if (self->graph.component[step->source] != self->graph.component[state])
            widen_by(self, worker, cell, step);
    }
}

static size_t bound_of(const struct cell_search *self, uint32_t state)
{
    size_t bound = is_start(self, state);
    for (uint64_t e = self->graph.first_entry[state]; e < self->graph.first_entry[state + 1]; e++)
        bound += self->cells[self->graph.steps[self->graph.entries[e]].source].count;
    return bound;
}

static bool fix_cell(struct cell_search *self, struct worker *worker, uint32_t state)
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

static void compute_cell(struct cell_search *self, struct worker *worker, uint32_t state)
{
    struct cell *cell = &self->cells[state];
    begin_cell(self, worker, state);
    if (!fix_cell(self, worker, state))
        return;
    size_t threads = self->world.thread_count;
    cell_set_begin(&worker->set, cell->bits, threads * bound_of(self, state));
    if (is_start(self, state)) {
        uint64_t word = first_word(self, cell, &worker->to);
        cell_set_add(&worker->set, word);
    }
    for (uint64_t e = self->graph.first_entry[state]; e < self->graph.first_entry[state + 1]; e++)
        pull(self, worker, cell, &self->graph.steps[self->graph.entries[e]]);
    if (make_words(self, cell, cell_set_count(&worker->set)))
        cell_set_take(&worker->set, cell->is_wide, cell->words);
    else
        cell_set_drop(&worker->set);
    if (cell->words == NULL)
        cell->count = 0;
    note_cell(self, worker, state);
}

/* ---- Cells of a component ------------------------------------------------------------------------------------ */

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

static bool is_inside(const struct cell_search *self, const struct control_step *step)
{
    return step->target != STATESET_NONE && self->graph.component[step->target] == self->graph.component[step->source];
}

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
                if (!is_inside(search, step))
                    continue;
                cell_shape_find(&self->worker->to, &search->world, step->target);
                changed |= widen_by(search, self->worker, &search->cells[step->target], step);
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
           take_bytes(self->search, 3 * (filling->capacity - before) * sizeof *filling->words);
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
    } while (next_member(search, &worker->from, step, &thread));
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
                if (is_inside(self->search, &graph->steps[s]) && !send_on(self, m, end, &graph->steps[s]))
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
    cell_set_begin(&worker->set, cell->bits, search->world.thread_count * bound_of(search, state));
    if (is_start(search, state)) {
        uint64_t word = first_word(search, cell, &worker->to);
        cell_set_add(&worker->set, word);
    }
    for (uint64_t e = search->graph.first_entry[state]; e < search->graph.first_entry[state + 1]; e++) {
        const struct control_step *step = &search->graph.steps[search->graph.entries[e]];
        if (!is_inside(search, step))
            pull(search, worker, cell, step);
    }
    size_t count = cell_set_count(&worker->set);
    if (!take_bytes(search, 3 * count * sizeof *filling->words)) {
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
    if (!make_words(self->search, cell, filling->count)) {
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
        if (fix_cell(self->search, self->worker, self->members[m]))
            goes_on = fill_from_outside(self, m);
    goes_on = goes_on && !__atomic_load_n(&self->search->is_unfit, __ATOMIC_RELAXED) && go_round(self);
    for (size_t m = 0; m < self->count && goes_on; m++) {
        pack(self, m);
        note_cell(self->search, self->worker, self->members[m]);
    }
}

static void compute_component(struct cell_search *self, struct worker *worker, const uint32_t *members, size_t count)
{
    struct round_trip trip = {self, worker, members, count, memory_new(count, sizeof *trip.fillings)};
    for (size_t m = 0; m < count; m++)
        begin_cell(self, worker, members[m]);
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

/* ---- Layers -------------------------------------------------------------------------------------------------- */

static bool goes_round(const struct cell_search *self, uint32_t state)
{
    for (uint64_t s = self->graph.first_step[state]; s < self->graph.first_step[state + 1]; s++)
        if (is_inside(self, &self->graph.steps[s]))
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
        compute_component(self, &self->workers[thread], members, count);
    else
        compute_cell(self, &self->workers[thread], members[0]);
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
            component->words += bound_of(self, graph->members[m]);
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
