/* Lists that threads share, and that get longer or shorter: their length is a word, and so are their elements. Where elements are taken away
 * the others move, and each word can hold what any of them can. */
#include "frontends/python_operations.h"

#include <inttypes.h>

/* The numbers that a copy of such a list can have at a time: they lie in registers. And the ways in which it can turn out. */
enum { COPY_MAX = 24, BRANCHES_MAX = 2000 };

static uint32_t identity_of(const struct python_state *state, struct python_value list)
{
    return python_object(state, list)->identity;
}

/* The place of the length, and that of an element. They stay where they are until another place is made. */
static struct python_place *length_of(struct python *self, const struct python_state *state, struct python_value list)
{
    return python_place_of(self, identity_of(state, list), NONE);
}

static struct python_place *element_of(struct python *self, const struct python_state *state, struct python_value list,
                                       int64_t index)
{
    return python_place_of(self, identity_of(state, list), INTEGER(index));
}

struct python_place *python_find_length(struct python *self, struct python_state *state, struct python_value list,
                                        bool writes)
{
    struct python_place *place = python_find_place(self, state, list, NONE);
    if (place == NULL)
        return NULL;
    place->is_length = true;
    python_note_access(self, state, place, writes);
    return place->is_dynamic ? place : NULL;
}

bool python_is_moving(struct python *self, struct python_state *state, struct python_value list)
{
    struct python_place *place =
        python_is(state, list, PYTHON_LIST) ? python_find_place(self, state, list, NONE) : NULL;
    return place != NULL && place->is_moving;
}

int64_t python_list_limit(struct python *self, const struct python_state *state, struct python_value list)
{
    return (int64_t)python_object(state, list)->count + length_of(self, state, list)->room;
}

bool python_load_length(struct python *self, struct python_state *state, struct python_value list, int64_t *number)
{
    struct python_place *place = length_of(self, state, list);
    if (!python_free_register(self, state, number))
        return false;
    if (self->rules == PYTHON_NO_GIL)
        python_switch_point(state);
    python_emit(self, state, OPCODE_MOV, python_word(self, place), python_register(*number));
    return true;
}

static void store_length(struct python *self, struct python_state *state, struct python_value list, int64_t number)
{
    python_emit(self, state, OPCODE_MOV, python_register(number), python_word(self, length_of(self, state, list)));
}

/* Of a list whose elements move: each is a word, and all of these can hold the same. */
static void unite_elements(struct python *self, const struct python_state *state, struct python_value list)
{
    int64_t limit = python_list_limit(self, state, list);
    for (int64_t n = 0; n < limit; n++) {
        struct python_place *place = element_of(self, state, list, n);
        self->again |= !place->is_dynamic;
        place->is_dynamic = true;
    }
    /* There and back, so that what one can hold comes to all. */
    for (int64_t n = 1; n < limit; n++)
        python_share_atoms(self, element_of(self, state, list, n - 1), element_of(self, state, list, n));
    for (int64_t n = limit - 1; n > 0; n--)
        python_share_atoms(self, element_of(self, state, list, n - 1), element_of(self, state, list, n));
}

bool python_change_places(struct python *self, struct python_state *state, struct python_value list, bool *is_shared)
{
    struct python_place *length = python_find_place(self, state, list, NONE);
    *is_shared = false;
    if (length == NULL)
        return true;
    python_find_length(self, state, list, true);
    bool is_dynamic = length_of(self, state, list)->is_dynamic;
    int64_t limit = python_list_limit(self, state, list);
    for (int64_t n = 0; n < limit; n++) {
        python_note_access(self, state, element_of(self, state, list, n), true);
        is_dynamic |= element_of(self, state, list, n)->is_dynamic;
    }
    if (!is_dynamic)
        return true;
    length = length_of(self, state, list);
    self->again |= !length->is_dynamic || !length->is_moving;
    length->is_dynamic = length->is_moving = *is_shared = true;
    unite_elements(self, state, list);
    return true;
}

/* ---- Changing ---------------------------------------------------------------------------------------------------- */

/* Each length by itself, since the place of the new element depends on it. Unless elements move those that were there at the start stay
 * where they are. */
bool python_append_shared(struct python *self, struct python_state *state, struct python_value list,
                          struct python_value value)
{
    struct python_place *place = length_of(self, state, list);
    int64_t length, first = place->is_moving ? 0 : python_object(state, list)->count;
    place->appended++;
    place->appenders |= UINT64_C(1) << state->thread;
    if (place->is_moving)
        unite_elements(self, state, list);
    int64_t limit = python_list_limit(self, state, list);
    if (!python_load_length(self, state, list, &length))
        return false;
    python_require(self, state, OPCODE_JLT, python_immediate(limit), python_register(length),
                   "a list that threads share gets more than 32 elements: that is not covered");
    for (int64_t n = first; n < limit; n++) {
        struct operand operand;
        place = element_of(self, state, list, n);
        self->again |= !place->is_dynamic;
        place->is_dynamic = true;
        size_t skip = python_skip(self, state, OPCODE_JNE, python_immediate(n), python_register(length));
        if (!python_encode(self, state, place, value, &operand))
            return false;
        python_emit(self, state, OPCODE_MOV, operand, python_word(self, element_of(self, state, list, n)));
        python_land(self, state, skip);
    }
    python_emit(self, state, OPCODE_ADD, python_immediate(1), python_register(length));
    store_length(self, state, list, length);
    return true;
}

/* Loads the last element, whichever that is. */
static void take_last(struct python *self, struct python_state *state, struct python_value list, int64_t length,
                      int64_t taken)
{
    int64_t limit = python_list_limit(self, state, list);
    python_emit(self, state, OPCODE_SUB, python_immediate(1), python_register(length));
    for (int64_t n = 0; n < limit; n++) {
        size_t skip = python_skip(self, state, OPCODE_JNE, python_immediate(n), python_register(length));
        python_emit(self, state, OPCODE_MOV, python_word(self, element_of(self, state, list, n)),
                    python_register(taken));
        python_land(self, state, skip);
    }
}

/* Loads an element, and moves those behind it. */
static bool take_at(struct python *self, struct python_state *state, struct python_value list, int64_t length,
                    int64_t taken, int64_t at)
{
    int64_t limit = python_list_limit(self, state, list), moved;
    if (!python_free_register(self, state, &moved))
        return false;
    python_emit(self, state, OPCODE_MOV, python_word(self, element_of(self, state, list, at)), python_register(taken));
    for (int64_t n = at + 1; n < limit; n++) {
        size_t skip = python_skip(self, state, OPCODE_JLTE, python_immediate(n), python_register(length));
        python_emit(self, state, OPCODE_MOV, python_word(self, element_of(self, state, list, n)),
                    python_register(moved));
        python_emit(self, state, OPCODE_MOV, python_register(moved),
                    python_word(self, element_of(self, state, list, n - 1)));
        python_land(self, state, skip);
    }
    python_emit(self, state, OPCODE_SUB, python_immediate(1), python_register(length));
    return true;
}

bool python_take_shared(struct python *self, struct python_state *state, struct python_value list,
                        struct python_value index, bool is_wanted, const char *empty, const char *missing)
{
    bool is_last = index.kind == PYTHON_ABSENT || (index.kind == PYTHON_INT && index.number == -1);
    int64_t length, taken, limit = python_list_limit(self, state, list);
    if (!is_last && (index.kind != PYTHON_INT || index.number < 0))
        return python_refuse(self, state,
                             "an element is taken from a list that threads share by %s: that is not covered (expected "
                             "the last one, or one by a number that is known, from 0 on)",
                             python_what(self, state, index));
    if (!python_load_length(self, state, list, &length) || !python_free_register(self, state, &taken))
        return false;
    if (limit == 0 || (!is_last && index.number >= limit))
        return python_throw(self, state, PYTHON_BUILTIN_INDEX_ERROR, limit == 0 ? empty : missing);
    if (!python_throw_where(self, state, OPCODE_JE, python_immediate(0), python_register(length),
                            PYTHON_BUILTIN_INDEX_ERROR, empty))
        return false;
    if (!is_last && index.number > 0 &&
        !python_throw_where(self, state, OPCODE_JLTE, python_immediate(index.number), python_register(length),
                            PYTHON_BUILTIN_INDEX_ERROR, missing))
        return false;
    if (is_last)
        take_last(self, state, list, length, taken);
    else if (!take_at(self, state, list, length, taken, index.number))
        return false;
    store_length(self, state, list, length);
    return !is_wanted || python_decode(self, state, element_of(self, state, list, 0), taken, PYTHON_PUSH);
}

bool python_clear_shared(struct python *self, struct python_state *state, struct python_value list)
{
    if (self->rules == PYTHON_NO_GIL)
        python_switch_point(state);
    python_emit(self, state, OPCODE_MOV, python_immediate(0), python_word(self, length_of(self, state, list)));
    return true;
}

bool python_find_element(struct python *self, struct python_state *state, struct python_value list, int64_t index,
                         const char *words)
{
    int64_t length;
    if (index < 0 || index >= python_list_limit(self, state, list))
        return python_refuse(self, state,
                             "this element of a list that threads add to, or take from, is not covered (expected one "
                             "by a number from 0 on)");
    if (!python_load_length(self, state, list, &length) ||
        !python_throw_where(self, state, OPCODE_JLTE, python_immediate(index), python_register(length),
                            PYTHON_BUILTIN_INDEX_ERROR, words))
        return false;
    state->is_joined = true;
    return true;
}

/* ---- As a whole -------------------------------------------------------------------------------------------------- */

/* Whether values of a dictionary are words. */
static bool is_shared_map(struct python *self, struct python_state *state, struct python_value map)
{
    bool is_shared = false;
    if (!python_is(state, map, PYTHON_DICT) || python_find_place(self, state, map, NONE) == NULL ||
        !python_touch(self, state, map, false) || python_cannot_go_on(state))
        return false;
    for (uint32_t i = 0; i < python_object(state, map)->count; i += 2) {
        struct python_place *place;
        struct python_value ignored;
        if (!python_get(self, state, map, python_object(state, map)->items[i], &ignored, &place))
            return false;
        is_shared |= place != NULL;
    }
    return is_shared;
}

bool python_is_shared_whole(struct python *self, struct python_state *state, struct python_value value)
{
    return python_is_shared_list(self, state, value) || is_shared_map(self, state, value);
}

/* Whether elements of a list are words, or how many there are. */
bool python_is_shared_list(struct python *self, struct python_state *state, struct python_value list)
{
    if (!python_is(state, list, PYTHON_LIST) || python_find_place(self, state, list, NONE) == NULL)
        return false;
    bool is_shared = python_find_length(self, state, list, false) != NULL;
    for (uint32_t i = 0; i < python_object(state, list)->count; i++) {
        struct python_place *place;
        struct python_value ignored;
        if (!python_get(self, state, list, INTEGER(i), &ignored, &place))
            return false;
        is_shared |= place != NULL;
    }
    return is_shared;
}

/* A copy under way: on the stack of the state lies what has been copied so far. */
struct copying {
    struct python_value list;
    size_t *branches; /* so far, of all lengths */
    int64_t length;
    python_copied then;
    void *context;
};

static bool add_to_copy(struct python *self, struct python_state *state, const struct copying *copying,
                        struct python_value value)
{
    struct python_value *copy;
    if (!python_peek(self, state, 0, &copy))
        return false;
    struct python_value list = *copy;
    const struct python_object *from = python_object(state, copying->list);
    if (from->shape == PYTHON_DICT)
        python_append(self, python_change(self, state, list), from->items[python_object(state, list)->count]);
    python_append(self, python_change(self, state, list), value);
    return true;
}

/* The place of an element, by its number. */
static struct python_place *place_in(struct python *self, const struct python_state *state,
                                     struct python_value container, int64_t at)
{
    const struct python_object *object = python_object(state, container);
    return object->shape == PYTHON_DICT ? python_place_of(self, object->identity, object->items[2 * at])
                                        : element_of(self, state, container, at);
}

/* What is there where that is no word. */
static struct python_value known_at(const struct python_object *object, int64_t at)
{
    if (object->shape == PYTHON_DICT)
        return object->items[2 * at + 1];
    return at < object->count ? object->items[at] : NONE;
}

static bool copy_from(struct python *self, struct python_state *state, const struct copying *copying, int64_t at);

static bool copy_atom(struct python *self, struct python_state *state, const struct copying *copying, int64_t at,
                      struct python_value atom)
{
    struct python_value value;
    if (!python_find_atom(self, state, atom, &value))
        return false;
    return python_cannot_go_on(state) ||
           (add_to_copy(self, state, copying, value) && copy_from(self, state, copying, at + 1));
}

/* Loads an element: what it is decides how the copy goes on. */
static bool copy_word(struct python *self, struct python_state *state, const struct copying *copying, int64_t at)
{
    struct python_place *place = place_in(self, state, copying->list, at);
    size_t count = place->atom_count;
    bool has_integers = place->has_integers || count == 0;
    int64_t number;
    struct python_value atoms[PYTHON_ARGUMENTS_MAX];
    if (count > PYTHON_ARGUMENTS_MAX)
        return python_refuse(self, state, "this can hold more than %d different things", PYTHON_ARGUMENTS_MAX);
    if (!python_free_register(self, state, &number))
        return false;
    python_emit(self, state, OPCODE_MOV, python_word(self, place), python_register(number));
    for (size_t a = 0; a < count; a++)
        atoms[a] = place->atoms[a];
    for (size_t a = 0; a < count; a++) {
        int64_t code = python_atom_code(self, place_in(self, state, copying->list, at), a);
        if (!has_integers && a + 1 == count)
            return copy_atom(self, state, copying, at, atoms[a]);
        size_t skip;
        if (++*copying->branches > BRANCHES_MAX)
            return python_refuse(
                self, state,
                "a list that threads share is used as a whole, and there are too many things that can be "
                "in it: that is not covered (expected a loop over it)");
        struct python_state *branch =
            python_branch(self, state, OPCODE_JNE, python_immediate(code), python_register(number), &skip);
        if (!copy_atom(self, branch, copying, at, atoms[a]))
            return false;
        python_end_branch(self, branch, skip);
    }
    return add_to_copy(self, state, copying, (struct python_value){PYTHON_DYNAMIC, number}) &&
           copy_from(self, state, copying, at + 1);
}

static bool copy_from(struct python *self, struct python_state *state, const struct copying *copying, int64_t at)
{
    struct python_value copy;
    if (at < copying->length) {
        if (place_in(self, state, copying->list, at)->is_dynamic)
            return copy_word(self, state, copying, at);
        return add_to_copy(self, state, copying, known_at(python_object(state, copying->list), at)) &&
               copy_from(self, state, copying, at + 1);
    }
    return python_pop(self, state, &copy) && copying->then(self, state, copy, copying->context);
}

/* Of one length. */
static bool copy_length(struct python *self, struct python_state *state, struct copying copying, int64_t length)
{
    if (length > COPY_MAX || length > python_register_room(state))
        return python_refuse(self, state,
                             "a list that threads share is used as a whole when it has %" PRId64
                             " elements: that is not "
                             "covered (expected a loop over it, or fewer)",
                             length);
    copying.length = length;
    const struct python_object *from = python_object(state, copying.list);
    struct python_value copy = python_new(self, state, from->shape, from->type, NULL, 0);
    return python_push(self, state, copy) && copy_from(self, state, &copying, 0);
}

bool python_copy_shared(struct python *self, struct python_state *state, struct python_value list, python_copied then,
                        void *context)
{
    size_t branches = 0;
    struct copying copying = {.list = list, .then = then, .context = context, .branches = &branches};
    int64_t number, count = python_object(state, list)->count;
    if (python_is(state, list, PYTHON_DICT) || python_find_length(self, state, list, false) == NULL) {
        if (self->rules == PYTHON_NO_GIL)
            python_switch_point(state);
        return copy_length(self, state, copying, python_is(state, list, PYTHON_DICT) ? count / 2 : count);
    }
    int64_t limit = python_list_limit(self, state, list), least = python_is_moving(self, state, list) ? 0 : count;
    if (!python_load_length(self, state, list, &number))
        return false;
    for (int64_t n = least; n < limit; n++) {
        size_t skip;
        struct python_state *branch =
            python_branch(self, state, OPCODE_JNE, python_immediate(n), python_register(number), &skip);
        if (!copy_length(self, branch, copying, n))
            return false;
        python_end_branch(self, branch, skip);
    }
    return copy_length(self, state, copying, limit);
}
