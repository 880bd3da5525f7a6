#include "verify/table.h"

#include "verify/verdict.h"

#include <string.h>

/* ---- SipHash-1-3 ----------------------------------------------------------------------------------------------- */

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void stir(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32) + v[3];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static void absorb(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    stir(v);
    v[0] ^= word;
}

static uint64_t hash_of(const uint64_t seed[2], struct span key)
{
    uint64_t v[4] = {seed[0] ^ UINT64_C(0x736f6d6570736575), seed[1] ^ UINT64_C(0x646f72616e646f6d),
                     seed[0] ^ UINT64_C(0x6c7967656e657261), seed[1] ^ UINT64_C(0x7465646279746573)};
    uint64_t word;
    size_t at = 0;
    for (; key.length - at >= sizeof word; at += sizeof word) {
        memcpy(&word, key.text + at, sizeof word);
        absorb(v, word);
    }
    word = (uint64_t)key.length << 56;
    for (unsigned shift = 0; at < key.length; at++, shift += 8)
        word |= (uint64_t)(unsigned char)key.text[at] << shift;
    absorb(v, word);
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        stir(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* ---- Entries --------------------------------------------------------------------------------------------------- */

/* An entry is a line's place, counted from 1, below the upper bits of its hash. */
enum { PLACE_BITS = 48 };

static const uint64_t place_mask = (UINT64_C(1) << PLACE_BITS) - 1;

void table_start(struct table *self, struct span text, const char *mark, size_t lines, const uint64_t seed[2])
{
    if (text.length >= place_mask)
        verdict_malformed(NULL, "the file is too large for this verifier");
    *self = (struct table){
        .text = text, .mark = {mark, strlen(mark)}, .seed = {seed[0], seed[1]}, .size = lines + lines / 2 + 1};
    self->entries = storage_new(self->size, sizeof *self->entries);
}

/* Whether the line at a place has a key. */
static bool is_there(const struct table *self, size_t place, struct span key)
{
    struct span line = span_rest(self->text, place);
    return line.length >= key.length + self->mark.length && memcmp(line.text, key.text, key.length) == 0 &&
           memcmp(line.text + key.length, self->mark.text, self->mark.length) == 0;
}

static size_t first_index(const struct table *self, uint64_t hash)
{
    return (size_t)(hash % self->size);
}

/* The index of the entry of a key, or of the free one where it would be. */
static size_t look_up(const struct table *self, struct span key, uint64_t hash)
{
    size_t index = first_index(self, hash);
    for (; self->entries[index] != 0; index = index + 1 < self->size ? index + 1 : 0) {
        uint64_t entry = self->entries[index];
        if (entry >> PLACE_BITS == hash >> PLACE_BITS && is_there(self, (size_t)(entry & place_mask) - 1, key))
            break;
    }
    return index;
}

uint64_t table_expect(const struct table *self, struct span key)
{
    uint64_t hash = hash_of(self->seed, key);
    __builtin_prefetch(&self->entries[first_index(self, hash)]);
    return hash;
}

size_t table_add(struct table *self, struct span key, uint64_t hash)
{
    size_t index = look_up(self, key, hash);
    if (self->entries[index] != 0)
        return (size_t)(self->entries[index] & place_mask) - 1;
    self->entries[index] = (hash & ~place_mask) | ((uint64_t)(key.text - self->text.text) + 1);
    return TABLE_NONE;
}

size_t table_find(const struct table *self, struct span key, uint64_t hash)
{
    uint64_t entry = self->entries[look_up(self, key, hash)];
    return entry == 0 ? TABLE_NONE : (size_t)(entry & place_mask) - 1;
}
