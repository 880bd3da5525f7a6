/* step_list: what each step of each thread is, for people.
 *
 * A step is an instruction that is a switch point, with those behind it that are none (ARCHITECTURE.md, steps and switch points). Steps of the
 * same words in the same line stand there once, with how often they do: as a loop's rounds may stand one behind the other. */
#pragma once

#include "program/program.h"

/* Returns the list as new, a text of several lines. Threads whose lists are equal share one. */
char *step_list(const struct program *program);
