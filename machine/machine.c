#include "machine/machine_parts.h"

#include "base/memory.h"
#include "machine/liveness.h"
#include "program/predicate.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- Life ---------------------------------------------------------------------------------------------------- */

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

static bool has_kind(uint64_t kinds, enum micro_kind kind)
{
    return (kinds >> kind & 1) != 0;
}

/* A step has each instruction at most once: on every way round there is a switch point. */
static void find_longest_step(struct machine *self, const struct code *code)
{
    uint32_t longest = 1;
    for (uint32_t i = 0; i < code->count; i++)
        longest += code->instructions[i].no_switch;
    self->longest_step = longest > self->longest_step ? longest : self->longest_step;
}

/* What threads can do beside executing instructions, and how many bits it takes to tell. */
static void find_activities(struct machine *self)
{
    const struct program *program = self->program;
    uint64_t *kinds = memory_new(program->code_count, sizeof *kinds);
    for (size_t c = 0; c < program->code_count; c++) {
        kinds[c] = kinds_of(&program->codes[c]);
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
        leaves |= program->is_spurious && has_kind(own, MICRO_CWAIT);
        self->io |= (uint64_t)leaves << t;
    }
    memory_free(kinds);
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
            self->names_addresses |= (instruction_use(instruction, 0) & USE_ADDRESS) != 0;
        }
    self->keeps_popped = self->computes || moves;
    self->stride = self->register_count + (self->computes || uses_stack ? PROGRAM_STACK_MAX : 0);
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

/* Makes room for a location that had none; threads of a class have equal blocks. */
static void demand(struct machine *self, location_id location, int64_t value)
{
    if (!machine_is_on_demand(self, location) || value == machine_initial_value(self, location))
        return;
    self->stored[location] = true;
    if (!machine_is_stack(self, location))
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

struct machine *machine_new(const struct program *program, const bool *data, bool keep_dead)
{
    struct machine *self = memory_new(1, sizeof *self);
    self->program = program;
    self->keep_dead = keep_dead;
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
    start_ranges(self);
    machine_estimate_widths(self);
    machine_lay_out(self);
    return self;
}

void machine_free(struct machine *self)
{
    if (self == NULL)
        return;
    layout_free(&self->layout);
    for (size_t c = 0; c < self->program->code_count; c++)
        memory_free(self->live_of_codes[c]);
    memory_free(self->live_of_codes);
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

/* ---- Shape --------------------------------------------------------------------------------------------------- */

size_t machine_thread_count(const struct machine *self)
{
    return self->program->thread_count;
}

uint64_t machine_everybody(const struct machine *self)
{
    return UINT64_MAX >> (PROGRAM_THREADS_MAX - self->program->thread_count);
}

size_t machine_location_count(const struct machine *self)
{
    return self->location_count;
}

size_t machine_instruction_count(const struct machine *self, size_t thread)
{
    return self->instruction_counts[thread];
}

size_t machine_shared_count(const struct machine *self)
{
    return self->shared_count;
}

location_id machine_output_location(const struct machine *self)
{
    return self->output;
}

size_t machine_word_count(const struct machine *self)
{
    return self->program->word_count;
}

int machine_location_thread(const struct machine *self, location_id location)
{
    return location < self->shared_count ? -1 : (int)((location - self->shared_count) / self->stride);
}

unsigned machine_location_register(const struct machine *self, location_id location)
{
    assert(location >= self->shared_count);
    return (unsigned)((location - self->shared_count) % self->stride);
}

unsigned machine_register_count(const struct machine *self)
{
    return self->register_count;
}

location_id machine_register_location(const struct machine *self, size_t thread, unsigned number)
{
    return register_location(self, thread, number);
}

int64_t machine_location_queue(const struct machine *self, location_id location)
{
    if (location >= self->free_words)
        return -1;
    int64_t queue = (int64_t)self->program->objects[OBJECT_QUEUE].count - 1;
    while (queue >= 0 && location < self->queue_items[queue])
        queue--;
    return queue;
}

bool machine_is_free_word(const struct machine *self, location_id location)
{
    return location >= self->free_words && location < self->shared_count;
}

bool machine_is_stack(const struct machine *self, location_id location)
{
    return location >= self->shared_count && machine_location_register(self, location) >= self->register_count;
}

bool machine_is_on_demand(const struct machine *self, location_id location)
{
    return machine_is_free_word(self, location) || machine_is_stack(self, location) ||
           (self->computes && location < self->program->word_count);
}

static bool is_depth(const struct machine *self, location_id location)
{
    location_id first = self->object_locations[OBJECT_MUTEX];
    return first != LOCATION_NONE && location >= first && location < first + self->program->objects[OBJECT_MUTEX].count;
}

bool machine_is_value(const struct machine *self, location_id location)
{
    const struct object_list *objects = self->program->objects;
    return machine_location_thread(self, location) >= 0
               ? !machine_is_stack(self, location)
               : location < self->program->word_count + objects[OBJECT_SEMAPHORE].count + objects[OBJECT_EVENT].count;
}

const char *machine_control_reason(const struct machine *self, location_id location)
{
    if (machine_is_stack(self, location))
        return "stacks are stored";
    if (machine_is_on_demand(self, location))
        return "a computed address may be that of any word";
    if (is_depth(self, location))
        return "how often a mutex is locked is stored";
    if (location == self->output)
        return "what was printed is stored";
    if (self->asserted[location])
        return "an assertion reads it";
    if (self->delays[location])
        return "how long a thread sleeps is stored";
    if (self->picked[location])
        return "a register picks it from an array";
    return machine_location_queue(self, location) >= 0 ? "queues are stored" : NULL;
}

bool machine_is_always_control(const struct machine *self, location_id location)
{
    return machine_control_reason(self, location) != NULL;
}

static void print_queue_location(const struct machine *self, int64_t queue, location_id location, struct text *text)
{
    const char *name = program_object(self->program, OBJECT_QUEUE, (size_t)queue)->name;
    if (location == queue_length_location(self, queue))
        text_print(text, "length of queue %s", name);
    else
        text_print(text, "queue %s[%u]", name, location - self->queue_items[queue]);
}

/* The object that has one location, this one: its kind, and *number. */
static enum object_kind object_at(const struct machine *self, location_id location, size_t *number)
{
    static const enum object_kind kinds[] = {OBJECT_MUTEX, OBJECT_EVENT, OBJECT_SEMAPHORE}; /* last to first */
    size_t k = 0;
    while (self->object_locations[kinds[k]] == LOCATION_NONE || location < self->object_locations[kinds[k]])
        k++;
    *number = location - self->object_locations[kinds[k]];
    return kinds[k];
}

static void print_object_location(const struct machine *self, location_id location, struct text *text)
{
    size_t number;
    enum object_kind kind = object_at(self, location, &number);
    text_print(text, "%s%s %s", kind == OBJECT_MUTEX ? "depth of " : "", object_kind_name(kind),
               program_object(self->program, kind, number)->name);
}

char *machine_location_name(const struct machine *self, location_id location)
{
    const struct program *program = self->program;
    int64_t queue = machine_location_queue(self, location);
    if (location < program->word_count)
        return program_word_name(program, location);
    struct text text = TEXT_INIT;
    if (queue >= 0)
        print_queue_location(self, queue, location, &text);
    else if (machine_is_free_word(self, location))
        text_print(&text, "memory without a name");
    else if (machine_is_stack(self, location))
        text_print(&text, "stack of %s", program->threads[machine_location_thread(self, location)].name);
    else if (location == self->output)
        text_print(&text, "output");
    else if (location < self->shared_count)
        print_object_location(self, location, &text);
    else
        text_print(&text, "%%%s of %s", machine_register_name(self, machine_location_register(self, location)),
                   program->threads[machine_location_thread(self, location)].name);
    return text_take(&text);
}

int64_t machine_initial_value(const struct machine *self, location_id location)
{
    const struct program *program = self->program;
    if (location < program->word_count)
        return program->words[location];
    if (location == self->output)
        return 0;
    if (machine_location_queue(self, location) >= 0)
        return 0;
    if (machine_is_free_word(self, location) || machine_is_stack(self, location))
        return 0;
    if (location < self->shared_count) {
        size_t number;
        enum object_kind kind = object_at(self, location, &number);
        return program_object(program, kind, number)->number;
    }
    unsigned number = machine_location_register(self, location);
    return number < REGISTER_COUNT ? program->threads[machine_location_thread(self, location)].registers[number] : 0;
}

bool machine_is_preset(const struct machine *self, location_id location)
{
    if (location < self->shared_count || machine_is_stack(self, location))
        return false;
    bool is_stack_pointer = machine_location_register(self, location) == REGISTER_SP;
    return machine_initial_value(self, location) != (is_stack_pointer ? PROGRAM_STACK_END : 0);
}

bool machine_is_data(const struct machine *self, location_id location)
{
    return self->data[location];
}

bool machine_is_mentioned(const struct machine *self, location_id location)
{
    return self->mentioned[location];
}

size_t machine_class(const struct machine *self, size_t thread)
{
    return self->classes[thread];
}

/* ---- Critical sections --------------------------------------------------------------------------------------- */

size_t machine_section_count(const struct machine *self)
{
    return self->program->section_count;
}

const char *machine_section_name(const struct machine *self, size_t section)
{
    return self->program->sections[section];
}

bool machine_is_inside(const struct machine *self, size_t thread, uint32_t index, size_t section)
{
    const struct code *code = thread_code(self, thread);
    return index < code->count && (code->instructions[index].sections >> section & 1) != 0;
}

uint64_t machine_inside(const struct machine *self, const uint64_t *state, size_t section)
{
    uint64_t inside = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        inside |= (uint64_t)machine_is_inside(self, t, machine_index(self, state, t), section) << t;
    return inside;
}

bool machine_overlaps(const struct machine *self, const uint64_t *state, size_t section)
{
    uint64_t inside = machine_inside(self, state, section);
    bool are_shared = true;
    for (uint64_t rest = inside; rest != 0; rest &= rest - 1) {
        size_t thread = (size_t)__builtin_ctzll(rest);
        const struct instruction *instruction = instruction_at(self, thread, machine_index(self, state, thread));
        are_shared = are_shared && (instruction->shared >> section & 1) != 0;
    }
    return (inside & (inside - 1)) != 0 && !are_shared;
}

/* ---- The state ----------------------------------------------------------------------------------------------- */

size_t machine_bits(const struct machine *self)
{
    return self->layout.bits;
}

struct machine_block machine_block(const struct machine *self, size_t thread)
{
    return self->layout.blocks[thread];
}

/* ---- For people ---------------------------------------------------------------------------------------------- */

/* ", held by T0 and T2" */
static void print_threads(const struct machine *self, uint64_t threads, const char *before, struct text *text)
{
    for (size_t t = 0; t < self->program->thread_count; t++)
        if (threads >> t & 1) {
            text_print(text, "%s%s", before, self->program->threads[t].name);
            threads &= threads - 1;
            before = (threads & (threads - 1)) != 0 ? ", " : " and ";
        }
}

static void describe_lock(const struct machine *self, const uint64_t *state, enum micro_kind kind, int64_t object,
                          struct text *text)
{
    bool is_mutex = kind == MICRO_LOCK || kind == MICRO_CWAIT;
    text_print(text, "%s %s", is_mutex ? "mutex" : "read-write lock",
               program_object(self->program, is_mutex ? OBJECT_MUTEX : OBJECT_RWLOCK, (size_t)object)->name);
    if (is_mutex)
        print_threads(self, machine_holders(self, state, HOLD_MUTEX, object), ", held by ", text);
    else
        print_threads(self,
                      machine_holders(self, state, HOLD_READING, object) |
                          machine_holders(self, state, HOLD_WRITING, object),
                      ", held by ", text);
}

static void describe_sleep(const struct machine *self, const uint64_t *state, enum micro_kind kind, int64_t object,
                           struct text *text)
{
    if (kind == MICRO_CWAIT) {
        text_print(text, "condition %s, until it is signalled",
                   program_object(self->program, OBJECT_CONDITION, (size_t)object)->name);
        return;
    }
    const struct object *barrier = program_object(self->program, OBJECT_BARRIER, (size_t)object);
    text_print(text, "barrier %s, where %d of %" PRId64 " have arrived", barrier->name,
               __builtin_popcountll(machine_sleepers(self, state, MICRO_ARRIVE, object)), barrier->number);
}

void machine_describe_wait(const struct machine *self, const uint64_t *state, size_t thread, struct text *text)
{
    enum activity activity = machine_activity(self, state, thread);
    if (activity == ACTIVITY_UNBORN) { /* even where it has no instruction to wait at */
        text_print(text, "a thread that spawns it");
        return;
    }
    const struct instruction *instruction = instruction_at(self, thread, machine_index(self, state, thread));
    enum micro_kind kind = instruction_kind(instruction);
    int64_t object = machine_object(self, state, thread, &instruction->operands[activity == ACTIVITY_WOKEN]);
    const struct program *program = self->program;
    if (activity == ACTIVITY_ASLEEP)
        describe_sleep(self, state, kind, object, text);
    else if (kind == MICRO_LOCK || kind == MICRO_CWAIT || kind == MICRO_RDLOCK || kind == MICRO_WRLOCK)
        describe_lock(self, state, kind, object, text);
    else if (kind == MICRO_WAIT)
        text_print(text, "semaphore %s, which has no permit left",
                   program_object(program, OBJECT_SEMAPHORE, (size_t)object)->name);
    else if (kind == MICRO_PUT || kind == MICRO_GET)
        text_print(text, "queue %s, which is %s", program_object(program, OBJECT_QUEUE, (size_t)object)->name,
                   kind == MICRO_PUT ? "full" : "empty");
    else if (kind == MICRO_AWAIT)
        text_print(text, "event %s, which is not set", program_object(program, OBJECT_EVENT, (size_t)object)->name);
    else if (kind == MICRO_JOIN)
        text_print(text, "thread %s, which has not finished", program->threads[object].name);
    else if (kind == MICRO_DELAY)
        text_print(text, "its time, which passes when nobody can go on");
}

const char *machine_failure_text(enum failure failure)
{
    static const char *const texts[FAILURE_COUNT] = {
        [FAILURE_NONE] = "no error",
        [FAILURE_OVERFLOW] = "the result does not fit 64 bits",
        [FAILURE_UNLOCK] = "unlocks a mutex that the thread does not hold",
        [FAILURE_ADDRESS] = "the address lies outside memory",
        [FAILURE_INSIDE] = "the address lies inside a word",
        [FAILURE_MEMORY] = "more than 64 words without a name are in use",
        [FAILURE_PUSH] = "a push onto a full stack",
        [FAILURE_POP] = "a pop from an empty stack",
        [FAILURE_RETURN] = "a return without a call",
        [FAILURE_DIVISION] = "a division by zero",
        [FAILURE_SHIFT] = "a shift by less than 0 or more than 63 bits",
        [FAILURE_ELEMENT] = "the array has no such element",
        [FAILURE_RELEASE] = "unlocks a read-write lock that the thread does not hold",
        [FAILURE_SLEEP] = "waits on a condition with a mutex that the thread does not hold exactly once",
        [FAILURE_ASSERT] = "the assertion does not hold",
        [FAILURE_SPAWN] = "starts a thread that has begun",
        [FAILURE_SAID] = "fails",
    };
    return texts[failure];
}

char *machine_describe_failure(const struct machine *self, size_t thread, uint32_t index, enum failure failure)
{
    struct text text = TEXT_INIT;
    char *instruction = machine_instruction_text(self, thread, index);
    const char *words = machine_failure_text(failure);
    if (failure == FAILURE_SAID)
        words = self->program->strings[instruction_at(self, thread, index)->operands[0].value];
    text_print(&text, "%s:%u:%u: %s: %s: %s", machine_file(self, thread), machine_line(self, thread, index),
               machine_column(self, thread, index), machine_thread_name(self, thread), instruction, words);
    memory_free(instruction);
    return text_take(&text);
}

void machine_name_threads(const struct machine *self, uint64_t threads, struct text *text)
{
    for (uint64_t rest = threads; rest != 0; rest &= rest - 1) {
        bool is_last = (rest & (rest - 1)) == 0;
        text_print(text, "%s%s",
                   rest == threads ? ""
                   : is_last       ? " and "
                                   : ", ",
                   machine_thread_name(self, (size_t)__builtin_ctzll(rest)));
    }
}

uint32_t machine_ticks(const struct machine *self, size_t thread, uint32_t index)
{
    return instruction_at(self, thread, index)->ticks;
}

bool machine_yields(const struct machine *self, size_t thread, uint32_t index)
{
    return instruction_kind(instruction_at(self, thread, index)) == MICRO_YIELD;
}

uint32_t machine_line(const struct machine *self, size_t thread, uint32_t index)
{
    return instruction_at(self, thread, index)->place.line;
}

uint32_t machine_column(const struct machine *self, size_t thread, uint32_t index)
{
    return instruction_at(self, thread, index)->place.column;
}

char *machine_instruction_text(const struct machine *self, size_t thread, uint32_t index)
{
    return program_instruction_text(self->program, thread_code(self, thread), instruction_at(self, thread, index));
}

const char *machine_thread_name(const struct machine *self, size_t thread)
{
    return self->program->threads[thread].name;
}

const char *machine_register_name(const struct machine *self, unsigned number)
{
    return program_register_name(self->program, number);
}

const char *machine_reading(const struct machine *self)
{
    return self->program->reading;
}

const char *machine_source(const struct machine *self)
{
    return self->program->source;
}

const char *machine_file(const struct machine *self, size_t thread)
{
    return self->program->files[thread_code(self, thread)->file].name;
}
