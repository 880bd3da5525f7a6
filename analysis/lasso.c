#include "analysis/lasso.h"

#include "base/fault.h"
#include "base/memory.h"

#include <assert.h>

/* A walk in the component. A *node* is a state, and whether a thread other than the waiting one has stepped by then:
 * node 2 * state + 1 where one has. */
struct walk {
    const struct waiting *waiting;
    const struct graph *graph;
    struct lasso *lasso;
    uint32_t at; /* state */
    bool others_stepped;
    uint64_t stepped;   /* who has */
    uint64_t could_not; /* who could not step in some state on the way */

    /* The search for a way: how each node was reached. */
    uint64_t *edge_to; /* index plus 1; 0: not reached */
    uint64_t *node_before;
    uint64_t *queue;
};

/* Where a way should lead: back, or to a step of a thread, or, if that will do, to where that one may not step. */
struct aim {
    bool home; /* to the entry, when another thread has stepped */
    uint32_t entry;
    uint64_t thread; /* a bit */
    bool rest_will_do;
};

/* ---- Ways ---------------------------------------------------------------------------------------------------- */

static void append_step(struct walk *self, const struct edge *edge)
{
    schedule_add(&self->lasso->schedule, system_action(self->graph->explorer.system, edge->option, edge->thread));
    self->lasso->loop_count++;
    self->at = edge->target;
    self->stepped |= waiting_actor(self->graph, edge);
    self->others_stepped |= edge->thread != self->waiting->thread;
    self->could_not |= ~waiting_may(self->graph, edge->target);
}

/* Appends the way from the start node to a node that was reached, and one more edge. */
static void append_way(struct walk *self, uint64_t start, uint64_t node, uint64_t last_edge)
{
    size_t count = 1;
    for (uint64_t n = node; n != start; n = self->node_before[n])
        count++;
    uint64_t *edges = memory_new(count, sizeof *edges);
    size_t position = count - 1;
    edges[position] = last_edge;
    for (uint64_t n = node; n != start; n = self->node_before[n])
        edges[--position] = self->edge_to[n] - 1;
    for (size_t e = 0; e < count; e++)
        append_step(self, &self->graph->edges[edges[e]]);
    memory_free(edges);
}

static bool is_aim(const struct walk *self, const struct aim *aim, const struct edge *edge, uint64_t node)
{
    if (aim->home)
        return node == 2 * (uint64_t)aim->entry + 1;
    bool rests = aim->rest_will_do && (waiting_may(self->graph, edge->target) & aim->thread) == 0;
    return rests || waiting_actor(self->graph, edge) == aim->thread;
}

/* Looks at the steps from a node. Returns true with the edge where one is the aim. */
static bool expand(struct walk *self, const struct aim *aim, uint64_t node, size_t *reached, uint64_t *last_edge)
{
    uint32_t state = (uint32_t)(node / 2);
    for (uint64_t e = self->graph->edge_first[state]; e < self->graph->edge_first[state + 1]; e++) {
        const struct edge *edge = &self->graph->edges[e];
        if (!waiting_stays(self->waiting, state, edge))
            continue;
        uint64_t next = 2 * (uint64_t)edge->target + (node % 2 != 0 || edge->thread != self->waiting->thread);
        *last_edge = e;
        if (is_aim(self, aim, edge, next))
            return true;
        if (self->edge_to[next] != 0)
            continue;
        self->edge_to[next] = e + 1;
        self->node_before[next] = node;
        self->queue[(*reached)++] = next;
    }
    return false;
}

/* Appends the shortest way to an aim, which is known to exist. */
static void go(struct walk *self, const struct aim *aim)
{
    uint64_t start = 2 * (uint64_t)self->at + self->others_stepped, last_edge = 0;
    size_t reached = 0, next = 0;
    bool found = false;
    self->queue[reached++] = start;
    self->edge_to[start] = UINT64_MAX;
    while (next < reached && !found)
        found = expand(self, aim, self->queue[next++], &reached, &last_edge);
    if (!found)
        fault("a component has no way to what it should have");
    append_way(self, start, self->queue[next - 1], last_edge);
    while (reached > 0)
        self->edge_to[self->queue[--reached]] = 0;
}

/* ---- The loop ------------------------------------------------------------------------------------------------ */

/* Goes to where the demands of fairness for one thread are met, unless they have been met. */
static void satisfy(struct walk *self, const struct lasso_ground *ground, enum outcome_fairness fairness,
                    uint64_t thread)
{
    bool is_weak = fairness == FAIRNESS_WEAK;
    bool is_met = is_weak ? (self->could_not & thread) != 0 : (ground->may_sometimes & thread) == 0;
    if (!is_met && (self->stepped & thread) == 0)
        go(self, &(struct aim){.thread = thread, .rest_will_do = is_weak});
}

static void go_round(struct walk *self, const struct lasso_ground *ground, enum outcome_fairness fairness)
{
    for (unsigned actor = 0; actor < 64 && fairness != FAIRNESS_NONE; actor++)
        satisfy(self, ground, fairness, UINT64_C(1) << actor);
    if (self->at != ground->entry || !self->others_stepped)
        go(self, &(struct aim){.home = true, .entry = ground->entry});
}

static void take_stem(struct walk *self, uint32_t entry)
{
    struct schedule stem = {0};
    explorer_tell_way(&self->graph->explorer, entry, &stem);
    *self->lasso = (struct lasso){.schedule = stem, .stem_count = schedule_step_count(&stem)};
}

void lasso_tie(struct lasso *self, const struct waiting *waiting, const struct lasso_ground *ground,
               enum outcome_fairness fairness)
{
    const struct graph *graph = waiting->graph;
    size_t nodes = 2 * graph->explorer.states.count;
    struct walk walk = {.waiting = waiting, .graph = graph, .lasso = self, .at = ground->entry};
    assert(waiting->components.count == 1);
    walk.could_not = ~waiting_may(graph, ground->entry);
    walk.edge_to = memory_new(nodes, sizeof *walk.edge_to);
    walk.node_before = memory_new(nodes, sizeof *walk.node_before);
    walk.queue = memory_new(nodes, sizeof *walk.queue);
    take_stem(&walk, ground->entry);
    go_round(&walk, ground, fairness);
    memory_free(walk.edge_to);
    memory_free(walk.node_before);
    memory_free(walk.queue);
}
