/* certificate_file: a certificate as the file that racecheck-verify reads; docs/certificate.md describes it.
 *
 * ASCII, a line a state, the same bytes for the same certificate. The last line is the SHA-256 of all above. */
#pragma once

#include "analysis/certificate.h"
#include "analysis/outcome.h"

#include <stdbool.h>
#include <stdio.h>

enum { CERTIFICATE_CHECKSUM_SIZE = 65 };

/* Writes the file to a stream, and the SHA-256 of the whole file, as sha256sum prints it, to checksum. What was checked the
 * outcome says. Write errors stay on the stream, whose error flag is set then. Returns false where it was given up because the
 * certificate's budget was spent: what is on the stream is half a file then. */
bool certificate_file_write(FILE *stream, const struct certificate *certificate, const struct outcome *outcome,
                            char checksum[CERTIFICATE_CHECKSUM_SIZE]);

/* Writes the certificate of the minimum, or of the maximum, that an outcome was proved to have for every number of repetitions
 * (parametric_text_obstacle() is NULL); fills the checksum likewise. */
void certificate_file_write_parametric(FILE *stream, const struct outcome *outcome, bool is_upper,
                                       char checksum[CERTIFICATE_CHECKSUM_SIZE]);
