/* execution: one step under way, for machine/machine_step.c, which executes, and machine/machine_synchronise.c, which knows what
 * threads synchronise by. */
#pragma once

#include "machine/machine_parts.h"

struct execution {
    struct scene scene;
    uint64_t *state;
    struct step *step;
    unsigned choice;      /* which of several outcomes */
    unsigned guard_first; /* of a guarded machine: the first guard of this instruction */
    uint32_t next;        /* where the thread goes on */
};

/* The step fails. */
void execution_fail(struct execution *self, enum failure failure);

/* Gives a control location a value, or says that it is too narrow for it. */
void execution_store(struct execution *self, location_id target, int64_t value);

/* Gives a location, as it is now, to another: moves it, where it is data. */
void execution_copy(struct execution *self, location_id target, location_id source);

/* Sends a thread to its next instruction. */
void execution_go_on(struct execution *self, size_t thread, uint32_t next);

/* Whether what a micro-operation does with an object is allowed: else the step fails. */
void execution_check(struct execution *self, enum micro_kind kind);

/* What a micro-operation does with an object, or to other threads; nothing where it is of another kind. */
void execution_synchronise(struct execution *self, enum micro_kind kind);
