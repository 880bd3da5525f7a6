/* html_witness: schedules in an HTML page, readable without a script.
 *
 * A schedule is told in turns; each opens into its steps. So that a page stays of a size that can be opened, the steps
 * of all schedules together have a limit: where it is reached, rounds of loops are folded, then turns are told without
 * their steps. The sentence beside it says so. */
#ifndef RACECHECK_REPORT_HTML_WITNESS_H
#define RACECHECK_REPORT_HTML_WITNESS_H

#include "analysis/outcome.h"

#include <stddef.h>
#include <stdio.h>

/* How many rows of steps may still be written to the page. */
struct html_room {
    size_t rows;
};

/* A room as it is for a new page. */
struct html_room html_room_new(void);

/* Writes a schedule in turns; at the step `loop` what can follow again and again begins, SIZE_MAX: there is no such
 * step. Write errors stay on the stream. */
void html_witness_write_turns(FILE *stream, const struct trace *trace, size_t loop, struct html_room *room);

/* Writes the chain that leads to the final value: a sentence and, where there is one, a row a link. */
void html_witness_write_chain(FILE *stream, const struct trace *trace);

/* Writes the steps that decide a deadlock, for a schedule that ends so (report/deadlock_report.h). */
void html_witness_write_standoff(FILE *stream, const struct trace *trace);

/* Writes a witness of an outcome as an element that opens, with its turns and why it ends so. */
void html_witness_write(FILE *stream, const struct outcome *outcome, size_t index, struct html_room *room);

#endif
