/* collections.deque: a list whose ends change. Its elements are what those of a list are, to threads, too. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include <string.h>

static const char empty[] = "pop from an empty deque";

bool python_make_deque(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value list, first = arguments->positional > 0 ? arguments->items[0] : ABSENT;
    if (arguments->count > 1 || arguments->positional != arguments->count)
        return python_refuse(self, state,
                             "deque() with a length that it keeps is not covered (expected deque(), or of a list)") &&
               python_push_none(self, state);
    if (!python_convert_list(self, state, first, PYTHON_LIST) || !python_pop(self, state, &list))
        return false;
    if (python_cannot_go_on(state))
        return true;
    struct python_value deque = python_new(self, state, PYTHON_LIST, BUILTIN(PYTHON_BUILTIN_DEQUE), NULL, 0);
    for (uint32_t i = 0; i < python_object(state, list)->count; i++)
        python_append(self, python_change(self, state, deque), python_object(state, list)->items[i]);
    return python_push(self, state, deque);
}

/* To the left of all others, before threads share it. */
static bool append_left(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value deque = arguments->items[0];
    bool is_shared;
    if (arguments->count != 2)
        return python_refuse(self, state, "appendleft() takes one argument");
    if (!python_change_places(self, state, deque, &is_shared))
        return false;
    if (is_shared)
        return python_refuse(
                   self, state,
                   "appendleft() to a deque that threads share is not covered (expected append() and pop())") &&
               python_push_none(self, state);
    if (!python_touch_all(self, state, deque))
        return false;
    python_append(self, python_change(self, state, deque), NONE);
    struct python_object *object = python_change(self, state, deque);
    memmove(object->items + 1, object->items, (object->count - 1) * sizeof *object->items);
    object->items[0] = arguments->items[1];
    return python_push_none(self, state);
}

bool python_call_deque(struct python *self, struct python_state *state, enum python_builtin method,
                       const struct python_arguments *arguments)
{
    switch (method) {
    case PYTHON_BUILTIN_DEQUE_APPEND:
        return python_append_item(self, state, arguments);
    case PYTHON_BUILTIN_DEQUE_APPEND_LEFT:
        return append_left(self, state, arguments);
    case PYTHON_BUILTIN_DEQUE_EXTEND:
        return python_extend_list(self, state, arguments);
    case PYTHON_BUILTIN_DEQUE_CLEAR:
        return python_clear_list(self, state, arguments->items[0]);
    case PYTHON_BUILTIN_DEQUE_POP:
        return python_take_item(self, state, arguments->items[0], INTEGER(-1), empty, empty);
    default:
        return python_take_item(self, state, arguments->items[0], INTEGER(0), empty, empty);
    }
}
