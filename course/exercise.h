/* exercise: a small random program in which threads change one variable.
 *
 * Each thread goes round a few times; in a round it reads the variable, adds its own number and writes the sum, in one
 * of several ways and with work of its own before, between and behind. Some threads may do so within a lock, or with a
 * permit of a semaphore. An exercise is a plain value: what was drawn, before it is written as text. Its threads are A, B,
 * C, ... */
#pragma once

#include "base/generator.h"

#include <stdbool.h>
#include <stdint.h>

enum { EXERCISE_THREADS_MAX = 4 };

/* How a round gets the sum into the variable. */
enum exercise_style {
    STYLE_PLAIN,    /* load, add, store */
    STYLE_COPIED,   /* load, copy to another register, add there, store */
    STYLE_REVERSED, /* the number first, then the variable added to it, store */
    STYLE_AT_ONCE,  /* one instruction that adds to the variable */
    EXERCISE_STYLES
};

enum exercise_guard { GUARD_NONE, GUARD_MUTEX, GUARD_SEMAPHORE, EXERCISE_GUARDS };

struct exercise_thread {
    int64_t delta; /* not 0 */
    unsigned rounds;
    enum exercise_style style;
    unsigned before;  /* steps of the thread's own: before the load, */
    unsigned between; /* between load and store, */
    unsigned behind;  /* and behind the store */
    bool is_guarded;
    unsigned ticks; /* that an instruction costs */
};

struct exercise {
    const char *variable; /* borrowed, static */
    int64_t first;
    enum exercise_guard guard;
    int64_t permits; /* of the semaphore */
    unsigned thread_count;
    struct exercise_thread threads[EXERCISE_THREADS_MAX];
};

/* What may be drawn. Where there are *roles*, they say what the threads are like, one letter each, and are dealt at
 * random; u, U and p add, d, D and m take away:
 *
 *     u d  load and store are apart, and nothing guards them
 *     U D  the same, within the lock or with a permit
 *     p m  all in one step, unguarded */
struct exercise_wishes {
    const char *roles;      /* or NULL */
    unsigned least_threads; /* without roles */
    unsigned most_threads;
    unsigned least_rounds; /* with roles: of those that nothing guards; 0 is 1 */
    int64_t least_steps;   /* of all threads together: aimed at, not kept to the letter */
    int64_t most_steps;
    unsigned own_most;   /* steps of a thread's own, in each of the three places */
    unsigned ticks_most; /* 1: no instruction costs more */
    bool may_guard;      /* without roles */
    bool must_race;      /* no thread adds at once, so that each one can lose something */
};

/* Draws a program. */
struct exercise exercise_make(struct generator *generator, const struct exercise_wishes *wishes);

/* Draws the name of a variable, borrowed. */
const char *exercise_variable(struct generator *generator);

/* Draws what a thread adds: -magnitude to magnitude, but not 0. */
int64_t exercise_delta(struct generator *generator, int64_t magnitude);

/* The program as text, new. */
char *exercise_text(const struct exercise *self);

/* The value of the variable when no thread disturbs another. */
int64_t exercise_sum(const struct exercise *self);
