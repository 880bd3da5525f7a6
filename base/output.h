/* output: a file that a result is written to, whole or not at all.
 *
 * `-` is standard output. A path that does not exist yet, or that is a regular file, is written under a temporary
 * name in the same directory and renamed by output_commit(), so that nobody ever sees half a file; a file that was
 * there keeps its mode, a new one has what umask leaves of 0666. A symbolic link stays, and the file that it leads to is
 * replaced. Anything else (a device such as /dev/full, a pipe) is written as it stands. Temporary files that were not
 * committed are removed by output_discard(), or at the end of the scope (base/scope.h). The stream belongs to the output;
 * outputs are to be used from one thread. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

struct output;

/* Opens an output and returns it as new, or NULL with *error set: a directory, a place where nothing can be written.
 * It is ended by output_commit() or output_discard(). */
struct output *output_open(const char *path, struct error *error);

/* The stream to write to, borrowed. A write that fails leaves its mark on the stream, and output_commit() sees it. */
FILE *output_stream(const struct output *self);

/* Takes the output: everything is written out, and the file has its name. Returns false with *error set, and leaves
 * the path as it was where a temporary name was used, if anything could not be written (a full disk) or renamed. */
bool output_commit(struct output *self, struct error *error);

/* Takes the output and forgets what was written; NULL is allowed. */
void output_discard(struct output *self);
