/* process: what a process does, within its limits and to its end, whatever that is.
 *
 * It is the applications' end of base/scope.h: an error that nobody else could handle becomes one line and an exit status.
 *
 * A *watchdog*, a thread, ends the process where it has to end and does not. Signals that ask the process to end (Ctrl-C), and
 * --timeout, are its business. A command that listens is told first, and has a moment to stop by itself and to say what it has
 * found; where it does not, or does not listen, the watchdog removes what is unfinished and ends the process: whatever phase it is
 * in, no temporary file is left. Its state is the one mutable variable of the program that outlives a function: a process has its
 * signals once. */
#pragma once

#include "apps/status.h"
#include "base/error.h"

#include <signal.h>
#include <stdint.h>

typedef enum status process_body(void *context, struct error *error);

/* Runs a body in a scope of the process. Returns its status, or that of its failure. Says on standard error what went wrong: the
 * error that the body has set, or its failure. */
enum status process_run(process_body *body, void *context);

/* In a body: sets the limits of memory, in bytes, and of time; 0: none. Signals are watched from here on; in a process that was
 * forked from a watched one, once more. */
void process_limit(uint64_t max_memory, double seconds);

/* The command stops by itself once the flag that is returned is not 0. */
const volatile sig_atomic_t *process_listen(void);
