/* parametric: certificates for every number of repetitions, `racecheck-certificate 2` (docs/certificate.md).
 *
 * The program is read with ITERS = 1, which must be mentioned by `.rept ITERS` alone, one for a thread and in no other .rept: so each thread
 * has a loop, whose one repetition stands for all. The proof has two halves. Potentials, one for each place that a value can begin in, keep
 * all schedules within the bound: each step of each state is looked at once, for all numbers of repetitions from a threshold on. And a
 * schedule with groups attains it: one round of each group changes what becomes the final value by a number, and leaves all
 * threads where they were, so that it can be done as often as one likes. */
#pragma once

#include "verify/certificate.h"

struct parametric {
    struct program *program;
    struct span claim;    /* "counter >= 2 + 0 ITERS for ITERS 3 .. 99" */
    struct span model;    /* escaped */
    struct span settings; /* the lines of symbols */
    char digest[SHA256_DIGITS + 1];
    size_t states; /* over all potentials */
    size_t steps;
};

/* Whether a file begins as such a certificate. */
bool parametric_is(struct span file);

/* Reads and checks all of it; ends the process where something is wrong. */
struct parametric parametric_check(struct span file);
