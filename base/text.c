#include "base/text.h"

#include "base/memory.h"

#include <string.h>

static void reserve(struct text *self, size_t more)
{
    size_t needed = self->length + more + 1;
    if (needed <= self->capacity)
        return;
    self->capacity = needed > 2 * self->capacity ? needed : 2 * self->capacity;
    self->bytes = memory_resize(self->bytes, self->capacity, 1);
}

void text_append(struct text *self, const char *bytes, size_t length)
{
    reserve(self, length);
    memcpy(self->bytes + self->length, bytes, length);
    self->length += length;
    self->bytes[self->length] = '\0';
}

void text_print_list(struct text *self, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length >= 0) {
        reserve(self, (size_t)length);
        vsnprintf(self->bytes + self->length, (size_t)length + 1, format, again);
        self->length += (size_t)length;
    }
    va_end(again);
}

void text_print(struct text *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_print_list(self, format, arguments);
    va_end(arguments);
}

bool text_read(struct text *self, FILE *stream, size_t most)
{
    enum { BLOCK_BYTES = 65536 };
    size_t length = 1;
    while (length > 0 && self->length <= most) {
        reserve(self, BLOCK_BYTES);
        length = fread(self->bytes + self->length, 1, BLOCK_BYTES, stream);
        self->length += length;
        self->bytes[self->length] = '\0';
    }
    return !ferror(stream);
}

void text_put(struct text *self, char *string)
{
    text_print(self, "%s", string);
    memory_free(string);
}

const char *text_string(const struct text *self)
{
    return self->bytes != NULL ? self->bytes : "";
}

char *text_take(struct text *self)
{
    char *bytes = self->bytes != NULL ? self->bytes : memory_copy_string("");
    *self = TEXT_INIT;
    return bytes;
}

void text_free(struct text *self)
{
    memory_free(self->bytes);
    *self = TEXT_INIT;
}
