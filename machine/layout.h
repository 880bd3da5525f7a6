/* layout: where in a packed control state each thing lies.
 *
 * A field is a run of bits inside one quad, which has 64 bits. The layout gives a field to every thread's instruction index, whether it
 * is away, and held mutexes, and to every control location that the program mentions; what has no field (width 0) never
 * changes or is data. The fields of a thread lie together in its block; threads of one class have equal blocks. A layout is
 * rebuilt whenever a range grows. Private to machine/machine*.c. */
#pragma once

#include "machine/machine.h"
#include "program/instruction.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct field {
    uint32_t quad;
    uint8_t shift;
    uint8_t width;  /* bits; 0: nothing is stored */
    bool is_signed; /* two's complement in width bits; else 0 .. 2^width - 1 */
};

/* The values that a location is known to take. */
struct range {
    int64_t least;
    int64_t greatest;
};

struct layout {
    size_t bits;
    struct field *locations;  /* one a location */
    struct field *indices;    /* one a thread: the next instruction */
    struct field *activities; /* one a thread: enum activity */
    register_set *registers;  /* one a thread: those that have a field, a bit each */
    struct field *held;       /* one a thread: a bit a mutex, and behind them two a read-write lock: reads, writes */
    struct machine_block *blocks; /* one a thread */
};

/* What a layout is made from; all borrowed. */
struct layout_plan {
    size_t thread_count;
    size_t location_count;
    size_t shared_count;
    size_t stride; /* locations a thread: registers, and its stack */
    size_t register_count;
    size_t held_bits;
    const size_t *classes; /* one a thread */
    const uint32_t *instruction_counts;
    const uint8_t *activity_bits; /* one a thread */
    const bool *stored;           /* one a location: gets a field */
    const struct range *ranges;   /* one a location */
};

void layout_build(struct layout *self, const struct layout_plan *plan);
void layout_free(struct layout *self);

static inline uint64_t field_mask(struct field field)
{
    return field.width == 64 ? UINT64_MAX : (UINT64_C(1) << field.width) - 1;
}

static inline uint64_t field_get(struct field field, const uint64_t *state)
{
    return state[field.quad] >> field.shift & field_mask(field);
}

static inline void field_set(struct field field, uint64_t *state, uint64_t bits)
{
    uint64_t mask = field_mask(field) << field.shift;
    state[field.quad] = (state[field.quad] & ~mask) | (bits << field.shift & mask);
}

static inline int64_t field_get_value(struct field field, const uint64_t *state)
{
    uint64_t bits = field_get(field, state);
    if (field.is_signed && field.width < 64) {
        uint64_t sign = UINT64_C(1) << (field.width - 1);
        return (int64_t)((bits ^ sign) - sign);
    }
    return (int64_t)bits;
}

/* Whether a value can be stored in a field. */
static inline bool field_holds(struct field field, int64_t value)
{
    if (field.width == 64)
        return field.is_signed || value >= 0;
    if (!field.is_signed)
        return value >= 0 && (uint64_t)value >> field.width == 0;
    int64_t bound = INT64_C(1) << (field.width - 1);
    return value >= -bound && value < bound;
}
