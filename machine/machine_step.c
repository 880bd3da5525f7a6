/* The dynamic view of a machine: control states, and the step from one to the next. This is the one place that executes
 * instructions. */
#include "machine/execution.h"
#include "machine/store_buffer.h"
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

/* ---- Executing ----------------------------------------------------------------------------------------------- */

void execution_fail(struct execution *self, enum failure failure)
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
    if (machine->buffer_size > 0)
        location = store_buffer_source(&self->scene, location);
    if (location == LOCATION_FREE)
        return number(machine_value_at(machine, self->state, self->scene.thread, self->scene.reach.address));
    return machine->data[location] ? (struct worth){location, 0} : number(state_value(machine, self->state, location));
}

static struct worth operand_worth(const struct execution *self, const struct operand *operand)
{
    return operand->kind == OPERAND_IMMEDIATE ? number(operand->value)
                                              : location_worth(self, operand_location(&self->scene, operand));
}

void execution_store(struct execution *self, location_id target, int64_t value)
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
    execution_store(self, free_address_location(machine, to),
                    state_value(machine, self->state, free_address_location(machine, from)));
    execution_store(self, free_value_location(machine, to),
                    state_value(machine, self->state, free_value_location(machine, from)));
}

static void set_free_word(struct execution *self, size_t place, int64_t address, int64_t value)
{
    execution_store(self, free_address_location(self->scene.machine, place), address);
    execution_store(self, free_value_location(self->scene.machine, place), value);
}

/* Free words are listed in the order of their addresses, and only while they are not 0. That there is room was made sure
 * before the step changed anything. */
static void store_free(struct execution *self, int64_t value)
{
    const struct machine *machine = self->scene.machine;
    size_t count = machine_free_count(machine, self->state);
    size_t place = machine_free_find(machine, self->state, self->scene.reach.address);
    bool listed = place < count &&
                  state_value(machine, self->state, free_address_location(machine, place)) == self->scene.reach.address;
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
        execution_store(self, target, worth.source == LOCATION_NONE ? worth.addend : 0);
}

void execution_copy(struct execution *self, location_id target, location_id source)
{
    bool is_data = self->scene.machine->data[source];
    assign(self, target,
           is_data ? (struct worth){source, 0} : number(state_value(self->scene.machine, self->state, source)));
}

/* What an instruction computed; the words that it writes may wait in a store buffer. */
static void write_out(struct execution *self, const struct write *write)
{
    location_id target = write->target;
    if (self->scene.machine->buffer_size > 0) {
        target = store_buffer_target(&self->scene, write->target);
        store_buffer_note(self, write->target, target);
    }
    assign(self, target, write->worth);
}

/* ---- Guards -------------------------------------------------------------------------------------------------- */

/* How b compares with a, one of which is data: a comparison that the step has made before turns out as it did then. */
static int decide(struct execution *self, struct worth a, struct worth b)
{
    struct guarding *guarding = self->step->guarding;
    struct guard guard = {b.source, a.source, 0, -1};
    guarding->overflows |= __builtin_sub_overflow(b.addend, a.addend, &guard.addend);
    for (unsigned g = self->guard_first; g < guarding->count; g++) {
        const struct guard *met = &guarding->guards[g];
        if (met->left == guard.left && met->right == guard.right && met->addend == guard.addend)
            return met->sign;
    }
    if (guarding->count == STEP_GUARDS_MAX) {
        guarding->overflows = true;
        return 0;
    }
    struct guard *entered = &guarding->guards[guarding->count];
    guard.sign = guarding->count < guarding->decided ? entered->sign : -1;
    *entered = guard;
    guarding->count++;
    return guard.sign;
}

static bool is_data(struct worth worth)
{
    return worth.source != LOCATION_NONE;
}

/* ---- Operations ---------------------------------------------------------------------------------------------- */

/* The slice has made sure that data is only copied, with constants added; what is cut down to fewer bits is data only where that changes
 * nothing (analysis.c: may_overflow). */
static struct worth compute(struct execution *self, enum operation operation, struct worth a, struct worth b)
{
    const struct operation_traits *traits = &operations[operation];
    if (traits->is_comparison && self->scene.machine->guarded && (is_data(a) || is_data(b)))
        return number(decide(self, a, b));
    struct worth result = {a.source != LOCATION_NONE ? a.source : b.source, 0};
    assert(a.source == LOCATION_NONE || (traits->coefficients[0] == 1 && b.source == LOCATION_NONE));
    assert(b.source == LOCATION_NONE || traits->coefficients[1] == 1);
    const struct instruction *instruction = self->scene.instruction;
    enum failure failure = instruction->wrap > 0 && result.source == LOCATION_NONE
                               ? operation_wrap(operation, a.addend, b.addend, instruction->wrap,
                                                instruction->wraps_unsigned, &result.addend)
                               : traits->compute(a.addend, b.addend, &result.addend);
    if (failure != FAILURE_NONE)
        execution_fail(self, failure);
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

/* What is neither the first operand nor the second. */
static struct worth other_worth(struct execution *self, const struct micro_operation *micro, enum micro_place place)
{
    const struct operand *operand = &self->scene.instruction->operands[0];
    if (place == PLACE_CONSTANT)
        return number(micro->constant);
    if (place == PLACE_BEHIND)
        return number(code_address(self->scene.index + 1));
    if (place == PLACE_SUCCESS)
        return number(machine_can_take(&self->scene));
    if (place == PLACE_CHOICE)
        return number(operand->value + self->choice);
    if (place == PLACE_ADDRESS)
        return operand->kind == OPERAND_COMPUTED ? address_worth(self, operand) : operand_worth(self, operand);
    return location_worth(self, machine_place_location(&self->scene, place));
}

static inline struct worth place_worth(struct execution *self, const struct micro_operation *micro,
                                       enum micro_place place)
{
    if (place != PLACE_FIRST && place != PLACE_SECOND)
        return other_worth(self, micro, place);
    return operand_worth(self, &self->scene.instruction->operands[place == PLACE_SECOND]);
}

/* Nobody asks for the outcome of a comparison where it is data: then what is compared may be data, too. */
static inline void evaluate(struct execution *self, const struct micro_operation *micro, struct write *write)
{
    const struct operation_traits *traits = &operations[micro->operation];
    write->target = place_location(&self->scene, micro->target);
    if (write->target == LOCATION_NONE ||
        (traits->is_comparison && write->target != LOCATION_FREE && self->scene.machine->data[write->target])) {
        write->target = LOCATION_NONE;
        return;
    }
    write->worth = place_worth(self, micro, micro->a);
    if (traits->is_binary)
        write->worth = compute(self, micro->operation, write->worth, place_worth(self, micro, micro->b));
    else if (self->scene.instruction->wrap > 0 && write->worth.source == LOCATION_NONE)
        write->worth.addend =
            operation_cut(write->worth.addend, self->scene.instruction->wrap, self->scene.instruction->wraps_unsigned);
}

static void evaluate_replacement(struct execution *self, const struct micro_operation *micro, struct write *write)
{
    struct worth expected = place_worth(self, micro, PLACE_AX), found = place_worth(self, micro, micro->target);
    struct worth given = place_worth(self, micro, micro->a);
    bool is_guarded = self->scene.machine->guarded && (is_data(expected) || is_data(found));
    assert(self->scene.machine->guarded || (!is_data(expected) && !is_data(found) && !is_data(given)));
    if (is_guarded ? decide(self, expected, found) == 0 : found.addend == expected.addend)
        *write = (struct write){machine_place_location(&self->scene, micro->target), given};
}

/* ---- Stacks -------------------------------------------------------------------------------------------------- */

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
        execution_fail(self, top == PROGRAM_STACK_FIRST ? FAILURE_PUSH : FAILURE_ADDRESS);
}

static void check_top(struct execution *self, enum failure when_empty)
{
    int64_t top = stack_pointer(self);
    if (!is_stack_address(top))
        execution_fail(self, top == PROGRAM_STACK_END ? when_empty : FAILURE_ADDRESS);
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
        execution_fail(self, FAILURE_RETURN);
}

/* What is popped leaves 0 behind where nobody can look, so that states differ only by what matters. */
static void clear_top(struct execution *self)
{
    if (!self->scene.machine->keeps_popped)
        execution_store(self, machine_place_location(&self->scene, PLACE_TOP), 0);
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
    for (size_t n = 0; n < machine->stack_count; n++) {
        struct field field = machine->layout.locations[stack_location(machine, thread, n)];
        if (field.width > 0)
            field_set(field, self->state, 0);
    }
}

void execution_go_on(struct execution *self, size_t thread, uint32_t next)
{
    const struct machine *machine = self->scene.machine;
    field_set(machine->layout.indices[thread], self->state, next);
    if (machine->keep_dead)
        return;
    clear_dead_registers(self, thread, next);
    if (next == machine->instruction_counts[thread])
        clear_stack(self, thread);
}

/* ---- Branches, output and assertions ------------------------------------------------------------------------- */

static bool branch_taken(const struct execution *self, enum condition condition)
{
    return conditions[condition].holds[register_worth(self, REGISTER_FLAGS).addend + 1];
}

/* Keeps the one number that is printed. */
static void hold_number(struct execution *self)
{
    const struct operand *operand = &self->scene.instruction->operands[0];
    if (machine_place_location(&self->scene, PLACE_FIRST) != LOCATION_NONE)
        assign(self, self->scene.machine->output, operand_worth(self, operand));
}

/* Keeps in the state what was printed. */
static void hold_output(struct execution *self)
{
    const struct machine *machine = self->scene.machine;
    char number[PRINTED_MAX];
    self->step->prints = true;
    if (machine->output == LOCATION_NONE)
        return;
    if (machine->program->outputs->is_number) {
        hold_number(self);
        return;
    }
    uint32_t node = (uint32_t)state_value(machine, self->state, machine->output);
    execution_store(self, machine->output,
                    outputs_go(machine->program->outputs, node, machine_printed(&self->scene, number)));
}

static int64_t asserted_word(void *context, size_t word)
{
    const struct execution *self = context;
    return state_value(self->scene.machine, self->state, store_buffer_source(&self->scene, (location_id)word));
}

static int64_t asserted_register(void *context, int thread, unsigned number)
{
    const struct execution *self = context;
    (void)thread;
    return state_value(self->scene.machine, self->state,
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
        execution_fail(self, failure != FAILURE_NONE ? failure : FAILURE_ASSERT);
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
    case MICRO_ASSERT:
        check_assertion(self);
        break;
    case MICRO_FAIL:
        execution_fail(self, FAILURE_SAID);
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
        execution_check(self, micro->kind);
        break;
    }
}

static void perform(struct execution *self, enum micro_kind kind)
{
    switch (kind) {
    case MICRO_PRINT:
        hold_output(self);
        break;
    case MICRO_YIELD:
        self->step->yields = self->step->is_over = true;
        break;
    case MICRO_POP:
    case MICRO_RETURN:
        clear_top(self);
        break;
    default:
        execution_synchronise(self, kind);
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
        execution_fail(self, failure);
        return;
    }
    if (reach->word != LOCATION_NONE || !reach->writes ||
        machine_free_count(machine, self->state) < PROGRAM_FREE_WORDS_MAX)
        return;
    size_t place = machine_free_find(machine, self->state, reach->address);
    if (place == PROGRAM_FREE_WORDS_MAX ||
        state_value(machine, self->state, free_address_location(machine, place)) != reach->address)
        execution_fail(self, FAILURE_MEMORY);
}

/* That there is room in the store buffer, should the instruction need it. */
static void check_buffer(struct execution *self)
{
    enum failure failure = store_buffer_failure(&self->scene);
    if (failure != FAILURE_NONE)
        execution_fail(self, failure);
}

/* An object that registers pick must be one. */
static bool check_objects(struct execution *self)
{
    const struct scene *scene = &self->scene;
    for (size_t o = 0; o < 2; o++)
        if (operand_is_picked(&scene->instruction->operands[o]) &&
            machine_object(scene->machine, self->state, scene->thread, &scene->instruction->operands[o]) < 0) {
            execution_fail(self, FAILURE_ELEMENT);
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
            write_out(self, &writes[m]);
        else if (micros[m].kind != MICRO_ASSIGN)
            perform(self, micros[m].kind);
}

static inline void execute_next(const struct machine *self, uint64_t *state, size_t thread, unsigned choice,
                                struct step *step)
{
    uint32_t index = state_index(self, state, thread);
    struct execution execution = {.scene = {.machine = self,
                                            .state = state,
                                            .thread = thread,
                                            .index = index,
                                            .instruction = instruction_at(self, thread, index)},
                                  .state = state,
                                  .step = step,
                                  .choice = choice,
                                  .guard_first = self->guarded ? step->guarding->count : 0,
                                  .next = index + 1};
    step->result = STEP_TAKEN;
    step->failure = FAILURE_NONE;
    step->index = index;
    step->ticks = self->io != 0 && machine_is_away(self, state, thread) ? 0 : execution.scene.instruction->ticks;
    step->yields = step->is_over = step->prints = step->dies = step->overflows = false;
    step->move_count = 0;
    if (self->computes && instruction_computes(execution.scene.instruction))
        find_reach(&execution);
    if (self->buffer_size > 0 && step->result == STEP_TAKEN)
        check_buffer(&execution);
    if (step->result == STEP_TAKEN && check_objects(&execution)) {
        bool counts = self->count != LOCATION_NONE && machine_counts(&execution.scene);
        execute(&execution);
        if (counts && step->result == STEP_TAKEN)
            machine_add_count(self, 1, step);
    }
    if (step->result == STEP_TAKEN)
        execution_go_on(&execution, thread, execution.next);
}

/* The oldest store of a thread reaches memory, wherever the thread is. */
static void flush(const struct machine *self, uint64_t *state, size_t thread, struct step *step)
{
    struct execution execution = {
        .scene = {.machine = self, .state = state, .thread = thread}, .state = state, .step = step};
    *step = (struct step){.result = STEP_TAKEN,
                          .index = state_index(self, state, thread),
                          .is_over = true,
                          .guarding = self->guarded ? step->guarding : NULL};
    store_buffer_flush(&execution);
}

void machine_execute(const struct machine *self, uint64_t *state, size_t thread, unsigned choice, struct step *step)
{
    if (choice == WAY_FLUSH)
        flush(self, state, thread, step);
    else
        execute_next(self, state, thread, choice, step);
}

void machine_choose(const struct machine *self, uint64_t *state, size_t thread, unsigned choice, struct step *step)
{
    if (choice == WAY_FLUSH)
        flush(self, state, thread, step);
    else if (self->longest_step > 1)
        machine_take_stretch(self, state, thread, choice, step);
    else
        execute_next(self, state, thread, choice, step);
}

void machine_step(const struct machine *self, uint64_t *state, size_t thread, struct step *step)
{
    machine_choose(self, state, thread, 0, step);
}
