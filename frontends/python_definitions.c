/* Functions and classes are made here. */
#include "frontends/python_operations.h"

bool python_make_function(struct python *self, struct python_state *state, int64_t flags)
{
    struct python_value items[FUNCTION_ITEMS] = {NONE, NONE, NONE, NONE}, ignored;
    int version = self->dump->version;
    if (version < 311 && version >= 300 && !python_pop(self, state, &ignored))
        return false;
    if (!python_pop(self, state, &items[FUNCTION_CODE]))
        return false;
    if (items[FUNCTION_CODE].kind != PYTHON_CODE)
        return python_damaged(self);
    if (version < 300 && flags > 0) {
        if (!python_build(self, state, PYTHON_TUPLE, PYTHON_BUILTIN_TUPLE, flags) ||
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

/* 2.7: a code, the cells of its closure, and below them defaults. */
bool python_make_closure(struct python *self, struct python_state *state, int64_t defaults)
{
    struct python_value code, closure, *function;
    if (!python_pop(self, state, &code) || !python_pop(self, state, &closure) || !python_push(self, state, code) ||
        !python_make_function(self, state, defaults) || !python_peek(self, state, 0, &function))
        return false;
    python_change(self, state, *function)->items[FUNCTION_CLOSURE] = closure;
    return true;
}

bool python_set_function_attribute(struct python *self, struct python_state *state, int64_t flag)
{
    struct python_value function, value;
    if (!python_pop(self, state, &function) || !python_pop(self, state, &value))
        return false;
    if (!python_is(state, function, PYTHON_FUNCTION))
        return python_damaged(self);
    size_t item = flag == 1 ? FUNCTION_DEFAULTS : flag == 2 ? FUNCTION_KEYWORD_DEFAULTS : FUNCTION_CLOSURE;
    if (flag == 1 || flag == 2 || flag == 8)
        python_change(self, state, function)->items[item] = value;
    return python_push(self, state, function);
}

bool python_finish_class(struct python *self, struct python_state *state, struct python_value class,
                         struct python_value names)
{
    struct python_value cell = python_string(self, "__classcell__");
    for (uint32_t i = 0; i + 1 < python_object(state, names)->count; i += 2) {
        struct python_value key = python_object(state, names)->items[i],
                            value = python_object(state, names)->items[i + 1];
        if (key.kind == PYTHON_STRING && python_is_hidden_method(python_text_of(self, key)))
            return python_refuse(
                self, state,
                "a class with %s is not covered (expected one without: a method that is called by its name)",
                python_text_of(self, key));
        if (python_equal(key, cell) && python_is(state, value, PYTHON_CELL))
            python_change(self, state, value)->items[0] = class;
        python_append(self, python_change(self, state, class), key);
        python_append(self, python_change(self, state, class), value);
    }
    return true;
}

/* 2.7: a class is made of a name, its bases and its names. */
bool python_build_old_class(struct python *self, struct python_state *state)
{
    struct python_value names, bases, name;
    if (!python_pop(self, state, &names) || !python_pop(self, state, &bases) || !python_pop(self, state, &name))
        return false;
    if (!python_is(state, bases, PYTHON_TUPLE) || !python_is(state, names, PYTHON_NAMESPACE))
        return python_damaged(self);
    struct python_value class = python_new(self, state, PYTHON_CLASS, ABSENT, NULL, 0);
    if (!python_derive(self, state, class, python_object(state, bases)->items, python_object(state, bases)->count))
        return false;
    if (python_cannot_go_on(state))
        return true;
    python_change(self, state, class)->number = name.kind == PYTHON_STRING ? name.number : 0;
    return python_finish_class(self, state, class, names) && python_push(self, state, class);
}
