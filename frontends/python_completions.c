/* as_completed(): tasks in the order in which they are done. That order is a log: at each position of it a word says which task it is, and an
 * event is set once there is one. Those that were done before the first is asked for come in any order: Python has them in a set. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include "base/memory.h"

#include <inttypes.h>

static const struct operand nothing = {.kind = OPERAND_NONE};

/* Items of the iterator: a tuple of tasks; how many were done at first, None before that; a mark; positions that were taken, a bit each; how
 * many of the tasks were given. */
enum { TASKS, DONE_FIRST, MARK, TAKEN, GIVEN };

static struct operand log_word(struct python *self, const char *key)
{
    struct python_place *place = python_place_of(self, 0, python_string(self, key));
    place->is_dynamic = place->has_integers = true;
    return python_word(self, place);
}

static struct operand count_word(struct python *self)
{
    return log_word(self, "[tasks that are done]");
}

static struct operand position_word(struct python *self, int64_t position)
{
    char *key = text_format("[task that is done as number %" PRId64 "]", position + 1);
    struct operand word = log_word(self, key);
    memory_free(key);
    return word;
}

static struct operand position_event(struct python *self, int64_t position)
{
    char *own = text_format("%" PRId64, position + 1);
    struct operand operand = python_named_object(self, 0, OBJECT_EVENT, own, 0);
    struct object *object = &self->program->objects[OBJECT_EVENT].items[operand.value];
    object->is_internal = true;
    if (object->wanted == NULL)
        object->wanted = memory_copy_string("a task to be done");
    memory_free(own);
    return operand;
}

/* Tasks are submitted by the main thread, whose code is complete before theirs. */
static int64_t count_tasks(const struct python *self)
{
    int64_t count = 0;
    for (size_t t = 0; t < self->thread_count; t++)
        count += self->threads[t].is_task;
    return count;
}

void python_note_completion(struct python *self, struct python_state *state)
{
    int64_t number, count = count_tasks(self);
    if (!self->notes_completions || !python_free_register(self, state, &number))
        return;
    python_emit(self, state, OPCODE_MOV, count_word(self), python_register(number));
    for (int64_t k = 0; k < count; k++) {
        size_t skip = python_skip(self, state, OPCODE_JNE, python_immediate(k), python_register(number));
        python_emit(self, state, OPCODE_MOV, python_immediate(state->thread), position_word(self, k));
        python_emit(self, state, OPCODE_SET, position_event(self, k), nothing);
        python_land(self, state, skip);
    }
    python_emit(self, state, OPCODE_ADD, python_immediate(1), python_register(number));
    python_emit(self, state, OPCODE_MOV, python_register(number), count_word(self));
}

bool python_as_completed(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value list = arguments->count == 1 ? arguments->items[0] : NONE, tasks;
    bool is_map = python_is(state, list, PYTHON_DICT);
    if (!is_map && !python_is(state, list, PYTHON_LIST) && !python_is(state, list, PYTHON_TUPLE))
        return python_refuse(
                   self, state,
                   "as_completed() with other arguments than a list, or a dictionary, of tasks is not covered (expected a list of what submit() returned)") &&
               python_push_none(self, state);
    if (is_map && (!python_list_map(self, state, list, true, false) || !python_pop(self, state, &list)))
        return false;
    if (python_cannot_go_on(state) || !python_convert_list(self, state, list, PYTHON_TUPLE) ||
        !python_pop(self, state, &tasks) || python_cannot_go_on(state))
        return !self->error->set && python_push_none(self, state);
    for (uint32_t t = 0; t < python_object(state, tasks)->count; t++)
        if (python_type(self, state, python_object(state, tasks)->items[t]) != PYTHON_BUILTIN_TASK)
            return python_refuse(self, state,
                                 "as_completed() of %s is not covered (expected a list of what submit() returned)",
                                 python_what(self, state, python_object(state, tasks)->items[t])) &&
                   python_push_none(self, state);
    self->again |= !self->notes_completions;
    self->notes_completions = true;
    struct python_value items[PYTHON_COMPLETION_ITEMS] = {tasks, NONE, BOOL(true), INTEGER(0), INTEGER(0)};
    return python_push(self, state, python_new(self, state, PYTHON_ITERATOR, ABSENT, items, PYTHON_COMPLETION_ITEMS));
}

static int64_t item(const struct python_state *state, struct python_value iterator, size_t which)
{
    return python_object(state, iterator)->items[which].number;
}

/* The task of a thread among those that are asked for; ABSENT for another one. */
static struct python_value task_of(struct python *self, const struct python_state *state, struct python_value iterator,
                                   int64_t thread)
{
    const struct python_object *tasks = python_object(state, python_object(state, iterator)->items[TASKS]);
    for (uint32_t t = 0; t < tasks->count; t++)
        if (self->identities[python_identity_of(state, tasks->items[t])].thread == thread)
            return tasks->items[t];
    return ABSENT;
}

static bool give_next(struct python *self, struct python_state *state, struct python_value iterator);

static bool give(struct python *self, struct python_state *state, struct python_value iterator,
                 struct python_value task)
{
    python_change(self, state, iterator)->items[GIVEN].number++;
    python_run_library(self, state);
    return python_push(self, state, task);
}

/* Takes a position of the log, at which there is a task: gives that, or goes on where it is one that nobody has asked for. */
static bool take(struct python *self, struct python_state *state, struct python_value iterator, int64_t position)
{
    int64_t number;
    struct python_object *object = python_change(self, state, iterator);
    object->items[TAKEN].number |= INT64_C(1) << position;
    if (!python_free_register(self, state, &number))
        return false;
    python_emit(self, state, OPCODE_MOV, position_word(self, position), python_register(number));
    bool asks_all =
        (int64_t)python_object(state, python_object(state, iterator)->items[TASKS])->count == count_tasks(self);
    for (size_t t = 0; t < self->thread_count; t++) {
        struct python_value task = task_of(self, state, iterator, (int64_t)t);
        if (!self->threads[t].is_task || task.kind == PYTHON_ABSENT)
            continue;
        if (asks_all && t + 1 == self->thread_count)
            return give(self, state, iterator, task);
        size_t skip;
        struct python_state *branch =
            python_branch(self, state, OPCODE_JNE, python_immediate((int64_t)t), python_register(number), &skip);
        if (!give(self, branch, iterator, task))
            return false;
        python_end_branch(self, branch, skip);
    }
    return give_next(self, state, iterator);
}

/* One of those that were done at first, whichever: so many are left. */
static bool take_any(struct python *self, struct python_state *state, struct python_value iterator, int64_t first)
{
    int64_t taken = item(state, iterator, TAKEN), left = first - __builtin_popcountll((uint64_t)taken), number;
    if (!python_free_register(self, state, &number))
        return false;
    python_emit(self, state, OPCODE_CHOOSE, (struct operand){.kind = OPERAND_RANGE, .scale = (int16_t)(left - 1)},
                python_register(number));
    for (int64_t position = 0; position < first; position++) {
        if ((taken >> position & 1) != 0)
            continue;
        size_t skip;
        if (--left == 0)
            return take(self, state, iterator, position);
        struct python_state *branch =
            python_branch(self, state, OPCODE_JNE, python_immediate(left), python_register(number), &skip);
        if (!take(self, branch, iterator, position))
            return false;
        python_end_branch(self, branch, skip);
    }
    return true;
}

/* How many are done is known from here on. */
static bool begin(struct python *self, struct python_state *state, struct python_value iterator)
{
    int64_t number, count = count_tasks(self);
    python_run_library(self, state);
    if (!python_free_register(self, state, &number))
        return false;
    python_emit(self, state, OPCODE_MOV, count_word(self), python_register(number));
    for (int64_t done = 0; done < count; done++) {
        size_t skip;
        struct python_state *branch =
            python_branch(self, state, OPCODE_JNE, python_immediate(done), python_register(number), &skip);
        python_change(self, branch, iterator)->items[DONE_FIRST] = INTEGER(done);
        if (!give_next(self, branch, iterator))
            return false;
        python_end_branch(self, branch, skip);
    }
    python_change(self, state, iterator)->items[DONE_FIRST] = INTEGER(count);
    return give_next(self, state, iterator);
}

static bool give_next(struct python *self, struct python_state *state, struct python_value iterator)
{
    int64_t first = item(state, iterator, DONE_FIRST), taken = item(state, iterator, TAKEN);
    int64_t position = __builtin_popcountll((uint64_t)taken);
    if (position >= count_tasks(self)) /* never comes to it: all that were asked for are tasks */
        return python_push_none(self, state);
    if (position < first)
        return take_any(self, state, iterator, first);
    python_run_library(self, state);
    python_emit(self, state, OPCODE_AWAIT, position_event(self, position), nothing);
    return take(self, state, iterator, position);
}

bool python_next_completed(struct python *self, struct python_state *state, struct python_value iterator, bool *is_more)
{
    const struct python_object *tasks = python_object(state, python_object(state, iterator)->items[TASKS]);
    *is_more = item(state, iterator, GIVEN) < (int64_t)tasks->count;
    if (!*is_more)
        return true;
    return python_object(state, iterator)->items[DONE_FIRST].kind == PYTHON_NONE ? begin(self, state, iterator)
                                                                                 : give_next(self, state, iterator);
}
