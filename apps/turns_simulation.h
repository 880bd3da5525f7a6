/* turns_simulation: `racecheck --schedule` of a program whose loops are too long to be unrolled: the schedule is told by its repetitions, and
 * executed by trace/turns_replay.h. */
#pragma once

#include "apps/examination.h"

/* Executes the schedule of the options, and writes what comes of it. Returns the exit status, with *error set where there is something to
 * say. */
enum status turns_simulation_run(struct examination *examination, struct error *error);
