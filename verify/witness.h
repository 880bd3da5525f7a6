/* witness: the schedule that attains the claim, executed with all values known. */
#pragma once

#include "verify/certificate.h"

/* Checks that the scheduler allows the witness, that every thread finishes in it, and that it ends with the value
 * claimed. */
void witness_check(const struct certificate *certificate, const struct claim *claim);
