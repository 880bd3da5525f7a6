/* python_parts: what the files of the front-end for Python share; nobody else includes it.
 *
 *     python_state.c        what a thread is at one moment of its execution: frames and objects; equal states
 *     python_places.c       what threads share: which places of which objects, and in which order threads come to them
 *     python_emit.c         the instructions that are left of a thread's code
 *     python_interpreter.c  executes bytecodes, by what frontends/python_operations.h lists
 *     python_calls.c        calls of functions and classes, attributes
 *     python_classes.c      what classes are derived from
 *     python_library.c      what is not written in Python here: print, threading, queue, by frontends/python_services.h
 *     python_text.c         values as text
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
#include "frontends/python_library.h"
#include "program/program.h"

#include <string.h>

/* ---- Values ------------------------------------------------------------------------------------------------------ */

enum python_kind {
    PYTHON_ABSENT, /* no value: an unbound local, the NULL that some versions push before a call */
    PYTHON_NONE,
    PYTHON_BOOL,
    PYTHON_INT,
    PYTHON_DYNAMIC, /* an integer in a register: number */
    PYTHON_STRING,  /* number: of an interned text, here and in the next two */
    PYTHON_FLOAT,
    PYTHON_UNKNOWN, /* cannot be looked at: the text says what it is */
    PYTHON_FOREIGN, /* was in a register of the thread that has started this one */
    PYTHON_BUILTIN, /* enum python_builtin */
    PYTHON_CODE,
    PYTHON_OBJECT /* number: in the state's list */
};

struct python_value {
    enum python_kind kind;
    int64_t number;
};

#define ABSENT ((struct python_value){PYTHON_ABSENT, 0})
#define NONE ((struct python_value){PYTHON_NONE, 0})
#define BOOL(value) ((struct python_value){PYTHON_BOOL, (value) ? 1 : 0})
#define INTEGER(value) ((struct python_value){PYTHON_INT, (value)})
#define BUILTIN(value) ((struct python_value){PYTHON_BUILTIN, (int64_t)(value)})
#define MODULE ((struct python_value){PYTHON_OBJECT, 0}) /* the first object that is made */

static inline bool python_is_integer(struct python_value value)
{
    return value.kind == PYTHON_INT || value.kind == PYTHON_BOOL || value.kind == PYTHON_DYNAMIC;
}

static inline bool python_equal(struct python_value a, struct python_value b)
{
    return a.kind == b.kind && a.number == b.number;
}

/* Items of an object, by its shape. */
enum python_shape {
    PYTHON_NAMESPACE, /* of the module, or of a class that is being made: names and values in turn */
    PYTHON_INSTANCE,  /* the same */
    PYTHON_CLASS,     /* the same; `type` is the base, or of several the order of those behind it, a tuple */
    PYTHON_DICT,      /* keys and values in turn */
    PYTHON_LIST,
    PYTHON_TUPLE,
    PYTHON_FUNCTION, /* code, defaults, keyword defaults, closure */
    PYTHON_METHOD,   /* function, self */
    PYTHON_SUPER,    /* class behind which to look, self */
    PYTHON_PROPERTY, /* getter, setter */
    PYTHON_RANGE,    /* start, end, step */
    PYTHON_ITERATOR, /* a list or tuple, index; and something more where its elements are tasks, whose results are meant */
    PYTHON_COUNTER,          /* of a range: next, end, step */
    PYTHON_CELL,             /* value */
    PYTHON_GENERATOR_OBJECT, /* see python_generators.c */
    PYTHON_ROPE              /* a text made of texts and integers in registers, before which can be how they are filled up */
};

/* How an integer in a register is filled up: a width times PYTHON_PAD_KINDS, and one of these. */
enum { PYTHON_PAD_LEFT, PYTHON_PAD_RIGHT, PYTHON_PAD_ZEROS, PYTHON_PAD_KINDS };

/* Items of a function. */
enum { FUNCTION_CODE, FUNCTION_DEFAULTS, FUNCTION_KEYWORD_DEFAULTS, FUNCTION_CLOSURE, FUNCTION_ITEMS };

enum { PYTHON_ITERATOR_ITEMS = 2 };

struct python_object {
    enum python_shape shape;
    uint32_t stamp;           /* the state that may change it in place */
    uint32_t identity;        /* a number by which all threads know it; 0: the thread that has made it alone */
    uint32_t maker;           /* the thread that has made it */
    uint64_t site;            /* where */
    struct python_value type; /* of an instance its class; of a class its base */
    int64_t number;           /* of a class its name; of a lock and the like what it has at the start */
    uint32_t count, capacity;
    struct python_value *items;
};

/* ---- States ------------------------------------------------------------------------------------------------------ */

enum python_block_kind {
    PYTHON_BLOCK_LOOP,
    PYTHON_BLOCK_EXCEPT,  /* what is raised in it goes on at its handler */
    PYTHON_BLOCK_FINALLY, /* and so do return, break and continue */
    PYTHON_BLOCK_HANDLER  /* a handler itself: below its part of the stack lies what was handled before */
};

struct python_block {
    uint32_t handler;
    uint32_t level; /* of the stack */
    enum python_block_kind kind;
};

/* What becomes of what a frame returns. */
enum python_after {
    PYTHON_AFTER_PUSH,  /* it is pushed */
    PYTHON_AFTER_MAKE,  /* in its place `result` is, a new instance */
    PYTHON_AFTER_CLASS, /* a class, `result`, is made of the frame's names, and pushed */
    PYTHON_AFTER_RAISE, /* `result` is raised */
    PYTHON_AFTER_EXIT,  /* 2.7: it says whether a with statement silences an exception */
    PYTHON_AFTER_DROP,  /* nothing: it was called to set a property */
    PYTHON_AFTER_WAIT_FOR, /* decides whether a condition is waited for once more; `result`: the condition, and what was called */
    /* Of a generator: what it yields */
    PYTHON_AFTER_ITERATE, /* goes to a loop */
    PYTHON_AFTER_NEXT,    /* is what next() returns; `result`: what it returns at the end, ABSENT: nothing */
    PYTHON_AFTER_DELEGATE, /* is yielded again, by `yield from` */
    PYTHON_AFTER_COLLECT,  /* goes to a list that `result` has, which a builtin waits for */
    PYTHON_AFTER_CLOSE     /* is nothing any more: it is closed; `result`: None where somebody has called close() */
};

enum {
    PYTHON_FRAMES_MAX = 64,
    PYTHON_BLOCKS_MAX = 20, /* CPython's own limit */
    PYTHON_STACK_MAX = 4096,
    PYTHON_ARGUMENTS_MAX = 255,
    PYTHON_HELD_MAX = 64,
    PYTHON_SITES_MAX = 64, /* sites whose objects are counted */
    PYTHON_ORDINAL_MAX = 256,
    PYTHON_RECIPE_MAX = 4 /* arguments of an exception by which a task ends */
};

struct python_frame {
    uint32_t code, at;             /* the next instruction */
    bool checks;                   /* who called looks for those who want the lock once this returns */
    enum python_after after;       /* what becomes of what it returns */
    struct python_value result;    /* an object that waits for its end */
    struct python_value handled;   /* what was handled when it began */
    struct python_value generator; /* whose frame it is; ABSENT: no generator's */
    struct python_value names;     /* where LOAD_NAME looks; ABSENT in a function */
    struct python_value keywords;  /* of the next call */
    uint32_t slots;                /* locals and cells */
    uint32_t depth;                /* of the stack, which lies behind them */
    uint32_t capacity;
    struct python_value *values;
    struct python_block blocks[PYTHON_BLOCKS_MAX];
    uint32_t block_count;
};

struct python_tally {
    uint64_t site;
    uint32_t count;
};

struct python_state {
    uint32_t thread;
    uint32_t stamp;
    bool is_started;                          /* some thread has been started */
    uint32_t made;                            /* objects with identities, before that */
    uint32_t unnamed;                         /* threads that got a number for a name */
    int64_t refusal;                          /* a text: the thread cannot go on, and why; 0: it can */
    const struct python_instruction *refused; /* where */
    struct python_value none;                 /* what is looked at where there is nothing, once it cannot go on */
    struct python_value raised;               /* an exception that is on its way; ABSENT: none */
    struct python_value handled;              /* the one whose handler is being executed */
    bool is_joined;      /* the next load belongs to the step of the access before, whatever the rules are */
    bool has_printed;    /* by the print statement of 2.7, and no new line since */
    bool is_conditional; /* whether it comes to this depends on the others */
    bool checks;         /* the lock is looked for before the next bytecode, unless that is shielded */
    bool is_pending;     /* others could step since the last instruction that was left */
    uint32_t ticks;      /* bytecodes that 2.7 has counted since then */
    bool is_overdue;     /* it looks at the next one that it counts, for it must not have looked at the last */
    uint32_t passed;     /* counted bytecodes that have begun since the last instruction that was left */
    const struct python_instruction *last,
        *opener;        /* the bytecode before; the one behind which others can step, NULL: it is none */
    bool is_opener_old; /* it lies before a place where jumps lead to */
    bool is_fresh;      /* no instruction was left of the bytecode that is executed */
    uint32_t guarded;   /* generators that wait within try or with */
    uint64_t in_flight; /* registers of what was popped within this bytecode, and of what was found free */
    uint64_t born;      /* the threads that were started before: a bit each */
    uint32_t frame_count;
    struct python_object **objects;
    uint32_t object_count, object_capacity;
    struct python_object **base; /* what there was when the thread was started */
    uint32_t base_count;
    uint32_t held[PYTHON_HELD_MAX]; /* identities of locks */
    uint32_t held_count;
    struct python_tally tallies[PYTHON_SITES_MAX];
    uint32_t tally_count;
    struct python_frame frames[PYTHON_FRAMES_MAX]; /* last: copies take as many as there are */
};

/* ---- What is found ----------------------------------------------------------------------------------------------- */

/* An object that all threads know. */
struct python_identity {
    uint32_t maker;
    uint64_t site;
    uint32_t ordinal;
    enum python_builtin type; /* of locks and the like */
    char *name;               /* "counter", "c.lock" */
    bool is_semaphore;        /* of a lock: not only who holds it gives it back */
    bool is_watched;          /* of a thread: somebody asks whether it is alive */
    bool has_flag;            /* of an event: it is cleared, or looked at */
    uint64_t patient;         /* of an event: the threads that wait for it for a limited time, a bit each */
    int64_t number;           /* of the program's object; -1 until it is needed */
    int64_t second;    /* another object that it takes, likewise: of a queue the event that all its items are done */
    uint64_t sleepers; /* of a condition: the threads that wait there, a bit each */
    bool wakes_one;    /* somebody wakes one of them */
    bool is_ordered;   /* which one that is matters, or somebody waits for a limited time */
    int64_t thread;    /* the number of a thread that was started; -1 else */
};

struct python_access {
    uint32_t thread;
    bool writes;
    uint64_t born;
};

/* A place of such an object: an attribute, a global, an element. */
struct python_place {
    uint32_t identity;
    struct python_value key;
    bool is_dynamic;
    bool is_length;             /* how many elements a list has */
    bool has_integers;          /* what it can hold: integers ... */
    struct python_value *atoms; /* ... and these; of an object its identity */
    size_t atom_count, atom_capacity;
    struct python_access *accesses; /* of this pass */
    size_t access_count, access_capacity;
    int64_t word; /* in the program; -1 until it is needed */
};

/* An exception by which tasks end, as who asks for their results makes it anew: its class (of an object the identity), and its arguments. */
struct python_recipe {
    struct python_value class;
    struct python_value items[PYTHON_RECIPE_MAX];
    uint32_t count;
    uint64_t tasks; /* the threads that end by it, a bit each */
};

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
    uint32_t *passed; /* what the states had passed that begin at labels; those beyond had passed nothing */
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
    bool is_everywhere; /* 2.7 may look before each bytecode that it counts */
    uint64_t **live;    /* one a code: locals at each instruction; made when needed */

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
    uint32_t printer;  /* the thread that uses the print statement of 2.7, and 1; 0: none does */
    struct program *program;
    size_t string_capacity, opening_capacity;
    const struct python_instruction *at; /* what is executed */
    uint32_t at_code;
};

/* ---- python_state.c ---------------------------------------------------------------------------------------------- */

/* Returns the number of a text, which is copied. */
int64_t python_intern(struct python *self, const char *text, size_t length);
static inline struct python_value python_string(struct python *self, const char *text)
{
    return (struct python_value){PYTHON_STRING, python_intern(self, text, strlen(text))};
}
const char *python_text_of(const struct python *self, struct python_value value);

struct python_state *python_state_new(struct python *self, uint32_t thread);
struct python_state *python_state_copy(struct python *self, struct python_state *state);

/* From now on the objects that there are keep their numbers, and those that change belong to what a state is. */
void python_state_fix(struct python *self, struct python_state *state);

/* The state in which a thread begins that is started from another one: with the same objects. */
struct python_state *python_state_begin(struct python *self, struct python_state *parent, uint32_t thread);

/* Makes an object with room for some items; it has an identity where it must. */
struct python_value python_new(struct python *self, struct python_state *state, enum python_shape shape,
                               struct python_value type, const struct python_value *items, uint32_t count);

/* An object, to be looked at; or to be changed, in this state alone. Borrowed. */
static inline const struct python_object *python_object(const struct python_state *state, struct python_value value)
{
    return state->objects[value.number];
}
struct python_object *python_change(struct python *self, struct python_state *state, struct python_value value);
void python_append(struct python *self, struct python_object *object, struct python_value value);

/* Whether a value is an object of a shape. */
static inline bool python_is(const struct python_state *state, struct python_value value, enum python_shape shape)
{
    return value.kind == PYTHON_OBJECT && python_object(state, value)->shape == shape;
}

/* The item of a name, or of a key, of an object whose items are pairs; -1 where there is none. */
int64_t python_find_key(const struct python_object *object, struct python_value key);

/* The item that a known index or key means, of a list, a tuple, or whatever has keys; -1 where there is none. */
int64_t python_find_item(const struct python_object *object, struct python_value key);

/* What was refused, or is on its way to a handler: nothing more is left of this bytecode, nor pushed. */
static inline bool python_cannot_go_on(const struct python_state *state)
{
    return state->refusal != 0 || state->raised.kind != PYTHON_ABSENT;
}

static inline struct python_frame *python_top(struct python_state *state)
{
    return &state->frames[state->frame_count - 1];
}

/* The stack of the innermost frame. Popping from an empty one is an error of the dump. */
bool python_push(struct python *self, struct python_state *state, struct python_value value);
bool python_pop(struct python *self, struct python_state *state, struct python_value *value);
bool python_peek(struct python *self, struct python_state *state, uint32_t depth, struct python_value **value);

/* A register that no value of the state is in, nor one that was popped within this bytecode. Returns false where there is none. */
bool python_free_register(struct python *self, struct python_state *state, int64_t *number);
bool python_uses_register(const struct python_state *state, int64_t number);

/* Brings a state into the form that all equal ones have, moving registers where that takes it, and appends a text that tells it
 * from all others. Locals that nobody reads any more are forgotten. */
bool python_state_settle(struct python *self, struct python_state *state, struct text *key);

/* ---- python_places.c --------------------------------------------------------------------------------------------- */

/* Whether a place is one that the library keeps for itself, under a name that no attribute has: "[qsize()]". */
bool python_place_is_internal(const struct python *self, const struct python_place *place);

/* Gives an object that is made an identity, where it needs one. */
bool python_identify(struct python *self, struct python_state *state, struct python_object *object);

/* Reads a place of an object that all threads may come to: an attribute or global by its name, a cell by NONE. Fills *place where
 * it is dynamic; else *place is NULL, and *value what is there (ABSENT for nothing). */
bool python_get(struct python *self, struct python_state *state, struct python_value object, struct python_value key,
                struct python_value *value, struct python_place **place);
bool python_set(struct python *self, struct python_state *state, struct python_value object, struct python_value key,
                struct python_value value);

/* Notes that which elements a list or dictionary has is looked at, or changed: that cannot be dynamic, as its elements can. And that
 * all elements are looked at, too. */
bool python_touch(struct python *self, struct python_state *state, struct python_value object, bool writes);
bool python_touch_all(struct python *self, struct python_state *state, struct python_value object);

/* The same of a list whose length can be dynamic, as the place that is returned, which is NULL where it is not. Then it can have
 * up to PYTHON_LIST_ROOM elements more than at the start. */
enum { PYTHON_LIST_ROOM = 32 };
struct python_place *python_find_length(struct python *self, struct python_state *state, struct python_value list,
                                        bool writes);

/* Adds an element to a list of such a length; loads the length into a register. */
bool python_append_shared(struct python *self, struct python_state *state, struct python_value list,
                          struct python_value value);
bool python_load_length(struct python *self, struct python_state *state, struct python_value list, int64_t *number);

/* How a value is kept in a word of a place, or in a queue that is one; and how many others than integers can be there. Noting one that was
 * not known makes the pass void. */
void python_note_atom(struct python *self, struct python_state *state, struct python_place *place,
                      struct python_value value);
bool python_encode(struct python *self, struct python_state *state, struct python_place *place,
                   struct python_value value, struct operand *operand);
int64_t python_atom_code(struct python *self, const struct python_place *place, size_t atom);

/* What is left of a register that was loaded from a place: splits the state, and pushes the value on each. */
enum python_push { PYTHON_PUSH, PYTHON_PUSH_NULL_FIRST, PYTHON_PUSH_NULL_LAST, PYTHON_PUSH_BOTH };
bool python_decode(struct python *self, struct python_state *state, const struct python_place *place, int64_t number,
                   enum python_push how);

/* Loads a dynamic place and pushes it. */
bool python_load(struct python *self, struct python_state *state, struct python_place *place, enum python_push how);

/* Notes the first values of dynamic places when the first thread starts, and the names of objects. */
bool python_publish(struct python *self, struct python_state *state);

struct python_place *python_place_of(struct python *self, uint32_t identity, struct python_value key);
struct operand python_word(struct python *self, struct python_place *place);

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
 * step where the state says so. */
void python_emit(struct python *self, struct python_state *state, enum opcode opcode, struct operand first,
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

/* Pushes an attribute. */
bool python_attribute(struct python *self, struct python_state *state, struct python_value object,
                      struct python_value name, enum python_push how);

/* An argument by place or name; ABSENT where it was not given. */
struct python_value python_argument(const struct python *self, const struct python_arguments *arguments, uint32_t place,
                                    const char *name);

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

/* Finds the builtin type of a value that is no class, PYTHON_BUILTIN_NONE where it has none. */
enum python_builtin python_type(const struct python *self, const struct python_state *state, struct python_value value);

/* ---- python_library.c -------------------------------------------------------------------------------------------- */

/* Calls what is not written in Python; pushes what it returns. */
bool python_call_builtin(struct python *self, struct python_state *state, enum python_builtin builtin,
                         struct python_arguments *arguments);

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

/* Raises an exception: once the bytecode is over the thread goes on where it is caught. Nothing should be left, nor pushed, behind that. Of
 * a type with some words, "" for none; and where a jump's condition holds of b compared with a, while this state goes on. */
bool python_raise(struct python *self, struct python_state *state, struct python_value exception);
bool python_throw(struct python *self, struct python_state *state, enum python_builtin type, const char *words);
bool python_throw_where(struct python *self, struct python_state *state, enum opcode jump, struct operand a,
                        struct operand b, enum python_builtin type, const char *words);

/* ---- python_text.c ----------------------------------------------------------------------------------------------- */

/* Appends a text to a rope. */
void python_append_plain(struct python *self, struct python_object *rope, const char *text);

/* Appends a value as str() or repr() has it to a rope. */
bool python_append_text(struct python *self, struct python_state *state, struct python_object *rope,
                        struct python_value value, bool quotes);

/* Pushes a text made of pieces: a string where it is known. */
struct python_value python_finish_rope(struct python *self, struct python_state *state, struct python_value rope);

/* Words for a value in errors: "an integer", "a list". */
const char *python_what(const struct python *self, const struct python_state *state, struct python_value value);

/* ---- python_formats.c -------------------------------------------------------------------------------------------- */

/* "%s: %d" % values. */
bool python_format(struct python *self, struct python_state *state, struct python_value format,
                   struct python_value values);

#endif
