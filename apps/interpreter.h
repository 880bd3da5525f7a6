/* interpreter: runs the person's own Python interpreter on a text of ours.
 *
 * It runs as a process of its own, which has a limit of time and one for what it writes, and ends with all that it has started. Nothing of
 * the person's settings and packages, nor of the current folder, takes part. */
#pragma once

#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>

struct interpreter {
    const char *program;  /* "python3" */
    const char *text;     /* what it executes */
    const char *argument; /* given to that; or NULL */
    const char *purpose;  /* for errors: "to compile counter.py" */
    double seconds;       /* of processor time that it may take */
};

/* Returns a descriptor from which a text can be read, for interpreter_run(); -1 with *error set. */
int interpreter_input(const char *text, size_t length, struct error *error);

/* Runs it. It reads from a descriptor, which is taken; what it writes is appended to `output`, what it writes to standard error to
 * `messages` where that is not NULL. Returns false with *error set: it cannot be run, or has failed. */
bool interpreter_run(const struct interpreter *self, int input, struct text *output, struct text *messages,
                     struct error *error);
