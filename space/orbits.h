/* orbits: how many states and steps the representatives of a symmetric system stand for.
 *
 * The orbit of a state is what comes of exchanging threads of one class. Its size is the number of orders of the threads of
 * each class, less those that only exchange threads of one group. Sums are kept in 128 bits, and in GMP's numbers where
 * there are so many threads that 64 bits might not do for an orbit. `struct orbits` is constant once started; every worker counts into a
 * `struct orbit_sum` of its own. */
#ifndef RACECHECK_SPACE_ORBITS_H
#define RACECHECK_SPACE_ORBITS_H

#include "space/system.h"

#include <gmp.h>

/* A sum of 128 bits, in two halves: not every machine has a type for it. */
struct orbit_number {
    uint64_t low, high;
};

struct orbits {
    const struct system *system; /* borrowed */
    bool are_large;
    uint64_t orders;                        /* in how many orders the threads of the classes can stand */
    size_t class_sizes[SYSTEM_THREADS_MAX]; /* by the first thread of each class, 0 for the others */
};

struct orbit_sum {
    struct orbit_number states, steps;
    mpz_t large_states, large_steps;
};

/* Looks at the classes of a system. */
void orbits_start(struct orbits *self, const struct system *system);

/* Counts the orbit of a state with these groups, from each state of which `steps` steps lead. */
void orbits_count(const struct orbits *self, const struct groups *groups, uint64_t steps, struct orbit_sum *sum);

/* Starts a sum at 0; frees it; adds it to two exact numbers. */
void orbit_sum_start(struct orbit_sum *self);
void orbit_sum_free(struct orbit_sum *self);
void orbit_sum_add_to(const struct orbit_sum *self, mpz_t states, mpz_t steps);

#endif
