/* grading_parts: what the files of grading share, and nobody else includes. */
#pragma once

#include "base/text.h"
#include "course/grading.h"
#include "course/key_problem.h"

/* A grading under way. */
struct grading {
    const struct key *key;
    const struct answer *answer;
    const struct grading_wishes *wishes;
    struct grade *grade;
    struct budget budget;
    struct observed_end asked; /* WITNESS, COUNT: the end that the key asks for */
    struct problem
        exercise; /* the key's program and scheduler; this is of no quantum yet where the question is about quanta */
};

/* Whether an answer has a line. */
bool grading_has_line(const struct grading *self, enum answer_key key);

/* Returns why something was left open as new, without the option that would help behind it: who hands in has none. */
char *grading_without_option(const char *reason);

/* Analyses a problem. Returns the outcome as new; or NULL where a limit was reached or the question left open, with
 * *reason set to why, as new. */
struct outcome *grading_analyse(struct grading *self, const struct problem *problem, struct key_question question,
                                char **reason);

/* Analyses the exercise with questions, bits of enum question. Returns the outcome as new; or NULL with the grade refused. */
struct outcome *grading_analyse_exercise(struct grading *self, unsigned questions);

/* Settles a row: it has passed where a text is empty; else it has failed, and the text, which is freed, says why. */
void grading_settle(struct grading *self, enum assignment_row row, struct text *text);

/* Makes a row that has passed count for nothing, since something else, which is named, is not so. */
void grading_withdraw(struct grading *self, enum assignment_row row, const char *need);

/* Appends "; a schedule that shows it: 0*3 1*2 ..." for an end, an error or a deadlock, where that may be revealed; the end may be
 * NULL where none is wished for. */
void grading_reveal(struct grading *self, const struct problem *problem, enum witness_wish witness,
                    const struct observed_end *end, struct text *text);
void grading_reveal_value(struct grading *self, const struct problem *problem, int64_t value, struct text *text);

/* Appends an end that the key asks for: "x = 2", or as it stands in the key. */
void grading_print_asked(const struct grading *self, struct text *text);

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
