#include "checker/stateset.h"

#include "base/memory.h"

#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

/* For the high half of a 64 by 64 bit product. */
__extension__ typedef unsigned __int128 wide;

enum { FIRST_CAPACITY = 1024 };

/* The table may be filled to 4/5 before it grows to twice as many places as there are states. */
enum { LOAD_NUMERATOR = 4, LOAD_DENOMINATOR = 5 };

void stateset_start(struct stateset *self, size_t words, struct budget *budget)
{
    *self = (struct stateset){.words = words, .budget = budget};
}

void stateset_free(struct stateset *self)
{
    memory_free(self->states);
    memory_free(self->table);
    budget_give(self->budget, self->taken);
    *self = (struct stateset){0};
}

uint64_t stateset_hash(const struct stateset *self, const uint64_t *state)
{
    return XXH3_64bits(state, self->words * sizeof *state);
}

/* Maps a hash onto a table of any size: the high half of the product (Lemire, Fast random integer generation in an
 * interval, 2019). Keeps the order of hashes, so that a larger table is filled from front to back. */
static size_t place_of(const struct stateset *self, uint64_t hash)
{
    return (size_t)((wide)hash * self->table_size >> 64);
}

static size_t next_place(const struct stateset *self, size_t place)
{
    return place + 1 < self->table_size ? place + 1 : 0;
}

static bool is_state(const struct stateset *self, uint32_t number, const uint64_t *state)
{
    const uint64_t *other = stateset_at(self, number);
    if (other[0] != state[0])
        return false;
    return self->words == 1 || memcmp(other, state, self->words * sizeof *state) == 0;
}

/* ---- Growing ------------------------------------------------------------------------------------------------- */

static bool take(struct stateset *self, size_t bytes)
{
    if (!budget_take(self->budget, bytes))
        return false;
    self->taken += bytes;
    return true;
}

static void give(struct stateset *self, size_t bytes)
{
    budget_give(self->budget, bytes);
    self->taken -= bytes;
}

static bool grow_states(struct stateset *self, size_t needed)
{
    size_t capacity = self->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : self->capacity + self->capacity / 4;
    capacity = capacity > needed ? capacity : needed;
    if (!take(self, (capacity - self->capacity) * self->words * sizeof *self->states))
        return false;
    self->states = memory_resize(self->states, capacity * self->words, sizeof *self->states);
    self->capacity = capacity;
    return true;
}

static void enter_all(struct stateset *self)
{
    memset(self->table, 0xff, self->table_size * sizeof *self->table);
    for (size_t number = 0; number < self->count; number++) {
        enum { AHEAD = 8 };
        if (number + AHEAD < self->count)
            stateset_prefetch_place(self, stateset_hash(self, stateset_at(self, (uint32_t)(number + AHEAD))));
        size_t place = place_of(self, stateset_hash(self, stateset_at(self, (uint32_t)number)));
        while (self->table[place] != STATESET_NONE)
            place = next_place(self, place);
        self->table[place] = (uint32_t)number;
    }
}

static bool grow_table(struct stateset *self, size_t needed)
{
    size_t size = needed + needed * 3 / 5 + FIRST_CAPACITY;
    size_t old_bytes = self->table_size * sizeof *self->table;
    give(self, old_bytes);
    if (!take(self, size * sizeof *self->table)) {
        self->taken += old_bytes;
        self->budget->memory += old_bytes;
        return false;
    }
    memory_free(self->table);
    self->table = memory_resize(NULL, size, sizeof *self->table);
    self->table_size = size;
    enter_all(self);
    return true;
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
    return needed <= self->table_size / LOAD_DENOMINATOR * LOAD_NUMERATOR || grow_table(self, needed);
}

/* ---- Looking up ---------------------------------------------------------------------------------------------- */

void stateset_prefetch_place(const struct stateset *self, uint64_t hash)
{
    __builtin_prefetch(&self->table[place_of(self, hash)]);
}

void stateset_prefetch_state(const struct stateset *self, uint64_t hash)
{
    uint32_t number = self->table[place_of(self, hash)];
    if (number != STATESET_NONE)
        __builtin_prefetch(stateset_at(self, number));
}

uint32_t stateset_add(struct stateset *self, const uint64_t *state, uint64_t hash, bool *is_new)
{
    size_t place = place_of(self, hash);
    *is_new = false;
    for (; self->table[place] != STATESET_NONE; place = next_place(self, place))
        if (is_state(self, self->table[place], state))
            return self->table[place];
    *is_new = true;
    uint32_t number = (uint32_t)self->count++;
    self->table[place] = number;
    memcpy(self->states + (size_t)number * self->words, state, self->words * sizeof *state);
    return number;
}

uint32_t stateset_find(const struct stateset *self, const uint64_t *state)
{
    if (self->table_size == 0)
        return STATESET_NONE;
    size_t place = place_of(self, stateset_hash(self, state));
    for (; self->table[place] != STATESET_NONE; place = next_place(self, place))
        if (is_state(self, self->table[place], state))
            return self->table[place];
    return STATESET_NONE;
}
