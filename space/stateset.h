/* stateset: a set of packed states that gives each a number.
 *
 * The states lie one after the other in one array, in the order of their numbers. Where to look for one a table says, by its hash. It is
 * cut into parts, by the highest bits of hashes, that know nothing of each other: threads that enter states at the same time
 * each take parts for themselves, and a part grows alone. A part is open addressing over buckets that fill one cache line each. A
 * bucket holds 32-bit numbers of states and, for each, eight bits of its hash, so that a look into one line tells nearly always
 * which state to compare with. What decides is always the comparison of whole states. With one quad a state the set needs 8
 * bytes for the state and 6 to 9 for its place in the table, of which smaller ones are half empty at most.
 *
 * A state is added alone (stateset_add), or many are at once, by several threads. Then what is new must have its number before it is known
 * which of the others are new, too, and numbers are to depend on nothing but the order of the states. So it goes in phases, between which
 * all threads have come to an end; [serial] phases are for one thread:
 *
 *     stateset_expect()   [serial] how many states may come to each part
 *     stateset_open()     a part grows, should it have to
 *     stateset_arrive()   a state is looked up in its part; a new one is an *arrival*, with a place among those of the part
 *     stateset_accept()   [serial] so many arrivals are to get numbers, or else stateset_forget()
 *     stateset_number()   an arrival gets its number, and its state is copied
 *     stateset_settle()   the table of a part has the numbers of its arrivals; meanwhile stateset_numbered() tells them
 *     stateset_close()    [serial] the set has them
 *
 * Each part is in the hands of one thread in a phase, and so is each arrival. Cache misses are what a search waits for, so that
 * stateset_prefetch_place() and stateset_prefetch_state() ask early for what stateset_arrive() and stateset_add() will look at. */
#pragma once

#include "base/budget.h"
#include "base/parallel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATESET_NONE UINT32_MAX

enum { STATESET_BUCKET_SIZE = 12, STATESET_PART_BITS = 6, STATESET_PARTS = 1 << STATESET_PART_BITS };

struct stateset_bucket {
    uint32_t numbers[STATESET_BUCKET_SIZE]; /* of an arrival: how many states the set had, plus its place */
    uint8_t tags[STATESET_BUCKET_SIZE];     /* low bits of the hash */
    uint8_t count;                          /* a full bucket sends to the next one */
    uint8_t unused[3];
};

/* A state that is new, and where the table has it. */
struct stateset_arrival {
    const uint64_t *state; /* borrowed until it has a number */
    size_t bucket;
    uint32_t number;
    uint8_t place;
};

struct stateset_part {
    struct stateset_bucket *buckets;
    size_t bucket_count;
    size_t wanted; /* buckets that it is to have once it is opened */
    size_t count;  /* states, with the arrivals */
    void *memory;  /* the block in which the buckets lie, aligned to a cache line */
    struct stateset_arrival *arrivals;
    size_t arrival_count;
    size_t arrival_capacity;
    char apart[CACHE_LINE];
};

struct stateset {
    size_t quads;     /* of 64 bits, at least 1 */
    uint64_t *states; /* count states */
    size_t count;
    size_t capacity; /* of states, in states */
    size_t room;     /* so many more fit into every part, for stateset_add() */
    struct stateset_part parts[STATESET_PARTS];
    struct budget *budget; /* borrowed; asked before the arrays grow */
};

/* Starts a set of states of `quads` quads. Freed with stateset_free(). */
void stateset_start(struct stateset *self, size_t quads, struct budget *budget);
void stateset_free(struct stateset *self);

/* The hash of a state, and the part that it belongs to. */
uint64_t stateset_hash(const struct stateset *self, const uint64_t *state);
static inline size_t stateset_part(uint64_t hash)
{
    return (size_t)(hash >> (64 - STATESET_PART_BITS));
}

/* Makes sure that `more` states can be added, one by one. Returns false where the budget does not allow it. */
bool stateset_reserve(struct stateset *self, size_t more);

/* Asks the processor to fetch what is looked at for this hash: first the bucket, later, once that is there, the state that it
 * names. */
void stateset_prefetch_place(const struct stateset *self, uint64_t hash);
void stateset_prefetch_state(const struct stateset *self, uint64_t hash);

/* Adds a state, for which room was reserved, unless it is there. Returns its number and says whether it is new. */
uint32_t stateset_add(struct stateset *self, const uint64_t *state, uint64_t hash, bool *is_new);

/* Returns the number of a state, or STATESET_NONE. */
uint32_t stateset_find(const struct stateset *self, const uint64_t *state);

/* A state by its number, borrowed until the next reserve or accept. */
static inline const uint64_t *stateset_at(const struct stateset *self, uint32_t number)
{
    return self->states + (size_t)number * self->quads;
}

/* ---- Many at once ---------------------------------------------------------------------------------------------- */

/* Says that up to more[p] states will come to part p. Returns false where the budget does not allow that. */
bool stateset_expect(struct stateset *self, const size_t more[STATESET_PARTS]);

/* Makes a part ready for what is expected. */
void stateset_open(struct stateset *self, size_t part);

/* Looks for a state in its part. Returns its number where it has one; of an arrival, or a state that is equal to one, how many states the set
 * had plus its place among the arrivals of the part. Says whether it is an arrival: then the state stays where it is until it has a number. */
uint32_t stateset_arrive(struct stateset *self, const uint64_t *state, uint64_t hash, bool *is_new);

/* Makes room for the numbers of so many arrivals, all that there are. Returns false where the budget does not allow that. */
bool stateset_accept(struct stateset *self, size_t count);

/* Takes all arrivals out of the table, before one has a number. */
void stateset_forget(struct stateset *self);

/* Gives a number to an arrival, told by its state, its hash and what stateset_arrive() returned. The numbers are those that follow, each
 * once. */
void stateset_number(struct stateset *self, const uint64_t *state, uint64_t hash, uint32_t arrival, uint32_t number);

/* The number of a state by what stateset_arrive() returned. */
static inline uint32_t stateset_numbered(const struct stateset *self, uint64_t hash, uint32_t arrival)
{
    return arrival < self->count ? arrival : self->parts[stateset_part(hash)].arrivals[arrival - self->count].number;
}

/* Enters the numbers of a part's arrivals into its table. */
void stateset_settle(struct stateset *self, size_t part);

/* Counts the arrivals, so many as were accepted, to the set. */
void stateset_close(struct stateset *self, size_t count);
