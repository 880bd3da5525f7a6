#include "tests/oracles/survey.h"

#include "base/memory.h"
#include "machine/machine.h"
#include "program/program.h"

#include <string.h>

/* A place in the search: a state, what the policy remembers, and who stepped last. The states lie beside. */
struct spot {
    uint64_t hash;
    struct enumerator_memory memory; /* padding is zero */
    int last;                        /* -1: nobody */
    uint32_t preemptions;            /* fewest so far */
    bool is_done;
    bool ends;      /* some schedule ends here, or with the next step; later: some way leads to such a place */
    bool is_end;    /* nobody can step */
    double failing; /* how likely it is that the next step fails; that a schedule begins here */
    double begins;
};

/* A step from one place to another. */
struct link {
    size_t from;
    size_t to;
    double chance;
};

struct search {
    const struct program *program;
    struct machine *machine;
    const struct enumerator_policy *policy;
    const struct observation *observation;
    location_id word;
    size_t quads; /* of a state */
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
    for (size_t w = 0; w < self->quads; w++)
        hash = mix(hash, self->states[position * self->quads + w]);
    for (size_t i = 0; self->policy != NULL && i < sizeof place->memory; i++)
        hash = mix(hash, memory[i]);
    return hash;
}

static bool is_same(const struct search *self, size_t a, size_t b)
{
    return self->places[a].hash == self->places[b].hash && self->places[a].last == self->places[b].last &&
           memcmp(&self->places[a].memory, &self->places[b].memory, sizeof self->places[a].memory) == 0 &&
           memcmp(self->states + a * self->quads, self->states + b * self->quads, self->quads * sizeof *self->states) ==
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
    self->states = memory_resize(self->states, self->capacity * self->quads, sizeof *self->states);
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
        self->places[self->count].ends = self->places[self->count].is_end = false;
        self->places[self->count].failing = self->places[self->count].begins = 0;
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

static void add_link(struct search *self, size_t from, size_t to, double chance)
{
    self->links = memory_grow(self->links, self->link_count, &self->link_capacity, sizeof *self->links);
    self->links[self->link_count++] = (struct link){from, to, chance};
}

/* ---- Ends ------------------------------------------------------------------------------------------------------- */

static void read_tuple(const struct search *self, size_t position, int64_t *tuple)
{
    const uint64_t *state = self->states + position * self->quads;
    for (size_t p = 0; p < self->observation->count; p++) {
        const struct observation_place *place = &self->observation->places[p];
        location_id location = place->thread < 0
                                   ? place->number
                                   : machine_register_location(self->machine, (size_t)place->thread, place->number);
        tuple[p] = machine_value(self->machine, state, location);
    }
}

static int compare_tuples(const int64_t *a, const int64_t *b, size_t count)
{
    size_t p = 0;
    while (p + 1 < count && a[p] == b[p])
        p++;
    return (a[p] > b[p]) - (a[p] < b[p]);
}

/* The row of the tuple at the end that a place is; a new one, with so many preemptions, where there is none. */
static struct survey_row *find_row(struct search *self, size_t position, uint32_t preemptions)
{
    struct survey *result = self->result;
    int64_t tuple[OBSERVATION_MAX];
    size_t row = 0, count = self->observation->count;
    read_tuple(self, position, tuple);
    while (row < result->count && compare_tuples(result->rows[row].tuple, tuple, count) < 0)
        row++;
    if (row < result->count && compare_tuples(result->rows[row].tuple, tuple, count) == 0)
        return &result->rows[row]; /* places are visited in the order of preemptions */
    result->rows = memory_grow(result->rows, result->count, &result->capacity, sizeof *result->rows);
    memmove(result->rows + row + 1, result->rows + row, (result->count - row) * sizeof *result->rows);
    result->rows[row] = (struct survey_row){.value = tuple[0], .preemptions = preemptions};
    memcpy(result->rows[row].tuple, tuple, count * sizeof *tuple);
    result->count++;
    return &result->rows[row];
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

static bool is_finished(const struct search *self, size_t position)
{
    const uint64_t *state = self->states + position * self->quads;
    return machine_finished(self->machine, state) == machine_everybody(self->machine);
}

static void end(struct search *self, size_t position, uint32_t preemptions)
{
    if (is_finished(self, position)) {
        end_with_changes(self, position);
        find_row(self, position, preemptions);
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
static void find_stuck(struct search *self, const size_t *first, const size_t *from)
{
    size_t *open = memory_new(self->count, sizeof *open), count = 0;
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
    memory_free(open);
}

/* Takes places away from which no step leads on any more; from each one that is left over a step leads to another such. */
static void find_rounds(struct search *self, const size_t *first, const size_t *from)
{
    size_t *open = memory_new(self->count, sizeof *open), *steps = memory_new(self->count, sizeof *steps);
    size_t count = 0, taken = 0;
    for (size_t l = 0; l < self->link_count; l++)
        steps[self->links[l].from]++;
    for (size_t p = 0; p < self->count; p++)
        if (steps[p] == 0)
            open[count++] = p;
    for (; count > 0; taken++) {
        size_t place = open[--count];
        for (size_t l = first[place]; l < first[place + 1]; l++)
            if (--steps[from[l]] == 0)
                open[count++] = from[l];
    }
    self->result->goes_on = taken < self->count;
    memory_free(open);
    memory_free(steps);
}

static void look_back(struct search *self)
{
    size_t *from = memory_new(self->link_count, sizeof *from), *first = sort_links(self, from);
    find_stuck(self, first, from);
    find_rounds(self, first, from);
    memory_free(first);
    memory_free(from);
}

/* ---- How likely ends are ---------------------------------------------------------------------------------------- */

/* Adds how likely it is that a schedule ends at a place, which is reached in this step with some probability. */
static void end_with(struct search *self, size_t position, double chance)
{
    const struct spot *place = &self->places[position];
    self->result->random_failure += chance * place->failing;
    if (place->is_end && is_finished(self, position))
        find_row(self, position, 0)->random += chance;
    else if (place->is_end)
        self->result->random_deadlock += chance;
}

/* Step by step: with which probability is a schedule where? Until next to none can still come to an end. */
static void find_chances(struct search *self)
{
    enum { ROUNDS_MAX = 100000 };
    double *now = memory_new(self->count, sizeof *now), *next = memory_new(self->count, sizeof *next), open = 1;
    for (size_t p = 0; p < self->count; p++)
        now[p] = self->places[p].begins;
    for (size_t round = 0; round < ROUNDS_MAX && open > 1e-13; round++) {
        open = 0;
        for (size_t p = 0; p < self->count; p++) {
            next[p] = 0;
            end_with(self, p, now[p]);
        }
        for (size_t l = 0; l < self->link_count; l++)
            next[self->links[l].to] += now[self->links[l].from] * self->links[l].chance;
        for (size_t p = 0; p < self->count; p++)
            open += self->places[p].ends ? next[p] : 0;
        double *swap = now;
        now = next;
        next = swap;
    }
    memory_free(now);
    memory_free(next);
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

/* A step of a thread, with one of the policy's options and one of the ways in which it can turn out. */
struct turn {
    size_t thread;
    unsigned option;
    unsigned way;
    double chance;
};

static void remember(struct search *self, size_t position, const struct turn *turn, const struct step *step,
                     uint32_t preemptions)
{
    struct enumerator_moment from = moment_of(self, self->states + position * self->quads);
    struct enumerator_moment to = moment_of(self, self->states + self->count * self->quads);
    struct enumerator_memory *memory = &self->places[self->count].memory;
    if (self->policy == NULL)
        return;
    from.ticks = (int64_t)step->ticks;
    from.yields = step->yields;
    if (self->policy->counts_preemptions)
        memory->preemptions = (int)preemptions;
    self->policy->after(self->policy->context, &from, &to, turn->option, turn->thread, memory);
}

static void take_step(struct search *self, size_t position, const struct turn *turn)
{
    struct step step;
    size_t thread = turn->thread;
    reserve_place(self);
    const struct spot before = self->places[position];
    uint64_t *state = self->states + position * self->quads, *next = self->states + self->count * self->quads;
    struct spot *after = &self->places[self->count];
    memcpy(next, state, self->quads * sizeof *next);
    machine_choose(self->machine, next, thread, turn->way, &step);
    if (step.result == STEP_TOO_NARROW) {
        machine_widen(self->machine, step.narrow, step.narrow_value);
        self->too_narrow = true;
        return;
    }
    self->result->fails |= step.result == STEP_FAILED;
    self->places[position].ends |= step.result == STEP_FAILED;
    self->places[position].failing += step.result == STEP_FAILED ? turn->chance : 0;
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
    bool preempts = !returns && before.last >= 0 && before.last != (int)thread &&
                    (moment_of(self, state).ready >> before.last & 1) != 0;
    remember(self, position, turn, &step, before.preemptions + preempts);
    add_link(self, position, arrive(self, before.preemptions + preempts, preempts), turn->chance);
}

/* All ways in which the step of a thread with an option can turn out. */
static void take_turns(struct search *self, size_t position, struct turn turn)
{
    unsigned ways = machine_choice_count(self->machine, self->states + position * self->quads, turn.thread);
    /* The states may move with each step. */
    look_at_word(self, self->states + position * self->quads, turn.thread);
    for (turn.way = 0; turn.way < ways && !self->too_narrow; turn.way++)
        take_step(self, position, &turn);
}

/* Who may step with an option of the policy; a return needs no processor, so no policy forbids it. */
static uint64_t choices_of(const struct search *self, size_t position, const struct enumerator_moment *moment,
                           unsigned option)
{
    uint64_t choices = option == 0 ? moment->ready : 0;
    if (self->policy != NULL && moment->ready != 0)
        choices = self->policy->choices(self->policy->context, moment, &self->places[position].memory, option);
    return option == 0 ? choices | moment->away : choices;
}

static void visit(struct search *self, size_t position)
{
    if (self->places[position].is_done)
        return;
    self->places[position].is_done = true;
    const uint64_t *state = self->states + position * self->quads;
    uint32_t preemptions = self->places[position].preemptions;
    look_inside(self, state, preemptions);
    struct enumerator_moment moment = moment_of(self, state);
    uint64_t choices[ENUMERATOR_OPTIONS_MAX];
    unsigned count = 0, options = self->policy != NULL ? self->policy->options : 1;
    for (unsigned option = 0; option < options; option++) {
        choices[option] = choices_of(self, position, &moment, option);
        for (uint64_t rest = choices[option]; rest != 0; rest &= rest - 1)
            count += machine_choice_count(self->machine, state, (size_t)__builtin_ctzll(rest));
    }
    self->places[position].ends = self->places[position].is_end = count == 0;
    if (count == 0)
        end(self, position, preemptions);
    for (size_t t = 0; t < moment.threads; t++)
        for (unsigned option = 0; option < options && !self->too_narrow; option++)
            if ((choices[option] >> t & 1) != 0)
                take_turns(self, position, (struct turn){.thread = t, .option = option, .chance = 1.0 / count});
}

/* ---- The search ------------------------------------------------------------------------------------------------- */

static void start_with(struct search *self, uint64_t which, uint64_t starts)
{
    size_t place = self->count;
    reserve_place(self);
    memset(self->states + place * self->quads, 0, self->quads * sizeof *self->states);
    memset(&self->places[place], 0, sizeof *self->places);
    memset(changes_of(self, place), 0, self->program->thread_count * sizeof *self->changes);
    machine_start(self->machine, self->states + place * self->quads);
    self->places[place].last = -1;
    self->places[place].memory.current = -1;
    self->places[place].memory.last = -1;
    if (self->policy != NULL)
        self->policy->start(self->policy->context, which, &self->places[place].memory);
    size_t position = arrive(self, 0, 0); /* the places may move */
    self->places[position].begins += 1.0 / (double)starts;
}

static void start(struct search *self)
{
    uint64_t starts = self->policy != NULL ? self->policy->starts : 1;
    self->quads = machine_bits(self->machine) / 64 + 1;
    for (uint64_t which = 0; which < starts; which++)
        start_with(self, which, starts);
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
    if (!self->too_narrow && !self->is_beyond) {
        look_back(self);
        find_chances(self);
    }
    search_clear(self);
    return !self->too_narrow;
}

static struct survey *run(struct search search)
{
    struct survey *result = NULL;
    struct search begun;
    search.machine = machine_new(search.program, NULL, true);
    do {
        survey_free(result);
        result = memory_new(1, sizeof *result);
        begun = search;
        begun.result = result;
    } while (!search_all(&begun));
    machine_free(search.machine);
    if (!begun.is_beyond)
        return result;
    survey_free(result);
    return NULL;
}

struct survey *survey_run(const struct program *program, uint32_t word, const struct enumerator_policy *policy)
{
    struct observation observation = observation_of(word);
    return run((struct search){.program = program,
                               .policy = policy,
                               .observation = &observation,
                               .word = word,
                               .places_max = SIZE_MAX,
                               .counts_preemptions = true});
}

struct survey *survey_run_within(const struct program *program, uint32_t word, const struct enumerator_policy *policy,
                                 size_t places)
{
    struct observation observation = observation_of(word);
    return run((struct search){
        .program = program, .policy = policy, .observation = &observation, .word = word, .places_max = places});
}

struct survey *survey_run_observing(const struct program *program, const struct observation *observation,
                                    const struct enumerator_policy *policy, size_t places)
{
    return run((struct search){.program = program,
                               .policy = policy,
                               .observation = observation,
                               .places_max = places,
                               .counts_preemptions = true});
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
