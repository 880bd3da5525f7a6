#include "apps/input_set.h"

#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 32 }; /* of folders: links could lead round and round */

static int compare(const void *a, const void *b)
{
    const struct stat *left = a, *right = b;
    if (left->st_dev != right->st_dev)
        return left->st_dev < right->st_dev ? -1 : 1;
    return left->st_ino < right->st_ino ? -1 : left->st_ino > right->st_ino;
}

static void add(struct input_set *self, const char *path, int depth);

static void add_folder(struct input_set *self, const char *path, int depth)
{
    DIR *entries = opendir(path);
    for (const struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        struct text inner = TEXT_INIT;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        text_print(&inner, "%s/%s", path, entry->d_name);
        add(self, text_string(&inner), depth + 1);
        text_free(&inner);
    }
    if (entries != NULL)
        closedir(entries);
}

static void add(struct input_set *self, const char *path, int depth)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return;
    if (S_ISDIR(status.st_mode) && depth < DEPTH_MAX)
        add_folder(self, path, depth);
    if (!S_ISREG(status.st_mode))
        return;
    self->files = memory_grow(self->files, self->count, &self->capacity, sizeof *self->files);
    self->files[self->count++] = status;
    self->is_sorted = false;
}

void input_set_add(struct input_set *self, const char *path)
{
    add(self, path, 0);
}

bool input_set_spares(struct input_set *self, const char *path, struct error *error)
{
    struct stat status;
    if (self->count == 0 || path == NULL || strcmp(path, "-") == 0 || stat(path, &status) != 0)
        return true;
    if (!self->is_sorted)
        qsort(self->files, self->count, sizeof *self->files, compare);
    self->is_sorted = true;
    if (bsearch(&status, self->files, self->count, sizeof *self->files, compare) == NULL)
        return true;
    return error_set(error, path, 0, 0, "is used twice (expected different files for what is read and written)");
}

void input_set_free(struct input_set *self)
{
    memory_free(self->files);
    *self = (struct input_set)INPUT_SET_INIT;
}
