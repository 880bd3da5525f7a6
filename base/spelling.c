#include "base/spelling.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    WORD_MAX = 32,       /* a longer word is nobody's mistyped one */
    BEGINNING_LEAST = 3, /* fewer letters are the beginning of too many words */
    CANDIDATE_SHOWN = 60
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Another digit is another number, and not mistyped. */
static size_t exchange(char here, char there)
{
    return here == there ? 0 : is_digit(here) && is_digit(there) ? WORD_MAX : 1;
}

/* Optimal string alignment (Damerau, A technique for computer detection and correction of spelling errors, 1964): letters that are
 * inserted, left out, exchanged, and neighbours that have changed places. */
static size_t distance(const char *word, size_t length, const char *candidate, size_t candidate_length)
{
    size_t table[WORD_MAX + 1][WORD_MAX + 1];
    for (size_t i = 0; i <= length; i++)
        table[i][0] = i;
    for (size_t j = 0; j <= candidate_length; j++)
        table[0][j] = j;
    for (size_t i = 1; i <= length; i++)
        for (size_t j = 1; j <= candidate_length; j++) {
            char here = lower(word[i - 1]), there = lower(candidate[j - 1]);
            size_t exchanged = table[i - 1][j - 1] + exchange(here, there);
            table[i][j] = least(exchanged, 1 + least(table[i - 1][j], table[i][j - 1]));
            if (i > 1 && j > 1 && here == lower(candidate[j - 2]) && lower(word[i - 2]) == there)
                table[i][j] = least(table[i][j], 1 + table[i - 2][j - 2]);
        }
    return table[length][candidate_length];
}

/* How many letters can be wrong. What is a number in part is rarely mistyped in two places. */
static size_t farthest(const char *word, size_t length)
{
    bool has_digit = false;
    for (size_t i = 0; i < length; i++)
        has_digit |= is_digit(word[i]);
    return length > 4 && !has_digit ? 2 : 1;
}

/* Whether the word stands at a place of a candidate. */
static bool stands_at(const struct spelling *self, struct spelling_word candidate, size_t at)
{
    if (candidate.length - at < self->length)
        return false;
    for (size_t i = 0; i < self->length; i++)
        if (lower(candidate.bytes[at + i]) != lower(self->word[i]))
            return false;
    return true;
}

/* Whether the word is what the candidate begins with, or what stands in it before, behind or between hyphens. */
static bool is_part(const struct spelling *self, struct spelling_word candidate)
{
    if (self->length < BEGINNING_LEAST)
        return false;
    if (stands_at(self, candidate, 0))
        return true;
    for (size_t at = 1; at < candidate.length; at++) {
        size_t end = at + self->length;
        if (candidate.bytes[at - 1] == '-' && stands_at(self, candidate, at) &&
            (end == candidate.length || candidate.bytes[end] == '-'))
            return true;
    }
    return false;
}

/* How far a candidate is from the word; more than farthest() where it is not close. */
static size_t measure(const struct spelling *self, struct spelling_word candidate)
{
    size_t most = farthest(self->word, self->length);
    if (self->length > WORD_MAX || candidate.length > WORD_MAX)
        return most + 1;
    size_t found = distance(self->word, self->length, candidate.bytes, candidate.length);
    if (found > most && is_part(self, candidate))
        return most;
    return found < self->length ? found : most + 1; /* not a letter of it is left */
}

struct spelling spelling_start(const char *word, size_t length)
{
    return (struct spelling){.word = word, .length = length, .before = "", .distance = farthest(word, length)};
}

static bool is_among(const struct spelling_word *words, size_t count, size_t most, struct spelling_word word)
{
    for (size_t w = 0; w < count && w < most; w++)
        if (words[w].length == word.length && memcmp(words[w].bytes, word.bytes, word.length) == 0)
            return true;
    return false;
}

static void suspect(struct spelling *self, struct spelling_word candidate)
{
    size_t found = measure(self, candidate);
    if (found > self->distance || is_among(self->nearest, self->nearest_count, 2, candidate))
        return;
    self->nearest_count = found < self->distance ? 0 : self->nearest_count;
    self->distance = found;
    if (self->nearest_count < 2)
        self->nearest[self->nearest_count] = candidate;
    self->nearest_count++;
}

void spelling_consider_part(struct spelling *self, const char *candidate, size_t length)
{
    struct spelling_word word = {candidate, length};
    if (is_among(self->listed, self->count, SPELLING_LISTED, word))
        return;
    if (self->count < SPELLING_LISTED)
        self->listed[self->count] = word;
    self->count++;
    suspect(self, word);
}

void spelling_consider(struct spelling *self, const char *candidate)
{
    spelling_consider_part(self, candidate, strlen(candidate));
}

void spelling_suspect(struct spelling *self, const char *candidate)
{
    suspect(self, (struct spelling_word){candidate, strlen(candidate)});
}

void spelling_decide(struct spelling *self, const char *candidate)
{
    self->nearest[0] = (struct spelling_word){candidate, strlen(candidate)};
    self->nearest_count = 1;
    self->distance = 0;
}

/* ---- Telling --------------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void append(struct spelling *self, const char *format, ...)
{
    size_t length = strlen(self->words);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(self->words + length, sizeof self->words - length, format, arguments);
    va_end(arguments);
}

static void append_word(struct spelling *self, const char *joint, struct spelling_word word, const char *behind)
{
    int shown = (int)least(word.length, CANDIDATE_SHOWN);
    append(self, "%s%s%.*s%s", joint, self->before, shown, word.bytes, behind);
}

static void append_hint(struct spelling *self)
{
    if (self->nearest_count == 0 || self->nearest_count > 2)
        return;
    append_word(self, "; did you mean '", self->nearest[0], "'");
    if (self->nearest_count == 2)
        append_word(self, " or '", self->nearest[1], "'");
    append(self, "?");
}

const char *spelling_hint(struct spelling *self)
{
    self->words[0] = '\0';
    append_hint(self);
    return self->words;
}

/* How many candidates fit into what is told, with "..." and the bracket behind them. */
static size_t count_shown(const struct spelling *self)
{
    size_t shown = 0, room = sizeof self->words - strlen(self->words) - strlen(" (expected , ... or )");
    for (; shown < self->count && shown < SPELLING_LISTED; shown++) {
        size_t length = strlen(self->before) + least(self->listed[shown].length, CANDIDATE_SHOWN) + strlen(", ");
        if (length > room)
            break;
        room -= length;
    }
    return shown;
}

static void append_list(struct spelling *self)
{
    size_t shown = count_shown(self);
    for (size_t c = 0; c < shown; c++)
        append_word(self, c == 0 ? " (expected " : c + 1 == self->count ? " or " : ", ", self->listed[c], "");
    if (shown > 0)
        append(self, "%s)", shown < self->count ? ", ..." : "");
}

const char *spelling_list(struct spelling *self)
{
    self->words[0] = '\0';
    append_list(self);
    return self->words;
}

const char *spelling_advice(struct spelling *self)
{
    if (spelling_hint(self)[0] == '\0' || self->count > 1)
        append_list(self);
    return self->words;
}

const char *spelling_hint_or_list(struct spelling *self)
{
    return spelling_hint(self)[0] != '\0' ? self->words : spelling_list(self);
}
