/* stage: a state space made ready for folds.
 *
 * An analysis needs up to three: the space of the program (for values and counts), a fused one (for values at large sizes),
 * and a marked one (for preemptions and witnesses). Each is a grid where that applies and a graph otherwise; who folds need
 * not know. A stage also remembers between which values the elements of its levels lie. */
#ifndef RACECHECK_CHECKER_STAGE_H
#define RACECHECK_CHECKER_STAGE_H

#include "checker/bands.h"
#include "checker/fold.h"
#include "checker/graph.h"
#include "checker/grid.h"

/* What all stages of an analysis share; borrowed. */
struct stage_setting {
    struct machine *machine; /* may be widened while the first stage is opened */
    const struct slice *slice;
    const struct scheduler *scheduler;
    bool symmetry;
    bool grid; /* the control states form a grid */
    unsigned jobs;
    struct budget *budget;
};

struct stage_options {
    bool marked;
    bool fused;                /* grids only */
    bool edges;                /* graphs: store the steps; without them only final values are known */
    uint64_t edges_max_states; /* graphs: forget the steps beyond this many states; 0: never */
};

enum stage_result {
    STAGE_READY,
    STAGE_INCOMPLETE, /* the budget is exceeded */
    STAGE_TOO_LARGE   /* a grid whose places cannot even be numbered */
};

struct stage {
    const struct stage_setting *setting;
    struct system *system;     /* of a graph */
    struct graph *graph;       /* or NULL */
    struct grid *grid;         /* or NULL */
    const struct space *space; /* of whichever there is */
    bool has_bands;
    struct bands bands;
};

/* Opens a stage; stage_close() is to be called whatever the result. Where a value does not fit, the machine is widened and
 * the graph explored again; that happens only in the first graph of a setting, since marks add no values. */
enum stage_result stage_open(struct stage *self, const struct stage_setting *setting,
                             const struct stage_options *options);
void stage_close(struct stage *self);

/* Folds the extremes, which fills the bands, and writes the extremes over all ends with a value (least above greatest
 * where there is none). */
enum fold_result stage_find_extremes(struct stage *self, struct extremes *extremes);

/* Takes over the bands of another stage of the same program, where that has them and its levels are the same steps: marks
 * change who stepped last, not what can still be added. */
void stage_copy_bands(struct stage *self, const struct stage *other);

/* Calls a visitor, for every start, for the element of each slot that a final value can come from, with the value that the
 * slot has at the start. Slots of registers are visited once for each thread. */
typedef void stage_visitor(void *context, const void *element, int64_t initial);
void stage_visit_values(const struct stage *self, const struct fold *fold, stage_visitor *visitor, void *context);

/* The same for the elements of one fate slot (initial is 0); for none where the slot does not exist. */
void stage_visit_fate(const struct stage *self, const struct fold *fold, int slot, stage_visitor *visitor,
                      void *context);

#endif
