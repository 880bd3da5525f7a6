#include "base/error.h"

#include <ctype.h>
#include <stdarg.h>

static void replace_control_characters(char *text)
{
    for (char *c = text; *c != '\0'; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
}

bool error_set(struct error *self, const char *source, unsigned line, unsigned column, const char *format, ...)
{
    if (self->set)
        return false;
    self->set = true;
    self->line = line;
    self->column = column;
    snprintf(self->source, sizeof self->source, "%s", source != NULL ? source : "");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(self->text, sizeof self->text, format, arguments);
    va_end(arguments);
    replace_control_characters(self->source);
    replace_control_characters(self->text);
    return false;
}

void error_print(const struct error *self, const char *prefix, FILE *stream)
{
    if (self->source[0] == '\0')
        fprintf(stream, "%s: ", prefix);
    else if (self->line == 0)
        fprintf(stream, "%s: ", self->source);
    else if (self->column == 0)
        fprintf(stream, "%s:%u: ", self->source, self->line);
    else
        fprintf(stream, "%s:%u:%u: ", self->source, self->line, self->column);
    fprintf(stream, "%s\n", self->text);
}
