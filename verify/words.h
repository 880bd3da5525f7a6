/* words: lines of a file taken apart into words that single blanks separate. */
#ifndef RACECHECK_VERIFY_WORDS_H
#define RACECHECK_VERIFY_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Some bytes of the file. */
struct span {
    const char *text;
    size_t length;
};

bool span_is(struct span self, const char *word);
bool span_starts_with(struct span self, const char *prefix);

/* What is left behind some bytes. */
struct span span_rest(struct span self, size_t skipped);

/* Takes what stands in front of a separator, or all, from *rest, and the separator with it. */
struct span span_take(struct span *rest, char separator);
struct span span_take_word(struct span *rest);

/* Reads a whole word as a number, written as it should be: no zeros in front, no plus, no minus zero. */
bool span_read_number(struct span self, int64_t *number);

/* The same where the number must lie between two others; ends the program where it is none. */
int64_t span_expect_number(struct span self, int64_t least, int64_t most, size_t line);

#endif
