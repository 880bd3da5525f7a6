/* Event and Barrier. */
#include "frontends/python_services.h"

static const struct operand nothing = {.kind = OPERAND_NONE};

struct operand python_synchroniser_of(struct python *self, struct python_state *state, struct python_value object,
                                      enum object_kind kind)
{
    self->identities[python_identity_of(state, object)].type = python_type(self, state, object);
    return python_synchroniser(self, python_identity_of(state, object), kind, python_object(state, object)->number);
}

/* Before threads start. */
static bool call_known_event(struct python *self, struct python_state *state, enum python_builtin method,
                             struct python_value event, bool is_limited)
{
    bool is_set = python_object(state, event)->number != 0;
    if (method == PYTHON_BUILTIN_EVENT_WAIT && !is_set && !is_limited)
        return python_refuse(
            self, state,
            "waits for ever: no thread has been started that could set it (expected set() or start() before)");
    if (method != PYTHON_BUILTIN_EVENT_SET && method != PYTHON_BUILTIN_EVENT_CLEAR)
        return python_push(self, state, BOOL(is_set));
    python_change(self, state, event)->number = method == PYTHON_BUILTIN_EVENT_SET;
    return python_push_none(self, state);
}

/* An event that is set or waited for, and nothing else. */
static bool call_plain_event(struct python *self, struct python_state *state, enum python_builtin method,
                             struct python_value event)
{
    struct operand operand = python_synchroniser_of(self, state, event, OBJECT_EVENT);
    python_run_library(self, state);
    python_emit(self, state, method == PYTHON_BUILTIN_EVENT_SET ? OPCODE_SET : OPCODE_AWAIT, operand, nothing);
    python_run_library(self, state);
    return method == PYTHON_BUILTIN_EVENT_WAIT ? python_push(self, state, BOOL(true)) : python_push_none(self, state);
}

/* What an event is that can be cleared: a flag, and a condition with its lock, on which threads wait. Who waits passes once it was set,
 * even where it is cleared again before. */
struct flag {
    struct python *python;
    struct python_state *state;
    struct python_value event;
    struct operand word, condition, mutex;
};

static struct flag find_flag(struct python *self, struct python_state *state, struct python_value event)
{
    return (struct flag){.python = self,
                         .state = state,
                         .event = event,
                         .word = python_counter(self, state, event, "[set]", python_object(state, event)->number != 0),
                         .condition = python_synchroniser_of(self, state, event, OBJECT_CONDITION),
                         .mutex =
                             python_second_object(self, python_identity_of(state, event), OBJECT_MUTEX, "lock", 0)};
}

/* 1 while a thread waits for a limited time, until it is set. An earlier pass may have seen a thread wait that has not been made yet in
 * this one: it is known by its number. */
static struct operand patience_of(const struct flag *self, uint32_t thread)
{
    struct text name = TEXT_INIT;
    text_print(&name, "[waits: thread %u]", thread);
    struct operand word = python_counter(self->python, self->state, self->event, text_string(&name), 0);
    text_free(&name);
    return word;
}

static void emit(const struct flag *self, enum opcode opcode, struct operand first, struct operand second)
{
    python_emit(self->python, self->state, opcode, first, second);
}

static void set_flag(const struct flag *self, bool is_set)
{
    uint64_t patient = self->python->identities[python_identity_of(self->state, self->event)].patient;
    emit(self, OPCODE_LOCK, self->mutex, nothing);
    emit(self, OPCODE_MOV, python_immediate(is_set), self->word);
    if (is_set)
        emit(self, OPCODE_BROADCAST, self->condition, nothing);
    for (; is_set && patient != 0; patient &= patient - 1)
        emit(self, OPCODE_MOV, python_immediate(0), patience_of(self, (uint32_t)__builtin_ctzll(patient)));
    emit(self, OPCODE_UNLOCK, self->mutex, nothing);
}

static void wait_for_flag(const struct flag *self)
{
    emit(self, OPCODE_LOCK, self->mutex, nothing);
    size_t skip = python_skip(self->python, self->state, OPCODE_JNE, python_immediate(0), self->word);
    emit(self, OPCODE_CWAIT, self->condition, self->mutex);
    python_land(self->python, self->state, skip);
    emit(self, OPCODE_UNLOCK, self->mutex, nothing);
}

/* Leaves in a register whether it was set before the time was over. */
static void wait_for_some_time(const struct flag *self, int64_t number)
{
    struct operand patience = patience_of(self, self->state->thread);
    emit(self, OPCODE_MOV, self->word, python_register(number));
    emit(self, OPCODE_MOV, python_immediate(1), patience);
    emit(self, OPCODE_SUB, python_register(number), patience); /* 0: it is set already */
    python_run_library(self->python, self->state);
    emit(self, OPCODE_MOV, python_immediate(1), python_register(number));
    emit(self, OPCODE_SUB, patience, python_register(number));
    emit(self, OPCODE_MOV, python_immediate(0), patience);
}

static bool push_register(struct python *self, struct python_state *state, int64_t number)
{
    struct python_state *other = python_split(self, state, OPCODE_JE, python_immediate(0), python_register(number));
    return python_push(self, other, BOOL(false)) && python_push(self, state, BOOL(true));
}

static bool call_flag(struct python *self, struct python_state *state, enum python_builtin method,
                      struct python_value event, bool is_limited)
{
    struct flag flag = find_flag(self, state, event);
    int64_t number;
    if (!python_free_register(self, state, &number))
        return false;
    python_run_library(self, state);
    if (method == PYTHON_BUILTIN_EVENT_SET || method == PYTHON_BUILTIN_EVENT_CLEAR)
        set_flag(&flag, method == PYTHON_BUILTIN_EVENT_SET);
    else if (method != PYTHON_BUILTIN_EVENT_WAIT)
        emit(&flag, OPCODE_MOV, flag.word, python_register(number));
    else if (is_limited)
        wait_for_some_time(&flag, number);
    else
        wait_for_flag(&flag);
    python_run_library(self, state);
    if (method == PYTHON_BUILTIN_EVENT_WAIT && !is_limited)
        return python_push(self, state, BOOL(true));
    return method == PYTHON_BUILTIN_EVENT_SET || method == PYTHON_BUILTIN_EVENT_CLEAR
               ? python_push_none(self, state)
               : push_register(self, state, number);
}

bool python_call_event(struct python *self, struct python_state *state, enum python_builtin method,
                       const struct python_arguments *arguments)
{
    struct python_value event = arguments->items[0];
    bool is_limited = false;
    if (method == PYTHON_BUILTIN_EVENT_WAIT &&
        !python_read_limit(self, state, python_argument(self, arguments, 1, "timeout"), &is_limited))
        return false;
    if (!state->is_started)
        return call_known_event(self, state, method, event, is_limited);
    struct python_identity *identity = &self->identities[python_identity_of(state, event)];
    bool needs_flag = is_limited || (method != PYTHON_BUILTIN_EVENT_SET && method != PYTHON_BUILTIN_EVENT_WAIT);
    uint64_t patient = identity->patient | (uint64_t)is_limited << state->thread;
    if ((needs_flag && !identity->has_flag) || patient != identity->patient)
        identity->has_flag = self->again = true;
    identity->patient = patient;
    return identity->has_flag ? call_flag(self, state, method, event, is_limited)
                              : call_plain_event(self, state, method, event);
}

bool python_call_barrier(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    if (!state->is_started)
        return python_refuse(self, state,
                             "waits at a barrier before any thread has been started (expected start() before)");
    if (arguments->count > 1)
        return python_refuse(self, state, "wait() with a timeout is not covered yet (expected wait() without one)");
    struct python_value barrier = arguments->items[0];
    struct operand arrived = python_counter(self, state, barrier, "[arrived]", 0);
    int64_t number, next;
    if (!python_free_register(self, state, &number) || !python_free_register(self, state, &next))
        return false;
    python_run_library(self, state);
    /* Who comes first has number 0, whoever is the last one the greatest; then they begin anew. */
    python_emit(self, state, OPCODE_MOV, arrived, python_register(number));
    python_emit(self, state, OPCODE_MOV, python_register(number), python_register(next));
    python_emit(self, state, OPCODE_ADD, python_immediate(1), python_register(next));
    python_emit(self, state, OPCODE_MOD, python_immediate(python_object(state, barrier)->number),
                python_register(next));
    python_emit(self, state, OPCODE_MOV, python_register(next), arrived);
    python_emit(self, state, OPCODE_ARRIVE, python_synchroniser_of(self, state, barrier, OBJECT_BARRIER), nothing);
    python_run_library(self, state);
    return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
}
