/* What a state holds besides the values of its locations, by name: for whoever lists a whole state. */
#include "machine/machine_parts.h"

size_t machine_mutex_count(const struct machine *self)
{
    return self->program->mutex_count;
}

const char *machine_mutex_name(const struct machine *self, size_t mutex)
{
    return self->program->mutexes[mutex];
}

int machine_mutex_holder(const struct machine *self, const uint64_t *state, size_t mutex)
{
    for (size_t t = 0; t < self->program->thread_count; t++)
        if (field_get(self->layout.held[t], state) >> mutex & 1)
            return (int)t;
    return -1;
}

size_t machine_semaphore_count(const struct machine *self)
{
    return self->program->semaphore_count;
}

const char *machine_semaphore_name(const struct machine *self, size_t semaphore)
{
    return self->program->semaphores[semaphore].name;
}

size_t machine_queue_count(const struct machine *self)
{
    return self->program->queue_count;
}

const char *machine_queue_name(const struct machine *self, size_t queue)
{
    return self->program->queues[queue].name;
}

location_id machine_queue_location(const struct machine *self, size_t queue, size_t *capacity)
{
    *capacity = self->program->queues[queue].capacity;
    return self->queue_items[queue];
}

bool machine_keeps(const struct machine *self, size_t thread, uint32_t index, unsigned number)
{
    return self->keep_dead || (self->live[self->program->threads[thread].code][index] >> number & 1) != 0;
}
