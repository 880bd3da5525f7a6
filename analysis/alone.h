/* alone: what becomes of a word when each thread runs by itself.
 *
 * From this a report knows whether the threads of a program count: then what all of them come to can be compared with what one
 * of them comes to. */
#pragma once

#include "machine/machine.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether each thread, from the first state on and while no other steps, comes to its end with the same value of a word, and
 * writes that to *value. Threads that wait, fail, or take millions of steps do not. Nothing is data in the machine, which is
 * widened where a value does not fit. */
bool alone_agrees(struct machine *machine, location_id word, int64_t *value);
