/* Blocks: with and try. */
#include "frontends/python_operations.h"

bool python_push_block(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                       bool is_loop)
{
    struct python_frame *frame = python_top(state);
    if (frame->block_count == PYTHON_BLOCKS_MAX)
        return python_damaged(self);
    frame->blocks[frame->block_count++] = (struct python_block){instruction->target, frame->depth, is_loop};
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

bool python_break_loop(struct python *self, struct python_state *state)
{
    struct python_frame *frame = python_top(state);
    struct python_block block;
    if (frame->block_count > 0 && !frame->blocks[frame->block_count - 1].is_loop)
        return python_refuse(self, state, "'break' within 'with' or 'try' is not covered yet for this version");
    if (!python_pop_block(self, state, &block))
        return false;
    frame->depth = block.level < frame->depth ? block.level : frame->depth;
    frame->at = block.handler;
    return true;
}

/* Enters a with statement: pushes how to leave it, and then what entering returns, at once or later. */
bool python_before_with(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    struct python_value manager;
    struct python_arguments none = {0};
    bool checks = self->rules <= PYTHON_GIL32;
    if (!python_pop(self, state, &manager) ||
        !python_attribute(self, state, manager, python_string(self, "__exit__"), PYTHON_PUSH) ||
        (instruction->bytecode == PY_SETUP_WITH && !python_push_block(self, state, instruction, false)))
        return false;
    if (state->refusal != 0)
        return true;
    if (!python_attribute(self, state, manager, python_string(self, "__enter__"), PYTHON_PUSH))
        return false;
    struct python_value enter;
    if (!python_pop(self, state, &enter) || !python_call(self, state, enter, &none, checks))
        return false;
    state->checks = python_is_lock(self, state, manager) ? checks : state->checks;
    return true;
}

static bool call_exit(struct python *self, struct python_state *state, struct python_value exit)
{
    struct python_arguments arguments = {.items = {NONE, NONE, NONE}, .count = 3, .positional = 3};
    return python_call(self, state, exit, &arguments, true);
}

/* Up to 3.8, at the end of a with statement without an exception: below a NULL or None lies how to leave. */
bool python_clean_up(struct python *self, struct python_state *state, bool is_old)
{
    struct python_value end, exit;
    if (!python_pop(self, state, &end) || !python_pop(self, state, &exit) || !python_push(self, state, end))
        return false;
    if (!is_old)
        return python_push(self, state, NONE) && call_exit(self, state, exit);
    bool is_builtin =
        python_is(state, exit, PYTHON_METHOD) && python_object(state, exit)->items[0].kind == PYTHON_BUILTIN;
    if (!is_builtin)
        return python_refuse(self, state,
                             "'with' and a manager that is written in Python is not covered yet for this version");
    return call_exit(self, state, exit) && python_pop(self, state, &end);
}

bool python_end_finally(struct python *self, struct python_state *state)
{
    struct python_value value;
    return python_pop(self, state, &value) &&
           (value.kind == PYTHON_ABSENT || value.kind == PYTHON_NONE ||
            python_refuse(self, state, "'finally' behind an exception, a return or a break is not covered yet"));
}

/* From 3.14 on: pushes a method that a with statement needs, and no self. */
bool python_load_special(struct python *self, struct python_state *state, const char *meaning)
{
    struct python_value value;
    return python_pop(self, state, &value) &&
           python_attribute(self, state, value, python_string(self, meaning != NULL ? meaning : "?"),
                            PYTHON_PUSH_NULL_LAST);
}
