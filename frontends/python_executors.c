/* ThreadPoolExecutor: each task is a thread of the program. Tasks begin in the order in which they are submitted, when a worker is free; which
 * worker that is nobody can tell. */
#include "frontends/python_services.h"

#include "base/memory.h"

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
        return python_refuse(self, state, "submit() of nothing (expected a function and its arguments)") &&
               python_push_none(self, state);
    passed.count = arguments->count - 2;
    passed.positional = arguments->positional - 2;
    memcpy(passed.items, arguments->items + 2, passed.count * sizeof *passed.items);
    memcpy(passed.names, arguments->names + 2, passed.count * sizeof *passed.names);
    for (uint32_t a = 0; a < passed.count; a++)
        if (passed.items[a].kind == PYTHON_DYNAMIC)
            return python_refuse(
                       self, state,
                       "an argument of a task that depends on other threads is not covered yet (expected a global variable)") &&
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

/* Which exception it has ended by: a recipe's number and 1; 0: none. */
static struct operand failure_word(struct python *self, struct python_state *state, struct python_value task)
{
    return python_counter(self, state, task, "[exception]", 0);
}

/* 1 once it has ended, where somebody asks. */
static struct operand done_word(struct python *self, struct python_state *state, struct python_value task)
{
    return python_counter(self, state, task, "[done()]", 0);
}

static void end_task(struct python *self, struct python_state *state)
{
    const struct python_thread *thread = &self->threads[state->thread];
    python_emit(self, state, OPCODE_SET, done_event(self, state, thread->task), nothing);
    if (self->identities[thread->identity].is_watched)
        python_emit(self, state, OPCODE_MOV, python_immediate(1), done_word(self, state, thread->task));
    python_note_completion(self, state);
    python_run_library(self, state);
    python_emit(self, state, OPCODE_POST, python_synchroniser_of(self, state, thread->executor, OBJECT_SEMAPHORE),
                nothing);
}

bool python_finish_task(struct python *self, struct python_state *state, struct python_value value)
{
    struct python_value task = self->threads[state->thread].task;
    struct python_place *place = result_place(self, state, task);
    struct operand operand;
    python_run_library(self, state);
    if (!python_encode(self, state, place, value, &operand))
        return false;
    python_emit(self, state, OPCODE_MOV, operand, python_word(self, place));
    end_task(self, state);
    return true;
}

/* ---- Tasks that end by an exception ------------------------------------------------------------------------------ */

static bool is_constant(struct python_value value)
{
    return value.kind == PYTHON_NONE || value.kind == PYTHON_BOOL || value.kind == PYTHON_INT ||
           value.kind == PYTHON_STRING || value.kind == PYTHON_FLOAT;
}

/* Fills what an exception is made of; false where others could not make it anew. */
static bool read_recipe(struct python *self, const struct python_state *state, struct python_value exception,
                        struct python_recipe *recipe)
{
    const struct python_object *object = python_object(state, exception);
    struct python_value args = python_exception_arguments(self, state, exception);
    *recipe = (struct python_recipe){.class = object->type};
    bool is_whole = object->count == 2; /* the arguments, and nothing else */
    if (object->type.kind == PYTHON_OBJECT) {
        recipe->class.number = python_object(state, object->type)->identity;
        is_whole = is_whole && recipe->class.number != 0;
    }
    if (!is_whole || !python_is(state, args, PYTHON_TUPLE) || python_object(state, args)->count > PYTHON_RECIPE_MAX)
        return false;
    recipe->count = python_object(state, args)->count;
    for (uint32_t i = 0; i < recipe->count; i++) {
        recipe->items[i] = python_object(state, args)->items[i];
        is_whole = is_whole && is_constant(recipe->items[i]);
    }
    return is_whole;
}

static bool same_recipe(const struct python_recipe *a, const struct python_recipe *b)
{
    bool same = a->count == b->count && python_equal(a->class, b->class);
    for (uint32_t i = 0; same && i < a->count; i++)
        same = python_equal(a->items[i], b->items[i]);
    return same;
}

/* Its number; one that is new to the task makes the pass void. */
static size_t note_recipe(struct python *self, const struct python_state *state, const struct python_recipe *recipe)
{
    size_t number = 0;
    while (number < self->recipe_count && !same_recipe(&self->recipes[number], recipe))
        number++;
    if (number == self->recipe_count) {
        self->recipes = memory_grow(self->recipes, self->recipe_count, &self->recipe_capacity, sizeof *self->recipes);
        self->recipes[self->recipe_count++] = *recipe;
    }
    uint64_t bit = UINT64_C(1) << state->thread;
    self->again |= (self->recipes[number].tasks & bit) == 0;
    self->recipes[number].tasks |= bit;
    return number;
}

bool python_fail_task(struct python *self, struct python_state *state, struct python_value exception)
{
    struct python_recipe recipe;
    if (!read_recipe(self, state, exception, &recipe))
        return python_refuse(
            self, state,
            "a task ends by an exception with other arguments than known numbers and texts: that is not "
            "covered");
    python_run_library(self, state);
    python_emit(self, state, OPCODE_MOV, python_immediate((int64_t)note_recipe(self, state, &recipe) + 1),
                failure_word(self, state, self->threads[state->thread].task));
    end_task(self, state);
    return true;
}

/* The object of an identity; NONE where the state has it not. */
static struct python_value find_object(const struct python_state *state, int64_t identity)
{
    for (uint32_t o = 0; o < state->object_count; o++)
        if (state->objects[o]->identity == (uint32_t)identity)
            return (struct python_value){PYTHON_OBJECT, o};
    return NONE;
}

static struct python_value make_anew(struct python *self, struct python_state *state,
                                     const struct python_recipe *recipe)
{
    struct python_value class =
        recipe->class.kind == PYTHON_OBJECT ? find_object(state, recipe->class.number) : recipe->class;
    return class.kind == PYTHON_NONE ? NONE : python_new_exception(self, state, class, recipe->items, recipe->count);
}

/* Where a task has ended by an exception that is raised, or pushed, in a state of its own; the given one goes on where it has none. */
static bool split_by_failure(struct python *self, struct python_state *state, struct python_value task, bool raises)
{
    int64_t number, thread = self->identities[python_identity_of(state, task)].thread;
    uint64_t bit = thread >= 0 ? UINT64_C(1) << thread : 0;
    bool may_fail = false;
    for (size_t r = 0; r < self->recipe_count; r++)
        may_fail |= (self->recipes[r].tasks & bit) != 0;
    if (!may_fail)
        return true;
    if (!python_free_register(self, state, &number))
        return false;
    python_emit(self, state, OPCODE_MOV, failure_word(self, state, task), python_register(number));
    for (size_t r = 0; r < self->recipe_count; r++) {
        if ((self->recipes[r].tasks & bit) == 0)
            continue;
        struct python_state *other =
            python_split(self, state, OPCODE_JE, python_immediate((int64_t)r + 1), python_register(number));
        struct python_value exception = make_anew(self, other, &self->recipes[r]);
        bool is_good =
            exception.kind == PYTHON_NONE
                ? python_refuse(self, other, "an exception of a class that is made after threads have started")
            : raises ? python_raise(self, other, exception)
                     : python_push(self, other, exception);
        if (!is_good)
            return false;
    }
    return true;
}

static void await_task(struct python *self, struct python_state *state, struct python_value task)
{
    python_run_library(self, state);
    python_emit(self, state, OPCODE_AWAIT, done_event(self, state, task), nothing);
}

/* Loads whether it has ended. */
static bool look_at_task(struct python *self, struct python_state *state, struct python_value task, int64_t *number)
{
    struct python_identity *identity = &self->identities[python_identity_of(state, task)];
    if (!identity->is_watched)
        identity->is_watched = self->again = true;
    if (!python_free_register(self, state, number))
        return false;
    python_run_library(self, state);
    python_emit(self, state, OPCODE_MOV, done_word(self, state, task), python_register(*number));
    python_run_library(self, state);
    return true;
}

bool python_task_done(struct python *self, struct python_state *state, struct python_value task)
{
    int64_t number;
    if (!look_at_task(self, state, task, &number))
        return false;
    struct python_state *other = python_split(self, state, OPCODE_JE, python_immediate(0), python_register(number));
    return python_push(self, other, BOOL(false)) && python_push(self, state, BOOL(true));
}

/* Waits for it; where the time is limited it can be over at any moment, and has not ended. From 3.11 on the exception is that of all limits. */
static bool await_for_some_time(struct python *self, struct python_state *state, struct python_value task,
                                const struct python_arguments *arguments)
{
    bool is_limited;
    int64_t number;
    if (!python_read_limit(self, state, python_argument(self, arguments, 1, "timeout"), &is_limited))
        return false;
    if (python_cannot_go_on(state))
        return true;
    if (!is_limited) {
        await_task(self, state, task);
        return true;
    }
    return look_at_task(self, state, task, &number) &&
           python_throw_where(
               self, state, OPCODE_JE, python_immediate(0), python_register(number),
               self->dump->version >= 311 ? PYTHON_BUILTIN_TIMEOUT_ERROR : PYTHON_BUILTIN_TASK_TIMEOUT_ERROR, "");
}

/* Of a task that has ended. */
static bool push_result(struct python *self, struct python_state *state, struct python_value task)
{
    struct python_place *place = result_place(self, state, task);
    int64_t number;
    if (!split_by_failure(self, state, task, true) || !python_free_register(self, state, &number))
        return false;
    python_emit(self, state, OPCODE_MOV, python_word(self, place), python_register(number));
    python_run_library(self, state);
    if (place->atom_count == 0 && !place->has_integers)
        return python_push_none(self, state); /* nothing is returned: never reached, or the pass is void */
    return python_decode(self, state, place, number, PYTHON_PUSH);
}

bool python_result_of(struct python *self, struct python_state *state, struct python_value task)
{
    await_task(self, state, task);
    return push_result(self, state, task);
}

bool python_task_result(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value task = arguments->items[0];
    return await_for_some_time(self, state, task, arguments) &&
           (python_cannot_go_on(state) || push_result(self, state, task));
}

bool python_task_exception(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value task = arguments->items[0];
    return await_for_some_time(self, state, task, arguments) &&
           (python_cannot_go_on(state) ||
            (split_by_failure(self, state, task, false) && python_push_none(self, state)));
}

/* wait(): for all of them. */
bool python_wait_for_tasks(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value tasks;
    if (arguments->count != 1 ||
        !(python_is(state, arguments->items[0], PYTHON_LIST) || python_is(state, arguments->items[0], PYTHON_TUPLE)))
        return python_refuse(
            self, state,
            "wait() with other arguments than a list of tasks is not covered (expected a list of what submit() returned)");
    if (!items_of(self, state, arguments->items[0], &tasks))
        return false;
    for (uint32_t t = 0; t < python_object(state, tasks)->count && !python_cannot_go_on(state); t++) {
        struct python_value task = python_object(state, tasks)->items[t];
        if (python_type(self, state, task) != PYTHON_BUILTIN_TASK)
            return python_refuse(self, state,
                                 "wait() for %s is not covered (expected a list of what submit() returned)",
                                 python_what(self, state, task));
        await_task(self, state, task);
    }
    python_run_library(self, state);
    return python_cannot_go_on(state) || python_push_unknown(self, state, "the sets that wait() returns");
}

bool python_join_tasks(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value executor = arguments->items[0];
    const struct python_object *object = python_object(state, executor);
    if (arguments->count > 1 && arguments->items[1].kind == PYTHON_BOOL)
        return python_refuse(self, state,
                             "shutdown() with arguments is not covered (expected shutdown(), or 'with')") &&
               python_push_none(self, state);
    for (uint32_t i = 1; i < object->count; i += 2) {
        int64_t number = self->identities[python_identity_of(state, object->items[i])].thread;
        python_run_library(self, state);
        python_emit(self, state, OPCODE_JOIN, (struct operand){.kind = OPERAND_THREAD, .value = number}, nothing);
    }
    python_run_library(self, state);
    return python_push_none(self, state);
}
