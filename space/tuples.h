/* tuples: sets of tuples of integers, all of one width.
 *
 * Tuples are ordered by their first number, then by the second, and so on; the place of one in that order is its *rank*. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A set, all zero where it is empty; freed with tuples_free(). */
struct tuples {
    int64_t *items; /* one tuple after the other */
    size_t width;
    size_t count;
    size_t capacity;
};

/* Adds a tuple, a copy of which may already be there until the set is put in order. */
void tuples_add(struct tuples *self, const int64_t *tuple, size_t width);
void tuples_add_all(struct tuples *self, const struct tuples *others);

/* Sorts the tuples, and keeps one of equal ones. */
void tuples_order(struct tuples *self);

/* The tuple of a rank, borrowed, and the rank of a tuple; SIZE_MAX where it is not there. The set is in order. */
const int64_t *tuples_at(const struct tuples *self, size_t rank);
size_t tuples_rank(const struct tuples *self, const int64_t *tuple);

void tuples_free(struct tuples *self);
