/* substring: a piece of what a student wrote, where it stands: bytes that are borrowed and end with no NUL.
 *
 * Lists are words between blanks, commas and ends of lines. An error shows no more of a substring than its beginning. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct substring {
    const char *bytes;
    size_t length;
};

static inline bool substring_is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static inline bool substring_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* What is left of a substring behind its first bytes, of which it has at least so many. */
static inline struct substring substring_behind(struct substring self, size_t bytes)
{
    return (struct substring){self.bytes + bytes, self.length - bytes};
}

/* The number of bytes that an error shows, for printf's "%.*s". */
int substring_shown(struct substring self);

/* The same without blanks at both ends. */
struct substring substring_trim(struct substring self);

/* Takes the next word of a list. Returns false where there is none. */
bool substring_next(struct substring *rest, struct substring *word);
