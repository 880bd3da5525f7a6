#include "base/number.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READABLE_DIGITS = 60 /* what a person may still want to see in full */, SHARE_DIGITS = 3 };

char *number_exact(const mpz_t number)
{
    /* Room for the sign and the NUL; the estimate of the digits is exact or one too many. */
    char *digits = memory_new(mpz_sizeinbase(number, 10) + 2, 1);
    return mpz_get_str(digits, 10, number);
}

char *number_fraction(const mpq_t fraction)
{
    char *numerator = number_exact(mpq_numref(fraction));
    char *denominator = number_exact(mpq_denref(fraction));
    struct text text = TEXT_INIT;
    text_print(&text, "%s/%s", numerator, denominator);
    memory_free(numerator);
    memory_free(denominator);
    return text_take(&text);
}

static char *group(const char *digits)
{
    struct text text = TEXT_INIT;
    if (*digits == '-')
        text_append(&text, digits++, 1);
    for (size_t left = strlen(digits); left > 0; left--) {
        text_append(&text, digits++, 1);
        if (left > 1 && (left - 1) % 3 == 0)
            text_append(&text, ",", 1);
    }
    return text_take(&text);
}

char *number_grouped(const mpz_t number)
{
    char *digits = number_exact(number);
    char *grouped = group(digits);
    memory_free(digits);
    return grouped;
}

char *number_grouped_unsigned(uint64_t number)
{
    char *digits = text_format("%llu", (unsigned long long)number);
    char *grouped = group(digits);
    memory_free(digits);
    return grouped;
}

/* A positive fraction as digits x 10^exponent with exactly so many digits, rounded half up. */
struct leading {
    unsigned long digits;
    long exponent;
};

static unsigned long scaled_quotient(const mpz_t numerator, const mpz_t denominator, long shift)
{
    mpz_t high, low, power;
    mpz_init_set(high, numerator);
    mpz_init_set(low, denominator);
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)(shift < 0 ? -shift : shift));
    if (shift < 0)
        mpz_mul(low, low, power);
    else
        mpz_mul(high, high, power);
    /* floor(x + 1/2) = floor((2 high + low) / (2 low)) */
    mpz_mul_2exp(high, high, 1);
    mpz_add(high, high, low);
    mpz_mul_2exp(low, low, 1);
    mpz_fdiv_q(high, high, low);
    unsigned long quotient = mpz_get_ui(high);
    mpz_clears(high, low, power, NULL);
    return quotient;
}

static unsigned long power_of_ten(unsigned exponent)
{
    unsigned long power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

static struct leading leading_digits(const mpz_t numerator, const mpz_t denominator, unsigned count)
{
    unsigned long least = power_of_ten(count - 1);
    long shift = (long)mpz_sizeinbase(denominator, 10) - (long)mpz_sizeinbase(numerator, 10) + (long)count;
    for (;;) {
        unsigned long digits = scaled_quotient(numerator, denominator, shift);
        if (digits >= 10 * least)
            shift--;
        else if (digits < least)
            shift++;
        else
            return (struct leading){digits, -shift};
    }
}

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : UINT_MAX;
}

size_t number_take_digits(const char *text, size_t length, uint64_t *number, bool *fits)
{
    bool is_hexadecimal = length > 2 && text[0] == '0' && text[1] == 'x' && digit_value(text[2]) < 16;
    unsigned base = is_hexadecimal ? 16 : 10;
    size_t at = is_hexadecimal ? 2 : 0;
    *number = 0;
    *fits = true;
    for (; at < length && digit_value(text[at]) < base; at++)
        if (__builtin_mul_overflow(*number, (uint64_t)base, number) ||
            __builtin_add_overflow(*number, (uint64_t)digit_value(text[at]), number))
            *fits = false;
    return at;
}

const char *number_take_written(const char *text, int64_t *number, bool *fits)
{
    bool is_negative = text[0] == '-';
    const char *first = text + (is_negative || text[0] == '+');
    uint64_t magnitude;
    size_t length = number_take_digits(first, strlen(first), &magnitude, fits);
    *fits = *fits && magnitude <= (uint64_t)INT64_MAX + is_negative;
    *number = (int64_t)(is_negative ? 0 - magnitude : magnitude);
    return length > 0 ? first + length : NULL;
}

const char *number_take(const char *text, int64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return end != text && errno == 0 && !isspace((unsigned char)text[0]) ? end : NULL;
}

bool number_read(const char *text, int64_t *number)
{
    const char *rest = number_take(text, number);
    return rest != NULL && *rest == '\0';
}

char *number_column(const mpz_t number, size_t columns)
{
    char *grouped = number_grouped(number);
    if (strlen(grouped) <= columns)
        return grouped;
    memory_free(grouped);
    mpz_t one, magnitude;
    mpz_init_set_ui(one, 1);
    mpz_init(magnitude);
    mpz_abs(magnitude, number);
    struct leading leading = leading_digits(magnitude, one, 4);
    mpz_clears(one, magnitude, NULL);
    struct text text = TEXT_INIT;
    text_print(&text, "%s%lu.%03lue+%ld", mpz_sgn(number) < 0 ? "-" : "", leading.digits / 1000, leading.digits % 1000,
               leading.exponent + 3);
    return text_take(&text);
}

char *number_readable(const mpz_t number)
{
    return number_full(number, READABLE_DIGITS);
}

char *number_full(const mpz_t number, size_t most)
{
    char *digits = number_exact(number);
    const char *magnitude = *digits == '-' ? digits + 1 : digits;
    size_t count = strlen(magnitude);
    struct text text = TEXT_INIT;
    if (count <= most) {
        memory_free(digits);
        return number_grouped(number);
    }
    text_print(&text, "%s%c.%.9s... x 10^%zu (%zu digits)", *digits == '-' ? "-" : "", magnitude[0], magnitude + 1,
               count - 1, count);
    memory_free(digits);
    return text_take(&text);
}

/* The digits of a percentage, which is not zero and less than 100. */
static void print_percentage(struct text *text, const mpz_t numerator, const mpz_t denominator)
{
    struct leading leading = leading_digits(numerator, denominator, SHARE_DIGITS);
    if (leading.exponent == 0) { /* rounded up to 100 */
        text_print(text, ">99.9 %%");
    } else if (leading.exponent >= -4) {
        int places = (int)-leading.exponent;
        text_print(text, "%.*f %%", places, (double)leading.digits / pow(10, places));
    } else {
        leading = leading_digits(numerator, denominator, 2);
        text_print(text, "%lu.%lue%ld %%", leading.digits / 10, leading.digits % 10, leading.exponent + 1);
    }
}

char *number_share(const mpz_t part, const mpz_t whole)
{
    if (mpz_sgn(whole) == 0)
        return memory_copy_string("-");
    if (mpz_sgn(part) == 0)
        return memory_copy_string("0 %");
    if (mpz_cmp(part, whole) == 0)
        return memory_copy_string("100 %");
    mpz_t hundredfold;
    mpz_init(hundredfold);
    mpz_mul_ui(hundredfold, part, 100);
    struct text text = TEXT_INIT;
    print_percentage(&text, hundredfold, whole);
    mpz_clear(hundredfold);
    return text_take(&text);
}

char *number_bound_share(double bound)
{
    struct text text = TEXT_INIT;
    double share = number_bound(100 * bound);
    int exponent = share > 0 ? (int)floor(log10(share)) : 0;
    if (exponent > -4)
        text_print(&text, "%.2g %%", share);
    else
        text_print(&text, "%.1fe%d %%", share / pow(10, exponent), exponent);
    return text_take(&text);
}

/* What lies within the error of 0 may be 0, what lies within the error of 1 may be 1. */
static char *vague_probability(double probability, double error)
{
    struct text text = TEXT_INIT;
    char *bound = number_bound_share(probability + error);
    if (probability <= error)
        text_print(&text, "<%s", bound);
    else
        text_print(&text, ">%.1f %%", fmin(99.9, floor(1000 * (probability - error)) / 10));
    memory_free(bound);
    return text_take(&text);
}

char *number_probability(const mpq_t probability, double error)
{
    double about = mpq_get_d(probability);
    if (error > 0 && (about <= error || about >= 1 - error))
        return vague_probability(about, error);
    return number_share(mpq_numref(probability), mpq_denref(probability));
}

char *number_probability_exact(const mpq_t probability, double error)
{
    struct text text = TEXT_INIT;
    if (error == 0)
        return number_fraction(probability);
    text_print(&text, "%.17g", mpq_get_d(probability));
    return text_take(&text);
}

double number_bound(double bound)
{
    if (bound <= 0)
        return 0;
    char digits[32];
    snprintf(digits, sizeof digits, "%.1e", bound);
    double rounded = strtod(digits, NULL);
    if (rounded >= bound)
        return rounded;
    int exponent = atoi(strchr(digits, 'e') + 1);
    snprintf(digits, sizeof digits, "%.1e", rounded + pow(10, exponent - 1));
    return strtod(digits, NULL);
}

double number_logarithm(const mpz_t number)
{
    long exponent;
    double mantissa = mpz_get_d_2exp(&exponent, number);
    return log10(mantissa) + (double)exponent * log10(2);
}

double number_logarithm_fraction(const mpq_t fraction)
{
    return number_logarithm(mpq_numref(fraction)) - number_logarithm(mpq_denref(fraction));
}
