/* judge: what an answer deserves, row by row, found out apart from the grader.
 *
 * Says of each row of docs/assignments.md whether an attempt should get it, from the words of that page alone: with the
 * survey, the enumerator, the policies and the plain machine, and without anything of the search or course/grading. What
 * is true of an exercise is found out once, for all attempts at it. A row is *open* where a changed program has more
 * states than the judge looks at. */
#pragma once

#include "program/program.h"
#include "tests/oracles/attempt.h"
#include "tests/oracles/survey.h"

enum judge_verdict { JUDGE_OPEN, JUDGE_PASSES, JUDGE_FAILS };

struct judge {
    const struct key *key; /* borrowed */
    struct program *program;
    uint32_t word;                                  /* the observed one */
    struct survey *survey;                          /* where final values are asked for; else NULL */
    uint64_t schedules;                             /* where that is asked for: that end with the value */
    struct attempt_range right[ATTEMPT_RANGES_MAX]; /* the values or quanta that are right, each of its own */
    size_t right_count;
    char **ends; /* of outcomes or outputs those that are right, as a model answer has them, each once */
    size_t end_count;
    size_t places; /* a repair that has more of them in a trial is open; for the caller to set, JUDGE_PLACES at first */
};

enum { JUDGE_PLACES = 60000 };

/* Finds out what is true of an exercise. Returns false, with nothing to be freed, where that cannot be: the program does
 * not assemble, or there are too many schedules. */
bool judge_start(struct judge *self, const struct key *key);
void judge_free(struct judge *self);

/* Fills the verdicts of all rows that the kind has. */
void judge_rows(const struct judge *self, const struct attempt *attempt, enum judge_verdict rows[ASSIGNMENT_ROWS]);

/* Whether the attempt should get all points of the key. */
enum judge_verdict judge_whole(const struct judge *self, const enum judge_verdict rows[ASSIGNMENT_ROWS]);

/* Follows the values of a schedule to where they come from and fills the chain of the last store, at most
 * ATTEMPT_LINKS_MAX links. Returns false where the schedule is none, or a store was computed from several. */
bool judge_chain(const struct judge *self, const uint32_t *steps, size_t count, struct attempt_link *links,
                 size_t *link_count);

/* Sets *value to what a schedule ends with. Returns false, and nothing is set, where it cannot be taken or does not come
 * to the end of all threads. */
bool judge_value(const struct judge *self, const uint32_t *steps, size_t count, int64_t *value);
