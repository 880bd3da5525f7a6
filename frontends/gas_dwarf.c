#include "frontends/gas_dwarf.h"

#include "base/memory.h"

#include <string.h>

enum { DEPTH_MAX = 32, ENTRIES_MAX = 1 << 20 };

enum attribute {
    AT_LOCATION = 0x02,
    AT_NAME = 0x03,
    AT_BYTE_SIZE = 0x0b,
    AT_BIT_SIZE = 0x0d,
    AT_UPPER_BOUND = 0x2f,
    AT_COUNT = 0x37,
    AT_MEMBER_LOCATION = 0x38,
    AT_ENCODING = 0x3e,
    AT_SPECIFICATION = 0x47,
    AT_TYPE = 0x49,
    AT_STRING_BASE = 0x72,
    AT_ADDRESS_BASE = 0x73
};

enum form {
    FORM_ADDRESS = 0x01,
    FORM_BLOCK2 = 0x03,
    FORM_BLOCK4,
    FORM_DATA2,
    FORM_DATA4,
    FORM_DATA8,
    FORM_STRING,
    FORM_BLOCK,
    FORM_BLOCK1,
    FORM_DATA1,
    FORM_FLAG,
    FORM_SDATA,
    FORM_STRP,
    FORM_UDATA,
    FORM_REF_ADDRESS,
    FORM_REF1,
    FORM_REF2,
    FORM_REF4,
    FORM_REF8,
    FORM_REF_UDATA,
    FORM_SECTION_OFFSET = 0x17,
    FORM_EXPRESSION,
    FORM_PRESENT,
    FORM_STRX,
    FORM_ADDRX,
    FORM_DATA16 = 0x1e,
    FORM_LINE_STRP,
    FORM_REF_SIGNATURE,
    FORM_IMPLICIT,
    FORM_LOCLISTX,
    FORM_RNGLISTX,
    FORM_STRX1 = 0x25,
    FORM_STRX2,
    FORM_STRX3,
    FORM_STRX4
};

enum { OP_ADDRESS = 0x03, OP_ADDRX = 0xa1 };

/* ---- Bytes ------------------------------------------------------------------------------------------------------- */

struct bytes {
    const unsigned char *at, *end;
    bool is_bad; /* it ended too early */
};

static uint64_t take(struct bytes *self, size_t width)
{
    uint64_t value = 0;
    if ((size_t)(self->end - self->at) < width) {
        self->is_bad = true;
        self->at = self->end;
        return 0;
    }
    for (size_t b = 0; b < width && b < 8; b++)
        value |= (uint64_t)self->at[b] << 8 * b;
    self->at += width;
    return value;
}

static void skip(struct bytes *self, uint64_t count)
{
    self->is_bad |= count > (uint64_t)(self->end - self->at);
    self->at = self->is_bad ? self->end : self->at + count;
}

static uint64_t take_leb(struct bytes *self, bool is_signed)
{
    uint64_t value = 0;
    unsigned shift = 0;
    for (;;) {
        uint64_t byte = take(self, 1);
        if (shift < 64)
            value |= (byte & 0x7f) << shift;
        shift += 7;
        if ((byte & 0x80) != 0)
            continue;
        if (is_signed && shift < 64 && (byte & 0x40) != 0)
            value |= ~UINT64_C(0) << shift;
        return value;
    }
}

static struct bytes section_bytes(const struct gas_unit *unit, const char *name)
{
    for (size_t s = 0; s < unit->section_count; s++) {
        const struct gas_section *section = &unit->sections[s];
        if (section->length == strlen(name) && memcmp(section->name, name, section->length) == 0 && section->count > 0)
            return (struct bytes){section->bytes, section->bytes + section->count, false};
    }
    return (struct bytes){NULL, NULL, false};
}

/* The string that begins at an offset; NULL: there is none. */
static const char *string_at(struct bytes bytes, uint64_t offset)
{
    skip(&bytes, offset);
    return !bytes.is_bad && bytes.at != bytes.end && memchr(bytes.at, '\0', (size_t)(bytes.end - bytes.at)) != NULL
               ? (const char *)bytes.at
               : NULL;
}

/* ---- Entries ----------------------------------------------------------------------------------------------------- */

/* One unit of compilation being read. */
struct reader {
    struct gas_entries *entries;
    struct bytes info, abbreviations, strings, string_offsets, addresses;
    const unsigned char *first; /* of .debug_info */
    uint64_t start;             /* of the unit in it: references count from there */
    uint64_t string_base, address_base;
};

/* What an attribute says: a number, a string, or bytes. */
struct value {
    uint64_t number;
    const char *string;
    struct bytes block;
};

static uint64_t look_up(struct bytes table, uint64_t base, uint64_t index, size_t width)
{
    skip(&table, base);
    skip(&table, index > UINT32_MAX ? UINT64_MAX : index * width);
    return take(&table, width);
}

static void take_block(struct reader *self, uint64_t length, struct value *value)
{
    value->block = self->info;
    skip(&self->info, length);
    value->block.end = self->info.at;
}

static void take_indexed(struct reader *self, uint64_t index, struct value *value)
{
    value->string = string_at(self->strings, look_up(self->string_offsets, self->string_base, index, 4));
}

static void take_string(struct reader *self, struct value *value)
{
    value->string = string_at(self->info, 0);
    if (value->string != NULL)
        skip(&self->info, strlen(value->string) + 1);
    else
        self->info.is_bad = true;
}

static void take_value(struct reader *self, uint64_t form, int64_t implicit, struct value *value)
{
    struct bytes *info = &self->info;
    *value = (struct value){0};
    switch (form) {
    case FORM_BLOCK1:
        take_block(self, take(info, 1), value);
        break;
    case FORM_BLOCK2:
        take_block(self, take(info, 2), value);
        break;
    case FORM_BLOCK4:
        take_block(self, take(info, 4), value);
        break;
    case FORM_BLOCK:
    case FORM_EXPRESSION:
        take_block(self, take_leb(info, false), value);
        break;
    case FORM_DATA1:
    case FORM_FLAG:
    case FORM_REF1:
        value->number = take(info, 1);
        break;
    case FORM_DATA2:
    case FORM_REF2:
        value->number = take(info, 2);
        break;
    case FORM_DATA4:
    case FORM_REF4:
    case FORM_REF_ADDRESS:
    case FORM_SECTION_OFFSET:
    case FORM_LINE_STRP:
        value->number = take(info, 4);
        break;
    case FORM_ADDRESS:
    case FORM_DATA8:
    case FORM_REF8:
    case FORM_REF_SIGNATURE:
        value->number = take(info, 8);
        break;
    case FORM_DATA16:
        skip(info, 16);
        break;
    case FORM_SDATA:
        value->number = take_leb(info, true);
        break;
    case FORM_UDATA:
    case FORM_REF_UDATA:
    case FORM_ADDRX:
    case FORM_LOCLISTX:
    case FORM_RNGLISTX:
        value->number = take_leb(info, false);
        break;
    case FORM_STRING:
        take_string(self, value);
        break;
    case FORM_STRP:
        value->string = string_at(self->strings, take(info, 4));
        break;
    case FORM_STRX:
        take_indexed(self, take_leb(info, false), value);
        break;
    case FORM_STRX1:
    case FORM_STRX2:
    case FORM_STRX3:
    case FORM_STRX4:
        take_indexed(self, take(info, (size_t)(form - FORM_STRX1 + 1)), value);
        break;
    case FORM_IMPLICIT:
        value->number = (uint64_t)implicit;
        break;
    case FORM_PRESENT:
        value->number = 1;
        break;
    default:
        info->is_bad = true;
        break;
    }
}

/* Where a variable lives: only what is one address. */
static int64_t address_of(const struct reader *self, struct bytes block)
{
    uint64_t operation = block.at != NULL && block.at != block.end ? take(&block, 1) : 0, address = 0;
    if (operation == OP_ADDRESS)
        address = take(&block, 8);
    else if (operation == OP_ADDRX)
        address = look_up(self->addresses, self->address_base, take_leb(&block, false), 8);
    return block.is_bad || block.at != block.end || address == 0 ? -1 : (int64_t)address;
}

static void note(struct reader *self, struct gas_entry *entry, uint64_t attribute, uint64_t form,
                 const struct value *value)
{
    bool is_absolute = form == FORM_REF_ADDRESS;
    int64_t number = value->number <= INT32_MAX ? (int64_t)value->number : -1;
    switch (attribute) {
    case AT_NAME:
        entry->name = value->string;
        break;
    case AT_TYPE:
        entry->type = value->number + (is_absolute ? 0 : self->start);
        break;
    case AT_SPECIFICATION:
        entry->specification = value->number + (is_absolute ? 0 : self->start);
        break;
    case AT_BYTE_SIZE:
        entry->size = number;
        break;
    case AT_BIT_SIZE:
        entry->has_bits = true;
        break;
    case AT_UPPER_BOUND:
        entry->count = number + 1;
        break;
    case AT_COUNT:
        entry->count = number;
        break;
    case AT_MEMBER_LOCATION:
        entry->place = number;
        break;
    case AT_ENCODING:
        entry->encoding = value->number;
        break;
    case AT_LOCATION:
        entry->address = address_of(self, value->block);
        break;
    case AT_STRING_BASE:
        self->string_base = value->number;
        break;
    case AT_ADDRESS_BASE:
        self->address_base = value->number;
        break;
    default:
        break;
    }
}

/* The abbreviation of a number: its tag, whether others are within it, and its attributes are to be read next. */
static bool find_abbreviation(struct bytes all, uint64_t number, uint64_t *tag, bool *has_children,
                              struct bytes *attributes)
{
    while (!all.is_bad && all.at != all.end) {
        uint64_t own = take_leb(&all, false);
        *tag = take_leb(&all, false);
        *has_children = take(&all, 1) != 0;
        *attributes = all;
        if (own == number)
            return !all.is_bad;
        if (own == 0)
            return false;
        for (uint64_t attribute = 1, form = 1; (attribute != 0 || form != 0) && !all.is_bad;) {
            attribute = take_leb(&all, false);
            form = take_leb(&all, false);
            if (form == FORM_IMPLICIT)
                (void)take_leb(&all, true);
        }
    }
    return false;
}

static bool read_entry(struct reader *self, uint64_t number, bool *has_children)
{
    struct gas_entries *entries = self->entries;
    struct gas_entry entry = {.size = -1, .count = -1, .place = -1, .address = -1};
    struct bytes attributes;
    struct value value;
    uint64_t tag;
    if (entries->count == ENTRIES_MAX ||
        !find_abbreviation(self->abbreviations, number, &tag, has_children, &attributes))
        return false;
    entry.tag = (enum gas_tag)tag;
    for (;;) {
        uint64_t attribute = take_leb(&attributes, false), form = take_leb(&attributes, false);
        int64_t implicit = form == FORM_IMPLICIT ? (int64_t)take_leb(&attributes, true) : 0;
        if ((attribute == 0 && form == 0) || attributes.is_bad)
            break;
        take_value(self, form, implicit, &value);
        note(self, &entry, attribute, form, &value);
    }
    entries->items = memory_grow(entries->items, entries->count, &entries->capacity, sizeof entry);
    entries->items[entries->count++] = entry;
    return !self->info.is_bad;
}

/* All entries, each before those that are within it; the numbers of those that are open are on a stack. */
static void read_entries(struct reader *self)
{
    struct gas_entries *entries = self->entries;
    size_t open[DEPTH_MAX], depth = 0;
    while (self->info.at != self->info.end) {
        uint64_t offset = (uint64_t)(self->info.at - self->first), number = take_leb(&self->info, false);
        bool has_children;
        if (number == 0 && depth > 0)
            entries->items[open[--depth]].end = entries->count;
        if (number == 0)
            continue;
        if (depth == DEPTH_MAX || !read_entry(self, number, &has_children))
            break;
        entries->items[entries->count - 1].offset = offset;
        entries->items[entries->count - 1].end = entries->count;
        if (has_children)
            open[depth++] = entries->count - 1;
    }
    while (depth > 0)
        entries->items[open[--depth]].end = entries->count;
}

void gas_dwarf_read(struct gas_entries *self, const struct gas_unit *unit)
{
    struct bytes all = section_bytes(unit, ".debug_info"), abbreviations = section_bytes(unit, ".debug_abbrev");
    const unsigned char *first = all.at;
    while (all.at != all.end && !all.is_bad) {
        struct reader reader = {.entries = self,
                                .abbreviations = abbreviations,
                                .strings = section_bytes(unit, ".debug_str"),
                                .string_offsets = section_bytes(unit, ".debug_str_offsets"),
                                .addresses = section_bytes(unit, ".debug_addr"),
                                .first = first,
                                .start = (uint64_t)(all.at - first),
                                .string_base = 8,
                                .address_base = 8};
        uint64_t length = take(&all, 4);
        reader.info = all;
        skip(&all, length);
        reader.info.end = all.at;
        uint64_t version = take(&reader.info, 2);
        if (version >= 5)
            (void)take(&reader.info, 2);
        skip(&reader.abbreviations, take(&reader.info, 4));
        if (version < 5)
            (void)take(&reader.info, 1);
        if (version == 4 || version == 5)
            read_entries(&reader);
    }
}
