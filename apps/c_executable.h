/* c_executable: a C program that can be run: the very assembly that is checked, assembled and linked by the person's compiler.
 *
 * With it goes start_gate.c: its threads wait for each other where they begin, so that they run at the same time. It lies in a folder of
 * its own, and is gone with c_executable_free(), or when the process ends. */
#pragma once

#include "base/error.h"
#include "program/program.h"

#include <stdbool.h>

struct c_executable;

/* Whether a program was compiled from C, so that one can be made of it. */
bool c_executable_is_possible(const struct program *program);

/* Makes one, as new, with a command such as "gcc -O2" (NULL: compiler_default()). Returns NULL with *error set where the compiler cannot. */
struct c_executable *c_executable_new(const struct program *program, const char *command, const char *path,
                                      struct error *error);

/* Where it is; borrowed. */
const char *c_executable_path(const struct c_executable *self);

void c_executable_free(struct c_executable *self);
