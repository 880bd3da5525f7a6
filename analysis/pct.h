/* pct: the exact probabilities of probabilistic concurrency testing (analysis/sample.h), by following all that it can draw.
 *
 * What it has come to after some steps is a state of the program, the priorities of the threads, as far as their order matters, and the change points that
 * are still to come; a change point that has not come yet is equally likely at each step that is left. Ways that come to the same are
 * followed together. */
#pragma once

#include "analysis/detection.h"
#include "base/budget.h"

struct program;
struct scheduler;

enum { PCT_THREADS_MAX = 6 };

/* Fills what a detection says of PCT; its depth and steps, and the rows of the outcome, are given. Where there is more to follow than `places_max`
 * places, or the budget ends, the probability of what was left out is told. */
void pct_find(struct detection *self, const struct program *program, const struct scheduler *scheduler,
              const struct observation *observation, const struct outcome *outcome, size_t places_max,
              struct budget *budget);
