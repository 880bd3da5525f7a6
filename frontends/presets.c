#include "frontends/presets.h"

#include "base/memory.h"
#include "base/number.h"

#include <string.h>

static bool fail(struct error *error, const char *at, size_t length, const char *what)
{
    enum { SHOWN_MAX = 60 };
    error_set(error, NULL, 0, 0, "first values of registers: %s '%.*s' (expected as in 'bx=10,bx=20' or 'ax=1:bx=2')",
              what, length < SHOWN_MAX ? (int)length : SHOWN_MAX, at);
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Leaves out blanks on both sides. */
static void trim(const char **at, size_t *length)
{
    for (; *length > 0 && is_blank(**at); (*length)--)
        (*at)++;
    while (*length > 0 && is_blank((*at)[*length - 1]))
        (*length)--;
}

static bool read_value(const char *at, size_t length, int64_t *value)
{
    char digits[32];
    bool fits;
    if (length >= sizeof digits)
        return false;
    memcpy(digits, at, length);
    digits[length] = '\0';
    const char *end = number_take_written(digits, value, &fits);
    return end != NULL && fits && *end == '\0';
}

static bool is_given(const struct presets *self, size_t group, enum register_name number)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->items[i].group == group && self->items[i].number == number)
            return true;
    return false;
}

/* NAME=VALUE, where a '%' before the name is allowed. */
static bool read_item(struct presets *self, const char *at, size_t length, struct error *error)
{
    const char *equals = memchr(at, '=', length);
    if (equals == NULL)
        return fail(error, at, length, "no value in");
    const char *name = at, *value = equals + 1;
    size_t name_length = (size_t)(equals - at), value_length = length - name_length - 1;
    trim(&name, &name_length);
    trim(&value, &value_length);
    size_t percent = name_length > 0 && name[0] == '%';
    struct preset preset = {.group = self->group_count};
    preset.number = register_find(name + percent, name_length - percent);
    if (preset.number == REGISTER_COUNT)
        return fail(error, name, name_length, "there is no register");
    if (!read_value(value, value_length, &preset.value))
        return fail(error, value, value_length, "not a 64-bit number:");
    if (is_given(self, preset.group, preset.number))
        return fail(error, name, name_length, "given twice:");
    self->items = memory_resize(self->items, self->count + 1, sizeof *self->items);
    self->items[self->count++] = preset;
    return true;
}

static bool read_group(struct presets *self, const char *at, size_t length, struct error *error)
{
    trim(&at, &length);
    for (const char *end = at + length; at < end;) {
        const char *colon = memchr(at, ':', (size_t)(end - at));
        const char *stop = colon != NULL ? colon : end;
        if (!read_item(self, at, (size_t)(stop - at), error))
            return false;
        at = stop + 1;
    }
    self->group_count++;
    return true;
}

bool presets_read(struct presets *self, const char *text, struct error *error)
{
    *self = (struct presets){0};
    for (bool more = true; more;) {
        size_t length = strcspn(text, ",");
        if (!read_group(self, text, length, error)) {
            presets_free(self);
            return false;
        }
        more = text[length] == ',';
        text += length + more;
    }
    return true;
}

void presets_free(struct presets *self)
{
    memory_free(self->items);
    *self = (struct presets){0};
}
