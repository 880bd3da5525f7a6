/* scheduling: which scheduler a program is checked under.
 *
 * The program's text can ask for one (.scheduler), and so can the command line. --scheduler with another kind puts the
 * text's aside; else the text's holds, with the parameters that the command line gives in place of its own. What a parameter
 * may be is said in one place, scheduler_new(); errors are told where what was wrong stands: as an option, or at the
 * directive. */
#ifndef RACECHECK_APPS_SCHEDULING_H
#define RACECHECK_APPS_SCHEDULING_H

#include "apps/options.h"
#include "base/error.h"

struct scheduler;

/* Returns the scheduler for a program as new, or NULL with *error set. */
struct scheduler *scheduling_new(const struct program *program, const struct options *options, struct error *error);

/* Whether that scheduler has all the parameters that the command line gives, whatever they are. Else *error is set. */
bool scheduling_takes_parameters(const struct program *program, const struct options *options, struct error *error);

#endif
