/* turns: a schedule of threads alone, told by its repetitions, so that it can be as long as one likes.
 *
 *     T0*3 (T0*3 T1*3)*999999998 T1 T0*2
 *
 * A list of *turns*, so many steps of one thread in a row, and of groups, which are repeated; groups do not lie in one another. It is
 * printed in the notation of schedules (program/schedule.h), whose reader knows it, too. A struct turns owns its array; one that was zeroed is
 * empty, and every one is freed with turns_free(). */
#pragma once

#include "base/error.h"
#include "program/schedule.h"

enum turn_kind { TURN_STEPS, TURN_OPEN, TURN_CLOSE };

struct turn {
    uint8_t kind;    /* enum turn_kind */
    uint8_t thread;  /* of TURN_STEPS */
    uint64_t number; /* of steps, at least 1; of TURN_CLOSE, how often what stands in the group is done; else 0 */
};

struct turns {
    struct turn *items;
    size_t count;
    size_t capacity;
};

/* Appends steps of a thread, to the turn before where it is its own. */
void turns_add(struct turns *self, size_t thread, uint64_t steps);

/* Begins a group, and ends it. */
void turns_open(struct turns *self);
void turns_close(struct turns *self, uint64_t times);

/* A copy in which every group is repeated `times` times as often. Groups that are not repeated at all are left out. As new. */
struct turns turns_repeat(const struct turns *self, uint64_t times);

/* How many steps there are; UINT64_MAX where there are more. */
uint64_t turns_steps(const struct turns *self);

/* Appends them with the names of threads, or with their numbers where names is NULL. */
void turns_print(struct text *text, const struct turns *self, const struct thread_names *names);

/* Reads length bytes: turns, and groups in parentheses. Returns false with *error set, which has the line and the column. */
bool turns_read(struct turns *self, const char *text, size_t length, const struct thread_names *names,
                struct error *error);

void turns_free(struct turns *self);
