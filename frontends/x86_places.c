/* Which places threads share: who comes to them, in which order. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

size_t x86_granule_at(struct x86 *self, int64_t address)
{
    int64_t first = address & ~INT64_C(7);
    size_t found = name_table_find(&self->granule_names, (const char *)&first, sizeof first);
    if (found != NAME_TABLE_NONE)
        return found;
    self->granules = memory_grow(self->granules, self->granule_count, &self->granule_capacity, sizeof *self->granules);
    struct x86_granule *granule = &self->granules[self->granule_count];
    *granule = (struct x86_granule){.address = first};
    for (size_t w = 0; w < 8; w++)
        granule->words[w] = -1;
    int64_t *name = arena_take(&self->names, sizeof *name);
    *name = first;
    name_table_add(&self->granule_names, (const char *)name, sizeof *name, self->granule_count);
    return self->granule_count++;
}

static struct x86_granule *granule_at(struct x86 *self, int64_t address)
{
    size_t granule = x86_granule_at(self, address); /* which may move them all */
    return &self->granules[granule];
}

void x86_forget_accesses(struct x86 *self)
{
    for (size_t g = 0; g < self->granule_count; g++) {
        self->granules[g].access_count = 0;
        for (size_t w = 0; w < 8; w++)
            self->granules[g].words[w] = -1;
    }
}

/* ---- Sharing ----------------------------------------------------------------------------------------------------- */

/* Whether a thread was started, by one or by those that one has started, only behind an access of that one. */
static bool is_started_behind(const struct x86 *self, uint32_t thread, const struct x86_access *access)
{
    uint32_t child = thread;
    while (child != 0 && self->threads[child].parent != access->thread)
        child = self->threads[child].parent;
    return child != 0 && (access->born >> child & 1) == 0;
}

static bool is_conflict(const struct x86 *self, const struct x86_access *a, const struct x86_access *b)
{
    return a->thread != b->thread && (a->writes || b->writes) && a->offset < b->offset + b->size &&
           b->offset < a->offset + a->size && !is_started_behind(self, b->thread, a) &&
           !is_started_behind(self, a->thread, b);
}

/* Places that overlap become one, of 1, 2, 4 or 8 bytes. */
bool x86_share(struct x86 *self, int64_t address, uint8_t size)
{
    struct x86_granule *granule = granule_at(self, address);
    unsigned first = (unsigned)(address - granule->address), end = first + size;
    if (end > 8)
        return x86_refuse(self, "%d bytes across a border of 8 are shared by threads (expected aligned ones)", size);
    for (bool grows = true; grows;) {
        grows = false;
        unsigned width = 1;
        while (width < end - first || first / width != (end - 1) / width)
            width *= 2;
        unsigned wide_first = first / width * width, wide_end = wide_first + width;
        for (unsigned b = wide_first; b < wide_end; b++)
            if (granule->owner[b] > 0) {
                unsigned owner = granule->owner[b] - 1u, owner_end = owner + granule->sizes[owner];
                wide_first = owner < wide_first ? owner : wide_first;
                wide_end = owner_end > wide_end ? owner_end : wide_end;
            }
        grows = wide_first != first || wide_end != end;
        first = wide_first;
        end = wide_end;
    }
    if (granule->owner[first] == first + 1 && granule->sizes[first] == end - first)
        return true;
    self->again = true;
    for (unsigned b = first; b < end; b++)
        granule->owner[b] = (uint8_t)(first + 1);
    granule->sizes[first] = (uint8_t)(end - first);
    granule->signs[first] = 0;
    for (unsigned b = first; granule->values != NULL && b < end; b++)
        granule->values[b].count = 0;
    return true;
}

static bool can_come_behind(const struct x86 *self, const struct x86_access *writes, const struct x86_access *other)
{
    return writes->writes && writes->thread != other->thread && writes->offset < other->offset + other->size &&
           other->offset < writes->offset + writes->size && !is_started_behind(self, other->thread, writes);
}

static void note_order(struct x86 *self, struct x86_granule *granule, const struct x86_access *a,
                       const struct x86_access *b)
{
    if (can_come_behind(self, a, b))
        x86_note_blind(self, granule, b->thread, a);
    if (can_come_behind(self, b, a))
        x86_note_blind(self, granule, a->thread, b);
}

static bool note(struct x86 *self, const struct x86_access *access, int64_t address)
{
    struct x86_granule *granule = granule_at(self, address);
    for (size_t a = 0; a < granule->access_count; a++) {
        const struct x86_access *other = &granule->accesses[a];
        if (other->thread == access->thread && other->offset == access->offset && other->size == access->size &&
            other->writes == access->writes && other->born == access->born)
            return true;
    }
    granule->accesses =
        memory_grow(granule->accesses, granule->access_count, &granule->access_capacity, sizeof *access);
    granule->accesses[granule->access_count++] = *access;
    for (size_t a = 0; a + 1 < granule->access_count; a++) {
        struct x86_access other = granule->accesses[a];
        note_order(self, granule, &other, access);
        if (is_conflict(self, &other, access) && (!x86_share(self, granule->address + other.offset, other.size) ||
                                                  !x86_share(self, granule->address + access->offset, access->size)))
            return false;
    }
    return true;
}

bool x86_note_access(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size, bool writes)
{
    for (uint8_t done = 0; done < size;) {
        unsigned offset = (unsigned)((address + done) & 7), part = 8 - offset;
        part = part < (unsigned)(size - done) ? part : (unsigned)(size - done);
        struct x86_access access = {state->thread, (uint8_t)offset, (uint8_t)part, writes, state->born};
        if (!note(self, &access, address + done))
            return false;
        done = (uint8_t)(done + part);
    }
    return true;
}

/* ---- Words ------------------------------------------------------------------------------------------------------- */

bool x86_find_place(struct x86 *self, int64_t address, uint8_t size, struct x86_place *place)
{
    struct x86_granule *granule = granule_at(self, address);
    for (unsigned b = 0; b < size && (unsigned)(address & 7) + b < 8; b++) {
        unsigned owner = granule->owner[(unsigned)(address & 7) + b];
        if (owner > 0) {
            *place = (struct x86_place){granule->address + owner - 1, granule->sizes[owner - 1],
                                        &granule->signs[owner - 1], &granule->words[owner - 1]};
            return true;
        }
    }
    return false;
}

/* What is there at the start, where it is known: variables have first values, all else begins with 0. */
static int64_t first_value(struct x86 *self, const struct x86_place *place)
{
    int64_t address = x86_first_address(place->address);
    const struct gas_section *section = gas_section_at(&self->unit, address);
    uint64_t value = 0;
    for (unsigned b = 0; section != NULL && b < place->size; b++) {
        int64_t offset = address + b - section->address;
        if (offset < (int64_t)section->count)
            value |= (uint64_t)section->bytes[offset] << 8 * b;
    }
    return x86_cut((int64_t)value, x86_place_form(self, place));
}

struct operand x86_word(struct x86 *self, const struct x86_place *place)
{
    struct program *program = self->program;
    if (*place->word < 0 && program->word_count < PROGRAM_WORDS_MAX) {
        program->variables =
            memory_grow(program->variables, program->variable_count, &self->variable_capacity, sizeof(struct variable));
        *place->word = (int64_t)program->word_count;
        program->variables[program->variable_count++] =
            (struct variable){.name = x86_place_name(self, place->address, place->size),
                              .word = (uint32_t)program->word_count,
                              .words = 1,
                              .address = PROGRAM_ADDRESS_FIRST + PROGRAM_WORD_SIZE * (int64_t)program->word_count};
        program->words[program->word_count++] = first_value(self, place);
        x86_note_value(self, place, first_value(self, place));
        if (place->size == 8)
            x86_note_pointer(self, place, X86_NUMBER(first_value(self, place)));
    } else if (*place->word < 0) {
        x86_refuse(self, "threads share more than %d places", PROGRAM_WORDS_MAX);
        return x86_immediate(0);
    }
    return (struct operand){.kind = OPERAND_WORD, .value = *place->word};
}
