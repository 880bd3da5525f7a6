#include "tests/enumerator.h"

#include "base/memory.h"
#include "models/machine.h"

#include <assert.h>
#include <string.h>

enum walk_result {
    WALK_DONE,
    WALK_BEYOND, /* the bounds are exceeded */
    WALK_NARROW  /* a value did not fit: the machine was widened, everything begins anew */
};

/* The walk through the tree of schedules. The arrays have one element for each depth 0 .. bounds.steps. */
struct walk {
    struct machine *machine;
    const struct enumerator_policy *policy;
    struct enumerator_bounds bounds;
    location_id word;
    uint64_t all; /* the set of all threads */
    size_t state_words;
    uint64_t *states;  /* state_words for each depth */
    uint32_t *threads; /* which thread made the step from each depth */
    mpq_t *chances;    /* probability of being at the node of each depth */
    struct enumeration *result;
};

/* ---- Ends ---------------------------------------------------------------------------------------------------- */

static void end_init(struct enumeration_end *self, int64_t value)
{
    *self = (struct enumeration_end){.value = value};
    mpq_init(self->random);
}

static void end_clear(struct enumeration_end *self)
{
    mpq_clear(self->random);
    memory_free(self->threads);
}

/* The walk visits schedules in thread order, so the first with fewer preemptions than before is the one to keep. */
static void end_add(struct enumeration_end *self, const struct walk *walk, size_t step_count, uint32_t preemptions)
{
    self->schedules++;
    mpq_add(self->random, self->random, walk->chances[step_count]);
    if (self->schedules > 1 && preemptions >= self->preemptions)
        return;
    self->preemptions = preemptions;
    self->step_count = step_count;
    memory_free(self->threads);
    self->threads = memory_copy(walk->threads, step_count * sizeof *walk->threads);
}

/* Returns the row of a value, made where it is new; the rows stay sorted. */
static struct enumeration_end *find_row(struct enumeration *self, int64_t value)
{
    size_t place = 0;
    while (place < self->row_count && self->rows[place].value < value)
        place++;
    if (place < self->row_count && self->rows[place].value == value)
        return &self->rows[place];
    self->rows = memory_grow(self->rows, self->row_count, &self->row_capacity, sizeof *self->rows);
    memmove(self->rows + place + 1, self->rows + place, (self->row_count - place) * sizeof *self->rows);
    self->row_count++;
    end_init(&self->rows[place], value);
    return &self->rows[place];
}

static struct enumeration *enumeration_new(void)
{
    struct enumeration *self = memory_new(1, sizeof *self);
    end_init(&self->deadlock, 0);
    end_init(&self->failure, 0);
    return self;
}

void enumeration_free(struct enumeration *self)
{
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->row_count; i++)
        end_clear(&self->rows[i]);
    memory_free(self->rows);
    end_clear(&self->deadlock);
    end_clear(&self->failure);
    memory_free(self);
}

/* ---- The walk ------------------------------------------------------------------------------------------------ */

static bool contains(uint64_t set, size_t thread)
{
    return (set >> thread & 1) != 0;
}

static uint64_t *state_at(const struct walk *self, size_t depth)
{
    return self->states + depth * self->state_words;
}

static enum walk_result finish(struct walk *self, struct enumeration_end *end, size_t depth, uint32_t preemptions)
{
    if (self->result->schedules == self->bounds.schedules)
        return WALK_BEYOND;
    self->result->schedules++;
    end_add(end, self, depth, preemptions);
    return WALK_DONE;
}

/* Nobody can step: everybody has finished, or it is a deadlock. */
static enum walk_result stop(struct walk *self, size_t depth, uint32_t preemptions)
{
    const uint64_t *state = state_at(self, depth);
    if (machine_finished(self->machine, state) != self->all)
        return finish(self, &self->result->deadlock, depth, preemptions);
    return finish(self, find_row(self->result, machine_value(self->machine, state, self->word)), depth, preemptions);
}

static enum walk_result visit(struct walk *self, size_t depth, uint32_t preemptions, uint64_t memory);

/* Takes the step of a thread from depth and visits what follows. */
static enum walk_result follow(struct walk *self, size_t depth, uint32_t preemptions, uint64_t memory, size_t thread)
{
    struct step step;
    uint64_t *before = state_at(self, depth);
    uint64_t *after = state_at(self, depth + 1);
    memcpy(after, before, self->state_words * sizeof *after);
    self->threads[depth] = (uint32_t)thread;
    machine_step(self->machine, after, thread, &step);
    if (step.result == STEP_TOO_NARROW) {
        machine_widen(self->machine, step.narrow, step.narrow_value);
        return WALK_NARROW;
    }
    if (step.result == STEP_FAILED)
        return finish(self, &self->result->failure, depth + 1, preemptions);
    if (self->policy != NULL)
        memory = self->policy->after(self->policy->context, self->machine, before, after, memory, thread);
    return visit(self, depth + 1, preemptions, memory);
}

static enum walk_result visit(struct walk *self, size_t depth, uint32_t preemptions, uint64_t memory)
{
    const uint64_t *state = state_at(self, depth);
    uint64_t enabled = machine_enabled(self->machine, state);
    uint64_t choices = enabled;
    if (enabled == 0)
        return stop(self, depth, preemptions);
    if (depth == self->bounds.steps)
        return WALK_BEYOND;
    if (self->policy != NULL)
        choices = self->policy->choices(self->policy->context, self->machine, state, memory, enabled);
    assert(choices != 0 && (choices & ~enabled) == 0);
    mpq_set_ui(self->chances[depth + 1], 1, (unsigned long)__builtin_popcountll(choices));
    mpq_mul(self->chances[depth + 1], self->chances[depth + 1], self->chances[depth]);
    for (size_t thread = 0; thread < machine_thread_count(self->machine); thread++) {
        if (!contains(choices, thread))
            continue;
        bool preempts = depth > 0 && self->threads[depth - 1] != thread && contains(enabled, self->threads[depth - 1]);
        enum walk_result result = follow(self, depth, preemptions + preempts, memory, thread);
        if (result != WALK_DONE)
            return result;
    }
    return WALK_DONE;
}

/* One attempt, with the machine as wide as it is now. */
static enum walk_result attempt(struct walk *self)
{
    self->state_words = (machine_bits(self->machine) + 63) / 64;
    if (self->state_words == 0)
        self->state_words = 1;
    self->states = memory_new((self->bounds.steps + 1) * self->state_words, sizeof *self->states);
    self->result = enumeration_new();
    machine_start(self->machine, self->states);
    enum walk_result result = visit(self, 0, 0, 0);
    memory_free(self->states);
    if (result != WALK_DONE) {
        enumeration_free(self->result);
        self->result = NULL;
    }
    return result;
}

struct enumeration *enumerator_run(const struct program *program, uint32_t word, const struct enumerator_policy *policy,
                                   struct enumerator_bounds bounds)
{
    struct walk walk = {.machine = machine_new(program, NULL, true), .policy = policy, .bounds = bounds, .word = word};
    walk.all = UINT64_MAX >> (64 - machine_thread_count(walk.machine));
    walk.threads = memory_new(bounds.steps + 1, sizeof *walk.threads);
    walk.chances = memory_new(bounds.steps + 2, sizeof *walk.chances);
    for (size_t depth = 0; depth < bounds.steps + 2; depth++)
        mpq_init(walk.chances[depth]);
    mpq_set_ui(walk.chances[0], 1, 1);
    while (attempt(&walk) == WALK_NARROW)
        continue;
    for (size_t depth = 0; depth < bounds.steps + 2; depth++)
        mpq_clear(walk.chances[depth]);
    memory_free(walk.chances);
    memory_free(walk.threads);
    machine_free(walk.machine);
    return walk.result;
}
