#include "space/stateset.h"

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"

#define XXH_INLINE_ALL
#include <endian.h>
#include <string.h>
#include <sys/mman.h>
#include <xxhash.h>

enum { HUGE_BYTES = 8 << 20 };

_Static_assert(sizeof(struct stateset_bucket) == CACHE_LINE, "a bucket fills one cache line");
_Static_assert(offsetof(struct stateset_bucket, tags) + 2 * sizeof(uint64_t) == CACHE_LINE, "two looks see all tags");

/* The table grows when 9/10 of it are full. One of up to a million states doubles, since entering all anew costs more than the
 * few megabytes; a larger one grows by so little that a state never takes more than 8 bytes for itself and 7.2 in the table. */
enum { LARGE_TABLE = 1 << 20 };

void stateset_start(struct stateset *self, size_t quads, struct budget *budget)
{
    *self = (struct stateset){.quads = quads, .budget = budget};
}

uint64_t stateset_hash(const struct stateset *self, const uint64_t *state)
{
    return XXH3_64bits(state, self->quads * sizeof *state);
}

/* Maps a hash onto a table of any size: the high half of the product (Lemire, Fast random integer generation in an
 * interval, 2019). Keeps the order of hashes, so that a larger table is filled from front to back. */
static size_t place_of(const struct stateset *self, uint64_t hash)
{
    return (size_t)arithmetic_high_product(hash, self->bucket_count);
}

static size_t next_place(const struct stateset *self, size_t place)
{
    return place + 1 < self->bucket_count ? place + 1 : 0;
}

static uint8_t tag_of(uint64_t hash)
{
    return (uint8_t)hash;
}

static bool is_state(const struct stateset *self, uint32_t number, const uint64_t *state)
{
    const uint64_t *other = stateset_at(self, number);
    if (other[0] != state[0])
        return false;
    return self->quads == 1 || memcmp(other, state, self->quads * sizeof *state) == 0;
}

/* ---- Growing ------------------------------------------------------------------------------------------------- */

/* Large pages spare a search most of its address translations. Where they are not to be had nothing is lost. The advice is
 * for all of the mapping that the block fills, from its first page to its last: a mapping in two pieces could not be grown
 * in place. */
static void want_large_pages(void *block, size_t bytes)
{
    enum { PAGE = 4096 };
    if (bytes < HUGE_BYTES)
        return;
    uintptr_t first = (uintptr_t)block / PAGE * PAGE;
    uintptr_t end = ((uintptr_t)block + bytes + PAGE - 1) / PAGE * PAGE;
    madvise((void *)first, end - first, MADV_HUGEPAGE);
}

static bool grow_states(struct stateset *self, size_t needed)
{
    size_t bytes = self->quads * sizeof *self->states;
    uint64_t *states = budget_grow(self->budget, self->states, needed, &self->capacity, bytes);
    if (states == NULL)
        return false;
    self->states = states;
    want_large_pages(self->states, self->capacity * bytes);
    return true;
}

static void put(struct stateset_bucket *bucket, uint32_t number, uint64_t hash)
{
    bucket->numbers[bucket->count] = number;
    bucket->tags[bucket->count++] = tag_of(hash);
}

static void enter(struct stateset *self, uint32_t number, uint64_t hash)
{
    size_t place = place_of(self, hash);
    while (self->buckets[place].count == STATESET_BUCKET_SIZE)
        place = next_place(self, place);
    put(&self->buckets[place], number, hash);
}

static void enter_all(struct stateset *self)
{
    enum { AHEAD = 16 };
    uint64_t hashes[AHEAD]; /* of states whose places are being fetched */
    for (size_t next = 0; next < self->count + AHEAD; next++) {
        uint64_t *hash = &hashes[next % AHEAD];
        if (next >= AHEAD)
            enter(self, (uint32_t)(next - AHEAD), *hash);
        if (next >= self->count)
            continue;
        *hash = stateset_hash(self, stateset_at(self, (uint32_t)next));
        stateset_prefetch_place(self, *hash);
    }
}

static size_t table_bytes(size_t bucket_count)
{
    return bucket_count > 0 ? (bucket_count + 1) * CACHE_LINE : 0;
}

static void place_buckets(struct stateset *self, size_t bucket_count)
{
    self->bucket_memory = memory_new(table_bytes(bucket_count), 1);
    uintptr_t address = (uintptr_t)self->bucket_memory;
    self->buckets = (struct stateset_bucket *)((address + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
    self->bucket_count = bucket_count;
    want_large_pages(self->bucket_memory, table_bytes(bucket_count));
}

static bool grow_table(struct stateset *self, size_t needed)
{
    size_t states = needed < LARGE_TABLE ? 2 * needed : needed + needed / 20 * 7;
    size_t bucket_count = (states + STATESET_BUCKET_SIZE - 1) / STATESET_BUCKET_SIZE + 1;
    if (!budget_allows(self->budget, table_bytes(bucket_count)))
        return false;
    memory_free(self->bucket_memory);
    place_buckets(self, bucket_count);
    enter_all(self);
    return true;
}

void stateset_free(struct stateset *self)
{
    memory_free(self->states);
    memory_free(self->bucket_memory);
    *self = (struct stateset){0};
}

bool stateset_reserve(struct stateset *self, size_t more)
{
    size_t needed = self->count + more;
    if (needed >= STATESET_NONE) {
        self->budget->limit = self->budget->limit == BUDGET_OK ? BUDGET_STATES : self->budget->limit;
        return false;
    }
    if (needed > self->capacity && !grow_states(self, needed))
        return false;
    return needed <= self->bucket_count * STATESET_BUCKET_SIZE / 10 * 9 || grow_table(self, needed);
}

/* ---- Looking up ---------------------------------------------------------------------------------------------- */

/* Which of eight places of a bucket, from `first` on, can hold a state with this tag, as one bit in each byte: of the bytes that are
 * zero the lowest is always told, and others may be told with it (Warren, Hacker's Delight, section 6-1). What decides is
 * the comparison of states. */
static uint64_t matches(const struct stateset_bucket *bucket, size_t first, uint8_t tag)
{
    const uint64_t each = UINT64_MAX / UINT8_MAX;
    uint64_t eight;
    memcpy(&eight, (const char *)bucket + offsetof(struct stateset_bucket, tags) + first, sizeof eight);
    eight = le64toh(eight) ^ each * tag;
    return (eight - each) & ~eight & each << 7;
}

void stateset_prefetch_place(const struct stateset *self, uint64_t hash)
{
    __builtin_prefetch(&self->buckets[place_of(self, hash)]);
}

void stateset_prefetch_state(const struct stateset *self, uint64_t hash)
{
    const struct stateset_bucket *bucket = &self->buckets[place_of(self, hash)];
    for (unsigned first = 0; first < bucket->count; first += 8) {
        uint64_t m = matches(bucket, first, tag_of(hash));
        unsigned i = first + (unsigned)__builtin_ctzll(m | UINT64_C(1) << 63) / 8;
        if (m != 0 && i < bucket->count)
            __builtin_prefetch(stateset_at(self, bucket->numbers[i]));
    }
}

/* Looks for a state in one bucket. */
static uint32_t look_into(const struct stateset *self, const struct stateset_bucket *bucket, const uint64_t *state,
                          uint8_t tag)
{
    for (unsigned first = 0; first < bucket->count; first += 8)
        for (uint64_t m = matches(bucket, first, tag); m != 0; m &= m - 1) {
            unsigned i = first + (unsigned)__builtin_ctzll(m) / 8;
            if (i < bucket->count && is_state(self, bucket->numbers[i], state))
                return bucket->numbers[i];
        }
    return STATESET_NONE;
}

/* Looks through the buckets in which a state may be. Returns its number, or STATESET_NONE with the bucket in which it
 * would have to be entered. */
static uint32_t look_up(const struct stateset *self, const uint64_t *state, uint64_t hash, size_t *place)
{
    for (*place = place_of(self, hash);; *place = next_place(self, *place)) {
        const struct stateset_bucket *bucket = &self->buckets[*place];
        uint32_t number = look_into(self, bucket, state, tag_of(hash));
        if (number != STATESET_NONE || bucket->count < STATESET_BUCKET_SIZE)
            return number;
    }
}

uint32_t stateset_add(struct stateset *self, const uint64_t *state, uint64_t hash, bool *is_new)
{
    size_t place;
    uint32_t number = look_up(self, state, hash, &place);
    *is_new = number == STATESET_NONE;
    if (!*is_new)
        return number;
    number = (uint32_t)self->count++;
    put(&self->buckets[place], number, hash);
    memcpy(self->states + (size_t)number * self->quads, state, self->quads * sizeof *state);
    return number;
}

uint32_t stateset_find(const struct stateset *self, const uint64_t *state)
{
    size_t place;
    return self->bucket_count == 0 ? STATESET_NONE : look_up(self, state, stateset_hash(self, state), &place);
}
