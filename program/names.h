/* names: what a name that somebody has written means in a program, where it does not mean what it should; for errors. */
#pragma once

#include "base/error.h"
#include "base/spelling.h"

#include <stdbool.h>
#include <stdint.h>

struct program;
struct variable;

/* Return a spelling of a name that was to be a thread of a program, or, without its '%', a register: all there are were considered. */
struct spelling names_of_threads(const struct program *program, const char *name, size_t length);
struct spelling names_of_registers(const char *name, size_t length);

/* A name that was to be a variable. */
struct unknown_name {
    const struct program *program;
    struct spelling spelling;    /* of it; what else could stand there may have been considered */
    const char *register_before; /* what is written before a register there: "" or "T0.", with its '%' behind */
    unsigned line, column;       /* where it stands; 0, 0: nowhere */
};

/* Sets the error that it is none: what it is instead, or what was perhaps meant, or all variables that there are. Returns false. */
bool names_refuse_variable(struct unknown_name *self, struct error *error);

/* Set the error that a variable has no element of an index, which is a number, or the text "[9]". Return false. */
bool names_refuse_element(const struct variable *variable, int64_t index, unsigned line, unsigned column,
                          struct error *error);
bool names_refuse_index(const struct variable *variable, const char *index, struct error *error);
