/* index: the lecturer's list of an edition: student, version, difficulty, key, and who has the same answer.
 *
 * As CSV (RFC 4180) for spreadsheets and scripts, and as a page with links. Both name keys and answers: not for
 * students. */
#pragma once

#include "course/edition.h"

#include <stdio.h>

/* Errors of writing stay on the stream. */
void index_write_csv(const struct edition *edition, FILE *stream);
void index_write_html(const struct edition *edition, FILE *stream);
