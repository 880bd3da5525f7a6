/* c_executable: a C program that can be run: the very assembly that is checked, assembled and linked by the person's compiler.
 *
 * With it goes start_gate.c: its threads wait for each other where they begin, so that they run at the same time. It lies in a folder of
 * its own, and is gone with c_executable_free(), or when the process ends. */
#pragma once

#include "apps/symbol_table.h"
#include "base/error.h"
#include "program/program.h"

#include <stdbool.h>
#include <stdint.h>

struct c_executable;

/* Whether a program was compiled from C, so that one can be made of it. */
bool c_executable_is_possible(const struct program *program);

/* Makes one, as new, with a command such as "gcc -O2" (NULL: compiler_default()). Returns NULL with *error set where the compiler cannot. */
struct c_executable *c_executable_new(const struct program *program, const char *command, const char *path,
                                      struct error *error);

/* The same without the gate, for one that is led: it lies where it was linked to lie. */
struct c_executable *c_executable_new_led(const struct program *program, const char *command, const char *path,
                                          struct error *error);

/* Of one that is led: on which line of the assembly, from 1, the instruction at an address stands; 0: none that is there has this address.
 * And whether an address lies among these. */
uint32_t c_executable_line(const struct c_executable *self, uint64_t address);
bool c_executable_is_within(const struct c_executable *self, uint64_t address);

/* ... and the symbol of a name; false where there is none. */
bool c_executable_symbol(const struct c_executable *self, const char *name, struct elf_symbol *symbol);

/* Where it is; borrowed. */
const char *c_executable_path(const struct c_executable *self);

void c_executable_free(struct c_executable *self);
