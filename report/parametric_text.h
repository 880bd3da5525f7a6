/* parametric_text: what a certificate for every number of repetitions has behind the program (docs/certificate.md).
 *
 * The schedule that is pumped, and for each slot the potential of what begins there, one line a state. */
#pragma once

#include "analysis/all_iterations.h"
#include "base/text.h"

/* Why racecheck-verify would not understand a certificate of it; NULL where it does. */
const char *parametric_text_obstacle(const struct program *program, const struct all_iterations *proof);

/* Appends the claim, a line. */
void parametric_text_print_claim(struct text *text, const struct all_iterations *proof, bool is_upper);

/* Appends the witness and the potentials. */
void parametric_text_print(struct text *text, const struct all_iterations *proof, bool is_upper);
