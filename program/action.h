/* action: one choice of a scheduler.
 *
 * A schedule is a list of actions (program/schedule.h). Most are steps of a thread; the others are what a scheduler or the
 * world can decide beside that. An action is a plain value. */
#pragma once

#include "program/act.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum action_kind {
    ACTION_STEP,   /* a thread executes its next instruction */
    ACTION_RETURN, /* a thread returns from input or output, for which it needs no processor */
    ACTION_SIGNAL, /* the signal arrives, and then a thread executes its next instruction */
    ACTION_FLUSH,  /* the oldest store in a thread's store buffer reaches memory, for which it needs no processor */
    ACTION_PHASE   /* so many ticks of the first quantum are used already; only at the start */
};

struct action {
    uint8_t kind;   /* an enum action_kind */
    uint8_t thread; /* who steps; 0 for ACTION_PHASE */
    uint8_t choice; /* of a step that can turn out in several ways: which one; else 0 */
    uint32_t phase; /* for ACTION_PHASE; else 0 */
};

static inline struct action action_by(enum action_kind kind, size_t thread)
{
    return (struct action){.kind = (uint8_t)kind, .thread = (uint8_t)thread};
}

static inline struct action action_choose(enum action_kind kind, size_t thread, unsigned choice)
{
    return (struct action){.kind = (uint8_t)kind, .thread = (uint8_t)thread, .choice = (uint8_t)choice};
}

static inline struct action action_phase(uint32_t phase)
{
    return (struct action){.kind = ACTION_PHASE, .phase = phase};
}

/* What a machine is told of an action (machine_choose()): which way, or that the oldest store reaches memory. */
static inline unsigned action_way(struct action self)
{
    return self.kind == ACTION_FLUSH ? WAY_FLUSH : self.choice;
}

/* Whether something happens in the program. */
static inline bool action_is_step(struct action self)
{
    return self.kind != ACTION_PHASE;
}

static inline bool action_equals(struct action a, struct action b)
{
    return a.kind == b.kind && a.thread == b.thread && a.choice == b.choice && a.phase == b.phase;
}
