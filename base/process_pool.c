#include "base/process_pool.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/scope.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* By the clock a job may take longer, since others use the processor, too; but not so much that nobody would believe in
 * the limit. */
#define CLOCK_FACTOR 1.25
#define CLOCK_GRACE 2.0

enum { BLOCK_BYTES = 65536, EXIT_UNBORN = 97, EXIT_FULL = 98, POLL_MILLISECONDS = 100 };

static const double interrupt_seconds = 0.5;

enum { OUTPUT, MESSAGES, CHANNELS };

/* A job under way. */
struct process {
    size_t job;
    pid_t pid;
    int channels[CHANNELS]; /* where it speaks; -1 once it has closed them */
    struct text texts[CHANNELS];
    double deadline;          /* on the clock */
    enum process_end verdict; /* why we ended it; else PROCESS_DONE */
};

/* ---- In the new process ---------------------------------------------------------------------------------------- */

/* Leaves nothing open but what the job reads, as 0, and what it says, as 1 and 2. */
static bool settle_descriptors(int input, const int *ends)
{
    enum { FIRST_OTHER = 3, SPARE = 10 };
    int nowhere = open("/dev/null", O_RDWR);
    int sources[FIRST_OTHER] = {input >= 0 ? input : nowhere, ends[OUTPUT],
                                ends[MESSAGES] >= 0 ? ends[MESSAGES] : nowhere};
    /* Out of the way first. */
    for (int d = 0; d < FIRST_OTHER; d++)
        if ((sources[d] = fcntl(sources[d], F_DUPFD, SPARE)) < 0)
            return false;
    for (int d = 0; d < FIRST_OTHER; d++)
        if (dup2(sources[d], d) < 0)
            return false;
    clearerr(stdin);
    clearerr(stdout);
    return close_range(FIRST_OTHER, ~0u, 0) == 0;
}

/* Signals do what they do by default; none is blocked. */
static void settle_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ, SIGXCPU};
    sigset_t none;
    for (size_t s = 0; s < sizeof signals / sizeof signals[0]; s++)
        signal(signals[s], SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

struct life {
    const struct process_pool *pool;
    size_t job;
    int input;
    int status;
};

static void do_job(void *context)
{
    struct life *life = context;
    life->status = life->pool->task(life->pool->context, life->job, life->input);
}

/* Jobs that are of this program alone put away what they have begun; nobody else is asked. */
static int ending_signal(const struct process_pool *self)
{
    return self->is_sandboxed || self->is_limited ? SIGKILL : SIGTERM;
}

/* The calling process may have ended before its end could be announced. */
static bool dies_with(pid_t parent, int number)
{
    return prctl(PR_SET_PDEATHSIG, number) == 0 && getppid() == parent;
}

static double clock_limit(const struct process_pool *self)
{
    return self->clock_max > 0 ? self->clock_max : CLOCK_FACTOR * self->sandbox.seconds + CLOCK_GRACE;
}

/* What a job has started is not told of anybody's end, but inherits that it cannot go on for ever. It may have threads on all processors. */
static void limit_time(const struct process_pool *self)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    rlim_t seconds = (rlim_t)(clock_limit(self) * (processors > 0 ? (double)processors : 1)) + 1;
    setpgid(0, 0);
    setrlimit(RLIMIT_CPU, &(struct rlimit){seconds, seconds});
}

static _Noreturn void live(const struct process_pool *pool, size_t job, pid_t parent, int input, const int *ends)
{
    struct life life = {pool, job, input >= 0 ? STDIN_FILENO : -1, EXIT_FAILURE};
    struct error error = ERROR_INIT;
    settle_signals();
    if (pool->is_limited)
        limit_time(pool);
    if (!dies_with(parent, ending_signal(pool)) || !settle_descriptors(input, ends) ||
        (pool->is_sandboxed && !sandbox_enter(&pool->sandbox)))
        _exit(EXIT_UNBORN);
    enum scope_end end = scope_run(SCOPE_PROCESS, 0, do_job, &life, &error);
    bool is_said = fflush(stdout) == 0;
    fflush(stderr);
    _exit(end == SCOPE_NO_MEMORY ? EXIT_FULL : end != SCOPE_DONE || !is_said ? EXIT_FAILURE : life.status);
}

/* ---- Beginning and ending -------------------------------------------------------------------------------------- */

static void close_all(int *ends, size_t count)
{
    for (size_t e = 0; e < count; e++) {
        if (ends[e] >= 0)
            close(ends[e]);
        ends[e] = -1;
    }
}

/* Opens the pipes that a job speaks into: ends to read from, and to write to. */
static bool open_pipes(const struct process_pool *self, int *reading, int *writing)
{
    size_t count = self->is_sandboxed ? MESSAGES : CHANNELS;
    for (size_t c = 0; c < CHANNELS; c++)
        reading[c] = writing[c] = -1;
    for (size_t c = 0; c < count; c++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0)
            return false;
        reading[c] = ends[0];
        writing[c] = ends[1];
    }
    return true;
}

/* Returns whether a process was started; else errno says why not. */
static bool begin(const struct process_pool *self, struct process *process, size_t job)
{
    int writing[CHANNELS];
    int input = self->open != NULL ? self->open(self->context, job) : -1;
    pid_t parent = getpid();
    *process = (struct process){.job = job, .pid = -1};
    process->deadline = clock_seconds() + clock_limit(self);
    /* What is in our own buffers would be said once more by a child. */
    fflush(NULL);
    if (open_pipes(self, process->channels, writing))
        process->pid = fork();
    if (process->pid == 0)
        live(self, job, parent, input, writing);
    int reason = errno;
    if (process->pid > 0 && self->is_limited)
        setpgid(process->pid, process->pid); /* whoever of the two comes first */
    if (input >= 0)
        close(input);
    close_all(writing, CHANNELS);
    if (process->pid < 0)
        close_all(process->channels, CHANNELS);
    errno = reason;
    return process->pid > 0;
}

static void report_unborn(const struct process_pool *self, size_t job)
{
    char *message = text_format("no process could be started: %s", strerror(errno));
    struct process_report report = {.end = PROCESS_UNBORN, .output = "", .messages = message, .status = -1};
    self->receive(self->context, job, &report);
    memory_free(message);
}

static enum process_end end_of(const struct process_pool *self, const struct process *process, int status)
{
    if (process->verdict != PROCESS_DONE)
        return process->verdict;
    if (WIFSIGNALED(status)) {
        int signal = WTERMSIG(status);
        return signal == SIGXCPU ? PROCESS_SLOW : signal == SIGSYS ? PROCESS_BROKEN : PROCESS_CRASHED;
    }
    switch (WEXITSTATUS(status)) {
    case EXIT_SUCCESS:
        return PROCESS_DONE;
    case EXIT_FULL:
        return PROCESS_FULL;
    case EXIT_UNBORN:
        return PROCESS_UNBORN;
    default:
        return self->is_sandboxed ? PROCESS_CRASHED : PROCESS_DONE;
    }
}

static bool is_interrupted(const struct process_pool *self)
{
    return self->interrupt != NULL && *self->interrupt != 0;
}

/* Asks all to end, who then have a moment for it together. */
static void interrupt(const struct process_pool *self, struct process *processes, size_t count)
{
    for (size_t p = 0; p < count; p++) {
        processes[p].verdict = PROCESS_SLOW;
        processes[p].deadline = clock_seconds() + interrupt_seconds;
        kill(processes[p].pid, ending_signal(self));
    }
}

/* Who was told to end and does not is ended. */
static void await_end(const struct process *process, int *status)
{
    pid_t ended = 0;
    while (process->verdict != PROCESS_DONE && ended == 0) {
        ended = waitpid(process->pid, status, WNOHANG);
        if (ended == 0 && clock_seconds() >= process->deadline)
            kill(process->pid, SIGKILL);
        if (ended == 0)
            poll(NULL, 0, 2);
    }
    while (ended <= 0 && waitpid(process->pid, status, 0) < 0 && errno == EINTR)
        continue;
}

static void end(const struct process_pool *self, struct process *process)
{
    int status = 0;
    close_all(process->channels, CHANNELS);
    if (process->verdict != PROCESS_DONE)
        kill(process->pid, ending_signal(self));
    if (self->is_limited)
        kill(-process->pid, SIGKILL); /* what it has started, too */
    await_end(process, &status);
    struct process_report report = {
        .end = end_of(self, process, status),
        .output = text_string(&process->texts[OUTPUT]),
        .length = process->texts[OUTPUT].length,
        .messages = text_string(&process->texts[MESSAGES]),
        .status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
    };
    if (!is_interrupted(self))
        self->receive(self->context, process->job, &report);
    text_free(&process->texts[OUTPUT]);
    text_free(&process->texts[MESSAGES]);
}

/* ---- Listening ------------------------------------------------------------------------------------------------- */

static bool has_limits(const struct process_pool *self)
{
    return self->is_sandboxed || self->is_limited;
}

/* Reads what a job says. Returns whether it says too much. */
static bool listen_to(const struct process_pool *self, struct process *process, size_t channel)
{
    char block[BLOCK_BYTES];
    ssize_t length = read(process->channels[channel], block, sizeof block);
    if (length < 0 && (errno == EINTR || errno == EAGAIN))
        return false;
    if (length <= 0) {
        close_all(&process->channels[channel], 1);
        return false;
    }
    text_append(&process->texts[channel], block, (size_t)length);
    return has_limits(self) && process->texts[channel].length > self->output_max;
}

static bool is_silent(const struct process *process)
{
    return process->channels[OUTPUT] < 0 && process->channels[MESSAGES] < 0;
}

static bool has_exited(const struct process *process)
{
    siginfo_t information = {0};
    return waitid(P_PID, (id_t)process->pid, &information, WEXITED | WNOHANG | WNOWAIT) != 0 || information.si_pid != 0;
}

/* Returns whether a process is at its end, after poll() has said what is to be read. One that has closed its pipes may hang all the
 * same: it is waited for with the rest of its time. */
static bool attend(const struct process_pool *self, struct process *process, const struct pollfd *watched)
{
    for (size_t c = 0; c < CHANNELS; c++)
        if (process->channels[c] >= 0 && watched[c].revents != 0 && listen_to(self, process, c))
            process->verdict = PROCESS_FLOODED;
    if (process->verdict == PROCESS_DONE && is_silent(process) && has_exited(process))
        return true;
    if (process->verdict == PROCESS_DONE && has_limits(self) && clock_seconds() >= process->deadline)
        process->verdict = PROCESS_SLOW;
    return process->verdict != PROCESS_DONE;
}

static void wait_for_any(const struct process *processes, struct pollfd *watched, size_t count)
{
    bool is_any_silent = false;
    for (size_t p = 0; p < count; p++) {
        for (size_t c = 0; c < CHANNELS; c++)
            watched[CHANNELS * p + c] = (struct pollfd){processes[p].channels[c], POLLIN, 0};
        is_any_silent |= is_silent(&processes[p]);
    }
    /* One that has closed its pipes is about to end. */
    if (poll(watched, CHANNELS * count, is_any_silent ? 1 : POLL_MILLISECONDS) < 0)
        for (size_t w = 0; w < CHANNELS * count; w++)
            watched[w].revents = 0;
}

/* Starts jobs where there is room for more; one that cannot be started waits for others to end, if there are any. */
static size_t start_jobs(const struct process_pool *self, struct process *processes, size_t alive, size_t *next)
{
    while (alive < self->at_once && *next < self->job_count && !is_interrupted(self)) {
        if (begin(self, &processes[alive], *next))
            alive++;
        else if (alive > 0)
            break;
        else
            report_unborn(self, *next);
        (*next)++;
    }
    return alive;
}

/* Where another thread ends this process: what jobs have started in the groups that they lead ends, too. */
struct groups {
    struct scope_cleanup cleanup; /* the first member, see kill_groups() */
    bool is_limited;
    size_t count;
    pid_t *leaders; /* 0: none */
};

static void kill_groups(struct scope_cleanup *cleanup)
{
    const struct groups *self = (const struct groups *)cleanup;
    for (size_t p = 0; self->is_limited && p < self->count; p++)
        if (self->leaders[p] > 0)
            kill(-self->leaders[p], SIGKILL);
}

static void note_groups(struct groups *self, const struct process *processes, size_t alive)
{
    scope_hold(&self->cleanup);
    for (size_t p = 0; p < self->count; p++)
        self->leaders[p] = p < alive ? processes[p].pid : 0;
    scope_release(&self->cleanup);
}

void process_pool_run(const struct process_pool *self)
{
    assert(self->at_once > 0);
    struct process *processes = memory_new(self->at_once, sizeof *processes);
    /* Not on the stack, which is gone where memory runs out. */
    struct groups *groups = memory_new(1, sizeof *groups);
    *groups = (struct groups){.cleanup.run = kill_groups,
                              .is_limited = self->is_limited,
                              .count = self->at_once,
                              .leaders = memory_new(self->at_once, sizeof *groups->leaders)};
    scope_defer(&groups->cleanup);
    struct pollfd *watched = memory_new(CHANNELS * self->at_once, sizeof *watched);
    size_t next = 0, alive = 0;
    while (alive > 0 || (next < self->job_count && !is_interrupted(self))) {
        alive = start_jobs(self, processes, alive, &next);
        note_groups(groups, processes, alive);
        wait_for_any(processes, watched, alive);
        size_t left = 0;
        bool is_over = is_interrupted(self);
        if (is_over)
            interrupt(self, processes, alive);
        for (size_t p = 0; p < alive; p++) {
            if (is_over || attend(self, &processes[p], &watched[CHANNELS * p]))
                end(self, &processes[p]);
            else
                processes[left++] = processes[p];
        }
        alive = left;
        note_groups(groups, processes, alive);
    }
    scope_settle(&groups->cleanup);
    memory_free(groups->leaders);
    memory_free(groups);
    memory_free(watched);
    memory_free(processes);
}

char *process_pool_explain(const struct process_pool *self, const struct process_report *report)
{
    struct text text = TEXT_INIT;
    switch (report->end) {
    case PROCESS_DONE:
        text_print(&text, "it said something that is no result");
        break;
    case PROCESS_SLOW:
        text_print(&text, "it needed more than %g s", self->sandbox.seconds);
        break;
    case PROCESS_FULL:
        text_print(&text, "it needed more than %zu MB of memory", (size_t)(self->sandbox.memory >> 20));
        break;
    case PROCESS_FLOODED:
        text_print(&text, "it said more than %zu bytes", self->output_max);
        break;
    case PROCESS_BROKEN:
        text_print(&text, "it tried something that is forbidden");
        break;
    case PROCESS_CRASHED:
        text_print(&text, "it crashed%s%s", report->signal != 0 ? ": " : "",
                   report->signal != 0 ? strsignal(report->signal) : "");
        break;
    case PROCESS_UNBORN:
        text_print(&text, "no protected process could be started for it");
        break;
    }
    return text_take(&text);
}
