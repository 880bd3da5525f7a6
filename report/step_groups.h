/* step_groups: the steps of a schedule as the list that reports show.
 *
 * A group is a single step (of one with several instructions, one of these), some rounds of a loop, or all that a thread does before the next context switch, which is called a
 * segment. Where a thread repeats the same source lines undisturbed, whole rounds become one group; lines are compared, not
 * instructions, since .rept unrolls loops. A round begins with a step, unless all is in the middle of one, where its line is least, the head of the loop. The groups, in order,
 * cover the schedule exactly; of a long list the middle can be left out. */
#pragma once

#include "report/middle.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum step_grouping { GROUP_STEPS, GROUP_ROUNDS, GROUP_SEGMENTS };

struct step_group {
    size_t first;                     /* index of the first that is listed */
    size_t count;                     /* of what is listed: rounds * period */
    size_t rounds;                    /* 1 unless it is a loop */
    size_t period;                    /* listed a round */
    size_t first_number, last_number; /* of its steps */
    bool goes_on;                     /* it begins in the middle of a step */
    uint32_t thread;
    bool is_preemption;  /* it interrupts a thread that could have continued */
    uint32_t first_line; /* the least and the greatest line of the source */
    uint32_t last_line;
};

struct step_groups {
    struct step_group *items;
    size_t count;
    size_t capacity;
    struct middle left_out;
};

/* Returns the groups of a trace; they are freed with step_groups_free(). At the step `border`, 0 for the first, a group begins,
 * whatever is before it; SIZE_MAX: there is no such step. Of more than `most` groups all but so many at each end are left out. */
struct step_groups step_groups_make(const struct trace *trace, enum step_grouping grouping, size_t border, size_t most,
                                    size_t each_end);
void step_groups_free(struct step_groups *self);

/* The numbers of the first and the last step that are left out. */
size_t step_groups_left_out_first(const struct step_groups *self);
size_t step_groups_left_out_last(const struct step_groups *self);
