/* stepgraph: every concrete state of a system and every step, stored, for questions about schedules that never end.
 *
 * Unlike struct graph it merges no threads and no steps, tells threads apart, and knows nothing of data: its states,
 * numbers and shortest ways are those of an explorer (space/explorer.h). Errors of the program end a schedule and are
 * no edges.
 *
 * A struct stepgraph is filled by stepgraph_explore() and freed with stepgraph_free(), whatever the result. */
#ifndef RACECHECK_ANALYSIS_STEPGRAPH_H
#define RACECHECK_ANALYSIS_STEPGRAPH_H

#include "space/explorer.h"

struct stepgraph_edge {
    uint32_t target;
    uint32_t ticks; /* 0 for a return from input or output, which needs no processor */
    uint32_t thread;
};

struct stepgraph {
    struct explorer explorer;
    uint64_t *may;        /* of each state: who may step, while nothing but the threads acts (option 0) */
    uint64_t *edge_first; /* where the edges of a state begin; one more at the end */
    size_t state_capacity;
    struct stepgraph_edge *edges; /* of each state by thread */
    size_t edge_count;
    size_t edge_capacity;
    size_t taken;  /* bytes taken from the budget */
    uint64_t away; /* of the state that is being expanded: whose step is a return */
    bool fits;
};

/* Explores a system, which is borrowed; at most so many states (0: no limit but the budget's). Returns
 * EXPLORER_COMPLETE where the graph is complete, else why not. */
enum explorer_result stepgraph_explore(struct stepgraph *self, const struct system *system, uint64_t max_states,
                                       struct budget *budget);
void stepgraph_free(struct stepgraph *self);

static inline size_t stepgraph_count(const struct stepgraph *self)
{
    return self->explorer.states.count;
}

#endif
