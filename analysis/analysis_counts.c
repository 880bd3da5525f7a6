/* Counts and probabilities: folds of polynomials, and the sums that they must add up to. */
#include "analysis/analysis_parts.h"
#include "analysis/modular_counts.h"
#include "analysis/schedule_count.h"
#include "base/exact.h"
#include "base/fault.h"
#include "schedulers/scheduler.h"

/* Speed, for estimates only: seconds a place of an array and byte. */
static const double byte_seconds = 1.5e-9 / 8;

/* Where the numbers of one fold go. */
struct gathering {
    struct analysis *analysis;
    const struct polynomials *semiring;
    bool random;
    mpz_ptr fate; /* the sum of a fate; NULL: a number goes to the row of its value */
};

static void gather_number(void *context, int64_t value, const mp_limb_t *limbs, size_t count)
{
    struct gathering *self = context;
    mpz_ptr sum = self->fate;
    mpz_t number;
    if (sum == NULL) {
        struct outcome_row *row = analysis_row(self->analysis->outcome, value);
        sum = self->random ? mpq_numref(row->random) : row->schedules;
    }
    mpz_add(sum, sum, mpz_roinit_n(number, limbs, (mp_size_t)count));
}

static void gather_element(void *context, const void *element, int64_t initial)
{
    struct gathering *self = context;
    semiring_polynomials_visit(self->semiring, 0, element, initial, gather_number, self);
}

/* Runs a fold of polynomials and adds what it found to the outcome: raw numbers. */
static bool gather(struct gathering *self, struct prepared_space *prepared, mpz_t deadlocked, mpz_t failed)
{
    struct fold fold;
    struct fold_options options = {.jobs = self->analysis->setting.jobs};
    enum fold_result result =
        fold_run(&fold, prepared->space, &self->semiring->head, &options, self->analysis->options->budget);
    if (result == FOLD_COMPLETE) {
        prepared_space_visit_values(prepared, &fold, gather_element, self);
        self->fate = deadlocked;
        prepared_space_visit_fate(prepared, &fold, prepared->space->slots.deadlock, gather_element, self);
        self->fate = failed;
        prepared_space_visit_fate(prepared, &fold, prepared->space->slots.failure, gather_element, self);
    }
    fold_free(&fold);
    return result == FOLD_COMPLETE;
}

/* The number of schedules is also counted without looking at values, and, where threads run straight through, by a formula;
 * all must agree. */
static void check_sum(const struct outcome *outcome)
{
    mpz_t sum;
    mpz_init(sum);
    mpz_add(sum, outcome->deadlocked, outcome->failed);
    for (size_t r = 0; r < outcome->row_count; r++) {
        if (mpz_sgn(outcome->rows[r].schedules) == 0)
            fault("value %lld was found but no schedule leads to it", (long long)outcome->rows[r].value);
        mpz_add(sum, sum, outcome->rows[r].schedules);
    }
    if (mpz_cmp(sum, outcome->schedules) != 0)
        fault("the schedules of the values do not add up to all schedules");
    mpz_clear(sum);
}

static void check_multinomial(struct analysis *self)
{
    uint64_t lengths[SYSTEM_THREADS_MAX];
    size_t threads = machine_thread_count(self->machine);
    if (!scheduler_is_free(self->setting.scheduler) || mpz_sgn(self->outcome->failed) != 0 ||
        !machine_is_straight(self->machine))
        return;
    for (size_t t = 0; t < threads; t++)
        lengths[t] = machine_step_count(self->machine, t);
    mpz_t formula;
    mpz_init(formula);
    schedules_multinomial(lengths, threads, formula);
    if (mpz_cmp(formula, self->outcome->schedules) != 0)
        fault("the number of schedules differs from the multinomial coefficient");
    mpz_clear(formula);
    self->outcome->multinomial_checked = true;
}

/* The ways through what is printed were counted apart, too: those of the schedules that come to their ends. */
static void check_behaviour(const struct outcome *outcome)
{
    if (outcome->behaviour == NULL || outcome->behaviour->through == NULL)
        return;
    mpz_t ends;
    mpz_init(ends);
    mpz_sub(ends, outcome->schedules, outcome->deadlocked);
    mpz_sub(ends, ends, outcome->failed);
    if (mpz_cmp(ends, outcome->behaviour->schedules) != 0)
        fault("the schedules of what is printed do not add up to those that come to their ends");
    mpz_clear(ends);
}

/* The values of a level lie in about half of the widest range on average. */
static struct estimate polynomial_estimate(const struct analysis *self, const struct space *space, uint64_t base)
{
    double bytes = (double)(semiring_polynomials_limbs(space->height, base) * sizeof(mp_limb_t));
    return estimate_arrays(space, analysis_value_width(self, space) / 2, bytes, bytes / 2 * byte_seconds, false);
}

/* ---- Modulo primes ----------------------------------------------------------------------------------------------- */

/* The number of schedules of two threads of some lanes, in bits. */
static double schedule_bits(const struct lanes *lanes)
{
    uint64_t lengths[2] = {lanes->lane[0].count, lanes->lane[1].count};
    mpz_t all;
    mpz_init(all);
    schedules_multinomial(lengths, 2, all);
    double bits = (double)mpz_sizeinbase(all, 2);
    mpz_clear(all);
    return bits;
}

/* Returns the lanes of a space, as new, where counting modulo primes costs less than all coefficients: time, or so much memory that it is no
 * longer there or does not stay near the processor. *estimate is what it costs then. NULL where it does not. */
static struct lanes *lanes_if_cheaper(const struct analysis *self, const struct prepared_space *prepared,
                                      struct estimate *estimate)
{
    static const double large = 1e9, worthwhile = 1; /* bytes, seconds */
    bool is_large = estimate->bytes > large || estimate->bytes > (double)budget_left(self->options->budget);
    if (prepared->grid == NULL || !lanes_apply(prepared->grid) || (estimate->seconds < worthwhile && !is_large))
        return NULL;
    struct lanes *lanes = lanes_new(prepared->grid);
    struct estimate modular =
        modular_counts_estimate(lanes, analysis_value_width(self, prepared->space), schedule_bits(lanes));
    if (array_fold_applies(lanes) && (is_large || modular.seconds < estimate->seconds)) {
        *estimate = modular;
        return lanes;
    }
    lanes_free(lanes);
    return NULL;
}

static void add_count(void *context, int64_t value, const mpz_t count)
{
    struct outcome_row *row = analysis_row(context, value);
    mpz_add(row->schedules, row->schedules, count);
}

static bool count_modulo_primes(struct analysis *self, const struct lanes *lanes)
{
    struct modular_counts counts;
    struct array_fold fold;
    unsigned jobs = self->setting.jobs;
    struct budget *budget = self->options->budget;
    bool is_done = array_fold_run(&fold, lanes, jobs, budget) == FOLD_COMPLETE;
    if (is_done) {
        modular_counts_start(&counts, lanes, fold.slots, self->outcome->schedules);
        is_done = modular_counts_run(&counts, jobs, budget, add_count, self->outcome);
        analysis_explain(self, "counts   folded modulo %zu primes, at %zu points each\n", counts.prime_count,
                         counts.point_count);
        modular_counts_free(&counts);
    }
    array_fold_free(&fold);
    return is_done;
}

/* ---- Counts ------------------------------------------------------------------------------------------------------ */

static void clear_counts(struct outcome *outcome)
{
    mpz_set_ui(outcome->deadlocked, 0);
    mpz_set_ui(outcome->failed, 0);
    mpz_set_ui(outcome->schedules, 0);
    for (size_t r = 0; r < outcome->row_count; r++)
        mpz_set_ui(outcome->rows[r].schedules, 0);
}

static bool count_coefficients(struct analysis *self, struct prepared_space *prepared)
{
    struct polynomials semiring;
    if (!analysis_have_ranges(prepared))
        return false;
    semiring_counts_start(&semiring, prepared->space, &prepared->ranges);
    struct gathering gathering = {.analysis = self, .semiring = &semiring};
    bool is_done = gather(&gathering, prepared, self->outcome->deadlocked, self->outcome->failed);
    semiring_polynomials_free(&semiring);
    return is_done;
}

void analysis_count_schedules(struct analysis *self)
{
    struct prepared_space *prepared = analysis_exact_space(self);
    struct outcome *outcome = self->outcome;
    if (prepared == NULL)
        return;
    struct estimate estimate = polynomial_estimate(self, prepared->space, space_most_enabled(prepared->space));
    struct lanes *lanes = lanes_if_cheaper(self, prepared, &estimate);
    bool is_one = analysis_count_value(self, &estimate);
    if (is_one && outcome->has_value_count)
        check_multinomial(self);
    if (is_one || !analysis_affords(self, QUESTION_COUNTS, "counts", &estimate)) {
        lanes_free(lanes);
        return;
    }
    outcome->has_counts = schedules_count(prepared->space, self->options->budget, outcome->schedules) &&
                          (lanes != NULL ? count_modulo_primes(self, lanes) : count_coefficients(self, prepared));
    lanes_free(lanes);
    if (!outcome->has_counts) {
        clear_counts(outcome);
        analysis_give_up(self, QUESTION_COUNTS, "counts");
        return;
    }
    check_sum(outcome);
    check_behaviour(outcome);
    check_multinomial(self);
}

static void set_fraction(mpq_t fraction, const mpz_t numerator, const mpz_t denominator)
{
    mpz_set(mpq_numref(fraction), numerator);
    mpz_set(mpq_denref(fraction), denominator);
    mpq_canonicalize(fraction);
}

static void check_probabilities(const struct outcome *outcome)
{
    mpq_t sum;
    mpq_init(sum);
    mpq_add(sum, outcome->random_deadlocked, outcome->random_failed);
    for (size_t r = 0; r < outcome->row_count; r++)
        mpq_add(sum, sum, outcome->rows[r].random);
    if (mpq_cmp_ui(sum, 1, 1) != 0)
        fault("the probabilities do not add up to 1");
    mpq_clear(sum);
}

static void divide_all(struct analysis *self, const mpz_t denominator, const mpz_t deadlocked, const mpz_t failed)
{
    struct outcome *outcome = self->outcome;
    for (size_t r = 0; r < outcome->row_count; r++) {
        mpz_set(mpq_denref(outcome->rows[r].random), denominator);
        mpq_canonicalize(outcome->rows[r].random);
    }
    set_fraction(outcome->random_deadlocked, deadlocked, denominator);
    set_fraction(outcome->random_failed, failed, denominator);
    check_probabilities(outcome);
}

void analysis_find_probabilities(struct analysis *self)
{
    struct prepared_space *prepared = analysis_exact_space(self);
    struct polynomials semiring;
    if (prepared == NULL)
        return;
    if (!semiring_random_start(&semiring, prepared->space, &prepared->ranges)) {
        analysis_omit_if_wanted(self, QUESTION_RANDOM, "random",
                                "the common denominator of so many threads is too large", "");
        return;
    }
    struct estimate estimate = polynomial_estimate(self, prepared->space, semiring.base);
    bool affordable = analysis_affords(self, QUESTION_RANDOM, "random", &estimate);
    if (!affordable || !analysis_have_ranges(prepared)) {
        if (affordable)
            analysis_give_up(self, QUESTION_RANDOM, "random");
        semiring_polynomials_free(&semiring);
        return;
    }
    struct gathering gathering = {.analysis = self, .semiring = &semiring, .random = true};
    mpz_t deadlocked, failed, denominator;
    mpz_inits(deadlocked, failed, denominator, NULL);
    exact_set_power(denominator, semiring.base, prepared->space->height);
    exact_multiply(denominator, prepared->space->start_count);
    self->outcome->has_random = gather(&gathering, prepared, deadlocked, failed);
    if (self->outcome->has_random)
        divide_all(self, denominator, deadlocked, failed);
    else
        analysis_give_up(self, QUESTION_RANDOM, "random");
    mpz_clears(deadlocked, failed, denominator, NULL);
    semiring_polynomials_free(&semiring);
}
