/* key_problem: the program of a key, or the one that a student has handed in for it, as a problem (schedulers/problem.h). */
#pragma once

#include "analysis/analysis.h"
#include "course/key.h"
#include "schedulers/problem.h"

/* What is asked of an analysis. */
struct key_question {
    unsigned questions; /* bits of enum question; all are insisted on */
    enum witness_wish witness;
    int64_t value;                  /* for WITNESS_VALUE */
    const struct observed_end *end; /* ... where no number is observed; borrowed; else NULL */
};

/* Whether what a problem observes is one number, or even the final value of one variable. */
bool key_problem_observes_number(const struct problem *self);
bool key_problem_observes_variable(const struct problem *self);

/* Makes a problem of a program, or of the one that was handed out where that is NULL, under the conditions of a trial. It is
 * about what the key observes, and its scheduler, whatever the program says; with a quantum where the question is about quanta. Returns
 * false with *error set; the problem is to be freed all the same. */
bool key_problem_make(struct problem *self, const struct key *key, const struct key_trial *trial, int64_t quantum,
                      const char *program, size_t length, struct error *error);

/* Fills an outcome. Returns false with *error set where nothing can be analysed; a limit that was reached is no error. */
bool key_problem_analyse(const struct problem *self, struct key_question question, struct budget *budget,
                         struct outcome *outcome, struct error *error);
