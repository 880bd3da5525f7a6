/* Vectors, as they are used to copy and to clear. */
#include "frontends/x86_parts.h"

#include <string.h>

static bool read_vector(struct x86 *self, struct x86_state *state, const struct gas_operand *operand, uint8_t width,
                        struct x86_value parts[2])
{
    int64_t address;
    parts[0] = parts[1] = X86_NUMBER(0);
    if (operand->kind == GAS_REGISTER && operand->reg >= GAS_XMM_FIRST) {
        parts[0] = x86_low(state->wide[operand->reg - GAS_XMM_FIRST][0], width < 8 ? width : 8);
        if (width == 16)
            parts[1] = state->wide[operand->reg - GAS_XMM_FIRST][1];
        return true;
    }
    if (width < 16)
        return x86_read(self, state, operand, width, &parts[0]);
    return x86_address(self, state, operand, width, &address) && x86_load(self, state, address, 8, &parts[0]) &&
           x86_load(self, state, address + 8, 8, &parts[1]);
}

static bool execute_vector_move(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *target = &instruction->gas->operands[1];
    uint8_t width = instruction->width;
    struct x86_value parts[2];
    int64_t address;
    bool is_scalar = instruction->gas->length == 5 && memcmp(instruction->gas->mnemonic, "movs", 4) == 0;
    if (instruction->gas->operand_count != 2)
        return x86_refuse(self, "an operand is missing");
    if (is_scalar && target->kind == GAS_REGISTER && instruction->gas->operands[0].kind == GAS_REGISTER)
        return x86_refuse(self, "arithmetic of vectors");
    if (!read_vector(self, state, &instruction->gas->operands[0], width, parts))
        return false;
    if (target->kind == GAS_REGISTER && target->reg >= GAS_XMM_FIRST) {
        state->wide[target->reg - GAS_XMM_FIRST][0] = parts[0];
        state->wide[target->reg - GAS_XMM_FIRST][1] = parts[1];
        return true;
    }
    if (width < 16)
        return x86_write(self, state, target, width, parts[0]);
    return x86_address(self, state, target, width, &address) && x86_store(self, state, address, 8, parts[0]) &&
           x86_store(self, state, address + 8, 8, parts[1]);
}

static bool execute_clear(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *a = &instruction->gas->operands[0], *b = &instruction->gas->operands[1];
    if (a->kind != GAS_REGISTER || b->kind != GAS_REGISTER || a->reg != b->reg)
        return x86_refuse(self, "arithmetic of vectors");
    state->wide[a->reg - GAS_XMM_FIRST][0] = state->wide[a->reg - GAS_XMM_FIRST][1] = X86_NUMBER(0);
    return true;
}

/* As compilers put two values beside each other, to store both. */
static bool execute_unpack(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *target = &instruction->gas->operands[1];
    struct x86_value parts[2];
    if (instruction->gas->operand_count != 2 || target->kind != GAS_REGISTER || target->reg < GAS_XMM_FIRST)
        return x86_refuse(self, "expected a register of vectors");
    if (!read_vector(self, state, &instruction->gas->operands[0], 16, parts))
        return false;
    state->wide[target->reg - GAS_XMM_FIRST][1] = parts[0];
    return true;
}

static bool execute_move_high(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *from = &instruction->gas->operands[0], *to = &instruction->gas->operands[1];
    if (instruction->gas->operand_count != 2)
        return x86_refuse(self, "an operand is missing");
    if (to->kind == GAS_REGISTER && to->reg >= GAS_XMM_FIRST && from->kind == GAS_MEMORY)
        return x86_read(self, state, from, 8, &state->wide[to->reg - GAS_XMM_FIRST][1]);
    if (from->kind == GAS_REGISTER && from->reg >= GAS_XMM_FIRST && to->kind == GAS_MEMORY)
        return x86_write(self, state, to, 8, state->wide[from->reg - GAS_XMM_FIRST][1]);
    return x86_refuse(self, "expected a register of vectors and memory");
}

static bool execute_fill(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    enum { MOST = 65536 };
    struct x86_value value, to, count = X86_NUMBER(1);
    if (!x86_read_register(self, state, GAS_RAX, instruction->width, &value) ||
        !x86_read_register(self, state, GAS_RDI, 8, &to) ||
        (instruction->gas->is_repeated && !x86_read_register(self, state, GAS_RCX, 8, &count)))
        return false;
    if (to.kind != X86_KNOWN || count.kind != X86_KNOWN || count.number < 0 || count.number > MOST)
        return x86_refuse(self, "memory is filled, but where or how much is not known");
    for (int64_t i = 0; i < count.number; i++)
        if (!x86_store(self, state, to.number + i * instruction->width, instruction->width, value))
            return false;
    if (instruction->gas->is_repeated)
        state->registers[GAS_RCX] = X86_NUMBER(0);
    state->registers[GAS_RDI] = X86_NUMBER(to.number + count.number * instruction->width);
    return true;
}

bool x86_execute_vector(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    switch (instruction->operation) {
    case X86_MOVX:
        return execute_vector_move(self, state, instruction);
    case X86_PXOR:
        return execute_clear(self, state, instruction);
    case X86_UNPACK:
        return execute_unpack(self, state, instruction);
    case X86_MOVE_HIGH:
        return execute_move_high(self, state, instruction);
    default:
        return execute_fill(self, state, instruction);
    }
}
