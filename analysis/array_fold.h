/* array_fold: the extremes of a grid of two lanes, and its values where they are intervals, as array code.
 *
 * What analysis/fold.h does state by state, with a level of elements at a time, is done here by tiles (analysis/array_tile.h), which are
 * folded along the diagonals of the grid, all tiles of a diagonal at once. What is kept is one row and one column of elements. The
 * answers are the same, whatever the number of jobs; the fold is the oracle for them. Where the threads are alike half of the
 * tiles are mirror images, and left out. */
#pragma once

#include "analysis/estimate.h"
#include "analysis/fold.h"
#include "space/lanes.h"

struct array_fold {
    struct extremes extremes; /* least above greatest: no schedule ends with a value */
    bool is_contiguous;       /* each set of values that was met is an interval, in units: */
    struct intervals values;  /* ... those of all schedules; else empty */
    unsigned element_bits;
    struct value_range
        slots[LANES_SLOTS_MAX + 1]; /* of each slot: what is added from the start on, in units; may be empty */
};

/* Whether the sums of some lanes can be told apart from what no schedule comes to. */
bool array_fold_applies(const struct lanes *lanes);

/* What it will cost one job: an estimate must not depend on how many there are, since what is answered must not. */
struct estimate array_fold_estimate(const struct lanes *lanes);

/* Folds. array_fold_free() is to be called whatever the result, which is FOLD_COMPLETE or FOLD_INCOMPLETE. */
enum fold_result array_fold_run(struct array_fold *self, const struct lanes *lanes, unsigned jobs,
                                struct budget *budget);
void array_fold_free(struct array_fold *self);
