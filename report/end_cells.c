#include "report/end_cells.h"

#include "report/members.h"

void end_cells_add_columns(struct table *table, const struct outcome *outcome)
{
    if (members_count(outcome) == 0)
        table_add_column(table, TABLE_LEFT, "end");
    for (size_t m = 0; m < members_count(outcome); m++)
        table_take_column(table, members_is_output(outcome, m) ? TABLE_LEFT : TABLE_RIGHT, members_name(outcome, m));
}

void end_cells_put(struct table *table, const struct outcome *outcome, int end, int64_t value)
{
    static const char *const words[OUTCOME_ENDS] = {[OUTCOME_VALUE] = "the end",
                                                    [OUTCOME_DEADLOCK] = "deadlock",
                                                    [OUTCOME_FAILURE] = "error",
                                                    [OUTCOME_ENDLESS] = "given up"};
    size_t members = members_count(outcome);
    for (size_t m = 0; m < members && end == OUTCOME_VALUE; m++)
        members_print_one(&table_add_cell(table)->words, outcome, value, m);
    if (members > 0 && end == OUTCOME_VALUE)
        return;
    text_print(&table_add_cell(table)->words, "%s", words[end]);
    for (size_t m = 1; m < members; m++)
        table_add_cell(table);
}
