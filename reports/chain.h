/* chain: how the final value of the observed variable was computed.
 *
 * The stores that the final value goes back to, in order, each with the load that it was computed from. Every other
 * store to the variable was lost. */
#ifndef RACECHECK_REPORTS_CHAIN_H
#define RACECHECK_REPORTS_CHAIN_H

#include "checker/trace.h"

#include <stddef.h>
#include <stdint.h>

struct chain_link {
    size_t load;    /* index of the step that loaded; equal to store where one step does both; SIZE_MAX: no load */
    int64_t loaded; /* what it loaded */
    size_t store;   /* index of the step that stored */
};

struct chain {
    struct chain_link *links;
    size_t count;
};

/* Returns the chain of a trace, which is freed with chain_free(); it is empty where nothing was stored. */
struct chain chain_make(const struct trace *trace);
void chain_free(struct chain *self);

#endif
