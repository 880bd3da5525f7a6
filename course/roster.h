/* roster: who takes part.
 *
 * A list of students in the order of its source: a CSV file (RFC 4180) with a header, or numbers. Identifiers are fit
 * for file names, and no two are the same, not even where upper and lower case count as one. A roster owns its
 * strings. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { ROSTER_STUDENTS_MAX = 10000, ROSTER_BYTES_MAX = 16 << 20 };

struct roster_student {
    char *identifier;
    char *name;    /* may be empty */
    unsigned line; /* of the file; 0 where there is none */
};

struct roster {
    struct roster_student *students;
    size_t count;
    size_t capacity;
};

/* Reads a CSV file, or standard input where the path is "-", into *self. The first record is the header. Fields are
 * separated by commas, semicolons or tabs, by whichever the header has a column for identifiers; a line "sep=;" above it
 * says so itself. The column `student` (or `id`, `identifier`, `login`,
 * `username`, `sid`, `netid`, `email`) holds identifiers, and `name` (or `full name`, `student name`; or `first name`
 * and `last name`) names; other columns are left alone. Returns false with *error set, and an empty roster, where the
 * file cannot be read, is no UTF-8, no CSV, has no such column, no students, or a bad or repeated identifier. */
bool roster_read(struct roster *self, const char *path, struct error *error);

/* The same for text; source is the name for diagnostics. */
bool roster_read_text(struct roster *self, const char *source, const char *text, size_t length, struct error *error);

/* Fills *self with s01, s02, ... as many as asked for (1 to ROSTER_STUDENTS_MAX), all numbers equally long. */
void roster_number(struct roster *self, size_t count);

/* Empties the roster. */
void roster_free(struct roster *self);
