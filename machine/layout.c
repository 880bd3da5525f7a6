#include "machine/layout.h"

#include "base/memory.h"

enum { QUAD_BITS = 64 };

static unsigned bits_for(uint64_t greatest)
{
    unsigned bits = 0;
    while (bits < QUAD_BITS && greatest >> bits != 0)
        bits++;
    return bits;
}

static struct field field_for_range(struct range range)
{
    struct field field = {0};
    field.is_signed = range.least < 0;
    uint64_t magnitude = range.greatest > 0 ? (uint64_t)range.greatest : 0;
    if (field.is_signed && (uint64_t)(-(range.least + 1)) > magnitude)
        magnitude = (uint64_t)(-(range.least + 1));
    unsigned width = bits_for(magnitude) + (field.is_signed ? 1 : 0);
    field.width = (uint8_t)(width > 0 ? width : 1);
    return field;
}

/* Places a field at the first bit from *next on where it does not cross a quad. */
static void place_field(struct field *field, size_t *next)
{
    if (field->width == 0)
        return;
    size_t offset = *next % QUAD_BITS;
    if (offset + field->width > QUAD_BITS)
        *next += QUAD_BITS - offset;
    field->quad = (uint32_t)(*next / QUAD_BITS);
    field->shift = (uint8_t)(*next % QUAD_BITS);
    *next += field->width;
}

static void place_thread(struct layout *self, const struct layout_plan *plan, size_t thread, size_t *next)
{
    place_field(&self->indices[thread], next);
    place_field(&self->activities[thread], next);
    place_field(&self->held[thread], next);
    for (size_t r = 0; r < plan->stride; r++)
        place_field(&self->locations[plan->shared_count + thread * plan->stride + r], next);
}

/* A block of at most one quad must not cross a quad, a larger one fills whole quads; where its fields come to lie is tried
 * out first from the beginning of a quad. */
static void place_block(struct layout *self, const struct layout_plan *plan, size_t thread, size_t *next)
{
    size_t width = 0;
    place_thread(self, plan, thread, &width);
    size_t offset = *next % QUAD_BITS;
    if (offset != 0 && offset + width > QUAD_BITS)
        *next += QUAD_BITS - offset;
    self->blocks[thread].first = *next;
    place_thread(self, plan, thread, next);
    if (width > QUAD_BITS)
        *next = (*next + QUAD_BITS - 1) / QUAD_BITS * QUAD_BITS;
    self->blocks[thread].width = *next - self->blocks[thread].first;
}

/* Threads of one class need equal fields, so a register's range is that of all of them. */
static struct range class_range(const struct layout_plan *plan, size_t thread, size_t number)
{
    struct range range = plan->ranges[plan->shared_count + thread * plan->stride + number];
    for (size_t other = 0; other < plan->thread_count; other++) {
        if (plan->classes[other] != plan->classes[thread])
            continue;
        struct range more = plan->ranges[plan->shared_count + other * plan->stride + number];
        range.least = more.least < range.least ? more.least : range.least;
        range.greatest = more.greatest > range.greatest ? more.greatest : range.greatest;
    }
    return range;
}

static void size_fields(struct layout *self, const struct layout_plan *plan)
{
    for (size_t l = 0; l < plan->shared_count; l++)
        if (plan->stored[l])
            self->locations[l] = field_for_range(plan->ranges[l]);
    for (size_t t = 0; t < plan->thread_count; t++) {
        self->indices[t].width = (uint8_t)bits_for(plan->instruction_counts[t]);
        self->activities[t].width = plan->activity_bits[t];
        self->held[t].width = (uint8_t)plan->held_bits;
        for (size_t r = 0; r < plan->stride; r++) {
            size_t l = plan->shared_count + t * plan->stride + r;
            if (!plan->stored[l])
                continue;
            self->locations[l] = field_for_range(class_range(plan, t, r));
            self->registers[t] |= r < plan->register_count ? (register_set)1 << r : 0;
        }
    }
}

void layout_build(struct layout *self, const struct layout_plan *plan)
{
    layout_free(self);
    self->locations = memory_new(plan->location_count, sizeof *self->locations);
    self->indices = memory_new(plan->thread_count, sizeof *self->indices);
    self->activities = memory_new(plan->thread_count, sizeof *self->activities);
    self->registers = memory_new(plan->thread_count, sizeof *self->registers);
    self->held = memory_new(plan->thread_count, sizeof *self->held);
    self->blocks = memory_new(plan->thread_count, sizeof *self->blocks);
    size_fields(self, plan);
    size_t next = 0;
    for (size_t t = 0; t < plan->thread_count; t++)
        place_block(self, plan, t, &next);
    for (size_t l = 0; l < plan->shared_count; l++)
        place_field(&self->locations[l], &next);
    self->bits = next;
}

void layout_free(struct layout *self)
{
    memory_free(self->locations);
    memory_free(self->indices);
    memory_free(self->activities);
    memory_free(self->registers);
    memory_free(self->held);
    memory_free(self->blocks);
    *self = (struct layout){0};
}
