/* dot: drawings for Graphviz.
 *
 * A schedule is drawn with a column a thread and time going down; an edge leads from each store to the loads that
 * saw it, and the stores that the final value was computed from stand out. Of a long schedule the rounds of loops are
 * folded, and of a very long one the middle is left out; the drawing's title says so. A state graph is drawn with one
 * node a state. Colours are chosen so that they differ without colour vision too (Okabe and Ito, Color universal
 * design, 2008), and shapes and widths say the same. */
#pragma once

#include "analysis/outcome.h"
#include "analysis/stategraph.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stdio.h>

/* Each writes one drawing as DOT. Where writing fails the stream's error flag is set, and what returns a bool returns false. */

/* A witness of an outcome; it has its trace. */
void dot_write_witness(FILE *stream, const struct outcome *outcome, const struct outcome_witness *witness);

/* Any schedule, under a title. */
bool dot_write_trace(FILE *stream, const struct trace *trace, const char *title);

/* The same, with the rounds of loops folded however short the schedule is. */
bool dot_write_trace_folded(FILE *stream, const struct trace *trace, const char *title);

/* The state graph, which is not too large, of what an outcome is about. */
bool dot_write_stategraph(FILE *stream, const struct stategraph *graph, const struct outcome *outcome);

enum { DOT_BEHAVIOUR_STATES_MAX = 2000 }; /* Graphviz takes too long for more */

/* The minimal automaton of all that can be printed, of at most so many states; each edge tells what is printed next, and through how many
 * outputs it leads, where these are finitely many. */
bool dot_write_behaviour(FILE *stream, const struct behaviour *behaviour, const struct outcome *outcome);
