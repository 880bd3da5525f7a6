/* intervals: a set of 64-bit integers as a sorted list of disjoint, non-adjacent intervals.
 *
 * The sets of values that a race can produce are few intervals (most often one), so a union costs a few comparisons
 * whatever the number of values. The list owns its array; one that was zeroed is the empty set. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct interval {
    int64_t first;
    int64_t last; /* inclusive, >= first */
};

struct intervals {
    struct interval *items;
    size_t count;
    size_t capacity;
};

/* Adds first .. last to the set. */
void intervals_add(struct intervals *self, int64_t first, int64_t last);

/* Adds every element of another set, each plus shift; the caller has made sure that no sum overflows. */
void intervals_union(struct intervals *self, const struct intervals *other, int64_t shift);

bool intervals_contain(const struct intervals *self, int64_t value);

/* The number of elements; UINT64_MAX where there are more. */
uint64_t intervals_size(const struct intervals *self);

/* Appends an interval as its ends with a mark between them, "2 .. 7"; as one number where they are equal. */
void interval_print(struct text *text, int64_t first, int64_t last, const char *between);

/* Empties the set and frees its array. */
void intervals_free(struct intervals *self);
