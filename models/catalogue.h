/* catalogue: the models that are built into the program.
 *
 * Each is a text file, models/NAME.s in the language of the assembler, or models/NAME.py in Python; the build turns all of them into one
 * table of strings. Its first comment line says in one line what it shows. Adding a model is adding a file. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct model {
    const char *name;    /* "unlocked" */
    const char *source;  /* "models/unlocked.s", for diagnostics */
    const char *summary; /* the first comment line without "# NAME: " */
    const char *text;    /* the whole file */
};

/* Whether the text is a Python program, which an interpreter has to compile before it can be read. */
bool model_is_python(const struct model *self);

/* Returns the number of models. */
size_t catalogue_count(void);

/* Returns a model by its position in alphabetical order, borrowed. */
const struct model *catalogue_at(size_t position);

/* Returns the model of that name, borrowed, or NULL. */
const struct model *catalogue_find(const char *name);
