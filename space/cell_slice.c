#include "space/cell_slice.h"

#include "base/memory.h"

/* Locations between which values are moved, as a forest (union and find). */
struct gathering {
    const struct machine *machine;
    const struct slice *slice;
    location_id *parent; /* one a location; a root is its own */
    bool *gathers;       /* of a root: something is added to its values */
    bool *is_shared;     /* of a root: some location of it is */
};

static location_id root_of(const struct gathering *self, location_id location)
{
    while (self->parent[location] != location)
        location = self->parent[location] = self->parent[self->parent[location]];
    return location;
}

static void join(struct gathering *self, location_id a, location_id b)
{
    a = root_of(self, a);
    b = root_of(self, b);
    self->parent[b] = a;
    self->gathers[a] |= self->gathers[b];
    self->is_shared[a] |= self->is_shared[b];
}

/* Of a comparison nobody takes the value of what is compared. */
static void look_at_assignment(struct gathering *self, const struct assignment *assignment)
{
    const bool *data = self->slice->data;
    if (!data[assignment->target] || assignment->is_comparison)
        return;
    bool adds = assignment->constant != 0 || assignment->term_count > 1, is_moved = false;
    for (size_t t = 0; t < assignment->term_count; t++)
        if (data[assignment->terms[t].source]) {
            join(self, assignment->target, assignment->terms[t].source);
            is_moved = true;
        }
    if (adds && is_moved)
        self->gathers[root_of(self, assignment->target)] = true;
}

static void look_at_all(struct gathering *self)
{
    for (size_t t = 0; t < machine_thread_count(self->machine); t++)
        for (uint32_t i = 0; i < machine_instruction_count(self->machine, t); i++) {
            struct effect effect;
            machine_effect(self->machine, t, i, &effect);
            for (size_t a = 0; a < effect.assignment_count; a++)
                look_at_assignment(self, &effect.assignments[a]);
        }
}

static void start(struct gathering *self, const struct machine *machine, const struct slice *slice)
{
    size_t count = machine_location_count(machine);
    *self = (struct gathering){machine, slice, memory_new(count, sizeof *self->parent),
                               memory_new(count, sizeof *self->gathers), memory_new(count, sizeof *self->is_shared)};
    for (location_id l = 0; l < count; l++) {
        self->parent[l] = l;
        self->is_shared[l] = machine_location_thread(machine, l) < 0;
    }
}

static void finish(struct gathering *self)
{
    memory_free(self->parent);
    memory_free(self->gathers);
    memory_free(self->is_shared);
}

/* Marks what is to be control although it could be data. Returns whether some location is left. */
static bool mark_control(struct gathering *self, const bool *stored, bool *control)
{
    bool any = false;
    for (location_id l = 0; l < machine_location_count(self->machine); l++) {
        location_id root = root_of(self, l);
        bool is_worth_it = self->gathers[root] && self->is_shared[root];
        control[l] = stored[l] && !is_worth_it;
        any |= stored[l] && is_worth_it && self->slice->data[l] && machine_is_mentioned(self->machine, l);
    }
    return any;
}

struct slice *cell_slice_new(const struct machine *machine, const struct observed *observed, const bool *stored)
{
    bool *control = memory_new(machine_location_count(machine), sizeof *control);
    struct slice *slice = slice_new_of(machine, observed, NULL, false);
    struct gathering gathering;
    start(&gathering, machine, slice);
    look_at_all(&gathering);
    bool any = mark_control(&gathering, stored, control);
    finish(&gathering);
    slice_free(slice);
    slice = any ? slice_new_of(machine, observed, control, false) : NULL;
    memory_free(control);
    return slice;
}
