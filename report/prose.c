#include "report/prose.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <ctype.h>
#include <string.h>

/* The length of the word between the asterisk here and the next one; 0 where there is no such word. */
static size_t stressed_length(const char *at)
{
    size_t length = 0;
    while (isalpha((unsigned char)at[1 + length]))
        length++;
    return at[1 + length] == '*' ? length : 0;
}

/* The length of what the mark here encloses; 0 where it is no mark. */
static size_t enclosed_length(const char *at, bool follows_blank)
{
    if (*at == '*')
        return follows_blank ? stressed_length(at) : 0;
    const char *end = *at == '`' ? strchr(at + 1, '`') : NULL;
    return end != NULL ? (size_t)(end - at - 1) : 0;
}

bool prose_next(const char **at, struct prose_part *part)
{
    const char *begin = *at;
    size_t enclosed = enclosed_length(begin, true);
    if (*begin == '\0')
        return false;
    if (enclosed > 0) {
        *part = (struct prose_part){*begin == '`' ? PROSE_CODE : PROSE_STRESSED, begin + 1, enclosed};
        *at = begin + enclosed + 2;
        return true;
    }
    size_t length = 1;
    while (begin[length] != '\0' && enclosed_length(begin + length, begin[length - 1] == ' ') == 0)
        length++;
    *part = (struct prose_part){PROSE_PLAIN, begin, length};
    *at = begin + length;
    return true;
}

char *prose_plain(const char *words)
{
    struct text text = TEXT_INIT;
    struct prose_part part;
    while (prose_next(&words, &part))
        text_append(&text, part.bytes, part.length);
    char *line = utf8_line(text_string(&text));
    text_free(&text);
    return line;
}

void prose_print_code(struct text *text, const char *words)
{
    char *clean = utf8_line(words);
    for (char *at = strchr(clean, '`'); at != NULL; at = strchr(at, '`'))
        *at = '\'';
    text_print(text, "`%s`", clean);
    memory_free(clean);
}
