/* Names, constants, locals, globals, cells and attributes: how a thread reads and writes them. */
#include "frontends/python_operations.h"

#include "base/memory.h"

#include <string.h>

const struct python_code *python_code_of(const struct python *self, const struct python_state *state)
{
    return &self->dump->codes[state->frames[state->frame_count - 1].code];
}

bool python_damaged(struct python *self)
{
    return error_set(self->error, self->input->name, 0, 0, "the bytecode is damaged: %s has no such argument",
                     self->at->name);
}

bool python_name_at(struct python *self, const struct python_state *state, int64_t number, struct python_value *name)
{
    const struct python_names *names = &python_code_of(self, state)->names;
    *name = NONE;
    if (number < 0 || number >= (int64_t)names->count)
        return python_damaged(self);
    *name = python_string(self, names->items[number]);
    return true;
}

static struct python_value value_of(struct python *self, struct python_state *state,
                                    const struct python_constant *constant)
{
    switch (constant->kind) {
    case PYTHON_CONSTANT_NONE:
        return NONE;
    case PYTHON_CONSTANT_BOOL:
        return BOOL(constant->number);
    case PYTHON_CONSTANT_INT:
        return INTEGER(constant->number);
    case PYTHON_CONSTANT_CODE:
        return (struct python_value){PYTHON_CODE, constant->number};
    case PYTHON_CONSTANT_STRING:
        return python_string(self, constant->text);
    case PYTHON_CONSTANT_FLOAT:
        return (struct python_value){PYTHON_FLOAT, python_intern(self, constant->text, strlen(constant->text))};
    case PYTHON_CONSTANT_OTHER:
        return (struct python_value){PYTHON_UNKNOWN, python_intern(self, constant->text, strlen(constant->text))};
    case PYTHON_CONSTANT_TUPLE:
    case PYTHON_CONSTANT_SLICE:
        break;
    }
    bool is_slice = constant->kind == PYTHON_CONSTANT_SLICE;
    struct python_value tuple = python_new(self, state, is_slice ? PYTHON_SLICE : PYTHON_TUPLE,
                                           is_slice ? ABSENT : BUILTIN(PYTHON_BUILTIN_TUPLE), NULL, 0);
    for (size_t i = 0; i < constant->count; i++) {
        struct python_value item = value_of(self, state, &constant->items[i]);
        python_append(self, python_change(self, state, tuple), item);
    }
    return tuple;
}

bool python_constant_at(struct python *self, struct python_state *state, int64_t number, struct python_value *value)
{
    const struct python_code *code = python_code_of(self, state);
    *value = NONE;
    if (number < 0 || number >= (int64_t)code->constant_count)
        return python_damaged(self);
    *value = value_of(self, state, &code->constants[number]);
    return true;
}

bool python_slot_at(struct python *self, struct python_state *state, int64_t number, struct python_value **slot)
{
    struct python_frame *frame = python_top(state);
    *slot = NULL;
    if (number < 0 || number >= frame->slots)
        return python_damaged(self);
    *slot = &frame->values[number];
    return true;
}

bool python_load_fast(struct python *self, struct python_state *state, int64_t number, bool clears)
{
    struct python_value *slot;
    if (!python_slot_at(self, state, number, &slot))
        return false;
    struct python_value value = *slot;
    if (value.kind == PYTHON_ABSENT && !clears) {
        const struct python_names *names = &python_code_of(self, state)->locals;
        return python_throw_no_local(self, state, number < (int64_t)names->count ? names->items[number] : "?");
    }
    if (clears)
        *slot = ABSENT;
    return python_push(self, state, value);
}

bool python_delete_fast(struct python *self, struct python_state *state, int64_t number)
{
    struct python_value *slot;
    const struct python_names *names = &python_code_of(self, state)->locals;
    if (!python_slot_at(self, state, number, &slot))
        return false;
    if (slot->kind == PYTHON_ABSENT)
        return python_throw_no_local(self, state, number < (int64_t)names->count ? names->items[number] : "?");
    *slot = ABSENT;
    return true;
}

/* What has no value at that moment cannot be deleted. */
static bool delete_shared(struct python *self, struct python_state *state, struct python_place *place,
                          struct python_value name)
{
    struct operand absent, word = python_word(self, place);
    int64_t number;
    bool is_global = self->dump->version < 300 && self->at->bytecode == PY_DELETE_GLOBAL;
    char *words = text_format("%sname '%s' is not defined", is_global ? "global " : "", python_text_of(self, name));
    python_note_access(self, state, place, true);
    bool is_good = python_encode(self, state, place, ABSENT, &absent) && python_free_register(self, state, &number);
    if (is_good && self->rules == PYTHON_NO_GIL)
        python_switch_point(state);
    if (is_good) {
        python_emit_plain(self, state, OPCODE_MOV, word, python_register(number));
        is_good = python_throw_where(self, state, OPCODE_JE, absent, python_register(number), PYTHON_BUILTIN_NAME_ERROR,
                                     words);
        python_emit_plain(self, state, OPCODE_MOV, absent, word);
    }
    memory_free(words);
    return is_good;
}

/* Of a class that is made, or of the module. */
bool python_delete_name(struct python *self, struct python_state *state, struct python_value name)
{
    struct python_value names = python_top(state)->names, value;
    struct python_place *place;
    if (self->at->bytecode == PY_DELETE_GLOBAL || names.kind != PYTHON_OBJECT)
        names = MODULE;
    if (!python_get(self, state, names, name, &value, &place))
        return false;
    if (place != NULL)
        return delete_shared(self, state, place, name);
    if (value.kind == PYTHON_ABSENT)
        return python_throw_no_name(self, state, python_text_of(self, name));
    return python_set(self, state, names, name, ABSENT);
}

bool python_store_fast(struct python *self, struct python_state *state, int64_t number)
{
    struct python_value *slot, value;
    if (!python_slot_at(self, state, number, &slot) || !python_pop(self, state, &value))
        return false;
    *slot = value;
    return true;
}

/* Cells lie among the locals from 3.11 on, behind them before. */
bool python_cell_at(struct python *self, struct python_state *state, int64_t number, struct python_value *cell)
{
    struct python_value *slot;
    size_t first = self->dump->version >= 311 ? 0 : python_code_of(self, state)->locals.count;
    *cell = NONE;
    if (!python_slot_at(self, state, number + (int64_t)first, &slot))
        return false;
    *cell = *slot;
    return python_is(state, *cell, PYTHON_CELL) ||
           python_refuse(self, state, "a variable of an enclosing function that has no value yet is used");
}

bool python_make_cell(struct python *self, struct python_state *state, int64_t number)
{
    struct python_value *slot;
    if (!python_slot_at(self, state, number, &slot))
        return false;
    struct python_value value = *slot, cell = python_new(self, state, PYTHON_CELL, ABSENT, &value, 1);
    return python_slot_at(self, state, number, &slot) && (*slot = cell, true);
}

/* Only a damaged function has fewer cells than its code says. */
bool python_copy_free_variables(struct python *self, struct python_state *state, int64_t count)
{
    struct python_frame *frame = python_top(state);
    return (count >= 0 && count <= frame->slots) || python_damaged(self);
}

bool python_load_place(struct python *self, struct python_state *state, struct python_value object,
                       struct python_value key, enum python_push how, bool *is_found)
{
    struct python_place *place;
    struct python_value value;
    if (!python_get(self, state, object, key, &value, &place))
        return false;
    *is_found = place != NULL || value.kind != PYTHON_ABSENT;
    if (place != NULL)
        return python_load(self, state, place, how);
    if (!*is_found)
        return true;
    if (how == PYTHON_PUSH_NULL_FIRST && !python_push(self, state, ABSENT))
        return false;
    return python_push(self, state, value) && (how != PYTHON_PUSH_NULL_LAST || python_push(self, state, ABSENT));
}

static bool push_builtin(struct python *self, struct python_state *state, struct python_value name,
                         enum python_push how)
{
    /* In 2.7 these are names like others. */
    static const struct {
        const char *name;
        struct python_value value;
    } constants[] = {{"None", {PYTHON_NONE, 0}}, {"False", {PYTHON_BOOL, 0}}, {"True", {PYTHON_BOOL, 1}}};
    enum python_builtin builtin = python_find_builtin(python_text_of(self, name));
    for (size_t c = 0; c < sizeof constants / sizeof constants[0]; c++)
        if (strcmp(python_text_of(self, name), constants[c].name) == 0)
            return python_push(self, state, constants[c].value);
    if (strcmp(python_text_of(self, name), "__annotations__") == 0)
        return python_push(self, state, python_type_hint(self));
    if (strcmp(python_text_of(self, name), "__name__") == 0)
        return python_push(self, state, python_string(self, "__main__"));
    if (builtin == PYTHON_BUILTIN_NONE || (builtin == PYTHON_BUILTIN_XRANGE && self->dump->version >= 300))
        return python_throw_no_name(self, state, python_text_of(self, name));
    if (how == PYTHON_PUSH_NULL_FIRST && !python_push(self, state, ABSENT))
        return false;
    return python_push(self, state, BUILTIN(builtin)) &&
           (how != PYTHON_PUSH_NULL_LAST || python_push(self, state, ABSENT));
}

bool python_push_unset(struct python *self, struct python_state *state, struct python_value object,
                       struct python_value key, enum python_push how)
{
    if (python_equal(object, MODULE))
        return push_builtin(self, state, key, how);
    if (python_is(state, object, PYTHON_CELL))
        return python_throw_no_cell(self, state);
    if (python_is(state, object, PYTHON_INSTANCE))
        return python_attribute_of_class(self, state, object, key, how);
    if (python_is(state, object, PYTHON_CLASS))
        return python_attribute_behind(self, state, object, key, how);
    if (python_is(state, object, PYTHON_DICT))
        return python_throw_no_key(self, state, key);
    return python_refuse(self, state, "this has no value yet in %s", python_what(self, state, object));
}

static bool load_global(struct python *self, struct python_state *state, struct python_value name, enum python_push how)
{
    bool is_found;
    return python_load_place(self, state, MODULE, name, how, &is_found) &&
           (is_found || push_builtin(self, state, name, how));
}

/* 3.14: the exception of assert, and builtins; 3.15: None, True and other constants, too. The meaning is how Python writes them. */
bool python_load_common_constant(struct python *self, struct python_state *state, const char *meaning)
{
    if (meaning == NULL)
        return python_damaged(self);
    if (strcmp(meaning, "-1") == 0)
        return python_push(self, state, INTEGER(-1));
    if (strcmp(meaning, "''") == 0)
        return python_push(self, state, python_string(self, ""));
    /* <built-in function any>, <class 'list'> */
    size_t word = strncmp(meaning, "<built-in function ", 19) == 0 ? 19 : strncmp(meaning, "<class '", 8) == 0 ? 8 : 0;
    struct text name = TEXT_INIT;
    text_append(&name, meaning + word, word > 0 ? strcspn(meaning + word, "'>") : strlen(meaning));
    struct python_value value = python_string(self, text_string(&name));
    text_free(&name);
    return push_builtin(self, state, value, PYTHON_PUSH);
}

bool python_load_name(struct python *self, struct python_state *state, struct python_value name)
{
    struct python_value names = python_top(state)->names;
    bool is_found = false;
    if (names.kind == PYTHON_OBJECT && names.number != 0 &&
        !python_load_place(self, state, names, name, PYTHON_PUSH, &is_found))
        return false;
    return is_found || load_global(self, state, name, PYTHON_PUSH);
}

bool python_store_name(struct python *self, struct python_state *state, struct python_value names,
                       struct python_value name)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    return python_set(self, state, names.kind == PYTHON_OBJECT ? names : MODULE, name, value);
}

static enum python_push push_of(const struct python *self, bool with_null)
{
    return !with_null ? PYTHON_PUSH : self->dump->version >= 313 ? PYTHON_PUSH_NULL_LAST : PYTHON_PUSH_NULL_FIRST;
}

int64_t python_name_index(const struct python *self, const struct python_instruction *instruction)
{
    int64_t argument = instruction->argument;
    switch (instruction->bytecode) {
    case PY_LOAD_GLOBAL:
        return self->dump->version >= 311 ? argument >> 1 : argument;
    case PY_LOAD_ATTR:
    case PY_LOAD_METHOD:
        return self->dump->version >= 312 ? argument >> 1 : argument;
    case PY_LOAD_SUPER_ATTR:
        return argument >> 2;
    case PY_LOAD_NAME:
    case PY_STORE_NAME:
    case PY_DELETE_NAME:
    case PY_STORE_GLOBAL:
    case PY_DELETE_GLOBAL:
    case PY_STORE_ATTR:
        return argument;
    default:
        return -1;
    }
}

bool python_load_any_global(struct python *self, struct python_state *state,
                            const struct python_instruction *instruction)
{
    struct python_value name;
    bool has_flag = self->dump->version >= 311;
    return python_name_at(self, state, python_name_index(self, instruction), &name) &&
           load_global(self, state, name, push_of(self, has_flag && (instruction->argument & 1) != 0));
}

bool python_load_attribute(struct python *self, struct python_state *state,
                           const struct python_instruction *instruction)
{
    struct python_value object, name;
    bool has_flag = self->dump->version >= 312;
    bool is_method = instruction->bytecode == PY_LOAD_METHOD || (has_flag && (instruction->argument & 1) != 0);
    return python_name_at(self, state, python_name_index(self, instruction), &name) &&
           python_pop(self, state, &object) && python_attribute(self, state, object, name, push_of(self, is_method));
}

bool python_store_attribute(struct python *self, struct python_state *state, struct python_value name)
{
    struct python_value object, value;
    if (!python_pop(self, state, &object) || !python_pop(self, state, &value))
        return false;
    bool is_bare = python_is(state, object, PYTHON_INSTANCE) &&
                   python_equal(python_object(state, object)->type, BUILTIN(PYTHON_BUILTIN_OBJECT));
    if (is_bare || python_lacks_attribute(self, object, name))
        return python_throw_no_attribute(self, state, object, name, true);
    if (!python_is(state, object, PYTHON_INSTANCE) && !python_is(state, object, PYTHON_CLASS))
        return python_refuse(self, state,
                             "an attribute of %s is not set here (expected an object of a class of this program)",
                             python_what(self, state, object));
    struct python_value property = ABSENT, base;
    struct python_place *place;
    if (python_is_shared_value(self, state, object, name))
        return python_store_shared_value(self, state, object, value);
    if (python_is(state, object, PYTHON_INSTANCE) && python_object(state, object)->type.kind == PYTHON_OBJECT &&
        !python_find_attribute(self, state, python_object(state, object)->type, ABSENT, name, &property, &base, &place))
        return false;
    if (state->refusal != 0 || !python_is(state, property, PYTHON_PROPERTY))
        return state->refusal != 0 || python_set(self, state, object, name, value);
    struct python_arguments arguments = {.items = {object, value}, .count = 2, .positional = 2};
    struct python_value setter = python_object(state, property)->items[1];
    if (!python_is(state, setter, PYTHON_FUNCTION))
        return python_throw(self, state, PYTHON_BUILTIN_ATTRIBUTE_ERROR, "can't set attribute");
    uint32_t frames = state->frame_count;
    if (!python_call(self, state, setter, &arguments, self->rules <= PYTHON_GIL32))
        return false;
    if (state->frame_count > frames)
        python_top(state)->after = PYTHON_AFTER_DROP;
    return true;
}

bool python_load_super_attribute(struct python *self, struct python_state *state,
                                 const struct python_instruction *instruction)
{
    struct python_value self_value, class, super, name;
    bool is_method = (instruction->argument & 1) != 0;
    if (!python_name_at(self, state, python_name_index(self, instruction), &name) ||
        !python_pop(self, state, &self_value) || !python_pop(self, state, &class) || !python_pop(self, state, &super))
        return false;
    struct python_value items[2] = {class, self_value};
    struct python_value object = python_new(self, state, PYTHON_SUPER, ABSENT, items, 2);
    return python_attribute(self, state, object, name,
                            !is_method                   ? PYTHON_PUSH
                            : self->dump->version >= 313 ? PYTHON_PUSH_NULL_LAST
                                                         : PYTHON_PUSH_NULL_FIRST);
}

/* Modules that were called otherwise in 2.7, and those that came later. */
static bool has_module(const struct python *self, enum python_builtin module)
{
    bool is_old = module == PYTHON_BUILTIN_OLD_THREAD_MODULE || module == PYTHON_BUILTIN_OLD_QUEUE_MODULE;
    bool is_new = module == PYTHON_BUILTIN_THREAD_MODULE || module == PYTHON_BUILTIN_QUEUE_MODULE ||
                  module == PYTHON_BUILTIN_CONCURRENT || module == PYTHON_BUILTIN_FUTURES;
    return self->dump->version < 300 ? !is_new : !is_old;
}

static bool throw_no_module(struct python *self, struct python_state *state, struct python_value name)
{
    bool is_old = self->dump->version < 300;
    return python_throw_words(self, state, is_old ? PYTHON_BUILTIN_IMPORT_ERROR : PYTHON_BUILTIN_MODULE_NOT_FOUND_ERROR,
                              is_old ? "No module named %s" : "No module named '%s'", python_text_of(self, name));
}

/* What does the same, or as much of it as matters to threads; NULL where nothing comes to mind. */
static const char *instead_of_module(const char *name)
{
    static const struct {
        const char *name, *instead;
    } known[] = {
        {"dataclasses", "a class with __init__"},
        {"logging", "print(), which writes each record as one line by --print line"},
        {"asyncio", "threads: nothing switches between tasks but 'await'"},
        {"itertools", "loops; of a count() that threads share, a number under a lock"},
        {"functools", "functions with defaults, or lambda"},
        {"contextlib", "a class with __enter__ and __exit__"},
        {"abc", "classes without it"},
        {"enum", "a class with numbers as attributes"},
        {"os", "nothing of it: files and processes are not observed"},
        {"math", "integers and their operators"},
        {"traceback", "print() of the exception"},
        {"weakref", "plain references"},
        {"heapq", "queue.PriorityQueue, or sorted()"},
        {"copy", "list(), or slices"},
        {"datetime", "time.time()"},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (strcmp(known[k].name, name) == 0)
            return known[k].instead;
    return NULL;
}

bool python_import(struct python *self, struct python_state *state, struct python_value name)
{
    struct python_value list, level;
    enum python_builtin found = python_find_module(python_text_of(self, name));
    if (!python_pop(self, state, &list) || !python_pop(self, state, &level))
        return false;
    if (found == PYTHON_BUILTIN_NONE && instead_of_module(python_text_of(self, name)) != NULL)
        return python_refuse(self, state, "the module '%s' is not covered (expected %s)", python_text_of(self, name),
                             instead_of_module(python_text_of(self, name))) &&
               python_push(self, state, NONE);
    if (found == PYTHON_BUILTIN_NONE)
        return python_refuse(
                   self, state,
                   "the module '%s' is not known here (expected threading, _thread, queue, concurrent.futures, "
                   "multiprocessing, collections, time, random or sys)",
                   python_text_of(self, name)) &&
               python_push(self, state, NONE);
    if (!has_module(self, found))
        return throw_no_module(self, state, name);
    /* import a.b gives a, from a.b import c gives a.b. */
    if (found == PYTHON_BUILTIN_FUTURES && list.kind == PYTHON_NONE)
        found = PYTHON_BUILTIN_CONCURRENT;
    return python_push(self, state, BUILTIN(found));
}

bool python_import_from(struct python *self, struct python_state *state, struct python_value name)
{
    struct python_value *module_value;
    return python_peek(self, state, 0, &module_value) &&
           python_attribute(self, state, *module_value, name, PYTHON_PUSH);
}
