/* arithmetic: what the standard library has not, for 64-bit integers. */
#pragma once

#include <stdint.h>

/* The distance of a value from 0; defined for INT64_MIN too. */
static inline uint64_t arithmetic_magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* The sum, which stops at UINT64_MAX. */
static inline uint64_t arithmetic_saturated_sum(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
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

/* The upper 64 bits of the product of two numbers of 64. */
static inline uint64_t arithmetic_high_product(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)((wide)a * b >> 64);
#else
    uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX), left = (a >> 32) * (b & UINT32_MAX);
    uint64_t right = (a & UINT32_MAX) * (b >> 32), middle = (low >> 32) + (left & UINT32_MAX) + right;
    return (a >> 32) * (b >> 32) + (left >> 32) + (middle >> 32);
#endif
}
