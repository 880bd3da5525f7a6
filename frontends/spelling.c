#include "frontends/spelling.h"

#include <string.h>

enum { WORD_MAX = 16 }; /* a longer word is nobody's mistyped mnemonic */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Levenshtein's distance by the table of Wagner and Fischer, one row at a time. */
static size_t distance(const char *word, size_t length, const char *candidate, size_t candidate_length)
{
    size_t row[WORD_MAX + 1];
    for (size_t i = 0; i <= length; i++)
        row[i] = i;
    for (size_t j = 0; j < candidate_length; j++) {
        size_t diagonal = row[0];
        row[0] = j + 1;
        for (size_t i = 0; i < length; i++) {
            size_t exchanged = diagonal + (lower(word[i]) != candidate[j]);
            diagonal = row[i + 1];
            row[i + 1] = least(exchanged, 1 + least(row[i], row[i + 1]));
        }
    }
    return row[length];
}

struct spelling spelling_start(const char *word, size_t length)
{
    size_t farthest = length > 4 ? 2 : 1;
    return (struct spelling){word, length, NULL, farthest + 1};
}

void spelling_consider(struct spelling *self, const char *candidate)
{
    size_t candidate_length = strlen(candidate);
    if (self->length > WORD_MAX || candidate_length > WORD_MAX)
        return;
    size_t found = distance(self->word, self->length, candidate, candidate_length);
    if (found < self->distance && found < self->length) {
        self->nearest = candidate;
        self->distance = found;
    }
}
