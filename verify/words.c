#include "verify/words.h"

#include "verify/verdict.h"

#include <string.h>

bool span_starts_with(struct span self, const char *prefix)
{
    return self.length >= strlen(prefix) && memcmp(self.text, prefix, strlen(prefix)) == 0;
}

bool span_is(struct span self, const char *word)
{
    return self.length == strlen(word) && span_starts_with(self, word);
}

bool span_equals(struct span self, struct span other)
{
    return self.length == other.length && memcmp(self.text, other.text, self.length) == 0;
}

struct span span_rest(struct span self, size_t skipped)
{
    return (struct span){self.text + skipped, self.length - skipped};
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

struct span span_trim(struct span self)
{
    while (self.length > 0 && is_blank(self.text[0]))
        self = span_rest(self, 1);
    while (self.length > 0 && is_blank(self.text[self.length - 1]))
        self.length--;
    return self;
}

struct span span_take(struct span *rest, char separator)
{
    const char *end = rest->length == 0 ? NULL : memchr(rest->text, separator, rest->length);
    struct span taken = {rest->text, end == NULL ? rest->length : (size_t)(end - rest->text)};
    *rest = span_rest(*rest, end == NULL ? taken.length : taken.length + 1);
    return taken;
}

int span_shown(struct span self)
{
    return self.length < 60 ? (int)self.length : 60;
}

bool span_read_number(struct span self, int64_t *number)
{
    bool is_negative = self.length > 0 && self.text[0] == '-';
    struct span digits = span_rest(self, is_negative);
    uint64_t value = 0;
    if (digits.length == 0 || digits.length > 19 || (digits.text[0] == '0' && self.length > 1))
        return false;
    for (size_t i = 0; i < digits.length; i++) {
        if (digits.text[i] < '0' || digits.text[i] > '9')
            return false;
        value = 10 * value + (uint64_t)(digits.text[i] - '0');
    }
    if (value > (uint64_t)INT64_MAX + is_negative)
        return false;
    *number = is_negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

int64_t span_expect_number(struct span self, int64_t least, int64_t most)
{
    int64_t number;
    if (!span_read_number(self, &number) || number < least || number > most)
        verdict_malformed(self.text,
                          "this is not a certificate: expected a number in the range for its place, not '%.*s'",
                          span_shown(self), self.text);
    return number;
}

/* ---- Escapes --------------------------------------------------------------------------------------------------- */

static bool is_plain(char byte)
{
    return byte == '\t' || (byte >= ' ' && byte <= '~' && byte != '\\');
}

static unsigned hexadecimal(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = digit == '\0' ? NULL : strchr(digits, digit);
    return at == NULL ? 16 : (unsigned)(at - digits);
}

/* Reads one byte and returns how many of the text it takes; 0 where there is none. */
static size_t unescape(struct span self, char *byte)
{
    *byte = self.text[0];
    if (is_plain(*byte))
        return 1;
    if (span_starts_with(self, "\\\\"))
        return 2;
    if (self.length < 4 || !span_starts_with(self, "\\x"))
        return 0;
    unsigned high = hexadecimal(self.text[2]), low = hexadecimal(self.text[3]);
    *byte = (char)(unsigned char)(16 * high + low);
    return high < 16 && low < 16 && !is_plain(*byte) && strchr("\\\n", *byte) == NULL ? 4 : 0;
}

void span_expect_escaped(struct span self)
{
    char byte;
    for (size_t taken; self.length > 0; self = span_rest(self, taken))
        if ((taken = unescape(self, &byte)) == 0)
            verdict_malformed(self.text,
                              "this is not a certificate: expected a byte as it is, or as \\\\ or \\xHH, and no "
                              "line feed and no NUL within a line");
}

char span_take_escaped(struct span *self)
{
    char byte;
    *self = span_rest(*self, unescape(*self, &byte));
    return byte;
}
