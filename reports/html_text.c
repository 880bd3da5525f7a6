#include "reports/html_text.h"

#include "base/memory.h"
#include "reports/utf8.h"

#include <stdbool.h>
#include <string.h>

static const char replacement[] = "\xef\xbf\xbd";

/* Whether a character of valid UTF-8 is a control character, U+0080 to U+009F among them; then *length is how many
 * bytes it takes. */
static bool is_control(const char *character, size_t *length)
{
    unsigned char first = (unsigned char)character[0], second = first != 0 ? (unsigned char)character[1] : 0;
    *length = first == 0xc2 && second < 0xa0 ? 2 : 1;
    return *length == 2 || (first < 0x20 && first != '\t' && first != '\n') || first == 0x7f;
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
        size_t step;
        if (is_control(text + at, &step)) {
            fputs(replacement, stream);
        } else if (entity(text[at]) != NULL) {
            fputs(entity(text[at]), stream);
        } else {
            fputc(text[at], stream);
        }
        at += step;
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
        size_t step;
        if (is_control(at, &step) && step == 2)
            fputs(replacement, stream);
        else
            write_json_character(stream, *at);
        at += step;
    }
    fputc('"', stream);
    memory_free(clean);
}
