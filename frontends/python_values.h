/* python_values: what a bytecode of Python works with, as far as it is known: values, and the objects that they mean. A value is a plain pair; an object
 * belongs to the states that know it (frontends/python_state.h), lies in the arena of a pass, and is changed in one of them alone. */
#ifndef RACECHECK_FRONTENDS_PYTHON_VALUES_H
#define RACECHECK_FRONTENDS_PYTHON_VALUES_H

#include "frontends/python_library.h"
#include <stdbool.h>
#include <stdint.h>

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
    PYTHON_PACKED, /* a tuple as an atom: number: of a text that says what is in it (python_atoms.c) */
    PYTHON_OBJECT  /* number: in the state's list */
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
    PYTHON_UNBOUND,  /* of a class: a function, and whether it gets the class: classmethod() and staticmethod() */
    PYTHON_RANGE,    /* start, end, step */
    PYTHON_SLICE,    /* the same, and each can be None */
    PYTHON_ITERATOR, /* a list or tuple, index; and something more where its elements are tasks, whose results are meant */
    PYTHON_COUNTER,          /* of a range: next, end, step */
    PYTHON_CELL,             /* value */
    PYTHON_GENERATOR_OBJECT, /* see python_generators.c */
    /* `number` is 1 where it is how something else is shown: repr() leaves it as it is. */
    PYTHON_ROPE /* a text made of texts and integers in registers, before which can be how they are filled up */
};

/* How an integer in a register is filled up: a width times PYTHON_PAD_KINDS, and one of these. The last two, without a width, set a plus or a
 * blank before what is not negative. */
enum { PYTHON_PAD_LEFT, PYTHON_PAD_RIGHT, PYTHON_PAD_ZEROS, PYTHON_PAD_PLUS, PYTHON_PAD_BLANK, PYTHON_PAD_KINDS };

/* Items of a function. */
enum { FUNCTION_CODE, FUNCTION_DEFAULTS, FUNCTION_KEYWORD_DEFAULTS, FUNCTION_CLOSURE, FUNCTION_ITEMS };

enum { PYTHON_ITERATOR_ITEMS = 2 };

/* `number` of a list that is what Python calls otherwise: it is shown as that; the last one has no order that is known. */
enum {
    PYTHON_VIEW_NONE,
    PYTHON_VIEW_KEYS,
    PYTHON_VIEW_VALUES,
    PYTHON_VIEW_ITEMS,
    PYTHON_VIEW_OTHER,
    PYTHON_VIEW_UNORDERED
};

struct python_object {
    enum python_shape shape;
    uint32_t stamp;    /* the state that may change it in place */
    uint32_t identity; /* a number by which all threads know it; 0: the thread that has made it alone */
    uint32_t maker;    /* the thread that has made it */
    bool is_foreign; /* this one has it from another one, which has made it while both ran: all its places are words */
    uint64_t site;   /* where */
    struct python_value type; /* of an instance its class; of a class its base */
    int64_t number;           /* of a class its name; of a lock and the like what it has at the start */
    uint32_t count, capacity;
    struct python_value *items;
};

#endif
