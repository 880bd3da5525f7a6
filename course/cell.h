/* cell: jobs that must not be able to do harm, each in a process of its own behind limits and a system-call filter.
 *
 * What a job reads is one descriptor that was opened before; what it has to say goes over a pipe. It can compute, and
 * use memory, up to its limits, and nothing else: it opens no files, no sockets, starts no processes, and executes
 * nothing. A job that crashes, hangs, or says too much loses its own result; the others are not touched. The calling
 * process needs no trust in what a job says beyond its length. To be used before the calling process starts threads. */
#ifndef RACECHECK_COURSE_CELL_H
#define RACECHECK_COURSE_CELL_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct cell_limits {
    double seconds;  /* of processor time, at least 1 in effect; by the clock a quarter and 2 s more */
    uint64_t memory; /* bytes of address space beyond what the calling process has; not under sanitizers */
    size_t output;   /* bytes that a job may say */
};

enum cell_end {
    CELL_DONE,    /* said all that it had to say */
    CELL_SLOW,    /* was ended after its time */
    CELL_FULL,    /* needed more memory than its limit */
    CELL_FLOODED, /* said more than its limit */
    CELL_BROKEN,  /* tried what is forbidden */
    CELL_CRASHED, /* by a signal, or an exit before its time */
    CELL_UNBORN   /* no process or pipe could be had */
};

/* What came of a job; the text is borrowed for the time of the call. */
struct cell_report {
    enum cell_end end;
    const char *output; /* NUL-terminated */
    size_t length;
    int signal; /* that ended it; else 0 */
};

/* Says, in the calling process, what a job is to read: a descriptor, which the cells take, or -1 for none. */
typedef int cell_opener(void *context, size_t job);

/* Does a job, in its own process: reads `input` (a descriptor, or -1) and writes to `result`. */
typedef void cell_task(void *context, size_t job, int input, FILE *result);

/* Takes what came of a job, in the calling process. Jobs end in any order. */
typedef void cell_receiver(void *context, size_t job, const struct cell_report *report);

struct cells {
    size_t job_count;
    size_t at_once; /* processes, at least 1 */
    struct cell_limits limits;
    cell_opener *open;
    cell_task *task;
    cell_receiver *receive;
    void *context;
    const volatile sig_atomic_t *interrupt; /* once it is not 0 the processes are ended, no more are started; or NULL */
};

/* Does all jobs; after an interrupt, those that have ended before. */
void cells_run(const struct cells *self);

/* Says in words why there is no result: "it needed more than 10 s of processor time". Returned as new. */
char *cell_end_text(enum cell_end end, int signal, const struct cell_limits *limits);

#endif
