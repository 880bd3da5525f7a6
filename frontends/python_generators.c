/* Generators: frames that are put aside, and go on later.
 *
 * A generator is an object whose items are all that its frame was: what is put aside belongs to the state like other objects do. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include <string.h>

/* Items: code, place, locals and cells, depth of the stack, names, blocks (three numbers each), and the values. `number` of the object: */
enum { ITEM_CODE, ITEM_PLACE, ITEM_SLOTS, ITEM_DEPTH, ITEM_NAMES, ITEM_BLOCKS, ITEM_COUNT };
enum generator_state { GENERATOR_WAITS, GENERATOR_RUNS, GENERATOR_ENDED };

static void put_aside(struct python *self, struct python_state *state, struct python_value generator)
{
    const struct python_frame *frame = python_top(state);
    struct python_object *object = python_change(self, state, generator);
    struct python_value head[ITEM_COUNT] = {
        [ITEM_CODE] = INTEGER(frame->code),   [ITEM_PLACE] = INTEGER(frame->at),
        [ITEM_SLOTS] = INTEGER(frame->slots), [ITEM_DEPTH] = INTEGER(frame->depth),
        [ITEM_NAMES] = frame->names,          [ITEM_BLOCKS] = INTEGER(frame->block_count)};
    object->count = 0;
    object->number = GENERATOR_WAITS;
    for (size_t i = 0; i < ITEM_COUNT; i++)
        python_append(self, object, head[i]);
    for (uint32_t b = 0; b < frame->block_count; b++) {
        python_append(self, object, INTEGER(frame->blocks[b].handler));
        python_append(self, object, INTEGER(frame->blocks[b].level));
        python_append(self, object, INTEGER(frame->blocks[b].kind));
    }
    for (uint32_t v = 0; v < frame->slots + frame->depth; v++)
        python_append(self, object, frame->values[v]);
}

bool python_make_generator(struct python *self, struct python_state *state)
{
    struct python_value generator = python_new(self, state, PYTHON_GENERATOR_OBJECT, ABSENT, NULL, 0);
    put_aside(self, state, generator);
    bool checks = python_top(state)->checks;
    python_leave_frame(self, state);
    if (state->frame_count == 0)
        return python_refuse(self, state, "a thread that runs a generator does nothing");
    state->checks = checks;
    return python_push(self, state, generator);
}

/* Goes on with a generator; how says what becomes of what it yields, and waiting is what that needs. */
static bool resume(struct python *self, struct python_state *state, struct python_value generator,
                   enum python_after how, struct python_value waiting)
{
    struct python_frame *frame;
    const struct python_object *kept = python_object(state, generator);
    if (kept->maker != state->thread)
        return python_refuse(self, state, "a generator that threads share is not covered");
    if (kept->number == GENERATOR_RUNS)
        return python_throw(self, state, PYTHON_BUILTIN_VALUE_ERROR, "generator already executing");
    if (!python_push_frame(self, state, (uint32_t)kept->items[ITEM_CODE].number, &frame))
        return false;
    struct python_object *object = python_change(self, state, generator);
    const struct python_value *values = object->items + ITEM_COUNT + 3 * object->items[ITEM_BLOCKS].number;
    bool is_first = object->items[ITEM_PLACE].number == 0;
    frame->at = (uint32_t)object->items[ITEM_PLACE].number;
    frame->names = object->items[ITEM_NAMES];
    frame->block_count = (uint32_t)object->items[ITEM_BLOCKS].number;
    for (uint32_t b = 0; b < frame->block_count; b++) {
        const struct python_value *block = object->items + ITEM_COUNT + 3 * b;
        frame->blocks[b] = (struct python_block){(uint32_t)block[0].number, (uint32_t)block[1].number,
                                                 (enum python_block_kind)block[2].number};
    }
    memcpy(frame->values, values, frame->slots * sizeof *values);
    for (int64_t v = 0; v < object->items[ITEM_DEPTH].number; v++)
        if (!python_push(self, state, values[frame->slots + v]))
            return false;
    object->number = GENERATOR_RUNS;
    object->count = ITEM_COUNT;
    frame->after = how;
    frame->result = waiting;
    frame->generator = generator;
    state->checks = self->rules <= PYTHON_GIL310;
    /* What send() sends: none, and up to 3.9 nothing at all at the beginning. */
    return (is_first && self->dump->version < 310) || python_push(self, state, NONE);
}

/* What a builtin is called with waits until a generator has ended, whose values it gets as a list. */
enum { WAITING_BUILTIN, WAITING_PLACE, WAITING_LIST, WAITING_ARGUMENTS };

static bool finish_collecting(struct python *self, struct python_state *state, struct python_value waiting)
{
    const struct python_object *object = python_object(state, waiting);
    struct python_arguments arguments = {.count = object->count - WAITING_ARGUMENTS};
    arguments.positional = arguments.count;
    for (uint32_t a = 0; a < arguments.count; a++)
        arguments.items[a] = object->items[WAITING_ARGUMENTS + a];
    arguments.items[object->items[WAITING_PLACE].number] = object->items[WAITING_LIST];
    state->checks = self->rules != PYTHON_NO_GIL;
    return python_call_builtin(self, state, (enum python_builtin)object->items[WAITING_BUILTIN].number, &arguments);
}

bool python_collect(struct python *self, struct python_state *state, enum python_builtin builtin, uint32_t place,
                    const struct python_arguments *arguments)
{
    struct python_value generator = arguments->items[place];
    if (arguments->count > arguments->positional)
        return python_refuse(self, state, "%s() of a generator, with names, is not covered yet",
                             python_builtins[builtin].name);
    struct python_value list = python_new(self, state, PYTHON_LIST, BUILTIN(PYTHON_BUILTIN_LIST), NULL, 0);
    struct python_value head[WAITING_ARGUMENTS] = {
        [WAITING_BUILTIN] = BUILTIN(builtin), [WAITING_PLACE] = INTEGER(place), [WAITING_LIST] = list};
    struct python_value waiting = python_new(self, state, PYTHON_TUPLE, ABSENT, head, WAITING_ARGUMENTS);
    for (uint32_t a = 0; a < arguments->count; a++)
        python_append(self, python_change(self, state, waiting), arguments->items[a]);
    if (python_object(state, generator)->number == GENERATOR_ENDED)
        return finish_collecting(self, state, waiting);
    return resume(self, state, generator, PYTHON_AFTER_COLLECT, waiting);
}

bool python_for_generator(struct python *self, struct python_state *state, struct python_value generator,
                          const struct python_instruction *instruction)
{
    if (python_object(state, generator)->number == GENERATOR_ENDED)
        return python_end_loop(self, state, instruction);
    return resume(self, state, generator, PYTHON_AFTER_ITERATE, ABSENT);
}

bool python_call_next(struct python *self, struct python_state *state, struct python_value generator)
{
    if (!python_is(state, generator, PYTHON_GENERATOR_OBJECT))
        return python_refuse(self, state, "next() of %s is not covered yet", python_what(self, state, generator));
    if (python_object(state, generator)->number == GENERATOR_ENDED)
        return python_throw(self, state, PYTHON_BUILTIN_STOP_ITERATION, "");
    return resume(self, state, generator, PYTHON_AFTER_NEXT, ABSENT);
}

/* Whether what is yielded stands within try or with: then more happens where nobody asks for the next value. */
static bool is_guarded(const struct python *self, const struct python_state *state)
{
    const struct python_frame *frame = &state->frames[state->frame_count - 1];
    const struct python_code *code = &self->dump->codes[frame->code];
    for (uint32_t b = 0; b < frame->block_count; b++)
        if (frame->blocks[b].kind != PYTHON_BLOCK_LOOP)
            return true;
    for (size_t h = 0; h < code->handler_count; h++)
        if (frame->at > code->handlers[h].first && frame->at <= code->handlers[h].end &&
            code->instructions[code->handlers[h].target].bytecode != PY_INTRINSIC)
            return true;
    return false;
}

bool python_yield(struct python *self, struct python_state *state)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    struct python_frame frame = *python_top(state);
    if (frame.after != PYTHON_AFTER_COLLECT && is_guarded(self, state))
        return python_refuse(
            self, state,
            "'yield' within 'try' or 'with' is not covered yet in a loop, which may leave the generator "
            "before its end (expected list() or sum() of it)");
    if (!python_is(state, frame.generator, PYTHON_GENERATOR_OBJECT) || state->frame_count < 2)
        return python_damaged(self);
    put_aside(self, state, frame.generator);
    python_top(state)->generator = ABSENT; /* it has not ended */
    python_leave_frame(self, state);
    if (frame.after == PYTHON_AFTER_COLLECT) {
        struct python_value list = python_object(state, frame.result)->items[WAITING_LIST];
        python_append(self, python_change(self, state, list), value);
        return resume(self, state, frame.generator, PYTHON_AFTER_COLLECT, frame.result);
    }
    state->checks = frame.after == PYTHON_AFTER_NEXT ? self->rules != PYTHON_NO_GIL : self->rules <= PYTHON_GIL32;
    return python_push(self, state, value);
}

void python_end_generator(struct python *self, struct python_state *state, struct python_value generator)
{
    struct python_object *object = python_change(self, state, generator);
    object->number = GENERATOR_ENDED;
    object->count = 0;
}

bool python_return_from_generator(struct python *self, struct python_state *state, const struct python_frame *frame)
{
    const struct python_frame *caller = python_top(state);
    switch (frame->after) {
    case PYTHON_AFTER_ITERATE:
        state->checks = self->rules <= PYTHON_GIL32;
        return python_end_loop(self, state, &python_code_of(self, state)->instructions[caller->at - 1]);
    case PYTHON_AFTER_COLLECT:
        return finish_collecting(self, state, frame->result);
    default:
        return python_throw(self, state, PYTHON_BUILTIN_STOP_ITERATION, "");
    }
}
