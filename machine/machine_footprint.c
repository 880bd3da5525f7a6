/* What a step looks at and changes, as bits of the state: for programs of instructions of which that is known from the text. */
#include "base/memory.h"
#include "machine/machine_parts.h"

#include <string.h>

/* A footprint that is being put together. */
struct printing {
    const struct machine *machine;
    size_t thread;
    uint64_t *mask;
    bool is_known;
};

static void add_field(struct printing *self, struct field field)
{
    if (field.width > 0)
        self->mask[field.quad] |= field_mask(field) << field.shift;
}

static void add_location(struct printing *self, location_id location)
{
    add_field(self, self->machine->layout.locations[location]);
}

/* Who holds a mutex is a bit of each thread. */
static void add_mutex(struct printing *self, int64_t mutex)
{
    const struct machine *machine = self->machine;
    for (size_t t = 0; t < machine->program->thread_count; t++) {
        struct field held = machine->layout.held[t];
        if (held.width > 0)
            self->mask[held.quad] |= held_bit(machine, HOLD_MUTEX, mutex) << held.shift;
    }
}

/* An object; of those of an array that registers pick, any. */
static void add_object(struct printing *self, const struct operand *operand)
{
    bool is_picked = operand_is_picked(operand);
    int64_t first = is_picked ? operand->first : operand->value, count = is_picked ? operand->extent : 1;
    for (int64_t object = first; object < first + count; object++)
        if (operand->kind == OPERAND_MUTEX)
            add_mutex(self, object);
        else
            add_location(self, object_location(self->machine, OBJECT_SEMAPHORE, object));
}

static void add_operand(struct printing *self, const struct operand *operand)
{
    switch (operand->kind) {
    case OPERAND_NONE:
    case OPERAND_IMMEDIATE:
    case OPERAND_REGISTER:
    case OPERAND_TARGET:
        break;
    case OPERAND_WORD:
        add_location(self, (location_id)operand->value);
        break;
    case OPERAND_MUTEX:
    case OPERAND_SEMAPHORE:
        add_object(self, operand);
        break;
    default:
        self->is_known = false;
        break;
    }
}

static bool is_known_place(enum micro_place place)
{
    return place == PLACE_NONE || place == PLACE_FIRST || place == PLACE_SECOND || place == PLACE_AX ||
           place == PLACE_FLAGS || place == PLACE_OBJECT || place == PLACE_CONSTANT;
}

static bool is_known_micro(const struct micro_operation *micro)
{
    switch (micro->kind) {
    case MICRO_ASSIGN:
    case MICRO_REPLACE:
    case MICRO_JUMP:
    case MICRO_BRANCH:
    case MICRO_LOCK:
    case MICRO_UNLOCK:
    case MICRO_WAIT:
    case MICRO_POST:
    case MICRO_HALT:
        return is_known_place(micro->target) && is_known_place(micro->a) && is_known_place(micro->b);
    default:
        return false;
    }
}

static void add_instruction(struct printing *self, const struct instruction *instruction)
{
    FOR_EACH_MICRO (micro, instruction)
        self->is_known = self->is_known && is_known_micro(micro);
    add_operand(self, &instruction->operands[0]);
    add_operand(self, &instruction->operands[1]);
}

/* Where the same step can go on behind an instruction, or local steps follow. */
static bool may_follow(const struct printing *self, uint32_t index)
{
    return index < self->machine->instruction_counts[self->thread] &&
           (instruction_at(self->machine, self->thread, index)->no_switch ||
            machine_is_local(self->machine, self->thread, index));
}

/* Adds an instruction, and what may follow it in one macrostep; each once. */
static void add_all(struct printing *self, uint32_t index)
{
    uint32_t count = self->machine->instruction_counts[self->thread];
    bool *met = memory_new((size_t)count + 1, sizeof *met);
    uint32_t *open = memory_new((size_t)count + 1, sizeof *open);
    size_t depth = 0;
    open[depth++] = index;
    met[index] = true;
    while (depth > 0 && self->is_known) {
        const struct instruction *instruction = instruction_at(self->machine, self->thread, open[--depth]);
        uint32_t next[2] = {(uint32_t)(instruction - self->machine->instructions[self->thread]) + 1, count};
        add_instruction(self, instruction);
        if ((instruction_flow(instruction) & FLOW_TARGET) != 0)
            next[1] = (uint32_t)instruction->operands[0].value;
        for (size_t n = 0; n < 2; n++)
            if (may_follow(self, next[n]) && !met[next[n]]) {
                met[next[n]] = true;
                open[depth++] = next[n];
            }
    }
    memory_free(met);
    memory_free(open);
}

static bool has_recursive_mutex(const struct program *program)
{
    for (size_t m = 0; m < program->objects[OBJECT_MUTEX].count; m++)
        if (program_object(program, OBJECT_MUTEX, m)->is_recursive)
            return true;
    return false;
}

bool machine_has_footprints(const struct machine *self)
{
    return self->buffer_size == 0 && !self->computes && !self->has_choices && self->io == 0 &&
           self->program->counting == NULL && !has_recursive_mutex(self->program);
}

bool machine_footprint(const struct machine *self, size_t thread, uint32_t index, uint64_t *mask)
{
    struct printing printing = {self, thread, mask, machine_has_footprints(self)};
    struct machine_block block = self->layout.blocks[thread];
    if (!printing.is_known)
        return false;
    for (size_t bit = block.first; bit < block.first + block.width; bit++)
        mask[bit / 64] |= UINT64_C(1) << bit % 64;
    add_all(&printing, index);
    return printing.is_known;
}
