/* spelling: what a word that is unknown was probably meant to be, and what could stand in its place.
 *
 * Whoever looks a word up in a table, or among the names of a program, and does not find it, starts with the word, has all candidates
 * considered, and puts what spelling_hint() or spelling_advice() say behind the error. So a new row of a table is suggested by
 * itself. A spelling is a plain value; the candidates are borrowed. */
#pragma once

#include <stddef.h>

enum { SPELLING_LISTED = 32, SPELLING_WORDS = 400 };

/* A candidate, which may be a part of a text. */
struct spelling_word {
    const char *bytes;
    size_t length;
};

struct spelling {
    const char *word; /* borrowed, of a length */
    size_t length;
    const char *before; /* what is written before each candidate, such as "--"; "" */

    /* The nearest so far, which are all at the same distance. */
    struct spelling_word nearest[2];
    size_t nearest_count; /* those beyond two are counted, and not kept */
    size_t distance;

    struct spelling_word listed[SPELLING_LISTED]; /* all candidates, without the last where they are too many */
    size_t count;
    char words[SPELLING_WORDS]; /* what is told of it */
};

/* Begins with a word of a length. */
struct spelling spelling_start(const char *word, size_t length);

/* Considers a candidate. It is close where one letter was inserted, left out or exchanged, or two have changed places; two of that in
 * words of more than four letters; or where the word is the beginning, or a part between hyphens, of it. Case does not matter. */
void spelling_consider(struct spelling *self, const char *candidate);

void spelling_consider_part(struct spelling *self, const char *candidate, size_t length);

/* The same of one that is a hint where it is close, and is not listed otherwise. */
void spelling_suspect(struct spelling *self, const char *candidate);

/* Takes a candidate for what was meant, whatever the others are. */
void spelling_decide(struct spelling *self, const char *candidate);

/* "; did you mean 'NAME'?", or "... 'ONE' or 'OTHER'?"; "" where no candidate is close, or more than two equally so. Borrowed, until
 * the next call. */
const char *spelling_hint(struct spelling *self);

/* " (expected ONE, TWO or THREE)", with as many as have room; "" where there is none. */
const char *spelling_list(struct spelling *self);

/* Both, one behind the other, where there are few words (of one the hint is enough); the list only where there is no hint, where there
 * may be many. */
const char *spelling_advice(struct spelling *self);
const char *spelling_hint_or_list(struct spelling *self);
