/* overtaking: the automaton that counts how often others enter critical sections while a thread waits for one (bounded bypass; Anderson,
 * Kim and Herman, Shared-memory mutual exclusion, Distributed Computing 2003).
 *
 * Its modes are 0, where the thread has not asked to enter, and 1 + the entries of others since; the last one, `most` + 2, stands for more,
 * too. It watches a schedule step by step. */
#pragma once

#include "analysis/waiting.h"

struct overtaking {
    const struct machine *machine; /* of concrete states; borrowed */
    size_t thread;
    size_t most; /* entries that are claimed; one more is too many */
};

/* A step, and the states around it, with how the thread waits there. */
struct overtaking_step {
    const uint64_t *from;
    const uint64_t *to;
    enum waiting_kind waits_from, waits_to;
    bool is_own; /* the thread's, and not that a store of it reaches memory */
};

/* The mode in a first state; and behind a step that is taken in a mode. */
size_t overtaking_begin(const struct overtaking *self, const uint64_t *state, enum waiting_kind waits);
size_t overtaking_next(const struct overtaking *self, const struct overtaking_step *step, size_t mode);
