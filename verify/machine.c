#include "verify/machine.h"

#include "verify/verdict.h"

#include <stdlib.h>
#include <string.h>

/* ---- States ---------------------------------------------------------------------------------------------------- */

struct state *state_new(const struct program *program)
{
    struct state *self = storage_new(1, sizeof *self);
    self->queues = storage_new(program->objects[OBJECT_QUEUE].count, sizeof *self->queues);
    self->stores = storage_new(program->is_tso ? program->thread_count : 0, sizeof *self->stores);
    self->values = storage_new(program_location_count(program), sizeof *self->values);
    return self;
}

void state_free(struct state *self)
{
    free(self->queues);
    free(self->stores);
    free(self->values);
    free(self);
}

static void copy_queue(struct queue_state *self, const struct queue_state *other)
{
    self->length = other->length;
    memcpy(self->items, other->items, other->length * sizeof *self->items);
}

static void copy_stores(struct stores *self, const struct stores *other)
{
    self->count = other->count;
    memcpy(self->at, other->at, other->count * sizeof *self->at);
}

/* No more than the program has of everything: this is done for each step. */
void state_copy_frame(struct state *self, const struct state *other, const struct program *program)
{
    self->away = other->away;
    self->asleep = other->asleep;
    self->woken = other->woken;
    self->unborn = other->unborn;
    self->memory.turn = other->memory.turn;
    self->memory.count = other->memory.count;
    for (size_t t = 0; t < program->thread_count; t++) {
        self->at[t] = other->at[t];
        self->memory.leads[t] = other->memory.leads[t];
    }
    for (size_t m = 0; m < program->objects[OBJECT_MUTEX].count; m++) {
        self->holders[m] = other->holders[m];
        self->depths[m] = other->depths[m];
    }
    for (size_t l = 0; l < program->objects[OBJECT_RWLOCK].count; l++) {
        self->writers[l] = other->writers[l];
        self->readers[l] = other->readers[l];
    }
    for (size_t q = 0; q < program->objects[OBJECT_QUEUE].count; q++)
        copy_queue(&self->queues[q], &other->queues[q]);
    for (size_t t = 0; t < program->thread_count && program->is_tso; t++)
        copy_stores(&self->stores[t], &other->stores[t]);
}

void state_forget(struct state *self, const struct program *program)
{
    for (size_t l = 0; l < program_location_count(program); l++)
        self->values[l] = (struct value){VALUE_UNKNOWN, 0};
}

void state_start(struct state *self, const struct program *program)
{
    self->away = self->asleep = self->woken = self->unborn = 0;
    for (size_t t = 0; t < program->thread_count; t++) {
        self->at[t] = 0;
        self->unborn |= (uint64_t)program->threads[t].is_later << t;
    }
    for (size_t m = 0; m < program->objects[OBJECT_MUTEX].count; m++) {
        self->holders[m] = -1;
        self->depths[m] = 0;
    }
    for (size_t l = 0; l < program->objects[OBJECT_RWLOCK].count; l++) {
        self->writers[l] = -1;
        self->readers[l] = 0;
    }
    for (size_t q = 0; q < program->objects[OBJECT_QUEUE].count; q++)
        self->queues[q].length = 0;
    for (size_t t = 0; t < program->thread_count && program->is_tso; t++)
        self->stores[t].count = 0;
    for (size_t l = 0; l < program_place_location(program, 0, 0); l++)
        self->values[l] = (struct value){VALUE_KNOWN, program_initial_value(program, l)};
    self->memory = (struct memory){.turn = -1};
}

bool machine_is_covered(const struct machine *self, struct value value, struct value by)
{
    if (by.kind == VALUE_UNKNOWN)
        return true;
    if (value.kind == VALUE_UNKNOWN)
        return false;
    if (by.kind == VALUE_KNOWN)
        return value.kind == VALUE_KNOWN && value.number == by.number;
    return self->is_upper ? value.number <= by.number : value.number >= by.number;
}
