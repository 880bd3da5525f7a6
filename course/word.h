/* word: a piece of what a student wrote, where it stands: bytes that are borrowed and end with no NUL.
 *
 * Lists are words between blanks, commas and ends of lines. An error shows no more of a word than its beginning. */
#ifndef RACECHECK_COURSE_WORD_H
#define RACECHECK_COURSE_WORD_H

#include <stdbool.h>
#include <stddef.h>

struct word {
    const char *bytes;
    size_t length;
};

static inline bool word_is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static inline bool word_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* What is left of a word behind its first bytes, of which it has at least so many. */
static inline struct word word_behind(struct word self, size_t bytes)
{
    return (struct word){self.bytes + bytes, self.length - bytes};
}

/* The number of bytes that an error shows, for printf's "%.*s". */
int word_shown(struct word self);

/* The same without blanks at both ends. */
struct word word_trim(struct word self);

/* Takes what stands before the next separator from *rest, perhaps nothing. */
struct word word_take(struct word *rest);

/* Takes the next word of a list. Returns false where there is none. */
bool word_next(struct word *rest, struct word *word);

#endif
