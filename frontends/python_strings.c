/* Methods of texts that are known, chr() and ord(). */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

static bool push_text(struct python *self, struct python_state *state, const char *bytes, size_t length)
{
    return python_push(self, state, (struct python_value){PYTHON_STRING, python_intern(self, bytes, length)});
}

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if (!isascii((unsigned char)*text))
            return false;
    return true;
}

/* A method's arguments: the text, and others that are texts or numbers as the letters say: "s" a text, "n" a number, in capitals where it may be
 * left out. */
static bool have_form(const struct python *self, const struct python_arguments *arguments, const char *form)
{
    uint32_t count = (uint32_t)strlen(form);
    if (arguments->count != arguments->positional || arguments->count > count + 1 ||
        arguments->items[0].kind != PYTHON_STRING || !is_plain(python_text_of(self, arguments->items[0])))
        return false;
    for (uint32_t a = 0; a < count; a++) {
        bool is_given = a + 1 < arguments->count;
        struct python_value value = is_given ? arguments->items[a + 1] : ABSENT;
        enum python_kind kind = tolower((unsigned char)form[a]) == 's' ? PYTHON_STRING : PYTHON_INT;
        if (is_given ? value.kind != kind : islower((unsigned char)form[a]) != 0)
            return false;
        if (value.kind == PYTHON_STRING && !is_plain(python_text_of(self, value)))
            return false;
    }
    return true;
}

static bool refuse_text(struct python *self, struct python_state *state, enum python_builtin method)
{
    return python_refuse(self, state,
                         "%s() of a text that depends on the threads, of other letters than ASCII, or with other "
                         "arguments than known ones, is not covered",
                         python_builtins[method].name);
}

static const char blanks[] = " \t\n\r\v\f";

static bool strip(struct python *self, struct python_state *state, const char *text, const char *letters, bool left,
                  bool right)
{
    const char *end = text + strlen(text);
    while (left && *text != '\0' && strchr(letters, *text) != NULL)
        text++;
    while (right && end > text && strchr(letters, end[-1]) != NULL)
        end--;
    return push_text(self, state, text, (size_t)(end - text));
}

static bool split(struct python *self, struct python_state *state, const char *text, const char *separator)
{
    struct python_value list = python_new(self, state, PYTHON_LIST, BUILTIN(PYTHON_BUILTIN_LIST), NULL, 0);
    size_t width = separator != NULL ? strlen(separator) : 0;
    if (separator != NULL && width == 0)
        return python_throw(self, state, PYTHON_BUILTIN_VALUE_ERROR, "empty separator");
    while (separator != NULL || *(text += strspn(text, blanks)) != '\0') {
        const char *found = separator != NULL ? strstr(text, separator) : text + strcspn(text, blanks);
        size_t length = found != NULL ? (size_t)(found - text) : strlen(text);
        python_append(self, python_change(self, state, list),
                      (struct python_value){PYTHON_STRING, python_intern(self, text, length)});
        if (found == NULL)
            break;
        text = found + width;
    }
    return python_push(self, state, list);
}

static bool replace(struct python *self, struct python_state *state, const char *text, const char *old, const char *new)
{
    struct text changed = TEXT_INIT;
    for (const char *found; *old != '\0' && (found = strstr(text, old)) != NULL; text = found + strlen(old)) {
        text_append(&changed, text, (size_t)(found - text));
        text_append(&changed, new, strlen(new));
    }
    text_append(&changed, text, strlen(text));
    bool is_good = push_text(self, state, text_string(&changed), changed.length);
    text_free(&changed);
    return is_good;
}

static bool fill(struct python *self, struct python_state *state, const char *text, int64_t width, char filler,
                 int64_t left)
{
    enum { WIDTH_MAX = 1000 };
    struct text filled = TEXT_INIT;
    int64_t length = (int64_t)strlen(text), missing = width > length ? width - length : 0;
    bool has_sign = filler == '0' && (text[0] == '-' || text[0] == '+');
    if (missing > WIDTH_MAX)
        return python_refuse(self, state, "a text wider than %d is not filled up here", WIDTH_MAX);
    text_append(&filled, text, has_sign);
    for (int64_t n = 0; n < missing && n < left; n++)
        text_append(&filled, &filler, 1);
    text_append(&filled, text + has_sign, (size_t)length - has_sign);
    for (int64_t n = left; n < missing; n++)
        text_append(&filled, &filler, 1);
    bool is_good = push_text(self, state, text_string(&filled), filled.length);
    text_free(&filled);
    return is_good;
}

static bool is_digits(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && strspn(text, "0123456789") == length;
}

static int64_t count_in(const char *text, const char *wanted)
{
    int64_t count = 0;
    for (const char *at = strstr(text, wanted); at != NULL && *wanted != '\0'; at = strstr(at + strlen(wanted), wanted))
        count++;
    return *wanted != '\0' ? count : (int64_t)strlen(text) + 1;
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
    size_t length = strlen(text), width = strlen(with);
    return length >= width && strcmp(text + length - width, with) == 0;
}

/* As str.center() has it: of an odd number of blanks the one more stands on the left where the width is odd, too. */
static int64_t left_of(int64_t length, int64_t width)
{
    int64_t missing = width > length ? width - length : 0;
    return missing / 2 + (missing & width & 1);
}

static const char *form_of(enum python_builtin method)
{
    switch (method) {
    case PYTHON_BUILTIN_STR_STRIP:
    case PYTHON_BUILTIN_STR_LSTRIP:
    case PYTHON_BUILTIN_STR_RSTRIP:
    case PYTHON_BUILTIN_STR_SPLIT:
        return "S";
    case PYTHON_BUILTIN_STR_REPLACE:
        return "ss";
    case PYTHON_BUILTIN_STR_LJUST:
    case PYTHON_BUILTIN_STR_RJUST:
    case PYTHON_BUILTIN_STR_CENTER:
        return "nS";
    case PYTHON_BUILTIN_STR_ZFILL:
        return "n";
    case PYTHON_BUILTIN_STR_IS_DIGIT:
        return "";
    default:
        return "s";
    }
}

bool python_call_text(struct python *self, struct python_state *state, enum python_builtin method,
                      const struct python_arguments *arguments)
{
    if (!have_form(self, arguments, form_of(method)))
        return refuse_text(self, state, method);
    const char *text = python_text_of(self, arguments->items[0]);
    const char *first = arguments->count > 1 && arguments->items[1].kind == PYTHON_STRING
                            ? python_text_of(self, arguments->items[1])
                            : NULL;
    const char *second = arguments->count > 2 ? python_text_of(self, arguments->items[2]) : NULL;
    int64_t width = arguments->count > 1 ? arguments->items[1].number : 0, length = (int64_t)strlen(text);
    char filler = second != NULL ? second[0] : ' ';
    const char *found = first != NULL ? strstr(text, first) : NULL;
    switch (method) {
    case PYTHON_BUILTIN_STR_STRIP:
    case PYTHON_BUILTIN_STR_LSTRIP:
    case PYTHON_BUILTIN_STR_RSTRIP:
        return strip(self, state, text, first != NULL ? first : blanks, method != PYTHON_BUILTIN_STR_RSTRIP,
                     method != PYTHON_BUILTIN_STR_LSTRIP);
    case PYTHON_BUILTIN_STR_SPLIT:
        return split(self, state, text, first);
    case PYTHON_BUILTIN_STR_REPLACE:
        return *first == '\0' ? refuse_text(self, state, method) : replace(self, state, text, first, second);
    case PYTHON_BUILTIN_STR_STARTS_WITH:
        return python_push(self, state, BOOL(starts(text, first)));
    case PYTHON_BUILTIN_STR_ENDS_WITH:
        return python_push(self, state, BOOL(ends(text, first)));
    case PYTHON_BUILTIN_STR_FIND:
        return python_push(self, state, INTEGER(found != NULL ? found - text : -1));
    case PYTHON_BUILTIN_STR_COUNT:
        return python_push(self, state, INTEGER(count_in(text, first)));
    case PYTHON_BUILTIN_STR_IS_DIGIT:
        return python_push(self, state, BOOL(is_digits(text)));
    case PYTHON_BUILTIN_STR_LJUST:
        return fill(self, state, text, width, filler, 0);
    case PYTHON_BUILTIN_STR_RJUST:
        return fill(self, state, text, width, filler, INT64_MAX);
    case PYTHON_BUILTIN_STR_CENTER:
        return fill(self, state, text, width, filler, left_of(length, width));
    default:
        return fill(self, state, text, width, '0', INT64_MAX);
    }
}

bool python_chr(struct python *self, struct python_state *state, struct python_value number)
{
    char letter = (char)number.number;
    if (number.kind != PYTHON_INT || number.number < 1 || number.number > 127)
        return python_refuse(self, state, "chr() of this is not covered (expected a known number from 1 to 127)");
    return push_text(self, state, &letter, 1);
}

bool python_ord(struct python *self, struct python_state *state, struct python_value text)
{
    const char *letter = text.kind == PYTHON_STRING ? python_text_of(self, text) : "";
    if (strlen(letter) != 1 || !is_plain(letter))
        return python_refuse(self, state, "ord() of this is not covered (expected one letter of ASCII)");
    return python_push(self, state, INTEGER(letter[0]));
}
