/* progress: one line on standard error that says how far a long run has come. It rewrites itself, and is wiped away
 * before anything else is written. */
#ifndef RACECHECK_APPS_PROGRESS_H
#define RACECHECK_APPS_PROGRESS_H

#include "apps/options.h"
#include "base/budget.h"

struct progress {
    bool shown;        /* a line stands on the terminal */
    bool rewrites;     /* standard error is a terminal: the line can be written over */
    const char *phase; /* of the line before, for the rate */
    uint64_t states;
    double seconds;
};

/* Makes a budget report to this progress, if the options and the terminal want it. */
void progress_attach(struct progress *self, enum when when, struct budget *budget);

/* Wipes the line away. */
void progress_clear(struct progress *self);

#endif
