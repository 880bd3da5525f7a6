#include "report/html_text.h"

#include "base/memory.h"
#include "base/utf8.h"

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
    char *clean = utf8_clean(sentence);
    const char *at = clean;
    while (*at != '\0') {
        size_t plain = strcspn(at, "`");
        write_clean(stream, at, plain);
        at += plain;
        const char *end = *at == '`' ? strchr(at + 1, '`') : NULL;
        if (end != NULL) {
            fputs("<code>", stream);
            write_clean(stream, at + 1, (size_t)(end - at - 1));
            fputs("</code>", stream);
            at = end + 1;
        } else if (*at == '`') {
            fputc(*at++, stream);
        }
    }
    memory_free(clean);
}

static void write_json_character(FILE *stream, char character)
{
    if ((unsigned char)character < 0x20 || character == 0x7f || entity(character) != NULL)
        fprintf(stream, "\\u%04x", (unsigned)(unsigned char)character);
    else if (character == '\\')
        fputs("\\\\", stream);
    else
        fputc(character, stream);
}

void html_text_write_json(FILE *stream, const char *string)
{
    char *clean = utf8_clean(string);
    fputc('"', stream);
    for (const char *at = clean; *at != '\0';) {
        size_t replaced = unshowable(at);
        if (replaced > 1)
            fputs(replacement, stream);
        else
            write_json_character(stream, *at);
        at += replaced > 1 ? replaced : 1;
    }
    fputc('"', stream);
    memory_free(clean);
}
