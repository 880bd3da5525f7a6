/* sandbox: walls around a process that must not be able to do harm.
 *
 * Inside, a process can compute, use memory up to a limit, and read and write what is open; it opens no files, no sockets, starts
 * no processes, and executes nothing. There is no way out again. Looking for a file is answered by "no"; what else is forbidden ends
 * the process with SIGSYS, and too much time on the processor with SIGXCPU. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct sandbox {
    double seconds;  /* of processor time, at least 1 in effect */
    uint64_t memory; /* bytes of address space beyond what the process has; not under sanitizers */
};

/* Puts the calling process, which has one thread, into the sandbox. Returns false where that is not possible. */
bool sandbox_enter(const struct sandbox *self);
