/* problem: a program of an exercise, made ready to be analysed.
 *
 * It is assembled under the conditions of a trial, and has the variable that is observed, and a scheduler where one was made. A
 * problem owns its program and its scheduler; one that was zeroed is empty. */
#ifndef RACECHECK_COURSE_PROBLEM_H
#define RACECHECK_COURSE_PROBLEM_H

#include "analysis/analysis.h"
#include "course/key.h"

struct problem {
    struct program *program;
    struct scheduler *scheduler; /* NULL: free */
    uint32_t word;               /* the observed one */
};

/* What is asked of an analysis. */
struct problem_question {
    unsigned questions; /* bits of enum question; all are insisted on */
    enum witness_wish witness;
    int64_t value; /* for WITNESS_VALUE */
};

/* Assembles a text, and lets the variable that the key observes begin as the trial says. The source is its name for people. */
bool problem_assemble(struct problem *self, const struct key *key, const struct key_trial *trial, const char *source,
                      const char *text, size_t length, struct error *error);

/* The same for the program that was handed out. */
bool problem_assemble_exercise(struct problem *self, const struct key *key, const struct key_trial *trial,
                               struct error *error);

/* Gives a problem the scheduler of the key, with a quantum where the question is about quanta. These return false with *error
 * set. */
bool problem_schedule(struct problem *self, const struct key *key, int64_t quantum, struct error *error);

/* Fills an outcome. Returns false with *error set where nothing can be analysed; a limit that was reached is no error. */
bool problem_analyse(const struct problem *self, struct problem_question question, struct budget *budget,
                     struct outcome *outcome, struct error *error);

/* Empties it. */
void problem_free(struct problem *self);

#endif
