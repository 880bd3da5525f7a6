/* system: a machine under a scheduler, as one transition system.
 *
 * A state of the system is the machine's control state, followed by the scheduler's memory and, in a *marked* system, by
 * the mark: which thread stepped last. The mark is what preemptions are counted from.
 *
 * With symmetry, threads of one class are interchangeable, and of all states that differ only by such an exchange one is
 * kept, the *canonical* one: blocks of a class in ascending order, of equal blocks the marked one first. Threads of a
 * class with equal blocks (and no mark) form a *group*; without symmetry each thread is a group of its own. One step of
 * one representative stands for a step of each thread of its group (Ip and Dill, Better verification through symmetry,
 * 1996).
 *
 * A system borrows its machine and scheduler, is constant once made, and is freed with system_free(). */
#ifndef RACECHECK_CHECKER_SYSTEM_H
#define RACECHECK_CHECKER_SYSTEM_H

#include "checker/scheduler.h"
#include "models/machine.h"

enum { SYSTEM_THREADS_MAX = 64 };

struct system {
    const struct machine *machine;
    const struct scheduler *scheduler;
    size_t thread_count;
    bool symmetric;          /* states are made canonical */
    bool marked;
    size_t words;            /* 64-bit words of a state, at least 1 */
    size_t memory_first;     /* first bit and number of bits of the scheduler's memory */
    size_t memory_bits;
    size_t mark_first;       /* the same of the mark: 0 for nobody, else thread + 1 */
    size_t mark_bits;
    size_t next[SYSTEM_THREADS_MAX]; /* the next thread of the same class, or thread_count */
    uint64_t firsts;                 /* the threads that begin a class of several */
    struct machine_block blocks[SYSTEM_THREADS_MAX]; /* the machine's, at hand */
};

/* Makes a system. Symmetry is used where it is asked for and the scheduler allows it. */
struct system *system_new(const struct machine *machine, const struct scheduler *scheduler, bool symmetry, bool marked);
void system_free(struct system *self);

/* Writes the first state. */
void system_start(const struct system *self, uint64_t *state);

/* The groups of a state: which group each thread is in, numbered from 0 in thread order, and how many threads each has. */
struct groups {
    size_t count;
    uint8_t of[SYSTEM_THREADS_MAX];     /* group of a thread */
    uint8_t size[SYSTEM_THREADS_MAX];   /* threads of a group */
    uint8_t leader[SYSTEM_THREADS_MAX]; /* first thread of a group */
};
void system_groups(const struct system *self, const uint64_t *state, struct groups *groups);

/* The threads that may step (enabled, and allowed by the scheduler), and those that could go on at all. */
uint64_t system_choices(const struct system *self, const uint64_t *state, uint64_t *enabled);

/* The thread that stepped last, or -1; only for a marked system. */
int system_mark(const struct system *self, const uint64_t *state);

/* Takes a step of a thread (one of the choices) from `before` into `after`, a different array, without making it
 * canonical. Where the step's result is not STEP_TAKEN, after is unspecified. */
void system_step(const struct system *self, const uint64_t *before, size_t thread, uint64_t *after, struct step *step);

/* Makes a state canonical. Writes to moved[t] the place where the former thread t is now; moved may be NULL. */
void system_canonicalize(const struct system *self, uint64_t *state, uint8_t *moved);

#endif
