#include "analysis/modular_counts.h"

#include "analysis/modular_fold.h"
#include "base/memory.h"
#include "base/parallel.h"

/* Primes are the greatest ones below this: four numbers below them add up to one of 32 bits. */
enum { PRIMES_BELOW = 1 << 30 };
static const double prime_bits = 29.9; /* at least, of the first hundred thousand */

/* Speed, for estimates only: seconds a state, slot and point. */
static const double point_seconds = 8e-10;

/* ---- Primes ---------------------------------------------------------------------------------------------------- */

static bool is_prime(uint32_t number)
{
    for (uint32_t divisor = 3; divisor * divisor <= number; divisor += 2)
        if (number % divisor == 0)
            return false;
    return number % 2 != 0;
}

static void find_primes(struct modular_counts *self, size_t count)
{
    self->primes = memory_new(count, sizeof *self->primes);
    for (uint32_t number = PRIMES_BELOW - 1; self->prime_count < count; number -= 2)
        if (is_prime(number))
            self->primes[self->prime_count++] = number;
}

static size_t width_of(const struct value_range *range)
{
    return range->least > range->greatest ? 0 : (size_t)((uint64_t)range->greatest - (uint64_t)range->least) + 1;
}

void modular_counts_start(struct modular_counts *self, const struct lanes *lanes, const struct value_range *slots,
                          const mpz_t most)
{
    *self = (struct modular_counts){.lanes = lanes, .slots = slots};
    find_primes(self, (size_t)((double)mpz_sizeinbase(most, 2) / prime_bits) + 1);
    for (uint32_t slot = 0; slot < lanes->slot_count; slot++)
        self->point_count = width_of(&slots[slot]) > self->point_count ? width_of(&slots[slot]) : self->point_count;
}

void modular_counts_free(struct modular_counts *self)
{
    memory_free(self->primes);
    *self = (struct modular_counts){0};
}

static double state_count(const struct lanes *lanes)
{
    double states = ((double)lanes->lane[0].count + 1) * ((double)lanes->lane[1].count + 1);
    return lanes->alike ? states / 2 : states;
}

struct estimate modular_counts_estimate(const struct lanes *lanes, double width, double bits)
{
    double primes = bits / prime_bits + 1, points = width + MODULAR_UNIT;
    return (struct estimate){
        .seconds =
            state_count(lanes) * lanes->slot_count * primes * points * point_seconds + primes * width * width * 1e-8,
        .bytes = (primes * width + (double)lanes->lane[0].count * MODULAR_POINTS_MAX) * lanes->slot_count *
                 (double)sizeof(uint32_t),
    };
}

/* ---- Folds ----------------------------------------------------------------------------------------------------- */

/* All folds, and what they find: for each prime, for each slot, its number at each point, and then its coefficients. */
struct counting {
    const struct modular_counts *counts;
    struct budget *budget;
    struct modular_addends addends;
    size_t batches; /* of points */
    size_t batch;   /* points in each of them */
    size_t points;  /* in all batches */
    uint32_t *numbers;
    char *scratch;
    size_t scratch_size;
    atomic_bool stop;
    atomic_size_t done;
};

static uint32_t *numbers_of(const struct counting *self, size_t prime, uint32_t slot)
{
    return self->numbers + (prime * self->counts->lanes->slot_count + slot) * self->points;
}

/* Only the thread that counts for all asks the budget. */
static bool ask_budget(void *context)
{
    struct counting *self = context;
    size_t folds = self->counts->prime_count * self->batches;
    if (budget_spent(self->budget, "counts", atomic_load(&self->done), folds, 0))
        atomic_store(&self->stop, true);
    return !atomic_load(&self->stop);
}

static void fold_piece(void *context, size_t piece, size_t job)
{
    struct counting *self = context;
    const struct lanes *lanes = self->counts->lanes;
    size_t prime = piece / self->batches, batch = piece % self->batches;
    struct modular_fold fold = {.lanes = lanes,
                                .addends = &self->addends,
                                .modulus = modulus_of(self->counts->primes[prime]),
                                .first = (uint32_t)(batch * self->batch) + 1,
                                .points = self->batch,
                                .goes_on = job == 0 ? ask_budget : NULL,
                                .context = self,
                                .stop = &self->stop};
    if (atomic_load(&self->stop))
        return;
    uint32_t *start = (uint32_t *)(void *)(self->scratch + job * self->scratch_size);
    uint32_t *scratch = start + (size_t)lanes->slot_count * self->batch;
    if (!modular_fold_run(&fold, scratch, start))
        return;
    for (uint32_t slot = 0; slot < lanes->slot_count; slot++)
        for (size_t k = 0; k < self->batch; k++)
            numbers_of(self, prime, slot)[batch * self->batch + k] = start[(size_t)slot * self->batch + k];
    atomic_fetch_add(&self->done, 1);
}

/* ---- Interpolation --------------------------------------------------------------------------------------------- */

static uint32_t difference(uint32_t prime, uint32_t a, uint32_t b)
{
    return a >= b ? a - b : a + prime - b;
}

/* Divides the numbers at the points 1, 2, ... by x^least, so that they are those of a polynomial. */
static void shift(uint32_t prime, uint32_t *numbers, size_t count, int64_t least)
{
    uint64_t exponent = least < 0 ? 0 - (uint64_t)least : (uint64_t)least;
    for (size_t k = 0; k < count && least != 0; k++) {
        uint32_t point = (uint32_t)k + 1;
        uint32_t base = least < 0 ? point : modulus_power(prime, point, prime - 2);
        numbers[k] = modulus_product(prime, numbers[k], modulus_power(prime, base, exponent));
    }
}

/* Replaces the numbers of a polynomial at the points 1 .. count by its coefficients: by divided differences, which are differences divided by
 * factorials since the points are evenly spaced, and then from Newton's form by Horner's rule. */
static void interpolate(uint32_t prime, uint32_t *numbers, size_t count)
{
    uint32_t factorial = 1;
    for (size_t order = 1; order < count; order++)
        for (size_t k = count; k-- > order;)
            numbers[k] = difference(prime, numbers[k], numbers[k - 1]);
    for (size_t order = 1; order < count; order++) {
        factorial = modulus_product(prime, factorial, (uint32_t)order);
        numbers[order] = modulus_product(prime, numbers[order], modulus_power(prime, factorial, prime - 2));
    }
    for (size_t order = count > 0 ? count - 1 : 0; order-- > 0;)
        for (size_t k = order; k + 1 < count; k++)
            numbers[k] = difference(prime, numbers[k], modulus_product(prime, (uint32_t)order + 1, numbers[k + 1]));
}

static void interpolate_piece(void *context, size_t piece, size_t job)
{
    struct counting *self = context;
    const struct modular_counts *counts = self->counts;
    uint32_t slot_count = counts->lanes->slot_count, prime = counts->primes[piece / slot_count];
    uint32_t slot = (uint32_t)(piece % slot_count);
    uint32_t *numbers = numbers_of(self, piece / slot_count, slot);
    (void)job;
    shift(prime, numbers, width_of(&counts->slots[slot]), counts->slots[slot].least);
    interpolate(prime, numbers, width_of(&counts->slots[slot]));
}

/* ---- The Chinese remainder theorem ----------------------------------------------------------------------------- */

/* inverses[i * count + j], i < j: that of prime i modulo prime j. */
static uint32_t *inverses_new(const struct modular_counts *counts)
{
    size_t count = counts->prime_count;
    uint32_t *inverses = memory_new(count * count, sizeof *inverses);
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            inverses[i * count + j] =
                modulus_power(counts->primes[j], counts->primes[i] % counts->primes[j], counts->primes[j] - 2);
    return inverses;
}

/* Replaces the residues of a number by its digits in mixed radix, whose places are worth the products of the primes before. */
static void find_digits(const struct modular_counts *counts, const uint32_t *inverses, uint32_t *residues)
{
    for (size_t j = 0; j < counts->prime_count; j++)
        for (size_t i = 0; i < j; i++) {
            uint32_t prime = counts->primes[j];
            uint32_t rest = difference(prime, residues[j], residues[i] % prime);
            residues[j] = modulus_product(prime, rest, inverses[i * counts->prime_count + j]);
        }
}

static void set_number(const struct modular_counts *counts, const uint32_t *digits, mpz_t number)
{
    mpz_set_ui(number, 0);
    for (size_t j = counts->prime_count; j-- > 0;) {
        mpz_mul_ui(number, number, counts->primes[j]);
        mpz_add_ui(number, number, digits[j]);
    }
}

static void visit_slot(const struct counting *self, uint32_t slot, const uint32_t *inverses,
                       modular_counts_visitor *visitor, void *context)
{
    const struct modular_counts *counts = self->counts;
    const struct value_range *range = &counts->slots[slot];
    uint32_t *residues = memory_new(counts->prime_count, sizeof *residues);
    mpz_t number;
    mpz_init(number);
    for (size_t k = 0; k < width_of(range); k++) {
        for (size_t prime = 0; prime < counts->prime_count; prime++)
            residues[prime] = numbers_of(self, prime, slot)[k];
        find_digits(counts, inverses, residues);
        set_number(counts, residues, number);
        if (mpz_sgn(number) != 0)
            visitor(context, counts->lanes->initial[slot] + (range->least + (int64_t)k) * (int64_t)counts->lanes->unit,
                    number);
    }
    mpz_clear(number);
    memory_free(residues);
}

static void visit(const struct counting *self, modular_counts_visitor *visitor, void *context)
{
    uint32_t *inverses = inverses_new(self->counts);
    for (uint32_t slot = 0; slot < self->counts->lanes->slot_count; slot++)
        visit_slot(self, slot, inverses, visitor, context);
    memory_free(inverses);
}

/* ---- Running --------------------------------------------------------------------------------------------------- */

/* The points of a batch, where so many are shared out evenly. */
static size_t rounded_up(size_t points, size_t batches)
{
    size_t each = (points + batches - 1) / batches;
    return (each + MODULAR_UNIT - 1) / MODULAR_UNIT * MODULAR_UNIT;
}

static bool open_counting(struct counting *self, const struct modular_counts *counts, unsigned jobs,
                          struct budget *budget)
{
    const struct lanes *lanes = counts->lanes;
    *self = (struct counting){.counts = counts, .budget = budget};
    modular_addends_start(&self->addends, lanes);
    self->batches = (counts->point_count + MODULAR_POINTS_MAX - 1) / MODULAR_POINTS_MAX;
    self->batch = rounded_up(counts->point_count, self->batches);
    self->points = self->batches * self->batch;
    self->scratch_size = modular_fold_scratch(lanes, &self->addends, self->batch) +
                         (size_t)lanes->slot_count * self->batch * sizeof(uint32_t) + CACHE_LINE;
    size_t bytes, all, rows = counts->prime_count * lanes->slot_count;
    if (__builtin_mul_overflow(rows * sizeof *self->numbers, self->points, &bytes) ||
        __builtin_mul_overflow(self->scratch_size, (size_t)jobs, &all) || __builtin_add_overflow(bytes, all, &all))
        all = SIZE_MAX;
    if (!budget_allows(budget, all))
        return false;
    self->numbers = memory_new(rows * self->points, sizeof *self->numbers);
    self->scratch = memory_new(jobs, self->scratch_size);
    return true;
}

bool modular_counts_run(const struct modular_counts *self, unsigned jobs, struct budget *budget,
                        modular_counts_visitor *visitor, void *context)
{
    struct counting counting;
    bool is_done = open_counting(&counting, self, jobs, budget);
    if (is_done) {
        parallel_run(jobs, self->prime_count * counting.batches, fold_piece, &counting);
        is_done = !atomic_load(&counting.stop);
    }
    if (is_done) {
        parallel_run(jobs, self->prime_count * self->lanes->slot_count, interpolate_piece, &counting);
        visit(&counting, visitor, context);
    }
    modular_addends_free(&counting.addends);
    memory_free(counting.numbers);
    memory_free(counting.scratch);
    return is_done;
}
