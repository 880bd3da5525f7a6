/* source: where the program text comes from (a model of the catalogue, or a file), and its assembly. */
#ifndef RACECHECK_APPS_SOURCE_H
#define RACECHECK_APPS_SOURCE_H

#include "apps/options.h"
#include "base/error.h"

/* Returns the program that the options ask for as new, or NULL with *error set: no such model, a file that cannot be
 * read, a text that does not assemble. */
struct program *source_program(const struct options *options, struct error *error);

#endif
