/* slice: which part of a program's data must be stored in the states, and which need not.
 *
 * *Control* is what can influence which instruction comes next or whether it can proceed; *data* is the rest: locations
 * that are only ever moved into one another with a constant added. The split is the backward dependence closure from the
 * deciding locations (Weiser, Program Slicing, 1984), with one addition: where an assignment has not the shape "target =
 * one data location + what control knows", its sources become control until it has.
 *
 * Of the data, only what can flow into the observed variable is *relevant*: its moves are followed by the fold. The rest
 * is neither stored nor followed. A slice is constant once made; it owns its arrays. */
#pragma once

#include "machine/machine.h"
#include "space/observed.h"

enum slice_reason {
    SLICE_DATA,    /* only moved, with constants added */
    SLICE_DECIDES, /* a jump or a blocking instruction depends on it */
    SLICE_FLOWS,   /* a control location takes its value from it */
    SLICE_SHAPE,   /* an assignment combines it with data in a way that is no move plus constant */
    SLICE_ALWAYS,  /* the machine must store it: a queue, a stack, memory at computed addresses */
    SLICE_WANTED,  /* slicing is off, or the location is one to be stored */
    SLICE_ENDS,    /* a register whose value at the end is asked for */
    SLICE_UNUSED   /* no instruction names it */
};

struct slice {
    size_t location_count;
    bool *data;                  /* one a location */
    bool *relevant;              /* one a location: data that may flow into the observed variable */
    enum slice_reason *reasons;  /* one a location */
    uint32_t *reason_lines;      /* the source line of the instruction that made it control; 0 for none */
    location_id observed;        /* the first one that is observed, if any; a register is control */
    struct observed observation; /* all of them; of several, all locations are control */
    bool moves_constants;        /* some relevant location may take a value that control knows */

    /* The relevant data, as the fold numbers it: shared locations, and numbers of what is any thread's own, registers and places of
     * store buffers. */
    location_id *shared;
    size_t shared_count;
    unsigned *registers;
    size_t register_count;
};

/* Computes the slice of a program for one observed word, from the static view of any machine of it. With everything, all
 * is control: the classical explicit search. The caller frees it with slice_free(). */
struct slice *slice_new(const struct machine *machine, location_id observed, bool everything);
void slice_free(struct slice *self);

/* The same for any number of locations that are observed, also none, each for itself: what may flow into one of them is relevant.
 * stored, if not NULL, is a flag for each location: those are control. */
struct slice *slice_new_of(const struct machine *machine, const struct observed *observed, const bool *stored,
                           bool everything);

/* The same for an observation, whose members make a tuple: of several all is control. */
struct slice *slice_new_for(const struct machine *machine, const struct observation *observation, bool everything);

/* The greatest magnitude with which data begins that the program names. */
uint64_t slice_greatest_first(const struct slice *self, const struct machine *machine);

/* Returns, as new, the split in words, one line a location: "data     value: only moved, with constants added". */
char *slice_explain(const struct slice *self, const struct machine *machine);

/* The rules of the closure, for whoever splits locations otherwise (analysis/live_ranges.c): which locations are data before an
 * instruction, and behind it, and what is to be done with one that must be control before it. */
struct slice_rules {
    void *context;
    bool (*is_data)(const void *context, location_id source);
    bool (*becomes_data)(const void *context, location_id target);
    void (*make_control)(void *context, location_id source, enum slice_reason reason, uint32_t line);
};

/* Makes control what must be before one instruction of a thread. */
void slice_close(const struct slice_rules *self, const struct machine *machine, size_t thread, uint32_t index);
