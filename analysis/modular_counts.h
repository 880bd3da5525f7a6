/* modular_counts: how many schedules of a grid of two lanes end with each value, modulo primes.
 *
 * The counts are the coefficients of a polynomial: a step that adds d multiplies by x^d, and steps to choose from are added. Modulo a
 * prime of 30 bits, and at given points x, a fold of it is one of plain numbers, so that an element is a vector of so many points. As
 * many points as there are values determine the polynomial (Newton's interpolation), and as many primes as a count has bits
 * for determine the counts (the Chinese remainder theorem, by Garner's mixed radix; Knuth, The Art of Computer Programming, vol. 2,
 * section 4.3.2). No element is larger than a vector: a fold of many primes takes the memory of a few rows, where the polynomials take that of
 * all their coefficients, and it stays in the caches. Each pair of a prime and some points is a piece of work of its own. */
#pragma once

#include "analysis/array_fold.h"

#include <gmp.h>

struct modular_counts {
    const struct lanes *lanes;       /* borrowed */
    const struct value_range *slots; /* of each slot: what is added from the start on, in units; borrowed */
    uint32_t *primes;
    size_t prime_count;
    size_t point_count;
};

/* What counting will cost one job where there are so many values, and their counts have so many bits; for estimates only. */
struct estimate modular_counts_estimate(const struct lanes *lanes, double width, double bits);

/* Prepares to count schedules of which there are no more than `most`; the slots' ranges must be those of the lanes
 * (array_fold_run()). Freed with modular_counts_free(). */
void modular_counts_start(struct modular_counts *self, const struct lanes *lanes, const struct value_range *slots,
                          const mpz_t most);
void modular_counts_free(struct modular_counts *self);

/* Counts, and calls a visitor for each value that some schedule ends with, once for each slot that it can come from. Returns false where the
 * budget is exceeded; nothing is visited then. */
typedef void modular_counts_visitor(void *context, int64_t value, const mpz_t count);
bool modular_counts_run(const struct modular_counts *self, unsigned jobs, struct budget *budget,
                        modular_counts_visitor *visitor, void *context);
