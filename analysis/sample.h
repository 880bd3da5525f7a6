/* sample: how schedules ended that were drawn at random.
 *
 * A *tester* says how they are drawn: all with the same probability; by the random scheduler, a walk that takes each possible action with the
 * same probability; or by probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi and Nagarakatte, A randomized scheduler with
 * probabilistic guarantees of finding bugs, ASPLOS 2010). PCT of depth d gives the threads priorities in random order, and draws d - 1 change
 * points among the steps that a schedule can have at most; always the thread of the highest priority steps, and behind the i-th change point the one
 * that has stepped gets priority i, which is lower than all at the start. Two change points can be the same step: then the
 * lower priority counts. */
#pragma once

#include "program/schedule.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tester { TESTER_UNIFORM, TESTER_RANDOM_WALK, TESTER_PCT };

enum { PCT_DEPTH_MAX = 8, SAMPLE_STEPS_MAX = 100000 };

/* What is to be drawn. */
struct sample_wish {
    enum tester tester;
    uint32_t depth; /* of PCT, 1 .. PCT_DEPTH_MAX */
    uint64_t seed, runs;
    size_t kept; /* so many of the first schedules are kept */
};

/* How a schedule ends: an enum outcome_end that is OUTCOME_VALUE, OUTCOME_DEADLOCK or OUTCOME_FAILURE, or OUTCOME_ENDLESS where it was given up. */
struct sample_end {
    int end;
    int64_t value; /* of OUTCOME_VALUE, else 0 */
};

struct sample_row {
    struct sample_end end;
    uint64_t runs;
    struct schedule first; /* the first one that was drawn */
};

struct sample_draw {
    struct sample_end end;
    struct schedule schedule;
};

struct sample {
    struct sample_wish wish;
    uint64_t runs;           /* that were made */
    struct sample_row *rows; /* by end, then by value */
    size_t row_count, row_capacity;
    struct sample_draw *draws; /* those that are kept, in order */
    size_t draw_count;
    const char *refusal; /* why nothing could be drawn, or NULL; static */
};

/* Whether the schedule of a run that ends so is to be kept: it is the first one, or one of the first runs. */
bool sample_is_new(const struct sample *self, struct sample_end end);

/* Adds a run that ended so, along a schedule, which is copied where it is kept. */
void sample_add(struct sample *self, struct sample_end end, const struct schedule *schedule);

/* Frees what it owns, and itself; NULL is allowed. */
void sample_free(struct sample *self);

/* Pearson's chi-square of the runs against exact probabilities, one a row, of cells of which five runs are expected at least (smaller ones are
 * put together); *degrees is how many of them there are, less one. 0 where there are no two. */
double sample_chi_square(const uint64_t *runs, const double *probabilities, size_t count, size_t *degrees);

/* The probability of a chi-square at least so large, by the incomplete gamma function (series, and Lentz's continued fraction). */
double sample_chance(double chi_square, size_t degrees);
