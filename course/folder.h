/* folder: a folder of files that is there whole or not at all.
 *
 * Everything is written into a folder beside it with a temporary name, which folder_commit() renames. What was not
 * committed is removed by folder_discard(), or at the end of the scope (base/scope.h). A folder is to be used from one thread. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

struct folder;

/* Begins a folder that is to have this path, and returns it as new. NULL with *error set where the path exists and is
 * no empty folder, or where nothing can be written. It is ended by folder_commit() or folder_discard(). */
struct folder *folder_begin(const char *path, struct error *error);

/* Where it is for now, borrowed: the path of a file in it begins so. */
const char *folder_path(const struct folder *self);

/* Makes a folder in it; a private one can be read by its owner alone, whatever the umask is. */
bool folder_make(struct folder *self, const char *name, bool is_private, struct error *error);

/* Writes one file of a path that begins with folder_path(). A private one can be read by its owner alone, whatever the
 * umask is. The writer writes to the stream; errors of writing may stay on it. Returns false with *error set. */
typedef void folder_writer(const void *context, FILE *stream);
bool folder_write(struct folder *self, const char *path, bool is_private, folder_writer *writer, const void *context,
                  struct error *error);

/* Takes the folder and gives it its name. Returns false with *error set, and leaves nothing behind. */
bool folder_commit(struct folder *self, struct error *error);

/* Takes the folder and removes all that was written; NULL is allowed. */
void folder_discard(struct folder *self);
