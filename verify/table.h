/* table: finds a line of a text by its *key*, the part in front of a mark that every line has.
 *
 * Open addressing; what decides is always the comparison of whole keys. An entry is the place of a line and some
 * bits of its hash, 12 bytes for each line that was announced. The hash is SipHash (Aumasson and Bernstein, 2012)
 * with a seed that its caller draws from the checksum of the whole file: who writes a file cannot know where its
 * lines will go, and so cannot have all of them go to one place. */
#pragma once

#include "verify/words.h"

#define TABLE_NONE SIZE_MAX

struct table {
    struct span text;
    struct span mark; /* what stands behind every key, and in none */
    uint64_t seed[2];
    uint64_t *entries; /* 0: free */
    size_t size;
};

/* Starts a table for so many lines of a text, which must stay. */
void table_start(struct table *self, struct span text, const char *mark, size_t lines, const uint64_t seed[2]);

/* Returns the hash of a key, and has the entry where it belongs fetched: that is what a large table waits for. */
uint64_t table_expect(const struct table *self, struct span key);

/* Adds the line whose key is part of the text. Returns TABLE_NONE, or where the line begins that has this key already. */
size_t table_add(struct table *self, struct span key, uint64_t hash);

/* Returns where in the text the line with a key begins, or TABLE_NONE. */
size_t table_find(const struct table *self, struct span key, uint64_t hash);
