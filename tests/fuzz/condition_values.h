/* condition_values: the values with which both readers of certificates try a condition out. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { CONDITION_TRIALS = 48, CONDITION_REGISTERS = 10000 };

/* The value of a word, or of register CONDITION_REGISTERS + r, in a trial: small ones mostly, and those at the ends. */
static inline int64_t condition_value(size_t place, unsigned trial)
{
    static const int64_t values[] = {
        0, 1, 2, 3, -1, 0, 5, 63, 64, -64, 1, INT64_MAX, 2, INT64_MIN, -2, 7, 3, INT64_C(1) << 62, 4};
    return values[(place * 31 + trial * (place % 5 + 1) + trial / 7) % (sizeof values / sizeof values[0])];
}
