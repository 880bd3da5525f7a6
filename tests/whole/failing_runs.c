#include "tests/whole/failing_runs.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first allocations fail one by one; of those behind them about as many again are picked with a fixed stride. With LONG_TESTS in the
 * environment all do. */
enum { ONE_BY_ONE = 120, SECONDS_MAX = 60, PROBLEMS_SHOWN = 10, BYTES_MAX = 1 << 22, OUT_OF_MEMORY = 4 };

static const char *top; /* the folder of all */
static unsigned problems;
static unsigned long number; /* of the allocation that fails */

static _Noreturn void give_up(const char *what)
{
    perror(what);
    _exit(99);
}

__attribute__((format(printf, 1, 2))) static void report(const char *format, ...)
{
    if (++problems > PROBLEMS_SHOWN)
        return;
    va_list arguments;
    va_start(arguments, format);
    printf("# allocation %lu: ", number);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
}

/* What a file holds, with a NUL behind it. */
struct content {
    char *bytes;
    size_t length;
};

/* Reads FOLDER/NAME below top; bytes is NULL where there is none. */
static struct content content_read(const char *folder, const char *name)
{
    struct content self = {NULL, 0};
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s/%s", top, folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return self;
    self.bytes = malloc(BYTES_MAX);
    if (self.bytes == NULL)
        give_up("malloc");
    self.length = fread(self.bytes, 1, BYTES_MAX - 1, file);
    self.bytes[self.length] = '\0';
    fclose(file);
    return self;
}

static bool content_equals(const struct content *self, const struct content *other)
{
    return self->bytes != NULL && other->bytes != NULL && self->length == other->length &&
           memcmp(self->bytes, other->bytes, self->length) == 0;
}

static bool same_file(const char *folder, const char *other, const char *name)
{
    struct content one = content_read(folder, name), two = content_read(other, name);
    bool same = content_equals(&one, &two);
    free(one.bytes);
    free(two.bytes);
    return same;
}

/* Opens FOLDER/NAME below top as one of the standard streams. */
static void redirect(int stream, const char *folder, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s/%s", top, folder, name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || dup2(file, stream) < 0)
        give_up(path);
    close(file);
}

/* Becomes a run in this folder; what it writes to its standard streams goes to RESULT/out and RESULT/err. */
static void enter(const char *folder, const char *result)
{
    char path[PATH_MAX], input[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", top, folder);
    snprintf(input, sizeof input, "%s/input", top);
    redirect(STDOUT_FILENO, result, "out");
    redirect(STDERR_FILENO, result, "err");
    if (chdir(path) != 0)
        give_up(path);
    if (access(input, F_OK) == 0 && link(input, "input") != 0)
        give_up(input);
    alarm(SECONDS_MAX);
}

/* Forks a run and returns its status as wait() tells it, with *child false; in the child *child is true. */
static int run(const char *folder, const char *result, bool *child)
{
    fflush(stdout);
    pid_t process = fork();
    if (process < 0)
        give_up("fork");
    *child = process == 0;
    if (*child) {
        enter(folder, result);
        failing_malloc_arm(number);
        return 0;
    }
    int status;
    if (waitpid(process, &status, 0) != process)
        give_up("waitpid");
    return status;
}

/* Calls visit() for every file of a folder below top, hidden ones as well; returns how many there are. */
static size_t for_each_file(const char *folder, void visit(const char *folder, const char *name))
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", top, folder);
    DIR *stream = opendir(path);
    if (stream == NULL)
        give_up(path);
    size_t files = 0;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        files++;
        visit(folder, entry->d_name);
    }
    closedir(stream);
    return files;
}

static void visit_nothing(const char *folder, const char *name)
{
    (void)folder;
    (void)name;
}

static void compare_file(const char *folder, const char *name)
{
    if (!same_file(folder, "reference", name))
        report("it left %s behind, which is not what a whole run writes", name);
}

static void remove_file(const char *folder, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s/%s", top, folder, name);
    if (unlink(path) != 0)
        give_up(path);
}

/* Whether the text is one line that says whose memory ran out. */
static bool is_confession(const struct content *text)
{
    const char *end = strchr(text->bytes, '\n');
    return end != NULL && end[1] == '\0' && strncmp(text->bytes, "racecheck: ", strlen("racecheck: ")) == 0 &&
           strstr(text->bytes, "memory") != NULL;
}

/* Looks at what a run with this status has left. */
static void judge(int status)
{
    struct content err = content_read("results", "err");
    if (err.bytes == NULL)
        give_up("results/err");
    size_t files = for_each_file("try", compare_file);
    if (!WIFEXITED(status))
        report("ended by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) == 0 && !same_file("results", "reference.results", "out"))
        report("status 0, but standard output differs");
    else if (WEXITSTATUS(status) == 0 && files != for_each_file("reference", visit_nothing))
        report("status 0, but files are missing");
    else if (WEXITSTATUS(status) == OUT_OF_MEMORY && !is_confession(&err))
        report("status 4, but standard error is not the one line: %.200s", err.bytes);
    else if (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != OUT_OF_MEMORY)
        report("status %d: %.200s", WEXITSTATUS(status), err.bytes);
    free(err.bytes);
}

bool failing_runs(const char *folder)
{
    bool child;
    top = folder;
    if (run("reference", "reference.results", &child) != 0)
        report("it does not even run when all allocations succeed");
    if (child)
        return true;
    unsigned long total = failing_malloc_count(), tried = 0, died = 0, wrong = 0;
    unsigned long stride = total > 2 * ONE_BY_ONE && getenv("LONG_TESTS") == NULL ? total / ONE_BY_ONE : 1;
    for (number = 1; number <= total; number += number < ONE_BY_ONE ? 1 : stride) {
        int status = run("try", "results", &child);
        if (child)
            return true;
        unsigned before = problems;
        judge(status);
        for_each_file("try", remove_file);
        tried++;
        died += WIFEXITED(status) && WEXITSTATUS(status) == OUT_OF_MEMORY;
        wrong += problems > before;
    }
    printf("%lu %lu %lu %lu\n", wrong, tried, died, total);
    return false;
}
