/* Values as formats have them: what stands behind ':' in an f-string or in str.format(), and conversions of %. Both are read into one
 * layout, and one function sets a value by it. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include "base/memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH_MAX = 1000, DYNAMIC_WIDTH_MAX = 18 };

/* [[fill]align][sign][#][0][width][grouping][.precision][type] */
struct layout {
    char fill;                /* '\0': a blank */
    char align;               /* '<', '>', '^', or '=': between sign and digits; '\0': as the type has it */
    char sign;                /* '+', ' '; '\0': only of what is negative */
    char grouping;            /* ',' or '_' between thousands; '\0': none */
    char type;                /* '\0': as the value has it */
    bool alternate;           /* with a prefix: 0x */
    int64_t width, precision; /* -1: none */
};

static bool refuse_format(struct python *self, struct python_state *state, const char *format)
{
    return python_refuse(
        self, state,
        "the format '%s' is not covered (expected a width, zeros, alignment, signs, and the types d, s, "
        "x, o, b or f)",
        format);
}

static bool refuse_value(struct python *self, struct python_state *state, const char *format, struct python_value value)
{
    return python_refuse(self, state,
                         "the format '%s' of %s is not covered (expected d, s, or none, with a sign or a width)",
                         format, python_what(self, state, value));
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static const char *read_number(const char *at, int64_t *number)
{
    *number = isdigit((unsigned char)*at) ? 0 : -1;
    for (; isdigit((unsigned char)*at); at++)
        *number = *number < WIDTH_MAX ? 10 * *number + (*at - '0') : *number;
    return at;
}

/* Reads what stands behind ':'. Returns false where it is none that is known here. */
static bool read_layout(const char *at, struct layout *layout)
{
    *layout = (struct layout){.width = -1, .precision = -1};
    if (at[0] != '\0' && at[1] != '\0' && strchr("<>=^", at[1]) != NULL) {
        layout->fill = at[0];
        layout->align = at[1];
        at += 2;
    } else if (at[0] != '\0' && strchr("<>=^", at[0]) != NULL)
        layout->align = *at++;
    if (*at == '+' || *at == '-' || *at == ' ')
        layout->sign = *at == '-' ? '\0' : *at, at++;
    if (*at == '#')
        layout->alternate = true, at++;
    if (*at == '0' && layout->align == '\0')
        layout->fill = '0', layout->align = '=', at++;
    at = read_number(at, &layout->width);
    if (*at == ',' || *at == '_')
        layout->grouping = *at++;
    if (*at == '.') {
        at = read_number(at + 1, &layout->precision);
        if (layout->precision < 0)
            return false;
    }
    if (*at != '\0')
        layout->type = *at++;
    return *at == '\0' && layout->width < WIDTH_MAX && layout->precision < WIDTH_MAX &&
           isascii((unsigned char)layout->fill);
}

/* ---- Setting ----------------------------------------------------------------------------------------------------- */

/* Letters, as Python counts them: UTF-8's first bytes. */
static int64_t letters_of(const char *text)
{
    int64_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static void append_fill(struct text *text, const struct layout *layout, int64_t count)
{
    for (; count > 0; count--)
        text_append(text, &(char){layout->fill != '\0' ? layout->fill : ' '}, 1);
}

/* A sign, with a prefix, and what is behind it: filled up. */
static void set_parts(struct python *self, struct python_object *rope, const struct layout *layout, char usual,
                      const char *sign, const char *body)
{
    struct text text = TEXT_INIT;
    char align = layout->align != '\0' ? layout->align : usual;
    int64_t missing = layout->width - letters_of(sign) - letters_of(body);
    missing = missing > 0 ? missing : 0;
    int64_t left = align == '>' ? missing : align == '^' ? missing / 2 : 0;
    append_fill(&text, layout, left);
    text_append(&text, sign, strlen(sign));
    append_fill(&text, layout, align == '=' ? missing : 0);
    text_append(&text, body, strlen(body));
    append_fill(&text, layout, align == '=' ? 0 : missing - left);
    python_append_plain(self, rope, text_string(&text));
    text_free(&text);
}

/* The digits of a magnitude in a base, at least so many, grouped. */
static char *digits_of(uint64_t magnitude, unsigned base, bool is_upper, const struct layout *layout)
{
    char digits[2 * WIDTH_MAX], *at = digits + sizeof digits - 1;
    int64_t count = 0, size = base == 10 ? 3 : 4;
    *at = '\0';
    do {
        if (layout->grouping != '\0' && count > 0 && count % size == 0)
            *--at = layout->grouping;
        *--at = (is_upper ? "0123456789ABCDEF" : "0123456789abcdef")[magnitude % base];
        magnitude /= base;
        count++;
    } while (magnitude > 0 || count < layout->precision);
    return memory_copy_string(at);
}

static void set_integer(struct python *self, struct python_object *rope, const struct layout *layout, int64_t number)
{
    char type = layout->type, sign[8] = "";
    unsigned base = type == 'x' || type == 'X' ? 16 : type == 'o' ? 8 : type == 'b' ? 2 : 10;
    uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    char *digits = digits_of(magnitude, base, type == 'X', layout);
    snprintf(sign, sizeof sign, "%s%s", number < 0 ? "-" : (char[2]){layout->sign, '\0'},
             !layout->alternate || base == 10 ? "" : (char[3]){'0', type, '\0'});
    set_parts(self, rope, layout, '>', sign, digits);
    memory_free(digits);
}

static void set_fraction(struct python *self, struct python_object *rope, const struct layout *layout, double number)
{
    char digits[2 * WIDTH_MAX];
    snprintf(digits, sizeof digits, "%.*f", layout->precision < 0 ? 6 : (int)layout->precision, number);
    bool is_negative = digits[0] == '-';
    set_parts(self, rope, layout, '>', is_negative ? "-" : (char[2]){layout->sign, '\0'}, digits + is_negative);
}

static void set_text(struct python *self, struct python_object *rope, const struct layout *layout, const char *string,
                     char usual)
{
    struct text text = TEXT_INIT;
    int64_t letters = -1;
    const char *end = string;
    for (; *end != '\0'; end++) {
        letters += ((unsigned char)*end & 0xC0) != 0x80;
        if (layout->precision >= 0 && letters >= layout->precision)
            break;
    }
    text_append(&text, string, (size_t)(end - string));
    set_parts(self, rope, layout, usual, "", text_string(&text));
    text_free(&text);
}

/* An integer that depends on the threads: how it is filled up goes before it (PYTHON_PAD_*), and the program finds out how much. */
static bool set_dynamic(struct python *self, struct python_state *state, struct python_object *rope,
                        const struct layout *layout, const char *format, struct python_value value, char usual)
{
    char align = layout->align != '\0' ? layout->align : usual;
    bool has_zeros = align == '=' && layout->fill == '0';
    if ((layout->sign != '\0' && layout->width > 1) || layout->alternate || layout->grouping != '\0' ||
        layout->precision >= 0 || (layout->type != '\0' && strchr("dis", layout->type) == NULL))
        return refuse_value(self, state, format, value);
    if (layout->sign != '\0')
        python_append(self, rope, INTEGER(layout->sign == '+' ? PYTHON_PAD_PLUS : PYTHON_PAD_BLANK));
    if (layout->width > 1) {
        if (layout->width > DYNAMIC_WIDTH_MAX || align == '^' || (align == '=' && !has_zeros) ||
            (!has_zeros && layout->fill != '\0' && layout->fill != ' '))
            return refuse_value(self, state, format, value);
        int64_t how = has_zeros ? PYTHON_PAD_ZEROS : align == '<' ? PYTHON_PAD_RIGHT : PYTHON_PAD_LEFT;
        python_append(self, rope, INTEGER(layout->width * PYTHON_PAD_KINDS + how));
    }
    python_append(self, rope, value);
    return true;
}

/* A text that depends on the threads can be filled up where it is an integer as text. */
static bool set_rope(struct python *self, struct python_state *state, struct python_object *rope,
                     const struct layout *layout, const char *format, struct python_value value)
{
    const struct python_object *text = python_object(state, value);
    if (layout->type != '\0' && layout->type != 's')
        return refuse_value(self, state, format, value);
    if (text->count == 1 && text->items[0].kind == PYTHON_DYNAMIC)
        return set_dynamic(self, state, rope, layout, format, text->items[0], '<');
    if (layout->width > 0 || layout->precision >= 0)
        return refuse_value(self, state, format, value);
    return python_append_text(self, state, rope, value, false);
}

static bool throw_type(struct python *self, struct python_state *state, char type, const char *name)
{
    char *words = text_format("Unknown format code '%c' for object of type '%s'", type, name);
    bool is_good = python_throw(self, state, PYTHON_BUILTIN_VALUE_ERROR, words);
    memory_free(words);
    return is_good;
}

static bool set_known_integer(struct python *self, struct python_state *state, struct python_object *rope,
                              const struct layout *layout, const char *format, struct python_value value)
{
    const int64_t exact = INT64_C(1) << 53; /* every integer up to here is a double */
    if (layout->type == 'f' && value.number <= exact && value.number >= -exact && layout->grouping == '\0') {
        set_fraction(self, rope, layout, (double)value.number);
        return true;
    }
    if (layout->type == 's')
        return throw_type(self, state, 's', value.kind == PYTHON_BOOL ? "bool" : "int");
    bool is_known = layout->type == '\0' || strchr("dixXob", layout->type) != NULL;
    bool is_plain = layout->precision < 0 && (layout->grouping == '\0' || layout->fill != '0') &&
                    (layout->grouping != ',' || layout->type == '\0' || layout->type == 'd');
    if (!is_known || !is_plain)
        return refuse_format(self, state, format);
    set_integer(self, rope, layout, value.number);
    return true;
}

/* A value as a format has it that is not empty. */
static bool set_value(struct python *self, struct python_state *state, struct python_object *rope, const char *format,
                      struct python_value value)
{
    struct layout layout;
    if (!read_layout(format, &layout))
        return refuse_format(self, state, format);
    if (value.kind == PYTHON_DYNAMIC)
        return layout.type == 's' ? throw_type(self, state, 's', "int")
                                  : set_dynamic(self, state, rope, &layout, format, value, '>');
    if (python_is_integer(value))
        return set_known_integer(self, state, rope, &layout, format, value);
    if (python_is(state, value, PYTHON_ROPE))
        return set_rope(self, state, rope, &layout, format, value);
    if (value.kind == PYTHON_FLOAT && layout.type == 'f' && layout.grouping == '\0') {
        set_fraction(self, rope, &layout, strtod(python_text_of(self, value), NULL));
        return true;
    }
    if (value.kind != PYTHON_STRING)
        return refuse_value(self, state, format, value);
    if (layout.type != '\0' && layout.type != 's' && strchr("dxXobfFeEgGcn%", layout.type) != NULL)
        return throw_type(self, state, layout.type, "str");
    if ((layout.type != '\0' && layout.type != 's') || layout.align == '=' || layout.sign != '\0' || layout.alternate ||
        layout.grouping != '\0')
        return refuse_format(self, state, format);
    set_text(self, rope, &layout, python_text_of(self, value), '<');
    return true;
}

/* ---- f-strings and str.format() ---------------------------------------------------------------------------------- */

/* !s, !r and !a, by their letters; then the format. */
static bool append_converted(struct python *self, struct python_state *state, struct python_value rope,
                             struct python_value value, char conversion, const char *format)
{
    struct python_object *object = python_change(self, state, rope);
    if (format[0] == '\0')
        return python_append_text(self, state, object, value, conversion == 'r' || conversion == 'a');
    if (conversion == '\0')
        return set_value(self, state, object, format, value);
    struct python_value converted = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    return python_append_text(self, state, python_change(self, state, converted), value, conversion != 's') &&
           set_value(self, state, python_change(self, state, rope), format, python_finish_rope(self, state, converted));
}

/* One value, which is pushed. */
static bool push_converted(struct python *self, struct python_state *state, struct python_value value, char conversion,
                           const char *format)
{
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    return append_converted(self, state, rope, value, conversion, format) &&
           (python_cannot_go_on(state) || python_push(self, state, python_finish_rope(self, state, rope)));
}

static char conversion_of(int64_t number)
{
    return number >= 0 && number <= 3 ? "\0sra"[number] : '\0';
}

bool python_format_converted(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    return push_converted(self, state, arguments->items[0], conversion_of(arguments->items[1].number),
                          python_text_of(self, arguments->items[2]));
}

/* What has to be made ready first waits. */
static bool convert(struct python *self, struct python_state *state, struct python_value value, int64_t conversion,
                    struct python_value format)
{
    struct python_arguments arguments = {.items = {value, INTEGER(conversion), format}, .count = 3, .positional = 3};
    bool quotes = conversion > 1;
    return python_needs_showing(self, state, value, quotes)
               ? python_show(self, state, PYTHON_BUILTIN_FORMAT_VALUE, 0, quotes, &arguments,
                             self->rules <= PYTHON_GIL32)
               : python_format_converted(self, state, &arguments);
}

bool python_format_value(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    struct python_value value, format = python_string(self, "");
    bool is_flagged = strcmp(instruction->name, "FORMAT_VALUE") == 0;
    bool has_format =
        is_flagged ? (instruction->argument & 4) != 0 : strcmp(instruction->name, "FORMAT_WITH_SPEC") == 0;
    if ((has_format && !python_pop(self, state, &format)) || !python_pop(self, state, &value))
        return false;
    if (format.kind != PYTHON_STRING)
        return python_refuse(self, state,
                             "a format that depends on the threads is not covered (expected a format that is a text)");
    return convert(self, state, value, is_flagged ? instruction->argument & 3 : 0, format);
}

bool python_convert_value(struct python *self, struct python_state *state, int64_t how)
{
    struct python_value value;
    return python_pop(self, state, &value) && convert(self, state, value, how, python_string(self, ""));
}

bool python_call_format(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value format = arguments->count == 2 ? arguments->items[1] : python_string(self, "");
    if (arguments->positional != arguments->count || arguments->count < 1 || arguments->count > 2 ||
        format.kind != PYTHON_STRING)
        return python_refuse(self, state, "format() with such arguments is not covered (expected an f-string)");
    return push_converted(self, state, arguments->items[0], '\0', python_text_of(self, format));
}

/* Where a field of str.format() is read: "{name!r:format}", and how many had no name before it. */
struct fields {
    const struct python_arguments *arguments; /* the text first */
    const char *at;
    uint32_t unnamed;
};

static bool refuse_fields(struct python *self, struct python_state *state)
{
    return python_refuse(
        self, state,
        "this field of format() is not covered (expected {}, {0}, {name}, with !r and a format, and as "
        "many values)");
}

/* The value of a name, a number, or of the next number; ABSENT where there is none. */
static struct python_value find_field(struct python *self, struct fields *fields, const char *name)
{
    char *end;
    if (name[0] != '\0' && !isdigit((unsigned char)name[0]))
        return python_argument(self, fields->arguments, PYTHON_ARGUMENTS_MAX, name);
    uint64_t number = name[0] != '\0' ? strtoull(name, &end, 10) : fields->unnamed++;
    if (name[0] != '\0' && *end != '\0')
        return ABSENT;
    return number + 1 < fields->arguments->positional ? fields->arguments->items[number + 1] : ABSENT;
}

/* Reads characters up to one of some. */
static char *read_until(const char **at, const char *ends)
{
    struct text text = TEXT_INIT;
    size_t length = strcspn(*at, ends);
    text_append(&text, *at, length);
    *at += length;
    return text_take(&text);
}

/* What stands behind ':': fields in it are replaced by integers and texts. Returns NULL where that is not covered. */
static char *read_format(struct python *self, struct python_state *state, struct fields *fields)
{
    struct text text = TEXT_INIT;
    while (*fields->at != '\0' && *fields->at != '}') {
        if (*fields->at != '{') {
            text_append(&text, fields->at++, 1);
            continue;
        }
        fields->at++;
        char *name = read_until(&fields->at, "{}:!");
        struct python_value value = find_field(self, fields, name);
        memory_free(name);
        if (*fields->at != '}' || (value.kind != PYTHON_INT && value.kind != PYTHON_STRING)) {
            refuse_fields(self, state);
            text_free(&text);
            return NULL;
        }
        fields->at++;
        if (value.kind == PYTHON_INT)
            text_print(&text, "%" PRId64, value.number);
        else
            text_print(&text, "%s", python_text_of(self, value));
    }
    return text_take(&text);
}

/* A field behind its '{'. */
static bool append_field(struct python *self, struct python_state *state, struct fields *fields,
                         struct python_value rope)
{
    char conversion = '\0';
    char *name = read_until(&fields->at, "{}:!");
    struct python_value value = find_field(self, fields, name);
    memory_free(name);
    if (fields->at[0] == '!' && fields->at[1] != '\0' && strchr("sra", fields->at[1]) != NULL) {
        conversion = fields->at[1];
        fields->at += 2;
    }
    bool has_format = *fields->at == ':';
    fields->at += has_format;
    char *format = has_format ? read_format(self, state, fields) : memory_copy_string("");
    if (format == NULL)
        return state->refusal != 0;
    bool is_good;
    if (*fields->at != '}' || value.kind == PYTHON_ABSENT)
        is_good = refuse_fields(self, state);
    else
        is_good = append_converted(self, state, rope, value, conversion, format);
    fields->at += *fields->at == '}';
    memory_free(format);
    return is_good;
}

bool python_format_fields(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    if (arguments->items[0].kind != PYTHON_STRING)
        return python_refuse(self, state,
                             "a format that depends on the threads is not covered (expected a format that is a text)");
    struct fields fields = {.arguments = arguments, .at = python_text_of(self, arguments->items[0])};
    while (*fields.at != '\0' && !python_cannot_go_on(state)) {
        bool is_twice = (fields.at[0] == '{' || fields.at[0] == '}') && fields.at[1] == fields.at[0];
        if (fields.at[0] == '}' && !is_twice)
            return refuse_fields(self, state);
        if (fields.at[0] == '{' && !is_twice) {
            fields.at++;
            if (!append_field(self, state, &fields, rope))
                return false;
            continue;
        }
        python_append_plain(self, python_change(self, state, rope), (char[2]){fields.at[0], '\0'});
        fields.at += is_twice ? 2 : 1;
    }
    return python_cannot_go_on(state) || python_push(self, state, python_finish_rope(self, state, rope));
}

/* ---- % ----------------------------------------------------------------------------------------------------------- */

/* A conversion of %, and where it ends; NULL where it is none that is known here. */
static const char *read_conversion(const char *at, struct layout *layout)
{
    *layout = (struct layout){.width = -1, .precision = -1, .align = '>'};
    for (at++; *at != '\0' && strchr("-+ 0#", *at) != NULL; at++) {
        if (*at == '-')
            layout->align = '<', layout->fill = '\0';
        else if (*at == '0' && layout->align != '<')
            layout->align = '=', layout->fill = '0';
        else if (*at == '+' || (*at == ' ' && layout->sign == '\0'))
            layout->sign = *at;
        else if (*at == '#')
            layout->alternate = true;
    }
    at = read_number(at, &layout->width);
    if (*at == '.') {
        at = read_number(at + 1, &layout->precision);
        layout->precision = layout->precision < 0 ? 0 : layout->precision;
    }
    layout->type = *at;
    return *at != '\0' && strchr("sdirxXouf%", *at) != NULL && layout->width < WIDTH_MAX &&
                   layout->precision < WIDTH_MAX
               ? at + 1
               : NULL;
}

/* %s and %r: what is a text then, filled up by blanks. */
static bool append_as_text(struct python *self, struct python_state *state, struct python_value rope,
                           struct layout *layout, struct python_value value)
{
    struct python_value text = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    if (!python_append_text(self, state, python_change(self, state, text), value, layout->type == 'r'))
        return false;
    text = python_finish_rope(self, state, text);
    layout->type = 's';
    layout->align = layout->align == '<' ? '<' : '>';
    layout->fill = '\0';
    layout->sign = '\0';
    layout->alternate = false;
    if (text.kind != PYTHON_STRING)
        return set_rope(self, state, python_change(self, state, rope), layout, "%s", text);
    set_text(self, python_change(self, state, rope), layout, python_text_of(self, text), '>');
    return true;
}

static bool append_conversion(struct python *self, struct python_state *state, struct python_value rope,
                              struct layout *layout, struct python_value value)
{
    struct python_object *object = python_change(self, state, rope);
    char format[3] = {'%', layout->type, '\0'};
    if (layout->type == 's' || layout->type == 'r')
        return append_as_text(self, state, rope, layout, value);
    if (layout->type == 'f' && value.kind == PYTHON_FLOAT) {
        set_fraction(self, object, layout, strtod(python_text_of(self, value), NULL));
        return true;
    }
    if (!python_is_integer(value))
        return python_refuse(self, state, "%s is for integers, not for %s", format, python_what(self, state, value));
    layout->type = layout->type == 'i' || layout->type == 'u' ? 'd' : layout->type;
    if (value.kind == PYTHON_DYNAMIC)
        return set_dynamic(self, state, object, layout, format, value, '>');
    /* With a precision it is so many digits; octal numbers of 2.7 begin with one 0 only. */
    if (layout->type != 'f' && layout->alternate && layout->type == 'o' && self->dump->version < 300)
        return refuse_format(self, state, format);
    if (layout->type == 'f')
        return set_known_integer(self, state, object, layout, format, value);
    set_integer(self, object, layout, value.number);
    return true;
}

bool python_format_listed(struct python *self, struct python_state *state, const struct python_arguments *arguments)
{
    struct python_value values = python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE),
                                            arguments->items + 1, arguments->count - 1);
    return python_format(self, state, arguments->items[0], values);
}

/* Values that have to be made ready first wait. */
static bool show_values(struct python *self, struct python_state *state, const struct python_value format,
                        struct python_value values, bool *is_done)
{
    struct python_arguments arguments = {.items = {format, values}, .count = 2, .positional = 2};
    uint32_t used = 1;
    *is_done = false;
    if (python_is(state, values, PYTHON_TUPLE) && python_object(state, values)->count < PYTHON_ARGUMENTS_MAX) {
        arguments.count = arguments.positional = 1 + python_object(state, values)->count;
        for (uint32_t i = 0; i + 1 < arguments.count; i++)
            arguments.items[i + 1] = python_object(state, values)->items[i];
    }
    for (const char *at = python_text_of(self, format), *end; *at != '\0'; at = end) {
        struct layout layout;
        end = *at == '%' ? read_conversion(at, &layout) : at + 1;
        if (end == NULL || used >= arguments.count)
            return true;
        if (*at != '%' || layout.type == '%')
            continue;
        bool quotes = layout.type == 'r';
        if ((quotes || layout.type == 's') && python_needs_showing(self, state, arguments.items[used], quotes)) {
            *is_done = true;
            return python_show(self, state, PYTHON_BUILTIN_FORMAT_ALL, used, quotes, &arguments,
                               self->rules <= PYTHON_GIL32);
        }
        used++;
    }
    return true;
}

/* From 3.15 on it says how many there are. required: -1 where that is not said. */
static bool throw_count(struct python *self, struct python_state *state, const char *words, int64_t required,
                        uint32_t count)
{
    if (self->dump->version < 315)
        return python_throw(self, state, PYTHON_BUILTIN_TYPE_ERROR, words);
    if (required < 0)
        return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR, "%s (got %" PRIu32 ")", words, count);
    return python_throw_words(self, state, PYTHON_BUILTIN_TYPE_ERROR, "%s (required %" PRId64 ", got %" PRIu32 ")",
                              words, required, count);
}

bool python_format(struct python *self, struct python_state *state, struct python_value format,
                   struct python_value values)
{
    bool is_tuple = python_is(state, values, PYTHON_TUPLE), is_done;
    uint32_t count = is_tuple ? python_object(state, values)->count : 1, used = 0;
    struct python_value rope = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    if (format.kind != PYTHON_STRING)
        return python_refuse(self, state,
                             "a format that depends on the threads is not covered (expected a format that is a text)");
    if (!show_values(self, state, format, values, &is_done) || is_done)
        return !self->error->set;
    for (const char *at = python_text_of(self, format); *at != '\0' && !python_cannot_go_on(state);) {
        struct layout layout;
        const char *end = *at == '%' ? read_conversion(at, &layout) : at + 1;
        if (end == NULL)
            return python_refuse(
                self, state, "this conversion is not covered (expected %%s, %%r, %%d, %%x, %%o or %%f, with a width)");
        if (*at != '%' || layout.type == '%')
            python_append_plain(self, python_change(self, state, rope), (char[2]){*at, '\0'});
        else if (used == count)
            return throw_count(self, state, "not enough arguments for format string", -1, count);
        else if (!append_conversion(self, state, rope, &layout,
                                    is_tuple ? python_object(state, values)->items[used++] : (used++, values)))
            return false;
        at = end;
    }
    if (!python_cannot_go_on(state) && used != count)
        return throw_count(self, state, "not all arguments converted during string formatting", used, count);
    return python_cannot_go_on(state) || python_push(self, state, python_finish_rope(self, state, rope));
}
