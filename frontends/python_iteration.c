/* Builtins that go through a list: sum(), enumerate(), zip(), and methods that look for something. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include <inttypes.h>
#include <string.h>

/* The values of what can be gone through, as a list of the thread's own: of a range, a list, a tuple, or a dictionary its keys. */
static bool values_of(struct python *self, struct python_state *state, struct python_value value,
                      struct python_value *list)
{
    *list = NONE;
    if (python_is(state, value, PYTHON_DICT))
        return python_list_map(self, state, value, true, false) && python_pop(self, state, list);
    return python_convert_list(self, state, value, PYTHON_LIST) && python_pop(self, state, list) &&
           (python_is(state, *list, PYTHON_LIST) || state->refusal != 0 || state->raised.kind != PYTHON_ABSENT);
}

static uint32_t count_of(const struct python_state *state, struct python_value list)
{
    return python_is(state, list, PYTHON_LIST) ? python_object(state, list)->count : 0;
}

bool python_sum(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value list, sum = python_argument(self, arguments, 1, "start"), item;
    if (arguments->positional < 1 || !values_of(self, state, arguments->items[0], &list))
        return !self->error->set && python_refuse(self, state, "sum() of nothing (expected sum() of a list)");
    if (sum.kind == PYTHON_ABSENT)
        sum = INTEGER(0);
    /* What is still to be added keeps its registers: the list lies on the stack. */
    if (!python_push(self, state, list) || !python_push(self, state, sum))
        return false;
    for (uint32_t i = 0; i < count_of(state, list); i++) {
        item = python_object(state, list)->items[i];
        if (!python_pop(self, state, &sum) || !python_binary(self, state, PY_ADD, sum, item))
            return false;
        if (python_cannot_go_on(state))
            return true;
    }
    return python_pop(self, state, &sum) && python_pop(self, state, &list) && python_push(self, state, sum);
}

bool python_any(struct python *self, struct python_state *state, struct python_value value, bool all)
{
    struct python_value list;
    if (!values_of(self, state, value, &list))
        return false;
    for (uint32_t i = 0; i < count_of(state, list); i++) {
        int truth = python_truth(self, state, python_object(state, list)->items[i]);
        if (truth < 0)
            return python_refuse(self, state,
                                 "%s() is not covered where values depend on the threads (expected a loop with 'if')",
                                 all ? "all" : "any");
        if ((truth != 0) != all)
            return python_push(self, state, BOOL(!all));
    }
    return python_push(self, state, BOOL(all));
}

static void add_tuple(struct python *self, struct python_state *state, struct python_value list,
                      const struct python_value *items, uint32_t count)
{
    struct python_value tuple = python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE), items, count);
    python_append(self, python_change(self, state, list), tuple);
}

static struct python_value new_list(struct python *self, struct python_state *state)
{
    return python_new(self, state, PYTHON_LIST, BUILTIN(PYTHON_BUILTIN_LIST), NULL, 0);
}

bool python_enumerate(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value list, start = python_argument(self, arguments, 1, "start"), result = new_list(self, state);
    if (arguments->positional < 1 || (start.kind != PYTHON_ABSENT && start.kind != PYTHON_INT))
        return python_refuse(
            self, state,
            "enumerate() with such arguments is not covered (expected one list, and a start that is known)");
    if (!values_of(self, state, arguments->items[0], &list))
        return false;
    for (uint32_t i = 0; i < count_of(state, list); i++) {
        struct python_value pair[2] = {INTEGER((start.kind == PYTHON_INT ? start.number : 0) + i),
                                       python_object(state, list)->items[i]};
        add_tuple(self, state, result, pair, 2);
    }
    python_change(self, state, result)->number = PYTHON_VIEW_OTHER;
    return python_push(self, state, result);
}

bool python_zip(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    enum { LISTS_MAX = 8 };
    struct python_value lists[LISTS_MAX], items[LISTS_MAX], result = new_list(self, state);
    uint32_t count = arguments->positional, shortest = UINT32_MAX;
    if (count == 0 || count > LISTS_MAX || arguments->count > count)
        return python_refuse(self, state,
                             "zip() with such arguments is not covered (expected lists, tuples or ranges)");
    for (uint32_t a = 0; a < count; a++) {
        if (python_is_scalar(arguments->items[a]) && self->dump->version < 308)
            return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR,
                                      "zip argument #%" PRIu32 " must support iteration", a + 1);
        if (!values_of(self, state, arguments->items[a], &lists[a]))
            return false;
        if (python_cannot_go_on(state))
            return true;
        shortest = count_of(state, lists[a]) < shortest ? count_of(state, lists[a]) : shortest;
    }
    for (uint32_t i = 0; i < shortest; i++) {
        for (uint32_t a = 0; a < count; a++)
            items[a] = python_object(state, lists[a])->items[i];
        add_tuple(self, state, result, items, count);
    }
    python_change(self, state, result)->number = PYTHON_VIEW_OTHER;
    return python_push(self, state, result);
}

/* ---- Sorting ----------------------------------------------------------------------------------------------------- */

/* Tuples are in the order of the first items in which they differ. */
static int order(const struct python *self, const struct python_state *state, struct python_value a,
                 struct python_value b, bool *is_known)
{
    bool are_numbers =
        (a.kind == PYTHON_INT || a.kind == PYTHON_BOOL) && (b.kind == PYTHON_INT || b.kind == PYTHON_BOOL);
    if (a.kind == PYTHON_STRING && b.kind == PYTHON_STRING)
        return strcmp(python_text_of(self, a), python_text_of(self, b));
    if (python_is(state, a, PYTHON_TUPLE) && python_is(state, b, PYTHON_TUPLE)) {
        const struct python_object *left = python_object(state, a), *right = python_object(state, b);
        int found = 0;
        for (uint32_t i = 0; i < left->count && i < right->count && found == 0 && *is_known; i++)
            found = order(self, state, left->items[i], right->items[i], is_known);
        return found != 0 ? found : (left->count > right->count) - (left->count < right->count);
    }
    *is_known &= are_numbers;
    return are_numbers ? (a.number > b.number) - (a.number < b.number) : 0;
}

/* Returns false where the order of some is not known. */
static bool sort_known(const struct python *self, const struct python_state *state, struct python_value *items,
                       uint32_t count)
{
    bool is_known = true;
    for (uint32_t i = 1; i < count && is_known; i++)
        for (uint32_t j = i; j > 0 && order(self, state, items[j - 1], items[j], &is_known) > 0; j--) {
            struct python_value item = items[j];
            items[j] = items[j - 1];
            items[j - 1] = item;
        }
    return is_known;
}

/* Integers that depend on the threads lie in registers of their own, which are compared and exchanged: a sorting network. */
static bool sort_registers(struct python *self, struct python_state *state, struct python_value *items, uint32_t count)
{
    int64_t spare;
    for (uint32_t i = 0; i < count; i++) {
        int64_t number;
        if (!python_free_register(self, state, &number))
            return false;
        python_emit(self, state, OPCODE_MOV, python_operand_of(items[i]), python_register(number));
        items[i] = (struct python_value){PYTHON_DYNAMIC, number};
    }
    if (!python_free_register(self, state, &spare))
        return false;
    for (uint32_t end = count; end-- > 1;)
        for (uint32_t i = 0; i < end; i++) {
            struct operand lower = python_register(items[i].number), upper = python_register(items[i + 1].number);
            size_t done = python_skip(self, state, OPCODE_JLTE, upper, lower);
            python_emit(self, state, OPCODE_MOV, lower, python_register(spare));
            python_emit(self, state, OPCODE_MOV, upper, lower);
            python_emit(self, state, OPCODE_MOV, python_register(spare), upper);
            python_land(self, state, done);
        }
    return true;
}

/* Sorts the items of a list that is the thread's own. */
static bool sort_items(struct python *self, struct python_state *state, struct python_value list, bool is_reverse)
{
    enum { NETWORK_MAX = 16 };
    struct python_object *object = python_change(self, state, list);
    uint32_t count = object->count, integers = 0, unknown = 0;
    for (uint32_t i = 0; i < count; i++) {
        integers += python_is_integer(object->items[i]);
        unknown += object->items[i].kind == PYTHON_DYNAMIC;
    }
    bool is_too_long = count > NETWORK_MAX || (int64_t)count + 1 > python_register_room(state);
    if (unknown > 0 ? integers < count || is_too_long : !sort_known(self, state, object->items, count))
        return python_refuse(
            self, state,
            "sorting is covered for integers, texts, and tuples of them, that are known, and for up to %d "
            "integers that depend on the threads",
            NETWORK_MAX);
    if (unknown > 0 && !sort_registers(self, state, object->items, count))
        return false;
    for (uint32_t i = 0; is_reverse && i < count / 2; i++) {
        struct python_value item = object->items[i];
        object->items[i] = object->items[count - 1 - i];
        object->items[count - 1 - i] = item;
    }
    return true;
}

/* Whether there are no other arguments than a `reverse` that is known. */
static bool is_plain_sort(struct python *self, const struct python_arguments *arguments, bool *is_reverse)
{
    struct python_value reverse = python_argument(self, arguments, PYTHON_ARGUMENTS_MAX, "reverse");
    *is_reverse = reverse.kind == PYTHON_BOOL && reverse.number != 0;
    return arguments->positional == 1 && (reverse.kind == PYTHON_BOOL || reverse.kind == PYTHON_ABSENT) &&
           arguments->count == 1u + (reverse.kind == PYTHON_BOOL);
}

bool python_sorted(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value list, sorted;
    bool is_reverse;
    if (!is_plain_sort(self, arguments, &is_reverse))
        return python_refuse(self, state,
                             "sorted() is covered with a list and 'reverse', and nothing else (expected no key)");
    if (!values_of(self, state, arguments->items[0], &list))
        return false;
    if (python_cannot_go_on(state))
        return true;
    sorted = new_list(self, state);
    for (uint32_t i = 0; i < count_of(state, list); i++)
        python_append(self, python_change(self, state, sorted), python_object(state, list)->items[i]);
    return python_push(self, state, sorted) && sort_items(self, state, sorted, is_reverse);
}

/* A list that threads share gets its elements anew. */
struct shared_sort {
    struct python_value list;
    bool is_reverse;
};

static bool sort_copy(struct python *self, struct python_state *state, struct python_value copy, void *context)
{
    const struct shared_sort *sort = context;
    if (!python_push(self, state, copy) || !sort_items(self, state, copy, sort->is_reverse))
        return false;
    for (uint32_t i = 0; i < python_object(state, copy)->count && !python_cannot_go_on(state); i++)
        if (!python_set(self, state, sort->list, INTEGER(i), python_object(state, copy)->items[i]))
            return false;
    struct python_value ignored;
    return python_pop(self, state, &ignored) && python_push_none(self, state);
}

bool python_sort_list(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    bool is_reverse, is_shared;
    if (!is_plain_sort(self, arguments, &is_reverse))
        return python_refuse(self, state, "sort() is covered with 'reverse' and no other argument (expected no key)");
    if (!python_change_places(self, state, arguments->items[0], &is_shared))
        return false;
    if (is_shared && self->rules == PYTHON_NO_GIL)
        return python_refuse(
            self, state, "sort() of a list that threads share, without the lock, is not covered (expected sorted())");
    struct shared_sort sort = {arguments->items[0], is_reverse};
    if (is_shared)
        return python_copy_shared(self, state, arguments->items[0], sort_copy, &sort);
    return python_touch_all(self, state, arguments->items[0]) &&
           sort_items(self, state, arguments->items[0], is_reverse) && python_push_none(self, state);
}

bool python_reversed(struct python *self, struct python_state *state, struct python_value value)
{
    struct python_value list, result = new_list(self, state);
    if (python_is_scalar(value) && self->dump->version < 300)
        return python_throw(self, state, PYTHON_BUILTIN_TYPE_ERROR, "argument to reversed() must be a sequence");
    if (python_is_scalar(value))
        return python_throw_at(self, state, value, "'", "' object is not reversible");
    if (!values_of(self, state, value, &list))
        return false;
    for (uint32_t i = count_of(state, list); i-- > 0;)
        python_append(self, python_change(self, state, result), python_object(state, list)->items[i]);
    python_change(self, state, result)->number = PYTHON_VIEW_OTHER;
    return python_push(self, state, result);
}

bool python_divmod(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value a = arguments->items[0], b = arguments->items[1], items[2];
    bool is_known = arguments->positional == 2 && a.kind == PYTHON_INT && b.kind == PYTHON_INT;
    if (!is_known)
        return python_refuse(self, state,
                             "divmod() of other things than known integers is not covered yet (expected // and %%)");
    if (b.number == 0)
        return python_throw(self, state, PYTHON_BUILTIN_ZERO_DIVISION_ERROR,
                            self->dump->version >= 314 ? "division by zero" : "integer division or modulo by zero");
    return python_binary(self, state, PY_FLOOR_DIVIDE, a, b) && python_pop(self, state, &items[0]) &&
           python_binary(self, state, PY_MODULO, a, b) && python_pop(self, state, &items[1]) &&
           python_push(self, state, python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE), items, 2));
}

/* ---- Methods ----------------------------------------------------------------------------------------------------- */

bool python_join_texts(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value list, rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    if (arguments->count != 2)
        return python_refuse(self, state, "join() takes one argument");
    if (python_is_scalar(arguments->items[1]))
        return python_throw(self, state, PYTHON_BUILTIN_TYPE_ERROR, "can only join an iterable");
    if (!values_of(self, state, arguments->items[1], &list))
        return false;
    for (uint32_t i = 0; i < count_of(state, list); i++) {
        struct python_value item = python_object(state, list)->items[i];
        if (item.kind != PYTHON_STRING && !python_is(state, item, PYTHON_ROPE))
            return python_throw_no_text(self, state, i, item);
        if ((i > 0 && !python_append_text(self, state, python_change(self, state, rope), arguments->items[0], false)) ||
            !python_append_text(self, state, python_change(self, state, rope), item, false))
            return false;
    }
    return python_push(self, state, python_finish_rope(self, state, rope));
}

bool python_change_letters(struct python *self, struct python_state *state, struct python_value text, bool is_upper)
{
    struct text changed = TEXT_INIT;
    if (text.kind != PYTHON_STRING)
        return python_refuse(self, state, "upper() and lower() of %s are not covered (expected a text that is known)",
                             python_what(self, state, text));
    bool is_plain = true;
    for (const char *c = python_text_of(self, text); *c != '\0'; c++) {
        char first = is_upper ? 'a' : 'A';
        bool is_letter = *c >= first && *c <= first + 25;
        char letter = (char)(is_letter ? *c ^ ('a' ^ 'A') : *c);
        is_plain = is_plain && (unsigned char)*c < 128;
        text_append(&changed, &letter, 1);
    }
    bool is_good = is_plain ? python_push(self, state, python_string(self, text_string(&changed)))
                            : python_refuse(self, state, "upper() and lower() of other letters than ASCII");
    text_free(&changed);
    return is_good;
}

static bool refuse_search(struct python *self, struct python_state *state)
{
    return python_refuse(self, state,
                         "index(), count() and remove() are not covered for texts that depend on the threads, and for "
                         "objects whose class has __eq__ (expected numbers)");
}

/* Where a value is in a list of the thread's own: once for each place that it can be at, in a state of its own, and at last where it is not. */
bool python_find_value(struct python *self, struct python_state *state, struct python_value list,
                       struct python_value wanted, python_found then, void *context)
{
    for (uint32_t i = 0; i < count_of(state, list); i++) {
        struct python_value item = python_object(state, list)->items[i];
        int difference = python_differ(self, state, item, wanted);
        if (difference == 0)
            return then(self, state, i, context);
        if (difference > 0)
            continue;
        if (!python_is_integer(item) || !python_is_integer(wanted))
            return refuse_search(self, state);
        size_t skip;
        struct python_state *branch =
            python_branch(self, state, OPCODE_JNE, python_operand_of(item), python_operand_of(wanted), &skip);
        if (!then(self, branch, i, context))
            return false;
        python_end_branch(self, branch, skip);
    }
    return then(self, state, -1, context);
}

static bool push_index(struct python *self, struct python_state *state, int64_t index, void *context)
{
    (void)context;
    return index >= 0 ? python_push(self, state, INTEGER(index))
                      : python_throw(self, state, PYTHON_BUILTIN_VALUE_ERROR, "x is not in list");
}

/* How many are equal is counted in a register, where that depends on the threads. */
static bool count_value(struct python *self, struct python_state *state, struct python_value list,
                        struct python_value wanted)
{
    int64_t found = 0, number = -1;
    for (uint32_t i = 0; i < count_of(state, list); i++) {
        struct python_value item = python_object(state, list)->items[i];
        int difference = python_differ(self, state, item, wanted);
        found += difference == 0;
        if (difference >= 0)
            continue;
        if (!python_is_integer(item) || !python_is_integer(wanted))
            return refuse_search(self, state);
        if (number < 0 && !python_free_register(self, state, &number))
            return false;
    }
    if (number < 0)
        return python_push(self, state, INTEGER(found));
    python_emit(self, state, OPCODE_MOV, python_immediate(found), python_register(number));
    for (uint32_t i = 0; i < count_of(state, list); i++) {
        struct python_value item = python_object(state, list)->items[i];
        if (python_differ(self, state, item, wanted) >= 0)
            continue;
        size_t skip = python_skip(self, state, OPCODE_JNE, python_operand_of(item), python_operand_of(wanted));
        python_emit(self, state, OPCODE_ADD, python_immediate(1), python_register(number));
        python_land(self, state, skip);
    }
    return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
}

/* While the search goes on the value keeps its register: it lies on the stack. */
bool python_find_in_list(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                         bool counts)
{
    struct python_value list;
    if (arguments->count != 2)
        return python_refuse(self, state, "index() and count() take one argument here");
    if (!values_of(self, state, arguments->items[0], &list))
        return false;
    if (python_cannot_go_on(state))
        return true;
    return counts ? count_value(self, state, list, arguments->items[1])
                  : python_find_value(self, state, list, arguments->items[1], push_index, NULL);
}

/* list.remove(): of a list that threads share what is equal is looked for in a copy. */
struct removal {
    struct python_value list, wanted;
};

static bool remove_at(struct python *self, struct python_state *state, int64_t index, void *context)
{
    const struct removal *removal = context;
    struct python_value ignored;
    if (index < 0)
        return python_throw(self, state, PYTHON_BUILTIN_VALUE_ERROR, "list.remove(x): x not in list");
    return python_take_item(self, state, removal->list, INTEGER(index), "", "") && python_pop(self, state, &ignored) &&
           python_push_none(self, state);
}

static bool remove_from_copy(struct python *self, struct python_state *state, struct python_value copy, void *context)
{
    return python_find_value(self, state, copy, ((struct removal *)context)->wanted, remove_at, context);
}

bool python_remove_item(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct removal removal = {arguments->items[0], arguments->count == 2 ? arguments->items[1] : NONE};
    bool is_shared;
    if (arguments->count != 2)
        return python_refuse(self, state, "remove() takes one argument");
    if (!python_change_places(self, state, removal.list, &is_shared))
        return false;
    if (is_shared && self->rules == PYTHON_NO_GIL)
        return python_refuse(
            self, state, "remove() of a list that threads share, without the lock, is not covered (expected pop())");
    if (is_shared)
        return python_copy_shared(self, state, removal.list, remove_from_copy, &removal);
    return python_touch_all(self, state, removal.list) && remove_from_copy(self, state, removal.list, &removal);
}

/* insert(), reverse() and copy(). */
bool python_rearrange(struct python *self, struct python_state *state, enum python_builtin builtin,
                      const struct python_arguments *arguments)
{
    struct python_value list = arguments->items[0], at = python_argument(self, arguments, 1, "");
    bool is_shared;
    if (builtin == PYTHON_BUILTIN_LIST_COPY)
        return python_convert_list(self, state, list, PYTHON_LIST);
    if (!python_change_places(self, state, list, &is_shared))
        return false;
    if (is_shared || (builtin == PYTHON_BUILTIN_LIST_INSERT && (arguments->count != 3 || at.kind != PYTHON_INT)))
        return python_refuse(self, state,
                             "%s() of a list that threads share, or by an index that is not known, is not covered "
                             "(expected append(), or a new list)",
                             python_builtins[builtin].name);
    if (!python_touch_all(self, state, list))
        return false;
    struct python_object *object = python_change(self, state, list);
    if (builtin == PYTHON_BUILTIN_LIST_INSERT)
        python_append(self, object, arguments->items[2]);
    int64_t count = object->count, place = at.kind != PYTHON_INT ? 0
                                           : at.number < 0       ? at.number + count - 1
                                                                 : at.number;
    place = place < 0 ? 0 : place > count - 1 ? count - 1 : place;
    for (int64_t i = count - 1; builtin == PYTHON_BUILTIN_LIST_INSERT && i > place; i--)
        object->items[i] = object->items[i - 1];
    if (builtin == PYTHON_BUILTIN_LIST_INSERT)
        object->items[place] = arguments->items[2];
    for (int64_t i = 0; builtin == PYTHON_BUILTIN_LIST_REVERSE && i < count / 2; i++) {
        struct python_value item = object->items[i];
        object->items[i] = object->items[count - 1 - i];
        object->items[count - 1 - i] = item;
    }
    return python_push_none(self, state);
}

/* Up to 3.5 keys that are no numbers lie anywhere. */
bool python_is_unordered(const struct python *self, const struct python_state *state, struct python_value map)
{
    return self->dump->version < 306 && python_object(state, map)->count > 2;
}

bool python_refuse_order(struct python *self, struct python_state *state)
{
    return python_refuse(
        self, state,
        "in which order a dictionary of Python %d.%d has its items is not known (expected sorted(), or one item "
        "after the other)",
        self->dump->version / 100, self->dump->version % 100);
}

bool python_list_map(struct python *self, struct python_state *state, struct python_value map, bool keys, bool values)
{
    struct python_value list = new_list(self, state);
    if (!python_is(state, map, PYTHON_DICT))
        return python_refuse(self, state, "%s is no dictionary", python_what(self, state, map));
    if (values ? !python_touch_all(self, state, map) : !python_touch(self, state, map, false))
        return false;
    for (uint32_t i = 0; i + 1 < python_object(state, map)->count; i += 2) {
        struct python_value pair[2] = {python_object(state, map)->items[i], python_object(state, map)->items[i + 1]};
        if (keys && values)
            add_tuple(self, state, list, pair, 2);
        else
            python_append(self, python_change(self, state, list), pair[keys ? 0 : 1]);
    }
    if (python_is_unordered(self, state, map))
        python_change(self, state, list)->number = PYTHON_VIEW_UNORDERED;
    else if (self->dump->version >= 300)
        python_change(self, state, list)->number = !values ? PYTHON_VIEW_KEYS
                                                   : !keys ? PYTHON_VIEW_VALUES
                                                           : PYTHON_VIEW_ITEMS;
    return python_push(self, state, list);
}
