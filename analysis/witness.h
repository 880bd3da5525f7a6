/* witness: the schedule with the fewest preemptions for an end, among those the first in thread order.
 *
 * A fold of preemptions (or of lexicographic values) over a space that tracks the last thread, all of whose elements were kept, tells from every state
 * at which cost an end can still be reached. The witness is then simply walked: at each state the first thread whose step
 * keeps the cost as low as it can be. The walk follows concrete threads and concrete values of the data; the space may have
 * merged identical threads. */
#pragma once

#include "analysis/fold.h"
#include "analysis/outcome.h"
#include "space/graph.h"
#include "space/grid.h"

/* Where to look. One of graph and grid is NULL; both track the last thread. All borrowed. */
struct witness_source {
    const struct machine *machine; /* sliced as the space is */
    const struct slice *slice;
    const struct graph *graph;
    const struct grid *grid;
    const struct fold *fold; /* kept; its semirings are preemptions or lexicographic */
};

#define WITNESS_UNCOUNTED UINT32_MAX /* as preemptions: whoever found the schedule did not count them */

/* A schedule that was found. */
struct witness {
    struct schedule schedule; /* returns are told by replay alone, here they are steps */
    uint32_t preemptions;
};

/* Finds the witness for an end (value only for OUTCOME_VALUE) and fills *witness. Returns false where there is no schedule
 * with that end. */
bool witness_find(const struct witness_source *source, enum outcome_end end, int64_t value, struct witness *witness);
