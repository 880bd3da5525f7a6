/* From a nondeterministic automaton to the minimal deterministic one. */
#include "analysis/behaviour_parts.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { TABLE_MIN = 1024, STATES_UNASKED = 256 };

/* ---- The subset construction --------------------------------------------------------------------------------- */

/* A deterministic state is a set of nodes in ascending order: those where its last letter led, or the first ones. */
struct subset {
    size_t first; /* in nodes */
    size_t count;
    uint64_t hash;
};

struct letter_target {
    unsigned char letter;
    uint32_t node;
};

struct construction {
    const struct printing *printing;
    struct budget *budget;
    struct behaviour *behaviour;
    bool prefixes;
    struct subset *subsets;
    size_t subset_count, subset_capacity;
    uint32_t *nodes;
    size_t node_count, node_capacity;
    uint32_t *table; /* subsets by hash; 0: free, else number + 1 */
    size_t table_size;
    uint32_t *seen; /* one a node: the number of the last closure that it was in */
    uint32_t closures;
    uint32_t *stack;
    struct letter_target *targets;
    size_t target_count, target_capacity;
    size_t state_capacity, transition_capacity;
};

/* FNV-1a over numbers. */
static uint64_t hash_of(const uint32_t *nodes, size_t count)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ nodes[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 29;
}

static void enter_table(struct construction *self, uint32_t number)
{
    size_t place = (size_t)self->subsets[number].hash & (self->table_size - 1);
    while (self->table[place] != 0)
        place = (place + 1) & (self->table_size - 1);
    self->table[place] = number + 1;
}

static void grow_table(struct construction *self)
{
    if (2 * (self->subset_count + 1) < self->table_size)
        return;
    self->table_size = self->table_size == 0 ? TABLE_MIN : 2 * self->table_size;
    memory_free(self->table);
    self->table = memory_new(self->table_size, sizeof *self->table);
    for (uint32_t s = 0; s < self->subset_count; s++)
        enter_table(self, s);
}

/* Finds the subset of the nodes that were added last, or makes it of them. */
static uint32_t add_subset(struct construction *self, size_t first)
{
    struct subset subset = {first, self->node_count - first, hash_of(self->nodes + first, self->node_count - first)};
    grow_table(self);
    for (size_t place = (size_t)subset.hash & (self->table_size - 1); self->table[place] != 0;
         place = (place + 1) & (self->table_size - 1)) {
        const struct subset *other = &self->subsets[self->table[place] - 1];
        if (other->hash != subset.hash || other->count != subset.count ||
            memcmp(self->nodes + other->first, self->nodes + first, subset.count * sizeof *self->nodes) != 0)
            continue;
        self->node_count = first;
        return self->table[place] - 1;
    }
    self->subsets = memory_grow(self->subsets, self->subset_count, &self->subset_capacity, sizeof *self->subsets);
    self->subsets[self->subset_count++] = subset;
    enter_table(self, (uint32_t)self->subset_count - 1);
    return (uint32_t)self->subset_count - 1;
}

static void add_node(struct construction *self, uint32_t node)
{
    self->nodes = memory_grow(self->nodes, self->node_count, &self->node_capacity, sizeof *self->nodes);
    self->nodes[self->node_count++] = node;
}

/* Goes on from a node without a letter; notes what is printed there. Returns whether something final was met. */
static bool go_silently(struct construction *self, uint32_t from)
{
    const struct printing *printing = self->printing;
    size_t depth = 0;
    bool is_final = false;
    if (self->seen[from] == self->closures)
        return false;
    self->seen[from] = self->closures;
    self->stack[depth++] = from;
    while (depth > 0) {
        uint32_t node = self->stack[--depth];
        is_final |= printing->is_final[node];
        for (size_t e = printing->first[node]; e < printing->first[node + 1]; e++) {
            const struct printing_edge *edge = &printing->edges[e];
            if (edge->letter != '\0') {
                self->targets =
                    memory_grow(self->targets, self->target_count, &self->target_capacity, sizeof *self->targets);
                self->targets[self->target_count++] = (struct letter_target){(unsigned char)edge->letter, edge->to};
            } else if (self->seen[edge->to] != self->closures) {
                self->seen[edge->to] = self->closures;
                self->stack[depth++] = edge->to;
            }
        }
    }
    return is_final;
}

static int compare_targets(const void *a, const void *b)
{
    const struct letter_target *left = a, *right = b;
    int order = (left->letter > right->letter) - (left->letter < right->letter);
    return order != 0 ? order : (left->node > right->node) - (left->node < right->node);
}

static void add_transition(struct construction *self, char letter, uint32_t target)
{
    struct behaviour *behaviour = self->behaviour;
    behaviour->transitions = memory_grow(behaviour->transitions, behaviour->transition_count,
                                         &self->transition_capacity, sizeof *behaviour->transitions);
    behaviour->transitions[behaviour->transition_count++] = (struct behaviour_transition){letter, target};
}

/* Makes the state of a subset with its transitions. */
static void expand(struct construction *self, size_t number)
{
    struct behaviour *behaviour = self->behaviour;
    struct behaviour_state state = {.is_final = self->prefixes, .first = behaviour->transition_count};
    self->closures++;
    self->target_count = 0;
    for (size_t i = 0; i < self->subsets[number].count; i++)
        state.is_final |= go_silently(self, self->nodes[self->subsets[number].first + i]);
    if (self->target_count > 0)
        qsort(self->targets, self->target_count, sizeof *self->targets, compare_targets);
    for (size_t t = 0; t < self->target_count;) {
        size_t first = self->node_count;
        unsigned char letter = self->targets[t].letter;
        for (; t < self->target_count && self->targets[t].letter == letter; t++)
            if (self->node_count == first || self->nodes[self->node_count - 1] != self->targets[t].node)
                add_node(self, self->targets[t].node);
        add_transition(self, (char)letter, add_subset(self, first));
    }
    state.count = behaviour->transition_count - state.first;
    behaviour->states =
        memory_grow(behaviour->states, behaviour->state_count, &self->state_capacity, sizeof *behaviour->states);
    behaviour->states[behaviour->state_count++] = state;
}

static bool construct(struct construction *self)
{
    for (uint32_t s = 0; s < self->printing->start_count; s++)
        add_node(self, s);
    add_subset(self, 0);
    for (size_t s = 0; s < self->subset_count; s++) {
        if (s % STATES_UNASKED == 0 && budget_spent(self->budget, "outputs", s, 0, 0))
            return false;
        expand(self, s);
    }
    return true;
}

/* ---- Minimization -------------------------------------------------------------------------------------------- */

/* The states from which a final one can be reached. */
static bool *find_useful(const struct behaviour *self)
{
    bool *is_useful = memory_new(self->state_count, sizeof *is_useful), changed = true;
    while (changed) {
        changed = false;
        for (size_t s = self->state_count; s-- > 0;) {
            bool useful = self->states[s].is_final;
            for (size_t t = 0; t < self->states[s].count && !useful; t++)
                useful = is_useful[self->transitions[self->states[s].first + t].target];
            changed |= useful && !is_useful[s];
            is_useful[s] = useful;
        }
    }
    return is_useful;
}

/* A partition under refinement. */
struct refinement {
    const struct behaviour *behaviour;
    const bool *is_useful;
    uint32_t *classes; /* one a state; 0 for those without use */
    uint32_t *order;   /* the useful states, being sorted */
    size_t count;
};

/* Compares two states by class and by where their letters lead to. */
static int compare_states(const struct refinement *self, uint32_t a, uint32_t b)
{
    const struct behaviour *behaviour = self->behaviour;
    const struct behaviour_state *left = &behaviour->states[a], *right = &behaviour->states[b];
    size_t l = 0, r = 0;
    if (self->classes[a] != self->classes[b])
        return self->classes[a] < self->classes[b] ? -1 : 1;
    for (;; l++, r++) {
        while (l < left->count && !self->is_useful[behaviour->transitions[left->first + l].target])
            l++;
        while (r < right->count && !self->is_useful[behaviour->transitions[right->first + r].target])
            r++;
        if (l == left->count || r == right->count)
            return (l < left->count) - (r < right->count);
        const struct behaviour_transition *ours = &behaviour->transitions[left->first + l];
        const struct behaviour_transition *theirs = &behaviour->transitions[right->first + r];
        if (ours->character != theirs->character)
            return (unsigned char)ours->character < (unsigned char)theirs->character ? -1 : 1;
        if (self->classes[ours->target] != self->classes[theirs->target])
            return self->classes[ours->target] < self->classes[theirs->target] ? -1 : 1;
    }
}

static int compare_in_context(const void *a, const void *b, void *context)
{
    return compare_states(context, *(const uint32_t *)a, *(const uint32_t *)b);
}

/* One round; returns how many classes there are now. */
static uint32_t refine(struct refinement *self, uint32_t *fresh)
{
    uint32_t classes = 0;
    qsort_r(self->order, self->count, sizeof *self->order, compare_in_context, self);
    for (size_t i = 0; i < self->count; i++) {
        classes += i == 0 || compare_states(self, self->order[i - 1], self->order[i]) != 0;
        fresh[self->order[i]] = classes;
    }
    memcpy(self->classes, fresh, self->behaviour->state_count * sizeof *fresh);
    return classes;
}

/* The states of each class become one; they are numbered as they are met from the first one on. */
static void merge(struct behaviour *self, const struct refinement *refinement, uint32_t classes)
{
    struct behaviour merged = {0};
    uint32_t *number = memory_new((size_t)classes + 1, sizeof *number); /* of a class; 0: not met yet, else + 1 */
    uint32_t *member = memory_new((size_t)classes + 1, sizeof *member);
    size_t transition_capacity = 0;
    merged.states = memory_new((size_t)classes + 1, sizeof *merged.states);
    number[refinement->classes[0]] = 1;
    member[0] = 0;
    merged.state_count = refinement->is_useful[0];
    for (size_t s = 0; s < merged.state_count; s++) {
        const struct behaviour_state *state = &self->states[member[s]];
        merged.states[s] = (struct behaviour_state){.is_final = state->is_final, .first = merged.transition_count};
        for (size_t t = 0; t < state->count; t++) {
            struct behaviour_transition transition = self->transitions[state->first + t];
            if (!refinement->is_useful[transition.target])
                continue;
            uint32_t *place = &number[refinement->classes[transition.target]];
            if (*place == 0) {
                member[merged.state_count] = transition.target;
                *place = (uint32_t)++merged.state_count;
            }
            transition.target = *place - 1;
            merged.transitions = memory_grow(merged.transitions, merged.transition_count, &transition_capacity,
                                             sizeof *merged.transitions);
            merged.transitions[merged.transition_count++] = transition;
        }
        merged.states[s].count = merged.transition_count - merged.states[s].first;
    }
    memory_free(number);
    memory_free(member);
    memory_free(self->states);
    memory_free(self->transitions);
    self->states = merged.states;
    self->state_count = merged.state_count;
    self->transitions = merged.transitions;
    self->transition_count = merged.transition_count;
}

static bool minimize(struct behaviour *self, struct budget *budget)
{
    bool *is_useful = find_useful(self);
    struct refinement refinement = {.behaviour = self, .is_useful = is_useful};
    uint32_t *fresh = memory_new(self->state_count, sizeof *fresh), classes = 0, before;
    refinement.classes = memory_new(self->state_count, sizeof *refinement.classes);
    refinement.order = memory_new(self->state_count, sizeof *refinement.order);
    for (uint32_t s = 0; s < self->state_count; s++) {
        refinement.classes[s] = is_useful[s] ? 1 + self->states[s].is_final : 0;
        if (is_useful[s])
            refinement.order[refinement.count++] = s;
    }
    bool goes_on = true;
    do {
        before = classes;
        classes = refine(&refinement, fresh);
        goes_on = !budget_spent(budget, "outputs", classes, self->state_count, 0);
    } while (classes > before && goes_on);
    if (goes_on)
        merge(self, &refinement, classes);
    memory_free(fresh);
    memory_free(refinement.classes);
    memory_free(refinement.order);
    memory_free(is_useful);
    return goes_on;
}

bool behaviour_determine(struct behaviour *self, const struct printing *printing, bool prefixes, struct budget *budget)
{
    struct construction construction = {
        .printing = printing, .budget = budget, .behaviour = self, .prefixes = prefixes};
    construction.seen = memory_new(printing->node_count, sizeof *construction.seen);
    construction.stack = memory_new(printing->node_count, sizeof *construction.stack);
    bool is_complete = construct(&construction);
    memory_free(construction.subsets);
    memory_free(construction.nodes);
    memory_free(construction.table);
    memory_free(construction.seen);
    memory_free(construction.stack);
    memory_free(construction.targets);
    return is_complete && minimize(self, budget);
}
