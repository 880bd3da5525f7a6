/* observed: where in a machine what is observed lies (program/observation.h).
 *
 * One location is a tuple of one: its value may be data, and followed by a fold. Of several all locations are control, since what
 * becomes of one cannot be folded apart from the others; each tuple that is found then has a *rank* among all of them, in
 * ascending order, first member first, and folds, witnesses and rows of an outcome know it by its rank. What was printed is
 * a number of the program's outputs, which are in the order of the alphabet. */
#pragma once

#include "machine/machine.h"
#include "program/observation.h"

struct tuples;

struct observed {
    location_id locations[OBSERVATION_MAX];
    size_t count; /* at least 1 */
};

/* Finds the locations of an observation; the first word alone where it is empty. */
struct observed observed_find(const struct observation *observation, const struct machine *machine);

/* Writes the values of the locations in a state in which they are control. */
void observed_read(const struct observed *self, const struct machine *machine, const uint64_t *state, int64_t *tuple);

/* The value of one location, or the rank of the tuple of several among all that are found. */
int64_t observed_value(const struct observed *self, const struct machine *machine, const uint64_t *state,
                       const struct tuples *ranked);
