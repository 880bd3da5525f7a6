/* Executes instructions, one after the other. */
#include "frontends/x86_parts.h"

#include <inttypes.h>
#include <string.h>

enum { EXECUTED_MAX = 20000000, EMITTED_MAX = 250000, EMITTED_IN_VAIN_MAX = 2000 };

/* ---- Registers --------------------------------------------------------------------------------------------------- */

/* The lowest bytes of a register were written apart: now all of it is asked for. */
static bool join_low(struct x86 *self, struct x86_state *state, unsigned number)
{
    uint8_t bytes = state->low_bytes[number];
    struct x86_value upper, whole = state->registers[number];
    if (state->low[number].kind == X86_CHANCE) {
        state->registers[number] = X86_CHANCES;
        state->low_bytes[number] = 0;
        return true;
    }
    int64_t mask = ~((INT64_C(1) << 8 * bytes) - 1);
    struct operand low;
    /* Nobody's outcome depends on what nobody has set: compilers see to that. It is 0 here. */
    if (whole.kind == X86_NO_VALUE || whole.kind == X86_FOREIGN)
        whole = X86_NUMBER(0);
    if (!x86_compute(self, state, X86_AND, 8, whole, X86_NUMBER(mask), &upper) ||
        !x86_exact(self, state, state->low[number], X86_UNSIGNED(bytes), &low))
        return false;
    struct x86_value part =
        low.kind == OPERAND_IMMEDIATE ? X86_NUMBER(low.value) : x86_in_register(low.value, X86_UNSIGNED(bytes));
    if (!x86_compute(self, state, X86_OR, 8, upper, part, &state->registers[number]))
        return false;
    state->low_bytes[number] = 0;
    return true;
}

bool x86_read_register(struct x86 *self, struct x86_state *state, unsigned number, uint8_t width,
                       struct x86_value *value)
{
    if (state->low_bytes[number] >= width) {
        *value = x86_low(state->low[number], width);
        return true;
    }
    if (state->low_bytes[number] > 0 && !join_low(self, state, number))
        return false;
    *value = width == 8 ? state->registers[number] : x86_low(state->registers[number], width);
    return true;
}

/* Four bytes clear the upper ones; fewer leave them as they are. */
bool x86_write_register(struct x86 *self, struct x86_state *state, unsigned number, uint8_t width,
                        struct x86_value value)
{
    if (width >= 4) {
        if (width == 4)
            value = x86_low(value, 4);
        if (width == 4 && value.kind == X86_DYNAMIC && value.view.is_signed) {
            /* Fewer bytes with a sign: it fills four. */
            struct operand operand;
            if (!x86_exact(self, state, value, X86_UNSIGNED(4), &operand))
                return false;
            value = x86_in_register(operand.value, X86_UNSIGNED(4));
        }
        state->registers[number] = value;
        state->low_bytes[number] = 0;
        return true;
    }
    if (state->low_bytes[number] > width && !join_low(self, state, number))
        return false;
    struct x86_value *whole = &state->registers[number];
    if (value.kind == X86_KNOWN && whole->kind == X86_KNOWN) {
        uint64_t mask = (UINT64_C(1) << 8 * width) - 1;
        *whole = X86_NUMBER((int64_t)(((uint64_t)whole->number & ~mask) | ((uint64_t)value.number & mask)));
        state->low_bytes[number] = 0;
        return true;
    }
    state->low[number] = x86_low(value, width);
    state->low_bytes[number] = width;
    return true;
}

/* %ah and its like */
static bool read_high(struct x86 *self, struct x86_state *state, unsigned number, struct x86_value *value)
{
    struct x86_value whole;
    return x86_read_register(self, state, number, 2, &whole) &&
           x86_compute(self, state, X86_SHR, 2, whole, X86_NUMBER(8), value);
}

static bool write_high(struct x86 *self, struct x86_state *state, unsigned number, struct x86_value value)
{
    struct x86_value whole;
    if (!x86_read_register(self, state, number, 2, &whole) ||
        !x86_compute(self, state, X86_AND, 2, whole, X86_NUMBER(0xff), &whole) ||
        !x86_compute(self, state, X86_SHL, 2, x86_low(value, 1), X86_NUMBER(8), &value) ||
        !x86_compute(self, state, X86_OR, 2, whole, value, &whole))
        return false;
    return x86_write_register(self, state, number, 2, whole);
}

/* ---- Operands ---------------------------------------------------------------------------------------------------- */

/* The thread pointer, the compiler's guard of the stack, and where a global symbol lies, are known. */
static bool is_special(struct x86 *self, const struct x86_state *state, const struct gas_operand *operand,
                       struct x86_value *value)
{
    enum { POINTER = 0, GUARD = 40 };
    bool is_plain = operand->is_local && operand->number.plus == 0 && operand->base == GAS_NO_REGISTER &&
                    operand->index == GAS_NO_REGISTER;
    if (is_plain && operand->number.addend == GUARD)
        *value = X86_NUMBER(0);
    else if (is_plain && operand->number.addend == POINTER)
        *value = X86_NUMBER(x86_thread_pointer(state->thread));
    else if (operand->is_global)
        *value = X86_NUMBER(gas_value(&self->unit, &operand->number));
    else
        return false;
    return true;
}

bool x86_read(struct x86 *self, struct x86_state *state, const struct gas_operand *operand, uint8_t width,
              struct x86_value *value)
{
    int64_t address;
    switch (operand->kind) {
    case GAS_IMMEDIATE:
        *value = X86_NUMBER(gas_value(&self->unit, &operand->number));
        return true;
    case GAS_REGISTER:
        if (operand->reg >= X86_REGISTERS)
            return x86_refuse(self, "a register of vectors");
        return operand->is_high ? read_high(self, state, operand->reg, value)
                                : x86_read_register(self, state, operand->reg, width, value);
    case GAS_MEMORY:
        return is_special(self, state, operand, value) ||
               (x86_address(self, state, operand, width, &address) && x86_load(self, state, address, width, value));
    case GAS_NOTHING:
        break;
    }
    return x86_refuse(self, "an operand is missing");
}

bool x86_write(struct x86 *self, struct x86_state *state, const struct gas_operand *operand, uint8_t width,
               struct x86_value value)
{
    int64_t address;
    if (operand->kind == GAS_REGISTER && operand->reg < X86_REGISTERS)
        return operand->is_high ? write_high(self, state, operand->reg, value)
                                : x86_write_register(self, state, operand->reg, width, value);
    if (operand->kind != GAS_MEMORY)
        return x86_refuse(self, "this cannot be written");
    return x86_address(self, state, operand, width, &address) && x86_store(self, state, address, width, value);
}

/* ---- Moves ------------------------------------------------------------------------------------------------------- */

static bool execute_extension(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction,
                              struct x86_form form, const struct gas_operand *source, unsigned target, bool is_register)
{
    struct x86_value value;
    struct operand operand;
    bool is_read = is_register ? x86_read_register(self, state, GAS_RAX, form.bytes, &value)
                               : x86_read(self, state, source, form.bytes, &value);
    if (!is_read)
        return false;
    if (value.kind == X86_KNOWN)
        value = X86_NUMBER(x86_cut(value.number, form));
    else if (value.kind == X86_DYNAMIC && value.view.bytes == form.bytes)
        value.view = form;
    else if (value.kind == X86_DYNAMIC) {
        if (!x86_exact(self, state, value, form, &operand))
            return false;
        value = x86_in_register(operand.value, form);
    }
    return x86_write_register(self, state, target, instruction->width, value);
}

static bool execute_move_extended(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *target = &instruction->gas->operands[1];
    if (target->kind != GAS_REGISTER || target->reg >= X86_REGISTERS)
        return x86_refuse(self, "expected a register");
    struct x86_form form = {instruction->from, instruction->operation == X86_MOVSX};
    return execute_extension(self, state, instruction, form, &instruction->gas->operands[0], target->reg, false);
}

static bool execute_extend_d(struct x86 *self, struct x86_state *state, uint8_t width)
{
    struct x86_value value;
    return x86_read_register(self, state, GAS_RAX, width, &value) &&
           x86_compute(self, state, X86_SAR, width, value, X86_NUMBER(8 * width - 1), &value) &&
           x86_write_register(self, state, GAS_RDX, width, value);
}

/* The address is a value like any other: its parts are added. */
static bool execute_lea(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *source = &instruction->gas->operands[0];
    struct x86_value sum = X86_NUMBER(gas_value(&self->unit, &source->number)), part;
    uint8_t width = instruction->width;
    if (source->base < X86_REGISTERS && !(x86_read_register(self, state, source->base, 8, &part) &&
                                          x86_compute(self, state, X86_ADD, width, part, sum, &sum)))
        return false;
    if (source->index < X86_REGISTERS &&
        !(x86_read_register(self, state, source->index, 8, &part) &&
          (source->scale == 1 || x86_compute(self, state, X86_IMUL, width, part, X86_NUMBER(source->scale), &part)) &&
          x86_compute(self, state, X86_ADD, width, sum, part, &sum)))
        return false;
    return x86_write(self, state, &instruction->gas->operands[1], width, sum);
}

static bool execute_move(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    struct x86_value value;
    return x86_read(self, state, &instruction->gas->operands[0], instruction->width, &value) &&
           x86_write(self, state, &instruction->gas->operands[1], instruction->width, value);
}

/* ---- The stack and control --------------------------------------------------------------------------------------- */

static bool step_down(struct x86 *self, struct x86_state *state)
{
    struct x86_value *top = &state->registers[GAS_RSP];
    if (top->kind != X86_KNOWN)
        return x86_refuse(self, "the stack pointer is not known");
    top->number -= 8;
    int64_t least = x86_stack_top(state->thread) - X86_STACK_SIZE;
    return (top->number >= least && top->number < x86_stack_top(state->thread)) ||
           x86_refuse(self, "more than %d bytes of stack: a recursion whose end is not known", X86_STACK_SIZE);
}

static bool push(struct x86 *self, struct x86_state *state, struct x86_value value)
{
    return step_down(self, state) && x86_store(self, state, state->registers[GAS_RSP].number, 8, value);
}

static bool pop(struct x86 *self, struct x86_state *state, struct x86_value *value)
{
    struct x86_value *top = &state->registers[GAS_RSP];
    if (top->kind != X86_KNOWN)
        return x86_refuse(self, "the stack pointer is not known");
    if (!x86_load(self, state, top->number, 8, value))
        return false;
    top->number += 8;
    return true;
}

/* Where a function returns to is nobody else's, wherever on the stack it lies. */
static bool call(struct x86 *self, struct x86_state *state, int64_t next)
{
    struct x86_value *top = &state->registers[GAS_RSP];
    return step_down(self, state) && x86_private_store(self, state, top->number, 8, X86_NUMBER(next));
}

static bool go_to(struct x86 *self, struct x86_state *state, int64_t address)
{
    size_t target = gas_instruction_at(&self->unit, address);
    if (target == SIZE_MAX)
        return x86_refuse(self, "control goes where no code is");
    state->at = target;
    return true;
}

bool x86_return(struct x86 *self, struct x86_state *state)
{
    struct x86_value address, *top = &state->registers[GAS_RSP];
    if (top->kind != X86_KNOWN)
        return x86_refuse(self, "the stack pointer is not known");
    if (!x86_private_load(self, state, top->number, 8, &address))
        return false;
    top->number += 8;
    if (state->atomic > 0 && state->atomic_top == state->registers[GAS_RSP].number)
        state->atomic = 0;
    if (address.kind != X86_KNOWN)
        return x86_refuse(self, "it is not known where a function returns to");
    x86_state_drop_stack(state, 0);
    if (address.number != 0)
        return go_to(self, state, address.number);
    return x86_finish(self, state);
}

/* Where a jump or a call leads to, which may be computed. */
static bool find_destination(struct x86 *self, struct x86_state *state, const struct gas_operand *operand,
                             int64_t *address)
{
    if (!operand->is_star && operand->kind == GAS_MEMORY) {
        *address = gas_value(&self->unit, &operand->number);
        return true;
    }
    /* It is loaded once, however often the execution is split. */
    if (state->destination.kind == X86_NO_VALUE && !x86_read(self, state, operand, 8, &state->destination))
        return false;
    struct x86_value value = state->destination;
    if (!x86_code_pointer(self, state, value, address))
        return false;
    state->destination = X86_NOTHING;
    return true;
}

/* What verifiers call an atomic function is one step, up to its return. */
static void begin_atomic(struct x86 *self, struct x86_state *state, size_t index)
{
    if (!self->code[index].is_atomic || state->atomic != 0)
        return;
    state->atomic = 1;
    state->atomic_top = state->registers[GAS_RSP].number;
}

/* An address that is neither code nor anybody's is an error of the program, as one of data. */
static bool call_library(struct x86 *self, struct x86_state *state, int64_t address, bool is_tail)
{
    const struct gas_symbol *symbol = gas_external_at(&self->unit, address);
    if (symbol != NULL)
        return x86_call_library(self, state, symbol, is_tail);
    x86_emit_failure(self, state, "what is no function is called");
    return false;
}

static bool execute_call(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    int64_t address, next = GAS_CODE_FIRST + (int64_t)(instruction - self->code + 1) * GAS_CODE_STRIDE;
    if (!find_destination(self, state, &instruction->gas->operands[0], &address))
        return false;
    size_t index = gas_instruction_at(&self->unit, address);
    if (index != SIZE_MAX) {
        begin_atomic(self, state, index);
        return call(self, state, next) && go_to(self, state, address);
    }
    return call_library(self, state, address, false);
}

static bool execute_jump(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    int64_t address;
    if (!find_destination(self, state, &instruction->gas->operands[0], &address))
        return false;
    if (gas_instruction_at(&self->unit, address) != SIZE_MAX)
        return go_to(self, state, address);
    return call_library(self, state, address, true);
}

static bool execute_branch(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    bool holds;
    return x86_decide(self, state, instruction->condition, &holds) &&
           (!holds || go_to(self, state, gas_value(&self->unit, &instruction->gas->operands[0].number)));
}

static bool execute_setcc(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    bool holds;
    return x86_decide(self, state, instruction->condition, &holds) &&
           x86_write(self, state, &instruction->gas->operands[0], 1, X86_NUMBER(holds));
}

/* What might be moved is loaded in any case; four bytes clear the upper ones even if it is not. */
static bool execute_cmov(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    struct x86_value value, other;
    const struct gas_operand *target = &instruction->gas->operands[1];
    bool holds;
    if (!x86_decide(self, state, instruction->condition, &holds) ||
        !x86_read(self, state, &instruction->gas->operands[0], instruction->width, &value) ||
        !x86_read(self, state, target, instruction->width, &other))
        return false;
    return x86_write(self, state, target, instruction->width, holds ? value : other);
}

static bool execute_leave(struct x86 *self, struct x86_state *state)
{
    state->registers[GAS_RSP] = state->registers[GAS_RBP];
    return pop(self, state, &state->registers[GAS_RBP]);
}

static bool execute_push(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    struct x86_value value;
    return x86_read(self, state, &instruction->gas->operands[0], 8, &value) && push(self, state, value);
}

static bool execute_pop(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    struct x86_value value;
    return pop(self, state, &value) && x86_write(self, state, &instruction->gas->operands[0], 8, value);
}

/* ---- Locked instructions ----------------------------------------------------------------------------------------- */

static const struct gas_operand *memory_of(const struct x86_instruction *instruction)
{
    for (size_t o = 0; o < instruction->gas->operand_count; o++)
        if (instruction->gas->operands[o].kind == GAS_MEMORY)
            return &instruction->gas->operands[o];
    return NULL;
}

/* Where memory is TSO, even one of private memory waits until the thread's stores have reached memory. */
static bool begin_locked(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *memory = memory_of(instruction);
    bool is_exchange = instruction->operation == X86_XCHG;
    int64_t address;
    if (memory == NULL || !(instruction->gas->is_locked || is_exchange))
        return true;
    if (!x86_address(self, state, memory, instruction->width, &address))
        return false;
    state->is_whole = state->is_locked = true;
    if (self->program->memory == MEMORY_TSO && !x86_is_shared(self, address, instruction->width))
        x86_emit(self, state, X86_ACCESS, OPCODE_MFENCE, x86_none, x86_none);
    return true;
}

static bool execute_exchange(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *a = &instruction->gas->operands[0], *b = &instruction->gas->operands[1];
    struct x86_value first, second;
    uint8_t width = instruction->width;
    return x86_read(self, state, a, width, &first) && x86_read(self, state, b, width, &second) &&
           x86_write(self, state, a, width, second) && x86_write(self, state, b, width, first);
}

static bool execute_exchange_add(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *source = &instruction->gas->operands[0], *target = &instruction->gas->operands[1];
    struct x86_value old, added, sum;
    uint8_t width = instruction->width;
    if (!x86_read(self, state, source, width, &added) || !x86_read(self, state, target, width, &old) ||
        !x86_compute(self, state, X86_ADD, width, old, added, &sum) || !x86_write(self, state, target, width, sum))
        return false;
    state->flags = (struct x86_flags){X86_FLAGS_ADD, width, old, added, sum};
    return x86_write(self, state, source, width, old);
}

static bool finish_exchange(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction,
                            bool is_equal, struct x86_value old)
{
    uint8_t width = instruction->width;
    struct x86_value value;
    state->flags = (struct x86_flags){X86_FLAGS_EQUAL, width, X86_NUMBER(is_equal), X86_NOTHING, X86_NOTHING};
    if (!is_equal)
        return x86_write_register(self, state, GAS_RAX, width, old);
    return x86_read(self, state, &instruction->gas->operands[0], width, &value) &&
           x86_write(self, state, &instruction->gas->operands[1], width, value);
}

/* Where both are equal the new value is written. The other way goes on behind the instruction in a state of its own. */
static bool execute_compare_exchange(struct x86 *self, struct x86_state *state,
                                     const struct x86_instruction *instruction)
{
    struct x86_value expected, old;
    struct operand first, second;
    uint8_t width = instruction->width;
    if (!x86_read_register(self, state, GAS_RAX, width, &expected) ||
        !x86_read(self, state, &instruction->gas->operands[1], width, &old) ||
        !x86_exact(self, state, expected, X86_SIGNED(width), &first) ||
        !x86_exact(self, state, old, X86_SIGNED(width), &second))
        return false;
    if (first.kind == OPERAND_IMMEDIATE && second.kind == OPERAND_IMMEDIATE)
        return finish_exchange(self, state, instruction, first.value == second.value, old);
    struct x86_state *other = x86_split(self, state, OPCODE_JNE, first, second);
    if (!finish_exchange(self, other, instruction, false, old))
        return false;
    return finish_exchange(self, state, instruction, true, old);
}

static bool execute_fence(struct x86 *self, struct x86_state *state)
{
    if (self->program->memory == MEMORY_TSO)
        x86_emit(self, state, X86_ACCESS, OPCODE_MFENCE, x86_none, x86_none);
    return true;
}

/* ---- All --------------------------------------------------------------------------------------------------------- */

static bool execute(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    switch (instruction->operation) {
    case X86_UNKNOWN_OPERATION:
        return x86_refuse(self, "the instruction '%.*s' is not known", (int)instruction->gas->length,
                          instruction->gas->mnemonic);
    case X86_FLOATING:
        return x86_refuse(self, "floating point is not read (expected integers): '%.*s'", (int)instruction->gas->length,
                          instruction->gas->mnemonic);
    case X86_AVX:
        return x86_refuse(self, "AVX is not read (expected a compiler without -mavx and -march=native): '%.*s'",
                          (int)instruction->gas->length, instruction->gas->mnemonic);
    case X86_MOV:
        return execute_move(self, state, instruction);
    case X86_MOVZX:
    case X86_MOVSX:
        return execute_move_extended(self, state, instruction);
    case X86_EXTEND_A:
        return execute_extension(self, state, instruction, X86_SIGNED(instruction->from), NULL, GAS_RAX, true);
    case X86_EXTEND_D:
        return execute_extend_d(self, state, instruction->width);
    case X86_LEA:
        return execute_lea(self, state, instruction);
    case X86_PUSH:
        return execute_push(self, state, instruction);
    case X86_POP:
        return execute_pop(self, state, instruction);
    case X86_CALL:
        return execute_call(self, state, instruction);
    case X86_RET:
        return x86_return(self, state);
    case X86_JMP:
        return execute_jump(self, state, instruction);
    case X86_JCC:
        return execute_branch(self, state, instruction);
    case X86_SETCC:
        return execute_setcc(self, state, instruction);
    case X86_CMOV:
        return execute_cmov(self, state, instruction);
    case X86_LEAVE:
        return execute_leave(self, state);
    case X86_NOP:
        return true;
    case X86_XCHG:
        return execute_exchange(self, state, instruction);
    case X86_CMPXCHG:
        return execute_compare_exchange(self, state, instruction);
    case X86_XADD:
        return execute_exchange_add(self, state, instruction);
    case X86_MFENCE:
        return execute_fence(self, state);
    case X86_UD2:
        x86_emit_failure(self, state, "what the compiler took for impossible comes about");
        return false;
    case X86_MOVX:
    case X86_PXOR:
    case X86_UNPACK:
    case X86_MOVE_HIGH:
    case X86_PACKED:
    case X86_STOS:
        return x86_execute_vector(self, state, instruction);
    default:
        return x86_execute_arithmetic(self, state, instruction);
    }
}

/* Notes what is executed, and where in the source that is. */
static void look_at(struct x86 *self, struct x86_state *state)
{
    self->now = &self->code[state->at];
    const struct gas_instruction *gas = self->now->gas;
    if (self->unit.has_lines && gas->line > 0)
        state->place = (struct place){gas->line, gas->column};
    else if (!self->unit.has_lines && gas->own_line > 0)
        state->place = (struct place){gas->own_line, 1};
    self->place = state->place;
}

/* What the program itself executes is counted; what its library does is a part of that. */
static void begin_own(struct x86_state *state, const struct gas_instruction *instruction)
{
    if (instruction->is_library)
        return;
    state->passed++;
    state->own_line = instruction->own_line;
    state->is_told = false;
}

/* On one processor each instruction of the program takes its time, even where nothing is left of it. */
static bool execute_next(struct x86 *self, struct x86_state *state)
{
    const struct x86_instruction *instruction = &self->code[state->at];
    if (!state->resumes) {
        state->has_emitted = state->is_joined = false;
        state->loaded_count = 0;
        begin_own(state, instruction->gas);
    }
    state->resumes = false;
    state->loaded_next = 0;
    state->is_whole = self->input->is_one_processor;
    state->is_locked = false;
    state->pinned = 0;
    state->at++;
    if (!begin_locked(self, state, instruction) || !execute(self, state, instruction))
        return false;
    state->loaded_count = 0;
    if (self->input->is_one_processor && !state->has_emitted && !state->is_over && !instruction->gas->is_library)
        x86_emit(self, state, X86_OWN, OPCODE_NOP, x86_none, x86_none);
    return true;
}

/* A pass that is void, or has found what cannot be read, goes on for a while, to find out more. */
static bool is_too_long(struct x86 *self, const struct x86_state *state)
{
    bool is_vain = self->again || self->is_refused;
    return ++self->executed > EXECUTED_MAX ||
           self->threads[state->thread].count > (is_vain ? EMITTED_IN_VAIN_MAX : EMITTED_MAX);
}

static bool give_up(struct x86 *self)
{
    self->is_endless = true;
    return x86_refuse(self,
                      "racecheck follows each loop round by round, and has not come to an end after %d "
                      "instructions (expected loops of fewer rounds)",
                      self->executed > EXECUTED_MAX ? EXECUTED_MAX : EMITTED_MAX);
}

static bool run_state(struct x86 *self, struct x86_state *state)
{
    while (!state->is_over) {
        if (state->at >= self->code_count)
            return x86_refuse(self, "control runs out of the code");
        look_at(self, state);
        if (self->code[state->at].is_target && !state->resumes) {
            x86_state_forget(self, state);
            if (self->is_widening && !x86_widen(self, state))
                return false;
            if (x86_state_is_met(self, state))
                return !self->error->set;
        }
        if (!execute_next(self, state))
            return !self->error->set;
        if (is_too_long(self, state))
            return give_up(self);
    }
    return !self->error->set;
}

/* Where one way cannot be gone on, the others are, to find out what threads share: that can be why it could not. */
bool x86_run_thread(struct x86 *self, uint32_t number)
{
    struct error first = ERROR_INIT;
    self->is_refused = self->is_endless = false;
    while (self->threads[number].work != NULL && !self->is_endless &&
           !(self->is_refused && is_too_long(self, self->threads[number].work))) {
        struct x86_state *state = self->threads[number].work;
        self->threads[number].work = state->next;
        x86_land(self, state, state->label);
        if (run_state(self, state))
            continue;
        self->is_endless &= !self->is_refused;
        self->is_refused = true;
        first = first.set ? first : *self->error;
        *self->error = ERROR_INIT;
    }
    *self->error = first;
    return !first.set;
}
