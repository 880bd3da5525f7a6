#include "tests/oracles/store_chain.h"

#include "base/memory.h"
#include "machine/machine.h"
#include "tests/oracles/execution.h"

enum { NO_STORE = -1, SEVERAL = -2 };

/* The stores to the observed word so far, and from which of them the value of each location was computed. */
struct store_chain {
    int *origins; /* a store, NO_STORE or SEVERAL: one a location */
    struct chained_store *stores;
    int *before; /* which store each one was computed from */
    int count;
    location_id word;
};

static int origin_of(const struct store_chain *self, const struct assignment *assignment)
{
    int origin = NO_STORE;
    for (size_t t = 0; t < assignment->term_count; t++) {
        int other = self->origins[assignment->terms[t].source];
        if (other != NO_STORE)
            origin = origin == NO_STORE || origin == other ? other : SEVERAL;
    }
    return origin;
}

static void add_store(struct store_chain *self, uint32_t thread, int origin)
{
    uint32_t store = 1;
    for (int s = 0; s < self->count; s++)
        store += self->stores[s].thread == thread;
    self->stores[self->count] = (struct chained_store){thread, store};
    self->before[self->count++] = origin;
}

/* Follows the assignments of a step, which happen at once. */
static void follow_step(struct store_chain *self, const struct effect *effect, uint32_t thread)
{
    int origins[EFFECT_ASSIGNMENTS_MAX];
    for (size_t a = 0; a < effect->assignment_count; a++)
        origins[a] = origin_of(self, &effect->assignments[a]);
    for (size_t a = 0; a < effect->assignment_count; a++) {
        location_id target = effect->assignments[a].target;
        if (target == self->word) {
            add_store(self, thread, origins[a]);
            origins[a] = self->count - 1;
        }
        self->origins[target] = origins[a];
    }
}

static void start(struct store_chain *self, const struct execution *execution, uint32_t word, size_t steps)
{
    size_t locations = machine_location_count(execution->machine);
    *self = (struct store_chain){.word = word};
    self->origins = memory_new(locations, sizeof *self->origins);
    self->stores = memory_new(steps, sizeof *self->stores);
    self->before = memory_new(steps, sizeof *self->before);
    for (size_t l = 0; l < locations; l++)
        self->origins[l] = NO_STORE;
}

/* Takes a step; returns false where that cannot be. */
static bool take(struct store_chain *self, struct execution *execution, uint32_t thread)
{
    struct effect effect;
    if (thread >= machine_thread_count(execution->machine) || (execution_choices(execution) >> thread & 1) == 0)
        return false;
    uint32_t index = machine_index(execution->machine, execution->state, thread);
    machine_effect(execution->machine, thread, index, &effect);
    follow_step(self, &effect, thread);
    return execution_step(execution, thread);
}

/* Goes back from the last store. */
static bool go_back(const struct store_chain *self, struct chained_store *chain, size_t *length)
{
    struct chained_store kept;
    int store = self->count > 0 ? self->count - 1 : NO_STORE;
    for (*length = 0; store >= 0; store = self->before[store])
        chain[(*length)++] = self->stores[store];
    for (size_t l = 0; l < *length / 2; l++) {
        kept = chain[l];
        chain[l] = chain[*length - 1 - l];
        chain[*length - 1 - l] = kept;
    }
    return store != SEVERAL;
}

bool store_chain_find(const struct program *program, uint32_t word, const uint32_t *threads, size_t count,
                      struct chained_store **chain, size_t *length)
{
    struct execution execution;
    struct store_chain self;
    bool is_known = true;
    execution_start(&execution, program);
    start(&self, &execution, word, count);
    *chain = memory_new(count, sizeof **chain);
    for (size_t s = 0; s < count && is_known; s++)
        is_known = take(&self, &execution, threads[s]);
    is_known = go_back(&self, *chain, length) && is_known;
    if (!is_known)
        *length = 0;
    execution_free(&execution);
    memory_free(self.origins);
    memory_free(self.stores);
    memory_free(self.before);
    return is_known;
}
