/* budget: what an analysis may use, and how far it has come.
 *
 * One budget goes through all phases of an analysis. The scope (base/scope.h) counts what is allocated; where it has a limit of its
 * own, the budget stops short of it, so that there is something to say. The big tables ask the budget before they grow
 * (budget_allows), the loops ask it now and then whether to go on (budget_spent); it also carries the progress that a terminal may
 * show. The caller owns it and fills the limits; 0 means no limit. Once a budget is exceeded it stays so, and says by what. */
#pragma once

#include "base/text.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum budget_limit { BUDGET_OK, BUDGET_STATES, BUDGET_MEMORY, BUDGET_TIME, BUDGET_INTERRUPTED };

struct budget_progress {
    const char *phase; /* "exploring", "counts" */
    uint64_t states;   /* found, or folded, so far */
    uint64_t total;    /* of them, where it is known; else 0 */
    uint64_t depth;    /* steps from the start */
    double seconds;    /* since the start */
};

struct budget {
    uint64_t max_states;
    uint64_t max_memory;   /* bytes, of the whole process */
    bool memory_was_asked; /* the user set max_memory: what does not fit makes a result incomplete */
    double max_seconds;
    const volatile sig_atomic_t *interrupt; /* not 0: stop; may be NULL */
    void (*report)(void *context,
                   const struct budget_progress *progress); /* may be NULL; called a few times a second */
    void *report_context;

    double started; /* clock_seconds() at budget_start() */
    double reported;
    enum budget_limit limit; /* the first that was exceeded */
};

/* Starts the clock; the limits are kept. */
void budget_start(struct budget *self);

/* Whether a table may take so many bytes. Where that is more than is left the budget is marked as exceeded. */
bool budget_allows(struct budget *self, size_t bytes);

/* The bytes that may still be allocated; UINT64_MAX where there is no limit. */
uint64_t budget_left(const struct budget *self);

/* Forgets that memory ran out: what needed it was given up, and has given its memory back. */
void budget_forgive_memory(struct budget *self);

/* Makes room for so many items in an array, which may move. Returns it, or NULL where that is more memory than is left: the array
 * is as it was then. */
void *budget_grow_more(struct budget *self, void *array, size_t needed, size_t *capacity, size_t size);
static inline void *budget_grow(struct budget *self, void *array, size_t needed, size_t *capacity, size_t size)
{
    return needed <= *capacity ? array : budget_grow_more(self, array, needed, capacity, size);
}

/* Returns whether the analysis must stop: a limit was exceeded, the time is over, or an interrupt has arrived. Cheap, but
 * not free: to be called once every few thousand states, from one thread. Reports progress. */
bool budget_spent(struct budget *self, const char *phase, uint64_t states, uint64_t total, uint64_t depth);

/* Appends which limit was exceeded: "the limit of 500 states was reached (--max-states)". Nothing where none was. */
void budget_tell(const struct budget *self, struct text *text);

/* Seconds since budget_start(). */
double budget_seconds(const struct budget *self);
