/* cell_layout: where the data of a cell lies in its words, and what a step makes of it.
 *
 * A cell has a field for each location that is followed and alive there: shared ones first, then the registers of one thread after the
 * other, so that the fields of a thread are one block. A field holds how much its value is above the least one. Threads that symmetry
 * makes interchangeable have blocks alike. */
#pragma once

#include "space/cell_kernel.h"
#include "space/control_graph.h"

/* The greatest magnitude of a value, so that sums of a few have 64 bits. */
#define CELL_VALUE_MAX (INT64_C(1) << 60)

/* What all cells of a program share. */
struct cell_world {
    const struct control_graph *graph;
    const struct machine *machine;
    int64_t greatest; /* a value beyond this might be cut off */
    size_t thread_count, location_count;
    location_id *shared; /* followed */
    size_t shared_count;
    size_t most_fields;
    uint64_t **live;                /* by thread and index: the followed registers that are alive, a bit each */
    location_id *registers_of_bits; /* by bit: which register of a thread */
    size_t register_count;
    int16_t *bit_of;       /* by register of a thread; -1: not followed */
    int32_t *shared_field; /* by location; -1: not followed */
};

/* A cell. */
struct cell {
    void *words; /* of 32 bits, or of 64 */
    size_t count;
    int64_t *least, *greatest; /* one a field; least above greatest: nothing came yet */
    uint8_t *widths;           /* one a field */
    uint16_t field_count;
    uint8_t bits;
    bool is_wide;
    bool is_reached; /* by intervals at least */
};

/* The fields of one state. */
struct cell_shape {
    uint32_t state;
    size_t count;
    location_id *locations;
    uint16_t first_of[SYSTEM_THREADS_MAX + 1]; /* fields of a thread, and behind the last */
    uint64_t live[SYSTEM_THREADS_MAX];
    uint8_t *shifts;
    struct groups groups;
};

/* Starts a world in which data is followed, a flag each; freed with cell_world_free(). */
void cell_world_start(struct cell_world *self, const struct control_graph *graph, const bool *followed);
void cell_world_free(struct cell_world *self);

void cell_shape_start(struct cell_shape *self, const struct cell_world *world);
void cell_shape_free(struct cell_shape *self);

/* Finds the fields of a state; their shifts, once the cell has its widths. */
void cell_shape_find(struct cell_shape *self, const struct cell_world *world, uint32_t state);
void cell_shape_shift(struct cell_shape *self, const struct cell *cell);

/* The field of a location, or -1. */
int cell_shape_field(const struct cell_shape *self, const struct cell_world *world, location_id location);

/* Gives a cell that has none its fields, without values. */
void cell_begin(struct cell *self, const struct cell_shape *shape);

/* Widens the intervals of a cell by what a step, made by a thread of the leader's group, brings from another one. Returns whether they
 * changed; *fits is made false where a value is beyond what words can hold. */
bool cell_widen(struct cell *self, const struct cell_shape *shape, const struct cell_world *world,
                const struct cell *from, const struct cell_shape *from_shape, const struct control_step *step,
                size_t thread, int64_t *scratch, bool *fits);

/* Gives a cell the values of the first state. Returns false where one is beyond what words can hold. */
bool cell_begin_first(struct cell *self, const struct cell_shape *shape, const struct cell_world *world);

/* Fixes the widths. Returns false where a word has not that many bits. */
bool cell_fix(struct cell *self);

/* Compiles what a step does, as above; to `to_shape` of a cell that is fixed, or, where to is NULL, its guards alone. */
void cell_compile_groups(struct cell_kernel *kernel, const struct cell_world *world, const struct cell *to,
                         const struct cell_shape *shape);
void cell_compile(struct cell_kernel *kernel, const struct cell_world *world, const struct cell *from,
                  const struct cell_shape *from_shape, const struct cell *to, const struct cell_shape *to_shape,
                  const struct control_step *step, size_t thread);
