/* name_table: which number a name has.
 *
 * A hash table with open addressing, whose keys are bytes that somebody else owns and that must live as long as the table. It
 * answers lookups only; nothing depends on the order of its entries. Started with NAME_TABLE_INIT, freed with
 * name_table_free(). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define NAME_TABLE_NONE SIZE_MAX /* the number of a name that is not there */

struct name_entry {
    const char *name; /* NULL: the place is free */
    size_t length;
    size_t number;
};

struct name_table {
    struct name_entry *entries;
    size_t capacity; /* 0 or a power of two; at most half of it is used */
    size_t count;
};

#define NAME_TABLE_INIT ((struct name_table){0})

/* Returns the number of a name of so many bytes, or NAME_TABLE_NONE. */
size_t name_table_find(const struct name_table *self, const char *name, size_t length);

/* Adds a name, borrowed, unless it is there: the first number stays. */
void name_table_add(struct name_table *self, const char *name, size_t length, size_t number);

void name_table_free(struct name_table *self);
