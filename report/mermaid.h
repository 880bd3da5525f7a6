/* mermaid: a schedule as a sequence diagram in the language of Mermaid (https://mermaid.js.org).
 *
 * A column a thread, and one for each variable or register that is observed and for the output; an arrow from a thread to a
 * variable is a store, back is a load. Rounds of loops are folded into a note. Of a long schedule the middle is left out, and a note says so. */
#pragma once

#include "trace/trace.h"

#include <stdio.h>

/* Writes the diagram, without a fence. Write errors stay on the stream. */
void mermaid_write(FILE *stream, const struct trace *trace);
