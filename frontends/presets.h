/* presets: the first values of registers, as a command line gives them.
 *
 *     bx=10                    of every thread
 *     bx=10,bx=20              of the first thread, and of the second
 *     ax=1:bx=2,ax=3:bx=4      several registers of each
 *
 * Groups are separated by commas and belong to the threads in their order; a single group belongs to all. A group may be
 * empty. Presets own their items; freed with presets_free(). */
#pragma once

#include "base/error.h"
#include "program/instruction.h"

struct preset {
    size_t group;
    enum register_name number;
    int64_t value;
};

struct presets {
    struct preset *items;
    size_t count;
    size_t group_count; /* 0: there are none */
};

/* Reads presets from such a text. Returns false with *error set, and none in *self, where it is something else, or names a
 * register of a group twice. */
bool presets_read(struct presets *self, const char *text, struct error *error);
void presets_free(struct presets *self);
