/* Builtin functions and types, and methods of lists and dictionaries. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool python_len(struct python *self, struct python_state *state, struct python_value value)
{
    bool is_list = python_is(state, value, PYTHON_LIST) || python_is(state, value, PYTHON_TUPLE);
    if (value.kind == PYTHON_STRING)
        return python_push(self, state, INTEGER((int64_t)strlen(python_text_of(self, value))));
    if (python_is_scalar(value))
        return python_throw_at(self, state, value, "object of type '", "' has no len()");
    struct python_arguments none = {0};
    bool is_called;
    if (!python_call_special(self, state, value, "__len__", &none, &is_called) || is_called)
        return !self->error->set;
    if (!is_list && !python_is(state, value, PYTHON_DICT))
        return python_refuse(self, state, "len() of %s is not covered (expected a list, tuple, dictionary or text)",
                             python_what(self, state, value));
    if (python_is(state, value, PYTHON_LIST) && python_find_length(self, state, value, false) != NULL) {
        int64_t number;
        return python_load_length(self, state, value, &number) &&
               python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
    }
    struct python_place *keys = is_list ? NULL : python_find_place(self, state, value, NONE);
    if (keys != NULL && keys->is_dynamic)
        return python_count_keys(self, state, value);
    if (!python_is(state, value, PYTHON_TUPLE) && !python_touch(self, state, value, false))
        return false;
    return python_push(self, state, INTEGER(python_object(state, value)->count / (is_list ? 1 : 2)));
}

bool python_make_range(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value items[3] = {INTEGER(0), INTEGER(0), INTEGER(1)};
    for (uint32_t a = 0; a < arguments->positional && a < 3; a++) {
        struct python_value bound = arguments->items[a];
        if (!python_is_integer(bound) || (a == 2 && bound.kind == PYTHON_DYNAMIC))
            return python_refuse(self, state,
                                 "a range by %s is not covered (expected integers, and a step that is known)",
                                 python_what(self, state, bound)) &&
                   python_push_none(self, state);
        items[arguments->positional == 1 ? 1 : a] = bound.kind == PYTHON_BOOL ? INTEGER(bound.number) : bound;
    }
    if (arguments->positional < 1 || arguments->positional > 3 || items[2].number == 0)
        return python_refuse(self, state, "range() has one to three arguments, of which the last is not 0") &&
               python_push_none(self, state);
    return python_push(self, state, python_new(self, state, PYTHON_RANGE, BUILTIN(PYTHON_BUILTIN_RANGE), items, 3));
}

/* Blanks may stand around it. */
static bool read_integer(struct python *self, struct python_state *state, const char *text)
{
    char *end;
    errno = 0;
    int64_t number = strtoll(text, &end, 10);
    if (errno == ERANGE || strchr(text, '_') != NULL || strpbrk(text, "'\"\\\t\n\r") != NULL)
        return python_refuse(self, state, "int() of this text is not covered (expected digits of a number below 2^63)");
    bool is_empty = end == text;
    if (!is_empty && end[strspn(end, " ")] == '\0')
        return python_push(self, state, INTEGER(number));
    return python_throw_words(self, state, PYTHON_BUILTIN_VALUE_ERROR, "invalid literal for int() with base 10: '%s'",
                              text);
}

bool python_convert_integer(struct python *self, struct python_state *state, struct python_value value)
{
    if (value.kind == PYTHON_ABSENT)
        return python_push(self, state, INTEGER(0));
    if (value.kind == PYTHON_BOOL)
        value.kind = PYTHON_INT;
    if (value.kind == PYTHON_STRING)
        return read_integer(self, state, python_text_of(self, value));
    bool is_known = python_is_integer(value) || value.kind == PYTHON_FLOAT || value.kind == PYTHON_UNKNOWN ||
                    python_is(state, value, PYTHON_ROPE);
    return python_is_integer(value) ? python_push(self, state, value)
           : is_known               ? python_refuse(self, state,
                                                    "int() of %s is not covered (expected an integer, True or False, or a text "
                                                                  "that is known)",
                                                    python_what(self, state, value))
                                    : python_throw_no_integer(self, state, value);
}

bool python_convert_bool(struct python *self, struct python_state *state, struct python_value value)
{
    if (!python_examine(self, state, &value))
        return false;
    int truth = value.kind == PYTHON_ABSENT ? 0 : python_truth(self, state, value);
    if (value.kind == PYTHON_DYNAMIC) {
        struct python_state *other =
            python_split(self, state, OPCODE_JE, python_immediate(0), python_register(value.number));
        return python_push(self, other, BOOL(false)) && python_push(self, state, BOOL(true));
    }
    return truth >= 0
               ? python_push(self, state, BOOL(truth))
               : python_refuse(self, state, "bool() of %s is not covered (expected a comparison, as in 'x != 0')",
                               python_what(self, state, value));
}

bool python_convert_text(struct python *self, struct python_state *state, struct python_value value)
{
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    return (value.kind == PYTHON_ABSENT ||
            python_append_text(self, state, python_change(self, state, rope), value, false)) &&
           python_push(self, state, python_finish_rope(self, state, rope));
}

/* The results of tasks; where that is not a number, what it is would have to be decided in between. */
static bool add_results(struct python *self, struct python_state *state, struct python_value tasks,
                        struct python_value list)
{
    size_t splits = self->threads[state->thread].work_count;
    for (uint32_t i = 0; i < python_object(state, tasks)->count; i++) {
        struct python_value result;
        if (!python_push(self, state, list) || !python_result_of(self, state, python_object(state, tasks)->items[i]) ||
            !python_pop(self, state, &result) || !python_pop(self, state, &list))
            return false;
        if (self->threads[state->thread].work_count != splits)
            return error_set(self->error, self->dump->file, self->at->place.line, self->at->place.column,
                             "a list of results that are not all numbers is not covered (expected a loop over them)");
        python_append(self, python_change(self, state, list), result);
    }
    return python_push(self, state, list);
}

/* The letters of a text: UTF-8's first bytes begin them. */
static bool list_letters(struct python *self, struct python_state *state, struct python_value text,
                         struct python_value list)
{
    for (const char *at = python_text_of(self, text), *end; *at != '\0'; at = end) {
        for (end = at + 1; ((unsigned char)*end & 0xC0) == 0x80 && self->dump->version >= 300; end++)
            ;
        python_append(self, python_change(self, state, list),
                      (struct python_value){PYTHON_STRING, python_intern(self, at, (size_t)(end - at))});
    }
    return python_push(self, state, list);
}

bool python_convert_list(struct python *self, struct python_state *state, struct python_value value,
                         enum python_shape shape)
{
    enum { ITEMS_MAX = 100000 };
    struct python_value list = python_new(
        self, state, shape, BUILTIN(shape == PYTHON_LIST ? PYTHON_BUILTIN_LIST : PYTHON_BUILTIN_TUPLE), NULL, 0);
    if (python_is(state, value, PYTHON_RANGE) && (python_object(state, value)->items[0].kind == PYTHON_DYNAMIC ||
                                                  python_object(state, value)->items[1].kind == PYTHON_DYNAMIC))
        return python_refuse(
            self, state,
            "a list of a range that depends on the threads is not covered (expected a 'for' loop over the range)");
    if (value.kind == PYTHON_STRING)
        return list_letters(self, state, value, list);
    if (python_is(state, value, PYTHON_DICT)) {
        if (!python_touch(self, state, value, false))
            return false;
        if (python_is_unordered(self, state, value))
            python_change(self, state, list)->number = PYTHON_VIEW_UNORDERED;
        for (uint32_t i = 0; i + 1 < python_object(state, value)->count; i += 2)
            python_append(self, python_change(self, state, list), python_object(state, value)->items[i]);
        return python_push(self, state, list);
    }
    if (python_is(state, value, PYTHON_RANGE)) {
        const struct python_value *range = python_object(state, value)->items;
        for (int64_t n = range[0].number, step = range[2].number; step > 0 ? n < range[1].number : n > range[1].number;
             n += step) {
            if (python_object(state, list)->count == ITEMS_MAX)
                return python_refuse(self, state, "a list of more than %d items", ITEMS_MAX);
            python_append(self, python_change(self, state, list), INTEGER(n));
        }
        return python_push(self, state, list);
    }
    if (value.kind == PYTHON_ABSENT)
        return python_push(self, state, list);
    if (python_is(state, value, PYTHON_ITERATOR) && python_object(state, value)->count == PYTHON_COMPLETION_ITEMS)
        return python_refuse(self, state,
                             "a list of what as_completed() gives is not covered (expected a loop over it)");
    if (python_is(state, value, PYTHON_ITERATOR) && python_object(state, value)->count > PYTHON_ITERATOR_ITEMS)
        return add_results(self, state, python_object(state, value)->items[0], list);
    if (python_is_scalar(value))
        return python_throw_not_iterable(self, state, value);
    if (!python_is(state, value, PYTHON_LIST) && !python_is(state, value, PYTHON_TUPLE))
        return python_refuse(self, state,
                             "a list of %s is not covered (expected list() of a list, tuple, range or dictionary)",
                             python_what(self, state, value));
    if (!python_touch_all(self, state, value))
        return false;
    for (uint32_t i = 0; i < python_object(state, value)->count; i++)
        python_append(self, python_change(self, state, list), python_object(state, value)->items[i]);
    return python_push(self, state, list);
}

bool python_make_dictionary(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    if (arguments->positional > 0)
        return python_refuse(self, state,
                             "dict() of something is not covered yet (expected {} and items that are set one by one)");
    struct python_value map = python_new(self, state, PYTHON_DICT, BUILTIN(PYTHON_BUILTIN_DICT), NULL, 0);
    for (uint32_t a = 0; a < arguments->count; a++) {
        python_append(self, python_change(self, state, map), arguments->names[a]);
        python_append(self, python_change(self, state, map), arguments->items[a]);
    }
    return python_push(self, state, map);
}

/* The extreme so far lies in a register of its own. */
static bool find_extreme(struct python *self, struct python_state *state, const struct python_value *items,
                         uint32_t count, bool is_least)
{
    int64_t best;
    if (!python_free_register(self, state, &best))
        return false;
    python_emit(self, state, OPCODE_MOV, python_operand_of(items[0]), python_register(best));
    for (uint32_t a = 1; a < count; a++) {
        size_t skip = python_skip(self, state, is_least ? OPCODE_JLTE : OPCODE_JGTE, python_operand_of(items[a]),
                                  python_register(best));
        python_emit(self, state, OPCODE_MOV, python_operand_of(items[a]), python_register(best));
        python_land(self, state, skip);
    }
    return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, best});
}

/* Of arguments, or of what a list has; each one that depends on the threads is compared. */
bool python_extreme(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                    bool is_least)
{
    struct python_value list = arguments->items[0];
    struct python_value otherwise = python_argument(self, arguments, PYTHON_ARGUMENTS_MAX, "default");
    bool is_list =
        arguments->positional == 1 && (python_is(state, list, PYTHON_LIST) || python_is(state, list, PYTHON_TUPLE));
    if (arguments->count == 1 && arguments->positional == 1 && python_is_scalar(list))
        return python_throw_not_iterable(self, state, list);
    if (arguments->count > arguments->positional + (otherwise.kind != PYTHON_ABSENT) ||
        (!is_list && arguments->positional < 2))
        return python_refuse(
            self, state, "min() and max() with such arguments are not covered yet (expected integers, or one list)");
    if (is_list && !python_touch_all(self, state, list))
        return false;
    uint32_t count = is_list ? python_object(state, list)->count : arguments->count;
    const struct python_value *items = is_list ? python_object(state, list)->items : arguments->items;
    if (count == 0 && otherwise.kind != PYTHON_ABSENT)
        return python_push(self, state, otherwise);
    if (count == 0)
        return python_throw(self, state, PYTHON_BUILTIN_VALUE_ERROR,
                            self->dump->version >= 312
                                ? (is_least ? "min() iterable argument is empty" : "max() iterable argument is empty")
                                : (is_least ? "min() arg is an empty sequence" : "max() arg is an empty sequence"));
    struct python_value best = items[0];
    bool is_known = true;
    for (uint32_t a = 0; a < count; a++) {
        if (items[a].kind != PYTHON_INT && items[a].kind != PYTHON_DYNAMIC)
            return python_refuse(
                self, state, "min() and max() of other things than integers are not covered yet (expected integers)");
        is_known &= items[a].kind == PYTHON_INT;
        if (is_least ? items[a].number < best.number : items[a].number > best.number)
            best = items[a];
    }
    return is_known ? python_push(self, state, best) : find_extreme(self, state, items, count, is_least);
}

bool python_absolute(struct python *self, struct python_state *state, struct python_value value)
{
    if (value.kind == PYTHON_NONE)
        return python_throw_at(self, state, value, "bad operand type for abs(): '", "'");
    if (value.kind == PYTHON_DYNAMIC) {
        int64_t number;
        if (!python_push(self, state, value) || !python_free_register(self, state, &number) ||
            !python_pop(self, state, &value))
            return false;
        python_emit(self, state, OPCODE_MOV, python_register(value.number), python_register(number));
        size_t skip = python_skip(self, state, OPCODE_JGTE, python_immediate(0), python_register(number));
        python_emit(self, state, OPCODE_NEG, python_register(number), (struct operand){.kind = OPERAND_NONE});
        python_land(self, state, skip);
        return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
    }
    if (value.kind == PYTHON_BOOL)
        value.kind = PYTHON_INT;
    if (value.kind != PYTHON_INT || value.number == INT64_MIN)
        return python_refuse(self, state, "abs() of %s is not covered (expected an integer)",
                             python_what(self, state, value));
    return python_push(self, state, INTEGER(value.number < 0 ? -value.number : value.number));
}

bool python_is_instance(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value class = python_argument(self, arguments, 1, "");
    struct python_value type = python_is(state, arguments->items[0], PYTHON_INSTANCE)
                                   ? python_object(state, arguments->items[0])->type
                                   : BUILTIN(python_type(self, state, arguments->items[0]));
    bool is_known = type.kind == PYTHON_OBJECT || type.number != PYTHON_BUILTIN_NONE;
    bool is_tuple = python_is(state, class, PYTHON_TUPLE), holds = false;
    for (uint32_t c = 0; c < (is_tuple ? python_object(state, class)->count : 1); c++) {
        struct python_value one = is_tuple ? python_object(state, class)->items[c] : class;
        if (!is_known || (one.kind != PYTHON_BUILTIN && !python_is(state, one, PYTHON_CLASS)))
            return python_refuse(self, state,
                                 "isinstance() of this is not covered (expected a class, or a tuple of them)");
        holds |= python_is_subclass(state, type, one);
    }
    return python_push(self, state, BOOL(holds));
}

/* type(): of a value whose type is known here. */
bool python_push_type(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value value = arguments->items[0];
    enum python_builtin type = arguments->count == 1 ? python_type(self, state, value) : PYTHON_BUILTIN_NONE;
    if (arguments->count != 1)
        return python_refuse(self, state, "type() with such arguments is not covered (expected a class statement)") &&
               python_push_none(self, state);
    if (python_is(state, value, PYTHON_INSTANCE) &&
        !python_is_old_class(self, state, python_object(state, value)->type))
        return python_push(self, state, python_object(state, value)->type);
    return type != PYTHON_BUILTIN_NONE ? python_push(self, state, BUILTIN(type))
                                       : python_push_unknown(self, state, "a type");
}

/* super() finds the class in a cell of the function, and the object in its first argument. */
bool python_make_super(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value items[2] = {NONE, NONE};
    const struct python_frame *frame = python_top(state);
    const struct python_code *code = &self->dump->codes[frame->code];
    for (size_t f = 0; f < code->free.count && arguments->count == 0; f++) {
        struct python_value cell = frame->values[frame->slots - code->free.count + f];
        if (strcmp(code->free.items[f], "__class__") == 0 && python_is(state, cell, PYTHON_CELL))
            items[0] = python_object(state, cell)->items[0];
    }
    if (arguments->count == 0 && frame->slots > 0)
        items[1] = python_is(state, frame->values[0], PYTHON_CELL) ? python_object(state, frame->values[0])->items[0]
                                                                   : frame->values[0];
    if (arguments->positional == 2)
        memcpy(items, arguments->items, sizeof items);
    return python_push(self, state, python_new(self, state, PYTHON_SUPER, ABSENT, items, 2));
}

bool python_pop_item(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    return python_take_item(self, state, arguments->items[0], python_argument(self, arguments, 1, "index"),
                            "pop from empty list", "pop index out of range");
}

bool python_take_item(struct python *self, struct python_state *state, struct python_value list,
                      struct python_value index, const char *empty, const char *missing)
{
    bool is_shared;
    if (!python_change_places(self, state, list, &is_shared))
        return false;
    if (is_shared)
        return python_take_shared(self, state, list, index, true, empty, missing);
    if (!python_touch_all(self, state, list))
        return false;
    struct python_object *object = python_change(self, state, list);
    int64_t at = index.kind == PYTHON_ABSENT ? (int64_t)object->count - 1
                 : index.number < 0          ? index.number + (int64_t)object->count
                                             : index.number;
    if (index.kind != PYTHON_ABSENT && index.kind != PYTHON_INT)
        return python_refuse(self, state, "pop() by %s is not covered yet (expected an index that is an integer)",
                             python_what(self, state, index));
    if (at < 0 || at >= (int64_t)object->count)
        return python_throw(self, state, PYTHON_BUILTIN_INDEX_ERROR, object->count == 0 ? empty : missing);
    struct python_value value = object->items[at];
    memmove(object->items + at, object->items + at + 1, (object->count - (size_t)at - 1) * sizeof value);
    object->count--;
    return python_push(self, state, value);
}

bool python_append_item(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    if (arguments->count != 2)
        return python_refuse(self, state, "append() takes one argument");
    if (python_find_length(self, state, arguments->items[0], true) != NULL)
        return python_append_shared(self, state, arguments->items[0], arguments->items[1]) &&
               python_push_none(self, state);
    python_append(self, python_change(self, state, arguments->items[0]), arguments->items[1]);
    return python_push_none(self, state);
}

bool python_extend_list(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value list = arguments->items[0], more;
    if (arguments->count != 2)
        return python_refuse(self, state, "extend() takes one argument");
    if (!python_convert_list(self, state, arguments->items[1], PYTHON_LIST) || !python_pop(self, state, &more))
        return false;
    if (python_cannot_go_on(state))
        return true;
    bool is_shared = python_find_length(self, state, list, true) != NULL;
    if (is_shared && self->rules == PYTHON_NO_GIL && python_object(state, more)->count > 1)
        return python_refuse(
            self, state, "extend() of a list that threads share, without the lock, is not covered (expected append())");
    for (uint32_t i = 0; i < python_object(state, more)->count; i++) {
        struct python_value item = python_object(state, more)->items[i];
        if (!is_shared)
            python_append(self, python_change(self, state, list), item);
        else if (!python_append_shared(self, state, list, item))
            return false;
    }
    return python_push_none(self, state);
}

bool python_clear_list(struct python *self, struct python_state *state, struct python_value list)
{
    bool is_shared;
    if (!python_change_places(self, state, list, &is_shared))
        return false;
    if (is_shared)
        return python_clear_shared(self, state, list) && python_push_none(self, state);
    python_change(self, state, list)->count = 0;
    return python_push_none(self, state);
}

bool python_get_item(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value key = python_argument(self, arguments, 1, "key"),
                        other = python_argument(self, arguments, 2, "default");
    if (python_is_open_map(self, state, arguments->items[0], key))
        return python_get_key(self, state, arguments->items[0], key, other.kind == PYTHON_ABSENT ? NONE : other);
    if (!python_touch_all(self, state, arguments->items[0]))
        return false;
    if (key.kind == PYTHON_DYNAMIC || key.kind == PYTHON_ABSENT)
        return python_refuse(
            self, state, "get() of a key that depends on the threads is not covered yet (expected 'if' for each key)");
    int64_t item = python_find_key(python_object(state, arguments->items[0]), key);
    return python_push(self, state,
                       item >= 0                     ? python_object(state, arguments->items[0])->items[item]
                       : other.kind == PYTHON_ABSENT ? NONE
                                                     : other);
}

bool python_make_property(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value items[2] = {python_argument(self, arguments, 0, "fget"),
                                    python_argument(self, arguments, 1, "fset")};
    if (arguments->count < 1 || arguments->count > 2 || items[0].kind == PYTHON_ABSENT)
        return python_refuse(self, state,
                             "a property with such arguments is not covered yet (expected @property and @name.setter)");
    return python_push(self, state, python_new(self, state, PYTHON_PROPERTY, ABSENT, items, 2));
}

bool python_set_setter(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    if (arguments->count != 2 || !python_is(state, arguments->items[0], PYTHON_PROPERTY))
        return python_refuse(self, state, "setter() of something else");
    struct python_value items[2] = {python_object(state, arguments->items[0])->items[0], arguments->items[1]};
    return python_push(self, state, python_new(self, state, PYTHON_PROPERTY, ABSENT, items, 2));
}
