/* proof: whether what a certificate lists proves what it claims.
 *
 * The conditions are those of docs/certificate.md, "When a certificate is valid". The first one that does not hold
 * ends the process (verify/verdict.h). Why they are enough: by induction over the steps of any schedule, the state
 * that it is in is always one that is listed (the first states are, and every step from a listed state leads to a
 * listed one), and each value is then within its bound (the first values are, and no step lets a bound exceed what
 * the step gives). So a schedule in which all threads finish ends in a listed state, where the bounds that are claimed were
 * looked at, and whatever state a schedule comes to is one where the conditions were. The witnesses show that the bounds cannot
 * be made stronger. */
#pragma once

#include "verify/certificate.h"

/* What was looked at. */
struct proof {
    uint64_t steps;
    uint64_t finals;    /* states in which every thread has finished */
    uint64_t deadlocks; /* states in which nobody can step, and somebody has not finished */
    uint64_t errors;    /* steps that are errors of the program */
};

/* Checks all conditions. */
struct proof proof_check(const struct certificate *certificate);
