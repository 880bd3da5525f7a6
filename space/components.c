#include "space/components.h"

#include "base/memory.h"
#include "space/graph.h"

#include <string.h>

void components_start_over(struct components *self, const struct components_steps *steps, size_t count)
{
    *self = (struct components){.steps = *steps};
    self->of = memory_new(count, sizeof *self->of);
    self->members = memory_new(count, sizeof *self->members);
    self->first = memory_new(count + 1, sizeof *self->first);
    self->entered = memory_new(count, sizeof *self->entered);
    self->lowest = memory_new(count, sizeof *self->lowest);
    self->open = memory_new(count, sizeof *self->open);
    self->stack = memory_new(count, sizeof *self->stack);
    self->next_edge = memory_new(count, sizeof *self->next_edge);
}

void components_start(struct components *self, const struct graph *graph, components_follow *follows,
                      const void *context)
{
    struct components_steps steps = {graph->edge_first, graph->edges != NULL ? &graph->edges->target : NULL,
                                     sizeof *graph->edges};
    components_start_over(self, &steps, graph->explorer.states.count);
    self->graph = graph;
    self->follows = follows;
    self->context = context;
}

void components_free(struct components *self)
{
    memory_free(self->of);
    memory_free(self->members);
    memory_free(self->first);
    memory_free(self->entered);
    memory_free(self->lowest);
    memory_free(self->open);
    memory_free(self->stack);
    memory_free(self->next_edge);
}

static void enter(struct components *self, uint32_t state)
{
    self->stack[self->depth] = state;
    self->next_edge[self->depth++] = self->steps.first[state];
    self->entered[state] = self->lowest[state] = ++self->entered_count;
    self->open[self->open_count++] = state;
}

static void lower(struct components *self, uint32_t state, uint32_t to)
{
    self->lowest[state] = to < self->lowest[state] ? to : self->lowest[state];
}

/* A state that reaches back to none before it completes its component. */
static void leave(struct components *self)
{
    uint32_t state = self->stack[--self->depth], member;
    if (self->depth > 0)
        lower(self, self->stack[self->depth - 1], self->lowest[state]);
    if (self->lowest[state] != self->entered[state])
        return;
    size_t end = self->open_count;
    self->count++;
    do {
        member = self->open[--self->open_count];
        self->of[member] = self->count;
    } while (member != state);
    self->first[self->count] = self->first[self->count - 1] + (end - self->open_count);
}

static uint32_t target_of(const struct components *self, uint64_t step)
{
    uint32_t target;
    memcpy(&target, (const char *)self->steps.targets + step * self->steps.stride, sizeof target);
    return target;
}

static void advance(struct components *self)
{
    uint32_t state = self->stack[self->depth - 1];
    uint64_t e = self->next_edge[self->depth - 1]++;
    if (e == self->steps.first[state + 1]) {
        leave(self);
        return;
    }
    uint32_t target = target_of(self, e);
    if (target == STATESET_NONE ||
        (self->follows != NULL && !self->follows(self->context, state, &self->graph->edges[e])))
        return;
    if (self->entered[target] == 0) {
        enter(self, target);
    } else if (self->of[target] == 0) {
        self->is_cyclic = true;
        lower(self, state, self->entered[target]);
    }
}

/* Tarjan, Depth-first search and linear graph algorithms, 1972: components are completed in the order that is promised. */
void components_find(struct components *self, const uint32_t *states, size_t count)
{
    self->count = self->entered_count = 0;
    self->is_cyclic = false;
    for (size_t s = 0; s < count; s++) {
        size_t state = states != NULL ? states[s] : s;
        self->entered[state] = self->of[state] = 0;
    }
    for (size_t s = 0; s < count; s++) {
        uint32_t state = states != NULL ? states[s] : (uint32_t)s;
        if (self->entered[state] == 0)
            enter(self, state);
        while (self->depth > 0)
            advance(self);
    }
    size_t *next = memory_copy(self->first, (self->count + 1) * sizeof *next);
    for (size_t s = count; s-- > 0;) {
        uint32_t state = states != NULL ? states[s] : (uint32_t)s;
        self->members[next[self->of[state] - 1]++] = state;
    }
    memory_free(next);
}
