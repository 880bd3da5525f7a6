/* policy: each kind of scheduler, written down a second time.
 *
 * Naive and apart from schedulers/, from the words of the documentation alone, so that the two can be compared. A policy
 * is made from the same properties as a scheduler, all of which must be given and good. */
#pragma once

#include "base/property.h"
#include "tests/oracles/enumerator.h"

struct policy {
    struct enumerator_policy head;
    bool round_robin;
    int64_t quantum;
    int64_t phase;   /* ticks that are used of the first quantum; -1: any number */
    int64_t arrival; /* step before which the signal arrives; -1: any or none; -2: none */
    int64_t lag;
    int64_t offset[ENUMERATOR_THREADS_MAX]; /* 0 for threads beyond the list */
    int64_t bound;
    int64_t cores;
    bool is_fair;
    bool inherits; /* the mutex m lets its holder have the priorities of those that wait for it */
    int64_t priorities[ENUMERATOR_THREADS_MAX];
    uint64_t (*may)(const void *context, const struct enumerator_moment *moment, const struct enumerator_memory *memory,
                    unsigned option); /* where there are priorities: who may step without them */
};

/* Makes the policy of a kind of scheduler. It must stay where it is, since it points to itself. */
void policy_start(struct policy *self, const char *kind, const struct property *parameters, size_t count);
