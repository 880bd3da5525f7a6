/* gas_dwarf: the entries of DWARF (Debugging Information Format, versions 4 and 5) in a unit's sections, as far as types and variables need
 * them. They stand as DWARF has them, each before those that are within it. Names are borrowed from the unit. frontends/gas_types.c alone
 * reads them. */
#pragma once

#include "frontends/gas.h"

enum gas_tag {
    GAS_TAG_ARRAY = 0x01,
    GAS_TAG_CLASS = 0x02,
    GAS_TAG_ENUMERATION = 0x04,
    GAS_TAG_MEMBER = 0x0d,
    GAS_TAG_POINTER = 0x0f,
    GAS_TAG_STRUCTURE = 0x13,
    GAS_TAG_TYPEDEF = 0x16,
    GAS_TAG_UNION = 0x17,
    GAS_TAG_INHERITANCE = 0x1c,
    GAS_TAG_SUBRANGE = 0x21,
    GAS_TAG_BASE = 0x24,
    GAS_TAG_CONST = 0x26,
    GAS_TAG_VARIABLE = 0x34,
    GAS_TAG_VOLATILE = 0x35,
    GAS_TAG_ATOMIC = 0x47
};

struct gas_entry {
    uint64_t offset; /* in .debug_info */
    uint64_t type, specification;
    size_t end; /* behind the last one within it */
    enum gas_tag tag;
    const char *name;                    /* NULL: none */
    int64_t size, count, place, address; /* -1: not said */
    uint64_t encoding;
    bool has_bits;
};

struct gas_entries {
    struct gas_entry *items;
    size_t count, capacity;
};

/* Appends all entries that can be read; the caller frees the items. */
void gas_dwarf_read(struct gas_entries *self, const struct gas_unit *unit);
