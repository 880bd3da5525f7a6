/* scheduler: which of the enabled threads may step now.
 *
 * A scheduler is a small automaton beside the program. What it must remember between steps lies in bits that it appends to
 * the control state. Each kind is one file scheduler_NAME.c, which fills a struct scheduler_kind; the search, replay and
 * reports know only this interface. A scheduler is constant once made, and is freed with scheduler_free(). */
#ifndef RACECHECK_CHECKER_SCHEDULER_H
#define RACECHECK_CHECKER_SCHEDULER_H

#include "base/error.h"
#include "base/text.h"
#include "checker/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scheduler;
struct machine;

/* The kinds of schedulers share this table of functions. `memory` is the scheduler's own part of a state, at most 64 bits,
 * as a number; 0 at the start. */
struct scheduler_kind {
    const char *name; /* "free" */

    /* The number of bits of memory that the scheduler needs for a machine, 0 .. 64. */
    size_t (*bits)(const struct scheduler *self, const struct machine *machine);

    /* The set of threads that may step, a subset of enabled that is not empty unless enabled is. */
    uint64_t (*choices)(const struct scheduler *self, const struct machine *machine, const uint64_t *state,
                        uint64_t memory, uint64_t enabled);

    /* The memory after a step of a thread; before is the state that the step left. */
    uint64_t (*after)(const struct scheduler *self, const struct machine *machine, const uint64_t *before,
                      const uint64_t *after, uint64_t memory, size_t thread);

    /* Says why a thread that is enabled may not step. */
    void (*refusal)(const struct scheduler *self, const struct machine *machine, const uint64_t *state, uint64_t memory,
                    size_t thread, struct text *text);

    /* Whether exchanging identical threads changes nothing. */
    bool symmetric;
};

struct scheduler {
    const struct scheduler_kind *kind;
};

/* Returns the free scheduler: any enabled thread may step. Borrowed, static. */
const struct scheduler *scheduler_free_choice(void);

#endif
