#include "apps/process.h"

#include "base/clock.h"
#include "base/sanitized.h"
#include "base/scope.h"

#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- The watchdog ------------------------------------------------------------------------------------------------ */

/* What a command that listens may still take, in seconds: after the limit of time, and after a signal. */
static const double grace_of_time = 0.2, grace_of_signal = 2;

enum { STACK_BYTES = 128 << 10 };

static struct {
    struct scope *scope;
    double limit;    /* in seconds; 0: none */
    double deadline; /* of the clock */
    volatile sig_atomic_t arrived;
    atomic_bool is_heard;
    pthread_mutex_t ending; /* who has it may end the process, or the scope */
    sem_t watching;         /* posted once the thread is there */
} watchdog = {.ending = PTHREAD_MUTEX_INITIALIZER};

static void fill_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
}

/* Never returns where the process was ended: nobody else gets the mutex, either. */
static void end_process(void)
{
    char message[128];
    bool is_signal = watchdog.arrived != 0;
    pthread_mutex_lock(&watchdog.ending);
    if (watchdog.scope == NULL) {
        pthread_mutex_unlock(&watchdog.ending);
        return;
    }
    scope_abandon(watchdog.scope);
    const char *start = isatty(STDERR_FILENO) != 0 ? "\r\033[Kracecheck" : "racecheck";
    if (is_signal)
        snprintf(message, sizeof message, "%s: INCOMPLETE: interrupted\n", start);
    else
        snprintf(message, sizeof message, "%s: INCOMPLETE: the limit of %g s was reached (--timeout)\n", start,
                 watchdog.limit);
    ssize_t ignored = write(STDERR_FILENO, message, strlen(message));
    (void)ignored;
    _exit(is_signal ? STATUS_INTERRUPTED : STATUS_INCOMPLETE);
}

/* Waits for a signal until the deadline; returns whether one has come. */
static bool await_signal(const sigset_t *signals)
{
    double left = watchdog.deadline - clock_seconds();
    if (isinf(left))
        return sigwaitinfo(signals, NULL) > 0;
    left = left > 0 ? left : 0;
    struct timespec time = {.tv_sec = (time_t)left, .tv_nsec = (long)((left - floor(left)) * 1e9)};
    return sigtimedwait(signals, NULL, &time) > 0;
}

/* The first signal is for the command, if it listens. */
static void take_signal(void)
{
    bool is_first = watchdog.arrived == 0;
    double deadline = clock_seconds() + grace_of_signal;
    watchdog.arrived = 1;
    if (!is_first || !atomic_load(&watchdog.is_heard))
        end_process();
    else if (deadline < watchdog.deadline)
        watchdog.deadline = deadline;
}

static void *watch(void *unused)
{
    sigset_t signals;
    fill_signals(&signals);
    sem_post(&watchdog.watching);
    for (;;) {
        if (await_signal(&signals))
            take_signal();
        else if (clock_seconds() >= watchdog.deadline)
            end_process();
    }
    return unused;
}

/* Where there are no threads to be had, signals do what they do. A fork while the thread is still being made would copy the locks that
 * a sanitizer's allocator holds for it: so it is waited for under one. */
static void start_thread(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t signals;
    fill_signals(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sem_init(&watchdog.watching, 0, 0);
    if (pthread_create(&thread, &attributes, watch, NULL) != 0)
        pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
    else
        while (IS_SANITIZED && sem_wait(&watchdog.watching) != 0)
            continue;
    pthread_attr_destroy(&attributes);
}

static void start_watchdog(double seconds)
{
    pthread_mutex_init(&watchdog.ending, NULL);
    watchdog.scope = scope_current();
    watchdog.limit = seconds;
    watchdog.deadline = seconds > 0 ? clock_seconds() + seconds + grace_of_time : INFINITY;
    watchdog.arrived = 0;
    atomic_store(&watchdog.is_heard, false);
    start_thread();
}

const volatile sig_atomic_t *process_listen(void)
{
    atomic_store(&watchdog.is_heard, true);
    return &watchdog.arrived;
}

static void stop_watchdog(void)
{
    pthread_mutex_lock(&watchdog.ending);
    watchdog.scope = NULL;
    pthread_mutex_unlock(&watchdog.ending);
}

/* ---- The process ------------------------------------------------------------------------------------------------- */

struct call {
    process_body *body;
    void *context;
    enum status status;
    struct error error;
};

static void run(void *context)
{
    struct call *call = context;
    call->status = call->body(call->context, &call->error);
}

enum status process_run(process_body *body, void *context)
{
    struct call call = {body, context, STATUS_INTERNAL, ERROR_INIT};
    struct error error = ERROR_INIT;
    enum scope_end end = scope_run(SCOPE_PROCESS, 0, run, &call, &error);
    stop_watchdog();
    if (end == SCOPE_DONE && call.error.set)
        error_print(&call.error, "racecheck", stderr);
    if (end == SCOPE_DONE)
        return call.status;
    error_print(&error, end == SCOPE_FULL ? "racecheck: INCOMPLETE" : "racecheck", stderr);
    return end == SCOPE_FULL ? STATUS_INCOMPLETE : STATUS_INTERNAL;
}

void process_limit(uint64_t max_memory, double seconds)
{
    scope_limit(max_memory);
    start_watchdog(seconds);
}
