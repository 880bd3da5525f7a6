/* Blocks of memory: they are taken, filled and copied. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <string.h>

enum { BLOCK_MAX = 65536 };

static void note_block(struct x86 *self, int64_t address, int64_t size)
{
    for (size_t b = 0; b < self->block_count; b++)
        if (self->blocks[b].address == address) {
            self->blocks[b].size = size > self->blocks[b].size ? size : self->blocks[b].size;
            return;
        }
    self->blocks = memory_grow(self->blocks, self->block_count, &self->block_capacity, sizeof *self->blocks);
    self->blocks[self->block_count++] = (struct x86_block){address, size};
}

static bool clear_block(struct x86 *self, struct x86_state *state, int64_t address, int64_t size)
{
    for (int64_t at = address; at < address + size; at += 8)
        if (!x86_store(self, state, at, 8, X86_NUMBER(0)))
            return false;
    return true;
}

/* A block has the same address whatever the other threads do; it is never used again. The end of one is not the beginning of the next one, as
 * with malloc: who has an address of an end cannot go on from there. */
bool x86_allocate(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t size, count = 1;
    if (!x86_known_argument(self, state, 0, 8, "the size of a block", &size) ||
        (call->number == 1 && !x86_known_argument(self, state, 1, 8, "the size of a block", &count)))
        return false;
    if (size < 0 || count < 0 || size > BLOCK_MAX || count > BLOCK_MAX || size * count > BLOCK_MAX)
        return x86_refuse(self, "a block of more than %d bytes", BLOCK_MAX);
    int64_t whole = (size * count + 15) / 16 * 16, address = x86_heap_first(state->thread) + state->heap;
    whole = whole < 16 ? 16 : whole;
    if (state->heap + whole > X86_HEAP_SIZE)
        return x86_refuse(self, "more than %d bytes of blocks: a loop that takes more and more", X86_HEAP_SIZE);
    state->heap += whole + 16;
    note_block(self, address, whole);
    if (call->number == 1 && !clear_block(self, state, address, whole))
        return false;
    x86_give(state, X86_NUMBER(address));
    return true;
}

static bool read_range(struct x86 *self, struct x86_state *state, int64_t *to, int64_t *size)
{
    return x86_known_argument(self, state, 0, 8, "where memory is written", to) &&
           x86_known_argument(self, state, 2, 8, "how much memory is written", size) &&
           ((*size >= 0 && *size <= BLOCK_MAX) ||
            x86_refuse(self, "more than %d bytes of memory are written at once", BLOCK_MAX));
}

static uint8_t piece(int64_t address, int64_t rest)
{
    uint8_t size = 8;
    while (size > rest || address % size != 0)
        size /= 2;
    return size;
}

bool x86_fill(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t to, size, byte;
    (void)call;
    if (!read_range(self, state, &to, &size) ||
        !x86_known_argument(self, state, 1, 1, "what memory is filled with", &byte))
        return false;
    uint64_t pattern = (uint64_t)(byte & 0xff) * UINT64_C(0x0101010101010101);
    for (int64_t done = 0; done < size;) {
        uint8_t part = piece(to + done, size - done);
        if (!x86_store(self, state, to + done, part, x86_low(X86_NUMBER((int64_t)pattern), part)))
            return false;
        done += part;
    }
    x86_give(state, X86_NUMBER(to));
    return true;
}

bool x86_length(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    struct text text = TEXT_INIT;
    int64_t address;
    (void)call;
    bool is_good = x86_known_argument(self, state, 0, 8, "where a text is", &address) &&
                   x86_read_text(self, state, address, &text);
    x86_give(state, X86_NUMBER((int64_t)text.length));
    text_free(&text);
    return is_good;
}

/* From the end on, byte by byte, where the first bytes that are written are among those that are read. */
static bool copy_backwards(struct x86 *self, struct x86_state *state, int64_t to, int64_t from, int64_t size)
{
    struct x86_value value;
    while (size-- > 0)
        if (!x86_load(self, state, from + size, 1, &value) || !x86_store(self, state, to + size, 1, value))
            return false;
    x86_give(state, X86_NUMBER(to));
    return true;
}

bool x86_copy(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t to, size, from;
    struct x86_value value;
    (void)call;
    if (!read_range(self, state, &to, &size) ||
        !x86_known_argument(self, state, 1, 8, "where memory is copied from", &from))
        return false;
    if (to > from && to < from + size)
        return copy_backwards(self, state, to, from, size);
    for (int64_t done = 0; done < size;) {
        uint8_t part = piece(to + done, size - done);
        while ((from + done) % part != 0)
            part /= 2;
        if (!x86_load(self, state, from + done, part, &value) || !x86_store(self, state, to + done, part, value))
            return false;
        done += part;
    }
    x86_give(state, X86_NUMBER(to));
    return true;
}
