/* exact: GMP's numbers from 64-bit ones. GMP's own functions take an unsigned long, which has 32 bits on some machines. */
#pragma once

#include <gmp.h>
#include <stdint.h>

/* Sets a number that was started. */
static inline void exact_set(mpz_t number, uint64_t value)
{
    mpz_import(number, 1, -1, sizeof value, 0, 0, &value);
}

/* Sets a number that was started to a power. */
static inline void exact_set_power(mpz_t number, uint64_t base, uint32_t exponent)
{
    exact_set(number, base);
    mpz_pow_ui(number, number, exponent);
}

/* Multiplies. */
static inline void exact_multiply(mpz_t number, uint64_t factor)
{
    mpz_t exact;
    mpz_init(exact);
    exact_set(exact, factor);
    mpz_mul(number, number, exact);
    mpz_clear(exact);
}
