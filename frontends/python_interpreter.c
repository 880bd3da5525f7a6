/* Executes bytecodes: what is known is computed, and what is not leaves instructions. */
#include "frontends/python_operations.h"

#include "base/memory.h"

#include <string.h>

static const struct operand nothing = {.kind = OPERAND_NONE};

/* Of a thread: many more splits would make a program that nobody could check. */
enum { END_LABEL = 0, EXECUTED_MAX = 1000000, LABELS_MAX = 100000, SPLITS_MAX = 10000, INSTRUCTIONS_MAX = 1000000 };

static bool rotate(struct python *self, struct python_state *state, uint32_t count)
{
    struct python_value *top, *below;
    if (!python_peek(self, state, 0, &top) || !python_peek(self, state, count - 1, &below))
        return false;
    struct python_value value = *top;
    memmove(below + 1, below, (count - 1) * sizeof *below);
    *below = value;
    return true;
}

static bool duplicate(struct python *self, struct python_state *state, uint32_t depth)
{
    struct python_value *value;
    return python_peek(self, state, depth, &value) && python_push(self, state, *value);
}

static bool duplicate_many(struct python *self, struct python_state *state, uint32_t count)
{
    for (uint32_t v = 0; v < count; v++)
        if (!duplicate(self, state, count - 1))
            return false;
    return true;
}

static bool swap(struct python *self, struct python_state *state, int64_t depth)
{
    struct python_value *top, *other;
    if (!python_peek(self, state, 0, &top) || !python_peek(self, state, (uint32_t)(depth - 1), &other))
        return false;
    struct python_value value = *top;
    *top = *other;
    *other = value;
    return true;
}

static bool two(struct python *self, struct python_state *state, struct python_value *a, struct python_value *b)
{
    return python_pop(self, state, b) && python_pop(self, state, a);
}

static bool intrinsic(struct python *self, struct python_state *state, const char *meaning)
{
    struct python_value value;
    if (meaning != NULL && strcmp(meaning, "INTRINSIC_LIST_TO_TUPLE") == 0) {
        if (!python_pop(self, state, &value) || !python_is(state, value, PYTHON_LIST))
            return python_damaged(self);
        return python_push(self, state,
                           python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE),
                                      python_object(state, value)->items, python_object(state, value)->count));
    }
    if (meaning != NULL && strcmp(meaning, "INTRINSIC_UNARY_POSITIVE") == 0)
        return python_unary(self, state, PY_POSITIVE);
    /* In a generator: StopIteration becomes another error. */
    if (meaning != NULL && strcmp(meaning, "INTRINSIC_STOPITERATION_ERROR") == 0)
        return python_forbid_stop(self, state);
    return python_refuse(self, state, "'%s' is not covered yet (expected what docs/python.md lists)",
                         meaning != NULL ? meaning : "this");
}

/* Up to 3.8 a comparison says whether an exception matches, too. */
static bool compare_by(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                       struct python_value a, struct python_value b)
{
    bool does;
    if (instruction->meaning != NULL && strcmp(instruction->meaning, "exception match") == 0)
        return python_matches(self, state, a, b, &does) && python_push(self, state, BOOL(does));
    return python_compare(self, state, python_relation_of(instruction->meaning), a, b);
}

static bool execute(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    struct python_value a, b;
    struct python_block block;
    struct python_value *slot;
    int64_t argument = instruction->argument;
    bool is_found;
    switch (instruction->bytecode) {
    case PY_NOTHING:
    case PY_RESUME:
        return true;
    case PY_LOAD_CONST:
        return python_constant_at(self, state, argument, &a) && python_push(self, state, a);
    case PY_LOAD_SMALL_INT:
        return python_push(self, state, INTEGER(argument));
    case PY_LOAD_FAST:
        return python_load_fast(self, state, argument, false);
    case PY_LOAD_FAST_CLEAR:
        return python_load_fast(self, state, argument, true);
    case PY_LOAD_FAST_TWICE:
        return python_load_fast(self, state, argument >> 4, false) &&
               (python_cannot_go_on(state) || python_load_fast(self, state, argument & 15, false));
    case PY_STORE_FAST:
        return python_store_fast(self, state, argument);
    case PY_STORE_LOAD_FAST:
        return python_store_fast(self, state, argument >> 4) && python_load_fast(self, state, argument & 15, false);
    case PY_STORE_FAST_TWICE:
        return python_store_fast(self, state, argument >> 4) && python_store_fast(self, state, argument & 15);
    case PY_DELETE_FAST:
        return python_delete_fast(self, state, argument);
    case PY_LOAD_GLOBAL:
        return python_load_any_global(self, state, instruction);
    case PY_LOAD_NAME:
        return python_name_at(self, state, argument, &a) && python_load_name(self, state, a);
    case PY_STORE_GLOBAL:
        return python_name_at(self, state, argument, &a) && python_store_name(self, state, MODULE, a);
    case PY_STORE_NAME:
        return python_name_at(self, state, argument, &a) && python_store_name(self, state, python_top(state)->names, a);
    case PY_DELETE_GLOBAL:
    case PY_DELETE_NAME:
        return python_name_at(self, state, argument, &a) && python_delete_name(self, state, a);
    case PY_LOAD_ATTR:
    case PY_LOAD_METHOD:
        return python_load_attribute(self, state, instruction);
    case PY_LOAD_SUPER_ATTR:
        return python_load_super_attribute(self, state, instruction);
    case PY_STORE_ATTR:
        return python_name_at(self, state, argument, &a) && python_store_attribute(self, state, a);
    case PY_LOAD_CLOSURE:
        return python_slot_at(self, state,
                              argument +
                                  (self->dump->version >= 311 ? 0 : (int64_t)python_code_of(self, state)->locals.count),
                              &slot) &&
               python_push(self, state, *slot);
    case PY_LOAD_DEREF:
        if (!python_cell_at(self, state, argument, &a))
            return false;
        if (state->refusal != 0)
            return true;
        if (!python_load_place(self, state, a, NONE, PYTHON_PUSH, &is_found))
            return false;
        return is_found || python_throw_no_cell(self, state);
    case PY_STORE_DEREF:
        return python_pop(self, state, &b) && python_cell_at(self, state, argument, &a) &&
               (state->refusal != 0 || python_set(self, state, a, NONE, b));
    case PY_MAKE_CELL:
        return python_make_cell(self, state, argument);
    case PY_COPY_FREE_VARS:
        return python_copy_free_variables(self, state, argument);
    case PY_BINARY:
        if (!two(self, state, &a, &b))
            return false;
        return python_operator_of(instruction->meaning) == PY_SUBSCRIPT
                   ? python_subscript(self, state, a, b)
                   : python_binary(self, state, python_operator_of(instruction->meaning), a, b);
    case PY_ADD:
    case PY_SUBTRACT:
    case PY_MULTIPLY:
    case PY_FLOOR_DIVIDE:
    case PY_TRUE_DIVIDE:
    case PY_OLD_DIVIDE:
    case PY_MODULO:
    case PY_POWER:
    case PY_LEFT_SHIFT:
    case PY_RIGHT_SHIFT:
    case PY_AND:
    case PY_OR:
    case PY_XOR:
        return two(self, state, &a, &b) && python_binary(self, state, instruction->bytecode, a, b);
    case PY_SUBSCRIPT:
        return two(self, state, &a, &b) && python_subscript(self, state, a, b);
    case PY_BUILD_SLICE:
        return python_build_slice(self, state, argument);
    case PY_SLICE:
        return python_build_slice(self, state, 2) && two(self, state, &a, &b) && python_subscript(self, state, a, b);
    case PY_OLD_SLICE:
        return python_old_slice(self, state, instruction->name[strlen(instruction->name) - 1] - '0');
    case PY_STORE_SUBSCRIPT:
        return python_store_subscript(self, state);
    case PY_NEGATIVE:
    case PY_POSITIVE:
    case PY_INVERT:
    case PY_NOT:
    case PY_TO_BOOL:
        return python_unary(self, state, instruction->bytecode);
    case PY_COMPARE:
        return two(self, state, &a, &b) && compare_by(self, state, instruction, a, b);
    case PY_IS:
        return two(self, state, &a, &b) && python_compare(self, state, argument != 0 ? PYTHON_IS_NOT : PYTHON_IS, a, b);
    case PY_CONTAINS:
        return two(self, state, &a, &b) && python_compare(self, state, argument != 0 ? PYTHON_NOT_IN : PYTHON_IN, a, b);
    case PY_JUMP:
    case PY_JUMP_ABSOLUTE:
    case PY_JUMP_BACKWARD:
        python_jump(state, instruction, true);
        return true;
    case PY_JUMP_IF_FALSE:
        return python_jump_if(self, state, instruction, false, false);
    case PY_JUMP_IF_TRUE:
        return python_jump_if(self, state, instruction, true, false);
    case PY_JUMP_IF_NONE:
        return python_jump_if_none(self, state, instruction, true);
    case PY_JUMP_IF_NOT_NONE:
        return python_jump_if_none(self, state, instruction, false);
    case PY_JUMP_IF_FALSE_OR_POP:
        return python_jump_if(self, state, instruction, false, true);
    case PY_JUMP_IF_TRUE_OR_POP:
        return python_jump_if(self, state, instruction, true, true);
    case PY_GET_ITER:
        return python_get_iterator(self, state);
    case PY_FOR_ITER:
        return python_for_iterator(self, state, instruction);
    case PY_END_FOR:
        return python_pop(self, state, &a) && (self->dump->version != 312 || python_pop(self, state, &a));
    case PY_POP_ITER:
        return python_pop_iterator(self, state);
    case PY_POP_TOP:
        return python_pop(self, state, &a);
    case PY_BUILD_TUPLE:
        return python_build(self, state, PYTHON_TUPLE, PYTHON_BUILTIN_TUPLE, argument);
    case PY_BUILD_LIST:
        return python_build(self, state, PYTHON_LIST, PYTHON_BUILTIN_LIST, argument);
    case PY_BUILD_SET:
        return python_build_set(self, state, argument);
    case PY_BUILD_MAP:
        return python_build(self, state, PYTHON_DICT, PYTHON_BUILTIN_DICT,
                            self->dump->version >= 300 ? 2 * argument : 0);
    case PY_STORE_MAP:
        return python_store_map(self, state);
    case PY_BUILD_CONST_KEY_MAP:
        return python_build_constant_map(self, state, argument);
    case PY_BUILD_STRING:
        return python_build_string(self, state, argument);
    case PY_LIST_EXTEND:
        return python_extend(self, state, argument, false);
    case PY_LIST_APPEND:
        return python_extend(self, state, argument, true);
    case PY_LIST_TO_TUPLE:
        return intrinsic(self, state, "INTRINSIC_LIST_TO_TUPLE");
    case PY_UNPACK:
        return python_unpack(self, state, argument);
    case PY_SET_ADD:
        return python_add_to_set(self, state);
    case PY_UNPACK_STARRED:
        return python_unpack_starred(self, state, argument & 255, argument >> 8);
    case PY_CALL_FUNCTION:
        return self->dump->version < 300 ? python_call_old(self, state, argument)
                                         : python_call_plain(self, state, argument, NONE, false);
    case PY_CALL_FUNCTION_KW:
        if (self->dump->version < 300)
            return python_call_old_with_list(self, state, argument, false, true);
        return python_pop(self, state, &a) && python_call_plain(self, state, argument, a, false);
    case PY_CALL_METHOD:
        return python_call_plain(self, state, argument, NONE, true);
    case PY_CALL_WITH_LIST:
        return python_call_with_list(self, state, argument);
    case PY_CALL_OLD_WITH_LIST:
        return python_call_old_with_list(self, state, argument, true, false);
    case PY_CALL_OLD_WITH_BOTH:
        return python_call_old_with_list(self, state, argument, true, true);
    case PY_KW_NAMES:
        return python_constant_at(self, state, argument, &a) && (python_top(state)->keywords = a, true);
    case PY_CALL:
        a = python_top(state)->keywords;
        python_top(state)->keywords = NONE;
        return python_call_with_pair(self, state, argument, a);
    case PY_CALL_KW:
        return python_pop(self, state, &a) && python_call_with_pair(self, state, argument, a);
    case PY_PUSH_NULL:
    case PY_BEGIN_FINALLY:
        return python_push(self, state, ABSENT);
    case PY_INTRINSIC:
        return intrinsic(self, state, instruction->meaning);
    case PY_MAKE_FUNCTION:
        return python_make_function(self, state, argument);
    case PY_SET_FUNCTION_ATTRIBUTE:
        return python_set_function_attribute(self, state, argument);
    case PY_LOAD_BUILD_CLASS:
        return python_push(self, state, BUILTIN(PYTHON_BUILTIN_BUILD_CLASS));
    case PY_BUILD_CLASS:
        return python_build_old_class(self, state);
    case PY_LOAD_LOCALS:
        return python_push(self, state, python_top(state)->names);
    case PY_IMPORT_NAME: /* from 3.15 on the two lowest bits say whether the module is loaded at once */
        return python_name_at(self, state, self->dump->version >= 315 ? argument >> 2 : argument, &a) &&
               python_import(self, state, a);
    case PY_IMPORT_FROM:
        return python_name_at(self, state, argument, &a) && python_import_from(self, state, a);
    case PY_ROTATE:
        return rotate(self, state, (uint32_t)argument);
    case PY_DUPLICATE:
        return duplicate(self, state, 0);
    case PY_DUPLICATE_TWO:
        return duplicate_many(self, state, 2);
    case PY_DUPLICATE_MANY:
        return argument >= 0 && argument < PYTHON_STACK_MAX ? duplicate_many(self, state, (uint32_t)argument)
                                                            : python_damaged(self);
    case PY_SWAP:
        return swap(self, state, argument);
    case PY_COPY:
        return duplicate(self, state, (uint32_t)(argument - 1));
    case PY_FORMAT:
        return python_format_value(self, state, instruction);
    case PY_CONVERT:
        return python_convert_value(self, state, argument);
    case PY_PRINT_ITEM:
        return python_print_item(self, state);
    case PY_PRINT_NEWLINE:
        return python_print_end(self, state);
    case PY_SETUP_EXCEPT:
        return python_push_block(self, state, instruction, PYTHON_BLOCK_EXCEPT);
    case PY_SETUP_FINALLY:
        return python_push_block(self, state, instruction, PYTHON_BLOCK_FINALLY);
    case PY_SETUP_LOOP:
        return python_push_block(self, state, instruction, PYTHON_BLOCK_LOOP);
    case PY_BREAK_LOOP:
        return python_break_loop(self, state);
    case PY_CONTINUE_LOOP:
        return python_continue_loop(self, state, instruction);
    case PY_POP_BLOCK:
        return python_pop_block(self, state, &block);
    case PY_END_FINALLY:
        return python_end_finally(self, state);
    case PY_CALL_FINALLY:
        return python_call_finally(self, state, instruction);
    case PY_POP_FINALLY:
        return python_pop_finally(self, state, argument == 1);
    case PY_SETUP_WITH:
    case PY_BEFORE_WITH:
        return python_before_with(self, state, instruction);
    case PY_WITH_CLEANUP:
    case PY_WITH_CLEANUP_START:
        return python_clean_up(self, state);
    case PY_WITH_CLEANUP_FINISH:
        return python_finish_clean_up(self, state);
    case PY_WITH_EXCEPT_START:
        return python_start_exit(self, state);
    case PY_LOAD_COMMON_CONSTANT:
        return python_load_common_constant(self, state, instruction->meaning);
    case PY_LOAD_SPECIAL:
        return python_load_special(self, state, instruction->meaning);
    case PY_RETURN:
        return python_pop(self, state, &a) && python_return_value(self, state, a);
    case PY_RETURN_CONST:
        return python_constant_at(self, state, argument, &a) && python_return_value(self, state, a);
    case PY_RETURN_GENERATOR:
        return python_make_generator(self, state);
    case PY_YIELD:
        return python_yield(self, state);
    case PY_DELEGATE:
        return python_delegate(self, state);
    case PY_END_SEND:
        return python_end_delegating(self, state);
    case PY_MAKE_CLOSURE:
        return python_make_closure(self, state, argument);
    case PY_MERGE:
        return python_merge(self, state, argument);
    case PY_JOIN_TUPLES:
        return python_join(self, state, PYTHON_TUPLE, PYTHON_BUILTIN_TUPLE, argument & 255);
    case PY_JOIN_LISTS:
        return python_join(self, state, PYTHON_LIST, PYTHON_BUILTIN_LIST, argument & 255);
    case PY_JOIN_MAPS:
        return python_join(self, state, PYTHON_DICT, PYTHON_BUILTIN_DICT, argument & 255);
    case PY_MAP_ADD:
        return python_add_to_map(self, state, argument);
    case PY_DELETE_SUBSCRIPT:
        return python_delete_subscript(self, state);
    case PY_RAISE:
        return python_raise_many(self, state, argument);
    case PY_RERAISE:
        return python_raise_again(self, state);
    case PY_POP_EXCEPT:
        return python_pop_handled(self, state);
    case PY_PUSH_EXC_INFO:
        return python_push_handled(self, state);
    case PY_CHECK_EXC_MATCH:
        return python_check_match(self, state);
    case PY_JUMP_IF_NOT_MATCH:
        return python_jump_if_no_match(self, state, instruction);
    case PY_LOAD_ASSERTION_ERROR:
        return python_load_assertion_error(self, state);
    default:
        return python_refuse(self, state, "the bytecode %s is not covered yet (expected what docs/python.md lists)",
                             instruction->name);
    }
}

/* How deep the values lie that a bytecode uses as a whole where they are lists: all that are less deep than this. */
static uint32_t whole_operands(const struct python_state *state, const struct python_instruction *instruction)
{
    enum python_relation relation = python_relation_of(instruction->meaning);
    const struct python_frame *frame = &state->frames[state->frame_count - 1];
    struct python_value top = frame->depth > 0 ? frame->values[frame->slots + frame->depth - 1] : NONE;
    switch (instruction->bytecode) {
    case PY_UNPACK:
    case PY_CALL_OLD_WITH_LIST:
    case PY_UNPACK_STARRED:
    case PY_LIST_EXTEND:
    case PY_PRINT_ITEM:
    case PY_CONTAINS:
    case PY_CONVERT:
        return 1;
    case PY_COMPARE:
        if (relation == PYTHON_IN || relation == PYTHON_NOT_IN)
            return 1;
        return relation < PYTHON_IS ? 2 : 0;
    case PY_FORMAT: /* what it is to be shown like lies above it */
    case PY_ADD:
    case PY_MODULO:
        return 2;
    case PY_SUBSCRIPT:
        return python_is(state, top, PYTHON_SLICE) ? 2 : 0;
    case PY_BINARY:
        return python_operator_of(instruction->meaning) != PY_SUBSCRIPT || python_is(state, top, PYTHON_SLICE) ? 2 : 0;
    case PY_CALL_WITH_LIST: /* above it can lie a dictionary of arguments with names */
        return 2;
    case PY_SLICE:
    case PY_OLD_SLICE:
        return 3;
    case PY_JOIN_TUPLES:
    case PY_JOIN_LISTS:
        return (uint32_t)(instruction->argument & 255);
    default:
        return 0;
    }
}

static bool execute_whole(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                          uint32_t depth);

struct whole {
    const struct python_instruction *instruction;
    uint32_t depth;
};

static bool execute_with_copy(struct python *self, struct python_state *state, struct python_value copy, void *context)
{
    const struct whole *whole = context;
    struct python_value *slot;
    if (!python_peek(self, state, whole->depth, &slot))
        return false;
    *slot = copy;
    return execute_whole(self, state, whole->instruction, whole->depth + 1);
}

/* Lists of words that are used as a whole are copied first, from this depth on. */
static bool execute_whole(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                          uint32_t depth)
{
    const struct python_frame *frame = python_top(state);
    uint32_t end = whole_operands(state, instruction);
    for (; depth < end && depth < frame->depth; depth++) {
        struct python_value *slot;
        struct whole whole = {instruction, depth};
        if (!python_peek(self, state, depth, &slot))
            return false;
        if (python_is_shared_list(self, state, *slot))
            return python_copy_shared(self, state, *slot, execute_with_copy, &whole);
    }
    return execute(self, state, instruction);
}

static void emit_jump(struct python *self, struct python_state *state, uint32_t label)
{
    python_emit(self, state, OPCODE_J, (struct operand){.kind = OPERAND_TARGET, .value = label}, nothing);
}

/* A state begins at the last label that has passed something since its last instruction. */
static void note_passed(struct python_thread *thread, uint32_t passed)
{
    size_t label = thread->label_count - 1;
    if (passed == 0)
        return;
    thread->passed = memory_resize(thread->passed, label + 1, sizeof *thread->passed);
    while (thread->passed_count <= label)
        thread->passed[thread->passed_count++] = 0;
    thread->passed[label] = passed;
}

/* Whether a state like this was met: its code is there. Else it begins here. */
static bool was_met(struct python *self, struct python_state *state, bool *is_met)
{
    struct python_thread *thread = &self->threads[state->thread];
    struct text key = TEXT_INIT;
    *is_met = false;
    if (!python_state_settle(self, state, &key))
        return false;
    size_t found = name_table_find(&thread->met, key.bytes, key.length);
    if (found != NAME_TABLE_NONE) {
        emit_jump(self, state, (uint32_t)found);
        *is_met = true;
    } else {
        char *copy = arena_take(&self->arena, key.length);
        memcpy(copy, key.bytes, key.length);
        name_table_add(&thread->met, copy, key.length, thread->label_count);
        thread->labels =
            memory_grow(thread->labels, thread->label_count, &thread->label_capacity, sizeof *thread->labels);
        thread->labels[thread->label_count++] = (uint32_t)thread->count;
        note_passed(thread, state->passed);
        state->is_opener_old = true;
    }
    text_free(&key);
    return true;
}

static bool is_too_long(struct python *self, const struct python_state *state)
{
    const struct python_thread *thread = &self->threads[state->thread];
    if (self->executed < EXECUTED_MAX && thread->label_count < LABELS_MAX && thread->split_count < SPLITS_MAX &&
        thread->count < INSTRUCTIONS_MAX)
        return false;
    error_set(
        self->error, self->dump->file, self->at->place.line, self->at->place.column,
        "the execution does not come to an end here: it goes through too many different situations (expected loops that "
        "end after some thousand rounds, and no counting in loops that wait for other threads)");
    return true;
}

static bool step(struct python *self, struct python_state *state)
{
    struct python_frame *frame = python_top(state);
    const struct python_code *code = &self->dump->codes[frame->code];
    const struct python_instruction *instruction = &code->instructions[frame->at++];
    self->at = instruction;
    state->in_flight = 0;
    state->is_joined = false;
    state->is_fresh = true;
    state->passed += instruction->is_counted;
    self->at_code = frame->code;
    self->executed++;
    bool is_shielded = python_bytecode_is_shielded(instruction->name, self->rules);
    if (state->checks && self->is_counting && state->is_started)
        python_count(self, state, is_shielded);
    else if (state->checks && !is_shielded) {
        python_switch_point(state);
        state->opener = state->last;
    }
    state->last = instruction;
    /* Behind `yield from` it does not look when it goes on. */
    bool is_delegated = instruction->bytecode == PY_RESUME && (instruction->argument & 3) >= 2;
    state->checks = !is_delegated && python_bytecode_checks(instruction->bytecode, self->rules, self->dump->version);
    return execute_whole(self, state, instruction, 0) && !self->error->set && !is_too_long(self, state);
}

static bool run_state(struct python *self, struct python_state *state)
{
    while (state->frame_count > 0 && state->refusal == 0) {
        bool is_met = false;
        if (state->guarded > 0 && state->raised.kind == PYTHON_ABSENT && !python_close_dropped(self, state))
            return false;
        if (state->refusal != 0)
            break;
        if (state->raised.kind != PYTHON_ABSENT) {
            if (!python_unwind(self, state))
                return false;
            continue;
        }
        const struct python_frame *frame = python_top(state);
        const struct python_code *code = &self->dump->codes[frame->code];
        if (frame->at >= code->count)
            return error_set(self->error, self->input->name, 0, 0, "the bytecode is damaged: %s does not end",
                             code->name);
        /* What wait_for() asks is called in a round that no jump closes. */
        bool is_round =
            code->instructions[frame->at].is_target || (frame->at == 0 && frame->after == PYTHON_AFTER_WAIT_FOR);
        if (state->is_started && is_round && !was_met(self, state, &is_met))
            return false;
        if (is_met)
            return true;
        if (!step(self, state))
            return false;
    }
    if (state->guarded > 0 && state->refusal == 0 &&
        !python_refuse(
            self, state,
            "a generator waits within 'try' or 'with' when its thread ends: what it does then is not covered "
            "(expected close(), or a loop to its end)"))
        return false;
    self->at = state->refusal != 0 ? state->refused : self->at;
    if (state->refusal != 0)
        python_emit(self, state, OPCODE_FAIL, python_text(self, self->texts[state->refusal]), nothing);
    else {
        python_flush_line(self, state);
        python_end_thread(self, state);
        python_leave_count(self, state);
    }
    emit_jump(self, state, END_LABEL);
    return true;
}

static bool run_thread(struct python *self, size_t number)
{
    while (self->threads[number].work_count > 0) {
        struct python_thread *thread = &self->threads[number];
        uint32_t label = thread->work_labels[--thread->work_count];
        struct python_state *state = thread->work[thread->work_count];
        thread->labels[label] = (uint32_t)thread->count;
        if (!run_state(self, state))
            return false;
    }
    return true;
}

/* A thread whose execution cannot go on may be one that waits for a place which nobody yet knows to be dynamic: the others go on. */
bool python_run_threads(struct python *self)
{
    struct error first = ERROR_INIT;
    for (size_t t = 0; t < self->thread_count; t++) {
        self->executed = 0;
        if (!run_thread(self, t) && !first.set)
            first = *self->error;
        *self->error = ERROR_INIT;
    }
    *self->error = first;
    return !first.set;
}
