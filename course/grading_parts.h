/* grading_parts: what the files of grading share, and nobody else includes. */
#ifndef RACECHECK_COURSE_GRADING_PARTS_H
#define RACECHECK_COURSE_GRADING_PARTS_H

#include "analysis/analysis.h"
#include "base/budget.h"
#include "base/text.h"
#include "course/grading.h"
#include "trace/trace.h"

struct program;
struct scheduler;

/* A grading under way. */
struct grading {
    const struct key *key;
    const struct answer *answer;
    const struct grading_wishes *wishes;
    struct grade *grade;
    struct budget budget;
    struct program *program;     /* of the key */
    struct scheduler *scheduler; /* of the key; NULL for quantum */
    uint32_t word;               /* the observed one */
};

/* A program to be analysed. */
struct subject {
    const struct program *program;
    const struct scheduler *scheduler;
    uint32_t word;
};

/* What is asked of an analysis: bits of enum question; a schedule for a value where has_value. */
struct analysis_wish {
    unsigned questions;
    enum witness_wish witness;
    int64_t value;
};

/* Assembles a text under some parameters. Returns the program as new, or NULL with *error set. */
struct program *grading_assemble(const char *source, const char *text, size_t length, int64_t threads, int64_t iters,
                                 const struct property *symbols, size_t symbol_count, struct error *error);

/* Makes the scheduler of the key, with a quantum where the question is about quanta. Returns it as new, or NULL with *error
 * set. */
struct scheduler *grading_scheduler(const struct grading *self, int64_t quantum, struct error *error);

/* Returns why something was left open as new, without the option that would help behind it: who hands in has none. */
char *grading_without_option(const char *reason);

/* Analyses a subject. Returns the outcome as new; or NULL where a limit was reached or the question left open, with
 * *reason set to why, borrowed from nobody: a new text. */
struct outcome *grading_analyse(struct grading *self, const struct subject *subject, const struct analysis_wish *wish,
                                char **reason);

/* Appends "; this schedule gives it: 0*3 1*2 ..." for a final value, an error or a deadlock, where that may be
 * revealed. */
void grading_reveal(struct grading *self, const struct subject *subject, enum witness_wish witness, int64_t value,
                    struct text *text);

/* Appends a schedule with the names of a program's threads, at most a few hundred items of it. */
void grading_print_schedule(struct text *text, const struct program *program, const struct schedule *schedule);

/* The kinds. */
void grading_values(struct grading *self);
void grading_count(struct grading *self);
void grading_quantum(struct grading *self);
void grading_witness(struct grading *self);
void grading_minimum(struct grading *self);
void grading_repair(struct grading *self);

/* The number of elements that two sets have in common; the least of those of one that are not in the other, or false.
 * */
uint64_t intervals_common(const struct intervals *a, const struct intervals *b);
bool intervals_first_outside(const struct intervals *self, const struct intervals *other, int64_t *value);

#endif
