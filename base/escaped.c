#include "base/escaped.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { DIRECTIVE_MAX = 8 };

/* A va_list that functions can share. */
struct arguments {
    va_list list;
};

static void print_signed(FILE *stream, const char *directive, struct arguments *arguments)
{
    bool is_long = strchr(directive, 'l') != NULL;
    fprintf(stream, "%" PRId64, is_long ? va_arg(arguments->list, int64_t) : va_arg(arguments->list, int));
}

static void print_unsigned(FILE *stream, const char *directive, struct arguments *arguments)
{
    if (strchr(directive, 'z') != NULL)
        fprintf(stream, "%zu", va_arg(arguments->list, size_t));
    else if (strchr(directive, 'l') != NULL)
        fprintf(stream, "%" PRIu64, va_arg(arguments->list, uint64_t));
    else
        fprintf(stream, "%u", va_arg(arguments->list, unsigned));
}

static void print_directive(FILE *stream, escaper *escape, const char *directive, struct arguments *arguments)
{
    switch (directive[strlen(directive) - 1]) {
    case 's':
        escape(stream, va_arg(arguments->list, const char *));
        break;
    case 'd':
        print_signed(stream, directive, arguments);
        break;
    case 'u':
        print_unsigned(stream, directive, arguments);
        break;
    case '%':
        fputc('%', stream);
        break;
    default:
        fprintf(stream, directive, va_arg(arguments->list, double));
        break;
    }
}

void escaped_print(FILE *stream, escaper *escape, const char *format, va_list list)
{
    struct arguments arguments;
    va_copy(arguments.list, list);
    while (*format != '\0') {
        char directive[DIRECTIVE_MAX] = "";
        size_t plain = strcspn(format, "%");
        fwrite(format, 1, plain, stream);
        format += plain;
        size_t length = *format != '\0' ? 2 + strcspn(format + 1, "sdufg%") : 0;
        assert(length < sizeof directive);
        memcpy(directive, format, length);
        format += length;
        if (length > 0)
            print_directive(stream, escape, directive, &arguments);
    }
    va_end(arguments.list);
}
