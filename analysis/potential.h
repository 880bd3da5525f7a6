/* potential: a bound for what values a schedule can end with, for every number of repetitions at once.
 *
 * On tracks with a threshold (analysis/iterated.h) a potential gives each pair of a state and a slot a number Y, or none where
 * nothing flows from there into what is observed, such that for every step and every entry of it
 *
 *     Y(state, slot) <= addend - wrap + Y(successor, image)        and Y(end, observed) <= 0
 *
 * where wrap is the *slope* of the thread if the step is the last one of its loop, else 0. So what a value of `slot` can become, when
 * each thread goes through the end of its loop K times, is at least that value + Y + K * (sum of slopes): a feasible potential in the sense
 * of shortest paths (Bellman, 1958; Johnson, 1977). Where the slopes are such that no cycle has a negative weight, shortest
 * paths are one. For an upper bound all addends are negated, and the result, too.
 *
 * A struct potential is constant once made, and owns its array. */
#pragma once

#include "analysis/iterated.h"

#define POTENTIAL_NONE INT64_MAX

struct potential {
    int64_t slopes[ITERATED_THREADS_MAX];
    int64_t *values; /* [state * slots + slot] */
};

/* Finds the potential with these slopes for whatever flows from one slot at the start. Returns false where some cycle has a negative
 * weight, there are too many states, or *left entries were looked at: it becomes less by those that were. */
bool potential_make(struct potential *self, const struct tracks *tracks, uint32_t slot, bool is_upper,
                    const int64_t *slopes, uint64_t *left);
void potential_free(struct potential *self);

/* Its number at a state and slot. */
static inline int64_t potential_at(const struct potential *self, const struct tracks *tracks, uint64_t state,
                                   size_t slot)
{
    return self->values[state * tracks->of->slot_count + slot];
}

/* ---- Exact tracks ---------------------------------------------------------------------------------------------------- */

/* The same on exact tracks, where every state is followed by earlier ones, and slopes are 0: the least (greatest) that can be added on
 * the way, exactly. As new. */
int64_t *potential_fold(const struct tracks *tracks, bool is_upper);

/* The least (greatest) final value with k repetitions; *slot is where it begins, the first one. Returns false where there is none. */
bool potential_extreme(const struct tracks *tracks, const int64_t *fold, bool is_upper, uint32_t k, int64_t *value,
                       uint32_t *slot);
