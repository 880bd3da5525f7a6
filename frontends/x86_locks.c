/* What threads synchronise by: each lives at an address. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

enum { MUTEX_SIZE = 40, CONDITION_SIZE = 48, RWLOCK_SIZE = 56, BARRIER_SIZE = 32, SEMAPHORE_SIZE = 32 };
enum { MUTEX_KIND = 16, KIND_RECURSIVE = 1, KIND_ERROR_CHECK = 2, BUSY = 16, THREAD_BUSY = 1 };

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
        self->objects[self->object_count++] = (struct x86_object){address, kind, (int64_t)list->count++};
    }
    return (struct operand){.kind = (enum operand_kind)(OPERAND_MUTEX + (int)kind),
                            .value = self->objects[found].number};
}

/* The address that an argument is. */
static bool object_address(struct x86 *self, struct x86_state *state, unsigned argument, int64_t *address)
{
    struct x86_value value;
    int64_t first, end;
    if (!x86_argument(self, state, argument, 8, &value) || !x86_pointer(self, state, value, 8, address))
        return false;
    return x86_object_bounds(self, *address, &first, &end) ||
           x86_refuse(self, "what threads are to synchronise by lies outside all variables");
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

/* ---- Mutexes ----------------------------------------------------------------------------------------------------- */

bool x86_attribute(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    struct x86_value type = X86_NUMBER(0);
    int64_t address;
    if (!object_address(self, state, 0, &address) ||
        (call->number == X86_SET_TYPE && !x86_argument(self, state, 1, 4, &type)) ||
        !x86_store(self, state, address, 4, type))
        return false;
    return succeed(state);
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
        if (strncmp(call->name, "pthread_spin", 12) == 0)
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

bool x86_mutex(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t address, kind, number;
    if (!object_address(self, state, 0, &address))
        return false;
    if (call->number == X86_DESTROY)
        return succeed(state);
    if (!mutex_kind(self, state, call, address, &kind))
        return false;
    if (kind == KIND_ERROR_CHECK)
        return x86_refuse(self, "a mutex that checks errors (expected a normal or a recursive one)");
    struct operand mutex = x86_object_at(self, OBJECT_MUTEX, address, 0, kind == KIND_RECURSIVE);
    switch (call->number) {
    case X86_LOCK:
        x86_emit(self, state, X86_ACCESS, OPCODE_LOCK, mutex, x86_none);
        break;
    case X86_UNLOCK:
        x86_emit(self, state, X86_ACCESS, OPCODE_UNLOCK, mutex, x86_none);
        break;
    case X86_TRY:
    case X86_TRY_TYPED:
        if (!x86_free_register(self, state, &number))
            return false;
        x86_emit(self, state, X86_ACCESS, OPCODE_TRYLOCK, mutex, x86_register(number));
        return give_tried(self, state, number, call->number == X86_TRY ? BUSY : THREAD_BUSY);
    default:
        break;
    }
    return succeed(state);
}

/* ---- Others ------------------------------------------------------------------------------------------------------ */

bool x86_condition_variable(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t address, mutex_address;
    if (!object_address(self, state, 0, &address) ||
        (call->number == X86_WAIT && !object_address(self, state, 1, &mutex_address)))
        return false;
    if (call->number == X86_INIT || call->number == X86_DESTROY)
        return succeed(state);
    struct operand condition = x86_object_at(self, OBJECT_CONDITION, address, 0, false);
    if (call->number == X86_WAIT)
        x86_emit(self, state, X86_ACCESS, OPCODE_CWAIT, condition,
                 x86_object_at(self, OBJECT_MUTEX, mutex_address, 0, false));
    else
        x86_emit(self, state, X86_ACCESS, call->number == X86_SIGNAL ? OPCODE_SIGNAL : OPCODE_BROADCAST, condition,
                 x86_none);
    return succeed(state);
}

bool x86_rwlock(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t address;
    if (!object_address(self, state, 0, &address))
        return false;
    if (call->number == X86_INIT || call->number == X86_DESTROY)
        return succeed(state);
    struct operand lock = x86_object_at(self, OBJECT_RWLOCK, address, 0, false);
    x86_emit(self, state, X86_ACCESS,
             call->number == X86_READ_LOCK ? OPCODE_RDLOCK
             : call->number == X86_LOCK    ? OPCODE_WRLOCK
                                           : OPCODE_RWUNLOCK,
             lock, x86_none);
    return succeed(state);
}

/* Which thread of a barrier is told that it is the serial one is not followed. */
bool x86_barrier(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t address, count = 1;
    if (!object_address(self, state, 0, &address))
        return false;
    if (call->number == X86_DESTROY)
        return succeed(state);
    if (call->number == X86_INIT &&
        !x86_known_argument(self, state, 2, 4, "the number of threads that a barrier waits for", &count))
        return false;
    if (call->number == X86_INIT && (count < 1 || count > PROGRAM_THREADS_MAX))
        return x86_refuse(self, "a barrier for %" PRId64 " threads (expected 1 to %d)", count, PROGRAM_THREADS_MAX);
    struct operand barrier = x86_object_at(self, OBJECT_BARRIER, address, count, false);
    if (call->number == X86_WAIT && (self->code[state->at].live >> GAS_RAX & 1) != 0)
        return x86_refuse(self, "what pthread_barrier_wait returns is looked at");
    if (call->number == X86_WAIT)
        x86_emit(self, state, X86_ACCESS, OPCODE_ARRIVE, barrier, x86_none);
    return succeed(state);
}

bool x86_semaphore(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t address, permits = 0, number;
    if (!object_address(self, state, 0, &address))
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
