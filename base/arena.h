/* arena: memory for many small things that die together.
 *
 * Started with ARENA_INIT; what it gives out lives until arena_free(). */
#pragma once

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* the newest first */
    size_t used;                /* bytes of the newest */
    size_t size;
};

#define ARENA_INIT ((struct arena){0})

/* Returns size bytes, aligned for any type, borrowed from the arena; contents are undefined. */
void *arena_take(struct arena *self, size_t size);

/* Frees everything that was taken; the arena is empty and may be used again. */
void arena_free(struct arena *self);
