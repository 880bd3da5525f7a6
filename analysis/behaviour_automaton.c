/* From a nondeterministic automaton to the minimal deterministic one. */
#include "analysis/behaviour_parts.h"
#include "base/memory.h"

#include <limits.h>
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

/* The transitions to each state. */
struct incoming {
    uint32_t *first;       /* one a state and one more: where its own begin in `transitions` */
    uint32_t *transitions; /* ascending for each state */
    uint32_t *sources;     /* of each transition: the state that it leaves */
};

static struct incoming find_incoming(const struct behaviour *behaviour)
{
    size_t states = behaviour->state_count, transitions = behaviour->transition_count;
    struct incoming self = {.first = memory_new(states + 1, sizeof *self.first),
                            .transitions = memory_new(transitions, sizeof *self.transitions),
                            .sources = memory_new(transitions, sizeof *self.sources)};
    for (uint32_t s = 0; s < states; s++)
        for (size_t t = 0; t < behaviour->states[s].count; t++)
            self.sources[behaviour->states[s].first + t] = s;
    for (size_t t = 0; t < transitions; t++)
        self.first[behaviour->transitions[t].target]++;
    for (size_t s = 1; s <= states; s++)
        self.first[s] += self.first[s - 1];
    for (size_t t = transitions; t-- > 0;)
        self.transitions[--self.first[behaviour->transitions[t].target]] = (uint32_t)t;
    return self;
}

static void incoming_free(struct incoming *self)
{
    memory_free(self->first);
    memory_free(self->transitions);
    memory_free(self->sources);
}

/* The states from which a final one can be reached. */
static bool *find_useful(const struct behaviour *self)
{
    struct incoming incoming = find_incoming(self);
    bool *is_useful = memory_new(self->state_count, sizeof *is_useful);
    uint32_t *found = memory_new(self->state_count, sizeof *found);
    size_t count = 0;
    for (uint32_t s = 0; s < self->state_count; s++)
        if ((is_useful[s] = self->states[s].is_final))
            found[count++] = s;
    for (size_t i = 0; i < count; i++)
        for (uint32_t t = incoming.first[found[i]]; t < incoming.first[found[i] + 1]; t++) {
            uint32_t source = incoming.sources[incoming.transitions[t]];
            if (!is_useful[source])
                found[count++] = source;
            is_useful[source] = true;
        }
    memory_free(found);
    incoming_free(&incoming);
    return is_useful;
}

/* Leaves the transitions to useful states alone. Returns whether the first state is useful. */
static bool prune(struct behaviour *self)
{
    bool *is_useful = find_useful(self), is_any = is_useful[0];
    size_t kept = 0;
    for (size_t s = 0; s < self->state_count; s++) {
        struct behaviour_state *state = &self->states[s];
        size_t first = kept;
        for (size_t t = state->first; t < state->first + state->count; t++)
            if (is_useful[self->transitions[t].target])
                self->transitions[kept++] = self->transitions[t];
        state->first = first;
        state->count = kept - first;
    }
    self->transition_count = kept;
    memory_free(is_useful);
    return is_any;
}

/* The numbers 0 .. size - 1 in sets. Some of a set can be marked; then it is split into these and the others. */
struct partition {
    uint32_t *items;                 /* set after set; the marked ones of each first */
    uint32_t *places;                /* of each number: where it is among them */
    uint32_t *sets;                  /* of each number: its set */
    uint32_t *first, *past, *marked; /* of each set: where it begins and ends, and how many are marked */
    uint32_t *touched;               /* the sets with marks */
    uint32_t count, touched_count;
};

/* All in one set. */
static struct partition partition_new(size_t size)
{
    struct partition self = {.count = size > 0};
    uint32_t **const arrays[] = {&self.items, &self.places, &self.sets,   &self.first,
                                 &self.past,  &self.marked, &self.touched};
    for (size_t a = 0; a < sizeof arrays / sizeof arrays[0]; a++)
        *arrays[a] = memory_new(size + 1, sizeof **arrays[a]);
    for (uint32_t i = 0; i < size; i++)
        self.items[i] = self.places[i] = i;
    self.past[0] = (uint32_t)size;
    return self;
}

static void partition_free(struct partition *self)
{
    uint32_t *const arrays[] = {self->items, self->places, self->sets,   self->first,
                                self->past,  self->marked, self->touched};
    for (size_t a = 0; a < sizeof arrays / sizeof arrays[0]; a++)
        memory_free(arrays[a]);
}

/* Marks a number that has no mark. */
static void partition_mark(struct partition *self, uint32_t number)
{
    uint32_t set = self->sets[number], from = self->places[number], to = self->first[set] + self->marked[set];
    self->items[from] = self->items[to];
    self->places[self->items[from]] = from;
    self->items[to] = number;
    self->places[number] = to;
    if (self->marked[set]++ == 0)
        self->touched[self->touched_count++] = set;
}

/* The smaller part of each set that is split becomes a new one, behind all others. The marks are gone then. */
static void partition_split(struct partition *self)
{
    while (self->touched_count > 0) {
        uint32_t set = self->touched[--self->touched_count], middle = self->first[set] + self->marked[set];
        bool is_first_smaller = self->marked[set] <= self->past[set] - middle;
        self->marked[set] = 0;
        if (middle == self->past[set])
            continue;
        uint32_t fresh = self->count++;
        self->first[fresh] = is_first_smaller ? self->first[set] : middle;
        self->past[fresh] = is_first_smaller ? middle : self->past[set];
        *(is_first_smaller ? &self->first[set] : &self->past[set]) = middle;
        for (uint32_t i = self->first[fresh]; i < self->past[fresh]; i++)
            self->sets[self->items[i]] = fresh;
    }
}

static void split_by_end(struct partition *states, const struct behaviour *behaviour)
{
    for (uint32_t s = 0; s < behaviour->state_count; s++)
        if (behaviour->states[s].is_final)
            partition_mark(states, s);
    partition_split(states);
}

static void split_by_letter(struct partition *transitions, const struct behaviour *behaviour)
{
    uint32_t last[UCHAR_MAX + 1] = {0}; /* with the letter, + 1; 0: none */
    uint32_t *before = memory_new(behaviour->transition_count, sizeof *before);
    for (uint32_t t = 0; t < behaviour->transition_count; t++) {
        uint32_t *place = &last[(unsigned char)behaviour->transitions[t].character];
        before[t] = *place;
        *place = t + 1;
    }
    for (unsigned letter = 0; letter <= UCHAR_MAX; letter++) {
        for (uint32_t t = last[letter]; t != 0; t = before[t - 1])
            partition_mark(transitions, t - 1);
        partition_split(transitions);
    }
    memory_free(before);
}

/* Splits states until those of one set are equal: the transitions of a set have one letter and lead to one set of states, so what
 * they leave differs from what they do not leave. */
static bool refine(const struct behaviour *self, struct partition *states, struct partition *transitions,
                   struct budget *budget)
{
    struct incoming incoming = find_incoming(self);
    bool goes_on = true;
    split_by_end(states, self);
    split_by_letter(transitions, self);
    /* The first set of states is what the other ones leave. */
    for (uint32_t t = 0, s = 1; t < transitions->count && goes_on; t++) {
        for (uint32_t i = transitions->first[t]; i < transitions->past[t]; i++)
            partition_mark(states, incoming.sources[transitions->items[i]]);
        partition_split(states);
        for (; s < states->count; s++) {
            for (uint32_t i = states->first[s]; i < states->past[s]; i++)
                for (uint32_t j = incoming.first[states->items[i]]; j < incoming.first[states->items[i] + 1]; j++)
                    partition_mark(transitions, incoming.transitions[j]);
            partition_split(transitions);
        }
        goes_on = t % STATES_UNASKED != 0 || !budget_spent(budget, "outputs", states->count, self->state_count, 0);
    }
    incoming_free(&incoming);
    return goes_on;
}

/* The states of each set become one; they are numbered as they are met from the first one on, which leaves out what is without
 * use. */
static void merge(struct behaviour *self, const struct partition *states, bool is_any)
{
    struct behaviour merged = {0};
    uint32_t *number = memory_new(states->count, sizeof *number); /* of a set; 0: not met yet, else + 1 */
    uint32_t *member = memory_new(states->count, sizeof *member);
    size_t transition_capacity = 0;
    merged.states = memory_new(states->count, sizeof *merged.states);
    number[states->sets[0]] = 1;
    member[0] = 0;
    merged.state_count = is_any;
    for (size_t s = 0; s < merged.state_count; s++) {
        const struct behaviour_state *state = &self->states[member[s]];
        merged.states[s] = (struct behaviour_state){.is_final = state->is_final, .first = merged.transition_count};
        for (size_t t = 0; t < state->count; t++) {
            struct behaviour_transition transition = self->transitions[state->first + t];
            uint32_t *place = &number[states->sets[transition.target]];
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
    bool is_any = prune(self);
    struct partition states = partition_new(self->state_count), transitions = partition_new(self->transition_count);
    bool is_complete = refine(self, &states, &transitions, budget);
    if (is_complete)
        merge(self, &states, is_any);
    partition_free(&states);
    partition_free(&transitions);
    return is_complete;
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
