/* certificate: a proof that final values are never below (or never above) what is claimed of them, or that conditions are true of every
 * state, for someone who does not trust racecheck.
 *
 * It lists states of the concrete system (no symmetry, nothing fused or collapsed): every one that can be reached,
 * and for each bounds that the values of the data keep. Bounds are wanted from one side only, and are exact: some
 * schedule attains each. What makes such a list a proof is said in docs/certificate.md, and checked by
 * racecheck-verify, which shares no source file with this program. A witness for each bound that is claimed shows that it is attained.
 *
 * A claim about final values is one about schedules in which every thread finishes. Deadlocks and errors of the program have no final
 * value. Where conditions are claimed, no bounds are: the states tell the words that the conditions are about, and what decides.
 *
 * A state is a row of *cells*, one a column. The first columns tell the control state and are what states differ
 * in; the last ones, of kind CERTIFICATE_BOUND, are the bounds. A certificate is constant once made and owns what
 * it holds, but for the budget and the program, which must outlive it. Freed with certificate_free(). */
#pragma once

#include "base/budget.h"
#include "base/error.h"
#include "base/property.h"
#include "program/observation.h"
#include "program/schedule.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct predicate;
struct program;
struct scheduler;
struct outcome_witness;

enum { CERTIFICATE_NUMBERS_MAX = 64, CERTIFICATE_CLAIMS_MAX = 64, CERTIFICATE_STORES_MAX = 32 };

enum certificate_column_kind {
    CERTIFICATE_AT,     /* the instruction that a thread executes next; their number where it has finished */
    CERTIFICATE_MUTEX,  /* the thread that holds it, and how often more than once, where it does */
    CERTIFICATE_RWLOCK, /* the threads that read, or the one that writes */
    CERTIFICATE_QUEUE,  /* its items, the first one first */
    CERTIFICATE_BUFFER, /* what waits in the store buffer of a thread, the oldest store first */
    CERTIFICATE_KNOWN,  /* the value of a location */
    CERTIFICATE_TURN,   /* of the scheduler's memory: the current thread */
    CERTIFICATE_COUNT,  /* ... its number */
    CERTIFICATE_LEAD,   /* ... a number of a thread */
    CERTIFICATE_BOUND   /* a bound for the value of a location */
};

struct certificate_column {
    enum certificate_column_kind kind;
    char *name; /* "T0", "m", "value", "T0.%ax", "T0.1" of what one store waits in front of; "" for turn and count */
    uint32_t number; /* of the thread, mutex, read-write lock or queue; for a value, the location */
    int thread;      /* for a value that is a thread's own, that thread, else -1 */
};

/* One cell: some numbers. None: nobody, an empty queue, or a value that is not told because it does not matter. */
struct certificate_cell {
    size_t count;
    int64_t numbers[CERTIFICATE_NUMBERS_MAX];
    /* Of CERTIFICATE_BUFFER: what the stores are for, borrowed from the certificate; and which have bounds in place of numbers. */
    const char *words[CERTIFICATE_STORES_MAX];
    uint64_t untold;
    /* Behind them, or NUL. Of CERTIFICATE_AT: '~' the thread is at input or output, 'z' it sleeps, 'w' it was woken and is to have its
     * mutex, 'u' nobody has spawned it. Of CERTIFICATE_RWLOCK: 'w' the thread writes. */
    char mark;
};

/* What is claimed: a bound for the final value of a place, or a condition. */
struct certificate_claim {
    char *text; /* "x", "T0.%ax"; or the condition, on one line */
    bool is_bound;
    int64_t bound;
    struct schedule schedule; /* of the witness of a bound */
};

struct certificate {
    bool is_upper; /* bounds are "never above" rather than "never below" */
    struct certificate_claim *claims;
    size_t claim_count;
    struct certificate_column *columns;
    size_t column_count;
    char **words;               /* names of words, where stores of them can wait; else NULL */
    struct property *registers; /* those that do not begin as the language says: "T0.%bx" and the first value */
    size_t register_count;
    size_t state_count;
    uint64_t transitions;
    struct certificate_builder *builder; /* the states; for certificate.c alone */
};

struct certificate_options {
    const struct scheduler *scheduler; /* borrowed; NULL: free */
    struct observation observation;    /* whose final values are bounded; empty: the first word. Not the output. */
    const struct predicate *const *conditions; /* what is claimed in place of bounds, all borrowed */
    size_t condition_count;                    /* up to CERTIFICATE_CLAIMS_MAX */
    bool is_upper;
    bool no_slice;                         /* list all values instead of bounds */
    const struct outcome_witness *witness; /* borrowed; with the bound of one word. NULL: one is looked for */
    struct budget *budget;                 /* borrowed; outlives the certificate */
};

/* Makes a certificate for a program, which is borrowed, as new. Where bounds would fall without end or would not
 * be attained, or conditions are true only because of what is not listed, all values are listed instead. NULL with *error set
 * where there is nothing to certify (no schedule has a final value, a condition is not true somewhere), a limit of the budget is
 * reached, which it then says, or the witness does not fit. How many
 * states there can be is up to the budget; they are numbered with 32 bits. */
struct certificate *certificate_new(const struct program *program, const struct certificate_options *options,
                                    struct error *error);
void certificate_free(struct certificate *self);

/* Whether its budget says that whoever goes through the states should stop: it is interrupted, or the time is over. To
 * be asked before each state; most of the time it does not look. */
bool certificate_is_spent(const struct certificate *self, size_t state);

/* Fills *cell with what a state (0 .. state_count - 1; the first ones come first) has in a column. */
void certificate_cell(const struct certificate *self, size_t state, size_t column, struct certificate_cell *cell);

/* Whether a column, which tells the value of a register, is without value in all states in which its thread
 * executes the instruction at index next (0 .. certificate_end()): no path reads it before writing it. */
bool certificate_forgets(const struct certificate *self, size_t column, uint32_t index);

/* The number of instructions of the thread of such a column. */
uint32_t certificate_end(const struct certificate *self, size_t column);
