#include "reports/output.h"

#include "base/memory.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEMPORARY_NAMES_MAX = 1000 };

struct output {
    FILE *stream;
    char *path;
    char *temporary; /* NULL where the path is written directly */
    bool is_standard;
    struct output *next; /* of the unfinished ones */
};

/* What exit() has to clean up. A function registered with atexit() is told nothing, so this must be a variable. */
static struct output *unfinished;

static void remove_unfinished(void)
{
    for (const struct output *output = unfinished; output != NULL; output = output->next)
        if (output->temporary != NULL)
            unlink(output->temporary);
}

static void enlist(struct output *self)
{
    static bool is_registered;
    if (!is_registered)
        atexit(remove_unfinished);
    is_registered = true;
    self->next = unfinished;
    unfinished = self;
}

static void delist(const struct output *self)
{
    struct output **place = &unfinished;
    while (*place != self)
        place = &(*place)->next;
    *place = self->next;
}

static void output_free(struct output *self)
{
    delist(self);
    memory_free(self->path);
    memory_free(self->temporary);
    memory_free(self);
}

static bool fail(const char *path, const char *what, struct error *error)
{
    if (errno == ENOMEM)
        memory_exhausted();
    error_set(error, path, 0, 0, "%s: %s", what, strerror(errno));
    return false;
}

/* The directory part with its slash; empty for a bare name. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* The name is short, whatever the path's last part is, so that it is valid wherever the path is. */
static char *temporary_name(const char *path, unsigned attempt)
{
    struct text name = TEXT_INIT;
    text_append(&name, path, directory_length(path));
    text_print(&name, ".racecheck-%ld-%u", (long)getpid(), attempt);
    return text_take(&name);
}

/* self->temporary is set only once the file is there and ours, so that only our own file is ever removed. */
static int create_temporary(struct output *self)
{
    for (unsigned attempt = 0; attempt < TEMPORARY_NAMES_MAX; attempt++) {
        char *name = temporary_name(self->path, attempt);
        int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0) {
            self->temporary = name;
            return file;
        }
        memory_free(name);
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

/* Opens beside a regular file, or where nothing is; `status` is NULL in the latter case. */
static int open_beside(struct output *self, const struct stat *status)
{
    /* The rename would replace a file that its owner has write-protected. */
    if (status != NULL && access(self->path, W_OK) != 0)
        return -1;
    int file = create_temporary(self);
    if (file >= 0 && status != NULL && fchmod(file, status->st_mode & 07777) != 0) {
        int reason = errno;
        close(file);
        errno = reason;
        return -1;
    }
    return file;
}

static int open_file(struct output *self)
{
    struct stat status;
    if (lstat(self->path, &status) != 0)
        return errno == ENOENT ? open_beside(self, NULL) : -1;
    if (S_ISREG(status.st_mode))
        return open_beside(self, &status);
    return open(self->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
}

/* What lstat() and open() would not complain of, because only the last part of the path is missing. */
static int reason_against(const char *path)
{
    size_t length = strlen(path);
    if (length == 0)
        return ENOENT;
    return path[length - 1] == '/' ? EISDIR : 0;
}

static bool open_stream(struct output *self, struct error *error)
{
    errno = reason_against(self->path);
    int file = errno == 0 ? open_file(self) : -1;
    if (file < 0)
        return fail(self->path, "cannot write this file", error);
    self->stream = fdopen(file, "w");
    if (self->stream != NULL)
        return true;
    fail(self->path, "cannot write this file", error);
    close(file);
    return false;
}

struct output *output_open(const char *path, struct error *error)
{
    struct output *self = memory_new(1, sizeof *self);
    self->path = memory_copy_string(path);
    enlist(self);
    self->is_standard = strcmp(path, "-") == 0;
    if (self->is_standard)
        self->stream = stdout;
    else if (!open_stream(self, error)) {
        output_discard(self);
        return NULL;
    }
    return self;
}

FILE *output_stream(const struct output *self)
{
    return self->stream;
}

/* An error of an earlier write has left its mark on the stream, but not its reason: most often another write, whose result is
 * thrown away like the rest, meets the same. */
static int earlier_reason(FILE *stream)
{
    clearerr(stream);
    errno = 0;
    bool works = fputc('\n', stream) != EOF && fflush(stream) == 0;
    return works ? 0 : errno;
}

static bool flush(struct output *self, const char *name, struct error *error)
{
    errno = 0;
    bool written = fflush(self->stream) == 0;
    if (written && !ferror(self->stream))
        return true;
    if (errno == 0)
        errno = earlier_reason(self->stream);
    if (errno != 0)
        return fail(name, "cannot write everything", error);
    error_set(error, name, 0, 0, "cannot write everything: an earlier write failed");
    return false;
}

static bool finish(struct output *self, struct error *error)
{
    if (self->is_standard)
        return flush(self, "standard output", error);
    bool written = flush(self, self->path, error);
    bool closed = fclose(self->stream) == 0;
    self->stream = NULL;
    if (!closed && written)
        return fail(self->path, "cannot write everything", error);
    return written;
}

bool output_commit(struct output *self, struct error *error)
{
    bool committed = finish(self, error);
    if (committed && self->temporary != NULL && rename(self->temporary, self->path) != 0)
        committed = fail(self->path, "cannot rename the finished file", error);
    if (!committed && self->temporary != NULL)
        unlink(self->temporary);
    output_free(self);
    return committed;
}

void output_discard(struct output *self)
{
    if (self == NULL)
        return;
    if (!self->is_standard && self->stream != NULL)
        fclose(self->stream);
    if (self->temporary != NULL)
        unlink(self->temporary);
    output_free(self);
}
