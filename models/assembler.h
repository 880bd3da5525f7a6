/* assembler: program text -> program.
 *
 * Reads the dialect of docs/language.md. Everything that can be wrong with a text is an error value with its line and
 * column, and says what was expected; nothing is half-read. Text is bytes; anything outside printable ASCII is allowed in
 * comments only. .rept is unrolled here, so loop control costs no steps. */
#ifndef RACECHECK_MODELS_ASSEMBLER_H
#define RACECHECK_MODELS_ASSEMBLER_H

#include "base/error.h"
#include "models/program.h"

struct assembler_input {
    const char *name;      /* the model's name, for reports */
    const char *source;    /* the file name, for diagnostics */
    const char *text;      /* NUL-terminated; length bytes */
    size_t length;         /* a NUL before this is an error of the text */
    int64_t threads;       /* symbol THREADS, and the number of threads that run .main; 1 .. PROGRAM_THREADS_MAX */
    int64_t iters;         /* symbol ITERS, 0 or more */
    const struct symbol *symbols; /* further symbols (--define), borrowed */
    size_t symbol_count;
};

/* Returns the program as new, or NULL with *error set. */
struct program *assembler_read(const struct assembler_input *input, struct error *error);

#endif
