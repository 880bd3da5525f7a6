/* macrostep: what one edge of a graph is.
 *
 * It is one step, and, where the scheduler *insists* (most steps leave no choice, as within a quantum), all the steps that
 * must follow it until there is a choice again, or an end. States on the way are not stored. How data moves is
 * told for the whole way: the moves of its steps, composed (machine/composition.h).
 *
 * With symmetry a macrostep goes on only while the thread that began it steps, since it stands for macrosteps of the other
 * threads of its group, too. A macrostep has at most MACROSTEP_STEPS_MAX steps, so that a stretch without choice that never
 * ends comes to states that are known.
 *
 * `struct macrostep` is the buffers and the result of one macrostep after the other, for one job; started with macrostep_start(),
 * freed with macrostep_free(). */
#pragma once

#include "machine/composition.h"
#include "space/system.h"

enum { MACROSTEP_STEPS_MAX = 1024 };

struct macrostep {
    const struct system *system; /* borrowed */
    uint64_t *spare;
    struct step step;       /* the last one: its result is the macrostep's */
    size_t thread;          /* of the last step */
    uint32_t length;        /* steps */
    uint32_t preemptions;   /* of a system that tracks the last thread */
    bool overlaps;          /* on the way two threads were inside a critical section; not seen: at either end */
    struct composition net; /* of the steps */
    uint8_t threads[MACROSTEP_STEPS_MAX]; /* who made each step */
    bool dies;                            /* a thread ended by an error, others go on: who, and where */
    size_t dead_thread;
    uint32_t dead_index;
    bool adds;                            /* something is added to data on the way */
    uint64_t greatest_addend;             /* of a step, as a magnitude */
};

void macrostep_start(struct macrostep *self, const struct system *system);
void macrostep_free(struct macrostep *self);

/* Travels from a state: the step of a thread (one of the choices of an option), and on. Writes where it leads, not
 * canonical, to another array; unspecified where the result is not STEP_TAKEN. */
void macrostep_run(struct macrostep *self, const uint64_t *from, const struct system_choices *choices, unsigned option,
                   size_t thread, uint64_t *to);

/* Whether two threads are inside the same critical section. */
bool macrostep_finds_overlap(const struct machine *machine, const uint64_t *state);
