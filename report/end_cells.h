/* end_cells: the cells of a table's row that say how a schedule ends: a value, several, an output; a deadlock, an error. */
#pragma once

#include "analysis/outcome.h"
#include "report/table.h"

/* Adds the columns for them, one for each member of what is observed, and one at least. */
void end_cells_add_columns(struct table *table, const struct outcome *outcome);

/* Adds the cells of an end (an enum outcome_end) to the last row; the value is that of OUTCOME_VALUE. */
void end_cells_put(struct table *table, const struct outcome *outcome, int end, int64_t value);
