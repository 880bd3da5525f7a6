/* python_parts: what the files of the front-end for Python share; nobody else includes it.
 *
 *     python_state.c        what a thread is at one moment of its execution: frames and objects; equal states
 *     python_liveness.c     which of its locals are still read
 *     python_places.c       what threads share: which places of which objects, and in which order threads come to them
 *     python_atoms.c        what is kept in such a place that is no integer
 *     python_emit.c         the instructions that are left of a thread's code
 *     python_interpreter.c  executes bytecodes, by what frontends/python_operations.h lists
 *     python_faults.c       what it raises by itself
 *     python_calls.c        calls of functions and classes, attributes
 *     python_classes.c      what classes are derived from
 *     python_special.c      special methods, and how instances begin
 *     python_library.c      what is not written in Python here: print, threading, queue, by frontends/python_services.h
 *     python_text.c         values as text
 *     python_strings.c      methods of texts
 *     python_showing.c      what has to be done before: copies, and methods of Python's
 *     python_formats.c      values as formats have them
 *     python.c              composes them, and makes the program
 *
 * This is an online partial evaluator (Jones, Gomard, Sestoft, Partial Evaluation, 1993): our own interpreter executes each
 * thread's bytecode on values. What is known is computed and leaves nothing. What depends on the other threads is *dynamic*: a
 * place of an object that is written after threads have started and that two threads come to in no fixed order, and integers that are
 * computed from such; they become words and registers of a program, and what is done to them its instructions. Where a condition is
 * dynamic the execution is split; it ends where a state was met before, so that loops close. All that is kept in a register is an
 * integer: of a place that can hold something else (None, True, an object), a load is split, too.
 *
 * Which places are dynamic is found by passes: a pass that finds a new one is thrown away. Decisions only grow, so there is an end.
 *
 * Functions that fail return false with the error set, or with `again` set where the pass is void. */
#ifndef RACECHECK_FRONTENDS_PYTHON_PARTS_H
#define RACECHECK_FRONTENDS_PYTHON_PARTS_H

#include "base/arena.h"
#include "base/name_table.h"
#include "base/text.h"
#include "frontends/python.h"
#include "frontends/python_dump.h"
#include "frontends/python_places.h"
#include "program/program.h"

/* ---- A pass ------------------------------------------------------------------------------------------------------ */

struct python_thread {
    uint32_t parent;
    char *name;
    bool is_daemon;    /* it is cut off where the program ends */
    bool is_process;   /* its memory is its own, a copy of that of whoever has started it */
    uint32_t identity; /* of its Thread or Process object, or of the task that it is; 0: it has none */
    bool is_task;
    struct python_value task, executor; /* in its own state */
    struct python_state *first;
    struct instruction *instructions;
    size_t count, capacity;
    struct origin *origins; /* of these */
    size_t origin_capacity;
    uint32_t *labels; /* instructions */
    size_t label_count, label_capacity;
    size_t split_count; /* executions that went on in two ways */
    uint32_t *passed;   /* what the states had passed that begin at labels; those beyond had passed nothing */
    size_t passed_count;
    struct python_state **work; /* each with its label */
    uint32_t *work_labels;
    size_t work_count, work_capacity, work_label_capacity;
    struct name_table met; /* states, and their labels */
};

struct python {
    const struct python_input *input;
    const struct python_dump *dump;
    struct error *error;
    enum python_rules rules;
    enum memory_model memory;
    uint32_t store_buffer; /* stores that fit into a store buffer; 0: nothing was said */

    /* What all passes know. */
    char **texts;
    size_t text_count, text_capacity;
    struct name_table interned;
    struct python_identity *identities;
    size_t identity_count, identity_capacity;
    struct name_table identified;
    struct python_place *places;
    size_t place_count, place_capacity;
    struct name_table placed;
    uint64_t *named_sites; /* objects that are made there have identities, once threads have started */
    size_t named_count, named_capacity;
    struct python_value *atoms; /* all that places hold and that are no integers */
    size_t atom_count, atom_capacity;
    struct python_recipe *recipes;
    size_t recipe_count, recipe_capacity;
    struct arena keys;
    bool has_processes, has_tasks;
    bool has_alternatives;  /* whether some thread is started depends on the others */
    bool has_statements;    /* of 2.7, which print */
    bool has_shared_note;   /* several threads have them: whether a blank goes before the next item is a word */
    bool notes_completions; /* somebody asks in which order tasks are done */
    uint32_t text_depth;    /* of lists that are made a text */
    bool is_everywhere;     /* 2.7 may look before each bytecode that it counts */
    uint64_t **live;        /* one a code: locals at each instruction; made when needed */

    /* A pass. */
    struct arena arena;
    struct python_thread *threads;
    size_t thread_count, thread_capacity;
    uint32_t stamp;
    uint64_t executed; /* bytecodes */
    bool again;
    bool
        is_counting; /* 2.7: each bytecode that is counted leaves its mark on a word, and where that is below 0 others can step */
    int64_t interval;  /* what the word begins with again */
    bool is_phase_any; /* what it begins with first */
    bool has_slept;    /* some thread sleeps */
    uint32_t printer;  /* the first thread that uses the print statement of 2.7, and 1; 0: none does */
    struct program *program;
    size_t opening_capacity;
    struct name_table spelled; /* bytecodes in words, by their numbers in the program's list */
    size_t spelling_capacity;
    const struct python_instruction *at; /* what is executed */
    uint32_t at_code;
};

/* ---- python_emit.c ----------------------------------------------------------------------------------------------- */

static inline struct operand python_immediate(int64_t value)
{
    return (struct operand){.kind = OPERAND_IMMEDIATE, .value = value};
}
static inline struct operand python_register(int64_t number)
{
    return (struct operand){.kind = OPERAND_REGISTER, .value = number};
}

/* Leaves an instruction. One that is local touches registers alone; before others that are not behind a switch point at once, others can
 * step where the state says so. Where memory is TSO all but the local ones are a part of what the library does, which waits until the
 * thread's stores have reached memory; one that reads or stores a place for the program itself is left by python_emit_plain(). */
void python_emit(struct python *self, struct python_state *state, enum opcode opcode, struct operand first,
                 struct operand second);
void python_emit_plain(struct python *self, struct python_state *state, enum opcode opcode, struct operand first,
                       struct operand second);

enum { PYTHON_INTERVAL = 100 }; /* of 2.7, unless the program or an option says otherwise */

/* From here on a thread that was stopped can go on: a switch point. */
static inline void python_switch_point(struct python_state *state)
{
    state->is_pending = true;
    state->opener = NULL;
    state->is_opener_old = false;
}

/* Notes that 2.7 counts a bytecode; is_shielded: it must not look at the lock before it. And leaves what was counted since the last
 * instruction: the word goes down, and where it is below 0 it begins anew and others can step. */
void python_count(struct python *self, struct python_state *state, bool is_shielded);
void python_leave_count(struct python *self, struct python_state *state);

/* What is written in C gives the lock back for a while: others can step. What the library does in Python lets them, too, and counts. */
void python_release_gil(struct python *self, struct python_state *state);
void python_run_library(struct python *self, struct python_state *state);

/* Leaves that the word has the value of --phase, or any: for who starts the first thread. */
void python_begin_count(struct python *self, struct python_state *state);

/* A text of the program. */
struct operand python_text(struct python *self, const char *text);

/* Splits the execution: where the jump's condition holds of b compared with a it goes on in the state that is returned, as new,
 * which belongs to the list of work; else in the given one. */
struct python_state *python_split(struct python *self, struct python_state *state, enum opcode jump, struct operand a,
                                  struct operand b);

/* The same where the other way leaves instructions in this bytecode: where the jump's condition does not hold it is taken by the state that is
 * returned, as new. What it leaves comes next, up to python_end_branch(): from there on it waits for its turn, and this state goes on. */
struct python_state *python_branch(struct python *self, struct python_state *state, enum opcode jump, struct operand a,
                                   struct operand b, size_t *skip);
void python_end_branch(struct python *self, struct python_state *branch, size_t skip);

/* A place to jump to, as new, which python_land() gives. */
size_t python_label(struct python *self, struct python_state *state);

/* A branch over instructions of one and the same step: returns where it is, for python_land(). */
size_t python_skip(struct python *self, struct python_state *state, enum opcode jump, struct operand a,
                   struct operand b);
void python_land(struct python *self, struct python_state *state, size_t skip);

/* Where the jump's condition does not hold of b compared with a the thread fails, with such words. */
void python_require(struct python *self, struct python_state *state, enum opcode jump, struct operand a,
                    struct operand b, const char *words);

/* Says that something is not covered, or wrong, at what is executed. Where it depends on the others whether a thread comes there it is
 * an error of the program that some schedule may have: the state says so, what is done to it until the end of the bytecode does not
 * matter, and true is returned. Else the program is refused. */
bool python_refuse(struct python *self, struct python_state *state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The program's object of an identity. */
struct operand python_synchroniser(struct python *self, uint32_t identity, enum object_kind kind, int64_t number);

/* The second object that an identity takes, with a name of its own behind that of the first; and others, by their names. */
struct operand python_second_object(struct python *self, uint32_t identity, enum object_kind kind, const char *name,
                                    int64_t number);
struct operand python_named_object(struct python *self, uint32_t identity, enum object_kind kind, const char *own,
                                   int64_t number);

/* ---- python.c ---------------------------------------------------------------------------------------------------- */

/* sys.setcheckinterval(), before threads start. */
void python_set_interval(struct python *self, int64_t interval);

/* ---- python_interpreter.c ---------------------------------------------------------------------------------------- */

/* Executes the threads of a pass to their ends. */
bool python_run_threads(struct python *self);

/* Computes a value of two; pushes it. */
bool python_binary(struct python *self, struct python_state *state, enum python_bytecode what, struct python_value a,
                   struct python_value b);

/* Whether a known value counts as true; -1 where that is not known, or it has no truth here. */
int python_truth(const struct python *self, const struct python_state *state, struct python_value value);

/* The same before a condition is decided: of a list it notes that it is looked at, and where its length is dynamic it becomes that. */
bool python_examine(struct python *self, struct python_state *state, struct python_value *value);

/* ---- python_calls.c ---------------------------------------------------------------------------------------------- */

struct python_arguments {
    struct python_value items[PYTHON_ARGUMENTS_MAX];
    uint32_t count;
    uint32_t positional;                             /* the others have names */
    struct python_value names[PYTHON_ARGUMENTS_MAX]; /* by place in items */
};

/* Calls a value. What it returns is pushed, at once or when its frame returns; checks: whether the caller looks for those who want the
 * lock when a function of Python's returns. */
bool python_call(struct python *self, struct python_state *state, struct python_value callee,
                 struct python_arguments *arguments, bool checks);

/* Begins a frame of a code, with nothing in it. */
bool python_push_frame(struct python *self, struct python_state *state, uint32_t number, struct python_frame **frame);

/* Pushes an attribute; and that of an object which has none of its own by this name: its class's. */
bool python_attribute(struct python *self, struct python_state *state, struct python_value object,
                      struct python_value name, enum python_push how);
bool python_attribute_of_class(struct python *self, struct python_state *state, struct python_value object,
                               struct python_value name, enum python_push how);

/* What the class behind this one has by a name: where this one has no value at that moment. */
bool python_attribute_behind(struct python *self, struct python_state *state, struct python_value class,
                             struct python_value name, enum python_push how);

/* Calls a function of Python's. names: where it keeps its names, ABSENT: in locals. */
bool python_call_function(struct python *self, struct python_state *state, struct python_value callee,
                          const struct python_arguments *arguments, bool checks, struct python_value names);

/* Puts a value before the arguments. */
void python_shift_in(struct python_arguments *arguments, struct python_value value);

/* An argument by place or name; ABSENT where it was not given. */
struct python_value python_argument(const struct python *self, const struct python_arguments *arguments, uint32_t place,
                                    const char *name);

/* ---- python_variables.c ------------------------------------------------------------------------------------------ */

/* Pushes what reading a place gives where it has no value at that moment: a global's builtin, an attribute of the object's class. Or raises
 * what the interpreter does. */
bool python_push_unset(struct python *self, struct python_state *state, struct python_value object,
                       struct python_value key, enum python_push how);

/* ---- python_classes.c -------------------------------------------------------------------------------------------- */

enum { PYTHON_BASES_MAX = 8, PYTHON_LINEAGE_MAX = 32 };

/* Where names are looked up: a class, and what it is derived from, in Python's order (C3), without object. */
struct python_mro {
    struct python_value classes[PYTHON_LINEAGE_MAX];
    uint32_t count;
};
void python_find_mro(const struct python_state *state, struct python_value class, struct python_mro *lineage);

/* Derives a class that is new from its bases. */
bool python_derive(struct python *self, struct python_state *state, struct python_value class,
                   const struct python_value *bases, uint32_t count);

/* Whether a class is one of 2.7 that is not derived from object. */
bool python_is_old_class(const struct python *self, const struct python_state *state, struct python_value class);

/* Whether a type, a class or a builtin, is another one or derived from it; the builtin type that a class is derived from first. */
bool python_is_subclass(const struct python_state *state, struct python_value type, struct python_value of);
enum python_builtin python_builtin_behind(const struct python_state *state, struct python_value class);

/* Looks a name up in a class and its bases; and in those behind another class, as super() does. Returns ABSENT where no class that is
 * written in Python has it, and fills *base with the builtin that does, or with object. */
bool python_find_in_class(struct python *self, struct python_state *state, struct python_value type,
                          struct python_value name, struct python_value *found, struct python_value *base);
bool python_find_behind_class(struct python *self, struct python_state *state, struct python_value type,
                              struct python_value class, struct python_value name, struct python_value *found,
                              struct python_value *base);

/* The same of an attribute that can change while threads run: then *place is where it is, and *found ABSENT. behind: a class behind which to
 * look, or ABSENT. */
bool python_find_attribute(struct python *self, struct python_state *state, struct python_value type,
                           struct python_value behind, struct python_value name, struct python_value *found,
                           struct python_value *base, struct python_place **place);

/* Finds the builtin type of a value that is no class, PYTHON_BUILTIN_NONE where it has none. */
enum python_builtin python_type(const struct python *self, const struct python_state *state, struct python_value value);

/* ---- python_special.c -------------------------------------------------------------------------------------------- */

/* Makes an instance of a class, as a call of it does; what __new__() has made is begun by __init__(), with the arguments of the call. */
bool python_instantiate(struct python *self, struct python_state *state, struct python_value class,
                        struct python_arguments *arguments);
bool python_begin_instance(struct python *self, struct python_state *state, struct python_value call,
                           struct python_value instance);

/* Whether a name of a class is a method that is not covered, and would be called where nobody sees it. */
bool python_is_hidden_method(const char *name);

/* The method by this name that the class of an instance has, ABSENT where it has none, or the value is no instance. Notes no access. */
struct python_value python_special(const struct python *self, const struct python_state *state,
                                   struct python_value value, const char *name);

/* Calls it with the value before other arguments, if there is one. */
bool python_call_special(struct python *self, struct python_state *state, struct python_value value, const char *name,
                         const struct python_arguments *others, bool *is_called);

/* classmethod() and staticmethod(); object.__new__(). */
bool python_make_unbound(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                         bool gets_class);
bool python_make_instance(struct python *self, struct python_state *state, const struct python_arguments *arguments);

/* ---- python_shared_values.c -------------------------------------------------------------------------------------- */

/* Whether an attribute is the number of a multiprocessing.Value; pushes it, or sets it, under the lock of the object. */
bool python_is_shared_value(const struct python *self, const struct python_state *state, struct python_value object,
                            struct python_value name);
bool python_load_shared_value(struct python *self, struct python_state *state, struct python_value object);
bool python_store_shared_value(struct python *self, struct python_state *state, struct python_value object,
                               struct python_value value);

/* ---- python_library.c -------------------------------------------------------------------------------------------- */

/* Calls what is not written in Python; pushes what it returns. */
bool python_call_builtin(struct python *self, struct python_state *state, enum python_builtin builtin,
                         struct python_arguments *arguments);

/* Whether a lock or the like is one that processes have in common; says that it is. */
bool python_is_of_processes(struct python *self, const struct python_state *state, struct python_value value);
void python_mark_of_processes(struct python *self, struct python_state *state, struct python_value value);

/* What a with statement does with a lock. */
bool python_acquire(struct python *self, struct python_state *state, struct python_value lock, bool waits);
bool python_release(struct python *self, struct python_state *state, struct python_value lock);
bool python_is_lock(const struct python *self, const struct python_state *state, struct python_value value);

/* A thread has ended, or the function that a task calls: what it returns is the task's result. */
void python_end_thread(struct python *self, struct python_state *state);
bool python_finish_task(struct python *self, struct python_state *state, struct python_value value);

/* The same of a task that ends by an exception, which its result raises. */
bool python_fail_task(struct python *self, struct python_state *state, struct python_value exception);

/* Pushes the result of a task, once there is one. */
bool python_result_of(struct python *self, struct python_state *state, struct python_value task);

/* Ends the main thread: the program ends once the threads that are no daemons have. */
bool python_end_main(struct python *self, struct python_state *state);

/* ---- python_exceptions.c ----------------------------------------------------------------------------------------- */

/* The type that a builtin type is derived from, PYTHON_BUILTIN_NONE for object; whether it is one of exceptions. */
enum python_builtin python_base_of(enum python_builtin type);
bool python_is_exception_type(enum python_builtin type);

/* Makes an exception of a class with its arguments; whether a value is one; changes its arguments; finds them, a tuple. */
struct python_value python_new_exception(struct python *self, struct python_state *state, struct python_value class,
                                         const struct python_value *items, uint32_t count);
bool python_is_exception(const struct python_state *state, struct python_value value);
void python_set_arguments(struct python *self, struct python_state *state, struct python_value exception,
                          const struct python_value *items, uint32_t count);
struct python_value python_exception_arguments(struct python *self, const struct python_state *state,
                                               struct python_value exception);

/* Appends what str() says of an exception to a rope. */
bool python_append_exception(struct python *self, struct python_state *state, struct python_object *rope,
                             struct python_value exception);

/* The same of repr(). */
bool python_append_exception_call(struct python *self, struct python_state *state, struct python_object *rope,
                                  struct python_value exception);

/* Raises an exception: once the bytecode is over the thread goes on where it is caught. Nothing should be left, nor pushed, behind that. Of
 * a type with some words, "" for none, or that are put together; and where a jump's condition holds of b compared with a, while this state goes on. */
bool python_raise(struct python *self, struct python_state *state, struct python_value exception);
bool python_throw(struct python *self, struct python_state *state, enum python_builtin type, const char *words);
bool python_throw_words(struct python *self, struct python_state *state, enum python_builtin type, const char *format,
                        ...) __attribute__((format(printf, 4, 5)));
bool python_throw_where(struct python *self, struct python_state *state, enum opcode jump, struct operand a,
                        struct operand b, enum python_builtin type, const char *words);

/* ---- python_faults.c --------------------------------------------------------------------------------------------- */

/* None, or an integer: what often stands in a place until a thread puts an object there. Those below that end in a value expect one. */
bool python_is_scalar(struct python_value value);

/* TypeError, with the name of a value's type between some words. */
bool python_throw_at(struct python *self, struct python_state *state, struct python_value value, const char *before,
                     const char *behind);

/* TypeError of join(): of an item by its index. */
bool python_throw_no_text(struct python *self, struct python_state *state, uint32_t index, struct python_value item);

/* TypeError of int(). */
bool python_throw_no_integer(struct python *self, struct python_state *state, struct python_value value);

/* NameError of a name that nothing has set, unless it may be a builtin that is not covered; the same of a local variable, and of the one
 * in a cell that the bytecode reads. */
bool python_throw_no_name(struct python *self, struct python_state *state, const char *name);
bool python_throw_no_local(struct python *self, struct python_state *state, const char *name);
bool python_throw_no_cell(struct python *self, struct python_state *state);

/* Whether None, or an integer, has surely no such attribute; and AttributeError of one that is read, or set. */
bool python_lacks_attribute(const struct python *self, struct python_value value, struct python_value name);
bool python_throw_no_attribute(struct python *self, struct python_state *state, struct python_value value,
                               struct python_value name, bool is_set);

/* What stands behind `with` is no manager; has no elements; cannot be gone through; nor taken apart; nor stand behind `in`. */
bool python_throw_no_manager(struct python *self, struct python_state *state, struct python_value value);
bool python_throw_no_element(struct python *self, struct python_state *state, struct python_value value);
bool python_throw_not_iterable(struct python *self, struct python_state *state, struct python_value value);
bool python_throw_not_unpacked(struct python *self, struct python_state *state, struct python_value value);
bool python_throw_no_container(struct python *self, struct python_state *state, struct python_value value);

/* TypeError of an operator. Of one with two values, of which one is None, unless a class may say what that is; and of their order, which
 * 2.7 knows. */
bool python_throw_unary(struct python *self, struct python_state *state, enum python_bytecode what,
                        struct python_value value);
bool python_throw_binary(struct python *self, struct python_state *state, enum python_bytecode what,
                         struct python_value a, struct python_value b, bool *is_thrown);
bool python_order_none(struct python *self, struct python_state *state, const char *relation, struct python_value a,
                       struct python_value b, bool *is_done);

/* ---- python_text.c ----------------------------------------------------------------------------------------------- */

/* Appends a text to a rope. */
void python_append_plain(struct python *self, struct python_object *rope, const char *text);

/* Appends a value as str() or repr() has it to a rope. */
bool python_append_text(struct python *self, struct python_state *state, struct python_object *rope,
                        struct python_value value, bool quotes);

/* Pushes a text made of pieces: a string where it is known. */
struct python_value python_finish_rope(struct python *self, struct python_state *state, struct python_value rope);

/* What stands behind ':' in a declaration, or is made of such: nothing is known of it, and nobody needs it. */
struct python_value python_type_hint(struct python *self);
bool python_is_type_hint(struct python *self, const struct python_state *state, struct python_value value);

/* Words for a value in errors: "an integer", "a list". */
const char *python_what(const struct python *self, const struct python_state *state, struct python_value value);

/* ---- python_showing.c -------------------------------------------------------------------------------------------- */

/* Whether a value must be made ready to be shown as str() does, or as repr() does: in it is a list or a dictionary of words, or an object whose
 * class says how it is shown. */
bool python_needs_showing(struct python *self, struct python_state *state, struct python_value value, bool quotes);

/* Makes it ready, the argument of a builtin by its place; then the builtin is called. checks: whether what calls it looks for those who want
 * the lock behind it. And goes on with a call that waited for what a method says. */
bool python_show(struct python *self, struct python_state *state, enum python_builtin builtin, uint32_t place,
                 bool quotes, const struct python_arguments *arguments, bool checks);
bool python_shown(struct python *self, struct python_state *state, struct python_value waiting,
                  struct python_value value);

/* ---- python_formats.c -------------------------------------------------------------------------------------------- */

/* "%s: %d" % values. */
bool python_format(struct python *self, struct python_state *state, struct python_value format,
                   struct python_value values);

#endif
