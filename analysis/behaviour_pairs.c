/* What a program prints, read by a deterministic automaton: pairs of a node of the one and a state of the other. */
#include "analysis/behaviour_parts.h"
#include "base/memory.h"

enum { TABLE_MIN = 1024 };

/* Where a letter leads an automaton from a state; what leads to NOWHERE is left out. */
#define NOWHERE UINT32_MAX
typedef uint32_t reader_go(const void *reader, uint32_t state, char letter);

struct pair {
    uint32_t node;
    uint32_t state;
    size_t first; /* its edges */
};

struct pair_edge {
    uint32_t target; /* a pair */
    char letter;     /* or 0 */
};

struct pairs {
    const struct printing *printing;
    reader_go *go;
    const void *reader;
    struct pair *
        items; /* in the order in which they are found, the first ones first; then one that ends the last one's edges */
    size_t count, capacity;
    struct pair_edge *edges;
    size_t edge_count, edge_capacity;
    uint32_t *table; /* items by hash; 0: free, else number + 1 */
    size_t table_size;
};

/* Where a pair is in the table, or belongs. */
static size_t place_of(const struct pairs *self, struct pair pair)
{
    uint64_t hash = ((uint64_t)pair.node << 32 | pair.state) * UINT64_C(0x9e3779b97f4a7c15);
    size_t place = (size_t)(hash >> 24) & (self->table_size - 1);
    while (self->table[place] != 0 && (self->items[self->table[place] - 1].node != pair.node ||
                                       self->items[self->table[place] - 1].state != pair.state))
        place = (place + 1) & (self->table_size - 1);
    return place;
}

static void grow_table(struct pairs *self)
{
    if (2 * (self->count + 1) < self->table_size)
        return;
    self->table_size = self->table_size == 0 ? TABLE_MIN : 2 * self->table_size;
    memory_free(self->table);
    self->table = memory_new(self->table_size, sizeof *self->table);
    for (size_t p = 0; p < self->count; p++)
        self->table[place_of(self, self->items[p])] = (uint32_t)p + 1;
}

static uint32_t add_pair(struct pairs *self, uint32_t node, uint32_t state)
{
    struct pair pair = {.node = node, .state = state};
    grow_table(self);
    uint32_t *entry = &self->table[place_of(self, pair)];
    if (*entry != 0)
        return *entry - 1;
    self->items = memory_grow(self->items, self->count + 1, &self->capacity, sizeof *self->items);
    self->items[self->count] = pair;
    *entry = (uint32_t)++self->count;
    return *entry - 1;
}

static void expand(struct pairs *self, size_t number)
{
    struct pair from = self->items[number];
    self->items[number].first = self->edge_count;
    for (size_t e = self->printing->first[from.node]; e < self->printing->first[from.node + 1]; e++) {
        const struct printing_edge *edge = &self->printing->edges[e];
        uint32_t state = edge->letter != '\0' ? self->go(self->reader, from.state, edge->letter) : from.state;
        if (state == NOWHERE)
            continue;
        uint32_t target = add_pair(self, edge->to, state);
        self->edges = memory_grow(self->edges, self->edge_count, &self->edge_capacity, sizeof *self->edges);
        self->edges[self->edge_count++] = (struct pair_edge){target, edge->letter};
    }
}

/* Finds all pairs; returns false where they have more edges than `most`. */
static bool find_pairs(struct pairs *self, uint64_t most)
{
    for (uint32_t s = 0; s < self->printing->start_count; s++)
        add_pair(self, s, 0);
    for (size_t p = 0; p < self->count && self->edge_count <= most; p++)
        expand(self, p);
    self->items[self->count].first = self->edge_count;
    return self->edge_count <= most;
}

static void pairs_free(struct pairs *self)
{
    memory_free(self->items);
    memory_free(self->edges);
    memory_free(self->table);
}

/* ---- How much there is ------------------------------------------------------------------------------------------ */

static uint32_t go_on_tree(const void *reader, uint32_t node, char letter)
{
    char text[] = {letter, '\0'};
    return outputs_go(reader, node, text);
}

uint64_t behaviour_measure(const struct behaviour *self, const struct outputs *outputs, uint64_t most)
{
    struct pairs pairs = {.printing = self->printing, .go = go_on_tree, .reader = outputs};
    find_pairs(&pairs, most);
    uint64_t edges = pairs.edge_count;
    pairs_free(&pairs);
    return edges;
}

/* ---- Schedules -------------------------------------------------------------------------------------------------- */

static uint32_t go_on_automaton(const void *reader, uint32_t state, char letter)
{
    const struct behaviour_transition *transition = behaviour_find_transition(reader, state, letter);
    return transition != NULL ? transition->target : NOWHERE;
}

/* Fills *order with the pairs, each before those that it leads to. Returns false where there is a cycle. */
static bool sort_pairs(const struct pairs *self, uint32_t *order)
{
    uint32_t *entering = memory_new(self->count, sizeof *entering);
    size_t sorted = 0;
    for (size_t e = 0; e < self->edge_count; e++)
        entering[self->edges[e].target]++;
    for (size_t p = 0; p < self->count; p++)
        if (entering[p] == 0)
            order[sorted++] = (uint32_t)p;
    for (size_t i = 0; i < sorted; i++)
        for (size_t e = self->items[order[i]].first; e < self->items[order[i] + 1].first; e++)
            if (--entering[self->edges[e].target] == 0)
                order[sorted++] = self->edges[e].target;
    memory_free(entering);
    return sorted == self->count;
}

/* How many ways lead from each pair to the end. */
static void count_behind(const struct pairs *self, const uint32_t *order, mpz_t *behind)
{
    for (size_t i = self->count; i-- > 0;) {
        const struct pair *pair = &self->items[order[i]];
        mpz_set_ui(behind[order[i]], self->printing->is_final[pair->node]);
        for (size_t e = pair->first; e < pair[1].first; e++)
            mpz_add(behind[order[i]], behind[order[i]], behind[self->edges[e].target]);
    }
}

/* How many lead from the start to each, and so through each transition. */
static void count_through(const struct pairs *self, struct behaviour *behaviour, const uint32_t *order, mpz_t *before,
                          mpz_t *behind)
{
    for (uint32_t s = 0; s < self->printing->start_count; s++) {
        mpz_set_ui(before[s], 1);
        mpz_add(behaviour->schedules, behaviour->schedules, behind[s]);
    }
    for (size_t i = 0; i < self->count; i++) {
        const struct pair *pair = &self->items[order[i]];
        for (size_t e = pair->first; e < pair[1].first; e++) {
            const struct pair_edge *edge = &self->edges[e];
            mpz_add(before[edge->target], before[edge->target], before[order[i]]);
            if (edge->letter == '\0')
                continue;
            const struct behaviour_transition *transition =
                behaviour_find_transition(behaviour, pair->state, edge->letter);
            mpz_addmul(behaviour->through[transition - behaviour->transitions], before[order[i]], behind[edge->target]);
        }
    }
}

static mpz_t *new_numbers(size_t count)
{
    mpz_t *numbers = memory_new(count + 1, sizeof *numbers);
    for (size_t n = 0; n < count; n++)
        mpz_init(numbers[n]);
    return numbers;
}

bool behaviour_count_schedules(struct behaviour *self, uint64_t most)
{
    struct pairs pairs = {.printing = self->printing, .go = go_on_automaton, .reader = self};
    uint32_t *order = NULL;
    bool is_countable = !self->is_of_prefixes && self->state_count > 0 && find_pairs(&pairs, most);
    if (is_countable) {
        order = memory_new(pairs.count, sizeof *order);
        is_countable = sort_pairs(&pairs, order);
    }
    if (is_countable) {
        mpz_t *before = new_numbers(pairs.count), *behind = new_numbers(pairs.count);
        self->through = new_numbers(self->transition_count);
        count_behind(&pairs, order, behind);
        count_through(&pairs, self, order, before, behind);
        behaviour_free_numbers(before, pairs.count);
        behaviour_free_numbers(behind, pairs.count);
    }
    memory_free(order);
    pairs_free(&pairs);
    return is_countable;
}
