/* lane: the straight-line code of the threads of one class, as the moves of its steps.
 *
 * A lane has one step an instruction, or, *fused*, one for each instruction that touches shared locations together with
 * those after it that touch only the thread's own registers: such a step commutes with every step of the other threads, so
 * that taking it at once loses no value. The moves of fused steps are composed (checker/composition.h). Positions in a lane run from
 * 0 to count. A lane owns its arrays and is freed with lane_free(). */
#ifndef RACECHECK_CHECKER_LANE_H
#define RACECHECK_CHECKER_LANE_H

#include "checker/slice.h"

struct lane {
    uint32_t count;     /* steps, fused ones counted once */
    size_t thread;      /* the first thread of the class; moves are told of its registers */
    size_t threads;     /* how many there are */
    struct move *moves; /* the relevant moves of all steps */
    size_t move_count;
    size_t move_capacity;
    size_t *first;   /* where the moves of a step begin; one more at the end */
    bool overflows;  /* the moves of a fused step do, together */
    uint32_t *kinds; /* of each step: steps of all lanes with the same moves have the same kind */
};

/* What lanes are built from; borrowed. */
struct lane_source {
    const struct machine *machine;
    const struct slice *slice;
    bool fused;
};

/* Builds the steps of lane->thread, which is set; the rest is empty. */
void lane_build(struct lane *lane, const struct lane_source *source);

/* Gives every step of some lanes its kind. */
void lane_number_kinds(struct lane *lanes, size_t count);

void lane_free(struct lane *self);

#endif
