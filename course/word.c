#include "course/word.h"

enum { SHOWN_MAX = 40 };

static bool is_separator(char byte)
{
    return word_is_blank(byte) || byte == '\n' || byte == ',';
}

int word_shown(struct word self)
{
    return self.length > SHOWN_MAX ? SHOWN_MAX : (int)self.length;
}

struct word word_trim(struct word self)
{
    while (self.length > 0 && word_is_blank(self.bytes[0]))
        self = word_behind(self, 1);
    while (self.length > 0 && word_is_blank(self.bytes[self.length - 1]))
        self.length--;
    return self;
}

struct word word_take(struct word *rest)
{
    struct word word = {rest->bytes, 0};
    while (word.length < rest->length && !is_separator(word.bytes[word.length]))
        word.length++;
    *rest = word_behind(*rest, word.length);
    return word;
}

bool word_next(struct word *rest, struct word *word)
{
    while (rest->length > 0 && is_separator(rest->bytes[0]))
        *rest = word_behind(*rest, 1);
    *word = word_take(rest);
    return word->length > 0;
}
