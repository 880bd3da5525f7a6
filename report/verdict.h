/* verdict: what is said of a claim, in one sentence. */
#pragma once

#include "analysis/outcome.h"
#include "base/text.h"

/* Appends "violated by counter = 2"; "holds in every schedule that ends; others can go on for ever". */
void verdict_print(struct text *text, const struct outcome *outcome, const struct claim *claim);

/* Appends what there is to say of a hang that is possible: "b can spin for ever, and no end can be reached then; probability 7/12
 * under the random scheduler". */
void verdict_print_hang(struct text *text, const struct outcome *outcome);

/* "holds", "violated" or "unknown", for documents. Borrowed. */
const char *verdict_word(enum claim_verdict verdict);
