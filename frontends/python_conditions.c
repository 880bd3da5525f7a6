/* Condition. */
#include "frontends/python_services.h"

static const struct operand nothing = {.kind = OPERAND_NONE};

static const char lock_of_condition[] = " lock";

/* Condition(lock); by default it has an RLock of its own. */
bool python_make_condition(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value lock = python_argument(self, arguments, 0, "lock");
    if (!python_is_given(lock))
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

bool python_call_condition(struct python *self, struct python_state *state, enum python_builtin method,
                           const struct python_arguments *arguments)
{
    struct python_value condition = arguments->items[0], lock = find_lock(self, state, condition);
    if (!python_is_lock(self, state, lock))
        return python_refuse(self, state, "a condition without a lock is not covered");
    if (method == PYTHON_BUILTIN_CONDITION_ACQUIRE || method == PYTHON_BUILTIN_CONDITION_ENTER)
        return python_acquire(self, state, lock, true);
    if (method == PYTHON_BUILTIN_CONDITION_RELEASE || method == PYTHON_BUILTIN_CONDITION_EXIT)
        return python_release(self, state, lock);
    bool is_held = state->is_started && python_find_held(state, python_identity_of(state, lock)) >= 0;
    if (arguments->count > 1 || !is_held || python_counts_permits(self, state, lock))
        return python_refuse(
            self, state,
            "%s() of a condition with arguments, before threads start, or whose lock the thread does not "
            "hold, is not covered",
            python_builtins[method].name);
    struct operand mutex = python_lock_operand(self, state, lock),
                   operand = python_synchroniser_of(self, state, condition, OBJECT_CONDITION);
    struct python_identity *identity = &self->identities[python_identity_of(state, condition)];
    python_run_library(self, state);
    if (method == PYTHON_BUILTIN_CONDITION_WAIT) {
        identity->sleepers |= UINT64_C(1) << state->thread;
        python_emit(self, state, OPCODE_CWAIT, operand, mutex);
    } else if (method == PYTHON_BUILTIN_CONDITION_NOTIFY) {
        identity->wakes_one = true;
        identity->woken = self->at->place;
        python_emit(self, state, OPCODE_SIGNAL, operand, nothing);
    } else
        python_emit(self, state, OPCODE_BROADCAST, operand, nothing);
    python_run_library(self, state);
    return method == PYTHON_BUILTIN_CONDITION_WAIT ? python_push(self, state, BOOL(true))
                                                   : python_push_none(self, state);
}
