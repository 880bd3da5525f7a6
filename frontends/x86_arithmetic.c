/* Arithmetic, logic and shifts. */
#include "frontends/x86_parts.h"

/* ---- Known numbers ----------------------------------------------------------------------------------------------- */

static unsigned amount_of(int64_t b, uint8_t width)
{
    return (unsigned)b & (width == 8 ? 63u : 31u);
}

static int64_t rotate(uint64_t a, unsigned by, uint8_t width, bool is_left)
{
    unsigned bits = 8u * width;
    by %= bits;
    by = is_left ? by : (bits - by) % bits;
    return (int64_t)(by == 0 ? a : a << by | a >> (bits - by));
}

static int64_t compute_known(enum x86_operation operation, uint8_t width, int64_t a, int64_t b)
{
    uint64_t low_a = (uint64_t)x86_cut(a, X86_UNSIGNED(width)), low_b = (uint64_t)x86_cut(b, X86_UNSIGNED(width));
    int64_t signed_a = x86_cut(a, X86_SIGNED(width));
    unsigned amount = amount_of(b, width);
    switch (operation) {
    case X86_ADD:
        return (int64_t)(low_a + low_b);
    case X86_SUB:
        return (int64_t)(low_a - low_b);
    case X86_AND:
        return (int64_t)(low_a & low_b);
    case X86_OR:
        return (int64_t)(low_a | low_b);
    case X86_XOR:
        return (int64_t)(low_a ^ low_b);
    case X86_IMUL:
        return (int64_t)(low_a * low_b);
    case X86_SHL:
        return (int64_t)(low_a << amount);
    case X86_SHR:
        return (int64_t)(low_a >> amount);
    case X86_SAR:
        return signed_a < 0 ? ~(~signed_a >> amount) : signed_a >> amount;
    case X86_ROL:
    case X86_ROR:
        return rotate(low_a, amount, width, operation == X86_ROL);
    default:
        return 0;
    }
}

/* ---- Numbers that depend on the others --------------------------------------------------------------------------- */

static enum opcode opcode_of(enum x86_operation operation)
{
    switch (operation) {
    case X86_ADD:
        return OPCODE_ADD;
    case X86_SUB:
        return OPCODE_SUB;
    case X86_AND:
        return OPCODE_AND;
    case X86_OR:
        return OPCODE_OR;
    case X86_XOR:
        return OPCODE_XOR;
    case X86_IMUL:
        return OPCODE_MUL;
    case X86_SHL:
        return OPCODE_SHL;
    case X86_SHR:
    case X86_SAR:
        return OPCODE_SHR;
    default:
        return OPCODE_COUNT;
    }
}

/* How many of the lowest bits are known to be 0: compilers multiply an index by a size, and so the elements are found. More are of no use
 * to anybody, and a loop that shifts is to come back to a state that was met. */
enum { ZEROS_MAX = 6 };

static unsigned zeros_of(struct x86_value value)
{
    unsigned zeros = value.kind == X86_DYNAMIC && value.origin == 0 && !value.is_indexed ? value.zeros : 0;
    while (value.kind == X86_KNOWN && zeros < ZEROS_MAX && ((uint64_t)value.number >> zeros & 1) == 0)
        zeros++;
    return zeros;
}

static uint8_t find_zeros(enum x86_operation operation, uint8_t width, struct x86_value a, struct x86_value b)
{
    unsigned first = zeros_of(a), second = zeros_of(b), zeros = 0;
    if (operation == X86_SHL && b.kind == X86_KNOWN)
        zeros = first + amount_of(b.number, width);
    else if (operation == X86_IMUL)
        zeros = first + second;
    else if (operation == X86_ADD || operation == X86_SUB)
        zeros = first < second ? first : second;
    return (uint8_t)(zeros < ZEROS_MAX ? zeros : ZEROS_MAX);
}

/* A new register with a copy of a number. */
static bool copy_of(struct x86 *self, struct x86_state *state, struct operand from, int64_t *number)
{
    if (!x86_free_register(self, state, number))
        return false;
    x86_emit(self, state, X86_OWN, OPCODE_MOV, from, x86_register(*number));
    return true;
}

/* Of 64 bits that were shifted to the right with their sign, the bits of the sign are cleared. */
static bool clear_sign(struct x86 *self, struct x86_state *state, struct operand by, int64_t number)
{
    int64_t mask;
    if (!copy_of(self, state, x86_immediate(INT64_MIN), &mask))
        return false;
    x86_emit(self, state, X86_OWN, OPCODE_SHR, by, x86_register(mask));
    x86_wrap(x86_emit(self, state, X86_OWN, OPCODE_SHL, x86_immediate(1), x86_register(mask)), X86_SIGNED(8));
    x86_emit(self, state, X86_OWN, OPCODE_NOT, x86_register(mask), x86_none);
    x86_emit(self, state, X86_OWN, OPCODE_AND, x86_register(mask), x86_register(number));
    return true;
}

static bool shift(struct x86 *self, struct x86_state *state, enum x86_operation operation, uint8_t width,
                  struct x86_value a, struct x86_value b, struct x86_value *value)
{
    struct operand operand, by;
    struct x86_form form = operation == X86_SHR && width < 8 ? X86_UNSIGNED(width) : X86_SIGNED(width);
    int64_t number, amount;
    if (!x86_exact(self, state, a, form, &operand) || !x86_exact(self, state, b, X86_UNSIGNED(1), &by) ||
        !copy_of(self, state, operand, &number))
        return false;
    if (by.kind == OPERAND_IMMEDIATE)
        by = x86_immediate(amount_of(by.value, width));
    else if (!copy_of(self, state, by, &amount))
        return false;
    else {
        x86_emit(self, state, X86_OWN, OPCODE_AND, x86_immediate(width == 8 ? 63 : 31), x86_register(amount));
        by = x86_register(amount);
    }
    x86_wrap(x86_emit(self, state, X86_OWN, opcode_of(operation), by, x86_register(number)), form);
    if (operation == X86_SHR && width == 8 && !clear_sign(self, state, by, number))
        return false;
    *value = x86_in_register(number, form);
    value->zeros = find_zeros(operation, width, a, b);
    return true;
}

/* What is left by a mask that is not negative is of as many bytes. */
static struct x86_form masked(enum x86_operation operation, const struct operand *b, struct x86_form form)
{
    if (operation == X86_AND && b->kind == OPERAND_IMMEDIATE && b->value >= 0)
        for (uint8_t bytes = 1; bytes < 8; bytes *= 2)
            if (b->value < INT64_C(1) << 8 * bytes)
                return X86_UNSIGNED(bytes);
    return form;
}

/* Of an address to which something was added that is not known: which address that is. */
static int64_t find_origin(struct x86 *self, struct x86_value known, struct x86_value other)
{
    int64_t first, end;
    if (known.kind != X86_KNOWN)
        return 0;
    if (other.origin != 0)
        return (int64_t)((uint64_t)other.origin + (uint64_t)known.number);
    return x86_object_bounds(self, known.number, &first, &end) ? known.number : 0;
}

static void note_sum(struct x86 *self, struct x86_value known, struct x86_value other, struct x86_value *sum)
{
    enum { MOST = 4096 }; /* more is no place in an object */
    sum->origin = find_origin(self, known, other);
    if (sum->origin != 0)
        sum->zeros = other.zeros;
    bool is_place = known.kind == X86_KNOWN && other.origin == 0 && known.number > -MOST && known.number < MOST;
    int64_t added = is_place ? other.added + known.number : 0;
    bool is_near = added > -MOST && added < MOST;
    sum->added = is_near ? added : 0;
    sum->source = is_place && is_near ? other.source : 0;
    sum->is_indexed = sum->source != 0 && other.is_indexed;
    if (sum->is_indexed)
        sum->zeros = other.zeros;
}

/* To an address that was loaded something is added that depends on the others, too. */
static void note_index(struct x86_value address, struct x86_value index, struct x86_value *sum)
{
    if (address.source == 0 || index.source != 0 || index.origin != 0)
        return;
    sum->source = address.source;
    sum->added = address.added;
    sum->zeros = (uint8_t)zeros_of(index);
    if (address.is_indexed && address.zeros < sum->zeros)
        sum->zeros = address.zeros;
    sum->is_indexed = true;
}

bool x86_compute(struct x86 *self, struct x86_state *state, enum x86_operation operation, uint8_t width,
                 struct x86_value a, struct x86_value b, struct x86_value *value)
{
    struct operand first, second;
    int64_t number;
    if (a.kind == X86_CHANCE || b.kind == X86_CHANCE) {
        *value = X86_CHANCES;
        return true;
    }
    if (a.kind == X86_KNOWN && b.kind == X86_KNOWN) {
        *value = x86_low(X86_NUMBER(compute_known(operation, width, a.number, b.number)), width);
        return true;
    }
    if (operation == X86_SHL || operation == X86_SHR || operation == X86_SAR)
        return shift(self, state, operation, width, a, b, value);
    if (opcode_of(operation) == OPCODE_COUNT)
        return x86_refuse(self, "'%.*s' of what depends on the other threads", (int)self->now->gas->length,
                          self->now->gas->mnemonic);
    if (!x86_exact(self, state, a, X86_SIGNED(width), &first) ||
        !x86_exact(self, state, b, X86_SIGNED(width), &second) || !copy_of(self, state, first, &number))
        return false;
    struct x86_form form = masked(operation, &second, X86_SIGNED(width));
    struct instruction *emitted = x86_emit(self, state, X86_OWN, opcode_of(operation), second, x86_register(number));
    if (operation == X86_ADD || operation == X86_SUB || operation == X86_IMUL)
        x86_wrap(emitted, X86_SIGNED(width));
    *value = x86_low(x86_in_register(number, form), width);
    value->zeros = find_zeros(operation, width, a, b);
    if (operation == X86_ADD && width == 8 && a.kind == X86_DYNAMIC && b.kind == X86_DYNAMIC) {
        note_index(a, b, value);
        note_index(b, a, value);
    } else if (operation == X86_ADD && width == 8)
        note_sum(self, a.kind == X86_KNOWN ? a : b, a.kind == X86_KNOWN ? b : a, value);
    else if (operation == X86_SUB && width == 8 && b.kind == X86_KNOWN && a.source != 0)
        note_sum(self, X86_NUMBER((int64_t)(0 - (uint64_t)b.number)), a, value);
    return true;
}

/* ---- Instructions ------------------------------------------------------------------------------------------------ */

static void set_flags(struct x86_state *state, enum x86_operation operation, uint8_t width, struct x86_value a,
                      struct x86_value b, struct x86_value result)
{
    enum x86_flags_kind kind = X86_FLAGS_LOGIC;
    if (operation == X86_SUB || operation == X86_CMP || operation == X86_NEG)
        kind = X86_FLAGS_SUB;
    else if (operation == X86_ADD || operation == X86_XADD)
        kind = X86_FLAGS_ADD;
    else if (operation == X86_INC || operation == X86_DEC)
        kind = X86_FLAGS_STEP;
    else if (operation >= X86_SHL && operation <= X86_ROR)
        kind = X86_FLAGS_SHIFT;
    state->flags = (struct x86_flags){kind, width, a, b, result};
    if (kind == X86_FLAGS_LOGIC || kind == X86_FLAGS_SHIFT)
        state->flags.a = state->flags.b = X86_NOTHING;
}

static const struct gas_operand *target_of(const struct x86_instruction *instruction)
{
    return &instruction->gas->operands[instruction->gas->operand_count - 1];
}

/* target = target operation source; xor of a register with itself is 0 whatever it was. */
static bool execute_binary(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *source = &instruction->gas->operands[0], *target = target_of(instruction);
    enum x86_operation operation = instruction->operation;
    struct x86_value a, b, result;
    bool is_same = source->kind == GAS_REGISTER && target->kind == GAS_REGISTER && source->reg == target->reg &&
                   source->is_high == target->is_high;
    bool writes = operation != X86_CMP && operation != X86_TEST;
    uint8_t source_width = operation >= X86_SHL && operation <= X86_ROR ? 1 : instruction->width;
    if (is_same && (operation == X86_XOR || operation == X86_SUB)) {
        a = b = result = X86_NUMBER(0);
    } else {
        if (instruction->gas->operand_count == 1)
            b = X86_NUMBER(1); /* a shift by one */
        else if (!x86_read(self, state, source, source_width, &b))
            return false;
        if (!x86_read(self, state, target, instruction->width, &a))
            return false;
        if (operation == X86_CMP)
            result = X86_NOTHING;
        else if (is_same && (operation == X86_TEST || operation == X86_AND || operation == X86_OR))
            result = a;
        else if (operation == X86_OR && a.kind == X86_NO_VALUE && b.kind == X86_KNOWN && b.number == 0)
            result = a; /* gcc's fence: lock orq $0, (%rsp), whatever lies there */
        else if (!x86_compute(self, state, operation == X86_TEST ? X86_AND : operation, instruction->width, a, b,
                              &result))
            return false;
    }
    if (operation >= X86_SHL && operation <= X86_ROR && b.kind == X86_KNOWN &&
        amount_of(b.number, instruction->width) == 0)
        return x86_write(self, state, target, instruction->width, result);
    set_flags(state, operation, instruction->width, a, b, result);
    return !writes || x86_write(self, state, target, instruction->width, result);
}

static bool execute_unary(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *target = target_of(instruction);
    struct x86_value a, result;
    uint8_t width = instruction->width;
    if (!x86_read(self, state, target, width, &a))
        return false;
    if (instruction->operation == X86_NOT)
        return x86_compute(self, state, X86_XOR, width, a, X86_NUMBER(-1), &result) &&
               x86_write(self, state, target, width, result);
    if (instruction->operation == X86_NEG) {
        if (!x86_compute(self, state, X86_SUB, width, X86_NUMBER(0), a, &result))
            return false;
        set_flags(state, X86_SUB, width, X86_NUMBER(0), a, result);
        return x86_write(self, state, target, width, result);
    }
    struct x86_value one = X86_NUMBER(instruction->operation == X86_INC ? 1 : -1);
    if (!x86_compute(self, state, X86_ADD, width, a, one, &result))
        return false;
    set_flags(state, X86_INC, width, a, one, result);
    return x86_write(self, state, target, width, result);
}

/* With carry: where that is known. */
static bool execute_carry(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_operand *target = target_of(instruction), *source = &instruction->gas->operands[0];
    struct x86_value a, b, result;
    bool carry;
    if (!x86_decide(self, state, X86_B, &carry))
        return false;
    if (instruction->operation == X86_SBB && source->kind == GAS_REGISTER && target->kind == GAS_REGISTER &&
        source->reg == target->reg) /* whatever was there */
        return x86_write(self, state, target, instruction->width, X86_NUMBER(carry ? -1 : 0));
    if (!x86_read(self, state, &instruction->gas->operands[0], instruction->width, &b) ||
        !x86_read(self, state, target, instruction->width, &a))
        return false;
    bool is_add = instruction->operation == X86_ADC;
    enum x86_operation operation = is_add ? X86_ADD : X86_SUB;
    if (!x86_compute(self, state, operation, instruction->width, a, b, &result) ||
        !x86_compute(self, state, operation, instruction->width, result, X86_NUMBER(carry), &result))
        return false;
    state->flags = (struct x86_flags){X86_FLAGS_SHIFT, instruction->width, X86_NOTHING, X86_NOTHING, result};
    return x86_write(self, state, target, instruction->width, result);
}

/* ---- Products and quotients -------------------------------------------------------------------------------------- */

static bool write_pair(struct x86 *self, struct x86_state *state, uint8_t width, struct x86_value low,
                       struct x86_value high)
{
    return width > 1 && x86_write_register(self, state, GAS_RAX, width, low) &&
           x86_write_register(self, state, GAS_RDX, width, high);
}

/* The upper half of a product of 64 bits each. */
static uint64_t upper_product(uint64_t a, uint64_t b)
{
    uint64_t low_a = a & UINT32_MAX, high_a = a >> 32, low_b = b & UINT32_MAX, high_b = b >> 32;
    uint64_t middle = high_a * low_b + (low_a * low_b >> 32), other = low_a * high_b + (middle & UINT32_MAX);
    return high_a * high_b + (middle >> 32) + (other >> 32);
}

static bool multiply_known(struct x86 *self, struct x86_state *state, uint8_t width, bool is_signed, int64_t a,
                           int64_t b)
{
    struct x86_form form = is_signed ? X86_SIGNED(width) : X86_UNSIGNED(width);
    uint64_t first = (uint64_t)x86_cut(a, form), second = (uint64_t)x86_cut(b, form), low = first * second;
    uint64_t high = width < 8 ? low >> 8 * width : upper_product(first, second);
    if (width == 8 && is_signed)
        high -= (a < 0 ? second : 0) + (b < 0 ? first : 0);
    return write_pair(self, state, width, X86_NUMBER((int64_t)low), X86_NUMBER((int64_t)high));
}

/* What is computed of values of 64 bits, one operation after the other; nothing once one has failed. */
struct chain {
    struct x86 *self;
    struct x86_state *state;
    bool is_good;
};

static struct x86_value then(struct chain *chain, enum x86_operation operation, struct x86_value a, struct x86_value b)
{
    struct x86_value value = X86_NOTHING;
    chain->is_good = chain->is_good && x86_compute(chain->self, chain->state, operation, 8, a, b, &value);
    return value;
}

/* The same as upper_product(), of what depends on the others; of numbers with a sign each that is negative takes the other one away. */
static bool find_upper_product(struct x86 *self, struct x86_state *state, bool is_signed, struct x86_value a,
                               struct x86_value b, struct x86_value *upper)
{
    struct chain c = {self, state, true};
    struct x86_value half = X86_NUMBER(32), mask = X86_NUMBER(UINT32_MAX);
    struct x86_value low_a = then(&c, X86_AND, a, mask), high_a = then(&c, X86_SHR, a, half);
    struct x86_value low_b = then(&c, X86_AND, b, mask), high_b = then(&c, X86_SHR, b, half);
    struct x86_value first = then(&c, X86_SHR, then(&c, X86_IMUL, low_a, low_b), half);
    struct x86_value middle = then(&c, X86_ADD, then(&c, X86_IMUL, high_a, low_b), first);
    struct x86_value other = then(&c, X86_ADD, then(&c, X86_IMUL, low_a, high_b), then(&c, X86_AND, middle, mask));
    *upper = then(&c, X86_ADD, then(&c, X86_IMUL, high_a, high_b), then(&c, X86_SHR, middle, half));
    *upper = then(&c, X86_ADD, *upper, then(&c, X86_SHR, other, half));
    if (is_signed) {
        struct x86_value sign_a = then(&c, X86_SAR, a, X86_NUMBER(63)), sign_b = then(&c, X86_SAR, b, X86_NUMBER(63));
        *upper = then(&c, X86_SUB, *upper, then(&c, X86_AND, sign_a, b));
        *upper = then(&c, X86_SUB, *upper, then(&c, X86_AND, sign_b, a));
    }
    return c.is_good;
}

/* Of bytes the product is in %ax. */
static bool multiply_bytes(struct x86 *self, struct x86_state *state, struct x86_form form, struct x86_value a,
                           struct x86_value b)
{
    struct x86_value product;
    return x86_extend(self, state, &a, form) && x86_extend(self, state, &b, form) &&
           x86_compute(self, state, X86_IMUL, 2, a, b, &product) &&
           x86_write_register(self, state, GAS_RAX, 2, product);
}

/* The product of twice as many bits, in two registers. */
static bool execute_wide_product(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    uint8_t width = instruction->width;
    bool is_signed = instruction->operation == X86_IMUL;
    struct x86_form form = is_signed ? X86_SIGNED(width) : X86_UNSIGNED(width);
    struct x86_value a, b, low, high;
    struct operand first, second;
    if (!x86_read_register(self, state, GAS_RAX, width, &a) ||
        !x86_read(self, state, target_of(instruction), width, &b))
        return false;
    state->flags = (struct x86_flags){0};
    if (width > 1 && (a.kind == X86_CHANCE || b.kind == X86_CHANCE))
        return write_pair(self, state, width, X86_CHANCES, X86_CHANCES);
    if (width == 1)
        return multiply_bytes(self, state, form, a, b);
    if (a.kind == X86_KNOWN && b.kind == X86_KNOWN)
        return multiply_known(self, state, width, is_signed, a.number, b.number);
    if (width == 8)
        return x86_compute(self, state, X86_IMUL, 8, a, b, &low) &&
               find_upper_product(self, state, is_signed, a, b, &high) && write_pair(self, state, width, low, high);
    if (!x86_exact(self, state, a, form, &first) || !x86_exact(self, state, b, form, &second))
        return false;
    struct x86_value x =
        first.kind == OPERAND_IMMEDIATE ? X86_NUMBER(first.value) : x86_in_register(first.value, X86_SIGNED(8));
    struct x86_value y =
        second.kind == OPERAND_IMMEDIATE ? X86_NUMBER(second.value) : x86_in_register(second.value, X86_SIGNED(8));
    return x86_compute(self, state, X86_IMUL, 8, x, y, &low) &&
           x86_compute(self, state, X86_SAR, 8, low, X86_NUMBER(8 * width), &high) &&
           write_pair(self, state, width, x86_low(low, width), x86_low(high, width));
}

static bool execute_product(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    const struct gas_instruction *gas = instruction->gas;
    struct x86_value a, b, result;
    if (gas->operand_count == 1)
        return execute_wide_product(self, state, instruction);
    if (!x86_read(self, state, &gas->operands[0], instruction->width, &b) ||
        !x86_read(self, state, &gas->operands[1], instruction->width, &a) ||
        !x86_compute(self, state, X86_IMUL, instruction->width, a, b, &result))
        return false;
    state->flags = (struct x86_flags){0};
    return x86_write(self, state, target_of(instruction), instruction->width, result);
}

/* Compilers divide what fits into one register; its upper half is its sign. */
static bool divide_known(struct x86 *self, struct x86_state *state, uint8_t width, bool is_signed, int64_t high,
                         int64_t low, int64_t divisor)
{
    struct x86_form form = is_signed ? X86_SIGNED(width) : X86_UNSIGNED(width);
    int64_t dividend = low, quotient, rest;
    divisor = x86_cut(divisor, form);
    if (width == 8 && high != (is_signed && low < 0 ? -1 : 0))
        return x86_refuse(self, "a division of more than 64 bits");
    if (width < 8)
        dividend = (int64_t)((uint64_t)x86_cut(high, form) << 8 * width | (uint64_t)x86_cut(low, X86_UNSIGNED(width)));
    bool is_fit = divisor != 0 && !(is_signed && divisor == -1 && dividend == INT64_MIN);
    if (is_fit) {
        quotient = is_signed ? dividend / divisor : (int64_t)((uint64_t)dividend / (uint64_t)divisor);
        rest = is_signed ? dividend % divisor : (int64_t)((uint64_t)dividend % (uint64_t)divisor);
        if (width == 8 || quotient == x86_cut(quotient, form))
            return write_pair(self, state, width, X86_NUMBER(quotient), X86_NUMBER(rest));
    }
    x86_emit_crash(self, state, divisor == 0 ? "a division by 0" : "the quotient of a division is too large");
    return false;
}

/* The dividend of 4 bytes and its upper half are one number of 8 bytes; of 8 bytes the upper half is to be its sign. */
static bool make_dividend(struct x86 *self, struct x86_state *state, uint8_t width, bool is_signed,
                          struct x86_value low, struct x86_value high, struct x86_value *whole)
{
    struct operand first;
    *whole = low;
    if (width == 8)
        return (high.kind == X86_KNOWN && high.number == 0) || (is_signed && high.kind == X86_DYNAMIC) ||
               x86_refuse(self, "a division of 128 bits of what depends on the other threads");
    if (!x86_exact(self, state, low, X86_UNSIGNED(width), &first))
        return false;
    *whole =
        first.kind == OPERAND_IMMEDIATE ? X86_NUMBER(first.value) : x86_in_register(first.value, X86_UNSIGNED(width));
    struct operand upper;
    if (!x86_exact(self, state, high, X86_SIGNED(width), &upper))
        return false;
    struct x86_value raised =
        upper.kind == OPERAND_IMMEDIATE ? X86_NUMBER(upper.value) : x86_in_register(upper.value, X86_SIGNED(8));
    return x86_compute(self, state, X86_SHL, 8, raised, X86_NUMBER(8 * width), &raised) &&
           x86_compute(self, state, X86_OR, 8, raised, *whole, whole);
}

static bool divide_dynamic(struct x86 *self, struct x86_state *state, uint8_t width, bool is_signed,
                           struct x86_value whole, struct x86_value divisor)
{
    struct x86_form form = is_signed ? X86_SIGNED(width) : X86_UNSIGNED(width);
    struct operand dividend, by, first;
    int64_t quotient, rest;
    if (!is_signed && width == 8)
        return x86_refuse(self, "a division of 64 bits without a sign of what depends on the other threads");
    if (!x86_exact(self, state, whole, X86_SIGNED(8), &dividend) || !x86_exact(self, state, divisor, form, &by) ||
        !copy_of(self, state, dividend, &quotient) || !copy_of(self, state, dividend, &rest))
        return false;
    x86_emit(self, state, X86_OWN, OPCODE_DIV, by, x86_register(quotient));
    x86_emit(self, state, X86_OWN, OPCODE_MOD, by, x86_register(rest));
    struct x86_value value = x86_in_register(quotient, X86_SIGNED(8));
    if (width < 8 && x86_exact(self, state, value, form, &first)) {
        uint32_t fits = x86_skip(self, state, OPCODE_JE, first, x86_register(quotient));
        struct x86_state failing = *state;
        x86_emit_crash(self, &failing, "the quotient of a division is too large");
        x86_land(self, state, fits);
    }
    return write_pair(self, state, width, x86_low(value, width), x86_low(x86_in_register(rest, X86_SIGNED(8)), width));
}

/* Of bytes the dividend is %ax; the quotient goes to %al and the rest to %ah. */
static bool divide_bytes(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction,
                         bool is_signed)
{
    struct x86_form form = {2, is_signed}, narrow = {1, is_signed};
    struct x86_value whole, divisor, quotient, rest, low;
    const struct x86_value kept = state->registers[GAS_RDX], kept_low = state->low[GAS_RDX];
    uint8_t kept_bytes = state->low_bytes[GAS_RDX];
    state->pinned |= kept.kind == X86_DYNAMIC ? UINT64_C(1) << kept.number : 0;
    state->pinned |= kept_bytes > 0 && kept_low.kind == X86_DYNAMIC ? UINT64_C(1) << kept_low.number : 0;
    if (!x86_read(self, state, target_of(instruction), 1, &divisor) ||
        !x86_read_register(self, state, GAS_RAX, 2, &whole) || !x86_extend(self, state, &whole, form) ||
        !x86_extend(self, state, &divisor, narrow))
        return false;
    bool is_known = whole.kind == X86_KNOWN && divisor.kind == X86_KNOWN;
    struct x86_value upper = X86_NUMBER(is_signed && whole.number < 0 ? -1 : 0);
    bool is_divided = is_known ? divide_known(self, state, 4, is_signed, upper.number, whole.number, divisor.number)
                               : divide_dynamic(self, state, 4, is_signed, whole, divisor);
    if (!is_divided || !x86_read_register(self, state, GAS_RAX, 4, &quotient) ||
        !x86_read_register(self, state, GAS_RDX, 4, &rest) ||
        !x86_compute(self, state, X86_AND, 2, quotient, X86_NUMBER(0xff), &low) ||
        !x86_compute(self, state, X86_SHL, 2, rest, X86_NUMBER(8), &rest) ||
        !x86_compute(self, state, X86_OR, 2, low, rest, &rest))
        return false;
    state->registers[GAS_RDX] = kept;
    state->low[GAS_RDX] = kept_low;
    state->low_bytes[GAS_RDX] = kept_bytes;
    return x86_write_register(self, state, GAS_RAX, 2, rest);
}

static bool execute_division(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    uint8_t width = instruction->width;
    bool is_signed = instruction->operation == X86_IDIV;
    struct x86_value low, high, divisor, whole;
    if (width == 1)
        return divide_bytes(self, state, instruction, is_signed);
    if (!x86_read(self, state, target_of(instruction), width, &divisor) ||
        !x86_read_register(self, state, GAS_RAX, width, &low) || !x86_read_register(self, state, GAS_RDX, width, &high))
        return false;
    state->flags = (struct x86_flags){0};
    if (low.kind == X86_CHANCE && divisor.kind == X86_KNOWN && divisor.number != 0)
        return write_pair(self, state, width, X86_CHANCES, X86_CHANCES);
    if (low.kind == X86_KNOWN && high.kind == X86_KNOWN && divisor.kind == X86_KNOWN)
        return divide_known(self, state, width, is_signed, high.number, low.number, divisor.number);
    return make_dividend(self, state, width, is_signed, low, high, &whole) &&
           divide_dynamic(self, state, width, is_signed, whole, divisor);
}

bool x86_execute_arithmetic(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction)
{
    switch (instruction->operation) {
    case X86_NOT:
    case X86_NEG:
    case X86_INC:
    case X86_DEC:
        return execute_unary(self, state, instruction);
    case X86_ADC:
    case X86_SBB:
        return execute_carry(self, state, instruction);
    case X86_IMUL:
    case X86_MUL:
        return execute_product(self, state, instruction);
    case X86_DIV:
    case X86_IDIV:
        return execute_division(self, state, instruction);
    default:
        return execute_binary(self, state, instruction);
    }
}
