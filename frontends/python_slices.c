/* Slices of lists, tuples and texts; and elements by a number that depends on the threads. */
#include "frontends/python_operations.h"

#include <ctype.h>
#include <string.h>

bool python_build_slice(struct python *self, struct python_state *state, int64_t count)
{
    struct python_value items[3] = {NONE, NONE, NONE};
    if (count != 2 && count != 3)
        return python_damaged(self);
    return python_pop_many(self, state, count, items) &&
           python_push(self, state, python_new(self, state, PYTHON_SLICE, ABSENT, items, 3));
}

bool python_old_slice(struct python *self, struct python_state *state, int which)
{
    struct python_value items[3] = {NONE, NONE, NONE}, list;
    if ((which & 2) != 0 && !python_pop(self, state, &items[1]))
        return false;
    if ((which & 1) != 0 && !python_pop(self, state, &items[0]))
        return false;
    return python_pop(self, state, &list) &&
           python_subscript(self, state, list, python_new(self, state, PYTHON_SLICE, ABSENT, items, 3));
}

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* Where a slice begins or ends among so many: as PySlice_AdjustIndices() has it. */
static int64_t adjust(struct python_value value, int64_t missing, int64_t count, int64_t least, int64_t most)
{
    if (value.kind == PYTHON_NONE)
        return missing;
    return clamp(value.number < 0 ? value.number + count : value.number, least, most);
}

/* The indices that a slice means, one after the other. */
struct indices {
    int64_t start, end, step;
};

static bool find_indices(const struct python_object *slice, int64_t count, struct indices *indices)
{
    for (size_t i = 0; i < 3; i++)
        if (slice->items[i].kind != PYTHON_NONE && slice->items[i].kind != PYTHON_INT)
            return false;
    int64_t step = slice->items[2].kind == PYTHON_NONE ? 1 : clamp(slice->items[2].number, -count - 1, count + 1);
    bool goes_back = step < 0;
    int64_t least = goes_back ? -1 : 0, most = goes_back ? count - 1 : count;
    indices->step = step;
    indices->start = adjust(slice->items[0], goes_back ? most : 0, count, least, most);
    indices->end = adjust(slice->items[1], goes_back ? -1 : count, count, least, most);
    return true;
}

static bool is_inside(const struct indices *indices, int64_t at)
{
    return indices->step > 0 ? at < indices->end : at > indices->end;
}

static bool slice_text(struct python *self, struct python_state *state, struct python_value value,
                       const struct indices *indices)
{
    const char *text = python_text_of(self, value);
    struct text part = TEXT_INIT;
    for (int64_t i = indices->start; is_inside(indices, i); i += indices->step)
        text_append(&part, text + i, 1);
    struct python_value found = python_string(self, text_string(&part));
    text_free(&part);
    return python_push(self, state, found);
}

static bool slice_list(struct python *self, struct python_state *state, struct python_value list,
                       const struct indices *indices)
{
    bool is_tuple = python_is(state, list, PYTHON_TUPLE);
    if (!python_touch_all(self, state, list))
        return false;
    struct python_value part = python_new(self, state, is_tuple ? PYTHON_TUPLE : PYTHON_LIST,
                                          BUILTIN(is_tuple ? PYTHON_BUILTIN_TUPLE : PYTHON_BUILTIN_LIST), NULL, 0);
    for (int64_t i = indices->start; is_inside(indices, i); i += indices->step)
        python_append(self, python_change(self, state, part), python_object(state, list)->items[i]);
    return python_push(self, state, part);
}

/* Bytes are letters in ASCII alone. */
static bool is_ascii(const char *text)
{
    while (*text != '\0' && isascii((unsigned char)*text))
        text++;
    return *text == '\0';
}

bool python_slice(struct python *self, struct python_state *state, struct python_value value, struct python_value slice)
{
    bool is_list = python_is(state, value, PYTHON_LIST) || python_is(state, value, PYTHON_TUPLE);
    bool is_text = value.kind == PYTHON_STRING && is_ascii(python_text_of(self, value));
    struct indices indices;
    if ((!is_list && !is_text) || python_is_deque(state, value))
        return python_refuse(self, state, "a slice of %s is not covered (expected a list, a tuple or a text of ASCII)",
                             python_what(self, state, value));
    int64_t count = is_list ? python_object(state, value)->count : (int64_t)strlen(python_text_of(self, value));
    if (!find_indices(python_object(state, slice), count, &indices))
        return python_refuse(self, state,
                             "a slice by other things than integers that are known is not covered (expected a loop)");
    if (indices.step == 0)
        return python_throw(self, state, PYTHON_BUILTIN_VALUE_ERROR, "slice step cannot be zero");
    return is_text ? slice_text(self, state, value, &indices) : slice_list(self, state, value, &indices);
}

/* ---- Elements by a number that depends on the threads -------------------------------------------------------------- */

/* Splits the execution by what an index can be, and goes on with each that there is; what is left is another one. */
bool python_for_each_index(struct python *self, struct python_state *state, struct python_value list, int64_t number,
                           python_indexed then, void *context)
{
    enum { INDICES_MAX = 128 };
    const struct python_object *object = python_object(state, list);
    bool is_map = object->shape == PYTHON_DICT, is_changing = false;
    int64_t count = object->count, first = is_map ? 0 : -count;
    if (object->shape == PYTHON_LIST && python_find_length(self, state, list, false) != NULL) {
        is_changing = true;
        first = 0;
        count = python_list_limit(self, state, list);
    }
    if (count - first > INDICES_MAX)
        return python_refuse(
            self, state,
            "an element by a number that depends on the threads is not covered where there are more than %d",
            INDICES_MAX / 2);
    if (is_changing)
        python_require(self, state, OPCODE_JGTE, python_immediate(0), python_register(number),
                       "an element before the first of a list that threads add to, or take from, is not covered");
    for (int64_t i = first; i < count; i += is_map ? 2 : 1) {
        struct python_value key = is_map ? python_object(state, list)->items[i] : INTEGER(i);
        if (!python_is_integer(key))
            continue;
        size_t skip;
        struct python_state *branch =
            python_branch(self, state, OPCODE_JNE, python_immediate(key.number), python_register(number), &skip);
        if (!then(self, branch, list, key, context))
            return false;
        python_end_branch(self, branch, skip);
    }
    return then(self, state, list, (struct python_value){PYTHON_DYNAMIC, number}, context);
}
