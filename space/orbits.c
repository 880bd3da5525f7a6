#include "space/orbits.h"

#include "base/exact.h"

#include <string.h>

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
}

void orbits_count(const struct orbits *self, const struct groups *groups, uint64_t steps, struct orbit_sum *sum)
{
    orbits_count_many(self, groups, steps, 1, sum);
}

/* Limbs may have 32 bits, numbers of states more. */
static void add_multiple(mp_limb_t *sum, const mp_limb_t *orbit, uint64_t factor)
{
    mp_limb_t part[ORBIT_LIMBS];
    memcpy(part, orbit, sizeof part);
    for (; factor != 0; factor = GMP_NUMB_BITS < 64 ? factor >> (GMP_NUMB_BITS % 64) : 0) {
        mpn_addmul_1(sum, part, ORBIT_LIMBS, (mp_limb_t)factor);
        memmove(part + 1, part, sizeof part - sizeof *part);
        part[0] = 0;
    }
}

void orbits_count_many(const struct orbits *self, const struct groups *groups, uint64_t steps, uint64_t states,
                       struct orbit_sum *sum)
{
    if (groups->count == self->thread_count) {
        sum->largest_states += states;
        sum->largest_steps += states * steps;
        return;
    }
    mp_limb_t orbit[ORBIT_LIMBS];
    memcpy(orbit, self->orders, sizeof orbit);
    for (size_t g = 0; g < groups->count; g++)
        for (mp_limb_t f = 2; f <= groups->size[g]; f++)
            mpn_divrem_1(orbit, 0, orbit, ORBIT_LIMBS, f);
    add_multiple(sum->states, orbit, states);
    add_multiple(sum->steps, orbit, states * steps);
}

static void add(mpz_t total, const mp_limb_t *sum, const mp_limb_t *orders, uint64_t largest)
{
    mpz_t part, count;
    mpz_add(total, total, mpz_roinit_n(part, sum, ORBIT_LIMBS));
    mpz_init(count);
    exact_set(count, largest);
    mpz_addmul(total, count, mpz_roinit_n(part, orders, ORBIT_LIMBS));
    mpz_clear(count);
}

void orbits_add_up(const struct orbits *self, const struct orbit_sum *sum, mpz_t states, mpz_t steps)
{
    add(states, sum->states, self->orders, sum->largest_states);
    add(steps, sum->steps, self->orders, sum->largest_steps);
}
