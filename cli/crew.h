/* crew: jobs that are done by processes of their own, several at once.
 *
 * Whatever becomes of a process, the others are not touched: one that runs out of memory or crashes loses its own job.
 * What a process writes to standard output and standard error, and how it ends, is what its job has to say. The crew is to be
 * used before the calling process starts threads. */
#ifndef RACECHECK_CLI_CREW_H
#define RACECHECK_CLI_CREW_H

#include <signal.h>
#include <stddef.h>

/* What came of a job; the texts are borrowed for the time of the call. */
struct crew_report {
    const char *output; /* what it wrote to standard output */
    size_t output_length;
    const char *messages; /* and to standard error */
    int status;           /* its exit status; -1 where it has none */
    int signal;           /* the signal that ended it; 0 where there was none (or no process could be started) */
};

/* Does a job in a process of its own, and returns its exit status. */
typedef int crew_task(void *context, size_t job);

/* Takes what came of a job. Jobs end in any order. */
typedef void crew_receiver(void *context, size_t job, const struct crew_report *report);

struct crew {
    size_t job_count;
    size_t at_once; /* processes, at least 1 */
    crew_task *task;
    crew_receiver *receive;
    void *context;
    const volatile sig_atomic_t *interrupt; /* once it is not 0 the processes are ended, and no more are started */
};

/* Does all jobs; after an interrupt, those that have ended before. */
void crew_run(const struct crew *self);

#endif
