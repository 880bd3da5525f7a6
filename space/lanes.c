#include "space/lanes.h"

#include "base/arithmetic.h"
#include "base/memory.h"

#include <string.h>

bool lanes_apply(const struct grid *grid)
{
    size_t slots = grid->slice->shared_count + 2 * grid->slice->register_count;
    return grid->thread_count == 2 && !grid->tracks_last && !grid->space.overflows && slots <= LANES_SLOTS_MAX;
}

/* ---- Slots ----------------------------------------------------------------------------------------------------- */

/* What numbers slots. */
struct numbering {
    const struct machine *machine;
    const struct slice *slice;
    struct lanes *lanes;
};

static uint32_t first_shared(const struct slice *slice)
{
    return slice->moves_constants ? 1 : 0;
}

static uint32_t first_register(const struct slice *slice, size_t thread)
{
    return first_shared(slice) + (uint32_t)(slice->shared_count + thread * slice->register_count);
}

/* The slot of a relevant location, told of `thread`'s registers. */
static uint32_t slot_of(const struct numbering *self, location_id location, size_t thread)
{
    uint32_t place = 0;
    if (machine_location_thread(self->machine, location) < 0) {
        while (self->slice->shared[place] != location)
            place++;
        return first_shared(self->slice) + place;
    }
    while (self->slice->registers[place] != machine_location_register(self->machine, location))
        place++;
    return first_register(self->slice, thread) + place;
}

static void number_slots(const struct numbering *self)
{
    struct lanes *lanes = self->lanes;
    const struct slice *slice = self->slice;
    lanes->slot_count = first_register(slice, 2);
    lanes->initial = memory_new(lanes->slot_count, sizeof *lanes->initial);
    lanes->mirror = memory_new(lanes->slot_count, sizeof *lanes->mirror);
    lanes->observed = slot_of(self, slice->observed, 0);
    for (uint32_t s = 0; s < lanes->slot_count; s++)
        lanes->mirror[s] = s;
    for (size_t s = 0; s < slice->shared_count; s++)
        lanes->initial[first_shared(slice) + s] = machine_initial_value(self->machine, slice->shared[s]);
    for (size_t t = 0; t < 2; t++)
        for (uint32_t r = 0; r < slice->register_count; r++) {
            location_id location = machine_register_location(self->machine, t, slice->registers[r]);
            uint32_t slot = first_register(slice, t) + r;
            lanes->initial[slot] = machine_initial_value(self->machine, location);
            lanes->mirror[slot] = first_register(slice, 1 - t) + r;
        }
}

/* ---- Kinds ----------------------------------------------------------------------------------------------------- */

static size_t hash_of(const struct move *moves, size_t count)
{
    uint64_t hash = count;
    for (size_t m = 0; m < count; m++) {
        hash = (hash ^ moves[m].target) * UINT64_C(0x9E3779B97F4A7C15);
        hash = (hash ^ (hash >> 29) ^ moves[m].source) * UINT64_C(0xBF58476D1CE4E5B9);
        hash = (hash ^ (hash >> 32) ^ (uint64_t)moves[m].addend) * UINT64_C(0x94D049BB133111EB);
    }
    return (size_t)(hash ^ hash >> 31);
}

static bool are_equal(const struct straight_line *line, size_t a, size_t b)
{
    const struct move *first = &line->moves[line->first[a]], *second = &line->moves[line->first[b]];
    size_t count = line->first[a + 1] - line->first[a];
    bool is_equal = line->first[b + 1] - line->first[b] == count;
    for (size_t m = 0; m < count && is_equal; m++)
        is_equal = first[m].target == second[m].target && first[m].source == second[m].source &&
                   first[m].addend == second[m].addend;
    return is_equal;
}

/* Gives steps with the same moves the same kind, by a hash set of the first step of each; which are written to *steps, new. */
static void number_kinds(struct lane *self, const struct straight_line *line, uint32_t **steps)
{
    size_t capacity = 64, room = 0;
    while (capacity < 2 * ((size_t)line->count + 1))
        capacity *= 2;
    uint32_t *table = memory_new(capacity, sizeof *table); /* a kind plus 1, or 0 */
    *steps = NULL;
    self->kinds = memory_new(line->count, sizeof *self->kinds);
    for (uint32_t step = 0; step < line->count; step++) {
        size_t place = hash_of(&line->moves[line->first[step]], line->first[step + 1] - line->first[step]) % capacity;
        while (table[place] != 0 && !are_equal(line, (*steps)[table[place] - 1], step))
            place = (place + 1) % capacity;
        if (table[place] == 0) {
            *steps = memory_grow(*steps, self->kind_count, &room, sizeof **steps);
            (*steps)[self->kind_count++] = step;
            table[place] = self->kind_count;
        }
        self->kinds[step] = table[place] - 1;
    }
    memory_free(table);
}

/* ---- Terms ----------------------------------------------------------------------------------------------------- */

/* A term of a slot, before all are sorted by it. */
struct told_term {
    uint32_t slot;
    struct lane_term term;
};

/* Writes the terms of a step, from its moves and from all slots that it leaves alone; returns how many. */
static size_t tell_terms(const struct numbering *self, const struct straight_line *line, size_t thread, uint32_t step,
                         struct told_term *told)
{
    const struct lanes *lanes = self->lanes;
    size_t count = 0, first = line->first[step], end = line->first[step + 1];
    for (uint32_t slot = 0; slot < lanes->slot_count; slot++) {
        bool is_overwritten = false;
        for (size_t m = first; m < end; m++)
            is_overwritten |= slot_of(self, line->moves[m].target, thread) == slot;
        if (!is_overwritten)
            told[count++] = (struct told_term){slot, {slot, 0}};
    }
    for (size_t m = first; m < end; m++) {
        const struct move *move = &line->moves[m];
        uint32_t source = move->source == LOCATION_NONE ? 0 : slot_of(self, move->source, thread);
        told[count++] =
            (struct told_term){source, {slot_of(self, move->target, thread), move->addend / (int64_t)lanes->unit}};
    }
    return count;
}

static void build_terms(const struct numbering *self, struct lane *lane, const struct straight_line *line,
                        size_t thread, const uint32_t *steps)
{
    uint32_t slots = self->lanes->slot_count;
    struct told_term *told = memory_new(slots + STRAIGHT_LINE_MOVES_MAX, sizeof *told);
    size_t room = 0, total = 0;
    lane->first = memory_new((size_t)lane->kind_count * slots + 1, sizeof *lane->first);
    for (uint32_t kind = 0; kind < lane->kind_count; kind++) {
        size_t count = tell_terms(self, line, thread, steps[kind], told);
        for (uint32_t slot = 0; slot < slots; slot++) {
            size_t before = total;
            lane->first[(size_t)kind * slots + slot] = total;
            for (size_t t = 0; t < count; t++) {
                if (told[t].slot != slot)
                    continue;
                lane->terms = memory_grow(lane->terms, total, &room, sizeof *lane->terms);
                lane->terms[total++] = told[t].term;
            }
            lane->most_terms = total - before > lane->most_terms ? total - before : lane->most_terms;
        }
    }
    lane->first[(size_t)lane->kind_count * slots] = total;
    memory_free(told);
}

/* ---- Runs ------------------------------------------------------------------------------------------------------ */

/* Longer periods are not looked for; steps that do not repeat are cut into runs of so many. */
enum { PERIOD_MAX = 1024, REPEATS_MIN = 4, STRAIGHT_MAX = 128 };

/* How far the steps from `first` on repeat with a period. */
static uint32_t repeated_length(const struct lane *self, uint32_t first, uint32_t period)
{
    uint32_t end = first + period;
    while (end < self->count && self->kinds[end] == self->kinds[end - period])
        end++;
    return end - first;
}

/* The run that begins at a position and covers most; repeats is 0 where nothing repeats often enough. A multiple of the period of a run
 * to the end of the lane covers no more. */
static struct lane_run longest_run(const struct lane *self, uint32_t first)
{
    struct lane_run best = {first, 0, 0};
    uint32_t covered = 0, left = self->count - first;
    for (uint32_t period = 1; period <= PERIOD_MAX && period <= left / REPEATS_MIN; period++) {
        if (best.period != 0 && period % best.period == 0)
            continue;
        uint32_t length = repeated_length(self, first, period) / period * period;
        if (length / period < REPEATS_MIN || length <= covered)
            continue;
        covered = length;
        best.period = period;
        best.repeats = length / period;
    }
    return best;
}

static void add_run(struct lane *self, struct lane_run run, size_t *room)
{
    struct lane_run *last = self->run_count > 0 ? &self->runs[self->run_count - 1] : NULL;
    if (run.repeats == 1 && last != NULL && last->repeats == 1 && last->period < STRAIGHT_MAX) {
        last->period++;
        return;
    }
    self->runs = memory_grow(self->runs, self->run_count, room, sizeof *self->runs);
    self->runs[self->run_count++] = run;
}

static void find_runs(struct lane *self)
{
    size_t room = 0;
    for (uint32_t position = 0; position < self->count;) {
        struct lane_run run = longest_run(self, position);
        if (run.repeats == 0)
            run.period = run.repeats = 1;
        add_run(self, run, &room);
        position += run.period * run.repeats;
    }
}

/* ---- Life ------------------------------------------------------------------------------------------------------ */

/* The most that the steps of a lane can add to one value. */
static uint64_t greatest_sum(const struct lane *self, uint32_t slot_count)
{
    uint64_t sum = 0, *greatest = memory_new(self->kind_count, sizeof *greatest);
    for (uint32_t kind = 0; kind < self->kind_count; kind++)
        for (size_t t = self->first[(size_t)kind * slot_count]; t < self->first[((size_t)kind + 1) * slot_count]; t++) {
            uint64_t magnitude = arithmetic_magnitude(self->terms[t].addend);
            greatest[kind] = magnitude > greatest[kind] ? magnitude : greatest[kind];
        }
    for (uint32_t position = 0; position < self->count; position++)
        sum = arithmetic_saturated_sum(sum, greatest[self->kinds[position]]);
    memory_free(greatest);
    return sum;
}

struct lanes *lanes_new(const struct grid *grid)
{
    struct lanes *self = memory_new(1, sizeof *self);
    struct numbering numbering = {grid->machine, grid->slice, self};
    self->unit = grid->space.common_addend > 0 ? grid->space.common_addend : 1;
    self->alike = grid->line_count == 1;
    number_slots(&numbering);
    for (size_t t = 0; t < 2; t++) {
        struct lane *lane = &self->lane[t];
        const struct straight_line *line = &grid->lines[grid_line(grid, t)];
        uint32_t *steps;
        lane->count = line->count;
        number_kinds(lane, line, &steps);
        build_terms(&numbering, lane, line, t, steps);
        memory_free(steps);
        find_runs(lane);
        self->greatest_sum = arithmetic_saturated_sum(self->greatest_sum, greatest_sum(lane, self->slot_count));
    }
    return self;
}

void lanes_free(struct lanes *self)
{
    if (self == NULL)
        return;
    for (size_t t = 0; t < 2; t++) {
        memory_free(self->lane[t].kinds);
        memory_free(self->lane[t].first);
        memory_free(self->lane[t].terms);
        memory_free(self->lane[t].runs);
    }
    memory_free(self->initial);
    memory_free(self->mirror);
    memory_free(self);
}
