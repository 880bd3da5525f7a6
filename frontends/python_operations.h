/* python_operations: what single bytecodes do, by concept; python_interpreter.c alone decides which of them a bytecode is.
 *
 *     python_variables.c    names, constants, locals, globals, cells, attributes
 *     python_arithmetic.c   operators with two values
 *     python_comparison.c   comparisons, truth, operators with one value
 *     python_jumps.c        jumps and loops
 *     python_containers.c   lists, tuples, dictionaries
 *     python_call_forms.c   how versions lay out a call on the stack; returning
 *     python_definitions.c  functions and classes
 *     python_blocks.c       loops, with and try, and how they are left
 *     python_exceptions.c   exceptions: raised, caught, handled
 *     python_generators.c   generators
 *     python_print_statement.c  the print statement of 2.7
 *     python_text.c         values as text
 *
 * Operations take their values from the stack of the innermost frame and push what comes of them. They return false with the error
 * set where the program is not covered or the dump is damaged. */
#ifndef RACECHECK_FRONTENDS_PYTHON_OPERATIONS_H
#define RACECHECK_FRONTENDS_PYTHON_OPERATIONS_H

#include "frontends/python_parts.h"

/* ---- python_variables.c ------------------------------------------------------------------------------------------ */

/* The code of the innermost frame, borrowed. */
const struct python_code *python_code_of(const struct python *self, const struct python_state *state);

/* Says that the dump has an argument that no compiler writes. Returns false. */
bool python_damaged(struct python *self);

/* Which of its code's names a bytecode is about; -1 where it is about none. */
int64_t python_name_index(const struct python *self, const struct python_instruction *instruction);

/* The name, the constant, the local or cell of a number of the innermost frame. */
bool python_name_at(struct python *self, const struct python_state *state, int64_t number, struct python_value *name);
bool python_constant_at(struct python *self, struct python_state *state, int64_t number, struct python_value *value);
bool python_slot_at(struct python *self, struct python_state *state, int64_t number, struct python_value **slot);
bool python_cell_at(struct python *self, struct python_state *state, int64_t number, struct python_value *cell);

/* Locals; clears: it has no value afterwards, and need have none before. */
bool python_load_fast(struct python *self, struct python_state *state, int64_t number, bool clears);
bool python_delete_fast(struct python *self, struct python_state *state, int64_t number);
bool python_delete_name(struct python *self, struct python_state *state, struct python_value name);
bool python_store_fast(struct python *self, struct python_state *state, int64_t number);

/* Pushes what is at a place of an object, if there is something. */
bool python_load_place(struct python *self, struct python_state *state, struct python_value object,
                       struct python_value key, enum python_push how, bool *is_found);

/* Names of the module, or of what is being defined (names; ABSENT for the module). */
bool python_load_name(struct python *self, struct python_state *state, struct python_value name);
bool python_load_any_global(struct python *self, struct python_state *state,
                            const struct python_instruction *instruction);
bool python_store_name(struct python *self, struct python_state *state, struct python_value names,
                       struct python_value name);

bool python_load_attribute(struct python *self, struct python_state *state,
                           const struct python_instruction *instruction);
bool python_load_super_attribute(struct python *self, struct python_state *state,
                                 const struct python_instruction *instruction);
bool python_store_attribute(struct python *self, struct python_state *state, struct python_value name);

/* Makes a local a cell; sees whether the cells of a closure are there. */
bool python_make_cell(struct python *self, struct python_state *state, int64_t number);
bool python_copy_free_variables(struct python *self, struct python_state *state, int64_t count);

/* Pushes what LOAD_COMMON_CONSTANT means. */
bool python_load_common_constant(struct python *self, struct python_state *state, const char *meaning);

bool python_import(struct python *self, struct python_state *state, struct python_value name);
bool python_import_from(struct python *self, struct python_state *state, struct python_value name);

/* ---- python_arithmetic.c ----------------------------------------------------------------------------------------- */

/* An integer as an operand of an instruction. */
struct operand python_operand_of(struct python_value value);

/* "+", "+=", and so on, as BINARY_OP says; "[]" is a subscript. PY_UNKNOWN for others. */
enum python_bytecode python_operator_of(const char *meaning);

/* ---- python_comparison.c ----------------------------------------------------------------------------------------- */

enum python_relation {
    PYTHON_LESS,
    PYTHON_LESS_EQUAL,
    PYTHON_EQUAL,
    PYTHON_NOT_EQUAL,
    PYTHON_GREATER,
    PYTHON_GREATER_EQUAL,
    PYTHON_IS,
    PYTHON_IS_NOT,
    PYTHON_IN,
    PYTHON_NOT_IN,
    PYTHON_RELATION_COUNT
};

/* The relation of a sign, PYTHON_RELATION_COUNT for others. */
enum python_relation python_relation_of(const char *meaning);

bool python_compare(struct python *self, struct python_state *state, enum python_relation relation,
                    struct python_value a, struct python_value b);

/* Whether two values differ. 0: they are equal; 1: they are not; -1: that is not known here. */
int python_differ(const struct python *self, const struct python_state *state, struct python_value a,
                  struct python_value b);

/* `not` and signs. */
bool python_unary(struct python *self, struct python_state *state, enum python_bytecode what);

/* ---- python_jumps.c ---------------------------------------------------------------------------------------------- */

void python_jump(struct python_state *state, const struct python_instruction *instruction, bool is_taken);

/* Jumps where what is popped is true (wanted) or not; keeps: then it stays on the stack. */
bool python_jump_if(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                    bool wanted, bool keeps);
bool python_jump_if_none(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                         bool wanted);

/* A loop is over: its iterator is dropped. */
bool python_end_loop(struct python *self, struct python_state *state, const struct python_instruction *instruction);

/* Pushes the next element of an iterator, if there is one; and so does a loop. */
bool python_next(struct python *self, struct python_state *state, struct python_value iterator, bool *is_more);
bool python_make_iterator(struct python *self, struct python_state *state); /* for iter() */
bool python_get_iterator(struct python *self, struct python_state *state);
bool python_pop_iterator(struct python *self, struct python_state *state);
bool python_for_iterator(struct python *self, struct python_state *state, const struct python_instruction *instruction);

/* ---- python_containers.c ----------------------------------------------------------------------------------------- */

/* Pops several values, of which the last lies on top. */
bool python_pop_many(struct python *self, struct python_state *state, int64_t count, struct python_value *values);

bool python_build(struct python *self, struct python_state *state, enum python_shape shape, enum python_builtin type,
                  int64_t count);
bool python_add_to_set(struct python *self, struct python_state *state);
bool python_build_set(struct python *self, struct python_state *state, int64_t count);
bool python_build_constant_map(struct python *self, struct python_state *state, int64_t count);
bool python_store_map(struct python *self, struct python_state *state);
bool python_build_string(struct python *self, struct python_state *state, int64_t count);

/* The list that lies so deep gets a value, or those of another one. */
bool python_extend(struct python *self, struct python_state *state, int64_t depth, bool is_one);

/* A dictionary that lies so deep gets the items of another one; where they are arguments, none that it has. Or one item. */
bool python_merge(struct python *self, struct python_state *state, int64_t depth);
bool python_add_to_map(struct python *self, struct python_state *state, int64_t depth);

/* Makes one of several lists, tuples or dictionaries that lie on the stack. */
bool python_join(struct python *self, struct python_state *state, enum python_shape shape, enum python_builtin type,
                 int64_t count);
bool python_delete_subscript(struct python *self, struct python_state *state);

bool python_unpack(struct python *self, struct python_state *state, int64_t count);
bool python_unpack_starred(struct python *self, struct python_state *state, int64_t before, int64_t behind);
bool python_subscript(struct python *self, struct python_state *state, struct python_value list,
                      struct python_value index);
bool python_store_subscript(struct python *self, struct python_state *state);

/* Pushes a slice of two or three values; what a bytecode of 2.7 does, whose number says which of them there are. */
bool python_build_slice(struct python *self, struct python_state *state, int64_t count);
bool python_old_slice(struct python *self, struct python_state *state, int which);

/* Pushes a slice of a value. */
bool python_slice(struct python *self, struct python_state *state, struct python_value value,
                  struct python_value slice);

/* Goes on once for each index, or key, that a number in a register can be and that there is, and at last for all others, by the register. */
typedef bool (*python_indexed)(struct python *self, struct python_state *state, struct python_value list,
                               struct python_value index, void *context);
bool python_for_each_index(struct python *self, struct python_state *state, struct python_value list, int64_t number,
                           python_indexed then, void *context);

/* ---- python_completions.c ----------------------------------------------------------------------------------------- */

/* Pushes the task that as_completed() gives next, in a state of its own for each that it can be; is_more: whether there is one. */
bool python_next_completed(struct python *self, struct python_state *state, struct python_value iterator,
                           bool *is_more);

/* ---- python_lists.c ---------------------------------------------------------------------------------------------- */

/* Notes that the length of a list is read, or written. Returns its place where that is dynamic, NULL else. Such a list can have as many
 * elements more than at the start as passes have found that are added: the limit. */
struct python_place *python_find_length(struct python *self, struct python_state *state, struct python_value list,
                                        bool writes);
bool python_load_length(struct python *self, struct python_state *state, struct python_value list, int64_t *number);
int64_t python_list_limit(struct python *self, const struct python_state *state, struct python_value list);

/* Whether elements of a list change their places while threads run, since some are taken away. */
bool python_is_moving(struct python *self, struct python_state *state, struct python_value list);

/* Notes that they do; fills whether the list is one of words. */
bool python_change_places(struct python *self, struct python_state *state, struct python_value list, bool *is_shared);

/* Adds an element to a list of words; takes one away by its index, ABSENT for the last, and pushes it if it is wanted (words of
 * the errors where there is none at all, and none of that index); takes all away; sees that there is an element, which belongs to the step that reads or sets it. */
bool python_append_shared(struct python *self, struct python_state *state, struct python_value list,
                          struct python_value value);
bool python_take_shared(struct python *self, struct python_state *state, struct python_value list,
                        struct python_value index, bool is_wanted, const char *empty, const char *missing);
bool python_clear_shared(struct python *self, struct python_state *state, struct python_value list);
bool python_find_element(struct python *self, struct python_state *state, struct python_value list, int64_t index,
                         const char *words);

/* Uses a list as a whole that has words: copies it in one step, and hands the copy, a list of the thread's own, to whoever asks: once for
 * each length that it can have, and for each sort of value in it, in a state of its own. */
typedef bool (*python_copied)(struct python *self, struct python_state *state, struct python_value copy, void *context);
bool python_is_shared_list(struct python *self, struct python_state *state, struct python_value list);
bool python_is_shared_whole(struct python *self, struct python_state *state,
                            struct python_value value); /* or a dictionary */
bool python_copy_shared(struct python *self, struct python_state *state, struct python_value list, python_copied then,
                        void *context);

/* ---- python_iteration.c ------------------------------------------------------------------------------------------ */

/* Finds a value in a list that is the thread's own: calls a function for each index that it can be at, and for -1: it is not there. */
typedef bool (*python_found)(struct python *self, struct python_state *state, int64_t index, void *context);
bool python_find_value(struct python *self, struct python_state *state, struct python_value list,
                       struct python_value wanted, python_found then, void *context);

/* ---- python_maps.c ----------------------------------------------------------------------------------------------- */

/* Whether threads can share a dictionary, and a key is one whose presence is a place. Notes that a thread adds a key, or takes one. */
bool python_is_open_map(struct python *self, struct python_state *state, struct python_value map,
                        struct python_value key);
void python_note_keys(struct python *self, struct python_state *state, struct python_value map,
                      struct python_value key);

/* `in`; get(); del; len() where which keys there are depends on the threads; KeyError. */
bool python_has_key(struct python *self, struct python_state *state, struct python_value map, struct python_value key,
                    bool negates);
bool python_get_key(struct python *self, struct python_state *state, struct python_value map, struct python_value key,
                    struct python_value otherwise);
bool python_delete_key(struct python *self, struct python_state *state, struct python_value map,
                       struct python_value key);
bool python_count_keys(struct python *self, struct python_state *state, struct python_value map);
bool python_throw_no_key(struct python *self, struct python_state *state, struct python_value key);

/* ---- python_call_forms.c ----------------------------------------------------------------------------------------- */

/* From 3.11 on; up to 3.10 (has_null: with a NULL below what is called); in 2.7. names: a tuple, or NONE. */
bool python_call_with_pair(struct python *self, struct python_state *state, int64_t count, struct python_value names);
bool python_call_plain(struct python *self, struct python_state *state, int64_t count, struct python_value names,
                       bool has_null);
bool python_call_old(struct python *self, struct python_state *state, int64_t argument);

/* Calls with `*` and `**`; has_list, has_map: which of them, in 2.7. */
bool python_call_with_list(struct python *self, struct python_state *state, int64_t flags);
bool python_call_old_with_list(struct python *self, struct python_state *state, int64_t argument, bool has_list,
                               bool has_map);

/* Ends the innermost frame, which returns a value; drops it, as an exception does. */
bool python_return(struct python *self, struct python_state *state, struct python_value value);
void python_leave_frame(struct python *self, struct python_state *state);

/* ---- python_definitions.c ---------------------------------------------------------------------------------------- */

bool python_make_function(struct python *self, struct python_state *state, int64_t flags);
bool python_make_closure(struct python *self, struct python_state *state, int64_t defaults); /* 2.7 */
bool python_set_function_attribute(struct python *self, struct python_state *state, int64_t flag);

/* 2.7: a class is made of a name, its bases and its names. */
bool python_build_old_class(struct python *self, struct python_state *state);

/* Gives a class the names of its body. */
bool python_finish_class(struct python *self, struct python_state *state, struct python_value class,
                         struct python_value names);

/* ---- python_blocks.c --------------------------------------------------------------------------------------------- */

bool python_push_block(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                       enum python_block_kind kind);
bool python_pop_block(struct python *self, struct python_state *state, struct python_block *block);

/* The same, and its part of the stack is dropped. */
bool python_leave_block(struct python *self, struct python_state *state, struct python_block *block);

/* Up to 3.7 these go through the blocks that they leave. */
bool python_return_value(struct python *self, struct python_state *state, struct python_value value);
bool python_break_loop(struct python *self, struct python_state *state);
bool python_continue_loop(struct python *self, struct python_state *state,
                          const struct python_instruction *instruction);

bool python_end_finally(struct python *self, struct python_state *state);

/* 3.8: goes to a `finally` and back; forgets how it was entered, and keeps a value above that. */
bool python_call_finally(struct python *self, struct python_state *state, const struct python_instruction *instruction);
bool python_pop_finally(struct python *self, struct python_state *state, bool keeps);

/* Enters a with statement: pushes how to leave it, and then what entering returns. */
bool python_before_with(struct python *self, struct python_state *state, const struct python_instruction *instruction);

/* Leaves it, up to 3.8: calls __exit__(), and sees whether that silences an exception. */
bool python_clean_up(struct python *self, struct python_state *state);
bool python_finish_clean_up(struct python *self, struct python_state *state);

/* The same from 3.9 on, behind an exception: pushes what __exit__() returns. */
bool python_start_exit(struct python *self, struct python_state *state);

/* From 3.14 on: pushes a method that a with statement needs, and no self. */
bool python_load_special(struct python *self, struct python_state *state, const char *meaning);

/* ---- python_exceptions.c ----------------------------------------------------------------------------------------- */

/* Raises what so many values say: an exception, or a class, and its cause; none: what is being handled. */
bool python_raise_many(struct python *self, struct python_state *state, int64_t count);

/* Raises what lies on the stack once more. */
bool python_raise_again(struct python *self, struct python_state *state);

/* Goes on where an exception is caught that is on its way; where nothing catches it the thread ends. */
bool python_unwind(struct python *self, struct python_state *state);

/* From 3.11 on: what lies on the stack is being handled from now on, and what was before lies below it; and back, in all versions. */
bool python_push_handled(struct python *self, struct python_state *state);
bool python_pop_handled(struct python *self, struct python_state *state);

/* Whether what is being handled is of a type, or of one of several: pushes that, or jumps where it is not. */
bool python_matches(struct python *self, struct python_state *state, struct python_value exception,
                    struct python_value wanted, bool *does);
bool python_check_match(struct python *self, struct python_state *state);
bool python_jump_if_no_match(struct python *self, struct python_state *state,
                             const struct python_instruction *instruction);

/* From 3.12 on: StopIteration on the stack, which leaves a generator, becomes a RuntimeError. */
bool python_forbid_stop(struct python *self, struct python_state *state);
bool python_load_assertion_error(struct python *self, struct python_state *state);

/* ---- python_generators.c ----------------------------------------------------------------------------------------- */

/* Makes a generator of the innermost frame, which it ends; puts it aside with what it yields. */
bool python_make_generator(struct python *self, struct python_state *state);
bool python_yield(struct python *self, struct python_state *state);

/* Goes on with a generator: for a loop, for next(), or to its end, for a builtin that has it as the argument at a place. */
bool python_for_generator(struct python *self, struct python_state *state, struct python_value generator,
                          const struct python_instruction *instruction);
bool python_call_next(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_send(struct python *self, struct python_state *state, const struct python_arguments *arguments);
bool python_collect(struct python *self, struct python_state *state, enum python_builtin builtin, uint32_t place,
                    const struct python_arguments *arguments);

/* `yield from`: goes on with what lies below a value that is sent; what that was is popped, below what it has returned. */
bool python_delegate(struct python *self, struct python_state *state);
bool python_end_delegating(struct python *self, struct python_state *state);

/* A generator has ended; and it has done so by returning a value from a frame, which is left. */
void python_end_generator(struct python *self, struct python_state *state, struct python_value generator);
bool python_return_from_generator(struct python *self, struct python_state *state, const struct python_frame *frame,
                                  struct python_value value);

/* close(). And the same of a generator that nobody knows any more, where it waits within try or with: called before each bytecode
 * while there are such. Then the frame of one that is closed has ended. */
bool python_close(struct python *self, struct python_state *state, struct python_value generator);
bool python_close_dropped(struct python *self, struct python_state *state);
bool python_close_ended(struct python *self, struct python_state *state, const struct python_frame *frame,
                        struct python_value value);

/* ---- python_print_statement.c ------------------------------------------------------------------------------------ */

/* The print statement of 2.7: an item, or the end of the line. */
bool python_print_item(struct python *self, struct python_state *state);
bool python_print_end(struct python *self, struct python_state *state);

/* Writes what the thread has put together of a line. */
void python_flush_line(struct python *self, struct python_state *state);

/* The line is ended where something is left in it, as the interpreter does when the main thread's code has ended. */
bool python_end_line(struct python *self, struct python_state *state);

/* ---- python_text.c ----------------------------------------------------------------------------------------------- */

/* What an f-string does with a value. */
bool python_format_value(struct python *self, struct python_state *state, const struct python_instruction *instruction);
bool python_convert_value(struct python *self, struct python_state *state, int64_t how);

#endif
