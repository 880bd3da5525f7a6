#include "checker/lasso.h"

#include "base/fault.h"
#include "base/memory.h"

#include <assert.h>
#include <string.h>

/* A walk in the component. A *node* is a state, and whether a thread other than the waiting one has stepped by then: node
 * 2 * state + 1 where one has. */
struct walk {
    const struct waiting *waiting;
    const struct stepgraph *graph;
    struct lasso *lasso;
    size_t capacity;       /* of lasso->threads */
    uint32_t at;           /* state */
    bool others_stepped;
    uint64_t stepped;      /* who has */
    uint64_t could_not;    /* who could not step in some state on the way */

    /* The search for a way: how each node was reached. */
    uint64_t *edge_to;     /* index plus 1; 0: not reached */
    uint64_t *node_before;
    uint64_t *queue;
};

/* Where a way should lead: back, or to a step of a thread, or, if that will do, to where that may not step. */
struct aim {
    bool home;
    uint64_t thread;       /* a bit */
    bool rest_will_do;
};

/* The edges of a path are in `trail` while it is turned round. */
static void append_step(struct walk *self, const struct stepgraph_edge *edge)
{
    struct lasso *lasso = self->lasso;
    lasso->threads =
        memory_grow(lasso->threads, lasso->stem_count + lasso->loop_count, &self->capacity, sizeof *lasso->threads);
    lasso->threads[lasso->stem_count + lasso->loop_count++] = edge->thread;
    self->at = edge->target;
    self->stepped |= UINT64_C(1) << edge->thread;
    self->others_stepped |= edge->thread != self->waiting->thread;
    self->could_not |= ~self->graph->may[edge->target];
}

/* Appends the way to a node that the search has reached from the start node, and forgets the search's nodes. */
static void append_way(struct walk *self, uint64_t start, uint64_t node, uint64_t last_edge)
{
    size_t count = 1;
    for (uint64_t n = node; n != start; n = self->node_before[n])
        count++;
    uint64_t *trail = memory_new(count, sizeof *trail);
    trail[count - 1] = last_edge;
    for (uint64_t n = node; n != start; n = self->node_before[n])
        trail[--count - 1] = self->edge_to[n] - 1;
    for (size_t i = 0; count == 1 && i == 0; i++)
        append_step(self, &self->graph->edges[trail[i]]);
    memory_free(trail);
}
