/* promela: a program and its scheduler as a model for SPIN, for a second opinion from somebody else's checker.
 *
 * The model has a process a thread and an atomic step (d_step) an instruction, so that its states are those of the classical
 * search, to the last one, as long as SPIN does not reduce them: registers that are dead are zero here, too, and where the output is
 * observed a state holds the same node of the tree of outputs. Every scheduler
 * but the free one is written out in the model: `needs` tells for each thread what its next step waits for, MAY_STEP
 * who may step, stepped() what the scheduler remembers. What is claimed of the ends is an assertion in the last step
 * of the last thread; other claims, and negations, are chosen with a macro when SPIN reads the model.
 *
 * SPIN's values have 32 bits. Constants that do not fit are refused; where a result would not fit, an assertion in the model
 * fails rather than a value wrapping round. */
#pragma once

#include "analysis/outcome.h"
#include "base/error.h"
#include "base/text.h"
#include "program/program.h"

/* Appends the model of a program to a text. The outcome is that of a complete analysis: it says which scheduler there is, what is
 * observed, and what is claimed: the extremes of a number, or each of several outcomes, or that no schedule comes to its end; that
 * nobody waits for ever, unless there is a deadlock; that there is no error of the program, and that critical sections are exclusive,
 * unless it is not so; and the claims that stand in it. Returns false with *error set where SPIN cannot be told: a constant beyond 32
 * bits, an instruction, a scheduler or a claim that has no counterpart here, more than PROMELA_INSTRUCTIONS_MAX instructions or
 * PROMELA_OUTCOMES_MAX outcomes of more than a number, more than PROMELA_FAIR_MAX threads that are to be strongly fair, no instruction at all. The text is then as it was. */
bool promela_print(struct text *text, const struct program *program, const struct outcome *outcome,
                   struct error *error);

enum { PROMELA_INSTRUCTIONS_MAX = 20000, PROMELA_OUTCOMES_MAX = 1000, PROMELA_FAIR_MAX = 8 /* threads */ };
