#include "apps/tracee.h"

#ifdef __x86_64__

#include "base/clock.h"
#include "base/memory.h"
#include "base/scope.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_TRACED = 126, NOT_RUN = 127, NOTHING = -1, SYSCALL_STOP = SIGTRAP | 0x80, INT3 = 0xcc };

/* Who has not gone on after so long sleeps; who was woken goes on within so long. */
static const double asleep_seconds = 0.05, wake_seconds = 1;

struct thread {
    pid_t id;
    bool is_gone, is_asleep, is_in_kernel; /* the last: a call of the kernel has begun, and was told */
    int pending;                           /* a status that nobody has looked at yet, or NOTHING */
    uint64_t return_address;               /* of the call under way */
};

struct tracee {
    struct scope_cleanup cleanup; /* the first member, see end_process() */
    pid_t id;
    struct thread *threads;
    size_t count, capacity;
    double deadline;
    int signal;
};

/* ---- What the system tells --------------------------------------------------------------------------------------- */

static struct thread *find_thread(struct tracee *self, pid_t id)
{
    for (size_t t = 0; t < self->count; t++)
        if (self->threads[t].id == id)
            return &self->threads[t];
    self->threads = memory_grow(self->threads, self->count, &self->capacity, sizeof *self->threads);
    self->threads[self->count] = (struct thread){.id = id, .pending = NOTHING};
    return &self->threads[self->count++];
}

/* Takes what is there to be told, of whatever thread. */
static bool pump(struct tracee *self)
{
    int status;
    pid_t id = waitpid(-1, &status, __WALL | WNOHANG);
    if (id <= 0)
        return false;
    struct thread *thread = find_thread(self, id);
    thread->pending = status;
    if (!WIFSTOPPED(status))
        thread->is_gone = true;
    if (WIFSIGNALED(status))
        self->signal = WTERMSIG(status);
    return true;
}

/* Waits until a thread has something to tell; returns false where the time is over first. */
static bool await(struct tracee *self, size_t thread, double seconds)
{
    double now = clock_seconds(), end = now + seconds < self->deadline ? now + seconds : self->deadline;
    for (unsigned turns = 0; self->threads[thread].pending == NOTHING; turns++) {
        if (pump(self))
            continue;
        if (clock_seconds() > end)
            return false;
        poll(NULL, 0, turns > 1000);
    }
    return true;
}

static struct user_regs_struct read_registers(const struct tracee *self, size_t thread)
{
    struct user_regs_struct registers = {0};
    ptrace(PTRACE_GETREGS, self->threads[thread].id, NULL, &registers);
    return registers;
}

/* ---- Going on ---------------------------------------------------------------------------------------------------- */

static void go(struct tracee *self, size_t thread, enum __ptrace_request request, int signal)
{
    self->threads[thread].pending = NOTHING;
    ptrace(request, self->threads[thread].id, NULL, (void *)(intptr_t)signal);
}

/* What a thread tells that has stopped: the signal that is to be delivered, SIGTRAP where it is one of ours, SYSCALL_STOP, or 0 where a thread was
 * made, which waits for its turn. */
static int take_stop(struct tracee *self, size_t thread)
{
    int status = self->threads[thread].pending;
    unsigned long id = 0;
    if (status >> 16 != PTRACE_EVENT_CLONE)
        return WSTOPSIG(status);
    ptrace(PTRACE_GETEVENTMSG, self->threads[thread].id, NULL, &id);
    size_t child = (size_t)(find_thread(self, (pid_t)id) - self->threads);
    await(self, child, wake_seconds);
    return 0;
}

/* Lets a thread go on until it comes upon a trap. */
static enum tracee_result run(struct tracee *self, size_t thread, enum __ptrace_request request)
{
    for (int signal = 0;;) {
        if (self->threads[thread].is_gone)
            return TRACEE_ENDED;
        go(self, thread, request, signal);
        if (!await(self, thread, self->deadline - clock_seconds()))
            return TRACEE_LATE;
        if (self->threads[thread].is_gone)
            return TRACEE_ENDED;
        signal = take_stop(self, thread);
        if (signal == SIGTRAP)
            return TRACEE_THERE;
    }
}

enum tracee_result tracee_step(struct tracee *self, size_t thread)
{
    enum tracee_result result;
    uint64_t address = read_registers(self, thread).rip;
    do
        result = run(self, thread, PTRACE_SINGLESTEP);
    while (result == TRACEE_THERE && read_registers(self, thread).rip == address);
    return result;
}

/* A trap in place of a byte of code; all threads see it, but one alone runs. */
struct trap {
    uint64_t address;
    long word;
};

static struct trap set_trap(const struct tracee *self, size_t thread, uint64_t address)
{
    struct trap trap = {address, 0};
    trap.word = ptrace(PTRACE_PEEKTEXT, self->threads[thread].id, (void *)address, NULL);
    ptrace(PTRACE_POKETEXT, self->threads[thread].id, (void *)address, (void *)((trap.word & ~0xffL) | INT3));
    return trap;
}

/* Where the thread has come upon it, its next instruction is the one that lies there. */
static bool remove_trap(const struct tracee *self, size_t thread, const struct trap *trap)
{
    struct user_regs_struct registers = read_registers(self, thread);
    ptrace(PTRACE_POKETEXT, self->threads[thread].id, (void *)trap->address, (void *)trap->word);
    if (registers.rip != trap->address + 1)
        return false;
    registers.rip--;
    ptrace(PTRACE_SETREGS, self->threads[thread].id, NULL, &registers);
    return true;
}

enum tracee_result tracee_run_to(struct tracee *self, size_t thread, uint64_t address)
{
    if (self->threads[thread].is_gone)
        return TRACEE_ENDED;
    if (read_registers(self, thread).rip == address)
        return TRACEE_THERE;
    struct trap trap = set_trap(self, thread, address);
    enum tracee_result result = run(self, thread, PTRACE_CONT);
    if (result == TRACEE_THERE && !remove_trap(self, thread, &trap))
        return TRACEE_LATE;
    return result;
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

/* Whether a thread is about to sleep until another one does something. */
static bool begins_to_wait(const struct tracee *self, size_t thread)
{
    struct user_regs_struct registers = read_registers(self, thread);
    int operation = (int)registers.rsi & FUTEX_CMD_MASK;
    return registers.orig_rax == SYS_futex && (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET);
}

/* Goes on with the call under way, from one call of the kernel to the next: so whoever is woken stops as soon as it leaves the kernel. */
static enum tracee_result go_on(struct tracee *self, size_t thread, bool was_asleep)
{
    for (int signal = 0;; was_asleep = false) {
        struct thread *one = &self->threads[thread];
        double seconds = one->is_asleep ? asleep_seconds : self->deadline - clock_seconds();
        if (!was_asleep)
            go(self, thread, PTRACE_SYSCALL, signal);
        if (!await(self, thread, seconds))
            return self->threads[thread].is_asleep ? TRACEE_ASLEEP : TRACEE_LATE;
        if (self->threads[thread].is_gone)
            return TRACEE_ENDED;
        signal = take_stop(self, thread);
        one = &self->threads[thread];
        if (signal == SIGTRAP)
            return TRACEE_THERE;
        if (signal != SYSCALL_STOP)
            continue;
        signal = 0;
        one->is_in_kernel = !one->is_in_kernel;
        one->is_asleep = one->is_in_kernel && begins_to_wait(self, thread);
    }
}

/* The code of a process is changed by way of a thread that is stopped. */
static void restore(const struct tracee *self, const struct trap *trap)
{
    for (size_t t = 0; t < self->count; t++)
        if (!self->threads[t].is_gone && self->threads[t].pending != NOTHING &&
            ptrace(PTRACE_POKETEXT, self->threads[t].id, (void *)trap->address, (void *)trap->word) == 0)
            return;
}

static enum tracee_result finish_call(struct tracee *self, size_t thread, bool was_asleep)
{
    struct trap trap = set_trap(self, thread, self->threads[thread].return_address);
    enum tracee_result result = go_on(self, thread, was_asleep);
    if (result == TRACEE_THERE)
        return remove_trap(self, thread, &trap) ? result : TRACEE_LATE;
    restore(self, &trap);
    return result;
}

uint64_t tracee_address(const struct tracee *self, size_t thread)
{
    return read_registers(self, thread).rip;
}

enum tracee_result tracee_return(struct tracee *self, size_t thread)
{
    struct user_regs_struct registers = read_registers(self, thread);
    self->threads[thread].return_address =
        (uint64_t)ptrace(PTRACE_PEEKDATA, self->threads[thread].id, (void *)registers.rsp, NULL);
    return finish_call(self, thread, false);
}

enum tracee_result tracee_wake(struct tracee *self, size_t thread)
{
    return await(self, thread, wake_seconds) ? finish_call(self, thread, true) : TRACEE_ASLEEP;
}

bool tracee_is_asleep(const struct tracee *self, size_t thread)
{
    return self->threads[thread].is_asleep;
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

bool tracee_read(const struct tracee *self, size_t thread, uint64_t address, uint64_t *bytes)
{
    errno = 0;
    *bytes = (uint64_t)ptrace(PTRACE_PEEKDATA, self->threads[thread].id, (void *)address, NULL);
    return errno == 0;
}

enum tracee_result tracee_finish(struct tracee *self, size_t thread)
{
    enum tracee_result result;
    do
        result = run(self, thread, PTRACE_CONT);
    while (result == TRACEE_THERE);
    return result;
}

/* A thread that waits for what never happens sleeps: its state is S. */
static bool is_sleeping(const struct tracee *self, size_t thread)
{
    char path[64], state = '?';
    snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)self->id, (int)self->threads[thread].id);
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return true;
    if (fscanf(stream, "%*d (%*[^)]) %c", &state) != 1)
        state = '?';
    fclose(stream);
    return state == 'S' || state == 'Z' || state == 'X';
}

enum tracee_result tracee_release(struct tracee *self)
{
    enum { CALM_TURNS = 200 };
    for (size_t t = 0; t < self->count; t++)
        if (!self->threads[t].is_gone && !self->threads[t].is_asleep)
            go(self, t, PTRACE_CONT, 0);
    for (unsigned calm = 0; calm < CALM_TURNS; calm++) {
        bool is_calm = true, is_any = false;
        while (pump(self))
            is_calm = false;
        for (size_t t = 0; t < self->count; t++) {
            if (self->threads[t].is_gone)
                continue;
            is_any = true;
            if (self->threads[t].pending != NOTHING) {
                int signal = take_stop(self, t);
                go(self, t, PTRACE_CONT, signal == SIGTRAP || signal == SYSCALL_STOP || signal == SIGSTOP ? 0 : signal);
            }
            is_calm = is_calm && is_sleeping(self, t);
        }
        if (!is_any)
            return TRACEE_ENDED;
        if (clock_seconds() > self->deadline)
            return TRACEE_LATE;
        calm = is_calm ? calm : 0;
        poll(NULL, 0, 1);
    }
    return TRACEE_ASLEEP;
}

size_t tracee_thread_count(const struct tracee *self)
{
    return self->count;
}

bool tracee_is_gone(const struct tracee *self, size_t thread)
{
    return self->threads[thread].is_gone;
}

int tracee_signal(const struct tracee *self)
{
    return self->signal;
}

/* ---- Beginning --------------------------------------------------------------------------------------------------- */

static _Noreturn void become(const char *path, int output, size_t output_max)
{
    struct rlimit limits[] = {{output_max, output_max}, {0, 0}};
    char *const arguments[] = {(char *)path, NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nowhere = open("/dev/null", O_RDONLY);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(NOT_TRACED);
    if (nowhere >= 0 && dup2(nowhere, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
        setrlimit(RLIMIT_FSIZE, &limits[0]) == 0 && setrlimit(RLIMIT_CORE, &limits[1]) == 0)
        execv(path, arguments);
    _exit(NOT_RUN);
}

static void end_process(struct scope_cleanup *cleanup)
{
    struct tracee *self = (struct tracee *)cleanup;
    kill(self->id, SIGKILL);
}

static bool refuse(struct error *error, const char *reason)
{
    return error_set(error, NULL, 0, 0,
                     "--real: a program cannot be led here: %s (expected a system that allows ptrace)", reason);
}

/* It is stopped before its first instruction. */
static bool begin(struct tracee *self, struct error *error)
{
    long options = PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD;
    find_thread(self, self->id);
    if (!await(self, 0, self->deadline - clock_seconds()))
        return refuse(error, "it does not begin");
    int status = self->threads[0].pending;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_TRACED)
        return refuse(error, "ptrace is not allowed");
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
        return refuse(error, "it cannot be run");
    return ptrace(PTRACE_SETOPTIONS, self->id, NULL, (void *)options) == 0 || refuse(error, strerror(errno));
}

struct tracee *tracee_new(const char *path, int output, size_t output_max, double seconds, struct error *error)
{
    /* Not on the stack, which is gone where memory runs out. */
    struct tracee *self = memory_new(1, sizeof *self);
    self->deadline = clock_seconds() + seconds;
    self->cleanup.run = end_process;
    fflush(NULL);
    self->id = fork();
    if (self->id == 0)
        become(path, output, output_max);
    if (self->id < 0) {
        error_set(error, NULL, 0, 0, "--real: no process could be started: %s", strerror(errno));
        memory_free(self);
        return NULL;
    }
    scope_defer(&self->cleanup);
    if (begin(self, error))
        return self;
    tracee_free(self);
    return NULL;
}

void tracee_free(struct tracee *self)
{
    if (self == NULL)
        return;
    scope_settle(&self->cleanup);
    kill(self->id, SIGKILL);
    self->deadline = clock_seconds() + wake_seconds;
    for (bool is_any = true; is_any && clock_seconds() < self->deadline;) {
        is_any = false;
        if (!pump(self))
            poll(NULL, 0, 1);
        for (size_t t = 0; t < self->count; t++)
            is_any = is_any || !self->threads[t].is_gone;
    }
    memory_free(self->threads);
    memory_free(self);
}

#else

struct tracee *tracee_new(const char *path, int output, size_t output_max, double seconds, struct error *error)
{
    (void)path, (void)output, (void)output_max, (void)seconds;
    error_set(error, NULL, 0, 0, "--real: a C program is led on x86-64 alone");
    return NULL;
}

/* There is none for the others to be called with. */
void tracee_free(struct tracee *self)
{
    (void)self;
}

size_t tracee_thread_count(const struct tracee *self)
{
    (void)self;
    return 0;
}

enum tracee_result tracee_run_to(struct tracee *self, size_t thread, uint64_t address)
{
    (void)self, (void)thread, (void)address;
    return TRACEE_ENDED;
}

enum tracee_result tracee_step(struct tracee *self, size_t thread)
{
    (void)self, (void)thread;
    return TRACEE_ENDED;
}

uint64_t tracee_address(const struct tracee *self, size_t thread)
{
    (void)self, (void)thread;
    return 0;
}

enum tracee_result tracee_return(struct tracee *self, size_t thread)
{
    return tracee_step(self, thread);
}

enum tracee_result tracee_wake(struct tracee *self, size_t thread)
{
    return tracee_step(self, thread);
}

bool tracee_is_asleep(const struct tracee *self, size_t thread)
{
    (void)self, (void)thread;
    return false;
}

enum tracee_result tracee_finish(struct tracee *self, size_t thread)
{
    return tracee_step(self, thread);
}

bool tracee_read(const struct tracee *self, size_t thread, uint64_t address, uint64_t *bytes)
{
    (void)self, (void)thread, (void)address, (void)bytes;
    return false;
}

enum tracee_result tracee_release(struct tracee *self)
{
    return tracee_step(self, 0);
}

bool tracee_is_gone(const struct tracee *self, size_t thread)
{
    (void)self, (void)thread;
    return true;
}

int tracee_signal(const struct tracee *self)
{
    (void)self;
    return 0;
}

#endif
