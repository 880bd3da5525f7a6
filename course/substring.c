#include "course/substring.h"

enum { SHOWN_MAX = 40 };

static bool is_separator(char byte)
{
    return substring_is_blank(byte) || byte == '\n' || byte == ',';
}

int substring_shown(struct substring self)
{
    return self.length > SHOWN_MAX ? SHOWN_MAX : (int)self.length;
}

struct substring substring_trim(struct substring self)
{
    while (self.length > 0 && substring_is_blank(self.bytes[0]))
        self = substring_behind(self, 1);
    while (self.length > 0 && substring_is_blank(self.bytes[self.length - 1]))
        self.length--;
    return self;
}

bool substring_next(struct substring *rest, struct substring *word)
{
    while (rest->length > 0 && is_separator(rest->bytes[0]))
        *rest = substring_behind(*rest, 1);
    *word = (struct substring){rest->bytes, 0};
    while (word->length < rest->length && !is_separator(word->bytes[word->length]))
        word->length++;
    *rest = substring_behind(*rest, word->length);
    return word->length > 0;
}
