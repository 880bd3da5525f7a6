/* product: a graph of states times a small deterministic automaton that watches the schedules (Vardi and Wolper, An automata-theoretic
 * approach to automatic program verification, 1986).
 *
 * A *node* is a state and a mode of the automaton: it stands for the schedules that lead to the state and leave the automaton
 * in that mode. Nodes are found breadth-first, so that the first one that fits is reached by the shortest schedule and, of the shortest
 * ones, the first in thread order. Behind all states comes one more that stands for the schedules that ended with an error of the
 * program; their mode is the one before it. A product borrows its graph, which has edges, and is freed with product_free(). */
#pragma once

#include "base/budget.h"
#include "program/schedule.h"
#include "space/graph.h"

#define PRODUCT_NONE UINT64_MAX

/* Says in which mode (0 .. modes - 1) the automaton is behind an edge, which does not fail and leaves a state in a mode; edge NULL: in
 * the first state `from`, where the mode has no meaning. */
typedef size_t product_next(const void *context, uint32_t from, size_t mode, const struct edge *edge);

/* Whether a node is the one that is looked for; state is the number of all states behind an error. */
typedef bool product_aim(const void *context, uint32_t state, size_t mode);

struct product {
    const struct graph *graph;
    size_t modes;
    product_next *next;
    const void *context;
    uint64_t
        *edge_to; /* of each node: the edge by which it was found, plus 1; UINT64_MAX: a first state; 0: not found */
    uint64_t *node_before; /* ... and from where */
    uint64_t *nodes;       /* in the order in which they were found */
    size_t count;
};

/* Starts a product. Returns false where the budget has no memory for it; it is to be freed all the same. */
bool product_start(struct product *self, const struct graph *graph, size_t modes, product_next *next,
                   const void *context, struct budget *budget);
void product_free(struct product *self);

/* Finds nodes until one is the aim, and returns it; PRODUCT_NONE: none is, and all have been found. Called once. */
uint64_t product_search(struct product *self, product_aim *is_aim);

static inline uint32_t product_state(const struct product *self, uint64_t node)
{
    return (uint32_t)(node / self->modes);
}
static inline size_t product_mode(const struct product *self, uint64_t node)
{
    return (size_t)(node % self->modes);
}

/* Appends the schedule by which a node was found. */
void product_tell_way(const struct product *self, uint64_t node, struct schedule *way);
