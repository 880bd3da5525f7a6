/* rounds: each way round through a code has a switch point.
 *
 * A front-end that takes what touches registers alone together with the step before may leave a loop in which nothing else happens: a thread that
 * goes round for itself. Its steps must end nevertheless. */
#pragma once

#include "program/instruction.h"

/* Makes instructions that lead back switch points where one is missing. Targets of jumps are indices of instructions. */
void rounds_open(struct instruction *instructions, size_t count);
