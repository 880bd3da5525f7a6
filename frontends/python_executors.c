/* ThreadPoolExecutor: each task is a thread of the program. Tasks begin in the order in which they are submitted, when a worker is free; which
 * worker that is nobody can tell. */
#include "frontends/python_services.h"

#include <string.h>

static const struct operand nothing = {.kind = OPERAND_NONE};
static const char task_of_executor[] = " task";

/* Set once the task has a result; and once it has a worker. */
static struct operand done_event(struct python *self, struct python_state *state, struct python_value task)
{
    return python_synchroniser_of(self, state, task, OBJECT_EVENT);
}

static struct operand taken_event(struct python *self, const struct python_state *state, struct python_value task)
{
    return python_second_object(self, python_identity_of(state, task), OBJECT_EVENT, "taken", 0);
}

/* The task that was submitted last, ABSENT for none. */
static struct python_value last_task(const struct python_state *state, struct python_value executor)
{
    const struct python_object *object = python_object(state, executor);
    return object->count > 0 ? object->items[object->count - 1] : ABSENT;
}

/* A worker takes the tasks in their order. */
static void begin_task(struct python *self, struct python_state *state, struct python_value executor,
                       struct python_value before, struct python_value task)
{
    if (before.kind != PYTHON_ABSENT)
        python_emit(self, state, OPCODE_AWAIT, taken_event(self, state, before), nothing);
    python_emit(self, state, OPCODE_WAIT, python_synchroniser_of(self, state, executor, OBJECT_SEMAPHORE), nothing);
    python_emit(self, state, OPCODE_SET, taken_event(self, state, task), nothing);
    python_run_library(self, state);
}

/* The task calls a function with arguments; pushes its Future. */
static bool submit(struct python *self, struct python_state *state, struct python_value executor,
                   struct python_value callee, struct python_arguments *passed)
{
    if (!python_begin_threads(self, state))
        return false;
    if (state->is_conditional || python_object(state, executor)->maker != state->thread)
        return python_refuse(
                   self, state,
                   "a task that another thread submits than has made the executor, or whether it is submitted "
                   "depending on the others, is not covered") &&
               python_push_none(self, state);
    struct python_value before = last_task(state, executor);
    struct python_value task = python_new(self, state, PYTHON_INSTANCE, BUILTIN(PYTHON_BUILTIN_TASK), NULL, 0);
    self->has_tasks = true;
    python_append(self, python_change(self, state, executor), python_string(self, task_of_executor));
    python_append(self, python_change(self, state, executor), task);
    python_run_library(self, state);
    int64_t number = python_add_thread(self, state, callee, passed, python_name_thread(self, NULL, "Task"), false);
    if (number < 0)
        return !self->error->set && python_push_none(self, state);
    struct python_thread *thread = &self->threads[number];
    thread->identity = python_identity_of(state, task);
    thread->is_task = true;
    thread->task = task;
    thread->executor = executor;
    self->identities[thread->identity].thread = number;
    begin_task(self, thread->work[0], executor, before, task);
    python_spawn(self, state, number);
    python_run_library(self, state);
    return python_push(self, state, task);
}

bool python_submit(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_arguments passed = {0};
    if (arguments->positional < 2)
        return python_refuse(self, state, "submit() of nothing") && python_push_none(self, state);
    passed.count = arguments->count - 2;
    passed.positional = arguments->positional - 2;
    memcpy(passed.items, arguments->items + 2, passed.count * sizeof *passed.items);
    memcpy(passed.names, arguments->names + 2, passed.count * sizeof *passed.names);
    for (uint32_t a = 0; a < passed.count; a++)
        if (passed.items[a].kind == PYTHON_DYNAMIC)
            return python_refuse(self, state,
                                 "an argument of a task that depends on other threads is not covered yet") &&
                   python_push_none(self, state);
    return submit(self, state, arguments->items[0], arguments->items[1], &passed);
}

/* What map() goes through: the items of a list, a tuple or a range, as new. */
static bool items_of(struct python *self, struct python_state *state, struct python_value list,
                     struct python_value *items)
{
    return python_convert_list(self, state, list, PYTHON_TUPLE) && python_pop(self, state, items);
}

/* All are submitted at once; the results come in their order. */
bool python_submit_all(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value items, task, tasks;
    if (arguments->count != 3 || arguments->positional != 3)
        return python_refuse(self, state,
                             "map() of an executor with other arguments than a function and one list is not "
                             "covered") &&
               python_push_none(self, state);
    if (!items_of(self, state, arguments->items[2], &items))
        return false;
    if (state->refusal != 0)
        return python_push_none(self, state);
    tasks = python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE), NULL, 0);
    for (uint32_t i = 0; i < python_object(state, items)->count; i++) {
        struct python_arguments passed = {
            .items = {python_object(state, items)->items[i]}, .count = 1, .positional = 1};
        if (!submit(self, state, arguments->items[0], arguments->items[1], &passed) || !python_pop(self, state, &task))
            return false;
        if (state->refusal != 0)
            return python_push_none(self, state);
        python_append(self, python_change(self, state, tasks), task);
    }
    struct python_value iterator[3] = {tasks, INTEGER(0), BOOL(true)};
    return python_push(self, state, python_new(self, state, PYTHON_ITERATOR, ABSENT, iterator, 3));
}

/* The library's own place: nobody looks at it before it is written. */
static struct python_place *result_place(struct python *self, struct python_state *state, struct python_value task)
{
    struct python_place *place =
        python_place_of(self, python_identity_of(state, task), python_string(self, "[result]"));
    place->is_dynamic = true;
    return place;
}

bool python_finish_task(struct python *self, struct python_state *state, struct python_value value)
{
    const struct python_thread *thread = &self->threads[state->thread];
    struct python_place *place = result_place(self, state, thread->task);
    struct operand operand;
    python_run_library(self, state);
    if (!python_encode(self, state, place, value, &operand))
        return false;
    python_emit(self, state, OPCODE_MOV, operand, python_word(self, place));
    python_emit(self, state, OPCODE_SET, done_event(self, state, thread->task), nothing);
    python_run_library(self, state);
    python_emit(self, state, OPCODE_POST, python_synchroniser_of(self, state, thread->executor, OBJECT_SEMAPHORE),
                nothing);
    return true;
}

bool python_result_of(struct python *self, struct python_state *state, struct python_value task)
{
    struct python_place *place = result_place(self, state, task);
    int64_t number;
    if (!python_free_register(self, state, &number))
        return false;
    python_run_library(self, state);
    python_emit(self, state, OPCODE_AWAIT, done_event(self, state, task), nothing);
    python_emit(self, state, OPCODE_MOV, python_word(self, place), python_register(number));
    python_run_library(self, state);
    if (place->atom_count == 0 && !place->has_integers)
        return python_push_none(self, state); /* nothing is returned: never reached, or the pass is void */
    return python_decode(self, state, place, number, PYTHON_PUSH);
}

bool python_task_result(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    if (python_is_given(python_argument(self, arguments, 1, "timeout")))
        return python_refuse(self, state, "result() with a time limit is not covered yet") &&
               python_push_none(self, state);
    return python_result_of(self, state, arguments->items[0]);
}

bool python_join_tasks(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value executor = arguments->items[0];
    const struct python_object *object = python_object(state, executor);
    if (arguments->count > 1 && arguments->items[1].kind == PYTHON_BOOL)
        return python_refuse(self, state, "shutdown() with arguments is not covered") && python_push_none(self, state);
    for (uint32_t i = 1; i < object->count; i += 2) {
        int64_t number = self->identities[python_identity_of(state, object->items[i])].thread;
        python_run_library(self, state);
        python_emit(self, state, OPCODE_JOIN, (struct operand){.kind = OPERAND_THREAD, .value = number}, nothing);
    }
    python_run_library(self, state);
    return python_push_none(self, state);
}
