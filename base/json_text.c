#include "base/json_text.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <inttypes.h>

/* Beyond this, readers that keep numbers as doubles would change them. */
#define EXACT_MAX (INT64_C(1) << 53)

enum { FIRST_PLAIN = 0x20 };

void json_text_write_string(FILE *stream, const char *string)
{
    char *clean = utf8_clean(string);
    fputc('"', stream);
    for (const char *at = clean; *at != '\0'; at++) {
        if ((unsigned char)*at < FIRST_PLAIN)
            fprintf(stream, "\\u%04x", (unsigned)(unsigned char)*at);
        else if (*at == '"' || *at == '\\')
            fprintf(stream, "\\%c", *at);
        else
            fputc(*at, stream);
    }
    fputc('"', stream);
    memory_free(clean);
}

void json_text_write_integer(FILE *stream, int64_t number)
{
    const char *quote = number >= -EXACT_MAX && number <= EXACT_MAX ? "" : "\"";
    fprintf(stream, "%s%" PRId64 "%s", quote, number, quote);
}
