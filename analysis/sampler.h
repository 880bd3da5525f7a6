/* sampler: draws schedules from a graph, one after the other (analysis/sample.h says how).
 *
 * To draw all schedules with the same probability, each step is taken with the share that the schedules behind it have among those behind its
 * state; these are counted once, backwards (Denise, Gaudel and Gouraud, A generic method for statistical testing, ISSRE 2004). The choice is exact: a
 * share is compared with as many random bits as it takes. */
#pragma once

#include "analysis/sample.h"
#include "base/budget.h"
#include "base/generator.h"
#include "space/graph.h"

struct sampler {
    const struct graph *graph; /* with edges, each of one step, without symmetry; borrowed */
    struct sample_wish wish;
    struct generator generator;
    uint64_t *shares;    /* uniform: of each edge, and of those before it in its state, in 2^-64, rounded down; */
    mpz_t *ways;         /* ... and the schedules from each state on */
    uint64_t steps_most; /* PCT: that a schedule can have */
    uint64_t *edges;     /* of the schedule that was drawn last, from its first state on */
    size_t edge_count, edge_capacity;
    uint32_t start, end; /* its first and last state; STATESET_NONE: an error of the program */
    bool is_given_up;    /* it had no end after SAMPLE_STEPS_MAX steps */
};

/* Starts one. Returns false where the budget is exceeded. Uniform and PCT need a graph without cycles. Freed with sampler_free() whatever is returned. */
bool sampler_start(struct sampler *self, const struct graph *graph, const struct sample_wish *wish,
                   struct budget *budget);
void sampler_free(struct sampler *self);

/* Draws the next one. */
void sampler_draw(struct sampler *self);

/* Appends what was drawn last to an empty schedule. */
void sampler_tell(const struct sampler *self, struct schedule *schedule);

/* How what was drawn last ends, and with which value; of several that is the rank in the graph. */
struct sample_end sampler_end(const struct sampler *self);
