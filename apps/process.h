/* process: what a process does, within its limits and to its end, whatever that is.
 *
 * It is the applications' end of base/scope.h: an error that nobody else could handle becomes one line and an exit status. */
#ifndef RACECHECK_APPS_PROCESS_H
#define RACECHECK_APPS_PROCESS_H

#include "apps/status.h"
#include "base/error.h"

#include <stdint.h>

typedef enum status process_body(void *context, struct error *error);

/* Runs a body in a scope of the process. Returns its status, or that of its failure. Says on standard error what went wrong: the
 * error that the body has set, or its failure. */
enum status process_run(process_body *body, void *context);

/* In a body: sets the limits of memory, in bytes, and of time; 0: none. Signals are watched from here on (apps/watchdog.h). */
void process_limit(uint64_t max_memory, double seconds);

#endif
