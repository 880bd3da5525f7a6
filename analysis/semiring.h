/* semiring: the semirings of the fold, one for each question.
 *
 * For every state and slot the fold computes an *element*: what is to be known about all continuations from that state
 * whose last value comes from that slot, as a function of how much is added on the way. A kind of semiring says what an
 * element is and gives it the operations of a semiring: zero (no continuation), one (the schedule ends here, with a value),
 * and a fused plus-times, add: sum += factor * term, where the factor of a step shifts values by its addend and counts for
 * as many threads as its weight. (Mohri, Semiring frameworks and algorithms for shortest-distance problems, 2002.)
 *
 * Adding a question is adding a file semiring_NAME.c with such a table. Elements have a fixed size within a level; what does
 * not fit lives in the level's arena. Semirings are constant during a fold and are freed by their own free function. */
#pragma once

#include "analysis/value_range.h"
#include "base/arena.h"
#include "base/interval.h"
#include "space/space.h"

#include <gmp.h>
#include <string.h>

/* What a step does to the elements that pass through it. */
struct factor {
    int64_t addend;
    uint32_t weight;  /* threads that the entry counts for */
    uint32_t enabled; /* choices that there were */
    uint32_t lift;    /* height of the state, less that of the successor, less 1 */
    uint32_t length;  /* steps of the program */
    uint32_t preemptions;
};

struct semiring;

struct semiring_kind {
    const char *name; /* "values": how the question is called in options and progress */

    /* What an element that is zero begins with; the rest does not matter. */
    const void *zero;
    size_t zero_size;

    /* Bytes of an element at a level; NULL where it is no more than zero is. */
    size_t (*size)(const struct semiring *self, size_t level);

    /* Writes one: a schedule that ends here, at this height, with this value (0 for a data slot: nothing is added). */
    void (*one)(const struct semiring *self, size_t level, uint32_t height, int64_t value, void *element);

    /* sum += factor * term; sum is of level `level`, term of `term_level`. */
    void (*add)(const struct semiring *self, size_t level, void *sum, size_t term_level, const void *term,
                const struct factor *factor, struct arena *arena);

    /* Whether two elements of a level are equal; only where the semirings are idempotent (a + a = a), which is what a fixed
     * point over cycles needs; else NULL. */
    bool (*equal)(const struct semiring *self, size_t level, const void *a, const void *b);

    /* Widens a range by the values of an element; NULL where nobody needs it. */
    void (*widen)(const struct semiring *self, size_t level, const void *element, struct value_range *range);

    /* The cost that an element gives for a value, or COST_NONE: what a witness is read from. NULL where there are no
     * costs. */
    uint32_t (*cost)(const struct semiring *self, size_t level, const void *element, int64_t value);
};

/* A cost is the number of preemptions; where the space has cycles, that times 2^22 plus the number of steps, so that the
 * cheapest schedule is finite. (It has fewer steps than there are states, and 2^22 is more than a program has
 * instructions.) */
static inline uint32_t preemption_cost(const struct space *space)
{
    return space->cyclic ? UINT32_C(1) << 22 : 1;
}
#define COST_NONE UINT32_MAX

/* What so many steps with so many preemptions cost; COST_NONE where that is more than can be told. */
static inline uint32_t schedule_cost(const struct space *space, uint64_t steps, uint64_t preemptions)
{
    uint64_t cost = (space->cyclic ? steps : 0) + preemptions * preemption_cost(space);
    return cost < COST_NONE ? (uint32_t)cost : COST_NONE;
}

/* The head of all semirings. */
struct semiring {
    const struct semiring_kind *kind;
    const struct space *space;
    const struct value_ranges *ranges; /* where elements are arrays over values; borrowed */
};

static inline size_t semiring_size(const struct semiring *self, size_t level)
{
    return self->kind->size != NULL ? self->kind->size(self, level) : self->kind->zero_size;
}

/* Most zeros are 8 bytes, which the compiler copies without a call. */
static inline void semiring_zero(const struct semiring *self, void *element)
{
    if (self->kind->zero_size == sizeof(uint64_t))
        memcpy(element, self->kind->zero, sizeof(uint64_t));
    else
        memcpy(element, self->kind->zero, self->kind->zero_size);
}

/* ---- Extremes: the least and the greatest value ---------------------------------------------------------------- */

struct extremes {
    int64_t least;
    int64_t greatest; /* below least: zero */
};

void semiring_extremes_start(struct semiring *self, const struct space *space);

/* ---- Values: the set of values --------------------------------------------------------------------------------- */

struct values {
    struct interval one;   /* where count is 1 */
    struct interval *many; /* where it is more; in the arena */
    size_t count;
};

void semiring_values_start(struct semiring *self, const struct space *space);

/* Adds an element's values, shifted, to a set. */
void semiring_values_collect(const void *element, int64_t shift, struct intervals *set);

/* ---- Counts: value -> number of schedules, and random: value -> probability ---------------------------------------- */

/* Both are arrays of big numbers over the values of a range, in flat fixed-width limbs whose number is known in advance
 * from the level's height. */
struct polynomials {
    struct semiring head;
    size_t *limbs; /* of a coefficient, one a level */
    uint64_t base; /* random: denominators are powers of it, one for each step to the end */
};

/* Starts the semiring that counts schedules. Freed with semiring_polynomials_free(). */
void semiring_counts_start(struct polynomials *self, const struct space *space, const struct value_ranges *ranges);

/* Starts the semiring of the random scheduler: numerators over base^height, where the base is a common multiple of the
 * numbers of threads that may step at once. Returns false where that does not fit 32 bits. */
bool semiring_random_start(struct polynomials *self, const struct space *space, const struct value_ranges *ranges);

void semiring_polynomials_free(struct polynomials *self);

/* Adds to sums[v - first] the coefficient of each value v of an element, shifted. */
typedef void polynomial_visitor(void *context, int64_t value, const mp_limb_t *limbs, size_t count);
void semiring_polynomials_visit(const struct polynomials *self, size_t level, const void *element, int64_t shift,
                                polynomial_visitor *visitor, void *context);

/* Bytes of an element of the largest level, and the limbs of a coefficient there; for estimates. */
size_t semiring_polynomials_limbs(uint32_t height, uint64_t base);

/* ---- Preemptions: value -> fewest preemptions -------------------------------------------------------------------- */

struct preemptions {
    struct semiring head;
    bool is_wide; /* costs take 32 bits: the space has cycles, or steps with many preemptions */
};

/* Bytes of a cost in a space's elements, for estimates. */
size_t semiring_preemptions_place(const struct space *space);

void semiring_preemptions_start(struct preemptions *self, const struct space *space, const struct value_ranges *ranges);

/* Calls a visitor for every value that has a cost. */
typedef void cost_visitor(void *context, int64_t value, uint32_t cost);
void semiring_preemptions_visit(const struct semiring *self, size_t level, const void *element, int64_t shift,
                                cost_visitor *visitor, void *context);

/* ---- Lexicographic: the least (or greatest) value, and for that the fewest preemptions ---------------------------------- */

/* The lexicographic product of extremes and preemptions: small elements, so that the witness for an extreme can be had
 * where the preemptions for all values cannot. An element is one 64-bit number, the value (negated for the greatest) times
 * 2^32 plus the cost, so that the better of two is the lesser. LEXICOGRAPHIC_NONE is zero. Values must fit 31 bits. */
#define LEXICOGRAPHIC_NONE INT64_MAX
#define LEXICOGRAPHIC_VALUE_MAX (INT32_MAX / 2)

struct lexicographic {
    struct semiring head;
    bool greatest;
};

void semiring_lexicographic_start(struct lexicographic *self, const struct space *space, bool greatest);
