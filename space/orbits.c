#include "space/orbits.h"

static orbit_number factorial(size_t n)
{
    orbit_number product = 1;
    for (size_t f = 2; f <= n; f++)
        product *= f;
    return product;
}

/* How many states a representative stands for: the orders of the threads of each class, less those that only exchange
 * threads of one group. */
static orbit_number orbit_size(const struct orbits *self, const struct groups *groups)
{
    orbit_number orders = self->orders;
    if (groups->count == self->system->thread_count)
        return orders;
    for (size_t g = 0; g < groups->count; g++)
        orders /= factorial(groups->size[g]);
    return orders;
}

static void add_large_orbit(const struct orbits *self, const struct groups *groups, uint64_t steps,
                            struct orbit_sum *sum)
{
    mpz_t orders, factor;
    mpz_init_set_ui(orders, 1);
    mpz_init(factor);
    for (size_t t = 0; t < self->system->thread_count; t++) {
        mpz_fac_ui(factor, self->class_sizes[t]);
        mpz_mul(orders, orders, factor);
    }
    for (size_t g = 0; g < groups->count; g++) {
        mpz_fac_ui(factor, groups->size[g]);
        mpz_divexact(orders, orders, factor);
    }
    mpz_add(sum->large_states, sum->large_states, orders);
    mpz_addmul_ui(sum->large_steps, orders, steps);
    mpz_clears(orders, factor, NULL);
}

void orbits_count(const struct orbits *self, const struct groups *groups, uint64_t steps, struct orbit_sum *sum)
{
    if (self->are_large) {
        add_large_orbit(self, groups, steps, sum);
        return;
    }
    orbit_number orbit = orbit_size(self, groups);
    sum->states += orbit;
    sum->steps += orbit * steps;
}

/* 25! needs 84 bits, which leaves room for a sum over all states. */
static bool orbits_may_be_large(const struct system *system)
{
    return system->symmetric && system->thread_count > 25;
}

/* The number of threads of each class, by its first thread, 0 for the others; and the product of their factorials. */
void orbits_start(struct orbits *self, const struct system *system)
{
    bool counted[SYSTEM_THREADS_MAX] = {false};
    *self = (struct orbits){.system = system, .are_large = orbits_may_be_large(system), .orders = 1};
    for (size_t t = 0; t < system->thread_count && system->symmetric; t++) {
        for (size_t member = t; member < system->thread_count && !counted[member]; member = system->next[member]) {
            counted[member] = true;
            self->class_sizes[t]++;
        }
        self->orders *= self->are_large ? 1 : factorial(self->class_sizes[t]);
    }
}

static void add_number(mpz_t sum, orbit_number value)
{
    mpz_t part;
    mpz_init_set_ui(part, (unsigned long)(value >> 64));
    mpz_mul_2exp(part, part, 64);
    mpz_add_ui(part, part, (unsigned long)value);
    mpz_add(sum, sum, part);
    mpz_clear(part);
}

void orbit_sum_start(struct orbit_sum *self)
{
    self->states = self->steps = 0;
    mpz_inits(self->large_states, self->large_steps, NULL);
}

void orbit_sum_free(struct orbit_sum *self)
{
    mpz_clears(self->large_states, self->large_steps, NULL);
}

void orbit_sum_add_to(const struct orbit_sum *self, mpz_t states, mpz_t steps)
{
    add_number(states, self->states);
    add_number(steps, self->steps);
    mpz_add(states, states, self->large_states);
    mpz_add(steps, steps, self->large_steps);
}
