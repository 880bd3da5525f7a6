#include "report/html_text.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "report/prose.h"

#include <stdbool.h>
#include <string.h>

static const char replacement[] = "\xef\xbf\xbd";

/* How many bytes a character takes that is replaced; else 0. Lines and tabs of a listing are kept. */
static size_t unshowable(const char *character)
{
    return *character == '\t' || *character == '\n' ? 0 : utf8_unshowable(character);
}

static const char *entity(char character)
{
    switch (character) {
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
    default:
        return NULL;
    }
}

/* Writes so many bytes of valid UTF-8. */
static void write_clean(FILE *stream, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t replaced = unshowable(text + at);
        if (replaced > 0) {
            fputs(replacement, stream);
        } else if (entity(text[at]) != NULL) {
            fputs(entity(text[at]), stream);
        } else {
            fputc(text[at], stream);
        }
        at += replaced > 0 ? replaced : 1;
    }
}

void html_text_write(FILE *stream, const char *text)
{
    char *clean = utf8_clean(text);
    write_clean(stream, clean, strlen(clean));
    memory_free(clean);
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
