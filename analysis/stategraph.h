/* stategraph: a small state space as a drawing, for people.
 *
 * Always of the complete machine (values included), since it is the classical picture. Plain data, owned, freed with
 * stategraph_free(). */
#pragma once

#include "base/budget.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct program;
struct scheduler;

enum { STATEGRAPH_NODES_MAX = 250 };

enum stategraph_kind { STATE_INNER, STATE_FINAL, STATE_DEADLOCK, STATE_FAILURE };

struct stategraph_node {
    char *label; /* "value=1\nT0: 2 add $1, %ax  ax=1\nT1: finished" (real newlines) */
    enum stategraph_kind kind;
    uint32_t level; /* steps from the start, fewest */
};

struct stategraph_edge {
    uint32_t from, to; /* node indices; node 0 is the start */
    uint32_t thread;
    char *label; /* "T0: mov counter, %ax" */
};

struct stategraph {
    struct stategraph_node *nodes;
    size_t node_count;
    struct stategraph_edge *edges;
    size_t edge_count;
    bool too_large; /* more than STATEGRAPH_NODES_MAX states: nothing is drawn then */
};

/* Returns the drawing as new. */
struct stategraph *stategraph_new(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                                  struct budget *budget);

/* Frees a drawing; NULL is allowed. */
void stategraph_free(struct stategraph *self);
