/* graph: a state space that was explored and stored.
 *
 * A graph is what an observer of the explorer keeps (space/explorer.h): of every state what its end is, of every step its target
 * and its plan, how data moves in it. Plans repeat a lot and are kept once. Without edges only the states remain, and the final
 * values where control knows them.
 *
 * A graph is a struct space (space/space.h), unless it is *bare*: then its edges have no plans, and it serves questions about
 * ways through concrete states. */
#pragma once

#include "base/interval.h"
#include "space/components.h"
#include "space/explorer.h"
#include "space/space.h"
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
    uint8_t option; /* of the system, with which it does */
    bool adds : 1;  /* data is moved with something added, relevant or not */
    bool adds_relevant : 1;
};

struct graph {
    struct space space;
    struct explorer explorer;  /* with the system and the states; the first states come first */
    const struct slice *slice; /* borrowed */

    bool has_edges;
    uint64_t *edge_first; /* where the edges of a state begin; one more at the end */
    size_t edge_first_capacity;
    struct edge *edges;
    size_t edge_count;
    size_t edge_capacity;
    struct plan *plans;
    size_t plan_count;
    size_t plan_capacity;
    uint32_t *plan_table; /* finds equal plans */
    size_t plan_table_size;

    /* Where not graded. */
    struct components components; /* its members are the order of the states, every step leading to an earlier one */
    uint32_t *heights;            /* of each state, by number; without meaning where cyclic */

    /* What was met. */
    mpz_t orbit_states; /* states that the stored ones stand for */
    mpz_t orbit_steps;
    uint64_t finals, deadlocks, failures; /* stored states that end so (failures: steps) */
    bool overlaps;                        /* somewhere two threads are inside the same critical section */
    uint64_t longest;                     /* with edges and without cycles: the longest schedule, in steps */
    struct intervals final_values; /* where the observed variable is control; of several, the ranks of the tuples */
    struct tuples final_tuples;    /* where there are several, in order */
    bool gaps;                     /* failures behind which the real program may go on */
    bool deaths;                   /* errors that end a thread alone are possible; they are not counted above */
    char *failure_text;            /* of the first error of the program, in order of file position */
    bool failure_ends;
    uint32_t failure_line;
};

/* What to explore, and what to store. */
struct graph_options {
    struct explorer_options explorer;
    bool edges;      /* store the steps */
    bool bare;       /* ... without plans */
    bool ends_alike; /* a deadlock and an error of the program are ends like others, without a fate of their own */
    uint64_t edges_max_states; /* forget them when there are more states than this; 0: never */
};

/* Explores all that a machine can reach under a scheduler; where a value does not fit, the machine is widened. Returns
 * EXPLORER_COMPLETE, or why not: what was found so far is there. Whatever the result, graph_free() frees the graph. */
enum explorer_result graph_explore(struct graph *self, struct machine *machine, const struct scheduler *scheduler,
                                   const struct slice *slice, const struct graph_options *options,
                                   struct budget *budget);
void graph_free(struct graph *self);

/* Returns what is observed in a final state in which it is control: the value, or the rank of the tuple. */
int64_t graph_final_value(const struct graph *self, const uint64_t *state);

/* Returns the place, within its level, of a state by its number, and the level. */
size_t graph_place(const struct graph *self, uint32_t number, size_t *level);

/* Whether an edge that leaves a state stays inside its strongly connected component; only in a cyclic graph. */
bool graph_is_inside(const struct graph *self, uint32_t number, const struct edge *edge);

/* What an edge adds to what is observed, where that is data that is only added to; 0 for an error of the program. */
int64_t graph_added(const struct graph *self, const struct edge *edge);

/* ---- For explore.c and graph.c ------------------------------------------------------------------------------- */

/* Frees all but the explorer, and begins anew; frees the edges, and stores no more. */
void graph_clear(struct graph *self);
void graph_forget_edges(struct graph *self);

/* Returns the number of a plan with these entries, which are copied where it is new. */
uint32_t graph_add_plan(struct graph *self, const struct entry *entries, size_t count);

/* Turns what exploration stored into levels: finds out whether the space is graded, orders the states where it is not. */
void graph_finish(struct graph *self);
