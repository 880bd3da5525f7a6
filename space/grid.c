#include "space/grid.h"

#include "base/arithmetic.h"
#include "base/memory.h"

/* A level with more places is not a matter of memory any more. */
static const uint64_t places_max = UINT64_C(1) << 40;

/* ---- Does it apply? ------------------------------------------------------------------------------------------ */

/* All locations that are written are data, so that every move is known from the text. */
static bool has_control_values(const struct machine *machine, const struct slice *slice)
{
    for (location_id l = 0; l < slice->location_count; l++)
        if (machine_is_mentioned(machine, l) && !slice->data[l])
            return true;
    return !slice->data[slice->observed];
}

bool grid_applies(const struct machine *machine, const struct slice *slice)
{
    return !has_control_values(machine, slice) && machine_is_straight(machine);
}

/* ---- Lines, parts and ranks --------------------------------------------------------------------------------- */

static void build_lines(struct grid *self, const struct grid_options *options)
{
    struct straight_line_source source = {self->machine, self->slice, options->fused};
    self->lines = memory_new(self->thread_count, sizeof *self->lines);
    for (size_t t = 0; t < self->thread_count; t++) {
        size_t l = 0;
        while (l < self->line_count && !(options->symmetry && machine_class(self->machine, self->lines[l].thread) ==
                                                                  machine_class(self->machine, t)))
            l++;
        if (l == self->line_count) {
            self->lines[self->line_count++].thread = t;
            straight_line_build(&self->lines[l], &source);
        }
        self->lines[l].threads++;
    }
    straight_line_number_kinds(self->lines, self->line_count);
}

static void build_binomials(struct grid *self)
{
    size_t positions = 0;
    for (size_t l = 0; l < self->line_count; l++)
        positions = self->lines[l].count + 2 > positions ? self->lines[l].count + 2 : positions;
    self->binomials = memory_new(self->thread_count, sizeof *self->binomials);
    for (size_t i = 0; i < self->thread_count; i++) {
        self->binomials[i] = memory_new(positions, sizeof **self->binomials);
        for (size_t x = 0; x < positions; x++) {
            /* C(x + i, i + 1) = C(x - 1 + i, i + 1) + C(x + i - 1, i) */
            uint64_t left = x > 0 ? self->binomials[i][x - 1] : 0;
            uint64_t above = i > 0 ? self->binomials[i - 1][x] : (x > 0 ? 1 : 0);
            uint64_t sum = left + above;
            self->binomials[i][x] = sum > places_max ? places_max : sum;
        }
    }
}

/* The number of ascending sequences of count positions of a line: C(positions + count - 1, count). */
static uint64_t simplex_size(const struct grid *self, size_t line, size_t count)
{
    return count == 0 ? 1 : self->binomials[count - 1][self->lines[line].count + 1];
}

static void add_run(struct part *part, size_t line, size_t count)
{
    if (count == 0)
        return;
    struct block *block = &part->blocks[part->block_count++];
    block->line = line;
    block->count = count;
    block->first =
        part->block_count > 1 ? part->blocks[part->block_count - 2].first + part->blocks[part->block_count - 2].count : 0;
    for (size_t c = block->first; c < block->first + count; c++)
        part->block_of[c] = (uint32_t)part->block_count - 1;
}

/* The last coordinate takes no part in the rank: the sum determines it. */
static size_t ranked_count(const struct part *part, size_t block)
{
    return part->blocks[block].count - (block + 1 == part->block_count ? 1 : 0);
}

static bool measure_part(struct grid *self, struct part *part)
{
    part->places = 1;
    for (size_t r = 0; r < part->block_count; r++) {
        part->blocks[r].stride = part->places;
        uint64_t size = simplex_size(self, part->blocks[r].line, ranked_count(part, r));
        if (size >= places_max || part->places > places_max / size)
            return false;
        part->places *= size;
    }
    uint64_t most = 0;
    for (size_t c = self->thread_count; c-- > 0;) {
        part->most_after[c] = most;
        most += self->lines[part->blocks[part->block_of[c]].line].count;
    }
    part->offset = self->places;
    self->places += part->places;
    return true;
}

static bool build_parts(struct grid *self)
{
    self->part_count = self->tracks_last ? self->line_count : 1;
    self->parts = memory_new(self->part_count, sizeof *self->parts);
    for (size_t p = 0; p < self->part_count; p++) {
        struct part *part = &self->parts[p];
        part->last_line = p;
        if (self->tracks_last)
            add_run(part, p, 1);
        for (size_t l = 0; l < self->line_count; l++)
            add_run(part, l, self->lines[l].threads - (self->tracks_last && l == p ? 1 : 0));
        if (!measure_part(self, part))
            return false;
    }
    return self->places < places_max;
}

uint64_t grid_rank(const struct grid *self, const struct part *part, const uint32_t *coordinates)
{
    uint64_t rank = part->offset;
    for (size_t r = 0; r < part->block_count; r++) {
        const struct block *block = &part->blocks[r];
        uint64_t sum = 0;
        for (size_t i = 0; i < ranked_count(part, r); i++)
            sum += self->binomials[i][coordinates[block->first + i]];
        rank += block->stride * sum;
    }
    return rank;
}

uint64_t grid_groups(const struct grid *self, const struct part *part, const uint32_t *coordinates,
                     struct groups *groups)
{
    uint64_t pattern = 0;
    groups->count = 0;
    for (size_t c = 0; c < self->thread_count; c++) {
        bool same = c > 0 && part->block_of[c] == part->block_of[c - 1] && coordinates[c] == coordinates[c - 1];
        pattern |= (uint64_t)same << c;
        if (!same) {
            groups->leader[groups->count] = (uint8_t)c;
            groups->size[groups->count++] = 0;
        }
        groups->of[c] = (uint8_t)(groups->count - 1);
        groups->size[groups->count - 1]++;
    }
    return pattern;
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

static void note_addends(struct grid *self)
{
    struct space *space = &self->space;
    for (size_t l = 0; l < self->line_count; l++) {
        space->overflows |= self->lines[l].overflows;
        for (size_t m = 0; m < self->lines[l].move_count; m++) {
            uint64_t magnitude = arithmetic_magnitude(self->lines[l].moves[m].addend);
            space->greatest_addend = magnitude > space->greatest_addend ? magnitude : space->greatest_addend;
            space->common_addend = arithmetic_common_divisor(space->common_addend, magnitude);
        }
    }
}

/* The number of states that are stored as one place each: products of simplex sizes, capped. */
static uint64_t count_stored(const struct grid *self)
{
    uint64_t sum = 0;
    for (size_t p = 0; p < self->part_count; p++) {
        uint64_t product = 1;
        for (size_t r = 0; r < self->parts[p].block_count; r++) {
            uint64_t size = simplex_size(self, self->parts[p].blocks[r].line, self->parts[p].blocks[r].count);
            product = product > UINT64_MAX / size ? UINT64_MAX : product * size;
        }
        sum = sum > UINT64_MAX - product ? UINT64_MAX : sum + product;
    }
    return sum;
}

static size_t groups_max(const struct grid *self)
{
    size_t groups = self->tracks_last ? 1 : 0;
    for (size_t l = 0; l < self->line_count; l++) {
        size_t positions = (size_t)self->lines[l].count + 1;
        groups += self->lines[l].threads < positions ? self->lines[l].threads : positions;
    }
    return groups < self->thread_count ? groups : self->thread_count;
}

static void describe_space(struct grid *self)
{
    struct space *space = &self->space;
    space->kind = grid_space_kind();
    space->graded = true;
    space->level_count = 1;
    space->start_count = 1;
    for (size_t l = 0; l < self->line_count; l++)
        space->level_count += self->lines[l].threads * self->lines[l].count;
    space->height = (uint32_t)(space->level_count - 1);
    space->states = count_stored(self);
    size_t groups = groups_max(self);
    space->steps = space->states > UINT64_MAX / groups ? UINT64_MAX : space->states * groups;
    space->entries = space->steps;
    slots_start(&space->slots, self->slice, self->machine, groups, false, false);
    uint64_t each = space->slots.count + 1;
    space->entries = space->steps > UINT64_MAX / each ? UINT64_MAX : space->steps * each;
    space->enabled_counts[0] = self->thread_count == 64 ? UINT64_MAX : (UINT64_C(1) << self->thread_count) - 1;
    note_addends(self);
}

struct grid *grid_new(const struct machine *machine, const struct slice *slice, const struct grid_options *options)
{
    struct grid *self = memory_new(1, sizeof *self);
    self->machine = machine;
    self->slice = slice;
    self->tracks_last = options->tracks_last;
    self->thread_count = machine_thread_count(machine);
    build_lines(self, options);
    build_binomials(self);
    if (!build_parts(self)) {
        grid_free(self);
        return NULL;
    }
    describe_space(self);
    return self;
}

void grid_free(struct grid *self)
{
    if (self == NULL)
        return;
    for (size_t l = 0; l < self->line_count; l++)
        straight_line_free(&self->lines[l]);
    memory_free(self->lines);
    for (size_t i = 0; i < self->thread_count && self->binomials != NULL; i++)
        memory_free(self->binomials[i]);
    memory_free(self->binomials);
    memory_free(self->parts);
    slots_free(&self->space.slots);
    memory_free(self);
}

void grid_count(const struct grid *self, mpz_t states, mpz_t steps)
{
    mpz_t others;
    mpz_init(others);
    mpz_set_ui(states, 1);
    mpz_set_ui(steps, 0);
    for (size_t l = 0; l < self->line_count; l++)
        for (size_t t = 0; t < self->lines[l].threads; t++)
            mpz_mul_ui(states, states, (unsigned long)self->lines[l].count + 1);
    for (size_t l = 0; l < self->line_count; l++) {
        mpz_divexact_ui(others, states, (unsigned long)self->lines[l].count + 1);
        mpz_addmul_ui(steps, others, (unsigned long)(self->lines[l].count * self->lines[l].threads));
    }
    mpz_clear(others);
}

/* ---- Finding a concrete state -------------------------------------------------------------------------------- */

size_t grid_line(const struct grid *self, size_t thread)
{
    size_t found = 0;
    for (size_t l = 0; l < self->line_count; l++)
        if (self->lines[l].thread == thread ||
            (self->lines[l].threads > 1 &&
             machine_class(self->machine, self->lines[l].thread) == machine_class(self->machine, thread)))
            found = l;
    return found;
}

/* Enters a thread's position into a block that so far has `filled` coordinates, keeping them in order. */
static void insert_position(const struct block *block, size_t filled, uint32_t position, uint8_t thread,
                            uint32_t *coordinates, uint8_t *threads)
{
    size_t c = block->first + filled;
    for (; c > block->first && coordinates[c - 1] > position; c--) {
        coordinates[c] = coordinates[c - 1];
        threads[c] = threads[c - 1];
    }
    coordinates[c] = position;
    threads[c] = thread;
}

size_t grid_locate(const struct grid *self, const uint32_t *positions, int last, size_t *level, struct groups *groups,
                   uint8_t *coordinates)
{
    size_t tracks_last = self->tracks_last ? (last >= 0 ? (size_t)last : self->lines[0].thread) : SIZE_MAX;
    const struct part *part = &self->parts[self->tracks_last ? grid_line(self, tracks_last) : 0];
    uint32_t sorted[SYSTEM_THREADS_MAX];
    uint8_t threads[SYSTEM_THREADS_MAX];
    size_t filled[SYSTEM_THREADS_MAX + 1] = {0};
    *level = 0;
    for (size_t t = 0; t < self->thread_count; t++) {
        size_t r = 0;
        if (t != tracks_last) {
            r = self->tracks_last ? 1 : 0;
            while (part->blocks[r].line != grid_line(self, t))
                r++;
        }
        insert_position(&part->blocks[r], filled[r]++, positions[t], (uint8_t)t, sorted, threads);
        *level += positions[t];
    }
    for (size_t c = 0; c < self->thread_count; c++)
        coordinates[threads[c]] = (uint8_t)c;
    grid_groups(self, part, sorted, groups);
    return (size_t)grid_rank(self, part, sorted);
}
