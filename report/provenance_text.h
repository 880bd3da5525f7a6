/* provenance_text: where the final value of a schedule comes from, told link by link.
 *
 * The stores that the final value goes back to, each with the load that it was computed from (trace/chain.h). Where
 * the variable starts at 0 and each of them adds one to what its thread had loaded from the one before, the final
 * value is the length of the chain; this is said only where it is so. */
#pragma once

#include "base/text.h"
#include "trace/chain.h"
#include "trace/trace.h"

#include <stdbool.h>

/* Whether each link adds exactly one to what the link before stored, the first one to the value at the start. */
bool provenance_text_counts(const struct trace *trace, const struct chain *chain);

/* Appends what the chain says: "The final value is the length of this chain: ...". */
void provenance_text_print(struct text *text, const struct trace *trace, const struct chain *chain);

/* Appends a link in words: "T1 loads 1 in step 33, which T0 stored in step 30, and stores 2 in step 60"; names in
 * backticks. */
void provenance_text_print_link(struct text *text, const struct trace *trace, const struct chain *chain, size_t link);
