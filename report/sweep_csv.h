/* sweep_csv: a sweep as comma-separated values, as RFC 4180 has them.
 *
 * A line a point, after a line of names: the parameters, status, complete, minimum, maximum, values (how many), reachable
 * ("2..4 7..20"), schedules, deadlocked, note. What is not known is empty. Write errors stay on the stream. */
#pragma once

#include "report/sweep.h"

#include <stdio.h>

void sweep_csv_write(FILE *stream, const struct sweep *sweep);
