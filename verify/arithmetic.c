#include "verify/arithmetic.h"

bool arithmetic_add(int64_t a, int64_t b, int64_t *result)
{
    return !__builtin_add_overflow(a, b, result);
}

bool arithmetic_subtract(int64_t a, int64_t b, int64_t *result)
{
    return !__builtin_sub_overflow(a, b, result);
}

bool arithmetic_multiply(int64_t a, int64_t b, int64_t *result)
{
    return !__builtin_mul_overflow(a, b, result);
}

static bool divides(int64_t a, int64_t b)
{
    return b != 0 && (b != -1 || a != INT64_MIN);
}

bool arithmetic_divide(int64_t a, int64_t b, int64_t *result)
{
    *result = divides(a, b) ? a / b : 0;
    return divides(a, b);
}

bool arithmetic_modulo(int64_t a, int64_t b, int64_t *result)
{
    *result = divides(a, b) ? a % b : 0;
    return divides(a, b);
}

bool arithmetic_conjunction(int64_t a, int64_t b, int64_t *result)
{
    *result = a & b;
    return true;
}

bool arithmetic_disjunction(int64_t a, int64_t b, int64_t *result)
{
    *result = a | b;
    return true;
}

bool arithmetic_exclusion(int64_t a, int64_t b, int64_t *result)
{
    *result = a ^ b;
    return true;
}

bool arithmetic_shift_left(int64_t a, int64_t b, int64_t *result)
{
    bool is_good = b >= 0 && b <= 63;
    for (*result = a; is_good && b > 0 && *result != 0; b--)
        is_good = arithmetic_multiply(*result, 2, result);
    return is_good;
}

bool arithmetic_shift_right(int64_t a, int64_t b, int64_t *result)
{
    bool is_good = b >= 0 && b <= 63;
    for (*result = a; is_good && b > 0; b--)
        *result = *result / 2 - (*result % 2 < 0);
    return is_good;
}

bool arithmetic_compare(int64_t a, int64_t b, int64_t *result)
{
    *result = (b > a) - (b < a);
    return true;
}
