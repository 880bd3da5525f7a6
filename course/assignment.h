/* assignment: one exercise for a class, every student with a version of their own.
 *
 * An assignment is a folder: assignment.json says what it is and who takes part; handouts/, templates/ and keys/ hold a
 * file a student each. A *key* says of one student's version everything that grading needs: the program, the scheduler,
 * the question, which rows give how many points, how hard it is, and a model answer, which grading never looks at.
 * docs/assignments.md describes both documents, docs/key.schema.json and docs/assignment.schema.json define them. Equal
 * values give equal bytes. Both own all that they hold. */
#ifndef RACECHECK_COURSE_ASSIGNMENT_H
#define RACECHECK_COURSE_ASSIGNMENT_H

#include "base/error.h"
#include "base/property.h"
#include "checker/interval.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    ASSIGNMENT_IDENTIFIER_MAX = 64, /* bytes of a student's identifier */
    ASSIGNMENT_ROWS_MAX = 16,       /* rows of points in a key */
    ASSIGNMENT_TRIALS_MAX = 16,     /* of a repair */
    ASSIGNMENT_QUANTA_MAX = 1000    /* that one question asks for */
};

#define ASSIGNMENT_NOBODY SIZE_MAX

enum assignment_kind {
    ASSIGNMENT_VALUES,   /* which final values are possible? */
    ASSIGNMENT_WITNESS,  /* give a schedule that ends with this value */
    ASSIGNMENT_MINIMUM,  /* the least final value, a schedule for it, and its chain */
    ASSIGNMENT_COUNT,    /* how many schedules end with this value? */
    ASSIGNMENT_REPAIR,   /* change the program so that it is right under all schedules */
    ASSIGNMENT_QUANTUM,  /* with which quanta is the result always right? */
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

/* Under what a repaired program is checked. A program that only pretends to work is right in one and wrong in another.
 * */
struct key_trial {
    int64_t threads;
    int64_t iters;
    struct property *symbols; /* numbers */
    size_t symbol_count;
    bool has_first;           /* the observed variable begins with `first`, whatever the program says */
    int64_t first;
    struct intervals right;   /* the final values that are right */
};

struct key {
    char *student;  /* identifier */
    char *variant;  /* which version of the exercise this is, in a word */
    enum assignment_kind kind;

    /* The program as it was handed out. */
    char *text;
    int64_t threads;          /* 1 .. 64 */
    int64_t iters;            /* 0 or more */
    struct property *symbols; /* numbers: --define */
    size_t symbol_count;
    char *observe;
    char *scheduler;             /* its kind, "free" */
    struct property *parameters; /* of the scheduler; without the quantum for ASSIGNMENT_QUANTUM */
    size_t parameter_count;

    /* The question; what a kind does not ask is zero. */
    int64_t value;            /* WITNESS, COUNT: the final value asked for */
    int64_t first_quantum;    /* QUANTUM: first .. last are asked for, from 1 to ASSIGNMENT_QUANTA_MAX many */
    int64_t last_quantum;
    struct intervals right;   /* QUANTUM: the final values that are right */
    struct key_trial *trials; /* REPAIR: at least one, the first is what the handout states */
    size_t trial_count;
    int64_t inside_most;      /* REPAIR, where ROW_INSIDE is asked */
    char **instructions;      /* REPAIR: the mnemonics that may be used, or none: all */
    size_t instruction_count;

    struct key_row *rows;     /* in the order in which they are told; each once */
    size_t row_count;

    char *level;              /* "easy", "medium", "hard" */
    struct key_measure *measures;
    size_t measure_count;

    char *answer;             /* a model answer: a submission that gets all points */
    char *result;             /* the racecheck-result document of the version, as text, for the lecturer; or NULL */
};

/* Who takes part. */
struct assignment_student {
    char *identifier;
    char *name;     /* as the roster has it; may be empty */
    char *variant;
};

struct assignment {
    char *name;     /* of the folder, for titles */
    char *title;    /* "Homework 3: a lost update" */
    enum assignment_kind kind;
    char *level;
    int64_t seed;   /* 0 or more */
    int64_t points; /* the sum of a version's rows: the same for all */
    struct assignment_student *students; /* in the order of the roster */
    size_t student_count;
};

/* "witness", borrowed; the kind of a name, or ASSIGNMENT_KINDS. The same for rows: "form". */
const char *assignment_kind_name(enum assignment_kind kind);
enum assignment_kind assignment_kind_find(const char *name);
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

/* Return the path of a student's file as new: FOLDER/keys/STUDENT.json and so on. extension is "md" or "html". */
char *assignment_key_path(const char *folder, const char *student);
char *assignment_template_path(const char *folder, const char *student);
char *assignment_handout_path(const char *folder, const char *student, const char *extension);

/* Writes the document; errors of writing stay on the stream. */
void key_write(FILE *stream, const struct key *key);
void assignment_write(FILE *stream, const struct assignment *assignment);

/* Reads a key from a file, or from text. Returns it as new, or NULL with *error set: a file that cannot be read, text
 * that is no JSON, a member that is missing, unknown or out of range, rows that the kind has not. That the program can
 * be assembled is not looked at. */
struct key *key_read(const char *path, struct error *error);
struct key *key_read_text(const char *source, const char *text, size_t length, struct error *error);

/* Reads FOLDER/assignment.json. Returns it as new, or NULL with *error set; no student appears twice, not even where
 * upper and lower case count as one. */
struct assignment *assignment_read(const char *folder, struct error *error);

/* The sum of the points of the rows. */
int64_t key_points(const struct key *self);

/* The row of a kind in a key, borrowed, or NULL. */
const struct key_row *key_find_row(const struct key *self, enum assignment_row row);

/* Returns an empty key or assignment as new, all zero; its owner fills it with blocks from base/memory.h. */
struct key *key_new(void);
struct assignment *assignment_new(void);

/* Frees all that it owns; NULL is allowed. */
void key_free(struct key *self);
void assignment_free(struct assignment *self);

#endif
