#include "course/submission.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "course/answer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whom a file name names, an index into the students, or ASSIGNMENT_NOBODY. Blanks and brackets are what browsers and file
 * managers put in: "s01 (1).txt". */
static size_t student_named(const char *name, const struct assignment *assignment)
{
    size_t best = ASSIGNMENT_NOBODY, best_length = 0;
    for (size_t s = 0; s < assignment->student_count; s++) {
        size_t length = strlen(assignment->students[s].identifier);
        if (length <= best_length || strncasecmp(name, assignment->students[s].identifier, length) != 0)
            continue;
        if (name[length] != '\0' && strchr("._- (", name[length]) == NULL)
            continue;
        best = s;
        best_length = length;
    }
    return best;
}

/* ---- Finding --------------------------------------------------------------------------------------------------- */

/* A name that is an identifier and nothing else says clearly enough what it is. */
static enum submission_kind kind_of(const struct submissions *self, const char *name,
                                    const struct assignment *assignment)
{
    struct stat status;
    if (fstatat(self->folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode))
        return SUBMISSION_FOLDER;
    bool is_answer =
        answer_is_named(name) || assignment_find_student(assignment, name, strlen(name)) != ASSIGNMENT_NOBODY;
    return is_answer ? SUBMISSION_ANSWER : SUBMISSION_ENDING;
}

static void add(struct submissions *self, const char *name, enum submission_kind kind,
                const struct assignment *assignment, size_t *capacity)
{
    self->items = memory_grow(self->items, submissions_total(self), capacity, sizeof *self->items);
    self->items[submissions_total(self)] =
        (struct submission){memory_copy_string(name), utf8_line(name), student_named(name, assignment), kind};
    self->count += kind == SUBMISSION_ANSWER;
    self->other_count += kind != SUBMISSION_ANSWER;
}

static int compare(const void *a, const void *b)
{
    const struct submission *first = a, *second = b;
    bool is_first = first->kind == SUBMISSION_ANSWER, is_second = second->kind == SUBMISSION_ANSWER;
    return is_first != is_second ? (is_first ? -1 : 1) : strcmp(first->name, second->name);
}

static bool list_folder(struct submissions *self, const char *path, const struct assignment *assignment,
                        struct error *error)
{
    size_t capacity = 0;
    int copy = openat(self->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = copy >= 0 ? fdopendir(copy) : NULL;
    if (directory == NULL)
        return error_set(error, path, 0, 0, "cannot read this folder: %s", strerror(errno));
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL && submissions_total(self) <= SUBMISSIONS_MAX)
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "__MACOSX") != 0)
            add(self, entry->d_name, kind_of(self, entry->d_name, assignment), assignment, &capacity);
    closedir(directory);
    if (submissions_total(self) > SUBMISSIONS_MAX)
        error_set(error, path, 0, 0, "there are more than %d files in this folder", SUBMISSIONS_MAX);
    if (submissions_total(self) > 0)
        qsort(self->items, submissions_total(self), sizeof *self->items, compare);
    return submissions_total(self) <= SUBMISSIONS_MAX;
}

/* The folder of a path and the name in it; a path without a slash lies here. */
static bool take_file(struct submissions *self, const char *path, const struct assignment *assignment,
                      struct error *error)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    size_t capacity = 0;
    struct text folder = TEXT_INIT;
    text_append(&folder, path, slash != NULL ? (size_t)(slash + 1 - path) : 0);
    self->folder = open(folder.length > 0 ? text_string(&folder) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    text_free(&folder);
    struct stat status;
    if (self->folder < 0 || fstatat(self->folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return error_set(error, path, 0, 0, "cannot read this file: %s", strerror(errno));
    add(self, name, SUBMISSION_ANSWER, assignment, &capacity);
    return true;
}

bool submissions_find(struct submissions *self, const char *path, const struct assignment *assignment,
                      struct error *error)
{
    *self = (struct submissions){.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    self->is_folder = self->folder >= 0;
    return self->is_folder ? list_folder(self, path, assignment, error) : take_file(self, path, assignment, error);
}

void submissions_free(struct submissions *self)
{
    if (self->folder >= 0)
        close(self->folder);
    for (size_t i = 0; i < submissions_total(self); i++) {
        memory_free(self->items[i].name);
        memory_free(self->items[i].shown);
    }
    memory_free(self->items);
    *self = (struct submissions){.folder = -1};
}

/* ---- Opening --------------------------------------------------------------------------------------------------- */

static const char *kind_of_file(mode_t mode)
{
    if (S_ISDIR(mode))
        return "it is a folder";
    if (S_ISLNK(mode))
        return "it is a symbolic link";
    if (S_ISCHR(mode) || S_ISBLK(mode))
        return "it is a device";
    if (S_ISFIFO(mode))
        return "it is a pipe";
    return S_ISREG(mode) ? NULL : "it is no regular file";
}

static char *refuse(int descriptor, const char *reason)
{
    if (descriptor >= 0)
        close(descriptor);
    return memory_copy_string(reason);
}

static char *describe_failure(const struct submissions *self, const struct submission *submission, int failure)
{
    struct stat status;
    const char *kind = NULL;
    if (fstatat(self->folder, submission->name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        kind = kind_of_file(status.st_mode);
    return memory_copy_string(kind != NULL ? kind : strerror(failure));
}

/* Looks before it opens, so that no device is touched, and again afterwards, since the name may mean another file by
 * then. */
int submission_open(const struct submissions *self, const struct submission *submission, char **reason)
{
    struct stat status;
    if (fstatat(self->folder, submission->name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) {
        *reason = describe_failure(self, submission, errno);
        return -1;
    }
    int descriptor = openat(self->folder, submission->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        *reason = descriptor < 0 ? describe_failure(self, submission, errno) : refuse(descriptor, strerror(errno));
        return -1;
    }
    const char *kind = kind_of_file(status.st_mode);
    struct text size = TEXT_INIT;
    if (status.st_size > ANSWER_BYTES_MAX)
        text_print(&size, "it has %lld bytes, and at most %d are read", (long long)status.st_size, ANSWER_BYTES_MAX);
    if (kind != NULL || size.length > 0) {
        *reason = refuse(descriptor, kind != NULL ? kind : text_string(&size));
        descriptor = -1;
    }
    text_free(&size);
    return descriptor;
}
