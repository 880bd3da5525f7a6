/* What instructions do beside assigning values, without their opcodes: for whoever tells people about steps. */
#include "machine/machine_parts.h"

#include <assert.h>

static enum act act_of(enum opcode opcode)
{
    static const enum act acts[OPCODE_COUNT] = {
        [OPCODE_NOP] = ACT_NOTHING, [OPCODE_HALT] = ACT_HALT, [OPCODE_TEST] = ACT_COMPARE, [OPCODE_J] = ACT_JUMP,
        [OPCODE_JE] = ACT_JUMP,     [OPCODE_JNE] = ACT_JUMP,  [OPCODE_JGT] = ACT_JUMP,     [OPCODE_JGTE] = ACT_JUMP,
        [OPCODE_JLT] = ACT_JUMP,    [OPCODE_JLTE] = ACT_JUMP, [OPCODE_LOCK] = ACT_LOCK,    [OPCODE_UNLOCK] = ACT_UNLOCK,
        [OPCODE_WAIT] = ACT_WAIT,   [OPCODE_POST] = ACT_POST, [OPCODE_PUT] = ACT_PUT,      [OPCODE_GET] = ACT_GET,
        [OPCODE_YIELD] = ACT_YIELD, [OPCODE_IO] = ACT_IO,     [OPCODE_PUSH] = ACT_PUSH,    [OPCODE_POP] = ACT_POP,
        [OPCODE_CALL] = ACT_CALL,   [OPCODE_RET] = ACT_RETURN};
    return acts[opcode];
}

static const struct instruction *instruction_at(const struct machine *self, size_t thread, uint32_t index)
{
    assert(index < thread_code(self, thread)->count);
    return &thread_code(self, thread)->instructions[index];
}

enum act machine_act(const struct machine *self, size_t thread, uint32_t index, size_t *object)
{
    const struct instruction *instruction = instruction_at(self, thread, index);
    enum operand_kind kind = instruction->operands[0].kind;
    bool has_object = kind == OPERAND_MUTEX || kind == OPERAND_SEMAPHORE || kind == OPERAND_QUEUE;
    *object = has_object ? (size_t)instruction->operands[0].value : 0;
    return act_of(instruction->opcode);
}

bool machine_jumps(const struct machine *self, size_t thread, uint32_t index, uint32_t next)
{
    const struct instruction *instruction = instruction_at(self, thread, index);
    assert(act_of(instruction->opcode) == ACT_JUMP);
    /* Where the label is the next instruction, either way leads there. */
    return next != index + 1 || (uint32_t)instruction->operands[0].value == next;
}

static int64_t operand_value(const struct machine *self, const uint64_t *state, size_t thread, struct operand operand)
{
    struct reach reach;
    switch (operand.kind) {
    case OPERAND_REGISTER:
        return machine_value(self, state, register_location(self, thread, (unsigned)operand.value));
    case OPERAND_WORD:
        return machine_value(self, state, (location_id)operand.value);
    case OPERAND_COMPUTED:
        return machine_resolve(self, state, thread, &operand, &reach) == FAILURE_NONE
                   ? machine_value_at(self, state, thread, reach.address)
                   : 0;
    default:
        return operand.value;
    }
}

void machine_compared(const struct machine *self, const uint64_t *state, size_t thread, int64_t values[2])
{
    const struct instruction *instruction = instruction_at(self, thread, machine_index(self, state, thread));
    assert(instruction->opcode == OPCODE_TEST);
    values[0] = operand_value(self, state, thread, instruction->operands[1]);
    values[1] = operand_value(self, state, thread, instruction->operands[0]);
}
