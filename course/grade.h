/* grade: what one submission is worth, row by row, and why.
 *
 * A plain value that owns all that it holds. Its rows are those of the key, in the key's order. A row passed, failed,
 * or was not looked at (since one before it failed, or a limit was reached); it has points only where it passed. Where
 * nothing could be graded there are no rows, or open ones (of what is unreadable `form` failed), and `error` says why.
 * Messages are one line or several, ready to be shown to the student. */
#pragma once

#include "course/key.h"

enum grade_state {
    GRADE_GRADED,     /* row by row */
    GRADE_UNREADABLE, /* the answer is malformed: the row `form` failed */
    GRADE_REFUSED,    /* no regular file, too large, or reading or grading it was ended by a limit */
    GRADE_CONFLICT,   /* it is not clear whose it is */
    GRADE_MISSING,    /* nothing was handed in */
    GRADE_STATES
};

enum grade_verdict { VERDICT_OPEN, VERDICT_PASSED, VERDICT_FAILED, GRADE_VERDICTS };

struct grade_row {
    enum assignment_row row;
    int64_t most; /* the points that it can give */
    enum grade_verdict verdict;
    char *message; /* or NULL */
};

struct grade {
    char *file;    /* name for people: valid UTF-8, no control characters; NULL: nothing was handed in */
    char *student; /* identifier, or NULL where it was not found out */
    enum assignment_kind kind;
    enum grade_state state;
    char *error; /* where not graded; else NULL */
    struct grade_row *rows;
    size_t row_count;
    int64_t most; /* the sum of the rows' points, or the assignment's where there are no rows */
};

/* Starts a grade for a key: all rows open. */
void grade_init(struct grade *self, const struct key *key);
void grade_free(struct grade *self);

/* The points that it is worth; of a row. */
int64_t grade_points(const struct grade *self);
int64_t grade_row_points(const struct grade_row *self);

/* Whether the key has a row; its verdict, which is VERDICT_PASSED where it has none. */
bool grade_asks(const struct grade *self, enum assignment_row row);
enum grade_verdict grade_verdict(const struct grade *self, enum assignment_row row);

/* Sets the verdict of a row, with a message (a format, or NULL); nothing where the key has no such row. */
void grade_set(struct grade *self, enum assignment_row row, enum grade_verdict verdict, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Sets a state that is not GRADE_GRADED, and why. Rows are opened again; of what is unreadable, failed ones stay. */
void grade_refuse(struct grade *self, enum grade_state state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether what is wrong is said by no row, but by `error` alone. */
bool grade_needs_error(const struct grade *self);

/* "graded", "unreadable", ...; "passed", "failed", "open": borrowed. */
const char *grade_state_name(enum grade_state state);
const char *grade_verdict_name(enum grade_verdict verdict);
