/* temporary: a file or folder that gets its name only once it is whole.
 *
 * Until then it lies beside its future place under a name of its own. What was not ended is removed at the end of the scope
 * (base/scope.h). Started with zeros; to be used from one thread. */
#pragma once

#include "base/scope.h"

#include <stdbool.h>

/* Makes something of a path, which must not be there yet: returns at least 0, or -1 with errno set. Removes it. */
typedef int temporary_maker(const char *path);
typedef int temporary_remover(const char *path);

struct temporary {
    char *path; /* where it is for now; NULL where there is nothing */
    temporary_remover *remove;
    struct scope_cleanup cleanup;
};

/* Makes it beside a path, and returns what the maker returns. It is ended by temporary_end(), also where that is -1. */
int temporary_make(struct temporary *self, const char *path, temporary_maker *make, temporary_remover *remove);

/* Gives it its path and returns true; or, where the path is NULL, or with errno set, removes it and returns false. */
bool temporary_end(struct temporary *self, const char *path);
