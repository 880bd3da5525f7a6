/* Calls of functions and classes, and attributes. */
#include "frontends/python_operations.h"

#include <string.h>

/* ---- Functions --------------------------------------------------------------------------------------------------- */

static size_t slots_of(const struct python *self, const struct python_code *code)
{
    size_t slots = code->locals.count + code->free.count;
    for (size_t c = 0; c < code->cells.count; c++) {
        bool is_local = false;
        for (size_t l = 0; self->dump->version >= 311 && l < code->locals.count; l++)
            is_local |= strcmp(code->cells.items[c], code->locals.items[l]) == 0;
        slots += !is_local;
    }
    return slots;
}

bool python_push_frame(struct python *self, struct python_state *state, uint32_t number, struct python_frame **frame)
{
    const struct python_code *code = &self->dump->codes[number];
    if (state->frame_count == PYTHON_FRAMES_MAX)
        return error_set(self->error, self->dump->file, self->at->place.line, self->at->place.column,
                         "calls lie deeper than %d in each other", PYTHON_FRAMES_MAX);
    *frame = &state->frames[state->frame_count++];
    memset(*frame, 0, sizeof **frame);
    (*frame)->code = number;
    (*frame)->slots = (uint32_t)slots_of(self, code);
    (*frame)->capacity = (*frame)->slots + 16;
    (*frame)->values = arena_take(&self->arena, (*frame)->capacity * sizeof(struct python_value));
    memset((*frame)->values, 0, (*frame)->capacity * sizeof(struct python_value));
    (*frame)->result = (*frame)->names = ABSENT;
    (*frame)->handled = state->handled;
    (*frame)->generator = ABSENT;
    (*frame)->keywords = NONE;
    return true;
}

/* Cells of the function's own, and those of its closure. From 3.11 on bytecodes make the former. */
static bool make_cells(struct python *self, struct python_state *state, const struct python_object *function,
                       struct python_frame *frame)
{
    const struct python_code *code = &self->dump->codes[frame->code];
    struct python_value closure = function->items[FUNCTION_CLOSURE];
    size_t free = closure.kind == PYTHON_OBJECT ? python_object(state, closure)->count : 0;
    if (free != code->free.count)
        return error_set(self->error, self->input->name, 0, 0,
                         "the bytecode is damaged: a closure does not fit its function");
    for (size_t f = 0; f < free; f++)
        frame->values[frame->slots - free + f] = python_object(state, closure)->items[f];
    for (size_t c = 0; c < code->cells.count && self->dump->version < 311; c++) {
        struct python_value value = ABSENT;
        for (size_t l = 0; l < code->locals.count; l++)
            if (strcmp(code->cells.items[c], code->locals.items[l]) == 0)
                value = frame->values[l];
        frame->values[code->locals.count + c] = python_new(self, state, PYTHON_CELL, ABSENT, &value, 1);
    }
    return true;
}

/* From 3.10 on errors of a call say where the function is defined: known of those of the module. */
static bool has_plain_name(const struct python *self, const struct python_code *code)
{
    const struct python_code *module = &self->dump->codes[0];
    bool is_found = self->dump->version < 310;
    for (size_t c = 0; c < module->constant_count && !is_found; c++)
        is_found = module->constants[c].kind == PYTHON_CONSTANT_CODE &&
                   &self->dump->codes[module->constants[c].number] == code && code->name[0] != '<';
    return is_found;
}

static bool refuse_call(struct python *self, struct python_state *state, const struct python_code *code,
                        const char *what)
{
    return python_refuse(self, state, "%s() is called with %s: in which words Python says that is not known here",
                         code->name, what);
}

static bool throw_twice(struct python *self, struct python_state *state, const struct python_code *code,
                        const char *name)
{
    if (!has_plain_name(self, code))
        return refuse_call(self, state, code, "an argument twice");
    return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR,
                              self->dump->version < 300 ? "%s() got multiple values for keyword argument '%s'"
                                                        : "%s() got multiple values for argument '%s'",
                              code->name, name);
}

/* From 3.13 on a name like it may be suggested. */
static bool throw_unexpected(struct python *self, struct python_state *state, const struct python_code *code,
                             const char *name)
{
    if (!has_plain_name(self, code) || self->dump->version >= 313)
        return refuse_call(self, state, code, "an argument that it does not have");
    return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR, "%s() got an unexpected keyword argument '%s'",
                              code->name, name);
}

/* 2.7 counts all arguments alike. */
static bool throw_old_count(struct python *self, struct python_state *state, const struct python_code *code,
                            const struct python_arguments *arguments, uint32_t defaults)
{
    bool is_less = arguments->count < code->arguments, is_exact = defaults == 0 && (code->flags & PYTHON_VARARGS) == 0;
    uint32_t count = is_less ? code->arguments - defaults : code->arguments;
    if (arguments->count > arguments->positional)
        return refuse_call(self, state, code, "too many or too few arguments");
    if (code->arguments == 0)
        return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR, "%s() takes no arguments (%u given)",
                                  code->name, arguments->count);
    return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR, "%s() takes %s %u argument%s (%u given)",
                              code->name,
                              is_exact  ? "exactly"
                              : is_less ? "at least"
                                        : "at most",
                              count, count == 1 ? "" : "s", arguments->count);
}

static bool throw_too_many(struct python *self, struct python_state *state, const struct python_code *code,
                           const struct python_arguments *arguments, uint32_t defaults)
{
    if (self->dump->version < 300)
        return throw_old_count(self, state, code, arguments, defaults);
    if (!has_plain_name(self, code) || (arguments->count > arguments->positional && code->keyword_only > 0))
        return refuse_call(self, state, code, "too many arguments");
    const char *were = arguments->positional == 1 ? "was" : "were";
    if (defaults > 0)
        return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR,
                                  "%s() takes from %u to %u positional arguments but %u %s given", code->name,
                                  code->arguments - defaults, code->arguments, arguments->positional, were);
    return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR,
                              "%s() takes %u positional argument%s but %u %s given", code->name, code->arguments,
                              code->arguments == 1 ? "" : "s", arguments->positional, were);
}

/* 'a', 'b', and 'c' */
static bool throw_missing(struct python *self, struct python_state *state, const struct python_code *code,
                          const struct python_frame *frame, const struct python_arguments *arguments, uint32_t defaults)
{
    struct text names = TEXT_INIT;
    uint32_t first = 0, count = 0, told = 0;
    if (self->dump->version < 300)
        return throw_old_count(self, state, code, arguments, defaults);
    for (uint32_t a = 0; a < code->arguments; a++)
        count += frame->values[a].kind == PYTHON_ABSENT;
    bool is_positional = count > 0;
    for (uint32_t a = 0; a < code->keyword_only && !is_positional; a++)
        count += frame->values[code->arguments + a].kind == PYTHON_ABSENT;
    first = is_positional ? 0 : code->arguments;
    for (uint32_t a = first; told < count; a++)
        if (frame->values[a].kind == PYTHON_ABSENT) {
            text_print(&names, "%s'%s'",
                       told == 0          ? ""
                       : told + 1 < count ? ", "
                       : count > 2        ? ", and "
                                          : " and ",
                       code->locals.items[a]);
            told++;
        }
    bool is_good =
        has_plain_name(self, code)
            ? python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR, "%s() missing %u required %s argument%s: %s",
                                 code->name, count, is_positional ? "positional" : "keyword-only",
                                 count == 1 ? "" : "s", text_string(&names))
            : refuse_call(self, state, code, "too few arguments");
    text_free(&names);
    return is_good;
}

static bool fill_positional(struct python *self, struct python_state *state, const struct python_code *code,
                            const struct python_arguments *arguments, uint32_t defaults, struct python_frame *frame)
{
    uint32_t count = arguments->positional < code->arguments ? arguments->positional : code->arguments;
    for (uint32_t a = 0; a < count; a++)
        frame->values[a] = arguments->items[a];
    if ((code->flags & PYTHON_VARARGS) != 0)
        frame->values[code->arguments + code->keyword_only] =
            python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE), arguments->items + count,
                       arguments->positional - count);
    else if (arguments->positional > code->arguments)
        return throw_too_many(self, state, code, arguments, defaults);
    return true;
}

static bool fill_named(struct python *self, struct python_state *state, const struct python_code *code,
                       const struct python_arguments *arguments, struct python_frame *frame)
{
    struct python_value others = ABSENT;
    if ((code->flags & PYTHON_VARKEYWORDS) != 0)
        others = frame->values[code->arguments + code->keyword_only + ((code->flags & PYTHON_VARARGS) != 0)] =
            python_new(self, state, PYTHON_DICT, BUILTIN(PYTHON_BUILTIN_DICT), NULL, 0);
    for (uint32_t a = arguments->positional; a < arguments->count; a++) {
        size_t place = 0, count = code->arguments + code->keyword_only;
        const char *name = arguments->names[a].kind == PYTHON_STRING ? python_text_of(self, arguments->names[a]) : "";
        while (place < count && place < code->locals.count && strcmp(code->locals.items[place], name) != 0)
            place++;
        bool is_known = place < count && place < code->locals.count;
        if (!is_known && others.kind == PYTHON_OBJECT) {
            python_append(self, python_change(self, state, others), arguments->names[a]);
            python_append(self, python_change(self, state, others), arguments->items[a]);
            continue;
        }
        if (!is_known)
            return throw_unexpected(self, state, code, name);
        if (frame->values[place].kind != PYTHON_ABSENT)
            return throw_twice(self, state, code, name);
        frame->values[place] = arguments->items[a];
    }
    return true;
}

static bool fill_defaults(struct python *self, struct python_state *state, const struct python_code *code,
                          const struct python_object *function, const struct python_arguments *arguments,
                          struct python_frame *frame)
{
    bool is_missing = false;
    struct python_value defaults = function->items[FUNCTION_DEFAULTS],
                        named = function->items[FUNCTION_KEYWORD_DEFAULTS];
    uint32_t count = python_is(state, defaults, PYTHON_TUPLE) ? python_object(state, defaults)->count : 0;
    for (uint32_t a = 0; a < code->arguments + code->keyword_only; a++) {
        struct python_value *value = &frame->values[a];
        if (value->kind == PYTHON_ABSENT && a < code->arguments && a + count >= code->arguments)
            *value = python_object(state, defaults)->items[a + count - code->arguments];
        if (value->kind == PYTHON_ABSENT && a >= code->arguments && python_is(state, named, PYTHON_DICT)) {
            int64_t item = python_find_key(python_object(state, named), python_string(self, code->locals.items[a]));
            *value = item >= 0 ? python_object(state, named)->items[item] : ABSENT;
        }
        is_missing |= value->kind == PYTHON_ABSENT;
    }
    return !is_missing || throw_missing(self, state, code, frame, arguments, count);
}

bool python_call_function(struct python *self, struct python_state *state, struct python_value callee,
                          const struct python_arguments *arguments, bool checks, struct python_value names)
{
    enum { OPTIMISED = 1 };
    const struct python_object *function = python_object(state, callee);
    uint32_t number = (uint32_t)function->items[FUNCTION_CODE].number;
    const struct python_code *code = &self->dump->codes[number];
    struct python_frame *frame = NULL;
    if (code->arguments + code->keyword_only + ((code->flags & PYTHON_VARARGS) != 0) +
            ((code->flags & PYTHON_VARKEYWORDS) != 0) >
        code->locals.count)
        return error_set(self->error, self->input->name, 0, 0,
                         "the bytecode is damaged: %s has fewer locals than arguments", code->name);
    if (!python_push_frame(self, state, number, &frame))
        return false;
    frame->checks = checks;
    frame->names = names;
    if (names.kind == PYTHON_ABSENT && (code->flags & OPTIMISED) == 0)
        frame->names = python_new(self, state, PYTHON_NAMESPACE, ABSENT, NULL, 0);
    /* From 3.11 on a bytecode makes the generator. */
    bool is_generator = (code->flags & PYTHON_GENERATOR) != 0 && self->dump->version < 311;
    state->checks = self->rules <= PYTHON_GIL310;
    struct python_value given = function->items[FUNCTION_DEFAULTS];
    uint32_t defaults = python_is(state, given, PYTHON_TUPLE) ? python_object(state, given)->count : 0;
    bool is_good = fill_positional(self, state, code, arguments, defaults, frame) &&
                   (python_cannot_go_on(state) || fill_named(self, state, code, arguments, frame)) &&
                   (python_cannot_go_on(state) || fill_defaults(self, state, code, function, arguments, frame)) &&
                   (python_cannot_go_on(state) || make_cells(self, state, function, frame)) &&
                   (!is_generator || python_cannot_go_on(state) || python_make_generator(self, state));
    /* It was not called; but what a thread begins with ends there. */
    state->frame_count -= state->raised.kind != PYTHON_ABSENT && state->frame_count > 1;
    return is_good;
}

/* ---- Classes ----------------------------------------------------------------------------------------------------- */

/* __build_class__(body, name, bases) */
static bool build_class(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_arguments none = {0};
    if (arguments->positional < 2 || arguments->count > arguments->positional ||
        !python_is(state, arguments->items[0], PYTHON_FUNCTION) || arguments->items[1].kind != PYTHON_STRING)
        return python_refuse(self, state,
                             "a class with a metaclass or other keywords is not covered (expected a plain class)");
    struct python_value class = python_new(self, state, PYTHON_CLASS, ABSENT, NULL, 0);
    python_change(self, state, class)->number = arguments->items[1].number;
    struct python_value names = python_new(self, state, PYTHON_NAMESPACE, ABSENT, NULL, 0);
    if (!python_derive(self, state, class, arguments->items + 2, arguments->positional - 2))
        return false;
    if (python_cannot_go_on(state))
        return true;
    if (!python_call_function(self, state, arguments->items[0], &none, true, names))
        return false;
    python_top(state)->result = class;
    python_top(state)->after = PYTHON_AFTER_CLASS;
    return true;
}

void python_shift_in(struct python_arguments *arguments, struct python_value value)
{
    uint32_t count = arguments->count < PYTHON_ARGUMENTS_MAX ? arguments->count : PYTHON_ARGUMENTS_MAX - 1;
    memmove(arguments->items + 1, arguments->items, count * sizeof *arguments->items);
    memmove(arguments->names + 1, arguments->names, count * sizeof *arguments->names);
    arguments->items[0] = value;
    arguments->names[0] = ABSENT;
    arguments->count = count + 1;
    arguments->positional++;
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

struct python_value python_argument(const struct python *self, const struct python_arguments *arguments, uint32_t place,
                                    const char *name)
{
    if (place < arguments->positional)
        return arguments->items[place];
    for (uint32_t a = arguments->positional; a < arguments->count; a++)
        if (arguments->names[a].kind == PYTHON_STRING && strcmp(python_text_of(self, arguments->names[a]), name) == 0)
            return arguments->items[a];
    return ABSENT;
}

/* After a call of what is written in C the loop looks for those who want the lock; specialised calls of some do not, from 3.11 on. */
static void check_builtin(const struct python *self, struct python_state *state, enum python_builtin builtin)
{
    bool is_specialised = builtin == PYTHON_BUILTIN_LEN || builtin == PYTHON_BUILTIN_ISINSTANCE ||
                          builtin == PYTHON_BUILTIN_TYPE || builtin == PYTHON_BUILTIN_LIST_APPEND;
    if (self->rules != PYTHON_NO_GIL)
        state->checks = !(is_specialised && self->rules == PYTHON_GIL311 && self->dump->options.hot_calls);
}

static bool call_builtin(struct python *self, struct python_state *state, enum python_builtin builtin,
                         struct python_arguments *arguments)
{
    check_builtin(self, state, builtin);
    return builtin == PYTHON_BUILTIN_BUILD_CLASS ? build_class(self, state, arguments)
                                                 : python_call_builtin(self, state, builtin, arguments);
}

bool python_call(struct python *self, struct python_state *state, struct python_value callee,
                 struct python_arguments *arguments, bool checks)
{
    if (python_is(state, callee, PYTHON_METHOD)) {
        const struct python_object *method = python_object(state, callee);
        python_shift_in(arguments, method->items[1]);
        callee = method->items[0];
    }
    if (callee.kind == PYTHON_BUILTIN)
        return call_builtin(self, state, (enum python_builtin)callee.number, arguments);
    if (python_is(state, callee, PYTHON_FUNCTION))
        return python_call_function(self, state, callee, arguments, checks, ABSENT);
    if (python_is(state, callee, PYTHON_CLASS)) {
        if (self->rules != PYTHON_NO_GIL)
            state->checks = true;
        return python_instantiate(self, state, callee, arguments);
    }
    bool is_called;
    if (!python_call_special(self, state, callee, "__call__", arguments, &is_called) || is_called)
        return !self->error->set;
    if (python_is_scalar(callee))
        return python_throw_at(self, state, callee, "'", "' object is not callable");
    return python_refuse(
               self, state,
               "%s is called: that is not covered (expected a function, method or class of this program, or what docs/python.md lists)",
               python_what(self, state, callee)) &&
           python_push(self, state, NONE);
}

/* ---- Attributes -------------------------------------------------------------------------------------------------- */

static bool push_found(struct python *self, struct python_state *state, struct python_value value, enum python_push how)
{
    if (how == PYTHON_PUSH_NULL_FIRST && !python_push(self, state, ABSENT))
        return false;
    return python_push(self, state, value) && (how != PYTHON_PUSH_NULL_LAST || python_push(self, state, ABSENT));
}

static bool push_method(struct python *self, struct python_state *state, struct python_value function,
                        struct python_value object, enum python_push how)
{
    struct python_value items[2] = {function, object};
    return push_found(self, state, python_new(self, state, PYTHON_METHOD, ABSENT, items, 2), how);
}

/* What modules have and is not covered, with what is, where that does the same. */
static const char *instead_of(struct python_value module, const char *name)
{
    static const struct {
        enum python_builtin module;
        const char *name, *instead;
    } known[] = {
        {PYTHON_BUILTIN_THREADING, "Timer", "a Thread whose function begins with time.sleep()"},
        {PYTHON_BUILTIN_THREADING, "active_count", "join() of each thread"},
        {PYTHON_BUILTIN_THREADING, "enumerate", "a list of the threads that are started"},
        {PYTHON_BUILTIN_COLLECTIONS, "defaultdict",
         "a dictionary with get(), or whose keys are set before threads start"},
        {PYTHON_BUILTIN_COLLECTIONS, "Counter", "a dictionary with get(), or whose keys are set before threads start"},
        {PYTHON_BUILTIN_COLLECTIONS, "OrderedDict", "a dictionary"},
        {PYTHON_BUILTIN_COLLECTIONS, "namedtuple", "a class with __init__"},
        {PYTHON_BUILTIN_MULTIPROCESSING, "Pool", "Process objects, or a ThreadPoolExecutor"},
        {PYTHON_BUILTIN_MULTIPROCESSING, "Manager", "a Queue or a Value"},
        {PYTHON_BUILTIN_MULTIPROCESSING, "Array", "a Value for each element"},
        {PYTHON_BUILTIN_MULTIPROCESSING, "RawValue", "a Value"},
        {PYTHON_BUILTIN_MULTIPROCESSING, "Pipe", "a Queue each way"},
        {PYTHON_BUILTIN_FUTURES, "ProcessPoolExecutor", "a ThreadPoolExecutor, or Process objects"},
        {PYTHON_BUILTIN_SYS, "stderr", "sys.stdout, or nothing: what is written there is not observed"},
        {PYTHON_BUILTIN_TIME, "time_ns", "time.time()"},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (python_equal(module, BUILTIN(known[k].module)) && strcmp(known[k].name, name) == 0)
            return known[k].instead;
    return NULL;
}

static bool refuse_attribute(struct python *self, struct python_state *state, struct python_value object,
                             struct python_value name, enum python_push how)
{
    if (python_equal(object, BUILTIN(PYTHON_BUILTIN_TYPING)))
        return push_found(
            self, state,
            strcmp(python_text_of(self, name), "TYPE_CHECKING") == 0 ? BOOL(false) : python_type_hint(self), how);
    if (python_equal(object, BUILTIN(PYTHON_BUILTIN_FUTURE)))
        return push_found(self, state, NONE, how); /* the compiler knows what it means */
    const char *instead = instead_of(object, python_text_of(self, name));
    if (instead != NULL)
        return python_refuse(self, state, "%s.%s is not covered (expected %s)", python_builtins[object.number].name,
                             python_text_of(self, name), instead) &&
               push_found(self, state, NONE, how);
    if (object.kind == PYTHON_BUILTIN && python_builtins[object.number].module == NULL)
        return python_refuse(self, state, "%s.%s is not known here (expected what docs/python.md lists)",
                             python_builtins[object.number].name, python_text_of(self, name)) &&
               push_found(self, state, NONE, how);
    return python_refuse(self, state, "the attribute '%s' of %s is not known here", python_text_of(self, name),
                         python_what(self, state, object)) &&
           push_found(self, state, NONE, how);
}

static bool call_getter(struct python *self, struct python_state *state, struct python_value property,
                        struct python_value object, enum python_push how)
{
    struct python_arguments arguments = {.items = {object}, .count = 1, .positional = 1};
    if (how != PYTHON_PUSH)
        return python_refuse(self, state,
                             "what a property returns is called: that is not covered yet (expected a method)");
    return python_call(self, state, python_object(state, property)->items[0], &arguments, self->rules <= PYTHON_GIL32);
}

/* Whether a class, and all that it is derived from, is written in Python, and no method makes attributes up: then what it has is known. */
static bool is_plain_class(struct python *self, struct python_state *state, struct python_value type, bool *is_plain)
{
    static const char *const methods[] = {"__getattr__", "__getattribute__"};
    *is_plain = python_is(state, type, PYTHON_CLASS) && python_builtin_behind(state, type) == PYTHON_BUILTIN_OBJECT;
    for (size_t m = 0; m < 2 && *is_plain; m++) {
        struct python_value found, base;
        if (!python_find_in_class(self, state, type, python_string(self, methods[m]), &found, &base))
            return false;
        *is_plain = found.kind == PYTHON_ABSENT;
    }
    return true;
}

/* Whether a place of a class can hold what is bound to an object where it is read. */
static bool holds_methods(const struct python *self, const struct python_place *place)
{
    for (size_t a = 0; a < place->atom_count; a++) {
        enum python_shape shape =
            place->atoms[a].kind == PYTHON_OBJECT ? self->identities[place->atoms[a].number].shape : PYTHON_INSTANCE;
        if (shape == PYTHON_FUNCTION)
            return true;
    }
    return false;
}

static bool load_of_class(struct python *self, struct python_state *state, struct python_place *place,
                          struct python_value name, enum python_push how)
{
    return holds_methods(self, place)
               ? python_refuse(self, state,
                               "the method '%s' of a class changes while threads run: that is not covered (expected an "
                               "attribute that holds a number or an object)",
                               python_text_of(self, name))
               : python_load(self, state, place, how);
}

/* What was found in a class, as an object of a type sees it; or as the class itself does, which it is then. */
static bool push_bound(struct python *self, struct python_state *state, struct python_value found,
                       struct python_value object, struct python_value type, enum python_push how)
{
    bool is_class = python_is(state, object, PYTHON_CLASS);
    if (python_is(state, found, PYTHON_UNBOUND)) {
        const struct python_object *method = python_object(state, found);
        return method->items[1].number != 0 ? push_method(self, state, method->items[0], type, how)
                                            : push_found(self, state, method->items[0], how);
    }
    if (python_is(state, found, PYTHON_FUNCTION) && !is_class)
        return push_method(self, state, found, object, how);
    if (python_is(state, found, PYTHON_PROPERTY) && !is_class)
        return call_getter(self, state, found, object, how);
    return push_found(self, state, found, how);
}

/* What a class, or those behind one of its bases, have by a name; behind: ABSENT for the class itself. */
static bool push_of_class(struct python *self, struct python_state *state, struct python_value type,
                          struct python_value behind, struct python_value object, struct python_value name,
                          enum python_push how)
{
    struct python_value found, base;
    struct python_place *place;
    if (!python_find_attribute(self, state, type, behind, name, &found, &base, &place))
        return false;
    if (python_cannot_go_on(state))
        return true;
    if (place != NULL)
        return load_of_class(self, state, place, name, how);
    if (found.kind != PYTHON_ABSENT)
        return push_bound(self, state, found, object, type, how);
    enum python_builtin builtin =
        base.kind == PYTHON_BUILTIN ? (enum python_builtin)base.number : PYTHON_BUILTIN_OBJECT;
    enum python_builtin method = python_find_method(builtin, python_text_of(self, name));
    if (method == PYTHON_BUILTIN_OBJECT_NEW)
        return push_found(self, state, BUILTIN(method), how);
    if (method != PYTHON_BUILTIN_NONE)
        return push_method(self, state, BUILTIN(method), object, how);
    bool is_known;
    if (python_equal(type, BUILTIN(PYTHON_BUILTIN_OBJECT)))
        return python_throw_no_attribute(self, state, object, name, false);
    if (!is_plain_class(self, state, type, &is_known))
        return false;
    if (!is_known || behind.kind != PYTHON_ABSENT || strncmp(python_text_of(self, name), "__", 2) == 0)
        return refuse_attribute(self, state, object, name, how);
    return python_throw_words(self, state, PYTHON_BUILTIN_ATTRIBUTE_ERROR,
                              python_is_old_class(self, state, type) ? "%s instance has no attribute '%s'"
                                                                     : "'%s' object has no attribute '%s'",
                              self->texts[python_object(state, type)->number], python_text_of(self, name));
}

bool python_attribute_of_class(struct python *self, struct python_state *state, struct python_value object,
                               struct python_value name, enum python_push how)
{
    return push_of_class(self, state, python_object(state, object)->type, ABSENT, object, name, how);
}

static bool instance_attribute(struct python *self, struct python_state *state, struct python_value object,
                               struct python_value name, enum python_push how)
{
    struct python_value value;
    struct python_place *place;
    if (how == PYTHON_PUSH && python_is_shared_value(self, state, object, name))
        return python_load_shared_value(self, state, object);
    if (!python_get(self, state, object, name, &value, &place))
        return false;
    if (place != NULL && (place->has_integers || place->atom_count > 1 ||
                          (place->atom_count == 1 && place->atoms[0].kind != PYTHON_ABSENT)))
        return python_load(self, state, place, how);
    if (value.kind != PYTHON_ABSENT)
        return push_found(self, state, value, how);
    return python_attribute_of_class(self, state, object, name, how);
}

bool python_attribute_behind(struct python *self, struct python_state *state, struct python_value class,
                             struct python_value name, enum python_push how)
{
    struct python_value base = python_object(state, class)->type;
    if (python_is(state, base, PYTHON_CLASS))
        return python_attribute(self, state, base, name, how);
    if (python_is(state, base, PYTHON_TUPLE))
        return python_refuse(self, state,
                             "an attribute of a class with several bases that has no value until a thread sets it is "
                             "not covered (expected a value in the class)");
    return python_throw_words(self, state, PYTHON_BUILTIN_ATTRIBUTE_ERROR,
                              python_is_old_class(self, state, class) ? "class %s has no attribute '%s'"
                                                                      : "type object '%s' has no attribute '%s'",
                              self->texts[python_object(state, class)->number], python_text_of(self, name));
}

static bool class_attribute(struct python *self, struct python_state *state, struct python_value class,
                            struct python_value name, enum python_push how)
{
    struct python_value found;
    struct python_mro lineage;
    const char *text = python_text_of(self, name);
    python_find_mro(state, class, &lineage);
    for (uint32_t c = 0; c < lineage.count; c++) {
        struct python_place *place;
        struct python_value type = lineage.classes[c];
        enum python_builtin method = type.kind == PYTHON_BUILTIN
                                         ? python_find_method((enum python_builtin)type.number, text)
                                         : PYTHON_BUILTIN_NONE;
        if (method != PYTHON_BUILTIN_NONE)
            return push_found(self, state, BUILTIN(method), how);
        if (type.kind == PYTHON_BUILTIN)
            continue;
        if (!python_get(self, state, type, name, &found, &place))
            return false;
        if (place != NULL)
            return load_of_class(self, state, place, name, how);
        if (found.kind != PYTHON_ABSENT)
            return push_bound(self, state, found, class, class, how);
    }
    if (strcmp(text, "__init__") == 0 || strcmp(text, "__new__") == 0)
        return push_found(self, state, BUILTIN(python_find_method(PYTHON_BUILTIN_OBJECT, text)), how);
    if (strcmp(text, "__name__") == 0)
        return push_found(self, state, (struct python_value){PYTHON_STRING, python_object(state, class)->number}, how);
    return python_builtin_behind(state, class) == PYTHON_BUILTIN_OBJECT && strncmp(text, "__", 2) != 0
               ? python_attribute_behind(self, state, lineage.classes[lineage.count - 1], name, how)
               : refuse_attribute(self, state, class, name, how);
}

/* A module's name, or a type's method. */
static bool builtin_attribute(struct python *self, struct python_state *state, struct python_value object,
                              struct python_value name, enum python_push how)
{
    const struct python_builtin_traits *traits = &python_builtins[object.number];
    enum python_builtin found =
        traits->module == NULL ? python_find_in_module((enum python_builtin)object.number, python_text_of(self, name))
                               : python_find_method((enum python_builtin)object.number, python_text_of(self, name));
    if (traits->is_type && strcmp(python_text_of(self, name), "__name__") == 0)
        return push_found(self, state, python_string(self, traits->name), how);
    if (found == PYTHON_BUILTIN_NONE)
        return refuse_attribute(self, state, object, name, how);
    if (found == PYTHON_BUILTIN_TASK_TIMEOUT_ERROR && self->dump->version >= 311)
        found = PYTHON_BUILTIN_TIMEOUT_ERROR; /* another name for it */
    return push_found(self, state, BUILTIN(found), how);
}

bool python_attribute(struct python *self, struct python_state *state, struct python_value object,
                      struct python_value name, enum python_push how)
{
    if (python_lacks_attribute(self, object, name))
        return python_throw_no_attribute(self, state, object, name, false);
    if (object.kind == PYTHON_BUILTIN)
        return builtin_attribute(self, state, object, name, how);
    if (python_is(state, object, PYTHON_INSTANCE))
        return instance_attribute(self, state, object, name, how);
    if (python_is(state, object, PYTHON_CLASS))
        return class_attribute(self, state, object, name, how);
    if (python_is(state, object, PYTHON_SUPER)) {
        struct python_value receiver = python_object(state, object)->items[1],
                            class = python_object(state, object)->items[0];
        if (python_is(state, receiver, PYTHON_CLASS))
            return push_of_class(self, state, receiver, class, receiver, name, how);
        if (!python_is(state, receiver, PYTHON_INSTANCE))
            return python_refuse(
                self, state,
                "super() outside of a method of an object is not covered (expected the class by its name)");
        return push_of_class(self, state, python_object(state, receiver)->type, class, receiver, name, how);
    }
    if (python_is(state, object, PYTHON_PROPERTY) && strcmp(python_text_of(self, name), "setter") == 0)
        return push_method(self, state, BUILTIN(PYTHON_BUILTIN_PROPERTY_SETTER), object, how);
    enum python_builtin type = python_type(self, state, object);
    enum python_builtin method =
        type != PYTHON_BUILTIN_NONE ? python_find_method(type, python_text_of(self, name)) : PYTHON_BUILTIN_NONE;
    if (method == PYTHON_BUILTIN_NONE)
        return refuse_attribute(self, state, object, name, how);
    return push_method(self, state, BUILTIN(method), object, how);
}
