/* racecheck: what can happen when threads increment a shared counter? */
#include "apps/commands.h"
#include "apps/help.h"
#include "apps/process.h"

#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef enum status command(const struct options *options, struct error *error);

/* Text that was printed must have arrived: a full disk is an error, not a short answer. (Commands deliver their documents,
 * and that sees to it; apps/delivery.h.) */
static enum status finish_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_OK;
    perror("racecheck: standard output");
    return STATUS_USAGE;
}

static enum status run(const struct options *options, struct error *error)
{
    static command *const commands[COMMAND_COUNT] = {
        [COMMAND_CHECK] = command_check,     [COMMAND_SWEEP] = command_sweep,   [COMMAND_REPORT] = command_report,
        [COMMAND_EXPORT] = command_export,   [COMMAND_VERIFY] = command_verify, [COMMAND_REPLAY] = command_replay,
        [COMMAND_MEASURE] = command_measure, [COMMAND_MODELS] = command_models, [COMMAND_ASSIGN] = command_assign,
        [COMMAND_GRADE] = command_grade,     [COMMAND_SAMPLE] = command_sample,
    };
    if (options->help) {
        help_print(options->command, stdout);
        return finish_output();
    }
    if (options->version) {
        printf("racecheck %s\n", PACKAGE_VERSION);
        return finish_output();
    }
    return commands[options->command](options, error);
}

/* Large blocks come from the system and go back to it at once, so that a table that has grown leaves nothing behind; the
 * rest is kept, since a fold frees and takes blocks of the same sizes all the time. */
static void settle_allocator(void)
{
    enum { LARGE_BLOCK = 1 << 20, KEPT = 16 << 20, STEP = 512 << 10 };
    mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
    mallopt(M_TRIM_THRESHOLD, KEPT);
    mallopt(M_TOP_PAD, STEP);
}

/* A descriptor that was closed would be given to the next file that is opened. What is opened in its place can be used the wrong
 * way round only, so that it stays an error to use it. */
static void occupy_descriptors(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", modes[descriptor]) < 0)
            return;
}

/* What main() is given. */
struct arguments {
    int argc;
    char **argv;
};

/* Of a sweep and of grading the limits are those of each process that they start; of a measurement, the time is that of its analysis. The
 * verifier is another program, with signals of its own. */
static void set_limits(const struct options *options)
{
    bool is_alone =
        options->command == COMMAND_CHECK || options->command == COMMAND_REPORT || options->command == COMMAND_EXPORT;
    bool has_memory = is_alone || options->command == COMMAND_MEASURE;
    if (options->command != COMMAND_VERIFY)
        process_limit(has_memory ? options->max_memory : 0, is_alone ? options->timeout : 0);
}

static enum status answer(void *context, struct error *error)
{
    const struct arguments *arguments = context;
    struct options options;
    enum status status = STATUS_USAGE;
    if (options_parse(&options, arguments->argc, arguments->argv, error)) {
        set_limits(&options);
        status = run(&options, error);
    }
    options_free(&options);
    return status;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {argc, argv};
    occupy_descriptors();
    settle_allocator();
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow further is an error of writing */
    setlocale(LC_CTYPE, "");
    unsetenv("POSIXLY_CORRECT"); /* options may stand behind operands everywhere */
    return (int)process_run(answer, &arguments);
}
