/* answer_numbers: numbers and lists of them in the words of a student (course/answer.h). */
#include "course/answer.h"
#include "course/word.h"

#include <string.h>
#include <strings.h>

/* The bytes of the sign that a number begins with: +, -, or the minus that word processors write (U+2212). */
static size_t sign_length(struct word word, bool *is_negative)
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
static bool take_number(struct word *word, int64_t *number)
{
    bool is_negative;
    size_t i = sign_length(*word, &is_negative), first = i;
    int64_t value = 0;
    for (; i < word->length && word_is_digit(word->bytes[i]); i++) {
        int digit = word->bytes[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, is_negative ? -digit : digit, &value))
            return false;
    }
    *word = word_behind(*word, i);
    *number = value;
    return i > first;
}

/* Reads "5" or "5..8". */
static bool read_range(struct word word, int64_t *first, int64_t *last)
{
    if (!take_number(&word, first))
        return false;
    *last = *first;
    if (word.length == 0)
        return true;
    if (word.length < 3 || memcmp(word.bytes, "..", 2) != 0)
        return false;
    word = word_behind(word, 2);
    return take_number(&word, last) && word.length == 0 && *first <= *last;
}

/* A set may stand in braces, as in mathematics. */
static struct word without_braces(struct word list)
{
    bool is_set = list.length >= 2 && list.bytes[0] == '{' && list.bytes[list.length - 1] == '}';
    return is_set ? (struct word){list.bytes + 1, list.length - 2} : list;
}

bool answer_read_ranges(const char *text, size_t length, bool may_be_none, struct intervals *numbers,
                        struct error *error)
{
    struct word rest = without_braces((struct word){text, length}), word;
    size_t count = 0;
    if (may_be_none && rest.length == 4 && strncasecmp(rest.bytes, "none", 4) == 0)
        return true;
    for (; word_next(&rest, &word); count++) {
        int64_t first, last;
        if (count == ANSWER_RANGES_MAX || !read_range(word, &first, &last))
            return error_set(error, NULL, 0, 0,
                             "'%.*s' is no number or range (expected a list such as '2 3 5..8', of at most %d)",
                             word_shown(word), word.bytes, ANSWER_RANGES_MAX);
        intervals_add(numbers, first, last);
    }
    if (count == 0)
        error_set(error, NULL, 0, 0, "a list of numbers is missing (expected something such as '2 3 5..8')");
    return count > 0;
}

bool answer_read_count(const char *text, size_t length, mpz_t count, struct error *error)
{
    size_t sign = text[0] == '+', digits = strspn(text + sign, "0123456789");
    if (digits > 0 && sign + digits == length && digits <= ANSWER_DIGITS_MAX)
        return mpz_set_str(count, text + sign, 10) == 0;
    if (length == 0)
        return error_set(error, NULL, 0, 0, "a number of schedules is missing (expected a whole number)");
    return error_set(error, NULL, 0, 0,
                     "'%.*s' is no number of schedules (expected a whole number of at most %d digits)",
                     word_shown((struct word){text, length}), text, ANSWER_DIGITS_MAX);
}

bool answer_read_value(const char *text, size_t length, int64_t *value, struct error *error)
{
    struct word word = {text, length};
    if (take_number(&word, value) && word.length == 0)
        return true;
    if (length == 0)
        return error_set(error, NULL, 0, 0, "a number is missing (expected a whole number)");
    return error_set(error, NULL, 0, 0, "'%.*s' is no number (expected a whole number)",
                     word_shown((struct word){text, length}), text);
}
