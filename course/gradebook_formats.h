/* gradebook_formats: grades, told to people and to the systems of courses.
 *
 * text and json are ours (docs/assignments.md, docs/grades.schema.json). gradescope and prairielearn are the
 * results.json of these systems, about one submission each (docs/gradescope.schema.json,
 * docs/prairielearn.schema.json); junit and tap are about all. What students have written is escaped as each format
 * wants it. Errors of writing stay on the stream. */
#pragma once

#include "course/gradebook.h"

#include <stdio.h>

enum gradebook_format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_GRADESCOPE,
    FORMAT_PRAIRIELEARN,
    FORMAT_JUNIT,
    FORMAT_TAP,
    GRADEBOOK_FORMATS
};

/* "gradescope", borrowed. */
const char *gradebook_format_name(enum gradebook_format format);

/* Whether a document of a format is about one submission. */
bool gradebook_format_is_single(enum gradebook_format format);

/* Writes the gradebook; of a single format the one grade that it has, or that nothing was handed in. */
void gradebook_write(FILE *stream, enum gradebook_format format, const struct gradebook *book);

/* Writes one grade in a single format. */
void gradebook_write_one(FILE *stream, enum gradebook_format format, const struct grade *grade);

/* The writers, each in its file. */
void gradebook_write_text(FILE *stream, const struct gradebook *book);
void gradebook_write_json(FILE *stream, const struct gradebook *book);
void gradebook_write_gradescope(FILE *stream, const struct grade *grade);
void gradebook_write_prairielearn(FILE *stream, const struct grade *grade);
void gradebook_write_junit(FILE *stream, const struct gradebook *book);
void gradebook_write_tap(FILE *stream, const struct gradebook *book);

/* Writes a message line by line, each behind a prefix and fit for a terminal. */
void gradebook_write_lines(FILE *stream, const char *prefix, const char *message);

/* The points of a row in this grade: none where it was not graded. */
static inline int64_t gradebook_row_points(const struct grade *grade, const struct grade_row *row)
{
    return grade->state == GRADE_GRADED ? grade_row_points(row) : 0;
}
