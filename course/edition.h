/* edition: an assignment with everybody's version, made and written.
 *
 * What a class gets: the assignment's document, and a key for each student. A version depends on the seed and the
 * student's identifier; only where somebody further up in the roster has the same answer, the student's next draw is
 * taken, so that those who are added below change nothing above. An edition owns all that it holds. */
#pragma once

#include "base/error.h"
#include "course/difficulty.h"
#include "course/key.h"
#include "course/roster.h"

#include <signal.h>

struct edition_request {
    const char *name;            /* of the assignment */
    const char *title;           /* NULL: what the kind is called */
    const struct roster *roster; /* at least one student */
    const struct difficulty *difficulty;
    int64_t seed;                           /* 0 or more */
    bool allow_repeats;                     /* equal answers are no error */
    const volatile sig_atomic_t *interrupt; /* or NULL */
};

struct edition {
    struct assignment *assignment;
    struct key **keys; /* in the order of the students */
    size_t *like;      /* whose answer a student's is: the first one's who has it */
    size_t count;
};

/* Makes the versions and returns the edition as new, or NULL with *error set: bounds that cannot be met, answers that
 * cannot be told apart, or an interrupt. */
struct edition *edition_new(const struct edition_request *request, struct error *error);

/* The number of different answers. */
size_t edition_answers(const struct edition *self);

/* Writes handouts, templates, keys, the assignment and the index into a folder of this path, whole or not at all. Keys,
 * assignment (it has the seed) and index can be read by their owner alone. Returns false with *error set. */
bool edition_write(const struct edition *self, const char *path, struct error *error);

/* NULL is allowed. */
void edition_free(struct edition *self);
