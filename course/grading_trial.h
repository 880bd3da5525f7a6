/* grading_trial: a repaired program in one trial of its key; what the files that grade repairs share, and nobody else
 * includes. */
#pragma once

#include "course/grading_parts.h"

#include <stddef.h>

struct trial {
    const struct key_trial *key;
    size_t number;       /* from 1 */
    const char *observe; /* the variable's name, borrowed */
    struct problem problem;
};

/* Fails a row, unless the text is empty, with the text, which is freed, and in which trial that is. */
void trial_blame(struct grading *grading, enum assignment_row row, const struct trial *self, struct text *text);

/* Whether the threads are those of the exercise, and each does its work when they run one after another; if not, `works` has
 * failed. */
bool trial_keeps_work(struct grading *grading, const struct trial *self);

/* Of a program that is right otherwise, as far as its outcome in this trial says: whether each thread does its own work on
 * whatever schedule; if not, `works` has failed. Returns false where that cannot be found out: *reason is then why, new. */
bool trial_check_contributions(struct grading *grading, const struct trial *self, const struct outcome *outcome,
                               char **reason);
