/* version: one student's exercise, drawn from a seed and an identifier.
 *
 * A version is made of *exercises*: each is drawn, analysed and measured, and the first one that is as hard as the level
 * wants is kept. Nothing but the seed, the kind, the student's identifier and the difficulty decides which one that
 * is. Where it would have the answer that another student has already, the next *draw* is taken: a further version of
 * the same student, just as fixed. What a version is called (its *variant*) follows from what it holds and from its
 * bounds, so that versions that differ have different names, and no name tells anything of the seed.
 * Each kind is one file version_KIND.c; version_parts.h is what they share. */
#pragma once

#include "course/difficulty.h"
#include "course/key.h"

#include <signal.h>

struct version_request {
    const struct difficulty *difficulty; /* of the kind */
    uint64_t seed;
    const char *student;
    unsigned draw;                          /* 0, 1, ... */
    const volatile sig_atomic_t *interrupt; /* or NULL */
};

/* Returns the key of a version as new, or NULL with *error set: no exercise is within the bounds, or there was an
 * interrupt. */
struct key *version_new(const struct version_request *request, struct error *error);

/* The part of the model answer that is the same for students with the same answer, borrowed from the key. */
const char *version_essence(const struct key *key);
