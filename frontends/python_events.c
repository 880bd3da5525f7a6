/* Event and Barrier. */
#include "frontends/python_services.h"

static const struct operand nothing = {.kind = OPERAND_NONE};

struct operand python_synchroniser_of(struct python *self, struct python_state *state, struct python_value object,
                                      enum object_kind kind)
{
    self->identities[python_identity_of(state, object)].type = python_type(self, state, object);
    return python_synchroniser(self, python_identity_of(state, object), kind, python_object(state, object)->number);
}

bool python_call_event(struct python *self, struct python_state *state, enum python_builtin method,
                       const struct python_arguments *arguments)
{
    struct python_value event = arguments->items[0];
    if (method == PYTHON_BUILTIN_EVENT_WAIT && python_is_given(python_argument(self, arguments, 1, "timeout")))
        return python_refuse(self, state, "wait() with a timeout is not covered yet");
    if (!state->is_started && method == PYTHON_BUILTIN_EVENT_WAIT && python_object(state, event)->number == 0)
        return python_refuse(self, state, "waits for ever: no thread has been started that could set it");
    if (!state->is_started) {
        if (method != PYTHON_BUILTIN_EVENT_WAIT)
            python_change(self, state, event)->number = method == PYTHON_BUILTIN_EVENT_SET;
        return method == PYTHON_BUILTIN_EVENT_WAIT ? python_push(self, state, BOOL(true))
                                                   : python_push_none(self, state);
    }
    /* Who waits passes once it was set, even where it is cleared before: a step that awaits it would not. */
    if (method == PYTHON_BUILTIN_EVENT_CLEAR)
        return python_refuse(self, state, "clear() of an event while threads run is not covered yet");
    struct operand operand = python_synchroniser_of(self, state, event, OBJECT_EVENT);
    python_run_library(self, state);
    python_emit(self, state, method == PYTHON_BUILTIN_EVENT_SET ? OPCODE_SET : OPCODE_AWAIT, operand, nothing);
    python_run_library(self, state);
    return method == PYTHON_BUILTIN_EVENT_WAIT ? python_push(self, state, BOOL(true)) : python_push_none(self, state);
}

bool python_call_barrier(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    if (!state->is_started)
        return python_refuse(self, state, "waits at a barrier before any thread has been started");
    if (arguments->count > 1)
        return python_refuse(self, state, "wait() with a timeout is not covered yet");
    python_run_library(self, state);
    python_emit(self, state, OPCODE_ARRIVE, python_synchroniser_of(self, state, arguments->items[0], OBJECT_BARRIER),
                nothing);
    python_run_library(self, state);
    return python_push_unknown(self, state, "which number a thread has at a barrier");
}
