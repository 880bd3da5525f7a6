/* Operators with two values: what is known is computed, and what is not leaves instructions. */
#include "frontends/python_operations.h"

#include <string.h>

static bool floor_division(int64_t a, int64_t b, int64_t *quotient, int64_t *rest)
{
    if (b == 0 || (a == INT64_MIN && b == -1))
        return false;
    *quotient = a / b - (a % b != 0 && (a < 0) != (b < 0));
    *rest = a - *quotient * b;
    return true;
}

/* Returns false where the result is not defined, or beyond 64 bits. */
static bool compute(enum python_bytecode what, int64_t a, int64_t b, int64_t *result)
{
    int64_t other;
    switch (what) {
    case PY_ADD:
        return !__builtin_add_overflow(a, b, result);
    case PY_SUBTRACT:
        return !__builtin_sub_overflow(a, b, result);
    case PY_MULTIPLY:
        return !__builtin_mul_overflow(a, b, result);
    case PY_OLD_DIVIDE:
    case PY_FLOOR_DIVIDE:
        return floor_division(a, b, result, &other);
    case PY_MODULO:
        return floor_division(a, b, &other, result);
    case PY_AND:
        *result = a & b;
        return true;
    case PY_OR:
        *result = a | b;
        return true;
    case PY_XOR:
        *result = a ^ b;
        return true;
    case PY_RIGHT_SHIFT:
        *result = b < 63 ? a >> (b < 0 ? 0 : b) : -(a < 0);
        return b >= 0;
    case PY_LEFT_SHIFT:
        return b >= 0 && b < 63 && !__builtin_mul_overflow(a, INT64_C(1) << b, result);
    case PY_POWER:
        if (b < 0)
            return false;
        for (*result = 1; b > 0; b--)
            if (__builtin_mul_overflow(*result, a, result))
                return false;
        return true;
    default:
        return false;
    }
}

static enum opcode opcode_for(enum python_bytecode what)
{
    switch (what) {
    case PY_ADD:
        return OPCODE_ADD;
    case PY_SUBTRACT:
        return OPCODE_SUB;
    case PY_MULTIPLY:
        return OPCODE_MUL;
    case PY_AND:
        return OPCODE_AND;
    case PY_OR:
        return OPCODE_OR;
    case PY_XOR:
        return OPCODE_XOR;
    case PY_LEFT_SHIFT:
        return OPCODE_SHL;
    case PY_RIGHT_SHIFT:
        return OPCODE_SHR;
    case PY_MODULO:
        return OPCODE_MOD;
    default:
        return OPCODE_NOP;
    }
}

struct operand python_operand_of(struct python_value value)
{
    return value.kind == PYTHON_DYNAMIC ? python_register(value.number) : python_immediate(value.number);
}

/* A register that holds a value and can be changed. */
static bool take_register(struct python *self, struct python_state *state, struct python_value value, int64_t *number)
{
    *number = value.number;
    if (value.kind == PYTHON_DYNAMIC && !python_uses_register(state, value.number))
        return true;
    /* The value itself may be needed until the move is made. */
    if (!python_push(self, state, value) || !python_free_register(self, state, number) ||
        !python_pop(self, state, &value))
        return false;
    python_emit(self, state, OPCODE_MOV, python_operand_of(value), python_register(*number));
    return true;
}

static bool divides(enum python_bytecode what)
{
    return what == PY_FLOOR_DIVIDE || what == PY_OLD_DIVIDE || what == PY_MODULO || what == PY_TRUE_DIVIDE;
}

/* In the words of the versions, which differ. */
static bool throw_division(struct python *self, struct python_state *state, enum python_bytecode what)
{
    bool is_old = self->dump->version < 311 || what != PY_MODULO;
    return python_throw(self, state, PYTHON_BUILTIN_ZERO_DIVISION_ERROR,
                        what == PY_TRUE_DIVIDE || self->dump->version >= 314 ? "division by zero"
                        : is_old                                             ? "integer division or modulo by zero"
                                                                             : "integer modulo by zero");
}

/* The rest of a division has the sign of what it is divided by, ours that of what is divided: where they differ, and it is not 0, it gets
 * the other one added. */
static void round_down(struct python *self, struct python_state *state, struct operand divisor, int64_t rest,
                       int64_t sign)
{
    size_t is_zero = python_skip(self, state, OPCODE_JE, python_immediate(0), python_register(rest));
    python_emit(self, state, OPCODE_MOV, python_register(rest), python_register(sign));
    python_emit(self, state, OPCODE_XOR, divisor, python_register(sign));
    size_t is_same = python_skip(self, state, OPCODE_JGTE, python_immediate(0), python_register(sign));
    python_emit(self, state, OPCODE_ADD, divisor, python_register(rest));
    python_land(self, state, is_zero);
    python_land(self, state, is_same);
}

/* Both values stay on the stack until the result is there, so that their registers do. */
static bool divide_dynamic(struct python *self, struct python_state *state, enum python_bytecode what,
                           struct python_value a, struct python_value b)
{
    int64_t rest, sign, quotient;
    struct python_value ignored;
    if (b.kind == PYTHON_DYNAMIC &&
        !throw_division(self, python_split(self, state, OPCODE_JE, python_immediate(0), python_register(b.number)),
                        what))
        return false;
    if (b.kind != PYTHON_DYNAMIC && b.number == 0)
        return throw_division(self, state, what);
    if (!python_push(self, state, a) || !python_push(self, state, b) || !python_free_register(self, state, &rest) ||
        !python_free_register(self, state, &sign) || !python_free_register(self, state, &quotient))
        return false;
    python_emit(self, state, OPCODE_MOV, python_operand_of(a), python_register(rest));
    python_emit(self, state, OPCODE_MOD, python_operand_of(b), python_register(rest));
    round_down(self, state, python_operand_of(b), rest, sign);
    if (what != PY_MODULO) {
        python_emit(self, state, OPCODE_MOV, python_operand_of(a), python_register(quotient));
        python_emit(self, state, OPCODE_SUB, python_register(rest), python_register(quotient));
        python_emit(self, state, OPCODE_DIV, python_operand_of(b), python_register(quotient));
    }
    return python_pop(self, state, &ignored) && python_pop(self, state, &ignored) &&
           python_push(self, state, (struct python_value){PYTHON_DYNAMIC, what == PY_MODULO ? rest : quotient});
}

static bool throw_shift(struct python *self, struct python_state *state)
{
    return python_throw(self, state, PYTHON_BUILTIN_VALUE_ERROR, "negative shift count");
}

/* By 63 bits, or more, only the sign is left. */
static bool shift_right(struct python *self, struct python_state *state, struct python_value by, int64_t number)
{
    struct operand whole = python_immediate(63);
    if (by.kind != PYTHON_DYNAMIC) {
        python_emit(self, state, OPCODE_SHR, by.number > 63 ? whole : python_immediate(by.number),
                    python_register(number));
        return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
    }
    size_t is_less = python_skip(self, state, OPCODE_JLTE, whole, python_register(by.number));
    python_emit(self, state, OPCODE_SHR, whole, python_register(number));
    python_land(self, state, is_less);
    size_t is_done = python_skip(self, state, OPCODE_JGT, whole, python_register(by.number));
    python_emit(self, state, OPCODE_SHR, python_register(by.number), python_register(number));
    python_land(self, state, is_done);
    return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
}

enum { POWER_MAX = 8 };

/* The value stays on the stack until the product is there, so that its register does. */
static bool raise_to(struct python *self, struct python_state *state, struct python_value value, int64_t exponent)
{
    struct python_value ignored;
    int64_t number;
    if (!python_push(self, state, value) || !python_free_register(self, state, &number))
        return false;
    python_emit(self, state, OPCODE_MOV, python_immediate(1), python_register(number));
    for (int64_t n = 0; n < exponent; n++)
        python_emit(self, state, OPCODE_MUL, python_operand_of(value), python_register(number));
    return python_pop(self, state, &ignored) && python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
}

static bool compute_dynamic(struct python *self, struct python_state *state, enum python_bytecode what,
                            struct python_value a, struct python_value b)
{
    int64_t number;
    if (divides(what))
        return divide_dynamic(self, state, what, a, b);
    if (what == PY_POWER && b.kind != PYTHON_DYNAMIC && b.number >= 0 && b.number <= POWER_MAX)
        return raise_to(self, state, a, b.number);
    if ((what == PY_LEFT_SHIFT || what == PY_RIGHT_SHIFT) && b.kind == PYTHON_DYNAMIC &&
        !throw_shift(self, python_split(self, state, OPCODE_JLT, python_immediate(0), python_register(b.number))))
        return false;
    if ((what == PY_LEFT_SHIFT || what == PY_RIGHT_SHIFT) && b.kind != PYTHON_DYNAMIC && b.number < 0)
        return throw_shift(self, state);
    if (opcode_for(what) == OPCODE_NOP)
        return python_refuse(
            self, state,
            "this operation is not covered where a number depends on the threads (expected +, -, *, //, %%, shifts, &, |, ^, "
            "and ** by up to %d)",
            POWER_MAX);
    /* What comes second must live while the first is copied. */
    if (!python_push(self, state, b) || !take_register(self, state, a, &number) || !python_pop(self, state, &b))
        return false;
    if (what == PY_RIGHT_SHIFT)
        return shift_right(self, state, b, number);
    python_emit(self, state, opcode_for(what), python_operand_of(b), python_register(number));
    return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
}

static bool join_lists(struct python *self, struct python_state *state, struct python_value a, struct python_value b)
{
    enum python_shape shape = python_object(state, a)->shape;
    if (!python_touch_all(self, state, a) || !python_touch_all(self, state, b))
        return false;
    struct python_value joined = python_new(self, state, shape, python_object(state, a)->type,
                                            python_object(state, a)->items, python_object(state, a)->count);
    for (uint32_t i = 0; i < python_object(state, b)->count; i++)
        python_append(self, python_change(self, state, joined), python_object(state, b)->items[i]);
    return python_push(self, state, joined);
}

static bool is_text(const struct python_state *state, struct python_value value)
{
    return value.kind == PYTHON_STRING || python_is(state, value, PYTHON_ROPE);
}

static bool join_texts(struct python *self, struct python_state *state, struct python_value a, struct python_value b)
{
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    return python_append_text(self, state, python_change(self, state, rope), a, false) &&
           python_append_text(self, state, python_change(self, state, rope), b, false) &&
           python_push(self, state, python_finish_rope(self, state, rope));
}

/* [x] * 3 */
static bool repeat(struct python *self, struct python_state *state, struct python_value list, struct python_value count)
{
    enum { ITEMS_MAX = 100000 };
    struct python_value result =
        python_new(self, state, python_object(state, list)->shape, python_object(state, list)->type, NULL, 0);
    if (!python_touch_all(self, state, list))
        return false;
    if (count.kind != PYTHON_INT || count.number * (int64_t)python_object(state, list)->count > ITEMS_MAX)
        return python_refuse(self, state, "a list is not repeated so often here (expected a shorter list)");
    for (int64_t n = 0; n < count.number; n++)
        for (uint32_t i = 0; i < python_object(state, list)->count; i++)
            python_append(self, python_change(self, state, result), python_object(state, list)->items[i]);
    return python_push(self, state, result);
}

/* What a class calls the method of an operator; NULL where that is not covered. */
static const char *method_of(enum python_bytecode what)
{
    static const struct {
        enum python_bytecode what;
        const char *name;
    } methods[] = {{PY_ADD, "__add__"},      {PY_SUBTRACT, "__sub__"},
                   {PY_MULTIPLY, "__mul__"}, {PY_FLOOR_DIVIDE, "__floordiv__"},
                   {PY_MODULO, "__mod__"},   {PY_TRUE_DIVIDE, "__truediv__"},
                   {PY_AND, "__and__"},      {PY_OR, "__or__"},
                   {PY_XOR, "__xor__"}};
    for (size_t m = 0; m < sizeof methods / sizeof methods[0]; m++)
        if (methods[m].what == what)
            return methods[m].name;
    return NULL;
}

/* a + b where a class says what that is. Its own `+=` is not looked for: it is refused. */
static bool call_operator(struct python *self, struct python_state *state, enum python_bytecode what,
                          struct python_value a, struct python_value b, bool *is_found)
{
    struct python_arguments arguments = {.items = {a, b}, .count = 2, .positional = 2};
    struct python_value function = ABSENT, in_place = ABSENT, base, type;
    const char *name = method_of(what);
    *is_found = false;
    if (name == NULL || !python_is(state, a, PYTHON_INSTANCE))
        return true;
    struct text own = TEXT_INIT;
    text_print(&own, "__i%s", name + 2);
    type = python_object(state, a)->type;
    bool is_good = python_find_in_class(self, state, type, python_string(self, name), &function, &base) &&
                   python_find_in_class(self, state, type, python_string(self, text_string(&own)), &in_place, &base);
    text_free(&own);
    if (!is_good || in_place.kind != PYTHON_ABSENT || !python_is(state, function, PYTHON_FUNCTION))
        return is_good;
    *is_found = true;
    return python_call(self, state, function, &arguments, self->rules <= PYTHON_GIL32);
}

static bool is_number(struct python_value value)
{
    return python_is_integer(value) || value.kind == PYTHON_FLOAT || value.kind == PYTHON_UNKNOWN;
}

/* Numbers of which one is a time, or random: so is what is computed of them, and nobody may look at it. */
static bool is_vague(struct python_value a, struct python_value b)
{
    return (a.kind == PYTHON_UNKNOWN || b.kind == PYTHON_UNKNOWN) && is_number(a) && is_number(b);
}

bool python_binary(struct python *self, struct python_state *state, enum python_bytecode what, struct python_value a,
                   struct python_value b)
{
    int64_t result;
    bool has_list = (python_is(state, a, PYTHON_LIST) || python_is(state, a, PYTHON_TUPLE)) &&
                    !python_is_deque(state, a) && !python_is_deque(state, b);
    if (what == PY_MODULO && is_text(state, a))
        return python_format(self, state, a, b);
    bool is_thrown, are_hints = (python_is_type_hint(self, state, a) || a.kind == PYTHON_NONE) &&
                                (python_is_type_hint(self, state, b) || b.kind == PYTHON_NONE);
    if (what == PY_OR && are_hints && self->dump->version >= 310 && (a.kind != PYTHON_NONE || b.kind != PYTHON_NONE))
        return python_push(self, state, python_type_hint(self));
    if (!python_throw_binary(self, state, what, a, b, &is_thrown) || is_thrown)
        return !self->error->set;
    if (what == PY_ADD && is_text(state, a) && is_text(state, b))
        return join_texts(self, state, a, b);
    if (what == PY_ADD && has_list && b.kind == PYTHON_OBJECT &&
        python_object(state, b)->shape == python_object(state, a)->shape)
        return join_lists(self, state, a, b);
    if (what == PY_MULTIPLY && has_list)
        return repeat(self, state, a, b);
    bool is_found;
    if (!call_operator(self, state, what, a, b, &is_found) || is_found)
        return !self->error->set;
    if (is_vague(a, b) && (what == PY_ADD || what == PY_SUBTRACT || what == PY_MULTIPLY || what == PY_TRUE_DIVIDE))
        return python_push(self, state, (struct python_value){PYTHON_UNKNOWN, python_intern(self, "a number", 8)});
    if (!python_is_integer(a) || !python_is_integer(b))
        return python_refuse(
            self, state,
            "an operation with %s and %s is not covered yet (expected integers, or texts and lists that are known)",
            python_what(self, state, a), python_what(self, state, b));
    if (what == PY_TRUE_DIVIDE && !(b.kind != PYTHON_DYNAMIC && b.number == 0))
        return python_refuse(self, state, "a division that makes a fraction is not covered (expected integers: '//')");
    if (a.kind == PYTHON_DYNAMIC || b.kind == PYTHON_DYNAMIC)
        return compute_dynamic(self, state, what, a, b);
    if (b.number == 0 && divides(what))
        return throw_division(self, state, what);
    if (b.number < 0 && (what == PY_LEFT_SHIFT || what == PY_RIGHT_SHIFT))
        return throw_shift(self, state);
    if (!compute(what, a.number, b.number, &result))
        return python_refuse(
            self, state,
            "the result is not defined, or beyond 64 bits (expected numbers below 2^63 that threads compute)");
    bool is_bool =
        a.kind == PYTHON_BOOL && b.kind == PYTHON_BOOL && (what == PY_AND || what == PY_OR || what == PY_XOR);
    return python_push(self, state, is_bool ? BOOL(result) : INTEGER(result));
}

/* "+", "+=", and so on, as BINARY_OP says; "[]" is a subscript. */
enum python_bytecode python_operator_of(const char *meaning)
{
    static const struct {
        const char *sign;
        enum python_bytecode what;
    } signs[] = {{"+", PY_ADD},          {"-", PY_SUBTRACT}, {"*", PY_MULTIPLY}, {"//", PY_FLOOR_DIVIDE},
                 {"/", PY_TRUE_DIVIDE},  {"%", PY_MODULO},   {"**", PY_POWER},   {"<<", PY_LEFT_SHIFT},
                 {">>", PY_RIGHT_SHIFT}, {"&", PY_AND},      {"|", PY_OR},       {"^", PY_XOR},
                 {"[]", PY_SUBSCRIPT}};
    size_t length = meaning != NULL ? strlen(meaning) : 0;
    if (length > 1 && meaning[length - 1] == '=')
        length--;
    for (size_t s = 0; s < sizeof signs / sizeof signs[0]; s++)
        if (strlen(signs[s].sign) == length && memcmp(signs[s].sign, meaning, length) == 0)
            return signs[s].what;
    return PY_UNKNOWN;
}
