#include "base/output.h"

#include "base/memory.h"
#include "base/temporary.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 };

struct output {
    FILE *stream;
    char *path;
    struct temporary temporary; /* nothing where the path is written directly */
    bool is_standard;
};

static void output_free(struct output *self)
{
    memory_free(self->path);
    memory_free(self);
}

static bool fail(const char *path, const char *what, struct error *error)
{
    if (errno == ENOMEM)
        memory_exhausted();
    return error_set(error, path, 0, 0, "%s: %s", what, strerror(errno));
}

/* The directory part with its slash; empty for a bare name. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

static int create(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

/* Opens beside a regular file, or where nothing is; `status` is NULL in the latter case. */
static int open_beside(struct output *self, const struct stat *status)
{
    /* The rename would replace a file that its owner has write-protected. */
    if (status != NULL && access(self->path, W_OK) != 0)
        return -1;
    int file = temporary_make(&self->temporary, self->path, create, unlink);
    if (file >= 0 && status != NULL && fchmod(file, status->st_mode & 07777) != 0) {
        int reason = errno;
        close(file);
        errno = reason;
        return -1;
    }
    return file;
}

/* A file in these is not a file of its own: /dev/stdout leads to what another process has opened. */
static bool is_special(const char *path)
{
    return strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0;
}

/* Puts the target of a symbolic link in place of the path. */
static bool follow_link(struct output *self)
{
    char target[PATH_MAX];
    ssize_t length = readlink(self->path, target, sizeof target);
    if (length < 0 || (size_t)length == sizeof target)
        return false;
    struct text path = TEXT_INIT;
    if (target[0] != '/')
        text_append(&path, self->path, directory_length(self->path));
    text_append(&path, target, (size_t)length);
    memory_free(self->path);
    self->path = text_take(&path);
    return true;
}

/* Goes along symbolic links, so that a link stays and the file that it leads to is replaced. */
static bool follow_links(struct output *self)
{
    struct stat status;
    for (int links = 0; links < LINKS_MAX; links++)
        if (is_special(self->path) || lstat(self->path, &status) != 0 || !S_ISLNK(status.st_mode))
            return true;
        else if (!follow_link(self))
            return false;
    errno = ELOOP;
    return false;
}

static int open_file(struct output *self)
{
    struct stat status;
    if (!follow_links(self))
        return -1;
    if (lstat(self->path, &status) != 0)
        return errno == ENOENT ? open_beside(self, NULL) : -1;
    if (S_ISREG(status.st_mode) && !is_special(self->path))
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
    return error_set(error, name, 0, 0, "cannot write everything: an earlier write failed");
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
    bool is_direct = self->temporary.path == NULL;
    bool renamed = temporary_end(&self->temporary, committed ? self->path : NULL) || (committed && is_direct);
    if (committed && !renamed)
        fail(self->path, "cannot rename the finished file", error);
    output_free(self);
    return renamed;
}

void output_discard(struct output *self)
{
    if (self == NULL)
        return;
    if (!self->is_standard && self->stream != NULL)
        fclose(self->stream);
    temporary_end(&self->temporary, NULL);
    output_free(self);
}
