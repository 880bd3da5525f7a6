/* value_table: how the schedules are distributed over the final values.
 *
 * A row a value, with what was computed for it: schedules, their share, the probability under the random scheduler,
 * fewest preemptions; and a bar. Of a long table the middle is told in groups of values. */
#ifndef RACECHECK_REPORTS_VALUE_TABLE_H
#define RACECHECK_REPORTS_VALUE_TABLE_H

#include "checker/outcome.h"
#include "reports/terminal.h"

#include <stdbool.h>
#include <stdio.h>

/* Whether there is anything to tell that the set of values alone does not. */
bool value_table_exists(const struct outcome *outcome);

/* Writes the table, which must exist; with `full`, each value has its row however many there are. */
void value_table_print(FILE *stream, const struct outcome *outcome, const struct terminal *terminal, bool full);

#endif
