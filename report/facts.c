#include "report/facts.h"

#include "base/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

struct fact *facts_add(struct facts *self, const char *label, const char *format, ...)
{
    assert(format != NULL);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *words = memory_new((size_t)length + 1, 1);
    va_start(arguments, format);
    vsnprintf(words, (size_t)length + 1, format, arguments);
    va_end(arguments);
    self->items = memory_grow(self->items, self->count, &self->capacity, sizeof *self->items);
    struct fact *fact = &self->items[self->count++];
    *fact = (struct fact){.label = memory_copy_string(label), .words = words};
    return fact;
}

void facts_free(struct facts *self)
{
    for (size_t i = 0; i < self->count; i++) {
        memory_free(self->items[i].label);
        memory_free(self->items[i].words);
    }
    memory_free(self->items);
    *self = (struct facts){0};
}
