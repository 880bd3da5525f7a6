/* spelling: what a mistyped word was probably meant to be. */
#pragma once

#include <stddef.h>

/* The best candidate so far for one word; made by spelling_start(). */
struct spelling {
    const char *word;
    size_t length;
    const char *nearest; /* borrowed from the candidates; NULL where none is close */
    size_t distance;
};

/* Begins with a word of a length, borrowed. */
struct spelling spelling_start(const char *word, size_t length);

/* Considers a candidate, which is borrowed. It is taken where it is nearer than those before, and close at all: one
 * letter inserted, left out or exchanged, or two that have changed places; two of that in words of more than four letters. Case does not matter. */
void spelling_consider(struct spelling *self, const char *candidate);

/* Prints what was meant into a buffer of SPELLING_HINT bytes: "; did you mean 'NAME'?", with what stands before the name; nothing where no
 * candidate is close. Returns the buffer. */
enum { SPELLING_HINT = 80 };
const char *spelling_hint(const struct spelling *self, const char *before, char *buffer);
