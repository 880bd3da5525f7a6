#include "base/arena.h"

#include "base/memory.h"

#include <stdalign.h>

enum { FIRST_SIZE = 4096, LARGEST_SIZE = 1 << 20 };

struct arena_block {
    struct arena_block *older;
    alignas(max_align_t) char bytes[];
};

static size_t aligned(size_t size)
{
    size_t alignment = alignof(max_align_t);
    return (size + alignment - 1) / alignment * alignment;
}

static void add_block(struct arena *self, size_t least)
{
    size_t size = self->size == 0 ? FIRST_SIZE : self->size < LARGEST_SIZE ? 2 * self->size : LARGEST_SIZE;
    size = size > least ? size : least;
    struct arena_block *block = memory_resize(NULL, sizeof *block + size, 1);
    block->older = self->blocks;
    self->blocks = block;
    self->size = size;
    self->used = 0;
}

void *arena_take(struct arena *self, size_t size)
{
    size = aligned(size);
    if (self->blocks == NULL || self->size - self->used < size)
        add_block(self, size);
    void *bytes = self->blocks->bytes + self->used;
    self->used += size;
    return bytes;
}

void arena_free(struct arena *self)
{
    while (self->blocks != NULL) {
        struct arena_block *older = self->blocks->older;
        memory_free(self->blocks);
        self->blocks = older;
    }
    *self = ARENA_INIT;
}
