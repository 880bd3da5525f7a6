/* value_table: how the schedules are distributed over the final values.
 *
 * A row a value, with what was computed for it: schedules, their share, the probability under the random scheduler,
 * fewest preemptions; and a bar. Of a long table the middle is told in groups of values. */
#pragma once

#include "analysis/outcome.h"
#include "report/content.h"

#include <stddef.h>

/* Adds the table and what there is to say of it, where there is anything to tell that the set of values alone does not. A table
 * of more than `most` rows is told in groups. */
void value_table_add(struct content *content, const struct outcome *outcome, size_t most);
