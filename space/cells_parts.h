/* cells_parts: the inside of a search by cells, for space/cells*.c alone.
 *
 * cells.c goes from layer to layer, cells_compute.c computes a cell from those from which steps lead to it, cells_component.c the cells
 * between which control goes round, and cells_findings.c looks at what is in a cell that was computed. Each job works with a
 * `struct worker` of its own. */
#pragma once

#include "base/memory.h"
#include "base/parallel.h"
#include "space/cell_layout.h"
#include "space/cell_set.h"
#include "space/cells.h"
#include "space/orbits.h"

/* What one job has found; and its buffers. */
struct worker {
    struct cell_set set;
    struct cell_shape from, to;
    struct cell_kernel kernel;
    int64_t *intervals; /* a pair a field */
    uint64_t images[CELL_BLOCK], block[CELL_BLOCK];
    struct orbit_sum orbits;
    uint64_t states, cells;
    uint64_t finals, deadlocks, failures;
    unsigned widest;
    uint32_t deepest; /* layer */
    bool overlaps, gaps;
    struct intervals final_values;
    struct tuples final_tuples;
    bool *ever;            /* of each condition: whether it was true, and whether it was false */
    uint32_t failure_line; /* the first error of the program in file order, 0 for none */
    const struct control_step *failure;
    char apart[CACHE_LINE];
};

/* How many words lead to the cells of a component. */
struct component_work {
    uint32_t component;
    uint64_t words;
};

/* A search under way. */
struct cell_search {
    struct cells *result;
    const struct cells_options *options;
    struct budget *budget;
    struct control_graph graph;
    struct cell_world world;
    struct observed observed;
    struct orbits orbits;
    struct cell *cells; /* one a state */
    struct worker *workers;
    unsigned jobs;
    uint32_t layer;
    struct component_work *order; /* of a layer, as they are to be computed */
    uint32_t *last_layer;         /* of each state, the latest that needs its words */
    uint32_t *by_last, *first_by_last;
    uint64_t bytes; /* of all words that are kept */
    uint64_t bytes_allowed;
    bool is_full, is_unfit;
};

/* ---- Cells and words (cells_compute.c) ----------------------------------------------------------------------- */

static inline size_t cell_word_size(const struct cell *cell)
{
    return cell->is_wide ? sizeof(uint64_t) : sizeof(uint32_t);
}

static inline uint64_t cell_word(const struct cell *cell, size_t number)
{
    return cell->is_wide ? ((const uint64_t *)cell->words)[number] : ((const uint32_t *)cell->words)[number];
}

/* The value of a field in a word of a cell. */
static inline int64_t cell_value(const struct cell *cell, const struct cell_shape *shape, size_t field, uint64_t word)
{
    uint64_t mask = (UINT64_C(1) << cell->widths[field]) - 1;
    return cell->widths[field] == 0 ? cell->least[field]
                                    : (int64_t)(word >> shape->shifts[field] & mask) + cell->least[field];
}

/* Whether so many bytes more are allowed, which are counted then. */
bool cells_take_bytes(struct cell_search *self, uint64_t bytes);

/* Gives a cell room for so many words. Returns false where that is more than is allowed. */
bool cells_make_words(struct cell_search *self, struct cell *cell, size_t count);

/* Goes on to the next thread of the group of a step's leader that makes a step of its own; false where there is none: where their data
 * is alike, the leader steps for all. */
bool cells_next_member(const struct cell_search *self, const struct cell_shape *shape, const struct control_step *step,
                       size_t *thread);

/* Whether a step leads back to the component that it leaves. */
bool cells_is_inside(const struct cell_search *self, const struct control_step *step);

bool cells_is_start(const struct cell_search *self, uint32_t state);

/* The word of a first state: each field has its first value, and threads that are interchangeable have the same. */
uint64_t cells_first_word(const struct cell_search *self, const struct cell *cell, const struct cell_shape *shape);

/* Begins a cell with the intervals that steps from other components bring; widens it by what one step brings, and returns whether
 * that changed something; and fixes how wide its fields are. Returns false where nothing comes to it, or words are too narrow. */
void cells_begin(struct cell_search *self, struct worker *worker, uint32_t state);
bool cells_widen(struct cell_search *self, struct worker *worker, struct cell *to, const struct control_step *step);
bool cells_fix(struct cell_search *self, struct worker *worker, uint32_t state);

/* How many words lead to a cell. */
size_t cells_bound(const struct cell_search *self, uint32_t state);

/* Adds what a step brings to the worker's set, of a cell that is fixed. */
void cells_pull(struct cell_search *self, struct worker *worker, const struct cell *to,
                const struct control_step *step);

/* Computes a cell, once those before it are; or all cells of a component (cells_component.c), which are in ascending order. */
void cells_compute(struct cell_search *self, struct worker *worker, uint32_t state);
void cells_compute_component(struct cell_search *self, struct worker *worker, const uint32_t *members, size_t count);

/* ---- What is found (cells_findings.c) ------------------------------------------------------------------------ */

/* Notes what is in a cell that was computed. */
void cells_note(struct cell_search *self, struct worker *worker, uint32_t state);
