/* property: a name with a number or a text.
 *
 * Lists of properties are how what was asked travels between folders that do not know each other: the symbols of a program,
 * the kind and parameters of a scheduler, from the command line, a program's text or a witness file to whoever reads
 * them, and from there to the reports. A property owns its strings. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct property {
    char *name;
    bool is_number;
    int64_t number;
    char *text; /* where it is no number; else NULL */
};

/* Appends to a list (grown with memory_resize()) a property with copies of its texts. */
void property_add_number(struct property **list, size_t *count, const char *name, int64_t number);
void property_add_text(struct property **list, size_t *count, const char *name, const char *text);

/* Replaces the property of the same name in a list, or appends a copy where there is none. */
void property_set(struct property **list, size_t *count, const struct property *property);

/* Returns the property of a name in a list, borrowed, or NULL. */
const struct property *property_find(const struct property *list, size_t count, const char *name);

/* Appends a property as its name and value with a mark between them: "quantum=4". */
void property_print(struct text *text, const struct property *property, const char *between);

/* Returns a copy of a list as new, or NULL for an empty one. */
struct property *property_copy_list(const struct property *list, size_t count);

/* Frees a list and all that is in it. */
void property_free_list(struct property *list, size_t count);
