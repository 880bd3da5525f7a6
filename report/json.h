/* json: results and witnesses as JSON documents.
 *
 * docs/formats.md describes the documents, docs/result.schema.json,
 * docs/witness.schema.json and docs/sweep.schema.json define them. Equal outcomes give equal bytes. They
 * are written element by element, so that a document needs little memory however long it is.
 * Text that is not valid UTF-8 has the offending bytes replaced by U+FFFD. Write errors stay on the stream. */
#pragma once

#include "analysis/outcome.h"
#include "report/sweep.h"

#include <stdbool.h>
#include <stdio.h>

/* How a document calls an end, borrowed. */
const char *json_end_name(enum outcome_end end);

/* Writes the result document; with `timing` it says how long the analysis took. */
void json_write_result(FILE *stream, const struct outcome *outcome, bool timing);

/* Writes one witness of an outcome as a document of its own, which replay accepts. */
void json_write_witness(FILE *stream, const struct outcome *outcome, const struct outcome_witness *witness);

/* Writes the sample that an outcome has, with a witness for each end that was drawn. */
void json_write_sample(FILE *stream, const struct outcome *outcome);

/* Writes a sweep, with the documents of its points. */
void json_write_sweep(FILE *stream, const struct sweep *sweep);
