/* Lock, RLock and Semaphore. */
#include "frontends/python_services.h"

#include <string.h>

static const struct operand nothing = {.kind = OPERAND_NONE};

bool python_is_lock(const struct python *self, const struct python_state *state, struct python_value value)
{
    enum python_builtin type = python_type(self, state, value);
    return type == PYTHON_BUILTIN_LOCK || type == PYTHON_BUILTIN_RLOCK || type == PYTHON_BUILTIN_SEMAPHORE;
}

int64_t python_find_held(const struct python_state *state, uint32_t identity)
{
    for (uint32_t h = state->held_count; h-- > 0;)
        if (state->held[h] == identity)
            return h;
    return -1;
}

static bool hold(struct python *self, struct python_state *state, uint32_t identity)
{
    if (state->held_count == PYTHON_HELD_MAX)
        return python_refuse(self, state, "a thread holds more than %d locks", PYTHON_HELD_MAX);
    state->held[state->held_count++] = identity;
    return true;
}

static void let_go(struct python_state *state, int64_t held)
{
    memmove(state->held + held, state->held + held + 1, (size_t)(state->held_count - held - 1) * sizeof *state->held);
    state->held_count--;
}

/* Before threads start a lock has a state that is known. */
static bool acquire_known(struct python *self, struct python_state *state, struct python_value lock, bool waits)
{
    enum python_builtin type = python_type(self, state, lock);
    struct python_object *object = python_change(self, state, lock);
    bool is_free = type == PYTHON_BUILTIN_SEMAPHORE ? object->number > 0 : object->number == 0;
    if (type == PYTHON_BUILTIN_RLOCK)
        return python_refuse(self, state, "an RLock that is taken before threads start is not covered yet");
    if (!is_free && waits)
        return python_refuse(self, state, "waits for ever: no thread has been started that could release it");
    if (is_free)
        object->number += type == PYTHON_BUILTIN_SEMAPHORE ? -1 : 1;
    return python_push(self, state, BOOL(is_free));
}

bool python_counts_permits(const struct python *self, const struct python_state *state, struct python_value lock)
{
    return python_type(self, state, lock) == PYTHON_BUILTIN_SEMAPHORE ||
           self->identities[python_identity_of(state, lock)].is_semaphore;
}

/* The program's object: a mutex, or where it counts permits or others release it a semaphore. */
struct operand python_lock_operand(struct python *self, struct python_state *state, struct python_value lock)
{
    const struct python_object *object = python_object(state, lock);
    struct python_identity *identity = &self->identities[object->identity];
    identity->type = python_type(self, state, lock);
    if (identity->type == PYTHON_BUILTIN_LOCK && object->number != 0 && !identity->is_semaphore)
        identity->is_semaphore = self->again = true;
    bool permits = python_counts_permits(self, state, lock);
    int64_t number = identity->type == PYTHON_BUILTIN_SEMAPHORE ? object->number : 1 - object->number;
    return python_synchroniser(self, object->identity, permits ? OBJECT_SEMAPHORE : OBJECT_MUTEX, permits ? number : 0);
}

static bool try_lock(struct python *self, struct python_state *state, struct python_value lock)
{
    int64_t number;
    struct operand operand = python_lock_operand(self, state, lock);
    bool permits = python_counts_permits(self, state, lock);
    if (!python_free_register(self, state, &number))
        return false;
    python_access_shared(self, state);
    python_emit(self, state, permits ? OPCODE_TRYWAIT : OPCODE_TRYLOCK, operand, python_register(number));
    struct python_state *other = python_split(self, state, OPCODE_JE, python_immediate(0), python_register(number));
    return python_push(self, other, BOOL(false)) && (permits || hold(self, state, python_identity_of(state, lock))) &&
           python_push(self, state, BOOL(true));
}

bool python_acquire(struct python *self, struct python_state *state, struct python_value lock, bool waits)
{
    if (!state->is_started)
        return acquire_known(self, state, lock, waits);
    enum python_builtin type = python_type(self, state, lock);
    if (type == PYTHON_BUILTIN_SEMAPHORE)
        python_run_library(self, state);
    else if (self->rules == PYTHON_GIL27)
        python_release_gil(self, state);
    if (!waits && type == PYTHON_BUILTIN_RLOCK)
        return python_refuse(self, state, "acquire(False) of an RLock is not covered yet");
    if (!waits)
        return try_lock(self, state, lock);
    struct operand operand = python_lock_operand(self, state, lock);
    bool permits = python_counts_permits(self, state, lock);
    python_access_shared(self, state);
    python_emit(self, state, permits ? OPCODE_WAIT : OPCODE_LOCK, operand, nothing);
    return (permits || hold(self, state, python_identity_of(state, lock))) && python_push(self, state, BOOL(true));
}

static bool release_known(struct python *self, struct python_state *state, struct python_value lock)
{
    enum python_builtin type = python_type(self, state, lock);
    struct python_object *object = python_change(self, state, lock);
    if (type != PYTHON_BUILTIN_SEMAPHORE && object->number == 0)
        return python_throw(self, state, PYTHON_BUILTIN_RUNTIME_ERROR, "release unlocked lock");
    object->number += type == PYTHON_BUILTIN_SEMAPHORE ? 1 : -1;
    return python_push_none(self, state);
}

/* To release a lock that is free is an error: then its permit could be taken. Whether it could or not, there is one afterwards. */
static bool give_permit(struct python *self, struct python_state *state, struct python_value lock)
{
    int64_t number = 0;
    struct operand operand = python_lock_operand(self, state, lock);
    bool is_lock = python_type(self, state, lock) == PYTHON_BUILTIN_LOCK;
    if (is_lock && !python_free_register(self, state, &number))
        return false;
    python_access_shared(self, state);
    if (is_lock)
        python_emit(self, state, OPCODE_TRYWAIT, operand, python_register(number));
    python_emit(self, state, OPCODE_POST, operand, nothing);
    if (is_lock && !python_throw_where(self, state, OPCODE_JNE, python_immediate(0), python_register(number),
                                       PYTHON_BUILTIN_RUNTIME_ERROR, "release unlocked lock"))
        return false;
    return python_push_none(self, state);
}

bool python_release(struct python *self, struct python_state *state, struct python_value lock)
{
    if (!state->is_started)
        return release_known(self, state, lock);
    enum python_builtin type = python_type(self, state, lock);
    uint32_t identity = python_identity_of(state, lock);
    if (type == PYTHON_BUILTIN_SEMAPHORE)
        python_run_library(self, state);
    int64_t held = python_find_held(state, identity);
    if (python_counts_permits(self, state, lock))
        return give_permit(self, state, lock);
    if (held < 0 && type == PYTHON_BUILTIN_RLOCK)
        return python_throw(self, state, PYTHON_BUILTIN_RUNTIME_ERROR, "cannot release un-acquired lock");
    if (held < 0) {
        self->identities[identity].is_semaphore = self->again = true;
        return python_push_none(self, state);
    }
    let_go(state, held);
    struct operand operand = python_lock_operand(self, state, lock);
    python_access_shared(self, state);
    python_emit(self, state, OPCODE_UNLOCK, operand, nothing);
    return python_push_none(self, state);
}

bool python_call_acquire(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value blocking = python_argument(self, arguments, 1, "blocking");
    struct python_value timeout = python_argument(self, arguments, 2, "timeout");
    if (python_is_given(timeout) && !(timeout.kind == PYTHON_INT && timeout.number == -1))
        return python_refuse(self, state, "acquire() with a timeout is not covered yet");
    int truth = blocking.kind == PYTHON_ABSENT ? 1 : python_truth(self, state, blocking);
    if (truth < 0)
        return python_refuse(self, state, "whether acquire() waits is not known here");
    return python_acquire(self, state, arguments->items[0], truth != 0);
}
