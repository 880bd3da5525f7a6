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

/* The next run of just so many backticks; NULL where there is none. */
static const char *find_fence(const char *at, size_t length)
{
    while ((at = strchr(at, '`')) != NULL) {
        size_t run = strspn(at, "`");
        if (run == length)
            return at;
        at += run;
    }
    return NULL;
}

/* What the mark here encloses, and how long the mark is; a length of 0 where it is no mark. */
static size_t enclosed_length(const char *at, bool follows_blank, size_t *mark)
{
    *mark = 1;
    if (*at == '*')
        return follows_blank ? stressed_length(at) : 0;
    if (*at != '`')
        return 0;
    *mark = strspn(at, "`");
    const char *end = find_fence(at + *mark, *mark);
    return end != NULL ? (size_t)(end - at) - *mark : 0;
}

bool prose_next(const char **at, struct prose_part *part)
{
    const char *begin = *at;
    size_t mark, enclosed = enclosed_length(begin, true, &mark);
    if (*begin == '\0')
        return false;
    if (enclosed > 0) {
        *part = (struct prose_part){*begin == '`' ? PROSE_CODE : PROSE_STRESSED, begin + mark, enclosed};
        *at = begin + enclosed + 2 * mark;
        return true;
    }
    size_t length = mark;
    while (begin[length] != '\0' && enclosed_length(begin + length, begin[length - 1] == ' ', &mark) == 0)
        length += mark;
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
    static const char fences[] = "````````````````````````````````";
    char *clean = utf8_line(words);
    size_t length = strlen(clean);
    bool touches = length > 0 && (clean[0] == '`' || clean[length - 1] == '`');
    for (char *at = clean; touches && (at = strchr(at, '`')) != NULL;)
        *at = '\'';
    size_t fence = 1;
    while (find_fence(clean, fence) != NULL)
        fence++;
    text_print(text, "%.*s%s%.*s", (int)fence, fences, clean, (int)fence, fences);
    memory_free(clean);
}
