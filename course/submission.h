/* submission: a file that somebody handed in, and whose it is.
 *
 * Names and contents are whatever a student, or somebody else, has chosen. A file is opened without following links,
 * and only a regular file of at most ANSWER_BYTES_MAX bytes is ever read. */
#ifndef RACECHECK_COURSE_SUBMISSION_H
#define RACECHECK_COURSE_SUBMISSION_H

#include "base/error.h"
#include "course/assignment.h"

#include <stddef.h>

enum { SUBMISSIONS_MAX = 100000 };

#define SUBMISSION_NOBODY SIZE_MAX

struct submission {
    char *name;      /* in its folder, as it is */
    char *shown;     /* for people: one line of valid UTF-8 */
    size_t student;  /* whom the name names, an index into the assignment's students; or SUBMISSION_NOBODY */
};

struct submissions {
    int folder;      /* an open directory */
    bool is_folder;  /* all files of a folder, not one file */
    struct submission *items; /* by name */
    size_t count;
};

/* Lists the files of a folder (those whose names begin with a dot are left out), or the one file of a path. Returns
 * false with *error set. To be freed with submissions_free(), whatever is returned. */
bool submissions_find(struct submissions *self, const char *path, const struct assignment *assignment,
                      struct error *error);
void submissions_free(struct submissions *self);

/* Opens a file for reading. Returns its descriptor, or -1 with *reason set to a new text: "it is a symbolic link". */
int submission_open(const struct submissions *self, const struct submission *submission, char **reason);

/* Whom a file name names, an index into the assignment's students, or SUBMISSION_NOBODY. */
size_t submission_student(const char *name, const struct assignment *assignment);

#endif
