/* racecheck: what can happen when threads increment a shared counter? */
#include "base/memory.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "reports/json.h"

#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef enum status command(const struct options *options);

/* Text that was printed must have arrived: a full disk is an error, not a short answer. (Commands deliver their documents,
 * and that sees to it; cli/delivery.h.) */
static enum status finish_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_OK;
    perror("racecheck: standard output");
    return STATUS_USAGE;
}

static enum status run(const struct options *options)
{
    static command *const commands[COMMAND_COUNT] = {
        [COMMAND_CHECK] = command_check,   [COMMAND_SWEEP] = command_sweep,   [COMMAND_REPORT] = command_report,
        [COMMAND_EXPORT] = command_export, [COMMAND_VERIFY] = command_verify, [COMMAND_REPLAY] = command_replay,
        [COMMAND_MODELS] = command_models, [COMMAND_ASSIGN] = command_assign, [COMMAND_GRADE] = command_grade,
    };
    if (options->help) {
        help_print(options->command, stdout);
        return finish_output();
    }
    if (options->version) {
        printf("racecheck %s\n", PACKAGE_VERSION);
        return finish_output();
    }
    return commands[options->command](options);
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

int main(int argc, char **argv)
{
    struct options options;
    struct error error = ERROR_INIT;
    enum status status = STATUS_USAGE;
    settle_allocator();
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow further is an error of writing */
    setlocale(LC_CTYPE, "");
    memory_adopt_gmp();
    json_adopt_memory();
    if (options_parse(&options, argc, argv, &error))
        status = run(&options);
    else
        error_print(&error, "racecheck", stderr);
    options_free(&options);
    return (int)status;
}
