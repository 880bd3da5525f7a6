/* Vectors, as they are used to copy, to clear, and to add up. */
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

/* What is computed of what nobody has set is that, too. */
static bool compute_part(struct x86 *self, struct x86_state *state, enum x86_operation operation, uint8_t width,
                         struct x86_value a, struct x86_value b, struct x86_value *value)
{
    *value = X86_NOTHING;
    return a.kind == X86_NO_VALUE || b.kind == X86_NO_VALUE || x86_compute(self, state, operation, width, a, b, value);
}

static bool combine_halves(struct x86 *self, struct x86_state *state, enum x86_operation operation,
                           const struct x86_value parts[2], struct x86_value wide[2])
{
    return compute_part(self, state, operation, 8, wide[0], parts[0], &wide[0]) &&
           compute_part(self, state, operation, 8, wide[1], parts[1], &wide[1]);
}

static bool execute_clear(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *a = &instruction->gas->operands[0], *b = &instruction->gas->operands[1];
    struct x86_value parts[2];
    if (b->kind != GAS_REGISTER || b->reg < GAS_XMM_FIRST)
        return x86_refuse(self, "expected a register of vectors");
    if (a->kind != GAS_REGISTER || a->reg != b->reg)
        return read_vector(self, state, a, 16, parts) &&
               combine_halves(self, state, X86_XOR, parts, state->wide[b->reg - GAS_XMM_FIRST]);
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

/* ---- Part by part ------------------------------------------------------------------------------------------------ */

static bool split_vector(struct x86 *self, struct x86_state *state, const struct x86_value parts[2],
                         struct x86_value quarters[4])
{
    for (size_t p = 0; p < 2; p++) {
        quarters[2 * p] = x86_low(parts[p], 4);
        quarters[2 * p + 1] = X86_NOTHING;
        if (parts[p].kind == X86_NO_VALUE)
            continue;
        if (!x86_compute(self, state, X86_SAR, 8, parts[p], X86_NUMBER(32), &quarters[2 * p + 1]))
            return false;
        quarters[2 * p + 1] = x86_low(quarters[2 * p + 1], 4);
    }
    return true;
}

/* A half of which nobody has set a part is one that nobody has set. */
static bool join_quarters(struct x86 *self, struct x86_state *state, struct x86_value low, struct x86_value high,
                          struct x86_value *half)
{
    *half = X86_NOTHING;
    if (low.kind == X86_NO_VALUE || high.kind == X86_NO_VALUE)
        return true;
    return x86_extend(self, state, &low, X86_UNSIGNED(4)) && x86_extend(self, state, &high, X86_UNSIGNED(4)) &&
           x86_compute(self, state, X86_SHL, 8, high, X86_NUMBER(32), &high) &&
           x86_compute(self, state, X86_OR, 8, low, high, half);
}

static bool join_vector(struct x86 *self, struct x86_state *state, const struct x86_value quarters[4],
                        struct x86_value wide[2])
{
    return join_quarters(self, state, quarters[0], quarters[1], &wide[0]) &&
           join_quarters(self, state, quarters[2], quarters[3], &wide[1]);
}

/* Where the target is 0, as compilers have it to extend a sign, it is greater where the sign is set. */
static bool compare_part(struct x86 *self, struct x86_state *state, bool is_equal, struct x86_value a,
                         struct x86_value b, struct x86_value *value)
{
    int64_t first = x86_cut(a.number, X86_SIGNED(4)), second = x86_cut(b.number, X86_SIGNED(4));
    if (a.kind == X86_KNOWN && b.kind == X86_KNOWN)
        *value = X86_NUMBER((is_equal ? first == second : first > second) ? -1 : 0);
    else if (!is_equal && a.kind == X86_KNOWN && a.number == 0)
        return compute_part(self, state, X86_SAR, 4, b, X86_NUMBER(31), value);
    else
        return x86_refuse(self, "parts of vectors are compared that depend on the other threads");
    return true;
}

static bool compute_quarters(struct x86 *self, struct x86_state *state, enum x86_operation operation,
                             const struct x86_value parts[2], struct x86_value wide[2])
{
    struct x86_value a[4], b[4];
    if (!split_vector(self, state, wide, a) || !split_vector(self, state, parts, b))
        return false;
    for (size_t q = 0; q < 4; q++) {
        struct x86_value first = a[q];
        bool compares = operation == X86_CMP || operation == X86_TEST;
        if (compares ? !compare_part(self, state, operation == X86_TEST, first, b[q], &a[q])
                     : !compute_part(self, state, operation, 4, first, b[q], &a[q]))
            return false;
    }
    return join_vector(self, state, a, wide);
}

/* By as many bits as a number says. */
static bool shift_parts(struct x86 *self, struct x86_state *state, enum x86_packed packed, const struct gas_operand *by,
                        struct x86_value wide[2])
{
    bool is_left = packed == X86_PACKED_SHIFT_LEFT_4 || packed == X86_PACKED_SHIFT_LEFT_8;
    bool is_narrow = packed != X86_PACKED_SHIFT_LEFT_8 && packed != X86_PACKED_SHIFT_RIGHT_8;
    uint64_t bits = (uint64_t)by->number.addend, both = is_narrow ? bits | bits << 32 : bits;
    if (by->kind != GAS_IMMEDIATE || bits >= (is_narrow ? 32 : 64))
        return x86_refuse(self, "vectors are shifted by what is no number of bits");
    const struct x86_value parts[2] = {X86_NUMBER((int64_t)both), X86_NUMBER((int64_t)both)};
    enum x86_operation operation = is_left ? X86_SHL : packed == X86_PACKED_SHIFT_SIGNED_4 ? X86_SAR : X86_SHR;
    return is_narrow ? compute_quarters(self, state, operation, parts, wide)
                     : combine_halves(self, state, operation, parts, wide);
}

/* The result is made of quarters of both, in an order of which each digit of base 8 says one: 0 to 3 of the target, 4 to 7 of the source. */
static bool arrange(struct x86 *self, struct x86_state *state, unsigned order, const struct x86_value parts[2],
                    struct x86_value wide[2])
{
    struct x86_value all[8], quarters[4];
    if (!split_vector(self, state, wide, all) || !split_vector(self, state, parts, all + 4))
        return false;
    for (size_t q = 0; q < 4; q++)
        quarters[q] = all[order >> 3 * q & 7];
    return join_vector(self, state, quarters, wide);
}

static bool multiply_even(struct x86 *self, struct x86_state *state, const struct x86_value parts[2],
                          struct x86_value wide[2])
{
    for (size_t p = 0; p < 2; p++) {
        struct x86_value a = x86_low(wide[p], 4), b = x86_low(parts[p], 4);
        wide[p] = X86_NOTHING;
        if (a.kind == X86_NO_VALUE || b.kind == X86_NO_VALUE)
            continue;
        if (!x86_extend(self, state, &a, X86_UNSIGNED(4)) || !x86_extend(self, state, &b, X86_UNSIGNED(4)) ||
            !x86_compute(self, state, X86_IMUL, 8, a, b, &wide[p]))
            return false;
    }
    return true;
}

/* pshufd, shufps: two bits for each quarter of the result. */
static bool execute_shuffle(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    bool is_both = instruction->from == X86_PACKED_SHUFFLE_BOTH;
    const struct gas_operand *by = &instruction->gas->operands[0], *target = &instruction->gas->operands[2];
    struct x86_value parts[2];
    unsigned order = 0;
    if (instruction->gas->operand_count != 3 || by->kind != GAS_IMMEDIATE || target->kind != GAS_REGISTER ||
        target->reg < GAS_XMM_FIRST)
        return x86_refuse(self, "expected a number and two registers of vectors");
    for (unsigned q = 0; q < 4; q++)
        order |= ((is_both && q < 2 ? 0u : 4u) + ((unsigned)by->number.addend >> 2 * q & 3)) << 3 * q;
    return read_vector(self, state, &instruction->gas->operands[1], 16, parts) &&
           arrange(self, state, order, parts, state->wide[target->reg - GAS_XMM_FIRST]);
}

static bool execute_shift_down(struct x86 *self, struct x86_state *state, const struct gas_operand *by,
                               struct x86_value wide[2])
{
    static const struct x86_value zeros[2] = {{.kind = X86_KNOWN}, {.kind = X86_KNOWN}};
    static const unsigned orders[] = {03210, 04321, 04432, 04443};
    int64_t bytes = by->number.addend;
    if (by->kind != GAS_IMMEDIATE || bytes < 0 || bytes > 12 || bytes % 4 != 0)
        return x86_refuse(self, "vectors are shifted by other than 4, 8 or 12 bytes");
    return arrange(self, state, orders[bytes / 4], zeros, wide);
}

static bool execute_packed(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *source = &instruction->gas->operands[0], *target = &instruction->gas->operands[1];
    enum x86_packed packed = (enum x86_packed)instruction->from;
    const struct x86_value ones[2] = {X86_NUMBER(-1), X86_NUMBER(-1)};
    struct x86_value parts[2];
    if (packed == X86_PACKED_SHUFFLE || packed == X86_PACKED_SHUFFLE_BOTH)
        return execute_shuffle(self, state, instruction);
    if (instruction->gas->operand_count != 2 || target->kind != GAS_REGISTER || target->reg < GAS_XMM_FIRST)
        return x86_refuse(self, "expected a register of vectors");
    struct x86_value *wide = state->wide[target->reg - GAS_XMM_FIRST];
    if (packed == X86_PACKED_SHIFT_DOWN)
        return execute_shift_down(self, state, source, wide);
    if (packed == X86_PACKED_EQUAL && source->kind == GAS_REGISTER && source->reg == target->reg) {
        wide[0] = wide[1] = ones[0];
        return true;
    }
    if (packed >= X86_PACKED_SHIFT_LEFT_4 && packed <= X86_PACKED_SHIFT_SIGNED_4)
        return shift_parts(self, state, packed, source, wide);
    if (!read_vector(self, state, source, 16, parts))
        return false;
    switch (packed) {
    case X86_PACKED_EQUAL:
        return compute_quarters(self, state, X86_TEST, parts, wide);
    case X86_PACKED_GREATER:
        return compute_quarters(self, state, X86_CMP, parts, wide);
    case X86_PACKED_ADD_4:
    case X86_PACKED_SUB_4:
        return compute_quarters(self, state, packed == X86_PACKED_ADD_4 ? X86_ADD : X86_SUB, parts, wide);
    case X86_PACKED_ADD_8:
    case X86_PACKED_SUB_8:
        return combine_halves(self, state, packed == X86_PACKED_ADD_8 ? X86_ADD : X86_SUB, parts, wide);
    case X86_PACKED_AND:
        return combine_halves(self, state, X86_AND, parts, wide);
    case X86_PACKED_OR:
        return combine_halves(self, state, X86_OR, parts, wide);
    case X86_PACKED_AND_NOT:
        return combine_halves(self, state, X86_XOR, ones, wide) && combine_halves(self, state, X86_AND, parts, wide);
    case X86_PACKED_MULTIPLY:
        return multiply_even(self, state, parts, wide);
    case X86_PACKED_UNPACK_LOW:
        return arrange(self, state, 05140, parts, wide);
    case X86_PACKED_UNPACK_HIGH:
        return arrange(self, state, 07362, parts, wide);
    case X86_PACKED_UNPACK_HIGH_8:
        wide[0] = wide[1];
        wide[1] = parts[1];
        return true;
    default: /* X86_PACKED_HIGH_TO_LOW */
        wide[0] = parts[1];
        return true;
    }
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
    case X86_PACKED:
        return execute_packed(self, state, instruction);
    default:
        return execute_fill(self, state, instruction);
    }
}
