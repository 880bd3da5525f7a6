/* gradebook_parts: what the files of the gradebook share, and nobody else includes. */
#ifndef RACECHECK_COURSE_GRADEBOOK_PARTS_H
#define RACECHECK_COURSE_GRADEBOOK_PARTS_H

#include "base/process_pool.h"
#include "course/gradebook.h"
#include "course/submission.h"

/* Grading under way. */
struct grading_round {
    const struct gradebook_request *request;
    struct assignment *assignment;
    struct key **keys; /* one a student */
    struct submissions submissions;
    struct process_pool pool;
    char **refusals;      /* one a submission: why it was not opened, or NULL */
    struct grade *grades; /* one a submission */
    size_t *owners;       /* whose it turned out to be: an index into the students, or ASSIGNMENT_NOBODY */
    bool *is_graded;
    size_t claimed; /* whose all are said to be, or ASSIGNMENT_NOBODY */
};

/* Makes the gradebook, new, of a round whose processes have ended: the grades are taken, the assignment, too. */
struct gradebook *gradebook_collect(struct grading_round *self);

#endif
