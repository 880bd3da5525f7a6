/* contribution: what each thread does to a variable when the threads run one after another.
 *
 * A repair must leave each thread its own work: a program in which one thread does that of all gives the same result, and
 * is none. So a thread's contribution is the sum of the changes that its steps make to the variable on one schedule
 * without any preemption: the thread with the lowest index runs until it has finished or waits, then the next. In a
 * program without lost updates it is the same on all schedules. */
#ifndef RACECHECK_COURSE_CONTRIBUTION_H
#define RACECHECK_COURSE_CONTRIBUTION_H

#include "models/program.h"

#include <stdbool.h>
#include <stdint.h>

/* Fills the contribution of every thread (there are at most PROGRAM_THREADS_MAX) to a shared word. Returns false where
 * that schedule does not come to an end: it deadlocks, meets an error of the program, or goes on for too long. */
bool contribution_find(const struct program *program, uint32_t word, int64_t *contributions);

#endif
