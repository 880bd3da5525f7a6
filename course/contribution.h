/* contribution: what each thread does to a variable.
 *
 * A repair must leave each thread its own work: a program in which one thread does that of all gives the same result, and
 * is none. A thread's contribution is the sum of the changes that its steps make to the variable. It is found on one
 * schedule, in which the threads run one after another, as what should be; and then looked for in all schedules, since a
 * program may behave where it is alone and cheat where it is not. In a program without lost updates it is the same on all
 * of them. */
#pragma once

#include "base/budget.h"
#include "program/program.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scheduler;

/* Fills the contribution of every thread (there are at most PROGRAM_THREADS_MAX) to a shared word, on the schedule without
 * any preemption in which the thread with the lowest index runs until it has finished or waits, then the next. Returns
 * false where that schedule does not come to an end: it deadlocks, meets an error of the program, or goes on for too
 * long. */
bool contribution_find(const struct program *program, uint32_t word, int64_t *contributions);

enum contribution_verdict {
    CONTRIBUTION_AS_EXPECTED, /* on every schedule that ends */
    CONTRIBUTION_OTHER,       /* a thread has another one on a schedule that ends */
    CONTRIBUTION_VARIES,      /* a thread does not have the same one on all schedules */
    CONTRIBUTION_OPEN         /* the budget was exceeded first */
};

/* What is wrong with a thread. */
struct contribution_finding {
    size_t thread;
    int64_t contribution; /* for CONTRIBUTION_OTHER */
};

/* Looks at all schedules that a scheduler allows, by a search of the states with all their values: each is
 * given the contributions with which it was first reached. Where a state is reached once more with others, and every state
 * can still come to the end, some schedule ends with other contributions than some other; that every state can is for the
 * caller to know. The finding is filled where there is one. */
enum contribution_verdict contribution_check(const struct program *program, const struct scheduler *scheduler,
                                             uint32_t word, const int64_t *expected, struct budget *budget,
                                             struct contribution_finding *finding);
