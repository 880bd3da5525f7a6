/* components: the strongly connected components of a graph with edges, or of a part of one.
 *
 * A *part* has some of the states, and the steps between them that whoever asks wants to follow. Components are numbered from 1,
 * each after those that steps from it lead to. One decomposition after the other can be found with the same buffers; each
 * looks at its own part alone, so that small parts of a large graph cost little. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct edge;
struct graph;

/* Whether a step from a state, which leads to a state, is followed. */
typedef bool components_follow(const void *context, uint32_t from, const struct edge *edge);

/* Steps, in the order of the states that they leave: those of a state have the numbers first[state] .. first[state + 1] - 1. Where the first
 * one leads is the 32-bit number at `targets`, UINT32_MAX for nowhere; that of each next one lies `stride` bytes behind. Borrowed. */
struct components_steps {
    const uint64_t *first;
    const void *targets;
    size_t stride;
};

struct components {
    const struct graph *graph; /* borrowed; NULL where nothing is asked of a step but where it leads */
    struct components_steps steps;
    components_follow *follows; /* NULL: all steps are */
    const void *context;

    /* What was found last. */
    uint32_t *of;      /* of each state of the part, the number of its component */
    uint32_t *members; /* component by component, in each the greatest number first */
    size_t *first;     /* where the members of component c end, at c; where those of the first begin, at 0 */
    uint32_t count;
    bool is_cyclic; /* some step leads back to its component */

    /* While it is under way. */
    uint32_t *entered; /* when each state was met, counted from 1 */
    uint32_t *lowest;  /* the earliest state of the open ones that can be reached back to */
    uint32_t *open;    /* states whose component is not complete, in the order in which they were met */
    uint32_t *stack;
    uint64_t *next_edge; /* of each state on the stack, by its depth */
    size_t depth, open_count;
    uint32_t entered_count;
};

/* Starts with a graph that is not to change, or with steps that lie anywhere; freed with components_free(). */
void components_start(struct components *self, const struct graph *graph, components_follow *follows,
                      const void *context);
void components_start_over(struct components *self, const struct components_steps *steps, size_t count);
void components_free(struct components *self);

/* Decomposes the part with these states, which are in ascending order; NULL: with the first `count` states. No step that is
 * followed leads out of it. */
void components_find(struct components *self, const uint32_t *states, size_t count);
