/* compiler: the person's own compiler of C or C++, as a command with its options.
 *
 * It runs as a process of its own, with a limit of time and one for what it writes. What it finds wrong with the program is an error with
 * its place. */
#pragma once

#include "base/error.h"

#include <stdbool.h>

/* Whether a path's name ends as that of a C++ program: what compiles it the option --cxx says, of others --cc. */
bool compiler_is_for_cxx(const char *path);

/* The command where the person has named none. */
const char *compiler_default(const char *path);

enum { COMPILER_ARGUMENTS_MAX = 16 };

/* Runs a command, split into words as a shell would do, with further arguments behind it, a list that ends with NULL. Errors speak of `path`;
 * those that the compiler finds, it tells of `input`: that, or a copy. Returns false with *error set. */
bool compiler_run(const char *command, const char *const *arguments, const char *path, const char *input,
                  struct error *error);
