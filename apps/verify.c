/* racecheck verify: has the verifier look at a certificate. It is a program of its own, beside this one or on the PATH, so that
 * nothing of racecheck has to be trusted; here it is only started. */
#include "apps/commands.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char name[] = "racecheck-verify";

/* The path of the verifier in the folder of this program; empty where that folder is not known. */
static void find_beside(struct text *path)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0)
        return;
    self[length] = '\0';
    text_append(path, self, (size_t)(strrchr(self, '/') + 1 - self));
    text_print(path, "%s", name);
}

/* Replaces this process, and so returns only where the verifier is not found. */
static enum status start(char *const *arguments, struct error *error)
{
    struct text beside = TEXT_INIT;
    find_beside(&beside);
    execv(text_string(&beside), arguments);
    text_free(&beside);
    execvp(name, arguments);
    error_set(error, NULL, 0, 0, "%s cannot be started: %s", name, strerror(errno));
    return STATUS_USAGE;
}

enum status command_verify(const struct options *options, struct error *error)
{
    char quiet[] = "-q", *arguments[4] = {(char *)name};
    size_t count = 1;
    if (options->operand_count != 1) {
        error_set(error, NULL, 0, 0, "verify: expected one certificate FILE");
        return STATUS_USAGE;
    }
    if (options->quiet)
        arguments[count++] = quiet;
    arguments[count] = (char *)options->operands[0];
    return start(arguments, error);
}
