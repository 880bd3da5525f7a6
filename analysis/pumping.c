#include "analysis/pumping.h"

#include "base/memory.h"

#include <string.h>

#define NO_WEIGHT INT64_MAX

void path_add(struct path *self, uint64_t state, uint32_t slot, uint32_t thread)
{
    self->steps = memory_grow(self->steps, self->count, &self->capacity, sizeof *self->steps);
    self->steps[self->count++] = (struct path_step){state, slot, thread};
}

void path_free(struct path *self)
{
    memory_free(self->steps);
    *self = (struct path){0};
}

/* ---- Rounds --------------------------------------------------------------------------------------------------------- */

/* All ways from a node on which each thread goes round its loop at most once. A *place* is how far each thread has come on that
 * round, a number whose digits are steps, up to the length of the loop. */
struct rounds {
    const struct tracks *tracks;
    const struct iterated *of;
    uint32_t from[ITERATED_THREADS_MAX];   /* positions */
    uint32_t length[ITERATED_THREADS_MAX]; /* of the loop; 0 where the thread cannot take part */
    size_t stride[ITERATED_THREADS_MAX];
    size_t places;
};

static struct rounds rounds_at(const struct tracks *tracks, uint64_t state)
{
    struct rounds self = {.tracks = tracks, .of = tracks->of, .places = 1};
    for (size_t t = 0; t < self.of->thread_count; t++) {
        const struct iterated_thread *thread = &self.of->threads[t];
        self.from[t] = tracks_node(tracks, state, t)->position;
        bool is_inside = self.from[t] >= thread->first && self.from[t] < thread->end;
        self.length[t] = is_inside ? thread->end - thread->first : 0;
        self.stride[t] = self.places;
        self.places *= (size_t)self.length[t] + 1;
    }
    return self;
}

static uint32_t steps_at(const struct rounds *self, size_t place, size_t thread)
{
    return (uint32_t)(place / self->stride[thread] % ((size_t)self->length[thread] + 1));
}

static uint32_t position_at(const struct rounds *self, size_t place, size_t thread)
{
    const struct iterated_thread *of = &self->of->threads[thread];
    if (self->length[thread] == 0)
        return self->from[thread];
    return of->first + (self->from[thread] - of->first + steps_at(self, place, thread)) % self->length[thread];
}

static bool may_step(const struct rounds *self, size_t place, size_t thread)
{
    if (steps_at(self, place, thread) == self->length[thread])
        return false;
    int mutex = self->of->threads[thread].steps[position_at(self, place, thread)].locks;
    for (size_t t = 0; t < self->of->thread_count && mutex >= 0; t++)
        if (t != thread && (self->of->threads[t].held[position_at(self, place, t)] >> mutex & 1) != 0)
            return false;
    return true;
}

/* The threads that have gone all round at a place, if all others are where they began; 0 elsewhere. */
static unsigned closed_at(const struct rounds *self, size_t place)
{
    unsigned set = 0;
    for (size_t t = 0; t < self->of->thread_count; t++) {
        uint32_t steps = steps_at(self, place, t);
        if (steps != 0 && steps != self->length[t])
            return 0;
        set |= (unsigned)(steps != 0) << t;
    }
    return set;
}

/* ---- The best cycles ------------------------------------------------------------------------------------------------- */

static bool is_better(int64_t found, int64_t old, bool is_upper)
{
    return old == NO_WEIGHT || (is_upper ? found > old : found < old);
}

/* The best weights from the node to every place and slot, forwards; as new. */
static int64_t *weigh(const struct rounds *self, uint32_t slot, bool is_upper)
{
    size_t slots = self->of->slot_count;
    int64_t *weights = memory_new(self->places * slots, sizeof *weights);
    for (size_t i = 0; i < self->places * slots; i++)
        weights[i] = NO_WEIGHT;
    weights[slot] = 0;
    for (size_t place = 0; place < self->places; place++)
        for (size_t t = 0; t < self->of->thread_count; t++) {
            if (!may_step(self, place, t))
                continue;
            const struct iterated_step *step = &self->of->threads[t].steps[position_at(self, place, t)];
            for (size_t e = 0; e < step->entry_count; e++) {
                const struct iterated_entry *entry = &step->entries[e];
                int64_t here = weights[place * slots + entry->slot];
                int64_t *there = &weights[(place + self->stride[t]) * slots + entry->image];
                if (here != NO_WEIGHT && is_better(here + entry->addend, *there, is_upper))
                    *there = here + entry->addend;
            }
        }
    return weights;
}

static void look_at(struct pumping *self, const struct tracks *tracks, const struct path *path, size_t at,
                    bool is_upper, uint64_t *left)
{
    const struct path_step *step = &path->steps[at];
    struct rounds rounds = rounds_at(tracks, step->state);
    uint64_t work = (uint64_t)rounds.places * tracks->of->slot_count;
    *left -= work < *left ? work : *left;
    if (*left == 0)
        return;
    int64_t *weights = weigh(&rounds, step->slot, is_upper);
    for (size_t place = 1; place < rounds.places; place++) {
        unsigned set = closed_at(&rounds, place);
        int64_t weight = weights[place * tracks->of->slot_count + step->slot];
        if (set == 0 || weight == NO_WEIGHT ||
            (self->has_cycle[set] && !is_better(weight, self->weights[set], is_upper)))
            continue;
        self->has_cycle[set] = true;
        self->weights[set] = weight;
        self->places[set] = at;
    }
    memory_free(weights);
}

static bool is_same_node(const struct tracks *tracks, const struct path_step *a, const struct path_step *b)
{
    bool is_same = a->slot == b->slot;
    for (size_t t = 0; t < tracks->of->thread_count && is_same; t++)
        is_same = tracks_node(tracks, a->state, t)->position == tracks_node(tracks, b->state, t)->position;
    return is_same;
}

static bool was_seen(const struct tracks *tracks, const struct path *path, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (is_same_node(tracks, &path->steps[i], &path->steps[at]))
            return true;
    return false;
}

/* The threads that have a loop. */
static unsigned loop_threads(const struct iterated *of)
{
    unsigned set = 0;
    for (size_t t = 0; t < of->thread_count; t++)
        set |= (unsigned)(of->threads[t].end > of->threads[t].first) << t;
    return set;
}

/* The best cycles of which each thread of a set is in one. */
static void choose(struct pumping *self, unsigned all, bool is_upper)
{
    int64_t best[PUMPING_SETS];
    unsigned first[PUMPING_SETS] = {0};
    best[0] = 0;
    for (unsigned set = 1; set <= all; set++) {
        best[set] = NO_WEIGHT;
        for (unsigned part = set; part > 0; part = (part - 1) & set) {
            int64_t rest = best[set & ~part];
            if (!self->has_cycle[part] || rest == NO_WEIGHT ||
                !is_better(self->weights[part] + rest, best[set], is_upper))
                continue;
            best[set] = self->weights[part] + rest;
            first[set] = part;
        }
    }
    self->has_total = best[all] != NO_WEIGHT;
    self->total = best[all];
    for (unsigned left = all; self->has_total && left > 0; left &= ~first[left])
        self->chosen[self->chosen_count++] = first[left];
}

void pumping_find(struct pumping *self, const struct tracks *tracks, const struct path *path, bool is_upper,
                  uint64_t *left)
{
    *self = (struct pumping){0};
    for (size_t at = 0; at < path->count; at++)
        if (*left > 0 && !was_seen(tracks, path, at))
            look_at(self, tracks, path, at, is_upper, left);
    choose(self, loop_threads(tracks->of), is_upper);
}

/* ---- Telling --------------------------------------------------------------------------------------------------------- */

/* A way back from a place and slot along best weights: the thread that stepped, preferably the one that steps next, and where it was. */
static bool step_back(const struct rounds *self, const int64_t *weights, size_t *place, uint32_t *slot, size_t thread)
{
    size_t slots = self->of->slot_count;
    if (steps_at(self, *place, thread) == 0)
        return false;
    size_t before = *place - self->stride[thread];
    if (!may_step(self, before, thread))
        return false;
    const struct iterated_step *step = &self->of->threads[thread].steps[position_at(self, before, thread)];
    for (size_t e = 0; e < step->entry_count; e++) {
        const struct iterated_entry *entry = &step->entries[e];
        int64_t here = weights[before * slots + entry->slot];
        if (entry->image != *slot || here == NO_WEIGHT || here + entry->addend != weights[*place * slots + *slot])
            continue;
        *place = before;
        *slot = entry->slot;
        return true;
    }
    return false;
}

static void tell_cycle(const struct pumping *self, const struct tracks *tracks, const struct path *path, unsigned set,
                       bool is_upper, struct turns *turns)
{
    const struct path_step *at = &path->steps[self->places[set]];
    struct rounds rounds = rounds_at(tracks, at->state);
    int64_t *weights = weigh(&rounds, at->slot, is_upper);
    size_t place = 0, count = 0, last = 0;
    for (size_t t = 0; t < tracks->of->thread_count; t++)
        place += (set >> t & 1) * rounds.length[t] * rounds.stride[t];
    size_t *threads = memory_new(place + 1, sizeof *threads);
    uint32_t slot = at->slot;
    while (place > 0) {
        size_t thread = last;
        for (size_t t = 0; !step_back(&rounds, weights, &place, &slot, thread); t++)
            thread = t;
        threads[count++] = last = thread;
    }
    turns_open(turns);
    while (count > 0)
        turns_add(turns, threads[--count], 1);
    turns_close(turns, 1);
    memory_free(threads);
    memory_free(weights);
}

void pumping_tell(const struct pumping *self, const struct tracks *tracks, const struct path *path, bool is_upper,
                  struct turns *turns)
{
    for (size_t at = 0; at < path->count; at++) {
        for (size_t c = 0; c < self->chosen_count; c++)
            if (self->places[self->chosen[c]] == at)
                tell_cycle(self, tracks, path, self->chosen[c], is_upper, turns);
        if (at + 1 < path->count)
            turns_add(turns, path->steps[at].thread, 1);
    }
}

/* ---- All weights ------------------------------------------------------------------------------------------------------ */

/* Adds to a set each number of another one, plus a number. Returns false where one is beyond the set. */
static bool add_shifted(uint64_t *to, const uint64_t *from, int64_t by, size_t width)
{
    int64_t bits = (int64_t)width * 64;
    for (int64_t b = 0; b < bits; b++) {
        if ((from[b / 64] >> (b % 64) & 1) == 0)
            continue;
        if (b + by < 0 || b + by >= bits)
            return false;
        to[(b + by) / 64] |= UINT64_C(1) << ((b + by) % 64);
    }
    return true;
}

bool pumping_weights(const struct tracks *tracks, uint64_t state, uint32_t slot, uint64_t *bits, size_t width)
{
    struct rounds rounds = rounds_at(tracks, state);
    size_t slots = tracks->of->slot_count, last = rounds.places - 1;
    uint64_t *sets = memory_new(rounds.places * slots * width, sizeof *sets);
    bool fits = true;
    sets[slot * width + width / 2] = 1;
    for (size_t place = 0; place < rounds.places && fits; place++)
        for (size_t t = 0; t < tracks->of->thread_count; t++) {
            if (!may_step(&rounds, place, t))
                continue;
            const struct iterated_step *step = &tracks->of->threads[t].steps[position_at(&rounds, place, t)];
            for (size_t e = 0; e < step->entry_count && fits; e++)
                fits =
                    add_shifted(sets + ((place + rounds.stride[t]) * slots + step->entries[e].image) * width,
                                sets + (place * slots + step->entries[e].slot) * width, step->entries[e].addend, width);
        }
    memcpy(bits, sets + (last * slots + slot) * width, width * sizeof *bits);
    memory_free(sets);
    return fits && closed_at(&rounds, last) == loop_threads(tracks->of);
}
