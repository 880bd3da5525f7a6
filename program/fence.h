/* fence: where a program whose memory is TSO can be given a fence, and a program that has some.
 *
 * Under TSO a thread's load can overtake its own earlier stores, and nothing else is reordered (Sewell et al., x86-TSO, CACM 2010). So a
 * fence can matter between a store that may wait in a store buffer and a later load of the same thread, with nothing between them that
 * drains the buffer. The places where it would come to the same are one: it lies right behind the last instruction before them that has
 * something to do with memory, or with which way is taken. Where jumps lead to, there are two: behind the instruction before, for the
 * thread that goes straight on, and before the instruction, whichever way leads there.
 *
 * A place is one of the text. Where the text makes several instructions of a line, or several threads share it, a fence is before or
 * behind each of them. */
#pragma once

#include "program/program.h"

struct fence_place {
    uint32_t file;      /* index into program.files */
    struct place place; /* of the instruction, */
    uint32_t spelling;  /* and which of those that a line was compiled to it is; 0: nothing is known */
    bool is_before;     /* before it, whichever way leads there; else behind it, where its thread goes straight on */
    uint32_t code;      /* the first code that has it, */
    uint32_t index;     /* and the index of the instruction there */
};

/* Returns the places of a program as a new array, in the order of its codes and their instructions. */
struct fence_place *fence_places_find(const struct program *program, size_t *count);

/* Whether a thread comes through a place when it executes, or stands before, the instruction at an index of a code, having come from the one
 * at the index `from` (itself or behind it: by a jump; UINT32_MAX: from nowhere). */
bool fence_place_is_passed(const struct fence_place *self, const struct code *code, uint32_t from, uint32_t index);

/* Puts an mfence, which has place 0:0, at each of these places into a program. */
void fence_places_insert(struct program *program, const struct fence_place *places, size_t count);
