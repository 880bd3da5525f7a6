/* slots: the numbering of what the fold knows about a state.
 *
 * The fold describes, for each state and each *slot*, all continuations whose last value comes from that slot. Most slots
 * are places in memory: a relevant shared location, or a relevant register of the threads of one group (threads of a group
 * are interchangeable, so one description serves them all). The first few are fates instead: the last value is one that
 * control knows; the schedule ends in a deadlock; it ends in an error of the program.
 *
 * An *entry* of a step says how descriptions travel backwards: a continuation of the successor that starts at slot `image`
 * is, seen from this state, one that starts at `slot`, with `addend` added on the way, for `weight` of the threads that
 * the step stands for. (The step of one thread out of a group of m does something else to that thread's registers than to
 * those of the m - 1 others.) */
#pragma once

#include "space/slice.h"
#include "space/system.h"

#define SLOT_NONE (-1)

struct slots {
    int constant; /* slot numbers, or SLOT_NONE where the space has no such thing */
    int deadlock;
    int failure;
    int observed;            /* slot of the observed variable, or SLOT_NONE where it is control */
    unsigned first_register; /* the registers of group g begin at first_register + g * register_count */
    unsigned register_count;
    unsigned count;            /* of slots, with as many groups as a state of the space can have */
    const struct slice *slice; /* borrowed */
    int *of_shared;            /* slot of each shared location, or SLOT_NONE */
    int *of_register;          /* position of each register number within a group, or SLOT_NONE */
};

struct entry {
    uint16_t slot;   /* of the state */
    uint16_t image;  /* of the successor */
    uint32_t weight; /* at least 1 */
    int64_t addend;
};

/* Numbers the slots for a slice. */
void slots_start(struct slots *self, const struct slice *slice, const struct machine *machine, size_t groups_max,
                 bool may_deadlock, bool may_fail);
void slots_free(struct slots *self);

/* The slot of a register of a group, or of a location that is shared; SLOT_NONE where it is not relevant. */
int slots_of_register(const struct slots *self, unsigned number, size_t group);
int slots_of_shared(const struct slots *self, location_id location);

/* The greatest number of entries that one step can have. */
size_t slots_entries_max(const struct slots *self);

/* A step, or a whole macrostep, as far as entries depend on it. Where other threads than the first one have moved data, every
 * thread is a group of its own. */
struct slots_step {
    const struct machine *machine;
    const struct groups *from; /* of the state */
    const struct groups *to;   /* of the successor */
    const uint8_t *moved;      /* where each thread of the state is in the successor */
    size_t thread;             /* who steps */
    const struct move *moves;
    size_t move_count;
};

/* Writes the entries of a step and returns how many. */
size_t slots_entries(const struct slots *self, const struct slots_step *step, struct entry *entries);
