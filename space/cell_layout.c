#include "space/cell_layout.h"

#include "base/arithmetic.h"
#include "base/fault.h"
#include "base/memory.h"

#include <string.h>

/* ---- The world ----------------------------------------------------------------------------------------------- */

static void list_shared(struct cell_world *self, const bool *followed)
{
    size_t count = machine_shared_count(self->machine);
    self->shared = memory_new(count, sizeof *self->shared);
    self->shared_field = memory_new(count, sizeof *self->shared_field);
    for (location_id l = 0; l < count; l++) {
        self->shared_field[l] = followed[l] ? (int32_t)self->shared_count : -1;
        if (followed[l])
            self->shared[self->shared_count++] = l;
    }
}

/* Registers that some thread has followed, a bit each. */
static void list_registers(struct cell_world *self, const bool *followed)
{
    size_t count = machine_register_count(self->machine);
    self->registers_of_bits = memory_new(count, sizeof *self->registers_of_bits);
    self->bit_of = memory_new(count, sizeof *self->bit_of);
    for (unsigned r = 0; r < count; r++) {
        bool any = false;
        for (size_t t = 0; t < self->thread_count; t++)
            any |= followed[machine_register_location(self->machine, t, r)];
        self->bit_of[r] = any ? (int16_t)self->register_count : -1;
        if (any)
            self->registers_of_bits[self->register_count++] = r;
    }
}

static uint64_t *find_live(const struct cell_world *self, const bool *followed, size_t thread)
{
    uint32_t count = (uint32_t)machine_instruction_count(self->machine, thread);
    uint64_t *live = memory_new((size_t)count + 1, sizeof *live);
    for (uint32_t i = 0; i <= count; i++)
        for (size_t b = 0; b < self->register_count; b++) {
            unsigned r = (unsigned)self->registers_of_bits[b];
            if (followed[machine_register_location(self->machine, thread, r)] &&
                machine_keeps(self->machine, thread, i, r))
                live[i] |= UINT64_C(1) << b;
        }
    return live;
}

/* The greatest number that an instruction adds, as its text says. */
static uint64_t greatest_constant(const struct machine *machine)
{
    uint64_t greatest = 0;
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        for (uint32_t i = 0; i < machine_instruction_count(machine, t); i++) {
            struct effect effect;
            machine_effect(machine, t, i, &effect);
            for (size_t a = 0; a < effect.assignment_count; a++) {
                uint64_t magnitude = arithmetic_magnitude(effect.assignments[a].constant);
                greatest = magnitude > greatest ? magnitude : greatest;
            }
        }
    return greatest;
}

/* What a value must not exceed, so that nothing that a step computes from it on the way does what is cut off, or fails: also what
 * nobody reads afterwards. Less than 0 where there is no such number. */
static int64_t greatest_value(const struct control_graph *graph)
{
    const struct machine *machine = graph->system->machine;
    uint64_t sum = machine_greatest_sum(machine), constant = greatest_constant(machine), added;
    uint64_t limit = sum > (uint64_t)CELL_VALUE_MAX ? (uint64_t)CELL_VALUE_MAX : sum - 1;
    uint64_t addend = constant > graph->greatest_addend ? constant : graph->greatest_addend;
    if (__builtin_mul_overflow(addend, graph->longest, &added) || added > limit)
        return -1;
    return (int64_t)(limit - added);
}

void cell_world_start(struct cell_world *self, const struct control_graph *graph, const bool *followed)
{
    const struct machine *machine = graph->system->machine;
    *self = (struct cell_world){.graph = graph,
                                .machine = machine,
                                .greatest = greatest_value(graph),
                                .thread_count = machine_thread_count(machine),
                                .location_count = machine_location_count(machine)};
    list_shared(self, followed);
    list_registers(self, followed);
    self->live = memory_new(self->thread_count, sizeof *self->live);
    for (size_t t = 0; t < self->thread_count; t++)
        self->live[t] = find_live(self, followed, t);
    self->most_fields = self->shared_count + self->thread_count * self->register_count;
}

void cell_world_free(struct cell_world *self)
{
    for (size_t t = 0; t < self->thread_count; t++)
        memory_free(self->live[t]);
    memory_free(self->live);
    memory_free(self->shared);
    memory_free(self->shared_field);
    memory_free(self->registers_of_bits);
    memory_free(self->bit_of);
}

/* ---- Shapes -------------------------------------------------------------------------------------------------- */

void cell_shape_start(struct cell_shape *self, const struct cell_world *world)
{
    self->state = STATESET_NONE;
    self->locations = memory_new(world->most_fields, sizeof *self->locations);
    self->shifts = memory_new(world->most_fields, sizeof *self->shifts);
}

void cell_shape_free(struct cell_shape *self)
{
    memory_free(self->locations);
    memory_free(self->shifts);
}

void cell_shape_find(struct cell_shape *self, const struct cell_world *world, uint32_t state)
{
    if (self->state == state)
        return;
    const uint64_t *control = stateset_at(&world->graph->states, state);
    self->state = state;
    self->count = world->shared_count;
    memcpy(self->locations, world->shared, world->shared_count * sizeof *self->locations);
    for (size_t t = 0; t < world->thread_count; t++) {
        self->first_of[t] = (uint16_t)self->count;
        self->live[t] = world->live[t][machine_index(world->machine, control, t)];
        for (uint64_t rest = self->live[t]; rest != 0; rest &= rest - 1)
            self->locations[self->count++] =
                machine_register_location(world->machine, t, (unsigned)world->registers_of_bits[__builtin_ctzll(rest)]);
    }
    self->first_of[world->thread_count] = (uint16_t)self->count;
    system_groups(world->graph->system, control, &self->groups);
}

void cell_shape_shift(struct cell_shape *self, const struct cell *cell)
{
    uint8_t shift = 0;
    for (size_t f = 0; f < self->count; f++) {
        self->shifts[f] = shift;
        shift = (uint8_t)(shift + cell->widths[f]);
    }
}

int cell_shape_field(const struct cell_shape *self, const struct cell_world *world, location_id location)
{
    int thread = machine_location_thread(world->machine, location);
    if (thread < 0)
        return world->shared_field[location];
    unsigned number = machine_location_register(world->machine, location);
    int bit = number < machine_register_count(world->machine) ? world->bit_of[number] : -1;
    if (bit < 0 || (self->live[thread] >> bit & 1) == 0)
        return -1;
    uint64_t below = self->live[thread] & ((UINT64_C(1) << bit) - 1);
    return self->first_of[thread] + __builtin_popcountll(below);
}

/* ---- Commands ------------------------------------------------------------------------------------------------ */

/* The locations of two threads of a group, exchanged: what the leader's command says, said of another one. */
static location_id exchanged(const struct cell_world *world, location_id location, size_t leader, size_t thread)
{
    if (leader == thread || location == LOCATION_NONE)
        return location;
    int owner = machine_location_thread(world->machine, location);
    if (owner != (int)leader && owner != (int)thread)
        return location;
    return machine_register_location(world->machine, owner == (int)leader ? thread : leader,
                                     machine_location_register(world->machine, location));
}

/* Where the value of a field of the state behind a step comes from. */
static struct move source_of(const struct cell_world *world, const struct control_step *step, const uint8_t *thread_at,
                             location_id target, size_t thread)
{
    const struct command *command = &world->graph->commands[step->command];
    int owner = machine_location_thread(world->machine, target);
    if (owner >= 0)
        target = machine_register_location(world->machine, thread_at[owner],
                                           machine_location_register(world->machine, target));
    struct move source = {target, target, 0};
    for (size_t m = 0; m < command->move_count; m++) {
        const struct move *move = &world->graph->moves[command->first_move + m];
        if (move->target == target)
            source = *move;
    }
    source.source = exchanged(world, source.source, step->thread, thread);
    return source;
}

/* Which thread each thread of the state behind a step was. */
static void find_threads(const struct cell_world *world, const struct control_step *step, uint8_t *thread_at)
{
    const struct command *command = &world->graph->commands[step->command];
    for (size_t t = 0; t < world->thread_count; t++)
        thread_at[command->place[t]] = (uint8_t)t;
}

static int needed_field(const struct cell_shape *shape, const struct cell_world *world, location_id location)
{
    int field = cell_shape_field(shape, world, location);
    if (field < 0)
        fault("the data of a cell does not hold what a step reads");
    return field;
}

/* ---- Intervals ----------------------------------------------------------------------------------------------- */

static void at_least(int64_t *least, int64_t value)
{
    *least = value > *least ? value : *least;
}

static void at_most(int64_t *greatest, int64_t value)
{
    *greatest = value < *greatest ? value : *greatest;
}

enum { SIGN_LESS = 1, SIGN_EQUAL = 2, SIGN_GREATER = 4 };

/* Narrows two intervals to where the sign of left + addend - right can be one of some. */
static void narrow(int64_t *left, int64_t *right, int64_t addend, unsigned signs)
{
    int64_t apart = (signs & SIGN_EQUAL) == 0;
    if ((signs & SIGN_LESS) == 0) {
        at_least(&left[0], right[0] - addend + apart);
        at_most(&right[1], left[1] + addend - apart);
    }
    if ((signs & SIGN_GREATER) == 0) {
        at_most(&left[1], right[1] - addend - apart);
        at_least(&right[0], left[0] + addend + apart);
    }
}

/* Whether a comparison whose outcome is known is one of some signs. */
static bool is_sign(int64_t difference, unsigned signs)
{
    return (signs >> (1 + (difference > 0) - (difference < 0)) & 1) != 0;
}

/* Writes pairs of the intervals of a cell, as far as the guards of a step can hold there. Returns false where they cannot. */
static bool guard_intervals(const struct cell_world *world, const struct cell *from, const struct cell_shape *shape,
                            const struct control_step *step, size_t thread, int64_t *pairs)
{
    const struct command *command = &world->graph->commands[step->command];
    for (size_t f = 0; f < shape->count; f++) {
        pairs[2 * f] = from->least[f];
        pairs[2 * f + 1] = from->greatest[f];
    }
    for (size_t g = 0; g < command->guard_count; g++) {
        const struct condition_on_data *guard = &world->graph->guards[command->first_guard + g];
        int64_t left_constant[2] = {0, 0}, right_constant[2] = {0, 0}, *left = left_constant, *right = right_constant;
        if (guard->left != LOCATION_NONE)
            left = &pairs[2 * needed_field(shape, world, exchanged(world, guard->left, step->thread, thread))];
        if (guard->right != LOCATION_NONE)
            right = &pairs[2 * needed_field(shape, world, exchanged(world, guard->right, step->thread, thread))];
        if (left == right) {
            if (!is_sign(guard->addend, guard->signs))
                return false;
            continue;
        }
        if (arithmetic_magnitude(guard->addend) > (uint64_t)CELL_VALUE_MAX) {
            if (!is_sign(guard->addend, guard->signs))
                return false;
            continue;
        }
        narrow(left, right, guard->addend, guard->signs);
        if (left[0] > left[1] || right[0] > right[1])
            return false;
    }
    return true;
}

static bool join(struct cell *self, size_t field, int64_t least, int64_t greatest)
{
    bool changes = least < self->least[field] || greatest > self->greatest[field];
    self->least[field] = least < self->least[field] ? least : self->least[field];
    self->greatest[field] = greatest > self->greatest[field] ? greatest : self->greatest[field];
    return changes;
}

/* The blocks of threads that can stand in each other's place have the same intervals. */
static void join_groups(struct cell *self, const struct cell_shape *shape, const struct cell_world *world)
{
    if (shape->groups.count == world->thread_count)
        return;
    for (int pass = 0; pass < 2; pass++)
        for (size_t t = 0; t < world->thread_count; t++) {
            size_t leader = shape->groups.leader[shape->groups.of[t]];
            for (size_t f = 0; f < (size_t)(shape->first_of[t + 1] - shape->first_of[t]); f++) {
                size_t own = shape->first_of[t] + f, first = shape->first_of[leader] + f;
                join(self, pass == 0 ? first : own, self->least[pass == 0 ? own : first],
                     self->greatest[pass == 0 ? own : first]);
            }
        }
}

static bool holds(const struct cell_world *world, int64_t value)
{
    return world->greatest >= 0 && arithmetic_magnitude(value) <= (uint64_t)world->greatest;
}

bool cell_widen(struct cell *self, const struct cell_shape *shape, const struct cell_world *world,
                const struct cell *from, const struct cell_shape *from_shape, const struct control_step *step,
                size_t thread, int64_t *scratch, bool *fits)
{
    uint8_t thread_at[SYSTEM_THREADS_MAX];
    if (!guard_intervals(world, from, from_shape, step, thread, scratch))
        return false;
    find_threads(world, step, thread_at);
    bool changed = !self->is_reached;
    self->is_reached = true;
    for (size_t f = 0; f < shape->count; f++) {
        struct move source = source_of(world, step, thread_at, shape->locations[f], thread);
        int64_t pair[2] = {0, 0};
        if (source.source != LOCATION_NONE) {
            int field = needed_field(from_shape, world, source.source);
            memcpy(pair, &scratch[2 * field], sizeof pair);
        }
        if (arithmetic_magnitude(source.addend) > (uint64_t)CELL_VALUE_MAX || !holds(world, pair[0] + source.addend) ||
            !holds(world, pair[1] + source.addend)) {
            *fits = false;
            return false;
        }
        changed |= join(self, f, pair[0] + source.addend, pair[1] + source.addend);
    }
    join_groups(self, shape, world);
    return changed;
}

/* ---- Cells --------------------------------------------------------------------------------------------------- */

void cell_begin(struct cell *self, const struct cell_shape *shape)
{
    self->field_count = (uint16_t)shape->count;
    self->least = memory_new(2 * shape->count, sizeof *self->least);
    self->greatest = self->least + shape->count;
    self->widths = memory_new(shape->count, sizeof *self->widths);
    for (size_t f = 0; f < shape->count; f++) {
        self->least[f] = INT64_MAX;
        self->greatest[f] = INT64_MIN;
    }
}

bool cell_begin_first(struct cell *self, const struct cell_shape *shape, const struct cell_world *world)
{
    bool fits = true;
    self->is_reached = true;
    for (size_t f = 0; f < shape->count; f++) {
        int64_t value = machine_initial_value(world->machine, shape->locations[f]);
        fits = fits && holds(world, value);
        join(self, f, value, value);
    }
    join_groups(self, shape, world);
    return fits;
}

bool cell_fix(struct cell *self)
{
    unsigned bits = 0;
    for (size_t f = 0; f < self->field_count; f++) {
        uint64_t extent = (uint64_t)self->greatest[f] - (uint64_t)self->least[f];
        self->widths[f] = extent == 0 ? 0 : (uint8_t)(64 - __builtin_clzll(extent));
        bits += self->widths[f];
        if (bits > 63)
            return false;
    }
    self->bits = (uint8_t)bits;
    self->is_wide = bits > 32;
    return true;
}

/* ---- Kernels ------------------------------------------------------------------------------------------------- */

static uint64_t mask_of(unsigned width)
{
    return (UINT64_C(1) << width) - 1;
}

static void add_term(struct cell_kernel *kernel, uint64_t mask, int shift)
{
    for (size_t t = 0; t < kernel->term_count; t++)
        if (kernel->terms[t].shift == shift && (kernel->terms[t].mask & mask) == 0) {
            kernel->terms[t].mask |= mask;
            return;
        }
    kernel->terms[kernel->term_count++] = (struct kernel_term){mask, shift};
}

static void compile_guards(struct cell_kernel *kernel, const struct cell_world *world, const struct cell *from,
                           const struct cell_shape *shape, const struct control_step *step, size_t thread)
{
    const struct command *command = &world->graph->commands[step->command];
    for (size_t g = 0; g < command->guard_count; g++) {
        const struct condition_on_data *guard = &world->graph->guards[command->first_guard + g];
        struct kernel_comparison comparison = {.signs = guard->signs, .addend = guard->addend};
        if (guard->left != LOCATION_NONE) {
            int field = needed_field(shape, world, exchanged(world, guard->left, step->thread, thread));
            comparison.first_mask = mask_of(from->widths[field]);
            comparison.first_shift = shape->shifts[field] & 63;
            comparison.addend += from->least[field];
        }
        if (guard->right != LOCATION_NONE) {
            int field = needed_field(shape, world, exchanged(world, guard->right, step->thread, thread));
            comparison.second_mask = mask_of(from->widths[field]);
            comparison.second_shift = shape->shifts[field] & 63;
            comparison.addend -= from->least[field];
        }
        kernel->comparisons[kernel->comparison_count++] = comparison;
    }
}

void cell_compile_groups(struct cell_kernel *kernel, const struct cell_world *world, const struct cell *to,
                         const struct cell_shape *shape)
{
    const struct groups *groups = &shape->groups;
    for (size_t g = 0; g < groups->count; g++) {
        size_t leader = groups->leader[g];
        unsigned width = 0;
        for (size_t f = shape->first_of[leader]; f < shape->first_of[leader + 1]; f++)
            width += to->widths[f];
        if (groups->size[g] < 2 || width == 0)
            continue;
        struct kernel_group *group = &kernel->groups[kernel->group_count++];
        group->mask = mask_of(width);
        group->count = 0;
        for (size_t t = leader; t < world->thread_count; t++)
            if (groups->of[t] == g)
                group->shifts[group->count++] = shape->shifts[shape->first_of[t]];
    }
}

void cell_compile(struct cell_kernel *kernel, const struct cell_world *world, const struct cell *from,
                  const struct cell_shape *from_shape, const struct cell *to, const struct cell_shape *to_shape,
                  const struct control_step *step, size_t thread)
{
    uint8_t thread_at[SYSTEM_THREADS_MAX];
    kernel->base = 0;
    kernel->term_count = kernel->comparison_count = kernel->group_count = 0;
    compile_guards(kernel, world, from, from_shape, step, thread);
    if (to == NULL)
        return;
    find_threads(world, step, thread_at);
    for (size_t f = 0; f < to_shape->count; f++) {
        if (to->widths[f] == 0)
            continue;
        struct move source = source_of(world, step, thread_at, to_shape->locations[f], thread);
        uint64_t least = 0;
        if (source.source != LOCATION_NONE) {
            int field = needed_field(from_shape, world, source.source);
            least = (uint64_t)from->least[field];
            if (from->widths[field] > 0)
                add_term(kernel, mask_of(from->widths[field]) << from_shape->shifts[field],
                         to_shape->shifts[f] - from_shape->shifts[field]);
        }
        kernel->base += (least + (uint64_t)source.addend - (uint64_t)to->least[f]) << to_shape->shifts[f];
    }
    cell_compile_groups(kernel, world, to, to_shape);
}
