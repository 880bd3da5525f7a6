/* multiprocessing.Value: a number that processes share, with a lock of its own that they hold while they read or write it. */
#include "frontends/python_services.h"

#include <string.h>

static const struct operand nothing = {.kind = OPERAND_NONE};

static const char value_of_object[] = "value", lock_of_object[] = " lock", type_of_object[] = " type";

/* How many bits a number of a type has, and whether it has a sign, on machines with long of 64 bits. */
static const struct number_type {
    const char *code, *name;
    uint8_t bits;
    bool is_unsigned;
} number_types[] = {{"b", "c_byte", 8, false},   {"B", "c_ubyte", 8, true}, {"h", "c_short", 16, false},
                    {"H", "c_ushort", 16, true}, {"i", "c_int", 32, false}, {"I", "c_uint", 32, true},
                    {"l", "c_long", 64, false},  {"q", "c_long", 64, false}};

enum { NUMBER_TYPES = sizeof number_types / sizeof *number_types };

/* What C leaves of a number. */
static int64_t cut(const struct number_type *type, int64_t number)
{
    if (type->bits == 64)
        return number;
    int64_t above = INT64_C(1) << type->bits, rest = number & (above - 1);
    return !type->is_unsigned && rest >= above / 2 ? rest - above : rest;
}

static struct python_value item_of(struct python *self, const struct python_state *state, struct python_value object,
                                   const char *name)
{
    int64_t item = python_find_key(python_object(state, object), python_string(self, name));
    return item >= 0 ? python_object(state, object)->items[item] : NONE;
}

static const struct number_type *type_of(struct python *self, const struct python_state *state,
                                         struct python_value object)
{
    return &number_types[item_of(self, state, object, type_of_object).number];
}

bool python_make_shared_value(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value code = python_argument(self, arguments, 0, ""), first = INTEGER(0),
                        lock = python_argument(self, arguments, PYTHON_ARGUMENTS_MAX, "lock");
    size_t type = 0;
    if (arguments->positional > 1)
        first = arguments->items[1];
    while (type < NUMBER_TYPES &&
           (code.kind != PYTHON_STRING || strcmp(number_types[type].code, python_text_of(self, code)) != 0))
        type++;
    bool is_covered = type < NUMBER_TYPES && arguments->positional <= 2 && first.kind == PYTHON_INT &&
                      (lock.kind == PYTHON_ABSENT || lock.kind == PYTHON_BOOL);
    if (!is_covered)
        return python_refuse(
                   self, state,
                   "Value() with such arguments is not covered (expected Value('i', 0), a known integer of type b, "
                   "B, h, H, i, I, l or q, and lock=False at most)") &&
               python_push_none(self, state);
    struct python_value object =
        python_new(self, state, PYTHON_INSTANCE, BUILTIN(PYTHON_BUILTIN_SHARED_VALUE), NULL, 0);
    first.number = cut(&number_types[type], first.number);
    struct python_value items[4] = {python_string(self, value_of_object), first, python_string(self, type_of_object),
                                    INTEGER((int64_t)type)};
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        python_append(self, python_change(self, state, object), items[i]);
    if (lock.kind == PYTHON_BOOL && lock.number == 0)
        return python_push(self, state, object);
    lock = python_new(self, state, PYTHON_INSTANCE, BUILTIN(PYTHON_BUILTIN_RLOCK), NULL, 0);
    python_mark_of_processes(self, state, lock);
    python_append(self, python_change(self, state, object), python_string(self, lock_of_object));
    python_append(self, python_change(self, state, object), lock);
    return python_push(self, state, object);
}

/* Takes the object's lock for one access, where it has one that this thread does not hold; and gives it back. */
static struct operand begin_access(struct python *self, struct python_state *state, struct python_value object)
{
    struct python_value lock = item_of(self, state, object, lock_of_object);
    struct operand mutex = nothing;
    python_run_library(self, state);
    if (lock.kind != PYTHON_NONE && python_find_held(state, python_identity_of(state, lock)) < 0) {
        mutex = python_lock_operand(self, state, lock);
        python_emit(self, state, OPCODE_LOCK, mutex, nothing);
    }
    return mutex;
}

static void end_access(struct python *self, struct python_state *state, struct operand mutex)
{
    if (mutex.kind != OPERAND_NONE)
        python_emit(self, state, OPCODE_UNLOCK, mutex, nothing);
    python_run_library(self, state);
}

bool python_is_shared_value(const struct python *self, const struct python_state *state, struct python_value object,
                            struct python_value name)
{
    return python_type(self, state, object) == PYTHON_BUILTIN_SHARED_VALUE &&
           strcmp(python_text_of(self, name), value_of_object) == 0;
}

bool python_load_shared_value(struct python *self, struct python_state *state, struct python_value object)
{
    struct python_value value;
    struct python_place *place;
    struct python_value name = python_string(self, value_of_object);
    struct operand mutex = state->is_started ? begin_access(self, state, object) : nothing;
    if (!python_get(self, state, object, name, &value, &place) ||
        (place != NULL ? !python_load(self, state, place, PYTHON_PUSH) : !python_push(self, state, value)))
        return false;
    if (state->is_started)
        end_access(self, state, mutex);
    return true;
}

/* What does not fit is cut off, as C does it. */
bool python_store_shared_value(struct python *self, struct python_state *state, struct python_value object,
                               struct python_value value)
{
    const struct number_type *type = type_of(self, state, object);
    struct python_thread *thread = &self->threads[state->thread];
    if (!python_is_integer(value))
        return python_refuse(self, state, "the value of a Value becomes %s (expected an integer)",
                             python_what(self, state, value));
    if (value.kind != PYTHON_DYNAMIC)
        value = INTEGER(cut(type, value.number));
    struct operand mutex = state->is_started ? begin_access(self, state, object) : nothing;
    size_t before = thread->count;
    if (!python_set(self, state, object, python_string(self, value_of_object), value))
        return false;
    thread = &self->threads[state->thread];
    if (type->bits < 64 && value.kind == PYTHON_DYNAMIC)
        for (size_t i = before; i < thread->count; i++)
            if (thread->instructions[i].operands[1].kind == OPERAND_WORD) {
                thread->instructions[i].wrap = type->bits;
                thread->instructions[i].wraps_unsigned = type->is_unsigned;
            }
    if (state->is_started)
        end_access(self, state, mutex);
    return true;
}

static bool throw_no_lock(struct python *self, struct python_state *state, struct python_value object,
                          enum python_builtin method)
{
    return python_throw_words(self, state, PYTHON_BUILTIN_ATTRIBUTE_ERROR, "'%s' object has no attribute '%s'",
                              type_of(self, state, object)->name, python_builtins[method].name);
}

bool python_call_shared_value(struct python *self, struct python_state *state, enum python_builtin method,
                              const struct python_arguments *arguments)
{
    struct python_value object = arguments->items[0], lock = item_of(self, state, object, lock_of_object);
    if (lock.kind == PYTHON_NONE)
        return throw_no_lock(self, state, object, method);
    if (method == PYTHON_BUILTIN_SHARED_VALUE_LOCK)
        return python_push(self, state, lock);
    return method == PYTHON_BUILTIN_SHARED_VALUE_ENTER ? python_acquire(self, state, lock, true)
                                                       : python_release(self, state, lock);
}
