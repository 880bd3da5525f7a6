/* The dynamic view of a machine: control states, and the step from one to the next. This is the one place that executes
 * instructions. */
#include "machine/machine_parts.h"

#include <assert.h>

/* What an operand is worth in a step: the value of a data location (source) plus addend, or the addend alone. */
struct worth {
    location_id source;
    int64_t addend;
};

/* One step under way. */
struct execution {
    const struct machine *machine;
    uint64_t *state;
    size_t thread;
    struct step *step;
    struct reach reach; /* where the instruction computes an address */
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
            uint16_t live = self->live[self->program->threads[thread].code][0];
            if (number < REGISTER_COUNT && (live >> number & 1) == 0)
                continue;
        }
        field_set(self->layout.locations[l], state, (uint64_t)machine_initial_value(self, l));
    }
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

bool machine_can_be_away(const struct machine *self)
{
    return self->io != 0;
}

static bool is_away(const struct machine *self, const uint64_t *state, size_t thread)
{
    return (self->io >> thread & 1) != 0 && field_get(self->layout.away[thread], state) != 0;
}

uint64_t machine_away(const struct machine *self, const uint64_t *state)
{
    uint64_t away = 0;
    for (size_t t = 0; self->io != 0 && t < self->program->thread_count; t++)
        away |= (uint64_t)is_away(self, state, t) << t;
    return away;
}

uint64_t machine_finished(const struct machine *self, const uint64_t *state)
{
    uint64_t finished = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        if (machine_index(self, state, t) == self->instruction_counts[t])
            finished |= UINT64_C(1) << t;
    return finished;
}

static bool mutex_is_held(const struct machine *self, const uint64_t *state, int64_t mutex)
{
    for (size_t t = 0; t < self->program->thread_count; t++)
        if (field_get(self->layout.held[t], state) >> mutex & 1)
            return true;
    return false;
}

static int64_t queue_length(const struct machine *self, const uint64_t *state, int64_t queue)
{
    return machine_value(self, state, queue_length_location(self, queue));
}

static bool can_proceed(const struct machine *self, const uint64_t *state, const struct instruction *instruction)
{
    if (instruction->opcode == OPCODE_LOCK)
        return !mutex_is_held(self, state, instruction->operands[0].value);
    if (instruction->opcode == OPCODE_WAIT)
        return machine_value(self, state, semaphore_location(self, instruction->operands[0].value)) > 0;
    if (instruction->opcode == OPCODE_PUT)
        return queue_length(self, state, instruction->operands[0].value) <
               self->program->queues[instruction->operands[0].value].capacity;
    if (instruction->opcode == OPCODE_GET)
        return queue_length(self, state, instruction->operands[0].value) > 0;
    return true;
}

uint64_t machine_enabled(const struct machine *self, const uint64_t *state)
{
    uint64_t enabled = 0;
    for (size_t t = 0; t < self->program->thread_count; t++) {
        uint32_t index = machine_index(self, state, t);
        if (index < self->instruction_counts[t] &&
            (!self->blocks || can_proceed(self, state, &thread_code(self, t)->instructions[index])))
            enabled |= UINT64_C(1) << t;
    }
    return enabled;
}

/* ---- Executing ----------------------------------------------------------------------------------------------- */

static void fail(struct execution *self, enum failure failure)
{
    self->step->result = STEP_FAILED;
    self->step->failure = failure;
}

static location_id operand_location(const struct execution *self, struct operand operand)
{
    if (operand.kind == OPERAND_REGISTER)
        return register_location(self->machine, self->thread, (unsigned)operand.value);
    if (operand.kind == OPERAND_COMPUTED)
        return self->reach.word != LOCATION_NONE ? self->reach.word : LOCATION_FREE;
    assert(operand.kind == OPERAND_WORD);
    return (location_id)operand.value;
}

static struct worth location_worth(const struct execution *self, location_id location)
{
    if (location == LOCATION_FREE)
        return (struct worth){LOCATION_NONE,
                              machine_value_at(self->machine, self->state, self->thread, self->reach.address)};
    if (self->machine->data[location])
        return (struct worth){location, 0};
    return (struct worth){LOCATION_NONE, machine_value(self->machine, self->state, location)};
}

static struct worth operand_worth(const struct execution *self, struct operand operand)
{
    if (operand.kind == OPERAND_IMMEDIATE)
        return (struct worth){LOCATION_NONE, operand.value};
    return location_worth(self, operand_location(self, operand));
}

static void store(struct execution *self, location_id target, int64_t value)
{
    struct field field = self->machine->layout.locations[target];
    if (field.width == 0 && value == machine_initial_value(self->machine, target))
        return;
    if (field.width > 0 && field_holds(field, value)) {
        field_set(field, self->state, (uint64_t)value);
        return;
    }
    if (self->step->result == STEP_TAKEN)
        *self->step = (struct step){.result = STEP_TOO_NARROW, .narrow = target, .narrow_value = value};
}

static void copy_free_word(struct execution *self, size_t from, size_t to)
{
    const struct machine *machine = self->machine;
    store(self, free_address_location(machine, to),
          machine_value(machine, self->state, free_address_location(machine, from)));
    store(self, free_value_location(machine, to),
          machine_value(machine, self->state, free_value_location(machine, from)));
}

static void set_free_word(struct execution *self, size_t number, int64_t address, int64_t value)
{
    store(self, free_address_location(self->machine, number), address);
    store(self, free_value_location(self->machine, number), value);
}

/* Free words are listed in the order of their addresses, and only while they are not 0. That there is room was made sure
 * before the step changed anything. */
static void store_free(struct execution *self, int64_t value)
{
    const struct machine *machine = self->machine;
    size_t count = machine_free_count(machine, self->state);
    size_t number = machine_free_find(machine, self->state, self->reach.address);
    bool listed = number < count &&
                  machine_value(machine, self->state, free_address_location(machine, number)) == self->reach.address;
    if (listed && value == 0) {
        for (; number + 1 < count; number++)
            copy_free_word(self, number + 1, number);
        set_free_word(self, number, 0, 0);
    } else if (listed || value != 0) {
        for (size_t n = count; !listed && n > number; n--)
            copy_free_word(self, n - 1, n);
        set_free_word(self, number, self->reach.address, value);
    }
}

/* A control register that is dead after the step may be given the value of a data location: what is stored does not matter,
 * and is cleared. */
static void assign(struct execution *self, location_id target, struct worth worth)
{
    if (target == LOCATION_FREE)
        store_free(self, worth.addend);
    else if (self->machine->data[target])
        self->step->moves[self->step->move_count++] = (struct move){target, worth.source, worth.addend};
    else if (self->machine->stored[target] || machine_is_on_demand(self->machine, target))
        store(self, target, worth.source == LOCATION_NONE ? worth.addend : 0);
}

/* The slice has made sure that at most one of two summands is data. */
static struct worth sum(struct execution *self, struct worth a, struct worth b)
{
    struct worth result = {a.source != LOCATION_NONE ? a.source : b.source, 0};
    assert(a.source == LOCATION_NONE || b.source == LOCATION_NONE);
    if (__builtin_add_overflow(a.addend, b.addend, &result.addend))
        fail(self, FAILURE_OVERFLOW);
    return result;
}

static struct worth difference(struct execution *self, struct worth a, struct worth b)
{
    struct worth result = {a.source, 0};
    assert(b.source == LOCATION_NONE);
    if (__builtin_sub_overflow(a.addend, b.addend, &result.addend))
        fail(self, FAILURE_OVERFLOW);
    return result;
}

static struct worth product(struct execution *self, struct worth a, struct worth b)
{
    struct worth result = {LOCATION_NONE, 0};
    assert(a.source == LOCATION_NONE && b.source == LOCATION_NONE);
    if (__builtin_mul_overflow(a.addend, b.addend, &result.addend))
        fail(self, FAILURE_OVERFLOW);
    return result;
}

static void compare(struct execution *self, struct worth a, struct worth b)
{
    location_id flags = register_location(self->machine, self->thread, REGISTER_FLAGS);
    if (!self->machine->data[flags]) /* else nobody asks for the outcome */
        store(self, flags, (b.addend > a.addend) - (b.addend < a.addend));
}

/* %ax takes the word's value in either case: where the word changes they are equal. */
static void compare_and_swap(struct execution *self, const struct instruction *instruction)
{
    location_id ax = register_location(self->machine, self->thread, REGISTER_AX);
    location_id word = operand_location(self, instruction->operands[1]);
    struct worth expected = location_worth(self, ax);
    struct worth found = location_worth(self, word);
    struct worth given = operand_worth(self, instruction->operands[0]);
    assert(expected.source == LOCATION_NONE && found.source == LOCATION_NONE && given.source == LOCATION_NONE);
    compare(self, expected, found);
    assign(self, ax, found);
    if (found.addend == expected.addend)
        assign(self, word, given);
}

static void exchange(struct execution *self, const struct instruction *instruction, bool adds)
{
    location_id reg = operand_location(self, instruction->operands[0]);
    location_id word = operand_location(self, instruction->operands[1]);
    struct worth old = location_worth(self, word);
    struct worth given = location_worth(self, reg);
    struct worth new = adds ? sum(self, old, given) : given;
    if (self->step->result == STEP_FAILED)
        return;
    assign(self, reg, old);
    assign(self, word, new);
}

static void change_permits(struct execution *self, int64_t semaphore, int64_t change)
{
    location_id permits = semaphore_location(self->machine, semaphore);
    struct worth worth = sum(self, location_worth(self, permits), (struct worth){LOCATION_NONE, change});
    if (self->step->result == STEP_TAKEN)
        assign(self, permits, worth);
}

static void put(struct execution *self, const struct instruction *instruction)
{
    int64_t queue = instruction->operands[0].value;
    int64_t length = queue_length(self->machine, self->state, queue);
    struct worth worth = operand_worth(self, instruction->operands[1]);
    assert(worth.source == LOCATION_NONE);
    store(self, self->machine->queue_items[queue] + (location_id)length, worth.addend);
    store(self, queue_length_location(self->machine, queue), length + 1);
}

/* The items that remain move up, and the place that becomes free is zero, so that equal queues are equal states. */
static void get(struct execution *self, const struct instruction *instruction)
{
    int64_t queue = instruction->operands[0].value;
    int64_t length = queue_length(self->machine, self->state, queue);
    location_id item = self->machine->queue_items[queue];
    struct worth first = location_worth(self, item);
    for (location_id last = item + (location_id)length - 1; item < last; item++)
        store(self, item, machine_value(self->machine, self->state, item + 1));
    store(self, item, 0);
    store(self, queue_length_location(self->machine, queue), length - 1);
    assign(self, operand_location(self, instruction->operands[1]), first);
}

/* Leaves, or returns where it has left; returns whether it did. */
static bool travel(struct execution *self)
{
    bool returns = is_away(self->machine, self->state, self->thread);
    field_set(self->machine->layout.away[self->thread], self->state, !returns);
    return returns;
}

static void set_held(struct execution *self, int64_t mutex, bool held)
{
    struct field field = self->machine->layout.held[self->thread];
    uint64_t bit = UINT64_C(1) << mutex;
    uint64_t all = field_get(field, self->state);
    if (!held && (all & bit) == 0)
        fail(self, FAILURE_UNLOCK);
    field_set(field, self->state, held ? all | bit : all & ~bit);
}

/* ---- Addresses and stacks ------------------------------------------------------------------------------------ */

static struct worth register_worth(const struct execution *self, unsigned number)
{
    if (number == REGISTER_NONE)
        return (struct worth){LOCATION_NONE, 0};
    return location_worth(self, register_location(self->machine, self->thread, number));
}

/* The address of an operand, as a value: its base may be data. */
static struct worth address_worth(struct execution *self, struct operand operand)
{
    struct worth index = register_worth(self, operand.index);
    if (operand.index != REGISTER_NONE && operand.scale != 1)
        index = product(self, index, (struct worth){LOCATION_NONE, operand.scale});
    struct worth base = sum(self, (struct worth){LOCATION_NONE, operand.value}, register_worth(self, operand.base));
    return sum(self, base, index);
}

static void load_address(struct execution *self, const struct instruction *instruction)
{
    struct worth address = address_worth(self, instruction->operands[0]);
    if (self->step->result == STEP_TAKEN)
        assign(self, operand_location(self, instruction->operands[1]), address);
}

static int64_t stack_pointer(const struct execution *self)
{
    return register_worth(self, REGISTER_SP).addend;
}

static bool is_stack_address(int64_t address)
{
    return address >= PROGRAM_STACK_FIRST && address < PROGRAM_STACK_END && address % PROGRAM_WORD_SIZE == 0;
}

static location_id stack_word(const struct execution *self, int64_t address)
{
    return stack_location_at(self->machine, self->thread, address);
}

static void set_stack_pointer(struct execution *self, int64_t value)
{
    assign(self, register_location(self->machine, self->thread, REGISTER_SP), (struct worth){LOCATION_NONE, value});
}

static void push(struct execution *self, struct worth worth)
{
    int64_t top = stack_pointer(self);
    if (self->step->result != STEP_TAKEN)
        return;
    if (top > PROGRAM_STACK_END || !is_stack_address(top - (top > 0) * PROGRAM_WORD_SIZE)) {
        fail(self, top == PROGRAM_STACK_FIRST ? FAILURE_PUSH : FAILURE_ADDRESS);
        return;
    }
    assert(worth.source == LOCATION_NONE);
    store(self, stack_word(self, top - PROGRAM_WORD_SIZE), worth.addend);
    set_stack_pointer(self, top - PROGRAM_WORD_SIZE);
}

/* What is popped leaves 0 behind where nobody can look, so that states differ only by what matters. */
static int64_t pop(struct execution *self, enum failure when_empty)
{
    int64_t top = stack_pointer(self);
    if (!is_stack_address(top)) {
        fail(self, top == PROGRAM_STACK_END ? when_empty : FAILURE_ADDRESS);
        return 0;
    }
    int64_t value = machine_value(self->machine, self->state, stack_word(self, top));
    if (!self->machine->keeps_popped)
        store(self, stack_word(self, top), 0);
    set_stack_pointer(self, top + PROGRAM_WORD_SIZE);
    return value;
}

static void push_operand(struct execution *self, const struct instruction *instruction)
{
    struct operand operand = instruction->operands[0];
    push(self, operand.kind == OPERAND_COMPUTED ? address_worth(self, operand) : operand_worth(self, operand));
}

static void pop_operand(struct execution *self, const struct instruction *instruction)
{
    int64_t value = pop(self, FAILURE_POP);
    if (self->step->result == STEP_TAKEN && instruction->operands[0].kind != OPERAND_NONE)
        assign(self, operand_location(self, instruction->operands[0]), (struct worth){LOCATION_NONE, value});
}

/* The address of an instruction's code, and back again. */
static int64_t code_address(uint32_t index)
{
    return PROGRAM_CODE_FIRST + (int64_t)index;
}

/* Only behind a call is a place to return to: liveness relies on it. */
static bool is_return_address(const struct execution *self, int64_t address)
{
    const struct code *code = thread_code(self->machine, self->thread);
    return address > PROGRAM_CODE_FIRST && address <= code_address(code->count) &&
           code->instructions[address - PROGRAM_CODE_FIRST - 1].opcode == OPCODE_CALL;
}

static uint32_t return_from_call(struct execution *self)
{
    int64_t top = stack_pointer(self);
    if (is_stack_address(top) &&
        !is_return_address(self, machine_value(self->machine, self->state, stack_word(self, top)))) {
        fail(self, FAILURE_RETURN);
        return 0;
    }
    int64_t address = pop(self, FAILURE_RETURN);
    return (uint32_t)(address - PROGRAM_CODE_FIRST);
}

/* Finds the word at the computed address, if there is one, and that it can be written. */
static void reach(struct execution *self, const struct instruction *instruction)
{
    const struct machine *machine = self->machine;
    const struct instruction_form *form = instruction_form(instruction->opcode);
    size_t position = instruction->operands[0].kind == OPERAND_COMPUTED ? 0 : 1;
    enum failure failure =
        machine_resolve(machine, self->state, self->thread, &instruction->operands[position], &self->reach);
    if (failure != FAILURE_NONE) {
        fail(self, failure);
        return;
    }
    if (self->reach.word != LOCATION_NONE || (form->uses[position] & USE_WRITE) == 0 ||
        machine_free_count(machine, self->state) < PROGRAM_FREE_WORDS_MAX)
        return;
    size_t number = machine_free_find(machine, self->state, self->reach.address);
    if (number == PROGRAM_FREE_WORDS_MAX ||
        machine_value(machine, self->state, free_address_location(machine, number)) != self->reach.address)
        fail(self, FAILURE_MEMORY);
}

/* ---- Instructions -------------------------------------------------------------------------------------------- */

static bool jump_taken(const struct execution *self, enum opcode opcode)
{
    if (opcode == OPCODE_J)
        return true;
    int64_t flags = location_worth(self, register_location(self->machine, self->thread, REGISTER_FLAGS)).addend;
    switch (opcode) {
    case OPCODE_JE:
        return flags == 0;
    case OPCODE_JNE:
        return flags != 0;
    case OPCODE_JGT:
        return flags > 0;
    case OPCODE_JGTE:
        return flags >= 0;
    case OPCODE_JLT:
        return flags < 0;
    default:
        return flags <= 0;
    }
}

/* Computes into the second operand. */
static void compute(struct execution *self, const struct instruction *instruction)
{
    location_id target = operand_location(self, instruction->operands[1]);
    struct worth source = operand_worth(self, instruction->operands[0]);
    struct worth result = source;
    if (instruction->opcode == OPCODE_ADD)
        result = sum(self, location_worth(self, target), source);
    else if (instruction->opcode == OPCODE_SUB)
        result = difference(self, location_worth(self, target), source);
    else if (instruction->opcode == OPCODE_MUL)
        result = product(self, location_worth(self, target), source);
    if (self->step->result == STEP_TAKEN)
        assign(self, target, result);
}

static void negate(struct execution *self, const struct instruction *instruction)
{
    location_id target = operand_location(self, instruction->operands[0]);
    struct worth result = difference(self, (struct worth){LOCATION_NONE, 0}, location_worth(self, target));
    if (self->step->result == STEP_TAKEN)
        assign(self, target, result);
}

/* Executes an instruction and returns the index of the next one. */
static uint32_t execute(struct execution *self, const struct instruction *instruction, uint32_t index, uint32_t count)
{
    switch (instruction->opcode) {
    case OPCODE_NOP:
    case OPCODE_YIELD:
    case OPCODE_COUNT:
        break;
    case OPCODE_HALT:
        return count;
    case OPCODE_MOV:
    case OPCODE_ADD:
    case OPCODE_SUB:
    case OPCODE_MUL:
        compute(self, instruction);
        break;
    case OPCODE_NEG:
        negate(self, instruction);
        break;
    case OPCODE_TEST:
        compare(self, operand_worth(self, instruction->operands[0]), operand_worth(self, instruction->operands[1]));
        break;
    case OPCODE_J:
    case OPCODE_JE:
    case OPCODE_JNE:
    case OPCODE_JGT:
    case OPCODE_JGTE:
    case OPCODE_JLT:
    case OPCODE_JLTE:
        return jump_taken(self, instruction->opcode) ? (uint32_t)instruction->operands[0].value : index + 1;
    case OPCODE_XCHG:
        exchange(self, instruction, false);
        break;
    case OPCODE_FETCHADD:
        exchange(self, instruction, true);
        break;
    case OPCODE_LOCK:
        set_held(self, instruction->operands[0].value, true);
        break;
    case OPCODE_UNLOCK:
        set_held(self, instruction->operands[0].value, false);
        break;
    case OPCODE_WAIT:
        change_permits(self, instruction->operands[0].value, -1);
        break;
    case OPCODE_POST:
        change_permits(self, instruction->operands[0].value, 1);
        break;
    case OPCODE_PUT:
        put(self, instruction);
        break;
    case OPCODE_GET:
        get(self, instruction);
        break;
    case OPCODE_CAS:
        compare_and_swap(self, instruction);
        break;
    case OPCODE_IO:
        return travel(self) ? index + 1 : index;
    case OPCODE_LEA:
        load_address(self, instruction);
        break;
    case OPCODE_PUSH:
        push_operand(self, instruction);
        break;
    case OPCODE_POP:
        pop_operand(self, instruction);
        break;
    case OPCODE_CALL:
        push(self, (struct worth){LOCATION_NONE, code_address(index + 1)});
        return (uint32_t)instruction->operands[0].value;
    case OPCODE_RET:
        return return_from_call(self);
    }
    return index + 1;
}

/* Registers that no path reads before writing become zero, so that states which no continuation can tell apart are equal.
 * Only what was live before the step, or was just written, can be dead with a value. */
static void clear_dead_registers(struct execution *self, uint32_t index)
{
    const struct machine *machine = self->machine;
    unsigned live = machine->live[machine->program->threads[self->thread].code][index];
    location_id first = register_location(machine, self->thread, 0);
    for (unsigned r = 0; r < REGISTER_COUNT; r++)
        if ((live >> r & 1) == 0 && machine->layout.locations[first + r].width > 0)
            field_set(machine->layout.locations[first + r], self->state, 0);
}

/* Nobody looks at the stack of a thread that has finished. */
static void clear_stack(struct execution *self)
{
    for (size_t n = 0; n < self->machine->stride - REGISTER_COUNT; n++) {
        struct field field = self->machine->layout.locations[stack_location(self->machine, self->thread, n)];
        if (field.width > 0)
            field_set(field, self->state, 0);
    }
}

void machine_step(const struct machine *self, uint64_t *state, size_t thread, struct step *step)
{
    struct execution execution = {.machine = self, .state = state, .thread = thread, .step = step};
    uint32_t index = machine_index(self, state, thread);
    uint32_t count = self->instruction_counts[thread];
    assert(index < count);
    step->result = STEP_TAKEN;
    step->failure = FAILURE_NONE;
    step->move_count = 0;
    const struct instruction *instruction = &thread_code(self, thread)->instructions[index];
    if (self->computes && instruction_computes(instruction))
        reach(&execution, instruction);
    if (step->result == STEP_TAKEN)
        index = execute(&execution, instruction, index, count);
    if (step->result != STEP_TAKEN)
        return;
    field_set(self->layout.indices[thread], state, index);
    if (!self->keep_dead)
        clear_dead_registers(&execution, index);
    if (!self->keep_dead && index == count)
        clear_stack(&execution);
}
