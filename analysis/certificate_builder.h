/* certificate_builder: the states of a certificate, explored and bounded; for analysis/certificate*.c alone.
 *
 * An observer of the explorer, which keeps for each state and each *slot* (a data
 * location that may flow into what is observed) the least value (or the greatest) that some schedule leads
 * there with. A state whose bounds fell after it was looked at is looked at again, until nothing changes. Where
 * each bound comes from is remembered, so that a schedule that attains it can be told. */
#pragma once

#include "analysis/certificate.h"
#include "program/program.h"
#include "space/explorer.h"
#include "space/slice.h"

enum builder_result {
    BUILDER_DONE,
    BUILDER_UNBOUNDED, /* a bound falls without end, or leaves the 64 bits */
    BUILDER_LIMIT      /* of the budget */
};

/* Where a bound comes from: a step from a state, in which it was the bound of a slot. */
struct builder_origin {
    uint32_t state; /* or, for a first state, its number among them */
    uint8_t thread; /* BUILDER_FIRST for a first state */
    uint8_t option;
    uint16_t slot; /* BUILDER_NO_SLOT: of none, the value is a constant */
};

enum { BUILDER_FIRST = UINT8_MAX, BUILDER_NO_SLOT = UINT16_MAX };

struct certificate_builder {
    struct program program; /* a copy that says which registers are looked at at the end; its threads are its own */
    struct machine *machine;
    const struct scheduler *scheduler;
    struct slice *slice;
    bool *wanted; /* one a location: claims are about it */
    struct budget *budget;
    bool is_upper;
    struct explorer explorer;
    size_t slot_count;
    location_id *slot_locations;    /* one a slot */
    uint16_t *slots;                /* one a location, or BUILDER_NO_SLOT */
    int64_t *bounds;                /* slot_count a state */
    struct builder_origin *origins; /* slot_count a state */
    bool *dirty;                    /* one a state: its bounds fell since it was looked at */
    size_t capacity;                /* of states, of the arrays above */
    uint64_t transitions;
    struct builder_offer {
        int64_t *bounds; /* one a slot */
        struct builder_origin *origins;
    } offer;                   /* what the step under way makes of the bounds */
    enum builder_result ended; /* why the observer ended the exploration */
};

/* Starts a builder: with bounds, or with all values where `everything`. NULL scheduler: free. */
struct certificate_builder *builder_new(const struct program *program, const struct certificate_options *options,
                                        bool everything);
void builder_free(struct certificate_builder *self);

/* Explores and bounds all states, as long as the budget lets it: memory, states, time, an interrupt. After
 * anything but BUILDER_DONE the builder is only good for being freed. */
enum builder_result builder_complete(struct certificate_builder *self);

/* Whether a place of a store buffer has a bound in a state: a store waits there whose value may flow into what is observed. */
bool builder_fills(const struct certificate_builder *self, uint32_t state, location_id place);

/* The bound of a slot in a state. */
int64_t builder_bound(const struct certificate_builder *self, size_t state, size_t slot);

/* Finds the state in which every thread has finished and a location that is observed can be least (or greatest), and that value.
 * Returns false where no thread ever finishes. */
bool builder_find_best(const struct certificate_builder *self, location_id location, uint32_t *state, int64_t *value);

/* Writes to an empty schedule one that leads to a state with the location's bound as its value. */
void builder_find_schedule(const struct certificate_builder *self, location_id location, uint32_t state,
                           struct schedule *schedule);

/* Whether a condition is true of every state. */
bool builder_holds(const struct certificate_builder *self, const struct predicate *condition);
