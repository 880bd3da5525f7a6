/* bands: between which values the elements of each level lie.
 *
 * Elements that are arrays over values need to know how long. A band is the range of values of all elements of a level; it
 * is found by a fold of the extremes. Where all values are multiples of a unit, only multiples have a place. Where the
 * observed variable is control, values are known one by one, and each has its rank among them as its place.
 *
 * Freed with bands_free(). */
#ifndef RACECHECK_CHECKER_BANDS_H
#define RACECHECK_CHECKER_BANDS_H

#include "checker/interval.h"

#include <stddef.h>
#include <stdint.h>

struct band {
    int64_t least;
    int64_t greatest; /* below least: empty */
};

struct bands {
    struct band *levels;
    size_t count;
    uint64_t unit;                  /* 1 or more */
    const struct intervals *ranked; /* the values that have a place, or NULL for all multiples; borrowed */
};

/* Starts with an empty band for each level. */
void bands_start(struct bands *self, size_t count, uint64_t unit, const struct intervals *ranked);
void bands_free(struct bands *self);

/* The number of places that an array of a level has. */
size_t bands_width(const struct bands *self, size_t level);

/* The place of a value of a level's band, and the value of a place. */
size_t bands_place(const struct bands *self, size_t level, int64_t value);
int64_t bands_value(const struct bands *self, size_t level, size_t place);

/* How far the places of a term of one level move in a sum of another, when addend is added on the way. */
int64_t bands_shift(const struct bands *self, size_t level, size_t term_level, int64_t addend);

/* The widest level. */
size_t bands_width_max(const struct bands *self);

#endif
