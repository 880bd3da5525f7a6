/* Special methods, whose names begin and end with two underscores, and how instances begin. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include <string.h>

/* ---- Finding them ------------------------------------------------------------------------------------------------ */

/* Others are looked for where they matter, or what would call them is refused there. */
bool python_is_hidden_method(const char *name)
{
    static const char *const hidden[] = {"__hash__",    "__getattribute__", "__setattr__",       "__delattr__",
                                         "__del__",     "__format__",       "__get__",           "__set__",
                                         "__delete__",  "__set_name__",     "__init_subclass__", "__metaclass__",
                                         "__prepare__", "__class_getitem__"};
    for (size_t h = 0; h < sizeof hidden / sizeof *hidden; h++)
        if (strcmp(hidden[h], name) == 0)
            return true;
    return false;
}

static struct python_value find_raw(const struct python *self, const struct python_object *class, const char *name)
{
    for (uint32_t i = 0; i + 1 < class->count; i += 2)
        if (class->items[i].kind == PYTHON_STRING && strcmp(python_text_of(self, class->items[i]), name) == 0)
            return class->items[i + 1];
    return ABSENT;
}

struct python_value python_special(const struct python *self, const struct python_state *state,
                                   struct python_value value, const char *name)
{
    struct python_mro lineage;
    if (!python_is(state, value, PYTHON_INSTANCE))
        return ABSENT;
    python_find_mro(state, python_object(state, value)->type, &lineage);
    for (uint32_t c = 0; c < lineage.count; c++) {
        struct python_value found = lineage.classes[c].kind == PYTHON_OBJECT
                                        ? find_raw(self, python_object(state, lineage.classes[c]), name)
                                        : ABSENT;
        if (found.kind != PYTHON_ABSENT)
            return found;
    }
    return ABSENT;
}

bool python_call_special(struct python *self, struct python_state *state, struct python_value value, const char *name,
                         const struct python_arguments *others, bool *is_called)
{
    struct python_arguments arguments = *others;
    struct python_value method = python_special(self, state, value, name);
    *is_called = method.kind != PYTHON_ABSENT;
    if (!*is_called)
        return true;
    if (!python_is(state, method, PYTHON_FUNCTION))
        return python_refuse(self, state, "%s, which is no function, is not covered (expected a method)", name);
    python_shift_in(&arguments, value);
    return python_call(self, state, method, &arguments, self->rules <= PYTHON_GIL32);
}

/* ---- Instances --------------------------------------------------------------------------------------------------- */

/* A call that waits for __new__(): the class, how many arguments have no names, and the arguments with their names in turn. */
enum { CALL_CLASS, CALL_POSITIONAL, CALL_ARGUMENTS };

static bool throw_no_arguments(struct python *self, struct python_state *state, struct python_value class)
{
    if (python_is_old_class(self, state, class))
        return python_throw(self, state, PYTHON_BUILTIN_TYPE_ERROR, "this constructor takes no arguments");
    if (self->dump->version < 307)
        return python_throw(self, state, PYTHON_BUILTIN_TYPE_ERROR, "object() takes no parameters");
    return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR, "%s() takes no arguments",
                              self->texts[python_object(state, class)->number]);
}

/* How an instance begins is a function of Python's, or the library's business. */
static bool begin(struct python *self, struct python_state *state, struct python_value class,
                  struct python_value instance, struct python_arguments *arguments)
{
    struct python_value init, base;
    if (!python_find_in_class(self, state, class, python_string(self, "__init__"), &init, &base))
        return false;
    if (python_is_exception(state, instance))
        python_set_arguments(self, state, instance, arguments->items, arguments->positional);
    python_shift_in(arguments, instance);
    if (python_is(state, init, PYTHON_FUNCTION)) {
        if (!python_call_function(self, state, init, arguments, true, ABSENT))
            return false;
        if (python_cannot_go_on(state))
            return true;
        python_top(state)->result = instance;
        python_top(state)->after = PYTHON_AFTER_MAKE;
        return true;
    }
    enum python_builtin builtin =
        base.kind == PYTHON_BUILTIN ? (enum python_builtin)base.number : PYTHON_BUILTIN_OBJECT;
    enum python_builtin method = python_find_method(builtin, "__init__");
    struct python_value ignored;
    if (builtin == PYTHON_BUILTIN_OBJECT && arguments->count > 1)
        return throw_no_arguments(self, state, class);
    if (method == PYTHON_BUILTIN_NONE)
        return python_refuse(
                   self, state,
                   "an instance of a class derived from '%s' is not covered yet (expected a class of this program, or threading.Thread)",
                   python_builtins[builtin].name) &&
               python_push(self, state, NONE);
    return python_call_builtin(self, state, method, arguments) && python_pop(self, state, &ignored) &&
           python_push(self, state, instance);
}

/* Calls __new__(); what it returns begins later. */
static bool call_new(struct python *self, struct python_state *state, struct python_value class,
                     struct python_value new, const struct python_arguments *arguments)
{
    struct python_arguments passed = *arguments;
    struct python_value head[CALL_ARGUMENTS] = {class, INTEGER(arguments->positional)};
    struct python_value call = python_new(self, state, PYTHON_TUPLE, ABSENT, head, CALL_ARGUMENTS);
    for (uint32_t a = 0; a < arguments->count; a++) {
        python_append(self, python_change(self, state, call), arguments->items[a]);
        python_append(self, python_change(self, state, call), arguments->names[a]);
    }
    if (python_is(state, new, PYTHON_UNBOUND))
        new = python_object(state, new)->items[0];
    if (!python_is(state, new, PYTHON_FUNCTION) || python_builtin_behind(state, class) != PYTHON_BUILTIN_OBJECT)
        return python_refuse(self, state,
                             "this __new__ is not covered (expected a method of a class that is derived from object)");
    python_shift_in(&passed, class);
    if (!python_call_function(self, state, new, &passed, true, ABSENT))
        return false;
    if (python_cannot_go_on(state))
        return true;
    python_top(state)->result = call;
    python_top(state)->after = PYTHON_AFTER_NEW;
    return true;
}

bool python_instantiate(struct python *self, struct python_state *state, struct python_value class,
                        struct python_arguments *arguments)
{
    struct python_value new = ABSENT, base;
    if (!python_is_old_class(self, state, class) &&
        !python_find_in_class(self, state, class, python_string(self, "__new__"), &new, &base))
        return false;
    if (new.kind != PYTHON_ABSENT)
        return call_new(self, state, class, new, arguments);
    return begin(self, state, class, python_new(self, state, PYTHON_INSTANCE, class, NULL, 0), arguments);
}

bool python_begin_instance(struct python *self, struct python_state *state, struct python_value call,
                           struct python_value instance)
{
    const struct python_object *kept = python_object(state, call);
    struct python_arguments arguments = {.positional = (uint32_t)kept->items[CALL_POSITIONAL].number};
    struct python_value class = kept->items[CALL_CLASS];
    for (uint32_t i = CALL_ARGUMENTS; i + 1 < kept->count; i += 2) {
        arguments.items[arguments.count] = kept->items[i];
        arguments.names[arguments.count++] = kept->items[i + 1];
    }
    bool is_instance = python_is(state, instance, PYTHON_INSTANCE) &&
                       python_is_subclass(state, python_object(state, instance)->type, class);
    if (!is_instance)
        return python_push(self, state, instance);
    struct python_value init, base;
    if (!python_find_in_class(self, state, class, python_string(self, "__init__"), &init, &base))
        return false;
    /* What __new__() has taken object's __init__() lets be. */
    return init.kind == PYTHON_ABSENT ? python_push(self, state, instance)
                                      : begin(self, state, class, instance, &arguments);
}

/* object.__new__(class) */
bool python_make_instance(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value class = arguments->items[0];
    if (!python_is(state, class, PYTHON_CLASS) || python_builtin_behind(state, class) != PYTHON_BUILTIN_OBJECT)
        return python_refuse(self, state,
                             "object.__new__() of this is not covered (expected a class of this program)") &&
               python_push_none(self, state);
    if (arguments->count > 1)
        return python_refuse(self, state,
                             "object.__new__() with arguments is not covered (expected super().__new__(cls) alone)") &&
               python_push_none(self, state);
    return python_push(self, state, python_new(self, state, PYTHON_INSTANCE, class, NULL, 0));
}

bool python_make_unbound(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                         bool gets_class)
{
    struct python_value items[2] = {arguments->positional == 1 ? arguments->items[0] : NONE, BOOL(gets_class)};
    if (arguments->count != 1 || !python_is(state, items[0], PYTHON_FUNCTION))
        return python_refuse(self, state, "%s of this is not covered (expected @%s before a method)",
                             gets_class ? "classmethod" : "staticmethod",
                             gets_class ? "classmethod" : "staticmethod") &&
               python_push_none(self, state);
    return python_push(self, state, python_new(self, state, PYTHON_UNBOUND, ABSENT, items, 2));
}
