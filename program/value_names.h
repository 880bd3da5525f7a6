/* value_names: what values of shared words are called where they are no numbers to people: None, True, a text, an object.
 *
 * A program says so of its words; traces and outcomes have copies. Started with {0}, freed with value_names_free(). Names are owned. */
#pragma once

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

/* What lies in a queue has names, too: in the place of a word stands this and the queue's number among queues. */
#define VALUE_NAMES_QUEUE (UINT32_C(1) << 24)

struct value_name {
    uint32_t word;
    int64_t value;
    char *name;
};

struct value_names {
    struct value_name *items;
    size_t count, capacity;
};

/* Adds a name, which is taken. */
void value_names_add(struct value_names *self, uint32_t word, int64_t value, char *name);

/* Returns all as new. */
struct value_names value_names_copy(const struct value_names *self);

/* Appends what a value of a word is called, the number where it has no name. */
void value_names_print(struct text *text, const struct value_names *self, uint32_t word, int64_t value);

void value_names_free(struct value_names *self);
