#include "analysis/detection.h"

#include "base/memory.h"

struct detection *detection_new(uint32_t depth, size_t rows)
{
    struct detection *self = memory_new(1, sizeof *self);
    *self = (struct detection){.depth = depth, .count = rows, .pct = memory_new(rows + 1, sizeof *self->pct)};
    for (size_t r = 0; r < rows; r++)
        mpq_init(self->pct[r]);
    mpq_inits(self->pct_deadlocked, self->pct_failed, self->pct_unknown, NULL);
    return self;
}

void detection_free(struct detection *self)
{
    if (self == NULL)
        return;
    for (size_t r = 0; r < self->count; r++)
        mpq_clear(self->pct[r]);
    mpq_clears(self->pct_deadlocked, self->pct_failed, self->pct_unknown, NULL);
    memory_free(self->pct);
    memory_free(self);
}

/* ---- How many runs ----------------------------------------------------------------------------------------------- */

/* The sum of x^n / n, over all n or the odd ones, for 0 < x <= 1/2: -ln(1 - x), or artanh x. */
static void add_series(mpf_t sum, const mpf_t x, unsigned long stride)
{
    mpf_t power, term, factor;
    mp_bitcnt_t bits = mpf_get_prec(sum);
    mpf_init2(power, bits);
    mpf_init2(term, bits);
    mpf_init2(factor, bits);
    mpf_set(power, x);
    mpf_set(factor, x);
    if (stride == 2)
        mpf_mul(factor, factor, x);
    mpf_set_ui(sum, 0);
    for (unsigned long n = 1;; n += stride) {
        mpf_div_ui(term, power, n);
        mpf_add(sum, sum, term);
        long exponent_sum, exponent_term;
        mpf_get_d_2exp(&exponent_sum, sum);
        mpf_get_d_2exp(&exponent_term, term);
        if (mpf_sgn(term) == 0 || exponent_sum - exponent_term > (long)bits)
            break;
        mpf_mul(power, power, factor);
    }
    mpf_clear(power);
    mpf_clear(term);
    mpf_clear(factor);
}

/* ln 20 = 4 ln 2 + ln 5/4 = 8 artanh 1/3 + 2 artanh 1/9 */
static void set_logarithm_of_20(mpf_t result)
{
    mpf_t x, series;
    mpf_init2(x, mpf_get_prec(result));
    mpf_init2(series, mpf_get_prec(result));
    mpf_set_ui(x, 1);
    mpf_div_ui(x, x, 3);
    add_series(series, x, 2);
    mpf_mul_ui(result, series, 8);
    mpf_set_ui(x, 1);
    mpf_div_ui(x, x, 9);
    add_series(series, x, 2);
    mpf_mul_ui(series, series, 2);
    mpf_add(result, result, series);
    mpf_clear(x);
    mpf_clear(series);
}

/* The least n with (1 - p)^n <= 1/20 is ln 20 / -ln(1 - p), rounded up. */
static void divide_logarithms(const mpq_t probability, mpz_t runs)
{
    mp_bitcnt_t bits =
        128 + 2 * (mpz_sizeinbase(mpq_denref(probability), 2) - mpz_sizeinbase(mpq_numref(probability), 2));
    mpf_t x, series, wanted;
    mpf_init2(x, bits);
    mpf_init2(series, bits);
    mpf_init2(wanted, bits);
    mpf_set_q(x, probability);
    add_series(series, x, 1);
    set_logarithm_of_20(wanted);
    mpf_div(wanted, wanted, series);
    mpf_ceil(wanted, wanted);
    mpz_set_f(runs, wanted);
    mpf_clear(x);
    mpf_clear(series);
    mpf_clear(wanted);
}

/* For large probabilities: tries one number after the other. */
static void count_runs(const mpq_t probability, mpz_t runs)
{
    mpq_t missed, each;
    mpq_inits(missed, each, NULL);
    mpq_set_ui(each, 1, 1);
    mpq_sub(each, each, probability);
    mpq_set(missed, each);
    mpz_set_ui(runs, 1);
    while (mpq_cmp_ui(missed, 1, 20) > 0) {
        mpq_mul(missed, missed, each);
        mpz_add_ui(runs, runs, 1);
    }
    mpq_clears(missed, each, NULL);
}

bool detection_runs(const mpq_t probability, mpz_t runs)
{
    if (mpq_sgn(probability) <= 0)
        return false;
    if (mpq_cmp_ui(probability, 1, 2) > 0)
        count_runs(probability, runs);
    else
        divide_logarithms(probability, runs);
    return true;
}
