/* Executes bytecodes: what is known is computed, and what is not leaves instructions. */
#include "frontends/python_parts.h"

#include "base/arithmetic.h"
#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

static const struct operand nothing = {.kind = OPERAND_NONE};

enum { END_LABEL = 0, EXECUTED_MAX = 1000000, LABELS_MAX = 100000, INSTRUCTIONS_MAX = 1000000 };

/* ---- Names and constants ----------------------------------------------------------------------------------------- */

static const struct python_code *code_of(const struct python *self, const struct python_state *state)
{
    return &self->dump->codes[state->frames[state->frame_count - 1].code];
}

static bool is_damaged(struct python *self)
{
    return error_set(self->error, self->input->name, 0, 0, "the bytecode is damaged: %s has no such argument",
                     self->at->name);
}

static bool name_at(struct python *self, const struct python_state *state, int64_t number, struct python_value *name)
{
    const struct python_names *names = &code_of(self, state)->names;
    *name = NONE;
    if (number < 0 || number >= (int64_t)names->count)
        return is_damaged(self);
    *name = python_string(self, names->items[number]);
    return true;
}

static struct python_value value_of(struct python *self, struct python_state *state,
                                    const struct python_constant *constant)
{
    switch (constant->kind) {
    case PYTHON_CONSTANT_NONE:
        return NONE;
    case PYTHON_CONSTANT_BOOL:
        return BOOL(constant->number);
    case PYTHON_CONSTANT_INT:
        return INTEGER(constant->number);
    case PYTHON_CONSTANT_CODE:
        return (struct python_value){PYTHON_CODE, constant->number};
    case PYTHON_CONSTANT_STRING:
        return python_string(self, constant->text);
    case PYTHON_CONSTANT_FLOAT:
        return (struct python_value){PYTHON_FLOAT, python_intern(self, constant->text, strlen(constant->text))};
    case PYTHON_CONSTANT_OTHER:
        return (struct python_value){PYTHON_UNKNOWN, python_intern(self, constant->text, strlen(constant->text))};
    case PYTHON_CONSTANT_TUPLE:
        break;
    }
    struct python_value tuple = python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE), NULL, 0);
    for (size_t i = 0; i < constant->count; i++) {
        struct python_value item = value_of(self, state, &constant->items[i]);
        python_append(self, python_change(self, state, tuple), item);
    }
    return tuple;
}

static bool constant_at(struct python *self, struct python_state *state, int64_t number, struct python_value *value)
{
    const struct python_code *code = code_of(self, state);
    *value = NONE;
    if (number < 0 || number >= (int64_t)code->constant_count)
        return is_damaged(self);
    *value = value_of(self, state, &code->constants[number]);
    return true;
}

/* ---- Computing --------------------------------------------------------------------------------------------------- */

int python_truth(const struct python *self, const struct python_state *state, struct python_value value)
{
    switch (value.kind) {
    case PYTHON_NONE:
        return 0;
    case PYTHON_BOOL:
    case PYTHON_INT:
        return value.number != 0;
    case PYTHON_STRING:
        return python_text_of(self, value)[0] != '\0';
    case PYTHON_BUILTIN:
    case PYTHON_CODE:
        return 1;
    case PYTHON_OBJECT:
        break;
    default:
        return -1;
    }
    const struct python_object *object = python_object(state, value);
    switch (object->shape) {
    case PYTHON_LIST:
    case PYTHON_TUPLE:
    case PYTHON_DICT:
        return object->count > 0;
    case PYTHON_INSTANCE:
    case PYTHON_CLASS:
    case PYTHON_FUNCTION:
    case PYTHON_METHOD:
        return 1;
    default:
        return -1;
    }
}

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

static struct operand operand_of(struct python_value value)
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
    python_emit(self, state, OPCODE_MOV, operand_of(value), python_register(*number));
    return true;
}

/* The rest of a division rounds down, ours towards 0: by a number above 0 a negative rest gets it added. */
static bool divide_dynamic(struct python *self, struct python_state *state, enum python_bytecode what,
                           struct python_value a, int64_t b)
{
    int64_t rest, quotient;
    if (b <= 0)
        return python_refuse(self, state,
                             "a division by a number that is not known, or below 1, is not covered where the other "
                             "one depends on the threads");
    struct python_value whole = a;
    if (!python_push(self, state, whole) || !take_register(self, state, a, &rest))
        return false;
    python_emit(self, state, OPCODE_MOD, python_immediate(b), python_register(rest));
    size_t skip = python_skip(self, state, OPCODE_JGTE, python_immediate(0), python_register(rest));
    python_emit(self, state, OPCODE_ADD, python_immediate(b), python_register(rest));
    python_land(self, state, skip);
    if (!python_pop(self, state, &whole))
        return false;
    if (what == PY_MODULO)
        return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, rest});
    if (!python_push(self, state, (struct python_value){PYTHON_DYNAMIC, rest}) ||
        !take_register(self, state, whole, &quotient) || !python_pop(self, state, &a))
        return false;
    python_emit(self, state, OPCODE_SUB, python_register(rest), python_register(quotient));
    python_emit(self, state, OPCODE_DIV, python_immediate(b), python_register(quotient));
    return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, quotient});
}

static bool compute_dynamic(struct python *self, struct python_state *state, enum python_bytecode what,
                            struct python_value a, struct python_value b)
{
    int64_t number;
    bool divides = what == PY_FLOOR_DIVIDE || what == PY_OLD_DIVIDE || what == PY_MODULO;
    if (divides)
        return divide_dynamic(self, state, what, a, b.kind == PYTHON_DYNAMIC ? 0 : b.number);
    if (opcode_for(what) == OPCODE_NOP)
        return python_refuse(self, state, "this operation is not covered where a number depends on the threads");
    /* What comes second must live while the first is copied. */
    if (!python_push(self, state, b) || !take_register(self, state, a, &number) || !python_pop(self, state, &b))
        return false;
    python_emit(self, state, opcode_for(what), operand_of(b), python_register(number));
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
        return python_refuse(self, state, "a list is not repeated so often here");
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

bool python_binary(struct python *self, struct python_state *state, enum python_bytecode what, struct python_value a,
                   struct python_value b)
{
    int64_t result;
    bool has_list = python_is(state, a, PYTHON_LIST) || python_is(state, a, PYTHON_TUPLE);
    if (what == PY_MODULO && is_text(state, a))
        return python_format(self, state, a, b);
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
    if (!python_is_integer(a) || !python_is_integer(b))
        return python_refuse(self, state, "an operation with %s and %s is not covered yet", python_what(self, state, a),
                             python_what(self, state, b));
    if (what == PY_TRUE_DIVIDE)
        return python_refuse(self, state, "a division that makes a fraction is not covered (expected integers: '//')");
    if (a.kind == PYTHON_DYNAMIC || b.kind == PYTHON_DYNAMIC)
        return compute_dynamic(self, state, what, a, b);
    if (!compute(what, a.number, b.number, &result))
        return python_refuse(self, state, "the result is not defined, or beyond 64 bits");
    bool is_bool =
        a.kind == PYTHON_BOOL && b.kind == PYTHON_BOOL && (what == PY_AND || what == PY_OR || what == PY_XOR);
    return python_push(self, state, is_bool ? BOOL(result) : INTEGER(result));
}

/* "+", "+=", and so on, as BINARY_OP says; "[]" is a subscript. */
static enum python_bytecode operator_of(const char *meaning)
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

/* ---- Comparing --------------------------------------------------------------------------------------------------- */

enum relation { LESS, LESS_EQUAL, EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, IS, IS_NOT, IN, NOT_IN, RELATION_COUNT };

static const char *const relations[RELATION_COUNT] = {"<", "<=", "==", "!=", ">", ">=", "is", "is not", "in", "not in"};

static enum relation relation_of(const char *meaning)
{
    enum relation found = 0;
    while (found < RELATION_COUNT && (meaning == NULL || strcmp(relations[found], meaning) != 0))
        found++;
    return found;
}

static bool holds(enum relation relation, int order)
{
    switch (relation) {
    case LESS:
        return order < 0;
    case LESS_EQUAL:
        return order <= 0;
    case EQUAL:
    case IS:
    case IN:
        return order == 0;
    case GREATER:
        return order > 0;
    case GREATER_EQUAL:
        return order >= 0;
    default:
        return order != 0;
    }
}

/* Pushes a truth value that is known once the execution is split. */
static bool push_condition(struct python *self, struct python_state *state, enum opcode jump, struct operand a,
                           struct operand b)
{
    struct python_state *other = python_split(self, state, jump, a, b);
    return python_push(self, other, BOOL(true)) && python_push(self, state, BOOL(false));
}

static bool compare_integers(struct python *self, struct python_state *state, enum relation relation,
                             struct python_value a, struct python_value b)
{
    static const enum opcode jumps[] = {OPCODE_JLT, OPCODE_JLTE, OPCODE_JE, OPCODE_JNE, OPCODE_JGT, OPCODE_JGTE};
    if (a.kind != PYTHON_DYNAMIC && b.kind != PYTHON_DYNAMIC)
        return python_push(self, state, BOOL(holds(relation, (a.number > b.number) - (a.number < b.number))));
    /* `test x, y` compares y with x. */
    return push_condition(self, state, jumps[relation], operand_of(b), operand_of(a));
}

/* 0: equal; 1: not; -1: not known here. */
static int differ(const struct python_state *state, struct python_value a, struct python_value b)
{
    bool is_known =
        a.kind != PYTHON_UNKNOWN && b.kind != PYTHON_UNKNOWN && a.kind != PYTHON_FLOAT && b.kind != PYTHON_FLOAT;
    if (a.kind == PYTHON_DYNAMIC || b.kind == PYTHON_DYNAMIC)
        return python_is_integer(a) && python_is_integer(b) ? -1 : 1;
    if (python_is_integer(a) && python_is_integer(b))
        return a.number != b.number;
    if (a.kind == PYTHON_OBJECT && b.kind == PYTHON_OBJECT && a.number != b.number) {
        const struct python_object *left = python_object(state, a), *right = python_object(state, b);
        bool are_lists = left->shape == PYTHON_LIST || left->shape == PYTHON_TUPLE;
        if (left->shape == PYTHON_ROPE || right->shape == PYTHON_ROPE || left->shape == PYTHON_DICT)
            return -1;
        if (!are_lists || left->shape != right->shape)
            return 1;
        if (left->count != right->count)
            return 1;
        for (uint32_t i = 0; i < left->count; i++) {
            int item = differ(state, left->items[i], right->items[i]);
            if (item != 0)
                return item;
        }
        return 0;
    }
    return is_known ? !python_equal(a, b) : -1;
}

static bool contains(struct python *self, struct python_state *state, struct python_value item,
                     struct python_value list, bool negates)
{
    bool is_list = python_is(state, list, PYTHON_LIST) || python_is(state, list, PYTHON_TUPLE);
    if (!is_list && !python_is(state, list, PYTHON_DICT))
        return python_refuse(self, state, "'in' is not covered here for %s", python_what(self, state, list));
    if (is_list ? !python_touch_all(self, state, list) : !python_touch(self, state, list, false))
        return false;
    const struct python_object *object = python_object(state, list);
    for (uint32_t i = 0; i < object->count; i += is_list ? 1 : 2) {
        int difference = differ(state, item, object->items[i]);
        if (difference < 0)
            return python_refuse(self, state, "'in' is not covered for values that depend on the threads");
        if (difference == 0)
            return python_push(self, state, BOOL(!negates));
    }
    return python_push(self, state, BOOL(negates));
}

static bool compare(struct python *self, struct python_state *state, enum relation relation, struct python_value a,
                    struct python_value b)
{
    if (relation == IN || relation == NOT_IN)
        return contains(self, state, a, b, relation == NOT_IN);
    if (relation == IS || relation == IS_NOT) {
        bool is_known = a.kind != PYTHON_DYNAMIC && b.kind != PYTHON_DYNAMIC;
        bool is_same = is_known && python_equal(a, b);
        if (!is_known && (a.kind == b.kind || python_is_integer(a) == python_is_integer(b)))
            return python_refuse(self, state, "'is' says nothing about integers (expected '==')");
        return python_push(self, state, BOOL(is_same == (relation == IS)));
    }
    if (python_is_integer(a) && python_is_integer(b))
        return compare_integers(self, state, relation, a, b);
    int difference = differ(state, a, b);
    bool is_equality = relation == EQUAL || relation == NOT_EQUAL;
    if (difference < 0 || !is_equality)
        return python_refuse(self, state, "%s and %s are not compared here by '%s'", python_what(self, state, a),
                             python_what(self, state, b), relation < RELATION_COUNT ? relations[relation] : "?");
    return python_push(self, state, BOOL((difference == 0) == (relation == EQUAL)));
}

/* ---- Jumping ----------------------------------------------------------------------------------------------------- */

static void jump(struct python_state *state, const struct python_instruction *instruction, bool is_taken)
{
    if (is_taken)
        python_top(state)->at = instruction->target;
}

/* Up to 3.9 a jump on what is True or False itself does not look at the lock; later only one that is taken does. */
static void check_jump(const struct python *self, struct python_state *state,
                       const struct python_instruction *instruction, bool is_taken, bool is_bool)
{
    bool goes_back = strncmp(instruction->name, "POP_JUMP_BACKWARD", 17) == 0;
    bool pops = strncmp(instruction->name, "POP_JUMP", 8) == 0;
    state->checks = self->rules <= PYTHON_GIL32    ? !is_bool
                    : self->rules == PYTHON_GIL310 ? is_taken && pops
                                                   : self->rules == PYTHON_GIL311 && is_taken && goes_back;
}

static void finish_jump(const struct python *self, struct python_state *state,
                        const struct python_instruction *instruction, bool is_taken, bool is_bool)
{
    jump(state, instruction, is_taken);
    check_jump(self, state, instruction, is_taken, is_bool);
}

bool python_examine(struct python *self, struct python_state *state, struct python_value *value)
{
    int64_t number;
    if (python_is(state, *value, PYTHON_DICT))
        return python_touch(self, state, *value, false);
    if (!python_is(state, *value, PYTHON_LIST) || python_find_length(self, state, *value, false) == NULL)
        return true;
    if (!python_load_length(self, state, *value, &number))
        return false;
    *value = (struct python_value){PYTHON_DYNAMIC, number};
    return true;
}

static bool jump_if(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                    bool wanted, bool keeps)
{
    struct python_value value, kept;
    if (!python_pop(self, state, &value))
        return false;
    kept = value;
    if (!python_examine(self, state, &value))
        return false;
    if (value.kind == PYTHON_DYNAMIC) {
        struct python_state *other =
            python_split(self, state, OPCODE_JNE, python_immediate(0), python_register(value.number));
        if (keeps && !python_push(self, wanted ? other : state, kept))
            return false;
        finish_jump(self, other, instruction, wanted, false);
        finish_jump(self, state, instruction, !wanted, false);
        return true;
    }
    int truth = python_truth(self, state, value);
    if (truth < 0)
        return python_refuse(self, state, "whether %s is true is not known here", python_what(self, state, value));
    bool is_taken = (truth != 0) == wanted;
    if (is_taken && keeps && !python_push(self, state, value))
        return false;
    finish_jump(self, state, instruction, is_taken, value.kind == PYTHON_BOOL);
    return true;
}

static bool jump_if_none(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                         bool wanted)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    finish_jump(self, state, instruction, (value.kind == PYTHON_NONE) == wanted, false);
    return true;
}

/* ---- Locals, globals, cells -------------------------------------------------------------------------------------- */

static bool slot_at(struct python *self, struct python_state *state, int64_t number, struct python_value **slot)
{
    struct python_frame *frame = python_top(state);
    *slot = NULL;
    if (number < 0 || number >= frame->slots)
        return is_damaged(self);
    *slot = &frame->values[number];
    return true;
}

static bool load_fast(struct python *self, struct python_state *state, int64_t number, bool clears)
{
    struct python_value *slot;
    if (!slot_at(self, state, number, &slot))
        return false;
    struct python_value value = *slot;
    if (value.kind == PYTHON_ABSENT && !clears)
        return python_refuse(self, state, "a local variable that has no value yet is used") &&
               python_push(self, state, NONE);
    if (clears)
        *slot = ABSENT;
    return python_push(self, state, value);
}

static bool store_fast(struct python *self, struct python_state *state, int64_t number)
{
    struct python_value *slot, value;
    if (!slot_at(self, state, number, &slot) || !python_pop(self, state, &value))
        return false;
    *slot = value;
    return true;
}

/* Cells lie among the locals from 3.11 on, behind them before. */
static bool cell_at(struct python *self, struct python_state *state, int64_t number, struct python_value *cell)
{
    struct python_value *slot;
    size_t first = self->dump->version >= 311 ? 0 : code_of(self, state)->locals.count;
    *cell = NONE;
    if (!slot_at(self, state, number + (int64_t)first, &slot))
        return false;
    *cell = *slot;
    return python_is(state, *cell, PYTHON_CELL) ||
           python_refuse(self, state, "a variable of an enclosing function that has no value yet is used");
}

static bool load_place(struct python *self, struct python_state *state, struct python_value object,
                       struct python_value key, enum python_push how, bool *is_found)
{
    struct python_place *place;
    struct python_value value;
    if (!python_get(self, state, object, key, &value, &place))
        return false;
    *is_found = place != NULL || value.kind != PYTHON_ABSENT;
    if (place != NULL)
        return python_load(self, state, place, how);
    if (!*is_found)
        return true;
    if (how == PYTHON_PUSH_NULL_FIRST && !python_push(self, state, ABSENT))
        return false;
    return python_push(self, state, value) && (how != PYTHON_PUSH_NULL_LAST || python_push(self, state, ABSENT));
}

static bool push_builtin(struct python *self, struct python_state *state, struct python_value name,
                         enum python_push how)
{
    /* In 2.7 these are names like others. */
    static const struct {
        const char *name;
        struct python_value value;
    } constants[] = {{"None", {PYTHON_NONE, 0}}, {"False", {PYTHON_BOOL, 0}}, {"True", {PYTHON_BOOL, 1}}};
    enum python_builtin builtin = python_find_builtin(python_text_of(self, name));
    for (size_t c = 0; c < sizeof constants / sizeof constants[0]; c++)
        if (strcmp(python_text_of(self, name), constants[c].name) == 0)
            return python_push(self, state, constants[c].value);
    if (strcmp(python_text_of(self, name), "__name__") == 0)
        return python_push(self, state, python_string(self, "__main__"));
    if (builtin == PYTHON_BUILTIN_NONE)
        return python_refuse(
                   self, state,
                   "the name '%s' is not known: nothing has set it, or it is a builtin that is not covered yet",
                   python_text_of(self, name)) &&
               python_push(self, state, NONE);
    if (how == PYTHON_PUSH_NULL_FIRST && !python_push(self, state, ABSENT))
        return false;
    return python_push(self, state, BUILTIN(builtin)) &&
           (how != PYTHON_PUSH_NULL_LAST || python_push(self, state, ABSENT));
}

static const struct python_value module = {PYTHON_OBJECT, 0};

static bool load_global(struct python *self, struct python_state *state, struct python_value name, enum python_push how)
{
    bool is_found;
    return load_place(self, state, module, name, how, &is_found) && (is_found || push_builtin(self, state, name, how));
}

static bool load_name(struct python *self, struct python_state *state, struct python_value name)
{
    struct python_value names = python_top(state)->names;
    bool is_found = false;
    if (names.kind == PYTHON_OBJECT && names.number != module.number &&
        !load_place(self, state, names, name, PYTHON_PUSH, &is_found))
        return false;
    return is_found || load_global(self, state, name, PYTHON_PUSH);
}

static bool store_name(struct python *self, struct python_state *state, struct python_value names,
                       struct python_value name)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    return python_set(self, state, names.kind == PYTHON_OBJECT ? names : module, name, value);
}

/* ---- Lists and the like ------------------------------------------------------------------------------------------ */

static bool pop_many(struct python *self, struct python_state *state, int64_t count, struct python_value *values)
{
    if (count < 0 || count > PYTHON_ARGUMENTS_MAX)
        return python_refuse(self, state, "more than %d values at once are not covered", PYTHON_ARGUMENTS_MAX);
    for (int64_t v = count; v-- > 0;)
        if (!python_pop(self, state, &values[v]))
            return false;
    return true;
}

static bool build(struct python *self, struct python_state *state, enum python_shape shape, enum python_builtin type,
                  int64_t count)
{
    struct python_value values[PYTHON_ARGUMENTS_MAX];
    if (count > PYTHON_ARGUMENTS_MAX || !pop_many(self, state, count, values))
        return error_set(self->error, self->dump->file, self->at->place.line, self->at->place.column,
                         "more than %d values at once are not covered", PYTHON_ARGUMENTS_MAX);
    return python_push(self, state, python_new(self, state, shape, BUILTIN(type), values, (uint32_t)count));
}

static bool build_constant_map(struct python *self, struct python_state *state, int64_t count)
{
    struct python_value keys, values[PYTHON_ARGUMENTS_MAX];
    if (!python_pop(self, state, &keys) || !pop_many(self, state, count, values))
        return false;
    if (!python_is(state, keys, PYTHON_TUPLE) || python_object(state, keys)->count != count)
        return is_damaged(self);
    struct python_value map = python_new(self, state, PYTHON_DICT, BUILTIN(PYTHON_BUILTIN_DICT), NULL, 0);
    for (int64_t i = 0; i < count; i++) {
        python_append(self, python_change(self, state, map), python_object(state, keys)->items[i]);
        python_append(self, python_change(self, state, map), values[i]);
    }
    return python_push(self, state, map);
}

/* 2.7: a key and a value for the dictionary below them. */
static bool store_map(struct python *self, struct python_state *state)
{
    struct python_value key, value, *map;
    if (!python_pop(self, state, &key) || !python_pop(self, state, &value) || !python_peek(self, state, 0, &map))
        return false;
    if (!python_is(state, *map, PYTHON_DICT))
        return is_damaged(self);
    python_append(self, python_change(self, state, *map), key);
    python_append(self, python_change(self, state, *map), value);
    return true;
}

static bool build_string(struct python *self, struct python_state *state, int64_t count)
{
    struct python_value values[PYTHON_ARGUMENTS_MAX];
    if (!pop_many(self, state, count, values))
        return false;
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    for (int64_t i = 0; i < count; i++)
        if (!python_append_text(self, state, python_change(self, state, rope), values[i], false))
            return false;
    return python_push(self, state, python_finish_rope(self, state, rope));
}

/* The list that lies so deep gets a value, or those of another one. */
static bool extend(struct python *self, struct python_state *state, int64_t depth, bool is_one)
{
    struct python_value value, *list;
    if (!python_pop(self, state, &value) || !python_peek(self, state, (uint32_t)(depth - 1), &list))
        return false;
    if (!python_is(state, *list, PYTHON_LIST))
        return is_damaged(self);
    if (is_one) {
        python_append(self, python_change(self, state, *list), value);
        return true;
    }
    if (!python_is(state, value, PYTHON_LIST) && !python_is(state, value, PYTHON_TUPLE))
        return python_refuse(self, state, "a list is not extended here by %s", python_what(self, state, value));
    if (!python_touch_all(self, state, value))
        return false;
    for (uint32_t i = 0; i < python_object(state, value)->count; i++)
        python_append(self, python_change(self, state, *list), python_object(state, value)->items[i]);
    return true;
}

static bool unpack(struct python *self, struct python_state *state, int64_t count)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    bool is_list = python_is(state, value, PYTHON_LIST) || python_is(state, value, PYTHON_TUPLE);
    if (!is_list || python_object(state, value)->count != count)
        return python_refuse(self, state, "%s is not taken apart into %" PRId64 " values here",
                             python_what(self, state, value), count);
    if (!python_touch_all(self, state, value))
        return false;
    for (int64_t i = count; i-- > 0;)
        if (!python_push(self, state, python_object(state, value)->items[i]))
            return false;
    return true;
}

static bool is_container(const struct python_state *state, struct python_value value)
{
    return python_is(state, value, PYTHON_LIST) || python_is(state, value, PYTHON_TUPLE) ||
           python_is(state, value, PYTHON_DICT);
}

static bool subscript(struct python *self, struct python_state *state, struct python_value list,
                      struct python_value index)
{
    if (!is_container(state, list) || index.kind == PYTHON_DYNAMIC)
        return python_refuse(self, state, "an element of %s by %s is not covered yet", python_what(self, state, list),
                             python_what(self, state, index));
    bool is_found;
    int64_t item = python_find_item(python_object(state, list), index);
    bool is_shared = python_is(state, list, PYTHON_LIST) && (item < 0 || index.number < 0) &&
                     python_find_length(self, state, list, false) != NULL;
    if (is_shared) {
        int64_t length, first = python_object(state, list)->count;
        if (index.kind != PYTHON_INT || index.number < 0 || index.number >= first + PYTHON_LIST_ROOM)
            return python_refuse(self, state, "this element of a list that threads add to is not covered yet");
        if (!python_load_length(self, state, list, &length))
            return false;
        python_require(self, state, OPCODE_JGT, python_immediate(index.number), python_register(length),
                       "IndexError: list index out of range");
        state->is_joined = true;
        item = index.number;
    }
    if (item < 0)
        return python_refuse(self, state, "there is no such element");
    if (python_is(state, list, PYTHON_TUPLE))
        return python_push(self, state, python_object(state, list)->items[item]);
    return load_place(self, state, list, python_is(state, list, PYTHON_LIST) ? INTEGER(item) : index, PYTHON_PUSH,
                      &is_found);
}

static bool store_subscript(struct python *self, struct python_state *state)
{
    struct python_value index, list, value;
    if (!python_pop(self, state, &index) || !python_pop(self, state, &list) || !python_pop(self, state, &value))
        return false;
    if ((!python_is(state, list, PYTHON_LIST) && !python_is(state, list, PYTHON_DICT)) || index.kind == PYTHON_DYNAMIC)
        return python_refuse(self, state, "an element of %s by %s is not covered yet", python_what(self, state, list),
                             python_what(self, state, index));
    int64_t item = python_find_item(python_object(state, list), index);
    if (item < 0 && python_is(state, list, PYTHON_LIST))
        return python_refuse(self, state,
                             python_find_length(self, state, list, false) != NULL
                                 ? "setting an element of a list that threads add to is not covered yet"
                                 : "there is no such element");
    if (item < 0 && !python_touch(self, state, list, true))
        return false;
    return python_set(self, state, list, python_is(state, list, PYTHON_LIST) ? INTEGER(item) : index, value);
}

/* ---- Loops ------------------------------------------------------------------------------------------------------- */

static bool get_iterator(struct python *self, struct python_state *state)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    if (python_is(state, value, PYTHON_RANGE))
        return python_push(self, state,
                           python_new(self, state, PYTHON_COUNTER, ABSENT, python_object(state, value)->items, 3));
    if (python_is(state, value, PYTHON_ITERATOR) || python_is(state, value, PYTHON_COUNTER))
        return python_push(self, state, value);
    if (!python_is(state, value, PYTHON_LIST) && !python_is(state, value, PYTHON_TUPLE))
        return python_refuse(self, state, "a loop over %s is not covered yet (expected a range, a list or a tuple)",
                             python_what(self, state, value)) &&
               python_push(self, state, NONE);
    struct python_value items[2] = {value, INTEGER(0)};
    return python_push(self, state, python_new(self, state, PYTHON_ITERATOR, ABSENT, items, 2));
}

/* Up to 3.12 the iterator is popped at the end; from then on the END_FOR that stands at the target is jumped over. */
static bool end_loop(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    struct python_value iterator;
    bool ends_behind = code_of(self, state)->instructions[instruction->target].bytecode == PY_END_FOR;
    if (self->dump->version <= 312 && !python_pop(self, state, &iterator))
        return false;
    python_top(state)->at = instruction->target + ends_behind;
    return true;
}

/* Pushes what comes next, if there is something. */
static bool push_next(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                      struct python_value iterator, bool *is_more)
{
    struct python_object *object = python_change(self, state, iterator);
    *is_more = false;
    if (object->shape == PYTHON_COUNTER) {
        int64_t at = object->items[0].number, end = object->items[1].number, step = object->items[2].number;
        if (step > 0 ? at >= end : at <= end)
            return true;
        if (__builtin_add_overflow(at, step, &object->items[0].number))
            object->items[0].number = end;
        *is_more = true;
        return python_push(self, state, INTEGER(at));
    }
    struct python_value list = object->items[0];
    int64_t at = object->items[1].number;
    bool is_shared = python_is(state, list, PYTHON_LIST) && python_find_length(self, state, list, false) != NULL;
    if (at >= python_object(state, list)->count && !is_shared)
        return true;
    *is_more = true;
    if (is_shared && at >= python_object(state, list)->count) {
        int64_t length;
        if (at >= (int64_t)python_object(state, list)->count + PYTHON_LIST_ROOM)
            return python_refuse(self, state, "a list that threads share has too many elements") &&
                   python_push(self, state, NONE);
        if (!python_load_length(self, state, list, &length))
            return false;
        struct python_state *other =
            python_split(self, state, OPCODE_JLTE, python_immediate(at), python_register(length));
        if (!end_loop(self, other, instruction))
            return false;
        state->is_joined = true;
        object = python_change(self, state, iterator);
    }
    object->items[1].number++;
    if (python_is(state, list, PYTHON_TUPLE))
        return python_push(self, state, python_object(state, list)->items[at]);
    return load_place(self, state, list, INTEGER(at), PYTHON_PUSH, is_more) && (*is_more = true);
}

static bool for_iterator(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    struct python_value *top;
    bool is_more;
    if (!python_peek(self, state, 0, &top))
        return false;
    struct python_value iterator = *top;
    if (!python_is(state, iterator, PYTHON_COUNTER) && !python_is(state, iterator, PYTHON_ITERATOR))
        return is_damaged(self);
    if (python_object(state, iterator)->maker != state->thread)
        return python_refuse(self, state, "an iterator that threads share is not covered");
    if (!push_next(self, state, instruction, iterator, &is_more))
        return false;
    if (is_more)
        return true;
    return end_loop(self, state, instruction);
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

/* Pops arguments of which the last have the names of a tuple (NONE: no names). */
static bool pop_arguments(struct python *self, struct python_state *state, int64_t count, struct python_value names,
                          struct python_arguments *arguments)
{
    *arguments = (struct python_arguments){.count = (uint32_t)count};
    int64_t named = python_is(state, names, PYTHON_TUPLE) ? python_object(state, names)->count : 0;
    if (!pop_many(self, state, count, arguments->items))
        return false;
    if (count > PYTHON_ARGUMENTS_MAX || named > count)
        return is_damaged(self);
    arguments->positional = (uint32_t)(count - named);
    for (int64_t n = 0; n < named; n++)
        arguments->names[arguments->positional + n] = python_object(state, names)->items[n];
    return true;
}

static bool prepend(struct python *self, struct python_state *state, struct python_arguments *arguments,
                    struct python_value value)
{
    if (arguments->count == PYTHON_ARGUMENTS_MAX)
        return python_refuse(self, state, "a call with more than %d arguments", PYTHON_ARGUMENTS_MAX);
    memmove(arguments->items + 1, arguments->items, arguments->count * sizeof *arguments->items);
    memmove(arguments->names + 1, arguments->names, arguments->count * sizeof *arguments->names);
    arguments->items[0] = value;
    arguments->names[0] = ABSENT;
    arguments->count++;
    arguments->positional++;
    return true;
}

/* From 3.11 on two values lie below the arguments: a NULL and what is called, or a method and self; from 3.13 on what is called comes
 * first. */
static bool call_with_pair(struct python *self, struct python_state *state, int64_t count, struct python_value names)
{
    struct python_arguments arguments;
    struct python_value upper, lower;
    if (!pop_arguments(self, state, count, names, &arguments) || !python_pop(self, state, &upper) ||
        !python_pop(self, state, &lower))
        return false;
    bool is_first = self->dump->version >= 313 || lower.kind != PYTHON_ABSENT;
    if (is_first && upper.kind != PYTHON_ABSENT && !prepend(self, state, &arguments, upper))
        return false;
    return python_call(self, state, is_first ? lower : upper, &arguments, self->rules <= PYTHON_GIL310);
}

static bool call_plain(struct python *self, struct python_state *state, int64_t count, struct python_value names,
                       bool has_null)
{
    struct python_arguments arguments;
    struct python_value callee, null;
    if (!pop_arguments(self, state, count, names, &arguments) || !python_pop(self, state, &callee) ||
        (has_null && !python_pop(self, state, &null)))
        return false;
    return python_call(self, state, callee, &arguments, true);
}

/* 2.7: names and values in turn behind the positional arguments. */
static bool call_old(struct python *self, struct python_state *state, int64_t argument)
{
    int64_t positional = argument & 255, named = argument >> 8;
    struct python_arguments arguments = {.positional = (uint32_t)positional, .count = (uint32_t)(positional + named)};
    struct python_value callee;
    if (named > PYTHON_ARGUMENTS_MAX - positional)
        return python_refuse(self, state, "a call with more than %d arguments", PYTHON_ARGUMENTS_MAX);
    for (int64_t n = named; n-- > 0;)
        if (!python_pop(self, state, &arguments.items[positional + n]) ||
            !python_pop(self, state, &arguments.names[positional + n]))
            return false;
    return pop_many(self, state, positional, arguments.items) && python_pop(self, state, &callee) &&
           python_call(self, state, callee, &arguments, true);
}

/* The positional arguments that a list or tuple has. */
static bool add_listed(struct python *self, struct python_state *state, struct python_value list,
                       struct python_arguments *arguments)
{
    bool is_list = python_is(state, list, PYTHON_LIST) || python_is(state, list, PYTHON_TUPLE);
    if (!is_list || arguments->count + python_object(state, list)->count > PYTHON_ARGUMENTS_MAX)
        return python_refuse(self, state, "a call with '*' of %s, or with more than %d arguments, is not covered yet",
                             python_what(self, state, list), PYTHON_ARGUMENTS_MAX);
    if (!python_touch_all(self, state, list))
        return false;
    for (uint32_t i = 0; i < python_object(state, list)->count; i++)
        arguments->items[arguments->count++] = python_object(state, list)->items[i];
    arguments->positional = arguments->count;
    return true;
}

/* f(*list); from 3.11 on with a NULL, behind which or before which the function lies. Only 3.11 looks behind a function of Python's. */
static bool call_with_list(struct python *self, struct python_state *state, int64_t flags)
{
    struct python_arguments arguments = {0};
    struct python_value list, callee, other = ABSENT;
    int version = self->dump->version;
    struct python_value named = ABSENT;
    if (((flags & 1) != 0 || version >= 314) && !python_pop(self, state, &named))
        return false;
    if (!python_pop(self, state, &list) || (version >= 313 && !python_pop(self, state, &other)) ||
        !python_pop(self, state, &callee) || (version >= 311 && version < 313 && !python_pop(self, state, &other)))
        return false;
    if (named.kind != PYTHON_ABSENT || other.kind != PYTHON_ABSENT)
        return python_refuse(self, state, "a call with '**' is not covered yet") && python_push(self, state, NONE);
    return add_listed(self, state, list, &arguments) &&
           python_call(self, state, callee, &arguments, self->rules <= PYTHON_GIL310 || version == 311);
}

/* 2.7: the list lies above positional arguments. */
static bool call_old_with_list(struct python *self, struct python_state *state, int64_t argument)
{
    struct python_arguments arguments = {0};
    struct python_value list, callee;
    if (argument > 255)
        return python_refuse(self, state, "a call with '*' and names is not covered yet");
    arguments.count = arguments.positional = (uint32_t)argument;
    return python_pop(self, state, &list) && pop_many(self, state, argument, arguments.items) &&
           python_pop(self, state, &callee) && add_listed(self, state, list, &arguments) &&
           python_call(self, state, callee, &arguments, true);
}

static bool finish_class(struct python *self, struct python_state *state, struct python_value class,
                         struct python_value names)
{
    struct python_value cell = python_string(self, "__classcell__");
    for (uint32_t i = 0; i + 1 < python_object(state, names)->count; i += 2) {
        struct python_value key = python_object(state, names)->items[i],
                            value = python_object(state, names)->items[i + 1];
        if (python_equal(key, cell) && python_is(state, value, PYTHON_CELL))
            python_change(self, state, value)->items[0] = class;
        python_append(self, python_change(self, state, class), key);
        python_append(self, python_change(self, state, class), value);
    }
    return true;
}

static bool return_value(struct python *self, struct python_state *state, struct python_value value)
{
    struct python_frame *frame = python_top(state);
    struct python_value result = frame->result, names = frame->names;
    bool checks = frame->checks, makes_class = frame->makes_class;
    for (uint32_t b = 0; b < frame->block_count; b++)
        if (!frame->blocks[b].is_loop)
            return python_refuse(self, state, "'return' within 'with' or 'try' is not covered yet for this version");
    state->frame_count--;
    if (state->frame_count == 0)
        return state->thread != 0 || python_end_main(self, state);
    state->checks = checks;
    if (makes_class && !finish_class(self, state, result, names))
        return false;
    return python_push(self, state, result.kind != PYTHON_ABSENT ? result : value);
}

/* ---- Functions and classes --------------------------------------------------------------------------------------- */

enum { FUNCTION_CODE, FUNCTION_DEFAULTS, FUNCTION_KEYWORD_DEFAULTS, FUNCTION_CLOSURE, FUNCTION_ITEMS };

static bool make_function(struct python *self, struct python_state *state, int64_t flags)
{
    struct python_value items[FUNCTION_ITEMS] = {NONE, NONE, NONE, NONE}, ignored;
    int version = self->dump->version;
    if (version < 311 && version >= 300 && !python_pop(self, state, &ignored))
        return false;
    if (!python_pop(self, state, &items[FUNCTION_CODE]))
        return false;
    if (items[FUNCTION_CODE].kind != PYTHON_CODE)
        return is_damaged(self);
    if (version < 300 && flags > 0) {
        if (!build(self, state, PYTHON_TUPLE, PYTHON_BUILTIN_TUPLE, flags) ||
            !python_pop(self, state, &items[FUNCTION_DEFAULTS]))
            return false;
    } else if (version >= 300 && version < 313) {
        if (((flags & 8) != 0 && !python_pop(self, state, &items[FUNCTION_CLOSURE])) ||
            ((flags & 4) != 0 && !python_pop(self, state, &ignored)) ||
            ((flags & 2) != 0 && !python_pop(self, state, &items[FUNCTION_KEYWORD_DEFAULTS])) ||
            ((flags & 1) != 0 && !python_pop(self, state, &items[FUNCTION_DEFAULTS])))
            return false;
    }
    return python_push(self, state, python_new(self, state, PYTHON_FUNCTION, ABSENT, items, FUNCTION_ITEMS));
}

static bool set_function_attribute(struct python *self, struct python_state *state, int64_t flag)
{
    struct python_value function, value;
    if (!python_pop(self, state, &function) || !python_pop(self, state, &value))
        return false;
    if (!python_is(state, function, PYTHON_FUNCTION))
        return is_damaged(self);
    size_t item = flag == 1 ? FUNCTION_DEFAULTS : flag == 2 ? FUNCTION_KEYWORD_DEFAULTS : FUNCTION_CLOSURE;
    if (flag == 1 || flag == 2 || flag == 8)
        python_change(self, state, function)->items[item] = value;
    return python_push(self, state, function);
}

static bool import(struct python *self, struct python_state *state, struct python_value name)
{
    struct python_value list, level;
    enum python_builtin found = python_find_module(python_text_of(self, name));
    if (!python_pop(self, state, &list) || !python_pop(self, state, &level))
        return false;
    if (found == PYTHON_BUILTIN_NONE)
        return python_refuse(self, state,
                             "the module '%s' is not known here (expected threading, _thread, queue, time or sys)",
                             python_text_of(self, name)) &&
               python_push(self, state, NONE);
    return python_push(self, state, BUILTIN(found));
}

static bool import_from(struct python *self, struct python_state *state, struct python_value name)
{
    struct python_value *module_value;
    return python_peek(self, state, 0, &module_value) &&
           python_attribute(self, state, *module_value, name, PYTHON_PUSH);
}

/* 2.7: a class is made of a name, its bases and its names. */
static bool build_old_class(struct python *self, struct python_state *state)
{
    struct python_value names, bases, name, base = BUILTIN(PYTHON_BUILTIN_OBJECT);
    if (!python_pop(self, state, &names) || !python_pop(self, state, &bases) || !python_pop(self, state, &name))
        return false;
    if (!python_is(state, bases, PYTHON_TUPLE) || !python_is(state, names, PYTHON_NAMESPACE))
        return is_damaged(self);
    if (python_object(state, bases)->count > 1)
        return python_refuse(self, state, "a class with several bases is not covered yet");
    if (python_object(state, bases)->count == 1)
        base = python_object(state, bases)->items[0];
    struct python_value class = python_new(self, state, PYTHON_CLASS, base, NULL, 0);
    python_change(self, state, class)->number = name.kind == PYTHON_STRING ? name.number : 0;
    return finish_class(self, state, class, names) && python_push(self, state, class);
}

/* ---- with and try ------------------------------------------------------------------------------------------------ */

static bool push_block(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                       bool is_loop)
{
    struct python_frame *frame = python_top(state);
    if (frame->block_count == PYTHON_BLOCKS_MAX)
        return is_damaged(self);
    frame->blocks[frame->block_count++] = (struct python_block){instruction->target, frame->depth, is_loop};
    return true;
}

static bool pop_block(struct python *self, struct python_state *state, struct python_block *block)
{
    struct python_frame *frame = python_top(state);
    *block = (struct python_block){0};
    if (frame->block_count == 0)
        return is_damaged(self);
    *block = frame->blocks[--frame->block_count];
    return true;
}

static bool break_loop(struct python *self, struct python_state *state)
{
    struct python_frame *frame = python_top(state);
    struct python_block block;
    if (frame->block_count > 0 && !frame->blocks[frame->block_count - 1].is_loop)
        return python_refuse(self, state, "'break' within 'with' or 'try' is not covered yet for this version");
    if (!pop_block(self, state, &block))
        return false;
    frame->depth = block.level < frame->depth ? block.level : frame->depth;
    frame->at = block.handler;
    return true;
}

/* Enters a with statement: pushes how to leave it, and then what entering returns, at once or later. */
static bool before_with(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    struct python_value manager;
    struct python_arguments none = {0};
    bool checks = self->rules <= PYTHON_GIL32;
    if (!python_pop(self, state, &manager) ||
        !python_attribute(self, state, manager, python_string(self, "__exit__"), PYTHON_PUSH) ||
        (instruction->bytecode == PY_SETUP_WITH && !push_block(self, state, instruction, false)))
        return false;
    if (state->refusal != 0)
        return true;
    if (!python_attribute(self, state, manager, python_string(self, "__enter__"), PYTHON_PUSH))
        return false;
    struct python_value enter;
    if (!python_pop(self, state, &enter) || !python_call(self, state, enter, &none, checks))
        return false;
    state->checks = python_is_lock(self, state, manager) ? checks : state->checks;
    return true;
}

static bool call_exit(struct python *self, struct python_state *state, struct python_value exit)
{
    struct python_arguments arguments = {.items = {NONE, NONE, NONE}, .count = 3, .positional = 3};
    return python_call(self, state, exit, &arguments, true);
}

/* Up to 3.8, at the end of a with statement without an exception: below a NULL or None lies how to leave. */
static bool clean_up(struct python *self, struct python_state *state, bool is_old)
{
    struct python_value end, exit;
    if (!python_pop(self, state, &end) || !python_pop(self, state, &exit) || !python_push(self, state, end))
        return false;
    if (!is_old)
        return python_push(self, state, NONE) && call_exit(self, state, exit);
    bool is_builtin =
        python_is(state, exit, PYTHON_METHOD) && python_object(state, exit)->items[0].kind == PYTHON_BUILTIN;
    if (!is_builtin)
        return python_refuse(self, state,
                             "'with' and a manager that is written in Python is not covered yet for this version");
    return call_exit(self, state, exit) && python_pop(self, state, &end);
}

static bool end_finally(struct python *self, struct python_state *state)
{
    struct python_value value;
    return python_pop(self, state, &value) &&
           (value.kind == PYTHON_ABSENT || value.kind == PYTHON_NONE ||
            python_refuse(self, state, "'finally' behind an exception, a return or a break is not covered yet"));
}

/* From 3.14 on: pushes a method that a with statement needs, and no self. */
static bool load_special(struct python *self, struct python_state *state, const char *meaning)
{
    struct python_value value;
    return python_pop(self, state, &value) &&
           python_attribute(self, state, value, python_string(self, meaning != NULL ? meaning : "?"),
                            PYTHON_PUSH_NULL_LAST);
}

/* ---- Printing in 2.7 --------------------------------------------------------------------------------------------- */

/* 2.7 remembers per file whether a blank goes before the next item, and threads see what others have left there. */
static bool has_own_blanks(struct python *self, struct python_state *state)
{
    if (self->printer == 0)
        self->printer = state->thread + 1;
    return self->printer == state->thread + 1 ||
           python_refuse(self, state,
                         "print statements of several threads are not covered: they put blanks into each other's lines "
                         "(expected print() and from __future__ import print_function)");
}

static bool print_old(struct python *self, struct python_state *state, bool is_line)
{
    /* A blank goes before an item unless a line has just begun: what the stream remembers, whoever writes. */
    struct python_arguments arguments = {.count = 1, .positional = 1};
    arguments.items[0] = python_string(self, "");
    if (!is_line && !python_pop(self, state, &arguments.items[0]))
        return false;
    if (!is_line && !has_own_blanks(self, state))
        return false;
    bool needs_blank = !is_line && state->has_printed;
    state->has_printed = !is_line;
    arguments.count = arguments.positional = is_line ? 1 : needs_blank ? 2 : 1;
    if (needs_blank) {
        arguments.items[1] = arguments.items[0];
        arguments.items[0] = python_string(self, "");
    }
    arguments.items[arguments.count] = python_string(self, is_line ? "\n" : "");
    arguments.names[arguments.count++] = python_string(self, "end");
    struct python_value ignored;
    return python_call_builtin(self, state, PYTHON_BUILTIN_PRINT, &arguments) && python_pop(self, state, &ignored);
}

/* ---- One bytecode ------------------------------------------------------------------------------------------------ */

static bool rotate(struct python *self, struct python_state *state, uint32_t count)
{
    struct python_value *top, *below;
    if (!python_peek(self, state, 0, &top) || !python_peek(self, state, count - 1, &below))
        return false;
    struct python_value value = *top;
    memmove(below + 1, below, (count - 1) * sizeof *below);
    *below = value;
    return true;
}

static bool duplicate(struct python *self, struct python_state *state, uint32_t depth)
{
    struct python_value *value;
    return python_peek(self, state, depth, &value) && python_push(self, state, *value);
}

static bool duplicate_many(struct python *self, struct python_state *state, uint32_t count)
{
    for (uint32_t v = 0; v < count; v++)
        if (!duplicate(self, state, count - 1))
            return false;
    return true;
}

static bool swap(struct python *self, struct python_state *state, int64_t depth)
{
    struct python_value *top, *other;
    if (!python_peek(self, state, 0, &top) || !python_peek(self, state, (uint32_t)(depth - 1), &other))
        return false;
    struct python_value value = *top;
    *top = *other;
    *other = value;
    return true;
}

static bool unary(struct python *self, struct python_state *state, enum python_bytecode what)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    if (what == PY_NOT || what == PY_TO_BOOL) {
        if (!python_examine(self, state, &value))
            return false;
        int truth = python_truth(self, state, value);
        if (value.kind == PYTHON_DYNAMIC)
            return push_condition(self, state, what == PY_NOT ? OPCODE_JE : OPCODE_JNE, python_immediate(0),
                                  python_register(value.number));
        if (truth < 0)
            return python_refuse(self, state, "whether %s is true is not known here", python_what(self, state, value));
        return python_push(self, state, BOOL((truth != 0) == (what == PY_TO_BOOL)));
    }
    if (!python_is_integer(value))
        return python_refuse(self, state, "a sign before %s is not covered", python_what(self, state, value));
    if (what == PY_POSITIVE)
        return python_push(self, state, value.kind == PYTHON_BOOL ? INTEGER(value.number) : value);
    return python_binary(self, state, PY_SUBTRACT, INTEGER(what == PY_NEGATIVE ? 0 : -1), value);
}

static bool two(struct python *self, struct python_state *state, struct python_value *a, struct python_value *b)
{
    return python_pop(self, state, b) && python_pop(self, state, a);
}

static bool store_attribute(struct python *self, struct python_state *state, struct python_value name)
{
    struct python_value object, value;
    if (!python_pop(self, state, &object) || !python_pop(self, state, &value))
        return false;
    if (!python_is(state, object, PYTHON_INSTANCE) && !python_is(state, object, PYTHON_CLASS))
        return python_refuse(self, state, "an attribute of %s is not set here", python_what(self, state, object));
    return python_set(self, state, object, name, value);
}

static bool load_super_attribute(struct python *self, struct python_state *state,
                                 const struct python_instruction *instruction)
{
    struct python_value self_value, class, super, name;
    bool is_method = (instruction->argument & 1) != 0;
    if (!name_at(self, state, instruction->argument >> 2, &name) || !python_pop(self, state, &self_value) ||
        !python_pop(self, state, &class) || !python_pop(self, state, &super))
        return false;
    struct python_value items[2] = {class, self_value};
    struct python_value object = python_new(self, state, PYTHON_SUPER, ABSENT, items, 2);
    return python_attribute(self, state, object, name,
                            !is_method                   ? PYTHON_PUSH
                            : self->dump->version >= 313 ? PYTHON_PUSH_NULL_LAST
                                                         : PYTHON_PUSH_NULL_FIRST);
}

static enum python_push push_of(const struct python *self, bool with_null)
{
    return !with_null ? PYTHON_PUSH : self->dump->version >= 313 ? PYTHON_PUSH_NULL_LAST : PYTHON_PUSH_NULL_FIRST;
}

static bool load_attribute(struct python *self, struct python_state *state,
                           const struct python_instruction *instruction)
{
    struct python_value object, name;
    bool has_flag = self->dump->version >= 312;
    int64_t number = has_flag ? instruction->argument >> 1 : instruction->argument;
    bool is_method = instruction->bytecode == PY_LOAD_METHOD || (has_flag && (instruction->argument & 1) != 0);
    return name_at(self, state, number, &name) && python_pop(self, state, &object) &&
           python_attribute(self, state, object, name, push_of(self, is_method));
}

static bool load_any_global(struct python *self, struct python_state *state,
                            const struct python_instruction *instruction)
{
    struct python_value name;
    bool has_flag = self->dump->version >= 311;
    return name_at(self, state, has_flag ? instruction->argument >> 1 : instruction->argument, &name) &&
           load_global(self, state, name, push_of(self, has_flag && (instruction->argument & 1) != 0));
}

static bool format_value(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    struct python_value value;
    bool is_flagged = strcmp(instruction->name, "FORMAT_VALUE") == 0;
    if (is_flagged && (instruction->argument & 4) != 0)
        return python_refuse(self, state, "a format behind ':' in an f-string is not covered yet");
    if (!python_pop(self, state, &value))
        return false;
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    bool quotes = is_flagged && (instruction->argument & 3) == 2;
    return python_append_text(self, state, python_change(self, state, rope), value, quotes) &&
           python_push(self, state, python_finish_rope(self, state, rope));
}

static bool convert_value(struct python *self, struct python_state *state, int64_t how)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    return python_append_text(self, state, python_change(self, state, rope), value, how == 2) &&
           python_push(self, state, python_finish_rope(self, state, rope));
}

static bool intrinsic(struct python *self, struct python_state *state, const char *meaning)
{
    struct python_value value;
    if (meaning != NULL && strcmp(meaning, "INTRINSIC_LIST_TO_TUPLE") == 0) {
        if (!python_pop(self, state, &value) || !python_is(state, value, PYTHON_LIST))
            return is_damaged(self);
        return python_push(self, state,
                           python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE),
                                      python_object(state, value)->items, python_object(state, value)->count));
    }
    if (meaning != NULL && strcmp(meaning, "INTRINSIC_UNARY_POSITIVE") == 0)
        return unary(self, state, PY_POSITIVE);
    return python_refuse(self, state, "'%s' is not covered yet", meaning != NULL ? meaning : "this");
}

static bool make_cell(struct python *self, struct python_state *state, int64_t number)
{
    struct python_value *slot;
    if (!slot_at(self, state, number, &slot))
        return false;
    struct python_value value = *slot, cell = python_new(self, state, PYTHON_CELL, ABSENT, &value, 1);
    return slot_at(self, state, number, &slot) && (*slot = cell, true);
}

/* Only a damaged function has fewer cells than its code says. */
static bool copy_free_variables(struct python *self, struct python_state *state, int64_t count)
{
    struct python_frame *frame = python_top(state);
    return (count >= 0 && count <= frame->slots) || is_damaged(self);
}

static bool execute(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    struct python_value a, b;
    struct python_block block;
    struct python_value *slot;
    int64_t argument = instruction->argument;
    bool is_found;
    switch (instruction->bytecode) {
    case PY_NOTHING:
    case PY_RESUME:
        return true;
    case PY_LOAD_CONST:
        return constant_at(self, state, argument, &a) && python_push(self, state, a);
    case PY_LOAD_SMALL_INT:
        return python_push(self, state, INTEGER(argument));
    case PY_LOAD_FAST:
        return load_fast(self, state, argument, false);
    case PY_LOAD_FAST_CLEAR:
        return load_fast(self, state, argument, true);
    case PY_LOAD_FAST_TWICE:
        return load_fast(self, state, argument >> 4, false) && load_fast(self, state, argument & 15, false);
    case PY_STORE_FAST:
        return store_fast(self, state, argument);
    case PY_STORE_LOAD_FAST:
        return store_fast(self, state, argument >> 4) && load_fast(self, state, argument & 15, false);
    case PY_STORE_FAST_TWICE:
        return store_fast(self, state, argument >> 4) && store_fast(self, state, argument & 15);
    case PY_DELETE_FAST:
        return slot_at(self, state, argument, &slot) && (*slot = ABSENT, true);
    case PY_LOAD_GLOBAL:
        return load_any_global(self, state, instruction);
    case PY_LOAD_NAME:
        return name_at(self, state, argument, &a) && load_name(self, state, a);
    case PY_STORE_GLOBAL:
        return name_at(self, state, argument, &a) && store_name(self, state, module, a);
    case PY_STORE_NAME:
        return name_at(self, state, argument, &a) && store_name(self, state, python_top(state)->names, a);
    case PY_DELETE_GLOBAL:
    case PY_DELETE_NAME:
        return name_at(self, state, argument, &a) && python_set(self, state, module, a, ABSENT);
    case PY_LOAD_ATTR:
    case PY_LOAD_METHOD:
        return load_attribute(self, state, instruction);
    case PY_LOAD_SUPER_ATTR:
        return load_super_attribute(self, state, instruction);
    case PY_STORE_ATTR:
        return name_at(self, state, argument, &a) && store_attribute(self, state, a);
    case PY_LOAD_CLOSURE:
        return slot_at(self, state,
                       argument + (self->dump->version >= 311 ? 0 : (int64_t)code_of(self, state)->locals.count),
                       &slot) &&
               python_push(self, state, *slot);
    case PY_LOAD_DEREF:
        if (!cell_at(self, state, argument, &a))
            return false;
        if (state->refusal != 0)
            return true;
        if (!load_place(self, state, a, NONE, PYTHON_PUSH, &is_found))
            return false;
        return is_found ||
               python_refuse(self, state, "a variable of an enclosing function that has no value yet is used");
    case PY_STORE_DEREF:
        return python_pop(self, state, &b) && cell_at(self, state, argument, &a) &&
               (state->refusal != 0 || python_set(self, state, a, NONE, b));
    case PY_MAKE_CELL:
        return make_cell(self, state, argument);
    case PY_COPY_FREE_VARS:
        return copy_free_variables(self, state, argument);
    case PY_BINARY:
        if (!two(self, state, &a, &b))
            return false;
        return operator_of(instruction->meaning) == PY_SUBSCRIPT
                   ? subscript(self, state, a, b)
                   : python_binary(self, state, operator_of(instruction->meaning), a, b);
    case PY_ADD:
    case PY_SUBTRACT:
    case PY_MULTIPLY:
    case PY_FLOOR_DIVIDE:
    case PY_TRUE_DIVIDE:
    case PY_OLD_DIVIDE:
    case PY_MODULO:
    case PY_POWER:
    case PY_LEFT_SHIFT:
    case PY_RIGHT_SHIFT:
    case PY_AND:
    case PY_OR:
    case PY_XOR:
        return two(self, state, &a, &b) && python_binary(self, state, instruction->bytecode, a, b);
    case PY_SUBSCRIPT:
        return two(self, state, &a, &b) && subscript(self, state, a, b);
    case PY_STORE_SUBSCRIPT:
        return store_subscript(self, state);
    case PY_NEGATIVE:
    case PY_POSITIVE:
    case PY_INVERT:
    case PY_NOT:
    case PY_TO_BOOL:
        return unary(self, state, instruction->bytecode);
    case PY_COMPARE:
        return two(self, state, &a, &b) && compare(self, state, relation_of(instruction->meaning), a, b);
    case PY_IS:
        return two(self, state, &a, &b) && compare(self, state, argument != 0 ? IS_NOT : IS, a, b);
    case PY_CONTAINS:
        return two(self, state, &a, &b) && compare(self, state, argument != 0 ? NOT_IN : IN, a, b);
    case PY_JUMP:
    case PY_JUMP_ABSOLUTE:
    case PY_JUMP_BACKWARD:
        jump(state, instruction, true);
        return true;
    case PY_JUMP_IF_FALSE:
        return jump_if(self, state, instruction, false, false);
    case PY_JUMP_IF_TRUE:
        return jump_if(self, state, instruction, true, false);
    case PY_JUMP_IF_NONE:
        return jump_if_none(self, state, instruction, true);
    case PY_JUMP_IF_NOT_NONE:
        return jump_if_none(self, state, instruction, false);
    case PY_JUMP_IF_FALSE_OR_POP:
        return jump_if(self, state, instruction, false, true);
    case PY_JUMP_IF_TRUE_OR_POP:
        return jump_if(self, state, instruction, true, true);
    case PY_GET_ITER:
        return get_iterator(self, state);
    case PY_FOR_ITER:
        return for_iterator(self, state, instruction);
    case PY_END_FOR:
        return python_pop(self, state, &a) && (self->dump->version != 312 || python_pop(self, state, &a));
    case PY_POP_ITER:
    case PY_POP_TOP:
        return python_pop(self, state, &a);
    case PY_BUILD_TUPLE:
        return build(self, state, PYTHON_TUPLE, PYTHON_BUILTIN_TUPLE, argument);
    case PY_BUILD_LIST:
        return build(self, state, PYTHON_LIST, PYTHON_BUILTIN_LIST, argument);
    case PY_BUILD_MAP:
        return build(self, state, PYTHON_DICT, PYTHON_BUILTIN_DICT, self->dump->version >= 300 ? 2 * argument : 0);
    case PY_STORE_MAP:
        return store_map(self, state);
    case PY_BUILD_CONST_KEY_MAP:
        return build_constant_map(self, state, argument);
    case PY_BUILD_STRING:
        return build_string(self, state, argument);
    case PY_LIST_EXTEND:
        return extend(self, state, argument, false);
    case PY_LIST_APPEND:
        return extend(self, state, argument, true);
    case PY_LIST_TO_TUPLE:
        return intrinsic(self, state, "INTRINSIC_LIST_TO_TUPLE");
    case PY_UNPACK:
        return unpack(self, state, argument);
    case PY_CALL_FUNCTION:
        return self->dump->version < 300 ? call_old(self, state, argument)
                                         : call_plain(self, state, argument, NONE, false);
    case PY_CALL_FUNCTION_KW:
        return python_pop(self, state, &a) && call_plain(self, state, argument, a, false);
    case PY_CALL_METHOD:
        return call_plain(self, state, argument, NONE, true);
    case PY_CALL_WITH_LIST:
        return call_with_list(self, state, argument);
    case PY_CALL_OLD_WITH_LIST:
        return call_old_with_list(self, state, argument);
    case PY_KW_NAMES:
        return constant_at(self, state, argument, &a) && (python_top(state)->keywords = a, true);
    case PY_CALL:
        a = python_top(state)->keywords;
        python_top(state)->keywords = NONE;
        return call_with_pair(self, state, argument, a);
    case PY_CALL_KW:
        return python_pop(self, state, &a) && call_with_pair(self, state, argument, a);
    case PY_PUSH_NULL:
    case PY_BEGIN_FINALLY:
        return python_push(self, state, ABSENT);
    case PY_INTRINSIC:
        return intrinsic(self, state, instruction->meaning);
    case PY_MAKE_FUNCTION:
        return make_function(self, state, argument);
    case PY_SET_FUNCTION_ATTRIBUTE:
        return set_function_attribute(self, state, argument);
    case PY_LOAD_BUILD_CLASS:
        return python_push(self, state, BUILTIN(PYTHON_BUILTIN_BUILD_CLASS));
    case PY_BUILD_CLASS:
        return build_old_class(self, state);
    case PY_LOAD_LOCALS:
        return python_push(self, state, python_top(state)->names);
    case PY_IMPORT_NAME:
        return name_at(self, state, argument, &a) && import(self, state, a);
    case PY_IMPORT_FROM:
        return name_at(self, state, argument, &a) && import_from(self, state, a);
    case PY_ROTATE:
        return rotate(self, state, (uint32_t)argument);
    case PY_DUPLICATE:
        return duplicate(self, state, 0);
    case PY_DUPLICATE_TWO:
        return duplicate_many(self, state, 2);
    case PY_DUPLICATE_MANY:
        return argument >= 0 && argument < PYTHON_STACK_MAX ? duplicate_many(self, state, (uint32_t)argument)
                                                            : is_damaged(self);
    case PY_SWAP:
        return swap(self, state, argument);
    case PY_COPY:
        return duplicate(self, state, (uint32_t)(argument - 1));
    case PY_FORMAT:
        return format_value(self, state, instruction);
    case PY_CONVERT:
        return convert_value(self, state, argument);
    case PY_PRINT_ITEM:
        return print_old(self, state, false);
    case PY_PRINT_NEWLINE:
        return print_old(self, state, true);
    case PY_SETUP_BLOCK:
        return push_block(self, state, instruction, false);
    case PY_SETUP_LOOP:
        return push_block(self, state, instruction, true);
    case PY_BREAK_LOOP:
        return break_loop(self, state);
    case PY_POP_BLOCK:
        return pop_block(self, state, &block);
    case PY_END_FINALLY:
        return end_finally(self, state);
    case PY_SETUP_WITH:
    case PY_BEFORE_WITH:
        return before_with(self, state, instruction);
    case PY_WITH_CLEANUP:
        return clean_up(self, state, true);
    case PY_WITH_CLEANUP_START:
        return clean_up(self, state, false);
    case PY_WITH_CLEANUP_FINISH:
        return two(self, state, &a, &b);
    case PY_LOAD_SPECIAL:
        return load_special(self, state, instruction->meaning);
    case PY_RETURN:
        return python_pop(self, state, &a) && return_value(self, state, a);
    case PY_RETURN_CONST:
        return constant_at(self, state, argument, &a) && return_value(self, state, a);
    case PY_RAISE:
        return python_refuse(self, state, "an exception is raised here: exceptions are not covered yet");
    default:
        return python_refuse(self, state, "the bytecode %s is not covered yet", instruction->name);
    }
}

/* ---- Threads ----------------------------------------------------------------------------------------------------- */

static void emit_jump(struct python *self, struct python_state *state, uint32_t label)
{
    python_emit(self, state, OPCODE_J, (struct operand){.kind = OPERAND_TARGET, .value = label}, nothing);
}

/* Whether a state like this was met: its code is there. Else it begins here. */
static bool was_met(struct python *self, struct python_state *state, bool *is_met)
{
    struct python_thread *thread = &self->threads[state->thread];
    struct text key = TEXT_INIT;
    *is_met = false;
    if (!python_state_settle(self, state, &key))
        return false;
    size_t found = name_table_find(&thread->met, key.bytes, key.length);
    if (found != NAME_TABLE_NONE) {
        emit_jump(self, state, (uint32_t)found);
        *is_met = true;
    } else {
        char *copy = arena_take(&self->arena, key.length);
        memcpy(copy, key.bytes, key.length);
        name_table_add(&thread->met, copy, key.length, thread->label_count);
        thread->labels =
            memory_grow(thread->labels, thread->label_count, &thread->label_capacity, sizeof *thread->labels);
        thread->labels[thread->label_count++] = (uint32_t)thread->count;
    }
    text_free(&key);
    return true;
}

static bool is_too_long(struct python *self, const struct python_state *state)
{
    const struct python_thread *thread = &self->threads[state->thread];
    if (self->executed < EXECUTED_MAX && thread->label_count < LABELS_MAX && thread->count < INSTRUCTIONS_MAX)
        return false;
    error_set(
        self->error, self->dump->file, self->at->place.line, self->at->place.column,
        "the execution does not come to an end here: it goes through too many different situations (expected loops that "
        "end after some thousand rounds, and no counting in loops that wait for other threads)");
    return true;
}

static bool step(struct python *self, struct python_state *state)
{
    struct python_frame *frame = python_top(state);
    const struct python_code *code = &self->dump->codes[frame->code];
    const struct python_instruction *instruction = &code->instructions[frame->at++];
    self->at = instruction;
    state->in_flight = 0;
    state->is_joined = false;
    self->at_code = frame->code;
    self->executed++;
    if (state->checks && !python_bytecode_is_shielded(instruction->name, self->rules))
        python_switch_point(state);
    state->checks = python_bytecode_checks(instruction->bytecode, self->rules, self->dump->version);
    return execute(self, state, instruction) && !self->error->set && !is_too_long(self, state);
}

static bool run_state(struct python *self, struct python_state *state)
{
    while (state->frame_count > 0 && state->refusal == 0) {
        struct python_frame *frame = python_top(state);
        const struct python_code *code = &self->dump->codes[frame->code];
        bool is_met = false;
        if (frame->at >= code->count)
            return error_set(self->error, self->input->name, 0, 0, "the bytecode is damaged: %s does not end",
                             code->name);
        if (state->is_started && code->instructions[frame->at].is_target && !was_met(self, state, &is_met))
            return false;
        if (is_met)
            return true;
        if (!step(self, state))
            return false;
    }
    self->at = state->refusal != 0 ? state->refused : self->at;
    if (state->refusal != 0)
        python_emit(self, state, OPCODE_FAIL, python_text(self, self->texts[state->refusal]), nothing);
    emit_jump(self, state, END_LABEL);
    return true;
}

static bool run_thread(struct python *self, size_t number)
{
    while (self->threads[number].work_count > 0) {
        struct python_thread *thread = &self->threads[number];
        uint32_t label = thread->work_labels[--thread->work_count];
        struct python_state *state = thread->work[thread->work_count];
        thread->labels[label] = (uint32_t)thread->count;
        if (!run_state(self, state))
            return false;
    }
    return true;
}

/* A thread whose execution cannot go on may be one that waits for a place which nobody yet knows to be dynamic: the others go on. */
bool python_run_threads(struct python *self)
{
    struct error first = ERROR_INIT;
    for (size_t t = 0; t < self->thread_count; t++) {
        self->executed = 0;
        if (!run_thread(self, t) && !first.set)
            first = *self->error;
        *self->error = ERROR_INIT;
    }
    *self->error = first;
    return !first.set;
}
