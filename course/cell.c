#include "course/cell.h"

#include "base/memory.h"
#include "base/scope.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Sanitizers reserve terabytes of addresses, and need system calls of their own to report what they find. */
#if defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define IS_SANITIZED 1
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* By the clock a job may take longer, since others use the processor, too; but not so much that nobody would believe in
 * the limit. */
#define CLOCK_FACTOR 1.25
#define CLOCK_GRACE 2.0

enum { BLOCK_BYTES = 65536, EXIT_NO_WALLS = 97, EXIT_FULL = 98, POLL_MILLISECONDS = 200, STACK_BYTES = 64 << 20 };

/* A job under way. */
struct cell {
    size_t job;
    pid_t pid;
    int pipe; /* where it speaks; -1 once it has closed it */
    struct text output;
    double deadline;       /* on the clock */
    enum cell_end verdict; /* why we ended it; else CELL_DONE */
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- The walls (in the new process) --------------------------------------------------------------------------- */

/* Sets a limit, but never above one that is there already. The hard one may be a little more than the soft one. */
static bool limit(__rlimit_resource_t resource, uint64_t most, uint64_t grace)
{
    struct rlimit set;
    if (getrlimit(resource, &set) != 0)
        return false;
    rlim_t ceiling = set.rlim_max;
    rlim_t soft = ceiling < most ? ceiling : most, hard = ceiling < most + grace ? ceiling : most + grace;
    return setrlimit(resource, &(struct rlimit){soft, hard}) == 0;
}

/* The addresses that this process has already, from the first number of /proc/self/statm; a guess where there is none.
 * */
static uint64_t addresses_in_use(void)
{
    unsigned long long pages = 0;
    FILE *stream = fopen("/proc/self/statm", "re");
    if (stream != NULL && fscanf(stream, "%llu", &pages) != 1)
        pages = 0;
    if (stream != NULL)
        fclose(stream);
    return pages > 0 ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : UINT64_C(512) << 20;
}

/* Whoever passes the soft limit of processor time gets SIGXCPU, which says what happened; the hard one kills. */
static bool set_limits(const struct cell_limits *limits)
{
    uint64_t seconds = limits->seconds > 1 ? (uint64_t)(limits->seconds + 0.999) : 1;
    return limit(RLIMIT_CPU, seconds, 1) && limit(RLIMIT_FSIZE, 0, 0) && limit(RLIMIT_CORE, 0, 0) &&
           limit(RLIMIT_NPROC, 0, 0) && limit(RLIMIT_STACK, STACK_BYTES, 0) &&
           (IS_SANITIZED || limit(RLIMIT_AS, addresses_in_use() + limits->memory, 0));
}

/* What a computation needs: memory, time, reading and writing what is open. Looking for a file is answered by "no",
 * since libraries ask in passing (how many processors are there?); everything else ends the process. */
static bool set_filter(void)
{
    static const int allowed[] = {
        SCMP_SYS(read),
        SCMP_SYS(write),
        SCMP_SYS(writev),
        SCMP_SYS(close),
        SCMP_SYS(lseek),
        SCMP_SYS(fstat),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(brk),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(futex),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(gettimeofday),
        SCMP_SYS(getrandom),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(sched_yield),
        SCMP_SYS(sysinfo),
        SCMP_SYS(sched_getaffinity),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
    };
    static const int refused[] = {
        SCMP_SYS(open),  SCMP_SYS(openat), SCMP_SYS(stat),      SCMP_SYS(newfstatat),
        SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(readlink),
        SCMP_SYS(ioctl), SCMP_SYS(fcntl),  SCMP_SYS(prlimit64), SCMP_SYS(getrlimit),
    };
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (filter == NULL)
        return false;
    bool is_good = true;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        is_good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        is_good &= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0) == 0;
    /* No memory that could be executed, and no file behind it. */
    is_good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                                SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) == 0;
    is_good &=
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
    /* abort() kills itself, which says more than a forbidden call. */
    is_good &= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)) == 0;
    is_good = is_good && (IS_SANITIZED || seccomp_load(filter) == 0);
    seccomp_release(filter);
    return is_good;
}

/* Leaves nothing open but the input, as 0, and the pipe, as 3; what is said to the terminal is lost. */
static bool settle_descriptors(int input, int pipe)
{
    enum { PIPE = 3, SPARE = 10 };
    int nowhere = open("/dev/null", O_RDWR);
    /* Out of the way of 0 to 3 first. */
    int spoken = fcntl(pipe, F_DUPFD, SPARE), read_from = input >= 0 ? fcntl(input, F_DUPFD, SPARE) : nowhere;
    return nowhere >= 0 && spoken >= 0 && read_from >= 0 && dup2(read_from, STDIN_FILENO) >= 0 &&
           dup2(nowhere, STDOUT_FILENO) >= 0 && dup2(nowhere, STDERR_FILENO) >= 0 && dup2(spoken, PIPE) >= 0 &&
           close_range(PIPE + 1, ~0u, 0) == 0;
}

static void default_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ, SIGXCPU};
    sigset_t none;
    for (size_t s = 0; s < sizeof signals / sizeof signals[0]; s++)
        signal(signals[s], SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* What a job is given. */
struct life {
    const struct cells *cells;
    size_t job;
    int input;
    FILE *result;
};

static void do_job(void *context)
{
    const struct life *life = context;
    life->cells->task(life->cells->context, life->job, life->input, life->result);
}

static _Noreturn void live(const struct cells *cells, size_t job, int input, int pipe)
{
    enum { PIPE = 3 };
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    default_signals();
    /* Order matters: the limits need /proc, the filter nothing. */
    if (!settle_descriptors(input, pipe) || !set_limits(&cells->limits) || prctl(PR_SET_DUMPABLE, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        _exit(EXIT_NO_WALLS);
    FILE *result = fdopen(PIPE, "w");
    if (result == NULL || !set_filter())
        _exit(EXIT_NO_WALLS);
    struct life life = {cells, job, input >= 0 ? STDIN_FILENO : -1, result};
    struct error error = ERROR_INIT;
    enum scope_end end = scope_run(SCOPE_PROCESS, 0, do_job, &life, &error);
    if (end != SCOPE_DONE)
        _exit(end == SCOPE_NO_MEMORY ? EXIT_FULL : EXIT_FAILURE);
    bool is_said = fflush(result) == 0;
    _exit(is_said ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* ---- Beginning and ending -------------------------------------------------------------------------------------- */

static void report(const struct cells *self, const struct cell *cell, enum cell_end end, int signal)
{
    struct cell_report told = {end, text_string(&cell->output), cell->output.length, signal};
    self->receive(self->context, cell->job, &told);
}

/* Returns whether a process was started. */
static bool begin(const struct cells *self, struct cell *cell, size_t job)
{
    int ends[2] = {-1, -1};
    int input = self->open != NULL ? self->open(self->context, job) : -1;
    *cell = (struct cell){
        .job = job, .pid = -1, .pipe = -1, .deadline = now() + CLOCK_FACTOR * self->limits.seconds + CLOCK_GRACE};
    if (pipe2(ends, O_CLOEXEC) == 0)
        cell->pid = fork();
    if (cell->pid == 0)
        live(self, job, input, ends[1]);
    if (input >= 0)
        close(input);
    if (ends[1] >= 0)
        close(ends[1]);
    cell->pipe = ends[0];
    if (cell->pid > 0)
        return true;
    if (cell->pipe >= 0)
        close(cell->pipe);
    report(self, cell, CELL_UNBORN, 0);
    return false;
}

static enum cell_end end_of(const struct cell *cell, int status)
{
    if (cell->verdict != CELL_DONE)
        return cell->verdict;
    if (WIFSIGNALED(status)) {
        int signal = WTERMSIG(status);
        return signal == SIGXCPU ? CELL_SLOW : signal == SIGSYS ? CELL_BROKEN : CELL_CRASHED;
    }
    switch (WEXITSTATUS(status)) {
    case EXIT_SUCCESS:
        return CELL_DONE;
    case EXIT_FULL:
        return CELL_FULL;
    case EXIT_NO_WALLS:
        return CELL_UNBORN;
    default:
        return CELL_CRASHED;
    }
}

static void end(const struct cells *self, struct cell *cell)
{
    int status = 0;
    if (cell->pipe >= 0)
        close(cell->pipe);
    if (cell->verdict != CELL_DONE)
        kill(cell->pid, SIGKILL);
    while (waitpid(cell->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (self->interrupt == NULL || *self->interrupt == 0)
        report(self, cell, end_of(cell, status), WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    text_free(&cell->output);
}

/* ---- Listening ------------------------------------------------------------------------------------------------- */

/* Reads what a job says. Returns whether it is at its end. */
static bool listen_to(const struct cells *self, struct cell *cell)
{
    char block[BLOCK_BYTES];
    ssize_t length = read(cell->pipe, block, sizeof block);
    if (length < 0 && (errno == EINTR || errno == EAGAIN))
        return false;
    if (length <= 0)
        return true;
    text_append(&cell->output, block, (size_t)length);
    if (cell->output.length <= self->limits.output)
        return false;
    cell->verdict = CELL_FLOODED;
    return true;
}

/* A job that has closed its pipe may hang all the same: it is waited for with the rest of its time. */
static bool is_overdue(struct cell *cell)
{
    if (now() < cell->deadline)
        return false;
    cell->verdict = CELL_SLOW;
    return true;
}

static bool has_exited(const struct cell *cell)
{
    siginfo_t information = {0};
    return waitid(P_PID, (id_t)cell->pid, &information, WEXITED | WNOHANG | WNOWAIT) != 0 || information.si_pid != 0;
}

/* Returns whether a cell is at its end, after poll() has said what is to be read. */
static bool attend(const struct cells *self, struct cell *cell, short events)
{
    if (cell->pipe >= 0 && events != 0 && listen_to(self, cell)) {
        if (cell->verdict != CELL_DONE)
            return true;
        close(cell->pipe);
        cell->pipe = -1;
    }
    return (cell->pipe < 0 && has_exited(cell)) || is_overdue(cell);
}

static void wait_for_any(const struct cell *cells, struct pollfd *watched, size_t count)
{
    bool is_silent = false;
    for (size_t c = 0; c < count; c++) {
        watched[c] = (struct pollfd){cells[c].pipe, POLLIN, 0};
        is_silent |= cells[c].pipe < 0;
    }
    /* One that has closed its pipe is about to end. */
    if (poll(watched, count, is_silent ? 1 : POLL_MILLISECONDS) < 0)
        for (size_t c = 0; c < count; c++)
            watched[c].revents = 0;
}

static bool is_interrupted(const struct cells *self)
{
    return self->interrupt != NULL && *self->interrupt != 0;
}

void cells_run(const struct cells *self)
{
    assert(self->at_once > 0);
    struct cell *cells = memory_new(self->at_once, sizeof *cells);
    struct pollfd *watched = memory_new(self->at_once, sizeof *watched);
    size_t next = 0, alive = 0;
    /* What is in our own buffers would be said once more by a child that exits. */
    fflush(NULL);
    while (alive > 0 || (next < self->job_count && !is_interrupted(self))) {
        while (alive < self->at_once && next < self->job_count && !is_interrupted(self))
            alive += begin(self, &cells[alive], next++) ? 1 : 0;
        wait_for_any(cells, watched, alive);
        size_t left = 0;
        for (size_t c = 0; c < alive; c++) {
            if (is_interrupted(self))
                cells[c].verdict = CELL_SLOW;
            if (is_interrupted(self) || attend(self, &cells[c], watched[c].revents))
                end(self, &cells[c]);
            else
                cells[left++] = cells[c];
        }
        alive = left;
    }
    memory_free(watched);
    memory_free(cells);
}

char *cell_end_text(enum cell_end end, int signal, const struct cell_limits *limits)
{
    struct text text = TEXT_INIT;
    switch (end) {
    case CELL_DONE:
        text_print(&text, "it said something that is no result");
        break;
    case CELL_SLOW:
        text_print(&text, "it needed more than %g s", limits->seconds);
        break;
    case CELL_FULL:
        text_print(&text, "it needed more than %zu MB of memory", (size_t)(limits->memory >> 20));
        break;
    case CELL_FLOODED:
        text_print(&text, "it said more than %zu bytes", limits->output);
        break;
    case CELL_BROKEN:
        text_print(&text, "it tried something that is forbidden");
        break;
    case CELL_CRASHED:
        text_print(&text, "it crashed%s%s", signal != 0 ? ": " : "", signal != 0 ? strsignal(signal) : "");
        break;
    case CELL_UNBORN:
        text_print(&text, "no protected process could be started for it");
        break;
    }
    return text_take(&text);
}
