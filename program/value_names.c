#include "program/value_names.h"

#include "base/memory.h"

#include <inttypes.h>

void value_names_add(struct value_names *self, uint32_t word, int64_t value, char *name)
{
    self->items = memory_grow(self->items, self->count, &self->capacity, sizeof *self->items);
    self->items[self->count++] = (struct value_name){word, value, name};
}

struct value_names value_names_copy(const struct value_names *self)
{
    struct value_names copy = {0};
    for (size_t n = 0; n < self->count; n++)
        value_names_add(&copy, self->items[n].word, self->items[n].value, memory_copy_string(self->items[n].name));
    return copy;
}

void value_names_print(struct text *text, const struct value_names *self, uint32_t word, int64_t value)
{
    for (size_t n = 0; n < self->count; n++)
        if (self->items[n].word == word && self->items[n].value == value) {
            text_print(text, "%s", self->items[n].name);
            return;
        }
    text_print(text, "%" PRId64, value);
}

void value_names_free(struct value_names *self)
{
    for (size_t n = 0; n < self->count; n++)
        memory_free(self->items[n].name);
    memory_free(self->items);
    *self = (struct value_names){0};
}
