/* Generators: frames that are put aside, and go on later.
 *
 * A generator is an object whose items are all that its frame was: what is put aside belongs to the state like other objects do. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include "base/memory.h"

#include <string.h>

/* Items: code, place, locals and cells, depth of the stack, names, what is being handled, blocks (three numbers each), and the values.
 * `number` of the object says what it does; guarded: it waits within try or with, so that more happens once it is dropped. */
enum { ITEM_CODE, ITEM_PLACE, ITEM_SLOTS, ITEM_DEPTH, ITEM_NAMES, ITEM_HANDLED, ITEM_BLOCKS, ITEM_COUNT };
enum generator_state { GENERATOR_WAITS, GENERATOR_WAITS_GUARDED, GENERATOR_RUNS, GENERATOR_ENDED };

/* Whether the innermost frame is within try or with. Where it only goes on with another generator that is none. */
static bool is_guarded(const struct python *self, const struct python_state *state)
{
    const struct python_frame *frame = &state->frames[state->frame_count - 1];
    const struct python_code *code = &self->dump->codes[frame->code];
    for (uint32_t b = 0; b < frame->block_count; b++)
        if (frame->blocks[b].kind != PYTHON_BLOCK_LOOP)
            return true;
    for (size_t h = 0; h < code->handler_count; h++) {
        enum python_bytecode what = code->instructions[code->handlers[h].target].bytecode;
        if (frame->at > code->handlers[h].first && frame->at <= code->handlers[h].end && what != PY_INTRINSIC &&
            what != PY_CLEANUP_THROW)
            return true;
    }
    return false;
}

static void put_aside(struct python *self, struct python_state *state, struct python_value generator)
{
    const struct python_frame *frame = python_top(state);
    bool guards = is_guarded(self, state);
    struct python_object *object = python_change(self, state, generator);
    struct python_value head[ITEM_COUNT] = {
        [ITEM_CODE] = INTEGER(frame->code),   [ITEM_PLACE] = INTEGER(frame->at),
        [ITEM_SLOTS] = INTEGER(frame->slots), [ITEM_DEPTH] = INTEGER(frame->depth),
        [ITEM_NAMES] = frame->names,          [ITEM_BLOCKS] = INTEGER(frame->block_count)};
    head[ITEM_HANDLED] = python_equal(state->handled, frame->handled) ? ABSENT : state->handled;
    state->handled = frame->handled;
    object->count = 0;
    object->number = guards ? GENERATOR_WAITS_GUARDED : GENERATOR_WAITS;
    state->guarded += guards;
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
    bool checks = python_top(state)->checks, is_iterated = python_top(state)->after == PYTHON_AFTER_ITER;
    python_leave_frame(self, state);
    if (state->frame_count == 0)
        return python_refuse(self, state, "a thread that runs a generator does nothing");
    state->checks = checks;
    return python_push(self, state, generator) && (!is_iterated || python_push(self, state, ABSENT));
}

/* Goes on with a generator; how says what becomes of what it yields, and waiting is what that needs. */
static bool resume_with(struct python *self, struct python_state *state, struct python_value generator,
                        enum python_after how, struct python_value waiting, struct python_value sent)
{
    struct python_frame *frame;
    const struct python_object *kept = python_object(state, generator);
    if (kept->maker != state->thread)
        return python_refuse(
            self, state,
            "a generator that threads share is not covered (expected one of each thread's own, or a list)");
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
    if (object->items[ITEM_HANDLED].kind != PYTHON_ABSENT)
        state->handled = object->items[ITEM_HANDLED];
    state->guarded -= object->number == GENERATOR_WAITS_GUARDED;
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
    /* Up to 3.9 nothing is sent at all at the beginning; nor is where it is closed. */
    return sent.kind == PYTHON_ABSENT || (is_first && self->dump->version < 310) || python_push(self, state, sent);
}

static bool resume(struct python *self, struct python_state *state, struct python_value generator,
                   enum python_after how, struct python_value waiting)
{
    return resume_with(self, state, generator, how, waiting, NONE);
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

/* What next() returns of another iterator. */
static bool next_of(struct python *self, struct python_state *state, struct python_value iterator,
                    struct python_value otherwise)
{
    bool is_more;
    if (!python_next(self, state, iterator, &is_more))
        return false;
    if (is_more || python_cannot_go_on(state))
        return true;
    return otherwise.kind != PYTHON_ABSENT ? python_push(self, state, otherwise)
                                           : python_throw(self, state, PYTHON_BUILTIN_STOP_ITERATION, "");
}

bool python_call_next(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value iterator = arguments->items[0];
    struct python_value otherwise = arguments->count == 2 ? arguments->items[1] : ABSENT;
    if (python_is(state, iterator, PYTHON_COUNTER) || python_is(state, iterator, PYTHON_ITERATOR))
        return next_of(self, state, iterator, otherwise);
    if (!python_is(state, iterator, PYTHON_GENERATOR_OBJECT) || arguments->count > 2)
        return python_refuse(self, state,
                             "next() of %s is not covered (expected a 'for' loop over a list, range or generator)",
                             python_what(self, state, iterator));
    if (python_object(state, iterator)->number == GENERATOR_ENDED)
        return otherwise.kind != PYTHON_ABSENT ? python_push(self, state, otherwise)
                                               : python_throw(self, state, PYTHON_BUILTIN_STOP_ITERATION, "");
    return resume(self, state, iterator, PYTHON_AFTER_NEXT, otherwise);
}

bool python_send(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value generator = arguments->items[0];
    const struct python_object *kept = python_object(state, generator);
    if (arguments->count != 2)
        return python_refuse(self, state, "send() takes one argument");
    if (kept->number == GENERATOR_ENDED)
        return python_throw(self, state, PYTHON_BUILTIN_STOP_ITERATION, "");
    if (kept->number != GENERATOR_RUNS && kept->items[ITEM_PLACE].number == 0 &&
        arguments->items[1].kind != PYTHON_NONE && self->dump->version < 311)
        return python_throw(self, state, PYTHON_BUILTIN_TYPE_ERROR,
                            "can't send non-None value to a just-started generator");
    return resume_with(self, state, generator, PYTHON_AFTER_NEXT, ABSENT, arguments->items[1]);
}

/* ---- Yielding ---------------------------------------------------------------------------------------------------- */

bool python_yield(struct python *self, struct python_state *state)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    struct python_frame frame = *python_top(state);
    if (!python_is(state, frame.generator, PYTHON_GENERATOR_OBJECT) || state->frame_count < 2)
        return python_damaged(self);
    if (self->dump->version < 300 && !python_equal(state->handled, frame.handled))
        return python_refuse(self, state,
                             "'yield' within 'except' is not covered in Python 2.7, which forgets what it handles");
    if (frame.after == PYTHON_AFTER_CLOSE)
        return python_refuse(self, state, "a generator that yields while it is closed is not covered");
    put_aside(self, state, frame.generator);
    python_top(state)->generator = ABSENT; /* it has not ended */
    python_leave_frame(self, state);
    if (frame.after == PYTHON_AFTER_COLLECT) {
        struct python_value list = python_object(state, frame.result)->items[WAITING_LIST];
        python_append(self, python_change(self, state, list), value);
        return resume(self, state, frame.generator, PYTHON_AFTER_COLLECT, frame.result);
    }
    state->checks = frame.after == PYTHON_AFTER_NEXT      ? self->rules != PYTHON_NO_GIL
                    : frame.after == PYTHON_AFTER_ITERATE ? self->rules <= PYTHON_GIL32
                                                          : false;
    if (!python_push(self, state, value))
        return false;
    if (frame.after != PYTHON_AFTER_DELEGATE || self->dump->version >= 311)
        return true;
    /* Up to 3.10 who goes on with another generator yields what that does, and comes back to the same bytecode. */
    python_top(state)->at--;
    return python_yield(self, state);
}

/* `yield from` has what it returns. From 3.12 on the generator below it is popped by a bytecode of its own. */
static bool finish_delegating(struct python *self, struct python_state *state, struct python_value value)
{
    struct python_value receiver;
    const struct python_instruction *instruction =
        &python_code_of(self, state)->instructions[python_top(state)->at - 1];
    state->checks = self->rules <= PYTHON_GIL32;
    if (self->dump->version < 312 && !python_pop(self, state, &receiver))
        return false;
    if (self->dump->version >= 311)
        python_jump(state, instruction, true);
    return python_push(self, state, value);
}

bool python_delegate(struct python *self, struct python_state *state)
{
    struct python_value sent, *receiver;
    bool is_more;
    if (!python_pop(self, state, &sent) || !python_peek(self, state, self->dump->version >= 315 ? 1 : 0, &receiver))
        return false;
    if (python_is(state, *receiver, PYTHON_GENERATOR_OBJECT))
        return python_object(state, *receiver)->number == GENERATOR_ENDED
                   ? finish_delegating(self, state, NONE)
                   : resume_with(self, state, *receiver, PYTHON_AFTER_DELEGATE, ABSENT, sent);
    if (sent.kind != PYTHON_NONE)
        return python_refuse(self, state, "send() to 'yield from' of %s is not covered",
                             python_what(self, state, *receiver));
    if (!python_next(self, state, *receiver, &is_more))
        return false;
    if (python_cannot_go_on(state))
        return true;
    if (!is_more)
        return finish_delegating(self, state, NONE);
    if (self->dump->version >= 311)
        return true;
    python_top(state)->at--;
    return python_yield(self, state);
}

bool python_end_delegating(struct python *self, struct python_state *state)
{
    struct python_value value;
    return python_pop(self, state, &value) && python_pop_iterator(self, state) && python_push(self, state, value);
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

void python_end_generator(struct python *self, struct python_state *state, struct python_value generator)
{
    struct python_object *object = python_change(self, state, generator);
    state->guarded -= object->number == GENERATOR_WAITS_GUARDED;
    object->number = GENERATOR_ENDED;
    object->count = 0;
}

/* StopIteration has what a generator has returned, if that is something. */
static bool stop(struct python *self, struct python_state *state, struct python_value value)
{
    return python_raise(
        self, state,
        python_new_exception(self, state, BUILTIN(PYTHON_BUILTIN_STOP_ITERATION), &value, value.kind != PYTHON_NONE));
}

bool python_return_from_generator(struct python *self, struct python_state *state, const struct python_frame *frame,
                                  struct python_value value)
{
    const struct python_frame *caller = python_top(state);
    switch (frame->after) {
    case PYTHON_AFTER_ITERATE:
        state->checks = self->rules <= PYTHON_GIL32;
        return python_end_loop(self, state, &python_code_of(self, state)->instructions[caller->at - 1]);
    case PYTHON_AFTER_COLLECT:
        return finish_collecting(self, state, frame->result);
    case PYTHON_AFTER_DELEGATE:
        return finish_delegating(self, state, value);
    case PYTHON_AFTER_CLOSE:
        return python_close_ended(self, state, frame, self->dump->version >= 313 ? value : NONE);
    default:
        return frame->result.kind != PYTHON_ABSENT ? python_push(self, state, frame->result) : stop(self, state, value);
    }
}

bool python_close_ended(struct python *self, struct python_state *state, const struct python_frame *frame,
                        struct python_value value)
{
    state->checks = frame->checks;
    return frame->result.kind == PYTHON_ABSENT || python_push(self, state, value);
}

/* Goes on with a generator by GeneratorExit. is_asked: somebody calls close(), who gets None. */
static bool close_generator(struct python *self, struct python_state *state, struct python_value generator,
                            bool is_asked)
{
    bool checks = state->checks;
    if (!resume_with(self, state, generator, PYTHON_AFTER_CLOSE, is_asked ? NONE : ABSENT, ABSENT))
        return false;
    if (python_cannot_go_on(state))
        return true;
    python_top(state)->checks = checks;
    state->checks = false;
    return python_throw(self, state, PYTHON_BUILTIN_GENERATOR_EXIT, "");
}

bool python_close(struct python *self, struct python_state *state, struct python_value generator)
{
    const struct python_object *kept = python_object(state, generator);
    if (kept->number == GENERATOR_WAITS)
        python_end_generator(self, state, generator);
    if (python_object(state, generator)->number == GENERATOR_ENDED)
        return python_push_none(self, state);
    struct python_value top = kept->count > ITEM_COUNT ? kept->items[kept->count - 1] : NONE;
    if (python_is(state, top, PYTHON_GENERATOR_OBJECT))
        return python_refuse(self, state, "close() of a generator that goes on with another one is not covered");
    return close_generator(self, state, generator, true);
}

/* What a thread can still come to, by the numbers of objects. */
struct reach {
    const struct python_state *state;
    bool *marks;
    uint32_t *found;
    uint32_t count;
};

static void reach(struct reach *reach, const struct python_value *values, uint32_t count)
{
    for (uint32_t v = 0; v < count; v++)
        if (values[v].kind == PYTHON_OBJECT && !reach->marks[values[v].number]) {
            reach->marks[values[v].number] = true;
            reach->found[reach->count++] = (uint32_t)values[v].number;
        }
}

static void reach_all(struct reach *self)
{
    const struct python_state *state = self->state;
    reach(self, &MODULE, 1);
    reach(self, &state->raised, 1);
    reach(self, &state->handled, 1);
    for (uint32_t o = 0; o < state->base_count; o++)
        reach(self, &(struct python_value){PYTHON_OBJECT, o}, 1);
    for (uint32_t f = 0; f < state->frame_count; f++) {
        const struct python_frame *frame = &state->frames[f];
        reach(self, frame->values, frame->slots + frame->depth);
        reach(self,
              (const struct python_value[]){frame->result, frame->handled, frame->generator, frame->names,
                                            frame->keywords},
              5);
    }
    for (uint32_t o = 0; o < self->count; o++) {
        const struct python_object *object = state->objects[self->found[o]];
        reach(self, &object->type, 1);
        reach(self, object->items, object->count);
    }
}

bool python_close_dropped(struct python *self, struct python_state *state)
{
    struct reach walk = {.state = state};
    struct python_value dropped = ABSENT;
    uint32_t count = 0;
    walk.marks = memory_new(state->object_count, sizeof *walk.marks);
    walk.found = memory_new(state->object_count, sizeof *walk.found);
    reach_all(&walk);
    for (uint32_t o = 0; o < state->object_count; o++) {
        const struct python_object *object = state->objects[o];
        bool is_dropped = object->shape == PYTHON_GENERATOR_OBJECT && object->number == GENERATOR_WAITS_GUARDED &&
                          object->maker == state->thread && !walk.marks[o];
        dropped = is_dropped ? (struct python_value){PYTHON_OBJECT, o} : dropped;
        count += is_dropped;
    }
    memory_free(walk.marks);
    memory_free(walk.found);
    if (count > 1)
        return python_refuse(self, state, "several generators that wait within 'try' or 'with' are dropped at once");
    return count == 0 || close_generator(self, state, dropped, false);
}
