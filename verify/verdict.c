#include "verify/verdict.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The file that is judged: a process judges one. */
static struct {
    const char *path;
    const char *bytes;
} judged;

void verdict_file(const char *path, const char *bytes)
{
    judged.path = path;
    judged.bytes = bytes;
}

size_t verdict_line(const char *at)
{
    size_t line = 1;
    for (const char *before = judged.bytes; before < at; before++)
        line += *before == '\n';
    return line;
}

static size_t column_of(const char *at)
{
    const char *first = at;
    while (first > judged.bytes && first[-1] != '\n')
        first--;
    return (size_t)(at - first) + 1;
}

/* What is said may quote the file: whatever is not printable ASCII is shown as '?', so that it stays one harmless line.
 * Blocks that are in use stay so; _Exit() gives them back with the process. */
static _Noreturn void end(int status, const char *at, const char *format, va_list arguments)
{
    char text[512];
    vsnprintf(text, sizeof text, format, arguments);
    for (char *byte = text; *byte != '\0'; byte++)
        if (*byte < ' ' || *byte > '~')
            *byte = '?';
    if (at == NULL || judged.bytes == NULL)
        fputs("racecheck-verify: ", stderr);
    else
        fprintf(stderr, "%s:%zu:%zu: ", judged.path, verdict_line(at), column_of(at));
    fprintf(stderr, "%s%s\n", status == VERDICT_VIOLATED ? "not valid: " : "", text);
    _Exit(status);
}

_Noreturn void verdict_violated(const char *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    end(VERDICT_VIOLATED, at, format, arguments);
}

_Noreturn void verdict_malformed(const char *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    end(VERDICT_MALFORMED, at, format, arguments);
}

static _Noreturn void no_memory(void)
{
    fputs("racecheck-verify: there is not enough memory\n", stderr);
    _Exit(VERDICT_NO_MEMORY);
}

void *storage_new(size_t count, size_t size)
{
    void *block = calloc(count > 0 ? count : 1, size);
    if (block == NULL)
        no_memory();
    return block;
}

void *storage_grow(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    if (*capacity > SIZE_MAX / 2 / size)
        no_memory();
    *capacity += *capacity / 2 + 8;
    array = realloc(array, *capacity * size);
    if (array == NULL)
        no_memory();
    return array;
}
