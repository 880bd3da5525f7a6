/* cell_set: the set of words that a cell is computed in.
 *
 * A bitmap where words have few bits, with a summary, a bit for each of its quads, where it will be almost empty; a hash set with open
 * addressing else. One set after the other is computed with the same buffers, by one job. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Words of more bits than this have no bitmap; and the most that words can have at all. */
enum { CELL_BITMAP_BITS = 30, CELL_BITS_MAX = 63 };

struct cell_set {
    unsigned bits;
    bool is_bitmap, is_summarized;
    uint64_t *bitmap, *summary; /* zero between sets */
    size_t bitmap_quads;
    uint64_t *table; /* a word, plus 1; 0: free */
    size_t table_size, table_capacity;
    size_t count; /* of a table: words in it */
};

/* Begins a set of words of so many bits, to which up to `bound` words will be added, equal ones counted. */
void cell_set_begin(struct cell_set *self, unsigned bits, size_t bound);

/* The same, of a table that may grow. */
void cell_set_begin_table(struct cell_set *self, size_t bound);

void cell_set_add_narrow(struct cell_set *self, const uint32_t *words, size_t count);
void cell_set_add_wide(struct cell_set *self, const uint64_t *words, size_t count);

/* Adds words to a table, and moves those that are new to the front. Returns how many these are. The table grows where it must. */
size_t cell_set_add_new(struct cell_set *self, uint64_t *words, size_t count);

/* Adds a word. Returns whether it is new. More than the bound may be added so. */
bool cell_set_add(struct cell_set *self, uint64_t word);

/* How many words there are; writes them, in no order but always in the same one, as words of 32 or of 64 bits, and ends the set. */
size_t cell_set_count(const struct cell_set *self);
void cell_set_take(struct cell_set *self, bool is_wide, void *words);

/* Ends a set unread. */
void cell_set_drop(struct cell_set *self);
void cell_set_free(struct cell_set *self);
