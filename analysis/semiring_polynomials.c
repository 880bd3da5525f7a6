/* Counts and random: polynomials, that is, arrays of big numbers over values.
 *
 * Counts: the coefficient of a value is the number of schedules that lead to it; it is at most (threads that may step) to
 * the power of the height. Random: the coefficient is the probability as a numerator over base^height; a step weighs base
 * divided by the number of threads that may step. Both are sums of products with a small number, which GMP's low-level
 * functions do in place.
 *
 * An element begins with the range of places that are not zero, so that sparse arrays cost what they hold. */
#include "analysis/semiring.h"
#include "base/arithmetic.h"
#include "base/exact.h"
#include "base/memory.h"

#include <string.h>

struct coefficients {
    uint32_t first; /* the places first .. last - 1 may be other than zero, and have been written */
    uint32_t last;
    mp_limb_t limbs[];
};

static const struct coefficients zero;

static const struct polynomials *polynomials_of(const struct semiring *semiring)
{
    return (const struct polynomials *)(const void *)semiring;
}

/* ---- Sizes --------------------------------------------------------------------------------------------------- */

/* The bits of base^height, rounded up generously: log2 of the base in 1/1024. */
size_t semiring_polynomials_limbs(uint32_t height, uint64_t base)
{
    mpz_t power;
    mpz_init(power);
    exact_set_power(power, base, 32);
    uint64_t bits_of_32 = mpz_sizeinbase(power, 2);
    mpz_clear(power);
    uint64_t bits = base <= 1 ? 1 : (uint64_t)height * bits_of_32 / 32 + bits_of_32 + 1;
    return (size_t)(bits / 64 + 1) * (64 / GMP_NUMB_BITS);
}

static uint32_t level_height(const struct space *space, size_t level)
{
    return space->graded ? (uint32_t)(space->level_count - 1 - level) : space->height;
}

static void measure(struct polynomials *self, uint64_t base)
{
    const struct space *space = self->head.space;
    self->limbs = memory_new(space->level_count, sizeof *self->limbs);
    for (size_t l = 0; l < space->level_count; l++)
        self->limbs[l] = semiring_polynomials_limbs(level_height(space, l), base);
}

static size_t size(const struct semiring *self, size_t level)
{
    size_t places = value_ranges_width(self->ranges, level);
    places = places > 0 ? places : 1;
    return sizeof(struct coefficients) + places * polynomials_of(self)->limbs[level] * sizeof(mp_limb_t);
}

/* ---- Ranges -------------------------------------------------------------------------------------------------- */

static void clear_places(struct coefficients *element, size_t limbs, size_t first, size_t last)
{
    memset(element->limbs + first * limbs, 0, (last - first) * limbs * sizeof(mp_limb_t));
}

/* Extends the range of written places to include first .. last - 1. */
static void include(struct coefficients *element, size_t limbs, uint32_t first, uint32_t last)
{
    if (element->first == element->last) {
        element->first = element->last = first;
    }
    if (first < element->first) {
        clear_places(element, limbs, first, element->first);
        element->first = first;
    }
    if (last > element->last) {
        clear_places(element, limbs, element->last, last);
        element->last = last;
    }
}

/* ---- Counts -------------------------------------------------------------------------------------------------- */

static void add_product(mp_limb_t *sum, size_t limbs, const mp_limb_t *term, size_t term_limbs, mp_limb_t weight)
{
    mp_limb_t carry = weight == 1 ? mpn_add_n(sum, sum, term, (mp_size_t)term_limbs)
                                  : mpn_addmul_1(sum, term, (mp_size_t)term_limbs, weight);
    if (carry != 0 && limbs > term_limbs)
        mpn_add_1(sum + term_limbs, sum + term_limbs, (mp_size_t)(limbs - term_limbs), carry);
}

/* Whether a value has a place at a level. */
static bool has_place(const struct semiring *self, size_t level, int64_t value)
{
    const struct value_range *range = &self->ranges->levels[level];
    return !self->ranges->is_clipped || (range->least <= value && value <= range->greatest);
}

static void count_one(const struct semiring *self, size_t level, uint32_t height, int64_t value, void *element)
{
    (void)height;
    size_t limbs = polynomials_of(self)->limbs[level];
    if (!has_place(self, level, value)) {
        semiring_zero(self, element);
        return;
    }
    uint32_t place = (uint32_t)value_ranges_place(self->ranges, level, value);
    struct coefficients *coefficients = element;
    semiring_zero(self, element);
    include(coefficients, limbs, place, place + 1);
    coefficients->limbs[place * limbs] = 1;
}

/* What add_product() comes to where the sum is zero, whatever its limbs hold. */
static void set_product(mp_limb_t *sum, const mp_limb_t *term, size_t limbs, mp_limb_t weight)
{
    if (weight == 1)
        mpn_copyi(sum, term, (mp_size_t)limbs);
    else
        mpn_mul_1(sum, term, (mp_size_t)limbs, weight);
}

/* Leaves of the places *first .. *last - 1 of a term those that have a place in a sum. Returns false where there are none. */
static bool clip_places(const struct semiring *self, size_t level, int64_t shift, int64_t *first, int64_t *last)
{
    int64_t width = (int64_t)value_ranges_width(self->ranges, level);
    *first = *first + shift < 0 ? -shift : *first;
    *last = *last + shift > width ? width - shift : *last;
    return *first < *last;
}

/* Coefficients of equal width are added all at once, as if they were one long number: none of them overflows its limbs, so
 * that no carry ever leaves a coefficient. */
static void add_weighted(const struct semiring *self, size_t level, struct coefficients *sum, size_t term_level,
                         const struct coefficients *term, int64_t addend, mp_limb_t weight)
{
    if (term->first == term->last)
        return;
    size_t limbs = polynomials_of(self)->limbs[level];
    size_t term_limbs = polynomials_of(self)->limbs[term_level];
    int64_t shift = value_ranges_shift(self->ranges, level, term_level, addend);
    int64_t first = term->first, last = term->last;
    if (self->ranges->is_clipped && !clip_places(self, level, shift, &first, &last))
        return;
    mp_limb_t *to = sum->limbs + (size_t)(first + shift) * limbs;
    const mp_limb_t *from = term->limbs + (size_t)first * term_limbs;
    size_t places = (size_t)(last - first);
    if (limbs == term_limbs && sum->first == sum->last) {
        sum->first = (uint32_t)(first + shift);
        sum->last = (uint32_t)(last + shift);
        set_product(to, from, places * limbs, weight);
        return;
    }
    include(sum, limbs, (uint32_t)(first + shift), (uint32_t)(last + shift));
    if (limbs == term_limbs) {
        add_product(to, places * limbs, from, places * limbs, weight);
        return;
    }
    for (size_t place = 0; place < places; place++)
        add_product(to + place * limbs, limbs, from + place * term_limbs, term_limbs, weight);
}

static void count_add(const struct semiring *self, size_t level, void *sum, size_t term_level, const void *term,
                      const struct factor *factor, struct arena *arena)
{
    (void)arena;
    add_weighted(self, level, sum, term_level, term, factor->addend, factor->weight);
}

void semiring_counts_start(struct polynomials *self, const struct space *space, const struct value_ranges *ranges)
{
    static const struct semiring_kind kind = {"counts",  &zero, sizeof zero, size, count_one,
                                              count_add, NULL,  NULL,        NULL};
    *self = (struct polynomials){.head = {&kind, space, ranges}, .base = space_most_enabled(space)};
    measure(self, self->base);
}

/* ---- Random -------------------------------------------------------------------------------------------------- */

static void multiply(mp_limb_t *number, size_t limbs, mp_limb_t factor, uint32_t times)
{
    for (uint32_t i = 0; i < times; i++)
        mpn_mul_1(number, number, (mp_size_t)limbs, factor);
}

static void random_one(const struct semiring *self, size_t level, uint32_t height, int64_t value, void *element)
{
    const struct polynomials *polynomials = polynomials_of(self);
    size_t limbs = polynomials->limbs[level];
    count_one(self, level, height, value, element);
    uint32_t place = ((struct coefficients *)element)->first;
    multiply(((struct coefficients *)element)->limbs + place * limbs, limbs, (mp_limb_t)polynomials->base, height);
}

/* A term from more than one level of height below is lifted to the sum's denominator in a copy. */
static void add_lifted(const struct semiring *self, size_t level, struct coefficients *sum, size_t term_level,
                       const struct coefficients *term, const struct factor *factor, mp_limb_t weight,
                       struct arena *arena)
{
    size_t limbs = polynomials_of(self)->limbs[term_level];
    size_t bytes = sizeof *term + term->last * limbs * sizeof(mp_limb_t);
    struct coefficients *lifted = arena_take(arena, bytes);
    memcpy(lifted, term, bytes);
    for (uint32_t place = term->first; place < term->last; place++)
        multiply(lifted->limbs + place * limbs, limbs, (mp_limb_t)polynomials_of(self)->base, factor->lift);
    add_weighted(self, level, sum, term_level, lifted, factor->addend, weight);
}

static void random_add(const struct semiring *self, size_t level, void *sum, size_t term_level, const void *term,
                       const struct factor *factor, struct arena *arena)
{
    const struct coefficients *from = term;
    mp_limb_t weight = (mp_limb_t)(polynomials_of(self)->base / factor->enabled * factor->weight);
    if (from->first == from->last)
        return;
    if (factor->lift == 0)
        add_weighted(self, level, sum, term_level, term, factor->addend, weight);
    else
        add_lifted(self, level, sum, term_level, term, factor, weight, arena);
}

static uint64_t common_multiple(const uint64_t *enabled_counts)
{
    uint64_t multiple = 1;
    for (uint64_t n = 1; n <= SPACE_STEPS_MAX && multiple <= UINT32_MAX; n++) {
        if ((enabled_counts[(n - 1) / 64] >> (n - 1) % 64 & 1) == 0)
            continue;
        multiple = multiple / arithmetic_common_divisor(multiple, n) * n;
    }
    return multiple;
}

bool semiring_random_start(struct polynomials *self, const struct space *space, const struct value_ranges *ranges)
{
    static const struct semiring_kind kind = {"random",   &zero, sizeof zero, size, random_one,
                                              random_add, NULL,  NULL,        NULL};
    *self = (struct polynomials){.head = {&kind, space, ranges}, .base = common_multiple(space->enabled_counts)};
    if (self->base > UINT32_MAX)
        return false;
    measure(self, self->base);
    return true;
}

/* ---- Results ------------------------------------------------------------------------------------------------- */

void semiring_polynomials_free(struct polynomials *self)
{
    memory_free(self->limbs);
    *self = (struct polynomials){0};
}

void semiring_polynomials_visit(const struct polynomials *self, size_t level, const void *element, int64_t shift,
                                polynomial_visitor *visitor, void *context)
{
    const struct coefficients *coefficients = element;
    size_t limbs = self->limbs[level];
    for (uint32_t place = coefficients->first; place < coefficients->last; place++) {
        const mp_limb_t *number = coefficients->limbs + place * limbs;
        if (!mpn_zero_p(number, (mp_size_t)limbs))
            visitor(context, value_ranges_value(self->head.ranges, level, place) + shift, number, limbs);
    }
}
