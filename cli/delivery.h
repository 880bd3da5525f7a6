/* delivery: writing one document to where the user wants it, whole or not at all. */
#ifndef RACECHECK_CLI_DELIVERY_H
#define RACECHECK_CLI_DELIVERY_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Writes a document to a stream; the context is the caller's. Write errors may stay on the stream. */
typedef void delivery_writer(void *context, FILE *stream);

/* Opens path (NULL: nothing is to be written), lets the writer write, and commits. Returns false with *error set. */
bool deliver(const char *path, delivery_writer *writer, void *context, struct error *error);

#endif
