/* x86: what a C compiler has written -> program.
 *
 * Reads the assembly of a C program (frontends/gas.h) and executes what its threads do as far as it is known before they run; what is left
 * are the instructions of a program (frontends/x86_parts.h tells how). The text begins with lines that say what it was made of, so that it
 * is all that is needed to read the program again. What is not covered is an error with its line. docs/c.md says what is, and what a step is. */
#pragma once

#include "base/error.h"
#include "base/text.h"
#include "program/program.h"

struct x86_input {
    const char *text; /* NUL-terminated; length bytes */
    size_t length;
    const char *name;               /* of the text, for what is wrong with it */
    const struct property *symbols; /* TSO, STORE_BUFFER, SPURIOUS: borrowed */
    size_t symbol_count;
    const char *observed;  /* a list of names, which are to be words of the program; or NULL */
    bool is_one_processor; /* a step is an instruction, and none comes between what one does to memory */
};

/* What a text of assembly was made of. */
struct x86_origin {
    const char *file;     /* "counter.c" */
    const char *compiler; /* "gcc -O0"; NULL: people have written the assembly */
    const char *source;   /* the text of that file, length bytes; of no matter for assembly */
    size_t length;
};

/* Appends the lines that say so, and the assembly. */
void x86_write_text(struct text *text, const struct x86_origin *origin, const char *assembly, size_t length);

/* Whether a text begins with such lines; and whether these, which it has, say that a compiler has written the assembly behind them. */
bool x86_is(const char *text, size_t length);
bool x86_is_of_c(const char *text);

/* The assembly behind them, borrowed. */
const char *x86_assembly(const char *text);

/* Returns the program as new, or NULL with *error set. */
struct program *x86_read_program(const struct x86_input *input, struct error *error);
