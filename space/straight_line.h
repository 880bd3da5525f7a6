/* straight_line: the straight-line code of the threads of one class, as the moves of its steps.
 *
 * A line has the steps of the program, or, *fused*, one for each step that touches shared locations together with
 * those after it that touch only the thread's own registers: such a step commutes with every step of the other threads, so
 * that taking it at once loses no value. The moves of several instructions are composed (machine/composition.h). Positions in a line run from
 * 0 to count. A line owns its arrays and is freed with straight_line_free(). */
#pragma once

#include "space/slice.h"

enum { STRAIGHT_LINE_MOVES_MAX = 64 }; /* of a step */

struct straight_line {
    uint32_t count;     /* steps, fused ones counted once */
    size_t thread;      /* the first thread of the class; moves are told of its registers */
    size_t threads;     /* how many there are */
    struct move *moves; /* the relevant moves of all steps */
    size_t move_count;
    size_t move_capacity;
    size_t *first;   /* where the moves of a step begin; one more at the end */
    bool overflows;  /* the moves of some step do, together, or are too many */
    uint32_t *kinds; /* of each step: steps of all lines with the same moves have the same kind */
};

/* What lines are built from; borrowed. */
struct straight_line_source {
    const struct machine *machine;
    const struct slice *slice;
    bool fused;
};

/* Builds the steps of line->thread, which is set; the rest is empty. */
void straight_line_build(struct straight_line *line, const struct straight_line_source *source);

/* Gives every step of some lines its kind. */
void straight_line_number_kinds(struct straight_line *lines, size_t count);

/* A location that a line's moves tell of, as it is for another thread of the class: its own register; shared ones stay. */
location_id straight_line_location(const struct machine *machine, location_id location, size_t thread);

void straight_line_free(struct straight_line *self);
