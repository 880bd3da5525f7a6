/* answer_numbers: numbers and lists of them in the words of a student (course/answer.h). */
#include "base/memory.h"
#include "base/text.h"
#include "course/answer.h"
#include "course/substring.h"

#include <string.h>
#include <strings.h>

/* The bytes of the sign that a number begins with: +, -, or the minus that word processors write (U+2212). */
static size_t sign_length(struct substring word, bool *is_negative)
{
    static const char minus[] = "\xE2\x88\x92";
    size_t length = strlen(minus);
    *is_negative = word.length >= length && memcmp(word.bytes, minus, length) == 0;
    if (*is_negative)
        return length;
    *is_negative = word.length > 0 && word.bytes[0] == '-';
    return *is_negative || (word.length > 0 && word.bytes[0] == '+') ? 1 : 0;
}

/* Takes a number from the start of a word; false where there is none, or one beyond 64 bits. */
static bool take_number(struct substring *word, int64_t *number)
{
    bool is_negative;
    size_t i = sign_length(*word, &is_negative), first = i;
    int64_t value = 0;
    for (; i < word->length && substring_is_digit(word->bytes[i]); i++) {
        int digit = word->bytes[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, is_negative ? -digit : digit, &value))
            return false;
    }
    *word = substring_behind(*word, i);
    *number = value;
    return i > first;
}

/* Reads "5" or "5..8". */
static bool read_range(struct substring word, int64_t *first, int64_t *last)
{
    if (!take_number(&word, first))
        return false;
    *last = *first;
    if (word.length == 0)
        return true;
    if (word.length < 3 || memcmp(word.bytes, "..", 2) != 0)
        return false;
    word = substring_behind(word, 2);
    return take_number(&word, last) && word.length == 0 && *first <= *last;
}

/* A set may stand in braces, as in mathematics. */
static struct substring without_braces(struct substring list)
{
    bool is_set = list.length >= 2 && list.bytes[0] == '{' && list.bytes[list.length - 1] == '}';
    return is_set ? (struct substring){list.bytes + 1, list.length - 2} : list;
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

/* An output alone needs no quotation marks. Takes the text. */
static bool add_end(struct answer *self, char *written, struct error *error)
{
    static const char output[] = "output";
    bool is_bare = strcmp(self->observed, output) == 0 && written[0] != '"' && strncmp(written, "output=", 7) != 0;
    struct answer_end end = {.text = written};
    struct text text = TEXT_INIT;
    text_print(&text, "%s%s%s", is_bare ? output : "", is_bare ? "=" : "", written);
    bool is_good = observed_end_read(&end.end, text_string(&text), self->observed, error);
    text_free(&text);
    self->ends = memory_grow(self->ends, self->end_count, &self->end_capacity, sizeof *self->ends);
    self->ends[self->end_count++] = end;
    return is_good;
}

/* The length of the first end: up to a blank, or, of single members, a comma, outside of quotation marks. Behind a comma another member
 * comes. */
static size_t end_length(struct substring rest, bool is_single)
{
    bool is_quoted = false;
    size_t i = 0;
    for (; i < rest.length; i++) {
        char byte = rest.bytes[i];
        if (is_quoted && byte == '\\' && i + 1 < rest.length)
            i++;
        else if (byte == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && (byte == ';' || (is_single && byte == ',')))
            break;
        else if (!is_quoted && strchr(" \t\n", byte) != NULL && rest.bytes[i - 1] != ',')
            break;
    }
    return i;
}

static bool read_ends(struct answer *self, struct substring rest, struct error *error)
{
    bool is_single = strchr(self->observed, ',') == NULL, is_good = true;
    for (;;) {
        size_t skipped = 0;
        while (skipped < rest.length && strchr(" \t\n,;", rest.bytes[skipped]) != NULL)
            skipped++;
        rest = substring_behind(rest, skipped);
        if (rest.length == 0 || !is_good || self->end_count == ANSWER_RANGES_MAX)
            break;
        struct text end = TEXT_INIT;
        size_t length = end_length(rest, is_single);
        text_append(&end, rest.bytes, length);
        rest = substring_behind(rest, length);
        is_good = add_end(self, text_take(&end), error);
    }
    if (is_good && self->end_count == ANSWER_RANGES_MAX)
        return error_set(error, NULL, 0, 0, "the list is too long (expected at most %d)", ANSWER_RANGES_MAX);
    return is_good && (self->end_count > 0 || error_set(error, NULL, 0, 0, "a list of outcomes is missing"));
}

bool answer_read_values(struct answer *self, struct substring value, struct error *error)
{
    if (self->observed != NULL)
        return read_ends(self, without_braces(value), error);
    struct substring rest = without_braces(value), word;
    size_t count = 0;
    for (; substring_next(&rest, &word); count++) {
        int64_t first, last;
        if (count == ANSWER_RANGES_MAX || !read_range(word, &first, &last))
            return error_set(error, NULL, 0, 0,
                             "'%.*s' is no number or range (expected a list such as '2 3 5..8', of at most %d)",
                             substring_shown(word), word.bytes, ANSWER_RANGES_MAX);
        intervals_add(&self->numbers, first, last);
    }
    return count > 0 ||
           error_set(error, NULL, 0, 0, "a list of numbers is missing (expected something such as '2 3 5..8')");
}

bool answer_read_quanta(struct answer *self, struct substring value, struct error *error)
{
    struct substring list = without_braces(value);
    bool is_none = list.length == 4 && strncasecmp(list.bytes, "none", 4) == 0;
    return is_none || answer_read_values(self, value, error);
}

bool answer_read_count(struct answer *self, struct substring value, struct error *error)
{
    size_t sign = value.bytes[0] == '+', digits = strspn(value.bytes + sign, "0123456789");
    if (digits > 0 && sign + digits == value.length && digits <= ANSWER_DIGITS_MAX)
        return mpz_set_str(self->count, value.bytes + sign, 10) == 0;
    if (value.length == 0)
        return error_set(error, NULL, 0, 0, "a number of schedules is missing (expected a whole number)");
    return error_set(error, NULL, 0, 0,
                     "'%.*s' is no number of schedules (expected a whole number of at most %d digits)",
                     substring_shown(value), value.bytes, ANSWER_DIGITS_MAX);
}

bool answer_read_value(struct answer *self, struct substring value, struct error *error)
{
    struct substring rest = value;
    if (take_number(&rest, &self->value) && rest.length == 0)
        return true;
    if (value.length == 0)
        return error_set(error, NULL, 0, 0, "a number is missing (expected a whole number)");
    return error_set(error, NULL, 0, 0, "'%.*s' is no number (expected a whole number)", substring_shown(value),
                     value.bytes);
}
