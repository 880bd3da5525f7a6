/* The static view of a machine: what each instruction could do, told without opcodes. */
#include "machine/machine_parts.h"

#include <assert.h>

/* The location that an operand names, or LOCATION_NONE for an immediate. */
static location_id operand_location(const struct machine *self, size_t thread, struct operand operand)
{
    if (operand.kind == OPERAND_REGISTER)
        return register_location(self, thread, (unsigned)operand.value);
    if (operand.kind == OPERAND_COMPUTED)
        return free_value_location(self, 0); /* which stands for any word */
    return operand.kind == OPERAND_WORD ? (location_id)operand.value : LOCATION_NONE;
}

static struct assignment *add_assignment(struct effect *effect, location_id target)
{
    assert(effect->assignment_count < EFFECT_ASSIGNMENTS_MAX);
    struct assignment *assignment = &effect->assignments[effect->assignment_count++];
    *assignment = (struct assignment){.target = target};
    return assignment;
}

static void add_term(struct assignment *assignment, location_id source, int coefficient)
{
    assert(assignment->term_count < ASSIGNMENT_TERMS_MAX);
    assignment->terms[assignment->term_count++] = (struct term){source, coefficient};
}

/* Adds an operand to the sum, as a term or as part of the constant. A constant that cannot be computed statically without
 * overflow does not matter to anyone: only its being constant does. */
static void add_operand(const struct machine *self, size_t thread, struct assignment *assignment,
                        struct operand operand, int coefficient)
{
    location_id source = operand_location(self, thread, operand);
    if (source != LOCATION_NONE)
        add_term(assignment, source, coefficient);
    else if (coefficient < 0)
        assignment->constant = operand.value == INT64_MIN ? INT64_MAX : -operand.value;
    else
        assignment->constant = operand.value;
}

/* target = coefficient_a * a + coefficient_b * target */
static void assign_sum(const struct machine *self, size_t thread, const struct instruction *instruction,
                       int coefficient_source, int coefficient_target, struct effect *effect)
{
    location_id target = operand_location(self, thread, instruction->operands[1]);
    struct assignment *assignment = add_assignment(effect, target);
    add_operand(self, thread, assignment, instruction->operands[0], coefficient_source);
    add_term(assignment, target, coefficient_target);
}

static void assign_move(const struct machine *self, size_t thread, const struct instruction *instruction,
                        struct effect *effect)
{
    location_id target = operand_location(self, thread, instruction->operands[1]);
    add_operand(self, thread, add_assignment(effect, target), instruction->operands[0], 1);
}

static void assign_test(const struct machine *self, size_t thread, const struct instruction *instruction,
                        struct effect *effect)
{
    struct assignment *assignment = add_assignment(effect, register_location(self, thread, REGISTER_FLAGS));
    assignment->is_comparison = true;
    for (size_t o = 0; o < 2; o++) {
        location_id source = operand_location(self, thread, instruction->operands[o]);
        if (source != LOCATION_NONE)
            add_term(assignment, source, 0);
    }
}

static void assign_exchange(const struct machine *self, size_t thread, const struct instruction *instruction, bool adds,
                            struct effect *effect)
{
    location_id reg = operand_location(self, thread, instruction->operands[0]);
    location_id word = operand_location(self, thread, instruction->operands[1]);
    add_term(add_assignment(effect, reg), word, 1);
    struct assignment *assignment = add_assignment(effect, word);
    add_term(assignment, reg, 1);
    if (adds)
        add_term(assignment, word, 1);
}

static void assign_permits(const struct machine *self, const struct instruction *instruction, int change,
                           struct effect *effect)
{
    location_id permits = semaphore_location(self, instruction->operands[0].value);
    struct assignment *assignment = add_assignment(effect, permits);
    assignment->constant = change;
    add_term(assignment, permits, 1);
    effect->may_block = true;
    effect->deciders[effect->decider_count++] = permits;
}

/* Which item a put writes depends on how many there are, and values move from item to item: items and length are control
 * always, and what is put is needed to store it, so it decides too. */
static void assign_queue(const struct machine *self, const struct instruction *instruction, int change,
                         struct effect *effect)
{
    location_id length = queue_length_location(self, instruction->operands[0].value);
    struct assignment *assignment = add_assignment(effect, length);
    assignment->constant = change;
    add_term(assignment, length, 1);
    effect->may_block = true;
    effect->deciders[effect->decider_count++] = length;
}

static void assign_put(const struct machine *self, size_t thread, const struct instruction *instruction,
                       struct effect *effect)
{
    location_id item = self->queue_items[instruction->operands[0].value];
    location_id source = operand_location(self, thread, instruction->operands[1]);
    assign_queue(self, instruction, 1, effect);
    add_operand(self, thread, add_assignment(effect, item), instruction->operands[1], 1);
    if (source != LOCATION_NONE)
        effect->deciders[effect->decider_count++] = source;
}

static void assign_got(const struct machine *self, size_t thread, const struct instruction *instruction,
                       struct effect *effect)
{
    location_id item = self->queue_items[instruction->operands[0].value];
    location_id target = operand_location(self, thread, instruction->operands[1]);
    assign_queue(self, instruction, -1, effect);
    add_term(add_assignment(effect, target), item, 1);
}

/* What is compared decides whether the word changes: %ax and the word are control, and so is what the word may become.
 * %ax takes the word's value in either case, for where it does not take it they are equal. */
static void assign_compared(const struct machine *self, size_t thread, const struct instruction *instruction,
                            struct effect *effect)
{
    location_id ax = register_location(self, thread, REGISTER_AX);
    location_id word = operand_location(self, thread, instruction->operands[1]);
    struct assignment *flags = add_assignment(effect, register_location(self, thread, REGISTER_FLAGS));
    flags->is_comparison = true;
    add_term(flags, ax, 0);
    add_term(flags, word, 0);
    struct assignment *changed = add_assignment(effect, word);
    add_term(changed, operand_location(self, thread, instruction->operands[0]), 0);
    add_term(changed, word, 0);
    add_term(add_assignment(effect, ax), word, 1);
    effect->deciders[effect->decider_count++] = ax;
    effect->deciders[effect->decider_count++] = word;
}

static void assign_negated(const struct machine *self, size_t thread, const struct instruction *instruction,
                           struct effect *effect)
{
    location_id target = operand_location(self, thread, instruction->operands[0]);
    add_term(add_assignment(effect, target), target, -1);
}

/* target = value + base + index * scale */
static void add_address(const struct machine *self, size_t thread, struct operand operand,
                        struct assignment *assignment)
{
    assignment->constant = operand.value;
    if (operand.base != REGISTER_NONE)
        add_term(assignment, register_location(self, thread, operand.base), 1);
    if (operand.index != REGISTER_NONE)
        add_term(assignment, register_location(self, thread, operand.index), operand.scale == 1 ? 1 : 0);
}

static void assign_address(const struct machine *self, size_t thread, const struct instruction *instruction,
                           struct effect *effect)
{
    location_id target = operand_location(self, thread, instruction->operands[1]);
    add_address(self, thread, instruction->operands[0], add_assignment(effect, target));
}

/* Where a push writes depends on %sp, so it decides; what is on a stack is control always. */
static void assign_stack_pointer(const struct machine *self, size_t thread, int change, struct effect *effect)
{
    location_id sp = register_location(self, thread, REGISTER_SP);
    struct assignment *assignment = add_assignment(effect, sp);
    assignment->constant = change;
    add_term(assignment, sp, 1);
    effect->deciders[effect->decider_count++] = sp;
}

static void assign_pushed(const struct machine *self, size_t thread, const struct instruction *instruction,
                          struct effect *effect)
{
    struct operand operand = instruction->operands[0];
    struct assignment *assignment = add_assignment(effect, stack_location(self, thread, 0));
    if (operand.kind == OPERAND_COMPUTED)
        add_address(self, thread, operand, assignment);
    else
        add_operand(self, thread, assignment, operand, 1);
    assign_stack_pointer(self, thread, -PROGRAM_WORD_SIZE, effect);
}

static void assign_popped(const struct machine *self, size_t thread, const struct instruction *instruction,
                          struct effect *effect)
{
    location_id target = operand_location(self, thread, instruction->operands[0]);
    assign_stack_pointer(self, thread, PROGRAM_WORD_SIZE, effect);
    if (target == LOCATION_NONE)
        return;
    if (target == register_location(self, thread, REGISTER_SP))
        effect->assignment_count = 0; /* what is popped comes last */
    add_term(add_assignment(effect, target), stack_location(self, thread, 0), 1);
}

static void describe_call(const struct machine *self, size_t thread, uint32_t index, struct effect *effect)
{
    effect->may_branch = true;
    add_assignment(effect, stack_location(self, thread, 0))->constant = PROGRAM_CODE_FIRST + (int64_t)index + 1;
    assign_stack_pointer(self, thread, -PROGRAM_WORD_SIZE, effect);
}

static void describe_return(const struct machine *self, size_t thread, struct effect *effect)
{
    effect->may_branch = true;
    effect->deciders[effect->decider_count++] = stack_location(self, thread, 0);
    assign_stack_pointer(self, thread, PROGRAM_WORD_SIZE, effect);
}

/* The registers of a computed address decide which word it is, and whether it is one. */
static void add_address_deciders(const struct machine *self, size_t thread, const struct instruction *instruction,
                                 struct effect *effect)
{
    if (!instruction_computes(instruction))
        return;
    for (size_t o = 0; o < 2; o++) {
        struct operand operand = instruction->operands[o];
        if (operand.kind == OPERAND_COMPUTED && operand.base != REGISTER_NONE)
            effect->deciders[effect->decider_count++] = register_location(self, thread, operand.base);
        if (operand.kind == OPERAND_COMPUTED && operand.index != REGISTER_NONE)
            effect->deciders[effect->decider_count++] = register_location(self, thread, operand.index);
    }
}

static void describe(const struct machine *self, size_t thread, uint32_t index, struct effect *effect)
{
    const struct instruction *instruction = &thread_code(self, thread)->instructions[index];
    *effect = (struct effect){0};
    switch (instruction->opcode) {
    case OPCODE_NOP:
    case OPCODE_YIELD:
    case OPCODE_COUNT:
        break;
    case OPCODE_HALT:
    case OPCODE_IO:
    case OPCODE_J:
        effect->may_branch = true;
        break;
    case OPCODE_MOV:
        assign_move(self, thread, instruction, effect);
        break;
    case OPCODE_ADD:
        assign_sum(self, thread, instruction, 1, 1, effect);
        break;
    case OPCODE_SUB:
        assign_sum(self, thread, instruction, -1, 1, effect);
        break;
    case OPCODE_MUL:
        assign_sum(self, thread, instruction, 0, 0, effect);
        break;
    case OPCODE_NEG:
        assign_negated(self, thread, instruction, effect);
        break;
    case OPCODE_TEST:
        assign_test(self, thread, instruction, effect);
        break;
    case OPCODE_JE:
    case OPCODE_JNE:
    case OPCODE_JGT:
    case OPCODE_JGTE:
    case OPCODE_JLT:
    case OPCODE_JLTE:
        effect->may_branch = true;
        effect->deciders[effect->decider_count++] = register_location(self, thread, REGISTER_FLAGS);
        break;
    case OPCODE_XCHG:
        assign_exchange(self, thread, instruction, false, effect);
        break;
    case OPCODE_FETCHADD:
        assign_exchange(self, thread, instruction, true, effect);
        break;
    case OPCODE_LOCK:
    case OPCODE_UNLOCK:
        effect->may_block = true;
        break;
    case OPCODE_WAIT:
        assign_permits(self, instruction, -1, effect);
        break;
    case OPCODE_POST:
        assign_permits(self, instruction, 1, effect);
        break;
    case OPCODE_PUT:
        assign_put(self, thread, instruction, effect);
        break;
    case OPCODE_GET:
        assign_got(self, thread, instruction, effect);
        break;
    case OPCODE_CAS:
        assign_compared(self, thread, instruction, effect);
        break;
    case OPCODE_LEA:
        assign_address(self, thread, instruction, effect);
        break;
    case OPCODE_PUSH:
        assign_pushed(self, thread, instruction, effect);
        break;
    case OPCODE_POP:
        assign_popped(self, thread, instruction, effect);
        break;
    case OPCODE_CALL:
        describe_call(self, thread, index, effect);
        break;
    case OPCODE_RET:
        describe_return(self, thread, effect);
        break;
    }
    add_address_deciders(self, thread, instruction, effect);
}

/* A copy into a register that nobody reads before it is written again is as good as not made: fetchadd whose old value is
 * not wanted is an addition. Arithmetic stays, since it can overflow. Only of instructions that go on to the next one. */
static bool is_dead(const struct machine *self, size_t thread, uint32_t index, const struct assignment *assignment)
{
    location_id target = assignment->target;
    bool is_copy = assignment->term_count == 1 && assignment->terms[0].coefficient == 1 && assignment->constant == 0;
    if (!is_copy || machine_location_thread(self, target) < 0 || machine_is_stack(self, target))
        return false;
    const uint16_t *live = self->live[self->program->threads[thread].code];
    return (live[index + 1] >> machine_location_register(self, target) & 1) == 0;
}

static void drop_dead_assignments(const struct machine *self, size_t thread, uint32_t index, struct effect *effect)
{
    size_t kept = 0;
    for (size_t a = 0; a < effect->assignment_count; a++)
        if (!is_dead(self, thread, index, &effect->assignments[a]))
            effect->assignments[kept++] = effect->assignments[a];
    effect->assignment_count = kept;
}

void machine_effect(const struct machine *self, size_t thread, uint32_t index, struct effect *effect)
{
    describe(self, thread, index, effect);
    if (!self->keep_dead && !effect->may_branch)
        drop_dead_assignments(self, thread, index, effect);
}
