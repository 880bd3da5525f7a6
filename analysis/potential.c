#include "analysis/potential.h"

#include "base/memory.h"

#include <string.h>

enum { STATES_MAX = 400000, WEIGHT_MAX = 1000000000 };

/* Weights of both directions are looked at as costs, of which the least ones are wanted. */
static int64_t cost(int64_t addend, bool is_upper)
{
    return is_upper ? -addend : addend;
}

/* Bellman and Ford's algorithm with a queue, backwards from the end. */
struct search {
    const struct tracks *tracks;
    const struct iterated *of;
    bool is_upper;
    const int64_t *slopes; /* as costs */
    const bool *reached;   /* pairs that flow from where the potential begins */
    int64_t *values;
    uint32_t *queue; /* states, in a ring as long as there are states */
    uint64_t first, waiting;
    bool *is_waiting;
    uint32_t *visits;
    uint64_t *left; /* entries that may still be looked at */
};

static void await(struct search *self, uint64_t state)
{
    if (self->is_waiting[state])
        return;
    self->is_waiting[state] = true;
    self->queue[(self->first + self->waiting++) % self->tracks->states] = (uint32_t)state;
}

/* A step of a thread from a state gives better values there. Returns whether it did. */
static bool relax(struct search *self, uint64_t state, uint64_t to, const struct iterated_step *step, int64_t wrap)
{
    size_t slots = self->of->slot_count;
    bool is_better = false;
    for (size_t e = 0; e < step->entry_count; e++) {
        const struct iterated_entry *entry = &step->entries[e];
        int64_t behind = self->values[to * slots + entry->image], *value = &self->values[state * slots + entry->slot];
        if (behind == POTENTIAL_NONE || !self->reached[state * slots + entry->slot])
            continue;
        int64_t found = behind + cost(entry->addend, self->is_upper) - wrap;
        is_better |= found < *value;
        *value = found < *value ? found : *value;
    }
    return is_better;
}

static bool relax_all(struct search *self, uint64_t state)
{
    bool is_better = false;
    for (size_t t = 0; t < self->of->thread_count; t++) {
        const struct track_node *node = tracks_node(self->tracks, state, t);
        if (!tracks_may_step(self->tracks, state, t))
            continue;
        for (unsigned which = 0; which < 2 && node->next[which] != TRACK_NONE; which++)
            is_better |= relax(self, state, tracks_next(self->tracks, state, t, which),
                               &self->of->threads[t].steps[node->position], node->is_wrap ? self->slopes[t] : 0);
    }
    return is_better;
}

/* Where a step of a thread can have come from: nodes are few, all are tried. */
static void await_predecessors(struct search *self, uint64_t state)
{
    const struct tracks *tracks = self->tracks;
    for (size_t t = 0; t < self->of->thread_count; t++) {
        uint64_t digit = state / tracks->stride[t] % tracks->track[t].count;
        for (uint32_t n = 0; n < tracks->track[t].count; n++)
            if (tracks->track[t].nodes[n].next[0] == digit || tracks->track[t].nodes[n].next[1] == digit)
                await(self, state + (n - digit) * tracks->stride[t]);
    }
}

static bool is_sane(const struct search *self, uint64_t state)
{
    size_t slots = self->of->slot_count;
    for (size_t s = 0; s < slots; s++)
        if (self->values[state * slots + s] < -WEIGHT_MAX)
            return false;
    return true;
}

static bool settle(struct search *self)
{
    uint64_t states = self->tracks->states;
    while (self->waiting > 0) {
        uint64_t state = self->queue[self->first];
        self->first = (self->first + 1) % states;
        self->waiting--;
        self->is_waiting[state] = false;
        uint64_t work = self->of->slot_count * self->of->thread_count;
        *self->left -= work < *self->left ? work : *self->left;
        if (*self->left == 0)
            return false;
        if (!relax_all(self, state))
            continue;
        if (++self->visits[state] > 4 * states + 50 || !is_sane(self, state))
            return false;
        await_predecessors(self, state);
    }
    return true;
}

/* The pairs that something from a slot at the start flows to. */
static bool *find_reached(const struct tracks *tracks, uint32_t slot)
{
    const struct iterated *of = tracks->of;
    size_t slots = of->slot_count;
    bool *reached = memory_new((size_t)tracks->states * slots, sizeof *reached);
    uint64_t *stack = memory_new((size_t)tracks->states * slots, sizeof *stack), count = 0;
    stack[count++] = tracks_start(tracks, 0) * slots + slot;
    reached[stack[0]] = true;
    while (count > 0) {
        uint64_t pair = stack[--count], state = pair / slots;
        for (size_t t = 0; t < of->thread_count; t++) {
            const struct track_node *node = tracks_node(tracks, state, t);
            if (!tracks_may_step(tracks, state, t))
                continue;
            const struct iterated_step *step = &of->threads[t].steps[node->position];
            for (size_t e = 0; e < step->entry_count; e++)
                for (unsigned which = 0; which < 2 && node->next[which] != TRACK_NONE; which++) {
                    uint64_t to = tracks_next(tracks, state, t, which) * slots + step->entries[e].image;
                    if (step->entries[e].slot != pair % slots || reached[to])
                        continue;
                    reached[to] = true;
                    stack[count++] = to;
                }
        }
    }
    memory_free(stack);
    return reached;
}

static int64_t *new_values(const struct tracks *tracks)
{
    size_t count = (size_t)tracks->states * tracks->of->slot_count;
    int64_t *values = memory_new(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = POTENTIAL_NONE;
    return values;
}

bool potential_make(struct potential *self, const struct tracks *tracks, uint32_t slot, bool is_upper,
                    const int64_t *slopes, uint64_t *left)
{
    int64_t costs[ITERATED_THREADS_MAX];
    *self = (struct potential){0};
    if (tracks->states > STATES_MAX || *left == 0)
        return false;
    for (size_t t = 0; t < tracks->of->thread_count; t++) {
        self->slopes[t] = slopes[t];
        costs[t] = cost(slopes[t], is_upper);
    }
    bool *reached = find_reached(tracks, slot);
    struct search search = {.tracks = tracks,
                            .of = tracks->of,
                            .is_upper = is_upper,
                            .slopes = costs,
                            .reached = reached,
                            .left = left,
                            .values = new_values(tracks),
                            .queue = memory_new((size_t)tracks->states, sizeof *search.queue),
                            .is_waiting = memory_new((size_t)tracks->states, sizeof *search.is_waiting),
                            .visits = memory_new((size_t)tracks->states, sizeof *search.visits)};
    uint64_t end = 0; /* the first node of each track is its end */
    search.values[end * tracks->of->slot_count + tracks->of->observed] = 0;
    await_predecessors(&search, end);
    bool is_made = settle(&search);
    for (uint64_t i = 0; i < tracks->states * tracks->of->slot_count; i++)
        if (search.values[i] != POTENTIAL_NONE)
            search.values[i] = cost(search.values[i], is_upper);
    self->values = search.values;
    memory_free(reached);
    memory_free(search.queue);
    memory_free(search.is_waiting);
    memory_free(search.visits);
    return is_made;
}

void potential_free(struct potential *self)
{
    memory_free(self->values);
    *self = (struct potential){0};
}

/* ---- Exact tracks ------------------------------------------------------------------------------------------------------ */

int64_t *potential_fold(const struct tracks *tracks, bool is_upper)
{
    static const int64_t no_slopes[ITERATED_THREADS_MAX] = {0};
    size_t count = (size_t)tracks->states * tracks->of->slot_count;
    bool *all = memory_new(count, sizeof *all);
    memset(all, true, count);
    struct search search = {.tracks = tracks,
                            .of = tracks->of,
                            .is_upper = is_upper,
                            .slopes = no_slopes,
                            .reached = all,
                            .values = new_values(tracks)};
    search.values[tracks->of->observed] = 0;
    for (uint64_t state = 1; state < tracks->states; state++)
        relax_all(&search, state);
    for (size_t i = 0; i < count; i++)
        if (search.values[i] != POTENTIAL_NONE)
            search.values[i] = cost(search.values[i], is_upper);
    memory_free(all);
    return search.values;
}

bool potential_extreme(const struct tracks *tracks, const int64_t *fold, bool is_upper, uint32_t k, int64_t *value,
                       uint32_t *slot)
{
    const struct iterated *of = tracks->of;
    uint64_t start = tracks_start(tracks, k);
    bool is_any = false;
    for (uint32_t s = 0; s < of->slot_count; s++) {
        int64_t added = fold[start * of->slot_count + s];
        if (added == POTENTIAL_NONE)
            continue;
        int64_t found = of->initial[s] + added;
        if (is_any && (is_upper ? found <= *value : found >= *value))
            continue;
        *value = found;
        *slot = s;
        is_any = true;
    }
    return is_any;
}
