/* process_pool: jobs that are done by processes of their own, several at once.
 *
 * Whatever becomes of a process, the others are not touched: one that crashes, hangs, or runs out of memory loses its own job. What
 * it writes to standard output is the job's result. A job of others, who may mean harm, gets a sandbox (base/sandbox.h): it reads
 * the one descriptor that was opened for it, has a limit of time and of what it may say, and what it says on standard error is lost.
 * Processes end with the calling one, even where that is killed. To be used before the calling process starts threads of its own. */
#pragma once

#include "base/sandbox.h"

#include <signal.h>
#include <stddef.h>

enum process_end {
    PROCESS_DONE,    /* did its job; in a sandbox with status 0 */
    PROCESS_SLOW,    /* was ended after its time */
    PROCESS_FULL,    /* had not enough memory */
    PROCESS_FLOODED, /* said more than its limit */
    PROCESS_BROKEN,  /* tried what is forbidden */
    PROCESS_CRASHED, /* by a signal, or an exit before its time */
    PROCESS_UNBORN   /* no process or pipe could be had, or no sandbox */
};

/* What came of a job; the texts are borrowed for the time of the call. */
struct process_report {
    enum process_end end;
    const char *output; /* NUL-terminated, as the next one */
    size_t length;
    const char *messages; /* what it wrote to standard error; without a sandbox */
    int status;           /* the exit status; -1 where there is none */
    int signal;           /* that ended it; else 0 */
};

/* Says, in the calling process, what a job is to read: a descriptor, which the pool takes, or -1 for none. */
typedef int process_opener(void *context, size_t job);

/* Does a job, in its own process: reads `input` (a descriptor, or -1) and writes to standard output. Returns the exit status. */
typedef int process_task(void *context, size_t job, int input);

/* Takes what came of a job, in the calling process. Jobs end in any order. */
typedef void process_receiver(void *context, size_t job, const struct process_report *report);

struct process_pool {
    size_t job_count;
    size_t at_once; /* processes, at least 1 */
    bool is_sandboxed;
    bool
        is_limited; /* has the sandbox's limit of time, and one for what it says, without a sandbox: a program that is trusted. What it starts
                       ends with it. */
    struct sandbox sandbox; /* by the clock a job has a quarter and 2 s more than its time on the processor */
    double clock_max;       /* seconds by the clock instead of these; 0: none */
    size_t output_max;      /* bytes that such a job may say */
    process_opener *open;   /* or NULL: nothing to read */
    process_task *task;
    process_receiver *receive;
    void *context;
    const volatile sig_atomic_t *interrupt; /* once it is not 0 the processes are ended, no more are started; or NULL */
};

/* Does all jobs; after an interrupt, those that have ended before. */
void process_pool_run(const struct process_pool *self);

/* Says in words why there is no result: "it needed more than 10 s". Returned as new. */
char *process_pool_explain(const struct process_pool *self, const struct process_report *report);
