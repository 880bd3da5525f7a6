/* journey: what one edge of a graph is.
 *
 * It is one step, and, where the scheduler *insists* (most steps leave no choice, as within a quantum), all the steps that
 * must follow it until there is a choice again, or an end. States on the way are not stored. How data moves is
 * told for the whole way: the moves of its steps, composed (checker/composition.h).
 *
 * With symmetry a journey goes on only while the thread that began it steps, since it stands for journeys of the other
 * threads of its group, too. A journey has at most JOURNEY_STEPS_MAX steps, so that a stretch without choice that never
 * ends comes to states that are known.
 *
 * `struct journey` is the buffers and the result of one journey after the other, for one job; started with journey_start(),
 * freed with journey_free(). */
#ifndef RACECHECK_CHECKER_JOURNEY_H
#define RACECHECK_CHECKER_JOURNEY_H

#include "checker/composition.h"
#include "checker/system.h"

enum { JOURNEY_STEPS_MAX = 1024 };

struct journey {
    const struct system *system; /* borrowed */
    uint64_t *last;              /* the state before the last step, where that failed */
    uint64_t *spare;
    struct step step;       /* the last one: its result is the journey's */
    size_t thread;          /* of the last step */
    uint32_t length;        /* steps */
    uint32_t preemptions;   /* of a marked system */
    bool overlaps;          /* on the way two threads were inside a critical section; not seen: at either end */
    struct composition net; /* of the steps */
    uint8_t threads[JOURNEY_STEPS_MAX]; /* who made each step */
    bool adds;                          /* something is added to data on the way */
    uint64_t greatest_addend;           /* of a step, as a magnitude */
};

void journey_start(struct journey *self, const struct system *system);
void journey_free(struct journey *self);

/* Travels from a state: the step of a thread (one of the choices of an option), and on. Writes where it leads, not
 * canonical, to another array; unspecified where the result is not STEP_TAKEN. */
void journey_run(struct journey *self, const uint64_t *from, const struct system_choices *choices, unsigned option,
                 size_t thread, uint64_t *to);

/* Whether two threads are inside the same critical section. */
bool journey_finds_overlap(const struct machine *machine, const uint64_t *state);

#endif
