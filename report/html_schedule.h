/* html_schedule: schedules in an HTML page, readable without a script.
 *
 * A schedule is told in turns; each opens into its steps. So that a page stays of a size that can be opened, the steps
 * of all schedules together have a limit: where it is reached, rounds of loops are folded, then turns are told without
 * their steps. The sentence beside it says so. */
#pragma once

#include "trace/trace.h"

#include <stddef.h>
#include <stdio.h>

/* How many rows of steps, and bytes of drawings, may still be written to the page. */
struct html_room {
    size_t rows;
    size_t bytes;
};

/* The room of a new page. */
enum { HTML_ROWS = 6000, HTML_DRAWN_BYTES = 600000 };

/* Threads beyond the sixth have the colour of one of the first six, and their name beside it. */
enum { HTML_THREAD_COLOURS = 6 };

/* Writes a schedule in turns; at the step `loop` what can follow again and again begins, SIZE_MAX: there is no such
 * step. Write errors stay on the stream. */
void html_schedule_write(FILE *stream, const struct trace *trace, size_t loop, struct html_room *room);
