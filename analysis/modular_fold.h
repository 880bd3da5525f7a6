/* modular_fold: one fold of a grid of two lanes modulo a prime, at some points at once (analysis/modular_counts.h). */
#pragma once

#include "space/lanes.h"

#include <stdatomic.h>

/* Points of a vector: a multiple of MODULAR_UNIT. */
enum { MODULAR_UNIT = 8, MODULAR_POINTS_MAX = 256 };

/* A prime below 2^30, and what Montgomery's multiplication needs: -1 / prime modulo 2^32. (P. L. Montgomery, Modular multiplication
 * without trial division, 1985.) */
struct modulus {
    uint32_t prime;
    uint32_t inverse;
};

struct modulus modulus_of(uint32_t prime);

/* Products and powers modulo a prime, one by one. */
uint32_t modulus_product(uint32_t prime, uint32_t a, uint32_t b);
uint32_t modulus_power(uint32_t prime, uint32_t base, uint64_t exponent);

/* The addends of some lanes, each once, but for 0. Constant; freed with modular_addends_free(). */
struct modular_addends {
    int64_t *items;
    uint32_t count;
    uint32_t *of_term[2]; /* of each term of a lane: which it is, plus 1; 0: it adds nothing */
};
void modular_addends_start(struct modular_addends *self, const struct lanes *lanes);
void modular_addends_free(struct modular_addends *self);

/* Bytes that one fold needs for itself. */
size_t modular_fold_scratch(const struct lanes *lanes, const struct modular_addends *addends, size_t points);

/* Folds at the points first .. first + points - 1, and writes for each slot the vector of the start. Calls goes_on, if it is not
 * NULL, now and then; returns false where that does, or where *stop was set. */
struct modular_fold {
    const struct lanes *lanes;             /* borrowed */
    const struct modular_addends *addends; /* borrowed */
    struct modulus modulus;
    uint32_t first; /* at least 1 */
    size_t points;
    bool (*goes_on)(void *context);
    void *context;
    const atomic_bool *stop; /* borrowed */
};
bool modular_fold_run(const struct modular_fold *self, void *scratch, uint32_t *start);
