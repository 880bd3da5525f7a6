/* schedule_count: how many schedules there are, counted in two ways that know nothing of values.
 *
 * The numbers that the fold gives for the values must add up to these; the sum is checked in every run. */
#pragma once

#include "base/budget.h"
#include "space/space.h"

#include <gmp.h>

/* Counts the schedules from the start of a space without cycles to any end (final, deadlock or error of the program), by
 * adding up numbers of ways along the steps. Returns false where the budget is exceeded. */
bool schedules_count(const struct space *space, struct budget *budget, mpz_t count);

/* The multinomial coefficient (sum of lengths)! / product of lengths!: the number of interleavings of threads of these
 * lengths that never wait. */
void schedules_multinomial(const uint64_t *lengths, size_t count, mpz_t result);
