/* What threads synchronise by, and what a state says of it: who holds what, who sleeps where. */
#include "machine/machine_parts.h"

int64_t machine_pick(const struct machine *self, const uint64_t *state, size_t thread, const struct operand *operand)
{
    if (state == NULL)
        return operand->first;
    int64_t base = 0, index = 0, number;
    if (operand->base != REGISTER_NONE)
        base = machine_value(self, state, register_location(self, thread, operand->base));
    if (operand->index != REGISTER_NONE)
        index = machine_value(self, state, register_location(self, thread, operand->index));
    bool is_number = !__builtin_mul_overflow(index, (int64_t)operand->scale, &index) &&
                     !__builtin_add_overflow(operand->value, base, &number) &&
                     !__builtin_add_overflow(number, index, &number);
    return is_number && number >= operand->first && number < operand->first + operand->extent ? number : -1;
}

uint64_t machine_sleepers(const struct machine *self, const uint64_t *state, enum micro_kind kind, int64_t object)
{
    uint64_t sleepers = 0;
    for (size_t t = 0; t < self->program->thread_count; t++) {
        if (machine_activity(self, state, t) != ACTIVITY_ASLEEP)
            continue;
        const struct instruction *instruction = instruction_at(self, t, machine_index(self, state, t));
        if (instruction_kind(instruction) == kind &&
            machine_object(self, state, t, &instruction->operands[0]) == object)
            sleepers |= UINT64_C(1) << t;
    }
    return sleepers;
}

uint64_t machine_holders(const struct machine *self, const uint64_t *state, enum hold hold, int64_t object)
{
    uint64_t bit = held_bit(self, hold, object), holders = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        holders |= (uint64_t)((field_get(self->layout.held[t], state) & bit) != 0) << t;
    return holders;
}

/* ---- For whoever lists a whole state ------------------------------------------------------------------------- */

int machine_mutex_holder(const struct machine *self, const uint64_t *state, size_t mutex)
{
    uint64_t holders = machine_holders(self, state, HOLD_MUTEX, (int64_t)mutex);
    return holders != 0 ? __builtin_ctzll(holders) : -1;
}

int64_t machine_mutex_depth(const struct machine *self, const uint64_t *state, size_t mutex)
{
    return self->object_locations[OBJECT_MUTEX] == LOCATION_NONE
               ? 0
               : machine_value(self, state, object_location(self, OBJECT_MUTEX, (int64_t)mutex));
}

int machine_inheritor(const struct machine *self, const uint64_t *state, size_t thread)
{
    unsigned kind;
    size_t mutex;
    if ((machine_enabled(self, state) >> thread & 1) != 0 || !machine_subject(self, state, thread, &kind, &mutex) ||
        kind != OBJECT_MUTEX || !program_object(self->program, OBJECT_MUTEX, mutex)->inherits)
        return -1;
    return machine_mutex_holder(self, state, mutex);
}

uint64_t machine_rwlock_holders(const struct machine *self, const uint64_t *state, size_t rwlock, bool writes)
{
    return machine_holders(self, state, writes ? HOLD_WRITING : HOLD_READING, (int64_t)rwlock);
}

enum activity machine_thread_activity(const struct machine *self, const uint64_t *state, size_t thread)
{
    return machine_activity(self, state, thread);
}

location_id machine_queue_location(const struct machine *self, size_t queue, size_t *capacity)
{
    *capacity = (size_t)program_object(self->program, OBJECT_QUEUE, queue)->number;
    return self->queue_items[queue];
}

bool machine_keeps(const struct machine *self, size_t thread, uint32_t index, unsigned number)
{
    return self->keep_dead || (self->live[thread][index] >> number & 1) != 0;
}
