/* watchdog: a thread that ends the process where it has to end and does not.
 *
 * Signals that ask the process to end (Ctrl-C), and --timeout, are its business. A command that listens is told first, and has a
 * moment to stop by itself and to say what it has found; where it does not, or does not listen, the watchdog removes what is
 * unfinished (base/scope.h) and ends the process: whatever phase it is in, no temporary file is left.
 *
 * Its state is the one mutable variable of the program that outlives a function: a process has its signals once. */
#ifndef RACECHECK_APPS_WATCHDOG_H
#define RACECHECK_APPS_WATCHDOG_H

#include <signal.h>

/* Begins to watch the process, whose scope the calling thread is in; 0 seconds: without a limit of time. In a process that was
 * forked from a watched one, once more. */
void watchdog_start(double seconds);

/* The command stops by itself once the flag that is returned is not 0. */
const volatile sig_atomic_t *watchdog_listen(void);

/* From now on the scope may be gone. */
void watchdog_stop(void);

#endif
