/* waiting: the states in which one thread is kept waiting, the steps that leave it waiting, and their components.
 *
 * What a thread waits for depends on where it stands.
 *
 * - Outside of all critical sections, with one ahead (some way through its code leads into one), it waits to get
 *   *in*. Its own steps do not help: a thread that tests a lock again and again is still waiting. Nothing says when
 *   a thread begins to want in, so it does from its first step, and again as soon as it has left a section with
 *   another one ahead.
 * - Everywhere else, i.e. in a program without critical sections, inside one, or past its last, it waits to *step*,
 *   and any step of its own ends the wait.
 * - A thread that has finished does not wait, nor does one that nobody has started, nor one that is away at input or output:
 *   that was its own will, and no scheduler can forbid the return.
 *
 * So a wait to get in ends when the thread is inside, or past all sections, or finished, or away. Steps of others
 * end no wait. A wait that never ends is an infinite path in the graph of these states and steps, and its infinitely
 * repeated part lies in one strongly connected component of it. */
#pragma once

#include "space/graph.h"

enum { WAITING_NOBODY = 64 }; /* a number that no thread has */

enum waiting_kind { WAITING_NOT, WAITING_TO_STEP, WAITING_TO_ENTER };

struct waiting {
    const struct graph *graph; /* borrowed */
    size_t thread;
    uint8_t *kinds; /* enum waiting_kind of each state */

    struct components components; /* of the states that were decomposed last */
    uint32_t *region_of;          /* of each state: in which decomposition it was last */
    uint32_t region;
};

/* Returns, as new, for each instruction of a thread, and its end, whether it lies outside of all critical sections, with one ahead. */
bool *waiting_find_outside(const struct machine *machine, size_t thread);

/* How a thread waits in a concrete state; `outside` is what waiting_find_outside() says of it. */
enum waiting_kind waiting_kind_in(const struct machine *machine, const bool *outside, const uint64_t *state,
                                  size_t thread);

/* Whether a wait goes on behind a step that does not fail, by how the thread waits before and behind it. */
static inline bool waiting_is_kept(enum waiting_kind from, enum waiting_kind to, bool is_own)
{
    return from != WAITING_NOT && (!is_own || (from == WAITING_TO_ENTER && to == from));
}

/* Starts with a complete graph of concrete states, whose edges may be bare; freed with waiting_free(). */
void waiting_start(struct waiting *self, const struct graph *graph, size_t thread);

/* The same for no thread in particular: the schedule as a whole waits in the states that are given (a flag each), and steps between
 * them leave it waiting, whoever makes them. So whatever is judged of waits can be judged of any part of a graph. */
void waiting_start_part(struct waiting *self, const struct graph *graph, const bool *states);
void waiting_free(struct waiting *self);

/* That a store reaches memory is done by nobody whom a scheduler could forbid it, but a schedule in which it never happens is as unfair: so
 * it has a bit of its own, behind those of the threads, of which there are few then. */
enum { WAITING_FLUSH = 32 };

/* Who may step in a state, while nothing but the threads acts (option 0), and nobody wakes up without a signal; and whose oldest store may
 * reach memory. */
uint64_t waiting_may(const struct graph *graph, uint32_t state);

/* Whether a step is that a store reaches memory; the bit of who makes it. */
static inline bool waiting_is_flush(const struct graph *graph, const struct edge *edge)
{
    return system_is_flush(graph->explorer.system, edge->option);
}
static inline uint64_t waiting_actor(const struct graph *graph, const struct edge *edge)
{
    return UINT64_C(1) << (edge->thread + (waiting_is_flush(graph, edge) ? WAITING_FLUSH : 0));
}

/* Whether the thread waits before a step, and that wait goes on; an error of the program ends it with the schedule. */
static inline bool waiting_goes_on(const struct waiting *self, uint32_t from, const struct edge *edge)
{
    return edge->target != STATESET_NONE &&
           waiting_is_kept((enum waiting_kind)self->kinds[from], (enum waiting_kind)self->kinds[edge->target],
                           edge->thread == self->thread && !waiting_is_flush(self->graph, edge));
}

/* Decomposes the part of the graph that has only these states (in which the thread waits; in ascending order) and the steps
 * between them that leave it waiting. */
void waiting_decompose(struct waiting *self, const uint32_t *states, size_t count);

/* Whether a state was among those that were decomposed last; whether a step leads from one of them to another one in
 * the same component and leaves the thread waiting. */
static inline bool waiting_has(const struct waiting *self, uint32_t state)
{
    return self->region_of[state] == self->region;
}
static inline bool waiting_stays(const struct waiting *self, uint32_t from, const struct edge *edge)
{
    return waiting_goes_on(self, from, edge) && waiting_has(self, edge->target) &&
           self->components.of[edge->target] == self->components.of[from];
}
