/* condition_count: at which ends the condition of a litmus test holds, and how many schedules come to them.
 *
 * A program whose text asks a question (program/program.h) has a condition on what is observed. Of each row of an outcome this says
 * whether it holds there. It is part of the outcome (outcome.condition), which owns it. */
#pragma once

#include "analysis/outcome.h"
#include "program/program.h"

struct condition_count {
    char *test;
    enum quantifier quantifier;
    char *condition; /* as the test writes it; NULL where there is none */
    char **names;    /* of the members of the observation, as the test calls them */
    size_t name_count;
    bool *holds;                                  /* one a row of the outcome */
    size_t positive, negative;                    /* rows */
    mpz_t positive_schedules, negative_schedules; /* where the outcome has counts */
};

/* Fills in outcome.condition where the program asks; its rows must be there. */
void condition_count_make(struct outcome *outcome, const struct program *program);

/* Frees one; NULL is allowed. */
void condition_count_free(struct condition_count *self);

/* Whether the answer is yes: the condition holds at some end, at none, or at all. */
bool condition_count_is_met(const struct condition_count *self);
