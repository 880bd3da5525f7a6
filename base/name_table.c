#include "base/name_table.h"

#include "base/memory.h"

#include <string.h>

enum { FIRST_CAPACITY = 16 };

/* FNV-1a (Fowler, Noll, Vo), 64 bits. */
static uint64_t hash_of(const char *name, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)name[i]) * UINT64_C(1099511628211);
    return hash;
}

/* The place where a name is, or where it belongs. */
static struct name_entry *place_of(const struct name_table *self, const char *name, size_t length)
{
    size_t place = (size_t)hash_of(name, length) & (self->capacity - 1);
    for (;; place = (place + 1) & (self->capacity - 1)) {
        struct name_entry *entry = &self->entries[place];
        if (entry->name == NULL || (entry->length == length && memcmp(entry->name, name, length) == 0))
            return entry;
    }
}

size_t name_table_find(const struct name_table *self, const char *name, size_t length)
{
    const struct name_entry *entry = self->count > 0 ? place_of(self, name, length) : NULL;
    return entry != NULL && entry->name != NULL ? entry->number : NAME_TABLE_NONE;
}

static void grow(struct name_table *self)
{
    struct name_table larger = {.capacity = self->capacity > 0 ? 2 * self->capacity : FIRST_CAPACITY,
                                .count = self->count};
    larger.entries = memory_new(larger.capacity, sizeof *larger.entries);
    for (size_t i = 0; i < self->capacity; i++)
        if (self->entries[i].name != NULL)
            *place_of(&larger, self->entries[i].name, self->entries[i].length) = self->entries[i];
    memory_free(self->entries);
    *self = larger;
}

void name_table_add(struct name_table *self, const char *name, size_t length, size_t number)
{
    if (self->count >= self->capacity / 2)
        grow(self);
    struct name_entry *entry = place_of(self, name, length);
    if (entry->name != NULL)
        return;
    *entry = (struct name_entry){name, length, number};
    self->count++;
}

void name_table_free(struct name_table *self)
{
    memory_free(self->entries);
    *self = NAME_TABLE_INIT;
}
