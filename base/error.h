/* error: what is wrong with an input, and where.
 *
 * An error belongs to the caller, who starts it with ERROR_INIT and hands a pointer down. The first error wins: a later
 * error_set() on the same error changes nothing, so the innermost function, which knows most, has the word. A function
 * that can fail returns false (or NULL) after it has set the error. Errors are for bad input and for a world that does not
 * cooperate (files, limits); misuse by our own code is an assert. An error owns no memory. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

enum { ERROR_SOURCE_SIZE = 256, ERROR_TEXT_SIZE = 640 };

struct error {
    bool set;
    unsigned line;                  /* 1-based; 0: the error has no place in a file */
    unsigned column;                /* 1-based, in bytes; 0: the whole line */
    char source[ERROR_SOURCE_SIZE]; /* file name, or empty */
    char text[ERROR_TEXT_SIZE];     /* what is wrong, what was expected; one line, control characters replaced */
};

#define ERROR_INIT ((struct error){0})

/* Sets *self, unless it is set already. source may be NULL; line and column are 0 where there is no place. Control
 * characters in the text are replaced by '?', so that an error is always one line. Returns false, so that a function which
 * fails can end with it. */
bool error_set(struct error *self, const char *source, unsigned line, unsigned column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Writes "SOURCE:LINE:COLUMN: TEXT\n" with the parts that are known, or "PREFIX: TEXT\n" where there is no source. */
void error_print(const struct error *self, const char *prefix, FILE *stream);
