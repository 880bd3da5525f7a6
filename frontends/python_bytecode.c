#include "frontends/python_bytecode.h"

#include <string.h>

/* ---- Names ------------------------------------------------------------------------------------------------------- */

struct row {
    const char *name;
    enum python_bytecode bytecode;
};

static const struct row rows[] = {
    {"BEFORE_WITH", PY_BEFORE_WITH},
    {"BEGIN_FINALLY", PY_BEGIN_FINALLY},
    {"BINARY_ADD", PY_ADD},
    {"BINARY_AND", PY_AND},
    {"BINARY_DIVIDE", PY_OLD_DIVIDE},
    {"BINARY_FLOOR_DIVIDE", PY_FLOOR_DIVIDE},
    {"BINARY_LSHIFT", PY_LEFT_SHIFT},
    {"BINARY_MODULO", PY_MODULO},
    {"BINARY_MULTIPLY", PY_MULTIPLY},
    {"BINARY_OP", PY_BINARY},
    {"BINARY_OR", PY_OR},
    {"BINARY_POWER", PY_POWER},
    {"BINARY_RSHIFT", PY_RIGHT_SHIFT},
    {"BINARY_SLICE", PY_SLICE},
    {"BINARY_SUBSCR", PY_SUBSCRIPT},
    {"BINARY_SUBTRACT", PY_SUBTRACT},
    {"BINARY_TRUE_DIVIDE", PY_TRUE_DIVIDE},
    {"BINARY_XOR", PY_XOR},
    {"BREAK_LOOP", PY_BREAK_LOOP},
    {"BUILD_CLASS", PY_BUILD_CLASS},
    {"BUILD_CONST_KEY_MAP", PY_BUILD_CONST_KEY_MAP},
    {"BUILD_LIST", PY_BUILD_LIST},
    {"BUILD_LIST_UNPACK", PY_JOIN_LISTS},
    {"BUILD_MAP", PY_BUILD_MAP},
    {"BUILD_MAP_UNPACK", PY_JOIN_MAPS},
    {"BUILD_MAP_UNPACK_WITH_CALL", PY_JOIN_MAPS},
    {"BUILD_SET", PY_BUILD_SET},
    {"BUILD_SLICE", PY_BUILD_SLICE},
    {"BUILD_STRING", PY_BUILD_STRING},
    {"BUILD_TUPLE", PY_BUILD_TUPLE},
    {"BUILD_TUPLE_UNPACK", PY_JOIN_TUPLES},
    {"BUILD_TUPLE_UNPACK_WITH_CALL", PY_JOIN_TUPLES},
    {"CACHE", PY_NOTHING},
    {"CALL", PY_CALL},
    {"CALL_FINALLY", PY_CALL_FINALLY},
    {"CALL_FUNCTION", PY_CALL_FUNCTION},
    {"CALL_FUNCTION_EX", PY_CALL_WITH_LIST},
    {"CALL_FUNCTION_KW", PY_CALL_FUNCTION_KW},
    {"CALL_FUNCTION_VAR", PY_CALL_OLD_WITH_LIST},
    {"CALL_FUNCTION_VAR_KW", PY_CALL_OLD_WITH_BOTH},
    {"CALL_INTRINSIC_1", PY_INTRINSIC},
    {"CALL_KW", PY_CALL_KW},
    {"CALL_METHOD", PY_CALL_METHOD},
    {"CHECK_EXC_MATCH", PY_CHECK_EXC_MATCH},
    {"CLEANUP_THROW", PY_CLEANUP_THROW},
    {"COMPARE_OP", PY_COMPARE},
    {"CONTAINS_OP", PY_CONTAINS},
    {"CONTINUE_LOOP", PY_CONTINUE_LOOP},
    {"CONVERT_VALUE", PY_CONVERT},
    {"COPY", PY_COPY},
    {"COPY_FREE_VARS", PY_COPY_FREE_VARS},
    {"DELETE_FAST", PY_DELETE_FAST},
    {"DELETE_GLOBAL", PY_DELETE_GLOBAL},
    {"DELETE_NAME", PY_DELETE_NAME},
    {"DELETE_SUBSCR", PY_DELETE_SUBSCRIPT},
    {"DICT_MERGE", PY_MERGE},
    {"DICT_UPDATE", PY_MERGE},
    {"DUP_TOP", PY_DUPLICATE},
    {"DUP_TOPX", PY_DUPLICATE_MANY},
    {"DUP_TOP_TWO", PY_DUPLICATE_TWO},
    {"END_FINALLY", PY_END_FINALLY},
    {"END_FOR", PY_END_FOR},
    {"END_SEND", PY_END_SEND},
    {"EXTENDED_ARG", PY_NOTHING},
    {"FORMAT_SIMPLE", PY_FORMAT},
    {"FORMAT_VALUE", PY_FORMAT},
    {"FORMAT_WITH_SPEC", PY_FORMAT},
    {"FOR_ITER", PY_FOR_ITER},
    {"GEN_START", PY_POP_TOP},
    {"GET_ITER", PY_GET_ITER},
    {"GET_YIELD_FROM_ITER", PY_GET_ITER},
    {"IMPORT_FROM", PY_IMPORT_FROM},
    {"IMPORT_NAME", PY_IMPORT_NAME},
    {"INPLACE_ADD", PY_ADD},
    {"INPLACE_AND", PY_AND},
    {"INPLACE_DIVIDE", PY_OLD_DIVIDE},
    {"INPLACE_FLOOR_DIVIDE", PY_FLOOR_DIVIDE},
    {"INPLACE_LSHIFT", PY_LEFT_SHIFT},
    {"INPLACE_MODULO", PY_MODULO},
    {"INPLACE_MULTIPLY", PY_MULTIPLY},
    {"INPLACE_OR", PY_OR},
    {"INPLACE_POWER", PY_POWER},
    {"INPLACE_RSHIFT", PY_RIGHT_SHIFT},
    {"INPLACE_SUBTRACT", PY_SUBTRACT},
    {"INPLACE_TRUE_DIVIDE", PY_TRUE_DIVIDE},
    {"INPLACE_XOR", PY_XOR},
    {"IS_OP", PY_IS},
    {"JUMP_ABSOLUTE", PY_JUMP_ABSOLUTE},
    {"JUMP_BACKWARD", PY_JUMP_BACKWARD},
    {"JUMP_BACKWARD_NO_INTERRUPT", PY_JUMP},
    {"JUMP_FORWARD", PY_JUMP},
    {"JUMP_IF_FALSE_OR_POP", PY_JUMP_IF_FALSE_OR_POP},
    {"JUMP_IF_NOT_EXC_MATCH", PY_JUMP_IF_NOT_MATCH},
    {"JUMP_IF_TRUE_OR_POP", PY_JUMP_IF_TRUE_OR_POP},
    {"KW_NAMES", PY_KW_NAMES},
    {"LIST_APPEND", PY_LIST_APPEND},
    {"LIST_EXTEND", PY_LIST_EXTEND},
    {"LIST_TO_TUPLE", PY_LIST_TO_TUPLE},
    {"LOAD_ASSERTION_ERROR", PY_LOAD_ASSERTION_ERROR},
    {"LOAD_ATTR", PY_LOAD_ATTR},
    {"LOAD_BUILD_CLASS", PY_LOAD_BUILD_CLASS},
    {"LOAD_CLOSURE", PY_LOAD_CLOSURE},
    {"LOAD_COMMON_CONSTANT", PY_LOAD_COMMON_CONSTANT},
    {"LOAD_CONST", PY_LOAD_CONST},
    {"LOAD_CONST_IMMORTAL", PY_LOAD_CONST},
    {"LOAD_DEREF", PY_LOAD_DEREF},
    {"LOAD_FAST", PY_LOAD_FAST},
    {"LOAD_FAST_AND_CLEAR", PY_LOAD_FAST_CLEAR},
    {"LOAD_FAST_BORROW", PY_LOAD_FAST},
    {"LOAD_FAST_BORROW_LOAD_FAST_BORROW", PY_LOAD_FAST_TWICE},
    {"LOAD_FAST_CHECK", PY_LOAD_FAST},
    {"LOAD_FAST_LOAD_FAST", PY_LOAD_FAST_TWICE},
    {"LOAD_GLOBAL", PY_LOAD_GLOBAL},
    {"LOAD_LOCALS", PY_LOAD_LOCALS},
    {"LOAD_METHOD", PY_LOAD_METHOD},
    {"LOAD_NAME", PY_LOAD_NAME},
    {"LOAD_SMALL_INT", PY_LOAD_SMALL_INT},
    {"LOAD_SPECIAL", PY_LOAD_SPECIAL},
    {"LOAD_SUPER_ATTR", PY_LOAD_SUPER_ATTR},
    {"MAKE_CELL", PY_MAKE_CELL},
    {"MAKE_CLOSURE", PY_MAKE_CLOSURE},
    {"MAKE_FUNCTION", PY_MAKE_FUNCTION},
    {"MAP_ADD", PY_MAP_ADD},
    {"NOP", PY_NOTHING},
    {"NOT_TAKEN", PY_NOTHING},
    {"POP_BLOCK", PY_POP_BLOCK},
    {"POP_EXCEPT", PY_POP_EXCEPT},
    {"POP_FINALLY", PY_POP_FINALLY},
    {"POP_ITER", PY_POP_ITER},
    {"POP_JUMP_BACKWARD_IF_FALSE", PY_JUMP_IF_FALSE},
    {"POP_JUMP_BACKWARD_IF_NONE", PY_JUMP_IF_NONE},
    {"POP_JUMP_BACKWARD_IF_NOT_NONE", PY_JUMP_IF_NOT_NONE},
    {"POP_JUMP_BACKWARD_IF_TRUE", PY_JUMP_IF_TRUE},
    {"POP_JUMP_FORWARD_IF_FALSE", PY_JUMP_IF_FALSE},
    {"POP_JUMP_FORWARD_IF_NONE", PY_JUMP_IF_NONE},
    {"POP_JUMP_FORWARD_IF_NOT_NONE", PY_JUMP_IF_NOT_NONE},
    {"POP_JUMP_FORWARD_IF_TRUE", PY_JUMP_IF_TRUE},
    {"POP_JUMP_IF_FALSE", PY_JUMP_IF_FALSE},
    {"POP_JUMP_IF_NONE", PY_JUMP_IF_NONE},
    {"POP_JUMP_IF_NOT_NONE", PY_JUMP_IF_NOT_NONE},
    {"POP_JUMP_IF_TRUE", PY_JUMP_IF_TRUE},
    {"POP_TOP", PY_POP_TOP},
    {"PRECALL", PY_NOTHING},
    {"PRINT_ITEM", PY_PRINT_ITEM},
    {"PRINT_NEWLINE", PY_PRINT_NEWLINE},
    {"PUSH_EXC_INFO", PY_PUSH_EXC_INFO},
    {"PUSH_NULL", PY_PUSH_NULL},
    {"RAISE_VARARGS", PY_RAISE},
    {"RERAISE", PY_RERAISE},
    {"RESUME", PY_RESUME},
    {"RETURN_CONST", PY_RETURN_CONST},
    {"RETURN_GENERATOR", PY_RETURN_GENERATOR},
    {"RETURN_VALUE", PY_RETURN},
    {"ROT_FOUR", PY_ROTATE},
    {"ROT_THREE", PY_ROTATE},
    {"ROT_TWO", PY_ROTATE},
    {"SEND", PY_DELEGATE},
    {"SETUP_ANNOTATIONS", PY_NOTHING},
    {"SETUP_EXCEPT", PY_SETUP_EXCEPT},
    {"SETUP_FINALLY", PY_SETUP_FINALLY},
    {"SETUP_LOOP", PY_SETUP_LOOP},
    {"SETUP_WITH", PY_SETUP_WITH},
    {"SET_ADD", PY_SET_ADD},
    {"SET_FUNCTION_ATTRIBUTE", PY_SET_FUNCTION_ATTRIBUTE},
    {"SLICE+0", PY_OLD_SLICE},
    {"SLICE+1", PY_OLD_SLICE},
    {"SLICE+2", PY_OLD_SLICE},
    {"SLICE+3", PY_OLD_SLICE},
    {"STORE_ANNOTATION", PY_POP_TOP},
    {"STORE_ATTR", PY_STORE_ATTR},
    {"STORE_DEREF", PY_STORE_DEREF},
    {"STORE_FAST", PY_STORE_FAST},
    {"STORE_FAST_LOAD_FAST", PY_STORE_LOAD_FAST},
    {"STORE_FAST_STORE_FAST", PY_STORE_FAST_TWICE},
    {"STORE_GLOBAL", PY_STORE_GLOBAL},
    {"STORE_MAP", PY_STORE_MAP},
    {"STORE_NAME", PY_STORE_NAME},
    {"STORE_SUBSCR", PY_STORE_SUBSCRIPT},
    {"SWAP", PY_SWAP},
    {"TO_BOOL", PY_TO_BOOL},
    {"UNARY_INVERT", PY_INVERT},
    {"UNARY_NEGATIVE", PY_NEGATIVE},
    {"UNARY_NOT", PY_NOT},
    {"UNARY_POSITIVE", PY_POSITIVE},
    {"UNPACK_EX", PY_UNPACK_STARRED},
    {"UNPACK_SEQUENCE", PY_UNPACK},
    {"WITH_CLEANUP", PY_WITH_CLEANUP},
    {"WITH_CLEANUP_FINISH", PY_WITH_CLEANUP_FINISH},
    {"WITH_CLEANUP_START", PY_WITH_CLEANUP_START},
    {"WITH_EXCEPT_START", PY_WITH_EXCEPT_START},
    {"YIELD_FROM", PY_DELEGATE},
    {"YIELD_VALUE", PY_YIELD},
};

bool python_bytecode_is_counted(const char *name)
{
    static const char *const beginnings[] = {"LOAD_GLOBAL",   "LOAD_NAME",   "LOAD_ATTR",    "LOAD_METHOD",
                                             "STORE_GLOBAL",  "STORE_NAME",  "STORE_ATTR",   "STORE_SUBSCR",
                                             "BINARY_SUBSCR", "CALL_METHOD", "CALL_FUNCTION"};
    for (size_t b = 0; b < sizeof beginnings / sizeof beginnings[0]; b++)
        if (strncmp(name, beginnings[b], strlen(beginnings[b])) == 0)
            return true;
    return strcmp(name, "CALL") == 0 || strcmp(name, "CALL_KW") == 0;
}

enum python_bytecode python_bytecode_find(const char *name)
{
    size_t low = 0, high = sizeof rows / sizeof rows[0];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(rows[middle].name, name);
        if (order == 0)
            return rows[middle].bytecode;
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return PY_UNKNOWN;
}

/* ---- Rules ------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int first, last; /* versions */
} rules[PYTHON_RULES_COUNT] = {
    [PYTHON_GIL27] = {"gil27", 207, 207},   [PYTHON_GIL32] = {"gil32", 302, 309},
    [PYTHON_GIL310] = {"gil310", 310, 310}, [PYTHON_GIL311] = {"gil311", 311, 315},
    [PYTHON_NO_GIL] = {"nogil", 313, 315},
};

/* Up to 3.9 the loop looks before each bytecode, but for those that go on by `goto fast_next_opcode`, later FAST_DISPATCH(). */
static bool goes_on_fast(enum python_bytecode self, int version)
{
    switch (self) {
    case PY_NOTHING:
    case PY_LOAD_FAST:
    case PY_STORE_FAST:
    case PY_LOAD_CONST:
    case PY_POP_TOP:
    case PY_ROTATE:
    case PY_DUPLICATE:
    case PY_DUPLICATE_TWO:
    case PY_DUPLICATE_MANY:
    case PY_JUMP:
    case PY_BEGIN_FINALLY:
    case PY_IS:
    case PY_CONTAINS:
    case PY_LOAD_COMMON_CONSTANT:
    case PY_LOAD_ASSERTION_ERROR:
    case PY_CALL_FINALLY:
        return true;
    case PY_END_FINALLY:
        return version == 308;
    default:
        return false;
    }
}

bool python_bytecode_checks(enum python_bytecode self, enum python_rules which, int version)
{
    switch (which) {
    case PYTHON_GIL27:
    case PYTHON_GIL32:
        return !goes_on_fast(self, version);
    case PYTHON_GIL310:
        return self == PY_JUMP_ABSOLUTE;
    case PYTHON_GIL311:
        return self == PY_RESUME || self == PY_JUMP_BACKWARD;
    default:
        return false;
    }
}

bool python_bytecode_is_shielded(const char *name, enum python_rules which)
{
    static const char *const shielded[] = {"SETUP_FINALLY", "SETUP_WITH", "BEFORE_ASYNC_WITH", "YIELD_FROM"};
    size_t count = which == PYTHON_GIL27 ? 1 : which == PYTHON_GIL32 || which == PYTHON_GIL310 ? 4 : 0;
    for (size_t s = 0; s < count; s++)
        if (strcmp(shielded[s], name) == 0)
            return true;
    return false;
}

const char *python_rules_name(enum python_rules self)
{
    return rules[self].name;
}

enum python_rules python_rules_find(const char *name)
{
    enum python_rules found = 0;
    while (found < PYTHON_RULES_COUNT && strcmp(rules[found].name, name) != 0)
        found++;
    return found;
}

enum python_rules python_rules_of(int version, bool is_free_threaded)
{
    enum python_rules found = is_free_threaded ? PYTHON_NO_GIL : PYTHON_GIL27;
    while (found < PYTHON_NO_GIL && (version < rules[found].first || version > rules[found].last))
        found++;
    return version > rules[PYTHON_NO_GIL].last ? PYTHON_RULES_COUNT : found;
}

bool python_rules_fit(enum python_rules self, int version, struct error *error)
{
    if (version >= rules[self].first && version <= rules[self].last)
        return true;
    enum python_rules own = python_rules_of(version, false);
    return error_set(
        error, NULL, 0, 0,
        "--gil %s: these are rules of other interpreters; the bytecode is that of Python %d.%d, whose rules are %s",
        rules[self].name, version / 100, version % 100, own < PYTHON_RULES_COUNT ? rules[own].name : "unknown");
}

const char *python_rules_describe(enum python_rules self)
{
    static const char *const words[PYTHON_RULES_COUNT] = {
        [PYTHON_GIL27] = "2.7 counts bytecodes, and lets others in between any two where its count says so",
        [PYTHON_GIL32] = "up to 3.9 the interpreter looks between the bytecodes of a line whether others want the lock",
        [PYTHON_GIL310] =
            "3.10 looks where functions begin, at jumps and behind calls, and no longer between other bytecodes of a line",
        [PYTHON_GIL311] =
            "from 3.11 on the interpreter looks where functions begin, at jumps back and behind calls of what is written in C, "
            "and nowhere else in a line",
        [PYTHON_NO_GIL] = "without the lock nothing keeps others out between two accesses"};
    return words[self];
}
