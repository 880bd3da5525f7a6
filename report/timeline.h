/* timeline: a witness in Chrome's Trace Event Format, for chrome://tracing and https://ui.perfetto.dev.
 *
 * A row a thread; each step is an event of one microsecond at the time of its number, and the observed variable is a counter.
 * docs/exports.md describes the document, docs/timeline.schema.json defines it. */
#pragma once

#include "analysis/outcome.h"

#include <stdio.h>

/* Writes a witness of an outcome, which has its trace. Write errors stay on the stream. */
void timeline_write_witness(FILE *stream, const struct outcome *outcome, const struct outcome_witness *witness);
