/* generator: numbers that look random, and are the same for ever.
 *
 * What a student gets, and what a sample draws, must be made again years later, on another machine, from a seed and an identifier. So the
 * generator is our own code and not the C library's: SplitMix64, as published by G. L. Steele, D. Lea and C. H. Flood,
 * "Fast splittable pseudorandom number generators", OOPSLA 2014. Its state is 64 bits, each step adds the golden
 * gamma, and the output is a mix of the state. The state begins with the seed's first output, combined by exclusive or
 * with the FNV-1a hash (64 bits; RFC 9923) of the stream's name. So streams of other names and other seeds have
 * nothing to do with each other. A generator is a plain value; a copy goes on alike. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct generator {
    uint64_t state;
};

/* Starts the stream "PURPOSE/STUDENT" of a seed; whoever has no students names something else. */
struct generator generator_start(uint64_t seed, const char *purpose, const char *student);

/* The next 64 bits. */
uint64_t generator_next(struct generator *self);

/* A number from 0 to bound - 1, each equally likely; bound is at least 1. */
uint64_t generator_below(struct generator *self, uint64_t bound);

/* A number from least to most, both included, each equally likely. */
int64_t generator_between(struct generator *self, int64_t least, int64_t most);

/* True once in so many times. */
bool generator_one_in(struct generator *self, uint64_t times);

/* The FNV-1a hash of a text. */
uint64_t generator_hash(const char *text);
