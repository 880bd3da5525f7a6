#include "frontends/gas_types.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { DEPTH_MAX = 32, ENCODING_SIGNED = 5, ENCODING_SIGNED_CHAR = 6 };

void gas_types_read(struct gas_types *self, const struct gas_unit *unit)
{
    *self = (struct gas_types){0};
    gas_dwarf_read(&self->entries, unit);
    self->variables = memory_new(self->entries.count + 1, sizeof *self->variables);
    for (size_t e = 0; e < self->entries.count; e++)
        if (self->entries.items[e].tag == GAS_TAG_VARIABLE && self->entries.items[e].address >= 0)
            self->variables[self->variable_count++] = e;
}

void gas_types_free(struct gas_types *self)
{
    memory_free(self->entries.items);
    memory_free(self->variables);
    *self = (struct gas_types){0};
}

/* ---- Types ------------------------------------------------------------------------------------------------------- */

static const struct gas_entry *entry_at(const struct gas_types *self, uint64_t offset)
{
    size_t first = 0, end = self->entries.count;
    while (first < end) {
        size_t middle = (first + end) / 2;
        if (self->entries.items[middle].offset < offset)
            first = middle + 1;
        else
            end = middle;
    }
    return offset > 0 && first < self->entries.count && self->entries.items[first].offset == offset
               ? &self->entries.items[first]
               : NULL;
}

/* A type without what only qualifies or names it; NULL: not known. */
static const struct gas_entry *type_of(const struct gas_types *self, const struct gas_entry *entry)
{
    const struct gas_entry *type = entry_at(self, entry->type);
    for (unsigned depth = 0; type != NULL && depth < DEPTH_MAX; depth++) {
        if (type->tag != GAS_TAG_TYPEDEF && type->tag != GAS_TAG_CONST && type->tag != GAS_TAG_VOLATILE &&
            type->tag != GAS_TAG_ATOMIC)
            return type;
        type = entry_at(self, type->type);
    }
    return NULL;
}

static bool is_record(const struct gas_entry *type)
{
    return type->tag == GAS_TAG_STRUCTURE || type->tag == GAS_TAG_CLASS || type->tag == GAS_TAG_UNION;
}

static bool is_part(const struct gas_entry *entry)
{
    return (entry->tag == GAS_TAG_MEMBER || entry->tag == GAS_TAG_INHERITANCE) && !entry->has_bits &&
           entry->address < 0;
}

static int64_t size_of(const struct gas_types *self, const struct gas_entry *type, unsigned depth);

/* How often the next dimension of an array is repeated, from a dimension on; how many of them there are. */
static int64_t count_of(const struct gas_types *self, const struct gas_entry *array, size_t dimension, size_t *count)
{
    int64_t product = 1;
    size_t number = 0;
    for (size_t e = (size_t)(array - self->entries.items) + 1; e < array->end; e = self->entries.items[e].end) {
        const struct gas_entry *range = &self->entries.items[e];
        if (range->tag != GAS_TAG_SUBRANGE)
            continue;
        if (range->count < 0)
            return -1;
        if (number++ >= dimension && __builtin_mul_overflow(product, range->count, &product))
            return -1;
    }
    *count = number;
    return product;
}

static int64_t size_of(const struct gas_types *self, const struct gas_entry *type, unsigned depth)
{
    const struct gas_entry *element = type->tag == GAS_TAG_ARRAY && depth < DEPTH_MAX ? type_of(self, type) : NULL;
    size_t dimensions;
    if (type->tag == GAS_TAG_POINTER)
        return 8;
    if (element == NULL)
        return type->size;
    int64_t size = size_of(self, element, depth + 1), count = count_of(self, type, 0, &dimensions), whole;
    return size < 0 || count < 0 || __builtin_mul_overflow(size, count, &whole) ? -1 : whole;
}

/* A part that nobody names: of a library's class, or of what a class is derived from. */
static bool is_inner(const struct gas_entry *entry)
{
    return is_part(entry) &&
           (entry->tag == GAS_TAG_INHERITANCE || (entry->name != NULL && strncmp(entry->name, "_M_", 3) == 0));
}

/* Where a type is a number; a class of the library that is nothing but one, as std::atomic<int>, is one, too. */
static bool is_number(const struct gas_types *self, const struct gas_entry *type, struct gas_scalar *scalar,
                      unsigned depth)
{
    int64_t size = size_of(self, type, 0);
    if (type->tag == GAS_TAG_BASE || type->tag == GAS_TAG_POINTER || type->tag == GAS_TAG_ENUMERATION) {
        scalar->size = (uint8_t)size;
        scalar->is_signed =
            type->tag == GAS_TAG_BASE && (type->encoding == ENCODING_SIGNED || type->encoding == ENCODING_SIGNED_CHAR);
        if (type->tag == GAS_TAG_ENUMERATION && type_of(self, type) != NULL)
            return is_number(self, type_of(self, type), scalar, depth + 1);
        return size == 1 || size == 2 || size == 4 || size == 8;
    }
    for (size_t e = (size_t)(type - self->entries.items) + 1; is_record(type) && e < type->end && depth < DEPTH_MAX;
         e = self->entries.items[e].end) {
        const struct gas_entry *part = &self->entries.items[e], *inner = is_inner(part) ? type_of(self, part) : NULL;
        if (inner != NULL && size_of(self, inner, 0) == size && is_number(self, inner, scalar, depth + 1))
            return true;
    }
    return false;
}

static const char *name_of(const struct gas_types *self, const struct gas_entry *entry)
{
    const struct gas_entry *declared = entry->name == NULL ? entry_at(self, entry->specification) : NULL;
    return declared != NULL ? declared->name : entry->name;
}

static const struct gas_entry *variable_type(const struct gas_types *self, const struct gas_entry *variable)
{
    const struct gas_entry *declared = variable->type == 0 ? entry_at(self, variable->specification) : NULL;
    return type_of(self, declared != NULL ? declared : variable);
}

/* ---- Names to numbers -------------------------------------------------------------------------------------------- */

/* [1][2]: all dimensions; the type becomes that of the elements. */
static const char *follow_indices(const struct gas_types *self, const char *at, const struct gas_entry **type,
                                  int64_t *address)
{
    size_t dimensions = 0;
    const struct gas_entry *array = *type, *element = type_of(self, array);
    int64_t size = element != NULL ? size_of(self, element, 0) : -1;
    if (size < 0 || count_of(self, array, 0, &dimensions) < 0)
        return NULL;
    for (size_t d = 0; d < dimensions; d++) {
        size_t others;
        int64_t index = 0, count = count_of(self, array, d, &others), inner = count_of(self, array, d + 1, &others);
        if (*at != '[' || !isdigit((unsigned char)at[1]))
            return NULL;
        for (at++; isdigit((unsigned char)*at) && index < count; at++)
            index = 10 * index + (*at - '0');
        if (*at != ']' || inner <= 0 || index >= count / inner)
            return NULL;
        at++;
        *address += index * inner * size;
    }
    *type = element;
    return at;
}

/* .next: a member, or one of what a structure is derived from. */
static const struct gas_entry *find_member(const struct gas_types *self, const struct gas_entry *type, const char *name,
                                           size_t length, int64_t *address, unsigned depth)
{
    for (size_t e = (size_t)(type - self->entries.items) + 1; e < type->end && depth < DEPTH_MAX;
         e = self->entries.items[e].end) {
        const struct gas_entry *part = &self->entries.items[e], *inner = is_part(part) ? type_of(self, part) : NULL;
        int64_t place = part->place < 0 ? 0 : part->place;
        if (inner == NULL)
            continue;
        if (part->name != NULL && strlen(part->name) == length && memcmp(part->name, name, length) == 0) {
            *address += place;
            return inner;
        }
        const struct gas_entry *found =
            part->name == NULL && is_record(inner) ? find_member(self, inner, name, length, address, depth + 1) : NULL;
        if (found != NULL) {
            *address += place;
            return found;
        }
    }
    return NULL;
}

bool gas_types_find(const struct gas_types *self, const char *name, struct gas_scalar *scalar)
{
    size_t length = strcspn(name, "[.");
    const char *at = name + length;
    const struct gas_entry *type = NULL;
    int64_t address = 0;
    for (size_t v = 0; v < self->variable_count && type == NULL; v++) {
        const struct gas_entry *entry = &self->entries.items[self->variables[v]];
        const char *own = name_of(self, entry);
        if (own == NULL || strlen(own) != length || memcmp(own, name, length) != 0)
            continue;
        type = variable_type(self, entry);
        address = entry->address;
    }
    while (type != NULL && *at != '\0') {
        if (type->tag == GAS_TAG_ARRAY)
            at = follow_indices(self, at, &type, &address);
        else if (*at == '.' && is_record(type)) {
            length = strcspn(++at, "[.");
            type = find_member(self, type, at, length, &address, 0);
            at += length;
        } else
            return false;
        if (at == NULL)
            return false;
    }
    if (type == NULL || !is_number(self, type, scalar, 0))
        return false;
    scalar->address = address;
    return true;
}

/* ---- Numbers to names -------------------------------------------------------------------------------------------- */

static const struct gas_entry *name_element(const struct gas_types *self, const struct gas_entry *array,
                                            int64_t *offset, struct text *name)
{
    const struct gas_entry *element = type_of(self, array);
    size_t dimensions = 0, others;
    int64_t size = element != NULL ? size_of(self, element, 0) : -1;
    if (size <= 0 || count_of(self, array, 0, &dimensions) < 0)
        return NULL;
    for (size_t d = 0; d < dimensions; d++) {
        int64_t inner = count_of(self, array, d + 1, &others) * size;
        if (inner <= 0)
            return NULL;
        text_print(name, "[%" PRId64 "]", *offset / inner);
        *offset %= inner;
    }
    return element;
}

static const struct gas_entry *name_member(const struct gas_types *self, const struct gas_entry *type, int64_t *offset,
                                           struct text *name)
{
    for (size_t e = (size_t)(type - self->entries.items) + 1; e < type->end; e = self->entries.items[e].end) {
        const struct gas_entry *part = &self->entries.items[e], *inner = is_part(part) ? type_of(self, part) : NULL;
        int64_t place = part->place < 0 ? 0 : part->place;
        if (inner == NULL || *offset < place || *offset - place >= size_of(self, inner, 0))
            continue;
        *offset -= place;
        if (part->name != NULL)
            text_print(name, ".%s", part->name);
        return inner;
    }
    return NULL;
}

static bool name_within(const struct gas_types *self, const struct gas_entry *type, int64_t offset, int64_t size,
                        struct text *name, bool *is_signed)
{
    struct gas_scalar scalar;
    for (unsigned depth = 0; type != NULL && depth < DEPTH_MAX; depth++) {
        bool is_found = offset == 0 && is_number(self, type, &scalar, 0);
        if (is_found)
            *is_signed = scalar.is_signed;
        if (is_found)
            return scalar.size == size;
        if (offset == 0 && size > 8 && size_of(self, type, 0) == size)
            return true;
        type = type->tag == GAS_TAG_ARRAY ? name_element(self, type, &offset, name)
               : is_record(type)          ? name_member(self, type, &offset, name)
                                          : NULL;
    }
    return false;
}

char *gas_types_name(const struct gas_types *self, int64_t address, int64_t size, bool *is_signed)
{
    *is_signed = true;
    for (size_t v = 0; v < self->variable_count; v++) {
        const struct gas_entry *entry = &self->entries.items[self->variables[v]];
        if (address < entry->address)
            continue;
        const struct gas_entry *type = variable_type(self, entry);
        const char *own = name_of(self, entry);
        struct text name = TEXT_INIT;
        if (type == NULL || own == NULL || address - entry->address >= size_of(self, type, 0))
            continue;
        text_print(&name, "%s", own);
        if (name_within(self, type, address - entry->address, size, &name, is_signed))
            return text_take(&name);
        text_free(&name);
    }
    return NULL;
}
