/* estimate: what a fold will cost, before it is paid.
 *
 * Rough on purpose: an order of magnitude decides whether a question is answered by default. The speeds were measured on
 * one ordinary core (docs of the measurement: bench/README.md) and are constants, never taken from the clock, so that what
 * is answered does not depend on the machine or its load. */
#pragma once

#include "analysis/value_range.h"
#include "space/space.h"

struct estimate {
    double seconds;
    double bytes;
};

/* A fold whose elements have a fixed small size (extremes, values, lexicographic): seconds for each entry, bytes of an
 * element, whether all elements are kept. */
struct estimate estimate_small(const struct space *space, double seconds_per_entry, double element_bytes, bool keep);

/* A fold of arrays over values, about width places of place_bytes each. */
struct estimate estimate_arrays(const struct space *space, double width, double place_bytes, double seconds_per_place,
                                bool keep);

/* Writes "about 3 s and 200 MB" into a buffer. */
void estimate_print(const struct estimate *self, char *buffer, size_t size);
