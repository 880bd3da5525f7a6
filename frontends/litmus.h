/* litmus: a litmus test -> program.
 *
 * Reads the format of herd and litmus7 (Alglave, Maranget, Tautschnig, Herding cats, TOPLAS 2014) for X86, whose instructions are written
 * as Intel does, and X86_64, written as AT&T does: first values in braces, threads in columns, and a condition on the states at the end. A
 * test is rewritten in the language of docs/language.md and assembled; instructions keep their places in the test. Memory is TSO, unless
 * the symbol TSO is 0. What the test asks is the program's question (program/program.h). What is not known is an error with its place. */
#pragma once

#include "base/error.h"
#include "program/program.h"

struct litmus_input {
    const char *source; /* the file name, for diagnostics */
    const char *text;   /* NUL-terminated; length bytes */
    size_t length;
    const struct property *symbols; /* as for the assembler, borrowed */
    size_t symbol_count;
};

/* Whether a text is a litmus test: its first word is that of an architecture, behind comments. */
bool litmus_is(const char *text, size_t length);

/* Returns the program as new, or NULL with *error set. */
struct program *litmus_read(const struct litmus_input *input, struct error *error);
