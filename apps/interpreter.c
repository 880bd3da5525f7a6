#include "apps/interpreter.h"

#include "base/process_pool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BYTES_MAX = 64 << 20, NOT_RUN = 127 };

static bool write_all(int descriptor, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, text, length);
        if (written < 0)
            return false;
        text += written;
        length -= (size_t)written;
    }
    return true;
}

int interpreter_input(const char *text, size_t length, struct error *error)
{
    int descriptor = memfd_create("racecheck", MFD_CLOEXEC);
    if (descriptor >= 0 && write_all(descriptor, text, length) && lseek(descriptor, 0, SEEK_SET) == 0)
        return descriptor;
    error_set(error, NULL, 0, 0, "cannot write what the interpreter is to read: %s", strerror(errno));
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

struct run {
    const struct interpreter *interpreter;
    const struct process_pool *pool;
    int input;
    struct text *output, *messages;
    struct error *error;
};

static int give_input(void *context, size_t job)
{
    const struct run *run = context;
    (void)job;
    return run->input;
}

/* -E, -s, -S: nothing of the person's settings and packages; what 2.7 knows, too. */
static int execute(void *context, size_t job, int input)
{
    const struct run *run = context;
    char *const arguments[] = {
        (char *)run->interpreter->program,  "-E", "-s", "-S", "-c", (char *)run->interpreter->text,
        (char *)run->interpreter->argument, NULL};
    (void)job;
    (void)input;
    execvp(run->interpreter->program, arguments);
    fprintf(stderr, "%s\n", strerror(errno));
    return NOT_RUN;
}

/* The last line that an interpreter has written says what went wrong. */
static void print_last_line(const char *messages, struct text *text)
{
    size_t end = strlen(messages);
    while (end > 0 && messages[end - 1] == '\n')
        end--;
    size_t first = end;
    while (first > 0 && messages[first - 1] != '\n')
        first--;
    text_append(text, messages + first, end - first);
}

static void receive(void *context, size_t job, const struct process_report *report)
{
    struct run *run = context;
    struct text words = TEXT_INIT;
    (void)job;
    if (run->messages != NULL)
        text_print(run->messages, "%s", report->messages);
    if (report->end == PROCESS_DONE && report->status == 0) {
        text_append(run->output, report->output, report->length);
        return;
    }
    if (report->end == PROCESS_DONE && report->messages[0] != '\0')
        print_last_line(report->messages, &words);
    else if (report->end == PROCESS_DONE)
        text_print(&words, "it ends with status %d", report->status);
    else
        text_put(&words, process_pool_explain(run->pool, report));
    const struct interpreter *interpreter = run->interpreter;
    if (report->status == NOT_RUN)
        error_set(run->error, NULL, 0, 0, "cannot run '%s' %s: %s (expected a Python interpreter: --python)",
                  interpreter->program, interpreter->purpose, text_string(&words));
    else
        error_set(run->error, NULL, 0, 0, "'%s' does not answer as a Python interpreter: %s", interpreter->program,
                  text_string(&words));
    text_free(&words);
}

bool interpreter_run(const struct interpreter *self, int input, struct text *output, struct text *messages,
                     struct error *error)
{
    struct run run = {.interpreter = self, .input = input, .output = output, .messages = messages, .error = error};
    struct process_pool pool = {.job_count = 1,
                                .at_once = 1,
                                .is_limited = true,
                                .sandbox = {.seconds = self->seconds},
                                .output_max = BYTES_MAX,
                                .open = give_input,
                                .task = execute,
                                .receive = receive,
                                .context = &run};
    run.pool = &pool;
    process_pool_run(&pool);
    return !error->set;
}
