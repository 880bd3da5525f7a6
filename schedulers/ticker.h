/* ticker: one processor whose quantum is counted in ticks; what the tick and signal schedulers share.
 *
 * One thread is current and keeps stepping. One counter, shared by all, counts the ticks that are used of the quantum. When
 * they are used up it begins anew and the next thread is picked. When the current thread cannot go on the next is picked
 * too, but the counter runs on. For schedulers/scheduler_tick.c and scheduler_signal.c alone. */
#pragma once

#include "schedulers/scheduler_parts.h"

enum { TICKER_QUANTUM_MAX = 1000000 };

extern const char *const ticker_pick_words[], *const ticker_phase_words[];

/* The parameters, which come first in the list of a kind. */
#define TICKER_PARAMETERS                                                                  \
    {.name = "quantum",                                                                    \
     .placeholder = "Q",                                                                   \
     .help = "ticks until the next thread is picked",                                      \
     .unit = " ticks",                                                                     \
     .least = 1,                                                                           \
     .most = TICKER_QUANTUM_MAX},                                                          \
        {.name = "pick",                                                                   \
         .placeholder = "HOW",                                                             \
         .help = "any (default) or round-robin",                                           \
         .least = 1,                                                                       \
         .words = ticker_pick_words},                                                      \
    {                                                                                      \
        .name = "phase", .placeholder = "P",                                               \
        .help = "ticks of the first quantum that are used up already (default 0), or any", \
        .most = TICKER_QUANTUM_MAX - 1, .words = ticker_phase_words                        \
    }

struct ticker {
    int64_t quantum;  /* ticks, 1 .. TICKER_QUANTUM_MAX */
    bool round_robin; /* the next ready thread by index; else any, the same one included */
    int64_t phase;    /* ticks of the first quantum that are used at the start; -1: any number */
};

/* Reads the parameters. */
bool ticker_read(struct ticker *self, const struct scheduler_recipe *recipe, struct error *error);

/* Appends them; start is a phase, or SCHEDULER_OPEN for the ticker's own. */
void ticker_describe(const struct ticker *self, int64_t start, struct property **parameters, size_t *count);

/* The number of phases that are possible at the start, and the ticks used in one of them. */
uint64_t ticker_starts(const struct ticker *self);
uint64_t ticker_start(const struct ticker *self, uint64_t which);

/* The threads of which one may be picked now. */
uint64_t ticker_pick(const struct ticker *self, uint64_t ready, int current);

/* The threads that may step: the current one, or, where it cannot go on, those that may be picked. */
uint64_t ticker_choices(const struct ticker *self, uint64_t ready, int current);

/* Counts the ticks of a step and finds out who is current after it. quantum is in ticks, *used what was used
 * of it before and is used after. */
void ticker_count(const struct ticker *self, const struct scheduler_step *step, uint64_t quantum, uint64_t *used,
                  int *current);

/* Says why a ready thread may not step. */
void ticker_refusal(const struct ticker *self, const struct scheduler_moment *moment, uint64_t quantum, uint64_t used,
                    int current, struct text *text);
