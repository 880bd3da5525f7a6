/* simulation: one schedule that the user gives, executed; nothing is searched.
 *
 * The schedule is replayed under the program's scheduler. Where it is short it can be continued, each thread in turn, or
 * repeated. The outcome then has what this schedule shows, is incomplete, and has the schedule as its witness where it comes
 * to an end. */
#pragma once

#include "apps/examination.h"
#include "program/schedule.h"

struct simulation {
    struct schedule schedule; /* as it was given */
    struct trace *trace;      /* NULL where the schedule is not possible */
    bool owns_trace;          /* else the outcome's witness does */
};

enum { SIMULATION_CONTINUED_MAX = 100000 }; /* steps beyond those that were given */

/* Executes the schedule of an examination's options. Returns STATUS_OK, or another status with *error set: where the options do
 * not go together, or the schedule is not possible. */
enum status simulation_run(struct simulation *self, struct examination *examination, struct error *error);

/* Says on standard error why the schedule did not come to its end, and returns the exit status for it; STATUS_OK where it
 * did, or deadlocked. */
enum status simulation_status(const struct simulation *self, const struct examination *examination);

void simulation_free(struct simulation *self);
