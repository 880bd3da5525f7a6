/* grade_file: a grade on its way out of the process in which it was found.
 *
 * The reader trusts nothing but the key: points come from there, and what is said about rows that the key has not, or
 * in another shape, is no grade. */
#pragma once

#include "course/grade.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Finds the key of a student, borrowed, or NULL. */
typedef const struct key *grade_file_finder(const void *context, const char *student);

void grade_file_write(FILE *stream, const struct grade *grade);

/* Starts and fills *grade. Returns false, with nothing to be freed, where the bytes are no grade. */
bool grade_file_read(struct grade *grade, const char *bytes, size_t length, grade_file_finder *find,
                     const void *context);
