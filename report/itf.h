/* itf: a witness as a trace in the Informal Trace Format (https://apalache.informal.systems/docs/adr/015adr-trace.html),
 * which the tools around TLA+ read: Apalache, Quint, and what shows and replays their traces.
 *
 * A state is everything after a step: each shared variable, the registers of each thread, and as variables of their own
 * who stepped and what the step was. docs/exports.md describes the document, docs/itf.schema.json defines it. */
#pragma once

#include "analysis/outcome.h"

#include <stdio.h>

/* Writes a witness of an outcome, which has its trace. Write errors stay on the stream. */
void itf_write_witness(FILE *stream, const struct outcome *outcome, const struct outcome_witness *witness);
