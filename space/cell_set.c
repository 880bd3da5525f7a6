#include "space/cell_set.h"

#include "base/memory.h"
#include "base/vector.h"

#include <string.h>

enum { QUAD_BITS = 64, TABLE_LEAST = 64 };

static size_t quads_of(unsigned bits)
{
    return bits > 6 ? (size_t)1 << (bits - 6) : 1;
}

static size_t summary_quads(unsigned bits)
{
    return (quads_of(bits) + QUAD_BITS - 1) / QUAD_BITS;
}

/* ---- Tables -------------------------------------------------------------------------------------------------- */

static size_t place_of(const struct cell_set *self, uint64_t word)
{
    uint64_t hash = word * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(hash ^ hash >> 32) & (self->table_size - 1);
}

static void begin_table(struct cell_set *self, size_t bound)
{
    self->table_size = TABLE_LEAST;
    while (self->table_size < bound + bound / 2)
        self->table_size *= 2;
    if (self->table_size > self->table_capacity) {
        memory_free(self->table);
        self->table = NULL;
        self->table_capacity = self->table_size;
        self->table = memory_new(self->table_size, sizeof *self->table);
    } else {
        memset(self->table, 0, self->table_size * sizeof *self->table);
    }
}

static bool add_to_table(struct cell_set *self, uint64_t word)
{
    uint64_t key = word + 1;
    size_t place = place_of(self, word);
    for (; self->table[place] != 0; place = (place + 1) & (self->table_size - 1))
        if (self->table[place] == key)
            return false;
    self->table[place] = key;
    self->count++;
    return true;
}

static void grow_table(struct cell_set *self)
{
    size_t size = self->table_size;
    uint64_t *table = self->table;
    self->table = memory_new(2 * size, sizeof *self->table);
    self->table_size = self->table_capacity = 2 * size;
    self->count = 0;
    for (size_t place = 0; place < size; place++)
        if (table[place] != 0)
            add_to_table(self, table[place] - 1);
    memory_free(table);
}

/* ---- Sets ---------------------------------------------------------------------------------------------------- */

void cell_set_begin_table(struct cell_set *self, size_t bound)
{
    self->bits = CELL_BITS_MAX;
    self->count = 0;
    self->is_bitmap = false;
    begin_table(self, bound);
}

/* What is read whole, the bitmap or its summary, is to be less than what is added. */
void cell_set_begin(struct cell_set *self, unsigned bits, size_t bound)
{
    self->bits = bits;
    self->count = 0;
    self->is_bitmap = bits <= CELL_BITMAP_BITS && summary_quads(bits) <= bound + QUAD_BITS;
    if (!self->is_bitmap) {
        begin_table(self, bound);
        return;
    }
    self->is_summarized = quads_of(bits) > bound / 4 + QUAD_BITS;
    if (self->bitmap_quads >= quads_of(bits))
        return;
    memory_free(self->bitmap);
    memory_free(self->summary);
    self->bitmap = self->summary = NULL;
    self->bitmap_quads = quads_of(bits);
    self->bitmap = memory_new(self->bitmap_quads, sizeof *self->bitmap);
    self->summary = memory_new(summary_quads(bits), sizeof *self->summary);
}

static inline void mark(uint64_t *bits, uint64_t number)
{
    bits[number / QUAD_BITS] |= UINT64_C(1) << number % QUAD_BITS;
}

void cell_set_add_narrow(struct cell_set *self, const uint32_t *words, size_t count)
{
    for (size_t i = 0; i < count && self->is_bitmap; i++)
        mark(self->bitmap, words[i]);
    for (size_t i = 0; i < count && self->is_bitmap && self->is_summarized; i++)
        mark(self->summary, words[i] / QUAD_BITS);
    for (size_t i = 0; i < count && !self->is_bitmap; i++)
        __builtin_prefetch(&self->table[place_of(self, words[i])], 1);
    for (size_t i = 0; i < count && !self->is_bitmap; i++)
        add_to_table(self, words[i]);
}

void cell_set_add_wide(struct cell_set *self, const uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count && self->is_bitmap; i++)
        mark(self->bitmap, words[i]);
    for (size_t i = 0; i < count && self->is_bitmap && self->is_summarized; i++)
        mark(self->summary, words[i] / QUAD_BITS);
    for (size_t i = 0; i < count && !self->is_bitmap; i++)
        __builtin_prefetch(&self->table[place_of(self, words[i])], 1);
    for (size_t i = 0; i < count && !self->is_bitmap; i++)
        add_to_table(self, words[i]);
}

size_t cell_set_add_new(struct cell_set *self, uint64_t *words, size_t count)
{
    size_t kept = 0;
    while (3 * (self->count + count) > 2 * self->table_size)
        grow_table(self);
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(&self->table[place_of(self, words[i])], 1);
    for (size_t i = 0; i < count; i++)
        if (add_to_table(self, words[i]))
            words[kept++] = words[i];
    return kept;
}

bool cell_set_add(struct cell_set *self, uint64_t word)
{
    if (!self->is_bitmap) {
        if (3 * (self->count + 1) > 2 * self->table_size)
            grow_table(self);
        return add_to_table(self, word);
    }
    bool is_new = (self->bitmap[word / QUAD_BITS] >> word % QUAD_BITS & 1) == 0;
    mark(self->bitmap, word);
    mark(self->summary, word / QUAD_BITS);
    return is_new;
}

VECTOR_CLONES static size_t count_quads(const uint64_t *quads, size_t count)
{
    size_t sum = 0;
    for (size_t q = 0; q < count; q++)
        sum += (size_t)__builtin_popcountll(quads[q]);
    return sum;
}

size_t cell_set_count(const struct cell_set *self)
{
    if (!self->is_bitmap)
        return self->count;
    if (!self->is_summarized)
        return count_quads(self->bitmap, quads_of(self->bits));
    size_t count = 0;
    for (size_t s = 0; s < summary_quads(self->bits); s++)
        for (uint64_t rest = self->summary[s]; rest != 0; rest &= rest - 1)
            count += (size_t)__builtin_popcountll(self->bitmap[s * QUAD_BITS + (size_t)__builtin_ctzll(rest)]);
    return count;
}

static size_t take_quad(uint64_t quad, uint64_t base, bool is_wide, void *words, size_t count)
{
    if (is_wide)
        for (; quad != 0; quad &= quad - 1)
            ((uint64_t *)words)[count++] = base + (uint64_t)__builtin_ctzll(quad);
    else
        for (; quad != 0; quad &= quad - 1)
            ((uint32_t *)words)[count++] = (uint32_t)(base + (uint64_t)__builtin_ctzll(quad));
    return count;
}

static size_t take_one(struct cell_set *self, size_t quad, bool is_wide, void *words, size_t count)
{
    count = take_quad(self->bitmap[quad], (uint64_t)quad * QUAD_BITS, is_wide, words, count);
    self->bitmap[quad] = 0;
    return count;
}

static void take_bitmap(struct cell_set *self, bool is_wide, void *words)
{
    size_t count = 0;
    for (size_t q = 0; q < quads_of(self->bits) && !self->is_summarized; q++)
        if (self->bitmap[q] != 0)
            count = take_one(self, q, is_wide, words, count);
    for (size_t s = 0; s < summary_quads(self->bits) && self->is_summarized; s++) {
        for (uint64_t rest = self->summary[s]; rest != 0; rest &= rest - 1)
            count = take_one(self, s * QUAD_BITS + (size_t)__builtin_ctzll(rest), is_wide, words, count);
        self->summary[s] = 0;
    }
    if (!self->is_summarized)
        memset(self->summary, 0, summary_quads(self->bits) * sizeof *self->summary);
}

void cell_set_take(struct cell_set *self, bool is_wide, void *words)
{
    if (self->is_bitmap) {
        take_bitmap(self, is_wide, words);
        return;
    }
    size_t count = 0;
    for (size_t place = 0; place < self->table_size; place++) {
        if (self->table[place] == 0)
            continue;
        if (is_wide)
            ((uint64_t *)words)[count++] = self->table[place] - 1;
        else
            ((uint32_t *)words)[count++] = (uint32_t)(self->table[place] - 1);
    }
}

void cell_set_drop(struct cell_set *self)
{
    if (!self->is_bitmap)
        return;
    memset(self->bitmap, 0, quads_of(self->bits) * sizeof *self->bitmap);
    memset(self->summary, 0, summary_quads(self->bits) * sizeof *self->summary);
}

void cell_set_free(struct cell_set *self)
{
    memory_free(self->bitmap);
    memory_free(self->summary);
    memory_free(self->table);
    *self = (struct cell_set){0};
}
