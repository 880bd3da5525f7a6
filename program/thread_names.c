#include "program/thread_names.h"

#include <string.h>

enum { LETTERS = 26, NAME_SHOWN_MAX = 40, NAMES_SHOWN_MAX = 4 };

size_t thread_names_count(const struct thread_names *self)
{
    return self->count > 0 ? self->count : THREAD_NAMES_MAX;
}

/* ---- Finding ------------------------------------------------------------------------------------------------- */

static bool are_digits(const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (word[i] < '0' || word[i] > '9')
            return false;
    return length > 0;
}

/* The thread of a number without needless zeros, or -1. */
static int find_number(const struct thread_names *self, const char *word, size_t length)
{
    if (!are_digits(word, length) || length > 2 || (length == 2 && word[0] == '0'))
        return -1;
    size_t thread = 0;
    for (size_t i = 0; i < length; i++)
        thread = thread * 10 + (size_t)(word[i] - '0');
    return thread < thread_names_count(self) ? (int)thread : -1;
}

static int find_name(const struct thread_names *self, const char *word, size_t length)
{
    for (size_t t = 0; t < self->count; t++)
        if (strlen(self->names[t]) == length && memcmp(self->names[t], word, length) == 0)
            return (int)t;
    return -1;
}

int thread_names_find_letter(const struct thread_names *self, char letter)
{
    bool is_upper = letter >= 'A' && letter < 'A' + LETTERS, is_lower = letter >= 'a' && letter < 'a' + LETTERS;
    int thread = is_upper ? letter - 'A' : is_lower ? letter - 'a' : -1;
    return thread < (int)thread_names_count(self) ? thread : -1;
}

static int find_index(const struct thread_names *self, const char *word, size_t length)
{
    return length > 1 && word[0] == 'T' ? find_number(self, word + 1, length - 1) : -1;
}

int thread_names_find_named(const struct thread_names *self, const char *word, size_t length)
{
    int thread = find_name(self, word, length);
    return thread >= 0 ? thread : find_index(self, word, length);
}

int thread_names_find(const struct thread_names *self, const char *word, size_t length)
{
    if (are_digits(word, length))
        return find_number(self, word, length);
    int thread = find_name(self, word, length);
    if (thread < 0 && length == 1)
        thread = thread_names_find_letter(self, word[0]);
    return thread >= 0 ? thread : find_index(self, word, length);
}

/* ---- Telling ------------------------------------------------------------------------------------------------- */

/* Whether the names are letters that stand for the same threads anyway. */
static bool are_letters(const struct thread_names *self)
{
    for (size_t t = 0; t < self->count; t++)
        if (self->names[t][0] != 'A' + (int)t || self->names[t][1] != '\0')
            return false;
    return true;
}

void thread_names_print(const struct thread_names *self, struct text *text)
{
    size_t count = self->count, shown = count < NAMES_SHOWN_MAX ? count : NAMES_SHOWN_MAX;
    int letter = 'A' + (int)(count < LETTERS ? count : LETTERS) - 1;
    const char *between = count == 2 ? " or " : " to ";
    if (count == 0)
        text_print(text, "its letter, number or name");
    else if (count == 1)
        text_print(text, "A or 0");
    else
        text_print(text, "A%s%c, 0%s%zu", between, letter, between, count - 1);
    if (are_letters(self))
        return;
    for (size_t t = 0; t < shown; t++)
        text_print(text, "%s%.*s", t == 0 || t + 1 < count ? ", " : " or ", NAME_SHOWN_MAX, self->names[t]);
    if (shown < count)
        text_print(text, ", ...");
}
