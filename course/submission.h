/* submission: a file that somebody handed in, and whose it is.
 *
 * Names and contents are whatever a student, or somebody else, has chosen. A file is opened without following links,
 * and only a regular file of at most ANSWER_BYTES_MAX bytes is ever read. In a folder there is more than answers: what
 * can be none, by its name or since it is a folder, is listed apart. */
#pragma once

#include "base/error.h"
#include "course/assignment.h"

#include <stddef.h>

enum { SUBMISSIONS_MAX = 100000 };

/* Whether something can be an answer. A file that was named by itself always can. */
enum submission_kind {
    SUBMISSION_ANSWER,
    SUBMISSION_ENDING, /* its name ends as no answer does */
    SUBMISSION_FOLDER
};

struct submission {
    char *name;     /* in its folder, as it is */
    char *shown;    /* for people: one line of valid UTF-8 */
    size_t student; /* whom the name names, an index into the assignment's students; or ASSIGNMENT_NOBODY */
    enum submission_kind kind;
};

struct submissions {
    int folder;               /* an open directory */
    bool is_folder;           /* all files of a folder, not one file */
    struct submission *items; /* by name: those that can be answers, and behind them the others */
    size_t count;             /* of those that can be answers */
    size_t other_count;
};

/* The number of all items. */
static inline size_t submissions_total(const struct submissions *self)
{
    return self->count + self->other_count;
}

/* Lists what is in a folder (but nothing whose name begins with a dot, and no __MACOSX, which archives bring along), or
 * the one file of a path. Returns false with *error set. To be freed with submissions_free(), whatever is returned. */
bool submissions_find(struct submissions *self, const char *path, const struct assignment *assignment,
                      struct error *error);
void submissions_free(struct submissions *self);

/* Opens a file for reading. Returns its descriptor, or -1 with *reason set to a new text: "it is a symbolic link". */
int submission_open(const struct submissions *self, const struct submission *submission, char **reason);
