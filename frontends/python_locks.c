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

/* A BoundedSemaphore has its bound as an item; nobody changes it. -1: there is none. */
static const char bound_of_semaphore[] = " bound";

static int64_t bound_of(struct python *self, const struct python_state *state, struct python_value lock)
{
    const struct python_object *object = python_object(state, lock);
    int64_t item = python_find_key(object, python_string(self, bound_of_semaphore));
    return item >= 0 ? object->items[item].number : -1;
}

/* How many of the bound's permits are taken. */
static struct operand taken_word(struct python *self, struct python_state *state, struct python_value lock)
{
    return python_counter(self, state, lock, "[taken]",
                          bound_of(self, state, lock) - python_object(state, lock)->number);
}

bool python_make_bounded(struct python *self, struct python_state *state, struct python_value semaphore)
{
    struct python_object *object = python_change(self, state, semaphore);
    python_append(self, object, python_string(self, bound_of_semaphore));
    python_append(self, object, INTEGER(object->number));
    return true;
}

/* Before threads start a lock has a state that is known; but of an RLock it also matters who holds it. */
static bool is_known(const struct python *self, const struct python_state *state, struct python_value lock)
{
    return !state->is_started && python_type(self, state, lock) != PYTHON_BUILTIN_RLOCK;
}

static bool acquire_known(struct python *self, struct python_state *state, struct python_value lock, bool waits)
{
    enum python_builtin type = python_type(self, state, lock);
    struct python_object *object = python_change(self, state, lock);
    bool is_free = type == PYTHON_BUILTIN_SEMAPHORE ? object->number > 0 : object->number == 0;
    if (!is_free && waits)
        return python_refuse(
            self, state,
            "waits for ever: no thread has been started that could release it (expected release() or start() before)");
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
    if (bound_of(self, state, lock) >= 0)
        python_emit(self, state, OPCODE_ADD, python_register(number), taken_word(self, state, lock));
    struct python_state *other = python_split(self, state, OPCODE_JE, python_immediate(0), python_register(number));
    return python_push(self, other, BOOL(false)) && (permits || hold(self, state, python_identity_of(state, lock))) &&
           python_push(self, state, BOOL(true));
}

bool python_acquire(struct python *self, struct python_state *state, struct python_value lock, bool waits)
{
    if (is_known(self, state, lock))
        return acquire_known(self, state, lock, waits);
    enum python_builtin type = python_type(self, state, lock);
    if (type == PYTHON_BUILTIN_SEMAPHORE)
        python_run_library(self, state);
    else if (self->rules == PYTHON_GIL27 || python_is_of_processes(self, state, lock))
        python_release_gil(self, state); /* nothing keeps processes apart */
    if (!waits)
        return try_lock(self, state, lock);
    struct operand operand = python_lock_operand(self, state, lock);
    bool permits = python_counts_permits(self, state, lock);
    python_access_shared(self, state);
    python_emit(self, state, permits ? OPCODE_WAIT : OPCODE_LOCK, operand, nothing);
    if (bound_of(self, state, lock) >= 0)
        python_emit(self, state, OPCODE_ADD, python_immediate(1), taken_word(self, state, lock));
    return (permits || hold(self, state, python_identity_of(state, lock))) && python_push(self, state, BOOL(true));
}

static bool release_known(struct python *self, struct python_state *state, struct python_value lock)
{
    enum python_builtin type = python_type(self, state, lock);
    struct python_object *object = python_change(self, state, lock);
    int64_t bound = bound_of(self, state, lock);
    if (bound >= 0 && object->number >= bound)
        return python_throw(self, state, PYTHON_BUILTIN_VALUE_ERROR, "Semaphore released too many times");
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
    if (bound_of(self, state, lock) >= 0) {
        struct operand taken = taken_word(self, state, lock);
        if (!python_free_register(self, state, &number))
            return false;
        python_emit(self, state, OPCODE_MOV, taken, python_register(number));
        if (!python_throw_where(self, state, OPCODE_JLTE, python_immediate(0), python_register(number),
                                PYTHON_BUILTIN_VALUE_ERROR, "Semaphore released too many times"))
            return false;
        python_emit(self, state, OPCODE_SUB, python_immediate(1), taken);
    }
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
    if (is_known(self, state, lock))
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
    if (python_is_of_processes(self, state, lock))
        python_release_gil(self, state);
    struct operand operand = python_lock_operand(self, state, lock);
    python_access_shared(self, state);
    python_emit(self, state, OPCODE_UNLOCK, operand, nothing);
    return python_push_none(self, state);
}

bool python_call_acquire(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value blocking = python_argument(self, arguments, 1, "blocking");
    struct python_value limit = python_argument(self, arguments, 2, "timeout");
    bool is_limited;
    if (!python_read_limit(self, state, limit, &is_limited))
        return false;
    int truth = blocking.kind == PYTHON_ABSENT ? 1 : python_truth(self, state, blocking);
    if (truth < 0)
        return python_refuse(self, state,
                             "whether acquire() waits is not known here (expected blocking=True or False)");
    if (is_limited && truth == 0)
        return python_throw(self, state, PYTHON_BUILTIN_VALUE_ERROR, "can't specify a timeout for a non-blocking call");
    /* Whenever the limit is over, the lock can be taken then or not. */
    if (is_limited && state->is_started)
        python_release_gil(self, state);
    return python_acquire(self, state, arguments->items[0], truth != 0 && !is_limited);
}

bool python_call_release(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value count = python_argument(self, arguments, 1, "n"), ignored;
    if (count.kind == PYTHON_ABSENT)
        return python_release(self, state, arguments->items[0]);
    if (count.kind != PYTHON_INT || count.number < 1 || count.number > PYTHON_PERMITS_MAX ||
        bound_of(self, state, arguments->items[0]) >= 0)
        return python_refuse(
            self, state,
            "release() of so many permits, or of a BoundedSemaphore, is not covered (expected release() once for each)");
    if (is_known(self, state, arguments->items[0])) {
        python_change(self, state, arguments->items[0])->number += count.number;
        return python_push_none(self, state);
    }
    if (!python_release(self, state, arguments->items[0]))
        return false;
    for (int64_t n = 1; n < count.number; n++)
        if (!python_pop(self, state, &ignored) || !give_permit(self, state, arguments->items[0]))
            return false;
    return true;
}
