#include "base/json_text.h"

#include "base/escaped.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <string.h>

/* Beyond this, readers that keep numbers as doubles would change them. */
#define EXACT_MAX (INT64_C(1) << 53)

enum { FIRST_PLAIN = 0x20 };

/* Writes a string; of its characters, those that must not or should not stand as they are, by their letters or numbers. */
static void write_string(FILE *stream, const char *clean, const char *numbered)
{
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    fputc('"', stream);
    for (const char *at = clean; *at != '\0'; at++) {
        const char *name = strchr(named, *at);
        if (strchr(numbered, *at) != NULL)
            fprintf(stream, "\\u%04x", (unsigned)*at);
        else if (name != NULL)
            fprintf(stream, "\\%c", letters[name - named]);
        else if ((unsigned char)*at < FIRST_PLAIN)
            fprintf(stream, "\\u%04X", (unsigned)*at);
        else
            fputc(*at, stream);
    }
    fputc('"', stream);
}

void json_text_write_string(FILE *stream, const char *string)
{
    char *clean = utf8_clean(string);
    write_string(stream, clean, "");
    memory_free(clean);
}

void json_text_write_string_for_page(FILE *stream, const char *string)
{
    char *clean = utf8_clean(string);
    struct text shown = TEXT_INIT;
    for (const char *at = clean; *at != '\0';) {
        size_t hidden = utf8_unshowable(at);
        text_append(&shown, hidden > 1 ? "\xef\xbf\xbd" : at, hidden > 1 ? 3 : 1);
        at += hidden > 1 ? hidden : 1;
    }
    write_string(stream, text_string(&shown), "<>&'\"\b\f\n\r\t\x7f");
    memory_free(clean);
    text_free(&shown);
}

void json_text_print(FILE *stream, const char *format, ...)
{
    ESCAPED_PRINT(stream, json_text_write_string, format);
}

void json_text_print_for_page(FILE *stream, const char *format, ...)
{
    ESCAPED_PRINT(stream, json_text_write_string_for_page, format);
}

void json_text_write_integer(FILE *stream, int64_t number)
{
    const char *quote = number >= -EXACT_MAX && number <= EXACT_MAX ? "" : "\"";
    fprintf(stream, "%s%" PRId64 "%s", quote, number, quote);
}
