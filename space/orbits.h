/* orbits: how many states and steps the representatives of a symmetric system stand for.
 *
 * The orbit of a state is what comes of exchanging threads of one class. Its size is the number of orders of the threads of
 * each class, less those that only exchange threads of one group. Sums are exact. `struct orbits` is constant once started;
 * every worker counts into a `struct orbit_sum` of its own, which is zero at first. */
#pragma once

#include "space/system.h"

#include <gmp.h>

/* 64! has 296 bits, and no more than 2^32 states with 2^7 steps each are counted. */
enum { ORBIT_LIMBS = 384 / GMP_NUMB_BITS };

struct orbits {
    size_t thread_count;
    mp_limb_t orders[ORBIT_LIMBS]; /* in how many orders the threads of the classes can stand */
};

struct orbit_sum {
    uint64_t largest_states;       /* no two threads of which are in one group: their orbits are the largest */
    uint64_t largest_steps;        /* ... and the steps from these states */
    mp_limb_t states[ORBIT_LIMBS]; /* of all other orbits */
    mp_limb_t steps[ORBIT_LIMBS];
};

/* Looks at the classes of a system. */
void orbits_start(struct orbits *self, const struct system *system);

/* Counts the orbit of a state with these groups, from each state of which `steps` steps lead. */
void orbits_count(const struct orbits *self, const struct groups *groups, uint64_t steps, struct orbit_sum *sum);

/* Counts the orbits of so many such states. */
void orbits_count_many(const struct orbits *self, const struct groups *groups, uint64_t steps, uint64_t states,
                       struct orbit_sum *sum);

/* Adds what was counted to two exact numbers. */
void orbits_add_up(const struct orbits *self, const struct orbit_sum *sum, mpz_t states, mpz_t steps);
