/* Values as text. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include "base/memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

const char *python_what(const struct python *self, const struct python_state *state, struct python_value value)
{
    static const char *const kinds[] = {
        [PYTHON_ABSENT] = "nothing",
        [PYTHON_NONE] = "None",
        [PYTHON_BOOL] = "True or False",
        [PYTHON_INT] = "an integer",
        [PYTHON_DYNAMIC] = "an integer that depends on the threads",
        [PYTHON_STRING] = "a text",
        [PYTHON_FLOAT] = "a number with a fraction",
        [PYTHON_UNKNOWN] = "a value that is not known here",
        [PYTHON_FOREIGN] = "a value of another thread",
        [PYTHON_BUILTIN] = "a builtin",
        [PYTHON_CODE] = "a code",
        [PYTHON_PACKED] = "a tuple",
    };
    static const char *const shapes[] = {
        [PYTHON_NAMESPACE] = "a module",
        [PYTHON_INSTANCE] = "an object",
        [PYTHON_CLASS] = "a class",
        [PYTHON_DICT] = "a dictionary",
        [PYTHON_LIST] = "a list",
        [PYTHON_TUPLE] = "a tuple",
        [PYTHON_FUNCTION] = "a function",
        [PYTHON_METHOD] = "a method",
        [PYTHON_SUPER] = "super()",
        [PYTHON_PROPERTY] = "a property",
        [PYTHON_UNBOUND] = "a method of a class",
        [PYTHON_RANGE] = "a range",
        [PYTHON_SLICE] = "a slice",
        [PYTHON_ITERATOR] = "an iterator",
        [PYTHON_COUNTER] = "an iterator",
        [PYTHON_CELL] = "a cell",
        [PYTHON_GENERATOR_OBJECT] = "a generator",
        [PYTHON_ROPE] = "a text that depends on the threads",
    };
    (void)self;
    if (python_is_deque(state, value))
        return "a deque";
    return value.kind == PYTHON_OBJECT ? shapes[python_object(state, value)->shape] : kinds[value.kind];
}

static const char type_hint[] = "a type hint";

struct python_value python_type_hint(struct python *self)
{
    return (struct python_value){PYTHON_UNKNOWN, python_intern(self, type_hint, strlen(type_hint))};
}

/* A hint, or a type that can be a part of one. */
bool python_is_type_hint(struct python *self, const struct python_state *state, struct python_value value)
{
    bool is_type = value.kind == PYTHON_BUILTIN && python_builtins[value.number].is_type;
    return is_type || python_is(state, value, PYTHON_CLASS) || python_equal(value, python_type_hint(self));
}

void python_append_plain(struct python *self, struct python_object *rope, const char *text)
{
    struct python_value *last = rope->count > 0 ? &rope->items[rope->count - 1] : NULL;
    if (last == NULL || last->kind != PYTHON_STRING) {
        python_append(self, rope, python_string(self, text));
        return;
    }
    char *joined = text_format("%s%s", python_text_of(self, *last), text);
    *last = python_string(self, joined);
    memory_free(joined);
}

static bool append_list(struct python *self, struct python_state *state, struct python_object *rope,
                        const struct python_object *list)
{
    bool is_tuple = list->shape == PYTHON_TUPLE, is_deque = python_equal(list->type, BUILTIN(PYTHON_BUILTIN_DEQUE));
    static const char *const views[] = {"[", "dict_keys([", "dict_values([", "dict_items(["};
    int64_t view = list->shape == PYTHON_LIST ? list->number : PYTHON_VIEW_NONE;
    if (view == PYTHON_VIEW_UNORDERED)
        return python_refuse_order(self, state);
    if (view == PYTHON_VIEW_OTHER)
        return python_refuse(self, state, "an iterator is made a text: that is not covered (expected list() of it)");
    python_append_plain(self, rope, is_tuple ? "(" : is_deque ? "deque([" : views[view]);
    for (uint32_t i = 0; i < list->count; i++) {
        python_append_plain(self, rope, i > 0 ? ", " : "");
        if (!python_append_text(self, state, rope, list->items[i], true))
            return false;
    }
    python_append_plain(self, rope,
                        is_tuple                               ? list->count == 1 ? ",)" : ")"
                        : is_deque || view != PYTHON_VIEW_NONE ? "])"
                                                               : "]");
    return true;
}

static bool append_map(struct python *self, struct python_state *state, struct python_object *rope,
                       const struct python_object *map)
{
    for (uint32_t i = 0; i + 1 < map->count; i += 2) {
        python_append_plain(self, rope, i > 0 ? ", " : "{");
        if (!python_append_text(self, state, rope, map->items[i], true))
            return false;
        python_append_plain(self, rope, ": ");
        if (!python_append_text(self, state, rope, map->items[i + 1], true))
            return false;
    }
    python_append_plain(self, rope, map->count > 0 ? "}" : "{}");
    return true;
}

/* What lies in itself has no end here. */
static bool append_items(struct python *self, struct python_state *state, struct python_object *rope,
                         const struct python_object *container)
{
    enum { TEXT_DEPTH_MAX = 32 };
    if (self->text_depth == TEXT_DEPTH_MAX)
        return python_refuse(self, state, "what lies deeper than in %d lists is not shown as text", TEXT_DEPTH_MAX);
    self->text_depth++;
    bool is_good = container->shape == PYTHON_DICT ? append_map(self, state, rope, container)
                                                   : append_list(self, state, rope, container);
    self->text_depth--;
    return is_good;
}

/* As repr() has a text of ASCII. */
static bool append_quoted(struct python *self, struct python_state *state, struct python_object *rope, const char *text)
{
    static const char escaped[] = "\t\n\r\\", escapes[] = "tnr\\";
    struct text quoted = TEXT_INIT;
    char quote = strchr(text, '\'') != NULL && strchr(text, '"') == NULL ? '"' : '\'';
    bool is_plain = true;
    text_append(&quoted, &quote, 1);
    for (const char *c = text; *c != '\0'; c++) {
        const char *escape = strchr(escaped, *c);
        is_plain = is_plain && isascii((unsigned char)*c);
        if (escape != NULL)
            text_print(&quoted, "\\%c", escapes[escape - escaped]);
        else if (*c == quote)
            text_print(&quoted, "\\%c", quote);
        else
            text_print(&quoted, isprint((unsigned char)*c) ? "%c" : "\\x%02x", (unsigned char)*c);
    }
    text_append(&quoted, &quote, 1);
    if (is_plain)
        python_append_plain(self, rope, text_string(&quoted));
    text_free(&quoted);
    return is_plain || python_refuse(self, state, "a text with other letters than ASCII is not shown as repr() does");
}

/* What a rope is made of: texts, integers, and how these are filled up. */
static void append_rope(struct python *self, struct python_object *rope, const struct python_object *other)
{
    for (uint32_t i = 0; i < other->count; i++)
        if (other->items[i].kind == PYTHON_STRING)
            python_append_plain(self, rope, python_text_of(self, other->items[i]));
        else
            python_append(self, rope, other->items[i]);
}

bool python_append_text(struct python *self, struct python_state *state, struct python_object *rope,
                        struct python_value value, bool quotes)
{
    char digits[32];
    switch (value.kind) {
    case PYTHON_NONE:
        python_append_plain(self, rope, "None");
        return true;
    case PYTHON_BOOL:
        python_append_plain(self, rope, value.number != 0 ? "True" : "False");
        return true;
    case PYTHON_INT:
        snprintf(digits, sizeof digits, "%" PRId64, value.number);
        python_append_plain(self, rope, digits);
        return true;
    case PYTHON_DYNAMIC:
        python_append(self, rope, value);
        return true;
    case PYTHON_STRING:
        if (quotes)
            return append_quoted(self, state, rope, python_text_of(self, value));
        python_append_plain(self, rope, python_text_of(self, value));
        return true;
    case PYTHON_FLOAT:
        python_append_plain(self, rope, python_text_of(self, value));
        return true;
    case PYTHON_OBJECT:
        break;
    default:
        return python_refuse(
            self, state,
            "%s is made a text: that is not covered (expected integers, texts, True, False, None, and lists of them)",
            python_what(self, state, value));
    }
    const struct python_object *object = python_object(state, value);
    bool is_list = object->shape == PYTHON_LIST || object->shape == PYTHON_DICT;
    if (python_cannot_go_on(state))
        return true;
    if (is_list && !python_touch_all(self, state, value))
        return false;
    if (object->shape == PYTHON_DICT && python_is_unordered(self, state, value))
        return python_refuse_order(self, state);
    if (python_is_exception(state, value))
        return quotes ? python_append_exception_call(self, state, rope, value)
                      : python_append_exception(self, state, rope, value);
    if (is_list || object->shape == PYTHON_TUPLE)
        return append_items(self, state, rope, object);
    if (object->shape != PYTHON_ROPE || (quotes && object->number == 0))
        return python_refuse(
            self, state,
            "%s is made a text: that is not covered (expected integers, texts, True, False, None, lists and dictionaries "
            "of them, or objects of a class with __str__ or __repr__)",
            python_what(self, state, value));
    append_rope(self, rope, object);
    return true;
}

struct python_value python_finish_rope(struct python *self, struct python_state *state, struct python_value rope)
{
    const struct python_object *object = python_object(state, rope);
    if (object->count == 0)
        return python_string(self, "");
    return object->count == 1 && object->items[0].kind == PYTHON_STRING ? object->items[0] : rope;
}
