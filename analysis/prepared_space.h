/* prepared_space: a state space made ready for folds.
 *
 * An analysis needs up to three: the space of the program (for values and counts), a fused one (for values at large sizes),
 * and one that tracks the last thread (for preemptions and witnesses). Each is a grid where that applies and a graph otherwise;
 * who folds need not know. A prepared space also remembers between which values the elements of its levels lie. */
#pragma once

#include "analysis/fold.h"
#include "analysis/value_range.h"
#include "space/graph.h"
#include "space/grid.h"

/* What all prepared spaces of an analysis share; borrowed. */
struct prepared_space_setting {
    struct machine *machine; /* may be widened while the first space is opened */
    const struct slice *slice;
    const struct scheduler *scheduler;
    bool symmetry;
    bool grid;  /* the control states form a grid */
    bool eager; /* as struct explorer_options has it */
    unsigned jobs;
    struct budget *budget;
};

struct prepared_space_options {
    bool tracks_last;
    bool fused; /* local steps are taken together with the step before; of graphs where that may be (space/system.h) */
    bool edges; /* graphs: store the steps; without them only final values are known */
    bool ends_alike;     /* graphs: a deadlock and an error of the program are ends like others; no steps are fused */
    uint64_t max_states; /* graphs: incomplete beyond that many, whatever the budget; 0: no such limit */
    uint64_t edges_max_states; /* graphs: forget the steps beyond this many states; 0: never */
};

enum prepared_space_result {
    PREPARED_SPACE_READY,
    PREPARED_SPACE_INCOMPLETE, /* the budget is exceeded */
    PREPARED_SPACE_TOO_LARGE   /* a grid whose places cannot even be numbered */
};

struct prepared_space {
    const struct prepared_space_setting *setting;
    struct graph *graph;       /* or NULL */
    struct grid *grid;         /* or NULL */
    const struct space *space; /* of whichever there is */
    bool has_ranges;
    struct value_ranges ranges;
};

/* Opens a space; prepared_space_close() is to be called whatever the result. Where a value does not fit, the machine is widened and
 * the graph explored again; that happens only in the first graph of a setting, since marks add no values. */
enum prepared_space_result prepared_space_open(struct prepared_space *self,
                                               const struct prepared_space_setting *setting,
                                               const struct prepared_space_options *options);
void prepared_space_close(struct prepared_space *self);

/* Folds the extremes, which fills the ranges, and writes the extremes over all ends with a value (least above greatest
 * where there is none). */
enum fold_result prepared_space_find_extremes(struct prepared_space *self, struct extremes *extremes);

/* Takes over the ranges of another space of the same program, where that has them and its levels are the same steps: marks
 * change who stepped last, not what can still be added. */
void prepared_space_copy_ranges(struct prepared_space *self, const struct prepared_space *other);

/* Calls a visitor, for every start, for the element of each slot that a final value can come from, with the value that the
 * slot has at the start. Slots of registers are visited once for each thread. */
typedef void prepared_space_visitor(void *context, const void *element, int64_t initial);
void prepared_space_visit_values(const struct prepared_space *self, const struct fold *fold,
                                 prepared_space_visitor *visitor, void *context);

/* The same for the elements of one fate slot (initial is 0); for none where the slot does not exist. */
void prepared_space_visit_fate(const struct prepared_space *self, const struct fold *fold, int slot,
                               prepared_space_visitor *visitor, void *context);
