#include "models/machine_parts.h"

#include "base/memory.h"
#include "models/liveness.h"

#include <assert.h>
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

static bool same_threads(const struct program *program, size_t a, size_t b)
{
    return program->threads[a].code == program->threads[b].code &&
           memcmp(program->threads[a].registers, program->threads[b].registers,
                  sizeof program->threads[a].registers) == 0;
}

/* Threads of the first occurrence of a code share its mentioned registers: effects are looked at once for each code. */
static void find_classes(struct machine *self)
{
    size_t next = 0;
    for (size_t t = 0; t < self->program->thread_count; t++) {
        self->instruction_counts[t] = thread_code(self, t)->count;
        self->classes[t] = next;
        for (size_t other = 0; other < t && self->classes[t] == next; other++)
            if (same_threads(self->program, t, other))
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
                   REGISTER_COUNT * sizeof *self->mentioned);
    }
}

void machine_note_value(struct machine *self, location_id location, int64_t value)
{
    struct range *range = &self->ranges[location];
    range->least = value < range->least ? value : range->least;
    range->greatest = value > range->greatest ? value : range->greatest;
}

static void start_ranges(struct machine *self)
{
    for (location_id l = 0; l < self->location_count; l++) {
        int64_t first = machine_initial_value(self, l);
        self->ranges[l] = (struct range){first < 0 ? first : 0, first > 0 ? first : 0};
        self->stored[l] = self->mentioned[l] && !self->data[l];
    }
}

struct machine *machine_new(const struct program *program, const bool *data, bool keep_dead)
{
    struct machine *self = memory_new(1, sizeof *self);
    self->program = program;
    self->keep_dead = keep_dead;
    self->shared_count = program->word_count + program->semaphore_count;
    self->location_count = self->shared_count + program->thread_count * REGISTER_COUNT;
    self->data = memory_new(self->location_count, sizeof *self->data);
    if (data != NULL)
        memcpy(self->data, data, self->location_count * sizeof *self->data);
    self->mentioned = memory_new(self->location_count, sizeof *self->mentioned);
    self->stored = memory_new(self->location_count, sizeof *self->stored);
    self->ranges = memory_new(self->location_count, sizeof *self->ranges);
    self->classes = memory_new(program->thread_count, sizeof *self->classes);
    self->instruction_counts = memory_new(program->thread_count, sizeof *self->instruction_counts);
    self->live = memory_new(program->code_count, sizeof *self->live);
    for (size_t c = 0; c < program->code_count; c++)
        self->live[c] = liveness_compute(&program->codes[c]);
    find_classes(self);
    find_mentioned(self);
    start_ranges(self);
    machine_rehearse(self);
    machine_lay_out(self);
    return self;
}

void machine_free(struct machine *self)
{
    if (self == NULL)
        return;
    layout_free(&self->layout);
    for (size_t c = 0; c < self->program->code_count; c++)
        memory_free(self->live[c]);
    memory_free(self->live);
    memory_free(self->instruction_counts);
    memory_free(self->classes);
    memory_free(self->ranges);
    memory_free(self->stored);
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
        .register_count = REGISTER_COUNT,
        .mutex_count = self->program->mutex_count,
        .classes = self->classes,
        .instruction_counts = self->instruction_counts,
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

size_t machine_word_count(const struct machine *self)
{
    return self->program->word_count;
}

int machine_location_thread(const struct machine *self, location_id location)
{
    return location < self->shared_count ? -1 : (int)((location - self->shared_count) / REGISTER_COUNT);
}

unsigned machine_location_register(const struct machine *self, location_id location)
{
    assert(location >= self->shared_count);
    return (unsigned)((location - self->shared_count) % REGISTER_COUNT);
}

unsigned machine_register_count(const struct machine *self)
{
    (void)self;
    return REGISTER_COUNT;
}

location_id machine_register_location(const struct machine *self, size_t thread, unsigned number)
{
    return register_location(self, thread, number);
}

char *machine_location_name(const struct machine *self, location_id location)
{
    const struct program *program = self->program;
    if (location < program->word_count)
        return program_word_name(program, location);
    struct text text = TEXT_INIT;
    if (location < self->shared_count)
        text_print(&text, "semaphore %s", program->semaphores[location - program->word_count].name);
    else
        text_print(&text, "%%%s of %s", register_name(machine_location_register(self, location)),
                   program->threads[machine_location_thread(self, location)].name);
    return text_take(&text);
}

int64_t machine_initial_value(const struct machine *self, location_id location)
{
    const struct program *program = self->program;
    if (location < program->word_count)
        return program->words[location];
    if (location < self->shared_count)
        return program->semaphores[location - program->word_count].initial;
    return program->threads[machine_location_thread(self, location)]
        .registers[machine_location_register(self, location)];
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

size_t machine_bits(const struct machine *self)
{
    return self->layout.bits;
}

struct machine_block machine_block(const struct machine *self, size_t thread)
{
    return self->layout.blocks[thread];
}

/* ---- For people ---------------------------------------------------------------------------------------------- */

static const struct instruction *instruction_at(const struct machine *self, size_t thread, uint32_t index)
{
    assert(index < thread_code(self, thread)->count);
    return &thread_code(self, thread)->instructions[index];
}

static void describe_mutex(const struct machine *self, const uint64_t *state, int64_t mutex, struct text *text)
{
    text_print(text, "mutex %s", self->program->mutexes[mutex]);
    for (size_t t = 0; t < self->program->thread_count; t++)
        if (field_get(self->layout.held[t], state) >> mutex & 1)
            text_print(text, ", held by %s", self->program->threads[t].name);
}

void machine_describe_wait(const struct machine *self, const uint64_t *state, size_t thread, struct text *text)
{
    const struct instruction *instruction = instruction_at(self, thread, machine_index(self, state, thread));
    if (instruction->opcode == OPCODE_LOCK)
        describe_mutex(self, state, instruction->operands[0].value, text);
    else if (instruction->opcode == OPCODE_WAIT)
        text_print(text, "semaphore %s, which has no permit left",
                   self->program->semaphores[instruction->operands[0].value].name);
}

const char *machine_failure_text(enum failure failure)
{
    static const char *const texts[FAILURE_COUNT] = {
        [FAILURE_NONE] = "no error",
        [FAILURE_OVERFLOW] = "the result does not fit 64 bits",
        [FAILURE_UNLOCK] = "unlocks a mutex that the thread does not hold",
    };
    return texts[failure];
}

uint32_t machine_ticks(const struct machine *self, size_t thread, uint32_t index)
{
    return instruction_at(self, thread, index)->ticks;
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
    return program_instruction_text(self->program, instruction_at(self, thread, index));
}

const char *machine_thread_name(const struct machine *self, size_t thread)
{
    return self->program->threads[thread].name;
}

const char *machine_register_name(const struct machine *self, unsigned number)
{
    (void)self;
    return register_name((enum register_name)number);
}

const char *machine_source(const struct machine *self)
{
    return self->program->source;
}
