#include "analysis/product.h"

#include "base/memory.h"

enum { BYTES_A_NODE = 3 * sizeof(uint64_t) };

bool product_start(struct product *self, const struct graph *graph, size_t modes, product_next *next,
                   const void *context, struct budget *budget)
{
    size_t nodes, bytes;
    *self = (struct product){.graph = graph, .modes = modes, .next = next, .context = context};
    if (__builtin_mul_overflow((size_t)graph->explorer.states.count + 1, modes, &nodes) ||
        __builtin_mul_overflow(nodes, (size_t)BYTES_A_NODE, &bytes) || !budget_allows(budget, bytes))
        return false;
    self->edge_to = memory_new(nodes, sizeof *self->edge_to);
    self->node_before = memory_new(nodes, sizeof *self->node_before);
    self->nodes = memory_new(nodes, sizeof *self->nodes);
    return true;
}

void product_free(struct product *self)
{
    memory_free(self->edge_to);
    memory_free(self->node_before);
    memory_free(self->nodes);
}

static void find(struct product *self, uint64_t node, uint64_t edge_to, uint64_t node_before)
{
    if (self->edge_to[node] != 0)
        return;
    self->edge_to[node] = edge_to;
    self->node_before[node] = node_before;
    self->nodes[self->count++] = node;
}

static void expand(struct product *self, uint64_t node)
{
    const struct graph *graph = self->graph;
    uint32_t state = product_state(self, node);
    size_t mode = product_mode(self, node);
    if (state == graph->explorer.states.count)
        return;
    for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++) {
        const struct edge *edge = &graph->edges[e];
        bool fails = edge->target == STATESET_NONE;
        uint64_t target = fails ? graph->explorer.states.count : edge->target;
        find(self, target * self->modes + (fails ? mode : self->next(self->context, state, mode, edge)), e + 1, node);
    }
}

uint64_t product_search(struct product *self, product_aim *is_aim)
{
    for (uint32_t s = 0; s < self->graph->explorer.start_count; s++)
        find(self, (uint64_t)s * self->modes + self->next(self->context, s, 0, NULL), UINT64_MAX, 0);
    for (size_t n = 0; n < self->count; n++) {
        uint64_t node = self->nodes[n];
        if (is_aim(self->context, product_state(self, node), product_mode(self, node)))
            return node;
        expand(self, node);
    }
    return PRODUCT_NONE;
}

void product_tell_way(const struct product *self, uint64_t node, struct schedule *way)
{
    const struct explorer *explorer = &self->graph->explorer;
    for (; self->edge_to[node] != UINT64_MAX; node = self->node_before[node]) {
        const struct edge *edge = &self->graph->edges[self->edge_to[node] - 1];
        schedule_add(way, system_action(explorer->system, edge->option, edge->thread));
    }
    if (explorer->start_count > 1)
        schedule_add(way, action_phase(product_state(self, node)));
    schedule_reverse(way);
}
