/* step_columns: what a schedule does to all that is observed, for the table of its steps.
 *
 * A column is a place of the trace's observation. For each group of steps it tells what was there before and after: a number, or all
 * that was printed so far. It borrows the trace and the groups, and is freed with step_columns_free(). */
#pragma once

#include "base/text.h"
#include "report/step_groups.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct step_columns {
    const struct trace *trace;
    size_t count;
    int64_t *values; /* by groups, and one more; by columns: what was there before; of what was printed its length */
    bool *sets;      /* by groups, by columns: a step of the group writes there */
};

struct step_columns step_columns_make(const struct trace *trace, const struct step_groups *groups);
void step_columns_free(struct step_columns *self);

/* Whether a column holds text; else numbers. */
bool step_columns_is_text(const struct step_columns *self, size_t column);

/* What was there before a group, and after it: a number, or the length of a text. */
int64_t step_columns_before(const struct step_columns *self, size_t group, size_t column);
int64_t step_columns_after(const struct step_columns *self, size_t group, size_t column);

/* Whether a group writes an observed variable. */
bool step_columns_stores(const struct step_columns *self, size_t group);

/* Appends a value that a column has, as the program calls it. */
void step_columns_print_value(struct text *text, const struct step_columns *self, size_t column, int64_t value);

/* Whether a group writes there; and what is there then: "3", or "2 -> 3" with what stands between old and new, and behind. */
bool step_columns_changes(const struct step_columns *self, size_t group, size_t column);
void step_columns_print(struct text *text, const struct step_columns *self, size_t group, size_t column,
                        const char *between, const char *behind);

/* Appends what a group prints, quoted, in a column that holds text. */
void step_columns_print_between(struct text *text, const struct step_columns *self, size_t group, size_t column);
