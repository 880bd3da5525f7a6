/* text_report: an outcome, or the replay of a schedule, told to people on a terminal.
 *
 * It reads from the answer to the detail: what was checked, least and greatest value, which values can be reached,
 * how the schedules are distributed over them, a schedule for the value in question as a table, and what it took. An
 * incomplete analysis is marked INCOMPLETE and claims no minimum; what was not computed is named together with the
 * option that computes it. Write errors stay on the stream. */
#pragma once

#include "analysis/outcome.h"
#include "report/real_run.h"
#include "report/terminal.h"
#include "report/witness_file.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stdio.h>

struct text_report_options {
    struct terminal terminal;
    bool full; /* nothing is folded or left out */
    bool timing;
    const char *listing; /* told behind all, or NULL */
};

/* Writes the report of an outcome. */
void text_report_outcome(FILE *stream, const struct outcome *outcome, const struct text_report_options *options);

/* Writes one schedule that was executed, of what an outcome describes: its first `given` steps were asked for, the others
 * each thread took in turn. */
void text_report_schedule(FILE *stream, const struct outcome *outcome, const struct trace *trace, size_t given,
                          bool repeats, const struct text_report_options *options);

/* Writes what a schedule that is told by its repetitions came to, which the outcome says. */
void text_report_turns(FILE *stream, const struct outcome *outcome, const struct thread_names *names,
                       const struct turns *turns, const struct text_report_options *options);

/* Writes what a witness claims, its schedule as it was executed, and the verdict: whether end, value and number of
 * preemptions are as claimed. Returns the verdict. Behind it, what a real interpreter did; or NULL. */
bool text_report_replay(FILE *stream, const struct witness_file *claim, const struct trace *trace,
                        const struct real_run *real, const struct text_report_options *options);
