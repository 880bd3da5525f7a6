/* arithmetic: what is computed of two numbers, a OPERATION b, by instructions and in conditions. Each function returns false where
 * there is no result that fits 64 bits; what *result is then means nothing. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

bool arithmetic_add(int64_t a, int64_t b, int64_t *result);
bool arithmetic_subtract(int64_t a, int64_t b, int64_t *result);
bool arithmetic_multiply(int64_t a, int64_t b, int64_t *result);
bool arithmetic_divide(int64_t a, int64_t b, int64_t *result); /* towards 0 */
bool arithmetic_modulo(int64_t a, int64_t b, int64_t *result);
bool arithmetic_conjunction(int64_t a, int64_t b, int64_t *result);
bool arithmetic_disjunction(int64_t a, int64_t b, int64_t *result);
bool arithmetic_exclusion(int64_t a, int64_t b, int64_t *result);
bool arithmetic_shift_left(int64_t a, int64_t b, int64_t *result); /* b is 0 .. 63 */
bool arithmetic_shift_right(int64_t a, int64_t b, int64_t *result);
bool arithmetic_compare(int64_t a, int64_t b, int64_t *result); /* -1, 0 or 1: how b compares with a */
