/* The dynamic view of a machine: control states, and the step from one to the next. This is the one place that executes
 * instructions. */
#include "machine/machine_parts.h"
#include "program/outputs.h"
#include "program/predicate.h"

#include <assert.h>
#include <inttypes.h>

/* What a place is worth in a step: the value of a data location (source) plus addend, or the addend alone. */
struct worth {
    location_id source;
    int64_t addend;
};

/* Something to be written once all has been read. */
struct write {
    location_id target; /* LOCATION_NONE: nothing */
    struct worth worth;
};

/* One step under way. */
struct execution {
    struct scene scene;
    uint64_t *state;
    struct step *step;
    unsigned choice; /* which of several outcomes */
    uint32_t next;   /* where the thread goes on */
};

/* ---- Reading a state ----------------------------------------------------------------------------------------- */

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
    return (uint32_t)field_get(self->layout.indices[thread], state);
}

int64_t machine_value(const struct machine *self, const uint64_t *state, location_id location)
{
    struct field field = self->layout.locations[location];
    assert(!self->data[location]);
    return field.width > 0 ? field_get_value(field, state) : machine_initial_value(self, location);
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
    return location == self->output ? (int64_t)outputs_end(self->program->outputs, (uint32_t)value) : value;
}

bool machine_can_be_away(const struct machine *self)
{
    return self->io != 0;
}

/* A thread that may wake up without a signal is as good as away: nobody can forbid it. */
static bool is_away(const struct machine *self, const uint64_t *state, size_t thread)
{
    if ((self->io >> thread & 1) == 0)
        return false;
    enum activity activity = machine_activity(self, state, thread);
    if (activity != ACTIVITY_ASLEEP || !self->program->is_spurious)
        return activity == ACTIVITY_AWAY;
    return instruction_kind(instruction_at(self, thread, machine_index(self, state, thread))) == MICRO_CWAIT;
}

uint64_t machine_away(const struct machine *self, const uint64_t *state)
{
    uint64_t away = 0;
    for (size_t t = 0; self->io != 0 && t < self->program->thread_count; t++)
        away |= (uint64_t)is_away(self, state, t) << t;
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
    return machine_index(self, state, thread) == self->instruction_counts[thread] &&
           machine_activity(self, state, thread) != ACTIVITY_UNBORN;
}

uint64_t machine_finished(const struct machine *self, const uint64_t *state)
{
    uint64_t finished = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        finished |= (uint64_t)is_finished(self, state, t) << t;
    return finished;
}

static int64_t queue_length(const struct machine *self, const uint64_t *state, int64_t queue)
{
    return machine_value(self, state, queue_length_location(self, queue));
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
    return machine_value(self, state, object_location(self, kind, object)) > 0;
}

/* How long a thread still waits, -1 where it does not. */
static int64_t delay_of(const struct machine *self, const uint64_t *state, size_t thread)
{
    uint32_t index = machine_index(self, state, thread);
    if (index == self->instruction_counts[thread] || machine_activity(self, state, thread) != ACTIVITY_NONE)
        return -1;
    const struct instruction *instruction = instruction_at(self, thread, index);
    return instruction->opcode == OPCODE_DELAY ? machine_value(self, state, (location_id)instruction->operands[0].value)
                                               : -1;
}

/* Time passes only when nobody can go on; then it is over first for who waits shortest. */
static bool is_time_over(const struct machine *self, const uint64_t *state, size_t thread)
{
    int64_t own = delay_of(self, state, thread);
    for (size_t t = 0; own > 0 && t < self->program->thread_count; t++) {
        uint32_t index = machine_index(self, state, t);
        int64_t delay = delay_of(self, state, t);
        if (delay >= 0 ? delay < own : index < self->instruction_counts[t] && machine_can_step(self, state, t, index))
            return false;
    }
    return true;
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
        return machine_holders(self, state, HOLD_WRITING, object) == 0;
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
        return can_proceed(self, state, thread, instruction);
    case ACTIVITY_AWAY:
        return true;
    case ACTIVITY_ASLEEP:
        return is_away(self, state, thread);
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
        uint32_t index = machine_index(self, state, t);
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
    const struct instruction *instruction = instruction_at(self, thread, machine_index(self, state, thread));
    enum micro_kind kind = instruction_form(instruction->opcode)->micros[0].kind;
    if (kind == MICRO_CHOOSE)
        return 1 + (unsigned)instruction->operands[0].scale;
    if (kind != MICRO_SIGNAL)
        return 1;
    int64_t condition = machine_object(self, state, thread, &instruction->operands[0]);
    unsigned sleepers = (unsigned)__builtin_popcountll(machine_sleepers(self, state, MICRO_CWAIT, condition));
    return sleepers > 1 ? sleepers : 1;
}

/* ---- Executing ----------------------------------------------------------------------------------------------- */

static void fail(struct execution *self, enum failure failure)
{
    self->step->result = STEP_FAILED;
    self->step->failure = failure;
}

static struct worth number(int64_t value)
{
    return (struct worth){LOCATION_NONE, value};
}

static struct worth location_worth(const struct execution *self, location_id location)
{
    const struct machine *machine = self->scene.machine;
    if (location == LOCATION_FREE)
        return number(machine_value_at(machine, self->state, self->scene.thread, self->scene.reach.address));
    return machine->data[location] ? (struct worth){location, 0}
                                   : number(machine_value(machine, self->state, location));
}

static struct worth operand_worth(const struct execution *self, const struct operand *operand)
{
    return operand->kind == OPERAND_IMMEDIATE ? number(operand->value)
                                              : location_worth(self, operand_location(&self->scene, operand));
}

static void store(struct execution *self, location_id target, int64_t value)
{
    struct field field = self->scene.machine->layout.locations[target];
    if (field.width == 0 && value == machine_initial_value(self->scene.machine, target))
        return;
    if (field.width > 0 && field_holds(field, value)) {
        field_set(field, self->state, (uint64_t)value);
        return;
    }
    if (self->step->result != STEP_TAKEN)
        return;
    self->step->result = STEP_TOO_NARROW;
    self->step->narrow = target;
    self->step->narrow_value = value;
}

static void copy_free_word(struct execution *self, size_t from, size_t to)
{
    const struct machine *machine = self->scene.machine;
    store(self, free_address_location(machine, to),
          machine_value(machine, self->state, free_address_location(machine, from)));
    store(self, free_value_location(machine, to),
          machine_value(machine, self->state, free_value_location(machine, from)));
}

static void set_free_word(struct execution *self, size_t place, int64_t address, int64_t value)
{
    store(self, free_address_location(self->scene.machine, place), address);
    store(self, free_value_location(self->scene.machine, place), value);
}

/* Free words are listed in the order of their addresses, and only while they are not 0. That there is room was made sure
 * before the step changed anything. */
static void store_free(struct execution *self, int64_t value)
{
    const struct machine *machine = self->scene.machine;
    size_t count = machine_free_count(machine, self->state);
    size_t place = machine_free_find(machine, self->state, self->scene.reach.address);
    bool listed = place < count && machine_value(machine, self->state, free_address_location(machine, place)) ==
                                       self->scene.reach.address;
    if (listed && value == 0) {
        for (; place + 1 < count; place++)
            copy_free_word(self, place + 1, place);
        set_free_word(self, place, 0, 0);
    } else if (listed || value != 0) {
        for (size_t n = count; !listed && n > place; n--)
            copy_free_word(self, n - 1, n);
        set_free_word(self, place, self->scene.reach.address, value);
    }
}

/* A control register that is dead after the step may be given the value of a data location: what is stored does not matter,
 * and is cleared. */
static void assign(struct execution *self, location_id target, struct worth worth)
{
    if (target == LOCATION_FREE)
        store_free(self, worth.addend);
    else if (self->scene.machine->data[target])
        self->step->moves[self->step->move_count++] = (struct move){target, worth.source, worth.addend};
    else if (self->scene.machine->stored[target] || machine_is_on_demand(self->scene.machine, target))
        store(self, target, worth.source == LOCATION_NONE ? worth.addend : 0);
}

/* ---- Operations ---------------------------------------------------------------------------------------------- */

/* The slice has made sure that data is only copied, with constants added. */
static struct worth compute(struct execution *self, enum operation operation, struct worth a, struct worth b)
{
    const struct operation_facts *facts = &operations[operation];
    struct worth result = {a.source != LOCATION_NONE ? a.source : b.source, 0};
    assert(a.source == LOCATION_NONE || (facts->coefficients[0] == 1 && b.source == LOCATION_NONE));
    assert(b.source == LOCATION_NONE || facts->coefficients[1] == 1);
    enum failure failure = facts->compute(a.addend, b.addend, &result.addend);
    if (failure != FAILURE_NONE)
        fail(self, failure);
    return result;
}

static struct worth register_worth(const struct execution *self, unsigned name)
{
    if (name == REGISTER_NONE)
        return number(0);
    return location_worth(self, register_location(self->scene.machine, self->scene.thread, name));
}

/* The address of an operand, as a value: its base may be data. */
static struct worth address_worth(struct execution *self, const struct operand *operand)
{
    struct worth index = register_worth(self, operand->index);
    if (operand->index != REGISTER_NONE && operand->scale != 1)
        index = compute(self, OPERATION_MULTIPLY, index, number(operand->scale));
    struct worth base = compute(self, OPERATION_ADD, number(operand->value), register_worth(self, operand->base));
    return compute(self, OPERATION_ADD, base, index);
}

/* The address of an instruction's code. */
static int64_t code_address(uint32_t index)
{
    return PROGRAM_CODE_FIRST + (int64_t)index;
}

/* Whether the mutex or semaphore that a step tries to take can be taken. */
static bool can_take(const struct execution *self)
{
    const struct scene *scene = &self->scene;
    int64_t object = scene_object(scene);
    return operand_object_kind(&scene->instruction->operands[0]) == OBJECT_MUTEX
               ? is_lockable(scene->machine, self->state, scene->thread, object)
               : is_positive(scene->machine, self->state, OBJECT_SEMAPHORE, object);
}

/* What is neither the first operand nor the second. */
static struct worth other_worth(struct execution *self, const struct micro_operation *micro, enum micro_place place)
{
    const struct operand *operand = &self->scene.instruction->operands[0];
    if (place == PLACE_CONSTANT)
        return number(micro->constant);
    if (place == PLACE_BEHIND)
        return number(code_address(self->scene.index + 1));
    if (place == PLACE_SUCCESS)
        return number(can_take(self));
    if (place == PLACE_CHOICE)
        return number(operand->value + self->choice);
    if (place == PLACE_ADDRESS)
        return operand->kind == OPERAND_COMPUTED ? address_worth(self, operand) : operand_worth(self, operand);
    return location_worth(self, machine_place_location(&self->scene, place));
}

static struct worth place_worth(struct execution *self, const struct micro_operation *micro, enum micro_place place)
{
    if (place != PLACE_FIRST && place != PLACE_SECOND)
        return other_worth(self, micro, place);
    return operand_worth(self, &self->scene.instruction->operands[place == PLACE_SECOND]);
}

/* Nobody asks for the outcome of a comparison where it is data: then what is compared may be data, too. */
static void evaluate(struct execution *self, const struct micro_operation *micro, struct write *write)
{
    const struct operation_facts *facts = &operations[micro->operation];
    write->target = place_location(&self->scene, micro->target);
    if (write->target == LOCATION_NONE ||
        (facts->is_comparison && write->target != LOCATION_FREE && self->scene.machine->data[write->target])) {
        write->target = LOCATION_NONE;
        return;
    }
    write->worth = place_worth(self, micro, micro->a);
    if (facts->is_binary)
        write->worth = compute(self, micro->operation, write->worth, place_worth(self, micro, micro->b));
}

static void evaluate_replacement(struct execution *self, const struct micro_operation *micro, struct write *write)
{
    struct worth expected = place_worth(self, micro, PLACE_AX), found = place_worth(self, micro, micro->target);
    struct worth given = place_worth(self, micro, micro->a);
    assert(expected.source == LOCATION_NONE && found.source == LOCATION_NONE && given.source == LOCATION_NONE);
    if (found.addend == expected.addend)
        *write = (struct write){machine_place_location(&self->scene, micro->target), given};
}

/* ---- Stacks, locks and ways ---------------------------------------------------------------------------------- */

static int64_t stack_pointer(const struct execution *self)
{
    return register_worth(self, REGISTER_SP).addend;
}

static bool is_stack_address(int64_t address)
{
    return address >= PROGRAM_STACK_FIRST && address < PROGRAM_STACK_END && address % PROGRAM_WORD_SIZE == 0;
}

static void check_room(struct execution *self)
{
    int64_t top = stack_pointer(self);
    if (top > PROGRAM_STACK_END || !is_stack_address(top - (top > 0) * PROGRAM_WORD_SIZE))
        fail(self, top == PROGRAM_STACK_FIRST ? FAILURE_PUSH : FAILURE_ADDRESS);
}

static void check_top(struct execution *self, enum failure when_empty)
{
    int64_t top = stack_pointer(self);
    if (!is_stack_address(top))
        fail(self, top == PROGRAM_STACK_END ? when_empty : FAILURE_ADDRESS);
}

/* Only behind a call is a place to return to: liveness relies on it. */
static bool is_return_address(const struct execution *self, int64_t address)
{
    const struct code *code = thread_code(self->scene.machine, self->scene.thread);
    return address > PROGRAM_CODE_FIRST && address <= code_address(code->count) &&
           (instruction_flow(&code->instructions[address - PROGRAM_CODE_FIRST - 1]) & FLOW_BACK) != 0;
}

static void find_return(struct execution *self)
{
    check_top(self, FAILURE_RETURN);
    if (self->step->result != STEP_TAKEN)
        return;
    int64_t address = location_worth(self, machine_place_location(&self->scene, PLACE_TOP)).addend;
    if (is_return_address(self, address))
        self->next = (uint32_t)(address - PROGRAM_CODE_FIRST);
    else
        fail(self, FAILURE_RETURN);
}

/* What is popped leaves 0 behind where nobody can look, so that states differ only by what matters. */
static void clear_top(struct execution *self)
{
    if (!self->scene.machine->keeps_popped)
        store(self, machine_place_location(&self->scene, PLACE_TOP), 0);
}

static bool holds(const struct execution *self, enum hold hold, int64_t object)
{
    const struct machine *machine = self->scene.machine;
    return (field_get(machine->layout.held[self->scene.thread], self->state) & held_bit(machine, hold, object)) != 0;
}

static void set_held(struct execution *self, enum hold hold, int64_t object, bool is_held)
{
    const struct machine *machine = self->scene.machine;
    struct field field = machine->layout.held[self->scene.thread];
    uint64_t bit = held_bit(machine, hold, object), held = field_get(field, self->state);
    field_set(field, self->state, is_held ? held | bit : held & ~bit);
}

static int64_t depth_of(const struct execution *self, int64_t mutex)
{
    return machine_mutex_depth(self->scene.machine, self->state, (size_t)mutex);
}

static void lock(struct execution *self, int64_t mutex)
{
    if (holds(self, HOLD_MUTEX, mutex))
        store(self, object_location(self->scene.machine, OBJECT_MUTEX, mutex), depth_of(self, mutex) + 1);
    set_held(self, HOLD_MUTEX, mutex, true);
}

static void unlock(struct execution *self, int64_t mutex)
{
    int64_t depth = depth_of(self, mutex);
    if (depth > 0)
        store(self, object_location(self->scene.machine, OBJECT_MUTEX, mutex), depth - 1);
    else
        set_held(self, HOLD_MUTEX, mutex, false);
}

static void release(struct execution *self, int64_t rwlock)
{
    set_held(self, HOLD_READING, rwlock, false);
    set_held(self, HOLD_WRITING, rwlock, false);
}

/* ---- Going on ------------------------------------------------------------------------------------------------ */

/* Registers that no path reads before writing become zero, so that states which no continuation can tell apart are equal.
 * Only what was live before the step, or was just written, can be dead with a value. */
static void clear_dead_registers(struct execution *self, size_t thread, uint32_t next)
{
    const struct machine *machine = self->scene.machine;
    register_set live = machine->live[thread][next];
    location_id first = register_location(machine, thread, 0);
    for (uint64_t dead = machine->layout.registers[thread] & ~live; dead != 0; dead &= dead - 1)
        field_set(machine->layout.locations[first + (unsigned)__builtin_ctzll(dead)], self->state, 0);
}

/* Nobody looks at the stack of a thread that has finished. */
static void clear_stack(struct execution *self, size_t thread)
{
    const struct machine *machine = self->scene.machine;
    for (size_t n = 0; n < machine->stride - machine->register_count; n++) {
        struct field field = machine->layout.locations[stack_location(machine, thread, n)];
        if (field.width > 0)
            field_set(field, self->state, 0);
    }
}

/* Sends a thread to its next instruction. */
static void go_on(struct execution *self, size_t thread, uint32_t next)
{
    const struct machine *machine = self->scene.machine;
    field_set(machine->layout.indices[thread], self->state, next);
    if (machine->keep_dead)
        return;
    clear_dead_registers(self, thread, next);
    if (next == machine->instruction_counts[thread])
        clear_stack(self, thread);
}

/* ---- Sleeping ------------------------------------------------------------------------------------------------ */

static void set_activity(struct execution *self, size_t thread, enum activity activity)
{
    field_set(self->scene.machine->layout.activities[thread], self->state, activity);
}

static void set_activities(struct execution *self, uint64_t threads, enum activity activity)
{
    for (; threads != 0; threads &= threads - 1)
        set_activity(self, (size_t)__builtin_ctzll(threads), activity);
}

/* Of a set of threads the one of the step's choice. */
static uint64_t chosen_of(const struct execution *self, uint64_t threads)
{
    for (unsigned before = self->choice; before > 0; before--)
        threads &= threads - 1;
    return threads & (~threads + 1);
}

/* The mutex that belongs to a cwait. */
static int64_t mutex_of(const struct execution *self)
{
    const struct scene *scene = &self->scene;
    return machine_object(scene->machine, self->state, scene->thread, &scene->instruction->operands[1]);
}

/* A thread that waits on a condition sleeps, is woken, and has the mutex again. */
static void sleep_or_wake(struct execution *self)
{
    size_t thread = self->scene.thread;
    switch (machine_activity(self->scene.machine, self->state, thread)) {
    case ACTIVITY_NONE:
        set_held(self, HOLD_MUTEX, mutex_of(self), false);
        set_activity(self, thread, ACTIVITY_ASLEEP);
        self->next = self->scene.index;
        break;
    case ACTIVITY_ASLEEP:
        set_activity(self, thread, ACTIVITY_WOKEN);
        self->next = self->scene.index;
        break;
    default:
        set_held(self, HOLD_MUTEX, mutex_of(self), true);
        set_activity(self, thread, ACTIVITY_NONE);
        break;
    }
}

/* The last one to arrive lets the others go on, each behind its own instruction. */
static void arrive(struct execution *self, int64_t barrier)
{
    const struct machine *machine = self->scene.machine;
    uint64_t others = machine_sleepers(machine, self->state, MICRO_ARRIVE, barrier);
    if (__builtin_popcountll(others) + 1 < program_object(machine->program, OBJECT_BARRIER, (size_t)barrier)->number) {
        set_activity(self, self->scene.thread, ACTIVITY_ASLEEP);
        self->next = self->scene.index;
        return;
    }
    set_activities(self, others, ACTIVITY_NONE);
    for (; others != 0; others &= others - 1) {
        size_t other = (size_t)__builtin_ctzll(others);
        go_on(self, other, machine_index(machine, self->state, other) + 1);
    }
}

/* For all who wait as much time passes as the one waits who goes on. */
static void pass_time(struct execution *self)
{
    const struct machine *machine = self->scene.machine;
    int64_t passed = delay_of(machine, self->state, self->scene.thread);
    for (size_t t = 0; t < machine->program->thread_count; t++) {
        int64_t delay = delay_of(machine, self->state, t);
        if (delay >= 0)
            store(self,
                  (location_id)instruction_at(machine, t, machine_index(machine, self->state, t))->operands[0].value,
                  delay - passed);
    }
}

/* Whatever the others do, they are at their ends. */
static void end_others(struct execution *self)
{
    const struct machine *machine = self->scene.machine;
    for (size_t t = 0; t < machine->program->thread_count; t++) {
        if (machine->activity_bits[t] > 0)
            set_activity(self, t, ACTIVITY_NONE);
        if (t != self->scene.thread)
            go_on(self, t, machine->instruction_counts[t]);
    }
}

/* The items that remain move up, and the place that becomes free is zero, so that equal queues are equal states. */
static void take_item(struct execution *self)
{
    const struct machine *machine = self->scene.machine;
    int64_t queue = scene_object(&self->scene), length = queue_length(machine, self->state, queue);
    location_id item = machine->queue_items[queue];
    for (location_id last = item + (location_id)length - 1; item < last; item++)
        store(self, item, machine_value(machine, self->state, item + 1));
    store(self, item, 0);
}

static bool branch_taken(const struct execution *self, enum condition condition)
{
    return conditions[condition].holds[register_worth(self, REGISTER_FLAGS).addend + 1];
}

/* Leaves, or returns where it has left. */
static void travel(struct execution *self)
{
    const struct machine *machine = self->scene.machine;
    bool returns = is_away(machine, self->state, self->scene.thread);
    self->step->is_over = true;
    set_activity(self, self->scene.thread, returns ? ACTIVITY_NONE : ACTIVITY_AWAY);
    self->next = self->scene.index + returns;
}

/* Who falls asleep must have the mutex to give back. */
static void check_mutex(struct execution *self)
{
    int64_t mutex = mutex_of(self);
    if (machine_activity(self->scene.machine, self->state, self->scene.thread) == ACTIVITY_NONE &&
        (!holds(self, HOLD_MUTEX, mutex) || depth_of(self, mutex) > 0))
        fail(self, FAILURE_SLEEP);
}

/* Keeps in the state what was printed. */
static void hold_output(struct execution *self)
{
    const struct machine *machine = self->scene.machine;
    char number[PRINTED_MAX];
    self->step->prints = true;
    if (machine->output == LOCATION_NONE)
        return;
    uint32_t node = (uint32_t)machine_value(machine, self->state, machine->output);
    store(self, machine->output, outputs_go(machine->program->outputs, node, machine_printed(&self->scene, number)));
}

static int64_t asserted_word(void *context, size_t word)
{
    const struct execution *self = context;
    return machine_value(self->scene.machine, self->state, (location_id)word);
}

static int64_t asserted_register(void *context, int thread, unsigned number)
{
    const struct execution *self = context;
    (void)thread;
    return machine_value(self->scene.machine, self->state,
                         register_location(self->scene.machine, self->scene.thread, number));
}

static void check_assertion(struct execution *self)
{
    const struct program *program = self->scene.machine->program;
    struct predicate_source source = {self, asserted_word, asserted_register, NULL};
    int64_t value;
    enum failure failure =
        predicate_evaluate(program->predicates[self->scene.instruction->operands[0].value], &source, &value);
    if (failure != FAILURE_NONE || value == 0)
        fail(self, failure != FAILURE_NONE ? failure : FAILURE_ASSERT);
}

/* ---- Steps --------------------------------------------------------------------------------------------------- */

/* What is not assigned is read and checked. */
static void prepare(struct execution *self, const struct micro_operation *micro, struct write *write)
{
    uint32_t target = (uint32_t)self->scene.instruction->operands[0].value;
    switch (micro->kind) {
    case MICRO_REPLACE:
        evaluate_replacement(self, micro, write);
        break;
    case MICRO_JUMP:
        self->next = target;
        break;
    case MICRO_BRANCH:
        self->next = branch_taken(self, micro->condition) ? target : self->next;
        break;
    case MICRO_CALL:
        self->next = target;
        check_room(self);
        break;
    case MICRO_PUSH:
        check_room(self);
        break;
    case MICRO_POP:
        check_top(self, FAILURE_POP);
        break;
    case MICRO_RETURN:
        find_return(self);
        break;
    case MICRO_UNLOCK:
        if (!holds(self, HOLD_MUTEX, scene_object(&self->scene)))
            fail(self, FAILURE_UNLOCK);
        break;
    case MICRO_RWUNLOCK:
        if (!holds(self, HOLD_READING, scene_object(&self->scene)) &&
            !holds(self, HOLD_WRITING, scene_object(&self->scene)))
            fail(self, FAILURE_RELEASE);
        break;
    case MICRO_CWAIT:
        check_mutex(self);
        break;
    case MICRO_ASSERT:
        check_assertion(self);
        break;
    case MICRO_SPAWN:
        if (machine_activity(self->scene.machine, self->state, target) != ACTIVITY_UNBORN)
            fail(self, FAILURE_SPAWN);
        break;
    case MICRO_FAIL:
        fail(self, FAILURE_SAID);
        break;
    case MICRO_DIE:
        self->step->dies = true;
        self->step->dies_index = self->scene.index;
        break;
    case MICRO_HALT:
    case MICRO_EXIT:
        self->next = self->scene.machine->instruction_counts[self->scene.thread];
        break;
    default:
        break;
    }
}

static void perform(struct execution *self, enum micro_kind kind)
{
    const struct machine *machine = self->scene.machine;
    int64_t object = scene_object(&self->scene);
    switch (kind) {
    case MICRO_LOCK:
        lock(self, object);
        break;
    case MICRO_TRYLOCK:
        if (can_take(self))
            lock(self, object);
        break;
    case MICRO_UNLOCK:
        unlock(self, object);
        break;
    case MICRO_RDLOCK:
    case MICRO_WRLOCK:
        set_held(self, kind == MICRO_RDLOCK ? HOLD_READING : HOLD_WRITING, object, true);
        break;
    case MICRO_RWUNLOCK:
        release(self, object);
        break;
    case MICRO_CWAIT:
        sleep_or_wake(self);
        break;
    case MICRO_SIGNAL:
        set_activities(self, chosen_of(self, machine_sleepers(machine, self->state, MICRO_CWAIT, object)),
                       ACTIVITY_WOKEN);
        break;
    case MICRO_BROADCAST:
        set_activities(self, machine_sleepers(machine, self->state, MICRO_CWAIT, object), ACTIVITY_WOKEN);
        break;
    case MICRO_ARRIVE:
        arrive(self, object);
        break;
    case MICRO_PRINT:
        hold_output(self);
        break;
    case MICRO_SPAWN:
        set_activity(self, (size_t)object, ACTIVITY_NONE);
        break;
    case MICRO_YIELD:
        self->step->yields = self->step->is_over = true;
        break;
    case MICRO_GET:
        take_item(self);
        break;
    case MICRO_POP:
    case MICRO_RETURN:
        clear_top(self);
        break;
    case MICRO_LEAVE:
        travel(self);
        break;
    case MICRO_EXIT:
        end_others(self);
        break;
    case MICRO_DELAY:
        pass_time(self);
        break;
    default:
        break;
    }
}

/* Finds the word at the computed address, if there is one, and that it can be written. */
static void find_reach(struct execution *self)
{
    const struct machine *machine = self->scene.machine;
    struct reach *reach = &self->scene.reach;
    enum failure failure = machine_resolve(&self->scene, reach);
    if (failure != FAILURE_NONE) {
        fail(self, failure);
        return;
    }
    if (reach->word != LOCATION_NONE || !reach->writes ||
        machine_free_count(machine, self->state) < PROGRAM_FREE_WORDS_MAX)
        return;
    size_t place = machine_free_find(machine, self->state, reach->address);
    if (place == PROGRAM_FREE_WORDS_MAX ||
        machine_value(machine, self->state, free_address_location(machine, place)) != reach->address)
        fail(self, FAILURE_MEMORY);
}

/* An object that registers pick must be one. */
static bool check_objects(struct execution *self)
{
    const struct scene *scene = &self->scene;
    for (size_t o = 0; o < 2; o++)
        if (operand_is_picked(&scene->instruction->operands[o]) &&
            machine_object(scene->machine, self->state, scene->thread, &scene->instruction->operands[o]) < 0) {
            fail(self, FAILURE_ELEMENT);
            return false;
        }
    return true;
}

/* All is read and computed before anything is written. */
static void execute(struct execution *self)
{
    const struct micro_operation *micros = instruction_form(self->scene.instruction->opcode)->micros;
    struct write writes[MICRO_MAX];
    size_t count = 0;
    for (; count < MICRO_MAX && micros[count].kind != MICRO_NONE && self->step->result == STEP_TAKEN; count++) {
        writes[count].target = LOCATION_NONE;
        if (micros[count].kind == MICRO_ASSIGN)
            evaluate(self, &micros[count], &writes[count]);
        else
            prepare(self, &micros[count], &writes[count]);
    }
    if (self->step->result != STEP_TAKEN)
        return;
    for (size_t m = 0; m < count; m++)
        if (writes[m].target != LOCATION_NONE)
            assign(self, writes[m].target, writes[m].worth);
        else if (micros[m].kind != MICRO_ASSIGN)
            perform(self, micros[m].kind);
}

static inline void execute_next(const struct machine *self, uint64_t *state, size_t thread, unsigned choice,
                                struct step *step)
{
    uint32_t index = machine_index(self, state, thread);
    struct execution execution = {.scene = {.machine = self,
                                            .state = state,
                                            .thread = thread,
                                            .index = index,
                                            .instruction = instruction_at(self, thread, index)},
                                  .state = state,
                                  .step = step,
                                  .choice = choice,
                                  .next = index + 1};
    step->result = STEP_TAKEN;
    step->failure = FAILURE_NONE;
    step->index = index;
    step->ticks = self->io != 0 && is_away(self, state, thread) ? 0 : execution.scene.instruction->ticks;
    step->yields = step->is_over = step->prints = step->dies = step->overflows = false;
    step->move_count = 0;
    if (self->computes && instruction_computes(execution.scene.instruction))
        find_reach(&execution);
    if (step->result == STEP_TAKEN && check_objects(&execution))
        execute(&execution);
    if (step->result == STEP_TAKEN)
        go_on(&execution, thread, execution.next);
}

void machine_execute(const struct machine *self, uint64_t *state, size_t thread, unsigned choice, struct step *step)
{
    execute_next(self, state, thread, choice, step);
}

void machine_choose(const struct machine *self, uint64_t *state, size_t thread, unsigned choice, struct step *step)
{
    if (self->longest_step > 1)
        machine_take_stretch(self, state, thread, choice, step);
    else
        execute_next(self, state, thread, choice, step);
}

void machine_step(const struct machine *self, uint64_t *state, size_t thread, struct step *step)
{
    machine_choose(self, state, thread, 0, step);
}
