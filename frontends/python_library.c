/* What is not written in the program: builtins, threads, and what they synchronise by. */
#include "frontends/python_parts.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PYTHON_BUILTIN_ROW(name, module, of, text, is_type) \
    [PYTHON_BUILTIN_##name] = {module, PYTHON_BUILTIN_##of, text, is_type},
const struct python_builtin_facts python_builtins[PYTHON_BUILTIN_COUNT] = {PYTHON_BUILTINS(PYTHON_BUILTIN_ROW)};

static const struct operand nothing = {.kind = OPERAND_NONE};

/* ---- Finding ----------------------------------------------------------------------------------------------------- */

/* A module that has other names, too. */
static enum python_builtin same_module(enum python_builtin module)
{
    return module == PYTHON_BUILTIN_OLD_THREAD_MODULE  ? PYTHON_BUILTIN_THREAD_MODULE
           : module == PYTHON_BUILTIN_OLD_QUEUE_MODULE ? PYTHON_BUILTIN_QUEUE_MODULE
                                                       : module;
}

static enum python_builtin find(const char *module, enum python_builtin type, const char *name)
{
    for (enum python_builtin b = PYTHON_BUILTIN_NONE + 1; b < PYTHON_BUILTIN_COUNT; b++) {
        const struct python_builtin_facts *facts = &python_builtins[b];
        bool is_there =
            module == NULL ? facts->module == NULL : facts->module != NULL && strcmp(facts->module, module) == 0;
        if (is_there && facts->type == type && strcmp(facts->name, name) == 0)
            return b;
    }
    return PYTHON_BUILTIN_NONE;
}

enum python_builtin python_find_module(const char *name)
{
    return find(NULL, PYTHON_BUILTIN_NONE, name);
}

enum python_builtin python_find_in_module(enum python_builtin module, const char *name)
{
    return find(python_builtins[same_module(module)].name, PYTHON_BUILTIN_NONE, name);
}

enum python_builtin python_find_builtin(const char *name)
{
    return find("builtins", PYTHON_BUILTIN_NONE, name);
}

enum python_builtin python_find_method(enum python_builtin type, const char *name)
{
    if (type == PYTHON_BUILTIN_NONE)
        return PYTHON_BUILTIN_NONE;
    enum python_builtin found =
        find(python_builtins[type].module != NULL ? python_builtins[type].module : "", type, name);
    if (found == PYTHON_BUILTIN_NONE && strcmp(name, "__init__") == 0 && type != PYTHON_BUILTIN_THREAD)
        found = PYTHON_BUILTIN_OBJECT_INIT;
    return found;
}

/* ---- Shared ------------------------------------------------------------------------------------------------------ */

static bool push_none(struct python *self, struct python_state *state)
{
    return python_push(self, state, NONE);
}

static bool push_unknown(struct python *self, struct python_state *state, const char *what)
{
    return python_push(self, state, (struct python_value){PYTHON_UNKNOWN, python_intern(self, what, strlen(what))});
}

/* What the library does in Python, or without the lock: others can step before it and after it. */
static void open_to_others(struct python_state *state)
{
    python_switch_point(state);
}

/* Under no lock at all each access is a step. */
static void access_shared(const struct python *self, struct python_state *state)
{
    if (self->rules == PYTHON_NO_GIL)
        python_switch_point(state);
}

static bool is_given(struct python_value value)
{
    return value.kind != PYTHON_ABSENT && value.kind != PYTHON_NONE;
}

static uint32_t identity_of(const struct python_state *state, struct python_value value)
{
    return python_object(state, value)->identity;
}

/* ---- Locks ------------------------------------------------------------------------------------------------------- */

bool python_is_lock(const struct python *self, const struct python_state *state, struct python_value value)
{
    enum python_builtin type = python_type(self, state, value);
    return type == PYTHON_BUILTIN_LOCK || type == PYTHON_BUILTIN_RLOCK || type == PYTHON_BUILTIN_SEMAPHORE;
}

static int64_t find_held(const struct python_state *state, uint32_t identity)
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

static bool counts_permits(const struct python *self, const struct python_state *state, struct python_value lock)
{
    return python_type(self, state, lock) == PYTHON_BUILTIN_SEMAPHORE ||
           self->identities[identity_of(state, lock)].is_semaphore;
}

/* The program's object: a mutex, or where it counts permits or others release it a semaphore. */
static struct operand lock_operand(struct python *self, struct python_state *state, struct python_value lock)
{
    const struct python_object *object = python_object(state, lock);
    struct python_identity *identity = &self->identities[object->identity];
    identity->type = python_type(self, state, lock);
    if (identity->type == PYTHON_BUILTIN_LOCK && object->number != 0 && !identity->is_semaphore)
        identity->is_semaphore = self->again = true;
    bool permits = counts_permits(self, state, lock);
    int64_t number = identity->type == PYTHON_BUILTIN_SEMAPHORE ? object->number : 1 - object->number;
    return python_synchroniser(self, object->identity, permits ? OBJECT_SEMAPHORE : OBJECT_MUTEX, permits ? number : 0);
}

static bool try_lock(struct python *self, struct python_state *state, struct python_value lock)
{
    int64_t number;
    struct operand operand = lock_operand(self, state, lock);
    bool permits = counts_permits(self, state, lock);
    if (!python_free_register(self, state, &number))
        return false;
    access_shared(self, state);
    python_emit(self, state, permits ? OPCODE_TRYWAIT : OPCODE_TRYLOCK, operand, python_register(number));
    struct python_state *other = python_split(self, state, OPCODE_JE, python_immediate(0), python_register(number));
    return python_push(self, other, BOOL(false)) && (permits || hold(self, state, identity_of(state, lock))) &&
           python_push(self, state, BOOL(true));
}

bool python_acquire(struct python *self, struct python_state *state, struct python_value lock, bool waits)
{
    if (!state->is_started)
        return acquire_known(self, state, lock, waits);
    enum python_builtin type = python_type(self, state, lock);
    if (type == PYTHON_BUILTIN_SEMAPHORE || self->rules == PYTHON_GIL27)
        open_to_others(state);
    if (!waits && type == PYTHON_BUILTIN_RLOCK)
        return python_refuse(self, state, "acquire(False) of an RLock is not covered yet");
    if (!waits)
        return try_lock(self, state, lock);
    struct operand operand = lock_operand(self, state, lock);
    bool permits = counts_permits(self, state, lock);
    access_shared(self, state);
    python_emit(self, state, permits ? OPCODE_WAIT : OPCODE_LOCK, operand, nothing);
    return (permits || hold(self, state, identity_of(state, lock))) && python_push(self, state, BOOL(true));
}

static bool release_known(struct python *self, struct python_state *state, struct python_value lock)
{
    enum python_builtin type = python_type(self, state, lock);
    struct python_object *object = python_change(self, state, lock);
    if (type != PYTHON_BUILTIN_SEMAPHORE && object->number == 0)
        return python_refuse(self, state, "releases a lock that is not taken");
    object->number += type == PYTHON_BUILTIN_SEMAPHORE ? 1 : -1;
    return push_none(self, state);
}

/* To release a lock that is free is an error: then its permit can be taken. */
static bool give_permit(struct python *self, struct python_state *state, struct python_value lock)
{
    int64_t number;
    struct operand operand = lock_operand(self, state, lock);
    access_shared(self, state);
    if (python_type(self, state, lock) == PYTHON_BUILTIN_LOCK) {
        if (!python_free_register(self, state, &number))
            return false;
        python_emit(self, state, OPCODE_TRYWAIT, operand, python_register(number));
        python_require(self, state, OPCODE_JE, python_immediate(0), python_register(number),
                       "RuntimeError: release unlocked lock");
    }
    python_emit(self, state, OPCODE_POST, operand, nothing);
    return push_none(self, state);
}

bool python_release(struct python *self, struct python_state *state, struct python_value lock)
{
    if (!state->is_started)
        return release_known(self, state, lock);
    enum python_builtin type = python_type(self, state, lock);
    uint32_t identity = identity_of(state, lock);
    if (type == PYTHON_BUILTIN_SEMAPHORE)
        open_to_others(state);
    int64_t held = find_held(state, identity);
    if (counts_permits(self, state, lock))
        return give_permit(self, state, lock);
    if (held < 0 && type == PYTHON_BUILTIN_RLOCK)
        return python_refuse(self, state, "RuntimeError: cannot release un-acquired lock");
    if (held < 0) {
        self->identities[identity].is_semaphore = self->again = true;
        return push_none(self, state);
    }
    let_go(state, held);
    struct operand operand = lock_operand(self, state, lock);
    access_shared(self, state);
    python_emit(self, state, OPCODE_UNLOCK, operand, nothing);
    return push_none(self, state);
}

static bool call_acquire(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value blocking = python_argument(self, arguments, 1, "blocking");
    struct python_value timeout = python_argument(self, arguments, 2, "timeout");
    if (is_given(timeout) && !(timeout.kind == PYTHON_INT && timeout.number == -1))
        return python_refuse(self, state, "acquire() with a timeout is not covered yet");
    int truth = blocking.kind == PYTHON_ABSENT ? 1 : python_truth(self, state, blocking);
    if (truth < 0)
        return python_refuse(self, state, "whether acquire() waits is not known here");
    return python_acquire(self, state, arguments->items[0], truth != 0);
}

/* ---- Events and barriers ----------------------------------------------------------------------------------------- */

static struct operand synchroniser(struct python *self, struct python_state *state, struct python_value object,
                                   enum object_kind kind)
{
    self->identities[identity_of(state, object)].type = python_type(self, state, object);
    return python_synchroniser(self, identity_of(state, object), kind, python_object(state, object)->number);
}

static bool call_event(struct python *self, struct python_state *state, enum python_builtin method,
                       const struct python_arguments *arguments)
{
    struct python_value event = arguments->items[0];
    if (method == PYTHON_BUILTIN_EVENT_WAIT && is_given(python_argument(self, arguments, 1, "timeout")))
        return python_refuse(self, state, "wait() with a timeout is not covered yet");
    if (!state->is_started && method == PYTHON_BUILTIN_EVENT_WAIT && python_object(state, event)->number == 0)
        return python_refuse(self, state, "waits for ever: no thread has been started that could set it");
    if (!state->is_started) {
        if (method != PYTHON_BUILTIN_EVENT_WAIT)
            python_change(self, state, event)->number = method == PYTHON_BUILTIN_EVENT_SET;
        return method == PYTHON_BUILTIN_EVENT_WAIT ? python_push(self, state, BOOL(true)) : push_none(self, state);
    }
    /* Who waits passes once it was set, even where it is cleared before: a step that awaits it would not. */
    if (method == PYTHON_BUILTIN_EVENT_CLEAR)
        return python_refuse(self, state, "clear() of an event while threads run is not covered yet");
    struct operand operand = synchroniser(self, state, event, OBJECT_EVENT);
    open_to_others(state);
    python_emit(self, state, method == PYTHON_BUILTIN_EVENT_SET ? OPCODE_SET : OPCODE_AWAIT, operand, nothing);
    open_to_others(state);
    return method == PYTHON_BUILTIN_EVENT_WAIT ? python_push(self, state, BOOL(true)) : push_none(self, state);
}

static bool call_barrier(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    if (!state->is_started)
        return python_refuse(self, state, "waits at a barrier before any thread has been started");
    if (arguments->count > 1)
        return python_refuse(self, state, "wait() with a timeout is not covered yet");
    open_to_others(state);
    python_emit(self, state, OPCODE_ARRIVE, synchroniser(self, state, arguments->items[0], OBJECT_BARRIER), nothing);
    open_to_others(state);
    return push_unknown(self, state, "which number a thread has at a barrier");
}

/* ---- Conditions -------------------------------------------------------------------------------------------------- */

static const char lock_of_condition[] = " lock";

/* Condition(lock); by default it has an RLock of its own. */
static bool make_condition(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value lock = python_argument(self, arguments, 0, "lock");
    if (!is_given(lock))
        lock = python_new(self, state, PYTHON_INSTANCE, BUILTIN(PYTHON_BUILTIN_RLOCK), NULL, 0);
    if (arguments->count > 1 || !python_is_lock(self, state, lock))
        return python_refuse(self, state, "Condition() with such arguments is not covered");
    struct python_value condition =
        python_new(self, state, PYTHON_INSTANCE, BUILTIN(PYTHON_BUILTIN_CONDITION), NULL, 0);
    python_append(self, python_change(self, state, condition), python_string(self, lock_of_condition));
    python_append(self, python_change(self, state, condition), lock);
    return python_push(self, state, condition);
}

/* Nobody changes which lock a condition has. */
static struct python_value find_lock(struct python *self, const struct python_state *state,
                                     struct python_value condition)
{
    const struct python_object *object = python_object(state, condition);
    int64_t item = python_find_key(object, python_string(self, lock_of_condition));
    return item >= 0 ? object->items[item] : NONE;
}

static bool call_condition(struct python *self, struct python_state *state, enum python_builtin method,
                           const struct python_arguments *arguments)
{
    struct python_value condition = arguments->items[0], lock = find_lock(self, state, condition);
    if (!python_is_lock(self, state, lock))
        return python_refuse(self, state, "a condition without a lock is not covered");
    if (method == PYTHON_BUILTIN_CONDITION_ACQUIRE || method == PYTHON_BUILTIN_CONDITION_ENTER)
        return python_acquire(self, state, lock, true);
    if (method == PYTHON_BUILTIN_CONDITION_RELEASE || method == PYTHON_BUILTIN_CONDITION_EXIT)
        return python_release(self, state, lock);
    bool is_held = state->is_started && find_held(state, identity_of(state, lock)) >= 0;
    if (arguments->count > 1 || !is_held || counts_permits(self, state, lock))
        return python_refuse(
            self, state,
            "%s() of a condition with arguments, before threads start, or whose lock the thread does not "
            "hold, is not covered",
            python_builtins[method].name);
    struct operand mutex = lock_operand(self, state, lock),
                   operand = synchroniser(self, state, condition, OBJECT_CONDITION);
    struct python_identity *identity = &self->identities[identity_of(state, condition)];
    open_to_others(state);
    if (method == PYTHON_BUILTIN_CONDITION_WAIT) {
        identity->sleepers |= UINT64_C(1) << state->thread;
        python_emit(self, state, OPCODE_CWAIT, operand, mutex);
    } else if (method == PYTHON_BUILTIN_CONDITION_NOTIFY) {
        identity->wakes_one = true;
        identity->woken = self->at->place;
        python_emit(self, state, OPCODE_SIGNAL, operand, nothing);
    } else
        python_emit(self, state, OPCODE_BROADCAST, operand, nothing);
    open_to_others(state);
    return method == PYTHON_BUILTIN_CONDITION_WAIT ? python_push(self, state, BOOL(true)) : push_none(self, state);
}

/* ---- Queues ------------------------------------------------------------------------------------------------------ */

/* A number that the library keeps for a queue. */
static struct operand counter(struct python *self, struct python_state *state, struct python_value queue,
                              const char *name)
{
    struct python_place *place = python_place_of(self, identity_of(state, queue), python_string(self, name));
    place->is_dynamic = place->has_integers = true;
    return python_word(self, place);
}

static struct python_place *items_of(struct python *self, struct python_state *state, struct python_value queue)
{
    return python_place_of(self, identity_of(state, queue), python_string(self, "[items]"));
}

static struct operand queue_operand(struct python *self, struct python_state *state, struct python_value queue)
{
    int64_t most = python_object(state, queue)->number;
    self->identities[identity_of(state, queue)].type = PYTHON_BUILTIN_QUEUE;
    return python_synchroniser(self, identity_of(state, queue), OBJECT_QUEUE,
                               most > 0 && most < PROGRAM_QUEUE_MAX ? most : PROGRAM_QUEUE_MAX);
}

/* Set while no item is unfinished. */
static struct operand done_event(struct python *self, struct python_state *state, struct python_value queue)
{
    struct python_identity *identity = &self->identities[identity_of(state, queue)];
    struct object_list *list = &self->program->objects[OBJECT_EVENT];
    if (identity->done < 0) {
        struct text name = TEXT_INIT;
        list->items = memory_resize(list->items, list->count + 1, sizeof *list->items);
        text_print(&name, "%s.done", identity->name != NULL ? identity->name : "queue");
        list->items[list->count] = (struct object){.name = text_take(&name), .number = 1};
        identity->done = (int64_t)list->count++;
    }
    return (struct operand){.kind = OPERAND_EVENT, .value = identity->done};
}

static bool is_plain_wait(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                          uint32_t first)
{
    struct python_value block = python_argument(self, arguments, first, "block");
    struct python_value timeout = python_argument(self, arguments, first + 1, "timeout");
    bool waits = block.kind == PYTHON_ABSENT || python_truth(self, state, block) == 1;
    return (waits && !is_given(timeout)) ||
           python_refuse(self, state,
                         "put() and get() of a queue that do not wait, or not for ever, are not covered yet");
}

static bool put(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value queue = arguments->items[0], item = python_argument(self, arguments, 1, "item");
    struct operand value, operand = queue_operand(self, state, queue);
    bool is_bounded = python_object(state, queue)->number > 0;
    if (item.kind == PYTHON_ABSENT || python_object(state, queue)->number > PROGRAM_QUEUE_MAX)
        return python_refuse(self, state, "put() of nothing, or to a queue for more than %d items", PROGRAM_QUEUE_MAX);
    if (!is_plain_wait(self, state, arguments, 2))
        return false;
    open_to_others(state);
    struct operand length = counter(self, state, queue, "[length]"),
                   unfinished = counter(self, state, queue, "[unfinished]");
    if (!is_bounded) {
        /* A queue without a bound does not make its putter wait: the one that stands for it must not be full. */
        int64_t number;
        if (!python_free_register(self, state, &number))
            return false;
        python_emit(self, state, OPCODE_MOV, length, python_register(number));
        python_require(self, state, OPCODE_JLT, python_immediate(PROGRAM_QUEUE_MAX), python_register(number),
                       "a queue has more than 64 items: that is not covered");
    }
    if (!python_encode(self, state, items_of(self, state, queue), item, &value))
        return false;
    python_emit(self, state, OPCODE_PUT, operand, value);
    python_emit(self, state, OPCODE_ADD, python_immediate(1), length);
    python_emit(self, state, OPCODE_ADD, python_immediate(1), unfinished);
    python_emit(self, state, OPCODE_CLEAR, done_event(self, state, queue), nothing);
    open_to_others(state);
    return push_none(self, state);
}

static bool get(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value queue = arguments->items[0];
    struct operand operand = queue_operand(self, state, queue);
    int64_t number;
    if (!state->is_started)
        return python_refuse(self, state, "get() before any thread has been started is not covered yet");
    if (!is_plain_wait(self, state, arguments, 1) || !python_free_register(self, state, &number))
        return false;
    open_to_others(state);
    python_emit(self, state, OPCODE_GET, operand, python_register(number));
    python_emit(self, state, OPCODE_SUB, python_immediate(1), counter(self, state, queue, "[length]"));
    open_to_others(state);
    const struct python_place *items = items_of(self, state, queue);
    if (items->atom_count == 0 && !items->has_integers)
        return push_none(self, state); /* nothing is put: never reached, or the pass is void */
    return python_decode(self, state, items, number, PYTHON_PUSH);
}

static bool task_done(struct python *self, struct python_state *state, struct python_value queue)
{
    struct operand unfinished = counter(self, state, queue, "[unfinished]");
    int64_t number;
    if (!python_free_register(self, state, &number))
        return false;
    open_to_others(state);
    python_emit(self, state, OPCODE_SUB, python_immediate(1), unfinished);
    python_emit(self, state, OPCODE_MOV, unfinished, python_register(number));
    python_require(self, state, OPCODE_JGTE, python_immediate(0), python_register(number),
                   "ValueError: task_done() called too many times");
    size_t skip = python_skip(self, state, OPCODE_JNE, python_immediate(0), python_register(number));
    python_emit(self, state, OPCODE_SET, done_event(self, state, queue), nothing);
    python_land(self, state, skip);
    open_to_others(state);
    return push_none(self, state);
}

static bool queue_size(struct python *self, struct python_state *state, struct python_value queue, bool is_empty)
{
    int64_t number;
    if (!python_free_register(self, state, &number))
        return false;
    open_to_others(state);
    python_emit(self, state, OPCODE_MOV, counter(self, state, queue, "[length]"), python_register(number));
    open_to_others(state);
    if (!is_empty)
        return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
    struct python_state *other = python_split(self, state, OPCODE_JE, python_immediate(0), python_register(number));
    return python_push(self, other, BOOL(true)) && python_push(self, state, BOOL(false));
}

static bool join_queue(struct python *self, struct python_state *state, struct python_value queue)
{
    open_to_others(state);
    python_emit(self, state, OPCODE_AWAIT, done_event(self, state, queue), nothing);
    open_to_others(state);
    return push_none(self, state);
}

/* ---- Threads ----------------------------------------------------------------------------------------------------- */

enum { FIRST_LABEL = 1 };

/* A name as threads of a program can have one: a word, that no other has. */
static char *name_thread(const struct python *self, const char *wanted, const char *kind)
{
    struct text name = TEXT_INIT;
    bool is_good = wanted != NULL && wanted[0] != '\0';
    for (const char *c = wanted; is_good && *c != '\0'; c++)
        is_good = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_' ||
                  (c > wanted && *c >= '0' && *c <= '9') || (c > wanted && *c == '-');
    if (is_good)
        text_print(&name, "%s", wanted);
    for (size_t n = 1; !is_good || name.length == 0; n++) {
        text_cut(&name, 0);
        text_print(&name, "%s-%zu", kind, n);
        is_good = true;
        for (size_t t = 0; t < self->thread_count; t++)
            is_good = is_good && strcmp(self->threads[t].name, text_string(&name)) != 0;
    }
    for (size_t t = 0; t < self->thread_count; t++)
        if (strcmp(self->threads[t].name, text_string(&name)) == 0) {
            text_print(&name, "-%zu", self->thread_count);
            break;
        }
    return text_take(&name);
}

/* Adds a thread that is to call something. Returns its number, or -1 with the error set. */
static int64_t add_thread(struct python *self, struct python_state *parent, struct python_value callee,
                          struct python_arguments *arguments, char *name, bool is_daemon)
{
    bool is_function = python_is(parent, callee, PYTHON_FUNCTION) ||
                       (python_is(parent, callee, PYTHON_METHOD) &&
                        python_is(parent, python_object(parent, callee)->items[0], PYTHON_FUNCTION));
    if (self->thread_count == PROGRAM_THREADS_MAX || !is_function) {
        memory_free(name);
        python_refuse(self, parent,
                      is_function ? "more than %d threads are started"
                                  : "a thread that does not run a function of this program is not covered",
                      PROGRAM_THREADS_MAX);
        return -1;
    }
    uint32_t number = (uint32_t)self->thread_count;
    self->threads = memory_grow(self->threads, self->thread_count, &self->thread_capacity, sizeof *self->threads);
    self->threads[self->thread_count++] =
        (struct python_thread){.parent = parent->thread, .name = name, .is_daemon = is_daemon, .met = NAME_TABLE_INIT};
    struct python_state *state = python_state_begin(self, parent, number);
    struct python_thread *thread = &self->threads[number];
    thread->labels = memory_new(8, sizeof *thread->labels);
    thread->label_capacity = 8;
    thread->label_count = FIRST_LABEL + 1;
    thread->work = memory_new(8, sizeof(struct python_state *));
    thread->work_labels = memory_new(8, sizeof *thread->work_labels);
    thread->work_capacity = thread->work_label_capacity = 8;
    thread->work[0] = state;
    thread->work_labels[0] = FIRST_LABEL;
    thread->work_count = 1;
    if (!python_call(self, state, callee, arguments, true))
        return -1;
    /* A call that cannot be made is refused where the thread is started. */
    if (state->refusal != 0)
        parent->refusal = state->refusal;
    return number;
}

/* The first thread that is started: what is known up to now is how the program begins. */
static bool begin_threads(struct python *self, struct python_state *state)
{
    if (state->is_started)
        return true;
    state->is_started = true;
    python_state_fix(self, state);
    return python_publish(self, state);
}

static bool spawn(struct python *self, struct python_state *state, int64_t number)
{
    python_emit(self, state, OPCODE_SPAWN, (struct operand){.kind = OPERAND_THREAD, .value = number}, nothing);
    state->born |= UINT64_C(1) << number;
    return true;
}

/* What a thread is started with: a tuple or list, and a dictionary; either can be missing. */
static bool pass_arguments(struct python *self, struct python_state *state, struct python_value args,
                           struct python_value kwargs, struct python_arguments *passed)
{
    bool is_list = python_is(state, args, PYTHON_TUPLE) || python_is(state, args, PYTHON_LIST);
    if ((is_given(args) && !is_list) || (is_given(kwargs) && !python_is(state, kwargs, PYTHON_DICT)))
        return python_refuse(self, state, "the arguments of a thread are no tuple and dictionary");
    uint32_t count = is_list ? python_object(state, args)->count : 0;
    uint32_t named = is_given(kwargs) ? python_object(state, kwargs)->count / 2 : 0;
    if (count + named > PYTHON_ARGUMENTS_MAX - 1)
        return python_refuse(self, state, "a thread with more than %d arguments", PYTHON_ARGUMENTS_MAX - 1);
    *passed = (struct python_arguments){.count = count + named, .positional = count};
    for (uint32_t a = 0; a < count; a++)
        passed->items[a] = python_object(state, args)->items[a];
    for (uint32_t a = 0; a < named; a++) {
        passed->names[count + a] = python_object(state, kwargs)->items[2 * a];
        passed->items[count + a] = python_object(state, kwargs)->items[2 * a + 1];
    }
    for (uint32_t a = 0; a < passed->count; a++)
        if (passed->items[a].kind == PYTHON_DYNAMIC)
            return python_refuse(self, state,
                                 "an argument of a thread that depends on other threads is not covered yet");
    return true;
}

/* start_new_thread(function, args): where it is called, and how often before, says which thread it is. */
static bool start_raw(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_arguments passed = {0};
    struct python_value args = python_argument(self, arguments, 1, "args");
    if (arguments->positional < 2 || !python_is(state, args, PYTHON_TUPLE) || arguments->count > 2)
        return python_refuse(self, state,
                             "start_new_thread() with other arguments than a function and a tuple is not covered");
    if (!begin_threads(self, state) || !pass_arguments(self, state, args, ABSENT, &passed))
        return false;
    if (state->is_conditional)
        return python_refuse(self, state,
                             "whether this thread is started depends on the others: that is not covered yet");
    access_shared(self, state);
    int64_t number = add_thread(self, state, arguments->items[0], &passed, name_thread(self, NULL, "Dummy"), true);
    return number >= 0 ? spawn(self, state, number) && push_unknown(self, state, "the number of a thread")
                       : !self->error->set;
}

static bool read_own(struct python *self, struct python_state *state, struct python_value object, const char *name,
                     struct python_value *value)
{
    struct python_place *place;
    if (!python_get(self, state, object, python_string(self, name), value, &place))
        return false;
    return place == NULL ||
           python_refuse(self, state, "what a thread is to do changes while threads run: that is not covered");
}

static bool init_thread(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    static const struct {
        const char *name, *key;
        uint32_t place;
    } fields[] = {{"target", "(target)", 2},
                  {"name", "name", 3},
                  {"args", "(args)", 4},
                  {"kwargs", "(kwargs)", 5},
                  {"daemon", "daemon", 6}};
    for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++) {
        struct python_value value = python_argument(self, arguments, fields[f].place, fields[f].name);
        if (value.kind != PYTHON_ABSENT &&
            !python_set(self, state, arguments->items[0], python_string(self, fields[f].key), value))
            return false;
    }
    return push_none(self, state);
}

static bool gather_arguments(struct python *self, struct python_state *state, struct python_value thread,
                             struct python_arguments *passed)
{
    struct python_value args, kwargs;
    return read_own(self, state, thread, "(args)", &args) && read_own(self, state, thread, "(kwargs)", &kwargs) &&
           pass_arguments(self, state, args, kwargs, passed);
}

/* What start() calls: run() where the program has written one, else the target. */
static bool find_body(struct python *self, struct python_state *state, struct python_value thread,
                      struct python_value *callee, struct python_arguments *passed)
{
    struct python_value base;
    *passed = (struct python_arguments){.items = {thread}, .count = 1, .positional = 1};
    if (!python_find_in_class(self, state, python_object(state, thread)->type, python_string(self, "run"), callee,
                              &base))
        return false;
    if (callee->kind != PYTHON_ABSENT)
        return true;
    return read_own(self, state, thread, "(target)", callee) && gather_arguments(self, state, thread, passed);
}

static bool start(struct python *self, struct python_state *state, struct python_value thread)
{
    struct python_value started, name, daemon, callee = NONE;
    struct python_arguments passed;
    if (!read_own(self, state, thread, "(started)", &started) || !read_own(self, state, thread, "name", &name) ||
        !read_own(self, state, thread, "daemon", &daemon) || !find_body(self, state, thread, &callee, &passed))
        return false;
    if (is_given(started))
        return python_refuse(self, state, "RuntimeError: threads can only be started once");
    if (!begin_threads(self, state) || !python_set(self, state, thread, python_string(self, "(started)"), BOOL(true)))
        return false;
    uint32_t identity = identity_of(state, thread);
    if (state->is_conditional)
        return python_refuse(self, state,
                             "whether this thread is started depends on the others: that is not covered yet");
    bool is_daemon = is_given(daemon) ? python_truth(self, state, daemon) == 1 : self->threads[state->thread].is_daemon;
    open_to_others(state);
    int64_t number = add_thread(
        self, state, callee, &passed,
        name_thread(self, name.kind == PYTHON_STRING ? python_text_of(self, name) : NULL, "Thread"), is_daemon);
    if (number < 0)
        return !self->error->set;
    self->identities[identity].thread = number;
    spawn(self, state, number);
    open_to_others(state);
    return push_none(self, state);
}

static bool join(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value thread = arguments->items[0];
    int64_t number = self->identities[identity_of(state, thread)].thread;
    if (is_given(python_argument(self, arguments, 1, "timeout")))
        return python_refuse(self, state, "join() with a timeout is not covered yet");
    if (number < 0 || (state->born >> number & 1) == 0)
        return python_refuse(self, state,
                             "join() of a thread that this one does not know to be started is not covered");
    open_to_others(state);
    python_emit(self, state, OPCODE_JOIN, (struct operand){.kind = OPERAND_THREAD, .value = number}, nothing);
    open_to_others(state);
    return push_none(self, state);
}

bool python_end_main(struct python *self, struct python_state *state)
{
    uint64_t daemons = 0;
    for (size_t t = 1; t < self->thread_count; t++)
        daemons |= (uint64_t)(self->threads[t].is_daemon && (state->born >> t & 1) != 0) << t;
    if (daemons == 0)
        return true;
    for (size_t t = 1; t < self->thread_count; t++)
        if ((state->born >> t & 1) != 0 && (daemons >> t & 1) == 0) {
            open_to_others(state);
            python_emit(self, state, OPCODE_JOIN, (struct operand){.kind = OPERAND_THREAD, .value = (int64_t)t},
                        nothing);
        }
    open_to_others(state);
    python_emit(self, state, OPCODE_EXIT, nothing, nothing);
    return true;
}

/* ---- Printing ---------------------------------------------------------------------------------------------------- */

/* One write: others can step before it. */
static void write_piece(struct python *self, struct python_state *state, const struct python_object *rope)
{
    for (uint32_t i = 0; i < rope->count; i++)
        python_emit(self, state, OPCODE_PRINT,
                    rope->items[i].kind == PYTHON_DYNAMIC ? python_register(rope->items[i].number)
                                                          : python_text(self, python_text_of(self, rope->items[i])),
                    nothing);
}

static bool has_text(const struct python *self, const struct python_object *rope)
{
    return rope->count > 1 || (rope->count == 1 && (rope->items[0].kind == PYTHON_DYNAMIC ||
                                                    python_text_of(self, rope->items[0])[0] != '\0'));
}

/* Adds what is printed to the line, or writes it. */
static bool print_piece(struct python *self, struct python_state *state, struct python_value line,
                        struct python_value value)
{
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    if (self->dump->options.whole_lines)
        return python_append_text(self, state, python_change(self, state, line), value, false);
    if (!python_append_text(self, state, python_change(self, state, rope), value, false))
        return false;
    if (!has_text(self, python_object(state, rope)))
        return true;
    open_to_others(state);
    write_piece(self, state, python_object(state, rope));
    open_to_others(state);
    return true;
}

static bool print(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value separator = python_argument(self, arguments, PYTHON_ARGUMENTS_MAX, "sep");
    struct python_value end = python_argument(self, arguments, PYTHON_ARGUMENTS_MAX, "end");
    struct python_value file = python_argument(self, arguments, PYTHON_ARGUMENTS_MAX, "file");
    struct python_value line = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    if (file.kind != PYTHON_ABSENT)
        return python_refuse(self, state, "print() to another place than standard output is not covered");
    separator = is_given(separator) ? separator : python_string(self, " ");
    end = is_given(end) ? end : python_string(self, "\n");
    for (uint32_t a = 0; a < arguments->positional; a++)
        if ((a > 0 && !print_piece(self, state, line, separator)) ||
            !print_piece(self, state, line, arguments->items[a]))
            return false;
    if (!print_piece(self, state, line, end))
        return false;
    if (has_text(self, python_object(state, line))) {
        open_to_others(state);
        write_piece(self, state, python_object(state, line));
        open_to_others(state);
    }
    return push_none(self, state);
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

static bool length(struct python *self, struct python_state *state, struct python_value value)
{
    bool is_list = python_is(state, value, PYTHON_LIST) || python_is(state, value, PYTHON_TUPLE);
    if (value.kind == PYTHON_STRING)
        return python_push(self, state, INTEGER((int64_t)strlen(python_text_of(self, value))));
    if (!is_list && !python_is(state, value, PYTHON_DICT))
        return python_refuse(self, state, "len() of %s is not covered", python_what(self, state, value));
    if (python_is(state, value, PYTHON_LIST) && python_find_length(self, state, value, false) != NULL) {
        int64_t number;
        return python_load_length(self, state, value, &number) &&
               python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
    }
    if (!python_is(state, value, PYTHON_TUPLE) && !python_touch(self, state, value, false))
        return false;
    return python_push(self, state, INTEGER(python_object(state, value)->count / (is_list ? 1 : 2)));
}

static bool make_range(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value items[3] = {INTEGER(0), INTEGER(0), INTEGER(1)};
    for (uint32_t a = 0; a < arguments->positional && a < 3; a++) {
        if (arguments->items[a].kind != PYTHON_INT && arguments->items[a].kind != PYTHON_BOOL)
            return python_refuse(self, state, "a range by %s is not covered yet",
                                 python_what(self, state, arguments->items[a])) &&
                   push_none(self, state);
        items[arguments->positional == 1 ? 1 : a] = INTEGER(arguments->items[a].number);
    }
    if (arguments->positional < 1 || arguments->positional > 3 || items[2].number == 0)
        return python_refuse(self, state, "range() has one to three arguments, of which the last is not 0") &&
               push_none(self, state);
    return python_push(self, state, python_new(self, state, PYTHON_RANGE, BUILTIN(PYTHON_BUILTIN_RANGE), items, 3));
}

static bool convert_integer(struct python *self, struct python_state *state, struct python_value value)
{
    if (value.kind == PYTHON_ABSENT)
        return python_push(self, state, INTEGER(0));
    if (value.kind == PYTHON_BOOL)
        value.kind = PYTHON_INT;
    if (value.kind == PYTHON_STRING) {
        char *end;
        const char *text = python_text_of(self, value);
        value = INTEGER(strtoll(text, &end, 10));
        if (*text == '\0' || *end != '\0')
            return python_refuse(self, state, "int() of this text is not covered");
    }
    return python_is_integer(value)
               ? python_push(self, state, value)
               : python_refuse(self, state, "int() of %s is not covered", python_what(self, state, value));
}

static bool convert_bool(struct python *self, struct python_state *state, struct python_value value)
{
    if (!python_examine(self, state, &value))
        return false;
    int truth = value.kind == PYTHON_ABSENT ? 0 : python_truth(self, state, value);
    if (value.kind == PYTHON_DYNAMIC) {
        struct python_state *other =
            python_split(self, state, OPCODE_JE, python_immediate(0), python_register(value.number));
        return python_push(self, other, BOOL(false)) && python_push(self, state, BOOL(true));
    }
    return truth >= 0 ? python_push(self, state, BOOL(truth))
                      : python_refuse(self, state, "bool() of %s is not covered", python_what(self, state, value));
}

static bool convert_text(struct python *self, struct python_state *state, struct python_value value)
{
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    return (value.kind == PYTHON_ABSENT ||
            python_append_text(self, state, python_change(self, state, rope), value, false)) &&
           python_push(self, state, python_finish_rope(self, state, rope));
}

static bool convert_list(struct python *self, struct python_state *state, struct python_value value,
                         enum python_shape shape)
{
    enum { ITEMS_MAX = 100000 };
    struct python_value list = python_new(
        self, state, shape, BUILTIN(shape == PYTHON_LIST ? PYTHON_BUILTIN_LIST : PYTHON_BUILTIN_TUPLE), NULL, 0);
    if (python_is(state, value, PYTHON_RANGE)) {
        const struct python_value *range = python_object(state, value)->items;
        for (int64_t n = range[0].number, step = range[2].number; step > 0 ? n < range[1].number : n > range[1].number;
             n += step) {
            if (python_object(state, list)->count == ITEMS_MAX)
                return python_refuse(self, state, "a list of more than %d items", ITEMS_MAX);
            python_append(self, python_change(self, state, list), INTEGER(n));
        }
        return python_push(self, state, list);
    }
    if (value.kind == PYTHON_ABSENT)
        return python_push(self, state, list);
    if (!python_is(state, value, PYTHON_LIST) && !python_is(state, value, PYTHON_TUPLE))
        return python_refuse(self, state, "a list of %s is not covered", python_what(self, state, value));
    if (!python_touch_all(self, state, value))
        return false;
    for (uint32_t i = 0; i < python_object(state, value)->count; i++)
        python_append(self, python_change(self, state, list), python_object(state, value)->items[i]);
    return python_push(self, state, list);
}

static bool make_dictionary(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    if (arguments->positional > 0)
        return python_refuse(self, state, "dict() of something is not covered yet");
    struct python_value map = python_new(self, state, PYTHON_DICT, BUILTIN(PYTHON_BUILTIN_DICT), NULL, 0);
    for (uint32_t a = 0; a < arguments->count; a++) {
        python_append(self, python_change(self, state, map), arguments->names[a]);
        python_append(self, python_change(self, state, map), arguments->items[a]);
    }
    return python_push(self, state, map);
}

static bool extreme(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                    bool is_least)
{
    struct python_value best = arguments->positional > 0 ? arguments->items[0] : NONE;
    for (uint32_t a = 0; a < arguments->count; a++) {
        if (arguments->items[a].kind != PYTHON_INT || arguments->positional < 2)
            return python_refuse(self, state,
                                 "min() and max() of other things than known integers are not covered yet");
        if (is_least ? arguments->items[a].number < best.number : arguments->items[a].number > best.number)
            best = arguments->items[a];
    }
    return python_push(self, state, best);
}

static bool absolute(struct python *self, struct python_state *state, struct python_value value)
{
    if (value.kind != PYTHON_INT || value.number == INT64_MIN)
        return python_refuse(self, state, "abs() of %s is not covered", python_what(self, state, value));
    return python_push(self, state, INTEGER(value.number < 0 ? -value.number : value.number));
}

static bool is_instance(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value class = python_argument(self, arguments, 1, "");
    struct python_value type = python_is(state, arguments->items[0], PYTHON_INSTANCE)
                                   ? python_object(state, arguments->items[0])->type
                                   : BUILTIN(python_type(self, state, arguments->items[0]));
    bool is_known = type.kind == PYTHON_OBJECT || type.number != PYTHON_BUILTIN_NONE;
    if (!is_known || (class.kind != PYTHON_BUILTIN && !python_is(state, class, PYTHON_CLASS)))
        return python_refuse(self, state, "isinstance() of this is not covered");
    while (type.kind == PYTHON_OBJECT && !python_equal(type, class))
        type = python_object(state, type)->type;
    bool holds = python_equal(type, class) || python_equal(class, BUILTIN(PYTHON_BUILTIN_OBJECT)) ||
                 (type.kind == PYTHON_BUILTIN && type.number == PYTHON_BUILTIN_BOOL_TYPE &&
                  python_equal(class, BUILTIN(PYTHON_BUILTIN_INT)));
    return python_push(self, state, BOOL(holds));
}

/* super() finds the class in a cell of the function, and the object in its first argument. */
static bool make_super(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value items[2] = {NONE, NONE};
    const struct python_frame *frame = python_top(state);
    const struct python_code *code = &self->dump->codes[frame->code];
    for (size_t f = 0; f < code->free.count && arguments->count == 0; f++) {
        struct python_value cell = frame->values[frame->slots - code->free.count + f];
        if (strcmp(code->free.items[f], "__class__") == 0 && python_is(state, cell, PYTHON_CELL))
            items[0] = python_object(state, cell)->items[0];
    }
    if (arguments->count == 0 && frame->slots > 0)
        items[1] = python_is(state, frame->values[0], PYTHON_CELL) ? python_object(state, frame->values[0])->items[0]
                                                                   : frame->values[0];
    if (arguments->positional == 2)
        memcpy(items, arguments->items, sizeof items);
    return python_push(self, state, python_new(self, state, PYTHON_SUPER, ABSENT, items, 2));
}

static bool pop_item(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value list = arguments->items[0], index = python_argument(self, arguments, 1, "index");
    if (!python_touch(self, state, list, true) || !python_touch_all(self, state, list))
        return false;
    struct python_object *object = python_change(self, state, list);
    int64_t at = index.kind == PYTHON_ABSENT ? (int64_t)object->count - 1
                 : index.number < 0          ? index.number + (int64_t)object->count
                                             : index.number;
    if ((index.kind != PYTHON_ABSENT && index.kind != PYTHON_INT) || at < 0 || at >= (int64_t)object->count)
        return python_refuse(self, state, "pop() of an element that is not there, or not known");
    struct python_value value = object->items[at];
    memmove(object->items + at, object->items + at + 1, (object->count - (size_t)at - 1) * sizeof value);
    object->count--;
    return python_push(self, state, value);
}

static bool append_item(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    if (arguments->count != 2)
        return python_refuse(self, state, "append() takes one argument");
    if (python_find_length(self, state, arguments->items[0], true) != NULL)
        return python_append_shared(self, state, arguments->items[0], arguments->items[1]) && push_none(self, state);
    python_append(self, python_change(self, state, arguments->items[0]), arguments->items[1]);
    return push_none(self, state);
}

static bool get_item(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value key = python_argument(self, arguments, 1, "key"),
                        other = python_argument(self, arguments, 2, "default");
    if (!python_touch_all(self, state, arguments->items[0]))
        return false;
    if (key.kind == PYTHON_DYNAMIC || key.kind == PYTHON_ABSENT)
        return python_refuse(self, state, "get() of a key that depends on the threads is not covered yet");
    int64_t item = python_find_key(python_object(state, arguments->items[0]), key);
    return python_push(self, state,
                       item >= 0                     ? python_object(state, arguments->items[0])->items[item]
                       : other.kind == PYTHON_ABSENT ? NONE
                                                     : other);
}

static bool make_property(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    if (arguments->count != 1)
        return python_refuse(self, state, "a property with a setter is not covered yet");
    return python_push(self, state, python_new(self, state, PYTHON_PROPERTY, ABSENT, arguments->items, 1));
}

/* Makes a lock and the like, with what it has at the start. */
static bool make(struct python *self, struct python_state *state, enum python_builtin type,
                 const struct python_arguments *arguments, const char *name, int64_t usual, int64_t least)
{
    struct python_value given = name != NULL ? python_argument(self, arguments, 0, name) : ABSENT;
    if ((given.kind != PYTHON_ABSENT && given.kind != PYTHON_INT) || arguments->count > (name != NULL ? 1u : 0u))
        return python_refuse(self, state, "%s() with such arguments is not covered", python_builtins[type].name);
    int64_t number = given.kind == PYTHON_INT ? given.number : usual;
    if (number < least)
        return python_refuse(self, state, "%s(%" PRId64 "): expected %" PRId64 " or more", python_builtins[type].name,
                             number, least);
    struct python_value object = python_new(self, state, PYTHON_INSTANCE, BUILTIN(type), NULL, 0);
    python_change(self, state, object)->number = number;
    return python_push(self, state, object);
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

/* Methods get their object first. */
static bool has_receiver(const struct python *self, const struct python_state *state, enum python_builtin builtin,
                         const struct python_arguments *arguments)
{
    enum python_builtin type = python_builtins[builtin].type;
    if (type == PYTHON_BUILTIN_NONE)
        return true;
    return arguments->positional > 0 &&
           (type == PYTHON_BUILTIN_OBJECT || python_type(self, state, arguments->items[0]) == type);
}

bool python_call_builtin(struct python *self, struct python_state *state, enum python_builtin builtin,
                         struct python_arguments *arguments)
{
    struct python_value first = arguments->positional > 0 ? arguments->items[0] : ABSENT;
    if (!has_receiver(self, state, builtin, arguments))
        return python_refuse(self, state, "%s() is called for something else", python_builtins[builtin].name) &&
               push_none(self, state);
    switch (builtin) {
    case PYTHON_BUILTIN_PRINT:
        return print(self, state, arguments);
    case PYTHON_BUILTIN_LEN:
        return length(self, state, first);
    case PYTHON_BUILTIN_RANGE:
    case PYTHON_BUILTIN_XRANGE:
        return make_range(self, state, arguments);
    case PYTHON_BUILTIN_INT:
        return convert_integer(self, state, first);
    case PYTHON_BUILTIN_BOOL_TYPE:
        return convert_bool(self, state, first);
    case PYTHON_BUILTIN_STR:
        return convert_text(self, state, first);
    case PYTHON_BUILTIN_LIST:
        return convert_list(self, state, first, PYTHON_LIST);
    case PYTHON_BUILTIN_TUPLE:
        return convert_list(self, state, first, PYTHON_TUPLE);
    case PYTHON_BUILTIN_DICT:
        return make_dictionary(self, state, arguments);
    case PYTHON_BUILTIN_ABS:
        return absolute(self, state, first);
    case PYTHON_BUILTIN_MIN:
    case PYTHON_BUILTIN_MAX:
        return extreme(self, state, arguments, builtin == PYTHON_BUILTIN_MIN);
    case PYTHON_BUILTIN_ISINSTANCE:
        return is_instance(self, state, arguments);
    case PYTHON_BUILTIN_TYPE:
        return push_unknown(self, state, "a type");
    case PYTHON_BUILTIN_SUPER:
        return make_super(self, state, arguments);
    case PYTHON_BUILTIN_PROPERTY:
        return make_property(self, state, arguments);
    case PYTHON_BUILTIN_OBJECT_INIT:
    case PYTHON_BUILTIN_SET_SWITCH_INTERVAL:
    case PYTHON_BUILTIN_SET_CHECK_INTERVAL:
        return push_none(self, state);
    case PYTHON_BUILTIN_LIST_APPEND:
        return append_item(self, state, arguments);
    case PYTHON_BUILTIN_LIST_POP:
        return pop_item(self, state, arguments);
    case PYTHON_BUILTIN_DICT_GET:
        return get_item(self, state, arguments);
    case PYTHON_BUILTIN_SLEEP:
        open_to_others(state);
        return push_none(self, state);
    case PYTHON_BUILTIN_START_NEW_THREAD:
    case PYTHON_BUILTIN_START_NEW:
        return start_raw(self, state, arguments) && (state->refusal == 0 || push_none(self, state));
    case PYTHON_BUILTIN_ALLOCATE_LOCK:
    case PYTHON_BUILTIN_LOCK:
        return make(self, state, PYTHON_BUILTIN_LOCK, arguments, NULL, 0, 0);
    case PYTHON_BUILTIN_RLOCK:
        return make(self, state, PYTHON_BUILTIN_RLOCK, arguments, NULL, 0, 0);
    case PYTHON_BUILTIN_SEMAPHORE:
        return make(self, state, PYTHON_BUILTIN_SEMAPHORE, arguments, "value", 1, 0);
    case PYTHON_BUILTIN_CONDITION:
        return make_condition(self, state, arguments);
    case PYTHON_BUILTIN_EVENT:
        return make(self, state, PYTHON_BUILTIN_EVENT, arguments, NULL, 0, 0);
    case PYTHON_BUILTIN_BARRIER:
        return make(self, state, PYTHON_BUILTIN_BARRIER, arguments, "parties", 0, 1);
    case PYTHON_BUILTIN_QUEUE:
        return make(self, state, PYTHON_BUILTIN_QUEUE, arguments, "maxsize", 0, 0);
    case PYTHON_BUILTIN_THREAD: {
        struct python_value thread = python_new(self, state, PYTHON_INSTANCE, BUILTIN(PYTHON_BUILTIN_THREAD), NULL, 0);
        struct python_value ignored;
        memmove(arguments->items + 1, arguments->items, (PYTHON_ARGUMENTS_MAX - 1) * sizeof *arguments->items);
        memmove(arguments->names + 1, arguments->names, (PYTHON_ARGUMENTS_MAX - 1) * sizeof *arguments->names);
        arguments->items[0] = thread;
        arguments->count += arguments->count < PYTHON_ARGUMENTS_MAX;
        arguments->positional++;
        return init_thread(self, state, arguments) && python_pop(self, state, &ignored) &&
               python_push(self, state, thread);
    }
    case PYTHON_BUILTIN_THREAD_INIT:
        return init_thread(self, state, arguments);
    case PYTHON_BUILTIN_THREAD_START:
        return start(self, state, first);
    case PYTHON_BUILTIN_THREAD_JOIN:
        return join(self, state, arguments);
    case PYTHON_BUILTIN_THREAD_SET_DAEMON:
        return python_set(self, state, first, python_string(self, "daemon"), python_argument(self, arguments, 1, "")) &&
               push_none(self, state);
    case PYTHON_BUILTIN_LOCK_ACQUIRE:
    case PYTHON_BUILTIN_RLOCK_ACQUIRE:
    case PYTHON_BUILTIN_SEMAPHORE_ACQUIRE:
        return call_acquire(self, state, arguments);
    case PYTHON_BUILTIN_LOCK_ENTER:
    case PYTHON_BUILTIN_RLOCK_ENTER:
    case PYTHON_BUILTIN_SEMAPHORE_ENTER:
        return python_acquire(self, state, first, true);
    case PYTHON_BUILTIN_LOCK_RELEASE:
    case PYTHON_BUILTIN_RLOCK_RELEASE:
    case PYTHON_BUILTIN_SEMAPHORE_RELEASE:
        if (arguments->count > 1)
            return python_refuse(self, state, "release() of several permits is not covered yet");
        return python_release(self, state, first);
    case PYTHON_BUILTIN_LOCK_EXIT:
    case PYTHON_BUILTIN_RLOCK_EXIT:
    case PYTHON_BUILTIN_SEMAPHORE_EXIT:
        return python_release(self, state, first);
    case PYTHON_BUILTIN_CONDITION_ACQUIRE:
    case PYTHON_BUILTIN_CONDITION_RELEASE:
    case PYTHON_BUILTIN_CONDITION_ENTER:
    case PYTHON_BUILTIN_CONDITION_EXIT:
    case PYTHON_BUILTIN_CONDITION_WAIT:
    case PYTHON_BUILTIN_CONDITION_NOTIFY:
    case PYTHON_BUILTIN_CONDITION_NOTIFY_ALL:
    case PYTHON_BUILTIN_CONDITION_NOTIFY_OLD:
        return call_condition(self, state, builtin, arguments);
    case PYTHON_BUILTIN_EVENT_SET:
    case PYTHON_BUILTIN_EVENT_CLEAR:
    case PYTHON_BUILTIN_EVENT_WAIT:
        return call_event(self, state, builtin, arguments);
    case PYTHON_BUILTIN_BARRIER_WAIT:
        return call_barrier(self, state, arguments);
    case PYTHON_BUILTIN_QUEUE_PUT:
        return put(self, state, arguments);
    case PYTHON_BUILTIN_QUEUE_GET:
        return get(self, state, arguments);
    case PYTHON_BUILTIN_QUEUE_TASK_DONE:
        return task_done(self, state, first);
    case PYTHON_BUILTIN_QUEUE_JOIN:
        return join_queue(self, state, first);
    case PYTHON_BUILTIN_QUEUE_EMPTY:
    case PYTHON_BUILTIN_QUEUE_SIZE:
        return queue_size(self, state, first, builtin == PYTHON_BUILTIN_QUEUE_EMPTY);
    default:
        return python_refuse(self, state, "'%s' is not covered yet", python_builtins[builtin].name) &&
               push_none(self, state);
    }
}
