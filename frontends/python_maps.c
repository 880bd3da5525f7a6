/* Dictionaries to which threads add keys, and from which they take some, while others use them: each key that is known is a place, which has no
 * value where the key is not there. Which keys there are as a whole, and in which order, is not known then. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

bool python_is_open_map(struct python *self, struct python_state *state, struct python_value map,
                        struct python_value key)
{
    return python_is(state, map, PYTHON_DICT) && (key.kind == PYTHON_INT || key.kind == PYTHON_STRING) &&
           python_find_place(self, state, map, NONE) != NULL;
}

void python_note_keys(struct python *self, struct python_state *state, struct python_value map, struct python_value key)
{
    struct python_place *keys = python_find_place(self, state, map, NONE);
    size_t count = self->place_count;
    if (keys == NULL)
        return;
    python_note_access(self, state, keys, true);
    python_find_place(self, state, map, key);
    self->again |= self->place_count != count; /* who counts the keys may have done so already */
}

/* What ABSENT is in the word of a place; false where it cannot be there. */
static bool find_absent(struct python *self, const struct python_place *place, struct operand *code)
{
    for (size_t a = 0; a < place->atom_count; a++)
        if (place->atoms[a].kind == PYTHON_ABSENT) {
            *code = python_immediate(python_atom_code(self, place, a));
            return true;
        }
    return false;
}

/* Loads a place into a register, without a look at what is there. */
static bool load_raw(struct python *self, struct python_state *state, struct python_place *place, int64_t *number)
{
    if (!python_free_register(self, state, number))
        return false;
    if (self->rules == PYTHON_NO_GIL)
        python_switch_point(state);
    python_emit_plain(self, state, OPCODE_MOV, python_word(self, place), python_register(*number));
    return true;
}

bool python_has_key(struct python *self, struct python_state *state, struct python_value map, struct python_value key,
                    bool negates)
{
    struct python_place *place;
    struct python_value value;
    struct operand absent;
    int64_t number;
    if (!python_get(self, state, map, key, &value, &place))
        return false;
    if (place == NULL || !find_absent(self, place, &absent))
        return python_push(self, state, BOOL((place != NULL || value.kind != PYTHON_ABSENT) != negates));
    if (!load_raw(self, state, place, &number))
        return false;
    struct python_state *other = python_split(self, state, OPCODE_JE, absent, python_register(number));
    return python_push(self, other, BOOL(negates)) && python_push(self, state, BOOL(!negates));
}

bool python_get_key(struct python *self, struct python_state *state, struct python_value map, struct python_value key,
                    struct python_value otherwise)
{
    struct python_place *place;
    struct python_value value;
    struct operand absent;
    int64_t number;
    if (!python_get(self, state, map, key, &value, &place))
        return false;
    if (place == NULL)
        return python_push(self, state, value.kind == PYTHON_ABSENT ? otherwise : value);
    if (!load_raw(self, state, place, &number))
        return false;
    if (find_absent(self, place, &absent) &&
        !python_push(self, python_split(self, state, OPCODE_JE, absent, python_register(number)), otherwise))
        return false;
    return python_decode(self, state, place, number, PYTHON_PUSH);
}

bool python_throw_no_key(struct python *self, struct python_state *state, struct python_value key)
{
    return python_raise(self, state, python_new_exception(self, state, BUILTIN(PYTHON_BUILTIN_KEY_ERROR), &key, 1));
}

/* del map[key]: one step, that of a key which is not there raises. */
bool python_delete_key(struct python *self, struct python_state *state, struct python_value map,
                       struct python_value key)
{
    struct python_place *place;
    struct python_value value;
    struct operand absent;
    int64_t number;
    python_note_keys(self, state, map, key);
    if (!python_get(self, state, map, key, &value, &place))
        return false;
    if (place == NULL) {
        int64_t item = python_find_key(python_object(state, map), key);
        if (item < 0)
            return python_throw_no_key(self, state, key);
        struct python_object *object = python_change(self, state, map);
        memmove(object->items + item - 1, object->items + item + 1,
                (object->count - (size_t)item - 1) * sizeof *object->items);
        object->count -= 2;
        place = python_find_place(self, state, map, key);
        python_note_access(self, state, place, true);
        return true;
    }
    python_note_access(self, state, place, true);
    if (!python_encode(self, state, place, ABSENT, &absent) || !load_raw(self, state, place, &number))
        return false;
    struct python_state *missing = python_split(self, state, OPCODE_JE, absent, python_register(number));
    if (!python_throw_no_key(self, missing, key))
        return false;
    python_emit_plain(self, state, OPCODE_MOV, absent, python_word(self, place));
    return true;
}

/* How many keys there are. */
bool python_count_keys(struct python *self, struct python_state *state, struct python_value map)
{
    struct python_place *keys = python_find_place(self, state, map, NONE);
    uint32_t identity = python_object(state, map)->identity;
    struct operand absent;
    int64_t number;
    if (self->rules == PYTHON_NO_GIL)
        return python_refuse(self, state,
                             "len() of a dictionary that threads add to, without the lock, is not covered");
    python_note_access(self, state, keys, false);
    if (!python_free_register(self, state, &number))
        return false;
    python_emit(self, state, OPCODE_MOV, python_immediate(0), python_register(number));
    for (size_t p = 0; p < self->place_count; p++) {
        struct python_place *place = &self->places[p];
        struct python_value key = place->key, value;
        if (place->identity != identity || key.kind == PYTHON_NONE)
            continue;
        if (!python_get(self, state, map, key, &value, &place))
            return false;
        bool can_lack = place != NULL && find_absent(self, place, &absent);
        if (place == NULL && value.kind == PYTHON_ABSENT)
            continue;
        size_t skip = can_lack ? python_skip(self, state, OPCODE_JE, absent, python_word(self, place)) : 0;
        python_emit(self, state, OPCODE_ADD, python_immediate(1), python_register(number));
        if (can_lack)
            python_land(self, state, skip);
    }
    return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
}
