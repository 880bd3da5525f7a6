/* Blocks: loops, try and with, and how they are left. */
#include "frontends/python_operations.h"

/* ---- Blocks ------------------------------------------------------------------------------------------------------ */

bool python_push_block(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                       enum python_block_kind kind)
{
    struct python_frame *frame = python_top(state);
    if (frame->block_count == PYTHON_BLOCKS_MAX)
        return python_damaged(self);
    frame->blocks[frame->block_count++] = (struct python_block){instruction->target, frame->depth, kind};
    return true;
}

bool python_pop_block(struct python *self, struct python_state *state, struct python_block *block)
{
    struct python_frame *frame = python_top(state);
    *block = (struct python_block){0};
    if (frame->block_count == 0)
        return python_damaged(self);
    *block = frame->blocks[--frame->block_count];
    return true;
}

/* A handler has what was handled before it on the stack, as the second of three. */
bool python_leave_block(struct python *self, struct python_state *state, struct python_block *block)
{
    enum { OLD_VALUES = 3, OLD_EXCEPTION = 1 };
    struct python_frame *frame = python_top(state);
    if (!python_pop_block(self, state, block))
        return false;
    if (block->kind == PYTHON_BLOCK_HANDLER) {
        if (frame->depth < block->level + OLD_VALUES)
            return python_damaged(self);
        state->handled = frame->values[frame->slots + block->level + OLD_EXCEPTION];
    }
    frame->depth = block->level < frame->depth ? block->level : frame->depth;
    return true;
}

/* ---- Leaving by return, break and continue ----------------------------------------------------------------------- */

/* Up to 3.7 these go through the blocks, and what stands behind `finally`, or leaves a `with`, finds on the stack how to go on. From 3.8 on
 * the compiler writes out what is done. */
enum reason { REASON_RETURN = 1, REASON_BREAK, REASON_CONTINUE, REASON_SILENCED };

static bool leave_by(struct python *self, struct python_state *state, enum reason reason, struct python_value value,
                     bool *is_caught)
{
    struct python_frame *frame = python_top(state);
    struct python_block block;
    *is_caught = false;
    while (frame->block_count > 0) {
        bool is_loop = frame->blocks[frame->block_count - 1].kind == PYTHON_BLOCK_LOOP;
        if (is_loop && reason == REASON_CONTINUE)
            return true;
        if (!python_leave_block(self, state, &block))
            return false;
        if (is_loop && reason == REASON_BREAK) {
            frame->at = block.handler;
            return true;
        }
        if (block.kind != PYTHON_BLOCK_FINALLY)
            continue;
        *is_caught = true;
        frame->at = block.handler;
        state->checks = true;
        return (reason == REASON_BREAK || python_push(self, state, value)) && python_push(self, state, INTEGER(reason));
    }
    return reason == REASON_RETURN || python_damaged(self);
}

bool python_return_value(struct python *self, struct python_state *state, struct python_value value)
{
    bool is_caught;
    if (!leave_by(self, state, REASON_RETURN, value, &is_caught))
        return false;
    return is_caught || python_return(self, state, value);
}

bool python_break_loop(struct python *self, struct python_state *state)
{
    bool is_caught;
    return leave_by(self, state, REASON_BREAK, NONE, &is_caught);
}

static bool continue_at(struct python *self, struct python_state *state, struct python_value target)
{
    bool is_caught;
    if (!leave_by(self, state, REASON_CONTINUE, target, &is_caught))
        return false;
    if (target.kind != PYTHON_INT || target.number < 0 || target.number >= python_code_of(self, state)->count)
        return python_damaged(self);
    if (!is_caught)
        python_top(state)->at = (uint32_t)target.number;
    return true;
}

bool python_continue_loop(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    return continue_at(self, state, INTEGER(instruction->target));
}

/* ---- Finally ----------------------------------------------------------------------------------------------------- */

/* 3.8: the same code of a `finally` is called from several places. */
bool python_call_finally(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    if (!python_push(self, state, INTEGER(python_top(state)->at)))
        return false;
    python_jump(state, instruction, true);
    return true;
}

static bool go_back(struct python *self, struct python_state *state, struct python_value place)
{
    if (place.number < 0 || place.number >= python_code_of(self, state)->count)
        return python_damaged(self);
    python_top(state)->at = (uint32_t)place.number;
    return true;
}

static bool go_on_with(struct python *self, struct python_state *state, struct python_value reason)
{
    struct python_value value;
    struct python_block block;
    switch (reason.number) {
    case REASON_RETURN:
        return python_pop(self, state, &value) && python_return_value(self, state, value);
    case REASON_BREAK:
        return python_break_loop(self, state);
    case REASON_CONTINUE:
        return python_pop(self, state, &value) && continue_at(self, state, value);
    case REASON_SILENCED:
        return python_leave_block(self, state, &block);
    default:
        return python_damaged(self);
    }
}

bool python_end_finally(struct python *self, struct python_state *state)
{
    struct python_value top;
    if (!python_pop(self, state, &top))
        return false;
    if (top.kind == PYTHON_ABSENT || top.kind == PYTHON_NONE)
        return true;
    if (top.kind == PYTHON_INT)
        return self->dump->version == 308 ? go_back(self, state, top) : go_on_with(self, state, top);
    return python_push(self, state, top) && python_raise_again(self, state);
}

/* 3.8: a return or break within `finally` forgets how that was entered. */
bool python_pop_finally(struct python *self, struct python_state *state, bool keeps)
{
    struct python_value kept = NONE, top, ignored;
    struct python_block block;
    if ((keeps && !python_pop(self, state, &kept)) || !python_pop(self, state, &top))
        return false;
    bool is_exception = top.kind != PYTHON_ABSENT && top.kind != PYTHON_INT;
    if (is_exception && (!python_pop(self, state, &ignored) || !python_pop(self, state, &ignored) ||
                         !python_leave_block(self, state, &block)))
        return false;
    return !keeps || python_push(self, state, kept);
}

/* ---- With -------------------------------------------------------------------------------------------------------- */

/* Enters a with statement: pushes how to leave it, and then what entering returns, at once or later. */
bool python_before_with(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    struct python_value manager;
    struct python_arguments none = {0};
    bool checks = self->rules <= PYTHON_GIL32;
    if (!python_pop(self, state, &manager))
        return false;
    if (python_is_scalar(manager))
        return python_throw_no_manager(self, state, manager);
    if (!python_attribute(self, state, manager, python_string(self, "__exit__"), PYTHON_PUSH))
        return false;
    if (state->refusal != 0)
        return true;
    if (!python_attribute(self, state, manager, python_string(self, "__enter__"), PYTHON_PUSH))
        return false;
    struct python_value enter;
    if (!python_pop(self, state, &enter) ||
        (instruction->bytecode == PY_SETUP_WITH &&
         !python_push_block(self, state, instruction, PYTHON_BLOCK_FINALLY)) ||
        !python_call(self, state, enter, &none, checks))
        return false;
    state->checks = python_is_lock(self, state, manager) ? checks : state->checks;
    return true;
}

static bool call_exit(struct python *self, struct python_state *state, struct python_value exit,
                      struct python_value type, struct python_value value)
{
    struct python_arguments arguments = {.items = {type, value, NONE}, .count = 3, .positional = 3};
    return python_call(self, state, exit, &arguments, true);
}

static bool has_exception(struct python_value top)
{
    return top.kind != PYTHON_ABSENT && top.kind != PYTHON_NONE && top.kind != PYTHON_INT;
}

/* Up to 3.8. On top lies how the block was left: nothing; a reason and perhaps a value below it; an exception, as three values. Below lies
 * how to leave the with statement, which is taken out. */
static bool take_exit(struct python *self, struct python_state *state, struct python_value *exit,
                      struct python_value *type, struct python_value *value)
{
    struct python_value top, second, third, old[3];
    *type = *value = NONE;
    if (!python_pop(self, state, &top))
        return false;
    bool has_value = self->dump->version < 308 && top.kind == PYTHON_INT &&
                     (top.number == REASON_RETURN || top.number == REASON_CONTINUE);
    if (!has_exception(top))
        return (!has_value || python_pop(self, state, &second)) && python_pop(self, state, exit) &&
               (!has_value || python_push(self, state, second)) && python_push(self, state, top);
    bool has_old = self->dump->version >= 300;
    if (!python_pop(self, state, &second) || !python_pop(self, state, &third) ||
        (has_old && !python_pop_many(self, state, 3, old)) || !python_pop(self, state, exit))
        return false;
    *type = top;
    *value = second;
    struct python_frame *frame = python_top(state);
    if (has_old && frame->block_count > 0)
        frame->blocks[frame->block_count - 1].level--;
    for (size_t o = 0; has_old && o < 3; o++)
        if (!python_push(self, state, old[o]))
            return false;
    return python_push(self, state, third) && python_push(self, state, second) && python_push(self, state, top);
}

bool python_clean_up(struct python *self, struct python_state *state)
{
    struct python_value exit, type, value;
    if (!take_exit(self, state, &exit, &type, &value) || !python_push(self, state, type))
        return false;
    uint32_t frames = state->frame_count;
    if (!call_exit(self, state, exit, type, value))
        return false;
    if (self->dump->version >= 300)
        return true;
    /* In 2.7 the same bytecode looks at what was returned. */
    if (state->frame_count == frames)
        return python_finish_clean_up(self, state);
    python_top(state)->after = PYTHON_AFTER_EXIT;
    return true;
}

/* What leaving returned, and above what it was told, lie on the stack: where that is true an exception is forgotten. */
bool python_finish_clean_up(struct python *self, struct python_state *state)
{
    struct python_value result, type, ignored;
    struct python_block block;
    if (!python_pop(self, state, &result) || !python_pop(self, state, &type))
        return false;
    if (type.kind == PYTHON_NONE || state->refusal != 0 || state->raised.kind != PYTHON_ABSENT)
        return true;
    int truth = python_truth(self, state, result);
    if (truth < 0)
        return python_refuse(self, state, "whether __exit__() silences an exception is not known here");
    if (truth == 0)
        return true;
    if (self->dump->version == 308)
        return python_leave_block(self, state, &block) && python_push(self, state, ABSENT);
    if (self->dump->version >= 300)
        return python_push(self, state, INTEGER(REASON_SILENCED));
    for (size_t i = 0; i < 3; i++)
        if (!python_pop(self, state, &ignored))
            return false;
    return python_push(self, state, NONE);
}

/* From 3.9 on, in the handler of a with statement: pushes what leaving returns. */
bool python_start_exit(struct python *self, struct python_state *state)
{
    struct python_value *top, *second, *exit, *receiver;
    int version = self->dump->version;
    bool has_receiver = version >= 314;
    if (!python_peek(self, state, 0, &top) || !python_peek(self, state, version < 311 ? 1 : 0, &second) ||
        !python_peek(self, state,
                     version < 311  ? 6
                     : has_receiver ? 4
                                    : 3,
                     &exit) ||
        !python_peek(self, state, 3, &receiver))
        return false;
    struct python_value value = *second, type = version < 311 ? *top : NONE;
    if (version >= 311 && python_is_exception(state, value))
        type = python_object(state, value)->type;
    struct python_arguments arguments = {.items = {type, value, NONE}, .count = 3, .positional = 3};
    if (has_receiver && receiver->kind != PYTHON_ABSENT) {
        arguments.items[3] = NONE;
        arguments.items[2] = value;
        arguments.items[1] = type;
        arguments.items[0] = *receiver;
        arguments.count = arguments.positional = 4;
    }
    return python_call(self, state, *exit, &arguments, true);
}

/* From 3.14 on: pushes a method that a with statement needs, and no self. */
bool python_load_special(struct python *self, struct python_state *state, const char *meaning)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    return python_is_scalar(value)
               ? python_throw_no_manager(self, state, value)
               : python_attribute(self, state, value, python_string(self, meaning != NULL ? meaning : "?"),
                                  PYTHON_PUSH_NULL_LAST);
}
