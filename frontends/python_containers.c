/* Lists, tuples and dictionaries: made, taken apart, and their elements. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include <inttypes.h>
#include <string.h>

bool python_pop_many(struct python *self, struct python_state *state, int64_t count, struct python_value *values)
{
    if (count < 0 || count > PYTHON_ARGUMENTS_MAX)
        return python_refuse(self, state, "more than %d values at once are not covered", PYTHON_ARGUMENTS_MAX);
    for (int64_t v = count; v-- > 0;)
        if (!python_pop(self, state, &values[v]))
            return false;
    return true;
}

bool python_build(struct python *self, struct python_state *state, enum python_shape shape, enum python_builtin type,
                  int64_t count)
{
    struct python_value values[PYTHON_ARGUMENTS_MAX];
    if (count > PYTHON_ARGUMENTS_MAX || !python_pop_many(self, state, count, values))
        return error_set(self->error, self->dump->file, self->at->place.line, self->at->place.column,
                         "more than %d values at once are not covered", PYTHON_ARGUMENTS_MAX);
    return python_push(self, state, python_new(self, state, shape, BUILTIN(type), values, (uint32_t)count));
}

/* Whether something is in it is what a set is for: there it is as good as a tuple. */
bool python_build_set(struct python *self, struct python_state *state, int64_t count)
{
    const struct python_code *code = python_code_of(self, state);
    const struct python_instruction *next = self->at + 1;
    if (next == code->instructions + code->count)
        return python_damaged(self);
    enum python_relation relation = python_relation_of(next->meaning);
    bool is_asked = next->bytecode == PY_CONTAINS ||
                    (next->bytecode == PY_COMPARE && (relation == PYTHON_IN || relation == PYTHON_NOT_IN));
    struct python_value values[PYTHON_ARGUMENTS_MAX];
    /* From 3.14 on a set that no program has written says which annotations there are. */
    if (count == 0 && strncmp(next->name, "STORE_", 6) == 0)
        return python_push(self, state, python_type_hint(self));
    if (!is_asked)
        return python_refuse(self, state, "a set is not covered but behind 'in' (expected a list, or a dictionary)") &&
               python_pop_many(self, state, count, values) && python_push(self, state, NONE);
    return python_build(self, state, PYTHON_TUPLE, PYTHON_BUILTIN_TUPLE, count);
}

bool python_add_to_set(struct python *self, struct python_state *state)
{
    struct python_value value, *set;
    if (!python_pop(self, state, &value) || !python_peek(self, state, 0, &set))
        return false;
    return python_equal(*set, python_type_hint(self)) ||
           python_refuse(self, state, "a set is not covered but behind 'in' (expected a list, or a dictionary)");
}

bool python_build_constant_map(struct python *self, struct python_state *state, int64_t count)
{
    struct python_value keys, values[PYTHON_ARGUMENTS_MAX];
    if (!python_pop(self, state, &keys) || !python_pop_many(self, state, count, values))
        return false;
    if (!python_is(state, keys, PYTHON_TUPLE) || python_object(state, keys)->count != count)
        return python_damaged(self);
    struct python_value map = python_new(self, state, PYTHON_DICT, BUILTIN(PYTHON_BUILTIN_DICT), NULL, 0);
    for (int64_t i = 0; i < count; i++) {
        python_append(self, python_change(self, state, map), python_object(state, keys)->items[i]);
        python_append(self, python_change(self, state, map), values[i]);
    }
    return python_push(self, state, map);
}

/* 2.7: a key and a value for the dictionary below them. */
bool python_store_map(struct python *self, struct python_state *state)
{
    struct python_value key, value, *map;
    if (!python_pop(self, state, &key) || !python_pop(self, state, &value) || !python_peek(self, state, 0, &map))
        return false;
    if (!python_is(state, *map, PYTHON_DICT))
        return python_damaged(self);
    python_append(self, python_change(self, state, *map), key);
    python_append(self, python_change(self, state, *map), value);
    return true;
}

bool python_build_string(struct python *self, struct python_state *state, int64_t count)
{
    struct python_value values[PYTHON_ARGUMENTS_MAX];
    if (!python_pop_many(self, state, count, values))
        return false;
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    for (int64_t i = 0; i < count; i++)
        if (!python_append_text(self, state, python_change(self, state, rope), values[i], false))
            return false;
    return python_push(self, state, python_finish_rope(self, state, rope));
}

/* The list that lies so deep gets a value, or those of another one. */
bool python_extend(struct python *self, struct python_state *state, int64_t depth, bool is_one)
{
    struct python_value value, *list;
    if (!python_pop(self, state, &value) || !python_peek(self, state, (uint32_t)(depth - 1), &list))
        return false;
    if (!python_is(state, *list, PYTHON_LIST))
        return python_damaged(self);
    if (is_one) {
        python_append(self, python_change(self, state, *list), value);
        return true;
    }
    if (!python_is(state, value, PYTHON_LIST) && !python_is(state, value, PYTHON_TUPLE))
        return python_refuse(self, state, "a list is not extended here by %s (expected a list or tuple)",
                             python_what(self, state, value));
    if (!python_touch_all(self, state, value))
        return false;
    for (uint32_t i = 0; i < python_object(state, value)->count; i++)
        python_append(self, python_change(self, state, *list), python_object(state, value)->items[i]);
    return true;
}

/* In the words of the versions. */
static bool throw_unpacked(struct python *self, struct python_state *state, int64_t wanted, int64_t count,
                           bool is_counted)
{
    int version = self->dump->version;
    if (count < wanted && version < 300)
        return python_throw_words(self, state, PYTHON_BUILTIN_VALUE_ERROR,
                                  "need more than %" PRId64 " value%s to unpack", count, count == 1 ? "" : "s");
    if (count < wanted)
        return python_throw_words(self, state, PYTHON_BUILTIN_VALUE_ERROR,
                                  "not enough values to unpack (expected %" PRId64 ", got %" PRId64 ")", wanted, count);
    if (version < 300)
        return python_throw(self, state, PYTHON_BUILTIN_VALUE_ERROR, "too many values to unpack");
    if (version < 314 || !is_counted)
        return python_throw_words(self, state, PYTHON_BUILTIN_VALUE_ERROR,
                                  "too many values to unpack (expected %" PRId64 ")", wanted);
    return python_throw_words(self, state, PYTHON_BUILTIN_VALUE_ERROR,
                              "too many values to unpack (expected %" PRId64 ", got %" PRId64 ")", wanted, count);
}

/* A text, or the keys of a dictionary, as a list. */
static bool list_items(struct python *self, struct python_state *state, struct python_value *value)
{
    bool is_listed =
        value->kind == PYTHON_STRING || python_is(state, *value, PYTHON_RANGE) || python_is(state, *value, PYTHON_DICT);
    return !is_listed || (python_convert_list(self, state, *value, PYTHON_LIST) && python_pop(self, state, value));
}

/* a, *b, c = list */
bool python_unpack_starred(struct python *self, struct python_state *state, int64_t before, int64_t behind)
{
    struct python_value value;
    if (!python_pop(self, state, &value) || !list_items(self, state, &value))
        return false;
    if (python_cannot_go_on(state))
        return true;
    if (python_is_scalar(value))
        return python_throw_not_unpacked(self, state, value);
    if (!python_is(state, value, PYTHON_LIST) && !python_is(state, value, PYTHON_TUPLE))
        return python_refuse(self, state, "%s is not taken apart here (expected a list, a tuple or a text)",
                             python_what(self, state, value));
    int64_t count = python_object(state, value)->count, rest = count - before - behind;
    if (before < 0 || behind < 0 || !python_touch_all(self, state, value))
        return !self->error->set && python_damaged(self);
    if (rest < 0)
        return python_throw_words(self, state, PYTHON_BUILTIN_VALUE_ERROR,
                                  "not enough values to unpack (expected at least %" PRId64 ", got %" PRId64 ")",
                                  before + behind, count);
    struct python_value list = python_new(self, state, PYTHON_LIST, BUILTIN(PYTHON_BUILTIN_LIST),
                                          python_object(state, value)->items + before, (uint32_t)rest);
    for (int64_t i = count; i-- > before + rest;)
        if (!python_push(self, state, python_object(state, value)->items[i]))
            return false;
    if (!python_push(self, state, list))
        return false;
    for (int64_t i = before; i-- > 0;)
        if (!python_push(self, state, python_object(state, value)->items[i]))
            return false;
    return true;
}

bool python_unpack(struct python *self, struct python_state *state, int64_t count)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    bool is_counted = python_is(state, value, PYTHON_LIST) || python_is(state, value, PYTHON_TUPLE) ||
                      python_is(state, value, PYTHON_DICT);
    if (!list_items(self, state, &value))
        return false;
    if (python_cannot_go_on(state))
        return true;
    bool is_list = python_is(state, value, PYTHON_LIST) || python_is(state, value, PYTHON_TUPLE);
    if (is_list && python_object(state, value)->count != count)
        return throw_unpacked(self, state, count, python_object(state, value)->count, is_counted);
    if (python_is_scalar(value))
        return python_throw_not_unpacked(self, state, value);
    if (!is_list)
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

/* KeyError, or IndexError. */
static bool throw_missing(struct python *self, struct python_state *state, struct python_value list,
                          struct python_value index, const char *what)
{
    struct text words = TEXT_INIT;
    if (python_is(state, list, PYTHON_DICT))
        return python_touch(self, state, list, false) &&
               python_raise(self, state,
                            python_new_exception(self, state, BUILTIN(PYTHON_BUILTIN_KEY_ERROR), &index, 1));
    if (index.kind == PYTHON_NONE && !python_is_deque(state, list))
        return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR, "%s indices must be integers%s, not NoneType",
                                  python_is(state, list, PYTHON_TUPLE) ? "tuple" : "list",
                                  self->dump->version < 300 ? "" : " or slices");
    if (!python_is_integer(index))
        return python_refuse(self, state, "an element by %s is not covered (expected an index that is an integer)",
                             python_what(self, state, index));
    text_print(&words, "%s %s",
               python_is(state, list, PYTHON_TUPLE) ? "tuple"
               : python_is_deque(state, list)       ? "deque"
                                                    : "list",
               what);
    bool is_good = python_throw(self, state, PYTHON_BUILTIN_INDEX_ERROR, text_string(&words));
    text_free(&words);
    return is_good;
}

/* Whether there is such an element depends on the threads. */
static bool has_changing_element(struct python *self, struct python_state *state, struct python_value list,
                                 struct python_value index, int64_t item)
{
    bool is_asked =
        python_is(state, list, PYTHON_LIST) && (item < 0 || index.number < 0 || python_is_moving(self, state, list));
    return is_asked && python_find_length(self, state, list, false) != NULL;
}

static bool subscript_by(struct python *self, struct python_state *state, struct python_value list,
                         struct python_value index, void *context)
{
    (void)context;
    return index.kind == PYTHON_DYNAMIC ? throw_missing(self, state, list, index, "index out of range")
                                        : python_subscript(self, state, list, index);
}

bool python_subscript(struct python *self, struct python_state *state, struct python_value list,
                      struct python_value index)
{
    if (python_is_scalar(list))
        return python_throw_no_element(self, state, list);
    if (!python_is(state, list, PYTHON_CLASS) && python_is_type_hint(self, state, list) && self->dump->version >= 300)
        return python_push(self, state, python_type_hint(self));
    struct python_arguments by = {.items = {index}, .count = 1, .positional = 1};
    bool is_called;
    if (!python_call_special(self, state, list, "__getitem__", &by, &is_called) || is_called)
        return !self->error->set;
    if (python_is(state, index, PYTHON_SLICE))
        return python_slice(self, state, list, index);
    if (!is_container(state, list))
        return python_refuse(
            self, state,
            "an element of %s by %s is not covered yet (expected a list or tuple by an integer, or a dictionary by a key that is known)",
            python_what(self, state, list), python_what(self, state, index));
    if (index.kind == PYTHON_DYNAMIC)
        return python_for_each_index(self, state, list, index.number, subscript_by, NULL);
    bool is_found;
    int64_t item = python_find_item(python_object(state, list), index);
    if (has_changing_element(self, state, list, index, item)) {
        if (!python_find_element(self, state, list, index.kind == PYTHON_INT ? index.number : -1,
                                 python_is_deque(state, list) ? "deque index out of range" : "list index out of range"))
            return false;
        item = index.number;
    }
    if (state->refusal != 0)
        return true;
    if (item < 0 && python_is_open_map(self, state, list, index))
        return python_load_place(self, state, list, index, PYTHON_PUSH, &is_found) &&
               (is_found || python_throw_no_key(self, state, index));
    if (item < 0)
        return throw_missing(self, state, list, index, "index out of range");
    if (python_is(state, list, PYTHON_TUPLE))
        return python_push(self, state, python_object(state, list)->items[item]);
    return python_load_place(self, state, list, python_is(state, list, PYTHON_LIST) ? INTEGER(item) : index,
                             PYTHON_PUSH, &is_found);
}

static bool store_element(struct python *self, struct python_state *state, struct python_value list,
                          struct python_value index, struct python_value value)
{
    static const char words[] = "list assignment index out of range";
    bool is_list = python_is(state, list, PYTHON_LIST);
    int64_t item = python_find_item(python_object(state, list), index);
    if (has_changing_element(self, state, list, index, item)) {
        if (!python_find_element(self, state, list, index.kind == PYTHON_INT ? index.number : -1, words))
            return false;
        item = index.number;
    }
    if (state->refusal != 0)
        return true;
    if (item < 0 && is_list)
        return throw_missing(self, state, list, index, words + 5);
    if (item < 0 && python_is_open_map(self, state, list, index))
        python_note_keys(self, state, list, index);
    else if (item < 0 && !python_touch(self, state, list, true))
        return false;
    return python_set(self, state, list, is_list ? INTEGER(item) : index, value);
}

static bool store_by(struct python *self, struct python_state *state, struct python_value list,
                     struct python_value index, void *context)
{
    const struct python_value *value = context;
    if (index.kind != PYTHON_DYNAMIC)
        return store_element(self, state, list, index, *value);
    return python_is(state, list, PYTHON_LIST)
               ? throw_missing(self, state, list, index, "assignment index out of range")
               : python_refuse(self, state,
                               "a key that depends on the threads and that the dictionary does not have is not covered "
                               "(expected keys that are there before threads start)");
}

bool python_store_subscript(struct python *self, struct python_state *state)
{
    struct python_value index, list, value;
    if (!python_pop(self, state, &index) || !python_pop(self, state, &list) || !python_pop(self, state, &value))
        return false;
    if (python_is_scalar(list))
        return python_throw_at(self, state, list, "'", "' object does not support item assignment");
    if (python_equal(list, python_type_hint(self)))
        return true; /* an annotation */
    struct python_arguments set = {.items = {index, value}, .count = 2, .positional = 2};
    uint32_t frames = state->frame_count;
    bool is_called;
    if (!python_call_special(self, state, list, "__setitem__", &set, &is_called))
        return false;
    if (is_called && state->frame_count > frames)
        python_top(state)->after = PYTHON_AFTER_DROP;
    if (is_called)
        return true;
    if ((!python_is(state, list, PYTHON_LIST) && !python_is(state, list, PYTHON_DICT)) || python_is_deque(state, list))
        return python_refuse(
            self, state,
            "setting an element of %s by %s is not covered yet (expected a list by an integer, or a dictionary by a key that is known)",
            python_what(self, state, list), python_what(self, state, index));
    if (index.kind == PYTHON_DYNAMIC)
        return python_for_each_index(self, state, list, index.number, store_by, &value);
    if (python_is(state, index, PYTHON_SLICE))
        return python_refuse(self, state, "setting a slice is not covered (expected single elements)");
    return store_element(self, state, list, index, value);
}

static bool peek_map(struct python *self, struct python_state *state, int64_t depth, struct python_value *map)
{
    struct python_value *place;
    if (!python_peek(self, state, (uint32_t)(depth - 1), &place))
        return false;
    *map = *place;
    return python_is(state, *map, PYTHON_DICT) || python_damaged(self);
}

bool python_merge(struct python *self, struct python_state *state, int64_t depth)
{
    struct python_value from, map;
    if (!python_pop(self, state, &from) || !peek_map(self, state, depth, &map))
        return false;
    if (!python_is(state, from, PYTHON_DICT))
        return python_refuse(self, state, "'**' of %s is not covered", python_what(self, state, from));
    if (!python_touch_all(self, state, from))
        return false;
    for (uint32_t i = 0; i + 1 < python_object(state, from)->count; i += 2)
        if (!python_set(self, state, map, python_object(state, from)->items[i],
                        python_object(state, from)->items[i + 1]))
            return false;
    return true;
}

bool python_join(struct python *self, struct python_state *state, enum python_shape shape, enum python_builtin type,
                 int64_t count)
{
    struct python_value values[PYTHON_ARGUMENTS_MAX], joined = python_new(self, state, shape, BUILTIN(type), NULL, 0);
    if (!python_pop_many(self, state, count, values))
        return false;
    for (int64_t v = 0; v < count; v++) {
        bool is_map = python_is(state, values[v], PYTHON_DICT);
        bool is_list = python_is(state, values[v], PYTHON_LIST) || python_is(state, values[v], PYTHON_TUPLE);
        if (shape == PYTHON_DICT ? !is_map : !is_list)
            return python_refuse(self, state, "'%s' of %s is not covered", shape == PYTHON_DICT ? "**" : "*",
                                 python_what(self, state, values[v]));
        if (!python_touch_all(self, state, values[v]))
            return false;
        for (uint32_t i = 0; i < python_object(state, values[v])->count; i++)
            python_append(self, python_change(self, state, joined), python_object(state, values[v])->items[i]);
    }
    return python_push(self, state, joined);
}

/* Up to 3.7 the key lies on top, later the value. */
bool python_add_to_map(struct python *self, struct python_state *state, int64_t depth)
{
    struct python_value upper, lower, map;
    bool is_key_above = self->dump->version < 308;
    return python_pop(self, state, &upper) && python_pop(self, state, &lower) && peek_map(self, state, depth, &map) &&
           python_set(self, state, map, is_key_above ? upper : lower, is_key_above ? lower : upper);
}

bool python_delete_subscript(struct python *self, struct python_state *state)
{
    struct python_value index, list;
    if (!python_pop(self, state, &index) || !python_pop(self, state, &list))
        return false;
    if (python_is_scalar(list))
        return python_throw_at(self, state, list, "'", "' object does not support item deletion");
    bool is_map = python_is(state, list, PYTHON_DICT);
    if ((!is_map && !python_is(state, list, PYTHON_LIST)) || python_is_deque(state, list) ||
        index.kind == PYTHON_DYNAMIC)
        return python_refuse(self, state, "deleting an element of %s by %s is not covered yet (expected pop())",
                             python_what(self, state, list), python_what(self, state, index));
    bool is_shared = false;
    if (is_map && python_is_open_map(self, state, list, index))
        return python_delete_key(self, state, list, index);
    if (!is_map && !python_change_places(self, state, list, &is_shared))
        return false;
    static const char missing[] = "list assignment index out of range";
    if (is_shared)
        return python_take_shared(self, state, list, index, false, missing, missing);
    if ((is_map && !python_touch(self, state, list, true)) || !python_touch_all(self, state, list))
        return false;
    int64_t item = python_find_item(python_object(state, list), index);
    if (item < 0)
        return throw_missing(self, state, list, index, "assignment index out of range");
    struct python_object *object = python_change(self, state, list);
    int64_t first = is_map ? item - 1 : item, width = is_map ? 2 : 1;
    memmove(object->items + first, object->items + first + width,
            ((size_t)object->count - (size_t)(first + width)) * sizeof *object->items);
    object->count -= (uint32_t)width;
    return true;
}
