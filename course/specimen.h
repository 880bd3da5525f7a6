/* specimen: the program of a version under the checker.
 *
 * Says in one call what a program does in one setting: assembled, with its scheduler, analysed. A specimen borrows
 * everything; its program is our own, so a text that does not assemble is a fault of racecheck. The limits are counts
 * and not times, so that equal specimens give equal outcomes. */
#ifndef RACECHECK_COURSE_SPECIMEN_H
#define RACECHECK_COURSE_SPECIMEN_H

#include "analysis/analysis.h"
#include "course/key.h"

#include <signal.h>

struct specimen {
    const char *name; /* for the outcome */
    const char *text;
    int64_t threads;
    int64_t iters;
    const struct property *symbols; /* numbers */
    size_t symbol_count;
    const char *observe;
    const char *scheduler;
    const struct property *parameters;
    size_t parameter_count;
    int64_t quantum;                        /* a further parameter; 0: none */
    const volatile sig_atomic_t *interrupt; /* or NULL */
};

/* What to ask for. */
struct specimen_question {
    unsigned questions; /* bits of enum question; all are insisted on */
    enum witness_wish witness;
    int64_t value; /* for WITNESS_VALUE */
};

/* The program of a key as it was handed out. */
struct specimen specimen_of_key(const struct key *key);

/* Analyses a specimen and returns the outcome as new; it says what was checked. Incomplete where there are too many
 * states for an exercise, or after an interrupt. */
struct outcome *specimen_analyse(const struct specimen *self, struct specimen_question question);

#endif
