#include "base/spelling.h"

#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 32 }; /* a longer word is nobody's mistyped one */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
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
            char here = lower(word[i - 1]), there = candidate[j - 1];
            size_t exchanged = table[i - 1][j - 1] + (here != there);
            table[i][j] = least(exchanged, 1 + least(table[i - 1][j], table[i][j - 1]));
            if (i > 1 && j > 1 && here == candidate[j - 2] && lower(word[i - 2]) == there)
                table[i][j] = least(table[i][j], 1 + table[i - 2][j - 2]);
        }
    return table[length][candidate_length];
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

const char *spelling_hint(const struct spelling *self, const char *before, char *buffer)
{
    buffer[0] = '\0';
    if (self->nearest != NULL)
        snprintf(buffer, SPELLING_HINT, "; did you mean '%s%s'?", before, self->nearest);
    return buffer;
}
