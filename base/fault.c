#include "base/fault.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void fault(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("racecheck: internal error: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("; please report this\n", stderr);
    va_end(arguments);
    exit(MEMORY_EXIT_STATUS);
}
