/* Which addresses can be in places that threads share, and so which can be followed.
 *
 * For each place of eight bytes the addresses are noted that are stored there, in whichever order: those that are known; and where what is
 * stored was loaded from another such place, those of that one, to which the same is added. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

bool x86_addresses_add(struct x86_addresses *addresses, int64_t address)
{
    if (addresses->count >= X86_ADDRESSES_MAX)
        return false;
    for (size_t a = 0; a < addresses->count; a++)
        if (addresses->values[a] == address)
            return false;
    addresses->values =
        memory_grow(addresses->values, addresses->count, &addresses->capacity, sizeof *addresses->values);
    addresses->values[addresses->count++] = address;
    return true;
}

/* The bytes of the data around an address, and of what ends there. */
static bool bounds_of(struct x86 *self, int64_t address, int64_t *first, int64_t *end)
{
    int64_t before, behind;
    if (address <= 0) /* any number can be stored */
        return false;
    bool is_in = !x86_is_code(self, address) && x86_object_bounds(self, address, first, end);
    bool is_end = !x86_is_code(self, address - 1) && x86_object_bounds(self, address - 1, &before, &behind);
    if (is_end && (!is_in || before < *first))
        *first = before;
    if (is_end && !is_in)
        *end = behind;
    return is_in || is_end;
}

/* ---- What is stored ---------------------------------------------------------------------------------------------- */

static void note(struct x86 *self, size_t granule, int64_t address)
{
    bool is_new = x86_addresses_add(&self->granules[granule].pointers, address);
    is_new |= x86_addresses_add(&self->pointers, address);
    self->again |= is_new;
}

/* An address with something added to it: in the same object, or at its end. */
static void note_moved(struct x86 *self, size_t granule, int64_t address, int64_t added)
{
    int64_t first, end, moved;
    if (__builtin_add_overflow(address, added, &moved))
        return;
    if (added == 0 || (bounds_of(self, address, &first, &end) && moved >= first && moved <= end))
        note(self, granule, moved);
}

/* All addresses of an object that are so far apart. */
static void note_around(struct x86 *self, size_t granule, int64_t address, unsigned zeros)
{
    int64_t first, end, step = INT64_C(1) << zeros;
    if (!bounds_of(self, address, &first, &end))
        return;
    for (int64_t at = address - (address - first) / step * step;
         at <= end && self->granules[granule].pointers.count < X86_ADDRESSES_MAX; at += step)
        note(self, granule, at);
}

static void open_place(struct x86 *self, size_t granule)
{
    self->again |= !self->granules[granule].is_open;
    self->granules[granule].is_open = true;
}

static void note_dynamic(struct x86 *self, size_t granule, struct x86_value value)
{
    int64_t first, end;
    if (value.source == 0 && value.origin != 0 && bounds_of(self, value.origin, &first, &end))
        note_around(self, granule, value.origin, value.zeros);
    else if (value.source == 0)
        open_place(self, granule);
    else /* the place may be the same, and have more behind each */
        for (size_t a = 0; a < self->granules[value.source - 1].pointers.count; a++) {
            int64_t address = self->granules[value.source - 1].pointers.values[a];
            int64_t moved;
            if (value.is_indexed && !__builtin_add_overflow(address, value.added, &moved))
                note_around(self, granule, moved, value.zeros);
            else if (!value.is_indexed)
                note_moved(self, granule, address, value.added);
        }
}

void x86_note_pointer(struct x86 *self, const struct x86_place *place, struct x86_value value)
{
    int64_t first, end;
    if (place->size < 8)
        return;
    size_t granule = x86_granule_at(self, place->address);
    if (value.kind == X86_DYNAMIC)
        note_dynamic(self, granule, value);
    else if (value.kind != X86_KNOWN)
        open_place(self, granule);
    else if (x86_is_code(self, value.number) || bounds_of(self, value.number, &first, &end))
        note(self, granule, value.number);
}

void x86_tell_source(struct x86 *self, const struct x86_place *place, struct x86_value *value)
{
    size_t granule = x86_granule_at(self, place->address);
    const struct x86_granule *from = &self->granules[granule];
    value->source = place->size == 8 && !from->is_open && from->pointers.count > 0 ? granule + 1 : 0;
}

/* ---- What is followed -------------------------------------------------------------------------------------------- */

/* All that leads to a place in an object, from one that is so far apart. */
static void list_offsets(struct x86_addresses *parts, int64_t back, int64_t forth, int64_t step, int64_t origin)
{
    for (int64_t n = -(back / step); n <= forth / step && parts->count < X86_ADDRESSES_MAX; n++)
        x86_addresses_add(parts, origin + n * step);
}

/* Of an address that was loaded. */
static void list_pointers(struct x86 *self, struct x86_value part, struct x86_addresses *parts)
{
    const struct x86_addresses *pointers =
        part.source != 0 ? &self->granules[part.source - 1].pointers : &self->pointers;
    for (size_t p = 0; p < pointers->count; p++) {
        int64_t first, end, address = pointers->values[p], moved;
        if (x86_is_code(self, address) || __builtin_add_overflow(address, part.added, &moved))
            continue;
        if (!part.is_indexed)
            x86_addresses_add(parts, moved);
        else if (bounds_of(self, address, &first, &end) && moved >= first && moved <= end)
            list_offsets(parts, moved - first, end - moved, INT64_C(1) << part.zeros, moved);
    }
}

bool x86_list_parts(struct x86 *self, int64_t known, struct x86_value part, int64_t factor, uint8_t size,
                    struct x86_addresses *parts)
{
    int64_t origin = factor == 1 && known < 4096 && known > -4096 ? part.origin : 0, first, end;
    unsigned zeros = origin == part.origin ? part.zeros : 0;
    int64_t step = zeros > 0 ? INT64_C(1) << zeros : factor > 1 ? 1 : size, at = known + origin;
    if (x86_object_bounds(self, at, &first, &end))
        list_offsets(parts, (at - first) / factor, (end - size - at) / factor, step, origin);
    else if (factor == 1)
        list_pointers(self, part, parts);
    return part.origin != 0 || part.source != 0 || x86_object_bounds(self, at, &first, &end);
}
