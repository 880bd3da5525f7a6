/* cells: a search of all states, cell by cell.
 *
 * States with the same control (places of the threads, locks held, and whatever a slice calls control) form a *cell*: an array of
 * words, into which their data is packed. A step acts on a whole cell at once (space/cell_kernel.h), and each cell is computed from
 * those from which steps lead to it, by one job, without locks: into a bitmap or a hash set (space/cell_set.h), and from there into an
 * array. Cells come in the layers of the control graph (space/control_graph.h); an array is freed once nothing needs it any more.
 * Where control goes round, the cells of a strongly connected component are computed together, until nothing new comes.
 *
 * How wide the fields of a cell are, intervals tell that go through the graph beforehand: they contain all values that can come.
 *
 * What comes out does not depend on the number of jobs. */
#pragma once

#include "base/interval.h"
#include "space/control_graph.h"
#include "space/slice.h"
#include "space/tuples.h"

#include <gmp.h>

/* A condition that is looked at in every state, or at every end; it reads words, and of ends registers, that are stored. */
struct cells_condition {
    const struct predicate *predicate;
    bool of_ends;
    bool is_ever_true, is_ever_false; /* what was found */
};

struct cells_options {
    const struct scheduler *scheduler;
    const bool *stored; /* a flag a location of the program: what a search of states would store */
    struct observed observed;
    struct system_options system;
    unsigned jobs;
    size_t max_control_states;
    struct cells_condition *conditions; /* or NULL */
    size_t condition_count;
};

enum cells_result {
    CELLS_COMPLETE,
    CELLS_LIMIT, /* the budget is exceeded; what was found is there */
    CELLS_LARGE, /* there are more control states than were allowed; see reason */
    CELLS_UNFIT  /* the program is none for cells; see reason, as where the result is not worth having */
};

struct cells {
    const char *reason; /* why cells do not do, in words */
    bool is_graded;     /* all schedules to a state are equally long */
    bool may_be_endless;
    bool fuses;                          /* local steps are taken with the step before */
    bool collapses;                      /* stretches without choice are one step (space/macrostep.h) */
    uint64_t control_states, cell_count; /* of the graph; those that data came to */
    unsigned widest;                     /* bits of a word, at most */
    uint64_t states;                     /* found; of those that symmetry makes equal one */
    uint64_t depth;                      /* steps to the deepest state, where graded */
    mpz_t orbit_states;                  /* that the found ones stand for */
    mpz_t orbit_steps;
    uint64_t finals, deadlocks, failures;
    bool overlaps;
    bool gaps;                     /* failures behind which the real program may go on */
    struct intervals final_values; /* of one observed location; of several, the ranks of the tuples */
    struct tuples final_tuples;    /* in order */
    char *failure_text;            /* of the first error of the program, in order of file position */
};

/* Explores all states of a program. cells_free() frees the struct, whatever the result. */
enum cells_result cells_explore(struct cells *self, const struct program *program, const struct cells_options *options,
                                struct budget *budget);
void cells_free(struct cells *self);
