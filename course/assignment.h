/* assignment: one exercise for a class, every student with a version of their own.
 *
 * An assignment is a folder: assignment.json says what it is and who takes part; handouts/, templates/ and keys/ (course/key.h)
 * hold a file a student each. docs/assignments.md describes it, docs/assignment.schema.json defines the document. Equal
 * assignments give equal bytes. An assignment owns all that it holds. */
#pragma once

#include "base/error.h"
#include "base/spelling.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    ASSIGNMENT_IDENTIFIER_MAX = 64 /* bytes of a student's identifier */
};

#define ASSIGNMENT_NOBODY SIZE_MAX

enum assignment_kind {
    ASSIGNMENT_VALUES,   /* which final values are possible? */
    ASSIGNMENT_WITNESS,  /* give a schedule that ends with this value */
    ASSIGNMENT_MINIMUM,  /* the least final value, a schedule for it, and its chain */
    ASSIGNMENT_COUNT,    /* how many schedules end with this value? */
    ASSIGNMENT_REPAIR,   /* change the program so that it is right under all schedules */
    ASSIGNMENT_QUANTUM,  /* with which quanta is the result always right? */
    ASSIGNMENT_OUTCOMES, /* which pairs of values are possible? */
    ASSIGNMENT_OUTPUTS,  /* what can be printed? */
    ASSIGNMENT_KINDS
};

/* The rows that points are given for. Which kind has which is docs/assignments.md's table and assignment_has_row(). */
enum assignment_row {
    ROW_FORM,      /* the answer can be read; of a repair: it assembles */
    ROW_POSSIBLE,  /* every value given is possible */
    ROW_COMPLETE,  /* no possible value, no right quantum, is missing */
    ROW_VALUE,     /* the value given is the least one */
    ROW_LEGAL,     /* every step of the schedule can be taken */
    ROW_FINISHED,  /* ... and at its end all threads have finished */
    ROW_REACHES,   /* ... with the value that is asked for, or claimed */
    ROW_FEWEST,    /* ... with the fewest preemptions that are possible */
    ROW_CHAIN,     /* the chain given is that of the schedule given */
    ROW_COUNT,     /* the number of schedules */
    ROW_WORKS,     /* in every trial some schedule ends with a right value */
    ROW_RIGHT,     /* ... and every schedule that ends, with no error of the program */
    ROW_LIVE,      /* no schedule deadlocks */
    ROW_EXCLUSIVE, /* no two threads are ever inside a critical section together; the variable is touched in one only */
    ROW_INSIDE,    /* no thread has more than so many instructions between taking a lock and giving it back */
    ROW_SOUND,     /* with every quantum given the result is always right */
    ASSIGNMENT_ROWS
};

/* Whether a kind asks for a list of all ends that are possible. */
bool assignment_asks_for_all_ends(enum assignment_kind kind);

/* Who takes part. */
struct assignment_student {
    char *identifier;
    char *name; /* as the roster has it; may be empty */
    char *variant;
};

struct assignment {
    char *name;  /* of the folder, for titles */
    char *title; /* "Homework 3: a lost update" */
    enum assignment_kind kind;
    char *level;
    int64_t seed;                        /* 0 or more */
    int64_t points;                      /* the sum of a version's rows: the same for all */
    struct assignment_student *students; /* in the order of the roster */
    size_t student_count;
};

/* What is said of a kind. */
struct assignment_kind_words {
    const char *name;    /* "witness" */
    const char *title;   /* of an assignment that is given none */
    const char *endings; /* of files that can be handed in: ".txt or .json" */
    bool is_distinct; /* no two students of a class should have the same answer; else versions differ where they can */
};

extern const struct assignment_kind_words assignment_kinds[ASSIGNMENT_KINDS];

/* "witness", borrowed; the kind of a name, or ASSIGNMENT_KINDS. The same for rows: "form". */
const char *assignment_kind_name(enum assignment_kind kind);
enum assignment_kind assignment_kind_find(const char *name);

/* Has the names of all kinds considered. */
void assignment_consider_kinds(struct spelling *spelling);
const char *assignment_row_name(enum assignment_row row);
enum assignment_row assignment_row_find(const char *name);

/* What a row says in a list of points, borrowed: "every step of the schedule can be taken". */
const char *assignment_row_title(enum assignment_kind kind, enum assignment_row row);

/* Whether a kind can have a row. */
bool assignment_has_row(enum assignment_kind kind, enum assignment_row row);

/* Whether a text can be a student's identifier, and so the name of files: 1 to ASSIGNMENT_IDENTIFIER_MAX letters,
 * digits and . _ @ -, beginning with a letter or a digit. */
bool assignment_is_identifier(const char *text);

/* The student with an identifier of so many bytes, upper and lower case counting as one, an index into the students; or
 * ASSIGNMENT_NOBODY. */
size_t assignment_find_student(const struct assignment *self, const char *identifier, size_t length);

/* The files of a student. */
enum assignment_file { FILE_HANDOUT_MARKDOWN, FILE_HANDOUT_HTML, FILE_TEMPLATE, FILE_KEY };

/* Returns the path of a file of a student as new: FOLDER/keys/STUDENT.json and so on. */
char *assignment_path(const char *folder, enum assignment_file file, const char *student);

/* Writes the document; errors of writing stay on the stream. */
void assignment_write(FILE *stream, const struct assignment *assignment);

/* Reads FOLDER/assignment.json. Returns it as new, or NULL with *error set; no student appears twice, not even where
 * upper and lower case count as one. */
struct assignment *assignment_read(const char *folder, struct error *error);

/* Frees all that it owns; NULL is allowed. */
void assignment_free(struct assignment *self);
