#include "space/orbits.h"

#include <string.h>

/* How much longer than one orbit's size sums can be. */
enum { COUNT_LIMBS = 64 / GMP_NUMB_BITS };

/* The product of the factorials of the sizes of the classes. */
void orbits_start(struct orbits *self, const struct system *system)
{
    *self = (struct orbits){.thread_count = system->thread_count, .orders = {1}};
    for (size_t t = 0; t < system->thread_count && system->symmetric; t++) {
        mp_limb_t members = 1; /* of its class, so far */
        for (size_t other = 0; other < t; other++)
            members += machine_class(system->machine, other) == machine_class(system->machine, t);
        mpn_mul_1(self->orders, self->orders, ORBIT_LIMBS, members);
    }
    self->limbs = ORBIT_LIMBS;
    while (self->orders[self->limbs - COUNT_LIMBS - 1] == 0)
        self->limbs--;
}

void orbits_count(const struct orbits *self, const struct groups *groups, uint64_t steps, struct orbit_sum *sum)
{
    mp_limb_t orbit[ORBIT_LIMBS];
    memcpy(orbit, self->orders, sizeof orbit);
    for (size_t g = 0; g < groups->count && groups->count < self->thread_count; g++)
        for (mp_limb_t f = 2; f <= groups->size[g]; f++)
            mpn_divrem_1(orbit, 0, orbit, self->limbs, f);
    mpn_add_n(sum->states, sum->states, orbit, self->limbs);
    mpn_addmul_1(sum->steps, orbit, self->limbs, (mp_limb_t)steps);
}

void orbit_sum_add_to(const struct orbit_sum *self, mpz_t states, mpz_t steps)
{
    mpz_t sum;
    mpz_add(states, states, mpz_roinit_n(sum, self->states, ORBIT_LIMBS));
    mpz_add(steps, steps, mpz_roinit_n(sum, self->steps, ORBIT_LIMBS));
}
