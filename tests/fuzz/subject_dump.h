/* subject_dump: what a certificate is about, as racecheck's own reader, schedulers and search have it.
 *
 * For test_readers, which compares it with what the verifier has. The lines above the program are read simply, for only
 * what the verifier has taken comes here. */
#pragma once

#include "base/text.h"

#include <stdbool.h>

/* Appends the program and scheduler of a certificate, in the form of verifier_reader.c. Returns false, with the reason
 * appended, where racecheck refuses them. */
bool subject_dump(const char *certificate, struct text *dump);

/* Appends a certificate for such a subject, its minimum's or its maximum's. Returns false where there is none, or a large one. */
bool subject_certify(const char *subject, bool is_upper, bool no_slice, struct text *certificate);

/* Appends what racecheck claims where a certificate claims something: "counter >= 2" and a line feed. */
bool subject_claim(const char *certificate, struct text *claim);
