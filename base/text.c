#include "base/text.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { UTF8_BYTES_MAX = 4 }; /* of a character */

/* Most of what is printed is no longer, and most texts are no longer than twice that. */
enum { SHORT = 30 };

static void reserve(struct text *self, size_t more)
{
    size_t needed = self->length + more + 1, larger = self->capacity > 0 ? 2 * self->capacity : 2 * SHORT;
    if (needed <= self->capacity)
        return;
    self->capacity = needed > larger ? needed : larger;
    self->bytes = memory_resize(self->bytes, self->capacity, 1);
}

void text_append(struct text *self, const char *bytes, size_t length)
{
    reserve(self, length);
    memcpy(self->bytes + self->length, bytes, length);
    self->length += length;
    self->bytes[self->length] = '\0';
}

/* What is short fits at once. */
void text_print_list(struct text *self, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    reserve(self, SHORT);
    size_t room = self->capacity - self->length;
    int length = vsnprintf(self->bytes + self->length, room, format, arguments);
    if (length >= 0 && (size_t)length >= room) {
        reserve(self, (size_t)length);
        vsnprintf(self->bytes + self->length, (size_t)length + 1, format, again);
    }
    self->length += length >= 0 ? (size_t)length : 0;
    self->bytes[self->length] = '\0';
    va_end(again);
}

void text_print(struct text *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_print_list(self, format, arguments);
    va_end(arguments);
}

char *text_format(const char *format, ...)
{
    struct text self = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_print_list(&self, format, arguments);
    va_end(arguments);
    return text_take(&self);
}

/* Pairs of what is escaped, and the letter that stands for it. */
static const char escapes[] = "\nn\tt\rr\"\"\\\\";

/* What a reader would not see as it is is told byte by byte. */
static void print_octal(struct text *self, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_print(self, "\\%03o", (unsigned)(unsigned char)bytes[i]);
}

void text_print_quoted(struct text *self, const char *string)
{
    text_print(self, "\"");
    for (const char *c = string; *c != '\0';) {
        const char *escape = escapes;
        size_t length = utf8_character(c, strnlen(c, UTF8_BYTES_MAX)), count = length > 0 ? length : 1;
        while (*escape != '\0' && *escape != *c)
            escape += 2;
        if (*escape != '\0')
            text_print(self, "\\%c", escape[1]);
        else if (length == 0 || utf8_unshowable(c) > 0)
            print_octal(self, c, count);
        else
            text_append(self, c, count);
        c += count;
    }
    text_print(self, "\"");
}

static bool is_octal(char digit)
{
    return digit >= '0' && digit <= '7';
}

/* Appends what stands behind a backslash; returns how many bytes that is, 0 where it is no escape. */
static size_t read_escape(struct text *self, const char *at, size_t left)
{
    if (left >= 3 && at[0] <= '3' && is_octal(at[0]) && is_octal(at[1]) && is_octal(at[2])) {
        char byte = (char)((at[0] - '0') * 64 + (at[1] - '0') * 8 + (at[2] - '0'));
        text_append(self, &byte, 1);
        return byte != '\0' ? 3 : 0;
    }
    for (const char *escape = escapes; left > 0 && *escape != '\0'; escape += 2)
        if (escape[1] == *at) {
            text_append(self, escape, 1);
            return 1;
        }
    return 0;
}

size_t text_read_escaped(struct text *self, const char *inside, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t taken = inside[at] == '\\' ? read_escape(self, inside + at + 1, length - at - 1) : 0;
        if (inside[at] == '\\' && taken == 0)
            return at;
        if (inside[at] != '\\')
            text_append(self, inside + at, 1);
        at += 1 + taken;
    }
    return length;
}

size_t text_quoted_length(const char *inside, size_t length)
{
    size_t at = 0;
    while (at < length && inside[at] != '"')
        at += inside[at] == '\\' ? 2 : 1;
    return at < length ? at : length;
}

const char *text_read_quoted(struct text *self, const char *quoted)
{
    size_t left = strlen(quoted + 1), length = text_quoted_length(quoted + 1, left);
    return length < left && text_read_escaped(self, quoted + 1, length) == length ? quoted + length + 2 : NULL;
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

bool text_read_path(struct text *self, const char *path, size_t most)
{
    bool is_standard = strcmp(path, "-") == 0;
    FILE *stream = is_standard ? stdin : fopen(path, "re");
    if (stream == NULL && errno == ENOMEM)
        memory_exhausted();
    bool is_read = stream != NULL && text_read(self, stream, most);
    int reason = errno;
    if (stream != NULL && !is_standard)
        fclose(stream);
    errno = reason;
    return is_read;
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

void text_cut(struct text *self, size_t length)
{
    assert(length <= self->length);
    self->length = length;
    if (self->bytes != NULL)
        self->bytes[length] = '\0';
}

char *text_next_part(const char **at, const char *separator, bool is_kept)
{
    const char *end = strstr(*at, separator);
    size_t length = end != NULL ? (size_t)(end - *at) : strlen(*at), mark = end != NULL ? strlen(separator) : 0;
    if (**at == '\0')
        return NULL;
    char *part = memory_new(length + mark + 1, 1);
    memcpy(part, *at, length + (is_kept ? mark : 0));
    *at += length + mark;
    return part;
}
