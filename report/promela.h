/* promela: a program and its scheduler as a model for SPIN, for a second opinion from somebody else's checker.
 *
 * The model has a process a thread and an atomic step (d_step) an instruction, so that its states are those of the classical
 * search, to the last one, as long as SPIN does not reduce them: registers that are dead are zero here, too. Every scheduler
 * but the free one is written out in the model: `needs` tells for each thread what its next step waits for, MAY_STEP
 * who may step, stepped() what the scheduler remembers. What is claimed of the final value is an assertion in the last step
 * of the last thread; its negation is chosen with a macro when SPIN reads the model.
 *
 * SPIN's values have 32 bits. Constants that do not fit are refused; where a result would not fit, an assertion in the model
 * fails rather than a value wrapping round. */
#pragma once

#include "analysis/outcome.h"
#include "base/error.h"
#include "base/text.h"
#include "program/program.h"

/* Appends the model of a program, of which a shared word is observed, to a text. The outcome is that of a complete analysis: it
 * says which scheduler there is, and what is claimed: the extremes, or that no schedule ends with a value; that nobody waits for
 * ever, unless there is a deadlock; that no thread unlocks what it does not hold, unless there is an error. Returns false with *error set where SPIN cannot be told: a constant beyond 32 bits, an
 * instruction or a scheduler that has no counterpart here, more than PROMELA_INSTRUCTIONS_MAX instructions, no instruction
 * at all. The text is then as it was. */
bool promela_print(struct text *text, const struct program *program, size_t word, const struct outcome *outcome,
                   struct error *error);

enum { PROMELA_INSTRUCTIONS_MAX = 20000 };
