/* system: a machine under a scheduler, as one transition system.
 *
 * A state of the system is the machine's control state, followed by the scheduler's memory and, in a system that *tracks the last thread*, by
 * the mark: which thread stepped last. The mark is what preemptions are counted from. A thread that returns from input or
 * output needs no processor: that is no step last made, and no preemption.
 *
 * With symmetry, threads of one class are interchangeable, and of all states that differ only by such an exchange one is
 * kept, the *canonical* one: blocks of a class in ascending order, of equal blocks those with the lesser number in the
 * scheduler's memory first, then the scheduler's current thread, then the one that stepped last. Threads of a class that are equal in
 * all this form a *group*; without symmetry each thread is a group of its own. One step of one representative stands for a
 * step of each thread of its group (Ip and Dill, Better verification through symmetry, 1996).
 *
 * A system borrows its machine and scheduler, is constant once made, and is freed with system_free(). */
#pragma once

#include "machine/machine.h"
#include "program/action.h"
#include "schedulers/scheduler.h"

enum {
    SYSTEM_THREADS_MAX = SCHEDULER_THREADS_MAX,
    SYSTEM_SCHEDULER_OPTIONS_MAX = 2,
    SYSTEM_OPTIONS_MAX = SYSTEM_SCHEDULER_OPTIONS_MAX * CHOICES_MAX,
    /* Over all options; the assembler sees to it. */
    SYSTEM_STEPS_MAX = SYSTEM_SCHEDULER_OPTIONS_MAX * (CHOICES_TOTAL_MAX + SCHEDULER_THREADS_MAX)
};

/* A run of bits of a state, which never crosses a quad. */
struct system_field {
    size_t first;
    size_t bits;
};

/* The groups of a state: which group each thread is in, numbered from 0 in thread order, and how many threads each has. */
struct groups {
    size_t count;
    uint8_t of[SYSTEM_THREADS_MAX];     /* group of a thread */
    uint8_t size[SYSTEM_THREADS_MAX];   /* threads of a group */
    uint8_t leader[SYSTEM_THREADS_MAX]; /* first thread of a group */
};

struct system {
    const struct machine *machine;
    const struct scheduler *scheduler;
    size_t thread_count;
    bool symmetric;                      /* states are made canonical */
    const struct counted_event *counted; /* what the machine counts, borrowed; or NULL */
    bool tracks_last;
    bool collapses; /* stretches without choice are one edge of a graph (space/macrostep.h) */
    bool fuses;     /* so is a step with the local steps behind it */
    struct scheduler_shape shape;
    unsigned
        options;  /* the scheduler's, and, where stores wait in buffers, one by which the oldest one reaches memory */
    bool chooses; /* the scheduler: which of the ready threads may step */
    size_t quads; /* of 64 bits that a state is made of, at least 1 */
    struct system_field common;  /* of the scheduler's memory */
    struct system_field current; /* 0 for nobody, else thread + 1 */
    struct system_field own[SYSTEM_THREADS_MAX];
    struct system_field mark;                        /* 0 for nobody, else thread + 1 */
    size_t next[SYSTEM_THREADS_MAX];                 /* the next thread of the same class, or thread_count */
    size_t previous[SYSTEM_THREADS_MAX];             /* the one before it, or thread_count */
    bool has_twins;                                  /* some class has more than one thread */
    struct machine_block blocks[SYSTEM_THREADS_MAX]; /* the machine's, at hand */
    struct groups alone;                             /* of every state without symmetry: each thread is one */
};

struct system_options {
    bool symmetry; /* used where the scheduler allows it */
    bool tracks_last;
    bool collapse; /* where the scheduler insists */
    bool fuse;     /* where threads are scheduled freely, no event is counted and nobody asks who stepped last */
};

/* Makes a system. */
struct system *system_new(const struct machine *machine, const struct scheduler *scheduler,
                          const struct system_options *options);
void system_free(struct system *self);

/* The number of first states, and writes one of them, 0 .. count - 1; they differ in the scheduler's memory alone. */
uint64_t system_start_count(const struct system *self);
void system_start(const struct system *self, uint64_t which, uint64_t *state);

/* Finds the groups of a state. */
void system_groups(const struct system *self, const uint64_t *state, struct groups *groups);

/* What can happen in a state: for each option the threads that may step with it. An option is one of the scheduler's and, for
 * steps that can turn out in several ways, which one: the first are the scheduler's with the first way, then come those with the
 * second way, and so on. Where stores wait in buffers, behind the scheduler's option stands another one each time: the first is that a
 * thread's oldest store reaches memory, the others are nobody's. */
struct system_choices {
    uint64_t ready;                       /* threads that could go on if they had a processor */
    uint64_t away;                        /* threads whose step is a return from input or output */
    uint64_t threads[SYSTEM_OPTIONS_MAX]; /* one an option, set up to options; returns are among the first */
    unsigned options;
};
void system_choices(const struct system *self, const uint64_t *state, struct system_choices *choices);

/* Whether nobody may step, by choices and in a state; how many choices there are; whether a step of a thread would be a
 * preemption (only for a system that tracks the last thread). */
static inline bool system_is_end(const struct system_choices *choices)
{
    for (unsigned option = 0; option < choices->options; option++)
        if (choices->threads[option] != 0)
            return false;
    return true;
}
bool system_is_stuck(const struct system *self, const uint64_t *state);
static inline unsigned system_choice_count(const struct system_choices *choices)
{
    unsigned count = 0;
    for (unsigned option = 0; option < choices->options; option++)
        count += (unsigned)__builtin_popcountll(choices->threads[option]);
    return count;
}
bool system_is_preemption(const struct system *self, const uint64_t *state, const struct system_choices *choices,
                          unsigned option, size_t thread);

/* Whether an option is that a thread's oldest store reaches memory: for that it needs no processor, so it is no step last made, and no
 * preemption. */
static inline bool system_is_flush(const struct system *self, unsigned option)
{
    return option == 1 && self->options > self->shape.options;
}

/* Reads what the scheduler remembers in a state. */
void system_memory(const struct system *self, const uint64_t *state, struct scheduler_memory *memory);

/* The thread that stepped last, or -1; only for a system that tracks the last thread. */
int system_last_thread(const struct system *self, const uint64_t *state);

/* The action that a step of a thread with an option is. */
struct action system_action(const struct system *self, unsigned option, size_t thread);

/* Takes a step of a thread (one of the choices of an option) from `before` into `after`, a different array, without making
 * it canonical. Where the step's result is not STEP_TAKEN, after is unspecified. */
void system_step(const struct system *self, const uint64_t *before, const struct system_choices *choices,
                 unsigned option, size_t thread, uint64_t *after, struct step *step);

/* Makes a state canonical. Writes to moved[t] the place where the former thread t is now; moved may be NULL. */
void system_canonicalize(const struct system *self, uint64_t *state, uint8_t *moved);
