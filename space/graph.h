/* graph: a state space that was explored and stored.
 *
 * Exploration is breadth-first over the states of a system: the states of one depth are expanded together, in parallel,
 * and their successors entered into the state set one after the other, so that numbers do not depend on the number of
 * cores. With edges, every step is stored with its target and its plan: how data moves in it. Plans repeat a lot and are
 * kept once. Without edges only the states remain, and the final values where control knows them.
 *
 * A graph is a struct space (space/space.h). */
#ifndef RACECHECK_SPACE_GRAPH_H
#define RACECHECK_SPACE_GRAPH_H

#include "base/interval.h"
#include "space/space.h"
#include "space/stateset.h"
#include "space/tuples.h"

#include <gmp.h>

/* How data moves in a step. */
struct plan {
    struct entry *entries;
    size_t count;
};

struct edge {
    uint32_t target; /* number of a state; STATESET_NONE: an error of the program */
    uint32_t plan;
    uint16_t length; /* steps; 1 unless the scheduler insists (space/macrostep.h) */
    uint16_t preemptions;
    uint8_t multiplicity;
    uint8_t thread; /* leader of the group that steps first */
    bool adds;      /* data is moved with something added, relevant or not */
    bool adds_relevant;
};

struct graph {
    struct space space;
    const struct system *system; /* borrowed */
    const struct slice *slice;   /* borrowed */
    struct budget *budget;       /* borrowed */
    struct stateset states;      /* the first states come first */
    size_t *level_first;         /* number of the first state of each depth; one more at the end */
    size_t depth_count;
    size_t depth_capacity;

    bool has_edges;
    uint64_t *edge_first; /* where the edges of a state begin; one more at the end */
    size_t edge_first_capacity;
    struct edge *edges;
    size_t edge_count;
    size_t edge_capacity;
    size_t edge_bytes; /* taken from the budget for edges and their firsts */
    struct plan *plans;
    size_t plan_count;
    size_t plan_capacity;
    uint32_t *plan_table; /* finds equal plans */
    size_t plan_table_size;

    uint32_t *order;     /* where not graded: the states, every step leading to an earlier one */
    uint32_t *heights;   /* where not graded: of each state, by number */
    uint32_t *component; /* where cyclic: the strongly connected component of each state, numbered from 1, each
                                        before those from which steps lead to it */
    uint32_t component_count;

    /* What was met. */
    mpz_t orbit_states; /* states that the stored ones stand for */
    mpz_t orbit_steps;
    uint64_t finals, deadlocks, failures; /* stored states that end so (failures: steps) */
    bool overlaps;                        /* somewhere two threads are inside the same critical section */
    uint64_t longest;                     /* with edges and without cycles: the longest schedule, in steps */
    struct intervals final_values; /* where the observed variable is control; of several, the ranks of the tuples */
    struct tuples final_tuples;    /* where there are several, in order */
    char *failure_text;            /* of the first error of the program, in order of file position */
    uint32_t failure_line;
    location_id narrow; /* for GRAPH_NARROW: what does not fit, and the value */
    int64_t narrow_value;
};

enum graph_result {
    GRAPH_COMPLETE,
    GRAPH_INCOMPLETE, /* the budget is exceeded; what was found so far is there */
    GRAPH_NARROW      /* a value did not fit: widen the machine and explore a new graph */
};

/* What to store. */
struct graph_options {
    bool edges;                /* store the steps */
    uint64_t edges_max_states; /* forget them when there are more states than this; 0: never */
    unsigned jobs;             /* OpenMP threads, at least 1 */
    const char *phase;         /* for progress */
};

/* Explores all that a system can reach. The graph is started here; whatever the result, graph_free() frees it. */
enum graph_result graph_explore(struct graph *self, const struct system *system, const struct slice *slice,
                                const struct graph_options *options, struct budget *budget);
void graph_free(struct graph *self);

/* Returns what is observed in a final state in which it is control: the value, or the rank of the tuple. */
int64_t graph_final_value(const struct graph *self, const uint64_t *state);

/* Returns the place, within its level, of a state by its number, and the level. */
size_t graph_place(const struct graph *self, uint32_t number, size_t *level);

/* Whether an edge that leaves a state stays inside its strongly connected component; only in a cyclic graph. */
bool graph_is_inside(const struct graph *self, uint32_t number, const struct edge *edge);

/* ---- For explore.c and graph.c ------------------------------------------------------------------------------- */

/* Returns the number of a plan with these entries, which are copied where it is new. */
uint32_t graph_add_plan(struct graph *self, const struct entry *entries, size_t count);

/* Turns what exploration stored into levels: finds out whether the space is graded, orders the states where it is not. */
void graph_finish(struct graph *self);

#endif
