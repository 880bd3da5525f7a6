/* scheduler_parts: what the files of the scheduler kinds share; for scheduler*.c alone. */
#ifndef RACECHECK_SCHEDULERS_SCHEDULER_PARTS_H
#define RACECHECK_SCHEDULERS_SCHEDULER_PARTS_H

#include "schedulers/scheduler.h"

/* What a kind is made from. */
struct scheduler_recipe {
    const char *kind;
    const struct property *parameters;
    size_t count;
    size_t threads;
};

/* The makers of the kinds: return a scheduler as new, or NULL with *error set. */
struct scheduler *scheduler_make_tick(const struct scheduler_recipe *recipe, struct error *error);
struct scheduler *scheduler_make_signal(const struct scheduler_recipe *recipe, struct error *error);
struct scheduler *scheduler_make_parallel(const struct scheduler_recipe *recipe, struct error *error);
struct scheduler *scheduler_make_preemptions(const struct scheduler_recipe *recipe, struct error *error);

/* Reads a parameter that is a number from least to most; where it is not given, `otherwise`. */
bool scheduler_read_number(const struct scheduler_recipe *recipe, const char *name, int64_t least, int64_t most,
                           int64_t otherwise, int64_t *result, struct error *error);

/* The same for a number or one of some words (a list that ends with NULL): the w-th word gives -1 - w. */
bool scheduler_read_number_or_word(const struct scheduler_recipe *recipe, const char *name, int64_t least, int64_t most,
                                   const char *const *words, int64_t otherwise, int64_t *result, struct error *error);

/* The same for one of some words: its position. */
bool scheduler_read_word(const struct scheduler_recipe *recipe, const char *name, const char *const *words,
                         size_t otherwise, size_t *result, struct error *error);

static inline bool scheduler_has(uint64_t set, int thread)
{
    return thread >= 0 && (set >> thread & 1) != 0;
}

static inline uint64_t scheduler_only(int thread)
{
    return thread < 0 ? 0 : UINT64_C(1) << thread;
}

#endif
