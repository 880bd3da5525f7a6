#include "space/orbits.h"

#include "base/exact.h"
#include "base/arithmetic.h"

static uint64_t factorial(size_t n)
{
    uint64_t product = 1;
    for (size_t f = 2; f <= n; f++)
        product *= f;
    return product;
}

/* How many states a representative stands for: the orders of the threads of each class, less those that only exchange
 * threads of one group. */
static uint64_t orbit_size(const struct orbits *self, const struct groups *groups)
{
    uint64_t orders = self->orders;
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
    exact_set(factor, steps);
    mpz_addmul(sum->large_steps, orders, factor);
    mpz_clears(orders, factor, NULL);
}

static void add(struct orbit_number *sum, uint64_t low, uint64_t high)
{
    sum->high += high + (__builtin_add_overflow(sum->low, low, &sum->low) ? 1 : 0);
}

void orbits_count(const struct orbits *self, const struct groups *groups, uint64_t steps, struct orbit_sum *sum)
{
    if (self->are_large) {
        add_large_orbit(self, groups, steps, sum);
        return;
    }
    uint64_t orbit = orbit_size(self, groups);
    add(&sum->states, orbit, 0);
    add(&sum->steps, orbit * steps, arithmetic_high_product(orbit, steps));
}

/* 20! fits into 64 bits. */
static bool orbits_may_be_large(const struct system *system)
{
    return system->symmetric && system->thread_count > 20;
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

static void add_number(mpz_t sum, const struct orbit_number *value)
{
    const uint64_t halves[] = {value->low, value->high};
    mpz_t number;
    mpz_init(number);
    mpz_import(number, 2, -1, sizeof halves[0], 0, 0, halves);
    mpz_add(sum, sum, number);
    mpz_clear(number);
}

void orbit_sum_start(struct orbit_sum *self)
{
    self->states = self->steps = (struct orbit_number){0, 0};
    mpz_inits(self->large_states, self->large_steps, NULL);
}

void orbit_sum_free(struct orbit_sum *self)
{
    mpz_clears(self->large_states, self->large_steps, NULL);
}

void orbit_sum_add_to(const struct orbit_sum *self, mpz_t states, mpz_t steps)
{
    add_number(states, &self->states);
    add_number(steps, &self->steps);
    mpz_add(states, states, self->large_states);
    mpz_add(steps, steps, self->large_steps);
}
