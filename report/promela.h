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
#ifndef RACECHECK_REPORT_PROMELA_H
#define RACECHECK_REPORT_PROMELA_H

#include "base/error.h"
#include "base/property.h"
#include "base/text.h"
#include "program/program.h"

/* What is to be exported, all of it borrowed: a program, the scheduler as it describes itself (its kind and all its
 * parameters), and what a complete analysis has found. */
struct promela_request {
    const struct program *program;
    const char *scheduler;
    const struct property *parameters;
    size_t parameter_count;
    size_t word;       /* the observed shared word */
    bool has_extremes; /* some schedule ends with a value; else the model claims that none does */
    int64_t least;
    int64_t greatest;
    bool can_deadlock; /* else SPIN is to confirm that nobody waits for ever */
    bool can_fail;     /* else SPIN is to confirm that no thread unlocks what it does not hold */
};

/* Appends the model to a text. Returns false with *error set where SPIN cannot be told: a constant beyond 32 bits, an
 * instruction or a scheduler that has no counterpart here, more than PROMELA_INSTRUCTIONS_MAX instructions, no instruction
 * at all. The text is then as it was. */
bool promela_print(struct text *text, const struct promela_request *request, struct error *error);

enum { PROMELA_INSTRUCTIONS_MAX = 20000 };

#endif
