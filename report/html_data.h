/* html_data: the schedules of a report as data for its script, as one <script> element of JSON.
 *
 * Compact, since a page may carry a hundred schedules of a thousand steps. Steps that look alike (same line,
 * instruction, register and words, with other numbers) share a *form*. A schedule is its threads as runs, the forms,
 * of which only those are told that are not the one that followed last time, and the numbers: of each step the new
 * value of its register, then those of its stores. What a load saw follows from the stores before. docs/report.md
 * describes it. */
#pragma once

#include "analysis/outcome.h"

#include <stdbool.h>
#include <stdio.h>

/* Whether the script gets this witness of an outcome, or, counted on behind the witnesses, the schedule in which this thread waits for
 * ever: there is one, it has its trace, and those before it leave room. */
bool html_data_has(const struct outcome *outcome, size_t number);

/* Writes the element. Write errors stay on the stream. */
void html_data_write(FILE *stream, const struct outcome *outcome);
