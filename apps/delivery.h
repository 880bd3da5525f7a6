/* delivery: writing one document to where the user wants it, whole or not at all. */
#ifndef RACECHECK_APPS_DELIVERY_H
#define RACECHECK_APPS_DELIVERY_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Writes a document to a stream; the context is the caller's. Write errors may stay on the stream. */
typedef void delivery_writer(void *context, FILE *stream);

/* Opens path (NULL: nothing is to be written), lets the writer write, and commits. Returns false with *error set. */
bool deliver(const char *path, delivery_writer *writer, void *context, struct error *error);

/* Whether a path, which may be NULL, is "-". */
bool delivery_is_standard_output(const char *path);

/* Whether no file is to be written twice, or written and read: a file can be one of the things that are written, and not the
 * program besides. Paths that were not given are NULL. Else *error is set. */
bool delivery_paths_differ(const char *const *written, size_t written_count, const char *const *read, size_t read_count,
                           struct error *error);

#endif
