/* turns: a schedule as a person writes it.
 *
 * Either a row of digits, each of which is a step of that thread ("0011"), or a list of threads with commas or blanks between
 * them, where a thread can be followed by the number of its steps ("0 0 1 1", "0,0,1,1", "0*2 11*30"). "@FILE" reads it from a
 * file. Turns own their array and are freed with turns_free(). */
#ifndef RACECHECK_APPS_TURNS_H
#define RACECHECK_APPS_TURNS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum { TURNS_MAX = 1000000 };

struct turns {
    uint32_t *threads;
    size_t count;
    size_t capacity;
};

/* Reads a schedule. Returns false with *error set where it is none, or has more than TURNS_MAX steps; the turns are to be freed
 * all the same. Whether the threads exist and the steps are possible is for replay to say. */
bool turns_read(struct turns *self, const char *text, struct error *error);

void turns_free(struct turns *self);

#endif
