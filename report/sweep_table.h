/* sweep_table: a sweep as a table, for people.
 *
 * Columns in which all points would say nothing are left out: deadlocks where there are none, the sets of values where all of
 * them are whole ranges from the minimum to the maximum, notes where there are none. */
#pragma once

#include "report/sweep.h"
#include "report/terminal.h"

#include <stdio.h>

/* Writes the table. Write errors stay on the stream. */
void sweep_table_print(FILE *stream, const struct sweep *sweep, const struct terminal *terminal);
