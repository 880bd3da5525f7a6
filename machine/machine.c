/* How a machine is made of a program: what has a location, how many bits that takes, and which threads are alike. */
#include "machine/machine_parts.h"

#include "base/memory.h"
#include "machine/liveness.h"
#include "machine/store_buffer.h"
#include "program/predicate.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void mention_effects(struct machine *self, size_t thread)
{
    for (uint32_t i = 0; i < self->instruction_counts[thread]; i++) {
        struct effect effect;
        machine_effect(self, thread, i, &effect);
        for (size_t d = 0; d < effect.decider_count; d++)
            self->mentioned[effect.deciders[d]] = true;
        for (size_t a = 0; a < effect.assignment_count; a++) {
            self->mentioned[effect.assignments[a].target] = true;
            for (size_t s = 0; s < effect.assignments[a].term_count; s++)
                self->mentioned[effect.assignments[a].terms[s].source] = true;
        }
        self->blocks |= effect.may_block;
    }
}

/* An effect names of a queue its length and first item alone; whoever uses one uses all. */
static void mention_queues(struct machine *self)
{
    for (size_t q = 0; q < self->program->objects[OBJECT_QUEUE].count; q++)
        for (location_id l = self->queue_items[q]; l < queue_length_location(self, (int64_t)q); l++)
            self->mentioned[l] = self->mentioned[queue_length_location(self, (int64_t)q)];
}

/* An effect names of an array the first element alone. */
static void pick(struct machine *self, const struct operand *operand)
{
    enum object_kind kind = operand_object_kind(operand);
    for (int64_t n = operand->first; n < operand->first + operand->extent; n++) {
        if (kind == OBJECT_QUEUE)
            self->picked[queue_length_location(self, n)] = true;
        else if (self->object_locations[kind] != LOCATION_NONE)
            self->picked[object_location(self, kind, n)] = true;
    }
}

static void note_asserted(void *context, size_t word)
{
    struct machine *self = context;
    self->asserted[word] = self->mentioned[word] = true;
}

static void mention_asserted(struct machine *self)
{
    for (size_t p = 0; p < self->program->predicate_count; p++)
        predicate_visit(self->program->predicates[p], self, note_asserted, NULL);
}

static void mention_picked(struct machine *self)
{
    for (size_t c = 0; c < self->program->code_count; c++)
        for (uint32_t i = 0; i < self->program->codes[c].count; i++)
            for (size_t o = 0; o < 2; o++)
                if (operand_is_picked(&self->program->codes[c].instructions[i].operands[o]))
                    pick(self, &self->program->codes[c].instructions[i].operands[o]);
    for (location_id l = 0; l < self->shared_count; l++)
        self->mentioned[l] |= self->picked[l];
}

static void note_delays(struct machine *self)
{
    for (size_t c = 0; c < self->program->code_count; c++)
        for (uint32_t i = 0; i < self->program->codes[c].count; i++) {
            const struct instruction *instruction = &self->program->codes[c].instructions[i];
            if (instruction->opcode == OPCODE_DELAY)
                self->delays[instruction->operands[0].value] = true;
        }
}

/* How often a recursive mutex is locked no effect names. */
static void mention_depths(struct machine *self)
{
    location_id first = self->object_locations[OBJECT_MUTEX];
    for (size_t m = 0; first != LOCATION_NONE && m < self->program->objects[OBJECT_MUTEX].count; m++)
        self->mentioned[first + m] = program_object(self->program, OBJECT_MUTEX, m)->is_recursive;
}

/* A computed address may be that of any word. */
static void mention_words(struct machine *self)
{
    for (location_id w = 0; self->computes && w < self->program->word_count; w++)
        self->mentioned[w] = true;
}

static bool same_threads(const struct program *program, size_t a, size_t b)
{
    return program->threads[a].code == program->threads[b].code &&
           memcmp(program->threads[a].registers, program->threads[b].registers, sizeof program->threads[a].registers) ==
               0;
}

/* What an instruction says of one thread it does not say of another. */
static void find_named(struct machine *self)
{
    for (size_t c = 0; c < self->program->code_count; c++)
        for (uint32_t i = 0; i < self->program->codes[c].count; i++) {
            const struct operand *operand = &self->program->codes[c].instructions[i].operands[0];
            if (operand->kind == OPERAND_THREAD)
                self->named |= UINT64_C(1) << operand->value;
        }
    for (size_t t = 0; t < self->program->thread_count; t++)
        self->named |= (uint64_t)(self->program->threads[t].is_later || self->program->threads[t].observed != 0) << t;
}

/* Threads of the first occurrence of a code share its mentioned registers: effects are looked at once for each code. */
static void find_classes(struct machine *self)
{
    size_t next = 0;
    find_named(self);
    for (size_t t = 0; t < self->program->thread_count; t++) {
        self->instruction_counts[t] = thread_code(self, t)->count;
        self->instructions[t] = thread_code(self, t)->instructions;
        self->classes[t] = next;
        for (size_t other = 0; other < t && self->classes[t] == next; other++)
            if (((self->named >> t | self->named >> other) & 1) == 0 && same_threads(self->program, t, other))
                self->classes[t] = self->classes[other];
        if (self->classes[t] == next)
            next++;
    }
}

static void find_mentioned(struct machine *self)
{
    for (size_t t = 0; t < self->program->thread_count; t++) {
        size_t first = 0;
        while (self->program->threads[first].code != self->program->threads[t].code)
            first++;
        if (first == t)
            mention_effects(self, t);
        else
            memcpy(self->mentioned + register_location(self, t, 0), self->mentioned + register_location(self, first, 0),
                   self->register_count * sizeof *self->mentioned);
    }
    mention_asserted(self);
    mention_picked(self);
    note_delays(self);
    mention_queues(self);
    mention_depths(self);
    mention_words(self);
}

/* Which kinds of micro-operations a code has, a bit each. */
static uint64_t kinds_of(const struct code *code)
{
    uint64_t kinds = 0;
    for (uint32_t i = 0; i < code->count; i++)
        kinds |= UINT64_C(1) << instruction_kind(&code->instructions[i]);
    return kinds;
}

static bool can_give_up(const struct code *code)
{
    uint32_t i = 0;
    while (i < code->count && code->instructions[i].gives_up == 0)
        i++;
    return i < code->count;
}

static bool has_kind(uint64_t kinds, enum micro_kind kind)
{
    return (kinds >> kind & 1) != 0;
}

/* A step has each instruction at most once: on every way round there is a switch point. */
static void find_longest_step(struct machine *self, const struct code *code)
{
    uint32_t longest = 1;
    uint64_t dearest = 0, together = 0;
    for (uint32_t i = 0; i < code->count; i++) {
        const struct instruction *instruction = &code->instructions[i];
        longest += instruction->no_switch;
        dearest = instruction->ticks > dearest ? instruction->ticks : dearest;
        together += instruction->no_switch ? instruction->ticks : 0;
    }
    dearest += together;
    self->longest_step = longest > self->longest_step ? longest : self->longest_step;
    self->dearest_step = dearest > self->dearest_step ? dearest : self->dearest_step;
}

/* What threads can do beside executing instructions, and how many bits it takes to tell. */
static void find_activities(struct machine *self)
{
    const struct program *program = self->program;
    uint64_t *kinds = memory_new(program->code_count, sizeof *kinds);
    bool *gives_up = memory_new(program->code_count, sizeof *gives_up);
    for (size_t c = 0; c < program->code_count; c++) {
        kinds[c] = kinds_of(&program->codes[c]);
        gives_up[c] = can_give_up(&program->codes[c]);
        for (enum micro_kind kind = MICRO_NONE; kind < MICRO_KIND_COUNT; kind++)
            self->has_choices |= has_kind(kinds[c], kind) && micro_kinds[kind].has_outcomes;
        find_longest_step(self, &program->codes[c]);
    }
    for (size_t t = 0; t < program->thread_count; t++) {
        uint64_t own = kinds[program->threads[t].code];
        bool is_later = program->threads[t].is_later, leaves = has_kind(own, MICRO_LEAVE);
        bool sleeps = has_kind(own, MICRO_CWAIT) || has_kind(own, MICRO_ARRIVE);
        self->activity_bits[t] = is_later ? 3 : sleeps ? 2 : leaves;
        self->blocks |= is_later;
        leaves |= (program->is_spurious && has_kind(own, MICRO_CWAIT)) || gives_up[program->threads[t].code];
        self->io |= (uint64_t)leaves << t;
    }
    memory_free(kinds);
    memory_free(gives_up);
}

/* Whether an instruction moves %sp otherwise than by pushing and popping, so that it can come back to what was popped. */
static bool moves_stack(const struct instruction *instruction)
{
    return !instruction_uses_stack(instruction) && (instruction_writes(instruction) >> REGISTER_SP & 1) != 0;
}

static void find_memory_use(struct machine *self)
{
    bool uses_stack = false, moves = false;
    for (size_t c = 0; c < self->program->code_count; c++)
        for (uint32_t i = 0; i < self->program->codes[c].count; i++) {
            const struct instruction *instruction = &self->program->codes[c].instructions[i];
            self->computes |= instruction_computes(instruction);
            uses_stack |= instruction_uses_stack(instruction);
            moves |= moves_stack(instruction);
            self->has_parts |= instruction->part_end > 0;
            self->names_addresses |= (instruction_use(instruction, 0) & USE_ADDRESS) != 0;
        }
    self->keeps_popped = self->computes || moves;
    self->stack_count = self->computes || uses_stack ? PROGRAM_STACK_MAX : 0;
    self->buffer_size = store_buffer_size(self->program);
    self->blocks |= self->buffer_size > 0;
    self->stride = self->register_count + self->stack_count + store_buffer_locations(self->buffer_size);
}

static void extend_range(struct range *range, int64_t value)
{
    range->least = value < range->least ? value : range->least;
    range->greatest = value > range->greatest ? value : range->greatest;
}

/* All addresses of free words have one range and all values have one, since they move from one place to the next. */
static void note_free_word(struct machine *self, location_id location, int64_t value)
{
    location_id first = self->free_words + (location - self->free_words) % 2;
    for (size_t n = 0; n < PROGRAM_FREE_WORDS_MAX; n++)
        extend_range(&self->ranges[first + 2 * n], value);
}

/* All words in the buffer of a thread have one range and all values have one, likewise. */
static void note_buffer(struct machine *self, location_id location, int64_t value)
{
    location_id first = store_buffer_first(self, location);
    for (location_id n = 0; n < self->buffer_size; n++)
        extend_range(&self->ranges[first + n], value);
}

/* Makes room for a location that had none; threads of a class have equal blocks. */
static void demand(struct machine *self, location_id location, int64_t value)
{
    if (!machine_is_on_demand(self, location) || value == machine_initial_value(self, location))
        return;
    self->stored[location] = true;
    if (machine_location_thread(self, location) < 0)
        return;
    size_t thread = (size_t)machine_location_thread(self, location);
    for (size_t t = 0; t < self->program->thread_count; t++)
        if (self->classes[t] == self->classes[thread])
            self->stored[register_location(self, t, machine_location_register(self, location))] = true;
}

void machine_note_value(struct machine *self, location_id location, int64_t value)
{
    demand(self, location, value);
    if (machine_is_free_word(self, location)) {
        note_free_word(self, location, value);
        return;
    }
    if (store_buffer_has(self, location)) {
        note_buffer(self, location, value);
        return;
    }
    int64_t queue = machine_location_queue(self, location);
    if (queue < 0 || location == queue_length_location(self, queue)) {
        extend_range(&self->ranges[location], value);
        return;
    }
    for (location_id l = self->queue_items[queue]; l < queue_length_location(self, queue); l++)
        extend_range(&self->ranges[l], value);
}

static void start_ranges(struct machine *self)
{
    for (location_id l = 0; l < self->location_count; l++) {
        int64_t first = machine_initial_value(self, l);
        self->ranges[l] = (struct range){first < 0 ? first : 0, first > 0 ? first : 0};
        self->stored[l] = self->mentioned[l] && !self->data[l] && !machine_is_on_demand(self, l);
        assert(!self->data[l] || !machine_is_always_control(self, l));
    }
    for (size_t q = 0; q < self->program->objects[OBJECT_QUEUE].count; q++)
        machine_note_value(self, queue_length_location(self, (int64_t)q),
                           program_object(self->program, OBJECT_QUEUE, q)->number);
}

static bool has_recursive(const struct program *program)
{
    for (size_t m = 0; m < program->objects[OBJECT_MUTEX].count; m++)
        if (program_object(program, OBJECT_MUTEX, m)->is_recursive)
            return true;
    return false;
}

/* Gives a location to each object of a kind. */
static void number_objects(struct machine *self, enum object_kind kind)
{
    self->object_locations[kind] = (location_id)self->shared_count;
    self->shared_count += self->program->objects[kind].count;
}

static void number_shared(struct machine *self)
{
    const struct program *program = self->program;
    self->shared_count = program->word_count;
    for (enum object_kind kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        self->object_locations[kind] = LOCATION_NONE;
    number_objects(self, OBJECT_SEMAPHORE);
    number_objects(self, OBJECT_EVENT);
    if (has_recursive(program))
        number_objects(self, OBJECT_MUTEX);
    self->output = program->outputs != NULL ? (location_id)self->shared_count++ : LOCATION_NONE;
    self->count = program->counting != NULL ? (location_id)self->shared_count++ : LOCATION_NONE;
    self->queue_items = memory_new(program->objects[OBJECT_QUEUE].count, sizeof *self->queue_items);
    for (size_t q = 0; q < program->objects[OBJECT_QUEUE].count; q++) {
        self->queue_items[q] = (location_id)self->shared_count;
        self->shared_count += (size_t)program_object(program, OBJECT_QUEUE, q)->number + 1;
    }
    self->free_words = (location_id)self->shared_count;
    if (self->computes)
        self->shared_count += 2 * PROGRAM_FREE_WORDS_MAX;
}

static int compare_addresses(const void *a, const void *b)
{
    const struct variable *const *left = a, *const *right = b;
    return ((*left)->address > (*right)->address) - ((*left)->address < (*right)->address);
}

static void list_anonymous(struct machine *self)
{
    const struct program *program = self->program;
    self->anonymous = memory_new(program->variable_count, sizeof *self->anonymous);
    for (size_t v = 0; v < program->variable_count; v++)
        if (program->variables[v].word >= program->declared_words)
            self->anonymous[self->anonymous_count++] = &program->variables[v];
    qsort(self->anonymous, self->anonymous_count, sizeof *self->anonymous, compare_addresses);
}

/* The registers that are looked at behind the end of a code, by some thread that runs it. */
static register_set observed_registers(const struct program *program, size_t code)
{
    register_set observed = 0;
    for (size_t t = 0; t < program->thread_count; t++)
        if (program->threads[t].code == code)
            observed |= program->threads[t].observed;
    return observed;
}

static struct machine *make(const struct program *program, const bool *data, bool keep_dead, bool guarded)
{
    struct machine *self = memory_new(1, sizeof *self);
    self->program = program;
    self->keep_dead = keep_dead;
    self->guarded = guarded;
    self->register_count = (unsigned)program_register_count(program);
    find_memory_use(self);
    number_shared(self);
    list_anonymous(self);
    self->location_count = self->shared_count + program->thread_count * self->stride;
    self->data = memory_new(self->location_count, sizeof *self->data);
    if (data != NULL)
        memcpy(self->data, data, self->location_count * sizeof *self->data);
    self->mentioned = memory_new(self->location_count, sizeof *self->mentioned);
    self->stored = memory_new(self->location_count, sizeof *self->stored);
    self->picked = memory_new(self->location_count, sizeof *self->picked);
    self->asserted = memory_new(self->location_count, sizeof *self->asserted);
    self->delays = memory_new(self->location_count, sizeof *self->delays);
    self->activity_bits = memory_new(program->thread_count, sizeof *self->activity_bits);
    self->ranges = memory_new(self->location_count, sizeof *self->ranges);
    self->classes = memory_new(program->thread_count, sizeof *self->classes);
    self->instruction_counts = memory_new(program->thread_count, sizeof *self->instruction_counts);
    self->instructions = memory_new(program->thread_count, sizeof *self->instructions);
    self->live_of_codes = memory_new(program->code_count, sizeof *self->live_of_codes);
    self->live = memory_new(program->thread_count, sizeof *self->live);
    for (size_t c = 0; c < program->code_count; c++)
        self->live_of_codes[c] = liveness_compute(&program->codes[c], observed_registers(program, c));
    for (size_t t = 0; t < program->thread_count; t++)
        self->live[t] = self->live_of_codes[program->threads[t].code];
    find_classes(self);
    find_mentioned(self);
    find_activities(self);
    machine_find_local(self);
    start_ranges(self);
    if (!guarded)
        machine_estimate_widths(self);
    machine_lay_out(self);
    return self;
}

struct machine *machine_new(const struct program *program, const bool *data, bool keep_dead)
{
    return make(program, data, keep_dead, false);
}

struct machine *machine_new_guarded(const struct program *program, const bool *data)
{
    return make(program, data, false, true);
}

bool machine_is_guarded(const struct machine *self)
{
    return self->guarded;
}

void machine_free(struct machine *self)
{
    if (self == NULL)
        return;
    layout_free(&self->layout);
    for (size_t c = 0; c < self->program->code_count; c++) {
        memory_free(self->live_of_codes[c]);
        memory_free(self->local_of_codes[c]);
    }
    memory_free(self->live_of_codes);
    memory_free(self->local_of_codes);
    memory_free(self->live);
    memory_free(self->anonymous);
    memory_free(self->queue_items);
    memory_free(self->instructions);
    memory_free(self->instruction_counts);
    memory_free(self->classes);
    memory_free(self->ranges);
    memory_free(self->stored);
    memory_free(self->picked);
    memory_free(self->asserted);
    memory_free(self->delays);
    memory_free(self->activity_bits);
    memory_free(self->mentioned);
    memory_free(self->data);
    memory_free(self);
}

void machine_lay_out(struct machine *self)
{
    struct layout_plan plan = {
        .thread_count = self->program->thread_count,
        .location_count = self->location_count,
        .shared_count = self->shared_count,
        .stride = self->stride,
        .register_count = self->register_count,
        .held_bits = self->program->objects[OBJECT_MUTEX].count + 2 * self->program->objects[OBJECT_RWLOCK].count,
        .classes = self->classes,
        .instruction_counts = self->instruction_counts,
        .activity_bits = self->activity_bits,
        .stored = self->stored,
        .ranges = self->ranges,
    };
    layout_build(&self->layout, &plan);
}

/* Doubling the distance to the value keeps the number of restarts small when a value creeps upwards. */
void machine_widen(struct machine *self, location_id location, int64_t value)
{
    machine_note_value(self, location, value);
    if (value <= INT64_MAX / 2 && value >= INT64_MIN / 2)
        machine_note_value(self, location, 2 * value);
    machine_lay_out(self);
}
