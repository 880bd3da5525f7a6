/* provenance: from which stores each store was computed, found once more, by a second account of the instructions.
 *
 * It executes the steps of a trace, and carries along with each number the set of the stores to the observed word that it comes
 * from, how much it grows with each of these, and who loaded them last. It shares nothing with what machine/ and trace/
 * know of it. */
#pragma once

#include "program/program.h"
#include "trace/trace.h"

/* Stores are numbered from 0; two more numbers stand for what was there at the start. */
enum { PROVENANCE_STORES_MAX = 62, PROVENANCE_START = 62, PROVENANCE_OTHER = 63, PROVENANCE_SOURCES = 64 };

struct provenance_number {
    int64_t value;
    uint64_t sources;                   /* a bit each */
    int64_t slopes[PROVENANCE_SOURCES]; /* what it would grow by if that source were 1 more, here */
    size_t loads[PROVENANCE_SOURCES];   /* the latest step that loaded that source, where it is one */
};

struct provenance_store {
    size_t step;
    struct provenance_number number;
};

struct provenance {
    struct provenance_store stores[PROVENANCE_STORES_MAX];
    size_t count;
};

/* Fills in what a trace of a program says. Returns false where there are too many stores, and fails the test where the observed
 * word does not have the value that the trace says. */
bool provenance_find(const struct program *program, const struct trace *trace, struct provenance *found);
