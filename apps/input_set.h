/* input_set: the files that a command reads, so that it writes none of them.
 *
 * A file is known by its device and inode, whatever names lead to it. Started with INPUT_SET_INIT, freed with
 * input_set_free(). */
#ifndef RACECHECK_APPS_INPUT_SET_H
#define RACECHECK_APPS_INPUT_SET_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct input_set {
    struct stat *files; /* sorted by device and inode where is_sorted */
    size_t count, capacity;
    bool is_sorted;
};

#define INPUT_SET_INIT \
    {                  \
        0              \
    }

/* Adds a regular file, or all that are in a folder and the folders in it; what is not there adds nothing. */
void input_set_add(struct input_set *self, const char *path);

/* Whether a path (NULL and "-" are allowed) leads to none of the files; else *error is set. */
bool input_set_spares(struct input_set *self, const char *path, struct error *error);

void input_set_free(struct input_set *self);

#endif
