/* queue.Queue. */
#include "frontends/python_services.h"

#include "base/memory.h"

static const struct operand nothing = {.kind = OPERAND_NONE};

/* A number that the library keeps for a queue. */
static struct operand counter(struct python *self, struct python_state *state, struct python_value queue,
                              const char *name)
{
    struct python_place *place = python_place_of(self, python_identity_of(state, queue), python_string(self, name));
    place->is_dynamic = place->has_integers = true;
    return python_word(self, place);
}

static struct python_place *items_of(struct python *self, struct python_state *state, struct python_value queue)
{
    return python_place_of(self, python_identity_of(state, queue), python_string(self, "[items]"));
}

static struct operand queue_operand(struct python *self, struct python_state *state, struct python_value queue)
{
    int64_t most = python_object(state, queue)->number;
    self->identities[python_identity_of(state, queue)].type = PYTHON_BUILTIN_QUEUE;
    return python_synchroniser(self, python_identity_of(state, queue), OBJECT_QUEUE,
                               most > 0 && most < PROGRAM_QUEUE_MAX ? most : PROGRAM_QUEUE_MAX);
}

/* Set while no item is unfinished. */
static struct operand done_event(struct python *self, struct python_state *state, struct python_value queue)
{
    struct python_identity *identity = &self->identities[python_identity_of(state, queue)];
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
    return (waits && !python_is_given(timeout)) ||
           python_refuse(
               self, state,
               "put() and get() of a queue that do not wait, or not for ever, are not covered yet");
}

bool python_queue_put(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value queue = arguments->items[0], item = python_argument(self, arguments, 1, "item");
    struct operand value, operand = queue_operand(self, state, queue);
    bool is_bounded = python_object(state, queue)->number > 0;
    if (item.kind == PYTHON_ABSENT || python_object(state, queue)->number > PROGRAM_QUEUE_MAX)
        return python_refuse(self, state, "put() of nothing, or to a queue for more than %d items", PROGRAM_QUEUE_MAX);
    if (!is_plain_wait(self, state, arguments, 2))
        return false;
    python_run_library(self, state);
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
    python_run_library(self, state);
    return python_push_none(self, state);
}

bool python_queue_get(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value queue = arguments->items[0];
    struct operand operand = queue_operand(self, state, queue);
    int64_t number;
    if (!state->is_started)
        return python_refuse(self, state, "get() before any thread has been started is not covered yet");
    if (!is_plain_wait(self, state, arguments, 1) || !python_free_register(self, state, &number))
        return false;
    python_run_library(self, state);
    python_emit(self, state, OPCODE_GET, operand, python_register(number));
    python_emit(self, state, OPCODE_SUB, python_immediate(1), counter(self, state, queue, "[length]"));
    python_run_library(self, state);
    const struct python_place *items = items_of(self, state, queue);
    if (items->atom_count == 0 && !items->has_integers)
        return python_push_none(self, state); /* nothing is put: never reached, or the pass is void */
    return python_decode(self, state, items, number, PYTHON_PUSH);
}

bool python_queue_task_done(struct python *self, struct python_state *state, struct python_value queue)
{
    struct operand unfinished = counter(self, state, queue, "[unfinished]");
    int64_t number;
    if (!python_free_register(self, state, &number))
        return false;
    python_run_library(self, state);
    python_emit(self, state, OPCODE_SUB, python_immediate(1), unfinished);
    python_emit(self, state, OPCODE_MOV, unfinished, python_register(number));
    python_require(self, state, OPCODE_JGTE, python_immediate(0), python_register(number),
                   "ValueError: task_done() called too many times");
    size_t skip = python_skip(self, state, OPCODE_JNE, python_immediate(0), python_register(number));
    python_emit(self, state, OPCODE_SET, done_event(self, state, queue), nothing);
    python_land(self, state, skip);
    python_run_library(self, state);
    return python_push_none(self, state);
}

bool python_queue_size(struct python *self, struct python_state *state, struct python_value queue, bool is_empty)
{
    int64_t number;
    if (!python_free_register(self, state, &number))
        return false;
    python_run_library(self, state);
    python_emit(self, state, OPCODE_MOV, counter(self, state, queue, "[length]"), python_register(number));
    python_run_library(self, state);
    if (!is_empty)
        return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
    struct python_state *other = python_split(self, state, OPCODE_JE, python_immediate(0), python_register(number));
    return python_push(self, other, BOOL(true)) && python_push(self, state, BOOL(false));
}

bool python_queue_join(struct python *self, struct python_state *state, struct python_value queue)
{
    python_run_library(self, state);
    python_emit(self, state, OPCODE_AWAIT, done_event(self, state, queue), nothing);
    python_run_library(self, state);
    return python_push_none(self, state);
}
