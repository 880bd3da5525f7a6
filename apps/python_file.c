#include "apps/python_file.h"

#include "base/memory.h"
#include "base/process_pool.h"
#include "frontends/python.h"
#include "frontends/python_dump.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECONDS_MAX = 20, BYTES_MAX = 64 << 20, NOT_RUN = 127 };

struct run {
    const char *interpreter;
    const char *path;
    int input;
    struct text *dump;
    struct error *error;
    const struct process_pool *pool;
};

bool python_file_is(const char *path)
{
    size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".py") == 0;
}

static int open_input(void *context, size_t job)
{
    const struct run *run = context;
    (void)job;
    return run->input;
}

/* -E, -s, -S: nothing of the person's settings and packages; what 2.7 knows, too. */
static int execute(void *context, size_t job, int input)
{
    const struct run *run = context;
    char *const arguments[] = {(char *)run->interpreter, "-E", "-s", "-S", "-c", (char *)python_helper,
                               (char *)run->path,        NULL};
    (void)job;
    (void)input;
    execvp(run->interpreter, arguments);
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
    if (report->end == PROCESS_DONE && report->status == 0) {
        text_append(run->dump, report->output, report->length);
        return;
    }
    if (report->end == PROCESS_DONE && report->messages[0] != '\0')
        print_last_line(report->messages, &words);
    else if (report->end == PROCESS_DONE)
        text_print(&words, "it ends with status %d", report->status);
    else
        text_put(&words, process_pool_explain(run->pool, report));
    if (report->status == NOT_RUN)
        error_set(run->error, NULL, 0, 0, "cannot run '%s' to compile %s: %s (expected a Python interpreter: --python)",
                  run->interpreter, run->path, text_string(&words));
    else
        error_set(run->error, NULL, 0, 0, "'%s' does not answer as a Python interpreter: %s", run->interpreter,
                  text_string(&words));
    text_free(&words);
}

static bool open_file(const char *path, int *input, struct error *error)
{
    struct stat status;
    *input = open(path, O_RDONLY | O_CLOEXEC);
    if (*input < 0)
        return error_set(error, path, 0, 0, "cannot open: %s", strerror(errno));
    if (fstat(*input, &status) == 0 && S_ISREG(status.st_mode))
        return true;
    close(*input);
    return error_set(error, path, 0, 0, "is no file (expected a program)");
}

/* What the interpreter finds wrong with the program is left to whoever reads it; what is wrong with its answer is not told as a place
 * in the program, which the person has written. */
static bool check_answer(const struct run *run)
{
    static const char answer[] = "(answer)";
    struct error reason = ERROR_INIT;
    const char *text = text_string(run->dump);
    if (!python_dump_is(text, run->dump->length))
        return error_set(run->error, NULL, 0, 0,
                         "'%s' does not answer as a Python interpreter (expected one: --python)", run->interpreter);
    python_dump_free(python_dump_read(text, run->dump->length, answer, &reason));
    return !reason.set || strcmp(reason.source, answer) != 0 ||
           error_set(run->error, run->path, 0, 0, "cannot read what '%s' has made of it: %s", run->interpreter,
                     reason.text);
}

bool python_file_dump(const char *interpreter, const char *path, struct text *dump, struct error *error)
{
    struct run run = {.interpreter = interpreter, .path = path, .dump = dump, .error = error};
    struct process_pool pool = {.job_count = 1,
                                .at_once = 1,
                                .is_limited = true,
                                .sandbox = {.seconds = SECONDS_MAX},
                                .output_max = BYTES_MAX,
                                .open = open_input,
                                .task = execute,
                                .receive = receive,
                                .context = &run};
    run.pool = &pool;
    if (!open_file(path, &run.input, error))
        return false;
    process_pool_run(&pool);
    return !error->set && check_answer(&run);
}
