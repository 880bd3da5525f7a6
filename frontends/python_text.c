/* Values as text. */
#include "frontends/python_operations.h"

#include "base/memory.h"

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
        [PYTHON_RANGE] = "a range",
        [PYTHON_ITERATOR] = "an iterator",
        [PYTHON_COUNTER] = "an iterator",
        [PYTHON_CELL] = "a cell",
        [PYTHON_GENERATOR_OBJECT] = "a generator",
        [PYTHON_ROPE] = "a text that depends on the threads",
    };
    (void)self;
    return value.kind == PYTHON_OBJECT ? shapes[python_object(state, value)->shape] : kinds[value.kind];
}

static void append_text(struct python *self, struct python_object *rope, const char *text)
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

static bool append_items(struct python *self, struct python_state *state, struct python_object *rope,
                         const struct python_object *list)
{
    bool is_tuple = list->shape == PYTHON_TUPLE;
    append_text(self, rope, is_tuple ? "(" : "[");
    for (uint32_t i = 0; i < list->count; i++) {
        append_text(self, rope, i > 0 ? ", " : "");
        if (!python_append_text(self, state, rope, list->items[i], true))
            return false;
    }
    append_text(self, rope, is_tuple ? list->count == 1 ? ",)" : ")" : "]");
    return true;
}

/* As repr() has a text whose characters are all printable ASCII. */
static bool append_quoted(struct python *self, struct python_state *state, struct python_object *rope, const char *text)
{
    bool is_plain = true;
    for (const char *c = text; *c != '\0'; c++)
        is_plain = is_plain && *c >= ' ' && *c <= '~' && *c != '\'' && *c != '\\';
    if (!is_plain)
        return python_refuse(self, state,
                             "a text with quotation marks or other letters than ASCII is not shown as repr() does");
    append_text(self, rope, "'");
    append_text(self, rope, text);
    append_text(self, rope, "'");
    return true;
}

bool python_append_text(struct python *self, struct python_state *state, struct python_object *rope,
                        struct python_value value, bool quotes)
{
    char digits[32];
    switch (value.kind) {
    case PYTHON_NONE:
        append_text(self, rope, "None");
        return true;
    case PYTHON_BOOL:
        append_text(self, rope, value.number != 0 ? "True" : "False");
        return true;
    case PYTHON_INT:
        snprintf(digits, sizeof digits, "%" PRId64, value.number);
        append_text(self, rope, digits);
        return true;
    case PYTHON_DYNAMIC:
        python_append(self, rope, value);
        return true;
    case PYTHON_STRING:
        if (quotes)
            return append_quoted(self, state, rope, python_text_of(self, value));
        append_text(self, rope, python_text_of(self, value));
        return true;
    case PYTHON_FLOAT:
        append_text(self, rope, python_text_of(self, value));
        return true;
    case PYTHON_OBJECT:
        break;
    default:
        return python_refuse(self, state, "%s is made a text: that is not covered", python_what(self, state, value));
    }
    const struct python_object *object = python_object(state, value);
    if (object->shape == PYTHON_LIST && !python_touch_all(self, state, value))
        return false;
    if (python_is_exception(state, value) && !quotes)
        return python_append_exception(self, state, rope, value);
    if (object->shape == PYTHON_LIST || object->shape == PYTHON_TUPLE)
        return append_items(self, state, rope, object);
    if (object->shape != PYTHON_ROPE || quotes)
        return python_refuse(self, state, "%s is made a text: that is not covered", python_what(self, state, value));
    for (uint32_t i = 0; i < object->count; i++)
        if (!python_append_text(self, state, rope, object->items[i], false))
            return false;
    return true;
}

struct python_value python_finish_rope(struct python *self, struct python_state *state, struct python_value rope)
{
    const struct python_object *object = python_object(state, rope);
    if (object->count == 0)
        return python_string(self, "");
    return object->count == 1 && object->items[0].kind == PYTHON_STRING ? object->items[0] : rope;
}

/* One conversion: %s, %d, %i, %r, %%. Returns how many characters it has; 0 where it is none that is known. */
static size_t conversion(const char *at, char *kind)
{
    *kind = at[1];
    return strchr("sdir%", at[1]) != NULL && at[1] != '\0' ? 2 : 0;
}

bool python_format(struct python *self, struct python_state *state, struct python_value format,
                   struct python_value values)
{
    bool is_tuple = python_is(state, values, PYTHON_TUPLE);
    uint32_t count = is_tuple ? python_object(state, values)->count : 1, used = 0;
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    struct python_object *object = python_change(self, state, rope);
    if (format.kind != PYTHON_STRING)
        return python_refuse(self, state, "a format that depends on the threads is not covered");
    for (const char *at = python_text_of(self, format); *at != '\0';) {
        char kind, letter[2] = {*at, '\0'};
        size_t length = *at == '%' ? conversion(at, &kind) : 1;
        if (length == 0)
            return python_refuse(self, state, "this format is not covered yet (expected %%s, %%d or %%r)");
        if (*at != '%' || kind == '%')
            append_text(self, object, letter);
        else {
            if (used == count)
                return python_refuse(self, state, "the format has more conversions than there are values");
            struct python_value value = is_tuple ? python_object(state, values)->items[used] : values;
            if ((kind == 'd' || kind == 'i') && !python_is_integer(value))
                return python_refuse(self, state, "%%d is for integers, not for %s", python_what(self, state, value));
            if (value.kind == PYTHON_BOOL && (kind == 'd' || kind == 'i'))
                value.kind = PYTHON_INT;
            if (!python_append_text(self, state, object, value, kind == 'r'))
                return false;
            used++;
        }
        at += length;
    }
    if (used != count)
        return python_refuse(self, state, "the format has fewer conversions than there are values");
    return python_push(self, state, python_finish_rope(self, state, rope));
}

bool python_format_value(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    struct python_value value;
    bool is_flagged = strcmp(instruction->name, "FORMAT_VALUE") == 0;
    if (is_flagged && (instruction->argument & 4) != 0)
        return python_refuse(self, state, "a format behind ':' in an f-string is not covered yet");
    if (!python_pop(self, state, &value))
        return false;
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    bool quotes = is_flagged && (instruction->argument & 3) == 2;
    return python_append_text(self, state, python_change(self, state, rope), value, quotes) &&
           python_push(self, state, python_finish_rope(self, state, rope));
}

bool python_convert_value(struct python *self, struct python_state *state, int64_t how)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    return python_append_text(self, state, python_change(self, state, rope), value, how == 2) &&
           python_push(self, state, python_finish_rope(self, state, rope));
}
