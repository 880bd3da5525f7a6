/* scheduler: which threads may step, by rules of their own written from docs/certificate.md.
 *
 * A scheduler remembers something between steps, its memory, which is part of a state. It may begin with one of several
 * memories, and may have two options before a step (a signal comes now, or not). */
#pragma once

#include "verify/words.h"

enum { SCHEDULER_THREADS = 64 };

enum scheduler_kind { SCHEDULER_FREE, SCHEDULER_TICK, SCHEDULER_SIGNAL, SCHEDULER_PARALLEL, SCHEDULER_PREEMPTIONS };

enum { ANY = -1, NEVER = -2 };

struct scheduler {
    enum scheduler_kind kind;
    int64_t quantum; /* ticks */
    bool is_round_robin;
    int64_t phase;   /* ticks of the first quantum that are used, or ANY */
    int64_t arrival; /* before which step the signal comes, or ANY, or NEVER */
    int64_t lag;
    int64_t offsets[SCHEDULER_THREADS];
    int64_t bound; /* of preemptions */
};

/* What is remembered; what a kind does not use stays 0, and turn -1. */
struct memory {
    int turn;                         /* a thread, or -1 */
    int64_t count;                    /* docs/certificate.md says of what */
    int64_t leads[SCHEDULER_THREADS]; /* of parallel */
};

/* A state as a scheduler sees it: sets of threads, a bit each. */
struct moment {
    size_t threads;
    uint64_t ready; /* can go on, and are not away */
    uint64_t away;
    uint64_t finished;
    uint64_t joining; /* wait until another thread has finished, which a return may do */
    uint64_t storing; /* have stores that wait in their buffers */
    bool is_decided;  /* else `ready` depends on a value that is not known */
};

/* A step that was taken. */
struct taken {
    size_t thread;
    unsigned option;
    int64_t ticks;
    bool yields;
};

/* Reads "tick quantum=100 pick=any phase=any" for so many threads: each parameter once, in this order. Ends the process
 * where it is none that the verifier knows. */
void scheduler_read(struct scheduler *self, struct span text, size_t threads);

/* "tick" */
const char *scheduler_name(const struct scheduler *self);

/* Which parts of the memory a state lists. */
bool scheduler_has_turn(const struct scheduler *self);
bool scheduler_has_leads(const struct scheduler *self);

int64_t scheduler_start_count(const struct scheduler *self);
void scheduler_start(const struct scheduler *self, const struct moment *moment, int64_t which, struct memory *memory);

/* The number of options, and the threads that may step with one of them; those that are away may always step, with
 * option 0, and are not among them. */
unsigned scheduler_options(const struct scheduler *self);
uint64_t scheduler_choices(const struct scheduler *self, const struct moment *moment, const struct memory *memory,
                           unsigned option);

/* Changes the memory by a step from one state to the next. */
void scheduler_follow(const struct scheduler *self, const struct moment *before, const struct moment *after,
                      const struct taken *taken, struct memory *memory);
