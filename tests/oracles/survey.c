#include "tests/oracles/survey.h"

#include "base/memory.h"
#include "machine/machine.h"
#include "program/program.h"

#include <assert.h>
#include <string.h>

/* A place in the search: a state, what the policy remembers, and who stepped last. The states lie beside. */
struct spot {
    uint64_t hash;
    struct enumerator_memory memory; /* padding is zero */
    int last;                        /* -1: nobody */
    uint32_t preemptions;            /* fewest so far */
    bool is_done;
    bool ends; /* some schedule ends here, or with the next step; later: some way leads to such a place */
};

/* A step from one place to another. */
struct link {
    size_t from;
    size_t to;
};

struct search {
    const struct program *program;
    struct machine *machine;
    const struct enumerator_policy *policy;
    location_id word;
    size_t words; /* of a state */
    uint64_t *states;
    int64_t *changes; /* of a place, for each thread: what it has added to the word on the way there */
    struct spot *places;
    size_t count;
    size_t capacity;
    size_t *table; /* positions + 1; its size is a power of two */
    size_t table_size;
    size_t places_max;
    struct link *links;
    size_t link_count;
    size_t link_capacity;
    size_t *queue[2]; /* places to visit with as many preemptions as now, and with one more */
    size_t queued[2];
    size_t queue_capacity[2];
    struct survey *result;
    bool counts_preemptions;
    bool is_beyond; /* there are more places than allowed */
    bool too_narrow;
};

/* ---- Places ----------------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t hash_place(const struct search *self, size_t position)
{
    const struct spot *place = &self->places[position];
    const unsigned char *memory = (const unsigned char *)&place->memory;
    uint64_t hash = mix(UINT64_C(0xcbf29ce484222325), (uint64_t)place->last);
    for (size_t w = 0; w < self->words; w++)
        hash = mix(hash, self->states[position * self->words + w]);
    for (size_t i = 0; self->policy != NULL && i < sizeof place->memory; i++)
        hash = mix(hash, memory[i]);
    return hash;
}

static bool is_same(const struct search *self, size_t a, size_t b)
{
    return self->places[a].hash == self->places[b].hash && self->places[a].last == self->places[b].last &&
           memcmp(&self->places[a].memory, &self->places[b].memory, sizeof self->places[a].memory) == 0 &&
           memcmp(self->states + a * self->words, self->states + b * self->words, self->words * sizeof *self->states) ==
               0;
}

/* The slot of a place that is the same, or an empty one. */
static size_t *find_slot(const struct search *self, size_t position)
{
    size_t slot = self->places[position].hash & (self->table_size - 1);
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
    self->changes = memory_resize(self->changes, self->capacity * self->program->thread_count, sizeof *self->changes);
    self->places = memory_resize(self->places, self->capacity, sizeof *self->places);
}

static void enqueue(struct search *self, unsigned later, size_t position)
{
    self->queue[later] =
        memory_grow(self->queue[later], self->queued[later], &self->queue_capacity[later], sizeof *self->queue[later]);
    self->queue[later][self->queued[later]++] = position;
}

static int64_t *changes_of(const struct search *self, size_t position)
{
    return self->changes + position * self->program->thread_count;
}

/* The place behind the last one was filled: keeps it, or finds the one that is the same, and has it visited if that is
 * better than what was known. Returns where it is. */
static size_t arrive(struct search *self, uint32_t preemptions, unsigned later)
{
    size_t last = self->count;
    grow_table(self);
    self->places[last].hash = hash_place(self, last);
    size_t *slot = find_slot(self, last);
    if (*slot == 0) {
        self->places[self->count].preemptions = UINT32_MAX;
        self->places[self->count].is_done = false;
        self->places[self->count].ends = false;
        *slot = ++self->count;
        self->is_beyond |= self->count > self->places_max;
    }
    size_t position = *slot - 1;
    self->result->changes_vary |= memcmp(changes_of(self, position), changes_of(self, last),
                                         self->program->thread_count * sizeof *self->changes) != 0;
    if (preemptions < self->places[position].preemptions) {
        self->places[position].preemptions = preemptions;
        enqueue(self, later, position);
    }
    return position;
}

static void add_link(struct search *self, size_t from, size_t to)
{
    self->links = memory_grow(self->links, self->link_count, &self->link_capacity, sizeof *self->links);
    self->links[self->link_count++] = (struct link){from, to};
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

/* What was added on the way to the first end is what is told; other ends should have the same. */
static void end_with_changes(struct search *self, size_t position)
{
    size_t bytes = self->program->thread_count * sizeof *self->changes;
    if (self->result->count == 0)
        memcpy(self->result->changes, changes_of(self, position), bytes);
    self->result->changes_vary |= memcmp(self->result->changes, changes_of(self, position), bytes) != 0;
}

static void end(struct search *self, size_t position, uint32_t preemptions)
{
    const uint64_t *state = self->states + position * self->words;
    if (machine_finished(self->machine, state) == machine_everybody(self->machine)) {
        end_with_changes(self, position);
        add_value(self->result, machine_value(self->machine, state, self->word), preemptions);
    } else if (!self->result->deadlocks) {
        self->result->deadlocks = true;
        self->result->deadlock_preemptions = preemptions;
    }
}

/* ---- Ways to an end --------------------------------------------------------------------------------------------- */

/* Sorts the links by where they lead. Returns, as new, where those of each place begin, and the end behind them. */
static size_t *sort_links(const struct search *self, size_t *from)
{
    size_t *first = memory_new(self->count + 2, sizeof *first);
    for (size_t l = 0; l < self->link_count; l++)
        first[self->links[l].to + 2]++;
    for (size_t p = 2; p < self->count + 2; p++)
        first[p] += first[p - 1];
    for (size_t l = 0; l < self->link_count; l++)
        from[first[self->links[l].to + 1]++] = self->links[l].from;
    return first;
}

/* Goes back from the ends; whatever is not met on the way is where threads go on for ever. */
static void find_stuck(struct search *self)
{
    size_t *from = memory_new(self->link_count, sizeof *from), *open = memory_new(self->count, sizeof *open), count = 0;
    size_t *first = sort_links(self, from);
    for (size_t p = 0; p < self->count; p++)
        if (self->places[p].ends)
            open[count++] = p;
    while (count > 0) {
        size_t place = open[--count];
        for (size_t l = first[place]; l < first[place + 1]; l++)
            if (!self->places[from[l]].ends) {
                self->places[from[l]].ends = true;
                open[count++] = from[l];
            }
    }
    for (size_t p = 0; p < self->count; p++)
        self->result->gets_stuck |= !self->places[p].ends;
    memory_free(first);
    memory_free(open);
    memory_free(from);
}

/* ---- The observed word ------------------------------------------------------------------------------------------ */

/* How an instruction uses the observed word where it executes it in this state: bits of enum operand_use. */
static unsigned use_of_word(const struct search *self, const uint64_t *state, size_t thread,
                            const struct instruction *instruction)
{
    unsigned use = 0;
    struct reach reach;
    for (size_t o = 0; o < 2; o++)
        if (instruction->operands[o].kind == OPERAND_WORD && instruction->operands[o].value == (int64_t)self->word &&
            (instruction_use(instruction, o) & USE_ADDRESS) == 0)
            use |= instruction_use(instruction, o);
    if (machine_reach(self->machine, state, thread, &reach) && reach.word == self->word)
        use |= (reach.reads ? USE_READ : 0u) | (reach.writes ? USE_WRITE : 0u);
    return use;
}

static void look_at_word(struct search *self, const uint64_t *state, size_t thread)
{
    const struct code *code = program_code(self->program, thread);
    const struct instruction *instruction = &code->instructions[machine_index(self->machine, state, thread)];
    unsigned use = use_of_word(self, state, thread, instruction);
    if ((use & USE_WRITE) != 0)
        self->result->writers |= UINT64_C(1) << thread;
    self->result->touches_outside |= use != 0 && instruction->sections == 0;
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
    const struct spot before = self->places[position];
    uint64_t *state = self->states + position * self->words, *next = self->states + self->count * self->words;
    struct spot *after = &self->places[self->count];
    memcpy(next, state, self->words * sizeof *next);
    machine_step(self->machine, next, thread, &step);
    if (step.result == STEP_TOO_NARROW) {
        machine_widen(self->machine, step.narrow, step.narrow_value);
        self->too_narrow = true;
        return;
    }
    self->result->fails |= step.result == STEP_FAILED;
    self->places[position].ends |= step.result == STEP_FAILED;
    if (step.result == STEP_FAILED)
        return;
    bool returns = (machine_away(self->machine, state) >> thread & 1) != 0;
    memcpy(after, &before, sizeof before);
    memcpy(changes_of(self, self->count), changes_of(self, position),
           self->program->thread_count * sizeof *self->changes);
    /* Should that wrap around, it is nothing that anybody expects. */
    changes_of(self, self->count)[thread] = (int64_t)((uint64_t)changes_of(self, self->count)[thread] +
                                                      (uint64_t)machine_value(self->machine, next, self->word) -
                                                      (uint64_t)machine_value(self->machine, state, self->word));
    if (!returns && self->counts_preemptions)
        after->last = (int)thread;
    if (self->policy != NULL) {
        struct enumerator_moment from = moment_of(self, state), to = moment_of(self, next);
        self->policy->after(self->policy->context, &from, &to, 0, thread, &after->memory);
    }
    bool preempts = !returns && before.last >= 0 && before.last != (int)thread &&
                    (moment_of(self, state).ready >> before.last & 1) != 0;
    add_link(self, position, arrive(self, before.preemptions + preempts, preempts));
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
    choices |= moment.away; /* a return needs no processor, so no policy forbids it */
    self->places[position].ends = choices == 0;
    if (choices == 0)
        end(self, position, preemptions);
    for (size_t t = 0; t < moment.threads && !self->too_narrow; t++)
        if ((choices >> t & 1) != 0) {
            /* The states may move with each step. */
            look_at_word(self, self->states + position * self->words, t);
            take_step(self, position, t);
        }
}

/* ---- The search ------------------------------------------------------------------------------------------------- */

static void start(struct search *self)
{
    self->words = machine_bits(self->machine) / 64 + 1;
    reserve_place(self);
    memset(self->states, 0, self->words * sizeof *self->states);
    memset(self->places, 0, sizeof *self->places);
    memset(self->changes, 0, self->program->thread_count * sizeof *self->changes);
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
    memory_free(self->changes);
    memory_free(self->table);
    memory_free(self->links);
    memory_free(self->queue[0]);
    memory_free(self->queue[1]);
}

/* Visits what takes as many preemptions as now; then it is the turn of what takes one more. */
static void visit_all(struct search *self)
{
    while (self->queued[0] > 0 && !self->too_narrow && !self->is_beyond)
        visit(self, self->queue[0][--self->queued[0]]);
    size_t *queue = self->queue[0], capacity = self->queue_capacity[0];
    self->queue[0] = self->queue[1];
    self->queue_capacity[0] = self->queue_capacity[1];
    self->queued[0] = self->queued[1];
    self->queue[1] = queue;
    self->queue_capacity[1] = capacity;
    self->queued[1] = 0;
}

/* Returns false where a value was too large for its bits: the machine was widened, and all begins anew. */
static bool search_all(struct search *self)
{
    start(self);
    while (self->queued[0] > 0 && !self->too_narrow && !self->is_beyond)
        visit_all(self);
    if (!self->too_narrow && !self->is_beyond)
        find_stuck(self);
    search_clear(self);
    return !self->too_narrow;
}

static struct survey *run(const struct program *program, uint32_t word, const struct enumerator_policy *policy,
                          size_t places, bool counts_preemptions)
{
    assert(policy == NULL || (policy->options == 1 && policy->starts == 1));
    struct machine *machine = machine_new(program, NULL, true);
    struct survey *result = NULL;
    struct search search;
    do {
        survey_free(result);
        result = memory_new(1, sizeof *result);
        search = (struct search){.program = program,
                                 .machine = machine,
                                 .policy = policy,
                                 .word = word,
                                 .places_max = places,
                                 .counts_preemptions = counts_preemptions,
                                 .result = result};
    } while (!search_all(&search));
    machine_free(machine);
    if (!search.is_beyond)
        return result;
    survey_free(result);
    return NULL;
}

struct survey *survey_run(const struct program *program, uint32_t word, const struct enumerator_policy *policy)
{
    return run(program, word, policy, SIZE_MAX, true);
}

struct survey *survey_run_within(const struct program *program, uint32_t word, const struct enumerator_policy *policy,
                                 size_t places)
{
    return run(program, word, policy, places, false);
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
