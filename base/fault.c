#include "base/fault.h"

#include "base/scope.h"

#include <stdarg.h>
#include <stdio.h>

_Noreturn void fault(const char *format, ...)
{
    char what[ERROR_TEXT_SIZE / 2], text[ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(text, sizeof text, "internal error: %s; please report this", what);
    scope_fail(SCOPE_FAULT, text);
}
