/* chain: how the final value of a shared variable was computed.
 *
 * It is found from the last store backwards, for as long as a store was computed from one single earlier value of the variable.
 * What counts is the flow of data, wherever it goes: through registers and other variables, queues and stacks, from thread to
 * thread. Why a store was made at all (a jump, the comparison of a cas) is no data.
 *
 * A store is *lost* where the final value was not computed from what it stored, by whatever way. */
#pragma once

#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chain_link {
    size_t load; /* index of the step that loaded the value that was computed from, the latest, whosever it is; equal to
                       store where one step does both; SIZE_MAX: there is no such step */
    int64_t loaded; /* what it loaded: what the link before stored, or the value at the start */
    size_t store;   /* index of the step that stored */
    int64_t stored; /* what it stored */
    bool adds;      /* it stored what was loaded and something added to it that does not depend on that */
    bool handed_on; /* the thread that loaded is another one than that which stored */
};

/* What the first link was computed from. */
enum chain_origin {
    CHAIN_START,    /* the variable's value at the start */
    CHAIN_CONSTANT, /* constants of the program; there is no load */
    CHAIN_OTHER,    /* first values of other variables or registers, but none of this one; there is no load */
    CHAIN_SEVERAL   /* several values of the variable; no load is told */
};

struct chain {
    uint32_t word; /* whose it is */
    struct chain_link *links;
    size_t count;
    enum chain_origin origin;
    bool *counts;    /* one a step: it stored something that the final value was computed from */
    size_t counting; /* how many do; more than there are links only where several values flow together */
};

/* Returns the chain of a shared word in a trace, which is freed with chain_free(); it is empty where nothing was stored. */
struct chain chain_make(const struct trace *trace, uint32_t word);
void chain_free(struct chain *self);

/* Which store of its thread to the chain's variable a step is, from 1. */
size_t chain_ordinal(const struct chain *self, const struct trace *trace, size_t step);
