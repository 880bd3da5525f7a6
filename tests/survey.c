#include "tests/survey.h"

#include "base/memory.h"
#include "models/machine.h"

#include <assert.h>
#include <string.h>

/* A place in the search: a state, what the policy remembers, and who stepped last. The states lie beside. */
struct place {
    struct enumerator_memory memory; /* padding is zero */
    int last;                        /* -1: nobody */
    uint32_t preemptions;            /* fewest so far */
    bool is_done;
};

struct search {
    struct machine *machine;
    const struct enumerator_policy *policy;
    location_id word;
    size_t words; /* of a state */
    uint64_t *states;
    struct place *places;
    size_t count;
    size_t capacity;
    size_t *table; /* positions + 1; its size is a power of two */
    size_t table_size;
    size_t *queue[2]; /* places to visit with as many preemptions as now, and with one more */
    size_t queued[2];
    size_t queue_capacity[2];
    struct survey *result;
    bool too_narrow;
};

/* ---- Places ----------------------------------------------------------------------------------------------------- */

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

static uint64_t hash_place(const struct search *self, size_t position)
{
    const struct place *place = &self->places[position];
    uint64_t hash = hash_bytes(UINT64_C(0xcbf29ce484222325), self->states + position * self->words,
                               self->words * sizeof *self->states);
    hash = hash_bytes(hash, &place->last, sizeof place->last);
    return hash_bytes(hash, &place->memory, sizeof place->memory);
}

static bool is_same(const struct search *self, size_t a, size_t b)
{
    return self->places[a].last == self->places[b].last &&
           memcmp(&self->places[a].memory, &self->places[b].memory, sizeof self->places[a].memory) == 0 &&
           memcmp(self->states + a * self->words, self->states + b * self->words, self->words * sizeof *self->states) ==
               0;
}

/* The slot of a place that is the same, or an empty one. */
static size_t *find_slot(const struct search *self, size_t position)
{
    size_t slot = hash_place(self, position) & (self->table_size - 1);
    while (self->table[slot] != 0 && !is_same(self, self->table[slot] - 1, position))
        slot = (slot + 1) & (self->table_size - 1);
    return &self->table[slot];
}

static void grow_table(struct search *self)
{
    if (2 * (self->count + 1) < self->table_size)
        return;
    memory_free(self->table);
    self->table_size = self->table_size == 0 ? 1024 : 2 * self->table_size;
    self->table = memory_new(self->table_size, sizeof *self->table);
    for (size_t p = 0; p < self->count; p++)
        *find_slot(self, p) = p + 1;
}

/* Room for one more place behind the last. */
static void reserve_place(struct search *self)
{
    if (self->count < self->capacity)
        return;
    self->capacity = self->capacity == 0 ? 256 : 2 * self->capacity;
    self->states = memory_resize(self->states, self->capacity * self->words, sizeof *self->states);
    self->places = memory_resize(self->places, self->capacity, sizeof *self->places);
}

static void enqueue(struct search *self, unsigned later, size_t position)
{
    self->queue[later] =
        memory_grow(self->queue[later], self->queued[later], &self->queue_capacity[later], sizeof *self->queue[later]);
    self->queue[later][self->queued[later]++] = position;
}

/* The place behind the last one was filled: keeps it, or finds the one that is the same, and has it visited if that is
 * better than what was known. */
static void arrive(struct search *self, uint32_t preemptions, unsigned later)
{
    grow_table(self);
    size_t *slot = find_slot(self, self->count);
    if (*slot == 0) {
        self->places[self->count].preemptions = UINT32_MAX;
        self->places[self->count].is_done = false;
        *slot = ++self->count;
    }
    size_t position = *slot - 1;
    if (preemptions < self->places[position].preemptions) {
        self->places[position].preemptions = preemptions;
        enqueue(self, later, position);
    }
}

/* ---- Ends ------------------------------------------------------------------------------------------------------- */

static void add_value(struct survey *self, int64_t value, uint32_t preemptions)
{
    size_t place = 0;
    while (place < self->count && self->rows[place].value < value)
        place++;
    if (place < self->count && self->rows[place].value == value)
        return; /* places are visited in the order of preemptions */
    self->rows = memory_grow(self->rows, self->count, &self->capacity, sizeof *self->rows);
    memmove(self->rows + place + 1, self->rows + place, (self->count - place) * sizeof *self->rows);
    self->rows[place] = (struct survey_row){value, preemptions};
    self->count++;
}

static void look_inside(struct search *self, const uint64_t *state, uint32_t preemptions)
{
    for (size_t s = 0; s < machine_section_count(self->machine); s++) {
        uint64_t inside = machine_inside(self->machine, state, s);
        if ((inside & (inside - 1)) != 0 && !self->result->overlaps) {
            self->result->overlaps = true;
            self->result->overlap_preemptions = preemptions;
        }
    }
}

static void end(struct search *self, const uint64_t *state, uint32_t preemptions)
{
    if (machine_finished(self->machine, state) == machine_everybody(self->machine)) {
        add_value(self->result, machine_value(self->machine, state, self->word), preemptions);
    } else if (!self->result->deadlocks) {
        self->result->deadlocks = true;
        self->result->deadlock_preemptions = preemptions;
    }
}

/* ---- Steps ------------------------------------------------------------------------------------------------------ */

static struct enumerator_moment moment_of(const struct search *self, const uint64_t *state)
{
    uint64_t away = machine_away(self->machine, state);
    return (struct enumerator_moment){.machine = self->machine,
                                      .state = state,
                                      .threads = machine_thread_count(self->machine),
                                      .ready = machine_enabled(self->machine, state) & ~away,
                                      .away = away};
}

static void take_step(struct search *self, size_t position, size_t thread)
{
    struct step step;
    reserve_place(self);
    const struct place before = self->places[position];
    uint64_t *state = self->states + position * self->words, *next = self->states + self->count * self->words;
    struct place *after = &self->places[self->count];
    memcpy(next, state, self->words * sizeof *next);
    machine_step(self->machine, next, thread, &step);
    if (step.result == STEP_TOO_NARROW) {
        machine_widen(self->machine, step.narrow, step.narrow_value);
        self->too_narrow = true;
        return;
    }
    self->result->fails |= step.result == STEP_FAILED;
    if (step.result == STEP_FAILED)
        return;
    memcpy(after, &before, sizeof before);
    after->last = (int)thread;
    if (self->policy != NULL) {
        struct enumerator_moment from = moment_of(self, state), to = moment_of(self, next);
        self->policy->after(self->policy->context, &from, &to, 0, thread, &after->memory);
    }
    bool preempts = before.last >= 0 && before.last != (int)thread &&
                    (machine_enabled(self->machine, state) >> before.last & 1) != 0;
    arrive(self, before.preemptions + preempts, preempts);
}

static void visit(struct search *self, size_t position)
{
    if (self->places[position].is_done)
        return;
    self->places[position].is_done = true;
    const uint64_t *state = self->states + position * self->words;
    uint32_t preemptions = self->places[position].preemptions;
    look_inside(self, state, preemptions);
    struct enumerator_moment moment = moment_of(self, state);
    uint64_t choices = moment.ready;
    if (self->policy != NULL && choices != 0)
        choices = self->policy->choices(self->policy->context, &moment, &self->places[position].memory, 0);
    if (choices == 0)
        end(self, state, preemptions);
    for (size_t t = 0; t < moment.threads && !self->too_narrow; t++)
        if ((choices >> t & 1) != 0)
            take_step(self, position, t);
}

/* ---- The search ------------------------------------------------------------------------------------------------- */

static void start(struct search *self)
{
    self->words = machine_bits(self->machine) / 64 + 1;
    reserve_place(self);
    memset(self->states, 0, self->words * sizeof *self->states);
    memset(self->places, 0, sizeof *self->places);
    machine_start(self->machine, self->states);
    self->places[0].last = -1;
    self->places[0].memory.current = -1;
    self->places[0].memory.last = -1;
    if (self->policy != NULL)
        self->policy->start(self->policy->context, 0, &self->places[0].memory);
    arrive(self, 0, 0);
}

static void search_clear(struct search *self)
{
    memory_free(self->states);
    memory_free(self->places);
    memory_free(self->table);
    memory_free(self->queue[0]);
    memory_free(self->queue[1]);
}

/* Returns false where a value was too large for its bits: the machine was widened, and all begins anew. */
static bool search_all(struct machine *machine, uint32_t word, const struct enumerator_policy *policy,
                       struct survey *result)
{
    struct search self = {.machine = machine, .policy = policy, .word = word, .result = result};
    start(&self);
    while (self.queued[0] > 0 && !self.too_narrow) {
        while (self.queued[0] > 0 && !self.too_narrow)
            visit(&self, self.queue[0][--self.queued[0]]);
        size_t *queue = self.queue[0];
        size_t capacity = self.queue_capacity[0];
        self.queue[0] = self.queue[1];
        self.queue_capacity[0] = self.queue_capacity[1];
        self.queued[0] = self.queued[1];
        self.queue[1] = queue;
        self.queue_capacity[1] = capacity;
        self.queued[1] = 0;
    }
    search_clear(&self);
    return !self.too_narrow;
}

struct survey *survey_run(const struct program *program, uint32_t word, const struct enumerator_policy *policy)
{
    assert(policy == NULL || (policy->options == 1 && policy->starts == 1));
    struct machine *machine = machine_new(program, NULL, true);
    struct survey *result = memory_new(1, sizeof *result);
    while (!search_all(machine, word, policy, result)) {
        survey_free(result);
        result = memory_new(1, sizeof *result);
    }
    machine_free(machine);
    return result;
}

const struct survey_row *survey_find(const struct survey *self, int64_t value)
{
    for (size_t r = 0; r < self->count; r++)
        if (self->rows[r].value == value)
            return &self->rows[r];
    return NULL;
}

void survey_free(struct survey *self)
{
    if (self == NULL)
        return;
    memory_free(self->rows);
    memory_free(self);
}
