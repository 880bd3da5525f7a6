/* What the interpreter raises by itself: where a name has no value yet, and where None or a number stands in the place of something else. In
 * the words of the versions, which differ. */
#include "frontends/python_operations.h"

#include <string.h>

/* ---- Types ------------------------------------------------------------------------------------------------------- */

static const char *name_of_type(const struct python *self, const struct python_state *state, struct python_value value)
{
    if (value.kind == PYTHON_NONE)
        return "NoneType";
    if (value.kind == PYTHON_FLOAT)
        return "float";
    if (python_is(state, value, PYTHON_INSTANCE) &&
        python_equal(python_object(state, value)->type, BUILTIN(PYTHON_BUILTIN_OBJECT)))
        return "object";
    bool is_covered = python_is_integer(value) || value.kind == PYTHON_STRING || python_is(state, value, PYTHON_ROPE) ||
                      python_is(state, value, PYTHON_LIST) || python_is(state, value, PYTHON_TUPLE) ||
                      python_is(state, value, PYTHON_DICT);
    if (!is_covered || python_is_deque(state, value))
        return NULL;
    return python_builtins[python_type(self, state, value)].name;
}

bool python_is_scalar(struct python_value value)
{
    return value.kind == PYTHON_NONE || python_is_integer(value);
}

bool python_throw_no_text(struct python *self, struct python_state *state, uint32_t index, struct python_value item)
{
    const char *name = name_of_type(self, state, item);
    if (name == NULL)
        return python_refuse(self, state, "join() of %s is not covered (expected texts)",
                             python_what(self, state, item));
    return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR, "sequence item %u: expected %s, %s found",
                              (unsigned)index, self->dump->version < 300 ? "string" : "str instance", name);
}

bool python_throw_no_integer(struct python *self, struct python_state *state, struct python_value value)
{
    int version = self->dump->version;
    if (name_of_type(self, state, value) == NULL)
        return python_refuse(self, state,
                             "int() of %s is not covered (expected an integer, True or False, or a text that is known)",
                             python_what(self, state, value));
    return python_throw_at(self, state, value,
                           version < 300 ? "int() argument must be a string or a number, not '"
                           : version < 310
                               ? "int() argument must be a string, a bytes-like object or a number, not '"
                               : "int() argument must be a string, a bytes-like object or a real number, not '",
                           "'");
}

bool python_throw_at(struct python *self, struct python_state *state, struct python_value value, const char *before,
                     const char *behind)
{
    return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR, "%s%s%s", before,
                              name_of_type(self, state, value), behind);
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strstr(words, word); at != NULL; at = strstr(at + 1, word))
        if (at > words && at[-1] == ' ' && at[length] == ' ')
            return true;
    return false;
}

/* Whether some version has a builtin of that name; of those that 3.0 has dropped, whether this one does. */
static bool is_builtin(const struct python *self, const char *name)
{
    static const char old[] =
        " apply basestring buffer cmp coerce execfile file intern long raw_input reduce reload unichr unicode xrange ";
    static const char others[] =
        " Ellipsis NotImplemented abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr "
        "classmethod compile complex copyright credits delattr dict dir divmod enumerate eval exec exit filter float "
        "format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len license list "
        "locals map max memoryview min next object oct open ord pow print property quit range repr reversed round set "
        "setattr slice sorted staticmethod str sum super tuple type vars zip ";
    size_t length = strlen(name);
    bool is_exception = (length > 5 && strcmp(name + length - 5, "Error") == 0) ||
                        (length > 7 && strcmp(name + length - 7, "Warning") == 0) ||
                        strstr(name, "Exception") != NULL || strncmp(name, "Stop", 4) == 0;
    return is_exception || strncmp(name, "__", 2) == 0 || has_word(others, name) ||
           (self->dump->version < 300 && has_word(old, name));
}

bool python_throw_no_name(struct python *self, struct python_state *state, const char *name)
{
    if (strcmp(name, "set") == 0 || strcmp(name, "frozenset") == 0)
        return python_refuse(
            self, state,
            "a set is not covered but behind 'in' (expected a list, or a dictionary whose keys are known)");
    if (strcmp(name, "input") == 0 || strcmp(name, "raw_input") == 0 || strcmp(name, "open") == 0)
        return python_refuse(self, state,
                             "%s() is not covered: what comes from outside is not known (expected a constant)", name);
    if (is_builtin(self, name))
        return python_refuse(self, state, "the builtin '%s' is not covered yet (expected what docs/python.md lists)",
                             name);
    bool is_global =
        self->dump->version < 300 && (self->at->bytecode == PY_LOAD_GLOBAL || self->at->bytecode == PY_DELETE_GLOBAL);
    return python_throw_words(self, state, PYTHON_BUILTIN_NAME_ERROR, "%sname '%s' is not defined",
                              is_global ? "global " : "", name);
}

bool python_throw_no_local(struct python *self, struct python_state *state, const char *name)
{
    return python_throw_words(self, state, PYTHON_BUILTIN_UNBOUND_LOCAL_ERROR,
                              self->dump->version < 311
                                  ? "local variable '%s' referenced before assignment"
                                  : "cannot access local variable '%s' where it is not associated with a value",
                              name);
}

/* The name of a cell that is the function's own: from 3.11 on one that is no argument lies behind the locals. */
static const char *own_cell(const struct python *self, const struct python_code *code, size_t number)
{
    size_t at = number;
    if (self->dump->version >= 311) {
        if (number < code->locals.count)
            return code->locals.items[number];
        at = number - code->locals.count;
        for (size_t c = 0; c < code->cells.count && c <= at; c++)
            for (size_t l = 0; l < code->locals.count; l++)
                if (strcmp(code->cells.items[c], code->locals.items[l]) == 0)
                    at++;
    }
    return at < code->cells.count ? code->cells.items[at] : "?";
}

bool python_throw_no_cell(struct python *self, struct python_state *state)
{
    const struct python_code *code = python_code_of(self, state);
    const struct python_frame *frame = python_top(state);
    size_t first = self->dump->version >= 311 ? 0 : code->locals.count;
    size_t slot = (size_t)self->at->argument + first, free = frame->slots - code->free.count;
    if (slot < free)
        return python_throw_no_local(self, state, own_cell(self, code, (size_t)self->at->argument));
    return python_throw_words(self, state, PYTHON_BUILTIN_NAME_ERROR,
                              self->dump->version < 311
                                  ? "free variable '%s' referenced before assignment in enclosing scope"
                                  : "cannot access free variable '%s' where it is not associated with a value in "
                                    "enclosing scope",
                              code->free.items[slot - free]);
}

/* ---- Attributes -------------------------------------------------------------------------------------------------- */

/* Names that begin with two underscores are left alone: all types have many. */
bool python_lacks_attribute(const struct python *self, struct python_value value, struct python_value name)
{
    static const char of_integers[] = " as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag "
                                      "is_integer numerator real to_bytes ";
    const char *text = python_text_of(self, name);
    return python_is_scalar(value) && strncmp(text, "__", 2) != 0 &&
           (value.kind == PYTHON_NONE || !has_word(of_integers, text));
}

bool python_throw_no_attribute(struct python *self, struct python_state *state, struct python_value value,
                               struct python_value name, bool is_set)
{
    return python_throw_words(self, state, PYTHON_BUILTIN_ATTRIBUTE_ERROR, "'%s' object has no attribute '%s'%s",
                              name_of_type(self, state, value), python_text_of(self, name),
                              is_set && self->dump->version >= 313 ? " and no __dict__ for setting new attributes"
                                                                   : "");
}

bool python_throw_no_manager(struct python *self, struct python_state *state, struct python_value value)
{
    int version = self->dump->version;
    if (version < 311)
        return python_throw(self, state, PYTHON_BUILTIN_ATTRIBUTE_ERROR, version < 300 ? "__exit__" : "__enter__");
    return python_throw_at(self, state, value, "'",
                           version < 314
                               ? "' object does not support the context manager protocol"
                               : "' object does not support the context manager protocol (missed __exit__ method)");
}

/* ---- Elements ---------------------------------------------------------------------------------------------------- */

bool python_throw_no_element(struct python *self, struct python_state *state, struct python_value value)
{
    return python_throw_at(self, state, value, "'",
                           self->dump->version < 300 ? "' object has no attribute '__getitem__'"
                                                     : "' object is not subscriptable");
}

bool python_throw_not_iterable(struct python *self, struct python_state *state, struct python_value value)
{
    return python_throw_at(self, state, value, "'", "' object is not iterable");
}

bool python_throw_not_unpacked(struct python *self, struct python_state *state, struct python_value value)
{
    return self->dump->version < 307 ? python_throw_not_iterable(self, state, value)
                                     : python_throw_at(self, state, value, "cannot unpack non-iterable ", " object");
}

bool python_throw_no_container(struct python *self, struct python_state *state, struct python_value value)
{
    return python_throw_at(self, state, value, "argument of type '",
                           self->dump->version < 314 ? "' is not iterable" : "' is not a container or iterable");
}

/* ---- Operators --------------------------------------------------------------------------------------------------- */

static const char *sign_of(enum python_bytecode what)
{
    static const struct {
        enum python_bytecode what;
        const char *sign;
    } signs[] = {{PY_ADD, "+"},         {PY_SUBTRACT, "-"},     {PY_MULTIPLY, "*"}, {PY_FLOOR_DIVIDE, "//"},
                 {PY_TRUE_DIVIDE, "/"}, {PY_OLD_DIVIDE, "/"},   {PY_MODULO, "%"},   {PY_POWER, "**"},
                 {PY_LEFT_SHIFT, "<<"}, {PY_RIGHT_SHIFT, ">>"}, {PY_AND, "&"},      {PY_OR, "|"},
                 {PY_XOR, "^"},         {PY_NEGATIVE, "-"},     {PY_POSITIVE, "+"}, {PY_INVERT, "~"}};
    for (size_t s = 0; s < sizeof signs / sizeof *signs; s++)
        if (signs[s].what == what)
            return signs[s].sign;
    return NULL;
}

/* Whether `+=` is executed, or another one like it. */
static bool is_in_place(const struct python *self)
{
    const char *meaning = self->at->meaning;
    return strncmp(self->at->name, "INPLACE_", 8) == 0 ||
           (self->at->bytecode == PY_BINARY && meaning != NULL && meaning[strlen(meaning) - 1] == '=');
}

bool python_throw_unary(struct python *self, struct python_state *state, enum python_bytecode what,
                        struct python_value value)
{
    return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR, "bad operand type for unary %s: '%s'",
                              sign_of(what), name_of_type(self, state, value));
}

static bool is_named(const char *type, const char *name)
{
    return strcmp(type, name) == 0;
}

static bool is_number(const char *type)
{
    return is_named(type, "int") || is_named(type, "bool") || is_named(type, "float");
}

static bool is_sequence(const char *type)
{
    return is_named(type, "str") || is_named(type, "list") || is_named(type, "tuple");
}

/* A text, a list or a tuple and something else. */
static bool throw_concatenation(struct python *self, struct python_state *state, const char *type,
                                struct python_value other, const char *right)
{
    if (is_named(type, "list") && is_in_place(self))
        return python_throw_not_iterable(self, state, other);
    if (is_named(type, "str") && self->dump->version < 307)
        return python_throw_words(
            self, state, PYTHON_BUILTIN_TYPE_ERROR,
            self->dump->version < 300 ? "cannot concatenate 'str' and '%s' objects" : "must be str, not %s", right);
    return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR, "can only concatenate %s (not \"%s\") to %s",
                              type, right, type);
}

/* Whether no version knows an operator of such types. */
static bool lacks_operator(const struct python *self, enum python_bytecode what, const char *left, const char *right)
{
    bool is_repeated = what == PY_MULTIPLY && ((is_sequence(left) && is_number(right) && !is_named(right, "float")) ||
                                               (is_sequence(right) && is_number(left) && !is_named(left, "float")));
    bool is_joined = what == PY_ADD && is_sequence(left) &&
                     (strcmp(left, right) == 0 ||
                      (is_named(left, "list") && is_in_place(self) && (is_sequence(right) || is_named(right, "dict"))));
    bool is_merged = what == PY_OR && is_named(left, "dict");
    return !(is_number(left) && is_number(right)) && !is_repeated && !is_joined && !is_merged &&
           !(what == PY_MODULO && is_named(left, "str"));
}

bool python_throw_binary(struct python *self, struct python_state *state, enum python_bytecode what,
                         struct python_value a, struct python_value b, bool *is_thrown)
{
    const char *left = name_of_type(self, state, a), *right = name_of_type(self, state, b), *sign = sign_of(what);
    *is_thrown = left != NULL && right != NULL && sign != NULL && lacks_operator(self, what, left, right);
    if (!*is_thrown)
        return true;
    if (what == PY_ADD && is_sequence(left))
        return throw_concatenation(self, state, left, b, right);
    if (what == PY_MULTIPLY && (is_sequence(left) || is_sequence(right)))
        return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR,
                                  "can't multiply sequence by non-int of type '%s'", is_sequence(left) ? right : left);
    bool is_power = what == PY_POWER && (!is_in_place(self) || self->dump->version < 310);
    return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR,
                              "unsupported operand type(s) for %s%s: '%s' and '%s'", sign,
                              is_power            ? " or pow()"
                              : is_in_place(self) ? "="
                                                  : "",
                              left, right);
}

/* What no version puts in an order. */
static bool lacks_order(const char *left, const char *right)
{
    return strcmp(left, right) != 0 ? !(is_number(left) && is_number(right))
                                    : is_named(left, "dict") || is_named(left, "object") || is_named(left, "NoneType");
}

/* In 2.7 None is less than all the others. */
bool python_order_none(struct python *self, struct python_state *state, const char *relation, struct python_value a,
                       struct python_value b, bool *is_done)
{
    const char *left = name_of_type(self, state, a), *right = name_of_type(self, state, b);
    bool has_none = a.kind == PYTHON_NONE || b.kind == PYTHON_NONE, are_known = left != NULL && right != NULL;
    *is_done = are_known && (self->dump->version < 300 ? has_none : lacks_order(left, right));
    if (!*is_done)
        return true;
    if (self->dump->version >= 300)
        return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR,
                                  "'%s' not supported between instances of '%s' and '%s'", relation, left, right);
    bool is_same = a.kind == b.kind, is_less = !is_same && a.kind == PYTHON_NONE;
    return python_push(self, state, BOOL(is_same ? relation[1] == '=' : is_less == (relation[0] == '<')));
}
