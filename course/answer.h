/* answer: what a student handed in, as plain data.
 *
 * An answer is text of `key: value` lines, a witness as JSON, or a program alone (docs/assignments.md). Reading checks
 * form only: whether a schedule is possible or a value right is for grading to say. Whatever the bytes are, reading
 * ends soon and needs little memory: lists and schedules are bounded before they are made. Keys that occur are told by
 * `given`; what does not occur is zero. An answer owns all that it holds. */
#pragma once

#include "base/error.h"
#include "base/interval.h"
#include "course/assignment.h"
#include "course/substring.h"
#include "program/observation.h"
#include "program/schedule.h"

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ANSWER_BYTES_MAX = 1 << 20, /* of a submission */
    ANSWER_STEPS_MAX = 100000,  /* of a schedule */
    ANSWER_LINKS_MAX = 10000,   /* of a chain */
    ANSWER_RANGES_MAX = 10000,  /* numbers and ranges in a list */
    ANSWER_DIGITS_MAX = 10000   /* of a count */
};

/* In the order in which a template has them. */
enum answer_key {
    ANSWER_STUDENT,
    ANSWER_KIND,
    ANSWER_VALUES,
    ANSWER_OUTCOMES,
    ANSWER_OUTPUTS,
    ANSWER_VALUE,
    ANSWER_SCHEDULE,
    ANSWER_CHAIN,
    ANSWER_COUNT,
    ANSWER_QUANTA,
    ANSWER_PROGRAM,
    ANSWER_KEYS
};

/* How the bytes are to be read; the ending of the file's name says it. */
enum answer_form { ANSWER_LINES, ANSWER_WITNESS, ANSWER_ASSEMBLY };

/* An end that is no number, as --value takes it, and as it was written. */
struct answer_end {
    struct observed_end end;
    char *text;
};

/* A link of a chain: which store of which thread, from 1. */
struct answer_link {
    uint32_t thread;
    uint64_t store;
};

struct answer {
    const struct thread_names *names; /* the threads of the exercise, borrowed, while it is read */
    const char *observed;             /* where no number is observed, the names of what is; borrowed; else NULL */
    unsigned given;                   /* a bit 1 << enum answer_key for each that occurs */
    char *student;
    enum assignment_kind kind;
    struct intervals numbers; /* of values, or quanta */
    struct answer_end *ends;  /* ... of values where no number is observed */
    size_t end_count;
    size_t end_capacity;
    struct schedule schedule;
    int64_t value;
    struct answer_link *chain;
    size_t link_count;
    mpz_t count; /* 0 or more */
    char *program;
    size_t program_length;
    unsigned program_line; /* the line of the submission where the program begins */
};

/* The keys that a question of a kind asks for, a bit 1 << enum answer_key each, of which one at least must occur. */
unsigned answer_lines(enum assignment_kind kind);

/* "schedule", borrowed. */
const char *answer_key_name(enum answer_key key);

/* Starts an answer; it is freed with answer_free(). */
void answer_init(struct answer *self);
void answer_free(struct answer *self);

/* Finds the value of the line `student:`, even where other lines are wrong. Returns it as new, or NULL where there is
 * none or it can be no identifier. */
char *answer_find_student(const char *bytes, size_t length);

/* Reads lines or assembly into *self, which was started. Returns false with *error set, which has the line: bytes that
 * are no UTF-8 text, an unknown key, a key that stands twice, a value that cannot be read or is too long. Where no
 * number is observed, `observed` names what is, else it is NULL. source may be NULL. */
bool answer_read(struct answer *self, enum answer_form form, const char *bytes, size_t length,
                 const struct thread_names *names, const char *observed, const char *source, struct error *error);

/* Reads the value of a key, which is there, into an answer. Returns false with *error set, which may have a line in the text of
 * the value; that ends with a NUL behind its length. */
typedef bool answer_reader(struct answer *self, struct substring value, struct error *error);

/* A list of numbers and ranges, `2 3 5..8`, perhaps in braces; where no number is observed, of ends: `x=1,y=2 x=2,y=2`, `"ab" "ba"`;
 * or, of quanta, `none`. A value of 64 bits. A number of schedules, of
 * at most ANSWER_DIGITS_MAX digits. A schedule of at least one step. A chain: `A1 B3`, `0:1 1:3`. */
answer_reader answer_read_values, answer_read_quanta, answer_read_value, answer_read_count, answer_read_schedule,
    answer_read_chain;

/* Returns how the bytes of a file are to be read, from the ending of its name. */
enum answer_form answer_form_of(const char *name);

/* Whether a file of this name is meant as an answer: it ends in .txt, .json, .s or .asm. */
bool answer_is_named(const char *name);
