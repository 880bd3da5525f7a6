/* bundle: the archive that an instructor uploads to Gradescope.
 *
 * It holds setup.sh and run_autograder, which the system calls, the assignment without what is for students, and this
 * very program with the libraries that it was loaded with, so that nothing has to be installed and the versions match.
 * Equal inputs give equal bytes. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Writes the archive of an assignment's folder. Returns false with *error set: the assignment, a key or the program
 * cannot be read, the stream cannot be written. In the archive the keys can be read by all: who unpacks it and who runs it
 * need not be the same user there. */
bool bundle_write(FILE *stream, const char *folder, bool reveal, struct error *error);
