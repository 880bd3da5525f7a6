/* Comparisons, truth, and operators with one value. */
#include "frontends/python_operations.h"

#include <string.h>

static const char *const relations[PYTHON_RELATION_COUNT] = {"<",  "<=", "==",     "!=", ">",
                                                             ">=", "is", "is not", "in", "not in"};

/* Whether a class says which of its objects are true, or equal to others. */
static bool has_own_truth(const struct python *self, const struct python_state *state, struct python_value value)
{
    return python_special(self, state, value, self->dump->version < 300 ? "__nonzero__" : "__bool__").kind !=
               PYTHON_ABSENT ||
           python_special(self, state, value, "__len__").kind != PYTHON_ABSENT;
}

static bool has_own_equality(const struct python *self, const struct python_state *state, struct python_value value)
{
    return python_special(self, state, value, "__eq__").kind != PYTHON_ABSENT ||
           python_special(self, state, value, "__ne__").kind != PYTHON_ABSENT ||
           (self->dump->version < 300 && python_special(self, state, value, "__cmp__").kind != PYTHON_ABSENT);
}

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
        return has_own_truth(self, state, value) ? -1 : 1;
    case PYTHON_CLASS:
    case PYTHON_FUNCTION:
    case PYTHON_METHOD:
        return 1;
    default:
        return -1;
    }
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

enum python_relation python_relation_of(const char *meaning)
{
    enum python_relation found = 0;
    while (found < PYTHON_RELATION_COUNT && (meaning == NULL || strcmp(relations[found], meaning) != 0))
        found++;
    return found;
}

static bool holds(enum python_relation relation, int order)
{
    switch (relation) {
    case PYTHON_LESS:
        return order < 0;
    case PYTHON_LESS_EQUAL:
        return order <= 0;
    case PYTHON_EQUAL:
    case PYTHON_IS:
    case PYTHON_IN:
        return order == 0;
    case PYTHON_GREATER:
        return order > 0;
    case PYTHON_GREATER_EQUAL:
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

static bool compare_integers(struct python *self, struct python_state *state, enum python_relation relation,
                             struct python_value a, struct python_value b)
{
    static const enum opcode jumps[] = {OPCODE_JLT, OPCODE_JLTE, OPCODE_JE, OPCODE_JNE, OPCODE_JGT, OPCODE_JGTE};
    if (a.kind != PYTHON_DYNAMIC && b.kind != PYTHON_DYNAMIC)
        return python_push(self, state, BOOL(holds(relation, (a.number > b.number) - (a.number < b.number))));
    /* `test x, y` compares y with x. */
    return push_condition(self, state, jumps[relation], python_operand_of(b), python_operand_of(a));
}

int python_differ(const struct python *self, const struct python_state *state, struct python_value a,
                  struct python_value b)
{
    bool is_known =
        a.kind != PYTHON_UNKNOWN && b.kind != PYTHON_UNKNOWN && a.kind != PYTHON_FLOAT && b.kind != PYTHON_FLOAT;
    if (has_own_equality(self, state, a) || has_own_equality(self, state, b))
        return a.number == b.number && a.kind == b.kind ? 0 : -1;
    if (a.kind == PYTHON_DYNAMIC || b.kind == PYTHON_DYNAMIC)
        return python_is_integer(a) && python_is_integer(b) ? -1 : 1;
    if (python_is_integer(a) && python_is_integer(b))
        return a.number != b.number;
    if (a.kind == PYTHON_OBJECT && b.kind == PYTHON_OBJECT && a.number != b.number) {
        const struct python_object *left = python_object(state, a), *right = python_object(state, b);
        bool are_lists = left->shape == PYTHON_LIST || left->shape == PYTHON_TUPLE;
        if (left->shape == PYTHON_ROPE || right->shape == PYTHON_ROPE || left->shape == PYTHON_DICT)
            return -1;
        if (!are_lists || left->shape != right->shape || python_is_deque(state, a) != python_is_deque(state, b))
            return 1;
        if (left->count != right->count)
            return 1;
        for (uint32_t i = 0; i < left->count; i++) {
            int item = python_differ(self, state, left->items[i], right->items[i]);
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
    if (python_is_scalar(list))
        return python_throw_no_container(self, state, list);
    if (!is_list && !python_is(state, list, PYTHON_DICT))
        return python_refuse(self, state,
                             "'in' is not covered here for %s (expected a list, tuple, dictionary or text)",
                             python_what(self, state, list));
    if (python_is_open_map(self, state, list, item))
        return python_has_key(self, state, list, item, negates);
    if (is_list ? !python_touch_all(self, state, list) : !python_touch(self, state, list, false))
        return false;
    const struct python_object *object = python_object(state, list);
    for (uint32_t i = 0; i < object->count; i += is_list ? 1 : 2) {
        struct python_value other = object->items[i];
        int difference = python_differ(self, state, item, other);
        if (difference == 0)
            return python_push(self, state, BOOL(!negates));
        if (difference > 0)
            continue;
        if (!python_is_integer(item) || !python_is_integer(other))
            return python_refuse(
                self, state,
                "'in' is not covered for texts that depend on the threads (expected '==' for each of the values)");
        struct python_state *equal =
            python_split(self, state, OPCODE_JE, python_operand_of(other), python_operand_of(item));
        if (!python_push(self, equal, BOOL(!negates)))
            return false;
        object = python_object(state, list);
    }
    return python_push(self, state, BOOL(negates));
}

/* a < b where the class of a says what that is. Where it says that of == alone, != is not that. */
static bool compare_by_method(struct python *self, struct python_state *state, enum python_relation relation,
                              struct python_value a, struct python_value b, bool *is_called)
{
    static const char *const names[] = {"__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"};
    struct python_arguments other = {.items = {b}, .count = 1, .positional = 1};
    *is_called = false;
    return relation > PYTHON_GREATER_EQUAL || python_call_special(self, state, a, names[relation], &other, is_called);
}

bool python_compare(struct python *self, struct python_state *state, enum python_relation relation,
                    struct python_value a, struct python_value b)
{
    if (relation == PYTHON_IN || relation == PYTHON_NOT_IN)
        return contains(self, state, a, b, relation == PYTHON_NOT_IN);
    if (relation == PYTHON_IS || relation == PYTHON_IS_NOT) {
        bool is_known = a.kind != PYTHON_DYNAMIC && b.kind != PYTHON_DYNAMIC;
        bool is_same = is_known && python_equal(a, b);
        if (!is_known && (a.kind == b.kind || python_is_integer(a) == python_is_integer(b)))
            return python_refuse(self, state, "'is' says nothing about integers (expected '==')");
        if ((a.kind == PYTHON_UNKNOWN && b.kind != PYTHON_NONE) || (b.kind == PYTHON_UNKNOWN && a.kind != PYTHON_NONE))
            return python_refuse(self, state, "whether %s is %s is not known here", python_what(self, state, a),
                                 python_what(self, state, b));
        return python_push(self, state, BOOL(is_same == (relation == PYTHON_IS)));
    }
    if (python_is_integer(a) && python_is_integer(b))
        return compare_integers(self, state, relation, a, b);
    bool is_called;
    if (!compare_by_method(self, state, relation, a, b, &is_called) || is_called)
        return !self->error->set;
    int difference = python_differ(self, state, a, b);
    bool is_equality = relation == PYTHON_EQUAL || relation == PYTHON_NOT_EQUAL, is_done = false;
    if (!is_equality && relation < PYTHON_RELATION_COUNT &&
        (!python_order_none(self, state, relations[relation], a, b, &is_done) || is_done))
        return !self->error->set;
    if (difference < 0 || !is_equality)
        return python_refuse(
            self, state,
            "%s and %s are not compared here by '%s' (expected '==', '!=' or 'is', or integers on both sides)",
            python_what(self, state, a), python_what(self, state, b),
            relation < PYTHON_RELATION_COUNT ? relations[relation] : "?");
    return python_push(self, state, BOOL((difference == 0) == (relation == PYTHON_EQUAL)));
}

bool python_unary(struct python *self, struct python_state *state, enum python_bytecode what)
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
            return python_refuse(
                self, state,
                "whether %s is true is not known here (expected a comparison, as in 'x is not None' or 'x != 0')",
                python_what(self, state, value));
        return python_push(self, state, BOOL((truth != 0) == (what == PY_TO_BOOL)));
    }
    if (value.kind == PYTHON_NONE)
        return python_throw_unary(self, state, what, value);
    if (!python_is_integer(value))
        return python_refuse(self, state, "a sign before %s is not covered", python_what(self, state, value));
    if (what == PY_POSITIVE)
        return python_push(self, state, value.kind == PYTHON_BOOL ? INTEGER(value.number) : value);
    return python_binary(self, state, PY_SUBTRACT, INTEGER(what == PY_NEGATIVE ? 0 : -1), value);
}
