/* words: lines of a file taken apart into words that single blanks separate, and the escapes of lines from elsewhere. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Some bytes of the file. */
struct span {
    const char *text;
    size_t length;
};

bool span_is(struct span self, const char *word);
bool span_equals(struct span self, struct span other);
bool span_starts_with(struct span self, const char *prefix);

/* What is left behind some bytes. */
struct span span_rest(struct span self, size_t skipped);

/* Without the blanks and tabs at both ends. */
struct span span_trim(struct span self);

/* Takes what stands in front of a separator, or all, from *rest, and the separator with it. For words a blank separates;
 * they are short, so that one look at each byte beats a call. */
struct span span_take(struct span *rest, char separator);

static inline struct span span_take_word(struct span *rest)
{
    struct span word = {rest->text, 0};
    while (word.length < rest->length && word.text[word.length] != ' ')
        word.length++;
    size_t taken = word.length < rest->length ? word.length + 1 : word.length;
    *rest = (struct span){rest->text + taken, rest->length - taken};
    return word;
}

/* Whether it is a lone '-': nobody, nothing, unknown. */
static inline bool span_is_dash(struct span self)
{
    return self.length == 1 && self.text[0] == '-';
}

/* How much of it a message shows, for "%.*s". */
int span_shown(struct span self);

/* The number of bytes that can be those of a name: letters, digits and '_'. */
size_t span_name_length(struct span self);

/* Reads a whole word as a number, written as it should be: no zeros in front, no plus, no minus zero. */
bool span_read_number(struct span self, int64_t *number);

/* The same where the number must lie between two others; ends the program where it is none. */
int64_t span_expect_number(struct span self, int64_t least, int64_t most);

/* Ends the program where this is not text as certificates escape it: printable ASCII and tabs as they are, a backslash
 * as \\, any other byte but line feed and NUL as \x and two digits. So there is one way to write a text. */
void span_expect_escaped(struct span self);

/* Takes the next byte of such a text. */
char span_take_escaped(struct span *self);
