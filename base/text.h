/* text: a string that grows.
 *
 * Started with TEXT_INIT, appended to, and freed with text_free(). `bytes` is always a valid C string once anything was
 * appended; text_string() gives "" before that. The builder owns its bytes. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct text {
    char *bytes;   /* NUL-terminated, or NULL */
    size_t length; /* without the NUL */
    size_t capacity;
};

#define TEXT_INIT ((struct text){0})

/* Appends formatted text. */
void text_print(struct text *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

void text_print_list(struct text *self, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* Returns formatted text as new. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Appends length bytes. */
void text_append(struct text *self, const char *bytes, size_t length);

/* Appends a string as C would have it: in quotation marks, with escapes; so are bytes of what cannot be shown as it is. */
void text_print_quoted(struct text *self, const char *string);

/* Appends what stands in such a string, whose escapes are TEXT_ESCAPES. Returns its length, or where an escape is that is none of them. */
#define TEXT_ESCAPES "\\n, \\t, \\r, \\\\, \\\" or three octal digits"
size_t text_read_escaped(struct text *self, const char *inside, size_t length);

/* The length of what stands behind a quotation mark up to the next one without a backslash before it; all of it where there is none. */
size_t text_quoted_length(const char *inside, size_t length);

/* Appends what such a string says, which begins at a quotation mark. Returns what stands behind it, or NULL where it does not end, or
 * has an unknown escape. */
const char *text_read_quoted(struct text *self, const char *quoted);

/* Appends all that a stream has to give; after more than so many bytes in all it stops. Returns false where reading fails, with errno
 * set. */
bool text_read(struct text *self, FILE *stream, size_t most);

/* The same of the file of a path, which is standard input where it is "-". Returns false with errno set where it cannot be opened, too. */
bool text_read_path(struct text *self, const char *path, size_t most);

/* Appends a string, which is taken. */
void text_put(struct text *self, char *string);

/* Returns the string so far, borrowed until the next append. */
const char *text_string(const struct text *self);

/* Returns the string as new; the builder is empty afterwards. */
char *text_take(struct text *self);

void text_free(struct text *self);

/* Takes the next part off some characters, as new; NULL at their end. A part ends at what separates it, which is kept or not. */
char *text_next_part(const char **at, const char *separator, bool is_kept);

/* Forgets what lies behind a length, which the text has at least. */
void text_cut(struct text *self, size_t length);
