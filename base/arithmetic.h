/* arithmetic: what the standard library has not, for 64-bit integers. */
#ifndef RACECHECK_BASE_ARITHMETIC_H
#define RACECHECK_BASE_ARITHMETIC_H

#include <stdint.h>

/* The distance of a value from 0; defined for INT64_MIN too. */
static inline uint64_t arithmetic_magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* The greatest common divisor (Euclid); that of a and 0 is a. */
static inline uint64_t arithmetic_common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

#endif
