/* What threads synchronise by: each lives at an address. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

enum { MUTEX_SIZE = 40, CONDITION_SIZE = 48, RWLOCK_SIZE = 56, BARRIER_SIZE = 32, SEMAPHORE_SIZE = 32, SPIN_SIZE = 4 };
enum { MUTEX_OWNER = 8, MUTEX_KIND = 16, KIND_RECURSIVE = 1, KIND_ERROR_CHECK = 2 };
enum {
    NOT_PERMITTED = 1,
    BUSY = 16,
    THREAD_BUSY = 1,
    DEADLOCK = 35,
    TIMED_OUT = 110,
    THREAD_TIMED_OUT = 4,
    SERIAL_THREAD = -1
};

struct operand x86_object_at(struct x86 *self, enum object_kind kind, int64_t address, int64_t number,
                             bool is_recursive)
{
    static const uint8_t sizes[OBJECT_KIND_COUNT] = {
        [OBJECT_MUTEX] = MUTEX_SIZE,     [OBJECT_CONDITION] = CONDITION_SIZE, [OBJECT_RWLOCK] = RWLOCK_SIZE,
        [OBJECT_BARRIER] = BARRIER_SIZE, [OBJECT_SEMAPHORE] = SEMAPHORE_SIZE,
    };
    size_t found = 0;
    while (found < self->object_count && (self->objects[found].address != address || self->objects[found].kind != kind))
        found++;
    if (found == self->object_count) {
        char *name =
            kind == OBJECT_EVENT ? memory_copy_string("what is assumed") : x86_place_name(self, address, sizes[kind]);
        struct object_list *list = &self->program->objects[kind];
        list->items = memory_resize(list->items, list->count + 1, sizeof *list->items);
        list->items[list->count] = (struct object){.name = name, .number = number, .is_recursive = is_recursive};
        self->objects = memory_grow(self->objects, self->object_count, &self->object_capacity, sizeof *self->objects);
        self->objects[self->object_count++] =
            (struct x86_object){.address = address, .kind = kind, .number = (int64_t)list->count++};
    }
    return (struct operand){.kind = (enum operand_kind)(OPERAND_MUTEX + (int)kind),
                            .value = self->objects[found].number};
}

/* The address that an argument is, of so many bytes. */
static bool object_address(struct x86 *self, struct x86_state *state, unsigned argument, int64_t size, int64_t *address)
{
    struct x86_value value;
    int64_t first, end;
    if (!x86_argument(self, state, argument, 8, &value) || !x86_pointer(self, state, value, 8, address))
        return false;
    if (x86_object_bounds(self, *address, &first, &end) && *address + size <= end)
        return true;
    x86_emit_failure(self, state, "what threads are to synchronise by lies %s",
                     x86_object_bounds(self, *address, &first, &end) ? "partly outside a variable"
                                                                     : "outside all variables");
    return false;
}

static bool succeed(struct x86_state *state)
{
    x86_give(state, X86_NUMBER(0));
    return true;
}

/* Of what is tried 1 means success; the functions return 0 then, and something else otherwise. */
static bool give_tried(struct x86 *self, struct x86_state *state, int64_t number, int64_t otherwise)
{
    int64_t other;
    if (!x86_free_register(self, state, &other))
        return false;
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_register(number), x86_register(other));
    x86_emit(self, state, X86_OWN, OPCODE_XOR, x86_immediate(1), x86_register(other));
    x86_emit(self, state, X86_OWN, OPCODE_MUL, x86_immediate(otherwise), x86_register(other));
    x86_give(state, x86_low(x86_in_register(other, X86_SIGNED(1)), 4));
    state->registers[GAS_RAX] = x86_in_register(other, X86_SIGNED(1));
    return true;
}

/* ---- What objects know besides ----------------------------------------------------------------------------------- */

/* A word in four bytes of an object, which the library keeps for itself. */
static bool hidden_word(struct x86 *self, int64_t address, struct operand *word)
{
    struct x86_place place;
    if (!x86_find_place(self, address, 4, &place))
        return x86_share(self, address, 4) && false;
    *word = x86_word(self, &place);
    x86_open_values(self, &place);
    return !self->error->set;
}

/* It is read and written in memory itself, and all that a call does is one step. */
static void load_hidden(struct x86 *self, struct x86_state *state, struct operand word, int64_t number)
{
    x86_emit(self, state, X86_ACCESS, OPCODE_MOV, word, x86_register(number))->is_locked = true;
    state->is_joined = true;
}

static void store_hidden(struct x86 *self, struct x86_state *state, struct operand value, struct operand word)
{
    state->is_joined = true;
    x86_emit(self, state, X86_ACCESS, OPCODE_MOV, value, word)->is_locked = true;
}

/* What is returned where something cannot be had at once, or in time: then is when the others have it. */
static int64_t failure_of(int64_t function)
{
    return function == X86_TRY_TYPED         ? THREAD_BUSY
           : function == X86_TRY_TIMED_TYPED ? THREAD_TIMED_OUT
           : function == X86_TRY_TIMED       ? TIMED_OUT
                                             : BUSY;
}

/* ---- Mutexes ----------------------------------------------------------------------------------------------------- */

bool x86_attribute(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    struct x86_value type = X86_NUMBER(0);
    int64_t address;
    if (!object_address(self, state, 0, 4, &address) ||
        (call->number == X86_SET_TYPE && !x86_argument(self, state, 1, 4, &type)) ||
        !x86_store(self, state, address, 4, type))
        return false;
    return succeed(state);
}

static bool is_spin(const struct x86_call *call)
{
    return strncmp(call->name, "pthread_spin", 12) == 0;
}

/* Which sort of mutex it is: as it was declared, or by what it was initialised with. */
static bool mutex_kind(struct x86 *self, struct x86_state *state, const struct x86_call *call, int64_t address,
                       int64_t *kind)
{
    struct x86_value attribute = X86_NUMBER(0), value = X86_NUMBER(0);
    if (call->number == X86_INIT_TYPED) {
        if (!x86_known_argument(self, state, 1, 4, "the type of a mutex", kind))
            return false;
        *kind &= 1; /* mtx_recursive */
        return x86_private_store(self, state, address + MUTEX_KIND, 4, X86_NUMBER(*kind));
    }
    if (call->number != X86_INIT) {
        if (is_spin(call))
            *kind = 0;
        else if (!x86_private_load(self, state, address + MUTEX_KIND, 4, &value))
            return false;
        *kind = value.kind == X86_KNOWN ? value.number & 3 : 0;
        return true;
    }
    if (!x86_argument(self, state, 1, 8, &attribute))
        return false;
    if (attribute.kind == X86_KNOWN && attribute.number != 0 && !x86_load(self, state, attribute.number, 4, &value))
        return false;
    *kind = value.kind == X86_KNOWN ? value.number & 3 : 0;
    return x86_private_store(self, state, address + MUTEX_KIND, 4, X86_NUMBER(*kind));
}

/* A mutex that checks errors knows its owner: 1 + the thread, in a part of the mutex. It is taken where that is nobody else, in the same
 * step; what it returns is given. */
static bool lock_checked(struct x86 *self, struct x86_state *state, struct operand mutex, struct operand owner)
{
    int64_t result;
    if (!x86_free_register(self, state, &result))
        return false;
    load_hidden(self, state, owner, result);
    uint32_t is_deadlock = x86_skip(self, state, OPCODE_JE, x86_immediate(state->thread + 1), x86_register(result));
    x86_emit(self, state, X86_ACCESS, OPCODE_LOCK, mutex, x86_none);
    store_hidden(self, state, x86_immediate(state->thread + 1), owner);
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_immediate(0), x86_register(result));
    uint32_t end = x86_new_label(self, state);
    x86_emit(self, state, X86_OWN, OPCODE_J, x86_target(end), x86_none);
    x86_land(self, state, is_deadlock);
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_immediate(DEADLOCK), x86_register(result));
    x86_land(self, state, end);
    x86_give(state, x86_in_register(result, X86_SIGNED(1)));
    return true;
}

static bool unlock_checked(struct x86 *self, struct x86_state *state, struct operand mutex, struct operand owner)
{
    int64_t result;
    if (!x86_free_register(self, state, &result))
        return false;
    load_hidden(self, state, owner, result);
    uint32_t is_own = x86_skip(self, state, OPCODE_JE, x86_immediate(state->thread + 1), x86_register(result));
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_immediate(NOT_PERMITTED), x86_register(result));
    uint32_t end = x86_new_label(self, state);
    x86_emit(self, state, X86_OWN, OPCODE_J, x86_target(end), x86_none);
    x86_land(self, state, is_own);
    store_hidden(self, state, x86_immediate(0), owner);
    x86_emit(self, state, X86_ACCESS, OPCODE_UNLOCK, mutex, x86_none);
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_immediate(0), x86_register(result));
    x86_land(self, state, end);
    x86_give(state, x86_in_register(result, X86_SIGNED(1)));
    return true;
}

static bool execute_checked(struct x86 *self, struct x86_state *state, const struct x86_call *call, int64_t address,
                            struct operand mutex)
{
    struct operand owner;
    int64_t number;
    if (call->number == X86_INIT || call->number == X86_INIT_TYPED)
        return succeed(state);
    if (!hidden_word(self, address + MUTEX_OWNER, &owner))
        return false;
    if (call->number == X86_LOCK)
        return lock_checked(self, state, mutex, owner);
    if (call->number == X86_UNLOCK)
        return unlock_checked(self, state, mutex, owner);
    if (!x86_free_register(self, state, &number))
        return false;
    x86_emit(self, state, X86_ACCESS, OPCODE_TRYLOCK, mutex, x86_register(number));
    uint32_t fails = x86_skip(self, state, OPCODE_JE, x86_immediate(0), x86_register(number));
    store_hidden(self, state, x86_immediate(state->thread + 1), owner);
    x86_land(self, state, fails);
    return give_tried(self, state, number, failure_of(call->number));
}

bool x86_mutex(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t address, kind, number;
    if (!object_address(self, state, 0, is_spin(call) ? SPIN_SIZE : MUTEX_SIZE, &address))
        return false;
    if (call->number == X86_DESTROY)
        return succeed(state);
    if (!mutex_kind(self, state, call, address, &kind))
        return false;
    struct operand mutex = x86_object_at(self, OBJECT_MUTEX, address, 0, kind == KIND_RECURSIVE);
    if (kind == KIND_ERROR_CHECK)
        return execute_checked(self, state, call, address, mutex);
    switch (call->number) {
    case X86_LOCK:
        x86_emit(self, state, X86_ACCESS, OPCODE_LOCK, mutex, x86_none);
        break;
    case X86_UNLOCK:
        x86_emit(self, state, X86_ACCESS, OPCODE_UNLOCK, mutex, x86_none);
        break;
    case X86_TRY:
    case X86_TRY_TYPED:
    case X86_TRY_TIMED:
    case X86_TRY_TIMED_TYPED:
        if (!x86_free_register(self, state, &number))
            return false;
        x86_emit(self, state, X86_ACCESS, OPCODE_TRYLOCK, mutex, x86_register(number));
        return give_tried(self, state, number, failure_of(call->number));
    default:
        break;
    }
    return succeed(state);
}

/* ---- Others ------------------------------------------------------------------------------------------------------ */

/* In the standard library of C++ a wait tells by the clock whether its time is over. So behind one that a thread has given up the clock is late,
 * once; otherwise it stands at 0. */
static int64_t clock_address(const struct x86_state *state)
{
    return X86_LIMITS_FIRST + 8 * PROGRAM_THREADS_MAX + 8 * (int64_t)state->thread;
}

bool x86_clock(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    static const char header[] = "/condition_variable";
    const char *path = self->now->gas->header > 0 ? self->unit.headers[self->now->gas->header - 1].path : "";
    struct x86_value value = X86_NOTHING;
    size_t length = strlen(path), end = sizeof header - 1;
    int64_t number;
    (void)call;
    if (length < end || strcmp(path + length - end, header) != 0)
        return x86_refuse(self, "what time it is is not known (expected a clock in a wait for some time alone)");
    if (!x86_private_load(self, state, clock_address(state), 8, &value) ||
        !x86_private_store(self, state, clock_address(state), 8, X86_NUMBER(0)))
        return false;
    if (value.kind != X86_DYNAMIC) {
        x86_give(state, X86_NUMBER(0));
        return true;
    }
    if (!x86_free_register(self, state, &number))
        return false;
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_register(value.number), x86_register(number));
    x86_emit(self, state, X86_OWN, OPCODE_MUL, x86_immediate(INT64_C(1) << 55), x86_register(number));
    x86_give(state, x86_in_register(number, X86_SIGNED(8)));
    return true;
}

/* Gives what is returned where the time is over, or 0: a register has whether it is. */
static bool give_limit(struct x86 *self, struct x86_state *state, int64_t number, int64_t otherwise)
{
    x86_emit(self, state, X86_OWN, OPCODE_MUL, x86_immediate(otherwise), x86_register(number));
    x86_give(state, x86_in_register(number, X86_SIGNED(1)));
    bool has_clock = gas_find(&self->unit, "_ZNSt6chrono3_V212steady_clock3nowEv") != NULL ||
                     gas_find(&self->unit, "_ZNSt6chrono3_V212system_clock3nowEv") != NULL;
    return !has_clock ||
           x86_private_store(self, state, clock_address(state), 8, x86_in_register(number, X86_SIGNED(1)));
}

/* A wait with a limit: its time can be over at any moment before somebody wakes the thread. A word of the thread knows whether it was. */
static bool wait_limited(struct x86 *self, struct x86_state *state, struct operand condition, struct operand mutex,
                         int64_t otherwise)
{
    struct operand limit;
    int64_t number;
    if (!hidden_word(self, X86_LIMITS_FIRST + 8 * (int64_t)state->thread, &limit) ||
        !x86_free_register(self, state, &number))
        return false;
    x86_emit(self, state, X86_ACCESS, OPCODE_MOV, x86_immediate(0), limit)->is_locked = true;
    state->is_joined = true;
    x86_emit(self, state, X86_ACCESS, OPCODE_CWAIT, condition, mutex)->gives_up = (uint32_t)limit.value + 1;
    load_hidden(self, state, limit, number);
    return give_limit(self, state, number, otherwise);
}

/* Who sleeps does not own the mutex. */
static bool wait_on(struct x86 *self, struct x86_state *state, struct operand condition, int64_t mutex_address,
                    int64_t function)
{
    static const struct x86_call call = {"pthread_cond_wait", X86_WAIT};
    struct operand owner = x86_none;
    int64_t kind;
    if (!mutex_kind(self, state, &call, mutex_address, &kind) ||
        (kind == KIND_ERROR_CHECK && !hidden_word(self, mutex_address + MUTEX_OWNER, &owner)))
        return false;
    struct operand mutex = x86_object_at(self, OBJECT_MUTEX, mutex_address, 0, kind == KIND_RECURSIVE);
    if (function != X86_WAIT && kind == KIND_ERROR_CHECK)
        return x86_refuse(self, "a wait with a time limit, and a mutex that checks errors");
    if (function != X86_WAIT)
        return wait_limited(self, state, condition, mutex, function == X86_WAIT_TIMED ? TIMED_OUT : THREAD_TIMED_OUT);
    if (kind == KIND_ERROR_CHECK) {
        x86_emit(self, state, X86_ACCESS, OPCODE_MOV, x86_immediate(0), owner)->is_locked = true;
        state->is_joined = true;
    }
    x86_emit(self, state, X86_ACCESS, OPCODE_CWAIT, condition, mutex);
    if (kind == KIND_ERROR_CHECK)
        store_hidden(self, state, x86_immediate(state->thread + 1), owner);
    return succeed(state);
}

bool x86_condition_variable(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t address, mutex_address;
    bool waits = call->number == X86_WAIT || call->number == X86_WAIT_TIMED || call->number == X86_WAIT_TIMED_TYPED;
    if (!object_address(self, state, 0, CONDITION_SIZE, &address) ||
        (waits && !object_address(self, state, 1, MUTEX_SIZE, &mutex_address)))
        return false;
    if (call->number == X86_INIT || call->number == X86_DESTROY)
        return succeed(state);
    struct operand condition = x86_object_at(self, OBJECT_CONDITION, address, 0, false);
    if (waits)
        return wait_on(self, state, condition, mutex_address, call->number);
    x86_emit(self, state, X86_ACCESS, call->number == X86_SIGNAL ? OPCODE_SIGNAL : OPCODE_BROADCAST, condition,
             x86_none);
    return succeed(state);
}

/* Where a read-write lock is tried, all that take it count who has it: how many read, or that one writes. */
static void count_user(struct x86 *self, struct x86_state *state, struct operand users, int64_t number, bool writes)
{
    if (!writes) {
        load_hidden(self, state, users, number);
        x86_emit(self, state, X86_OWN, OPCODE_ADD, x86_immediate(1), x86_register(number));
    }
    store_hidden(self, state, writes ? x86_immediate(-1) : x86_register(number), users);
}

static void count_off(struct x86 *self, struct x86_state *state, struct operand users, int64_t number)
{
    load_hidden(self, state, users, number);
    uint32_t reads = x86_skip(self, state, OPCODE_JGT, x86_immediate(0), x86_register(number));
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_immediate(1), x86_register(number));
    x86_land(self, state, reads);
    x86_emit(self, state, X86_OWN, OPCODE_SUB, x86_immediate(1), x86_register(number));
    store_hidden(self, state, x86_register(number), users);
}

/* One step: it looks, and takes the lock where that can be had. */
static bool try_rwlock(struct x86 *self, struct x86_state *state, struct operand lock, struct operand users,
                       int64_t number, bool writes)
{
    int64_t result;
    if (!x86_free_register(self, state, &result))
        return false;
    load_hidden(self, state, users, number);
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_immediate(0), x86_register(result));
    uint32_t is_busy = x86_skip(self, state, writes ? OPCODE_JNE : OPCODE_JLT, x86_immediate(0), x86_register(number));
    x86_emit(self, state, X86_ACCESS, writes ? OPCODE_WRLOCK : OPCODE_RDLOCK, lock, x86_none);
    count_user(self, state, users, number, writes);
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_immediate(1), x86_register(result));
    x86_land(self, state, is_busy);
    return give_tried(self, state, result, BUSY);
}

bool x86_rwlock(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    struct operand users = x86_none;
    int64_t address, number = 0;
    if (!object_address(self, state, 0, RWLOCK_SIZE, &address))
        return false;
    if (call->number == X86_INIT || call->number == X86_DESTROY)
        return succeed(state);
    bool is_tried = call->number == X86_TRY || call->number == X86_TRY_READ;
    self->again |= is_tried && !self->has_tries;
    self->has_tries |= is_tried;
    if (self->has_tries && (!hidden_word(self, address, &users) || !x86_free_register(self, state, &number)))
        return false;
    struct operand lock = x86_object_at(self, OBJECT_RWLOCK, address, 0, false);
    if (is_tried)
        return try_rwlock(self, state, lock, users, number, call->number == X86_TRY);
    if (call->number == X86_UNLOCK && self->has_tries)
        count_off(self, state, users, number);
    x86_emit(self, state, X86_ACCESS,
             call->number == X86_READ_LOCK ? OPCODE_RDLOCK
             : call->number == X86_LOCK    ? OPCODE_WRLOCK
                                           : OPCODE_RWUNLOCK,
             lock, x86_none);
    state->is_joined = true;
    if (call->number != X86_UNLOCK && self->has_tries)
        count_user(self, state, users, number, call->number == X86_LOCK);
    return succeed(state);
}

/* ---- Barriers and semaphores ------------------------------------------------------------------------------------- */

/* Any thread of a round may be told that it is the serial one: it is the one that takes its leave first, a step of its own. That needs as
 * many threads as the barrier waits for; those of two rounds cannot meet then. */
static bool take_leave(struct x86 *self, struct x86_state *state, struct operand barrier, int64_t address)
{
    struct operand left;
    int64_t number, result, count = self->program->objects[OBJECT_BARRIER].items[barrier.value].number;
    struct x86_object *object = self->objects;
    while (object->kind != OBJECT_BARRIER || object->number != barrier.value)
        object++;
    object->users |= UINT64_C(1) << state->thread;
    if (__builtin_popcountll(object->users) > count)
        return x86_refuse(self, "what pthread_barrier_wait returns is looked at, and more threads wait there than it "
                                "is for");
    if (!hidden_word(self, address, &left) || !x86_free_register(self, state, &number) ||
        !x86_free_register(self, state, &result))
        return false;
    state->is_joined = false;
    load_hidden(self, state, left, number);
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_immediate(SERIAL_THREAD), x86_register(result));
    uint32_t is_first = x86_skip(self, state, OPCODE_JE, x86_immediate(0), x86_register(number));
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_immediate(0), x86_register(result));
    x86_land(self, state, is_first);
    x86_emit(self, state, X86_OWN, OPCODE_ADD, x86_immediate(1), x86_register(number));
    uint32_t is_not_last = x86_skip(self, state, OPCODE_JNE, x86_immediate(count), x86_register(number));
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_immediate(0), x86_register(number));
    x86_land(self, state, is_not_last);
    store_hidden(self, state, x86_register(number), left);
    x86_give(state, x86_in_register(result, X86_SIGNED(1)));
    return true;
}

/* Whether somebody looks at what a call returns; a tail call returns to whoever has called the function. */
static bool is_result_live(struct x86 *self, struct x86_state *state)
{
    struct x86_value address;
    size_t behind = state->at;
    if (self->now->operation == X86_JMP &&
        x86_private_load(self, state, state->registers[GAS_RSP].number, 8, &address) && address.kind == X86_KNOWN)
        behind = gas_instruction_at(&self->unit, address.number);
    return behind < self->code_count && (self->code[behind].live >> GAS_RAX & 1) != 0;
}

bool x86_barrier(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t address, count = 1;
    if (!object_address(self, state, 0, BARRIER_SIZE, &address))
        return false;
    if (call->number == X86_DESTROY)
        return succeed(state);
    if (call->number == X86_INIT &&
        !x86_known_argument(self, state, 2, 4, "the number of threads that a barrier waits for", &count))
        return false;
    if (call->number == X86_INIT && (count < 1 || count > PROGRAM_THREADS_MAX))
        return x86_refuse(self, "a barrier for %" PRId64 " threads (expected 1 to %d)", count, PROGRAM_THREADS_MAX);
    struct operand barrier = x86_object_at(self, OBJECT_BARRIER, address, count, false);
    if (call->number != X86_WAIT)
        return succeed(state);
    bool is_looked_at = is_result_live(self, state);
    self->again |= is_looked_at && !self->has_serial;
    self->has_serial |= is_looked_at;
    x86_emit(self, state, X86_ACCESS, OPCODE_ARRIVE, barrier, x86_none);
    return self->has_serial ? take_leave(self, state, barrier, address) : succeed(state);
}

bool x86_semaphore(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t address, permits = 0, number;
    if (!object_address(self, state, 0, SEMAPHORE_SIZE, &address))
        return false;
    if (call->number == X86_DESTROY)
        return succeed(state);
    if (call->number == X86_INIT && !x86_known_argument(self, state, 2, 4, "the number of permits", &permits))
        return false;
    struct operand semaphore = x86_object_at(self, OBJECT_SEMAPHORE, address, permits, false);
    switch (call->number) {
    case X86_WAIT:
        x86_emit(self, state, X86_ACCESS, OPCODE_WAIT, semaphore, x86_none);
        break;
    case X86_POST:
        x86_emit(self, state, X86_ACCESS, OPCODE_POST, semaphore, x86_none);
        break;
    case X86_TRY:
        if (!x86_free_register(self, state, &number))
            return false;
        x86_emit(self, state, X86_ACCESS, OPCODE_TRYWAIT, semaphore, x86_register(number));
        return give_tried(self, state, number, -1);
    default:
        break;
    }
    return succeed(state);
}
