/* What a state says: values, who is where, who can step, who is inside a critical section. */
#include "machine/machine_parts.h"
#include "machine/store_buffer.h"

#include "program/outputs.h"
#include "program/predicate.h"

#include <assert.h>

void machine_start(const struct machine *self, uint64_t *state)
{
    for (size_t w = 0; w < (self->layout.bits + 63) / 64; w++)
        state[w] = 0;
    for (location_id l = 0; l < self->location_count; l++) {
        if (self->layout.locations[l].width == 0)
            continue;
        int thread = machine_location_thread(self, l);
        if (thread >= 0 && !self->keep_dead) {
            unsigned number = machine_location_register(self, l);
            register_set live = self->live[thread][0];
            if (number < self->register_count && (live >> number & 1) == 0)
                continue;
        }
        field_set(self->layout.locations[l], state, (uint64_t)machine_initial_value(self, l));
    }
    for (size_t t = 0; t < self->program->thread_count; t++)
        if (self->program->threads[t].is_later)
            field_set(self->layout.activities[t], state, ACTIVITY_UNBORN);
}

uint32_t machine_index(const struct machine *self, const uint64_t *state, size_t thread)
{
    return state_index(self, state, thread);
}

int64_t machine_value(const struct machine *self, const uint64_t *state, location_id location)
{
    return state_value(self, state, location);
}

/* A state in which conditions are evaluated. */
struct standpoint {
    const struct machine *machine;
    const uint64_t *state;
};

static int64_t word_value(void *context, size_t word)
{
    const struct standpoint *self = context;
    return machine_value(self->machine, self->state, (location_id)word);
}

static int64_t register_value(void *context, int thread, unsigned number)
{
    const struct standpoint *self = context;
    return machine_value(self->machine, self->state, machine_register_location(self->machine, (size_t)thread, number));
}

bool machine_satisfies(const struct machine *self, const uint64_t *state, const struct predicate *condition,
                       const char *output)
{
    struct standpoint standpoint = {self, state};
    struct predicate_source source = {&standpoint, word_value, register_value, output};
    int64_t value;
    return predicate_evaluate(condition, &source, &value) == FAILURE_NONE && value != 0;
}

int64_t machine_final_value(const struct machine *self, const uint64_t *state, location_id location)
{
    int64_t value = machine_value(self, state, location);
    bool is_node = location == self->output && !self->program->outputs->is_number;
    return is_node ? (int64_t)outputs_end(self->program->outputs, (uint32_t)value) : value;
}

bool machine_can_be_away(const struct machine *self)
{
    return self->io != 0;
}

/* A thread that may wake up without a signal is as good as away: nobody can forbid it. */
bool machine_is_away(const struct machine *self, const uint64_t *state, size_t thread)
{
    if ((self->io >> thread & 1) == 0)
        return false;
    enum activity activity = machine_activity(self, state, thread);
    if (activity != ACTIVITY_ASLEEP)
        return activity == ACTIVITY_AWAY;
    const struct instruction *instruction = instruction_at(self, thread, state_index(self, state, thread));
    return instruction_kind(instruction) == MICRO_CWAIT && (self->program->is_spurious || instruction->gives_up > 0);
}

uint64_t machine_away(const struct machine *self, const uint64_t *state)
{
    uint64_t away = 0;
    for (size_t t = 0; self->io != 0 && t < self->program->thread_count; t++)
        away |= (uint64_t)machine_is_away(self, state, t) << t;
    return away;
}

static uint64_t threads_that_are(const struct machine *self, const uint64_t *state, enum activity activity)
{
    uint64_t threads = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        threads |= (uint64_t)(machine_activity(self, state, t) == activity) << t;
    return threads;
}

uint64_t machine_unborn(const struct machine *self, const uint64_t *state)
{
    return threads_that_are(self, state, ACTIVITY_UNBORN);
}

uint64_t machine_asleep(const struct machine *self, const uint64_t *state)
{
    return threads_that_are(self, state, ACTIVITY_ASLEEP);
}

static bool is_finished(const struct machine *self, const uint64_t *state, size_t thread)
{
    return state_index(self, state, thread) == self->instruction_counts[thread] &&
           machine_activity(self, state, thread) != ACTIVITY_UNBORN && store_buffer_count(self, state, thread) == 0;
}

uint64_t machine_finished(const struct machine *self, const uint64_t *state)
{
    uint64_t finished = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        finished |= (uint64_t)is_finished(self, state, t) << t;
    return finished;
}

/* Whether a thread can lock a mutex: nobody holds it, or it does and may lock it again. */
static bool is_lockable(const struct machine *self, const uint64_t *state, size_t thread, int64_t mutex)
{
    uint64_t holders = machine_holders(self, state, HOLD_MUTEX, mutex);
    return holders == 0 || (holders == UINT64_C(1) << thread &&
                            program_object(self->program, OBJECT_MUTEX, (size_t)mutex)->is_recursive);
}

/* Whether a semaphore has a permit left, or an event is set. */
static bool is_positive(const struct machine *self, const uint64_t *state, enum object_kind kind, int64_t object)
{
    return state_value(self, state, object_location(self, kind, object)) > 0;
}

/* How long a thread still waits, -1 where it does not. */
int64_t machine_delay(const struct machine *self, const uint64_t *state, size_t thread)
{
    uint32_t index = state_index(self, state, thread);
    if (index == self->instruction_counts[thread] || machine_activity(self, state, thread) != ACTIVITY_NONE)
        return -1;
    const struct instruction *instruction = instruction_at(self, thread, index);
    return instruction->opcode == OPCODE_DELAY ? machine_value(self, state, (location_id)instruction->operands[0].value)
                                               : -1;
}

/* Time passes only when nobody can go on; then it is over first for who waits shortest. */
static bool is_time_over(const struct machine *self, const uint64_t *state, size_t thread)
{
    int64_t own = machine_delay(self, state, thread);
    for (size_t t = 0; own > 0 && t < self->program->thread_count; t++) {
        uint32_t index = state_index(self, state, t);
        int64_t delay = machine_delay(self, state, t);
        if (delay >= 0 ? delay < own : index < self->instruction_counts[t] && machine_can_step(self, state, t, index))
            return false;
    }
    return true;
}

bool machine_can_take(const struct scene *scene)
{
    int64_t object = scene_object(scene);
    return operand_object_kind(&scene->instruction->operands[0]) == OBJECT_MUTEX
               ? is_lockable(scene->machine, scene->state, scene->thread, object)
               : is_positive(scene->machine, scene->state, OBJECT_SEMAPHORE, object);
}

/* What is no element of its array blocks nobody: the step fails. */
static bool can_proceed(const struct machine *self, const uint64_t *state, size_t thread,
                        const struct instruction *instruction)
{
    enum micro_kind kind = instruction_form(instruction->opcode)->micros[0].kind;
    if (!micro_kinds[kind].may_block)
        return true;
    if (kind == MICRO_DELAY)
        return is_time_over(self, state, thread);
    int64_t object = machine_object(self, state, thread, &instruction->operands[0]);
    if (object < 0)
        return true;
    switch (kind) {
    case MICRO_LOCK:
        return is_lockable(self, state, thread, object);
    case MICRO_WAIT:
        return is_positive(self, state, OBJECT_SEMAPHORE, object);
    case MICRO_AWAIT:
        return is_positive(self, state, OBJECT_EVENT, object);
    case MICRO_PUT:
        return queue_length(self, state, object) < program_object(self->program, OBJECT_QUEUE, (size_t)object)->number;
    case MICRO_GET:
        return queue_length(self, state, object) > 0;
    case MICRO_RDLOCK:
        return machine_holders(self, state, HOLD_WRITING, object) == 0 &&
               (machine_holders(self, state, HOLD_READING, object) >> thread & 1) == 0;
    case MICRO_WRLOCK:
        return (machine_holders(self, state, HOLD_WRITING, object) |
                machine_holders(self, state, HOLD_READING, object)) == 0;
    case MICRO_JOIN:
        return is_finished(self, state, (size_t)object);
    default:
        return true;
    }
}

bool machine_can_step(const struct machine *self, const uint64_t *state, size_t thread, uint32_t index)
{
    const struct instruction *instruction = instruction_at(self, thread, index);
    switch (machine_activity(self, state, thread)) {
    case ACTIVITY_NONE:
        return (self->buffer_size == 0 || store_buffer_allows(self, state, thread, index)) &&
               can_proceed(self, state, thread, instruction);
    case ACTIVITY_AWAY:
        return true;
    case ACTIVITY_ASLEEP:
        return machine_is_away(self, state, thread);
    case ACTIVITY_WOKEN:
        return is_lockable(self, state, thread, machine_object(self, state, thread, &instruction->operands[1]));
    case ACTIVITY_UNBORN:
        break;
    }
    return false;
}

uint64_t machine_enabled(const struct machine *self, const uint64_t *state)
{
    uint64_t enabled = 0;
    for (size_t t = 0; t < self->program->thread_count; t++) {
        uint32_t index = state_index(self, state, t);
        if (index < self->instruction_counts[t] && (!self->blocks || machine_can_step(self, state, t, index)))
            enabled |= UINT64_C(1) << t;
    }
    return enabled;
}

bool machine_has_choices(const struct machine *self)
{
    return self->has_choices;
}

unsigned machine_choice_count(const struct machine *self, const uint64_t *state, size_t thread)
{
    if (!self->has_choices || machine_activity(self, state, thread) != ACTIVITY_NONE)
        return 1;
    const struct instruction *instruction = instruction_at(self, thread, state_index(self, state, thread));
    enum micro_kind kind = instruction_form(instruction->opcode)->micros[0].kind;
    if (kind == MICRO_CHOOSE)
        return 1 + (unsigned)instruction->operands[0].scale;
    if (kind != MICRO_SIGNAL)
        return 1;
    int64_t condition = machine_object(self, state, thread, &instruction->operands[0]);
    unsigned sleepers = (unsigned)__builtin_popcountll(machine_sleepers(self, state, MICRO_CWAIT, condition));
    return sleepers > 1 ? sleepers : 1;
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

bool machine_shares_section(const struct machine *self, size_t thread, uint32_t index, size_t section)
{
    return (thread_code(self, thread)->instructions[index].shared >> section & 1) != 0;
}

uint64_t machine_inside(const struct machine *self, const uint64_t *state, size_t section)
{
    uint64_t inside = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        inside |= (uint64_t)machine_is_inside(self, t, state_index(self, state, t), section) << t;
    return inside;
}

bool machine_overlaps(const struct machine *self, const uint64_t *state, size_t section)
{
    uint64_t inside = machine_inside(self, state, section);
    bool are_shared = true;
    for (uint64_t rest = inside; rest != 0; rest &= rest - 1) {
        size_t thread = (size_t)__builtin_ctzll(rest);
        are_shared = are_shared && machine_shares_section(self, thread, state_index(self, state, thread), section);
    }
    return (inside & (inside - 1)) != 0 && !are_shared;
}

/* ---- Layout ---------------------------------------------------------------------------------------------------------- */

size_t machine_bits(const struct machine *self)
{
    return self->layout.bits;
}

struct machine_block machine_block(const struct machine *self, size_t thread)
{
    return self->layout.blocks[thread];
}
