#include "space/slots.h"

#include "base/memory.h"

#include <stdint.h>

static int next_slot(struct slots *self, bool wanted)
{
    return wanted ? (int)self->count++ : SLOT_NONE;
}

static void number_shared(struct slots *self, const struct machine *machine)
{
    size_t count = machine_shared_count(machine);
    self->of_shared = memory_new(count, sizeof *self->of_shared);
    for (size_t l = 0; l < count; l++)
        self->of_shared[l] = next_slot(self, self->slice->relevant[l]);
}

static void number_registers(struct slots *self, const struct machine *machine, size_t groups_max)
{
    self->of_register = memory_new(machine_own_count(machine), sizeof *self->of_register);
    for (unsigned r = 0; r < machine_own_count(machine); r++)
        self->of_register[r] = SLOT_NONE;
    for (size_t r = 0; r < self->slice->register_count; r++)
        self->of_register[self->slice->registers[r]] = (int)r;
    self->first_register = self->count;
    self->register_count = (unsigned)self->slice->register_count;
    self->count += (unsigned)groups_max * self->register_count;
}

void slots_start(struct slots *self, const struct slice *slice, const struct machine *machine, size_t groups_max,
                 bool may_deadlock, bool may_fail)
{
    *self = (struct slots){.slice = slice};
    self->constant = next_slot(self, slice->moves_constants);
    self->deadlock = next_slot(self, may_deadlock);
    self->failure = next_slot(self, may_fail);
    number_shared(self, machine);
    number_registers(self, machine, groups_max);
    self->observed = slice->data[slice->observed] ? self->of_shared[slice->observed] : SLOT_NONE;
}

void slots_free(struct slots *self)
{
    memory_free(self->of_shared);
    memory_free(self->of_register);
    *self = (struct slots){0};
}

int slots_of_register(const struct slots *self, unsigned number, size_t group)
{
    if (self->of_register[number] == SLOT_NONE)
        return SLOT_NONE;
    return (int)(self->first_register + group * self->register_count) + self->of_register[number];
}

int slots_of_shared(const struct slots *self, location_id location)
{
    return self->of_shared[location];
}

size_t slots_entries_max(const struct slots *self)
{
    return 2 * (size_t)self->count + 2 * (self->slice->shared_count + self->register_count) + 16;
}

/* ---- Entries ------------------------------------------------------------------------------------------------- */

/* Entries being written. */
struct writer {
    const struct slots *slots;
    const struct slots_step *step;
    struct entry *entries;
    size_t count;
};

static void write_entry(struct writer *self, int slot, int image, size_t weight, int64_t addend)
{
    if (slot == SLOT_NONE || image == SLOT_NONE || weight == 0)
        return;
    self->entries[self->count++] = (struct entry){(uint16_t)slot, (uint16_t)image, (uint32_t)weight, addend};
}

static size_t image_group(const struct writer *self, size_t thread)
{
    return self->step->to->of[self->step->moved[thread]];
}

/* The slot of a location in the state, or in the successor. */
static int slot_of(const struct writer *self, location_id location, bool in_successor)
{
    int thread = machine_location_thread(self->step->machine, location);
    if (thread < 0)
        return slots_of_shared(self->slots, location);
    return slots_of_register(self->slots, machine_location_register(self->step->machine, location),
                             in_successor ? image_group(self, (size_t)thread) : self->step->from->of[thread]);
}

static bool is_overwritten(const struct writer *self, location_id location)
{
    for (size_t m = 0; m < self->step->move_count; m++)
        if (self->step->moves[m].target == location)
            return true;
    return false;
}

static void write_fates(struct writer *self, size_t size)
{
    write_entry(self, self->slots->constant, self->slots->constant, size, 0);
    write_entry(self, self->slots->deadlock, self->slots->deadlock, size, 0);
    write_entry(self, self->slots->failure, self->slots->failure, size, 0);
}

static void write_kept_shared(struct writer *self, size_t size)
{
    const struct slice *slice = self->slots->slice;
    for (size_t s = 0; s < slice->shared_count; s++)
        if (!is_overwritten(self, slice->shared[s])) {
            int slot = slots_of_shared(self->slots, slice->shared[s]);
            write_entry(self, slot, slot, size, 0);
        }
}

/* Keeps the relevant registers of a thread of `group` as they are, seen in the successor as those of `image`; without
 * those of `mover`, a thread that may have overwritten some, or SIZE_MAX. */
static void write_kept_registers(struct writer *self, size_t group, size_t image, size_t weight, size_t mover)
{
    const struct slice *slice = self->slots->slice;
    for (size_t r = 0; r < slice->register_count; r++) {
        unsigned number = slice->registers[r];
        if (mover != SIZE_MAX && is_overwritten(self, machine_register_location(self->step->machine, mover, number)))
            continue;
        write_entry(self, slots_of_register(self->slots, number, group), slots_of_register(self->slots, number, image),
                    weight, 0);
    }
}

/* A register of one thread out of size feeds what only that thread's step writes, hence weight 1; a shared location or a
 * constant feeds what each of their steps writes. */
static void write_moves(struct writer *self, size_t size)
{
    for (size_t m = 0; m < self->step->move_count; m++) {
        const struct move *move = &self->step->moves[m];
        int target = slot_of(self, move->target, true);
        if (move->source == LOCATION_NONE)
            write_entry(self, self->slots->constant, target, size, move->addend);
        else
            write_entry(self, slot_of(self, move->source, false), target,
                        machine_location_thread(self->step->machine, move->source) < 0 ? size : 1, move->addend);
    }
}

/* Some other thread of the group; only where the group has more than one. */
static size_t other_of_group(const struct writer *self, size_t group)
{
    size_t thread = 0;
    while (self->step->from->of[thread] != group || thread == self->step->thread)
        thread++;
    return thread;
}

size_t slots_entries(const struct slots *self, const struct slots_step *step, struct entry *entries)
{
    struct writer writer = {self, step, entries, 0};
    size_t stepping = step->from->of[step->thread];
    size_t size = step->from->size[stepping];
    write_fates(&writer, size);
    write_kept_shared(&writer, size);
    for (size_t g = 0; g < step->from->count; g++)
        if (g != stepping)
            write_kept_registers(&writer, g, image_group(&writer, step->from->leader[g]), size,
                                 step->from->size[g] == 1 ? step->from->leader[g] : SIZE_MAX);
    if (size > 1)
        write_kept_registers(&writer, stepping, image_group(&writer, other_of_group(&writer, stepping)), size - 1,
                             SIZE_MAX);
    write_kept_registers(&writer, stepping, image_group(&writer, step->thread), 1, step->thread);
    write_moves(&writer, size);
    return writer.count;
}
