#include "report/html_text.h"

#include "base/escaped.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "report/prose.h"

#include <string.h>

/* What a character is written as, where that is not the character itself. Lines and tabs of a listing are kept. */
static const char *replacement(const char *character)
{
    switch (*character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
    case '\n':
        return NULL;
    default:
        return utf8_unshowable(character) > 0 ? "\xef\xbf\xbd" : NULL;
    }
}

/* Writes so many bytes of valid UTF-8. */
static void write_clean(FILE *stream, const char *text, size_t length)
{
    for (const char *at = text; at < text + length;) {
        const char *other = replacement(at);
        size_t size = other != NULL && utf8_unshowable(at) > 0 ? utf8_unshowable(at) : 1;
        fwrite(other != NULL ? other : at, 1, other != NULL ? strlen(other) : 1, stream);
        at += size;
    }
}

void html_text_write(FILE *stream, const char *text)
{
    char *clean = utf8_clean(text);
    write_clean(stream, clean, strlen(clean));
    memory_free(clean);
}

void html_text_print(FILE *stream, const char *format, ...)
{
    ESCAPED_PRINT(stream, html_text_write, format);
}

void html_text_write_prose(FILE *stream, const char *sentence)
{
    static const char *const begins[] = {"", "<code>", "<em>"}, *const ends[] = {"", "</code>", "</em>"};
    char *clean = utf8_clean(sentence);
    const char *at = clean;
    struct prose_part part;
    while (prose_next(&at, &part)) {
        fputs(begins[part.kind], stream);
        write_clean(stream, part.bytes, part.length);
        fputs(ends[part.kind], stream);
    }
    memory_free(clean);
}
