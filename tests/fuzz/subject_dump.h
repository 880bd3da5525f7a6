/* subject_dump: what a certificate is about, as racecheck's own reader, schedulers and search have it.
 *
 * For test_readers, which compares it with what the verifier has. The lines above the program are read simply, for only
 * what the verifier has taken comes here. */
#pragma once

#include "base/text.h"

#include <stdbool.h>

/* Appends the program, the scheduler and the claims of a certificate, in the form of verifier_reader.c. Returns false, with the reason
 * appended, where racecheck refuses them. */
bool subject_dump(const char *certificate, struct text *dump);

/* Appends a certificate for such a subject: of the conditions that it claims, else of the minimum, or the maximum, of what it names. Returns false where there is none, or a large one. */
bool subject_certify(const char *subject, bool is_upper, bool no_slice, struct text *certificate);

/* Appends what is true where a certificate claims something: a line "counter >= 2" for each bound, one "always counter < 3" for each condition
 * that is true of all states. Returns false where racecheck refuses them. */
bool subject_claims(const char *certificate, struct text *claims);
