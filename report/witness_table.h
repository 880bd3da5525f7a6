/* witness_table: a schedule as the table that a textbook would print.
 *
 * A row a step (or a run of equal rounds), a column a thread, and the observed variable at the right. Where there
 * are too many threads for columns of instructions, each thread has a narrow column with a mark and the instructions
 * have one column of their own; where even that is too wide, the thread's name stands before the instruction. */
#pragma once

#include "report/terminal.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stdio.h>

/* Writes the table. Unless it is to be `full`, rounds of loops are folded into one row, and of a very long table only
 * the beginning and the end are shown, with a row that says so. The steps from index `loop` on can follow again and again, and
 * are set apart; SIZE_MAX: there are none. */
void witness_table_print(FILE *stream, const struct trace *trace, size_t loop, const struct terminal *terminal,
                         bool full);
