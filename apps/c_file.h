/* c_file: the file of a C or C++ program, or one of assembly, as the text that the front-end for x86-64 reads.
 *
 * The person's own compiler is run on a C program: it writes assembly with the lines of the source, in a folder of its own that is gone
 * afterwards. It has a limit of time and one for what it writes. What it finds wrong with the program is an error with its place. */
#pragma once

#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>

/* Whether a path's name ends as that of a C or C++ program. */
bool c_file_is(const char *path);

/* Compiles a file with a command, such as "gcc -O2" (NULL: compiler_default()), and appends the text. Returns false with *error set. */
bool c_file_compile(const char *command, const char *path, struct text *text, struct error *error);

/* Appends the text of a file of assembly. Returns false with *error set. */
bool c_file_read_assembly(const char *path, struct text *text, struct error *error);
