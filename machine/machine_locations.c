/* What the locations of a machine are: words, objects, queues, registers, stacks; their names and first values. */
#include "machine/machine_parts.h"

#include "machine/store_buffer.h"
#include "program/outputs.h"

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

const struct counted_event *machine_counted(const struct machine *self)
{
    return self->program->counting;
}

location_id machine_count_location(const struct machine *self)
{
    return self->count;
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

unsigned machine_own_count(const struct machine *self)
{
    return (unsigned)self->stride;
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
    if (location < self->shared_count)
        return false;
    unsigned number = machine_location_register(self, location);
    return number >= self->register_count && number < self->register_count + self->stack_count;
}

bool machine_is_on_demand(const struct machine *self, location_id location)
{
    return machine_is_free_word(self, location) || machine_is_stack(self, location) ||
           (store_buffer_has(self, location) && !machine_is_buffered_data(self, location)) ||
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
               ? machine_location_register(self, location) < self->register_count
               : location < self->program->word_count + objects[OBJECT_SEMAPHORE].count + objects[OBJECT_EVENT].count;
}

const char *machine_control_reason(const struct machine *self, location_id location)
{
    if (machine_is_stack(self, location))
        return "stacks are stored";
    if (store_buffer_has(self, location))
        return machine_is_buffered_data(self, location) ? NULL : "store buffers are stored";
    if (machine_is_on_demand(self, location))
        return "a computed address may be that of any word";
    if (is_depth(self, location))
        return "how often a mutex is locked is stored";
    if (location == self->output && !self->program->outputs->is_number)
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
    else if (store_buffer_has(self, location))
        text_print(&text, "store buffer of %s", program->threads[machine_location_thread(self, location)].name);
    else if (machine_is_stack(self, location))
        text_print(&text, "stack of %s", program->threads[machine_location_thread(self, location)].name);
    else if (location == self->output)
        text_print(&text, "output");
    else if (location == self->count)
        text_print(&text, "count of %s", program->counting->name);
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
    if (location == self->output || location == self->count)
        return 0;
    if (machine_location_queue(self, location) >= 0)
        return 0;
    if (machine_is_free_word(self, location) || machine_is_stack(self, location) || store_buffer_has(self, location))
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
    if (location < self->shared_count || machine_location_register(self, location) >= self->register_count)
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
