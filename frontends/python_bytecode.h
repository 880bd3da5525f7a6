/* python_bytecode: the bytecodes of CPython 2.7 to 3.15, and where a thread can lose the interpreter's lock (the GIL).
 *
 * One table has a row for each name of a bytecode: what it does, as a number of ours (names that do the same have the same), and
 * between which bytecodes the evaluation loop does not look whether the lock is wanted. Facts from Python/ceval.c and Python/bytecodes.c
 * of the versions' tags; docs/python.md tells them for readers. */
#ifndef RACECHECK_FRONTENDS_PYTHON_BYTECODE_H
#define RACECHECK_FRONTENDS_PYTHON_BYTECODE_H

#include "base/error.h"
#include "program/instruction.h"

/* What a bytecode does. */
enum python_bytecode {
    PY_UNKNOWN,
    PY_NOTHING, /* NOP, PRECALL, SETUP_LOOP, ... */
    PY_RESUME,
    PY_LOAD_CONST,
    PY_LOAD_SMALL_INT,
    PY_LOAD_FAST,
    PY_LOAD_FAST_CLEAR,
    PY_LOAD_FAST_TWICE, /* two locals: the argument has both */
    PY_STORE_FAST,
    PY_STORE_LOAD_FAST,
    PY_STORE_FAST_TWICE,
    PY_DELETE_FAST,
    PY_LOAD_GLOBAL,
    PY_LOAD_NAME,
    PY_STORE_GLOBAL,
    PY_STORE_NAME,
    PY_DELETE_GLOBAL,
    PY_DELETE_NAME,
    PY_LOAD_ATTR,
    PY_LOAD_METHOD,
    PY_LOAD_SUPER_ATTR,
    PY_STORE_ATTR,
    PY_LOAD_CLOSURE,
    PY_LOAD_DEREF,
    PY_STORE_DEREF,
    PY_MAKE_CELL,
    PY_COPY_FREE_VARS,
    PY_BINARY, /* the meaning says which: "+", "+=", "[]" */
    PY_ADD,
    PY_SUBTRACT,
    PY_MULTIPLY,
    PY_FLOOR_DIVIDE,
    PY_TRUE_DIVIDE,
    PY_OLD_DIVIDE,
    PY_MODULO,
    PY_POWER,
    PY_LEFT_SHIFT,
    PY_RIGHT_SHIFT,
    PY_AND,
    PY_OR,
    PY_XOR,
    PY_SUBSCRIPT,
    PY_STORE_SUBSCRIPT,
    PY_NEGATIVE,
    PY_POSITIVE,
    PY_INVERT,
    PY_NOT,
    PY_TO_BOOL,
    PY_COMPARE,
    PY_IS,
    PY_CONTAINS,
    PY_JUMP,
    PY_JUMP_ABSOLUTE,
    PY_JUMP_BACKWARD,
    PY_JUMP_IF_FALSE,
    PY_JUMP_IF_TRUE,
    PY_JUMP_IF_NONE,
    PY_JUMP_IF_NOT_NONE,
    PY_JUMP_IF_FALSE_OR_POP,
    PY_JUMP_IF_TRUE_OR_POP,
    PY_GET_ITER,
    PY_FOR_ITER,
    PY_END_FOR,
    PY_POP_ITER,
    PY_BUILD_TUPLE,
    PY_BUILD_LIST,
    PY_BUILD_SET,
    PY_BUILD_MAP,
    PY_BUILD_CONST_KEY_MAP,
    PY_STORE_MAP,
    PY_BUILD_STRING,
    PY_LIST_EXTEND,
    PY_LIST_APPEND,
    PY_LIST_TO_TUPLE,
    PY_SET_ADD,
    PY_UNPACK,
    PY_UNPACK_STARRED,
    PY_CALL_FUNCTION,
    PY_CALL_FUNCTION_KW,
    PY_CALL_METHOD,
    PY_CALL_WITH_LIST, /* CALL_FUNCTION_EX */
    PY_CALL_OLD_WITH_LIST,
    PY_CALL,
    PY_CALL_KW,
    PY_KW_NAMES,
    PY_PUSH_NULL,
    PY_INTRINSIC,
    PY_MAKE_FUNCTION,
    PY_SET_FUNCTION_ATTRIBUTE,
    PY_LOAD_BUILD_CLASS,
    PY_BUILD_CLASS,
    PY_LOAD_LOCALS,
    PY_IMPORT_NAME,
    PY_IMPORT_FROM,
    PY_POP_TOP,
    PY_ROTATE, /* two, three, four */
    PY_DUPLICATE,
    PY_DUPLICATE_TWO,
    PY_DUPLICATE_MANY,
    PY_SWAP,
    PY_COPY,
    PY_FORMAT,
    PY_CONVERT,
    PY_PRINT_ITEM,
    PY_PRINT_NEWLINE,
    PY_SETUP_EXCEPT,
    PY_SETUP_FINALLY,
    PY_SETUP_LOOP,
    PY_BREAK_LOOP,
    PY_CONTINUE_LOOP,
    PY_SETUP_WITH,
    PY_POP_BLOCK,
    PY_BEGIN_FINALLY,
    PY_END_FINALLY,
    PY_CALL_FINALLY,
    PY_POP_FINALLY,
    PY_WITH_CLEANUP,
    PY_WITH_CLEANUP_START,
    PY_WITH_CLEANUP_FINISH,
    PY_BEFORE_WITH,
    PY_LOAD_SPECIAL,
    PY_LOAD_COMMON_CONSTANT,
    PY_RETURN,
    PY_RETURN_CONST,
    PY_RETURN_GENERATOR,
    PY_YIELD,
    PY_DELEGATE,
    PY_END_SEND,
    PY_CLEANUP_THROW,
    PY_MAKE_CLOSURE,
    PY_MERGE,
    PY_MAP_ADD,
    PY_JOIN_TUPLES, /* up to 3.8, here and in the next two: several of them, one after the other */
    PY_JOIN_LISTS,
    PY_JOIN_MAPS,
    PY_DELETE_SUBSCRIPT,
    PY_BUILD_SLICE,
    PY_SLICE,     /* 3.12: with start and end */
    PY_OLD_SLICE, /* 2.7: the name says which of these there are */
    PY_CALL_OLD_WITH_MAP,
    PY_CALL_OLD_WITH_BOTH,
    PY_RAISE,
    PY_RERAISE,
    PY_POP_EXCEPT,
    PY_PUSH_EXC_INFO,
    PY_CHECK_EXC_MATCH,
    PY_JUMP_IF_NOT_MATCH,
    PY_WITH_EXCEPT_START,
    PY_LOAD_ASSERTION_ERROR,
    PY_BYTECODE_COUNT
};

/* What other threads can do between two bytecodes: rules of the versions. */
enum python_rules { PYTHON_GIL27, PYTHON_GIL32, PYTHON_GIL310, PYTHON_GIL311, PYTHON_NO_GIL, PYTHON_RULES_COUNT };

/* Returns what a bytecode of that name does, PY_UNKNOWN where there is none. */
enum python_bytecode python_bytecode_find(const char *name);

/* Whether a bytecode of that name is counted (struct origin): what goes to names that are no locals, to attributes and elements, and calls.
 * Tracing shows each of them in every version that can trace bytecodes; of others it can miss some. */
bool python_bytecode_is_counted(const char *name);

/* What a version's loop does behind a bytecode, where no call or jump decides: whether it looks for those who want the lock; and
 * whether it does so before a bytecode at all. */
bool python_bytecode_checks(enum python_bytecode self, enum python_rules rules, int version);
bool python_bytecode_is_shielded(const char *name, enum python_rules rules);

/* The name of a set of rules, as --gil has it, borrowed; the set of a name, PYTHON_RULES_COUNT where there is none; that of a version. */
const char *python_rules_name(enum python_rules self);
enum python_rules python_rules_find(const char *name);
enum python_rules python_rules_of(int version, bool is_free_threaded);

/* Where threads can lose the lock by a set of rules, as words behind "since"; borrowed. */
const char *python_rules_describe(enum python_rules self);

/* Whether a set of rules fits a version. Else *error is set. */
bool python_rules_fit(enum python_rules self, int version, struct error *error);

#endif
