/* gradebook: the grades of an assignment, all submissions read and graded.
 *
 * Each submission is read and graded in a sandbox of its own. Whatever becomes of one, the others have their grades. Equal
 * submissions give equal gradebooks: grades stand in the order of the students, those of nobody after them, by name. A
 * student has one grade: where several files are there, none is graded, and it says so. */
#pragma once

#include "base/error.h"
#include "course/assignment.h"
#include "course/grade.h"
#include "course/grading.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct gradebook {
    struct assignment *assignment;
    bool is_class; /* of a folder: who handed in nothing is listed, too */
    bool is_interrupted;
    struct grade *grades;
    size_t count;
    char **ignored; /* files that can be no answer, beside answers or of nobody: names for people */
    size_t ignored_count;
};

struct gradebook_request {
    const char *folder;       /* the assignment */
    const char *submissions;  /* a folder, or a file */
    const char *student;      /* whose they all are, or NULL: to be found out */
    const char *student_from; /* who says so, for people: "--student" */
    bool is_single;           /* of a folder: one student's, with one answer; who has no file is not listed */
    bool reveal;
    double seconds;  /* for each submission; 0: the default */
    uint64_t memory; /* bytes likewise */
    uint64_t states;
    unsigned jobs;                          /* processes at once; 0: as many as there are cores */
    const volatile sig_atomic_t *interrupt; /* may be NULL */
};

/* Grades. Returns the gradebook as new, or NULL with *error set: the assignment, or a key, or the folder of submissions
 * cannot be read; there is no such student. What is wrong with a submission is in its grade. */
struct gradebook *gradebook_make(const struct gradebook_request *request, struct error *error);

/* Frees a gradebook; NULL is allowed. */
void gradebook_free(struct gradebook *self);
