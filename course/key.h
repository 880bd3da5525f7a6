/* key: of one student's version of an assignment everything that grading needs.
 *
 * The program, the scheduler, the question, which rows give how many points, how hard it is, and a model answer, which
 * grading never looks at. docs/assignments.md describes the document, docs/key.schema.json defines it. Equal keys give
 * equal bytes. A key owns all that it holds. */
#pragma once

#include "base/error.h"
#include "base/interval.h"
#include "base/property.h"
#include "course/assignment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    KEY_ROWS_MAX = 16,    /* rows of points */
    KEY_TRIALS_MAX = 16,  /* of a repair */
    KEY_QUANTA_MAX = 1000 /* that one question asks for */
};

struct key_row {
    enum assignment_row row;
    int64_t points; /* 0 or more */
};

/* How hard a version is, by one measure: "preemptions", "values", "steps", "schedules". */
struct key_measure {
    char *name;
    int64_t value;
    int64_t least; /* the bounds that the level sets */
    int64_t most;
};

/* Under what conditions a program is looked at. A repaired one is checked in several trials, since one that only pretends to
 * work is right in one and wrong in another. */
struct key_trial {
    int64_t threads;          /* 1 .. 64 */
    int64_t iters;            /* 0 or more */
    struct property *symbols; /* numbers */
    size_t symbol_count;
    bool has_first; /* the observed variable begins with `first`, whatever the program says */
    int64_t first;
    struct intervals right; /* the final values that are right */
};

struct key {
    char *student; /* identifier */
    char *variant; /* which version of the exercise this is, in a word */
    enum assignment_kind kind;

    /* The program as it was handed out. */
    char *text;
    struct key_trial stated; /* has right values for QUANTUM alone */
    char *observe;
    char *scheduler;             /* its kind, "free" */
    struct property *parameters; /* of the scheduler; without the quantum for ASSIGNMENT_QUANTUM */
    size_t parameter_count;

    /* The question; what a kind does not ask is zero. */
    int64_t value;         /* WITNESS, COUNT: the final value asked for; */
    char *end;             /* ... where no number is observed, the end, as --value takes it: "x=1,y=2"; else NULL */
    int64_t first_quantum; /* QUANTUM: first .. last are asked for, from 1 to KEY_QUANTA_MAX many */
    int64_t last_quantum;
    struct key_trial *trials; /* REPAIR: at least one, the first is what the handout states */
    size_t trial_count;
    int64_t inside_most; /* REPAIR, where ROW_INSIDE is asked */
    char **instructions; /* REPAIR: the mnemonics that may be used, or none: all */
    size_t instruction_count;

    struct key_row *rows; /* in the order in which they are told; each once */
    size_t row_count;

    char *level; /* "easy", "medium", "hard" */
    struct key_measure *measures;
    size_t measure_count;

    char *answer; /* a model answer: a submission that gets all points */
    char *result; /* the racecheck-result document of the version, as text, for the lecturer; or NULL */
};

/* Frees all that it owns; NULL is allowed. */
void key_free(struct key *self);

/* Writes the document; errors of writing stay on the stream. */
void key_write(FILE *stream, const struct key *key);

/* Reads a key from a file, or from text. Returns it as new, or NULL with *error set: a file that cannot be read, text
 * that is no JSON, a member that is missing, unknown or out of range, rows that the kind has not. That the program can
 * be assembled is not looked at. */
struct key *key_read(const char *path, struct error *error);
struct key *key_read_text(const char *source, const char *text, size_t length, struct error *error);

/* The sum of the points of the rows. */
int64_t key_points(const struct key *self);

/* The row of a kind in a key, borrowed, or NULL. */
const struct key_row *key_find_row(const struct key *self, enum assignment_row row);
