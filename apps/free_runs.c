#include "apps/free_runs.h"

#include "apps/c_executable.h"
#include "apps/compiler.h"
#include "base/memory.h"
#include "base/name_table.h"
#include "base/process_pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Runs that do not end take their whole time: after so many of them it is known that they do so. */
enum { HUNG_MAX = 10, BYTES_MAX = 1 << 20, NOT_RUN = 127, INTERVAL_DIGITS = 24 };

static const char default_interpreter[] = "python3";

/* The file is executed as the main module. What Python 2.7 knows, too. */
static const char python_start[] = "import sys\n"
                                   "sys.argv.pop(0)\n"
                                   "if hasattr(sys, 'setswitchinterval'):\n"
                                   "    sys.setswitchinterval(1e-6)\n"
                                   "elif sys.argv[0]:\n"
                                   "    sys.setcheckinterval(int(sys.argv[0]))\n"
                                   "sys.argv.pop(0)\n"
                                   "__file__ = sys.argv[0]\n"
                                   "with open(__file__, 'rb') as file:\n"
                                   "    text = file.read()\n"
                                   "code = compile(text, __file__, 'exec', 0, True)\n"
                                   "del sys, file, text\n"
                                   "exec(code)\n";

struct runs {
    const struct free_runs *wanted;
    struct measurement *measurement;
    const char *arguments[12];
    struct name_table names; /* of outputs: their numbers */
    size_t capacity;
    struct error *error;
};

/* ---- A run ------------------------------------------------------------------------------------------------------- */

static int execute(void *context, size_t job, int input)
{
    const struct runs *runs = context;
    (void)job;
    (void)input;
    execvp(runs->arguments[0], (char *const *)runs->arguments);
    fprintf(stderr, "%s\n", strerror(errno));
    return NOT_RUN;
}

/* No output of a program that is checked has a NUL: it must not be the end of one. */
static char *copy_output(const struct process_report *report)
{
    struct text text = TEXT_INIT;
    for (size_t at = 0; at < report->length;) {
        size_t length = strlen(report->output + at);
        text_append(&text, report->output + at, length);
        at += length;
        if (at++ < report->length)
            text_append(&text, "\\0", 2);
    }
    return text_take(&text);
}

static void count_output(struct runs *self, const struct process_report *report)
{
    struct measurement *measurement = self->measurement;
    char *output = copy_output(report);
    size_t found = name_table_find(&self->names, output, strlen(output));
    if (found != NAME_TABLE_NONE) {
        measurement->outputs[found].seen++;
        memory_free(output);
        return;
    }
    measurement->outputs =
        memory_grow(measurement->outputs, measurement->output_count, &self->capacity, sizeof *measurement->outputs);
    measurement->outputs[measurement->output_count] = (struct measured_output){output, 1};
    name_table_add(&self->names, output, strlen(output), measurement->output_count++);
}

/* A program that says so by its status may end with any but 0; an interpreter has this one for an exception that nobody took. */
static bool is_exception(const struct runs *self, const struct process_report *report)
{
    return !self->wanted->is_compiled && report->status == 1 && strstr(report->messages, "Traceback") != NULL;
}

static char *tell_failure(const struct process_report *report)
{
    const char *message = report->messages;
    size_t end = strlen(message);
    if (report->signal != 0)
        return memory_copy_string(strsignal(report->signal));
    while (end > 0 && message[end - 1] == '\n')
        end--;
    size_t first = end;
    while (first > 0 && message[first - 1] != '\n')
        first--;
    return text_format("%.*s", (int)(end - first < 200 ? end - first : 200), message + first);
}

static void receive(void *context, size_t job, const struct process_report *report)
{
    struct runs *self = context;
    struct measurement *measurement = self->measurement;
    (void)job;
    if ((report->status == NOT_RUN && measurement->runs == 0) ||
        (report->end == PROCESS_UNBORN && report->status < 0)) {
        error_set(self->error, NULL, 0, 0, "cannot run '%s': %.*s", self->arguments[0],
                  (int)strcspn(report->messages, "\n"), report->messages);
        return;
    }
    measurement->runs++;
    if (report->end == PROCESS_SLOW || report->end == PROCESS_FLOODED) {
        measurement->hung++;
    } else if (report->signal != 0 || is_exception(self, report)) {
        if (measurement->failed++ == 0)
            measurement->failure = tell_failure(report);
    } else {
        count_output(self, report);
    }
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

static bool may_go_on(const struct runs *self)
{
    return !self->error->set && self->measurement->hung < HUNG_MAX && *self->wanted->interrupt == 0;
}

/* As many at once as leave each thread a processor of its own: then they run at the same time. */
static size_t count_at_once(const struct free_runs *self)
{
    size_t threads = self->is_compiled ? self->program->thread_count - 1 : 1,
           most = self->processors / (threads > 0 ? threads : 1);
    return most > 0 ? most : 1;
}

static void run_all(struct runs *self)
{
    const struct free_runs *wanted = self->wanted;
    struct process_pool pool = {.at_once = count_at_once(wanted),
                                .is_limited = true,
                                .sandbox = {.seconds = wanted->seconds_max},
                                .clock_max = wanted->seconds_max,
                                .output_max = BYTES_MAX,
                                .task = execute,
                                .receive = receive,
                                .context = self,
                                .interrupt = wanted->interrupt};
    for (uint64_t done = 0; done < wanted->count && may_go_on(self); done += pool.job_count) {
        pool.job_count = wanted->count - done < pool.at_once ? (size_t)(wanted->count - done) : pool.at_once;
        process_pool_run(&pool);
        wanted->progress(wanted->context, self->measurement->runs);
    }
}

static int compare_outputs(const void *a, const void *b)
{
    return strcmp(((const struct measured_output *)a)->text, ((const struct measured_output *)b)->text);
}

static void run_compiled(struct runs *self, const char *command)
{
    struct c_executable *executable = c_executable_new(self->wanted->program, command, self->wanted->path, self->error);
    if (executable != NULL) {
        self->arguments[0] = c_executable_path(executable);
        run_all(self);
    }
    c_executable_free(executable);
}

/* Nothing of the person's settings and packages takes part, as where the program was compiled. */
static void run_interpreted(struct runs *self, const char *command)
{
    char interval[INTERVAL_DIGITS] = "";
    if (self->wanted->has_interval)
        snprintf(interval, sizeof interval, "%lld", (long long)self->wanted->interval);
    const char *const arguments[] = {command, "-E", "-s", "-S", "-c", python_start, interval, self->wanted->path};
    memcpy(self->arguments, arguments, sizeof arguments);
    run_all(self);
}

bool free_runs_make(const struct free_runs *self, struct measurement *measurement, struct error *error)
{
    const char *command = self->command != NULL ? self->command
                          : self->is_compiled   ? compiler_default(self->path)
                                                : default_interpreter;
    struct runs runs = {.wanted = self, .measurement = measurement, .error = error};
    *measurement = (struct measurement){.runner = memory_copy_string(command),
                                        .is_compiled = self->is_compiled,
                                        .seconds_max = self->seconds_max,
                                        .wanted = self->count};
    if (self->is_compiled)
        run_compiled(&runs, command);
    else
        run_interpreted(&runs, command);
    name_table_free(&runs.names);
    if (measurement->output_count > 0)
        qsort(measurement->outputs, measurement->output_count, sizeof *measurement->outputs, compare_outputs);
    return !error->set;
}
