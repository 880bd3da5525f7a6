/* gas_types: which types the variables of a unit have.
 *
 * Compilers say so in DWARF (version 4 or 5, DWARF Debugging Information Format, 2017, sections 5 and 7), in sections whose bytes a unit
 * keeps. What is read of it are variables that live at an address, and their types down to numbers: elements of arrays, members of
 * structures. What cannot be read, or is not there, is left out: nothing of it says what a program does. Borrows from its unit. */
#pragma once

#include "frontends/gas_dwarf.h"

struct gas_types {
    struct gas_entries entries;
    size_t *variables; /* numbers of those that live at an address */
    size_t variable_count;
};

/* A number in memory. */
struct gas_scalar {
    int64_t address;
    uint8_t size; /* bytes: 1, 2, 4, 8 */
    bool is_signed;
};

/* Reads what is there, into *self, which gas_types_free() frees. */
void gas_types_read(struct gas_types *self, const struct gas_unit *unit);

void gas_types_free(struct gas_types *self);

/* What a name means as it stands in the source: count, a[1], s.next, items[2].weight. Returns false where it is no number in memory. */
bool gas_types_find(const struct gas_types *self, const char *name, struct gas_scalar *scalar);

/* What of so many bytes begins at an address, a number or, where they are more than eight, anything: its name in the source, as new. Returns
 * NULL where there is none. *is_signed is of numbers. */
char *gas_types_name(const struct gas_types *self, int64_t address, int64_t size, bool *is_signed);
