/* python_file: the code of a Python program, as the person's own interpreter compiles it.
 *
 * The interpreter is run on a helper of ours (frontends/python_dump.py) that compiles the file, never executes it, and writes JSON.
 * It runs as a process of its own with a limit of time and one for what it writes. */
#ifndef RACECHECK_APPS_PYTHON_FILE_H
#define RACECHECK_APPS_PYTHON_FILE_H

#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>

/* Whether a path is that of a Python program, by its name. */
bool python_file_is(const char *path);

/* Appends the dump of a program's code. Returns false with *error set: the file cannot be opened, the interpreter cannot be run, or
 * has failed. */
bool python_file_dump(const char *interpreter, const char *path, struct text *dump, struct error *error);

/* The same of a text that is in no file; errors call it by a path nevertheless. */
bool python_text_dump(const char *interpreter, const char *path, const char *source, size_t length, struct text *dump,
                      struct error *error);

#endif
