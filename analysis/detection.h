/* detection: how likely one run of a tester (analysis/sample.h) is to show an outcome.
 *
 * The random walk and the draw of all schedules with the same probability follow from what an outcome has: its probability under the random
 * scheduler, and its share of the schedules. For probabilistic concurrency testing the probabilities are added up over all that it can draw: the order
 * of the threads and the change points, step by step, as long as that is not too much; what was left out then may be any outcome. */
#pragma once

#include "analysis/outcome.h"
#include "analysis/sample.h"

struct detection {
    uint32_t depth; /* of PCT */
    uint64_t steps; /* from among which it draws the change points: those of the longest schedule */
    bool has_pct;   /* the next four */
    mpq_t *pct;     /* of each row of the outcome, in lowest terms */
    size_t count;
    mpq_t pct_deadlocked, pct_failed;
    mpq_t pct_unknown;   /* of what was left out: by so much may each of the others be greater; 0: all are exact */
    const char *refusal; /* why not; static */
};

struct detection *detection_new(uint32_t depth, size_t rows);
void detection_free(struct detection *self);

/* Writes the least number of runs of which one shows, with a probability of 95 %, what one run shows with this probability. Returns false
 * where none do, since the probability is 0. */
bool detection_runs(const mpq_t probability, mpz_t runs);
