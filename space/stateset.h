/* stateset: a set of packed states that gives each a number.
 *
 * Open addressing over buckets that fill one cache line each. A bucket holds 32-bit numbers of states and, for each, eight
 * bits of its hash, so that a look into one line tells nearly always which state to compare with; the states themselves
 * lie one after the other in one array, in the order in which they were added. A hash finds a place to look; what decides
 * is always the comparison of whole states. The array alone is the truth, so that growing the table frees the old one
 * first: with one quad a state the set needs 8 bytes for the state and 6 to 8 for its place in the table.
 *
 * Cache misses are what a search waits for, so that adding is offered in two halves: stateset_prefetch() for a state that
 * will be added soon, stateset_add() a little later. */
#pragma once

#include "base/budget.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATESET_NONE UINT32_MAX

enum { STATESET_BUCKET_SIZE = 12 };

struct stateset_bucket {
    uint32_t numbers[STATESET_BUCKET_SIZE];
    uint8_t tags[STATESET_BUCKET_SIZE]; /* low bits of the hash */
    uint8_t count;                      /* a full bucket sends to the next one */
    uint8_t unused[3];
};

struct stateset {
    size_t quads;     /* of 64 bits, at least 1 */
    uint64_t *states; /* count states */
    size_t count;
    size_t capacity; /* of states, in states */
    struct stateset_bucket *buckets;
    size_t bucket_count;
    void *bucket_memory;   /* the block in which the buckets lie, aligned to a cache line */
    struct budget *budget; /* borrowed; asked before the arrays grow */
};

/* Starts a set of states of `quads` quads. Freed with stateset_free(). */
void stateset_start(struct stateset *self, size_t quads, struct budget *budget);
void stateset_free(struct stateset *self);

/* The hash of a state. */
uint64_t stateset_hash(const struct stateset *self, const uint64_t *state);

/* Makes sure that `more` states can be added. Returns false where the budget does not allow it. */
bool stateset_reserve(struct stateset *self, size_t more);

/* Asks the processor to fetch what stateset_add() will look at for this hash: first the bucket, later, once that is there,
 * the state that it names. */
void stateset_prefetch_place(const struct stateset *self, uint64_t hash);
void stateset_prefetch_state(const struct stateset *self, uint64_t hash);

/* Adds a state, for which room was reserved, unless it is there. Returns its number and says whether it is new. */
uint32_t stateset_add(struct stateset *self, const uint64_t *state, uint64_t hash, bool *is_new);

/* Returns the number of a state, or STATESET_NONE. */
uint32_t stateset_find(const struct stateset *self, const uint64_t *state);

/* A state by its number, borrowed until the next reserve. */
static inline const uint64_t *stateset_at(const struct stateset *self, uint32_t number)
{
    return self->states + (size_t)number * self->quads;
}
