/* free_runs: a real program is run again and again, as nobody leads it, and how its runs end is counted.
 *
 * Each run is a process of its own, which has a limit of time and one for what it writes; it reads nothing. A C program is assembled
 * and linked of what is checked (apps/c_executable.h). A Python program is executed by the person's interpreter, whose switch interval
 * is as short as can be. Nothing of this is done unless the person has asked for it. */
#pragma once

#include "base/error.h"
#include "program/program.h"
#include "report/measurement.h"

#include <signal.h>

struct free_runs {
    const struct program *program;
    const char *path;    /* of the person's file */
    const char *command; /* the compiler, or the interpreter; NULL: the default */
    bool is_compiled;    /* it is a C program */
    bool has_interval;   /* of Python 2.7: sys.setcheckinterval() */
    int64_t interval;
    uint64_t count;
    double seconds_max;                     /* of each run */
    size_t processors;                      /* that they may use */
    const volatile sig_atomic_t *interrupt; /* once it is not 0 no more are begun */
    void (*progress)(void *context, uint64_t done);
    void *context;
};

/* Makes the runs, all but those that are left once some have not come to an end. Fills *measurement, which is to be freed in any case. To be
 * called before the process starts threads. Returns false with *error set where the program cannot be run. */
bool free_runs_make(const struct free_runs *self, struct measurement *measurement, struct error *error);
