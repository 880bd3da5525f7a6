/* delivery: writing one document to where the user wants it, whole or not at all. */
#pragma once

#include "apps/options.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

/* Writes a document to a stream; the context is the caller's. Write errors may stay on the stream. */
typedef void delivery_writer(void *context, FILE *stream);

/* Opens path (NULL: nothing is to be written), lets the writer write, and commits. Returns false with *error set. */
bool deliver(const char *path, delivery_writer *writer, void *context, struct error *error);

/* Whether a path, which may be NULL, is "-". */
bool delivery_is_standard_output(const char *path);

/* Where the report of a command goes: to standard output, unless it shall go elsewhere, or something else goes there. NULL:
 * nowhere. */
const char *delivery_report_path(const struct options *options);

/* Whether no file is to be written twice, or written and read: a file can be one of the things that a command writes, and not one
 * of its operands besides. Else *error is set. */
bool delivery_outputs_differ(const struct options *options, struct error *error);

/* The files that a command reads, many perhaps, so that it writes none of them. A file is known by its device and inode, whatever
 * names lead to it. Started with INPUT_SET_INIT, freed with input_set_free(). */
struct input_set {
    struct stat *files;
    size_t count, capacity;
};

#define INPUT_SET_INIT ((struct input_set){0})

/* Adds a regular file, or all that are in a folder and the folders in it; what is not there adds nothing. */
void input_set_add(struct input_set *self, const char *path);

/* Whether a path (NULL and "-" are allowed) leads to none of the files; else *error is set. */
bool input_set_spares(const struct input_set *self, const char *path, struct error *error);

void input_set_free(struct input_set *self);
