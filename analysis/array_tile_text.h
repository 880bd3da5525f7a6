/* array_tile_text: what analysis/array_tile.h describes, for one type of elements.
 *
 * Included by array_tile_32.c and array_tile_64.c and by nobody else. They define
 *
 *     element, unsigned_element    the type, and the one without sign of the same size
 *     NOTHING                      what stands for no value: far above all sums, and twice that still fits the type
 *     INSTANCE                     the name of the instance
 *
 * Greatest values are kept negated, so that both are minima and NOTHING is the same for both. Sums stay below NOTHING / 4 in magnitude, so
 * that what nothing becomes when something is added is above NOTHING / 2. */
#include "analysis/array_tile.h"
#include "base/memory.h"
#include "base/vector.h"

#include <string.h>

/* The elements of a slot along a diagonal begin at index 1: index 0, and the one behind the last, are for what comes from outside. */
enum { MARGIN = 16 };

struct hulls {
    element *least;
    element *greatest; /* negated */
};

struct source {
    const element *least;
    const element *greatest;
    element addend;
};

/* ---- Vectors --------------------------------------------------------------------------------------------------- */

VECTOR_CLONES static void set_shifted(element *restrict least, element *restrict greatest, struct source source,
                                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        least[i] = source.least[i] + source.addend;
        greatest[i] = source.greatest[i] - source.addend;
    }
}

/* How far two hulls are from overlapping, less 1: from 0 on there is a gap between them, unless one is nothing, in which case it is at
 * least NOTHING / 2 - 2. Without a sign those that overlap are beyond all that. */
static inline unsigned_element gap_between(element least, element other_greatest)
{
    return (unsigned_element)(least + other_greatest - 2);
}

static inline unsigned_element smaller(unsigned_element a, unsigned_element b)
{
    return a < b ? a : b;
}

static inline element least_of(element a, element b)
{
    return a < b ? a : b;
}

#define GAPS_END ((unsigned_element)(NOTHING / 2 - 2))

/* The hull of two; returns the least gap, or `gap` if that is less. */
VECTOR_CLONES static unsigned_element set_hull(element *restrict least, element *restrict greatest, struct source first,
                                               struct source second, size_t count, unsigned_element gap)
{
    for (size_t i = 0; i < count; i++) {
        element a = first.least[i] + first.addend, b = second.least[i] + second.addend;
        element c = first.greatest[i] - first.addend, d = second.greatest[i] - second.addend;
        gap = smaller(gap, smaller(gap_between(a, d), gap_between(b, c)));
        least[i] = least_of(a, b);
        greatest[i] = least_of(c, d);
    }
    return gap;
}

VECTOR_CLONES static unsigned_element widen_hull(element *restrict least, element *restrict greatest,
                                                 struct source more, size_t count, unsigned_element gap)
{
    for (size_t i = 0; i < count; i++) {
        element a = least[i], b = more.least[i] + more.addend;
        element c = greatest[i], d = more.greatest[i] - more.addend;
        gap = smaller(gap, smaller(gap_between(a, d), gap_between(b, c)));
        least[i] = least_of(a, b);
        greatest[i] = least_of(c, d);
    }
    return gap;
}

static void set_nothing(struct hulls sum, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sum.least[i] = sum.greatest[i] = NOTHING;
}

static unsigned_element join(struct hulls sum, const struct source *sources, size_t source_count, size_t count,
                             unsigned_element gap)
{
    if (source_count == 0)
        set_nothing(sum, count);
    if (source_count == 1)
        set_shifted(sum.least, sum.greatest, sources[0], count);
    if (source_count >= 2)
        gap = set_hull(sum.least, sum.greatest, sources[0], sources[1], count, gap);
    for (size_t s = 2; s < source_count; s++)
        gap = widen_hull(sum.least, sum.greatest, sources[s], count, gap);
    return gap;
}

/* ---- The cells of a diagonal ----------------------------------------------------------------------------------- */

/* A place within blocks, p of thread 0 and q of thread 1, is a *cell*: a vector for each slot. What the next diagonal needs are those of
 * p = 0 and of q = 0, which are kept for two diagonals; of the others those of two p. */
struct folding {
    const struct array_tile *tile;
    element *cells;
    size_t stride; /* elements of one vector */
    size_t cell;   /* ... of all vectors of a cell */
    uint32_t periods[2];
    uint32_t blocks[2];
    size_t diagonal;
    unsigned_element gap;
};

static element *cell_at(const struct folding *self, size_t diagonal, uint32_t p, uint32_t q)
{
    uint32_t height = self->periods[0], width = self->periods[1];
    size_t kept = (diagonal & 1) * ((size_t)height + width), number;
    if (q == 0)
        number = kept + p;
    else if (p == 0)
        number = kept + height + q;
    else
        number = 2 * ((size_t)height + width) + (p & 1) * (size_t)width + q;
    return self->cells + number * self->cell;
}

static size_t measure(struct folding *self, const struct lanes *lanes, const struct lane_run *sides)
{
    *self = (struct folding){.stride = (size_t)sides[0].repeats + MARGIN,
                             .periods = {sides[0].period, sides[1].period},
                             .blocks = {sides[0].repeats, sides[1].repeats}};
    self->cell = 2 * self->stride * lanes->slot_count;
    return (2 * (size_t)sides[0].period + 4 * (size_t)sides[1].period) * self->cell * sizeof *self->cells;
}

static size_t scratch_size(const struct lanes *lanes, const struct lane_run *sides)
{
    struct folding folding;
    return measure(&folding, lanes, sides);
}

/* The vector of a slot in a cell, from an index on. */
static struct hulls hulls_at(const struct folding *self, element *cell, uint32_t slot, size_t index)
{
    element *least = cell + 2 * (size_t)slot * self->stride + index;
    return (struct hulls){least, least + self->stride};
}

/* Adds the terms of a thread's step, whose images are in a cell. */
static size_t add_sources(const struct folding *self, size_t thread, uint32_t position, uint32_t slot, element *cell,
                          size_t index, struct source *sources)
{
    size_t count;
    const struct lane_term *terms = lanes_terms(self->tile->lanes, thread, position, slot, &count);
    for (size_t t = 0; t < count; t++) {
        struct hulls image = hulls_at(self, cell, terms[t].image, index);
        sources[t] = (struct source){image.least, image.greatest, (element)terms[t].addend};
    }
    return count;
}

/* One cell: blocks first .. first + count - 1 of thread 0, counted from the last one. */
static void fold_cell(struct folding *self, uint32_t p, uint32_t q, size_t first, size_t count)
{
    struct source sources[2 * (STRAIGHT_LINE_MOVES_MAX + 1)];
    const struct lane_run *sides = self->tile->sides;
    element *cell = cell_at(self, self->diagonal, p, q);
    bool is_last = p + 1 == self->periods[0];
    element *down = is_last ? cell_at(self, self->diagonal + 1, 0, q) : cell_at(self, self->diagonal, p + 1, q);
    element *right =
        q + 1 == self->periods[1] ? cell_at(self, self->diagonal + 1, p, 0) : cell_at(self, self->diagonal, p, q + 1);
    for (uint32_t slot = 0; slot < self->tile->lanes->slot_count; slot++) {
        size_t terms = add_sources(self, 0, sides[0].first + p, slot, down, first + (is_last ? 0 : 1), sources);
        terms += add_sources(self, 1, sides[1].first + q, slot, right, first + 1, sources + terms);
        self->gap = join(hulls_at(self, cell, slot, first + 1), sources, terms, count, self->gap);
    }
}

/* ---- What comes from outside, and goes there ------------------------------------------------------------------- */

static void take_in(const struct folding *self, const void *frontier, size_t position, element *cell, size_t index)
{
    const element *from = (const element *)frontier + position * 2 * self->tile->lanes->slot_count;
    for (size_t v = 0; v < 2 * (size_t)self->tile->lanes->slot_count; v++)
        cell[v * self->stride + index] = from[v];
}

static void hand_out(const struct folding *self, const element *cell, size_t index, void *frontier, size_t position)
{
    element *to = (element *)frontier + position * 2 * self->tile->lanes->slot_count;
    for (size_t v = 0; v < 2 * (size_t)self->tile->lanes->slot_count; v++)
        to[v] = cell[v * self->stride + index];
}

/* Where block `block` of a thread, counted from the last one, begins in its side. */
static size_t block_start(const struct folding *self, size_t thread, size_t block)
{
    return (self->blocks[thread] - 1 - block) * self->periods[thread];
}

/* A block on the edge finds what is behind it in the diagonal before, where its neighbour would be. */
static void take_edges(const struct folding *self, size_t first, size_t end)
{
    size_t d = self->diagonal;
    if (first == 0)
        for (uint32_t q = 0; q < self->periods[1]; q++)
            take_in(self, self->tile->down, block_start(self, 1, d) + q, cell_at(self, d + 1, 0, q), 0);
    if (end == d + 1)
        for (uint32_t p = 0; p < self->periods[0]; p++)
            take_in(self, self->tile->right, block_start(self, 0, d) + p, cell_at(self, d + 1, p, 0), d + 1);
}

static void hand_out_edges(const struct folding *self, size_t first, size_t end)
{
    size_t d = self->diagonal;
    if (d - first + 1 == self->blocks[1])
        for (uint32_t p = 0; p < self->periods[0]; p++)
            hand_out(self, cell_at(self, d, p, 0), first + 1, self->tile->right, block_start(self, 0, first) + p);
    if (end == self->blocks[0])
        for (uint32_t q = 0; q < self->periods[1]; q++)
            hand_out(self, cell_at(self, d, 0, q), end, self->tile->down, block_start(self, 1, d - end + 1) + q);
}

static void fold_diagonal(struct folding *self)
{
    size_t d = self->diagonal;
    size_t first = d >= self->blocks[1] ? d - self->blocks[1] + 1 : 0;
    size_t end = d < self->blocks[0] ? d + 1 : self->blocks[0];
    take_edges(self, first, end);
    for (uint32_t p = self->periods[0]; p-- > 0;)
        for (uint32_t q = self->periods[1]; q-- > 0;)
            fold_cell(self, p, q, first, end - first);
    hand_out_edges(self, first, end);
}

static bool fold(const struct array_tile *tile, void *scratch)
{
    struct folding self;
    measure(&self, tile->lanes, tile->sides);
    self.tile = tile;
    self.cells = scratch;
    self.gap = (unsigned_element)-1;
    size_t diagonals = (size_t)self.blocks[0] + self.blocks[1] - 1;
    for (self.diagonal = 0; self.diagonal < diagonals; self.diagonal++)
        fold_diagonal(&self);
    return self.gap >= GAPS_END;
}

/* ---- The ends of the grid -------------------------------------------------------------------------------------- */

static element *element_at(const struct lanes *lanes, void *frontier, size_t position, uint32_t slot)
{
    return (element *)frontier + (position * lanes->slot_count + slot) * 2;
}

/* A position where one thread steps alone. */
static unsigned_element fold_alone(const struct lanes *lanes, size_t thread, uint32_t position, void *frontier,
                                   unsigned_element gap)
{
    struct source sources[STRAIGHT_LINE_MOVES_MAX + 1];
    for (uint32_t slot = 0; slot < lanes->slot_count; slot++) {
        size_t count;
        const struct lane_term *terms = lanes_terms(lanes, thread, position, slot, &count);
        for (size_t t = 0; t < count; t++) {
            const element *image = element_at(lanes, frontier, (size_t)position + 1, terms[t].image);
            sources[t] = (struct source){image, image + 1, (element)terms[t].addend};
        }
        element *sum = element_at(lanes, frontier, position, slot);
        gap = join((struct hulls){sum, sum + 1}, sources, count, 1, gap);
    }
    return gap;
}

static bool fold_end(const struct lanes *lanes, size_t thread, void *frontier)
{
    unsigned_element gap = (unsigned_element)-1;
    uint32_t count = lanes->lane[thread].count;
    for (uint32_t slot = 0; slot < lanes->slot_count; slot++) {
        element *sum = element_at(lanes, frontier, count, slot);
        sum[0] = sum[1] = slot == lanes->observed ? 0 : NOTHING;
    }
    for (uint32_t position = count; position-- > 0;)
        gap = fold_alone(lanes, thread, position, frontier, gap);
    return gap >= GAPS_END;
}

static void mirror(const struct lanes *lanes, const void *from, void *to, size_t count)
{
    const element *source = from;
    for (size_t i = 0; i < count; i++)
        for (uint32_t slot = 0; slot < lanes->slot_count; slot++)
            memcpy(element_at(lanes, to, i, lanes->mirror[slot]), source + (i * lanes->slot_count + slot) * 2,
                   2 * sizeof(element));
}

static bool read(const struct lanes *lanes, const void *frontier, size_t position, uint32_t slot, int64_t *least,
                 int64_t *greatest)
{
    const element *found = (const element *)frontier + (position * lanes->slot_count + slot) * 2;
    *least = found[0];
    *greatest = -(int64_t)found[1];
    return found[0] < NOTHING / 2;
}

const struct array_tile_kind INSTANCE = {
    sizeof(element), (uint64_t)NOTHING / 4, scratch_size, fold, fold_end, mirror, read};
