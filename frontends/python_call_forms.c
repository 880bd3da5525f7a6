/* How the versions' bytecodes lay out a call on the stack, and what returning does. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include <string.h>

/* Pops arguments of which the last have the names of a tuple (NONE: no names). */
static bool pop_arguments(struct python *self, struct python_state *state, int64_t count, struct python_value names,
                          struct python_arguments *arguments)
{
    *arguments = (struct python_arguments){.count = (uint32_t)count};
    int64_t named = python_is(state, names, PYTHON_TUPLE) ? python_object(state, names)->count : 0;
    if (!python_pop_many(self, state, count, arguments->items))
        return false;
    if (count > PYTHON_ARGUMENTS_MAX || named > count)
        return python_damaged(self);
    arguments->positional = (uint32_t)(count - named);
    for (int64_t n = 0; n < named; n++)
        arguments->names[arguments->positional + n] = python_object(state, names)->items[n];
    return true;
}

static bool prepend(struct python *self, struct python_state *state, struct python_arguments *arguments,
                    struct python_value value)
{
    if (arguments->count == PYTHON_ARGUMENTS_MAX)
        return python_refuse(self, state, "a call with more than %d arguments", PYTHON_ARGUMENTS_MAX);
    memmove(arguments->items + 1, arguments->items, arguments->count * sizeof *arguments->items);
    memmove(arguments->names + 1, arguments->names, arguments->count * sizeof *arguments->names);
    arguments->items[0] = value;
    arguments->names[0] = ABSENT;
    arguments->count++;
    arguments->positional++;
    return true;
}

/* From 3.11 on two values lie below the arguments: a NULL and what is called, or a method and self; from 3.13 on what is called comes
 * first. */
bool python_call_with_pair(struct python *self, struct python_state *state, int64_t count, struct python_value names)
{
    struct python_arguments arguments;
    struct python_value upper, lower;
    if (!pop_arguments(self, state, count, names, &arguments) || !python_pop(self, state, &upper) ||
        !python_pop(self, state, &lower))
        return false;
    bool is_first = self->dump->version >= 313 || lower.kind != PYTHON_ABSENT;
    if (is_first && upper.kind != PYTHON_ABSENT && !prepend(self, state, &arguments, upper))
        return false;
    return python_call(self, state, is_first ? lower : upper, &arguments, self->rules <= PYTHON_GIL310);
}

bool python_call_plain(struct python *self, struct python_state *state, int64_t count, struct python_value names,
                       bool has_null)
{
    struct python_arguments arguments;
    struct python_value callee, null;
    if (!pop_arguments(self, state, count, names, &arguments) || !python_pop(self, state, &callee) ||
        (has_null && !python_pop(self, state, &null)))
        return false;
    return python_call(self, state, callee, &arguments, true);
}

/* 2.7: names and values in turn behind the positional arguments. */
bool python_call_old(struct python *self, struct python_state *state, int64_t argument)
{
    int64_t positional = argument & 255, named = argument >> 8;
    struct python_arguments arguments = {.positional = (uint32_t)positional, .count = (uint32_t)(positional + named)};
    struct python_value callee;
    if (named > PYTHON_ARGUMENTS_MAX - positional)
        return python_refuse(self, state, "a call with more than %d arguments", PYTHON_ARGUMENTS_MAX);
    for (int64_t n = named; n-- > 0;)
        if (!python_pop(self, state, &arguments.items[positional + n]) ||
            !python_pop(self, state, &arguments.names[positional + n]))
            return false;
    return python_pop_many(self, state, positional, arguments.items) && python_pop(self, state, &callee) &&
           python_call(self, state, callee, &arguments, true);
}

/* The positional arguments that a list or tuple has. */
static bool add_listed(struct python *self, struct python_state *state, struct python_value list,
                       struct python_arguments *arguments)
{
    bool is_list = python_is(state, list, PYTHON_LIST) || python_is(state, list, PYTHON_TUPLE);
    if (!is_list || arguments->count + python_object(state, list)->count > PYTHON_ARGUMENTS_MAX)
        return python_refuse(self, state, "a call with '*' of %s, or with more than %d arguments, is not covered yet",
                             python_what(self, state, list), PYTHON_ARGUMENTS_MAX);
    if (!python_touch_all(self, state, list))
        return false;
    for (uint32_t i = 0; i < python_object(state, list)->count; i++)
        arguments->items[arguments->count++] = python_object(state, list)->items[i];
    arguments->positional = arguments->count;
    return true;
}

/* The named arguments that a dictionary has. */
static bool add_named(struct python *self, struct python_state *state, struct python_value map,
                      struct python_arguments *arguments)
{
    if (!python_is(state, map, PYTHON_DICT) ||
        arguments->count + python_object(state, map)->count / 2 > PYTHON_ARGUMENTS_MAX)
        return python_refuse(self, state, "a call with '**' of %s, or with more than %d arguments, is not covered",
                             python_what(self, state, map), PYTHON_ARGUMENTS_MAX);
    if (!python_touch_all(self, state, map))
        return false;
    for (uint32_t i = 0; i + 1 < python_object(state, map)->count; i += 2) {
        arguments->names[arguments->count] = python_object(state, map)->items[i];
        arguments->items[arguments->count++] = python_object(state, map)->items[i + 1];
    }
    return true;
}

/* f(*list, **map); from 3.11 on with a NULL, behind which or before which the function lies. Only 3.11 looks behind a function of Python's. */
bool python_call_with_list(struct python *self, struct python_state *state, int64_t flags)
{
    struct python_arguments arguments = {0};
    struct python_value list, callee, other = ABSENT;
    int version = self->dump->version;
    struct python_value named = ABSENT;
    if (((flags & 1) != 0 || version >= 314) && !python_pop(self, state, &named))
        return false;
    if (!python_pop(self, state, &list) || (version >= 313 && !python_pop(self, state, &other)) ||
        !python_pop(self, state, &callee) || (version >= 311 && version < 313 && !python_pop(self, state, &other)))
        return false;
    if (other.kind != PYTHON_ABSENT)
        return python_refuse(self, state,
                             "a call with '*' of a method is not covered yet (expected its arguments one by one)");
    if (!add_listed(self, state, list, &arguments) ||
        (named.kind != PYTHON_ABSENT && state->refusal == 0 && !add_named(self, state, named, &arguments)))
        return false;
    return state->refusal != 0 ||
           python_call(self, state, callee, &arguments, self->rules <= PYTHON_GIL310 || version == 311);
}

/* 2.7: the list and the dictionary lie above the other arguments. */
bool python_call_old_with_list(struct python *self, struct python_state *state, int64_t argument, bool has_list,
                               bool has_map)
{
    int64_t positional = argument & 255, named = argument >> 8;
    struct python_arguments arguments = {.positional = (uint32_t)positional, .count = (uint32_t)positional};
    struct python_value list = ABSENT, map = ABSENT, callee, names[PYTHON_ARGUMENTS_MAX], values[PYTHON_ARGUMENTS_MAX];
    if (named > PYTHON_ARGUMENTS_MAX - positional || argument < 0)
        return python_refuse(self, state, "a call with more than %d arguments", PYTHON_ARGUMENTS_MAX);
    if ((has_map && !python_pop(self, state, &map)) || (has_list && !python_pop(self, state, &list)))
        return false;
    for (int64_t n = named; n-- > 0;)
        if (!python_pop(self, state, &values[n]) || !python_pop(self, state, &names[n]))
            return false;
    if (!python_pop_many(self, state, positional, arguments.items) || !python_pop(self, state, &callee) ||
        (has_list && !add_listed(self, state, list, &arguments)))
        return false;
    for (int64_t n = 0; n < named && arguments.count < PYTHON_ARGUMENTS_MAX; n++) {
        arguments.names[arguments.count] = names[n];
        arguments.items[arguments.count++] = values[n];
    }
    return (!has_map || add_named(self, state, map, &arguments)) &&
           (state->refusal != 0 || python_call(self, state, callee, &arguments, true));
}

void python_leave_frame(struct python *self, struct python_state *state)
{
    struct python_frame *frame = &state->frames[--state->frame_count];
    /* In 2.7 what is handled is a function's own. */
    if (self->dump->version < 300)
        state->handled = frame->handled;
    if (frame->generator.kind == PYTHON_OBJECT)
        python_end_generator(self, state, frame->generator);
}

bool python_return(struct python *self, struct python_state *state, struct python_value value)
{
    struct python_frame frame = *python_top(state);
    python_leave_frame(self, state);
    if (state->frame_count == 0 && self->threads[state->thread].is_task)
        return python_finish_task(self, state, value);
    if (state->frame_count == 0)
        return state->thread != 0 || python_end_main(self, state);
    state->checks = frame.checks;
    if (frame.generator.kind == PYTHON_OBJECT)
        return python_return_from_generator(self, state, &frame, value);
    switch (frame.after) {
    case PYTHON_AFTER_DROP:
        return true;
    case PYTHON_AFTER_CLASS:
        return python_finish_class(self, state, frame.result, frame.names) && python_push(self, state, frame.result);
    case PYTHON_AFTER_NEW:
        return python_begin_instance(self, state, frame.result, value);
    case PYTHON_AFTER_ITER:
        return python_push(self, state, value) && python_push(self, state, ABSENT);
    case PYTHON_AFTER_SHOW:
        return python_shown(self, state, frame.result, value);
    case PYTHON_AFTER_MAKE:
        return python_push(self, state, frame.result);
    case PYTHON_AFTER_RAISE:
        return python_raise(self, state, frame.result);
    case PYTHON_AFTER_WAIT_FOR:
        state->checks = self->rules != PYTHON_NO_GIL;
        return python_go_on_waiting(self, state, frame.result, value);
    case PYTHON_AFTER_EXIT:
        return python_push(self, state, value) && python_finish_clean_up(self, state);
    default:
        return python_push(self, state, value);
    }
}
