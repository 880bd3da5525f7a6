/* assembler: program text -> program.
 *
 * Reads the dialect of docs/language.md. Everything that can be wrong with a text is an error value with its line and
 * column, and says what was expected; nothing is half-read. Text is bytes; anything outside printable ASCII is allowed in
 * comments only. .rept is unrolled here, so loop control costs no steps. */
#pragma once

#include "base/error.h"
#include "base/text.h"
#include "program/program.h"

struct presets;

struct assembler_input {
    const char *name;   /* the model's name, for reports */
    const char *source; /* the file name, for diagnostics */
    const char *text;   /* NUL-terminated; length bytes */
    size_t length;      /* a NUL before this is an error of the text */
    int64_t threads;    /* symbol THREADS, and the number of threads that run .main; 1 .. PROGRAM_THREADS_MAX */
    int64_t iters;      /* symbol ITERS, 0 or more */
    const struct property *symbols; /* further symbols (--define): numbers, borrowed */
    size_t symbol_count;
    uint64_t rolled_from; /* a code of so many instructions keeps its loop, and is not unrolled (program/program.h); 0: none does */
    const struct presets *presets; /* first values of registers (frontends/presets.h), borrowed; NULL for none */
};

/* One of several files that are one program. */
struct assembler_file {
    const char *name; /* the file name, for diagnostics, and for the name of its thread */
    const char *text; /* length bytes */
    size_t length;
};

/* Appends the text of a program that is made of several files: each of them behind a line `.file NAME`, which
 * assembler_read() understands. So one text is all that is needed to read the program again. */
void assembler_join(const struct assembler_file *files, size_t count, struct text *text);

/* Returns the program as new, or NULL with *error set. */
struct program *assembler_read(const struct assembler_input *input, struct error *error);
