/* macrostep: what one edge of a graph is.
 *
 * It is one step, and, where the scheduler *insists* (most steps leave no choice, as within a quantum), all the steps that
 * must follow it until there is a choice again, or an end; in a system that *fuses* (a partial-order reduction), all local steps of the same
 * thread that follow it (machine_is_local()). States on the way are not stored. How data moves is
 * told for the whole way: the moves of its steps, composed (machine/composition.h).
 *
 * A local step commutes with all steps of other threads, blocks nobody and is blocked by nobody, so that what is fused
 * comes to every end that a schedule comes to, and to states of the program alone; it loses states in which some thread is before a local step, and
 * schedules that differ only in when one is taken. A local step that would fail is left: it is a step by itself. Local steps that a
 * thread begins with are taken by its first step, since the states of other threads are none of a step of theirs.
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
    struct step
        step;      /* the last one: its result is the macrostep's; of a guarded machine the caller sets its guarding */
    size_t thread; /* of the last step */
    uint32_t length;        /* steps */
    uint32_t preemptions;   /* of a system that tracks the last thread */
    bool overlaps;          /* on the way two threads were inside a critical section; not seen: at either end */
    struct composition net; /* of the steps */
    uint8_t threads[MACROSTEP_STEPS_MAX]; /* who made each step */
    bool dies;                            /* a thread ended by an error, others go on: who, and where */
    size_t dead_thread;
    uint32_t dead_index;
    bool adds;                /* something is added to data on the way */
    uint64_t greatest_addend; /* of a step, as a magnitude */
};

void macrostep_start(struct macrostep *self, const struct system *system);
void macrostep_free(struct macrostep *self);

/* Travels from a state: the step of a thread (one of the choices of an option), and on. Writes where it leads, not
 * canonical, to another array; unspecified where the result is not STEP_TAKEN. */
void macrostep_run(struct macrostep *self, const uint64_t *from, const struct system_choices *choices, unsigned option,
                   size_t thread, uint64_t *to);

/* How many steps a macrostep of a system has at most. */
static inline uint64_t macrostep_longest(const struct system *system)
{
    return system->collapses || system->fuses ? MACROSTEP_STEPS_MAX : 1;
}

/* Whether two threads are inside the same critical section. */
bool macrostep_finds_overlap(const struct machine *machine, const uint64_t *state);
