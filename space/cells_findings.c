/* What is in a cell: ends and their values, deadlocks, errors, the orbits that its states stand for, and what conditions are there. */
#include "program/predicate.h"
#include "space/cells_parts.h"

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
                tuple[o] = cell_value(cell, &worker->to, (size_t)fields[o], cell_word(cell, n));
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
    } while (cells_next_member(self, &worker->from, step, &thread));
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
                same = cell_value(cell, shape, f, word) ==
                       cell_value(cell, shape, (size_t)shape->first_of[other] + f - shape->first_of[t], word);
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
        part_groups(self, cell, &worker->to, cell_word(cell, 0), &groups);
        orbits_count_many(&self->orbits, &groups, about->choices, cell->count, &worker->orbits);
        return;
    }
    for (size_t n = 0; n < cell->count; n++) {
        uint64_t word = cell_word(cell, n), pattern = equal_neighbours(self, blocks, word);
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
    return cell_value(self->cell, self->shape, (size_t)field, self->word);
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
        state.word = cell_word(cell, n);
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
void cells_note(struct cell_search *self, struct worker *worker, uint32_t state)
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
