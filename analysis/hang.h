/* hang: states of a graph from which no end can be reached, though somebody can always step.
 *
 * A schedule that comes there goes on for ever, whatever the scheduler chooses; a deadlock is an end here. A graph has such
 * states only where it is cyclic. */
#pragma once

#include "space/graph.h"

/* Returns, as new, a flag for each component of a cyclic graph with edges, by its number: whether from there a schedule can
 * come to an end, be it with a value, in a deadlock or in an error of the program. */
bool *hang_find_ends(const struct graph *graph);

/* What can hang. */
struct hang {
    bool is_possible;
    bool is_certain; /* no schedule comes to an end at all */
    uint64_t
        spinning; /* the threads that can step again and again in such states, a bit each; 0 where edges are more than
                          single steps, and do not tell */
};

/* Finds out in the same graph. */
struct hang hang_find(const struct graph *graph);

/* Finds, in a complete graph whose edges may be bare, the states from which no end can be reached, a deadlock being none here, and
 * returns a flag for each as new. */
bool *hang_find_states(const struct graph *graph);

/* Returns the first of these states, to which the shortest schedule leads that hangs, or STATESET_NONE. */
uint32_t hang_find_first(const struct graph *graph);
