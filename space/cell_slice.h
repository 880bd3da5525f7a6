/* cell_slice: which values a search by cells follows as data.
 *
 * As in any slice, control is what states are told apart by. Here data may be compared, too, since a guarded machine
 * (machine/machine.h) tells what must hold of it for a step to go as it goes. Not all that could be data is worth it: a flag, or the
 * counter of a loop that nobody else sees, is as good as a place in the code. Data is what values gather in: locations between which
 * values are moved, at least one of them shared, and something is added on the way. */
#pragma once

#include "space/slice.h"

/* Returns a slice of a program for a search by cells, as new, or NULL where nothing is worth being data. The machine is guarded, without
 * data, and borrowed. `stored` has a flag for each location that a search of states would store; the others are data that nobody
 * follows. */
struct slice *cell_slice_new(const struct machine *machine, const struct observed *observed, const bool *stored);
