/* all_iterations: the least, the greatest, and all final values of a program with counted loops, for every number of repetitions.
 *
 * For few repetitions the extremes are folded exactly. Where from some number on each further repetition adds the same to one, that is
 * a *formula*, constant + slope * K, and it is proved: that it is reached, by a schedule that can be pumped (analysis/pumping.h), and that nothing
 * goes beyond it, by potentials (analysis/potential.h), one for each slot that a final value can begin in. That all values between the two
 * are final ones is proved by induction over K: cycles at the start turn an interval into the next one but for its ends, and the values
 * there can be pumped like the extremes.
 *
 * All of that is about integers without bounds: it holds as long as nothing can leave 64 bits, which is known up to some K. A struct
 * all_iterations is constant once made and owns all that it refers to. */
#pragma once

#include "analysis/potential.h"
#include "analysis/pumping.h"

enum { ALL_ITERATIONS_EXACT_MAX = 12, ALL_ITERATIONS_THRESHOLD_MAX = 3 };

/* What is proved of the least, or the greatest, final value. */
struct iteration_bound {
    bool is_proved;
    int64_t constant; /* the formula is constant + slope * K */
    int64_t slope;
    uint32_t from;        /* it holds for every K from there on, */
    uint32_t proved_from; /* ... and the proof does without folds from there on: at least `threshold` and `base` */
    uint32_t threshold;   /* of the tracks of the potentials */
    bool has_potential[ITERATED_SLOTS_MAX]; /* where what begins in a slot flows into what is observed */
    struct potential potentials[ITERATED_SLOTS_MAX];
    uint32_t base;       /* repetitions of the schedule that is pumped */
    struct turns pumped; /* it; with K repetitions each group is repeated K - base times */
};

struct all_iterations {
    char *reason; /* why nothing is known; NULL where both bounds are proved */
    uint64_t times;
    bool repeats_iters;  /* K is ITERS; else it is how often the loops are repeated, all else being as it is */
    uint64_t most;       /* up to so many repetitions no value can leave 64 bits */
    uint32_t exact_most; /* extremes were folded up to so many */
    int64_t exact[2][ALL_ITERATIONS_EXACT_MAX + 1];
    struct iteration_bound bounds[2]; /* least, greatest */
    bool has_values; /* for every K from values_from on the final values are all from the least to the greatest */
    uint32_t values_from;
    char *values_reason; /* why not */
    uint64_t left;       /* how much may still be looked at while it is made */
    struct iterated *of;
    struct tracks tracks[ALL_ITERATIONS_THRESHOLD_MAX + 1]; /* by threshold, where some potential is of them */
};

/* Finds what can be proved for a word of a program, as new. */
struct all_iterations *all_iterations_new(const struct program *program, uint32_t word);
void all_iterations_free(struct all_iterations *self);

/* The least or greatest value with K repetitions. Returns false where that is not proved, or beyond what is known of 64 bits. */
bool all_iterations_extreme(const struct all_iterations *self, bool is_upper, uint64_t k, int64_t *value);

/* A schedule that ends with it, as new; empty where there is none. */
struct turns all_iterations_witness(const struct all_iterations *self, bool is_upper, uint64_t k);

/* Appends a formula: "2", "2 ITERS", "3 + 2 ITERS"; and what K is called: "ITERS", or "K". */
void all_iterations_print_formula(struct text *text, const struct all_iterations *self, bool is_upper);
const char *all_iterations_parameter(const struct all_iterations *self);

/* Appends one line of what is proved: "minimum 2 for every ITERS >= 2; maximum 2 ITERS for every ITERS >= 1; ..." */
void all_iterations_print(struct text *text, const struct all_iterations *self);
