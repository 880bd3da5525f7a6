/* array_tile: a rectangle of states of a grid of two lanes, folded as arrays.
 *
 * A tile is so many repetitions of steps of thread 0 (its *blocks*) by so many of thread 1. All states at the same place within their
 * blocks, and with the same sum of the blocks that are left, do the same and do not depend on each other: they are one vector. So
 * a tile is folded by diagonals of blocks, and on each of them place by place from the last one to the first.
 *
 * An element is the least and the greatest of what can still be added, or nothing: hulls. Whether each union of two of them has no gap
 * between them is found out on the way: then all elements are intervals, by induction from the ends.
 *
 * Two instances, for elements of 32 and of 64 bits, are made of one text (analysis/array_tile_text.h). */
#pragma once

#include "space/lanes.h"

/* What stands behind the last position of each thread in the tile, and is replaced by what is found at the first ones: for each position
 * of the other thread in the tile, for each slot, least and negated greatest, as elements of the instance. */
struct array_tile {
    const struct lanes *lanes; /* borrowed */
    struct lane_run sides[2];  /* the positions of each thread, as blocks; at most ARRAY_TILE_BLOCKS */
    void *down;                /* by positions of thread 1: behind the last step of thread 0 */
    void *right;               /* by positions of thread 0: behind the last step of thread 1 */
};

enum { ARRAY_TILE_BLOCKS = 512 };

/* An instance. Sums must stay below `bound`. */
struct array_tile_kind {
    size_t element_size;
    uint64_t bound;

    /* Bytes that one tile of such sides needs for itself. */
    size_t (*scratch_size)(const struct lanes *lanes, const struct lane_run *sides);

    /* Folds; returns whether no gap was met. */
    bool (*fold)(const struct array_tile *tile, void *scratch);

    /* Fills what stands along an end of the grid, where only this thread has steps left: its positions 0 .. count. Returns whether no
     * gap was met. */
    bool (*fold_end)(const struct lanes *lanes, size_t thread, void *frontier);

    /* Writes the mirror image of count positions. */
    void (*mirror)(const struct lanes *lanes, const void *from, void *to, size_t count);

    /* Reads an element; returns false where it is nothing. */
    bool (*read)(const struct lanes *lanes, const void *frontier, size_t position, uint32_t slot, int64_t *least,
                 int64_t *greatest);
};

extern const struct array_tile_kind array_tile_32, array_tile_64;
