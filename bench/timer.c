/* timer: runs a command and notes what it took.
 *
 *     timer FILE COMMAND [ARGUMENT]...
 *
 * Appends one line to FILE: wall seconds, user plus system seconds, greatest resident memory in kB, and the exit status
 * (128 + signal where it was killed). It exits with that status, so that it can stand before any command. time(1)
 * would do but for its two digits after the point. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

static int exit_status(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int count, char **arguments)
{
    pid_t child;
    int status;
    struct rusage usage;
    if (count < 3) {
        fprintf(stderr, "usage: timer FILE COMMAND [ARGUMENT]...\n");
        return 125;
    }
    double start = seconds_now();
    int failure = posix_spawnp(&child, arguments[2], NULL, NULL, arguments + 2, environ);
    if (failure != 0) {
        fprintf(stderr, "timer: %s: %s\n", arguments[2], strerror(failure));
        return 127;
    }
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR)
            return 126;
    double wall = seconds_now() - start;
    FILE *file = fopen(arguments[1], "a");
    if (file == NULL ||
        fprintf(file, "%.6f %.6f %ld %d\n", wall, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
                usage.ru_maxrss, exit_status(status)) < 0 ||
        fclose(file) != 0) {
        fprintf(stderr, "timer: %s: %s\n", arguments[1], strerror(errno));
        return 126;
    }
    return exit_status(status);
}
