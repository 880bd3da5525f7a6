/* option_table: every option of the command line, a row each.
 *
 * A row says of an option its name, letter, argument, help text, to which commands it belongs, and how it is read. The
 * parser (options.c), --help (help.c) and the tests read the table. Commands may give a name different meanings: then it
 * has several rows, no two of which belong to the same command. */
#pragma once

#include "apps/options.h"

#include <stddef.h>

struct option_row;

/* Reads an option's argument into the options; argument is NULL for an option without. Returns false with *error set,
 * without the option's name, where it is wrong. */
typedef bool option_reader(struct options *self, const struct option_row *row, const char *argument,
                           struct error *error);

/* A word that an option takes, and what it stands for. */
struct option_word {
    const char *word;
    unsigned value;
};

struct option_row {
    const char *name;     /* NULL: the row is a heading of the help */
    char letter;          /* 0: none */
    const char *argument; /* placeholder, or NULL: it takes none */
    const char *help;
    unsigned commands;   /* a bit 1 << enum command for each that takes it */
    option_reader *read; /* NULL for headings */

    /* For the readers that serve many rows: */
    size_t place;                       /* where in struct options it is kept ... */
    size_t given;                       /* ... and where a bool says that it was given; 0: nowhere */
    int64_t least, most;                /* of numbers */
    const struct option_word *words;    /* a list that ends with NULL; or, where others have the names: */
    const char *(*word)(size_t number); /* that stands for a number, borrowed; NULL behind the last */
    bool is_output;                     /* it is the path of something that is written */
};

enum { OPTION_ROWS_MAX = 160 };

/* The row at a position, from 0 on, borrowed; NULL behind the last. There are fewer than OPTION_ROWS_MAX. */
const struct option_row *option_table_at(size_t position);

/* Whether a word may follow the option of a row that has no argument. */
bool option_row_takes(const struct option_row *self, const char *word);

/* Whether a row belongs to a command. */
bool option_row_is_for(const struct option_row *self, enum command command);
