/* Exceptions: their types, how they are raised, what catches them, and where they go on. */
#include "frontends/python_operations.h"

#include <stdarg.h>
#include <string.h>

static const struct operand nothing = {.kind = OPERAND_NONE};

/* ---- Types ------------------------------------------------------------------------------------------------------- */

enum python_builtin python_base_of(enum python_builtin type)
{
    switch (type) {
    case PYTHON_BUILTIN_EXCEPTION:
    case PYTHON_BUILTIN_SYSTEM_EXIT:
    case PYTHON_BUILTIN_KEYBOARD_INTERRUPT:
    case PYTHON_BUILTIN_GENERATOR_EXIT:
        return PYTHON_BUILTIN_BASE_EXCEPTION;
    case PYTHON_BUILTIN_ZERO_DIVISION_ERROR:
    case PYTHON_BUILTIN_OVERFLOW_ERROR:
        return PYTHON_BUILTIN_ARITHMETIC_ERROR;
    case PYTHON_BUILTIN_INDEX_ERROR:
    case PYTHON_BUILTIN_KEY_ERROR:
        return PYTHON_BUILTIN_LOOKUP_ERROR;
    case PYTHON_BUILTIN_NOT_IMPLEMENTED_ERROR:
    case PYTHON_BUILTIN_BROKEN_BARRIER_ERROR:
        return PYTHON_BUILTIN_RUNTIME_ERROR;
    case PYTHON_BUILTIN_TIMEOUT_ERROR:
        return PYTHON_BUILTIN_OS_ERROR;
    case PYTHON_BUILTIN_UNBOUND_LOCAL_ERROR:
        return PYTHON_BUILTIN_NAME_ERROR;
    case PYTHON_BUILTIN_MODULE_NOT_FOUND_ERROR:
        return PYTHON_BUILTIN_IMPORT_ERROR;
    case PYTHON_BUILTIN_ARITHMETIC_ERROR:
    case PYTHON_BUILTIN_LOOKUP_ERROR:
    case PYTHON_BUILTIN_RUNTIME_ERROR:
    case PYTHON_BUILTIN_OS_ERROR:
    case PYTHON_BUILTIN_VALUE_ERROR:
    case PYTHON_BUILTIN_TYPE_ERROR:
    case PYTHON_BUILTIN_ASSERTION_ERROR:
    case PYTHON_BUILTIN_ATTRIBUTE_ERROR:
    case PYTHON_BUILTIN_NAME_ERROR:
    case PYTHON_BUILTIN_IMPORT_ERROR:
    case PYTHON_BUILTIN_STOP_ITERATION:
    case PYTHON_BUILTIN_QUEUE_EMPTY_ERROR:
    case PYTHON_BUILTIN_QUEUE_FULL_ERROR:
    case PYTHON_BUILTIN_TASK_TIMEOUT_ERROR:
        return PYTHON_BUILTIN_EXCEPTION;
    case PYTHON_BUILTIN_LIFO_QUEUE:
    case PYTHON_BUILTIN_PRIORITY_QUEUE:
        return PYTHON_BUILTIN_QUEUE;
    case PYTHON_BUILTIN_BOOL_TYPE:
        return PYTHON_BUILTIN_INT;
    case PYTHON_BUILTIN_OBJECT:
        return PYTHON_BUILTIN_NONE;
    default:
        return PYTHON_BUILTIN_OBJECT;
    }
}

bool python_is_exception_type(enum python_builtin type)
{
    while (type != PYTHON_BUILTIN_NONE && type != PYTHON_BUILTIN_BASE_EXCEPTION)
        type = python_base_of(type);
    return type == PYTHON_BUILTIN_BASE_EXCEPTION;
}

static bool is_exception_class(const struct python_state *state, struct python_value value)
{
    return (value.kind == PYTHON_BUILTIN || python_is(state, value, PYTHON_CLASS)) &&
           python_is_subclass(state, value, BUILTIN(PYTHON_BUILTIN_BASE_EXCEPTION));
}

static bool is_exception(const struct python_state *state, struct python_value value)
{
    return python_is(state, value, PYTHON_INSTANCE) && is_exception_class(state, python_object(state, value)->type);
}

/* ---- Instances --------------------------------------------------------------------------------------------------- */

static const char arguments_of_exception[] = "args";

struct python_value python_new_exception(struct python *self, struct python_state *state, struct python_value class,
                                         const struct python_value *items, uint32_t count)
{
    struct python_value exception = python_new(self, state, PYTHON_INSTANCE, class, NULL, 0);
    python_set_arguments(self, state, exception, items, count);
    return exception;
}

void python_set_arguments(struct python *self, struct python_state *state, struct python_value exception,
                          const struct python_value *items, uint32_t count)
{
    struct python_value args = python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE), items, count);
    struct python_value key = python_string(self, arguments_of_exception);
    struct python_object *object = python_change(self, state, exception);
    int64_t item = python_find_key(object, key);
    if (item >= 0) {
        object->items[item] = args;
        return;
    }
    python_append(self, object, key);
    python_append(self, object, args);
}

struct python_value python_exception_arguments(struct python *self, const struct python_state *state,
                                               struct python_value exception)
{
    const struct python_object *object = python_object(state, exception);
    int64_t item = python_find_key(object, python_string(self, arguments_of_exception));
    return item >= 0 ? object->items[item] : NONE;
}

/* str() of an exception: of one argument that, of several the tuple; KeyError quotes its own. */
bool python_append_exception(struct python *self, struct python_state *state, struct python_object *rope,
                             struct python_value exception)
{
    const struct python_object *object = python_object(state, exception);
    struct python_value args = python_exception_arguments(self, state, exception);
    uint32_t count = python_is(state, args, PYTHON_TUPLE) ? python_object(state, args)->count : 0;
    if (count == 0)
        return python_append_text(self, state, rope, python_string(self, ""), false);
    bool quotes = python_is_subclass(state, object->type, BUILTIN(PYTHON_BUILTIN_KEY_ERROR));
    return python_append_text(self, state, rope, count == 1 ? python_object(state, args)->items[0] : args, quotes);
}

static const char *name_of_class(const struct python *self, const struct python_state *state, struct python_value class)
{
    return class.kind == PYTHON_BUILTIN ? python_builtins[class.number].name
                                        : self->texts[python_object(state, class)->number];
}

/* As repr() has it: up to 3.6 a comma stands behind a single argument. */
bool python_append_exception_call(struct python *self, struct python_state *state, struct python_object *rope,
                                  struct python_value exception)
{
    struct python_value args = python_exception_arguments(self, state, exception);
    uint32_t count = python_is(state, args, PYTHON_TUPLE) ? python_object(state, args)->count : 0;
    python_append_plain(self, rope, name_of_class(self, state, python_object(state, exception)->type));
    python_append_plain(self, rope, "(");
    for (uint32_t i = 0; i < count; i++) {
        python_append_plain(self, rope, i > 0 ? ", " : "");
        if (!python_append_text(self, state, rope, python_object(state, args)->items[i], true))
            return false;
    }
    python_append_plain(self, rope, count == 1 && self->dump->version < 307 ? ",)" : ")");
    return true;
}

bool python_is_exception(const struct python_state *state, struct python_value value)
{
    return is_exception(state, value);
}

/* "ValueError: no such thing"; what is said depends on the threads where a number in it does, which is left out. */
static int64_t describe(struct python *self, struct python_state *state, struct python_value exception)
{
    struct text words = TEXT_INIT;
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    struct python_value class = python_object(state, exception)->type;
    text_print(&words, "%s", name_of_class(self, state, class));
    /* What cannot be shown as text is not. */
    struct error ignored = *self->error;
    int64_t refusal = state->refusal;
    bool is_said = python_append_exception(self, state, python_change(self, state, rope), exception);
    is_said = is_said && state->refusal == refusal;
    *self->error = ignored;
    state->refusal = refusal;
    const struct python_object *said = python_object(state, rope);
    for (uint32_t i = 0; is_said && i < said->count; i++) {
        enum python_kind kind = said->items[i].kind;
        const char *piece = kind == PYTHON_DYNAMIC ? "..."
                            : kind == PYTHON_INT   ? ""
                                                   : python_text_of(self, said->items[i]);
        text_print(&words, "%s%s", i == 0 && piece[0] != '\0' ? ": " : "", piece);
    }
    int64_t number = python_intern(self, text_string(&words), words.length);
    text_free(&words);
    return number;
}

/* ---- Raising ----------------------------------------------------------------------------------------------------- */

/* Where an exception was raised first: told where nothing catches it. */
static void note_origin(struct python *self, struct python_state *state, struct python_value exception)
{
    struct python_object *object = python_change(self, state, exception);
    const struct python_code *code = &self->dump->codes[self->at_code];
    if (object->number == 0 && self->at != NULL)
        object->number = ((int64_t)self->at_code << 32 | (int64_t)(self->at - code->instructions)) + 1;
}

bool python_raise(struct python *self, struct python_state *state, struct python_value exception)
{
    if (state->refusal != 0)
        return true;
    note_origin(self, state, exception);
    state->raised = exception;
    return true;
}

bool python_throw(struct python *self, struct python_state *state, enum python_builtin type, const char *words)
{
    struct python_value text = python_string(self, words);
    return python_raise(self, state, python_new_exception(self, state, BUILTIN(type), &text, words[0] != '\0' ? 1 : 0));
}

bool python_throw_words(struct python *self, struct python_state *state, enum python_builtin type, const char *format,
                        ...)
{
    struct text words = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_print_list(&words, format, arguments);
    va_end(arguments);
    bool is_thrown = python_throw(self, state, type, text_string(&words));
    text_free(&words);
    return is_thrown;
}

bool python_throw_where(struct python *self, struct python_state *state, enum opcode jump, struct operand a,
                        struct operand b, enum python_builtin type, const char *words)
{
    return python_throw(self, python_split(self, state, jump, a, b), type, words);
}

/* raise X: a class is called first. */
static bool raise_value(struct python *self, struct python_state *state, struct python_value value,
                        struct python_arguments *arguments)
{
    struct python_value made;
    uint32_t frames = state->frame_count;
    if (is_exception(state, value))
        return python_raise(self, state, value);
    if (value.kind == PYTHON_NONE && self->dump->version >= 300)
        return python_throw(self, state, PYTHON_BUILTIN_TYPE_ERROR, "exceptions must derive from BaseException");
    if (!is_exception_class(state, value))
        return python_refuse(self, state, "%s is raised (expected an exception)", python_what(self, state, value));
    if (!python_call(self, state, value, arguments, self->rules <= PYTHON_GIL310))
        return false;
    if (state->frame_count > frames) {
        python_top(state)->after = PYTHON_AFTER_RAISE;
        return true;
    }
    return python_pop(self, state, &made) && (state->refusal != 0 || python_raise(self, state, made));
}

bool python_raise_many(struct python *self, struct python_state *state, int64_t count)
{
    struct python_value values[3] = {NONE, NONE, NONE};
    struct python_arguments arguments = {0};
    if (count < 0 || count > 3 || !python_pop_many(self, state, count, values))
        return !self->error->set && python_damaged(self);
    if (count == 0 && !is_exception(state, state->handled))
        return python_throw(self, state, PYTHON_BUILTIN_RUNTIME_ERROR, "No active exception to reraise");
    if (count == 0)
        return python_raise(self, state, state->handled);
    /* 2.7: raise X, what. From 3.0 on the second is the cause, which changes nothing but what a traceback says. */
    if (self->dump->version < 300 && count > 1 && values[1].kind != PYTHON_NONE) {
        if (is_exception(state, values[1]))
            return python_raise(self, state, values[1]);
        arguments.items[0] = values[1];
        arguments.count = arguments.positional = 1;
    }
    return raise_value(self, state, values[0], &arguments);
}

bool python_raise_again(struct python *self, struct python_state *state)
{
    struct python_value type, value, traceback;
    if (!python_pop(self, state, &type))
        return false;
    value = type;
    if (self->dump->version < 311 && (!python_pop(self, state, &value) || !python_pop(self, state, &traceback)))
        return false;
    return is_exception(state, value) ? python_raise(self, state, value) : python_damaged(self);
}

/* ---- Catching ---------------------------------------------------------------------------------------------------- */

static bool matches(struct python *self, struct python_state *state, struct python_value class,
                    struct python_value wanted, bool *does)
{
    if (python_is(state, wanted, PYTHON_TUPLE)) {
        *does = false;
        for (uint32_t i = 0; i < python_object(state, wanted)->count && !*does; i++)
            if (!matches(self, state, class, python_object(state, wanted)->items[i], does))
                return false;
        return true;
    }
    *does = python_is_subclass(state, class, wanted);
    return wanted.kind == PYTHON_BUILTIN || python_is(state, wanted, PYTHON_CLASS) ||
           python_refuse(self, state, "%s stands behind 'except' (expected exceptions)",
                         python_what(self, state, wanted));
}

bool python_matches(struct python *self, struct python_state *state, struct python_value exception,
                    struct python_value wanted, bool *does)
{
    *does = false;
    struct python_value class = is_exception(state, exception) ? python_object(state, exception)->type : exception;
    return matches(self, state, class, wanted, does);
}

/* From 3.11 on a table says which handler an instruction has. */
static const struct python_handler *find_handler(const struct python_code *code, uint32_t index)
{
    for (size_t h = 0; h < code->handler_count; h++)
        if (index >= code->handlers[h].first && index < code->handlers[h].end)
            return &code->handlers[h];
    return NULL;
}

static bool enter_by_table(struct python *self, struct python_state *state, struct python_value exception,
                           bool *is_entered)
{
    struct python_frame *frame = python_top(state);
    const struct python_handler *handler =
        frame->at > 0 ? find_handler(python_code_of(self, state), frame->at - 1) : NULL;
    *is_entered = handler != NULL;
    if (handler == NULL)
        return true;
    if (handler->depth > frame->depth)
        return python_damaged(self);
    int64_t place = frame->at - 1;
    frame->depth = handler->depth;
    frame->at = handler->target;
    state->checks = false;
    return (!handler->keeps_place || python_push(self, state, INTEGER(place))) && python_push(self, state, exception);
}

/* Up to 3.10 blocks do; before a handler others may come in. */
static bool enter_by_block(struct python *self, struct python_state *state, struct python_value exception,
                           bool *is_entered)
{
    struct python_block block = {0};
    struct python_frame *frame = python_top(state);
    static const struct python_value traceback = {PYTHON_NONE, 0};
    *is_entered = false;
    while (frame->block_count > 0 && !*is_entered) {
        if (!python_leave_block(self, state, &block))
            return false;
        *is_entered = block.kind == PYTHON_BLOCK_EXCEPT || block.kind == PYTHON_BLOCK_FINALLY;
    }
    if (!*is_entered)
        return true;
    state->checks = true;
    frame->at = block.handler;
    if (self->dump->version >= 300) {
        frame->blocks[frame->block_count++] =
            (struct python_block){.level = frame->depth, .kind = PYTHON_BLOCK_HANDLER};
        if (!python_push(self, state, traceback) || !python_push(self, state, state->handled) ||
            !python_push(self, state, NONE))
            return false;
    }
    state->handled = exception;
    return python_push(self, state, traceback) && python_push(self, state, exception) &&
           python_push(self, state, python_object(state, exception)->type);
}

/* Nothing catches it: the thread ends, and the others go on. What is told is where it was raised. */
static bool die(struct python *self, struct python_state *state, struct python_value exception)
{
    if (self->threads[state->thread].is_task)
        return python_fail_task(self, state, exception);
    uint64_t origin = (uint64_t)python_object(state, exception)->number;
    int64_t words = describe(self, state, exception);
    bool is_exit =
        python_is_subclass(state, python_object(state, exception)->type, BUILTIN(PYTHON_BUILTIN_SYSTEM_EXIT));
    if (origin > 0 && (origin - 1) >> 32 < self->dump->code_count)
        self->at = &self->dump->codes[(origin - 1) >> 32].instructions[(origin - 1) & UINT32_MAX];
    if (!is_exit)
        python_emit(self, state, OPCODE_DIE, python_text(self, self->texts[words]), nothing);
    if (state->thread == 0)
        return python_end_main(self, state);
    /* 2.7 tells of raw threads by itself, behind a line that it has ended; of others the library does. */
    bool is_raw = self->threads[state->thread].identity == 0;
    return self->dump->version >= 300 || !is_raw || python_end_line(self, state);
}

/* StopIteration does not leave a generator as it is, since it would end a loop. From 3.12 on a bytecode sees to that. */
static bool leave_generator(struct python *self, struct python_state *state, struct python_value *exception)
{
    struct python_value words = python_string(self, "generator raised StopIteration");
    if (!python_is_subclass(state, python_object(state, *exception)->type, BUILTIN(PYTHON_BUILTIN_STOP_ITERATION)) ||
        self->dump->version >= 312)
        return true;
    if (self->dump->version < 307)
        return python_refuse(self, state, "StopIteration that leaves a generator is not covered");
    *exception = python_new_exception(self, state, BUILTIN(PYTHON_BUILTIN_RUNTIME_ERROR), &words, 1);
    return true;
}

/* Whether an exception ends where a generator is closed, whose frame was left by it: GeneratorExit does, and the others do where nobody
 * has called close(): the interpreter only tells them. */
static bool ends_closing(const struct python_state *state, const struct python_frame *frame,
                         struct python_value exception)
{
    struct python_value type = python_object(state, exception)->type;
    return frame->generator.kind == PYTHON_OBJECT && frame->after == PYTHON_AFTER_CLOSE &&
           (frame->result.kind == PYTHON_ABSENT ||
            python_is_subclass(state, type, BUILTIN(PYTHON_BUILTIN_GENERATOR_EXIT)));
}

bool python_unwind(struct python *self, struct python_state *state)
{
    struct python_value exception = state->raised;
    bool is_entered = false;
    state->raised = ABSENT;
    while (state->frame_count > 0) {
        bool is_good = self->dump->version >= 311 ? enter_by_table(self, state, exception, &is_entered)
                                                  : enter_by_block(self, state, exception, &is_entered);
        if (!is_good || is_entered)
            return is_good;
        struct python_frame frame = *python_top(state);
        if (frame.generator.kind == PYTHON_OBJECT && frame.after != PYTHON_AFTER_CLOSE &&
            !leave_generator(self, state, &exception))
            return false;
        python_leave_frame(self, state);
        if (state->refusal != 0)
            return true;
        if (ends_closing(state, &frame, exception))
            return python_close_ended(self, state, &frame, NONE);
        /* Who knows the exception knows the frame, and what lies in it. */
        if (state->guarded > 0)
            return python_refuse(
                self, state,
                "an exception leaves a function while a generator waits within 'try' or 'with': that is "
                "not covered");
    }
    return die(self, state, exception);
}

/* ---- Bytecodes of handlers --------------------------------------------------------------------------------------- */

bool python_push_handled(struct python *self, struct python_state *state)
{
    struct python_value exception;
    if (!python_pop(self, state, &exception))
        return false;
    if (!is_exception(state, exception))
        return python_damaged(self);
    struct python_value before = state->handled;
    state->handled = exception;
    return python_push(self, state, before) && python_push(self, state, exception);
}

bool python_pop_handled(struct python *self, struct python_state *state)
{
    struct python_value type, value, traceback;
    struct python_block block;
    if (!python_pop(self, state, &type))
        return false;
    value = type;
    if (self->dump->version < 311 && (!python_pop_block(self, state, &block) || !python_pop(self, state, &value) ||
                                      !python_pop(self, state, &traceback)))
        return false;
    state->handled = value;
    return true;
}

bool python_check_match(struct python *self, struct python_state *state)
{
    struct python_value wanted, *exception;
    bool does;
    return python_pop(self, state, &wanted) && python_peek(self, state, 0, &exception) &&
           python_matches(self, state, *exception, wanted, &does) && python_push(self, state, BOOL(does));
}

bool python_jump_if_no_match(struct python *self, struct python_state *state,
                             const struct python_instruction *instruction)
{
    struct python_value wanted, class;
    bool does;
    if (!python_pop(self, state, &wanted) || !python_pop(self, state, &class) ||
        !python_matches(self, state, class, wanted, &does))
        return false;
    python_jump(state, instruction, !does);
    return true;
}

bool python_load_assertion_error(struct python *self, struct python_state *state)
{
    return python_push(self, state, BUILTIN(PYTHON_BUILTIN_ASSERTION_ERROR));
}

bool python_forbid_stop(struct python *self, struct python_state *state)
{
    struct python_value exception, text = python_string(self, "generator raised StopIteration");
    if (!python_pop(self, state, &exception))
        return false;
    if (is_exception(state, exception) &&
        python_is_subclass(state, python_object(state, exception)->type, BUILTIN(PYTHON_BUILTIN_STOP_ITERATION)))
        exception = python_new_exception(self, state, BUILTIN(PYTHON_BUILTIN_RUNTIME_ERROR), &text, 1);
    return python_push(self, state, exception);
}
