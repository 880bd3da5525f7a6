/* source: what a command checks. The program text comes from a model of the catalogue or from files; all else from the options.
 *
 * The program's text can ask for a scheduler (.scheduler), and so can the command line. --scheduler with another kind puts the
 * text's aside; else the text's holds, with the parameters that the command line gives in place of its own. Errors are told
 * where what was wrong stands: as an option, or in the text. */
#pragma once

#include "apps/options.h"
#include "base/error.h"
#include "base/text.h"
#include "schedulers/problem.h"

/* Appends what is in a file that a person wrote ("-": standard input). Returns false with *error set where it cannot be read, or is
 * larger than any such text; `what` names in errors what was expected: "a program". */
bool source_read(const char *path, const char *what, struct text *text, struct error *error);

/* What errors call a path: itself, or "standard input". Borrowed. */
const char *source_name(const char *path);

/* Returns false with *error set: the catalogue has no model of a name, but perhaps one of a similar name. */
bool source_refuse_model(const char *name, struct error *error);

/* Makes the problem that the options ask about; codes of so many instructions keep their loop (schedulers/problem.h; 0: none does). Returns false with *error set: no such model, a file that cannot be read, or a
 * part of the problem that is wrong. To be freed with problem_free() in any case. */
bool source_problem(struct problem *problem, const struct options *options, uint64_t rolled_from, struct error *error);

/* Whether the program of a problem that is made, or a claim, mentions all symbols that the command line defines. Else *error is set. */
bool source_uses_symbols(const struct problem *problem, const struct options *options, struct error *error);

/* Whether the scheduler of a problem whose program is made has all the parameters that the command line gives, whatever they are.
 * Else *error is set. */
bool source_takes_parameters(const struct problem *problem, struct error *error);
