#include "analysis/modular_fold.h"

#include "base/memory.h"
#include "base/vector.h"

#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

/* Columns that are folded together, row by row, so that they stay in the cache. */
enum { STRIP = 32 };

/* So many ingredients are written down. */
enum { RECIPES_MAX = 1 << 16 };

/* ---- Numbers --------------------------------------------------------------------------------------------------- */

struct modulus modulus_of(uint32_t prime)
{
    uint32_t inverse = prime; /* right in its last 3 bits; each round doubles them */
    for (int round = 0; round < 4; round++)
        inverse *= 2 - prime * inverse;
    return (struct modulus){prime, 0 - inverse};
}

uint32_t modulus_product(uint32_t prime, uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)a * b % prime);
}

uint32_t modulus_power(uint32_t prime, uint32_t base, uint64_t exponent)
{
    uint32_t power = 1;
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1)
            power = modulus_product(prime, power, base);
        base = modulus_product(prime, base, base);
    }
    return power;
}

/* ---- Vectors --------------------------------------------------------------------------------------------------- */

static inline uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

VECTOR_CLONES static void set_sum_of_two(uint32_t *restrict sum, const uint32_t *a, const uint32_t *b, uint32_t prime,
                                         size_t points)
{
    for (size_t k = 0; k < points; k++) {
        uint32_t x = a[k] + b[k];
        sum[k] = smaller(x, x - prime);
    }
}

/* Four numbers below 2^30 are below 2^32 together. What is less than what is taken away becomes very large, so that the smaller one is right. */
VECTOR_CLONES static void set_sum_of_four(uint32_t *restrict sum, const uint32_t *a, const uint32_t *b,
                                          const uint32_t *c, const uint32_t *d, uint32_t prime, size_t points)
{
    for (size_t k = 0; k < points; k++) {
        uint32_t x = a[k] + b[k] + c[k] + d[k];
        x = smaller(x, x - 2 * prime);
        sum[k] = smaller(x, x - prime);
    }
}

/* The factor has been multiplied by 2^32, which Montgomery's reduction takes away again. */
VECTOR_CLONES static void set_product_plain(uint32_t *restrict product, const uint32_t *a, const uint32_t *factor,
                                            struct modulus modulus, size_t points)
{
    for (size_t k = 0; k < points; k++) {
        uint64_t x = (uint64_t)a[k] * factor[k];
        uint32_t quotient = (uint32_t)x * modulus.inverse;
        uint32_t reduced = (uint32_t)((x + (uint64_t)quotient * modulus.prime) >> 32);
        product[k] = smaller(reduced, reduced - modulus.prime);
    }
}

#ifdef __x86_64__
/* The same. No compiler sees by itself that the numbers with even places, and those with odd ones, can be multiplied where they are. */
__attribute__((target("avx2"))) static void set_product_avx2(uint32_t *restrict product, const uint32_t *a,
                                                             const uint32_t *factor, struct modulus modulus,
                                                             size_t points)
{
    const __m256i prime = _mm256_set1_epi32((int)modulus.prime), inverse = _mm256_set1_epi32((int)modulus.inverse);
    for (size_t k = 0; k < points; k += 8) {
        __m256i number = _mm256_loadu_si256((const __m256i *)(const void *)(a + k));
        __m256i times = _mm256_loadu_si256((const __m256i *)(const void *)(factor + k));
        __m256i even = _mm256_mul_epu32(number, times);
        __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(number, 32), _mm256_srli_epi64(times, 32));
        __m256i even_part = _mm256_mul_epu32(_mm256_mul_epu32(even, inverse), prime);
        __m256i odd_part = _mm256_mul_epu32(_mm256_mul_epu32(odd, inverse), prime);
        even = _mm256_srli_epi64(_mm256_add_epi64(even, even_part), 32);
        odd = _mm256_add_epi64(odd, odd_part);
        __m256i reduced = _mm256_blend_epi32(even, odd, 0xaa);
        reduced = _mm256_min_epu32(reduced, _mm256_sub_epi32(reduced, prime));
        _mm256_storeu_si256((__m256i *)(void *)(product + k), reduced);
    }
}
#endif

typedef void product_setter(uint32_t *restrict product, const uint32_t *a, const uint32_t *factor,
                            struct modulus modulus, size_t points);

static product_setter *choose_product(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        return set_product_avx2;
#endif
    return set_product_plain;
}

/* ---- Addends --------------------------------------------------------------------------------------------------- */

static uint32_t number_of(struct modular_addends *self, int64_t addend, size_t *room)
{
    uint32_t number = 0;
    if (addend == 0)
        return 0;
    while (number < self->count && self->items[number] != addend)
        number++;
    if (number == self->count) {
        self->items = memory_grow(self->items, self->count, room, sizeof *self->items);
        self->items[self->count++] = addend;
    }
    return number + 1;
}

void modular_addends_start(struct modular_addends *self, const struct lanes *lanes)
{
    size_t room = 0;
    *self = (struct modular_addends){0};
    for (size_t t = 0; t < 2; t++) {
        const struct lane *lane = &lanes->lane[t];
        size_t count = lane->first[(size_t)lane->kind_count * lanes->slot_count];
        self->of_term[t] = memory_new(count, sizeof *self->of_term[t]);
        for (size_t term = 0; term < count; term++)
            self->of_term[t][term] = number_of(self, lane->terms[term].addend, &room);
    }
}

void modular_addends_free(struct modular_addends *self)
{
    memory_free(self->items);
    memory_free(self->of_term[0]);
    memory_free(self->of_term[1]);
}

/* ---- Cells ----------------------------------------------------------------------------------------------------- */

/* What an element is the sum of: a vector of an element behind a step, perhaps times a factor. */
struct ingredient {
    size_t offset;          /* of the vector */
    const uint32_t *factor; /* or NULL */
    bool is_right;          /* behind thread 1's step */
};

/* A fold under way. The element of a state is a vector for each slot. */
struct folding {
    const struct modular_fold *fold;
    const struct lanes *lanes;
    size_t points;
    product_setter *set_product;
    size_t cell;                    /* numbers of an element */
    uint32_t *factors;              /* a vector for each addend: its power of the points, times 2^32 */
    struct ingredient *ingredients; /* of each pair of kinds of steps, for each slot; or NULL: there are too many */
    size_t *recipe_first;           /* where those of a pair and slot begin; one more at the end */
    uint32_t *products;
    uint32_t *nothing;        /* a vector of 0 */
    uint32_t *edge;           /* of each row: the element right of the strip, then the one at its first column */
    uint32_t *row[STRIP + 1]; /* elements of the strip, of the row below and of this one; and one to be written */
};

/* The terms of a thread's step, with products made of those that add something. */
static size_t add_sources(const struct folding *self, size_t thread, uint32_t position, uint32_t slot,
                          const uint32_t *element, bool is_mirrored, const uint32_t **sources, size_t count)
{
    size_t terms;
    const struct lane_term *term = lanes_terms(self->lanes, thread, position, slot, &terms);
    const uint32_t *addends = &self->fold->addends->of_term[thread][term - self->lanes->lane[thread].terms];
    for (size_t t = 0; t < terms; t++, count++) {
        uint32_t image = is_mirrored ? self->lanes->mirror[term[t].image] : term[t].image;
        sources[count] = element + (size_t)image * self->points;
        if (addends[t] == 0)
            continue;
        uint32_t *product = self->products + count * self->points;
        self->set_product(product, sources[count], self->factors + (size_t)(addends[t] - 1) * self->points,
                          self->fold->modulus, self->points);
        sources[count] = product;
    }
    return count;
}

static void set_sum(const struct folding *self, uint32_t *sum, const uint32_t **sources, size_t count)
{
    uint32_t prime = self->fold->modulus.prime;
    if (count <= 2)
        set_sum_of_two(sum, count > 0 ? sources[0] : self->nothing, count > 1 ? sources[1] : self->nothing, prime,
                       self->points);
    else
        set_sum_of_four(sum, sources[0], sources[1], sources[2], count > 3 ? sources[3] : self->nothing, prime,
                        self->points);
    for (size_t s = 4; s < count; s++)
        for (size_t k = 0; k < self->points; k++) {
            uint32_t x = sum[k] + sources[s][k];
            sum[k] = smaller(x, x - prime);
        }
}

/* The element of a state from those behind the steps of thread 0 (down) and of thread 1 (right); NULL where it has none left. Where the
 * threads are alike and at the same place, what is behind one's step is the mirror image of what is behind the other's. */
static void fold_any_cell(const struct folding *self, uint32_t i, uint32_t j, const uint32_t *down,
                          const uint32_t *right, uint32_t *cell)
{
    const uint32_t *sources[2 * (STRAIGHT_LINE_MOVES_MAX + 1)];
    bool is_mirrored = self->lanes->alike && i == j;
    down = is_mirrored ? right : down;
    for (uint32_t slot = 0; slot < self->lanes->slot_count; slot++) {
        size_t count = 0;
        if (down != NULL)
            count = add_sources(self, 0, i, slot, down, is_mirrored, sources, count);
        if (right != NULL)
            count = add_sources(self, 1, j, slot, right, false, sources, count);
        set_sum(self, cell + (size_t)slot * self->points, sources, count);
    }
}

/* The same where both threads have steps left, in different places, and the recipes of all kinds of steps are written down. */
static void fold_cell_by_recipe(const struct folding *self, uint32_t i, uint32_t j, const uint32_t *down,
                                const uint32_t *right, uint32_t *cell)
{
    const uint32_t *sources[2 * (STRAIGHT_LINE_MOVES_MAX + 1)];
    const struct lane *lane = self->lanes->lane;
    size_t pair = (size_t)lane[0].kinds[i] * lane[1].kind_count + lane[1].kinds[j];
    const size_t *first = &self->recipe_first[pair * self->lanes->slot_count];
    for (uint32_t slot = 0; slot < self->lanes->slot_count; slot++, cell += self->points) {
        const struct ingredient *ingredients = &self->ingredients[first[slot]];
        size_t count = first[slot + 1] - first[slot];
        for (size_t s = 0; s < count; s++) {
            sources[s] = (ingredients[s].is_right ? right : down) + ingredients[s].offset;
            if (ingredients[s].factor == NULL)
                continue;
            uint32_t *product = self->products + s * self->points;
            self->set_product(product, sources[s], ingredients[s].factor, self->fold->modulus, self->points);
            sources[s] = product;
        }
        set_sum(self, cell, sources, count);
    }
}

static void fold_cell(const struct folding *self, uint32_t i, uint32_t j, const uint32_t *down, const uint32_t *right,
                      uint32_t *cell)
{
    bool is_mirrored = self->lanes->alike && i == j;
    if (down != NULL && right != NULL && !is_mirrored && self->ingredients != NULL)
        fold_cell_by_recipe(self, i, j, down, right, cell);
    else
        fold_any_cell(self, i, j, down, right, cell);
}

/* Writes the ingredients of one slot in a step of a kind; returns how many there are then. */
static size_t add_ingredients(struct folding *self, size_t thread, uint32_t kind, uint32_t slot, size_t count)
{
    const struct lane *lane = &self->lanes->lane[thread];
    size_t place = (size_t)kind * self->lanes->slot_count + slot;
    for (size_t t = lane->first[place]; t < lane->first[place + 1]; t++) {
        uint32_t addend = self->fold->addends->of_term[thread][t];
        self->ingredients[count++] = (struct ingredient){
            .offset = (size_t)lane->terms[t].image * self->points,
            .factor = addend > 0 ? self->factors + (size_t)(addend - 1) * self->points : NULL,
            .is_right = thread == 1,
        };
    }
    return count;
}

/* Writes the recipes of all pairs of kinds, unless these are very many. */
static void write_recipes(struct folding *self)
{
    const struct lane *lane = self->lanes->lane;
    uint32_t slots = self->lanes->slot_count;
    size_t most = slots * (lane[0].most_terms + lane[1].most_terms), count = 0;
    if ((uint64_t)lane[0].kind_count * lane[1].kind_count * most > RECIPES_MAX)
        return;
    size_t pairs = (size_t)lane[0].kind_count * lane[1].kind_count;
    self->ingredients = memory_new(pairs * most, sizeof *self->ingredients);
    self->recipe_first = memory_new(pairs * slots + 1, sizeof *self->recipe_first);
    for (size_t recipe = 0; recipe < pairs * slots; recipe++) {
        uint32_t slot = (uint32_t)(recipe % slots);
        size_t pair = recipe / slots;
        count = add_ingredients(self, 0, (uint32_t)(pair / lane[1].kind_count), slot, count);
        count = add_ingredients(self, 1, (uint32_t)(pair % lane[1].kind_count), slot, count);
        self->recipe_first[recipe + 1] = count;
    }
}

static void set_end(const struct folding *self, uint32_t *cell)
{
    memset(cell, 0, self->cell * sizeof *cell);
    for (size_t k = 0; k < self->points; k++)
        cell[(size_t)self->lanes->observed * self->points + k] = 1;
}

/* ---- Strips ---------------------------------------------------------------------------------------------------- */

/* One row of the columns first .. end - 1, the last one first. The element that was below is free once its successor is made. */
static void fold_row(struct folding *self, uint32_t i, uint32_t first, uint32_t end)
{
    uint32_t rows = self->lanes->lane[0].count, columns = self->lanes->lane[1].count;
    uint32_t *edge = self->edge + (size_t)i * self->cell;
    uint32_t least = self->lanes->alike && i > first ? i : first;
    const uint32_t *right = end > columns ? NULL : edge;
    for (uint32_t j = end; j-- > least;) {
        uint32_t *cell = self->row[STRIP];
        uint32_t *below = self->row[j - first];
        if (i == rows && j == columns)
            set_end(self, cell);
        else
            fold_cell(self, i, j, i < rows ? below : NULL, right, cell);
        self->row[j - first] = cell;
        self->row[STRIP] = below;
        right = cell;
    }
    if (least == first)
        memcpy(edge, self->row[0], self->cell * sizeof *edge);
}

static bool fold_strip(struct folding *self, uint32_t first, uint32_t end)
{
    uint32_t rows = self->lanes->alike ? end - 1 : self->lanes->lane[0].count;
    for (uint32_t i = rows + 1; i-- > 0;)
        fold_row(self, i, first, end);
    if (atomic_load_explicit(self->fold->stop, memory_order_relaxed))
        return false;
    return self->fold->goes_on == NULL || self->fold->goes_on(self->fold->context);
}

/* ---- Life ------------------------------------------------------------------------------------------------------ */

static size_t numbers_needed(const struct lanes *lanes, const struct modular_addends *addends, size_t points)
{
    size_t cell = (size_t)lanes->slot_count * points;
    size_t vectors = addends->count + 2 * (STRAIGHT_LINE_MOVES_MAX + 1) + 1;
    return ((size_t)lanes->lane[0].count + 1 + STRIP + 1) * cell + vectors * points;
}

size_t modular_fold_scratch(const struct lanes *lanes, const struct modular_addends *addends, size_t points)
{
    return numbers_needed(lanes, addends, points) * sizeof(uint32_t);
}

static void set_factors(struct folding *self)
{
    const struct modular_addends *addends = self->fold->addends;
    uint32_t prime = self->fold->modulus.prime;
    for (uint32_t a = 0; a < addends->count; a++)
        for (uint32_t k = 0; k < self->points; k++) {
            int64_t addend = addends->items[a];
            uint32_t point = self->fold->first + k;
            uint32_t base = addend < 0 ? modulus_power(prime, point, prime - 2) : point;
            uint32_t power = modulus_power(prime, base, addend < 0 ? 0 - (uint64_t)addend : (uint64_t)addend);
            self->factors[(size_t)a * self->points + k] = (uint32_t)(((uint64_t)power << 32) % prime);
        }
}

static void open_folding(struct folding *self, const struct modular_fold *fold, uint32_t *numbers)
{
    *self =
        (struct folding){.fold = fold, .lanes = fold->lanes, .points = fold->points, .set_product = choose_product()};
    self->cell = (size_t)fold->lanes->slot_count * self->points;
    self->nothing = numbers;
    self->products = self->nothing + self->points;
    self->factors = self->products + 2 * (STRAIGHT_LINE_MOVES_MAX + 1) * self->points;
    self->edge = self->factors + (size_t)fold->addends->count * self->points;
    uint32_t *next = self->edge + ((size_t)fold->lanes->lane[0].count + 1) * self->cell;
    for (size_t r = 0; r <= STRIP; r++)
        self->row[r] = next + r * self->cell;
    memset(self->nothing, 0, self->points * sizeof *numbers);
    set_factors(self);
    write_recipes(self);
}

bool modular_fold_run(const struct modular_fold *self, void *scratch, uint32_t *start)
{
    struct folding folding;
    open_folding(&folding, self, scratch);
    bool goes_on = true;
    for (uint32_t end = self->lanes->lane[1].count + 1; end > 0 && goes_on;) {
        uint32_t first = end > STRIP ? end - STRIP : 0;
        goes_on = fold_strip(&folding, first, end);
        end = first;
    }
    memcpy(start, folding.edge, folding.cell * sizeof *start);
    memory_free(folding.ingredients);
    memory_free(folding.recipe_first);
    return goes_on;
}
