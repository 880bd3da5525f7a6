/* machine_parts: the inside of a machine, for models/machine*.c alone. */
#ifndef RACECHECK_MODELS_MACHINE_PARTS_H
#define RACECHECK_MODELS_MACHINE_PARTS_H

#include "models/layout.h"
#include "models/machine.h"
#include "models/program.h"

struct machine {
    const struct program *program; /* borrowed */
    size_t shared_count;           /* words, then semaphores, then queues */
    size_t location_count;
    bool keep_dead;
    bool blocks;                   /* some instruction can be disabled */
    uint64_t io;                   /* the threads that can be away, a bit each */
    bool *data;                    /* one a location */
    bool *mentioned;               /* one a location: some instruction names it */
    bool *stored;                  /* one a location: control and mentioned */
    struct range *ranges;          /* one a location */
    size_t *classes;               /* one a thread */
    uint32_t *instruction_counts;  /* one a thread */
    uint16_t **live;               /* one a code: masks of liveness_compute() */
    location_id *queue_items;      /* one a queue: the first item; the others follow, and then the length */
    struct layout layout;
};

static inline const struct code *thread_code(const struct machine *self, size_t thread)
{
    return &self->program->codes[self->program->threads[thread].code];
}

static inline location_id register_location(const struct machine *self, size_t thread, unsigned number)
{
    return (location_id)(self->shared_count + thread * REGISTER_COUNT + number);
}

static inline location_id semaphore_location(const struct machine *self, int64_t semaphore)
{
    return (location_id)(self->program->word_count + (size_t)semaphore);
}

/* The length of a queue; as many items as it can hold lie before it. */
static inline location_id queue_length_location(const struct machine *self, int64_t queue)
{
    return self->queue_items[queue] + self->program->queues[queue].capacity;
}

/* The queue that a shared location belongs to, or -1. */
int64_t machine_location_queue(const struct machine *self, location_id location);

/* Finds the ranges of the control locations by executing a few schedules (machine_rehearsal.c). */
void machine_rehearse(struct machine *self);

/* Lays the state out anew from the ranges. */
void machine_lay_out(struct machine *self);

/* Extends a location's range by a value; all items of a queue have one range, since values move among them. */
void machine_note_value(struct machine *self, location_id location, int64_t value);

#endif
