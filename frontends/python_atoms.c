/* What is kept in the word of a place, and found there: integers, and *atoms*: whatever else has a number there. */
#include "frontends/python_parts.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

static bool is_tuple(const struct python_state *state, struct python_value value)
{
    return python_is(state, value, PYTHON_TUPLE);
}

/* A tuple of what is known is one atom, whoever has made it: kinds and numbers of its items, in turn, are a text. */
static struct python_value atom_of(struct python *self, const struct python_state *state, struct python_value value)
{
    if (value.kind != PYTHON_OBJECT)
        return value;
    const struct python_object *object = python_object(state, value);
    if (object->shape != PYTHON_TUPLE)
        return (struct python_value){PYTHON_OBJECT, object->identity};
    struct text items = TEXT_INIT;
    for (uint32_t i = 0; i < object->count; i++) {
        struct python_value item = atom_of(self, state, object->items[i]);
        text_print(&items, "%d,%" PRId64 ";", (int)item.kind, item.number);
    }
    struct python_value atom = {PYTHON_PACKED, python_intern(self, text_string(&items), items.length)};
    text_free(&items);
    return atom;
}

bool python_unpack_atom(const struct python *self, struct python_value atom, const char **at, struct python_value *item)
{
    int kind, length;
    *at = *at == NULL ? self->texts[atom.number] : *at;
    if (sscanf(*at, "%d,%" SCNd64 ";%n", &kind, &item->number, &length) != 2)
        return false;
    item->kind = (enum python_kind)kind;
    *at += length;
    return true;
}

static void note_atom(struct python *self, struct python_place *place, struct python_value atom)
{
    for (size_t a = 0; a < place->atom_count; a++)
        if (python_equal(place->atoms[a], atom))
            return;
    place->atoms = memory_grow(place->atoms, place->atom_count, &place->atom_capacity, sizeof *place->atoms);
    place->atoms[place->atom_count++] = atom;
    self->again = true;
}

void python_note_atom(struct python *self, struct python_state *state, struct python_place *place,
                      struct python_value value)
{
    if (value.kind != PYTHON_INT && value.kind != PYTHON_DYNAMIC) {
        note_atom(self, place, atom_of(self, state, value));
        return;
    }
    self->again |= !place->has_integers;
    place->has_integers = true;
}

static void share(struct python *self, struct python_place *place, const struct python_place *other)
{
    self->again |= other->has_integers && !place->has_integers;
    place->has_integers |= other->has_integers;
    for (size_t a = 0; a < other->atom_count; a++)
        note_atom(self, place, other->atoms[a]);
}

void python_share_atoms(struct python *self, struct python_place *place, struct python_place *other)
{
    share(self, place, other);
    share(self, other, place);
}

/* What is no integer has a number, too. Where integers can be there as well it is one that no integer will have: far below. */
enum { ATOM_FIRST = 2 };
static const int64_t atom_bottom = INT64_MIN, atom_top = INT64_MIN + (INT64_C(1) << 32);

static int64_t atom_number(struct python *self, struct python_value atom)
{
    size_t number = 0;
    while (number < self->atom_count && !python_equal(self->atoms[number], atom))
        number++;
    if (number == self->atom_count) {
        self->atoms = memory_grow(self->atoms, self->atom_count, &self->atom_capacity, sizeof *self->atoms);
        self->atoms[self->atom_count++] = atom;
    }
    return (int64_t)number + ATOM_FIRST;
}

int64_t python_atom_code(struct python *self, const struct python_place *place, size_t atom)
{
    struct python_value value = place->atoms[atom];
    int64_t number = value.kind == PYTHON_BOOL ? value.number : atom_number(self, value);
    return place->has_integers ? atom_bottom + number : number;
}

static bool is_passable(const struct python_state *state, struct python_value value)
{
    if (value.kind == PYTHON_OBJECT)
        return python_object(state, value)->identity != 0 && !is_tuple(state, value);
    return value.kind != PYTHON_UNKNOWN && value.kind != PYTHON_FOREIGN;
}

/* An object that the other threads will meet gets an identity. */
static bool make_passable(struct python *self, struct python_state *state, struct python_value value)
{
    if (is_passable(state, value))
        return true;
    if (is_tuple(state, value)) {
        uint32_t count = python_object(state, value)->count;
        bool is_good = true;
        for (uint32_t i = 0; i < count && is_good && !python_cannot_go_on(state); i++) {
            struct python_value item = python_object(state, value)->items[i];
            is_good = item.kind == PYTHON_DYNAMIC
                          ? python_refuse(self, state,
                                          "a tuple that has a number which depends on the threads is kept where another "
                                          "thread finds it: that is not covered (expected the number by itself)")
                          : make_passable(self, state, item);
        }
        return is_good;
    }
    const struct python_object *object = value.kind == PYTHON_OBJECT ? python_object(state, value) : NULL;
    if (object == NULL || !python_is_mutable(object->shape) || !python_name_site(self, object->site))
        return python_refuse(self, state,
                             "%s is kept where another thread may change it: that is not covered yet (expected "
                             "a number, a text that is known, None, True, False or an object)",
                             python_what(self, state, value));
    return true;
}

/* What a lock and the like begins with is known only now. */
static void note_start(struct python *self, const struct python_state *state, struct python_value value)
{
    const struct python_object *object = value.kind == PYTHON_OBJECT ? python_object(state, value) : NULL;
    if (object == NULL || object->identity == 0)
        return;
    self->identities[object->identity].start = object->number;
}

bool python_encode(struct python *self, struct python_state *state, struct python_place *place,
                   struct python_value value, struct operand *operand)
{
    *operand = python_immediate(0);
    if (!make_passable(self, state, value))
        return false;
    note_start(self, state, value);
    python_note_atom(self, state, place, value);
    if (value.kind == PYTHON_DYNAMIC) {
        *operand = python_register(value.number);
        if (place->atom_count == 0)
            return true;
        /* An integer that far below would be taken for something else: adding a large one to it leaves 64 bits. */
        size_t skip = python_skip(self, state, OPCODE_JGTE, python_immediate(atom_top), *operand);
        python_emit(self, state, OPCODE_ADD, python_immediate(INT64_MIN), *operand);
        python_land(self, state, skip);
        return true;
    }
    if (value.kind == PYTHON_INT) {
        *operand = python_immediate(value.number);
        return place->atom_count == 0 || value.number >= atom_top ||
               python_refuse(self, state, "a number this small is not covered where None and the like are kept, too");
    }
    struct python_value atom = atom_of(self, state, value);
    for (size_t a = 0; a < place->atom_count; a++)
        if (python_equal(place->atoms[a], atom))
            *operand = python_immediate(python_atom_code(self, place, a));
    return true;
}

static bool find_object(const struct python_state *state, uint32_t identity, struct python_value *value)
{
    for (uint32_t o = 0; o < state->object_count; o++)
        if (state->objects[o]->identity == identity) {
            *value = (struct python_value){PYTHON_OBJECT, o};
            return true;
        }
    return false;
}

static bool make_tuple(struct python *self, struct python_state *state, struct python_value atom,
                       struct python_value *value)
{
    struct python_value tuple = python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE), NULL, 0), item;
    const char *at = NULL;
    while (python_unpack_atom(self, atom, &at, &item)) {
        if (!python_find_atom(self, state, item, &item))
            return false;
        python_append(self, python_change(self, state, tuple), item);
    }
    *value = tuple;
    return true;
}

/* The value that an atom is to a thread. An object that another thread has made while this one ran has the same identity here, and no
 * values of its own: whatever is in it is found in words. */
bool python_find_atom(struct python *self, struct python_state *state, struct python_value atom,
                      struct python_value *value)
{
    *value = atom;
    if (atom.kind == PYTHON_PACKED)
        return make_tuple(self, state, atom, value);
    if (atom.kind != PYTHON_OBJECT || find_object(state, (uint32_t)atom.number, value))
        return true;
    const struct python_identity *identity = &self->identities[atom.number];
    struct python_value class = identity->class;
    bool is_known = identity->shape == PYTHON_INSTANCE &&
                    (class.kind != PYTHON_OBJECT || find_object(state, (uint32_t)class.number, &class));
    if (!is_known)
        return python_refuse(self, state,
                             "a list, a function or the like that was made after threads had started comes here from "
                             "another thread: that is not covered (expected one that is made before, or an object)");
    *value = python_new_foreign(self, state, (uint32_t)atom.number, class);
    return true;
}

static bool push_value(struct python *self, struct python_state *state, struct python_value value, enum python_push how)
{
    if (how == PYTHON_PUSH_NULL_FIRST && !python_push(self, state, ABSENT))
        return false;
    return python_push(self, state, value) && (how != PYTHON_PUSH_NULL_LAST || python_push(self, state, ABSENT));
}

/* What an atom stands for that was found in a place of this object, by this key. */
static bool push_atom(struct python *self, struct python_state *state, uint32_t identity, struct python_value key,
                      struct python_value atom, enum python_push how)
{
    struct python_value value;
    if (atom.kind == PYTHON_ABSENT && find_object(state, identity, &value))
        return python_push_unset(self, state, value, key, how);
    if (atom.kind == PYTHON_ABSENT)
        return python_refuse(self, state, "this has no value yet");
    return python_find_atom(self, state, atom, &value) && push_value(self, state, value, how);
}

bool python_decode(struct python *self, struct python_state *state, const struct python_place *place, int64_t number,
                   enum python_push how)
{
    size_t count = place->atom_count;
    struct python_value atoms[PYTHON_ARGUMENTS_MAX], key = place->key;
    uint32_t identity = place->identity;
    bool has_integers = place->has_integers;
    if (count > PYTHON_ARGUMENTS_MAX)
        return python_refuse(self, state, "this can hold more than %d different things", PYTHON_ARGUMENTS_MAX);
    if (count > 0)
        memcpy(atoms, place->atoms, count * sizeof *atoms);
    int64_t codes[PYTHON_ARGUMENTS_MAX];
    for (size_t a = 0; a < count; a++)
        codes[a] = python_atom_code(self, place, a);
    for (size_t a = 0; a < count; a++) {
        if (!has_integers && a + 1 == count)
            return push_atom(self, state, identity, key, atoms[a], how);
        struct python_state *other =
            python_split(self, state, OPCODE_JE, python_immediate(codes[a]), python_register(number));
        if (!push_atom(self, other, identity, key, atoms[a], how))
            return false;
    }
    return push_value(self, state, (struct python_value){PYTHON_DYNAMIC, number}, how);
}

bool python_load(struct python *self, struct python_state *state, struct python_place *place, enum python_push how)
{
    int64_t number;
    if (!python_free_register(self, state, &number))
        return false;
    if (self->rules == PYTHON_NO_GIL && !state->is_joined)
        python_switch_point(state);
    state->is_joined = false;
    python_emit_plain(self, state, OPCODE_MOV, python_word(self, place), python_register(number));
    return python_decode(self, state, place, number, how);
}
