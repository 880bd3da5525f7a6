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

struct span span_rest(struct span self, size_t skipped)
{
    return (struct span){self.text + skipped, self.length - skipped};
}

struct span span_take(struct span *rest, char separator)
{
    const char *end = rest->length == 0 ? NULL : memchr(rest->text, separator, rest->length);
    struct span taken = {rest->text, end == NULL ? rest->length : (size_t)(end - rest->text)};
    *rest = span_rest(*rest, end == NULL ? taken.length : taken.length + 1);
    return taken;
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

int64_t span_expect_number(struct span self, int64_t least, int64_t most, size_t line)
{
    int64_t number;
    if (!span_read_number(self, &number) || number < least || number > most)
        verdict_malformed(line, "this is no certificate: expected a number in the range for its place, not '%.*s'",
                          self.length < 40 ? (int)self.length : 40, self.text);
    return number;
}
