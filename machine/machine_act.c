/* What instructions do beside assigning values, without their opcodes: for whoever tells people about steps. */
#include "machine/store_buffer.h"

static bool compares(const struct instruction *instruction)
{
    const struct micro_operation *micro = &instruction_form(instruction->opcode)->micros[0];
    return instruction_kind(instruction) == MICRO_ASSIGN && operations[micro->operation].is_comparison;
}

enum act machine_act(const struct machine *self, size_t thread, uint32_t index, size_t *object)
{
    const struct instruction *instruction = instruction_at(self, thread, index);
    *object = operand_is_object(&instruction->operands[0]) ? (size_t)instruction->operands[0].value : 0;
    return compares(instruction) ? ACT_COMPARE : micro_kinds[instruction_kind(instruction)].act;
}

bool machine_jumps(const struct machine *self, size_t thread, uint32_t index, uint32_t next)
{
    const struct instruction *instruction = instruction_at(self, thread, index);
    assert((instruction_flow(instruction) & FLOW_TARGET) != 0);
    /* Where the label is the next instruction, either way leads there. */
    return next != index + 1 || (uint32_t)instruction->operands[0].value == next;
}

int64_t machine_operand_value(const struct scene *scene, const struct operand *operand)
{
    if (operand->kind == OPERAND_IMMEDIATE)
        return operand->value;
    location_id location = store_buffer_source(scene, operand_location(scene, operand));
    if (location == LOCATION_FREE)
        return machine_value_at(scene->machine, scene->state, scene->thread, scene->reach.address);
    return machine_value(scene->machine, scene->state, location);
}

void machine_compared(const struct machine *self, const uint64_t *state, size_t thread, int64_t values[2])
{
    struct scene scene = machine_scene(self, state, thread, machine_index(self, state, thread));
    assert(compares(scene.instruction));
    values[0] = machine_operand_value(&scene, &scene.instruction->operands[1]);
    values[1] = machine_operand_value(&scene, &scene.instruction->operands[0]);
}
