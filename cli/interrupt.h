/* interrupt: Ctrl-C stops a search cleanly.
 *
 * The first SIGINT or SIGTERM sets a flag that the search asks; the second ends the process as usual. The flag is the one
 * mutable variable of the program that outlives a function: a signal handler can reach nothing else. */
#ifndef RACECHECK_CLI_INTERRUPT_H
#define RACECHECK_CLI_INTERRUPT_H

#include <signal.h>

/* Starts to listen, and returns the flag: not 0 once a signal has arrived. */
const volatile sig_atomic_t *interrupt_listen(void);

#endif
