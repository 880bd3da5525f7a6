/* python: the code of a Python program -> program.
 *
 * Reads a dump (frontends/python_dump.h) and executes what its threads do as far as it is known before they run; what is left are
 * the instructions of a program (frontends/python_parts.h tells how). What is not covered is an error with its line and column.
 * docs/python.md says what is, and by which rules threads take turns. */
#ifndef RACECHECK_FRONTENDS_PYTHON_H
#define RACECHECK_FRONTENDS_PYTHON_H

#include "base/error.h"
#include "base/property.h"
#include "program/program.h"

struct python_input {
    const char *text; /* the dump; length bytes */
    size_t length;
    const char *name;               /* of the dump, for what is wrong with it */
    bool shows_bytecode;            /* instructions are told in bytecode, beside the line */
    const struct property *symbols; /* TSO, STORE_BUFFER: borrowed */
    size_t symbol_count;
};

/* The text of the helper that dumps a program's code. */
extern const char python_helper[];

/* The text that executes a program along a schedule in a real interpreter. */
extern const char python_real[];

/* Returns the program as new, or NULL with *error set. */
struct program *python_read(const struct python_input *input, struct error *error);

#endif
