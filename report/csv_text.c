#include "report/csv_text.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <string.h>

void csv_text_write(FILE *stream, const char *field)
{
    const char *quote = strpbrk(field, ",\"\r\n") != NULL ? "\"" : "";
    fputs(quote, stream);
    for (; *field != '\0'; field++)
        fputs(*field == '"' ? "\"\"" : (char[]){*field, '\0'}, stream);
    fputs(quote, stream);
}

void csv_text_write_foreign(FILE *stream, const char *text)
{
    char *line = utf8_line(text);
    char *field = text_format("%s%s", text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL ? "'" : "", line);
    csv_text_write(stream, field);
    memory_free(line);
    memory_free(field);
}
