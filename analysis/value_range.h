/* value_range: between which values the elements of each level lie.
 *
 * Elements that are arrays over values need to know how long. A range is the range of values of all elements of a level; it
 * is found by a fold of the extremes. Where all values are multiples of a unit, only multiples have a place. Where the
 * observed variable is control, values are known one by one, and each has its rank among them as its place.
 *
 * Freed with value_ranges_free(). */
#pragma once

#include "base/interval.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct value_range {
    int64_t least;
    int64_t greatest; /* below least: empty */
};

struct value_ranges {
    struct value_range *levels;
    size_t count;
    uint64_t unit;                  /* 1 or more */
    const struct intervals *ranked; /* the values that have a place, or NULL for all multiples; borrowed */
    bool is_clipped;                /* some values have no place, since nobody needs what is known of them */
};

/* Starts with an empty range for each level. */
void value_ranges_start(struct value_ranges *self, size_t count, uint64_t unit, const struct intervals *ranked);
void value_ranges_free(struct value_ranges *self);

/* Leaves a level places for those values alone that lie between two others; of a range that is not ranked. */
void value_ranges_clip(struct value_ranges *self, size_t level, int64_t least, int64_t greatest);

/* The number of places that an array of a level has. */
size_t value_ranges_width(const struct value_ranges *self, size_t level);

/* The place of a value of a level's range, and the value of a place. */
size_t value_ranges_place(const struct value_ranges *self, size_t level, int64_t value);
int64_t value_ranges_value(const struct value_ranges *self, size_t level, size_t place);

/* How far the places of a term of one level move in a sum of another, when addend is added on the way. */
int64_t value_ranges_shift(const struct value_ranges *self, size_t level, size_t term_level, int64_t addend);
