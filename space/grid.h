/* grid: a state space that is index arithmetic.
 *
 * Where threads run straight through, never wait and have no control values, under the free scheduler, a control state is
 * how far each thread has come: a point of a grid, or, with identical threads interchangeable, of a simplex (a multiset of
 * positions). Nothing needs to be stored or looked up: the states of a level are those whose positions have the same sum,
 * and the place of a state in its level is its rank in the combinatorial number system (Knuth, The Art of Computer
 * Programming, vol. 4A, section 7.2.1.3), computed from all coordinates but the last, which the sum determines.
 *
 * A grid can *track the last thread*: states then tell which thread stepped last, in one *part* for each class that it may be
 * of. It can be *fused*: a step that touches only its thread's own registers goes together with the one before it, which changes
 * neither the reachable values nor the extremes (a partial-order reduction: such a step commutes with all others).
 *
 * A grid is a struct space (space/space.h). */
#pragma once

#include "space/space.h"
#include "space/straight_line.h"

#include <gmp.h>

/* Coordinates that are kept in ascending order: the threads of one class, or the one that stepped last alone. */
struct block {
    size_t line;
    size_t first; /* coordinate */
    size_t count; /* coordinates, at least 1 */
    uint64_t stride;
};

struct part {
    struct block blocks[SYSTEM_THREADS_MAX + 1];
    size_t block_count;
    size_t last_line; /* of coordinate 0 in a grid that tracks the last thread */
    uint64_t offset;  /* place of its first state */
    uint64_t places;
    uint32_t block_of[SYSTEM_THREADS_MAX];     /* of each coordinate */
    uint64_t most_after[SYSTEM_THREADS_MAX]; /* greatest sum of the coordinates after this one */
};

struct grid {
    struct space space;
    const struct machine *machine; /* borrowed */
    const struct slice *slice;     /* borrowed */
    bool tracks_last;
    struct straight_line *lines;
    size_t line_count;
    size_t thread_count;
    struct part *parts;
    size_t part_count;
    uint64_t **binomials; /* binomials[i][x] = C(x + i, i + 1) */
    uint64_t places;      /* of a level */
};

/* What kind of grid. */
struct grid_options {
    bool symmetry;
    bool tracks_last;
    bool fused;
};

/* Returns whether a program's control states form a grid at all (under the free scheduler). */
bool grid_applies(const struct machine *machine, const struct slice *slice);

/* Returns a new grid, or NULL where the ranks of a level would not fit 40 bits. Freed with grid_free(). */
struct grid *grid_new(const struct machine *machine, const struct slice *slice, const struct grid_options *options);
void grid_free(struct grid *self);

/* The line of a thread: its own, or that of its class. */
size_t grid_line(const struct grid *self, size_t thread);

/* The states and steps of the program that the grid stands for, without symmetry (and without marks). */
void grid_count(const struct grid *self, mpz_t states, mpz_t steps);

/* Finds a concrete state, told by the position of each thread and, in a grid that tracks the last thread, who stepped last (-1: nobody).
 * Returns its place and writes its level, and to coordinates[t] the coordinate that stands for thread t. */
size_t grid_locate(const struct grid *self, const uint32_t *positions, int last, size_t *level, struct groups *groups,
                   uint8_t *coordinates);

/* ---- For grid.c and grid_view.c ---------------------------------------------------------------------------------- */

/* The functions that make a grid a space (grid_view.c). */
const struct space_kind *grid_space_kind(void);

/* The place of a state in its level; coordinates in ascending order within each block. */
uint64_t grid_rank(const struct grid *self, const struct part *part, const uint32_t *coordinates);

/* Finds the groups of coordinates and returns their pattern: bit c is set where coordinate c is in the group of the one
 * before it. */
uint64_t grid_groups(const struct grid *self, const struct part *part, const uint32_t *coordinates,
                     struct groups *groups);
