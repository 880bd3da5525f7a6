/* grading: from an answer and a key to a grade.
 *
 * Any right answer counts: schedules are replayed, everything else is found out by analysis. The model answer of the
 * key is never looked at. What a row says when it fails helps whoever has handed in: the first step that cannot be
 * taken, one impossible or one missing value. Schedules that would show it are told only where the lecturer allows to
 * reveal them.
 *
 * Grading runs in a sandbox (base/sandbox.h), since a repair is a program that somebody else has written; within the budget
 * it says by itself what it could not find out. */
#pragma once

#include "base/budget.h"
#include "base/error.h"
#include "course/answer.h"
#include "course/grade.h"

struct grading_wishes {
    struct budget budget; /* what one submission may use, not started */
    bool reveal;
};

/* Whether answers can be graded with a key: its program assembles and has the variable, in every trial too, there is such a
 * scheduler, and some final value is right. Returns false with *error set. */
bool grading_check_key(const struct key *key, struct error *error);

/* Reads the bytes of a submission and grades them; *grade was started for the key. The bytes of a witness are read as JSON from the
 * descriptor STDIN_FILENO instead, which is at its start. */
void grading_read(const struct key *key, enum answer_form form, const char *bytes, size_t length,
                  const struct grading_wishes *wishes, struct grade *grade);
