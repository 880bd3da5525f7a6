/* fold: one pass over a state space that answers one question.
 *
 * The fold goes backwards, from the ends of the schedules to the start: the element of a state and slot is the sum, over
 * the steps that leave the state and the entries that name the slot, of the successor's element times the step's factor.
 * Backwards needs no lists of predecessors, keeps symmetry simple (an element is a property of a representative, not a sum
 * over all that it stands for), and leaves behind exactly what a witness needs: from every state, what can still be
 * reached at which cost.
 *
 * In a graded space only two levels of elements are kept, unless all are asked for; the states of a level are shared out
 * over the cores. In a space with cycles the fold is repeated until nothing changes, which idempotent semirings allow. */
#pragma once

#include "analysis/semiring.h"
#include "base/budget.h"

struct fold_buffer {
    char *bytes; /* NULL: there is none */
    size_t capacity;
};

struct fold_level {
    struct fold_buffer buffer; /* of the elements; none where they are not kept */
    size_t size;               /* of an element */
    struct arena *arenas;      /* one a job */
};

struct fold {
    const struct space *space;       /* borrowed */
    const struct semiring *semiring; /* borrowed */
    struct fold_level *levels;
    size_t level_count;
    struct fold_buffer spare; /* of the level that was closed last, to be used again */
    unsigned jobs;
    void **scratches; /* one a job, for its cursors; NULL until the job has worked */
    bool keep;
    struct value_ranges *ranges; /* filled on the way by semirings that can; may be NULL; borrowed */
    struct budget *budget;       /* borrowed */
};

enum fold_result {
    FOLD_COMPLETE,
    FOLD_INCOMPLETE, /* the budget is exceeded */
    FOLD_UNBOUNDED   /* cycles let values grow without bound */
};

struct fold_options {
    bool keep;     /* the elements of all states, not of the start alone */
    unsigned jobs; /* at least 1 */
    struct value_ranges *ranges;
};

/* Folds. Whatever the result, fold_free() frees what is kept. */
enum fold_result fold_run(struct fold *self, const struct space *space, const struct semiring *semiring,
                          const struct fold_options *options, struct budget *budget);
void fold_free(struct fold *self);

/* The element of a state (by place in its level) and slot, borrowed; only where it was kept. The start state is the first
 * place of level 0 that its space gives it. */
const void *fold_element(const struct fold *self, size_t level, size_t place, unsigned slot);
