#include "course/folder.h"

#include "base/memory.h"
#include "base/temporary.h"
#include "base/text.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_FILES = 16 };

struct folder {
    char *path; /* without slashes at the end */
    struct temporary temporary;
};

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    remove(path);
    return 0;
}

static int remove_tree(const char *path)
{
    return nftw(path, remove_entry, OPEN_FILES, FTW_DEPTH | FTW_PHYS);
}

static void folder_free(struct folder *self)
{
    memory_free(self->path);
    memory_free(self);
}

static bool fail(const char *path, const char *what, struct error *error)
{
    return error_set(error, path, 0, 0, "%s: %s", what, strerror(errno));
}

/* ---- Beginning -------------------------------------------------------------------------------------------------- */

static char *without_slashes(const char *path)
{
    char *copy = memory_copy_string(path);
    for (size_t length = strlen(copy); length > 1 && copy[length - 1] == '/'; length--)
        copy[length - 1] = '\0';
    return copy;
}

/* Only an empty folder may be there already: rename() replaces that and nothing else. */
static bool is_empty_folder(const char *path)
{
    DIR *entries = opendir(path);
    bool is_empty = entries != NULL;
    for (const struct dirent *entry; is_empty && (entry = readdir(entries)) != NULL;)
        is_empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (entries != NULL)
        closedir(entries);
    return is_empty;
}

static bool is_free(const char *path, struct error *error)
{
    struct stat status;
    if (path[0] == '\0')
        return error_set(error, NULL, 0, 0, "the folder has no name");
    if (lstat(path, &status) != 0)
        return errno == ENOENT || fail(path, "cannot be made", error);
    if (S_ISDIR(status.st_mode) && is_empty_folder(path))
        return true;
    return error_set(error, path, 0, 0, "is there already (expected a folder that is not there yet, or is empty)");
}

static int make_folder(const char *path)
{
    return mkdir(path, 0777);
}

struct folder *folder_begin(const char *path, struct error *error)
{
    char *name = without_slashes(path);
    if (!is_free(name, error)) {
        memory_free(name);
        return NULL;
    }
    struct folder *self = memory_new(1, sizeof *self);
    self->path = name;
    if (temporary_make(&self->temporary, name, make_folder, remove_tree) >= 0)
        return self;
    fail(name, "cannot be made", error);
    temporary_end(&self->temporary, NULL);
    folder_free(self);
    return NULL;
}

const char *folder_path(const struct folder *self)
{
    return self->temporary.path;
}

/* ---- Filling ---------------------------------------------------------------------------------------------------- */

bool folder_make(struct folder *self, const char *name, bool is_private, struct error *error)
{
    char *path = text_format("%s/%s", self->temporary.path, name);
    bool good = mkdir(path, is_private ? 0700 : 0777) == 0 && (!is_private || chmod(path, 0700) == 0);
    good = good || fail(self->path, "cannot be made", error);
    memory_free(path);
    return good;
}

/* A private file is never open to others, not even at first. */
static FILE *create(const char *path, bool is_private)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, is_private ? 0600 : 0666);
    if (file < 0)
        return NULL;
    FILE *stream = !is_private || fchmod(file, 0600) == 0 ? fdopen(file, "w") : NULL;
    if (stream == NULL) {
        int reason = errno;
        close(file);
        errno = reason;
    }
    return stream;
}

bool folder_write(struct folder *self, const char *path, bool is_private, folder_writer *writer, const void *context,
                  struct error *error)
{
    assert(strncmp(path, self->temporary.path, strlen(self->temporary.path)) == 0);
    FILE *stream = create(path, is_private);
    if (stream == NULL)
        return fail(self->path, "cannot be written", error);
    writer(context, stream);
    bool good = fflush(stream) == 0 && ferror(stream) == 0;
    if (!good)
        fail(self->path, "cannot be written", error);
    if (fclose(stream) != 0)
        good = fail(self->path, "cannot be written", error);
    return good;
}

/* ---- Ending ----------------------------------------------------------------------------------------------------- */

bool folder_commit(struct folder *self, struct error *error)
{
    bool good = temporary_end(&self->temporary, self->path) || fail(self->path, "cannot be made", error);
    folder_free(self);
    return good;
}

void folder_discard(struct folder *self)
{
    if (self == NULL)
        return;
    temporary_end(&self->temporary, NULL);
    folder_free(self);
}
