#include "verify/verdict.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What is said may quote the file: whatever is not printable ASCII is shown as '?', so that it stays one harmless line.
 * Blocks that are in use stay so; _Exit() gives them back with the process. */
static _Noreturn void end(int status, size_t line, const char *format, va_list arguments)
{
    char text[512];
    vsnprintf(text, sizeof text, format, arguments);
    for (char *at = text; *at != '\0'; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    fputs(status == VERDICT_VIOLATED ? "racecheck-verify: not valid: " : "racecheck-verify: ", stderr);
    if (line > 0)
        fprintf(stderr, "line %zu: ", line);
    fprintf(stderr, "%s\n", text);
    _Exit(status);
}

_Noreturn void verdict_violated(size_t line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    end(VERDICT_VIOLATED, line, format, arguments);
}

_Noreturn void verdict_malformed(size_t line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    end(VERDICT_MALFORMED, line, format, arguments);
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
    *capacity = *capacity > 0 ? 2 * *capacity : 8;
    array = realloc(array, *capacity * size);
    if (array == NULL)
        no_memory();
    return array;
}
