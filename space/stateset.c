#include "space/stateset.h"

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"

#define XXH_INLINE_ALL
#include <string.h>
#include <sys/mman.h>
#include <xxhash.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { HUGE_BYTES = 8 << 20 };

_Static_assert(sizeof(struct stateset_bucket) == CACHE_LINE, "a bucket fills one cache line");
_Static_assert(offsetof(struct stateset_bucket, tags) + 16 == CACHE_LINE, "one look sees all tags");

/* A part grows when 9/10 of it are full. A small one doubles, since entering all anew costs more than the few kilobytes; a
 * large one grows by less, so that a state takes at most 8.9 bytes in the table. */
enum { LARGE_PART = (1 << 22) / STATESET_PARTS };

enum { AHEAD = 16 };

void stateset_start(struct stateset *self, size_t quads, struct budget *budget)
{
    *self = (struct stateset){.quads = quads, .budget = budget};
}

uint64_t stateset_hash(const struct stateset *self, const uint64_t *state)
{
    return XXH3_64bits(state, self->quads * sizeof *state);
}

/* ---- Places -------------------------------------------------------------------------------------------------- */

/* Maps a hash onto a part of any size: the high half of the product (Lemire, Fast random integer generation in an
 * interval, 2019), of the bits that do not say which part it is. Keeps the order of hashes, so that a larger part is filled from front to
 * back. */
static size_t place_of(const struct stateset_part *part, uint64_t hash)
{
    return (size_t)arithmetic_high_product(hash << STATESET_PART_BITS, part->bucket_count);
}

static size_t next_place(const struct stateset_part *part, size_t place)
{
    return place + 1 < part->bucket_count ? place + 1 : 0;
}

static uint8_t tag_of(uint64_t hash)
{
    return (uint8_t)hash;
}

/* A state that the table names by a number, or as an arrival. */
static inline const uint64_t *state_at(const struct stateset *self, const struct stateset_part *part, uint32_t number)
{
    return number < self->count ? stateset_at(self, number) : part->arrivals[number - self->count].state;
}

static inline bool is_state(const struct stateset *self, const struct stateset_part *part, uint32_t number,
                            const uint64_t *state)
{
    const uint64_t *other = state_at(self, part, number);
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

static void enter(struct stateset_part *part, uint32_t number, uint64_t hash)
{
    size_t place = place_of(part, hash);
    while (part->buckets[place].count == STATESET_BUCKET_SIZE)
        place = next_place(part, place);
    put(&part->buckets[place], number, hash);
}

static size_t table_bytes(size_t bucket_count)
{
    return bucket_count > 0 ? (bucket_count + 1) * CACHE_LINE : 0;
}

static void place_buckets(struct stateset_part *part, size_t bucket_count)
{
    part->memory = memory_new(table_bytes(bucket_count), 1);
    uintptr_t address = (uintptr_t)part->memory;
    part->buckets = (struct stateset_bucket *)((address + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
    part->bucket_count = bucket_count;
    want_large_pages(part->memory, table_bytes(bucket_count));
}

/* States on their way from a table to a larger one: they are being fetched, for their hashes. */
struct moving {
    uint32_t numbers[AHEAD];
    size_t next;
};

static void move(const struct stateset *self, struct stateset_part *part, struct moving *moving, uint32_t number)
{
    uint32_t *place = &moving->numbers[moving->next++ % AHEAD];
    if (*place != STATESET_NONE)
        enter(part, *place, stateset_hash(self, stateset_at(self, *place)));
    *place = number;
    if (number != STATESET_NONE)
        __builtin_prefetch(stateset_at(self, number));
}

/* There are no arrivals then. */
static void grow_part(const struct stateset *self, struct stateset_part *part)
{
    struct stateset_part old = *part;
    struct moving moving = {.next = 0};
    memset(moving.numbers, UINT8_MAX, sizeof moving.numbers);
    place_buckets(part, part->wanted);
    for (size_t b = 0; b < old.bucket_count; b++)
        for (size_t i = 0; i < old.buckets[b].count; i++)
            move(self, part, &moving, old.buckets[b].numbers[i]);
    for (size_t i = 0; i < AHEAD; i++)
        move(self, part, &moving, STATESET_NONE);
    memory_free(old.memory);
}

static size_t part_room(const struct stateset_part *part)
{
    size_t most = part->bucket_count * STATESET_BUCKET_SIZE / 10 * 9;
    return most > part->count ? most - part->count : 0;
}

/* Says how large a part is to be for so many more states, and returns the bytes that it takes more, with what it has until it has moved. */
static size_t want_room(struct stateset_part *part, size_t more)
{
    size_t needed = part->count + more;
    part->wanted = part->bucket_count;
    if (more <= part_room(part))
        return 0;
    size_t states = needed < LARGE_PART ? 2 * needed : needed + needed / 2;
    part->wanted = (states + STATESET_BUCKET_SIZE - 1) / STATESET_BUCKET_SIZE + 1;
    return table_bytes(part->wanted);
}

void stateset_open(struct stateset *self, size_t part)
{
    if (self->parts[part].wanted != self->parts[part].bucket_count)
        grow_part(self, &self->parts[part]);
    self->parts[part].arrival_count = 0;
}

void stateset_free(struct stateset *self)
{
    memory_free(self->states);
    for (size_t p = 0; p < STATESET_PARTS; p++) {
        memory_free(self->parts[p].memory);
        memory_free(self->parts[p].arrivals);
    }
    *self = (struct stateset){0};
}

static bool has_numbers(struct stateset *self, size_t more)
{
    bool has = more < STATESET_NONE - self->count;
    if (!has)
        self->budget->limit = self->budget->limit == BUDGET_OK ? BUDGET_STATES : self->budget->limit;
    return has;
}

bool stateset_expect(struct stateset *self, const size_t more[STATESET_PARTS])
{
    size_t bytes = 0, sum = 0;
    for (size_t p = 0; p < STATESET_PARTS; p++) {
        bytes += want_room(&self->parts[p], more[p]);
        sum += more[p];
    }
    return has_numbers(self, sum) && (bytes == 0 || budget_allows(self->budget, bytes));
}

bool stateset_reserve(struct stateset *self, size_t more)
{
    if (!has_numbers(self, more) || (self->count + more > self->capacity && !grow_states(self, self->count + more)))
        return false;
    if (more <= self->room)
        return true;
    size_t each[STATESET_PARTS];
    for (size_t p = 0; p < STATESET_PARTS; p++)
        each[p] = more;
    if (!stateset_expect(self, each))
        return false;
    self->room = SIZE_MAX;
    for (size_t p = 0; p < STATESET_PARTS; p++) {
        stateset_open(self, p);
        size_t room = part_room(&self->parts[p]);
        self->room = room < self->room ? room : self->room;
    }
    return true;
}

/* ---- Looking up ---------------------------------------------------------------------------------------------- */

/* Which places of a bucket hold a state with this tag, as bits. The sixteen bytes that are looked at end with the count. */
#ifdef __SSE2__
static inline unsigned matches(const struct stateset_bucket *bucket, uint8_t tag)
{
    __m128i tags = _mm_load_si128((const __m128i *)(const void *)bucket->tags);
    unsigned same = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(tags, _mm_set1_epi8((char)tag)));
    return same & ((1u << bucket->count) - 1);
}
#else
static inline unsigned matches(const struct stateset_bucket *bucket, uint8_t tag)
{
    unsigned same = 0;
    for (unsigned i = 0; i < bucket->count; i++)
        same |= (unsigned)(bucket->tags[i] == tag) << i;
    return same;
}
#endif

void stateset_prefetch_place(const struct stateset *self, uint64_t hash)
{
    const struct stateset_part *part = &self->parts[stateset_part(hash)];
    __builtin_prefetch(&part->buckets[place_of(part, hash)]);
}

void stateset_prefetch_state(const struct stateset *self, uint64_t hash)
{
    const struct stateset_part *part = &self->parts[stateset_part(hash)];
    const struct stateset_bucket *bucket = &part->buckets[place_of(part, hash)];
    unsigned m = matches(bucket, tag_of(hash));
    if (m != 0)
        __builtin_prefetch(state_at(self, part, bucket->numbers[__builtin_ctz(m)]));
}

/* Looks through the buckets in which a state may be. Returns its number, or STATESET_NONE with the bucket in which it
 * would have to be entered. */
static inline uint32_t look_up(const struct stateset *self, const struct stateset_part *part, const uint64_t *state,
                               uint64_t hash, size_t *place)
{
    for (*place = place_of(part, hash);; *place = next_place(part, *place)) {
        const struct stateset_bucket *bucket = &part->buckets[*place];
        for (unsigned m = matches(bucket, tag_of(hash)); m != 0; m &= m - 1) {
            uint32_t number = bucket->numbers[__builtin_ctz(m)];
            if (is_state(self, part, number, state))
                return number;
        }
        if (bucket->count < STATESET_BUCKET_SIZE)
            return STATESET_NONE;
    }
}

/* Most states have one quad, and copying that must not take a call. */
static void copy_state(const struct stateset *self, uint32_t number, const uint64_t *state)
{
    uint64_t *to = self->states + (size_t)number * self->quads;
    to[0] = state[0];
    for (size_t q = 1; q < self->quads; q++)
        to[q] = state[q];
}

uint32_t stateset_add(struct stateset *self, const uint64_t *state, uint64_t hash, bool *is_new)
{
    struct stateset_part *part = &self->parts[stateset_part(hash)];
    size_t place;
    uint32_t number = look_up(self, part, state, hash, &place);
    *is_new = number == STATESET_NONE;
    if (!*is_new)
        return number;
    number = (uint32_t)self->count++;
    self->room--;
    part->count++;
    put(&part->buckets[place], number, hash);
    copy_state(self, number, state);
    return number;
}

uint32_t stateset_find(const struct stateset *self, const uint64_t *state)
{
    size_t place;
    uint64_t hash = stateset_hash(self, state);
    const struct stateset_part *part = &self->parts[stateset_part(hash)];
    return part->bucket_count == 0 ? STATESET_NONE : look_up(self, part, state, hash, &place);
}

/* ---- Many at once -------------------------------------------------------------------------------------------- */

uint32_t stateset_arrive(struct stateset *self, const uint64_t *state, uint64_t hash, bool *is_new)
{
    struct stateset_part *part = &self->parts[stateset_part(hash)];
    size_t bucket;
    uint32_t number = look_up(self, part, state, hash, &bucket);
    *is_new = number == STATESET_NONE;
    if (!*is_new)
        return number;
    number = (uint32_t)(self->count + part->arrival_count);
    part->arrivals = memory_grow(part->arrivals, part->arrival_count, &part->arrival_capacity, sizeof *part->arrivals);
    part->arrivals[part->arrival_count++] =
        (struct stateset_arrival){state, bucket, STATESET_NONE, part->buckets[bucket].count};
    part->count++;
    put(&part->buckets[bucket], number, hash);
    return number;
}

/* The last one in a bucket arrived last. */
void stateset_forget(struct stateset *self)
{
    for (size_t p = 0; p < STATESET_PARTS; p++)
        while (self->parts[p].arrival_count > 0) {
            struct stateset_part *part = &self->parts[p];
            part->buckets[part->arrivals[--part->arrival_count].bucket].count--;
            part->count--;
        }
}

bool stateset_accept(struct stateset *self, size_t count)
{
    return self->count + count <= self->capacity || grow_states(self, self->count + count);
}

void stateset_number(struct stateset *self, const uint64_t *state, uint64_t hash, uint32_t arrival, uint32_t number)
{
    self->parts[stateset_part(hash)].arrivals[arrival - self->count].number = number;
    copy_state(self, number, state);
}

void stateset_settle(struct stateset *self, size_t part)
{
    struct stateset_part *here = &self->parts[part];
    for (size_t a = 0; a < here->arrival_count; a++)
        here->buckets[here->arrivals[a].bucket].numbers[here->arrivals[a].place] = here->arrivals[a].number;
}

void stateset_close(struct stateset *self, size_t count)
{
    self->count += count;
    self->room = 0;
}
