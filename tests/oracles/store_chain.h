/* store_chain: the stores that the final value of a schedule was computed from.
 *
 * A schedule is executed on the plain machine, and with each location goes along from which store to the observed word
 * its value was computed, as the assignments of the steps tell (machine_effect()): nothing is said of loads, which is
 * how trace/trace.h finds the same chain. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct program;

/* A store to the observed word: which one of which thread, from 1. */
struct chained_store {
    uint32_t thread;
    uint32_t store;
};

/* Fills, as new, the stores of the chain that ends with the last store, in their order. Returns false, with an empty
 * one, where the schedule cannot be taken, or a store of the chain was computed from several. */
bool store_chain_find(const struct program *program, uint32_t word, const uint32_t *threads, size_t count,
                      struct chained_store **chain, size_t *length);
