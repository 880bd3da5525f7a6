#include "cli/crew.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* An interrupt that arrives just before poll() is seen after so long. */
enum { PATIENCE_MILLISECONDS = 100 };

enum { OUTPUT, MESSAGES, CHANNELS };

/* A process under way. */
struct worker {
    pid_t process; /* 0: the place is free */
    size_t job;
    int channels[CHANNELS]; /* to read from; -1: at its end */
    struct text texts[CHANNELS];
};

/* ---- Starting ---------------------------------------------------------------------------------------------------- */

/* The child's part: its job, and nothing else. */
static void work(const struct crew *self, size_t job, int pipes[CHANNELS][2])
{
    dup2(pipes[OUTPUT][1], STDOUT_FILENO);
    dup2(pipes[MESSAGES][1], STDERR_FILENO);
    for (int c = 0; c < CHANNELS; c++) {
        close(pipes[c][0]);
        close(pipes[c][1]);
    }
    exit(self->task(self->context, job));
}

static bool open_pipes(int pipes[CHANNELS][2])
{
    if (pipe(pipes[OUTPUT]) != 0)
        return false;
    if (pipe(pipes[MESSAGES]) == 0)
        return true;
    int reason = errno;
    close(pipes[OUTPUT][0]);
    close(pipes[OUTPUT][1]);
    errno = reason;
    return false;
}

/* Returns false, with errno set, where no process can be had. */
static bool start(const struct crew *self, struct worker *worker, size_t job)
{
    int pipes[CHANNELS][2];
    fflush(stdout);
    fflush(stderr);
    if (!open_pipes(pipes))
        return false;
    pid_t process = fork();
    if (process == 0)
        work(self, job, pipes);
    int reason = errno;
    *worker = (struct worker){.process = process, .job = job};
    for (int c = 0; c < CHANNELS; c++) {
        close(pipes[c][1]);
        worker->channels[c] = pipes[c][0];
        if (process < 0)
            close(pipes[c][0]);
    }
    if (process < 0)
        worker->process = 0;
    errno = reason;
    return process > 0;
}

static void report_unstarted(const struct crew *self, size_t job)
{
    struct text message = TEXT_INIT;
    text_print(&message, "no process could be started: %s", strerror(errno));
    self->receive(self->context, job,
                  &(struct crew_report){.output = "", .messages = text_string(&message), .status = -1});
    text_free(&message);
}

/* ---- Ending ------------------------------------------------------------------------------------------------------ */

static int wait_for(pid_t process)
{
    int status = 0;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static void clear(struct worker *worker)
{
    for (int c = 0; c < CHANNELS; c++) {
        text_free(&worker->texts[c]);
        if (worker->channels[c] >= 0)
            close(worker->channels[c]);
    }
    worker->process = 0;
}

static void finish(const struct crew *self, struct worker *worker)
{
    int status = wait_for(worker->process);
    struct crew_report report = {
        .output = text_string(&worker->texts[OUTPUT]),
        .output_length = worker->texts[OUTPUT].length,
        .messages = text_string(&worker->texts[MESSAGES]),
        .status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
    };
    self->receive(self->context, worker->job, &report);
    clear(worker);
}

static void end(struct worker *worker)
{
    kill(worker->process, SIGKILL);
    wait_for(worker->process);
    clear(worker);
}

/* ---- Listening --------------------------------------------------------------------------------------------------- */

static void read_channel(struct worker *worker, int channel)
{
    char buffer[16384];
    ssize_t length = read(worker->channels[channel], buffer, sizeof buffer);
    if (length > 0) {
        text_append(&worker->texts[channel], buffer, (size_t)length);
    } else if (length == 0 || errno != EINTR) {
        close(worker->channels[channel]);
        worker->channels[channel] = -1;
    }
}

/* Waits until somebody has something to say, and hears them all. */
static void listen_to(struct worker *workers, size_t count, struct pollfd *events)
{
    for (size_t w = 0; w < count; w++)
        for (size_t c = 0; c < CHANNELS; c++)
            events[CHANNELS * w + c] =
                (struct pollfd){.fd = workers[w].process != 0 ? workers[w].channels[c] : -1, .events = POLLIN};
    if (poll(events, CHANNELS * count, PATIENCE_MILLISECONDS) <= 0)
        return;
    for (size_t w = 0; w < count; w++)
        for (int c = 0; c < CHANNELS; c++)
            if (events[CHANNELS * w + (size_t)c].revents != 0)
                read_channel(&workers[w], c);
}

static bool is_silent(const struct worker *worker)
{
    return worker->process != 0 && worker->channels[OUTPUT] < 0 && worker->channels[MESSAGES] < 0;
}

/* Starts jobs where there are free places; returns the number of those that are under way. */
static size_t fill_places(const struct crew *self, struct worker *workers, size_t *next)
{
    size_t busy = 0;
    for (size_t w = 0; w < self->at_once; w++)
        busy += workers[w].process != 0;
    for (size_t w = 0; w < self->at_once && *next < self->job_count; w++) {
        if (workers[w].process != 0)
            continue;
        if (start(self, &workers[w], *next))
            busy++;
        else if (busy > 0)
            break; /* later, when another one has ended */
        else
            report_unstarted(self, *next);
        (*next)++;
    }
    return busy;
}

void crew_run(const struct crew *self)
{
    struct worker *workers = memory_new(self->at_once, sizeof *workers);
    struct pollfd *events = memory_new(CHANNELS * self->at_once, sizeof *events);
    size_t next = 0;
    while (*self->interrupt == 0 && (fill_places(self, workers, &next) > 0 || next < self->job_count)) {
        listen_to(workers, self->at_once, events);
        for (size_t w = 0; w < self->at_once; w++)
            if (is_silent(&workers[w]))
                finish(self, &workers[w]);
    }
    for (size_t w = 0; w < self->at_once; w++)
        if (workers[w].process != 0)
            end(&workers[w]);
    memory_free(workers);
    memory_free(events);
}
