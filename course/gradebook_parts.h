/* gradebook_parts: what the files of the gradebook share, and nobody else includes. */
#pragma once

#include "base/process_pool.h"
#include "course/gradebook.h"
#include "course/submission.h"

/* What came of a submission. */
struct graded {
    char *refusal; /* why it was not opened, or NULL */
    bool is_done;
    struct grade grade;
    size_t owner; /* whose it turned out to be: an index into the students, or ASSIGNMENT_NOBODY */
};

/* Grading under way. */
struct grading_round {
    const struct gradebook_request *request;
    struct assignment *assignment;
    struct key **keys; /* one a student */
    struct submissions submissions;
    struct process_pool pool;
    struct graded *graded; /* one a submission */
    size_t claimed;        /* whose all are said to be, or ASSIGNMENT_NOBODY */
};

/* Starts a grade of a student, or of nobody. */
void gradebook_start_grade(const struct grading_round *self, size_t student, struct grade *grade);

/* Makes the gradebook, new, of a round whose processes have ended: the grades are taken, the assignment, too. */
struct gradebook *gradebook_collect(struct grading_round *self);
