/* alteration: an answer, changed at random.
 *
 * Many sorts of changes for each kind, of which some leave an answer right and others do not: which, is not known here
 * but found out by tests/oracles/judge.h. Equal generators give equal changes. */
#pragma once

#include "tests/oracles/attempt.h"
#include "tests/oracles/judge.h"

/* Changes an attempt at the exercise of a judge. */
void alteration_make(struct attempt *attempt, const struct judge *judge, struct generator *generator);

/* Changes the text of a program, which is replaced by a new one. */
void alteration_change_program(char **program, struct generator *generator);
